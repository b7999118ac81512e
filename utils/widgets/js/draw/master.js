// The master picture: one translation step, from the source words to the next target word.

import { drawHeatMap } from "./heatmap.js";
import { drawDecoder, drawNext, drawQuery, drawTarget } from "./masterdecoder.js";
import { layoutMaster } from "./masterlayout.js";
import { drawContext, drawEncoder, drawRibbons, drawScores, drawSoftmax, drawWeights, openedY } from "./mastersource.js";
import { paint, wordPaint } from "./paint.js";
import { svgArrow, svgBox, svgElement, svgPart, svgRoot, svgSymbol, svgText } from "./svg.js";

const FIRST_WORD = "<sos>";

/**
 * Draw one step of a translation as SVG text.
 *
 * state:
 *   source   S words
 *   target   the words written before this step
 *   weights  S weights α_j, which sum to one; `heads`: H rows of them, for several heads
 *   scores   S scores e_j, or null; `headScores`: H rows
 *   best     [[word, probability], …], most probable first; `chosen` is the row that is written
 *   rows     the weights of each step, for the heat map and for the marks below written words
 *   words    all target words, for the heat map
 *   position the word that asks, in self-attention
 * options:
 *   width    in pixels
 *   variant  a name in VARIANTS, or several
 *   hide     names of parts that are left out; all others stay where they are
 *   decoder  false leaves out the decoder's half, and the room for it
 *   map      true adds the heat map of `rows`, beside or below
 *   theme    "light" or "dark" for a still; without it, the drawing follows the page
 *   title    what a screen reader says
 */
export function drawMaster(state, options = {}) {
  const known = { ...state, scores: state.scores || null, target: state.target || [] };
  known.best = state.best || [];
  const place = layoutMaster(known, options);
  place.previous = known.target.length > 0 ? known.target[known.target.length - 1] : FIRST_WORD;
  const hidden = new Set(options.hide || []);
  const shapes = partsOf(known, place).flat(9).filter((shape) => !hidden.has(partName(shape)));
  return svgRoot(place.width, place.height, options.title || masterTitle(known, place), ...shapes);
}

function partName(shape) {
  return (/^<g data-part="([a-z]+)"/.exec(shape) || [])[1];
}

/** Return the parts from back to front. */
function partsOf(state, place) {
  const { edits } = place;
  const asks = !edits.fixed && (place.hasDecoder || edits.form === "self");
  return [
    edits.fixed ? missingNote(place) : [drawSoftmax(place), asks ? drawQuery(state, place) : ""],
    edits.fixed ? "" : drawScores(state, place),
    drawWeights(place),
    drawRibbons(place),
    edits.projections ? projections(place) : "",
    drawEncoder(state, place),
    drawContext(place),
    rowLabels(place),
    edits.form === "self" ? drawOutput(state, place) : "",
    place.hasDecoder ? [drawTarget(state, place), drawDecoder(state, place), drawNext(state, place)] : "",
    place.map ? mapPart(state, place) : "",
  ];
}

/** Say at the left what each row is. */
function rowLabels(place) {
  const { f, columns, rows, edits } = place;
  const labels = [["states", rows.states]];
  if (!edits.fixed) labels.push(["scores", rows.scores], ["softmax", rows.softmax]);
  if (edits.score === "additive" && edits.form === "rnn") {
    ["v", "tanh", "+", "W₁"].forEach((name, k) => labels.push([name, openedY(place, k)]));
  }
  if (edits.projections) labels.push(["keys, values", rows.projected]);
  labels.push(["weights", rows.weights], ["sum to 1", rows.bars + f * 0.1], ["context", rows.context]);
  const x = columns.left - f * 0.5;
  const first = Math.min(x, columns.firstToken - f * 0.4);
  const halo = { "paint-order": "stroke", stroke: paint("panel"), "stroke-width": f * 0.35 };
  const style = { "font-size": f * 0.74, "text-anchor": "end", fill: paint("quiet"), ...halo };
  return svgPart(
    "labels",
    labels.map(([words, y]) => svgText(x, y + f * 0.27, words, style)),
    svgText(first, rows.tokensTop + f * 1.25, "source", style),
  );
}

/** Say what is not there. */
function missingNote({ f, columns, rows }) {
  const style = { "font-size": f * 0.9, fill: paint("quiet") };
  const x = (columns.left + columns.right) / 2;
  return svgPart(
    "note",
    svgText(x, rows.softmax + f * 0.6, "no question, no scores:", style),
    svgText(x, rows.softmax + f * 1.9, "c is the same at every step", style),
  );
}

/** Keys and values: each state goes through a matrix before it is compared, and before it is mixed. */
function projections({ f, columns, rows }) {
  const width = Math.min(columns.chip * 0.55, f * 1.5);
  const small = width < f * 0.8;
  const draw = (x, label, j, color) => svgElement(
    "g",
    { "data-inside": label, "data-word": j },
    svgBox(x, rows.projected, width, f * 1.25, { fill: paint("panel"), stroke: color, "stroke-width": f * 0.09 }),
    !small && svgText(x, rows.projected + f * 0.27, label, { "font-size": f * 0.75 }),
  );
  return svgPart("projections", columns.chipX.map((x, j) => [
    draw(x, "K", j, paint("frame")),
    draw(columns.valueX[j], "V", j, wordPaint(j, columns.centers.length)),
  ]));
}

/** In self-attention the mixture is the new state of the word that asked. */
function drawOutput(state, { f, rows, weights }) {
  const j = state.position || 0;
  const color = wordPaint(j, state.source.length);
  const y = rows.output - f * 0.5;
  return svgPart(
    "output",
    svgArrow([[weights.middle, rows.context - f * 0.85], [weights.middle, y + f * 0.95]], {
      from: "c", to: "new h", term: "5", size: f,
    }),
    svgBox(weights.middle, y, f * 3.6, f * 1.9, {
      fill: color, "fill-opacity": 0.2, stroke: color, "stroke-width": f * 0.11,
    }),
    svgSymbol(weights.middle, y, "h′", j + 1, f),
    svgText(weights.middle + f * 2.3, y + f * 0.3, `the new state of ${state.source[j]}`, {
      "font-size": f * 0.8, "text-anchor": "start", fill: paint("quiet"),
    }),
  );
}

function mapPart(state, { map, f }) {
  const { left, top, layout, target } = map;
  const rows = state.rows || [];
  return drawHeatMap(left, top, { source: state.source, target, rows, step: state.target.length }, layout);
}

/** Return the picture in words: the step's strongest link, and the word it writes. */
function masterTitle(state, { hasDecoder }) {
  const most = state.weights.indexOf(Math.max(...state.weights));
  const look = `Most weight, ${state.weights[most].toFixed(2)}, is on "${state.source[most]}".`;
  const next = state.best[state.chosen || 0];
  return hasDecoder && next ? `${look} The next word is "${next[0]}".` : look;
}
