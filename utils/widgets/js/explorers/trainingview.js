// The pictures of a training run: one epoch at a time, or all side by side. See trainingfacts.js
// for what a view is.

import { chartArea, drawCurves } from "../draw/curves.js";
import { drawHeatMap, layoutHeatMap } from "../draw/heatmap.js";
import { writePercent } from "../draw/nextwords.js";
import { paint, wordPaint } from "../draw/paint.js";
import { escapeText, shortenWord, svgElement, svgPart } from "../draw/svg.js";
import { svgRoot, svgText, textWidth } from "../draw/svg.js";
import { tokenLevels } from "../draw/tokens.js";
import { snapFrame, spreadSnaps, TRAINING_END, trainingSummary, writeLoss } from "./trainingfacts.js";

export const MOST_CARDS = 8; // epochs side by side
const MORE_ROWS = 4; // of a map than it should have; a run-on would leave the others no room
const BROADEST_CELL = 4.4; // letters
const LEAST_ROW = 13; // pixels
const MOST_LINES = 4; // of a translation
const LINE = 1.45; // heights of a letter
const CARD_GAP = 24;
const MARGIN = 12;
const WIDE = 680; // pixels: map and loss stand side by side
const DIM = 0.2; // of what the pointer is not on
const VISIBLE = 0.04; // a weight that a small map shows
const MOST_TICKS = 10;

/** Return where everything of the large picture goes, for a width and height in pixels. */
export function layoutTraining(view, { width, tall }) {
  const isWide = width >= WIDE;
  const size = width < 500 ? 13 : 15;
  const inner = width - 2 * MARGIN;
  const map = layoutRows(view, isWide ? inner * 0.58 : inner, (tall ?? Infinity) - 2 * MARGIN, size);
  const left = isWide ? MARGIN + map.total + size * 2.5 : MARGIN;
  const room = width - MARGIN - left;
  const texts = layoutTexts(view, room, size);
  const mapTop = isWide ? MARGIN : MARGIN + texts.tall;
  const chartTop = isWide ? MARGIN + texts.tall : mapTop + map.tall + size;
  const free = isWide ? Math.max(map.tall, Math.min(tall ?? 340, 380) - 2 * MARGIN) : Infinity;
  const chartTall = Math.max(Math.min(free - texts.tall, 240), 130);
  const height = Math.max(chartTop + chartTall, mapTop + map.tall) + MARGIN;
  const chart = { left, top: chartTop, width: room, height: chartTall, size: size * 0.9 };
  return { width, height, size, map: { ...map, left: MARGIN, top: mapTop }, texts, left, chart };
}

/** Return the places of the map, or of the bars where a context is fixed: as many rows as fit. */
function layoutRows(view, width, tall, size) {
  const { snaps, source, goal, fixed } = view;
  const heading = size * 1.6;
  const words = [...new Set(snaps.flatMap((snap) => snap.words))];
  const place = layoutHeatMap(source, words, width, size, 0);
  const cell = Math.min((width - place.labels) / source.length, size * BROADEST_CELL);
  const { levels, room } = tokenLevels(source, cell, size);
  const top = (Math.max(levels, 1) + 0.9) * size * 1.25;
  const head = heading + (fixed ? 0 : top);
  const longest = Math.max(...snaps.map((snap) => snap.words.length), 1);
  const most = Math.min(longest, goal.length + MORE_ROWS, Math.floor((tall - head) / LEAST_ROW));
  const rows = Math.max(most, 1);
  const height = Math.min(size * 1.9, fixed ? Infinity : cell, (tall - head) / rows);
  const total = fixed ? Math.min(width, size * 34) : place.labels + cell * source.length;
  return {
    ...place, cell, levels, room, head: top, heading, rows, height, total, tall: head + height * rows,
  };
}

