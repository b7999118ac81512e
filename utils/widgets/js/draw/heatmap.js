// Weights as a heat map: a row for each target word, a column in the color of each source word.

import { paint, wordPaint } from "./paint.js";
import { shortenWord, svgBox, svgElement, svgPart, svgText, textWidth } from "./svg.js";
import { labelsThatFit, tokenLevels } from "./tokens.js";

const LARGEST_CELL = 3; // letters
const MOST_HEADS = 8; // lines in which the source words take turns above their columns: for 30
const LEAST_SEEN = 0.002; // of the weight: less leaves no color in a cell
const LABEL_SHARE = 0.28; // of the width, at most, for the target words

/**
 * Return the places of a heat map at most `width` wide: its cells' size, and its own.
 *
 * source: S words; rows: T of them, in letters of `size` pixels.
 */
export function layoutHeatMap(source, target, width, size, rows = target.length) {
  const widest = Math.max(...target.map((word) => textWidth(word, size)), size * 3);
  const labels = Math.min(widest + size * 0.8, width * LABEL_SHARE);
  const cell = Math.min((width - labels) / source.length, size * LARGEST_CELL);
  const { levels, room } = tokenLevels(source, cell, size, MOST_HEADS);
  const height = Math.min(cell, size * 1.9);
  const head = (Math.max(levels, 1) + 0.9) * size * 1.25;
  const total = labels + cell * source.length;
  return { labels, cell, levels, room, height, head, size, total, tall: head + height * rows };
}

/**
 * Draw a heat map with its upper left corner at left, top.
 *
 * map: { source: S words, target: T words, rows: T rows of S weights, step, cells }. The row `step`
 * is the one being written. A cell is as strong as its weight, in its column's color; `cells`,
 * [{row, word, weight}, …], have their numbers written on them.
 */
export function drawHeatMap(left, top, map, place) {
  const { source, target, rows, step, cells: named = [] } = map;
  const { labels, cell, height, head, size } = place;
  const [x0, y0] = [left + labels, top + head];
  // A column is one group, because thousands of long colors would take long to read.
  const cells = source.map((_, j) => svgElement(
    "g",
    { fill: wordPaint(j) },
    rows.map((row, t) => row[j] >= LEAST_SEEN && svgElement("rect", {
      x: x0 + j * cell,
      y: y0 + t * height,
      width: cell,
      height,
      "fill-opacity": row[j].toFixed(4),
      "data-row": t,
      "data-word": j,
    })),
  ));
  const letters = Math.min(size, height * 0.9);
  const words = target.map((word, t) => svgText(
    x0 - size * 0.5,
    y0 + (t + 0.5) * height + letters * 0.35,
    shortenWord(word, labels - size * 0.6, letters),
    {
      "font-size": letters,
      "text-anchor": "end",
      "font-weight": t === step ? "bold" : "normal",
      "data-row": t,
    },
  ));
  return svgPart(
    "map",
    columnHeads(x0, y0, map, place),
    svgElement("rect", {
      x: x0, y: y0, width: cell * source.length, height: height * target.length, fill: "none",
      stroke: paint("faint"),
    }),
    cells,
    gridLines(x0, y0, cell, height, source.length, target.length),
    words,
    rowMark(x0, y0, step, place, source.length, rows.length),
    named.map((each) => cellNumber(x0, y0, each, place, source.length)),
  );
}

/** Write a cell's weight on it; the number is wider than most cells. */
function cellNumber(x0, y0, { row, word, weight }, { cell, height, size }, count) {
  const width = textWidth("0.00", size) + size * 0.5;
  const edge = x0 + count * cell - width / 2;
  const x = Math.max(Math.min(x0 + (word + 0.5) * cell, edge), x0 + width / 2);
  const y = y0 + (row + 0.5) * height;
  return svgElement(
    "g",
    { "data-cell": `${row} ${word}`, "pointer-events": "none" },
    svgBox(x, y, width, size * 1.5, { fill: paint("ground") }),
    svgBox(x, y, width, size * 1.5, {
      fill: wordPaint(word), "fill-opacity": 0.3 * weight, stroke: wordPaint(word),
    }),
    svgText(x, y + size * 0.36, weight.toFixed(2), { "font-size": size, "font-weight": "bold" }),
  );
}

/**
 * Write the source words above their columns, in turns if they are wider than those; if that does
 * not help, only the words that the row being written looks at most.
 */
function columnHeads(x0, y0, { source, rows, step }, { cell, levels, room, size }) {
  const now = rows[step] || source.map(() => 0);
  const labels = source.map((word, j) => ({
    x: j * cell, width: textWidth(word, size), weight: now[j],
  }));
  const written = new Set(levels > 0 ? [] : labelsThatFit(labels, size * 0.4));
  const heads = source.map((word, j) => {
    const [x, color] = [x0 + (j + 0.5) * cell, wordPaint(j)];
    const edge = x0 + source.length * cell + size * 0.5; // the last words would go beyond it
    const level = levels > 0 ? j % levels : 0;
    const base = y0 - size * 0.75 - level * size * 1.25;
    const shown = levels > 0 ? shortenWord(word, room, size) : written.has(j) ? word : "";
    const half = Math.min(cell * 0.42, size);
    const line = level > 0 && svgElement("line", {
      x1: x, y1: base + size * 0.25, x2: x, y2: y0 - size * 0.3, stroke: color,
      "stroke-opacity": 0.5, "stroke-width": size * 0.08,
    });
    const name = svgElement(
      "g",
      { "data-word": j, role: "img", "aria-label": word },
      svgElement("rect", {
        x: x - half, y: y0 - size * 0.42, width: 2 * half, height: size * 0.3, fill: color,
      }),
      svgText(Math.min(x, edge - textWidth(shown, size) / 2), base, shown, {
        "font-size": size, "paint-order": "stroke", stroke: paint("panel"),
        "stroke-width": size * 0.25,
      }),
    );
    return { line, name };
  });
  return [heads.map(({ line }) => line), heads.map(({ name }) => name)]; // lines behind all words
}

/** Lead the eye along rows and columns: a thin line each. */
function gridLines(x0, y0, cell, height, columns, rows) {
  const style = { stroke: paint("empty"), "stroke-width": 0.7 };
  const [right, bottom] = [x0 + cell * columns, y0 + height * rows];
  const upright = Array.from({ length: columns - 1 }, (_, j) => x0 + (j + 1) * cell);
  const level = Array.from({ length: rows - 1 }, (_, t) => y0 + (t + 1) * height);
  return [
    upright.map((x) => svgElement("line", { x1: x, y1: y0, x2: x, y2: bottom, ...style })),
    level.map((y) => svgElement("line", { x1: x0, y1: y, x2: right, y2: y, ...style })),
  ];
}

function rowMark(x0, y0, step, { cell, height, size }, columns, rows) {
  if (step === undefined || step >= rows) return "";
  return svgElement("rect", {
    x: x0, y: y0 + step * height, width: cell * columns, height, fill: "none",
    stroke: paint("query"), "stroke-width": size * 0.16, "data-row": step,
  });
}
