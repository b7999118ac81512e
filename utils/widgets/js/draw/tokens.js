// Words as tokens: a word in a box of its own color.

import { paint } from "./paint.js";
import { escapeText, shortenWord, svgBox, svgElement, svgText, textWidth } from "./svg.js";

const MOST_LEVELS = 3; // rows that the tokens of narrow columns take turns in
const LEAST_LETTERS = 2.6; // a token that has no room for two letters and "…" shows none

/**
 * Draw a word in a box with its center at x, y.
 *
 * `color` is the word's own; `strong` fills the box with more of it. `data` holds attributes such
 * as data-word, by which an explorer finds the token; `inset` pixels at its right stay free.
 */
export function drawToken(x, y, word, about) {
  const { width, size, color, strong = false, data = {}, inset = 0 } = about;
  const box = { fill: color, "fill-opacity": strong ? 0.32 : 0.14, stroke: color };
  const shown = shortenWord(word, width - inset - size * 0.35, size);
  return svgElement(
    "g",
    { ...data, role: word ? "img" : undefined, "aria-label": word || undefined },
    shown === String(word) ? "" : svgElement("title", {}, escapeText(word)),
    svgBox(x, y, width, size * 1.7, { ...box, "stroke-width": size * (strong ? 0.14 : 0.1) }),
    svgText(x - inset / 2, y + size * 0.35, shown, { "font-size": size, fill: paint("ink") }),
  );
}

/**
 * Return which labels to write so that none touches another: the heaviest first.
 *
 * labels: [{ x, width, weight }, …]. Returns their positions in the list.
 */
export function labelsThatFit(labels, gap) {
  const order = labels.map((_, i) => i).sort((a, b) => labels[b].weight - labels[a].weight);
  const kept = [];
  for (const i of order) {
    const free = kept.every((k) => {
      const apart = Math.abs(labels[i].x - labels[k].x);
      return apart >= (labels[i].width + labels[k].width) / 2 + gap;
    });
    if (free) kept.push(i);
  }
  return kept;
}

/** Return the width of a word's token at most `room` wide. */
export function tokenWidth(word, size, room = Infinity) {
  return Math.min(Math.max(textWidth(word, size) + size * 0.9, size * 2), room);
}

/**
 * Return how to set words whose columns are `column` pixels apart: in how many rows they take
 * turns, and how wide a token may be. No row: the words do not fit, only colors do.
 */
export function tokenLevels(words, column, size) {
  const widest = Math.max(...words.map((word) => tokenWidth(word, size)));
  for (let levels = 1; levels <= MOST_LEVELS; levels += 1) {
    const room = levels * column - size * 0.4;
    if (widest <= room) return { levels, room };
  }
  const room = MOST_LEVELS * column - size * 0.4;
  return room < LEAST_LETTERS * size ? { levels: 0, room: column } : { levels: MOST_LEVELS, room };
}

/**
 * Return where words stand in rows of tokens below their columns: { levels, size, places }.
 *
 * `places` are { x, level, width }. Neighbors take turns in at most three rows, so that no line up
 * from a lower row passes behind a token. `levels` is 0 if not even that makes room for words.
 */
export function placeTokens(words, centers, { size, step, left, right }) {
  for (let levels = 1; levels <= MOST_LEVELS; levels += 1) {
    const rooms = centers.map((_, j) => tokenRoom(j, centers, { levels, size, step, left, right }));
    const wanted = words.map((word) => tokenWidth(word, size, right - left));
    const fits = wanted.every((width, j) => width <= rooms[j][1] - rooms[j][0]);
    const narrow = rooms.some(([from, to]) => to - from < LEAST_LETTERS * size);
    if (narrow ? levels < MOST_LEVELS : !fits && levels < MOST_LEVELS) continue;
    if (narrow) break;
    const places = rooms.map(([from, to], j) => {
      const width = Math.min(wanted[j], to - from);
      const x = Math.max(Math.min(centers[j], to - width / 2), from + width / 2);
      return { x, level: j % levels, width };
    });
    return { levels, size, places };
  }
  return { levels: 0, size, places: centers.map((x) => ({ x, level: 0, width: step * 0.8 })) };
}

/** Return [left, right] of the room of a word: between the lines up from rows below its own. */
function tokenRoom(j, centers, { levels, size, step, left, right }) {
  const pad = size * 0.25;
  const level = j % levels;
  const edge = (side) => {
    for (let away = 1; away < levels; away += 1) {
      const other = j + side * away;
      if (other < 0 || other >= centers.length) return side < 0 ? left : right;
      if (other % levels > level) return centers[other] - side * pad;
    }
    const outside = j + side * levels < 0 || j + side * levels >= centers.length;
    const half = centers[j] + side * ((levels * step) / 2 - pad / 2);
    return outside ? (side < 0 ? left : right) : half;
  };
  return [edge(-1), edge(1)];
}