/** Return the lines of what the model writes after each epoch, and of what it is compared with. */
function layoutTexts(view, room, size) {
  const { snaps, goal, reference } = view;
  const letters = size * 1.1;
  const written = snaps.map((_, at) => writtenLines(view, at, room, letters));
  const goalLines = wordLines(plainWords(goal, goal.map(() => true)), room, letters);
  const most = Math.max(...written.map((lines) => lines.length));
  const heading = reference.length > 0 ? "It should write" : "At the end it writes";
  const second = size * 2 + most * letters * LINE;
  const tall = second + size * 2 + goalLines.length * letters * LINE;
  return { written, goalLines, heading, letters, second, tall };
}

/** Return words with whether they are right, without the mark of the end: [[word, isRight], …]. */
function plainWords(words, marks) {
  return words.map((word, t) => [word, marks[t]]).filter(([word]) => word !== TRAINING_END);
}

function writtenLines({ snaps, marks }, at, room, size) {
  const words = plainWords(snaps[at].words, marks[at]);
  return wordLines(words.length > 0 ? words : [["(nothing)", true]], room, size);
}

/** Return marked words in lines of at most `room` pixels; a long text ends with "…". */
function wordLines(words, room, size) {
  const lines = [[]];
  let used = 0;
  for (const [word, isRight] of words) {
    const shown = shortenWord(word, room, size);
    const wide = textWidth(shown, size) * (isRight ? 0.92 : 1.04) + size * 0.3; // wrong ones are bold
    if (used + wide > room && used > 0) {
      lines.push([]);
      used = 0;
    }
    lines[lines.length - 1].push([shown, isRight]);
    used += wide;
  }
  const kept = lines.slice(0, MOST_LINES);
  if (lines.length > MOST_LINES) kept[MOST_LINES - 1].push(["…", true]);
  return kept;
}

/** Draw a frame: the map, the translation and the loss after one epoch, or on the way to it. */
export function drawTraining(view, frame, layout) {
  const { width, height, map, chart } = layout;
  const { epoch, words } = view.snaps[view.at];
  const title = `Training after epoch ${epoch}. The model writes: ${words.join(" ")}`;
  return svgRoot(width, height, title,
    view.fixed ? drawSureness(view, frame, map) : drawAlignment(view, frame, map),
    drawTexts(view, layout),
    drawLoss(view, frame, chart));
}

function drawAlignment(view, frame, map) {
  const { snaps, source, at, point } = view;
  const words = snaps[at].words.slice(0, map.rows);
  const isOn = (t, j) => !point || point.row === t || point.column === j;
  const rows = frame.rows.slice(0, map.rows).map((weights, t) =>
    weights.map((weight, j) => (isOn(t, j) ? weight : weight * DIM)));
  const target = Array.from({ length: Math.max(words.length, rows.length) }, (_, t) => words[t] ?? "");
  const top = map.top + map.heading;
  return svgPart("alignment",
    rowsHeading(map, "Where each word looks"),
    drawHeatMap(map.left, top, { source, target, rows, step: point?.row }, map),
    markLabels(view, map, top + map.head),
    point && drawShares(view, frame, map, top + map.head));
}

function rowsHeading({ left, top, heading, size }, text) {
  return heading > 0 && svgText(left, top + size, text, headingStyle(size));
}

function headingStyle(size) {
  return { "font-size": size * 0.9, "text-anchor": "start", "font-weight": "bold" };
}

