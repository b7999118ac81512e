// The mixture in the master picture: weights, ribbons of their widths, and c, equation (5).

import { paint, wordPaint } from "./paint.js";
import { drawMixture, drawRibbon, drawWeightBars, shareStarts } from "./ribbons.js";
import { shortNumber, svgElement, svgPart, svgSymbol, svgText } from "./svg.js";
import { labelsThatFit } from "./tokens.js";

const LEAST_NUMBER = 0.62; // of the letters' size: where numbers would be smaller, few are written
const FAINT_WEIGHT = 0.02; // below it, the line from a state leads to next to nothing

/** Draw the weights: bars as wide as they are, which together have the width of c. */
export function drawWeightRow(place) {
  const { f, rows, weights, heads } = place;
  const bars = heads.map((row, k) => drawWeightBars(
    weights.centers[k], rows.barsTop, weights.perHead, f * 0.9, row.map((weight, j) => ({
      weight, color: wordPaint(j, row.length),
      data: {
        "data-word": j, "data-head": k, "data-weight": weight.toFixed(6), "data-role": "handle",
      },
    })),
  ));
  return svgPart("weights", heads.length === 1 ? weightNumbers(place) : [], bars);
}

/** Write the weights; where columns are narrow, only those of words that count. */
function weightNumbers({ f, columns, rows, heads, edits }) {
  const room = columns.chip * 1.12;
  const size = Math.min(f * 0.82, room / 2.1);
  const small = size < f * LEAST_NUMBER;
  const letters = small ? f * 0.72 : size;
  const width = letters * 1.7;
  const labels = heads[0].map((weight, j) => ({ x: columns.chipX[j], width, weight }));
  const written = new Set(labelsThatFit(labels, letters * 0.3).filter((j) => heads[0][j] >= 0.02));
  return heads[0].map((weight, j) => {
    if (edits.fixed || (small && !written.has(j))) return "";
    const words = weight.toFixed(2).replace(small ? /^0/ : "", "");
    const y = rows.weights + letters * 0.3;
    const fill = paint(weight < 0.005 ? "quiet" : "ink");
    const style = { "font-size": letters, fill, "font-weight": weight >= 0.3 ? "bold" : "normal" };
    const halo = small ? { stroke: paint("panel"), "stroke-width": letters * 0.45 } : {};
    return svgText(columns.chipX[j], y, words, {
      ...style, ...halo, "paint-order": "stroke", "data-word": j,
    });
  });
}

/** Draw c = Σ α_j h_j: a line from each state to its bar, and from there a ribbon into c. */
export function drawRibbons(place) {
  const { f, columns, rows, weights, heads, edits } = place;
  const top = rows.context + f * 0.85;
  const ribbons = heads.map((row, k) => {
    const starts = shareStarts(row);
    return row.map((weight, j) => {
      if (edits.fixed && weight === 0) return "";
      const x = weights.left + (k + starts[j] + weight / 2) * weights.perHead;
      const meaning = { "data-from": "h", "data-to": "c", "data-term": "5" };
      const data = { "data-word": j, "data-head": k, ...meaning };
      const from = [weights.centers[k][j], rows.barsTop];
      return drawRibbon(from, [x, top], weight * weights.perHead, wordPaint(j, row.length), data);
    });
  });
  const ways = columns.valueX.map((x, j) => heads.map((row, k) => valueWay(x, j, k, place)));
  return svgPart("ribbons", ways, ribbons);
}

/** The state itself goes up to where its weight waits; over all that it crosses, on a bridge. */
function valueWay(x, j, k, { f, columns, rows, weights, heads, edits }) {
  if (edits.fixed && heads[k][j] === 0) return "";
  const [turn, end] = [rows.weightsTop, rows.barsTop + f * 0.9];
  const goal = weights.centers[k][j];
  const faint = heads[k][j] < FAINT_WEIGHT;
  const n = shortNumber;
  const d = `M${n(x)} ${n(rows.states - f * 0.95)}V${n(turn)}`
    + `C${n(x)} ${n(end)} ${n(goal)} ${n(turn)} ${n(goal)} ${n(end)}`;
  const style = { d, fill: "none", "data-word": j };
  return [
    svgElement("path", { ...style, stroke: paint("panel"), "stroke-width": f * 0.3 }),
    svgElement("path", {
      ...style, stroke: wordPaint(j, columns.centers.length), "stroke-width": f * 0.11,
      "stroke-opacity": faint ? 0.5 : 1,
    }),
  ];
}

/** Draw the context: the mixture that it is, in the colors of its words. */
export function drawContext(place) {
  const { f, rows, weights, heads, edits } = place;
  const top = rows.context - f * 0.85;
  const height = f * 1.7;
  const bars = heads.map((row, k) => drawMixture(
    weights.left + k * weights.perHead, top, weights.perHead, height, row.map((share, j) => ({
      share, color: wordPaint(j, row.length),
      data: { "data-word": j, "data-head": k, "data-share": share.toFixed(6) },
    })),
  ));
  const frames = heads.map((_, k) => svgElement("rect", {
    x: weights.left + k * weights.perHead, y: top, width: weights.perHead, height, fill: "none",
    stroke: paint("ink"), "stroke-width": f * 0.11,
  }));
  const index = edits.fixed ? "" : edits.form === "self" ? "i" : "t";
  const label = svgSymbol(weights.left - f * 0.9, rows.context, "c", index, f * 1.1);
  const names = heads.length === 1 ? [] : heads.map((_, k) => svgText(
    weights.left + (k + 0.5) * weights.perHead, top - f * 0.15, `head ${k + 1}`,
    {
      "font-size": f * 0.62, fill: paint("quiet"), "paint-order": "stroke",
      stroke: paint("panel"), "stroke-width": f * 0.25,
    },
  ));
  return svgPart("context", bars, frames, label, names);
}
