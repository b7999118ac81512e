// Sentences that people type: whatever they write, a model gets words, and they get an answer.

export const MOST_PIECES = 60; // words, or pieces of words where the model reads those
export const MOST_LETTERS = 2000;
const LONGEST_WORD = 18; // letters of a word that a note names

/** Cut a word that would fill a line. */
export function shorten(word, longest = LONGEST_WORD) {
  const letters = [...word];
  return letters.length <= longest ? word : `${letters.slice(0, longest - 1).join("")}…`;
}

/** Return as many of the first words as have at most `MOST_PIECES` pieces. */
function firstWords(translator, words) {
  let size = 0;
  return words.filter((word) => {
    size += translator.piecesOf([word]).length;
    return size <= MOST_PIECES;
  });
}

/**
 * Split a typed sentence into words, and say what had to be left out. Never throws.
 * @param {Translator} translator
 * @param {string} text
 * @returns {{words: string[], unknown: string[], note: string}} no words if there is nothing to
 *   translate; those that the model reads as `<unk>`; and what the reader should know, as plain
 *   text: it quotes what was typed
 */
export function readTyped(translator, text) {
  // No letter has more than two UTF-16 numbers: so much is enough to tell whether it is too long.
  const letters = [...text.slice(0, 2 * (MOST_LETTERS + 1))];
  const all = translator.read(letters.slice(0, MOST_LETTERS).join(""));
  const words = firstWords(translator, all);
  const unknown = [...new Set(translator.unknownWords(words))];
  const notes = [];
  if (words.length < all.length || letters.length > MOST_LETTERS) {
    notes.push(
      words.length > 0
        ? `Only the first ${words.length} words are used.`
        : "The first word is too long: type a shorter one.",
    );
  }
  if (unknown.length > 0) {
    const names = unknown.map((word) => shorten(word)).join(", ");
    notes.push(`The model does not know: ${names}. It reads <unk> instead.`);
  }
  if (words.length === 0 && notes.length === 0) {
    notes.push(`Type a sentence in ${translator.languageNames[0]}.`);
  }
  return { words, unknown, note: notes.join(" ") };
}
