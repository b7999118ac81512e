// The encoder's half of the master picture: from the words to their mixture c, equations (1) to (5).

import { paint, wordPaint } from "./paint.js";
import { drawMixture, drawRibbon, drawWeightBars, shareStarts } from "./ribbons.js";
import { shortNumber, svgArrow, svgBox, svgElement, svgPart, svgSymbol, svgText } from "./svg.js";
import { drawToken, tokenWidth } from "./tokens.js";

const LEAST_LETTER = 0.62; // of the letters' size: smaller numbers are not written
const FAINT_WEIGHT = 0.02; // below it, the line from a state leads to next to nothing

/** Draw the source words, the states above them, and the arrows between. */
export function drawEncoder(state, place) {
  const { f, columns, rows } = place;
  const { centers, box, size } = columns;
  const half = f * 0.95;
  const tops = centers.map((x, j) => tokenY(place, j) - size * 0.85);
  const steps = centers.map((x, j) => svgArrow([[x, tops[j]], [x, rows.states + half]], {
    from: "word", to: "h", term: "1", size: f * 0.8, data: { "data-word": j },
    color: wordPaint(j, centers.length),
  }));
  return [
    svgPart("encoder", steps, neighborArrows(place)),
    svgPart("tokens", state.source.map((word, j) => sourceToken(word, j, state, place))),
    svgPart("states", centers.map((x, j) => svgElement(
      "g",
      { "data-word": j, "data-role": "handle" },
      svgBox(x, rows.states, box, half * 2, { fill: paint("panel") }),
      svgBox(x, rows.states, box, half * 2, {
        fill: wordPaint(j, centers.length), "fill-opacity": 0.22, "stroke-width": f * 0.11,
        stroke: wordPaint(j, centers.length),
      }),
      box > f * 1.4 && svgSymbol(x, rows.states, "h", j + 1, Math.min(f * 0.95, box * 0.45)),
    ))),
  ];
}

function tokenY({ rows, columns, f }, j) {
  const level = columns.levels > 0 ? j % columns.levels : 0;
  return rows.tokensTop + (level + 0.5) * 1.95 * f;
}

function sourceToken(word, j, state, place) {
  const { columns } = place;
  const [x, y] = [columns.centers[j], tokenY(place, j)];
  const shown = columns.levels > 0 ? word : "";
  const room = columns.levels > 0 ? columns.room : columns.step * 0.8;
  const width = Math.min(tokenWidth(shown, columns.size, room), room);
  const data = { "data-word": j, "data-role": "handle" };
  const color = wordPaint(j, state.source.length);
  const base = svgBox(x, y, width, columns.size * 1.7, { fill: paint("panel") });
  return [base, drawToken(x, y, shown, { width, size: columns.size, color, data })];
}

/** Each state knows its neighbors: the encoder reads in both directions. */
function neighborArrows({ f, columns, rows, edits }) {
  const gap = columns.step - columns.box;
  if (gap < f * 0.45 || edits.form !== "rnn") return [];
  const style = { size: Math.min(f * 0.7, gap * 1.1), term: "1", from: "h", to: "h" };
  return columns.centers.slice(1).map((x, i) => {
    const [left, right] = [x - columns.step + columns.box / 2, x - columns.box / 2];
    const [up, down] = [rows.states - f * 0.35, rows.states + f * 0.35];
    return [svgArrow([[left, up], [right, up]], style), svgArrow([[right, down], [left, down]], style)];
  });
}

/** Draw the score of each state, and the way from the state to it. */
export function drawScores(state, place) {
  const { f, columns, rows, heads, edits } = place;
  const score = state.headScores && edits.heads ? state.headScores : [state.scores];
  const from = rows.states - f * 0.95;
  const chips = columns.chipX.map((x, j) => heads.map((_, k) => {
    const y = scoreY(place, k);
    const number = score[k] ? score[k][j] : null;
    return scoreChip(x, y, number, place, { "data-word": j, "data-head": k });
  }));
  const ways = columns.chipX.map((x, j) => {
    const end = scoreY(place, heads.length - 1) + f * 0.72;
    const way = { from: "h", to: "score", term: "2", size: f * 0.7, data: { "data-word": j } };
    return svgArrow([[x, from], [x, end]], way);
  });
  const stacked = heads.length > 1 ? headWays(place) : [];
  return svgPart("scores", ways, stacked, openedScore(place), chips);
}

/** Return the y of a head's row of scores; the first head's is the highest. */
export function scoreY({ rows, f }, head) {
  return rows.scoresTop + (head + 0.5) * 1.7 * f;
}

/** The way goes on from the lowest head's score to the others': each of them reads h. */
function headWays({ f, columns, rows }) {
  return columns.chipX.map((x) => svgElement("line", {
    x1: x, y1: rows.scoresTop + f, x2: x, y2: rows.scoresTop + f * 2.4, stroke: paint("neutral"),
    "stroke-width": f * 0.09,
  }));
}

/** Return half the width of what the query's arrow ends at. */
export function scoreHalfWidth({ f, columns, edits }) {
  if (edits.form === "rnn" && edits.score === "additive") return Math.min(columns.chip, f * 1.15) / 2;
  return scoreLetters(f, columns) < f * LEAST_LETTER ? scoreDot(f, columns) / 2 : columns.chip / 2;
}

