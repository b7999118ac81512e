// The encoder's half of the master picture, up to the softmax: equations (1) to (4).

import { learnedLook } from "./masterequations.js";
import { headLook, scoreY, softmaxY } from "./masterlayout.js";
import { flowArrow, lineWidth } from "./masterline.js";
import { drawOpenedScore } from "./masteropened.js";
import { paint, wordPaint } from "./paint.js";
import { shortenWord, svgBox, svgElement } from "./svg.js";
import { svgPart, svgSymbol, svgText, textWidth, writeDecimals } from "./svg.js";
import { drawToken, labelsThatFit, tokenWidth } from "./tokens.js";

const STRONG_WEIGHT = 0.2; // from it on, a word stands out
const LEAST_NUMBER = 11; // pixels: smaller scores are drawn as levels
const SCORE_HALF = 0.7; // letters: half the height of a score's box

/** Draw the source words, the states above them, and the arrows between. */
export function drawEncoder(state, place) {
  const { f, columns, rows, edits } = place;
  const { centers, box, dense } = columns;
  const half = f * 0.95;
  const steps = dense ? [] : centers.map((x, j) => readingArrow(x, j, place));
  const asking = edits.form === "self" ? askingFrame(state, place) : "";
  return [
    svgPart("encoder", steps, neighborArrows(place), readingBand(place)),
    svgPart(
      "tokens",
      state.source.map((word, j) => sourceToken(word, j, place)),
      heavyWords(state, place),
    ),
    svgPart("states", centers.map((x, j) => svgElement(
      "g",
      { "data-word": j, "data-role": "handle" },
      svgBox(x, rows.states, box, half * 2, { fill: paint("panel") }),
      svgBox(x, rows.states, box, half * 2, {
        fill: wordPaint(j), "fill-opacity": 0.22, "stroke-width": f * 0.11,
        stroke: wordPaint(j),
      }),
      box > f * 1.4 && svgSymbol(x, rows.states, "h", j + 1, Math.min(f * 0.95, box * 0.5)),
    ))),
    asking,
  ];
}

/** From a word up to its state; in a Transformer through a band where all words meet. */
function readingArrow(x, j, place) {
  const { f, columns, rows, edits } = place;
  const token = tokenY(place, j) - columns.size * 0.85;
  const style = {
    from: "word", to: "h", term: "1", size: f * 0.8, data: { "data-word": j },
    color: wordPaint(j),
  };
  const bottom = rows.states + f * 0.95;
  if (edits.form !== "block") return flowArrow(f, [[x, token], [x, bottom]], style);
  const half = f * 0.75;
  return [
    flowArrow(f, [[x, token], [x, rows.reading + half]], style),
    flowArrow(f, [[x, rows.reading - half], [x, bottom]], style),
  ];
}

/** In a Transformer no state waits for its neighbor: all words look at all words, at once. */
function readingBand({ f, columns, rows, edits, small }) {
  if (edits.form !== "block") return "";
  const { left, right } = columns;
  const words = "self-attention: every word looks at every word";
  return [
    svgBox((left + right) / 2, rows.reading, right - left, f * 1.5, {
      fill: paint("track"), stroke: paint("frame"), "stroke-width": f * 0.08, rx: f * 0.3,
    }),
    bandText((left + right) / 2, rows.reading, words, right - left, small),
  ];
}

/** Write words into a band, shorter if it is narrow. */
function bandText(x, y, words, room, size) {
  const shown = textWidth(words, size) * 0.9 < room ? words : words.split(":")[0];
  return svgText(x, y + size * 0.34, shown, { "font-size": size });
}

/** Frame the word that asks in the query's color. */
function askingFrame({ position = 0 }, place) {
  const { f, columns, rows } = place;
  const { x, width } = columns.tokens.places[position];
  const frame = (middle, wide, high) => svgBox(middle[0], middle[1], wide, high, {
    fill: "none", stroke: paint("query"), "stroke-width": f * 0.24,
  });
  return svgPart(
    "asking",
    frame([columns.centers[position], rows.states], columns.box + f * 0.35, f * 2.25),
    frame([x, tokenY(place, position)], width + f * 0.35, columns.size * 1.7 + f * 0.35),
  );
}

function tokenY({ rows, columns, f }, j) {
  return rows.tokensTop + (columns.tokens.places[j].level + 0.5) * 1.95 * f;
}

