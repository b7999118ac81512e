// Where everything in the master picture stands.
//
// Wide pictures have the source on the left and the decoder on the right; in narrow ones the
// decoder stands above. All lengths are multiples of the letters' size, f.

import { layoutHeatMap } from "./heatmap.js";
import { equationsHeight } from "./masterequations.js";
import { nextWordsHeight } from "./nextwords.js";
import { placeBars } from "./ribbons.js";
import { placeTokens } from "./tokens.js";

const SMALLEST_LETTER = 12; // pixels
const LARGEST_LETTER = 21;
const WIDE_FROM = 1000; // pixels: room for source and decoder side by side
const ROOMY_FROM = 600; // and for long names beside the rows,
const NAMED_FROM = 440; // and for short ones; in narrower pictures only letters stand there
const MAP_BESIDE_FROM = 1200; // and for a heat map
const BESIDE_SHARE = 0.26; // of the width, for a heat map beside the rest
const DECODER_WIDTH = { rnn: 28, self: 28, block: 29 }; // letters
const DENSE = 0.4; // letters: in narrower columns single arrows would be a gray area
const TARGET_TOP = 3.1; // letters from the upper edge to the target row, when that stands above
const LEAST_BELOW = 2.9; // letters below the decoder's boxes: for the line from c, and the tag
const LEAST_RIBBON = 1; // pixels: a word whose ribbon would be narrower got nothing,
const LEAST_WEIGHT = 0.005; // and so did one whose weight would be written as 0.00
export const BOX_HALF = 1.25; // letters: half the height of the decoder's boxes
export const BAND_ROW = 1.75; // letters: the height of a band of the opened score
const OPENED_BANDS = { additive: 4, folded: 0, dot: 0, general: 0 };
const CARD = 0.34; // letters: of each head behind the first, a strip as high as this is seen
const HEAD_GAP = 0.45; // letters between the contexts of two heads
const MIX_ROOM = 2.9; // letters: for the matrix that mixes the heads’ contexts, above them
const MATRIX = 0.25; // of a column: the width of a state's matrices for its key and its value
const QUERY_MARGIN = 1.85; // letters: there the query goes down, maybe through a matrix of its own
const RAIL_BELOW = 1.5; // letters from the middle of a score down to the query's rail

/** The edits that lead from the picture of dot attention to each variant. */
export const VARIANTS = {
  dot: {},
  fixed: { fixed: true },
  general: { score: "general" },
  additive: { score: "additive" },
  current: { query: "current" },
  feeding: { query: "current", feeding: true },
  heads: { heads: true },
  self: { form: "self", projections: true },
  block: { form: "block", projections: true },
};

/** Return the settings of one variant or, joined, of several. */
export function editsOf(variant = "dot") {
  const plain = { score: "dot", query: "previous", form: "rnn" };
  return [variant].flat().reduce((edits, name) => {
    if (!Object.hasOwn(VARIANTS, name)) throw new RangeError(`there is no variant "${name}".`);
    return { ...edits, ...VARIANTS[name] };
  }, plain);
}

/**
 * Return the size of letters in a picture `width` pixels wide, so that half of it can be read.
 *
 * In a wide picture, source and decoder share the width.
 */
export function letterSize(width, wide) {
  const fitting = wide ? width / 66 : 12 + (width - 360) * 0.0125;
  return Math.min(Math.max(fitting, SMALLEST_LETTER), LARGEST_LETTER);
}

/**
 * Return the layout of the master picture: see drawMaster for `state` and `options`.
 *
 * Returns { f, small, edits, wide, heads, columns, rows, weights, decoder, map, height, … }:
 * `columns` has the x of each word, `rows` the y of each row, `weights` the places of bars and c;
 * `small` is the size of notes. All x and y are centers in pixels, unless their name says left,
 * right, top or bottom.
 */
