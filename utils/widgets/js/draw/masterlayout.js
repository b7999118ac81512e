// Where everything in the master picture stands.
//
// Wide pictures have the source on the left and the decoder on the right; in narrow ones the
// decoder stands above. All lengths are multiples of the letters' size, f.

import { layoutHeatMap } from "./heatmap.js";
import { nextWordsHeight } from "./nextwords.js";
import { placeBars } from "./ribbons.js";
import { tokenLevels, tokenWidth } from "./tokens.js";

const SMALLEST_LETTER = 11; // pixels
const LARGEST_LETTER = 20;
const WIDE_FROM = 1000; // pixels: room for source and decoder side by side
const MAP_BESIDE_FROM = 1200; // and for a heat map
const MAP_SHARE = 0.26; // of the width, for a heat map beside the rest
const DECODER_WIDTH = 27; // letters
const DENSE = 0.4; // letters: in narrower columns single arrows would be a gray area
const TARGET_TOP = 3.1; // letters from the upper edge to the target row, when that stands above
export const BOX_HALF = 1.25; // letters: half the height of the decoder's boxes
const OPENED_ROW = 1.65; // letters: the height of one of them
const OPENED_ROWS = { additive: 4, dot: 0, general: 0 }; // rows that the score takes when opened

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
 * Returns { f, edits, wide, heads, columns, rows, weights, decoder, map, height, … }: `columns` has
 * the x of each word, `rows` the y of each row, `weights` the places of bars and of c. All x and y
 * are centers in pixels, unless their name says left, right, top or bottom.
 */
export function layoutMaster(state, options = {}) {
  const { width = 800, map = false, decoder = true } = options;
  const edits = editsOf(options.variant);
  const beside = map && width >= MAP_BESIDE_FROM;
  const main = beside ? width * (1 - MAP_SHARE) : width;
  const hasDecoder = decoder && edits.form !== "self";
  const wide = hasDecoder && main >= WIDE_FROM;
  const f = options.letters || letterSize(main, wide);
  const place = { width, main, f, edits, wide, hasDecoder, heads: headWeightsOf(state, edits) };
  const decoderHeight = hasDecoder && !wide ? stackedDecoderHeight(state, f) : 0;
  place.columns = sourceColumnsOf(state.source, place);
  place.rows = sourceRowsOf(place, decoderHeight);
  place.weights = weightPlacesOf(place);
  if (hasDecoder) place.decoder = decoderPlaceOf(state, place);
  place.height = place.rows.bottom;
  if (map) place.map = mapPlaceOf(state, place, beside);
  const { tall = Infinity } = options;
  if (place.height <= tall || f <= SMALLEST_LETTER) return place;
  const letters = Math.max(f * 0.96, SMALLEST_LETTER);
  return layoutMaster(state, { ...options, letters }); // until it is low enough
}

/** Return each head's weights: (H, S). A state has one row of weights, or `heads` of them. */
function headWeightsOf(state, edits) {
  return edits.heads && state.heads ? state.heads : [state.weights];
}

/** Return the columns of the source words: their centers, and what fits into one. */
function sourceColumnsOf(source, { main, f, wide }) {
  const gutter = f * (main >= 600 ? 6.4 : 5.3);
  const right = wide ? main - DECODER_WIDTH * f - f : main - f;
  const step = Math.min((right - gutter) / source.length, f * 9);
  const left = gutter + (right - gutter - step * source.length) / 2;
  const centers = source.map((_, j) => left + (j + 0.5) * step);
  const inner = Math.min(step, f * 6);
  const size = f * 0.92;
  const setting = tokenLevels(source, step, size);
  const first = setting.levels > 0 ? tokenWidth(source[0], size, setting.room) : step;
  return {
    left, right: left + step * source.length, step, centers, size, ...setting,
    firstToken: centers[0] - first / 2,
    chip: inner * 0.58,
    chipX: centers.map((x) => x - inner * 0.17),
    valueX: centers.map((x) => x + inner * 0.31),
    box: Math.min(step * 0.8, f * 3.6),
    dense: step < f * DENSE,
  };
}

