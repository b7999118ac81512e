// The pictures of a training run: one epoch at a time, or all side by side. See trainingfacts.js
// for what a view is.

import { drawHeatMap } from "../draw/heatmap.js";
import { writePercent } from "../draw/nextwords.js";
import { paint, paintOn, wordPaint } from "../draw/paint.js";
import { escapeText, shortenWord, svgElement, svgPart } from "../draw/svg.js";
import { svgRoot, svgText, textWidth } from "../draw/svg.js";
import { missingNote, snapFrame, spreadSnaps, trainingSummary } from "./trainingfacts.js";
import { writeEpoch, writeLoss } from "./trainingfacts.js";
import { layoutSnapRows, mostRows, writtenLines } from "./traininglayout.js";
import { TRAINING_LINE, TRAINING_MARGIN } from "./traininglayout.js";
import { drawLoss } from "./trainingloss.js";
import { drawTexts, wrongWordStyle } from "./trainingtext.js";

export const MOST_EPOCH_CARDS = 8; // epochs side by side
const EPOCH_CARD_GAP = 24;
const BROADEST_CARD = 460; // pixels
const CARD_LINES = 4;
const DIM_SHARE = 0.2; // of what the pointer is not on
const VISIBLE_WEIGHT = 0.01; // that a small map shows

/** Draw a frame: the map, the translation and the loss after one epoch, or on the way to it. */
export function drawTraining(view, frame, layout) {
  const { width, height, map, chart } = layout;
  const { epoch, words } = view.snaps[view.at];
  const title = `Training after epoch ${writeEpoch(epoch)}. The model writes: ${words.join(" ")}`;
  return svgRoot(width, height, title,
    view.fixed ? drawSureness(view, frame, map) : drawAlignment(view, frame, map),
    drawTexts(view, layout.left, TRAINING_MARGIN, layout.texts),
    drawLoss(view, frame, chart));
}

function drawAlignment(view, frame, map) {
  const { snaps, source, at, point } = view;
  const words = snaps[at].words.slice(0, map.rows);
  const isOn = (t, j) => !point || point.row === t || point.column === j;
  const rows = frame.rows.slice(0, map.rows).map((weights, t) =>
    weights.map((weight, j) => (isOn(t, j) ? weight : weight * DIM_SHARE)));
  const count = Math.max(words.length, rows.length); // on the way from a longer translation
  const target = Array.from({ length: count }, (_, t) => words[t] ?? "");
  const top = map.top + map.heading;
  return svgPart("alignment",
    drawRowsHeading(map, "Where each word looks"),
    drawHeatMap(map.left, top, { source, target, rows, step: point?.row }, map),
    drawLabelMarks(view, map, top + map.head),
    point && drawWeightNumbers(view, map, top + map.head));
}

function drawRowsHeading({ left, top, heading, size }, text) {
  return heading > 0 && svgText(left, top + size, text, trainingHeading(size));
}

function trainingHeading(size) {
  return { "font-size": size * 0.9, "text-anchor": "start", "font-weight": "bold" };
}

/** Underline the wrong words in front of their rows, and say how many rows are not shown. */
function drawLabelMarks({ snaps, marks, at }, map, y0) {
  const { left, labels, height, size, rows } = map;
  const letters = Math.min(size, height * 0.9);
  const right = left + labels - size * 0.5;
  const lines = snaps[at].words.slice(0, rows).map((word, t) => {
    if (marks[at][t]) return "";
    const wide = Math.min(textWidth(word, letters) * 0.92, labels - size * 0.6);
    return svgElement("path", {
      d: waveBelow(right - wide, right, y0 + (t + 0.5) * height + letters * 0.52, letters * 0.12),
      fill: "none", stroke: paint("wrong"), "stroke-width": 1.6, "data-wrong": t,
    });
  });
  const hidden = snaps[at].words.length - rows;
  return hidden > 0
    ? [...lines, svgText(left + labels, y0 + rows * height + 10, `and ${hidden} more`, {
      "font-size": 11, fill: paint("quiet"), "text-anchor": "start",
    })]
    : lines;
}

