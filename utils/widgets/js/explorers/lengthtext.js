// What the length explorer knows and says: a sentence of some length, and both its translations.
//
// data: {curves: {name: [[bucket, bleu], …]}, growing, sentences}, the last two as lists of pairs
// [source words, target words]: sentences of which each goes on where the one before ends, and
// test sentences, a few of each length.

import { shorten } from "../model/typed.js";
import { leftOutWords, missingWords, rightWords, sentenceBleu } from "./lengthmatch.js";

const LONG_SENTENCE = 15; // words
const MODEL_NOTES = {
  fixed: "one vector has to hold the whole sentence, however long.",
  dot: "attention; each word's score is a dot product, and the vector is new at each step.",
  general: "attention; each word's score is a dot product with a matrix between.",
  additive: "attention; each word's score comes from a small network.",
  transformer: "attention in several heads and layers, without a recurrent network.",
};
const MARKS_NOTE = "Tinted: a wrong word. Dashed box: words are left out there. A line below the " +
  "reference: the model of that color did not write the word.";
const BLEU_NOTE = "BLEU: how many runs of 1 to 4 words a translation shares with the reference, " +
  "from 0 to 100 (the same); too short ones lose points.";

/**
 * Return a view: the pair that was chosen, and what each translator makes of it.
 *
 * {mode, length, number, count, lengths, language, source, target, stages, longest, found, curves,
 * apart}: `length` is the nearest there is, `count` how many sentences there are of it, `longest`
 * the whole sentence that grows, in `stages`; without one that grows, both are null.
 * found: [{name, words, right, missing, leftOut, bleu}, …]: `right` for each word, `missing`
 * for each of the reference's, and `leftOut` where nothing stands in their place.
 */
export function lengthView(translators, data, chosen) {
  const list = chosen.mode === "test" ? data.sentences : data.growing;
  const lengths = [...new Set(list.map(([source]) => source.length))].sort((a, b) => a - b);
  const length = nearestLength(lengths, chosen);
  const same = list.filter(([source]) => source.length === length);
  const [source, target] = same[(chosen.number - 1) % same.length];
  const [first] = Object.values(translators);
  const grows = chosen.mode === "growing" && growsOn(data.growing);
  return {
    mode: chosen.mode, length, number: ((chosen.number - 1) % same.length) + 1,
    count: same.length, lengths, language: first.languageNames[0], source, target,
    longest: grows ? data.growing[data.growing.length - 1][0] : null,
    stages: grows ? data.growing.map(([words]) => words) : null,
    found: Object.entries(translators).map(([name, translator]) =>
      judge(name, translator.translate(source)[0].tokens, target)),
    curves: data.curves, apart: null,
  };
}

/** Whether each sentence goes on with the words of the one before, up to its period. */
export function growsOn(growing) {
  return growing.slice(1).every(([words], i) => {
    const [before] = growing[i];
    const kept = before[before.length - 1] === "." ? before.slice(0, -1) : before;
    return kept.every((word, j) => word === words[j]);
  });
}

/** Name the kinds of sentences there are to choose from. */
export function lengthModes({ growing }) {
  const name = growsOn(growing) ? "One sentence grows" : "A sentence of this length";
  return { growing: name, test: "A test sentence" };
}

/** A sentence grows to the longest stage that is no longer; of test sentences, the nearest. */
function nearestLength(lengths, { mode, length }) {
  const shorter = lengths.filter((each) => each <= length);
  if (mode !== "test") return shorter[shorter.length - 1] ?? lengths[0];
  const off = (each) => Math.abs(each - length);
  return [...lengths].sort((a, b) => off(a) - off(b) || a - b)[0];
}

/** Return what is right and wrong with a translation. */
function judge(name, words, target) {
  return {
    name, words, right: rightWords(words, target),
    missing: missingWords(words, target),
    leftOut: leftOutWords(words, target), bleu: sentenceBleu(words, target),
  };
}

/** Return how many words of a translation are wrong or too many. */
export function wrongCount({ right }) {
  return right.filter((isRight) => !isRight).length;
}

