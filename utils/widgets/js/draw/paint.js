// Colors by name. A drawing never holds a color of its own: it says `var(--at-ink, #222222)`,
// which follows the page's theme, and is light where a page sets none.

import { THEMES } from "./colors.js";

const CATEGORICAL_WORDS = 6; // that many words have colors anybody can tell apart
const WARM_HUES = [[16, 32], [116, 152]]; // without the hues of the query, amber
const COOL_HUES = [215, 325];

/** Return the color called `name`, as an attribute that follows the theme. */
export function paint(name) {
  return `var(--at-${name}, ${THEMES.light[name]})`;
}

/**
 * Return the color of the word at `position` (from 0) in a sentence of `count` words.
 *
 * Beyond six words, the hue says which; hues beside each other differ in lightness, too.
 */
export function wordPaint(position, count) {
  if (count <= CATEGORICAL_WORDS) return paint(`word-${position + 1}`);
  const name = placeOfHue(position, count) % 2 === 0 ? "word-lightness" : "word-deep";
  const { [name]: lightness, "word-chroma": chroma } = THEMES.light;
  const hue = wordHue(position, count).toFixed(1);
  return `oklch(var(--at-${name}, ${lightness}) var(--at-word-chroma, ${chroma}) ${hue})`;
}

/**
 * Return the hue of a word, in degrees: warm and cool take turns along the sentence.
 *
 * Who does not see red and green apart still sees yellow and blue apart, so that neighbors differ
 * for everybody. Within each of the two ranges, words two places apart are half a range apart.
 */
export function wordHue(position, count) {
  const share = placeOfHue(position, count) / Math.max(Math.ceil(count / 2) - 1, 1);
  if (position % 2 === 1) return COOL_HUES[0] + share * (COOL_HUES[1] - COOL_HUES[0]);
  const [first, second] = WARM_HUES;
  const way = share * (first[1] - first[0] + second[1] - second[0]);
  const gap = second[0] - first[1];
  return first[0] + way + (way > first[1] - first[0] ? gap : 0);
}

/** Return which hue of its range a word has, from 0. */
function placeOfHue(position, count) {
  const half = Math.ceil(Math.ceil(count / 2) / 2);
  const turn = Math.floor(position / 2);
  return (turn % 2) * half + Math.floor(turn / 2);
}

/**
 * Return a drawing in one theme, "light" or "dark", with plain colors in place of variables.
 *
 * Only whole attributes are replaced. Words cannot look like one, because their quotes are escaped.
 */
export function bakeTheme(svg, theme) {
  const colors = THEMES[theme];
  if (!colors) throw new RangeError(`there is no theme "${theme}": choose light or dark.`);
  return svg
    .replace(/="var\(--at-([a-z0-9-]+), [^"]*\)"/g, (_, name) => `="${colors[name]}"`)
    .replace(/="oklch\(var\(--at-([a-z-]+),[^"]* ([0-9.]+)\)"/g, (_, name, hue) =>
      `="${oklchToHex(colors[name], colors["word-chroma"], Number(hue))}"`);
}

/** Return the sRGB color, such as "#8A3514", of OKLCH values (Ottosson 2020); hue in degrees. */
export function oklchToHex(lightness, chroma, hue) {
  const angle = (hue * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  // The three kinds of cones in the eye answer with cube roots.
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return `#${linear.map(channelToHex).join("")}`;
}

/** Return a channel of linear light, 0 to 1, as two digits of sRGB. */
function channelToHex(light) {
  const bounded = Math.min(Math.max(light, 0), 1);
  const encoded = bounded <= 0.0031308 ? 12.92 * bounded : 1.055 * bounded ** (1 / 2.4) - 0.055;
  return Math.round(255 * encoded).toString(16).padStart(2, "0").toUpperCase();
}