export function layoutMaster(state, options = {}) {
  const { width = 800, map = false, decoder = true } = options;
  const edits = editsOf(options.variant);
  if (options.folded && edits.score === "additive") edits.score = "folded";
  const beside = map && width >= MAP_BESIDE_FROM;
  const main = beside ? width * (1 - BESIDE_SHARE) : width;
  const hasDecoder = decoder && edits.form !== "self";
  const { asks = "", encoder: hasEncoder = true } = options;
  const wide = hasDecoder && !asks && hasEncoder && main >= WIDE_FROM;
  const f = options.letters || letterSize(main, wide);
  const roomy = main >= ROOMY_FROM;
  const least = options.least || (roomy ? 12 : 11); // pixels: no letter is smaller
  const small = Math.max(f * 0.76, least);
  const named = roomy || main >= NAMED_FROM;
  const place = { width, main, f, small, least, edits, wide, roomy, named, hasDecoder };
  Object.assign(place, { asks, hasEncoder, choice: options.choice || "" });
  place.focus = options.head;
  place.tight = Boolean(options.tight);
  place.heads = headWeightsOf(state, edits);
  place.cards = edits.heads && state.headScores ? place.heads.length : 1;
  const decoderHeight = hasDecoder && !wide && !asks ? stackedDecoderHeight(state, place) : 0;
  place.columns = sourceColumnsOf(state, place);
  place.rows = sourceRowsOf(place, decoderHeight);
  place.weights = weightPlacesOf(place);
  if (hasDecoder) place.decoder = decoderPlaceOf(state, place);
  place.height = hasEncoder ? place.rows.bottom : place.rows.context + f * 1.5 + small * 1.5;
  place.equations = !options.compact && !asks;
  if (place.equations && !wide) {
    place.equationsTop = place.height;
    place.height += equationsHeight(place);
  }
  if (map) place.map = mapPlaceOf(state, place, beside);
  const { tall = Infinity } = options;
  if (place.height <= tall || f <= SMALLEST_LETTER) return place;
  if (!options.tight) return layoutMaster(state, { ...options, tight: true });
  const letters = Math.max(f * 0.97, SMALLEST_LETTER);
  return layoutMaster(state, { ...options, letters }); // until it is low enough
}

/** Return each head's weights: (H, S). A state has one row of weights, or `heads` of them. */
function headWeightsOf(state, edits) {
  return edits.heads && state.heads ? state.heads : [state.weights];
}

/** Return the columns of the source words: their centers, and what fits into one. */
function sourceColumnsOf({ source }, { main, f, small, wide, roomy, named, edits, hasDecoder }) {
  const scaled = edits.projections && roomy && !wide ? small * 2 : 0; // for "÷ √d"
  const names = small * (roomy ? 6.2 : named ? 5.2 : 2.3);
  const aside = roomy ? (wide ? 1 : 2.2) : QUERY_MARGIN + 1.15;
  const gutter = scaled + names + f * aside;
  const right = wide ? main - (DECODER_WIDTH[edits.form] + 1.4) * f : main - f * (roomy ? 1 : 0.9);
  const step = Math.min((right - gutter) / source.length, f * (hasDecoder ? 9 : 13));
  const left = gutter + (right - gutter - step * source.length) / 2;
  const centers = source.map((_, j) => left + (j + 0.5) * step);
  const inner = Math.min(step, f * 4.6);
  const size = Math.max(f * 0.92, small);
  const edges = {
    left: roomy ? left - f * 0.8 : f * 0.4,
    right: wide ? left + step * source.length + f * 0.5 : main - f * 0.4,
  };
  const [chip, score, value] = edits.projections ? [0.58, -0.03, 0.31] : [0.62, -0.17, 0.31];
  return {
    left, right: left + step * source.length, step, centers, size,
    tokens: placeTokens(source, centers, { size, step, ...edges }),
    inner,
    matrix: inner * MATRIX,
    chip: inner * chip,
    chipX: centers.map((x) => x + inner * score),
    valueX: centers.map((x) => x + inner * value),
    box: Math.min(step * 0.8, f * 3.6),
    dense: step < f * DENSE,
  };
}

