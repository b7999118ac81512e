// The target row of the master picture: what comes next, what is written, and how it is fed back.

import { flowArrow } from "./masterline.js";
import { drawNextWords } from "./nextwords.js";
import { paint, wordPaint } from "./paint.js";
import { drawMixture } from "./ribbons.js";
import { shortNumber, svgBox, svgElement } from "./svg.js";
import { svgPart, svgSymbol, svgText, textWidth } from "./svg.js";
import { drawToken, tokenWidth } from "./tokens.js";

const FIRST_WORD = "<sos>";

/** Draw the probabilities of the next word, and how the best one drops into the target row. */
export function drawNext(state, place) {
  const { decoder, f, small, edits } = place;
  const { list, listTop, listHeight, boxes, y, turn, target } = decoder;
  const edge = turn > 0 ? listTop + listHeight : listTop;
  const [left, width] = [list.left + f * 0.4, list.width - f * 0.8];
  const style = { size: f, least: small, chosen: state.chosen || 0, plain: place.plain };
  const words = drawNextWords(left, listTop + f * 0.4, width, state.best, style);
  const last = edits.feeding ? boxes.hidden : boxes.readout;
  const from = lastName(edits);
  const mark = paint(place.choice ? "highlight" : "ink");
  const note = { "font-size": f, "font-weight": "bold", "text-anchor": "start", fill: mark };
  return svgPart(
    "next",
    flowArrow(f, [[last.x + last.width / 2, y], [list.left, y]], {
      from, to: "p", term: "7", size: f * 0.85,
    }),
    svgElement("rect", {
      x: list.left, y: listTop, width: list.width, height: listHeight, rx: f * 0.4,
      fill: paint("ground"), stroke: paint("faint"), "stroke-width": f * 0.07,
    }),
    words,
    flowArrow(f, [[list.x, edge], [list.x, target - turn * f * 0.9]], {
      from: "p", to: "y", term: "7", size: f, color: mark,
    }),
    place.choice && svgText(list.x + f, (edge + target) / 2 + f * 0.5, place.choice, note),
  );
}

/** Return the name of the box that the probabilities come from. */
function lastName({ feeding, form }) {
  return feeding ? "h̃" : form === "block" ? "output" : "g";
}

/** Where the probabilities are not shown, the word comes straight from the box that makes them. */
function straightWay({ f, fresh, decoder: { boxes, y, turn, target }, edits }) {
  const last = edits.feeding ? boxes.hidden : boxes.readout;
  const path = [[last.x + last.width / 2, y], [fresh.x, y], [fresh.x, target - turn * f * 0.9]];
  return flowArrow(f, path, { from: lastName(edits), to: "y", term: "7", size: f * 0.85 });
}

/** Return where y_{t-1} leaves the target row: straight to the readout, if that is next to it. */
export function wordLineX(place) {
  const { f, decoder, edits } = place;
  const before = previousPlace(place);
  if (edits.form === "block") return before.x;
  const { x } = decoder.boxes.readout;
  return Math.abs(x - before.x) < before.width / 2 - f * 0.4 ? x : before.x;
}

/** Return where the new word stands, as wide as its text. */
function freshPlace({ decoder, f }, state) {
  const chosen = state.best[state.chosen || 0];
  const { list } = decoder;
  const word = chosen ? chosen[0] : "";
  return { word, x: list.x, width: tokenWidth(word, f * 0.92, list.width * 0.9) };
}

/** Return the empty place at the end of the row: there the new word stands in the next step. */
function slotPlace(place) {
  const { f, fresh } = place;
  const width = Math.max(Math.min(fresh.width, f * 4.5), f * 2);
  return { x: fresh.x - fresh.width / 2 - f * 2.1 - width / 2, width };
}

/** Return where y_{t-1} stands: left of the empty place. */
function previousPlace(place) {
  const { f, previous, edits } = place;
  const slot = slotPlace(place);
  const width = tokenWidth(previous, f * 0.92, f * 8);
  const gap = f * (edits.form === "block" ? 0.9 : 0.5); // a block's words have a frame
  return { x: slot.x - slot.width / 2 - gap - width / 2, width };
}

/** Note the words that the target row starts and ends with. */
export function placeTarget(state, place) {
  place.previous = state.target.length > 0 ? state.target[state.target.length - 1] : FIRST_WORD;
  place.fresh = freshPlace(place, state);
}

