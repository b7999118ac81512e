// The master picture: one translation step, from the source words to the next target word.

import { drawHeatMap } from "./heatmap.js";
import { drawAskedContext, drawDecoder } from "./masterdecoder.js";
import { drawEquations, learnedLook } from "./masterequations.js";
import { layoutMaster, mixedTop, railY, scoreY } from "./masterlayout.js";
import { flowArrow, lineWidth } from "./masterline.js";
import { drawContext, drawContextNames, drawRibbonNames, drawRibbons } from "./mastermix.js";
import { drawThreads, drawWeightRow } from "./mastermix.js";
import { drawHalo, drawOrder, drawTag } from "./masternew.js";
import { drawQuery } from "./masterquery.js";
import { drawEncoder, drawScores, drawSoftmax } from "./mastersource.js";
import { drawNext, drawTarget, placeTarget } from "./mastertarget.js";
import { paint, wordPaint } from "./paint.js";
import { svgBox, svgElement, svgPart, svgRoot } from "./svg.js";
import { shortenWord, svgSymbol, svgText } from "./svg.js";

/**
 * Draw one step of a translation as SVG text.
 *
 * state:
 *   source   S words
 *   target   the words written before this step
 *   weights  S weights α_j, which sum to one; `heads`: H rows of them, for several heads
 *   numbers  the weights to write, if not `weights`, which may be on their way to them
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
 *   least    in pixels: no letter is smaller
 *   decoder  false leaves out the decoder's half, and the room for it
 *   map      true adds the heat map of `rows`, beside or below
 *   compact  true leaves out the equations, and the room for them
 *   folded   true draws the small net of additive attention as one box around the scores
 *   switch   how a press changes what is new: written beside its name
 *   head     with several heads, the one to look at; the others step back
 *   order    true numbers the steps; it is true where s_t asks, for there their order changes
 *   asks     a text such as "s₀ asks" in place of the decoder, which then hands down the query
 *   encoder  false leaves out the source’s half; names below the context say what it is made of
 *   choice   a note at the arrow from the probabilities to the next word, which then stands out
 *   plain    true leaves out all numbers, where a picture is about the order of things
 *   title    what a screen reader says
 *
 * The drawing follows the page's theme; `bakeTheme` gives it one of its own, for a still.
 */
export function drawMaster(state, options = {}) {
  const known = { ...state, scores: state.scores || null, target: state.target || [] };
  if (options.plain) Object.assign(known, { scores: null, headScores: null });
  known.best = state.best || [];
  const place = layoutMaster(known, options);
  place.hasSteps = place.hasDecoder && !place.asks;
  if (place.hasSteps) placeTarget(known, place);
  place.switch = options.switch;
  place.plain = options.plain;
  place.order = options.order ?? place.edits.query === "current";
  const hidden = new Set(options.hide || []);
  place.hasList = !hidden.has("next");
  const shapes = partsOf(known, place).flat(9).filter((shape) => !hidden.has(partName(shape)));
  return svgRoot(place.width, place.height, options.title || masterTitle(known, place), ...shapes);
}

function partName(shape) {
  return (/^<g data-part="([a-z]+)"/.exec(shape) || [])[1];
}

/** Return the parts from back to front. */
function partsOf(state, place) {
  const { edits, hasDecoder, hasSteps } = place;
  const asks = !edits.fixed && (hasDecoder || edits.form === "self");
  const steps = hasSteps
    ? [drawTarget(state, place), drawDecoder(state, place), drawNext(state, place)] : "";
  if (!place.hasEncoder) {
    return [
      drawContext(place), drawContextNames(state, place), rowLabels(place), steps,
      place.equations ? svgPart("equations", drawEquations(place)) : "",
    ];
  }
  const compares = [
    drawSoftmax(place), drawScores(state, place), asks ? drawQuery(state, place) : "",
  ];
  const tagged = hasSteps || edits.form === "self";
  return [
    tagged ? drawHalo(state, place) : "",
    drawThreads(place),
    edits.fixed ? missingNote(place) : compares,
    drawRibbons(place),
    drawWeightRow(place, state.numbers),
    edits.projections ? projections(place) : "",
    drawEncoder(state, place),
    drawContext(place),
    drawRibbonNames(state, place),
    rowLabels(place),
    edits.form === "self" ? drawOutput(state, place) : "",
    place.asks ? drawAskedContext(place) : steps,
    tagged ? drawTag(place) : "",
    hasSteps && place.order && edits.form === "rnn" ? drawOrder(place) : "",
    place.equations ? svgPart("equations", drawEquations(place)) : "",
    place.map ? mapPart(state, place) : "",
  ];
}

/** Say at the left what each row is; a label belongs to its part, and hides with it. */
function rowLabels(place) {
  const { f, small, columns, rows, roomy } = place;
  const style = { "font-size": small, "text-anchor": "end" };
  const x = columns.left - f * 0.75;
  const first = columns.tokens.places[0];
  const word = Math.min(x, first.x - first.width / 2 - f * 0.4);
  return [
    rowNames(place).map(([part, words, symbol, y, color = "quiet"]) => {
      const look = { ...style, fill: paint(color) };
      return svgPart(part, rowName(x, y + small * 0.35, words, symbol, look));
    }),
    roomy && place.hasEncoder && svgPart(
      "tokens",
      svgText(word, rows.tokensTop + f * 0.975 + small * 0.35, "words", {
        ...style, fill: paint("quiet"),
      }),
    ),
  ];
}

