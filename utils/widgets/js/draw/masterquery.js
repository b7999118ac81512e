// The question in the master picture: from the state that asks, along one rail, into every score.

import { learnedLook } from "./masterequations.js";
import { BOX_HALF, railY, scoreY } from "./masterlayout.js";
import { flowArrow, lineWidth } from "./masterline.js";
import { tapSide } from "./mastersource.js";
import { paint } from "./paint.js";
import { roundedPath, svgBox, svgElement, svgPart, svgText } from "./svg.js";

/** Draw the query: from the state that asks, along a rail with a tap into each score. */
export function drawQuery(state, place) {
  const { edits } = place;
  const start = queryStart(place, state);
  const opened = edits.form === "rnn" && edits.score === "additive";
  const lines = opened ? intoTheSum(start, place) : queryRail(start, place);
  return svgPart("query", lines, queryMatrix(place, start), askingNote(place));
}

/** One line below the scores, and from it an arrow into each of them, for all heads. */
function queryRail(start, place) {
  const { f, columns } = place;
  const y = railY(place);
  const taps = columns.chipX.map((x) => x - tapSide(place));
  const ends = [Math.min(...taps, start.x), Math.max(...taps, start.x)];
  const bridge = { stroke: paint("panel"), "stroke-width": f * 0.5, fill: "none" };
  const line = { stroke: paint("query"), "stroke-width": lineWidth(f), fill: "none" };
  const corner = [[start.x, y], [nearestTap(taps, start.x), y]];
  const lead = roundedPath([...start.points, ...corner], f * 0.4);
  const level = { x1: ends[0], y1: y, x2: ends[1], y2: y };
  const shown = columns.dense ? [taps[0]] : taps;
  return svgElement(
    "g",
    { "data-rail": 0 },
    svgElement("line", { ...level, ...bridge, x1: taps[0], x2: taps[taps.length - 1] }),
    svgElement("path", { d: lead, ...line }),
    svgElement("line", { ...level, ...line }),
    shown.map((x, j) => flowArrow(f, [[x, y], [x, scoreY(place, 0) + f * 0.7]], {
      from: start.from, to: "score", term: "2", color: paint("query"), size: f * 0.8,
      data: columns.dense ? {} : { "data-word": j },
    })),
  );
}

function nearestTap(places, x) {
  return places.reduce((best, place) => (Math.abs(place - x) < Math.abs(best - x) ? place : best));
}

/** In additive attention all words get the same W₂ s: one arrow into the band that adds it. */
function intoTheSum(start, place) {
  const { f, columns } = place;
  const y = railY(place);
  const end = start.x > columns.right ? columns.right : columns.left;
  return flowArrow(f, [...start.points, [start.x, y], [end, y]], {
    from: start.from, to: "score", term: "2", color: paint("query"), size: f,
  });
}

/** Say which of the decoder's states asks. */
function askingNote({ f, edits, decoder, small, asks }) {
  if (edits.form === "self") return "";
  if (asks) {
    const look = { "font-size": small, fill: paint("query-text"), "text-anchor": "start" };
    return svgText(decoder.margin + f * 0.7, f * 3.4, asks, look);
  }
  const { x } = decoder.boxes[askingState(edits)];
  const y = decoder.y - f * (BOX_HALF + 0.15);
  return svgText(x, y, "query", { "font-size": small, fill: paint("query-text") });
}

/** Return the name of the decoder's box that asks. */
export function askingState(edits) {
  return edits.form === "rnn" && edits.query === "previous" ? "before" : "state";
}

/** Return where the question starts, and the x at which it reaches the scores. */
export function queryStart(place, state) {
  const { f, edits, decoder, columns, rows, wide } = place;
  if (edits.form === "self") {
    const j = state.position || 0;
    const x = columns.centers[j] - columns.inner * 0.335;
    return { x, points: [[x, rows.states - f * 0.95]], from: "h" };
  }
  const name = askingState(edits);
  const { x } = decoder.boxes[name];
  const from = name === "before" ? "s before" : "s";
  if (place.asks) return { x: decoder.margin, points: [[decoder.margin, 0]], from };
  const bottom = decoder.y + f * BOX_HALF;
  if (wide) return { x, points: [[x, bottom]], from };
  const { margin } = decoder;
  const corridor = bottom + f * 0.9;
  return { x: margin, points: [[x, bottom], [x, corridor], [margin, corridor]], from };
}

/** Return where the query's matrix stands: { label, x, y, width, height }, or null without one. */
export function queryMatrixPlace(place, start) {
  const { f, edits, rows, columns, wide } = place;
  const label = edits.projections ? "Q" : { general: "Wᵀ", additive: "W₂" }[edits.score];
  if (!label) return null;
  const [, last] = start.points[start.points.length - 1];
  if (edits.form === "self") {
    const width = columns.matrix;
    return { label, x: start.x, y: rows.projected, width, height: f * 1.25 };
  }
  const y = wide ? last + f * 1.6 : rows.ribbonsTop + f * 1.4;
  return { label, x: start.x, y, width: f * 2.1, height: f * 1.8 };
}

/** The matrix that the query goes through first: W, or W₂ of additive attention, or Q. */
function queryMatrix(place, start) {
  const matrix = queryMatrixPlace(place, start);
  if (!matrix) return "";
  const { f } = place;
  const { label, x, y, width, height } = matrix;
  const size = Math.min(f * 1.05, width * 0.75);
  return svgElement(
    "g",
    { "data-inside": label },
    svgBox(x, y, width, height, { fill: paint("panel") }),
    svgBox(x, y, width, height, learnedLook(f)),
    size >= f * 0.5 && svgText(x, y + size * 0.35, label, { "font-size": size }),
  );
}