function sourceToken(word, j, place) {
  const { columns } = place;
  const { levels, places, size } = columns.tokens;
  const { x, width } = places[j];
  const y = tokenY(place, j);
  const data = { "data-word": j, "data-role": "handle" };
  const color = wordPaint(j);
  const strong = place.heads.some((row) => row[j] >= STRONG_WEIGHT);
  const base = svgBox(x, y, width, size * 1.7, { fill: paint("panel") });
  return [base, drawToken(x, y, levels > 0 ? word : "", { width, size, color, data, strong })];
}

/** Where no word fits into its column, name below them those with the most weight. */
function heavyWords(state, { f, small, columns, rows, heads, main }) {
  if (columns.tokens.levels > 0) return "";
  const size = Math.max(f * 0.85, small);
  const labels = state.source.map((word, j) => {
    const width = tokenWidth(word, size, f * 8);
    const x = Math.max(Math.min(columns.centers[j], main - width / 2), width / 2);
    return { x, width, weight: heads[0][j] };
  });
  return labelsThatFit(labels, size * 0.2).map((j) => svgText(
    labels[j].x, rows.tokensTop + f * 3, shortenWord(state.source[j], f * 8, size),
    {
      "font-size": size, "font-weight": heads[0][j] >= STRONG_WEIGHT ? "bold" : "normal",
      "data-word": j,
    },
  ));
}

/** Each state knows its neighbors: the encoder reads in both directions. */
function neighborArrows({ f, columns, rows, edits }) {
  const gap = columns.step - columns.box;
  if (edits.form !== "rnn" || columns.dense) return [];
  const style = { size: Math.min(f * 0.7, gap * 1.1), term: "1", from: "h", to: "h" };
  return columns.centers.slice(1).map((x, i) => {
    const [left, right] = [x - columns.step + columns.box / 2, x - columns.box / 2];
    if (gap < f * 0.45) return plainLink(left, right, rows.states, f); // no room for two arrows
    const [up, down] = [rows.states - f * 0.35, rows.states + f * 0.35];
    return [
      flowArrow(f, [[left, up], [right, up]], style),
      flowArrow(f, [[right, down], [left, down]], style),
    ];
  });
}

function plainLink(left, right, y, f) {
  return svgElement("line", {
    x1: left, y1: y, x2: right, y2: y, stroke: paint("neutral"), "stroke-width": lineWidth(f),
    "data-from": "h", "data-to": "h", "data-term": "1",
  });
}

/** Draw the score of each state, and the way from the state to it. */
export function drawScores(state, place) {
  const { columns, heads, edits } = place;
  const scores = state.headScores && edits.heads ? state.headScores : [state.scores];
  const chips = backToFront(scores).map((k) => columns.chipX.map((x, j) => {
    const data = { "data-word": j, ...headLook(place, k) };
    if (heads.length > 1 && !scores[k]) return productDot(x, scoreY(place, k), place, data);
    return scoreBox(x, scoreY(place, k), scores[k], j, place, data);
  }));
  const opened = edits.form === "rnn" && edits.score === "additive";
  const ways = columns.dense || opened ? [] : stateWays(place);
  const net = edits.score === "folded" ? foldedNet(place) : "";
  return svgPart("scores", opened ? drawOpenedScore(place) : "", ways, net, chips, [
    edits.projections && place.wide ? rootNote(place) : "",
  ]);
}

/** Several heads lie behind each other like cards, the first in front: none waits for another. */
function backToFront(heads) {
  return heads.map((_, k) => heads.length - 1 - k);
}

/** The small net that makes all scores, as one box behind them. */
function foldedNet(place) {
  const { f, columns } = place;
  const around = f * 0.3; // the first box and the last
  const x = (columns.left + columns.right) / 2;
  const width = columns.right - columns.left + 2 * around;
  const box = (look) => svgBox(x, scoreY(place, 0), width, f * SCORE_HALF * 2.5, look);
  return svgElement(
    "g", { "data-inside": "net" }, box({ fill: paint("panel") }), box(learnedLook(f)),
  );
}

/** The scores of a Transformer are divided by √d, the root of the keys' size. */
function rootNote(place) {
  const { columns, f, small } = place;
  return svgText(columns.right + f * 0.1, scoreY(place, 0) + small * 0.35, "÷ √d", {
    "font-size": small, "text-anchor": "start",
  });
}

