// The equations whose terms the arrows of the master picture are.

import { paint } from "./paint.js";
import { svgBox, svgFormula, svgText, textWidth } from "./svg.js";

const EQUATION_LINE = 1.75; // letters from one equation to the next
const SIDE_BY_SIDE_FROM = 700; // pixels

/** Return the equations of a variant; what follows "_" is an index. */
export function equationsOf({ form, fixed, score, query, feeding, heads }) {
  const shares = (i) => (i === "k" ? "α_kj = exp e_kj / Σ_i exp e_ki"
    : `α_${i}j = exp e_${i}j / Σ_k exp e_${i}k`);
  if (form === "self") {
    return ["e_ij = W_q h_i · W_k h_j / √d", shares("i"), "h′_i = c_i = Σ_j α_ij W_v h_j"];
  }
  if (form === "block") {
    return [
      "e_tj = W_q s_t · W_k h_j / √d", shares("t"), "c_t = Σ_j α_tj W_v h_j",
      "z = s_t + c_t", "p = softmax( W_o ( z + F z ) )",
    ];
  }
  const s = query === "current" ? "s_t" : "s_t−1";
  const c = fixed ? "c" : "c_t";
  const scores = {
    dot: [`e_tj = ${s} · h_j`],
    general: [`e_tj = ${s} · W h_j`],
    additive: ["e_tj = v · tanh( W₁ h_j", `           + W₂ ${s} )`],
  };
  const cell = ["s_t−1", "y_t−1"];
  if (query !== "current") cell.push(c);
  if (feeding) cell.push("h̃_t−1");
  const readout = `g( y_t−1 , s_t , ${c} )`;
  const looks = heads
    ? [`e_kj = a_k ( ${s} , h_j )`, shares("k"), "c_t = [ Σ_j α_1j h_j ; Σ_j α_2j h_j ; … ]"]
    : [...scores[score], shares("t"), "c_t = Σ_j α_tj h_j"];
  return [
    ...(fixed ? ["c = [ →h_S ; ←h_1 ]"] : looks),
    `s_t = f( ${cell.join(" , ")} )`,
    ...(feeding ? [`h̃_t = ${readout}`, "p = softmax( W_o h̃_t )"] : [`p = softmax ${readout}`]),
  ];
}

/** Return the height that the equations take below a picture, in pixels. */
export function equationsHeight({ edits, main, f }) {
  const columns = main >= SIDE_BY_SIDE_FROM ? 2 : 1;
  return (Math.ceil((equationsOf(edits).length + 1) / columns) * EQUATION_LINE + 0.9) * f;
}

/** Draw them in the corner above the next words or, in a narrow picture, below it. */
export function drawEquations(place) {
  return place.wide ? equationsInCorner(place) : equationsBelow(place);
}

function equationsInCorner({ f, edits, decoder, rows, small }) {
  const lines = equationsOf(edits);
  const last = edits.form === "block" ? decoder.boxes.add : decoder.boxes.readout; // that reads c
  const left = last.x + f * 0.9;
  const bottom = edits.feeding ? decoder.y - f * 4 : decoder.listTop - f * 0.5;
  const top = rows.padTop + f * 0.4;
  const room = (bottom - top) / (lines.length + 1);
  const step = Math.min(f * EQUATION_LINE, room);
  const size = fittingSize(lines, decoder.right - left, Math.min(step * 0.82, f * 0.95));
  return [
    lines.map((line, i) => svgFormula(left, top + (i + 0.65) * step, line, size)),
    learnedKey(left, top + (lines.length + 0.65) * step, Math.min(small, size), f),
  ];
}

function equationsBelow({ f, edits, main, small, equationsTop }) {
  const lines = equationsOf(edits);
  const columns = main >= SIDE_BY_SIDE_FROM ? 2 : 1;
  const high = Math.ceil((lines.length + 1) / columns);
  const [left, room] = [f * 1.3, (main - f * 2) / columns];
  const size = fittingSize(lines, room - f, f * 0.95);
  const at = (i) => [
    left + Math.floor(i / high) * room, equationsTop + ((i % high) + 1) * EQUATION_LINE * f,
  ];
  return [
    lines.map((line, i) => svgFormula(...at(i), line, size)),
    learnedKey(...at(lines.length), Math.max(small, size * 0.85), f),
  ];
}

/** Return the largest size, at most `most`, in which all lines fit into the room. */
function fittingSize(lines, room, most) {
  const widest = Math.max(...lines.map((line) => textWidth(line.replaceAll("_", ""), 1)));
  return Math.min(most, room / widest);
}

/** Say what the gray of the boxes means. */
function learnedKey(left, y, size, f) {
  return [
    svgBox(left + size * 0.6, y - size * 0.35, size * 1.2, size, learnedLook(f)),
    svgText(left + size * 1.7, y, "= learned parameters", {
      "font-size": size, fill: paint("quiet"), "text-anchor": "start",
    }),
  ];
}

/** Return the look of a box whose parameters are learned: the same gray in every variant. */
export function learnedLook(f) {
  return {
    fill: paint("ink"), "fill-opacity": 0.13, stroke: paint("ink"), "stroke-width": f * 0.1,
  };
}