/** Stack the rows of the source from the top, each in the middle of its height. */
function sourceRowsOf({ f, edits, heads, cards, columns, wide, tight }, above) {
  const { levels } = columns.tokens;
  const several = heads.length > 1;
  const behind = CARD * (heads.length - 1);
  const opened = edits.form === "rnn" ? OPENED_BANDS[edits.score] : 0;
  const heights = [
    ["pad", several ? 1.4 : 0.8], ["output", edits.form === "self" ? 4.4 : 0],
    ["mix", mixesHeads({ heads, edits }) ? MIX_ROOM : 0], ["context", 1.7],
    ["ribbons", tight ? 3.2 : 4.3], ["bars", 0.8], ["funnel", tight ? 1.2 : 1.5],
    ["weights", several ? 0.4 : 1.5], ["gap1", 0.75],
    ["softmax", 1.4 + behind], ["gap2", 0.75],
    ["scores", (opened ? 1.9 : 2.5) + CARD * (cards - 1)], ["opened", BAND_ROW * opened],
    ["projected", edits.projections ? 2.1 : 0], ["gap3", 0.9], ["states", 1.9],
    ["reading", edits.form === "block" ? 2.6 : 0], ["gap4", 1.1],
    ["tokens", Math.max(levels, 1) * 1.95 + (levels === 0 ? 1.6 : 0)], ["end", wide ? 2.1 : 0.8],
  ];
  const rows = {};
  let y = above;
  for (const [row, height] of heights) {
    rows[row] = y + (height * f) / 2;
    rows[`${row}Top`] = y;
    y += height * f;
  }
  return { ...rows, bottom: y };
}

/** Are there heads whose contexts a matrix mixes? An RNN's cell takes them side by side. */
export function mixesHeads({ heads, edits }) {
  return heads.length > 1 && edits.form !== "rnn";
}

/** Place the bars of all weights, as near to their words as they can, and their shares of c. */
function weightPlacesOf({ f, columns, heads }) {
  const span = columns.right - columns.left;
  const unit = Math.min(span * 0.66, f * 20); // pixels for a weight of 1
  const apart = f * HEAD_GAP;
  const perHead = (unit - apart * (heads.length - 1)) / heads.length;
  const has = heads.map((row) => row.map((weight) => hasRibbon(weight, perHead)));
  const spread = Math.min(f * 0.8, columns.step / 4);
  const startX = heads.map((_, k) => (
    columns.valueX.map((x) => x + (k - (heads.length - 1) / 2) * spread)
  ));
  const pairs = columns.centers.flatMap((_, j) => heads.map((__, k) => [k, j]));
  const kept = pairs.filter(([k, j]) => has[k][j]);
  const gap = Math.min(f * 0.25, (span * 0.3) / Math.max(kept.length, 1)); // many would add up
  const placed = placeBars(
    kept.map(([k, j]) => startX[k][j]), kept.map(([k, j]) => heads[k][j] * perHead),
    columns.left, columns.right, gap,
  );
  const centers = startX.map((row) => [...row]);
  kept.forEach(([k, j], i) => { centers[k][j] = placed[i]; });
  const middle = (columns.left + columns.right) / 2;
  const [left, right] = [middle - unit / 2, middle + unit / 2];
  const lefts = heads.map((_, k) => left + k * (perHead + apart)); // of each head's context
  return { unit, perHead, has, centers, left, right, middle, lefts };
}

/** Tell whether a weight is enough for a ribbon and a number; 1 would be `unit` pixels wide. */
export function hasRibbon(weight, unit) {
  return weight >= LEAST_WEIGHT && weight * unit >= LEAST_RIBBON;
}

function stackedDecoderHeight(state, { f, edits }) {
  const list = listHeight(state, f);
  const below = Math.max(list / 2, f * LEAST_BELOW);
  return f * (TARGET_TOP + 1.05) + boxesBelowTarget(list, edits, f) + below;
}

/** Return how far below the target row the boxes stand: there is room for the lines between. */
function boxesBelowTarget(list, { form }, f) {
  return Math.max(f * 2.15 + list / 2, f * (form === "block" ? 5.5 : 4.9));
}

function listHeight(state, f) {
  return nextWordsHeight(Math.max(state.best.length, 1) + 0.8, f);
}

