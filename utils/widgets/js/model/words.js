// Text to words and back, equal to utils/corpora/words.py and to `match_case` of utils/text: the
// same rules, letter for letter, so that a model reads in a page what it reads in Python.
//
// All patterns have the flag u, so that a letter is a whole letter even where UTF-16 needs two
// numbers for it. None has the flag i: Python and JavaScript disagree about the case of İ and ı.

export const SPECIALS = ["<unk>", "<pad>", "<sos>", "<eos>"]; // marks of the vocabularies

// What Python's str.split() and \s take for a blank; JavaScript's \s has the byte-order mark, too,
// and lacks the separators \x1c to \x1f.
const BLANKS =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const BLANK = new RegExp(`[${BLANKS}]+`, "u");

// What nobody sees: see UNSEEN, JOINED and JOINER in words.py.
const UNSEEN =
  "\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5" +
  "\\u180b-\\u180f\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f" +
  "\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}";
const JOINED =
  "\\u0600-\\u0dff\\u1000-\\u109f\\u1780-\\u18af\\u2600-\\u27bf\\u{1f000}-\\u{1faff}";
const INVISIBLE = new RegExp(`[${UNSEEN}]+`, "gu");
const JOINER = new RegExp(
  `(?<![${JOINED}])[\\u200c\\u200d]+|[\\u200c\\u200d]+(?![${JOINED}])`,
  "gu",
);

// A mark is a token of its own; all else is a letter, the hyphen too: a t-shirt is one word.
const MARKS = '!"#$%&()*+,./:;<=>?@[\\]^_`{|}~„“”‚‘«»‹›…–—¿¡、。，！？：；「」（）';
const LETTER = `[^${BLANKS}'’${MARKS.replace(/[[\\\]^]/gu, "\\$&")}]`;
const CLITIC = `['’](?:[sSſ]|[rR][eE]|[vV][eE]|[lL][lL]|[dD]|[mM])(?!${LETTER})`;
const TOKEN = new RegExp(
  [
    "&#?[0-9A-Za-zİıſ]+;", // an HTML entity, &amp;
    CLITIC, // the 's of man's
    // A word, going on after an inner point or comma (10,000) or apostrophe (o'clock); and after
    // an s at its end an apostrophe belongs to it (the girls' team).
    `${LETTER}+(?:(?:(?<=[0-9])[.,](?=[0-9])|(?!${CLITIC})['’])${LETTER}+)*` +
      `(?:(?<=[sSſßẞxXzZ])['’](?!${LETTER}))?`,
    "\\.{2,}", // an ellipsis
    `[^${BLANKS}]`, // any other mark, alone
  ].join("|"),
  "gu",
);
const CLOSING = new RegExp(`^(?:${CLITIC}|\\.+|[,:;!?)\\]}%…/])$`, "u"); // no space before
const OPENING = new Set("([{¿¡#$/"); // no space after
const QUOTES = new Map();
for (const kind of ['"„“”', "'‚‘’", "«»", "‹›"]) {
  for (const mark of kind) QUOTES.set(mark, kind);
}

/** Return text in NFC without invisible characters: what looks the same is the same. */
export function normalizeText(text) {
  return text.replace(INVISIBLE, "").replace(JOINER, "").normalize("NFC");
}

/**
 * Split text into words and punctuation marks. Never throws, whatever the text is.
 * @param {string} text
 * @returns {string[]}
 */
export function tokenize(text) {
  // In chunks, because a token never reaches beyond a blank.
  return text.split(BLANK).flatMap((chunk) => normalizeText(chunk).match(TOKEN) ?? []);
}

/**
 * Join tokens to text as people write it: a quotation mark opens if none of its kind is open.
 * @param {string[]} tokens
 * @returns {string}
 */
export function detokenize(tokens) {
  const quoted = new Set();
  let text = "";
  let glued = true;
  for (const token of tokens) {
    let opens = OPENING.has(token);
    let closes = CLOSING.test(token);
    const kind = QUOTES.get(token);
    if (kind) {
      opens = !quoted.delete(kind);
      closes = !opens;
      if (opens) quoted.add(kind);
    }
    text += glued || closes ? token : ` ${token}`;
    glued = opens;
  }
  return text;
}

// A word that begins a sentence gets a capital, and the few letters that JavaScript has no rule for
// are these: letters that stand for two, Georgian, and Greek with a small iota below.
const TITLES = new Map([["ŉ", "ʼN"]]);
for (const letters of ["ǅǄǆ", "ǈǇǉ", "ǋǊǌ", "ǲǱǳ"]) {
  for (const letter of letters) TITLES.set(letter, letters[0]);
}
const WITHOUT_CAPITAL = /^[\u10d0-\u10ff]$/u;
const IOTA_BELOW = "\u0345";

/** Return a letter as a capital at the beginning of a word: ß gives Ss. */
function titleOf(letter) {
  if (TITLES.has(letter)) return TITLES.get(letter);
  if (WITHOUT_CAPITAL.test(letter)) return letter;
  const parts = letter.normalize("NFD");
  if (parts.includes(IOTA_BELOW) && letter !== IOTA_BELOW) {
    const upper = parts.replace(IOTA_BELOW, "").normalize("NFC").toUpperCase() + IOTA_BELOW;
    return upper.length === 2 ? upper.normalize("NFC") : upper;
  }
  const [first, ...rest] = letter.toUpperCase();
  return first + rest.join("").toLowerCase();
}

/** Return a word with a capital first letter and small ones behind it, as Python's capitalize(). */
export function capitalize(word) {
  if (word === "") return word;
  const [first] = word;
  // The whole word in small letters, for a sigma looks different at the end of a word.
  return titleOf(first) + word.toLowerCase().slice(first.toLowerCase().length);
}

/**
 * Write each unknown word in lower case, or with a capital, if the model knows it so.
 * @param {string[]} words
 * @param {function(string): boolean} isKnown
 * @returns {string[]}
 */
export function matchCase(words, isKnown) {
  return words.map((word) => {
    const forms = [word, word.toLowerCase(), capitalize(word)];
    return forms.find(isKnown) ?? word;
  });
}