/** Draw the words written so far, the new one, and where it will be read from. */
export function drawTarget(state, place) {
  const { decoder, f, small, fresh, heads } = place;
  const { target, turn } = decoder;
  const slot = slotPlace(place);
  const high = f * 1.65;
  const mean = heads[0].map((_, j) => heads.reduce((sum, row) => sum + row[j], 0) / heads.length);
  const token = drawToken(fresh.x, target, fresh.word, {
    size: f * 0.92, width: fresh.width, color: paint("ink"),
    data: { "data-target": state.target.length },
  });
  const empty = svgBox(slot.x, target, slot.width, high, {
    fill: "none", stroke: paint("frame"), "stroke-width": f * 0.1,
    "stroke-dasharray": `${shortNumber(f * 0.3)} ${shortNumber(f * 0.25)}`,
  });
  const side = target + turn * f * 0.85;
  const turnY = target + turn * f * 1.55;
  const path = [[fresh.x, side], [fresh.x, turnY], [slot.x, turnY], [slot.x, side]];
  const label = turnY + (turn > 0 ? small * 0.95 : -small * 0.35);
  const style = { "font-size": small, fill: paint("quiet") };
  const room = textWidth("read in the next step", small) / 2;
  const x = Math.min((slot.x + fresh.x) / 2, decoder.right - room);
  return [
    svgPart(
      "target",
      writtenWords(state, place),
      token,
      mixtureMark(fresh.x - fresh.width / 2, fresh.width, mean, state.target.length, place),
      targetSymbols(place, fresh),
    ),
    place.hasList ? "" : svgPart("straight", straightWay(place)),
    svgPart(
      "feedback",
      empty,
      flowArrow(f, path, { from: "y", to: "y before", term: "6", size: f * 0.8, dashed: true }),
      svgText(x, label, "read in the next step", style),
    ),
  ];
}

/** Name the two words in the equations: y_{t-1} and y_t. */
function targetSymbols(place, fresh) {
  const { decoder, edits, f, least } = place;
  const [side, anchor] = edits.form === "block" ? [1, "start"] : [-1, "end"];
  const y = decoder.target - decoder.turn * f * 1.6;
  const size = Math.max(f * 0.85, 12, least);
  const style = { fill: paint("quiet"), "text-anchor": "end" };
  return [
    svgSymbol(wordLineX(place) + side * f * 0.4, y, "y", "t−1", size, {
      ...style, "text-anchor": anchor,
    }),
    svgSymbol(fresh.x - f * 0.6, y, "y", "t", size, style),
  ];
}

/** Return the places of y_{t-1} and, to its left, of as many earlier words as there is room for. */
export function writtenPlaces(state, place) {
  const { decoder, f, previous } = place;
  const before = previousPlace(place);
  const words = state.target.length > 0 ? state.target : [previous];
  const places = [];
  let right = before.x + before.width / 2;
  for (let t = words.length - 1; t >= 0; t -= 1) {
    const width = tokenWidth(words[t], f * 0.92, f * 8);
    if (right - width < decoder.left + (t > 0 ? f * 1.6 : 0)) break;
    places.push({ t, word: words[t], x: right - width / 2, width });
    right -= width + f * 0.45;
  }
  return places;
}

/** Draw the words written so far, with "…" for those that there is no room for. */
function writtenWords(state, place) {
  const { decoder, f, small } = place;
  const { target } = decoder;
  const places = writtenPlaces(state, place);
  const tokens = places.map(({ t, word, x, width }) => [
    drawToken(x, target, word, {
      width, size: f * 0.92, color: paint("frame"),
      data: { "data-target": t, "data-role": "handle" },
    }),
    state.target.length > 0 && mixtureMark(x - width / 2, width, (state.rows || [])[t], t, place),
  ]);
  const last = places[places.length - 1];
  if (!last) return tokens;
  const left = last.x - last.width / 2;
  const more = last.t > 0 ? svgText(left - f, target + f * 0.2, "…", { "font-size": f }) : "";
  const free = left - decoder.left - (more ? f * 1.6 : 0);
  const name = free < small * 4.4 ? "" : svgText(decoder.left, target + small * 0.35, "target", {
    "font-size": small, "text-anchor": "start", fill: paint("quiet"),
  });
  return [tokens, more, name];
}

/** Below a written word, in small: what the model looked at when it wrote it. */
function mixtureMark(left, width, row, t, { decoder, f }) {
  if (!row) return "";
  const shares = row.map((share, j) => ({
    share, color: wordPaint(j), data: { "data-word": j, "data-target": t },
  }));
  return drawMixture(left + f * 0.3, decoder.target + f * 0.48, width - f * 0.6, f * 0.24, shares);
}