/** Underline the wrong words in front of their rows, and say how many rows are not shown. */
function markLabels({ snaps, marks, at }, map, y0) {
  const { left, labels, height, size, rows } = map;
  const letters = Math.min(size, height * 0.9);
  const right = left + labels - size * 0.5;
  const lines = snaps[at].words.slice(0, rows).map((word, t) => {
    if (marks[at][t]) return "";
    const wide = Math.min(textWidth(word, letters) * 0.92, labels - size * 0.6);
    return svgElement("path", {
      d: wavePath(right - wide, right, y0 + (t + 0.5) * height + letters * 0.52, letters * 0.12),
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

function wavePath(x0, x1, y, tall) {
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

/** Write the weights of the row or column that is pointed at into its cells. */
function drawShares({ source, point }, frame, map, y0) {
  const { left, labels, cell, height, rows } = map;
  const size = Math.min(cell * 0.36, height * 0.6, map.size * 0.8);
  const x0 = left + labels;
  const isRow = point.row !== undefined;
  const cells = frame.rows.slice(0, rows).flatMap((weights, t) => weights.map((weight, j) => {
    if (size < 8 || (isRow ? point.row !== t : point.column !== j) || weight < 0.005) return "";
    const [x, y] = [x0 + (j + 0.5) * cell, y0 + (t + 0.5) * height + size * 0.35];
    return svgText(x, y, Math.round(weight * 100), {
      "font-size": size, "font-weight": "bold", "paint-order": "stroke", stroke: paint("panel"),
      "stroke-width": size * 0.22,
    });
  }));
  const shown = Math.min(frame.rows.length, rows);
  const outline = isRow ? "" : svgElement("rect", {
    x: x0 + point.column * cell, y: y0, width: cell, height: height * shown, fill: "none",
    stroke: wordPaint(point.column, source.length), "stroke-width": 2.4, "data-column": point.column,
  });
  return [cells, outline];
}

/** Draw how sure the model was of each word it wrote: a fixed context has no weights to show. */
function drawSureness(view, frame, map) {
  const { snaps, at, point } = view;
  const words = snaps[at].words.slice(0, map.rows);
  const top = map.top + map.heading;
  return svgPart("sureness",
    rowsHeading(map, "How sure it is of each word"),
    words.map((word, t) => svgElement("g", { "data-row": t },
      drawSureRow(map.left, top + t * map.height, map, word, frame.sure[t], point?.row === t))),
    markLabels(view, map, top));
}

function drawSureRow(left, top, { labels, total, size, height }, word, probability, isOn) {
  const letters = Math.min(size, height * 0.9);
  const [x0, y] = [left + labels, top + height / 2];
  const full = total - labels - letters * 3;
  const style = { "font-size": letters, "font-weight": isOn ? "bold" : "normal" };
  const bar = { x: x0, y: y - height * 0.36, height: height * 0.72 };
  const shown = shortenWord(word, labels - size * 0.6, letters);
  return [
    svgText(x0 - size * 0.5, y + letters * 0.35, shown, { ...style, "text-anchor": "end" }),
    svgElement("rect", { ...bar, width: full, fill: paint("track") }),
    svgElement("rect", {
      ...bar, width: Math.max(full * probability, 0.5), fill: paint(isOn ? "ink" : "next"),
    }),
    svgText(x0 + full + letters * 0.3, y + letters * 0.35, writePercent(probability), {
      ...style, "text-anchor": "start",
    }),
  ];
}

/** Write what the model writes now, and what at the end or what is right. */
function drawTexts({ snaps, at }, { texts, left, size }) {
  const { written, goalLines, heading, letters, second } = texts;
  const [first, then] = [MARGIN + size, MARGIN + second + size];
  return svgPart("texts",
    svgText(left, first, `After epoch ${snaps[at].epoch} it writes`, headingStyle(size)),
    drawLines(written[at], left, first + letters * LINE, letters, "ink"),
    svgText(left, then, heading, { ...headingStyle(size), fill: paint("quiet") }),
    drawLines(goalLines, left, then + letters * LINE, letters, "quiet"));
}

/** Write lines of words, the wrong ones underlined. */
function drawLines(lines, left, top, size, color) {
  const wrong = { fill: paint("wrong"), "font-weight": "bold", "text-decoration": "underline" };
  return lines.map((words, i) => svgElement("text", {
    x: left, y: top + i * size * LINE, "font-size": size, fill: paint(color),
  }, words.map(([word, isRight], k) => [
    k > 0 && " ",
    isRight ? escapeText(word) : svgElement("tspan", { ...wrong, "data-wrong": "" }, escapeText(word)),
  ])));
}

/** Return the chart of the losses: lines have gaps where a loss is no number. */
export function lossChart(view) {
  const { snaps, ceiling } = view;
  const epochs = snaps.map(({ epoch }) => epoch);
  const across = [epochs[0], Math.max(epochs[epochs.length - 1], epochs[0] + 1)];
  const finite = snaps.flatMap(({ train, valid }) => [train, valid]).filter((loss) => loss !== null);
  const top = Math.max(...finite, ceiling ?? 0, 0.01) * 1.04;
  const knowsNothing = { name: "knows nothing", color: paint("faint") };
  return {
    part: "loss",
    title: "Loss after each epoch, nats per word",
    series: [
      ...(ceiling ? [{ ...knowsNothing, points: across.map((x) => [x, ceiling]) }] : []),
      ...lossRuns(snaps, "train", "training", paint("next")),
      ...lossRuns(snaps, "valid", "validation", paint("ink")),
    ],
    across,
    up: [0, top],
    ticksAcross: spreadSnaps(epochs.length, MOST_TICKS).map((i) => [epochs[i], String(epochs[i])]),
    ticksUp: niceTicks(top),
  };
}

function lossRuns(snaps, key, name, color) {
  const runs = [[]];
  for (const snap of snaps) {
    if (snap[key] === null) runs.push([]);
    else runs[runs.length - 1].push([snap.epoch, snap[key]]);
  }
  const drawn = runs.filter((points) => points.length > 0);
  return drawn.map((points, i) => ({ name: i === drawn.length - 1 ? name : "", color, points, dots: true }));
}

/** Return three to five round numbers from 0 to `top`, each with its text. */
function niceTicks(top) {
  const rough = top / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const digits = Math.max(-Math.floor(Math.log10(step)), 0);
  const count = Math.floor(top / step);
  return Array.from({ length: count + 1 }, (_, i) => [i * step, (i * step).toFixed(digits)]);
}

/** Return where the marker stands on the curve, and the area: it may be between two epochs. */
export function lossMarker(view, frame, { left, top, ...place }) {
  const { snaps } = view;
  const area = chartArea(left, top, lossChart(view), place);
  const low = Math.min(Math.floor(frame.at), snaps.length - 1);
  const high = Math.min(low + 1, snaps.length - 1);
  const share = frame.at - low;
  const between = (a, b) => a + (b - a) * share;
  const [a, b] = [snaps[low], snaps[high]];
  const isNumber = a.valid !== null && (share === 0 || b.valid !== null);
  const loss = isNumber ? (share === 0 ? a.valid : between(a.valid, b.valid)) : null;
  const x = area.xOf(between(a.epoch, b.epoch));
  return { x, y: loss === null ? area.y0 : area.yOf(loss), loss, area };
}

/** Return the position of the snap whose epoch is nearest to x in the chart. */
export function snapAtX(view, x, chart) {
  const { area } = lossMarker(view, { at: 0 }, chart);
  const away = view.snaps.map(({ epoch }) => Math.abs(area.xOf(epoch) - x));
  return away.indexOf(Math.min(...away));
}

function drawLoss(view, frame, chart) {
  const { left, top, ...place } = chart;
  const { x, y, loss, area } = lossMarker(view, frame, chart);
  const { size } = place;
  const text = writeLoss(loss);
  const isLate = x > (area.x0 + area.x1) / 2;
  return [
    drawCurves(left, top, lossChart(view), place),
    svgPart("marker",
      svgElement("line", {
        x1: x, y1: area.y1, x2: x, y2: area.y0, stroke: paint("highlight"), "stroke-width": 1.5,
      }),
      svgElement("circle", {
        cx: x, cy: y, r: size * 0.55, fill: paint("panel"), stroke: paint("highlight"),
        "stroke-width": 3,
      }),
      svgText(x + (isLate ? -1 : 1) * size * 0.9, y - size * 0.7, text, {
        "font-size": size * 1.05, "font-weight": "bold", fill: paint("highlight"),
        "text-anchor": isLate ? "end" : "start", "paint-order": "stroke", stroke: paint("panel"),
        "stroke-width": size * 0.3,
      })),
  ];
}

/** Return which row or column of the large map is at x, y; null beside it. */
export function pointInMap(view, { map }, x, y) {
  const { left, top, labels, heading, head, cell, height, rows, total } = map;
  const words = Math.min(view.snaps[view.at].words.length, rows);
  const y0 = top + heading + (view.fixed ? 0 : head);
  const row = Math.floor((y - y0) / height);
  if (x < left || x > left + total || y < top || row >= words) return null;
  if (row >= 0) return { row };
  const column = Math.floor((x - left - labels) / cell);
  return !view.fixed && column >= 0 && column < view.source.length ? { column } : null;
}

/** Draw a small map of a snap for a button: colors alone, stretched to the button's size. */
export function drawMiniMap(view, at) {
  const { snaps, source, fixed } = view;
  const { rows, sure } = snaps[at];
  const longest = Math.max(...snaps.map(({ words }) => words.length), 1);
  const tall = Math.min(longest, view.goal.length + MORE_ROWS);
  const wide = fixed ? 1 : source.length;
  const cells = fixed
    ? sure.slice(0, tall).map((probability, t) => svgElement("rect", {
      x: 0, y: t + 0.15, width: probability.toFixed(3), height: 0.7, fill: paint("next"),
    }))
    : rows.slice(0, tall).flatMap((weights, t) => weights.map((weight, j) => weight >= VISIBLE
      && svgElement("rect", {
        x: j, y: t, width: 1, height: 1, fill: wordPaint(j, wide), "fill-opacity": weight.toFixed(2),
        "data-word": j,
      })));
  const size = { viewBox: `0 0 ${wide} ${tall}`, preserveAspectRatio: "none" };
  return svgElement("svg", { xmlns: "http://www.w3.org/2000/svg", "aria-hidden": "true", ...size },
    svgElement("rect", { width: wide, height: tall, fill: paint("ground") }), cells);
}

/** Draw up to eight epochs side by side, each with its loss, translation and map. */
export function drawTrainingStill(view, width) {
  const shown = spreadSnaps(view.snaps.length, MOST_CARDS);
  const columns = shown.length <= 4 ? shown.length : Math.ceil(shown.length / 2);
  const room = Math.min((width - 2 * MARGIN - CARD_GAP * (columns - 1)) / columns, 420);
  const cards = shown.map((at) => layoutCard(view, at, room));
  const lines = Math.max(...cards.map((card) => card.lines.length));
  let top = MARGIN;
  const drawn = [];
  for (let first = 0; first < cards.length; first += columns) {
    const row = cards.slice(first, first + columns);
    const tallest = row.map((card, i) =>
      drawCard(card, MARGIN + i * (room + CARD_GAP), top, lines, drawn));
    top += Math.max(...tallest) + CARD_GAP;
  }
  return svgRoot(width, top - CARD_GAP + MARGIN, trainingSummary(view), drawn);
}

function layoutCard(view, at, room) {
  const size = room < 260 ? 11 : 13;
  const one = { ...view, at, point: null };
  const map = { ...layoutRows(one, room, Infinity, size), heading: 0 };
  return { one, map, lines: writtenLines(view, at, room, size), size };
}

/** Add a card to `drawn`; returns its height. `lines` is the room for all cards' translations. */
function drawCard({ one, map, lines: written, size }, left, top, lines, drawn) {
  const { snaps, at, fixed } = one;
  const text = top + size * 2.6;
  const place = { ...map, left, top: text + (lines - 0.4) * size * LINE };
  drawn.push(svgElement("g", { "data-epoch": snaps[at].epoch },
    svgText(left, top + size, `epoch ${snaps[at].epoch}`, headingStyle(size * 1.2)),
    svgText(left + map.total, top + size, `loss ${writeLoss(snaps[at].valid)}`, {
      "font-size": size, fill: paint("quiet"), "text-anchor": "end",
    }),
    drawLines(written, left, text, size, "ink"),
    fixed ? drawSureness(one, snapFrame(one, at), place) : drawAlignment(one, snapFrame(one, at), place)));
  const rows = Math.min(snaps[at].words.length, map.rows);
  return place.top - top + (fixed ? 0 : map.head) + map.height * rows + size;
}
