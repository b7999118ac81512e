// The score opened: what additive attention does between a state and its score, equation (3c).

import { learnedLook } from "./masterequations.js";
import { BAND_ROW, openedY, scoreY } from "./masterlayout.js";
import { flowArrow } from "./masterline.js";
import { paint, wordPaint } from "./paint.js";
import { svgBox, svgElement, svgFormula, svgText, textWidth } from "./svg.js";

const BAND_HALF = 0.56; // letters: half the height of a band
const BANDS = [ // name, sign, name at the left, and what it does
  ["v", "v", "v ·", "makes one number of it, the score"],
  ["tanh", "tanh", "tanh", "bends each feature"],
  ["sum", "+", "+ W₂ s", "adds the query, the same for all words"],
  ["W1", "W₁", "W₁ h", "finds features in each state"],
];
const LEARNED = new Set(["v", "W1"]);

/**
 * Draw four bands that all words go through: W₁, the sum with the query's part, tanh, and v.
 *
 * One word, the one with the most weight, is shown going through each of them.
 */
export function drawOpenedScore(place) {
  const { columns } = place;
  const [first] = place.heads;
  const shown = first.indexOf(Math.max(...first));
  return [
    columns.dense ? [] : columns.chipX.map((x, j) => endWays(x, j, j === shown, place)),
    BANDS.map(([name, , words, does], k) => [
      scoreBand(name, words, k, place), bandNote(does, columns.chipX[shown], k, place),
    ]),
    wholeColumn(columns.chipX[shown], shown, place),
  ];
}

/** Into the lowest band from each state, and out of the highest into each score. */
function endWays(x, j, shown, place) {
  const { f, rows, columns } = place;
  const color = shown ? wordPaint(j) : null;
  const style = { from: "h", to: "score", term: "2", size: f * 0.7, color };
  const data = { "data-word": j };
  const low = openedY(place, 3) + f * BAND_HALF;
  const high = openedY(place, 0) - f * BAND_HALF;
  return [
    flowArrow(f, [[x, rows.states - f * 0.95], [x, low]], { ...style, data }),
    flowArrow(f, [[x, high], [x, scoreY(place, 0) + f * 0.7]], { ...style, data }),
  ];
}

function scoreBand(name, words, k, place) {
  const { f, columns, small, roomy, wide } = place;
  const { left, right } = columns;
  const y = openedY(place, k);
  const plain = { fill: paint("track"), stroke: paint("frame"), "stroke-width": f * 0.07 };
  const look = LEARNED.has(name) ? learnedLook(f) : plain;
  const asked = name === "sum" ? { stroke: paint("query"), "stroke-width": f * 0.12 } : {};
  const size = { "font-size": small, fill: paint("ink") };
  const box = (style) => svgBox((left + right) / 2, y, right - left, f * BAND_HALF * 2, style);
  return svgElement(
    "g",
    { "data-inside": name },
    box({ fill: paint("panel") }),
    box({ rx: f * 0.3, ...look, ...asked }),
    roomy && (wide || name !== "sum") && svgFormula(left - f * 0.7, y + small * 0.3, words, small, {
      ...size, "text-anchor": "end", fill: paint("quiet"),
    }),
  );
}

/** Say inside a band what it does, on that side of the whole column that has more room. */
function bandNote(words, column, k, { f, columns, rows, small }) {
  const [before, after] = [column - columns.left, columns.right - column];
  const room = Math.max(before, after) - f * 2;
  if (textWidth(words, small) * 0.95 > room) return "";
  const x = before > after ? column - before / 2 - f * 0.5 : column + after / 2 + f * 0.5;
  return svgText(x, openedY({ rows, f }, k) + small * 0.34, words, { "font-size": small });
}

/** One word's way through all bands, in large. */
function wholeColumn(x, j, place) {
  const { f, columns, least } = place;
  const color = wordPaint(j);
  const size = Math.max(f * 0.9, least);
  const width = Math.max(columns.chip, textWidth("tanh", size) * 1.08 + f * 0.5);
  const gap = (BAND_ROW - 2 * BAND_HALF) * f;
  return BANDS.map(([name, sign], k) => {
    const y = openedY(place, k);
    const next = [[x, y - f * BAND_HALF], [x, y - f * BAND_HALF - gap]];
    return svgElement(
      "g",
      { "data-word": j },
      k > 0 && flowArrow(f, next, { size: f * 0.7, color, from: "h", to: "score", term: "2" }),
      svgBox(x, y, width, f * BAND_HALF * 2, {
        fill: paint("panel"), stroke: color, "stroke-width": f * 0.14,
        rx: name === "sum" ? f : f * 0.2,
      }),
      svgText(x, y + size * 0.34, sign, { "font-size": size, "font-weight": "bold" }),
    );
  });
}
