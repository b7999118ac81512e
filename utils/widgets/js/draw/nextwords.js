// The words that may come next, with their probabilities.

import { paint } from "./paint.js";
import { shortenWord, svgElement, svgText, textWidth } from "./svg.js";

const WORD_SHARE = 0.62; // of the width, at most; the bar and its number get the rest
const NEXT_ROW = 1.35; // heights of a letter

/** Return the height of a list of `count` words in letters of `size` pixels. */
export function nextWordsHeight(count, size) {
  return count * NEXT_ROW * size;
}

/**
 * Draw a bar for each probability, the word left of it and the number right of it.
 *
 * best: [[word, probability], …], most probable first; `chosen` is the row that is written. No
 * letter is smaller than `least` pixels.
 */
export function drawNextWords(left, top, width, best, { size, least = 0, chosen = 0 }) {
  const largest = Math.max(size * 0.9, least);
  const widest = Math.max(...best.map(([word]) => textWidth(word, largest))) + size * 0.5;
  const [room, number] = [Math.min(widest, width * WORD_SHARE), Math.max(size * 2.2, least * 2.8)];
  const full = Math.max(width - room - number, 0);
  return best.map(([word, probability], row) => {
    const y = top + (row + 0.5) * NEXT_ROW * size;
    const [start, length] = [left + room, Math.max(full * probability, 0.5)];
    const weight = row === chosen ? "bold" : "normal";
    const ink = paint(row === chosen ? "ink" : "quiet");
    const letters = Math.max(size * 0.85, least);
    const style = { "font-size": letters, "font-weight": weight, fill: ink };
    const broad = row === chosen ? 1.06 : 1; // bold letters are wider
    const shown = shortenWord(word, room - size * 0.5, letters * broad);
    return svgElement(
      "g",
      { "data-next": row, "aria-label": word },
      svgText(start - size * 0.35, y + size * 0.3, shown, { ...style, "text-anchor": "end" }),
      svgElement("rect", {
        x: start,
        y: y - size * 0.42,
        width: length,
        height: size * 0.84,
        fill: paint(row === chosen ? "ink" : "next"),
      }),
      svgText(start + length + size * 0.25, y + size * 0.3, writePercent(probability), {
        ...style, "font-size": Math.max(size * 0.75, least), "text-anchor": "start",
      }),
    );
  });
}

/** Return a probability as a whole percentage: "<1%" rather than a zero that is none. */
export function writePercent(probability) {
  if (probability > 0 && probability < 0.005) return "<1%";
  if (probability < 1 && probability >= 0.995) return ">99%";
  return `${Math.round(100 * probability)}%`;
}
