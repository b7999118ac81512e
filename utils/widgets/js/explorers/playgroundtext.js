// What the playground says. A view is {options, state, history, at}: `state` is the engine's last
// (see playground/messages.js), `history` has those before (see playground/lesson.js), `at` is the
// step that the reader looks back to, or null, and `bars`, which may be missing, are the heights of
// bars on their way to the shares of right words; `pointed` and `pinned`, which may be missing or
// null, are cells (see playgroundcells.js) that the reader points at, and keeps. `isTrained` tells
// whether the reader has trained it, and `asked`, {word, step}, which word the reader tried when.

import { cellFinding, litCell, shownPlayground } from "./playgroundcells.js";

export const TASK_NAMES = {
  copy: { name: "Copy", example: "abc → abc", does: "copies" },
  reverse: { name: "Reverse", example: "abc → cba", does: "reverses" },
  sort: { name: "Sort", example: "cab → abc", does: "sorts" },
  verb: { name: "Verb to the end", example: "aBc → acB", does: "moves the verb in" },
};

// What each attention does, in a line.
export const KIND_LINES = {
  fixed: "one vector for the whole word, the same at every step",
  dot: "a letter scores by the dot product of its state and the decoder’s",
  general: "a learned matrix stands between the two states",
  additive: "a small network reads both states, and scores them",
};

const LEARNED_SHARE = 0.95; // of unseen words right: learned
const BAR_TIME = 100; // milliseconds in which a bar does two thirds of its way
const BAR_STEP = 0.005; // nobody sees less
const LONG_ENOUGH = 3; // letters of a word that counts: shorter ones are never trained on

/** Return the share of held-out words of all lengths that are all right; null before a test. */
export function meanExact(exact) {
  const tested = exact.filter((share) => share !== null);
  return tested.length < exact.length ? null : tested.reduce((a, b) => a + b, 0) / tested.length;
}

/** Say in one or two sentences what there is to see. */
export function playgroundFinding(view) {
  const { lengths, models, running, step } = shownPlayground(view);
  const now = view.at !== null ? `Back at step ${step}` : running ? `Step ${step}` :
    `After step ${step}`;
  const cell = litCell(view);
  if (cell) return cellFinding(view, cell);
  if (step === 0) return beforeTraining(view, models, running);
  if (models.some(({ exact }) => meanExact(exact) === null)) {
    return `${now}: the first unseen words are being read.`;
  }
  const { does } = TASK_NAMES[view.options.task];
  const all = models.map(({ attention, exact }) => [attention, asPercent(meanExact(exact))]);
  const long = models.map(({ attention, exact }) => [attention, asPercent(exact.at(-1))]);
  const [first, ...others] = all.map((pair, i) => pair.join(i === 0 ? ` ${does} ` : " "));
  const shares = [`${first} of unseen words`, ...others].join(", ");
  return `${now}: ${shares}. With ${lengths.at(-1)} letters: ${
    long.map((pair) => pair.join(" ")).join(", ")}.`;
}

function beforeTraining({ at }, models, isRunning) {
  const says = "Nothing learned yet, only noise.";
  if (at !== null || isRunning) return says;
  const moving = models.map(({ attention }) => attention).filter((name) => name !== "fixed");
  if (moving.length === 0) return `${says} Press Train.`;
  return `${says} Press Train, and watch ${moving.map((name) => `${name}’s`).join(" and ")
  } weights move into the dashed boxes.`;
}

/** Return a share as per cent, with a space that no line breaks at. */
export function asPercent(share) {
  return `${Math.round(share * 100)}\u00a0%`;
}

/** Say what a model made of the word: {isRight, text}, such as "3 of 8 wrong". */
export function exampleVerdict({ output, expected, written }) {
  if (output === expected) return { isRight: true, text: "right" };
  const asked = [...expected];
  const wrong = asked.filter((letter, t) => written[t] !== letter).length;
  const more = [...output].length - asked.length;
  const parts = [
    wrong > 0 && `${wrong} of ${asked.length} wrong`,
    written[written.length - 1] !== "<eos>" ? "won’t stop" : more > 0 && `${more} too many`,
  ];
  return { isRight: false, text: parts.filter(Boolean).join(", ") };
}

/** Return how much of the weight is on the letters that are to be written, on average. */
export function weightOnNeeded({ word, expected, weights }) {
  const source = [...word];
  const rows = [...expected].slice(0, Math.floor(weights.length / source.length));
  const shares = rows.map((letter, t) =>
    source.reduce((sum, each, j) => sum + (each === letter && weights[t * source.length + j]), 0));
  return shares.reduce((a, b) => a + b, 0) / Math.max(shares.length, 1);
}

/**
 * Return bars on their way to where they shall be, nearer by the time that has passed: shares in
 * lists, one for each model. A bar that has none yet grows from 0.
 */
export function moveBars(bars, shares, milliseconds) {
  const way = 1 - Math.exp(-milliseconds / BAR_TIME);
  return shares.map((list, i) => list.map((share, k) => {
    if (share === null) return null;
    const now = bars?.[i]?.[k] ?? 0;
    return Math.abs(share - now) < BAR_STEP ? share : now + way * (share - now);
  }));
}

/**
 * Return the challenges, each with whether the reader has met it: [{name, text, isMet}, …].
 *
 * A word counts if the reader tried it at this very step: one that comes out right or wrong while
 * it trains was found by nobody.
 */
export function playgroundChallenges({ state, asked, isTrained }, firstWord) {
  const learned = state.models.filter(({ exact }) => (meanExact(exact) ?? 0) >= LEARNED_SHARE);
  const isRight = ({ example }) => exampleVerdict(example).isRight;
  const isTyped = state.word !== firstWord && !state.running
    && asked?.word === state.word && asked.step === state.step;
  const isLong = [...state.word].length >= LONG_ENOUGH;
  const fixed = state.models.find(({ attention }) => attention === "fixed");
  return [
    {
      name: "learned",
      text: "Train a model until 95 % of the unseen words are right.",
      isMet: Boolean(isTrained) && learned.length > 0,
    },
    {
      name: "fooled",
      text: "Then fool it: type a word that it gets wrong. One letter can be enough.",
      isMet: isTyped && learned.some((model) => !isRight(model)),
    },
    {
      name: "fixed",
      text: `Find a word of ${LONG_ENOUGH} or more letters that fixed gets right, too.`,
      isMet: isTyped && isLong && state.step > 0 && fixed !== undefined && isRight(fixed),
    },
  ];
}
