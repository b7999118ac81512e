// The question in the master picture: from the state that asks, past every score.

import { BOX_HALF, railY } from "./masterlayout.js";
import { scoreHalfWidth } from "./mastersource.js";
import { paint } from "./paint.js";
import { svgArrow, svgBox, svgElement, svgPart, svgText } from "./svg.js";

/** Draw the query: from the state that asks, past every score. */
export function drawQuery(state, place) {
  const { f, columns, heads } = place;
  const rails = heads.map((_, k) => railY(place, k));
  const bead = scoreHalfWidth(place);
  const start = queryStart(place, state);
  const style = { bead, f, dense: columns.dense };
  const lines = rails.map((y) => [
    questions(start, y, columns.chipX.filter((x) => x > start.x), 1, style),
    questions(start, y, columns.chipX.filter((x) => x <= start.x).reverse(), -1, style),
  ]);
  return svgPart("query", lines, queryMatrix(place, start), askingNote(place));
}

/** Ask one score after the other: an arrow to the first, and from each to the next. */
function questions(start, y, scores, side, { bead, f, dense }) {
  const shown = dense ? scores.slice(0, 1) : scores;
  return shown.map((x, i) => {
    const near = [x - side * bead, y];
    const path = i === 0
      ? [...start.points, [start.x, y], near]
      : [[scores[i - 1] + side * bead, y], near];
    const style = { color: paint("query"), size: f * 0.75, width: f * 0.14 };
    return svgArrow(path, { ...style, from: start.from, to: "score", term: "2" });
  });
}

/** Say which of the decoder's states asks. */
function askingNote({ f, edits, decoder }) {
  if (edits.form === "self") return "";
  const { x } = decoder.boxes[askingState(edits)];
  const y = decoder.y - f * (BOX_HALF + 0.15);
  const style = { "font-size": f * 0.74, fill: paint("query-text") };
  return svgText(x, y, "query", style);
}

function askingState(edits) {
  return edits.form === "rnn" && edits.query === "previous" ? "before" : "state";
}

/** Return where the question starts, and the x at which it reaches the scores. */
function queryStart(place, state) {
  const { f, edits, decoder, columns, rows, wide } = place;
  if (edits.form === "self") {
    const j = state.position || 0;
    const x = columns.centers[j] - columns.step * 0.47;
    const y = rows.states;
    return { x, points: [[columns.centers[j] - columns.box / 2, y], [x, y]], from: "h" };
  }
  const name = askingState(edits);
  const { x } = decoder.boxes[name];
  const from = name === "before" ? "s before" : "s";
  const bottom = decoder.y + f * BOX_HALF;
  if (wide) return { x, points: [[x, bottom]], from };
  const margin = decoder.margin;
  const corridor = bottom + f * 0.55;
  return { x: margin, points: [[x, bottom], [x, corridor], [margin, corridor]], from };
}

/** The matrix that the query goes through first: W, or W₂ of additive attention, or Q. */
function queryMatrix(place, start) {
  const { f, edits, rows, columns, wide } = place;
  const label = edits.projections ? "Q" : { general: "W", additive: "W₂" }[edits.score];
  if (!label) return "";
  const [, last] = start.points[start.points.length - 1];
  const self = edits.form === "self";
  const middle = wide ? (last + railY(place, 0)) / 2 : last + f * 1.6;
  const y = self ? rows.gap3 : middle; // in self-attention, below the keys and values
  const size = self ? Math.min(f * 1.1, columns.step * 0.3) : f * 1.4;
  return svgElement(
    "g",
    { "data-inside": label },
    svgBox(start.x, y, size, f * 1.2, {
      fill: paint("panel"), stroke: paint("query"), "stroke-width": f * 0.1,
    }),
    size > f * 0.8 && svgText(start.x, y + f * 0.28, label, { "font-size": f * 0.8 }),
  );
}
