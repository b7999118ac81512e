// A small heat map for words of letters: the word above its columns, what was written before the
// rows. What was written lies on what the model looked at for it, in the colors of those letters.

import { paint, paintOn, wordPaint } from "./paint.js";
import { drawMixture } from "./ribbons.js";
import { svgArrow, svgElement, svgPart, svgText, textWidth } from "./svg.js";
import { drawToken } from "./tokens.js";

const LEAST_SHOWN = 8; // pixels: smaller letters are left out, and only the colors say which
const LEAST_STRIPE = 0.25; // pixels
const LEAST_NUMBER = 0.05; // smaller shares are not written
const DIMMED = 0.35; // of what is beside the lit row and letter
const LEAST_WEIGHT = 0.004; // nobody sees less, and long words have a thousand cells

/**
 * Return the places of a map: its cells' width and height, and its own size.
 *
 * room: { width, tall }; what it cannot have in height, the rows give up. Letters have at most
 * `size` pixels.
 */
export function layoutLetterMap(columns, rows, { width, tall }, size) {
  const labels = Math.min(size * 3.2, width * 0.3);
  const cell = Math.min((width - labels) / columns, size * 3);
  const head = Math.min(cell * 1.1, size * 1.8) + size * 0.5;
  const height = Math.min(cell, size * 1.9, (tall - head) / rows);
  return {
    labels, cell, head, height, size, total: labels + cell * columns, tall: head + height * rows,
  };
}

/**
 * Draw a map with its upper left corner at left, top.
 *
 * map: { source: S letters, written: [{ letter, isRight }, …], rows: as many rows of S weights,
 * needed: for all T rows the column of the letter to be written, -1 if there is none,
 * note: of the columns at both ends, or "", isMuted: all is gray, nothing is learned yet, and in
 * place of letters the `goal` shows, all T letters to be written,
 * lit: { row, column } of a cell that is lit with its row and its letters, or null, isPinned }.
 */
export function drawLetterWeights(left, top, map, place) {
  const { source, rows, needed, lit } = map;
  const { labels, cell, head, height } = place;
  const [x0, y0] = [left + labels, top + head];
  return svgPart(
    "map",
    source.map((letter, j) => columnLetter(x0 + (j + 0.5) * cell, top, letter, j, map, place)),
    svgElement("rect", {
      x: x0, y: y0, width: cell * source.length, height: height * needed.length,
      fill: paint("ground"), stroke: paint("faint"),
    }),
    rows.map((row, t) => row.map((weight, j) => (weight < LEAST_WEIGHT ? "" : svgElement("rect", {
      x: x0 + j * cell,
      y: y0 + t * height,
      width: cell,
      height,
      fill: map.isMuted ? paint("quiet") : wordPaint(j),
      "fill-opacity": (weight * (isDimmed(lit?.row, t) ? DIMMED : 1)).toFixed(3),
      "data-row": t,
      "data-word": j,
    })))),
    needed.map((j, t) => (j < 0 ? "" : svgElement("rect", {
      x: x0 + j * cell + 1.5, y: y0 + t * height + 1.5, width: cell - 3, height: height - 3, rx: 3,
      fill: map.isMuted ? wordPaint(j) : "none", "fill-opacity": 0.2,
      stroke: wordPaint(j), "stroke-width": 1.5, "stroke-dasharray": "3 3",
    }))),
    lit && drawLitRow(x0, y0, map, place),
    drawColumnsNote(x0, y0 + height * (needed.length - 1), map, place),
    map.isMuted
      ? map.goal.map((letter, t) => goalLetter(left, y0 + t * height, t, map, place))
      : rows.map((row, t) => writtenLetter(left, y0 + t * height, t, map, place)),
  );
}

/** Return the place of x, y in a map: [row, column], from 0, or beside the cells. */
export function letterPlaceAt(left, top, { labels, cell, head, height }, x, y) {
  return [Math.floor((y - top - head) / height), Math.floor((x - left - labels) / cell)];
}

function isDimmed(lit, each) {
  return lit !== undefined && lit !== each;
}

/** Frame the lit cell, and write the shares of its row where there is room. */
function drawLitRow(x0, y0, { rows, lit, isPinned }, { cell, height, size }) {
  const { row, column } = lit;
  const [top, wide] = [y0 + row * height, isPinned ? 3 : 2];
  const letters = Math.min(size * 0.8, height * 0.75);
  const hasRoom = letters > LEAST_SHOWN && textWidth("0.00", letters) < cell;
  return [
    svgElement("rect", {
      x: x0 + column * cell + 1, y: top + 1, width: cell - 2, height: height - 2, rx: 3,
      fill: "none", stroke: paint("ink"), "stroke-width": wide,
      "data-lit": `${row},${column}`, "data-pinned": isPinned,
    }),
    hasRoom && rows[row].map((weight, j) => (weight < LEAST_NUMBER && j !== column ? "" :
      svgText(x0 + (j + 0.5) * cell, top + height / 2 + letters * 0.35, weight.toFixed(2), {
        "font-size": letters, "font-weight": j === column ? "bold" : "normal",
        fill: paintOn(j, weight),
      }))),
  ];
}

