// The decoder's half of the master picture: one step of equations (6) and (7), or of a block.

import { learnedLook } from "./masterequations.js";
import { BOX_HALF, mixedTop, mixesHeads } from "./masterlayout.js";
import { flowArrow, lineWidth } from "./masterline.js";
import { wordLineX, writtenPlaces } from "./mastertarget.js";
import { paint } from "./paint.js";
import { svgBox, svgElement, svgPart, svgSymbol, svgText } from "./svg.js";

/** Draw the boxes of one step, and the arrows between them. */
export function drawDecoder(state, place) {
  const { edits } = place;
  return edits.form === "block" ? drawBlock(state, place) : drawCell(place);
}

/** Where the decoder is not shown, c goes up to it all the same. */
export function drawAskedContext(place) {
  const x = contextTop(place);
  const line = { x1: x, x2: x, y1: mixedTop(place), y2: 0 };
  return svgPart("context", svgElement("line", {
    ...line, stroke: paint("neutral"), "stroke-width": lineWidth(place.f),
  }));
}

/** Equations (6) and (7): s_t = f(s_{t-1}, y_{t-1}, c_t), then g(y_{t-1}, s_t, c_t). */
function drawCell(place) {
  const { edits, f, decoder } = place;
  const { boxes } = decoder;
  const early = edits.query === "previous"; // then c is there when the cell needs it
  const flow = (from, to, name, goal, term) => levelArrow(
    place, boxes[from], boxes[to], { from: name, to: goal, term },
  );
  const cell = [
    flow("before", "cell", "s before", "f", "6"),
    wordTap(place, boxes.cell, "f", "6"),
    flow("cell", "state", "f", "s", "6"),
    stateBox(place, boxes.before, "s", "t−1"),
    functionBox(place, boxes.cell, "f", "cell"),
    stateBox(place, boxes.state, "s", "t"),
  ];
  const readout = [
    flow("state", "readout", "s", "g", "7"),
    wordTap(place, boxes.readout, "g", "7"),
    functionBox(place, boxes.readout, "g", "readout"),
  ];
  const taps = [
    early ? contextTap(place, boxes.cell, "f", "6") : "",
    contextTap(place, boxes.readout, "g", "7"),
  ];
  const fed = edits.feeding ? svgPart("feeding", feedingLoop(place)) : "";
  return [svgPart("context", taps), svgPart("cell", cell), svgPart("readout", readout), fed];
}

/** What the readout makes of c is kept, and goes into the cell of the next step. */
function feedingLoop(place) {
  const { f, decoder } = place;
  const { cell, hidden, readout } = decoder.boxes;
  const y = fedY(decoder, f);
  const edge = decoder.turn * f * BOX_HALF;
  const style = { size: f * 0.85, color: paint("highlight") };
  const loop = [[hidden.x, decoder.y - edge * 0.85], [hidden.x, y], [cell.x + f * 1.4, y]];
  return [
    levelArrow(place, readout, hidden, { from: "g", to: "h̃", term: "7" }),
    flowArrow(f, loop, { ...style, from: "h̃", to: "h̃ before", term: "6", dashed: true }),
    flowArrow(f, [[cell.x, y + decoder.turn * f * 0.8], [cell.x, decoder.y - edge]], {
      ...style, from: "h̃ before", to: "f", term: "6",
    }),
    hiddenBox(cell.x, y, f * 2.8, "t−1", f),
    hiddenBox(hidden.x, decoder.y, hidden.width, "t", f),
  ];
}

/** Return the y of what the last step left for this one. */
export function fedY({ y, turn }, f) {
  return y - turn * f * 2.85;
}

function hiddenBox(x, y, width, index, f) {
  return [
    svgBox(x, y, width, f * 1.7, {
      fill: paint("panel"), stroke: paint("highlight"), "stroke-width": f * 0.13,
    }),
    svgSymbol(x, y, "h̃", index, f),
  ];
}

/** A Transformer's decoder block: masked self-attention asks, c is added, a network follows. */
function drawBlock(state, place) {
  const { decoder, f } = place;
  const { boxes } = decoder;
  const flow = (from, to, name, goal) => levelArrow(
    place, boxes[from], boxes[to], { from: name, to: goal, term: "block" },
  );
  const cell = [
    writtenTap(state, place),
    lastWordTap(place),
    flow("masked", "add0", "self-attention", "add"),
    flow("add0", "state", "add", "s"),
    flow("state", "add", "s", "add"),
    flow("add", "forward", "add", "feed-forward"),
    bypass(place, boxes.add, boxes.add2),
    flow("forward", "add2", "feed-forward", "add"),
    functionBox(place, boxes.masked, "masked self-", "attention"),
    plusBox(place, boxes.add0),
    stateBox(place, boxes.state, "s", "t"),
    plusBox(place, boxes.add),
    functionBox(place, boxes.forward, "feed", "forward"),
    plusBox(place, boxes.add2),
  ];
  const readout = [
    flow("add2", "readout", "add", "output"),
    functionBox(place, boxes.readout, "linear,", "softmax"),
  ];
  const tap = svgPart("context", contextTap(place, boxes.add, "add", "block"));
  return [tap, svgPart("cell", cell), svgPart("readout", readout)];
}

function bypass({ f, decoder }, from, to) {
  const y = decoder.y + decoder.turn * f * 2.1;
  const side = decoder.y + decoder.turn * f * 0.65;
  const path = [[from.x, side], [from.x, y], [to.x, y], [to.x, side]];
  return flowArrow(f, path, { from: "add", to: "add", term: "block", size: f * 0.7 });
}