function scoreLetters(f, columns) {
  return Math.min(f * 0.8, columns.chip / 3);
}

function scoreDot(f, columns) {
  return Math.min(f * 0.6, columns.chip);
}

function scoreChip(x, y, number, { f, columns }, data) {
  const size = scoreLetters(f, columns);
  const small = size < f * LEAST_LETTER;
  const written = number === null || small ? "" : number.toFixed(1);
  const height = small ? scoreDot(f, columns) : f * 1.3;
  const width = small ? height : columns.chip;
  return svgElement(
    "g",
    data,
    svgBox(x, y, width, height, {
      fill: paint("panel"), stroke: paint("query"), "stroke-width": f * 0.09,
    }),
    written && svgText(x, y + size * 0.35, written.replace("-", "−"), { "font-size": size }),
  );
}

/** Open the score's box: additive attention adds two projections, bends them, and asks v. */
function openedScore(place) {
  const { edits, f, columns } = place;
  if (edits.form !== "rnn" || edits.score !== "additive") return "";
  const steps = [["v", "v"], ["tanh", "tanh"], ["+", "sum"], ["W₁", "W1"]];
  return steps.map(([label, name], k) => columns.chipX.map((x, j) => {
    const y = openedY(place, k);
    const size = Math.min(f * 0.8, (columns.chip * 0.9) / Math.max(label.length * 0.62, 1.2));
    const width = name === "sum" ? f * 1.15 : Math.min(columns.chip, f * 2.4);
    const round = name === "sum" ? { rx: f } : {};
    const height = name === "sum" ? Math.min(width, columns.chip) : f * 1.15;
    return svgElement(
      "g",
      { "data-inside": name, "data-word": j },
      svgBox(x, y, Math.min(width, columns.chip), height, {
        fill: paint("track"), stroke: paint("frame"), "stroke-width": f * 0.07, ...round,
      }),
      size > f * 0.5 && svgText(x, y + size * 0.34, label, { "font-size": size }),
    );
  }));
}

/** Return the y of a row of the opened score: 0 is v, then tanh, the sum, and W₁. */
export function openedY({ rows, f }, row) {
  return rows.openedTop + (row + 0.5) * 1.8 * f;
}

/** Draw the softmax: one band for all scores, since each weight depends on all of them. */
export function drawSoftmax(place) {
  const { f, columns, rows } = place;
  const [left, right] = [columns.left, columns.right];
  const end = rows.scoresTop + f * 0.2;
  const style = { size: f * 0.7 };
  const ways = columns.chipX.map((x, j) => [
    svgArrow([[x, end], [x, rows.softmax + f * 0.65]], {
      ...style, from: "score", to: "softmax", term: "4", data: { "data-word": j },
    }),
    svgArrow([[x, rows.softmax - f * 0.65], [x, rows.weights + f * 0.6]], {
      ...style, from: "softmax", to: "weight", term: "4", data: { "data-word": j },
    }),
  ]);
  const band = svgBox((left + right) / 2, rows.softmax, right - left, f * 1.3, {
    fill: paint("empty"), stroke: paint("frame"), "stroke-width": f * 0.07,
  });
  return svgPart("softmax", ways, band);
}

/** Draw the weights: bars as wide as they are, which together have the width of c. */
export function drawWeights(place) {
  const { f, columns, rows, weights, heads } = place;
  const bars = heads.map((row, k) => drawWeightBars(
    weights.centers[k], rows.barsTop, weights.perHead, f * 0.9, row.map((weight, j) => ({
      weight, color: wordPaint(j, row.length),
      data: { "data-word": j, "data-head": k, "data-weight": weight.toFixed(6), "data-role": "handle" },
    })),
  ));
  return svgPart("weights", heads.length === 1 ? weightNumbers(place) : [], bars);
}

/** Write the weights; where columns are narrow, only those of words that count. */
function weightNumbers({ f, columns, rows, heads, edits }) {
  const room = columns.chip * 1.12;
  const size = Math.min(f * 0.82, room / 2.1);
  return heads[0].map((weight, j) => {
    const left = edits.fixed && weight === 0;
    const small = size < f * LEAST_LETTER;
    if (left || (small && weight < 0.095)) return "";
    const letters = small ? f * 0.72 : size;
    const words = weight.toFixed(2).replace(small ? /^0/ : "", "");
    const y = rows.weights + letters * 0.3;
    const style = { "font-size": letters, "font-weight": weight >= 0.3 ? "bold" : "normal" };
    const halo = { "paint-order": "stroke", stroke: paint("panel"), "stroke-width": letters * 0.3 };
    return svgText(columns.chipX[j], y, words, { ...style, ...(small ? halo : {}), "data-word": j });
  });
}

/** Draw c = Σ α_j h_j: a line from each state to its bar, and from there a ribbon into c. */
export function drawRibbons(place) {
  const { f, columns, rows, weights, heads } = place;
  const top = rows.context + f * 0.85;
  const ribbons = heads.map((row, k) => {
    const starts = shareStarts(row);
    return row.map((weight, j) => {
      const x = weights.left + (k + starts[j] + weight / 2) * weights.perHead;
      const data = { "data-word": j, "data-head": k, "data-from": "h", "data-to": "c", "data-term": "5" };
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
  return svgPart("context", bars, frames, label);
}