function isPerfect(found) {
  return wrongCount(found) === 0 && !found.missing.includes(true);
}

/** Return the shortest length at which the first model errs, and the last does not; or null. */
export function firstLengthApart(translators, data) {
  for (const [source] of data.growing) {
    const { found } = lengthView(translators, data, {
      mode: "growing", length: source.length, number: 1,
    });
    if (isApart(found)) return source.length;
  }
  return null;
}

function isApart(found) {
  return found.length > 1 && wrongCount(found[0]) > 0 && isPerfect(found[found.length - 1]);
}

/** Say in one or two sentences what there is to see. */
export function lengthFinding({ length, language, found }) {
  const says = found.map((one) => `${one.name} ${lengthErrors(one)}`);
  const scores = found.map(({ name, bleu }) => `${name} ${Math.round(bleu)}`);
  return `${length} ${language} words: ${says.join(", ")}. BLEU of this sentence: ${
    scores.join(", ")}.`;
}

function lengthErrors(found) {
  const wrong = wrongCount(found);
  if (wrong > 0) return `gets ${wrong} of its ${countedWords(found.words.length)} wrong`;
  const left = found.missing.filter(Boolean).length;
  if (left > 0) return `leaves out ${countedWords(left)}`;
  const { length } = found.words;
  return length === 1 ? "gets its one word right" : `gets all ${length} right`;
}

function countedWords(count) {
  return `${count} ${count === 1 ? "word" : "words"}`;
}

/**
 * Return the challenges, each with whether the reader has met it: [{name, text, answer, isMet}, …].
 *
 * `did` says what the reader chose by hand, {length, number}: how the explorer began, and
 * where a sentence is while it grows by itself, meet none.
 */
export function lengthChallenges({ mode, length, number, found, apart, stages }, did) {
  if (found.length < 2) return [];
  const [weak, strong] = [found[0], found[found.length - 1]];
  const isChosen = Boolean(did.length || did.number);
  const all = [
    {
      name: "apart",
      text: `${mode === "growing" && !stages ? "Find" : "While it grows: find"} the shortest ` +
        `length at which ${weak.name} gets a word wrong and ${strong.name} none.`,
      answer: `${length} words: here ${weak.name} writes ${quotedWrong(weak)}.`,
      isMet: isChosen && mode === "growing" && length === apart,
    },
    {
      name: "lucky",
      text: `Find a test sentence of ${LONG_SENTENCE} words or more that even ${weak.name} gets ` +
        "right.",
      answer: `Number ${number} of ${length} words. One sentence can be lucky; the curve is the ` +
        "score of many.",
      isMet: isChosen && mode === "test" && length >= LONG_SENTENCE && isPerfect(weak),
    },
    {
      name: "both",
      text: `Find a test sentence that ${strong.name} gets wrong, too: look among the longest.`,
      answer: `Number ${number} of ${length} words: ${strong.name} ${lengthErrors(strong)}. ` +
        "Attention makes long sentences easier, not safe.",
      isMet: isChosen && mode === "test" && !isPerfect(strong),
    },
  ];
  return apart === null ? all.slice(1) : all;
}

/** Quote the first run of wrong words of a translation. */
function quotedWrong({ words, right }) {
  const first = Math.max(right.indexOf(false), 0);
  const next = right.indexOf(true, first);
  return `“${words.slice(first, next < 0 ? words.length : next).map((word) => shorten(word))
    .join(" ")}”`;
}

/** Say what the marks, each model and BLEU are, a line each. */
export function lengthNotes(names) {
  const known = names.filter((name) => name in MODEL_NOTES);
  return [MARKS_NOTE, ...known.map((name) => `${name}: ${MODEL_NOTES[name]}`), BLEU_NOTE];
}

/** Return the first and the last length of a bucket such as "6–10". */
export function bucketEnds(bucket) {
  const ends = bucket.split("–").map(Number);
  return [ends[0], ends[ends.length - 1]];
}
