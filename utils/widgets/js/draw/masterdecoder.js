// The decoder's half of the master picture, equations (6) and (7), and the question that it asks.

import { drawNextWords } from "./nextwords.js";
import { paint, wordPaint } from "./paint.js";
import { drawMixture } from "./ribbons.js";
import { svgArrow, svgBox, svgElement, svgPart, svgSymbol, svgText } from "./svg.js";
import { openedY, scoreHalfWidth, scoreY } from "./mastersource.js";
import { drawToken, tokenWidth } from "./tokens.js";

const HALF = 1.25; // letters: half the height of a box

/** Draw the query: from the state that asks, past every score. */
export function drawQuery(state, place) {
  const { f, columns, edits, heads } = place;
  const rails = edits.score === "additive" && edits.form === "rnn"
    ? [openedY(place, 2)]
    : heads.map((_, k) => scoreY(place, k));
  const bead = scoreHalfWidth(place);
  const start = queryStart(place, state);
  const lines = rails.map((y) => [
    questions(start, y, columns.chipX.filter((x) => x > start.x), 1, bead, f),
    questions(start, y, columns.chipX.filter((x) => x <= start.x).reverse(), -1, bead, f),
  ]);
  return svgPart("query", lines, queryMatrix(place, start), askingNote(place));
}

