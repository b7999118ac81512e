// The mixture in the master picture: weights, ribbons of their widths, and c, equation (5).

import { learnedLook } from "./masterequations.js";
import { headLook, mixedTop, mixesHeads } from "./masterlayout.js";
import { paint, wordPaint } from "./paint.js";
import { drawFunnel, drawMixture, drawRibbon, drawWeightBars, shareStarts } from "./ribbons.js";
import { svgArrow, svgBox, svgElement, svgPart, svgSymbol, svgText, textWidth } from "./svg.js";
import { labelsThatFit } from "./tokens.js";

const LEAST_NAMED = 0.05; // a word with less weight is not named at its ribbon
const LEAST_FACTOR = 0.02; // nor is its weight written where it meets its state
const NAME_DOWN = 0.8; // of the way from c to a bar: there its ribbon is named

/** Draw the state of each word on its way up; it passes behind all that only looks at it. */
export function drawThreads(place) {
  const { f, columns, rows, weights, heads, edits } = place;
  const start = edits.projections ? rows.projectedTop + f * 0.4 : rows.states - f * 0.95;
  return svgPart("ribbons", columns.valueX.map((x, j) => {
    if (edits.fixed && heads[0][j] === 0) return "";
    const got = weights.has.some((row) => row[j]);
    const end = got ? rows.weightsTop + (heads.length > 1 ? 0 : f * 0.4) : rows.weights + f * 0.25;
    const line = { x1: x, y1: start, x2: x, y2: end, "data-word": j };
    return svgElement("line", {
      ...line, stroke: wordPaint(j),
      "stroke-width": f * (got ? 0.2 : 0.11), "stroke-opacity": got ? 1 : 0.6,
    });
  }));
}

/** Draw the weights: numbers times their states, and bars which together have the width of c. */
export function drawWeightRow(place, numbers) {
  const { f, rows, weights, heads } = place;
  const bars = heads.map((row, k) => drawWeightBars(
    weights.centers[k], rows.barsTop, weights.perHead, f * 0.8, row.map((weight, j) => ({
      weight, color: wordPaint(j),
      top: weights.has[k][j] ? rows.barsTop : rows.weights - f * 0.1,
      data: {
        "data-word": j, "data-weight": weight.toFixed(6), "data-role": "handle",
        "fill-opacity": heads.length > 1 && !weights.has[k][j] ? 0 : null, // a speck, near a word
        ...headLook(place, k),
      },
    })),
  ));
  return svgPart("weights", bars, emptyEnds(place), [
    heads.length === 1 ? weightFactors(place, numbers || heads[0]) : "",
  ]);
}

/** A word without weight gets nothing: its thread ends in a hollow dot. */
function emptyEnds({ f, columns, rows, weights, heads, edits }) {
  const radius = Math.min(f * 0.26, columns.step * 0.3);
  return columns.valueX.map((x, j) => {
    if (weights.has.some((row) => row[j]) || (edits.fixed && heads[0][j] === 0)) return "";
    return svgBox(x, rows.weights, radius * 2, radius * 2, {
      fill: paint("panel"), stroke: wordPaint(j), rx: radius,
      "stroke-width": f * 0.1, "data-word": j, "data-empty": "true",
    });
  });
}

/**
 * Write "× α" where a state meets its weight, and "half" for a fixed vector; where there is no
 * room, only for the heaviest.
 */
function weightFactors(place, row) {
  const { f, least, columns } = place;
  const size = Math.max(Math.min(f * 0.85, columns.step / 4.3), least);
  const both = columns.inner * 0.62 + size * 0.6; // the pill covers the arrow and the thread
  const width = Math.max(size * 3.85, Math.min(both, columns.step - size * 0.3));
  const kept = row.map((_, j) => j).filter((j) => row[j] >= LEAST_FACTOR);
  const labels = kept.map((j) => ({ x: columns.centers[j], width, weight: row[j] }));
  return labelsThatFit(labels, size * 0.1).map((i) => (
    factorPill(labels[i].x, kept[i], row[kept[i]], { size, width }, place)
  ));
}

function factorPill(x, j, weight, { size, width }, { f, rows, columns, edits }) {
  const factor = edits.fixed ? "half" : `× ${weight.toFixed(2)}`; // of its numbers, none averaged
  const color = wordPaint(j);
  const middle = Math.max(Math.min(x, columns.right - width / 2 + f * 0.4), width / 2 + f * 0.2);
  return svgElement(
    "g",
    { "data-word": j, "data-factor": weight.toFixed(4) },
    svgBox(middle, rows.weights, width, f * 1.35, {
      fill: paint("panel"), stroke: color, "stroke-width": f * 0.13, rx: f * 0.68,
    }),
    svgText(middle, rows.weights + size * 0.35, factor, {
      "font-size": size, "font-weight": weight >= 0.3 ? "bold" : "normal",
    }),
  );
}

