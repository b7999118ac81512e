// Words above the columns of a map: no line from a word down to its column passes another word.

import { paint, wordPaint } from "./paint.js";
import { shortenWord, svgElement, svgText, textWidth } from "./svg.js";
import { labelsThatFit } from "./tokens.js";

const MOST_NAME_LINES = 8; // lines of words: enough for a sentence of 30
const NAME_APART = 0.35; // letters between a word and its neighbor's line
export const NAME_LINE = 1.25; // letters from line to line

/**
 * Return where words stand above columns of `column` pixels: {levels, names}, each name
 * {word, left, width, level}. Short words stand right above their columns, and longer ones higher,
 * where only lines of words that are higher still come down. `spare` pixels beside the first
 * column may be used, too. `levels` is 0 if that would take too many lines; then there are no names.
 *
 * `placed_names` in utils/plots/labels.py does the same for figures.
 */
export function placeColumnNames(words, column, size, spare) {
  const room = [-spare, column * words.length + size * 0.5];
  const gap = size * NAME_APART;
  const names = words.map((word, j) => {
    const shown = shortenWord(word, room[1] - room[0], size);
    return { word: shown, width: textWidth(shown, size), at: (j + 0.5) * column };
  });
  let high = names;
  for (let level = 0; level < MOST_NAME_LINES && high.length > 0; level += 1) {
    const rest = [];
    let from = room[0];
    high.forEach((name, i) => {
      const to = i + 1 < high.length ? high[i + 1].at - gap : room[1];
      const left = Math.min(Math.max(name.at - name.width / 2, from), to - name.width);
      const fits = left >= from && left <= name.at && left + name.width >= name.at;
      if (fits) Object.assign(name, { left, level });
      else rest.push(name);
      from = (fits ? left + name.width : name.at) + gap;
    });
    if (rest.length === high.length) break;
    high = rest;
  }
  if (high.length > 0) return { levels: 0, names: [] };
  return { levels: Math.max(...names.map(({ level }) => level)) + 1, names };
}

/**
 * Draw the words above columns that begin at x0, y0; where they do not fit, only those that the row
 * being written looks at most.
 */
export function drawColumnNames(x0, y0, { source, rows, step }, { cell, levels, names, size }) {
  const shown = levels > 0 ? names : heaviestNames(source, rows[step], cell, size);
  const half = Math.min(cell * 0.42, size);
  return source.map((word, j) => {
    const [x, color, name] = [x0 + (j + 0.5) * cell, wordPaint(j), shown[j]];
    const base = name && y0 - size * (0.75 + name.level * NAME_LINE);
    return svgElement(
      "g",
      { "data-word": j, role: "img", "aria-label": word },
      svgElement("rect", {
        x: x - half, y: y0 - size * 0.42, width: 2 * half, height: size * 0.3, fill: color,
      }),
      name?.level > 0 && svgElement("line", {
        x1: x, y1: base + size * 0.22, x2: x, y2: y0 - size * 0.42, stroke: color,
        "stroke-width": Math.max(size * 0.08, 1),
      }),
      name && svgText(x0 + name.left + name.width / 2, base, name.word, { "font-size": size }),
    );
  });
}

function heaviestNames(source, weights = [], cell, size) {
  const labels = source.map((word, j) => ({
    x: (j + 0.5) * cell, width: textWidth(word, size), weight: weights[j] ?? 0,
  }));
  const kept = new Set(labelsThatFit(labels, size * 0.4));
  const most = source.length * cell + size * 0.5;
  return labels.map(({ x, width }, j) => kept.has(j) && {
    word: source[j], left: Math.min(x - width / 2, most - width), width, level: 0,
  });
}