/** Each score reads its state. */
function stateWays(place) {
  const { f, columns, rows, edits } = place;
  const side = tapSide(place);
  const start = edits.projections ? rows.projectedTop + f * 0.4 : rows.states - f * 0.95;
  const end = scoreY(place, 0) + f * SCORE_HALF;
  return columns.chipX.map((x, j) => flowArrow(f, [[x + side, start], [x + side, end]], {
    size: f * 0.7, data: { "data-word": j }, from: "h", to: "score", term: "2",
  }));
}

/** Return how far beside the middle of a score's box its state comes in; the query, opposite. */
export function tapSide({ f, columns, edits }) {
  const { matrix } = columns;
  if (edits.projections) return Math.max(matrix * 0.26, Math.min(f * 0.28, matrix * 0.44));
  return Math.min(columns.chip * 0.24, f * 0.6);
}

/** Where several heads' scores are not told: a key meets the query in a product. */
function productDot(x, y, { f }, data) {
  const size = f * SCORE_HALF * 2;
  return svgElement("g", data, svgBox(x, y, size, size, {
    fill: paint("panel"), stroke: paint("query"), "stroke-width": f * 0.09, rx: size / 2,
  }), svgBox(x, y, f * 0.28, f * 0.28, { fill: paint("ink"), rx: f * 0.14 }));
}

/** Draw a score: its number or, where none fits, how high it is between lowest and highest. */
function scoreBox(x, y, row, j, place, data) {
  const { f, least, columns } = place;
  const size = Math.min(Math.max(f * 0.85, least), columns.chip / 2.5);
  const look = { fill: paint("panel"), stroke: paint("query"), "stroke-width": f * 0.09 };
  const height = f * SCORE_HALF * 2;
  const written = row && size >= LEAST_NUMBER ? writeDecimals(row[j], 1) : "";
  return svgElement(
    "g",
    data,
    svgBox(x, y, columns.chip, height, look),
    row && !written ? scoreGauge(x, y, row, j, columns.chip, height) : "",
    written && svgText(x, y + size * 0.35, written, { "font-size": size }),
  );
}

function scoreGauge(x, y, row, j, width, height) {
  const [low, high] = [Math.min(...row), Math.max(...row)];
  const share = high > low ? (row[j] - low) / (high - low) : 1;
  const tall = (height - 2) * share;
  return svgElement("rect", {
    x: x - width / 2 + 1, y: y + height / 2 - 1 - tall, width: Math.max(width - 2, 0.5),
    height: tall, fill: paint("query"), "fill-opacity": 0.45,
  });
}

/** Draw the softmax: one band for all scores, since each weight depends on all of them. */
export function drawSoftmax(place) {
  const { f, columns, rows, heads, small } = place;
  const [left, right] = [columns.left, columns.right];
  const [front, back] = [softmaxY(place, 0), softmaxY(place, heads.length - 1)];
  const goal = heads.length > 1 ? rows.weightsTop : rows.weights + f * 0.7;
  const style = { size: f * 0.7 };
  const ways = columns.dense ? [] : columns.chipX.map((x, j) => [
    flowArrow(f, [[x, scoreY(place, place.cards - 1) - f * SCORE_HALF], [x, front + f * 0.6]], {
      ...style, from: "score", to: "softmax", term: "4", data: { "data-word": j },
    }),
    flowArrow(f, [[x, back - f * 0.6], [x, goal]], {
      ...style, from: "softmax", to: "weight", term: "4", data: { "data-word": j },
    }),
  ]);
  const words = heads.length > 1 ? `${heads.length} softmaxes` : "softmax";
  const shares = `${words}: shares that sum to 1${heads.length > 1 ? " in each head" : ""}`;
  const bands = backToFront(heads).map((k) => svgElement(
    "g",
    headLook(place, k),
    svgBox((left + right) / 2, softmaxY(place, k), right - left, f * 1.25, {
      fill: paint("ground"), stroke: paint("frame"), "stroke-width": f * 0.1,
    }),
    k === 0 && bandText((left + right) / 2, softmaxY(place, k), shares, right - left, small),
  ));
  return svgPart("softmax", ways, bands);
}