/** Draw c = Σ α_j h_j: each state, times its weight, becomes a ribbon that goes into c. */
export function drawRibbons(place) {
  const { f, columns, rows, weights, heads } = place;
  const [top, bottom] = [rows.context + f * 0.85, rows.barsTop];
  const start = rows.weightsTop + (heads.length > 1 ? f * 0.1 : f * 0.15);
  const ribbons = heads.map((row, k) => {
    const starts = shareStarts(row);
    return row.map((weight, j) => {
      if (!weights.has[k][j]) return "";
      const width = weight * weights.perHead;
      const color = wordPaint(j);
      const x = weights.left + (k + starts[j] + weight / 2) * weights.perHead;
      const data = {
        "data-word": j, ...headLook(place, k), "data-from": "h", "data-to": "c", "data-term": "5",
      };
      const from = [weights.centers[k][j], bottom];
      const thread = { at: [columns.valueX[j], start], width: f * 0.2 };
      const bar = { at: [from[0], bottom + f * 0.8 - 0.5], width };
      return [
        drawFunnel(thread, bar, color, { "data-word": j, ...headLook(place, k) }),
        drawRibbon(from, [x, top], width, color, data),
      ];
    });
  });
  return svgPart("ribbons", ribbons);
}

/** Name the widest ribbons, inside or beside them: no reader has to know words by their color. */
export function drawRibbonNames(state, place) {
  const { f, small, rows, weights, heads, main } = place;
  if (heads.length > 1) return "";
  const [row] = heads;
  const size = Math.max(f * 0.85, small);
  const high = rows.barsTop - rows.context - f * 0.85;
  const y = rows.barsTop - high * (1 - NAME_DOWN) + size * 0.35;
  const starts = shareStarts(row);
  const spans = row.map((weight, j) => {
    const goal = weights.left + (starts[j] + weight / 2) * weights.perHead;
    const x = weights.centers[0][j] + (goal - weights.centers[0][j]) * 0.065;
    return { x, half: (weight * weights.perHead) / 2, weight };
  });
  const order = row.map((_, j) => j).filter((j) => weights.has[0][j]);
  order.sort((a, b) => row[b] - row[a]);
  const taken = order.map((j) => [spans[j].x - spans[j].half, spans[j].x + spans[j].half]);
  const named = order.filter((j) => row[j] >= LEAST_NAMED);
  return svgPart("ribbons", named.map((j) => {
    const width = textWidth(state.source[j], size) * 1.08 + size * 0.3;
    const { x, half } = spans[j];
    const reach = half + width / 2 + size * 0.3;
    const spots = width <= 2 * half ? [x] : [x - reach, x + reach].filter((spot) => (
      spot - width / 2 > f * 0.5 && spot + width / 2 < main - f
      && taken.every(([from, to]) => spot + width / 2 < from || spot - width / 2 > to)
    ));
    if (spots.length === 0) return "";
    if (spots[0] !== x) taken.push([spots[0] - width / 2, spots[0] + width / 2]);
    return svgText(spots[0], y, state.source[j], {
      "font-size": size, "data-word": j, "font-weight": row[j] >= 0.3 ? "bold" : "normal",
    });
  }));
}

/** Draw the context: the mixture that it is, in the colors of its words. */
export function drawContext(place) {
  const { f, rows, weights, heads, edits, small } = place;
  const top = rows.context - f * 0.85;
  const height = f * 1.7;
  const bars = heads.map((row, k) => drawMixture(
    weights.left + k * weights.perHead, top, weights.perHead, height, row.map((share, j) => ({
      share, color: wordPaint(j),
      data: { "data-word": j, ...headLook(place, k), "data-share": share.toFixed(6) },
    })),
  ));
  const frames = heads.map((_, k) => svgElement("rect", {
    x: weights.left + k * weights.perHead, y: top, width: weights.perHead, height, fill: "none",
    stroke: paint("ink"), "stroke-width": f * 0.11, ...headLook(place, k),
  }));
  const index = edits.fixed ? "" : edits.form === "self" ? "i" : "t";
  const label = svgSymbol(weights.left - f * 0.9, rows.context, "c", index, f * 1.1);
  const word = textWidth("head 1", small) < weights.perHead ? "head " : "";
  const names = heads.length === 1 ? [] : heads.map((_, k) => svgText(
    weights.left + (k + 0.5) * weights.perHead, top - f * 0.3, `${word}${k + 1}`,
    { "font-size": small, fill: paint("quiet"), ...headLook(place, k) },
  ));
  return svgPart("context", bars, frames, label, names, mixBand(place));
}

/** Each head has a context of its own; side by side they go into one more learned matrix. */
function mixBand(place) {
  if (!mixesHeads(place)) return "";
  const { f, rows, weights, heads, small } = place;
  const [top, height] = [mixedTop(place), f * 1.25];
  const middle = top + height / 2;
  const box = (look) => svgBox(weights.middle, middle, weights.right - weights.left, height, look);
  const ways = heads.map((_, k) => {
    const x = weights.left + (k + 0.1) * weights.perHead;
    return svgArrow([[x, rows.context - f * 0.85], [x, top + height]], {
      from: "c", to: "mix", term: "5", size: f * 0.7, data: headLook(place, k),
    });
  });
  const words = `mix: ${heads.length} contexts, one matrix`;
  const shown = textWidth(words, small) < weights.unit ? words : "mix";
  return [
    ways, box({ fill: paint("panel") }), box(learnedLook(f)),
    svgText(weights.middle, middle + small * 0.35, shown, { "font-size": small }),
  ];
}
