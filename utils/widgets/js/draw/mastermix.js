// The mixture in the master picture: weights, ribbons of their widths, and c, equation (5).

import { learnedLook } from "./masterequations.js";
import { hasRibbon, headLook, mixedTop, mixesHeads } from "./masterlayout.js";
import { flowArrow, lineWidth } from "./masterline.js";
import { paint, wordPaint } from "./paint.js";
import { drawFunnel, drawMixture, drawRibbon, drawWeightBars } from "./ribbons.js";
import { RIBBON_OPACITY, shareStarts } from "./ribbons.js";
import { svgBox, svgElement, svgFormula, svgPart } from "./svg.js";
import { svgSymbol, svgText, textWidth } from "./svg.js";
import { labelsThatFit } from "./tokens.js";

const LEAST_NAMED = 0.05; // a ribbon of less weight needs no name
const NAME_ALONE = 0.7; // letters from a name beside its ribbon to the next ribbon
const LEAST_FOLLOWED = 0.1; // with several heads, a ribbon of less weight is faint
const LEAST_FACTOR = 0.02; // nor is its weight written, where there is not room for all
const PILL = { times: 4.1, plain: 3.1 }; // letters: around a bold "× 0.70" and "0.70"
const NAME_DOWN = 0.8; // of the way from c to a bar: there its ribbon is named

/** Draw the state of each word on its way up; it passes behind all that only looks at it. */
export function drawThreads(place) {
  const { f, columns, rows, weights, heads, edits } = place;
  const start = edits.projections ? rows.projectedTop + f * 0.4 : rows.states - f * 0.95;
  return svgPart("ribbons", columns.valueX.map((x, j) => {
    if (edits.fixed && heads[0][j] === 0) return "";
    const got = weights.has.some((row) => row[j]);
    const end = got ? meetingY(place) : rows.weights + f * 0.25;
    const line = { x1: x, y1: start, x2: x, y2: end, "data-word": j };
    return svgElement("line", {
      ...line, stroke: wordPaint(j),
      "stroke-width": lineWidth(f),
      "stroke-opacity": got ? strength(place, Math.max(...heads.map((row) => row[j]))) : null,
    });
  }));
}

