// SVG as text: small functions that any drawing is made of. Sizes are in pixels, y grows downward.

import { paint } from "./paint.js";

export const FONT_FAMILY = "system-ui, Helvetica, Arial, sans-serif";
const NARROW_LETTERS = /[iljtfrI.,:;'’!|()[\]\s]/u;
const BROAD_LETTERS = /[mwMW@%—…]/u;
const FULL_LETTERS = /[\p{Ideographic}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{EPres}]/u;
const LETTER_WIDTHS = new Map(); // a picture measures the same letters hundreds of times
// Control codes, halves of characters, and signs that turn the direction of writing around.
const SHAPELESS = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?!\u200d)\p{Cf}/gu;

const PLAIN = /^[\w .,:%#()-]*$/;

/** Return text as SVG can hold it: a box for each character without a shape, nothing executed. */
export function escapeText(words) {
  const text = String(words);
  if (PLAIN.test(text)) return text; // most numbers and names
  return text
    .replace(SHAPELESS, "□")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}

/** Return an element around `children`, SVG already; attributes without a value fall out. */
export function svgElement(name, attributes = {}, ...children) {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== null && value !== false)
    .map(([key, value]) => ` ${key}="${escapeText(shortNumber(value))}"`);
  return `<${name}${written.join("")}>${children.flat(9).filter(Boolean).join("")}</${name}>`;
}

/** Return a number with at most two decimals; anything else as it is. */
export function shortNumber(value) {
  return typeof value === "number" ? Math.round(value * 100) / 100 : value;
}

