// What the score calculator says: its finding, and the lines one would write with a pencil.

import { writeDecimals } from "../draw/svg.js";
import { dotProduct, largest } from "../model/numbers.js";
import { shorten } from "../model/typed.js";
import { afterTanh, beforeTanh, cosineOf, heaviestWord, lengthOf } from "./calculatormath.js";
import { scoreOfPair, scoreWords, turnedByW } from "./calculatormath.js";

const FAR_APART = 1; // numbers so different that the tanh …
const FLATTENED = 0.3; // … brings so near are flattened
const MOST_TERMS = 5; // of a sum that is written out

/** Write a number with at most `digits` decimals and a real minus: 2, −0.5, 1.25. */
export function writeNumber(number, digits = 2) {
  const rounded = Number(number.toFixed(digits)) + 0;
  return String(rounded).replace("-", "−");
}

/** Write a number with exactly `digits` decimals: 0.50. */
export function writeFixed(number, digits = 2) {
  return writeDecimals(number, digits);
}

/** Write a vector: (2, −0.5). */
export function writePair(vector) {
  return `(${vector.map((number) => writeNumber(number)).join(", ")})`;
}

// --- what the controls do ---

export const TEMPERATURE_SAYS = "Scores are divided by T: below 1 the largest takes more, above 1 "
  + "all come closer.";

const SCORING = {
  dot: "e = s · h: large where h is long and points the way s does.",
  general: "e = s · W h: here W swaps h's two numbers, a mirror; then as dot.",
  additive: "e = v · tanh(W₁ h + W₂ s): here tanh(h + s), its two numbers added up.",
};

/** Say in one line how a kind of score is made. */
export function scoreExplained(kind) {
  return SCORING[kind];
}

// --- the finding ---

/** Say in one or two sentences what there is to see. */
export function calculatorFinding(state) {
  const scored = scoreWords(state);
  if (!scored.weights) {
    return "Every word is masked, so there is nothing to share out: the softmax would divide 0 by "
      + "0. Press a word to bring it back.";
  }
  const context = `The weighted mix is c\u00a0=\u00a0${wholePair(scored.context)}.`;
  return [headline(state, scored), remark(state, scored), context].filter(Boolean).join(" ");
}

function headline({ words, mask, query }, { scores, weights }) {
  const real = words.map((_, j) => j).filter((j) => mask[j]);
  const shares = real.map((j) => weights[j]);
  const j = heaviestWord({ weights });
  if (real.length === 1) {
    return `${shorten(words[j])} is the only word left and gets all the weight, whatever its `
      + "score.";
  }
  if (Math.max(...shares) - Math.min(...shares) < 0.005) {
    const why = lengthOf(query) === 0 ? "s is zero and asks for nothing" : "their scores are equal";
    const which = real.length < words.length ? "real words" : "words";
    const all = real.length === 2 ? `Both ${which} get` : `All ${real.length} ${which} get`;
    return `${all} the same weight, ${writeFixed(weights[j])}: ${why}.`;
  }
  const equals = real.filter((k) => Math.abs(weights[k] - weights[j]) < 0.005);
  if (equals.length === 2) {
    const [a, b] = equals.map((k) => shorten(words[k]));
    return `${a} and ${b} share the lead with ${writeFixed(weights[j])} each.`;
  }
  return `${shorten(words[j])} wins with ${writeFixed(weights[j])} of the weight: its score, `
    + `${writeNumber(scores[j])}, is the largest.`;
}

/** Return what is remarkable about the winner, or "". */
function remark(state, scored) {
  const { words, mask, kind, temperature } = state;
  const j = heaviestWord(scored);
  const real = words.map((_, k) => k).filter((k) => mask[k]);
  if (real.length < 2) return "";
  const isLevel = real.every((k) => Math.abs(scored.weights[k] - scored.weights[j]) < 0.005);
  const special = { dot: remarkOnDot, general: remarkOnW, additive: remarkOnTanh }[kind];
  const said = isLevel ? "" : special(state, j, real);
  if (said) return said;
  if (real.length < words.length) return "A masked word gets exactly 0.";
  if (temperature === 1 || isLevel) return "";
  const effect = temperature > 1 ? "bring the weights closer together" : "drive the weights apart";
  return `Scores divided by ${writeNumber(temperature)} ${effect}.`;
}

function remarkOnDot({ words, query, memory }, j, real) {
  if (dotProduct(query, memory[j]) < 0) {
    return "Even its score is negative: the softmax only compares.";
  }
  const nearest = real.reduce((best, k) =>
    (cosineOf(memory[k], query) > cosineOf(memory[best], query) + 0.02 ? k : best), j);
  if (nearest === j) return "";
  const [other, winner] = [nearest, j].map((k) => shorten(words[k]));
  return `${other} points more nearly along s, but ${winner} is longer.`;
}

function remarkOnW({ words, query, memory }, j, real) {
  const scores = real.map((k) => scoreOfPair("dot", query, memory[k]));
  const other = real[largest(scores, 1)[0]];
  return other === j ? "" : `Without W, ${shorten(words[other])} would win.`;
}

function remarkOnTanh({ query, memory }, j, real) {
  const spread = (vectors, i) => {
    const numbers = vectors.map((vector) => vector[i]);
    return Math.max(...numbers) - Math.min(...numbers);
  };
  const before = real.map((k) => beforeTanh(query, memory[k]));
  const after = real.map((k) => afterTanh(query, memory[k]));
  const flat = [0, 1].filter((i) => spread(before, i) >= FAR_APART && spread(after, i) < FLATTENED);
  if (flat.length === 0) return "";
  if (flat.length === 2) return "The tanh flattens both numbers, so the scores hardly differ.";
  const [which, other] = flat[0] === 0 ? ["first", "second"] : ["second", "first"];
  return `The tanh flattens the ${which} numbers, so the ${other} ones decide.`;
}

