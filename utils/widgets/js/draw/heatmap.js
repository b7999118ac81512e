// Weights as a heat map: a row for each target word, a column in the color of each source word.

import { drawColumnNames, NAME_LINE, placeColumnNames } from "./columnnames.js";
import { paint, paintOn, wordPaint } from "./paint.js";
import { shortenWord, svgElement, svgPart, svgText, textWidth } from "./svg.js";

const LARGEST_CELL = 3; // letters
const MAP_ROW = 1.5; // letters: rows are no lower, however narrow the columns
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
  return layoutCells(source, { labels, cell, size }, rows);
}

/** Return what follows from the width of a cell: the words above, the height, and the sum. */
export function layoutCells(source, { labels, cell, size }, rows) {
  const above = placeColumnNames(source, cell, size, labels - size * 0.5);
  const height = Math.min(Math.max(cell, size * MAP_ROW), size * 1.9);
  const head = (Math.max(above.levels, 1) + 0.9) * size * NAME_LINE + above.fan;
  const total = labels + cell * source.length;
  return { ...above, labels, cell, height, head, size, total, tall: head + height * rows };
}

/** Return the pixels that a number beside a row of a map takes. */
export function numberRoom(size) {
  return textWidth("0.00", size) + size;
}

/**
 * Draw a heat map with its upper left corner at left, top.
 *
 * map: { source: S words, target: T words, rows: T rows of S weights, step, cells }. The row `step`
 * is the one being written. A cell is as strong as its weight, in its column's color; `cells`,
 * [{row, word, weight}, …], have their numbers written on them, or beside their rows, where
 * `numberRoom` pixels are to be free.
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
    drawColumnNames(x0, y0, map, place),
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

/**
 * Write a cell's weight into it or, where it is wider than the cell, at the end of its row: what it
 * covered there would be another cell's weight.
 */
function cellNumber(x0, y0, { row, word, weight }, { cell, height, size }, count) {
  const text = weight.toFixed(2);
  const fits = textWidth(text, size) * 1.1 <= cell && size * 1.2 <= height;
  const y = y0 + (row + 0.5) * height + size * 0.36;
  const style = { "font-size": size, "font-weight": "bold" };
  const end = x0 + count * cell + size * 0.4;
  return svgElement(
    "g",
    { "data-cell": `${row} ${word}`, "pointer-events": "none" },
    fits
      ? svgText(x0 + (word + 0.5) * cell, y, text, { ...style, fill: paintOn(word, weight) })
      : svgText(end, y, text, { ...style, "text-anchor": "start" }),
  );
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
