// What can be chosen, its bounds, and the short text that a link carries.

import { PLAYGROUND_ATTENTIONS } from "./attentions.js";
import { PLAYGROUND_TASKS, readTypedWord } from "./tasks.js";

const WHOLE_NUMBERS = {
  shortest: [2, 12], // letters of the words it trains on
  longest: [2, 12],
  seed: [0, 999999],
  batchSize: [1, 64], // larger ones would make a step longer than a click on Stop may wait
  letterSize: [2, 32], // E: numbers in a letter's embedding
  directionSize: [2, 32], // H: numbers in the state of one direction; h_j and s_t have twice that
  scoreSize: [2, 64], // A: numbers in additive attention's hidden layer
};
export const MOST_MODELS = 2; // side by side
const RATE_BOUNDS = [0.00001, 0.1];

// Why these: steps until dot attention reverses 95 % of held-out words (3 to 8 letters, three
// seeds), and seconds on a core of an EPYC. With a constant rate and β₂ = 0.99 it was as fast, but
// additive attention now and then fell back to between 72 and 91 %.
//
//   E, H and A   weights   rate    steps           seconds
//   12            8,992    0.005   500, 500, 500   2.2
//   16           15,372    0.005   300, 400, 400   2.0 to 2.7
//   16           15,372    0.01    200, 300, 300   1.4 to 2.0
//   24           33,220    0.005   200, 300, 200   2.5 to 3.6
//
// Held-out words of eight letters all right, with these defaults, in % (seeds 1, 2, 3):
//
//   task      steps   dot             fixed
//   copy        400   100, 98, 100    0, 0, 0
//   reverse     400   100, 96, 100    0, 1, 0    (fixed after 3,000 steps: 42 with seed 1)
//   verb        600   seeds 2, 3: 100, 98        1, 2
//   sort        600   seeds 2, 3: 67, 64         15, 16
//   sort      2,000   seed 1: 92                 77
export const PLAYGROUND_DEFAULTS = {
  task: "reverse",
  attentions: ["fixed", "dot"],
  shortest: 3,
  longest: 8,
  seed: 1,
  batchSize: 32,
  rate: 0.01,
  letterSize: 16,
  directionSize: 16,
  scoreSize: 16,
};

function checkChoice(name, value, choices) {
  if (!choices.includes(value)) {
    throw new Error(`${name} must be one of ${choices.join(", ")}, not “${value}”.`);
  }
}

/** Fill in what `chosen` leaves out; throw an Error that says which choice does not work. */
export function completeOptions(chosen = {}) {
  const known = Object.keys(PLAYGROUND_DEFAULTS);
  for (const name of Object.keys(chosen)) checkChoice("an option", name, known);
  const options = { ...PLAYGROUND_DEFAULTS, ...chosen };
  checkChoice("task", options.task, Object.keys(PLAYGROUND_TASKS));
  const { length } = Array.isArray(options.attentions) ? options.attentions : [];
  if (length < 1 || length > MOST_MODELS) {
    throw new Error("attentions must be a list of one or two names, such as “dot”.");
  }
  const kinds = Object.keys(PLAYGROUND_ATTENTIONS);
  for (const name of options.attentions) checkChoice("attention", name, kinds);
  if (new Set(options.attentions).size < options.attentions.length) {
    throw new Error("attentions must differ from each other.");
  }
  for (const [name, [least, most]] of Object.entries(WHOLE_NUMBERS)) {
    const value = options[name];
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new Error(`${name} must be a whole number from ${least} to ${most}, not “${value}”.`);
    }
  }
  const { shortest, longest, rate } = options;
  if (shortest > longest) {
    throw new Error(`shortest (${shortest}) must not be above longest (${longest}).`);
  }
  if (!(rate >= RATE_BOUNDS[0] && rate <= RATE_BOUNDS[1])) {
    throw new Error(`rate must be from ${RATE_BOUNDS[0]} to ${RATE_BOUNDS[1]}, not “${rate}”.`);
  }
  return options;
}

/**
 * Write options, step and word as a link's text, "attentions=dot&step=900": defaults are left out.
 *
 * Weights are not in it. Seed and step are enough: whoever trains again for as many steps gets the
 * same weights, bit for bit, in every browser (see `portableExp`).
 */
export function writeLink(options, step, word = firstWord(options)) {
  const pairs = Object.entries(completeOptions(options))
    .map(([name, value]) => [name, String(value)])
    .filter(([name, value]) => value !== String(PLAYGROUND_DEFAULTS[name]));
  if (step > 0) pairs.push(["step", step]);
  if (word !== firstWord(options)) pairs.push(["word", word]);
  return pairs.map((pair) => pair.join("=")).join("&");
}

/** Read a link's text: {options, step, word}. Throws an Error that says what is wrong with it. */
export function readLink(text) {
  const chosen = Object.create(null); // so that even “__proto__” is only a name
  let step = 0;
  let typed = null;
  for (const pair of text.split("&").filter(Boolean)) {
    const [name, value = ""] = pair.split("=");
    if (name === "step") step = readLinkStep(value);
    else if (name === "word") typed = value;
    else chosen[name] = readLinkValue(name, value);
  }
  const options = completeOptions(chosen);
  if (typed === null) return { options, step, word: firstWord(options) };
  const { word, problem } = readTypedWord(options.task, typed);
  if (problem) throw new Error(problem);
  return { options, step, word };
}

/** Return the word that is shown until the reader types another: of a length it trains on. */
export function firstWord({ task, longest }) {
  return PLAYGROUND_TASKS[task].first.slice(0, longest);
}

function readLinkValue(name, text) {
  const value = PLAYGROUND_DEFAULTS[name];
  if (Array.isArray(value)) return text.split(",");
  return typeof value === "number" && text.trim() !== "" ? Number(text) : text;
}

function readLinkStep(text) {
  if (!/^\d{1,6}$/.test(text)) {
    throw new Error(`step must be a whole number below a million, not “${text}”.`);
  }
  return Number(text);
}
