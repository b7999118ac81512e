// Words above the columns of a map: no line from a word down to its column passes another word.

import { wordPaint } from "./paint.js";
import { shortenWord, shortNumber, svgElement, svgText, textWidth } from "./svg.js";
import { labelsThatFit } from "./tokens.js";

const MOST_NAME_LINES = 8; // enough for a sentence of 30
const NAME_APART = 0.45; // letters between a word and its neighbor, or its neighbor's line
const FAN = 0.9; // letters in which lines turn to their columns, if words stand beside them
export const NAME_LINE = 1.25; // letters from line to line

/**
 * Return where words stand above columns of `column` pixels: {levels, fan, names}, each name
 * {word, left, width, foot, level}. Neighbors take turns on as few lines as there can be. From
 * `foot` a line leads straight down between words of lower lines, and turns to its column in the
 * last `fan` pixels; there is no fan if each foot is above its column. `spare` pixels beside the
 * first column may be used, too. `levels` is 0 if there would be too many lines.
 *
 * `placed_names` in utils/plots/columns.py does the same for figures.
 */
export function placeColumnNames(words, column, size, spare) {
  const [start, end] = [-spare, column * words.length + size * 0.5];
  const gap = size * NAME_APART;
  const sized = words.map((word, j) => {
    const shown = shortenWord(word, end - start, size);
    const [width, at] = [textWidth(shown, size), (j + 0.5) * column];
    return { word: shown, width, at, want: at - width / 2 };
  });
  const taken = sized.reduce((sum, { width }) => sum + width, 0);
  const first = Math.max(Math.ceil(taken / (end - start)), 1);
  for (let levels = first; levels <= MOST_NAME_LINES; levels += 1) {
    const names = sized.map((name, j) => ({ ...name, level: j % levels }));
    const least = pushApart(
      names.map((name) => ({ ...name, at: start, want: start })), levels, gap,
    );
    if (least.every(({ left }, j) => left + names[j].width <= end)) {
      const most = mirrored(
        names.map((name) => ({ ...name, at: end, want: end - name.width })), levels, gap,
      );
      const [right, left] = [pushApart(names, levels, gap), mirrored(names, levels, gap)];
      const between = (key, j) => Math.max(
        Math.min((right[j][key] + left[j][key]) / 2, most[j][key]), least[j][key],
      );
      const placed = names.map((name, j) => {
        const left = between("left", j);
        return { ...name, left, foot: levels > 1 ? between("foot", j) : left + name.width / 2 };
      });
      const isBeside = placed.some(({ foot, at }) => Math.abs(foot - at) > 0.5);
      return { levels, fan: isBeside ? size * FAN : 0, names: placed };
    }
  }
  return { levels: 0, fan: 0, names: [] };
}

/**
 * Return [{left, foot}, …] of words that would like to begin at `want`, with their lines at `at`,
 * moved to the right as far as they must: no word lies on another of its level, or on the line that
 * comes down from a higher one.
 */
function pushApart(names, levels, gap) {
  const ends = Array(levels).fill(-Infinity); // of what is on each line so far
  return names.map(({ width, at, want, level }) => {
    const wanted = Math.max(want, ends[level] + gap);
    const foot = Math.max(at, wanted, ...ends.slice(0, level).map((end) => end + gap));
    const left = Math.max(wanted, foot - width);
    ends.fill(foot, 0, level);
    ends[level] = left + width;
    return { left, foot };
  });
}

/** Do the same to the left. */
function mirrored(names, levels, gap) {
  const turned = names.map((name) => (
    { ...name, at: -name.at, want: -name.want - name.width }
  )).reverse();
  return pushApart(turned, levels, gap).reverse().map(({ left, foot }, j) => (
    { left: -left - names[j].width, foot: -foot }
  ));
}

/**
 * Draw the words above columns that begin at x0, y0; where they do not fit, only those that the row
 * being written looks at most.
 */
export function drawColumnNames(x0, y0, { source, rows, step }, place) {
  const { cell, levels, fan, names, size } = place;
  const shown = levels > 0 ? names : heaviestNames(source, rows[step], cell, size);
  const half = Math.min(cell * 0.42, size);
  return source.map((word, j) => {
    const [x, color, name] = [x0 + (j + 0.5) * cell, wordPaint(j), shown[j]];
    const base = name && y0 - fan - size * (0.75 + name.level * NAME_LINE);
    const strip = y0 - size * 0.42;
    return svgElement(
      "g",
      { "data-word": j, role: "img", "aria-label": word },
      svgElement("rect", {
        x: x - half, y: strip, width: 2 * half, height: size * 0.3, fill: color,
      }),
      name && (fan > 0 || name.level > 0) && svgElement("path", {
        d: lineThrough([[x0 + name.foot, base + size * 0.22], [x0 + name.foot, strip - fan],
          [x, strip]]),
        fill: "none", stroke: color, "stroke-width": Math.max(size * 0.08, 1),
      }),
      name && svgText(x0 + name.left + name.width / 2, base, name.word, { "font-size": size }),
    );
  });
}

function lineThrough(points) {
  return `M${points.map((point) => point.map(shortNumber).join(" ")).join("L")}`;
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