/** Return the places of the decoder's boxes; `turn` is +1 if the target stands below them. */
function decoderPlaceOf(state, place) {
  const { f, rows, main, wide } = place;
  const turn = wide ? 1 : -1;
  const left = wide ? main - DECODER_WIDTH[place.edits.form] * f : f * 1.1;
  const right = main - f * 0.9;
  const list = listHeight(state, f);
  const target = wide ? rows.tokensTop + f * 0.975 : f * TARGET_TOP;
  const middle = Math.min(railY(place) - f * 4, (rows.context + target) / 2 + f * 1.5);
  const y = wide ? middle : target + boxesBelowTarget(list, place.edits, f);
  const boxes = boxesAlong(place, left, right);
  const listTop = y - list / 2;
  return {
    turn, left, right, target, y, listTop, ...boxes, listHeight: list,
    contextBus: wide ? rows.context : y + f * 2.2,
    wordBus: wide ? target - f * 2.5 : y - f * 2.5,
    margin: f * QUERY_MARGIN,
  };
}

/** Return the y at which the contexts leave upward: above c or, with several heads, their mix. */
export function mixedTop(place) {
  const { f, rows } = place;
  return mixesHeads(place) ? rows.mixTop + f * 0.2 : rows.context - f * 0.85;
}

/** Return the y at which the query passes below the scores. */
export function railY({ edits, f, rows, cards }) {
  if (edits.form === "rnn" && edits.score === "additive") return openedY({ rows, f }, 2);
  return scoreY({ rows, f, cards }, 0) + RAIL_BELOW * f;
}

/** Return the y of a head's scores; heads work side by side, like cards behind the first. */
export function scoreY({ rows, f, cards }, head) {
  return rows.scoresTop + ((cards - 1 - head) * CARD + 0.7) * f;
}

/** Return the y of a head's softmax. */
export function softmaxY({ rows, f, heads }, head) {
  return rows.softmaxTop + ((heads.length - 1 - head) * CARD + 0.7) * f;
}

/** Return the y of a band of the opened score: 0 is v, then tanh, the sum, and W₁. */
export function openedY({ rows, f }, band) {
  return rows.openedTop + (band + 0.5) * BAND_ROW * f;
}

/** Return the centers x and widths of the decoder's boxes from left to right, then the list. */
function boxesAlong({ edits: { form, feeding }, f, small }, left, right) {
  const [seven, long] = [7, 12].map((letters) => (letters * small * 0.55) / f + 0.25);
  const cell = { before: 3.2, cell: 2.7, state: 2.6, readout: seven + 0.3 };
  const fed = { before: 2.8, cell: 2.5, state: 2.3, readout: seven + 0.1, hidden: 2.3 };
  const block = {
    masked: long, add0: 1.3, state: 2.3, add: 1.3, forward: seven + 0.3, add2: 1.3,
    readout: seven + 0.3,
  };
  const names = Object.entries(form === "block" ? block : feeding ? fed : cell);
  const taken = names.reduce((sum, [, units]) => sum + units * f, 0);
  const listWidth = Math.min(Math.max((right - left - taken) * 0.8, f * 7.3), f * 14);
  const least = f * (form === "block" ? 0.42 : 0.55);
  const gap = Math.max((right - left - taken - listWidth) / names.length, least);
  const boxes = {};
  let x = left;
  for (const [name, units] of names) {
    boxes[name] = { x: x + (units * f) / 2, width: units * f };
    x += units * f + gap;
  }
  return { boxes, list: { left: x, width: right - x, x: (x + right) / 2 }, gap };
}

/** Place the heat map beside the picture, or below it. */
function mapPlaceOf(state, place, beside) {
  const { width, main, f } = place;
  const target = state.words || state.target;
  const room = beside ? width - main - f : width - 2 * f;
  const size = f * 0.85;
  const layout = layoutHeatMap(state.source, target, room, size);
  const left = beside ? main : Math.max((width - layout.total) / 2, f);
  const top = beside ? f : place.height + f * 0.6;
  place.height = Math.max(place.height, top + layout.tall + f);
  return { left, top, layout, target };
}

/** Return the attributes of a head's shapes: all but the head in focus step back. */
export function headLook({ heads, focus }, head) {
  const behind = heads.length > 1 && focus !== undefined && focus !== null && focus !== head;
  return { "data-head": head, opacity: behind ? 0.12 : null };
}