/** Ask one score after the other: an arrow to the first, and from each to the next. */
function questions(start, y, scores, side, bead, f) {
  return scores.map((x, i) => {
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
  const y = decoder.y - f * (HALF + 0.15);
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
  const bottom = decoder.y + f * HALF;
  if (wide) return { x, points: [[x, bottom]], from };
  const margin = decoder.margin;
  const corridor = bottom + f * 0.55;
  return { x: margin, points: [[x, bottom], [x, corridor], [margin, corridor]], from };
}

/** The matrix that the query goes through first: W, or W₂ of additive attention, or Q. */
function queryMatrix(place, start) {
  const { f, edits, rows } = place;
  const label = edits.projections ? "Q" : { general: "W", additive: "W₂" }[edits.score];
  if (!label) return "";
  const y = edits.form === "self" ? rows.projected : start.points[start.points.length - 1][1] + f * 1.6;
  const size = edits.form === "self" ? f * 1.1 : f * 1.5;
  return svgElement(
    "g",
    { "data-inside": label },
    svgBox(start.x, y, size, f * 1.3, {
      fill: paint("panel"), stroke: paint("query"), "stroke-width": f * 0.1,
    }),
    svgText(start.x, y + f * 0.28, label, { "font-size": f * 0.8 }),
  );
}

/** Draw the boxes of one step, and the arrows between them. */
export function drawDecoder(state, place) {
  const { edits } = place;
  return edits.form === "block" ? drawBlock(state, place) : drawCell(place);
}

/** Equations (6) and (7): s_t = f(s_{t-1}, y_{t-1}, c_t), then q(y_{t-1}, s_t, c_t). */
function drawCell(place) {
  const { edits, f, decoder } = place;
  const { boxes } = decoder;
  const early = edits.query === "previous"; // then c is there when the cell needs it
  const flow = (from, to, name, goal, term) => levelArrow(place, boxes[from], boxes[to], name, goal, term);
  const cell = [
    flow("before", "cell", "s before", "f", "6"),
    wordTap(place, boxes.cell, "f", "6"),
    early ? contextTap(place, boxes.cell, "f", "6") : "",
    flow("cell", "state", "f", "s", "6"),
    stateBox(place, boxes.before, "s", "t−1"),
    functionBox(place, boxes.cell, "f", "cell"),
    stateBox(place, boxes.state, "s", "t"),
  ];
  const readout = [
    flow("state", "readout", "s", "q", "7"),
    wordTap(place, boxes.readout, "q", "7"),
    contextTap(place, boxes.readout, "q", "7"),
    functionBox(place, boxes.readout, "q", "readout"),
  ];
  const fed = edits.feeding ? svgPart("feeding", feedingArrow(place, f)) : "";
  return [svgPart("cell", cell), svgPart("readout", readout), fed];
}

/** What the readout made of c a step before goes into the cell: one more arrow. */
function feedingArrow({ f, decoder }) {
  const { x } = decoder.boxes.cell;
  const y = decoder.y - decoder.turn * f * 3.1;
  const near = decoder.y - decoder.turn * f * HALF;
  const start = y + decoder.turn * f * 0.8;
  return [
    svgArrow([[x, start], [x, near]], { from: "h̃ before", to: "f", term: "6", size: f * 0.8, color: paint("highlight") }),
    svgBox(x, y, f * 2.8, f * 1.6, {
      fill: paint("panel"), stroke: paint("highlight"), "stroke-width": f * 0.11,
    }),
    svgSymbol(x, y, "h̃", "t−1", f),
  ];
}

/** A Transformer's decoder block: masked self-attention asks, c is added, a network follows. */
function drawBlock(state, place) {
  const { decoder, f } = place;
  const { boxes } = decoder;
  const flow = (from, to, name, goal) => levelArrow(place, boxes[from], boxes[to], name, goal, "block");
  const cell = [
    wordTap(place, boxes.masked, "self-attention", "block"),
    flow("masked", "state", "self-attention", "s"),
    flow("state", "add", "s", "add"),
    contextTap(place, boxes.add, "add", "block"),
    flow("add", "forward", "add", "feed-forward"),
    bypass(place, boxes.add, boxes.add2),
    flow("forward", "add2", "feed-forward", "add"),
    functionBox(place, boxes.masked, "self-attention", "of y"),
    stateBox(place, boxes.state, "s", "t"),
    plusBox(place, boxes.add),
    functionBox(place, boxes.forward, "feed", "forward"),
    plusBox(place, boxes.add2),
  ];
  const readout = [
    flow("add2", "readout", "add", "q"),
    functionBox(place, boxes.readout, "q", "softmax"),
  ];
  return [svgPart("cell", cell), svgPart("readout", readout)];
}

function bypass({ f, decoder }, from, to) {
  const y = decoder.y + decoder.turn * f * 2.1;
  const side = decoder.y + decoder.turn * f * 0.65;
  const path = [[from.x, side], [from.x, y], [to.x, y], [to.x, side]];
  return svgArrow(path, { from: "add", to: "add", term: "block", size: f * 0.7 });
}

function levelArrow({ decoder, f }, from, to, name, goal, term) {
  const ends = [[from.x + from.width / 2, decoder.y], [to.x - to.width / 2, decoder.y]];
  return svgArrow(ends, { from: name, to: goal, term, size: f * 0.85 });
}

/** Bring y_{t-1} into a box, from the side of the target row. */
function wordTap(place, box, goal, term) {
  const { decoder, f } = place;
  const { turn, wordBus, y, target } = decoder;
  const before = previousPlace(place);
  const { x: straight } = decoder.boxes.readout;
  const under = Math.abs(straight - before.x) < before.width / 2 - f * 0.4;
  const x = under ? straight : before.x;
  const path = [[x, target - turn * f * 0.85], [x, wordBus], [box.x, wordBus], [box.x, y + turn * f * HALF]];
  return svgArrow(path, { from: "y before", to: goal, term, size: f * 0.8 });
}

/** Bring c into a box, from the side of the source. */
function contextTap(place, box, goal, term) {
  const { decoder, f, weights, rows, wide } = place;
  const near = [box.x, decoder.y - decoder.turn * f * HALF];
  const bus = decoder.contextBus;
  const x = Math.max(Math.min(decoder.boxes.readout.x, weights.right - f), weights.left + f);
  const path = wide
    ? [[weights.right, rows.context], [box.x, rows.context], near]
    : [[x, rows.context - f * 0.85], [x, bus], [box.x, bus], near];
  return svgArrow(path, { from: "c", to: goal, term, size: f * 0.8 });
}

function stateBox({ decoder, f }, box, letter, index) {
  const style = { fill: paint("query"), stroke: paint("query"), "stroke-width": f * 0.13 };
  return svgElement(
    "g",
    { "data-state": `${letter} ${index}`, "data-role": "handle" },
    svgBox(box.x, decoder.y, box.width, f * HALF * 1.7, { fill: paint("panel") }),
    svgBox(box.x, decoder.y, box.width, f * HALF * 1.7, { ...style, "fill-opacity": 0.25 }),
    svgSymbol(box.x - (index === "t" ? 0 : f * 0.1), decoder.y, letter, index, f * 1.05),
  );
}

function functionBox({ decoder, f }, box, name, note) {
  const long = name.length > 1;
  const first = long ? f * 0.62 : f * 1.05;
  return svgElement(
    "g",
    { "data-function": name },
    svgBox(box.x, decoder.y, box.width, f * HALF * 2, {
      fill: paint("track"), stroke: paint("frame"), "stroke-width": f * 0.09,
    }),
    svgText(box.x, decoder.y - f * 0.05, name, {
      "font-size": long ? Math.min(first, (box.width / name.length) * 1.62) : first,
      "font-style": long ? "normal" : "italic",
    }),
    svgText(box.x, decoder.y + f * 0.8, note, { "font-size": f * 0.66, fill: paint("quiet") }),
  );
}

function plusBox({ decoder, f }, box) {
  return [
    svgBox(box.x, decoder.y, box.width, box.width, {
      rx: box.width, fill: paint("track"), stroke: paint("frame"), "stroke-width": f * 0.09,
    }),
    svgText(box.x, decoder.y + f * 0.3, "+", { "font-size": f * 0.9 }),
  ];
}

/** Draw the probabilities of the next word, and how the best one drops into the target row. */
export function drawNext(state, place) {
  const { decoder, f } = place;
  const { list, listTop, listHeight, boxes, y, turn, target } = decoder;
  const edge = turn > 0 ? listTop + listHeight : listTop;
  const words = drawNextWords(list.left + f * 0.4, listTop + f * 0.4, list.width - f * 0.8, state.best, {
    size: f, chosen: state.chosen || 0,
  });
  return svgPart(
    "next",
    svgArrow([[boxes.readout.x + boxes.readout.width / 2, y], [list.left, y]], {
      from: "q", to: "p", term: "7", size: f * 0.85,
    }),
    svgElement("rect", {
      x: list.left, y: listTop, width: list.width, height: listHeight, rx: f * 0.4,
      fill: paint("ground"), stroke: paint("faint"), "stroke-width": f * 0.07,
    }),
    words,
    svgArrow([[list.x, edge], [list.x, target - turn * f * 0.9]], {
      from: "p", to: "y", term: "7", size: f, width: f * 0.18, color: paint("ink"),
    }),
  );
}

/** Return where y_{t-1} stands: left of the place for the new word. */
function previousPlace({ decoder, f, previous }) {
  const slot = decoder.list.x - decoder.list.width * 0.42;
  const width = tokenWidth(previous, f * 0.92, f * 8);
  return { x: slot - f * 1.1 - width / 2, width };
}

/** Draw the words written so far, the new one, and how it is fed back. */
export function drawTarget(state, place) {
  const { decoder, f } = place;
  const { target, turn, list } = decoder;
  const chosen = state.best[state.chosen || 0];
  const slot = { x: list.x, width: list.width * 0.84 };
  const neutral = { size: f * 0.92, color: paint("frame") };
  const fresh = drawToken(slot.x, target, chosen ? chosen[0] : "", {
    ...neutral, width: slot.width, color: paint("ink"), data: { "data-target": state.target.length },
  });
  const before = previousPlace(place);
  const arc = target + turn * f * 1.75;
  const side = target + turn * f * 0.85;
  const feedback = svgArrow([[slot.x, side], [slot.x, arc], [before.x, arc], [before.x, side]], {
    from: "y", to: "y before", term: "6", size: f * 0.8, dashed: true,
  });
  return [
    svgPart("target", writtenWords(state, place, before), fresh, targetSymbols(place, before, slot)),
    svgPart("feedback", feedback, svgText((slot.x + before.x) / 2, arc + f * (turn > 0 ? 0.9 : -0.35), "read in the next step", {
      "font-size": f * 0.68, fill: paint("quiet"),
    })),
  ];
}

/** Name the two words in the equations: y_{t-1} and y_t. */
function targetSymbols({ decoder, f }, before, slot) {
  const y = decoder.target - decoder.turn * f * 1.6;
  const style = { fill: paint("quiet"), "text-anchor": "end" };
  return [
    svgSymbol(before.x - f * 0.5, y, "y", "t−1", f * 0.85, style),
    svgSymbol(slot.x - f * 0.6, y, "y", "t", f * 0.85, style),
  ];
}

/** Draw y_{t-1} and, to its left, as many earlier words as there is room for. */
function writtenWords(state, place, before) {
  const { decoder, f, previous } = place;
  const { target } = decoder;
  const words = state.target.length > 0 ? state.target : [previous];
  const shapes = [];
  let [x, t] = [before.x + before.width / 2, words.length - 1];
  for (; t >= 0; t -= 1) {
    const width = tokenWidth(words[t], f * 0.92, f * 8);
    if (x - width < decoder.left + (t > 0 ? f * 1.6 : 0)) break;
    const data = { "data-target": t, "data-role": "handle" };
    const style = { width, size: f * 0.92, color: paint("frame"), data };
    shapes.push(drawToken(x - width / 2, target, words[t], style));
    shapes.push(mixtureMark(x - width, width, t, state, place));
    x -= width + f * 0.45;
  }
  if (t >= 0) shapes.push(svgText(x - f * 0.5, target + f * 0.2, "…", { "font-size": f }));
  return shapes;
}

/** Below a written word, in small: what the model looked at when it wrote it. */
function mixtureMark(left, width, t, state, { decoder, f }) {
  const row = state.rows && state.rows[t];
  if (!row || state.target.length === 0) return "";
  const shares = row.map((share, j) => ({ share, color: wordPaint(j, row.length) }));
  return drawMixture(left + f * 0.3, decoder.target + f * 0.5, width - f * 0.6, f * 0.2, shares);
}
