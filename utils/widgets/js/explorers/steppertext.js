// What the stepper says: findings, what lights up, which words differ, and the challenges.

import { writePercent } from "../draw/nextwords.js";

/** What each attention is, in a line. */
export const MODEL_NOTES = {
  fixed: "one summary of the sentence for all steps",
  dot: "score = s · h",
  general: "score = s · W h",
  additive: "a small network compares s and h",
};

const LAST_WORD = "<eos>";
const LINKED = 0.1; // a weight from which on two words count as linked
const SECOND = 0.25; // a weight from which on the second word is named, too
const SHARED = 0.3; // each of two words has it, where they share the weight
const AHEAD = 3; // source words further on: more than any small change of the order
const MOVING = new Set(["ribbons", "weights", "context", "scores", "softmax", "query"]);

/** Return the positions of the numbers, the largest first. */
export function largestFirst(numbers) {
  return numbers.map((_, j) => j).sort((a, b) => numbers[b] - numbers[a]);
}

/** Say where step t looks: “ruft” (0.52) and “an” (0.41). */
function lookedAt({ source, rows }, t) {
  const row = rows[t - 1];
  const [first, second] = largestFirst(row);
  const name = (j) => `“${source[j]}” (${row[j].toFixed(2)})`;
  return row[second] >= SECOND ? `${name(first)} and ${name(second)}` : name(first);
}

function writesWord({ words }, t) {
  return words[t - 1] === LAST_WORD ? "ends the sentence" : `writes “${words[t - 1]}”`;
}

function writes(traced, t) {
  return `${writesWord(traced, t)} (${writePercent(traced.steps[t - 1].best[0][1])})`;
}

/** Say what step t (from 1) of a translation does. */
export function stepFinding(traced, t) {
  const { kind, rows, source, steps } = traced;
  const place = `Step ${t} of ${steps.length}`;
  if (kind === "fixed") {
    return `${place}: nobody asks where to look. From the same vector as at every step, the model `
      + `${writes(traced, t)}.`;
  }
  const row = rows[t - 1];
  const [first, second] = largestFirst(row);
  const most = `${row[first].toFixed(2)} of the weight is on “${source[first]}”`;
  const more = row[second] >= SECOND ? `, ${row[second].toFixed(2)} on “${source[second]}”` : "";
  return `${place}: ${most}${more}, and it ${writes(traced, t)}.`;
}

/** Say what two models do at the same step, and how far their translations differ. */
export function compareFinding(traces, names, t) {
  const says = traces.map((traced, i) => {
    if (t > traced.steps.length) return `${names[i]} has already ended`;
    const look = traced.kind === "fixed" ? "never looks," : `looks at ${lookedAt(traced, t)}`;
    return `${names[i]} ${look} and ${writesWord(traced, t)}`;
  });
  const flags = differingWords(traces[0].words, traces[1].words);
  const count = Math.max(...flags.map((each) => each.filter(Boolean).length));
  const verdict = count === 0 ? "Both translations are the same."
    : count === 1 ? "One word differs." : `${count} words differ.`;
  return `Step ${t}: ${says.join("; ")}. ${verdict}`;
}

/** Say what a word that is pointed at is linked to: {source} or {target}, positions from 0. */
export function linkFinding(traced, { source, target }) {
  if (target !== undefined && source !== undefined && traced.kind !== "fixed") {
    return `Step ${target + 1}: for “${traced.words[target]}”, ${
      traced.rows[target][source].toFixed(2)} of the weight is on “${traced.source[source]}”.`;
  }
  if (target !== undefined) return stepFinding(traced, target + 1);
  const name = `Source word ${source + 1}, “${traced.source[source]}”`;
  if (traced.kind === "fixed") return `${name}: a fixed vector has no weight for it.`;
  const column = traced.rows.map((row) => row[source]);
  const linked = largestFirst(column).filter((t) => column[t] >= LINKED).slice(0, 3);
  if (linked.length === 0) {
    const most = Math.max(...column).toFixed(2);
    return `${name}: no step looks at it, for ${most} is the most it ever gets.`;
  }
  const steps = linked.sort((a, b) => a - b).map((t) => (
    `“${traced.words[t]}” (step ${t + 1}, ${column[t].toFixed(2)})`
  ));
  return `${name}: looked at for ${steps.join(", ")}.`;
}

/**
 * Tell whether a shape belongs to what is pointed at.
 * @param {{part: string, word: ?number, row: ?number}} shape its part of the picture, its source
 *   word, and its target word or row of the map
 * @param {{source: ?number, target: ?number}} focus what is pointed at
 * @param {number[][]} rows the weights (T, S)
 * @param {number} step the one that is drawn, from 0: ribbons and bars are its own
 */
export function isLit({ part, word, row }, { source, target }, rows, step) {
  const isLinked = (j, t) => (rows[t]?.[j] ?? 0) >= LINKED;
  if (word !== undefined && row !== undefined) return word === source || row === target;
  if (row !== undefined) return target === undefined ? isLinked(source, row) : row === target;
  if (source !== undefined) return word === source;
  return isLinked(word, target) && (target === step || !MOVING.has(part));
}

/** Return for each word of two lists whether the other list lacks it: [true, false, …] each. */
export function differingWords(a, b) {
  // common[i][k]: how many words a and b share, in their order, from i and k on.
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let k = b.length - 1; k >= 0; k -= 1) {
      common[i][k] = a[i] === b[k] ? common[i + 1][k + 1] + 1
        : Math.max(common[i + 1][k], common[i][k + 1]);
    }
  }
  const differs = [a.map(() => true), b.map(() => true)];
  let [i, k] = [0, 0];
  while (i < a.length && k < b.length) {
    if (a[i] === b[k]) {
      differs[0][i] = false;
      differs[1][k] = false;
      i += 1;
      k += 1;
    } else if (common[i + 1][k] >= common[i][k + 1]) i += 1;
    else k += 1;
  }
  return differs;
}

/** Return the position of the first word in which two translations differ, or −1. */
export function firstDifference(a, b) {
  return a.findIndex((word, t) => word !== b[t]);
}

/** Return the challenges for step t (from 1), `pinned` being a source word, from 0, or null. */
export function stepperChallenges(traced, t, pinned) {
  const looks = traced.kind !== "fixed" && traced.steps.length > 0;
  const { rows, source } = traced;
  const most = (row) => largestFirst(row)[0];
  const isShared = (row) => row.filter((weight) => weight >= SHARED).length >= 2;
  const isUnseen = (j) => j < source.length && rows.every((row) => row[j] < LINKED);
  return [
    {
      name: "ahead",
      text: `Find the step that jumps ${AHEAD} source words ahead, or more. What waits there?`,
      answer: "German keeps a part of the verb for the end, and English needs it now.",
      isMet: looks && t > 1 && most(rows[t - 1]) >= most(rows[t - 2]) + AHEAD,
    },
    {
      name: "unseen",
      text: "Click a source word that no step looks at. Its meaning arrives anyway: how?",
      answer: "The encoder reads in both directions: its neighbors' states know of it.",
      isMet: looks && pinned !== null && isUnseen(pinned),
    },
    {
      name: "shared",
      text: "Find an English word for which two German words share the weight.",
      isMet: looks && isShared(rows[t - 1]),
    },
  ];
}
