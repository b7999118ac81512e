// The master picture: one translation step, from the source words to the next target word.

import { drawHeatMap } from "./heatmap.js";
import { drawDecoder } from "./masterdecoder.js";
import { layoutMaster, openedY } from "./masterlayout.js";
import { drawContext, drawRibbons, drawWeightRow } from "./mastermix.js";
import { drawQuery } from "./masterquery.js";
import { drawEncoder, drawScores, drawSoftmax } from "./mastersource.js";
import { drawNext, drawTarget } from "./mastertarget.js";
import { paint, wordPaint } from "./paint.js";
import { svgArrow, svgBox, svgElement, svgPart, svgRoot } from "./svg.js";
import { svgFormula, svgSymbol, svgText, textWidth } from "./svg.js";

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
 *   tall     in pixels: letters shrink until the picture is no higher, if they can
 *   decoder  false leaves out the decoder's half, and the room for it
 *   map      true adds the heat map of `rows`, beside or below
 *   title    what a screen reader says
 *
 * The drawing follows the page's theme; `bakeTheme` gives it one of its own, for a still.
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
    drawRibbons(place),
    drawWeightRow(place),
    edits.projections ? projections(place) : "",
    drawEncoder(state, place),
    drawContext(place),
    rowLabels(place),
    edits.form === "self" ? drawOutput(state, place) : "",
    place.hasDecoder ? drawTarget(state, place) : "",
    place.hasDecoder ? drawDecoder(state, place) : "",
    place.hasDecoder ? drawNext(state, place) : "",
    place.wide ? svgPart("equations", equationLines(place)) : "",
    place.map ? mapPart(state, place) : "",
  ];
}

/** Say at the left what each row is; a label belongs to its part, and hides with it. */
function rowLabels(place) {
  const { f, columns, rows } = place;
  const x = columns.left - f * 0.5;
  const halo = { "paint-order": "stroke", stroke: paint("panel"), "stroke-width": f * 0.35 };
  const style = { "font-size": f * 0.74, "text-anchor": "end", fill: paint("quiet"), ...halo };
  const first = Math.min(x, columns.firstToken - f * 0.4);
  return [
    rowNames(place).map(([part, words, y]) => (
      svgPart(part, svgText(x, y + f * 0.27, words, style))
    )),
    svgPart("tokens", svgText(first, rows.tokensTop + f * 1.25, "source", style)),
  ];
}

/** Return [part, label, y] for each row above the words. */
function rowNames(place) {
  const { f, rows, edits, heads } = place;
  const names = [["states", "states", rows.states], ["context", "context", rows.context]];
  if (!edits.fixed) {
    names.push(["scores", "scores", rows.scores], ["softmax", "softmax", rows.softmax]);
  }
  if (edits.score === "additive" && edits.form === "rnn") {
    ["v", "tanh", "+", "W₁"].forEach((name, k) => names.push(["scores", name, openedY(place, k)]));
  }
  if (edits.projections) names.push(["projections", "K, V", rows.projected]);
  const alone = heads.length === 1 && !edits.fixed; // then there is a row of numbers
  if (alone) names.push(["weights", "weights", rows.weights]);
  const bars = edits.fixed ? "two halves" : alone ? "sum to 1" : "weights";
  return [...names, ["weights", bars, rows.bars + f * 0.1]];
}

/** Write the equations whose terms the arrows are, in the corner above the next words. */
function equationLines({ f, edits, decoder, rows }) {
  const lines = equationsOf(edits);
  const left = decoder.boxes.readout.x + f * 0.9;
  const room = (decoder.listTop - rows.contextTop) / (lines.length + 0.6);
  const step = Math.min(f * 1.35, room);
  const widest = Math.max(...lines.map((line) => textWidth(line, 1)));
  const size = Math.min(step * 0.58, (decoder.right - left) / widest);
  return lines.map((line, i) => svgFormula(left, rows.contextTop + (i + 0.75) * step, line, size));
}

/** Return the equations of a variant; what follows "_" is an index. */
export function equationsOf({ form, fixed, score, query, feeding }) {
  if (form === "block") return ["e_tj = Q s_t · K h_j / √d", "c_t = Σ_j α_tj V h_j"];
  const s = query === "current" ? "s_t" : "s_t−1";
  const c = fixed ? "c" : "c_t";
  const scores = {
    dot: [`e_tj = ${s} · h_j`],
    general: [`e_tj = ${s} · W h_j`],
    additive: ["e_tj = v · tanh( W₁ h_j", `           + W₂ ${s} )`],
  };
  const cell = ["s_t−1", "y_t−1"];
  if (query !== "current") cell.push(c);
  if (feeding) cell.push("h̃_t−1");
  return [
    ...(fixed ? [] : [...scores[score], "c_t = Σ_j α_tj h_j"]),
    `s_t = f( ${cell.join(" , ")} )`,
    `p = q( y_t−1 , s_t , ${c} )`,
  ];
}

/** Say what is not there. */
function missingNote({ f, columns, rows }) {
  const style = { "font-size": f * 0.9, fill: paint("quiet") };
  const x = (columns.left + columns.right) / 2;
  const lines = [
    "nobody asks, nothing is scored:",
    "half of the first state,",
    "half of the last, at every step",
  ];
  const y = rows.softmax + f * 0.3;
  return svgPart("note", lines.map((line, i) => svgText(x, y + f * 1.3 * i, line, style)));
}

/** Keys and values: a matrix for each state before it is compared, another before it is mixed. */
function projections({ f, columns, rows }) {
  const width = Math.min(columns.chip * 0.55, f * 1.5);
  const small = width < f * 0.8;
  const draw = (x, label, j, color) => svgElement(
    "g",
    { "data-inside": label, "data-word": j },
    svgBox(x, rows.projected, width, f * 1.25, {
      fill: paint("panel"), stroke: color, "stroke-width": f * 0.09,
    }),
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
  const { source, target: { length: step } } = state;
  return drawHeatMap(left, top, { source, target, rows, step }, layout);
}

/** Return the picture in words: the step's strongest link, and the word it writes. */
function masterTitle(state, { hasDecoder }) {
  const most = state.weights.indexOf(Math.max(...state.weights));
  const look = `Most weight, ${state.weights[most].toFixed(2)}, is on "${state.source[most]}".`;
  const next = state.best[state.chosen || 0];
  return hasDecoder && next ? `${look} The next word is "${next[0]}".` : look;
}
