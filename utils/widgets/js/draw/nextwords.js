// The words that may come next, with their probabilities.

import { paint } from "./paint.js";
import { shortenWord, svgElement, svgText, textWidth } from "./svg.js";

const LONG_WORD = "yesterday"; // most words are no longer
const WORD_SHARES = [0.5, 0.68]; // of what the number leaves, at least and at most
const NEXT_ROW = 1.35; // heights of a letter

/** Return the height of a list of `count` words in letters of `size` pixels. */
export function nextWordsHeight(count, size) {
  return count * NEXT_ROW * size;
}

/**
 * Draw a bar for each probability, the word left of it and the number right of it.
 *
 * best: [[word, probability], …], most probable first; `chosen` is the row that is written. No
 * letter is smaller than `least` pixels; `plain` leaves the numbers out. Where the columns stand
 * depends on the width alone: so a bar of 90% is as long below a long word as below a short one.
 */
export function drawNextWords(left, top, width, best, about) {
  const { size, least = 0, chosen = 0, plain = false } = about;
  const columns = nextWordColumns(width, size, least);
  return best.map(([word, probability], row) => {
    const y = top + (row + 0.5) * NEXT_ROW * size;
    const broad = row === chosen ? 1.06 : 1; // bold letters are wider
    const style = {
      "font-weight": row === chosen ? "bold" : "normal",
      fill: paint(row === chosen ? "ink" : "quiet"),
      "text-anchor": "end",
    };
    const shown = shortenWord(word, columns.word, columns.letters * broad);
    const start = left + columns.word + size * 0.35;
    const box = { x: start, y: y - size * 0.42, height: size * 0.84 };
    return svgElement(
      "g",
      { "data-next": row, role: "img", "aria-label": word },
      svgText(left + columns.word, y + size * 0.3, shown, {
        ...style, "font-size": columns.letters,
      }),
      svgElement("rect", {
        ...box, width: Math.max(columns.bar * probability, 0.5),
        fill: paint(row === chosen ? "ink" : "next"),
      }),
      svgElement("rect", { ...box, width: columns.bar, fill: "none", stroke: paint("faint") }),
      !plain && svgText(left + width, y + size * 0.3, writePercent(probability), {
        ...style, "font-size": columns.digits,
      }),
    );
  });
}

/** Return the widths of words and bars in a list, and the sizes of their letters and digits. */
function nextWordColumns(width, size, least) {
  const letters = Math.max(size * 0.85, least);
  const digits = Math.max(size * 0.75, least);
  const room = width - textWidth(">99%", digits) * 1.06 - size * 0.65;
  const wanted = textWidth(LONG_WORD, letters) * 1.07;
  const [fewest, most] = WORD_SHARES.map((share) => room * share);
  const word = Math.min(Math.max(wanted, fewest), most);
  return { letters, digits, word, bar: Math.max(room - word, 0) };
}

/** Return a probability as a whole percentage: "<1%" rather than a zero that is none. */
export function writePercent(probability) {
  if (probability > 0 && probability < 0.005) return "<1%";
  if (probability < 1 && probability >= 0.995) return ">99%";
  return `${Math.round(100 * probability)}%`;
}