/** Stack the rows of the source from the top, each in the middle of its height. */
function sourceRowsOf({ f, edits, heads, columns, wide }, above) {
  const levels = Math.max(columns.levels, 1);
  const several = heads.length > 1;
  const opened = edits.form === "rnn" ? OPENED_ROWS[edits.score] : 0;
  const heights = [
    ["pad", several ? 1 : 0.8], ["output", edits.form === "self" ? 3.2 : 0], ["context", 1.7],
    ["ribbons", 4.4], ["bars", 0.9], ["turns", 0.9], ["weights", several ? 0.3 : 1.2],
    ["gap1", 0.6], ["softmax", 1.3],
    ["gap2", 0.7], ["scores", 1.7 * heads.length], ["opened", OPENED_ROW * opened],
    ["projected", edits.projections ? 2.3 : 0], ["gap3", 1.1], ["states", 1.9], ["gap4", 1.1],
    ["tokens", levels * 1.95 + (columns.levels === 0 ? 1.6 : 0)], ["end", wide ? 2.1 : 0.8],
  ];
  const rows = {};
  let y = above;
  for (const [name, height] of heights) {
    rows[name] = y + (height * f) / 2;
    rows[`${name}Top`] = y;
    y += height * f;
  }
  return { ...rows, bottom: y };
}

/** Place the bars of all weights, as near to their words as they can, and their shares of c. */
function weightPlacesOf({ f, columns, heads }) {
  const span = columns.right - columns.left;
  const unit = Math.min(span * 0.62, f * 17); // pixels for a weight of 1
  const perHead = unit / heads.length;
  const [wanted, widths] = [[], []];
  columns.valueX.forEach((x, j) => heads.forEach((weights, k) => {
    wanted.push(x + (k - (heads.length - 1) / 2) * Math.min(f * 0.8, columns.step / 4));
    widths.push(weights[j] * perHead);
  }));
  const gap = Math.min(1.5, (span * 0.3) / wanted.length); // many gaps would take too much room
  const placed = placeBars(wanted, widths, columns.left, columns.right + f * 0.5, gap);
  const middle = (columns.left + columns.right) / 2;
  const centers = heads.map((_, k) => columns.centers.map((__, j) => placed[j * heads.length + k]));
  return { unit, perHead, centers, left: middle - unit / 2, right: middle + unit / 2, middle };
}

function stackedDecoderHeight(state, f) {
  return f * (TARGET_TOP + 2.5) + listHeight(state, f);
}

function listHeight(state, f) {
  return nextWordsHeight(Math.max(state.best.length, 1) + 0.8, f);
}

/** Return the places of the decoder's boxes; `turn` is +1 if the target stands below them. */
function decoderPlaceOf(state, place) {
  const { f, rows, main, wide } = place;
  const turn = wide ? 1 : -1;
  const left = wide ? main - DECODER_WIDTH * f : f * 1.1;
  const right = main - f * 0.9;
  const list = listHeight(state, f);
  const target = wide ? rows.tokens : f * TARGET_TOP;
  const middle = Math.min((rows.context + target) / 2 - f * 0.2, railY(place, 0) - f * 3.3);
  const y = wide ? middle : target + f * 2.15 + list / 2;
  const boxes = boxesAlong(place.edits.form, left, right, f);
  const listTop = y - list / 2;
  return {
    turn, left, right, target, y, listTop, ...boxes, listHeight: list,
    contextBus: wide ? rows.context : y + f * 2.5,
    wordBus: wide ? target - f * 2.5 : y - f * 2.5,
    margin: f * 1.1,
  };
}

/** Return the y at which the query passes the scores of a head; the first head's is the highest. */
export function railY({ edits, f, rows }, head) {
  if (edits.form === "rnn" && edits.score === "additive") return openedY({ rows, f }, 2);
  return scoreY({ rows, f }, head);
}

/** Return the y of a head's row of scores. */
export function scoreY({ rows, f }, head) {
  return rows.scoresTop + (head + 0.5) * 1.7 * f;
}

/** Return the y of a row of the opened score: 0 is v, then tanh, the sum, and W₁. */
export function openedY({ rows, f }, row) {
  return rows.openedTop + (row + 0.5) * OPENED_ROW * f;
}

/** Return the centers x and widths of the decoder's boxes from left to right, then the list. */
function boxesAlong(form, left, right, f) {
  const widths = form === "block"
    ? { masked: 3.8, state: 2.5, add: 1.3, forward: 3, add2: 1.3, readout: 3.1 }
    : { before: 3.2, cell: 2.7, state: 2.6, readout: 3.1 };
  const names = Object.entries(widths);
  const taken = names.reduce((sum, [, units]) => sum + units * f, 0);
  const listWidth = Math.min(Math.max((right - left - taken) * 0.62, f * 8), f * 14);
  const gap = Math.max((right - left - taken - listWidth) / names.length, f * 0.55);
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
