// Where everything of the training viewer's picture goes. See trainingfacts.js for what a view is.

import { layoutCells, layoutHeatMap } from "../draw/heatmap.js";
import { shortenWord, textWidth } from "../draw/svg.js";
import { missingWords, TRAINING_END } from "./trainingfacts.js";
import { lossNames } from "./trainingloss.js";
import { layoutTexts } from "./trainingtext.js";

export const TRAINING_MARGIN = 12;
export const TRAINING_LINE = 1.45; // heights of a letter
export const TRAINING_CARET = "‸"; // as a proofreader writes it
const SIDE_BY_SIDE = 680; // pixels: from here on map and loss stand side by side
const LEAST_ROW = 10; // pixels
const BROADEST_CELL = 4.4; // letters
const TEXT_LINES = [4, 3, 2, 1]; // of each text: as many as leave room for the chart
const USUAL_TALL = 340; // pixels
const [LEAST_CHART, MOST_CHART] = [112, 320];

/** Return where everything of the large picture goes, for a width and height in pixels. */
export function layoutTraining(view, { width, tall }) {
  const isWide = width >= SIDE_BY_SIDE;
  const size = width < 500 ? 13 : 15;
  const inner = width - 2 * TRAINING_MARGIN;
  const high = (tall ?? Infinity) - 2 * TRAINING_MARGIN; // JSON has no Infinity
  const map = layoutSnapRows(view, isWide ? inner * 0.58 : inner, high, size);
  const left = isWide ? TRAINING_MARGIN + map.total + size * 2.5 : TRAINING_MARGIN;
  const room = width - TRAINING_MARGIN - left;
  const choices = TEXT_LINES.map((most) => layoutTexts(view, room, size * 1.1, most));
  const fits = (texts) => !isWide || texts.tall + LEAST_CHART <= high;
  const texts = choices.find(fits) || choices[choices.length - 1];
  const mapTop = isWide ? TRAINING_MARGIN : TRAINING_MARGIN + texts.tall;
  const chartTop = isWide ? TRAINING_MARGIN + texts.tall : mapTop + map.tall + size;
  const free = isWide ? Math.max(map.tall, Math.min(high, USUAL_TALL)) - texts.tall : Infinity;
  const chartTall = Math.max(Math.min(free, MOST_CHART), LEAST_CHART);
  const height = Math.max(chartTop + chartTall, mapTop + map.tall) + TRAINING_MARGIN;
  const chart = { left, top: chartTop, width: room, height: chartTall, size: size * 0.9 };
  chart.names = lossNames(view, chart);
  const placed = { ...map, left: TRAINING_MARGIN, top: mapTop };
  return { width, height, size, map: placed, texts, left, chart };
}

/** Return how many rows a map has, the same after any epoch: of a run-on only the beginning. */
export function mostRows({ snaps, goal }) {
  const longest = Math.max(...snaps.map(({ words }) => words.length), 1);
  return Math.min(longest, Math.max(goal.length, snaps.at(-1).words.length));
}

/** Return the places of the map, or of the bars where a context is fixed: as many rows as fit. */
export function layoutSnapRows(view, width, tall, size) {
  const { snaps, source, fixed } = view;
  const heading = size * 1.6;
  const words = [...new Set(snaps.flatMap((snap) => snap.words))];
  const place = layoutHeatMap(source, words, width, size, 0);
  const cell = Math.min((width - place.labels) / source.length, size * BROADEST_CELL);
  const cells = layoutCells(source, { ...place, cell }, 0);
  const head = heading + (fixed ? 0 : cells.head);
  const rows = Math.max(Math.min(mostRows(view), Math.floor((tall - head) / LEAST_ROW)), 1);
  const height = Math.min(size * 1.9, fixed ? Infinity : cell, (tall - head) / rows);
  const total = fixed ? Math.min(width, size * 27) : place.labels + cell * source.length;
  const whole = { total, tall: head + height * rows };
  return { ...cells, heading, rows, height, ...whole };
}

/**
 * Return words and whether they are right, without the mark of the end: [[word, isRight], …]. A
 * caret, neither right nor wrong, stands where words are missing.
 */
function markedWords(view, at) {
  const words = view.snaps[at].words.map((word, t) => [word, view.marks[at][t]])
    .filter(([word]) => word !== TRAINING_END);
  for (const { before } of missingWords(view, at).reverse()) {
    words.splice(before, 0, [TRAINING_CARET, null]);
  }
  return words;
}

/** Return what the model writes after an epoch as at most `lines` lines of marked words. */
export function writtenLines(view, at, room, size, lines) {
  const words = markedWords(view, at);
  return breakWords(words.length > 0 ? words : [["(nothing)", true]], room, size, lines);
}

/** Return marked words in lines of at most `room` pixels; with more than `most`, "…" ends it. */
function breakWords(words, room, size, most) {
  const lines = [[]];
  let used = 0;
  for (const [word, isRight] of words) {
    const shown = shortenWord(word, room, size);
    const wide = textWidth(shown, size) + size * 0.3;
    if (used + wide > room && used > 0) {
      lines.push([]);
      used = 0;
    }
    lines[lines.length - 1].push([shown, isRight]);
    used += wide;
  }
  const kept = lines.slice(0, most);
  if (lines.length > most) kept[most - 1].push(["…", true]);
  return kept;
}

/** Return which row or column of the large map is at x, y; null beside it. */
export function pointInTrainingMap(view, { map }, x, y) {
  const { left, top, labels, heading, head, cell, height, rows, total } = map;
  const words = Math.min(view.snaps[view.at].words.length, rows);
  const y0 = top + heading + (view.fixed ? 0 : head);
  const row = Math.floor((y - y0) / height);
  if (x < left || x > left + total || y < top || row >= words) return null;
  if (row >= 0) return { row };
  const column = Math.floor((x - left - labels) / cell);
  return !view.fixed && column >= 0 && column < view.source.length ? { column } : null;
}
