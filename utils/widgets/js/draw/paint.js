// Colors by name. A drawing never holds a color of its own: it says `var(--at-ink, #222222)`,
// which follows the page's theme, and is light where a page sets none.

import { THEMES } from "./colors.js";

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
 * Return a drawing in one theme, "light" or "dark", with plain colors in place of variables.
 *
 * Only whole attributes are replaced. Words cannot look like one, because their quotes are escaped.
 */
export function bakeTheme(svg, theme) {
  const colors = THEMES[theme];
  if (!colors) throw new RangeError(`there is no theme "${theme}": choose light or dark.`);
  return svg.replace(/="var\(--at-([a-z0-9-]+), [^"]*\)"/g, (_, name) => `="${colors[name]}"`);
}
