// Colors by name. A drawing never holds a color of its own: it says `var(--at-ink, #222222)`,
// which follows the page's theme, and is light where a page sets none.

import { THEMES } from "./colors.js";

// The last two are the same in both themes.
const CELL_LETTERS = ["ink", "ground", "letter-dark", "letter-light"];
const WORD_COLORS = 16; // anybody can tell neighbors apart, and any two of the first six

/** Return the color called `name`, as an attribute that follows the theme. */
export function paint(name) {
  return `var(--at-${name}, ${THEMES.light[name]})`;
}

/**
 * Return the color of the word at `position`, from 0.
 *
 * It depends on nothing else, so that a word keeps its color while its sentence grows.
 */
export function wordPaint(position) {
  return paint(`word-${(position % WORD_COLORS) + 1}`);
}

/**
 * Return the color of letters on a panel with a word's color over it, `opacity` of it: of dark and
 * light ones, those that can be read best in the theme where they are read worse.
 */
export function paintOn(position, opacity) {
  const worst = (name) => Math.min(...Object.values(THEMES).map((colors) => {
    const word = channels(colors[`word-${(position % WORD_COLORS) + 1}`]);
    const below = channels(colors.panel).map((each, k) => each + (word[k] - each) * opacity);
    return contrastOf(below, channels(colors[name]));
  }));
  return paint(CELL_LETTERS.reduce((best, name) => (worst(name) > worst(best) ? name : best)));
}

/** Return red, green and blue of "#rrggbb", 0 to 1. */
function channels(color) {
  return [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16) / 255);
}

/** Return the contrast of two colors as WCAG 2 defines it, 1 to 21. */
function contrastOf(one, other) {
  const [low, high] = [one, other].map((color) => {
    const light = color.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];
  }).sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/**
 * Return a drawing in one theme, "light" or "dark", with plain colors in place of variables.
 *
 * Only whole attributes are replaced. Words cannot look like one, because their quotes are escaped.
 */
export function bakeTheme(svg, theme) {
  const colors = THEMES[theme];
  if (!colors) throw new RangeError(`there is no theme "${theme}": choose light or dark.`);
  return svg.replace(/="var\(--at-([a-z0-9-]+), [^"]*\)"/g, (_, name) => `="${colors[name]}"`);
}
