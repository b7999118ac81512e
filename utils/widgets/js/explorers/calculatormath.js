// The score calculator's numbers: equations (2) to (5) between vectors of two numbers, in 64 bits.
//
// A state is {words, memory: [[x, y], …], query: [x, y], mask: [true, …], kind, temperature}.

import { addVectors, dotProduct, mixVectors, softmax, tanhOf } from "../model/numbers.js";
import { largest } from "../model/numbers.js";

export const PLANE_END = 3; // the plane reaches from -3 to 3 both ways
export const SCORE_KINDS = ["dot", "general", "additive"];

const SCORE_STEPS = [4, 8, 20, 60, 200]; // no dot product exceeds 18, nor 180 divided by 0.1

const UNCHANGED = [[1, 0], [0, 1]];
const SWAPPED = [[0, 1], [1, 0]];

// Weights that are easy to check with a pencil, by their names in utils/models/attention.py.
const EASY_WEIGHTS = {
  dot: {},
  general: { "W.weight": SWAPPED },
  additive: {
    "W1.weight": UNCHANGED,
    "W2.weight": UNCHANGED,
    "W2.bias": [0, 0],
    "v.weight": [[1, 1]],
  },
};

/** Return the weights of a kind of score, by their names in PyTorch. */
export function calculatorWeights(kind) {
  return EASY_WEIGHTS[kind];
}

/** Return the point at which a matrix of rows puts a vector. */
export function timesMatrix(matrix, vector) {
  return matrix.map((row) => dotProduct(row, vector));
}

/** Return W h, what general attention compares with the query. */
export function turnedByW(h) {
  return timesMatrix(EASY_WEIGHTS.general["W.weight"], h);
}

/** Return W₁ h + W₂ s, what additive attention's tanh gets. */
export function beforeTanh(query, h) {
  const weights = EASY_WEIGHTS.additive;
  const asked = addVectors(timesMatrix(weights["W2.weight"], query), weights["W2.bias"]);
  return addVectors(timesMatrix(weights["W1.weight"], h), asked);
}

/** Return tanh(W₁ h + W₂ s). */
export function afterTanh(query, h) {
  return tanhOf(beforeTanh(query, h));
}

/** Return how the scores are made of a word's vector: the score e of a query and one h. */
export function scoreOfPair(kind, query, h) {
  if (kind === "dot") return dotProduct(query, h); // (3a)
  if (kind === "general") return dotProduct(query, turnedByW(h)); // (3b)
  return dotProduct(EASY_WEIGHTS.additive["v.weight"][0], afterTanh(query, h)); // (3c)
}

/**
 * Compute equations (2), (4) and (5): {scores, weights, context}, the scores undivided.
 *
 * With all words masked there are no weights and no context: null.
 */
export function scoreWords({ memory, query, mask, kind, temperature }) {
  const scores = memory.map((h) => scoreOfPair(kind, query, h)); // (2)
  if (!mask.some(Boolean)) return { scores, weights: null, context: null };
  const weights = Array.from(softmax(scores.map((e) => e / temperature), mask)); // (4)
  return { scores, weights, context: Array.from(mixVectors(weights, memory)) }; // (5)
}

/** Return the steps in which the axis of a kind of score grows: a tanh is never beyond 1. */
export function scoreSteps(kind) {
  return kind === "additive" ? [2, ...SCORE_STEPS] : SCORE_STEPS;
}

/** Return where the axis of some scores ends: it keeps still while they stay within a step. */
export function scoreEnd(kind, scores) {
  const most = Math.max(...scores.map(Math.abs));
  return scoreSteps(kind).find((end) => most <= end) || SCORE_STEPS.at(-1);
}

/** Return the word with the most weight; without weights the first. */
export function heaviestWord({ weights }) {
  return weights ? largest(weights, 1)[0] : 0;
}

export function lengthOf([x, y]) {
  return Math.hypot(x, y);
}

/** Return the cosine of the angle between two vectors; 0 if one of them has no direction. */
export function cosineOf(a, b) {
  return dotProduct(a, b) / (lengthOf(a) * lengthOf(b) || 1);
}

/** Keep a vector in the plane, on steps of `step`. */
export function keepInPlane(vector, step = 0.05) {
  return vector.map((number) => {
    const rounded = Math.round(number / step) / Math.round(1 / step);
    return Math.min(Math.max(rounded, -PLANE_END), PLANE_END) + 0; // never -0
  });
}

// --- presets: arrows with a story ---

/** Words that shall not matter stand around a point behind the query, each at its own place. */
function bystander(j, count) {
  const angle = Math.PI * (0.7 + (0.6 * (j + 1)) / (count + 1));
  return keepInPlane([1.4 * Math.cos(angle), 1.4 * Math.sin(angle)]);
}

