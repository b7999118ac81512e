// What the tiny translator learns: each task turns a word into another one of the same length.
//
// "verb": one letter, a capital, is the verb and goes to the end, as in a German subordinate
// clause: abCde becomes abdeC. The map shows a diagonal with one long jump back, and only the word
// itself says from where. The other order (verb to second place) has the same jump in the second
// row, where a reader sees less well that the verb had to wait.

import { createRandom, drawBelow, hashOf } from "./random.js";

const SMALL_LETTERS = "abcdefghijklmnopqrstuvwxyz";
const HELD_OUT_SHARE = 10; // one word in ten is never trained on

export const LETTER_END = 0; // <eos>, which also fills up short words
export const LETTER_START = 1; // <sos>
const SPECIAL_LETTERS = 2;
export const LONGEST_TRY = 30; // letters; the heat map must stay readable

const isCapital = (letter) => letter !== letter.toLowerCase();
const capitalsIn = (letters) => letters.filter(isCapital).length;

// `first` is the word that is shown first: its answer is easy to check.
export const PLAYGROUND_TASKS = {
  copy: { letters: SMALL_LETTERS, first: "daylight", solve: (letters) => letters },
  reverse: {
    letters: SMALL_LETTERS,
    first: "stressed",
    solve: (letters) => letters.toReversed(),
  },
  sort: { letters: SMALL_LETTERS, first: "daylight", solve: (letters) => letters.toSorted() },
  verb: {
    letters: SMALL_LETTERS + SMALL_LETTERS.toUpperCase(),
    first: "dAylight",
    solve: (letters) => [
      ...letters.filter((letter) => !isCapital(letter)),
      ...letters.filter(isCapital),
    ],
  },
};

/** Return the task's right answer to a word, such as "cba" for "abc". */
export function solveTask(task, word) {
  return PLAYGROUND_TASKS[task].solve([...word]).join("");
}

/** Return V, the size of the vocabulary: the letters, <eos> and <sos>. */
export function vocabularySize(task) {
  return PLAYGROUND_TASKS[task].letters.length + SPECIAL_LETTERS;
}

/** Return the number of each letter: "abc" -> [2, 3, 4]. */
export function encodeLetters(task, word) {
  const { letters } = PLAYGROUND_TASKS[task];
  return [...word].map((letter) => letters.indexOf(letter) + SPECIAL_LETTERS);
}

/** Return a number's letter; <eos> and <sos> have names. */
export function letterOf(task, number) {
  return ["<eos>", "<sos>"][number] ?? PLAYGROUND_TASKS[task].letters[number - SPECIAL_LETTERS];
}

/** Tell whether a word belongs to the tenth that training never sees. */
export function isHeldOut(word) {
  return hashOf(`held out ${word}`) % HELD_OUT_SHARE === 0;
}

/** Draw a word of this length, held out or not, as `heldOut` says. */
export function drawWord(task, length, heldOut, random) {
  for (;;) {
    const draw = () => SMALL_LETTERS[drawBelow(random, SMALL_LETTERS.length)];
    const letters = Array.from({ length }, draw);
    if (task === "verb") {
      const place = drawBelow(random, length);
      letters[place] = letters[place].toUpperCase();
    }
    const word = letters.join("");
    if (isHeldOut(word) === heldOut) return word;
  }
}

/** Return `count` held-out words of one length: the same ones for every seed and model. */
export function testWords(task, length, count) {
  const random = createRandom(`test ${task} ${length}`);
  return Array.from({ length: count }, () => drawWord(task, length, true, random));
}

/**
 * Read a word that somebody typed: {word}, or {problem} with what is wrong and what to do.
 *
 * Spaces around it are dropped. Where capitals mean nothing, they are read as small letters.
 */
export function readTypedWord(task, text) {
  const trimmed = String(text ?? "").trim();
  const letters = [...(task === "verb" ? trimmed : trimmed.toLowerCase())];
  if (letters.length === 0) return { problem: "Type a word of one letter or more." };
  if (letters.length > LONGEST_TRY) {
    return {
      problem: `This word has ${letters.length} letters: type at most ${LONGEST_TRY}.`,
    };
  }
  const unknown = letters.find((letter) => !PLAYGROUND_TASKS[task].letters.includes(letter));
  if (unknown !== undefined) {
    return { problem: `“${unknown}” is none of the letters it knows: use a to z.` };
  }
  if (task === "verb" && capitalsIn(letters) !== 1) {
    return { problem: "Mark one letter as the verb by a capital, as in “abCde”." };
  }
  return { word: letters.join("") };
}