function levelArrow({ decoder, f }, from, to, meaning) {
  const ends = [[from.x + from.width / 2, decoder.y], [to.x - to.width / 2, decoder.y]];
  return flowArrow(f, ends, { ...meaning, size: f * 0.85 });
}

/** Bring y_{t-1} into a box, from the side of the target row. */
function wordTap(place, box, goal, term) {
  const { decoder, f } = place;
  const { turn, wordBus, y, target } = decoder;
  const x = wordLineX(place);
  const [start, end] = [[x, target - turn * f * 0.85], [box.x, y + turn * f * BOX_HALF]];
  const path = [start, [x, wordBus], [box.x, wordBus], end];
  return flowArrow(f, path, { from: "y before", to: goal, term, size: f * 0.8 });
}

/** Masked self-attention reads all words written so far, not only the last: a frame holds them. */
function writtenTap(state, place) {
  const { decoder, f } = place;
  const { turn, target, y, boxes: { masked } } = decoder;
  const places = writtenPlaces(state, place);
  if (places.length === 0) return "";
  const [last, first] = [places[0], places[places.length - 1]];
  const more = first.t > 0 ? f * 1.5 : 0; // "…"
  const around = f * 0.3;
  const from = first.x - first.width / 2 - more - around;
  const to = last.x + last.width / 2 + around;
  const x = from + f * 0.9;
  const bus = target - turn * f * 1.8;
  const path = [
    [x, target - turn * f * 1.15], [x, bus], [masked.x, bus], [masked.x, y + turn * f * BOX_HALF],
  ];
  return [
    svgBox((from + to) / 2, target, to - from, f * 2.3, {
      fill: "none", stroke: paint("neutral"), "stroke-width": f * 0.1, rx: f * 0.5,
    }),
    flowArrow(f, path, { from: "y earlier", to: "self-attention", term: "block", size: f * 0.8 }),
  ];
}

/** What self-attention found is added to the last word, which the next one follows. */
function lastWordTap(place) {
  const { decoder, f } = place;
  const { turn, target, y, boxes: { add0 } } = decoder;
  const [x, bus] = [wordLineX(place), target - turn * f * 2.5];
  const path = [
    [x, target - turn * f * 0.85], [x, bus], [add0.x, bus], [add0.x, y + turn * f * 0.65],
  ];
  return flowArrow(f, path, { from: "y before", to: "add", term: "block", size: f * 0.8 });
}

/** Bring c into a box, from the side of the source. */
function contextTap(place, box, goal, term) {
  const { decoder, f, weights, rows, wide } = place;
  const reach = Math.min(box.width / 2, f * BOX_HALF);
  const near = [box.x, decoder.y - decoder.turn * reach];
  const bus = decoder.contextBus;
  const x = contextTop(place);
  const path = wide
    ? [[weights.right, rows.context], [box.x, rows.context], near]
    : [[x, mixedTop(place)], [x, bus], [box.x, bus], near];
  return flowArrow(f, path, { from: "c", to: goal, term, size: f * 0.8 });
}

/** Return the x at which c leaves upward: near the readout, and between the names of heads. */
function contextTop(place) {
  const { f, decoder, weights, heads } = place;
  const { x } = decoder.boxes.readout;
  if (heads.length > 1 && !mixesHeads(place)) {
    const unit = weights.unit / heads.length;
    const head = Math.max(Math.min(Math.round((x - weights.left) / unit), heads.length - 1), 1);
    return (weights.lefts[head - 1] + weights.perHead + weights.lefts[head]) / 2;
  }
  return Math.max(Math.min(x, weights.right - f), weights.left + f);
}

function stateBox({ decoder, f }, box, letter, index) {
  const style = { fill: paint("query"), stroke: paint("query"), "stroke-width": f * 0.13 };
  return svgElement(
    "g",
    { "data-state": `${letter} ${index}`, "data-role": "handle" },
    svgBox(box.x, decoder.y, box.width, f * BOX_HALF * 1.7, { fill: paint("panel") }),
    svgBox(box.x, decoder.y, box.width, f * BOX_HALF * 1.7, { ...style, "fill-opacity": 0.25 }),
    svgSymbol(box.x - (index === "t" ? 0 : f * 0.1), decoder.y, letter, index, f * 1.05),
  );
}

/** A box with learned weights; the note goes on where a long name ends. */
function functionBox({ decoder, f, small }, box, name, note) {
  const long = name.length > 1;
  return svgElement(
    "g",
    { "data-function": name },
    svgBox(box.x, decoder.y, box.width, f * BOX_HALF * 2, { fill: paint("panel") }),
    svgBox(box.x, decoder.y, box.width, f * BOX_HALF * 2, learnedLook(f)),
    svgText(box.x, decoder.y - f * 0.1, name, {
      "font-size": long ? small : f * 1.1, "font-style": long ? "normal" : "italic",
    }),
    svgText(box.x, decoder.y - f * 0.1 + (long ? small * 1.15 : f * 0.95), note, {
      "font-size": small, fill: paint("ink"),
    }),
  );
}

function plusBox({ decoder, f }, box) {
  return [
    svgBox(box.x, decoder.y, box.width, box.width, {
      rx: box.width, fill: paint("track"), stroke: paint("frame"), "stroke-width": f * 0.09,
    }),
    svgText(box.x, decoder.y + f * 0.33, "+", { "font-size": f }),
  ];
}