function waveBelow(x0, x1, y, tall) {
  const count = Math.max(Math.round((x1 - x0) / (tall * 4)), 1);
  const step = (x1 - x0) / count;
  const waves = Array.from({ length: count }, (_, i) => {
    const x = x0 + i * step;
    const [low, high] = [(y + tall * 2).toFixed(1), (y - tall * 2).toFixed(1)];
    return `C${(x + step / 3).toFixed(1)} ${high} ${(x + (2 * step) / 3).toFixed(1)} ${low} ${
      (x + step).toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M${x0.toFixed(1)} ${y.toFixed(1)}${waves.join("")}`;
}

/** Write the weights of the row or column that is pointed at: as measured, never in between. */
function drawWeightNumbers({ snaps, at, source, point }, map, y0) {
  const { left, labels, cell, height, rows } = map;
  const size = Math.min(cell * 0.36, height * 0.6, map.size * 0.8);
  const x0 = left + labels;
  const isRow = point.row !== undefined;
  const cells = snaps[at].rows.slice(0, rows).flatMap((weights, t) => weights.map((weight, j) => {
    if (size < 8 || (isRow ? point.row !== t : point.column !== j) || weight < 0.005) return "";
    const [x, y] = [x0 + (j + 0.5) * cell, y0 + (t + 0.5) * height + size * 0.35];
    return svgText(x, y, Math.round(weight * 100), {
      "font-size": size, "font-weight": "bold", fill: paintOn(j, weight),
    });
  }));
  const shown = Math.min(snaps[at].rows.length, rows);
  const outline = isRow ? "" : svgElement("rect", {
    x: x0 + point.column * cell, y: y0, width: cell, height: height * shown, fill: "none",
    stroke: wordPaint(point.column), "stroke-width": 2.4,
    "data-column": point.column,
  });
  return [cells, outline];
}

/** Draw how sure the model was of each word it wrote: a fixed context has no weights to show. */
function drawSureness(view, frame, map) {
  const { snaps, at, point } = view;
  const words = snaps[at].words.slice(0, map.rows);
  const top = map.top + map.heading;
  return svgPart("sureness",
    drawRowsHeading(map, "How sure it is of each word"),
    words.map((word, t) => svgElement("g", { "data-row": t },
      drawSureRow(map.left, top + t * map.height, map, word, {
        shown: frame.sure[t], told: snaps[at].sure[t], isOn: point?.row === t,
      }))),
    drawLabelMarks(view, map, top));
}

/** Draw how sure it was of a word: as a bar, which may be on its way, and in numbers. */
function drawSureRow(left, top, { labels, total, size, height }, word, { shown, told, isOn }) {
  const letters = Math.min(size, height * 0.9);
  const [x0, y] = [left + labels, top + height / 2];
  const full = total - labels - letters * 3;
  const style = { "font-size": letters, "font-weight": isOn ? "bold" : "normal" };
  const bar = { x: x0, y: y - height * 0.36, height: height * 0.72 };
  const label = shortenWord(word, labels - size * 0.6, letters);
  return [
    svgText(x0 - size * 0.5, y + letters * 0.35, label, { ...style, "text-anchor": "end" }),
    svgElement("rect", { ...bar, width: full, fill: paint("track") }),
    svgElement("rect", {
      ...bar, width: Math.max(full * shown, 0.5), fill: paint(isOn ? "ink" : "next"),
    }),
    svgText(x0 + full + letters * 0.3, y + letters * 0.35, writePercent(told), {
      ...style, "text-anchor": "start",
    }),
  ];
}

/** Return how a wrong word looks, or the caret in place of one that is missing. */
function wordMark(isRight, size) {
  if (isRight === false) return wrongWordStyle({});
  const look = { fill: paint("wrong"), "font-weight": "bold", "font-size": size * 1.4 };
  return { ...look, "data-missing": "" };
}

/** Write lines of words, the wrong ones underlined, and carets where words are missing. */
function drawWordLines(lines, left, top, size, color) {
  return lines.map((words, i) => svgElement("text", {
    x: left, y: top + i * size * TRAINING_LINE, "font-size": size, fill: paint(color),
  }, words.map(([word, isRight], k) => [
    k > 0 && " ",
    isRight ? escapeText(word) : svgElement("tspan", wordMark(isRight, size), escapeText(word)),
  ])));
}

/** Draw a small map of a snap for a button: colors alone, stretched to the button's size. */
export function drawMiniMap(view, at) {
  const { fixed, snaps, source } = view;
  const tall = mostRows(view);
  const wide = fixed ? 1 : source.length;
  const cells = fixed
    ? snaps[at].sure.slice(0, tall).map((probability, t) => svgElement("rect", {
      x: 0, y: t + 0.15, width: probability.toFixed(3), height: 0.7, fill: paint("next"),
    }))
    : source.map((_, j) => miniColumn(snaps[at].rows.slice(0, tall), j, wide));
  const size = { viewBox: `0 0 ${wide} ${tall}`, preserveAspectRatio: "none" };
  return svgElement("svg", { xmlns: "http://www.w3.org/2000/svg", "aria-hidden": "true", ...size },
    svgElement("rect", { width: wide, height: tall, fill: paint("panel") }), cells);
}

function miniColumn(rows, column, columns) {
  const cells = rows.map((weights, t) => weights[column] >= VISIBLE_WEIGHT && svgElement("rect", {
    x: column, y: t, width: 1, height: 1, "fill-opacity": weights[column].toFixed(2),
  }));
  return svgElement("g", { fill: wordPaint(column), "data-word": column }, cells);
}

/**
 * Draw up to `most` epochs side by side, each with its loss, translation and map: four in a line or,
 * if no more than four are wanted, two, which are twice as large.
 */
export function drawTrainingStill(view, width, most = MOST_EPOCH_CARDS) {
  const shown = spreadSnaps(view.snaps.length, most);
  const perLine = most <= MOST_EPOCH_CARDS / 2 ? 2 : MOST_EPOCH_CARDS / 2;
  const lineCount = Math.ceil(shown.length / perLine);
  const columns = Math.ceil(shown.length / lineCount);
  const gaps = EPOCH_CARD_GAP * (columns - 1);
  const room = Math.min((width - 2 * TRAINING_MARGIN - gaps) / columns, BROADEST_CARD);
  const cards = shown.map((at) => layoutEpochCard(view, at, room));
  const lines = Math.max(...cards.map(({ written }) => written.length)); // the maps are level
  const drawn = [];
  let top = TRAINING_MARGIN;
  for (let first = 0; first < cards.length; first += columns) {
    const row = cards.slice(first, first + columns);
    row.forEach((card, i) => {
      const left = TRAINING_MARGIN + i * (room + EPOCH_CARD_GAP);
      drawn.push(drawEpochCard(card, left, top, lines));
    });
    top += Math.max(...row.map((card) => epochCardTall(card, lines))) + EPOCH_CARD_GAP;
  }
  return svgRoot(width, top - EPOCH_CARD_GAP + TRAINING_MARGIN, trainingSummary(view), drawn);
}

function layoutEpochCard(view, at, room) {
  const size = room < 260 ? 11 : 13;
  const one = { ...view, at, point: null };
  const map = { ...layoutSnapRows(one, room, Infinity, size), heading: 0 };
  return { one, map, size, written: writtenLines(view, at, room, size, CARD_LINES) };
}

/** Return how far below a card's top its map begins, under `lines` lines of text. */
function epochMapTop({ size }, lines) {
  return size * (2.6 + (lines - 0.4) * TRAINING_LINE);
}

function epochCardTall(card, lines) {
  const { one, map, size } = card;
  const rows = Math.min(one.snaps[one.at].words.length, map.rows);
  return epochMapTop(card, lines) + (one.fixed ? 0 : map.head) + map.height * rows + size;
}

function drawEpochCard(card, left, top, lines) {
  const { one, map, size, written } = card;
  const { epoch, valid } = one.snaps[one.at];
  const name = `epoch ${writeEpoch(epoch)}`;
  const place = { ...map, left, top: top + epochMapTop(card, lines) };
  const draw = one.fixed ? drawSureness : drawAlignment;
  return svgElement("g", { "data-epoch": epoch },
    svgText(left, top + size, name, trainingHeading(size * 1.2)),
    svgText(left + textWidth(name, size * 1.2) + size, top + size, missingNote(one, one.at), {
      "font-size": size, "font-weight": "bold", "text-anchor": "start", fill: paint("wrong"),
    }),
    svgText(left + map.total, top + size, `loss ${writeLoss(valid)}`, {
      "font-size": size, fill: paint("quiet"), "text-anchor": "end",
    }),
    drawWordLines(written, left, top + size * 2.6, size, "ink"),
    draw(one, snapFrame(one, one.at), place));
}
