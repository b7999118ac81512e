// The encoder's half of the master picture, up to the softmax: equations (1) to (4).

import { openedY, scoreY } from "./masterlayout.js";
import { paint, wordPaint } from "./paint.js";
import { shortenWord, svgArrow, svgBox, svgElement } from "./svg.js";
import { svgPart, svgSymbol, svgText } from "./svg.js";
import { drawToken, labelsThatFit, tokenWidth } from "./tokens.js";

const LEAST_LETTER = 0.62; // of the letters' size: smaller numbers are not written
const STRONG_WEIGHT = 0.2; // from it on, a word stands out

/** Draw the source words, the states above them, and the arrows between. */
export function drawEncoder(state, place) {
  const { f, columns, rows } = place;
  const { centers, box, size, dense } = columns;
  const half = f * 0.95;
  const tops = centers.map((x, j) => tokenY(place, j) - size * 0.85);
  const bottom = rows.states + half;
  const steps = dense ? [] : centers.map((x, j) => svgArrow([[x, tops[j]], [x, bottom]], {
    from: "word", to: "h", term: "1", size: f * 0.8, data: { "data-word": j },
    color: wordPaint(j, centers.length),
  }));
  return [
    svgPart("encoder", steps, neighborArrows(place)),
    svgPart(
      "tokens",
      state.source.map((word, j) => sourceToken(word, j, state, place)),
      heavyWords(state, place),
    ),
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
  const y = tokenY(place, j);
  const shown = columns.levels > 0 ? word : "";
  const room = columns.levels > 0 ? columns.room : columns.step * 0.8;
  const width = Math.min(tokenWidth(shown, columns.size, room), room);
  const x = Math.min(columns.centers[j], place.main - place.f * 0.3 - width / 2);
  const data = { "data-word": j, "data-role": "handle" };
  const color = wordPaint(j, state.source.length);
  const strong = place.heads.some((row) => row[j] >= STRONG_WEIGHT);
  const base = svgBox(x, y, width, columns.size * 1.7, { fill: paint("panel") });
  return [base, drawToken(x, y, shown, { width, size: columns.size, color, data, strong })];
}

/** Where no word fits into its column, name below them those with the most weight. */
function heavyWords(state, { f, columns, rows, heads, main }) {
  if (columns.levels > 0) return "";
  const size = f * 0.85;
  const labels = state.source.map((word, j) => {
    const width = tokenWidth(word, size, f * 8);
    const x = Math.min(columns.centers[j], main - width / 2);
    return { x, width, weight: heads[0][j] };
  });
  return labelsThatFit(labels, size * 0.2).map((j) => svgText(
    labels[j].x, rows.tokensTop + f * 3, shortenWord(state.source[j], f * 8, size),
    { "font-size": size, "font-weight": heads[0][j] >= STRONG_WEIGHT ? "bold" : "normal" },
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
      svgArrow([[left, up], [right, up]], style),
      svgArrow([[right, down], [left, down]], style),
    ];
  });
}

function plainLink(left, right, y, f) {
  return svgElement("line", {
    x1: left, y1: y, x2: right, y2: y, stroke: paint("neutral"), "stroke-width": f * 0.09,
    "data-from": "h", "data-to": "h", "data-term": "1",
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
  const ways = columns.dense ? [] : columns.chipX.map((x, j) => {
    const end = scoreY(place, heads.length - 1) + f * 0.72;
    const way = { from: "h", to: "score", term: "2", size: f * 0.7, data: { "data-word": j } };
    return svgArrow([[x, from], [x, end]], way);
  });
  const stacked = heads.length > 1 ? headWays(place) : [];
  return svgPart("scores", ways, stacked, openedScore(place), chips);
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
  const opened = edits.form === "rnn" && edits.score === "additive";
  if (opened) return Math.min(columns.chip, f * 1.15) / 2;
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

/** Draw the softmax: one band for all scores, since each weight depends on all of them. */
export function drawSoftmax(place) {
  const { f, columns, rows, heads } = place;
  const [left, right] = [columns.left, columns.right];
  const end = rows.scoresTop + f * 0.2;
  const goal = heads.length > 1 ? rows.weightsTop : rows.weights + f * 0.6;
  const style = { size: f * 0.7 };
  const ways = columns.dense ? [] : columns.chipX.map((x, j) => [
    svgArrow([[x, end], [x, rows.softmax + f * 0.65]], {
      ...style, from: "score", to: "softmax", term: "4", data: { "data-word": j },
    }),
    svgArrow([[x, rows.softmax - f * 0.65], [x, goal]], {
      ...style, from: "softmax", to: "weight", term: "4", data: { "data-word": j },
    }),
  ]);
  const band = svgBox((left + right) / 2, rows.softmax, right - left, f * 1.3, {
    fill: paint("empty"), stroke: paint("frame"), "stroke-width": f * 0.07,
  });
  return svgPart("softmax", ways, band);
}