/** Return a number with `digits` decimals; what rounds to zero has no sign. */
export function writeDecimals(number, digits) {
  const text = number.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** Group shapes under a part's name, so that an explorer finds them. */
export function svgPart(part, ...shapes) {
  return svgElement("g", { "data-part": part }, ...shapes);
}

/** Write `words`, whatever they contain, around x on the baseline y. */
export function svgText(x, y, words, attributes = {}) {
  const style = { "font-size": 14, fill: paint("ink"), "text-anchor": "middle", ...attributes };
  return svgElement("text", { x, y, ...style }, escapeText(words));
}

/** Write a symbol with an index below it, such as h and j, centered at x, y. */
export function svgSymbol(x, y, letter, index, size, attributes = {}) {
  const style = { "font-size": size, fill: paint("ink"), "text-anchor": "middle", ...attributes };
  const low = { "font-size": size * 0.68, dy: size * 0.24 };
  const below = index === "" ? "" : svgElement("tspan", low, escapeText(index));
  const name = svgElement("tspan", { "font-style": "italic" }, escapeText(letter));
  return svgElement("text", { x, y: y + size * 0.3, ...style }, name, below);
}

/** Write a formula from x on the baseline y: in "h_j = 1", the j is an index. */
export function svgFormula(x, y, formula, size, attributes = {}) {
  const style = { "font-size": size, fill: paint("quiet"), ...attributes };
  const pieces = formula.split(/_(\S+)/); // plain, index, plain, …
  const drop = size * 0.24;
  const spans = pieces.map((piece, i) => svgElement("tspan", {
    dy: i === 0 ? 0 : i % 2 === 1 ? drop : -drop, "font-size": i % 2 === 1 ? size * 0.7 : size,
  }, escapeText(piece)));
  return svgElement("text", { x, y, "xml:space": "preserve", ...style }, spans);
}

/** Draw a box with its center at x, y. */
export function svgBox(x, y, width, height, attributes = {}) {
  const place = { x: x - width / 2, y: y - height / 2, width, height };
  return svgElement("rect", { ...place, rx: Math.min(height, width) * 0.22, ...attributes });
}

/**
 * Draw an arrow through points [[x, y], …] with round corners.
 *
 * `from` and `to` name its ends and `term` the equation that has it, so that a reader of the file,
 * or a test, can compare the picture with the text.
 */
export function svgArrow(points, style = {}) {
  const { from, to, term, color, size = 12, dashed, data } = style;
  const stroke = style.width || size * 0.13;
  const head = size * 0.42;
  const [end, before] = [points[points.length - 1], points[points.length - 2]];
  const length = Math.hypot(end[0] - before[0], end[1] - before[1]) || 1;
  const way = [(end[0] - before[0]) / length, (end[1] - before[1]) / length];
  const neck = [end[0] - way[0] * head, end[1] - way[1] * head];
  const side = [-way[1] * head * 0.55, way[0] * head * 0.55];
  const fill = color || paint("neutral");
  const corners = [1, -1].map((s) => [neck[0] + s * side[0], neck[1] + s * side[1]]);
  return svgElement(
    "g",
    { "data-from": from, "data-to": to, "data-term": term, ...data },
    svgElement("path", {
      d: roundedPath([...points.slice(0, -1), neck], size * 0.5),
      fill: "none",
      stroke: fill,
      "stroke-width": stroke,
      "stroke-dasharray": dashed ? `${shortNumber(size * 0.3)} ${shortNumber(size * 0.3)}` : null,
    }),
    svgElement("path", { d: `M${[end, ...corners].map(pointText).join("L")}Z`, fill }),
  );
}

/** Return the path through points whose corners are rounded off by at most `radius`. */
export function roundedPath(points, radius) {
  const parts = [`M${pointText(points[0])}`];
  for (let i = 1; i < points.length - 1; i += 1) {
    const [a, corner, b] = [points[i - 1], points[i], points[i + 1]];
    parts.push(`L${pointText(pointTowards(corner, a, radius))}`);
    parts.push(`Q${pointText(corner)} ${pointText(pointTowards(corner, b, radius))}`);
  }
  parts.push(`L${pointText(points[points.length - 1])}`);
  return parts.join("");
}

/** Return the point on the way from `start` to `goal`, `distance` away but at most half way. */
function pointTowards(start, goal, distance) {
  const length = Math.hypot(goal[0] - start[0], goal[1] - start[1]) || 1;
  const share = Math.min(distance / length, 0.5);
  return [start[0] + (goal[0] - start[0]) * share, start[1] + (goal[1] - start[1]) * share];
}

function pointText([x, y]) {
  return `${shortNumber(x)} ${shortNumber(y)}`;
}

/** Estimate the width of text in pixels, without a browser: rather too wide than too narrow. */
export function textWidth(words, size) {
  let units = 0;
  for (const letter of String(words)) {
    if (!LETTER_WIDTHS.has(letter)) LETTER_WIDTHS.set(letter, letterWidth(letter));
    units += LETTER_WIDTHS.get(letter);
  }
  return units * size;
}

/** Return the width of a letter as a share of its size. */
function letterWidth(letter) {
  if (FULL_LETTERS.test(letter)) return 1.1;
  if (BROAD_LETTERS.test(letter)) return 0.95;
  if (NARROW_LETTERS.test(letter)) return 0.38;
  return letter === letter.toLowerCase() ? 0.62 : 0.7;
}

/** Return the word, cut with "…" if it is wider than `room` pixels; "" if not one letter fits. */
export function shortenWord(word, room, size) {
  if (textWidth(word, size) <= room) return String(word);
  const letters = Array.from(String(word).slice(0, 200)); // no use in measuring what is never shown
  while (letters.length > 0 && textWidth(`${letters.join("")}…`, size) > room) letters.pop();
  return letters.length > 0 ? `${letters.join("")}…` : "";
}

/** Return words in lines of at most `room` pixels; a word too wide for a line is cut. */
export function wrapWords(words, room, size) {
  const lines = [];
  for (const word of words) {
    const joined = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : null;
    if (joined !== null && textWidth(joined, size) <= room) lines[lines.length - 1] = joined;
    else lines.push(shortenWord(word, room, size));
  }
  return lines;
}

/** Put shapes on a panel; a screen reader reads the title out. */
export function svgRoot(width, height, title, ...shapes) {
  const ground = svgElement("rect", { width, height, rx: 8, fill: paint("panel") });
  const size = { viewBox: `0 0 ${shortNumber(width)} ${shortNumber(height)}`, width, height };
  const named = { role: "img", "aria-label": title, "font-family": FONT_FAMILY };
  const root = { xmlns: "http://www.w3.org/2000/svg", ...size, ...named };
  return svgElement("svg", root, svgElement("title", {}, escapeText(title)), ground, ...shapes);
}