/** Return the y at which a state meets its weight: below, a line; above, as wide as the weight. */
function meetingY({ f, rows, heads }) {
  return rows.weightsTop + f * (heads.length > 1 ? 0.1 : 0.15);
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
        "fill-opacity": heads.length === 1 ? null : weights.has[k][j] ? strength(place, weight) : 0,
        ...headLook(place, k),
      },
    })),
  ));
  return svgPart("weights", bars, emptyEnds(place), [
    heads.length === 1 && !place.plain ? weightFactors(place, numbers || heads[0]) : "",
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
 * Write "× α" where a state meets its weight, and "half" for a fixed vector; where there is not
 * room for all, only for the heaviest.
 */
function weightFactors(place, row) {
  const { f, columns, weights } = place;
  const size = Math.max(Math.min(f * 0.85, columns.step / 4.3), place.least);
  const both = columns.inner * 0.62 + size * 0.6; // the pill covers the arrow and the thread
  const hasTimes = size * PILL.times < columns.step || size * 3 > columns.step; // or no room
  const times = hasTimes ? "× " : "";
  const least = size * (times ? PILL.times : PILL.plain);
  const width = Math.max(least, Math.min(both, columns.step - size * 0.3));
  const kept = row.map((_, j) => j).filter((j) => hasRibbon(row[j], weights.perHead));
  const beside = columns.step + columns.centers[0] - columns.valueX[0] - f * 0.41; // a hollow dot
  const places = width / 2 > beside ? columns.valueX : columns.centers;
  const labels = kept.map((j) => ({ x: places[j], width, weight: row[j] }));
  const fitting = labelsThatFit(labels, size * 0.1);
  const isWhole = fitting.length === labels.length;
  return fitting.filter((i) => isWhole || row[kept[i]] >= LEAST_FACTOR).map((i) => (
    factorPill(labels[i].x, kept[i], row[kept[i]], { size, width, times }, place)
  ));
}

function factorPill(x, j, weight, { size, width, times }, { f, rows, columns, edits }) {
  // Half of a fixed vector's numbers come from each state, and none is averaged.
  const factor = edits.fixed ? "half" : `${times}${weight.toFixed(2)}`;
  const color = wordPaint(j);
  const middle = Math.max(Math.min(x, columns.right - width / 2 + f * 0.6), width / 2 + f * 0.2);
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

/** Among several heads, what a head hardly looks at steps back: else no head can be followed. */
function strength({ heads }, weight) {
  return heads.length > 1 && weight < LEAST_FOLLOWED ? 0.25 : null;
}

/** Draw c = Σ α_j h_j: each state, times its weight, becomes a ribbon that goes into c. */
export function drawRibbons(place) {
  const { f, columns, rows, weights, heads } = place;
  const [top, bottom] = [rows.context + f * 0.85, rows.barsTop];
  const ribbons = heads.map((row, k) => {
    const starts = shareStarts(row);
    return row.map((weight, j) => {
      if (!weights.has[k][j]) return "";
      const width = weight * weights.perHead;
      const color = wordPaint(j);
      const x = weights.lefts[k] + (starts[j] + weight / 2) * weights.perHead;
      const faint = strength(place, weight);
      const data = {
        "data-word": j, ...headLook(place, k), "data-from": "h", "data-to": "c", "data-term": "5",
      };
      const from = [weights.centers[k][j], bottom];
      const thread = { at: [columns.valueX[j], meetingY(place)], width: lineWidth(f) };
      const bar = { at: [from[0], bottom + f * 0.8 - 0.5], width };
      return [
        drawFunnel(thread, bar, color, {
          "data-word": j, "fill-opacity": faint, ...headLook(place, k),
        }),
        drawRibbon(from, [x, top], width, color, {
          ...data, ...(faint ? { "fill-opacity": RIBBON_OPACITY * faint } : {}),
        }),
      ];
    });
  });
  return svgPart("ribbons", ribbons);
}

/**
 * Name the widest ribbons, inside or beside them: no reader has to know words by their color.
 * Where one of them has no room for its name, none has a name: it would seem to be a neighbor's.
 */
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
  const names = named.map((j) => {
    const name = ribbonName(state.source, j, place);
    const width = textWidth(name, size) * 1.08 + size * 0.3;
    const { x, half } = spans[j];
    const reach = half + width / 2 + size * 0.3;
    const spots = width <= 2 * half ? [x] : [x - reach, x + reach].filter((spot) => (
      spot - width / 2 > f * 0.5 && spot + width / 2 < main - f
      && taken.every(([from, to], k) => {
        const alone = order[k] === j ? 0 : size * NAME_ALONE;
        return spot + width / 2 + alone < from || spot - width / 2 - alone > to;
      })
    ));
    if (spots.length === 0) return null;
    if (spots[0] !== x) taken.push([spots[0] - width / 2, spots[0] + width / 2]);
    const look = { "data-word": j, "text-anchor": "middle", fill: paint("ink") };
    const weight = row[j] >= 0.3 ? "bold" : "normal";
    return place.edits.fixed
      ? svgFormula(spots[0], y, name, size, look)
      : svgText(spots[0], y, name, { ...look, "font-size": size, "font-weight": weight });
  });
  return svgPart("ribbons", names.includes(null) ? "" : names);
}

/** A fixed vector is made of a last state of each direction, which has read all words. */
function ribbonName(source, j, { edits }) {
  if (!edits.fixed) return source[j];
  return j === 0 ? `←h_${j + 1}` : `→h_${j + 1}`;
}

/** Write below the context what it is made of, where the source is left out. */
export function drawContextNames(state, place) {
  const { f, small, rows, weights: { left, unit }, heads: [row] } = place;
  const starts = shareStarts(row);
  const size = Math.max(f * 0.85, small);
  const labels = row.map((weight, j) => ({
    x: left + (starts[j] + weight / 2) * unit, weight,
    width: weight > 0 ? textWidth(ribbonName(state.source, j, place), size) : Infinity,
  }));
  return svgPart("context", labelsThatFit(labels, size * 0.5).map((j) => row[j] > 0 && svgFormula(
    labels[j].x, rows.context + f * 0.95 + size * 1.1, ribbonName(state.source, j, place), size,
    { fill: paint("ink"), "text-anchor": "middle", "data-word": j },
  )));
}

/** Draw the context: the mixture that it is, in the colors of its words. */
export function drawContext(place) {
  const { f, rows, weights, heads, edits, small } = place;
  const top = rows.context - f * 0.85;
  const height = f * 1.7;
  const bars = heads.map((row, k) => drawMixture(
    weights.lefts[k], top, weights.perHead, height, row.map((share, j) => ({
      share, color: wordPaint(j),
      data: { "data-word": j, ...headLook(place, k), "data-share": share.toFixed(6) },
    })),
  ));
  const frames = heads.map((_, k) => svgElement("rect", {
    x: weights.lefts[k], y: top, width: weights.perHead, height, fill: "none",
    stroke: paint("ink"), "stroke-width": f * 0.11, ...headLook(place, k),
  }));
  const index = edits.fixed ? "" : edits.form === "self" ? "i" : "t";
  const label = svgSymbol(weights.left - f * 0.9, rows.context, "c", index, f * 1.1);
  const word = textWidth("head 1", small) < weights.perHead ? "head " : "";
  const names = heads.length === 1 ? [] : heads.map((_, k) => svgText(
    weights.lefts[k] + weights.perHead / 2, top - f * 0.3, `${word}${k + 1}`,
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
    const x = weights.lefts[k] + weights.perHead * 0.1;
    return flowArrow(f, [[x, rows.context - f * 0.85], [x, top + height]], {
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