/** Write the name of a row and the letter that it has in the equations. */
function rowName(x, y, words, symbol, style) {
  const letter = svgElement("tspan", { "font-style": "italic", fill: paint("ink") }, symbol);
  const gap = words && symbol ? " " : "";
  return svgElement("text", { x, y, ...style }, `${words}${gap}`, symbol && letter);
}

/**
 * Return [part, label, letter, y, color] for each row above the words.
 *
 * In a narrow picture there is room for the letters alone: names would cut the words' lines.
 */
function rowNames(place) {
  const { rows, edits, heads, roomy, named, wide, hasDecoder } = place;
  const full = (words) => (named ? words : "");
  const context = named ? [["context", "context", "", rows.context]] : [];
  if (!place.hasEncoder) return context;
  const names = [["states", full("states"), "h", rows.states], ...context];
  if (edits.projections) {
    names.push(["projections", roomy ? "keys, values" : "K, V", "", rows.projected]);
  }
  if (edits.fixed) return roomy ? [...names, ["weights", "two halves", "", rows.weights]] : names;
  const scaled = !edits.projections || wide ? "" : roomy ? " ÷ √d" : "/√d";
  names.push(["scores", scaled && !roomy ? "" : full("scores"), `e${scaled}`, scoreY(place, 0)]);
  const fromLeft = hasDecoder && !wide; // there the query's line comes from, named where it starts
  if (edits.score !== "additive" && roomy && !fromLeft) {
    names.push(["query", "query", "", railY(place), "query-text"]);
  }
  const y = heads.length === 1 ? rows.weights : rows.bars;
  return [...names, ["weights", full("weights"), "α", y]];
}

/** Say what is not there. */
function missingNote({ f, small, columns, rows }) {
  const style = { "font-size": Math.max(f * 0.9, small), fill: paint("quiet") };
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
  const width = columns.matrix;
  const size = Math.min(f * 0.85, width * 0.8);
  const draw = (x, label, j) => svgElement(
    "g",
    { "data-inside": label, "data-word": j },
    svgElement("line", {
      x1: x, y1: rows.projected, x2: x, y2: rows.states - f * 0.95, "stroke-width": lineWidth(f),
      stroke: label === "V" ? wordPaint(j) : paint("neutral"),
    }),
    svgBox(x, rows.projected, width, f * 1.25, { fill: paint("panel") }),
    svgBox(x, rows.projected, width, f * 1.25, learnedLook(f)),
    size >= f * 0.5 && svgText(x, rows.projected + size * 0.35, label, { "font-size": size }),
  );
  return svgPart("projections", columns.chipX.map((x, j) => [
    draw(x, "K", j), draw(columns.valueX[j], "V", j),
  ]));
}

/** In self-attention the mixture is the new state of the word that asked; all words do the same. */
function drawOutput(state, place) {
  const { f, small, rows, weights, columns } = place;
  const asks = state.position || 0;
  const y = rows.outputTop + f * 2.2;
  const x = columns.centers[asks];
  const top = mixedTop(place);
  const from = weights.middle; // all of the mixture goes there, not one word's share
  const turn = (top + y + f * 0.95) / 2;
  const path = [[from, top], [from, turn], [x, turn], [x, y + f * 0.95]];
  return svgPart(
    "output",
    columns.centers.map((center, j) => outputBox(center, y, j, j === asks, place)),
    flowArrow(f, path, { from: "c", to: "new h", term: "5", size: f, color: paint("ink") }),
    svgText(columns.left, rows.outputTop + small * 0.5, outputWords(state.source[asks], place), {
      "font-size": small, "text-anchor": "start", fill: paint("quiet"),
    }),
  );
}

function outputWords(word, { columns, small, main }) {
  const room = main - columns.left - small;
  const shown = shortenWord(word, room * 0.4, small);
  return shortenWord(`h′, the new state of ${shown}; all words do the same`, room, small);
}

function outputBox(x, y, j, asks, { f, columns }) {
  const color = wordPaint(j);
  const size = Math.min(f * 0.95, columns.box * 0.42);
  return svgElement(
    "g",
    { "data-word": j, "stroke-opacity": asks ? null : 0.55 },
    svgBox(x, y, columns.box, f * 1.9, {
      fill: color, "fill-opacity": asks ? 0.22 : 0, stroke: asks ? paint("query") : color,
      "stroke-width": f * (asks ? 0.24 : 0.09),
      "stroke-dasharray": asks ? null : `${Math.round(f * 0.3)} ${Math.round(f * 0.25)}`,
    }),
    columns.box > f * 1.7 && svgSymbol(x, y, "h′", j + 1, size, {
      fill: paint(asks ? "ink" : "quiet"),
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