const STORIES = {
  mixed: {
    text: "A real mixture", least: 2, query: [1.6, 0.6],
    place: (j, count) => [[1.6, -0.45], [0.55, 2.15], [-0.5, 2.5]][j] || bystander(j, count),
  },
  equal: {
    text: "Two equal words", least: 2, query: [1.5, 0.5],
    place: (j, count) => (j < 2 ? [1.6, 0.8] : bystander(j, count)),
  },
  opposite: {
    text: "Opposite", least: 1, query: [1.5, 1],
    place: (j, count) => {
      if (j === 0) return [-1.5, -1];
      const angle = Math.PI * (0.75 - (0.7 * j) / count);
      return keepInPlane([1.8 * Math.cos(angle), 1.8 * Math.sin(angle)]);
    },
  },
  long: {
    text: "Long, not similar", least: 2, query: [1.5, 0.5],
    place: (j, count) => [[1.2, 0.4], [1.5, 2.8]][j] || bystander(j, count),
  },
  alike: { text: "All alike", least: 2, query: [1, 2], place: () => [1.5, 1.5] },
  silent: {
    text: "s is zero", least: 1, query: [0, 0],
    place: (j, count) => {
      const angle = 0.3 + (2 * Math.PI * j) / count;
      return keepInPlane([2.2 * Math.cos(angle), 2.2 * Math.sin(angle)]);
    },
  },
};

/** Return the presets that make sense for so many words: [[name, text], …]. */
export function presetsFor(count) {
  return Object.entries(STORIES)
    .filter(([, { least }]) => count >= least)
    .map(([name, { text }]) => [name, text]);
}

/** Return a state with the arrows of a preset, nothing masked; the kind of score stays. */
export function presetState(name, state) {
  const { query, place } = STORIES[name];
  const count = state.words.length;
  const memory = state.words.map((_, j) => place(j, count));
  return { ...state, query, memory, mask: memory.map(() => true), temperature: 1 };
}

// --- challenges ---

const MOST_TO_MOVE = 6; // words that anybody would drag one by one

/** Return the word to make win: the second, or the first where the second wins already. */
function wordToWin(start) {
  return heaviestWord(scoreWords(start)) === 1 ? 0 : 1;
}

/** Whether a word has more weight than any other, as far as two decimals can tell. */
export function isAhead(weights, j) {
  return weights.every((weight, k) => k === j || weights[j] > weight + 0.005);
}

function areApart(memory) {
  return memory.every((h, j) =>
    memory.slice(0, j).every((other) => Math.hypot(h[0] - other[0], h[1] - other[1]) >= 0.5));
}

// Each tells from a state, its weights and the beginning whether it is met, and why it could be.
const TASKS = {
  win: {
    text: ({ words }, start) =>
      `Make ${words[wordToWin(start)]} win by dragging words, without touching s.`,
    answer: "A word that turns toward s, or grows along it, scores higher: the query may stay.",
    isMet: (state, weights, start) => String(state.query) === String(start.query)
      && isAhead(weights, wordToWin(start)),
  },
  level: {
    text: () => "Make all weights equal, though no two arrows are alike, s is longer than 1 and "
      + "nothing is masked.",
    answer: "Equal scores are enough. With dot, all tips on one line across s have the same shadow "
      + "on it.",
    isMet: ({ memory, query, mask }, weights) => mask.every(Boolean) && lengthOf(query) >= 1
      && areApart(memory) && Math.max(...weights) - Math.min(...weights) < 0.015,
  },
  away: {
    text: () => "Let a word that points away from s get more than 0.9, with nothing masked.",
    answer: "The softmax only compares: the least bad score takes nearly all.",
    isMet({ memory, query, mask }, weights) {
      const j = largest(weights, 1)[0];
      return mask.every(Boolean) && weights[j] > 0.9 && cosineOf(memory[j], query) < -0.05;
    },
  },
  longest: {
    text: () => "Let the longest arrow get the least weight, with nothing masked.",
    answer: "Length makes a score large in either direction: long and opposed is far below zero.",
    isMet({ memory, mask }, weights) {
      const long = largest(memory.map(lengthOf), 1)[0];
      return mask.every(Boolean)
        && weights.every((weight, j) => j === long || weights[long] < weight - 0.005);
    },
  },
};

/**
 * Return the three challenges of a calculator that began with `start`, as the frame wants them.
 *
 * One is met by the step of a hand: not in `before`, but in `state` after it. Without `before` none
 * is. One that the beginning meets is no challenge.
 */
export function calculatorChallenges(state, start, before = state) {
  const count = state.words.length;
  if (count < 2) return [];
  const meets = (each, { isMet }) => {
    const { weights } = scoreWords(each);
    return Boolean(weights) && isMet(each, weights, start);
  };
  return Object.entries(TASKS)
    .filter(([name]) => name !== "level" || count <= MOST_TO_MOVE)
    .filter(([, task]) => !meets(start, task))
    .slice(0, 3)
    .map(([name, task]) => ({
      name,
      text: task.text(state, start),
      answer: task.answer,
      isMet: meets(state, task) && !meets(before, task),
    }));
}
