// The target row of the master picture: what comes next, what is written, and how it is fed back.

import { drawNextWords } from "./nextwords.js";
import { paint, wordPaint } from "./paint.js";
import { drawMixture } from "./ribbons.js";
import { svgArrow, svgElement, svgPart, svgSymbol, svgText } from "./svg.js";
import { drawToken, tokenWidth } from "./tokens.js";

/** Draw the probabilities of the next word, and how the best one drops into the target row. */
export function drawNext(state, place) {
  const { decoder, f } = place;
  const { list, listTop, listHeight, boxes, y, turn, target } = decoder;
  const edge = turn > 0 ? listTop + listHeight : listTop;
  const [left, width] = [list.left + f * 0.4, list.width - f * 0.8];
  const style = { size: f, chosen: state.chosen || 0 };
  const words = drawNextWords(left, listTop + f * 0.4, width, state.best, style);
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

/** Return where y_{t-1} leaves the target row: straight to the readout, if that is next to it. */
export function wordLineX(place) {
  const { f, decoder } = place;
  const before = previousPlace(place);
  const { x } = decoder.boxes.readout;
  return Math.abs(x - before.x) < before.width / 2 - f * 0.4 ? x : before.x;
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
  const fresh = drawToken(slot.x, target, chosen ? chosen[0] : "", {
    size: f * 0.92, width: slot.width, color: paint("ink"),
    data: { "data-target": state.target.length },
  });
  const before = previousPlace(place);
  const arc = target + turn * f * 1.75;
  const label = arc + f * (turn > 0 ? 0.9 : -0.35);
  const side = target + turn * f * 0.85;
  const feedback = svgArrow([[slot.x, side], [slot.x, arc], [before.x, arc], [before.x, side]], {
    from: "y", to: "y before", term: "6", size: f * 0.8, dashed: true,
  });
  return [
    svgPart("target", writtenWords(state, place), fresh, targetSymbols(place, slot)),
    svgPart("feedback", feedback, svgText((slot.x + before.x) / 2, label, "read in the next step", {
      "font-size": f * 0.68, fill: paint("quiet"),
    })),
  ];
}

/** Name the two words in the equations: y_{t-1} and y_t. */
function targetSymbols(place, slot) {
  const { decoder, f } = place;
  const y = decoder.target - decoder.turn * f * 1.6;
  const style = { fill: paint("quiet"), "text-anchor": "end" };
  return [
    svgSymbol(wordLineX(place) - f * 0.4, y, "y", "t−1", f * 0.85, style),
    svgSymbol(slot.x - f * 0.6, y, "y", "t", f * 0.85, style),
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
  const { decoder, f } = place;
  const { target } = decoder;
  const places = writtenPlaces(state, place);
  const tokens = places.map(({ t, word, x, width }) => [
    drawToken(x, target, word, {
      width, size: f * 0.92, color: paint("frame"),
      data: { "data-target": t, "data-role": "handle" },
    }),
    mixtureMark(x - width / 2, width, t, state, place),
  ]);
  const last = places[places.length - 1];
  if (!last) return tokens;
  const left = last.x - last.width / 2;
  const more = last.t > 0 ? svgText(left - f, target + f * 0.2, "…", { "font-size": f }) : "";
  const free = left - decoder.left - (more ? f * 1.6 : 0);
  const name = free < f * 3.6 ? "" : svgText(decoder.left, target + f * 0.27, "target", {
    "font-size": f * 0.74, "text-anchor": "start", fill: paint("quiet"),
  });
  return [tokens, more, name];
}

/** Below a written word, in small: what the model looked at when it wrote it. */
function mixtureMark(left, width, t, state, { decoder, f }) {
  const row = state.rows && state.rows[t];
  if (!row || state.target.length === 0) return "";
  const shares = row.map((share, j) => ({ share, color: wordPaint(j, row.length) }));
  return drawMixture(left + f * 0.3, decoder.target + f * 0.5, width - f * 0.6, f * 0.2, shares);
}
