// Words as tokens: a word in a box of its own color.

import { paint } from "./paint.js";
import { escapeText, shortenWord, svgBox, svgElement, svgText, textWidth } from "./svg.js";

const MOST_LEVELS = 3; // rows that the tokens of narrow columns take turns in
const LEAST_LETTERS = 2.6; // a token that has no room for two letters and "…" shows none

/**
 * Draw a word in a box with its center at x, y.
 *
 * `color` is the word's own; `strong` fills the box with more of it. `data` holds attributes such
 * as data-word, by which an explorer finds the token.
 */
export function drawToken(x, y, word, { width, size, color, strong = false, data = {} }) {
  const box = { fill: color, "fill-opacity": strong ? 0.32 : 0.14, stroke: color };
  const shown = shortenWord(word, width - size * 0.4, size);
  return svgElement(
    "g",
    { ...data, "aria-label": word },
    shown === String(word) ? "" : svgElement("title", {}, escapeText(word)),
    svgBox(x, y, width, size * 1.7, { ...box, "stroke-width": size * (strong ? 0.14 : 0.1) }),
    svgText(x, y + size * 0.35, shown, { "font-size": size, fill: paint("ink") }),
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
