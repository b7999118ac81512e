// What the score calculator draws, as numbers that can be on their way from one state to the next.
//
// A view is {state, scene, focus, isMixing, isPinned, hasArithmetic, dragged, names}: the state as
// calculatormath.js has it; its scene; the word in focus; whether c is, and whether it was pressed;
// whether the arithmetic is written out; what is dragged, if anything: "s" or "h1"; where names
// stood while one drags.

import { paint, wordPaint } from "../draw/paint.js";
import { heaviestWord, scoreEnd, scoreWords } from "./calculatormath.js";

/** Return the scene of a state: all that moves when it changes. */
export function calculatorScene(state) {
  const { scores, weights } = scoreWords(state);
  const { temperature } = state;
  return {
    query: state.query,
    memory: state.memory,
    scores,
    temperature,
    axis: scoreEnd(state.kind, [...scores, ...scores.map((e) => e / temperature)]),
    weights: weights || scores.map(() => 0),
    turn: state.kind === "general" ? 1 : 0, // how far W has turned the plane
    bend: state.kind === "additive" ? 1 : 0, // how far the tanh has bent it
  };
}

/** Return what lies between two scenes, or two numbers or lists in them. */
export function mixScenes(from, to, share) {
  if (typeof to === "number") return from + (to - from) * share;
  if (Array.isArray(to)) return to.map((part, i) => mixScenes(from[i], part, share));
  return Object.fromEntries(
    Object.entries(to).map(([name, part]) => [name, mixScenes(from[name], part, share)]));
}

/** Return the word in focus: the one pointed at, else the winner. */
export function wordInFocus({ state, focus }) {
  return focus === null || focus === undefined ? heaviestWord(scoreWords(state)) : focus;
}

/** Return the corners of the sum Σ α_j h_j, from the middle to c: a point more than words. */
export function sumCorners({ weights, memory }) {
  const corners = [[0, 0]];
  memory.forEach((h, j) => {
    const [x, y] = corners[j];
    corners.push([x + weights[j] * h[0], y + weights[j] * h[1]]);
  });
  return corners;
}

/** Return a word's color; a masked word has none of its own. */
export function colorOf({ state }, j) {
  return state.mask[j] ? wordPaint(j) : paint("faint");
}