/** Write a note between the columns at both ends, in the last row, which has no dashed box. */
function drawColumnsNote(x0, top, { source, note }, { cell, height, size }) {
  const letters = Math.min(size * 0.85, height * 0.8);
  const [from, to] = [x0 + cell, x0 + cell * (source.length - 1)];
  const [middle, half] = [(from + to) / 2, textWidth(note, letters) / 2];
  if (!note || letters < LEAST_SHOWN || to - from < half * 2) return "";
  const y = top + height / 2;
  const style = { color: paint("quiet"), size: letters };
  const text = svgText(middle, y + letters * 0.35, note, {
    "font-size": letters, fill: paint("quiet"),
  });
  if (to - from < half * 2 + letters * 3) return text;
  const gap = letters * 0.4;
  return [text, svgArrow([[middle - half - gap, y], [from + gap / 2, y]], style),
    svgArrow([[middle + half + gap, y], [to - gap / 2, y]], style)];
}

function columnLetter(x, top, letter, j, map, { cell, head, size }) {
  const { source, lit } = map;
  const letters = Math.min(size, cell * 0.75);
  const color = wordPaint(j);
  const width = Math.min(cell * 0.86, size * 2);
  if (letters < LEAST_SHOWN) {
    return svgElement("rect", { x: x - width / 2, y: top, width, height: head * 0.7, fill: color });
  }
  const tall = letters * 1.7;
  const token = drawToken(x, top + tall / 2, letter, {
    width: Math.max(width, textWidth(letter, letters) + letters * 0.45), size: letters, color,
    strong: true, data: { "data-word": j },
  });
  return isDimmed(lit?.column, j) ? svgElement("g", { opacity: DIMMED }, token) : token;
}

/** A letter that should be written, in a box dashed like the cell that it needs. */
function goalLetter(left, top, t, { goal, needed, source }, { labels, height, size }) {
  const [width, tall] = [labels - size * 0.5, height * 0.88];
  const letters = Math.min(size, height * 0.8, (width * 0.84 * size) / textWidth(goal[t], size));
  const color = needed[t] < 0 ? paint("faint") : wordPaint(needed[t]);
  return svgElement("g", { "data-goal": t },
    svgElement("rect", {
      x: left, y: top + (height - tall) / 2, width, height: tall, rx: 3, fill: color,
      "fill-opacity": 0.14, stroke: color, "stroke-width": 1.5, "stroke-dasharray": "3 3",
    }),
    letters < LEAST_SHOWN ? "" : svgText(left + width / 2, top + height / 2 + letters * 0.35,
      goal[t], { "font-size": letters, fill: paint("quiet") }));
}

/** A letter of the output on the mixture that it was written from; a wrong one is crossed out. */
function writtenLetter(left, top, t, map, { labels, height, size }) {
  const { source, written, rows, lit } = map;
  const { letter, isRight } = written[t];
  const [width, tall] = [labels - size * 0.5, height * 0.88];
  const y = top + (height - tall) / 2;
  const letters = Math.min(size, height * 0.8, (width * 0.84 * size) / textWidth(letter, size));
  const shares = rows[t].map((share, j) => ({ share, color: wordPaint(j) }))
    .filter(({ share }) => share * width > LEAST_STRIPE);
  const length = width / shares.reduce((sum, { share }) => sum + share, 0);
  const middle = top + height / 2;
  return svgElement(
    "g",
    {
      "data-written": t, "data-right": String(isRight), role: "img",
      "aria-label": letter,
      opacity: isDimmed(lit?.row, t) ? DIMMED : undefined,
    },
    svgElement("g", { "fill-opacity": 0.45 }, drawMixture(left, y, length, tall, shares)),
    letters < LEAST_SHOWN ? "" : svgText(left + width / 2, middle + letters * 0.35, letter, {
      "font-size": letters, "font-weight": isRight ? "bold" : "normal",
      fill: paint("ink"),
    }),
    isRight ? "" : svgElement("line", {
      x1: left + width * 0.2, x2: left + width * 0.8, y1: y + tall * 0.85, y2: y + tall * 0.15,
      stroke: paint("wrong"), "stroke-width": Math.max(size * 0.13, 1.5),
    }),
  );
}