// --- the arithmetic ---

/**
 * Write out the numbers of the word in focus: equations (3), (4) and (5), a line each.
 *
 * In "e_{1}" the 1 is an index, in "10^{3}" the 3 an exponent. A line may break at its spaces.
 */
export function calculatorArithmetic(state, focus) {
  const { mask, temperature } = state;
  const scored = scoreWords(state);
  const lines = scoreLines(state, focus);
  if (!scored.weights) return [...lines, "α: exp(−∞) / exp(−∞) = 0 / 0"];
  if (!mask[focus]) {
    const masked = `${symbol("α", focus)} = 0, masked: exp(−∞) = 0`;
    return [...lines, masked, contextLine(state, scored)];
  }
  if (temperature !== 1) {
    const e = scored.scores[focus];
    const [given, by, divided] = [e, temperature, e / temperature].map((n) => writeNumber(n));
    lines.push(`${symbol("e", focus)} / T = ${given} / ${by} = ${divided}`);
  }
  return [...lines, weightLine(state, scored, focus), contextLine(state, scored)];
}

/** Return what a voice can read: without the marks of indices. */
export function spokenArithmetic(lines) {
  return lines.join("; ")
    .replace(/_\{([^}]*)\}/g, " $1")
    .replace(/\^\{([^}]*)\}/g, " to the power $1");
}

function symbol(letter, j) {
  return `${letter}_{${j + 1}}`;
}

/** Write a number so that it can follow a product's dot: (−1). */
function factor(number) {
  const text = writeNumber(number);
  return text.startsWith("−") ? `(${text})` : text;
}

function productLine(a, b) {
  return `${factor(a[0])}·${factor(b[0])} + ${factor(a[1])}·${factor(b[1])}`;
}

/** Write the score, and before it what general or additive attention makes of h_j. */
function scoreLines({ kind, query, memory }, j) {
  const [e, h] = [`${symbol("e", j)} = `, symbol("h", j)];
  const result = writeNumber(scoreOfPair(kind, query, memory[j]));
  if (kind === "dot") return [`${e}s·${h} = ${productLine(query, memory[j])} = ${result}`];
  if (kind === "general") {
    const turned = turnedByW(memory[j]);
    return [
      `W${h} = ${wholePair(turned)}, its numbers swapped`,
      `${e}s·W${h} = ${productLine(query, turned)} = ${result}`,
    ];
  }
  const sum = beforeTanh(query, memory[j]);
  const [first, second] = sum.map((number) => writeNumber(number));
  const bent = addTerms(afterTanh(query, memory[j]));
  return [
    `${h} + s = ${wholePair(memory[j])} + ${wholePair(query)} = ${wholePair(sum)}`,
    `${e}v·tanh(${h}\u00a0+\u00a0s) = tanh(${first}) + tanh(${second}) = ${bent} = ${result}`,
  ];
}

/** Write a vector that no line breaks. */
function wholePair(vector) {
  return writePair(vector).replace(" ", "\u00a0");
}

/** Write numbers as a sum, "0.76 − 0.96". */
function addTerms([first, second]) {
  const sign = second < 0 ? "−" : "+";
  return `${writeFixed(first)} ${sign} ${writeFixed(Math.abs(second))}`;
}

function weightLine({ mask, temperature }, { scores, weights }, j) {
  const real = mask.map((_, k) => k).filter((k) => mask[k]);
  const divided = scores.map((e) => e / temperature);
  const shown = real.slice(0, MOST_TERMS);
  const more = real.length > MOST_TERMS ? " + …" : "";
  const exp = (k) => `exp(${writeNumber(divided[k])})`;
  const total = real.reduce((sum, k) => sum + Math.exp(divided[k]), 0);
  return `${symbol("α", j)} = ${exp(j)} / (${shown.map(exp).join(" + ")}${more}) = ${
    writePower(Math.exp(divided[j]))} / ${writePower(total)} = ${writeFixed(weights[j], 3)}`;
}

/** Write a positive number of any size: 7.389, 1.234·10^{78}. */
export function writePower(number) {
  if (number >= 0.001 && number < 1e4) return String(Number(number.toPrecision(4)));
  const [digits, exponent] = number.toExponential(3).split("e");
  return `${digits}·10^{${writeNumber(Number(exponent))}}`;
}

/** Write c as the mixture it is: "c = 0.48 h₁ + 0.42 h₂". */
export function mixtureInWords(state) {
  const { weights } = scoreWords(state);
  if (!weights) return "";
  const parts = weights.map((weight, j) => ({ weight, j })).filter(({ weight }) => weight >= 0.005);
  const shown = parts.slice(0, MOST_TERMS)
    .map(({ weight, j }) => `${writeFixed(weight)}\u00a0h${smallDigits(j + 1)}`);
  return `c = ${shown.join(" + ")}${parts.length > MOST_TERMS ? " + …" : ""}`;
}

function smallDigits(number) {
  return String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
}

function contextLine({ memory, mask }, { weights, context }) {
  const real = mask.map((_, k) => k).filter((k) => mask[k]);
  const shown = real.slice(0, MOST_TERMS)
    .map((k) => `${writeFixed(weights[k])}·${wholePair(memory[k])}`);
  const more = real.length > MOST_TERMS ? " + …" : "";
  return `c = ${shown.join(" + ")}${more} = ${wholePair(context)}`;
}
