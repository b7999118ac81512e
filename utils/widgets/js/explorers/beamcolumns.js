// The columns of a beam's tree, one for each step: how large its letters are, how wide each column
// is, and which of them are folded where there is no room for all.

import { WORD_START } from "../model/subwords.js";
import { FOREVER } from "./beamtree.js";

const BEAM_SIZES = [15, 14, 13, 12]; // of letters: the largest that fits
export const BEAM_MARGIN = 12;
export const BEAM_SHARE_SIZE = 11; // of the letters that say how probable a word is
const BEAM_SHARE_GAP = 14; // wide, for where letters are measured by an estimate
const [BEAM_GAP, BEAM_MOST_GAP] = [15, 36]; // between columns, for branches and crosses
const [BEAM_PAD, BEAM_LEAST_PAD] = [10, 7]; // around a word, with large and small letters
export const BEAM_ROOT = 16;
const BEAM_BADGE = 26; // width of a column with nothing but the ends of translations
const BEAM_FOLD = 30; // width of a column that stands for several

/** Return a word or piece as one reads it: a piece that goes on a word has a dot before it. */
export function pieceName(text, unit) {
  if (unit !== "pieces") return text;
  return text.startsWith(WORD_START) ? text.slice(WORD_START.length) : `·${text}`;
}

/** Return a number between two, or the nearer of them. */
export function clampBeam(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/**
 * Choose the size of the letters, and whether words have room for their probabilities. If the
 * columns do not even fit when small, fold some, or leave them as wide as they like.
 */
export function fitColumns(view, room, mayFold, measure) {
  const steps = view.search.columns.length;
  const [largest, smallest] = [BEAM_SIZES[0], BEAM_SIZES[BEAM_SIZES.length - 1]];
  const looks = [
    ...BEAM_SIZES.map((size) => ({ size, hasShares: true })),
    ...BEAM_SIZES.map((size) => ({ size, hasShares: false })),
  ];
  const fits = (look) =>
    sumOfWidths(beamColumnWidths(view, look, measure)) + BEAM_GAP * steps <= room;
  const none = mayFold ? { size: smallest, hasShares: false } : { size: largest, hasShares: true };
  const look = looks.find(fits) ?? none; // what may not fold is scrolled
  const widths = beamColumnWidths(view, look, measure);
  const gap = clampBeam(Math.floor((room - sumOfWidths(widths)) / steps), BEAM_GAP, BEAM_MOST_GAP);
  const all = { widths, kept: keptColumnWidths(view, look, measure) };
  return { ...look, gap, columns: foldColumns(view, all, mayFold ? room : Infinity, gap) };
}

function beamColumnWidths({ search, unit }, look, measure) {
  const widths = search.columns.map((column, t) => {
    const words = column.map(({ text, score, parent }) => {
      const p = Math.exp(score - (search.columns[t - 1]?.[parent].score ?? 0));
      return wordWidth({ text, p }, unit, look, measure);
    });
    return Math.max(...words, look.size * 1.6);
  });
  for (const { size: t } of search.ended) widths[t] = Math.max(widths[t], BEAM_BADGE);
  return widths;
}

/** How wide each column is if it shows only words that are never folded; 0 if it has none. */
function keptColumnWidths({ search, nodes, unit }, look, measure) {
  const widths = search.columns.map(() => 0);
  for (const node of nodes) {
    if (!node.isKept || node.t < 0) continue;
    const width = node.end < 0 ? wordWidth(node, unit, look, measure) : BEAM_BADGE;
    widths[node.t] = Math.max(widths[node.t], width);
  }
  return widths;
}

function wordWidth({ text, p }, unit, { size, hasShares }, measure) {
  const share = hasShares ? measure(beamPercent(p), BEAM_SHARE_SIZE) + BEAM_SHARE_GAP : 0;
  return measure(pieceName(text, unit), size) + padOf(size) * 2 + share;
}

/** Write a probability as a percentage, a small one with two digits. */
export function beamPercent(p) {
  if (p < 0.0001) return "<0.01\u00a0%";
  return `${p < 0.0995 ? Number((p * 100).toPrecision(2)) : Math.round(p * 100)}\u00a0%`;
}

/** Return how much room is at either side of a word. */
export function padOf(size) {
  return size >= 14 ? BEAM_PAD : BEAM_LEAST_PAD;
}

function sumOfWidths(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Fold the columns in which least happens, until the others fit; side by side they are one. */
function foldColumns(view, { widths, kept }, room, gap) {
  const isFolded = widths.map(() => false);
  const order = widths.map((_, t) => t)
    .filter((t) => !view.opened.includes(t) && !isNarrowEnd(view.search, t, widths[t]))
    .filter((t) => t !== view.step - 1 && Math.max(kept[t], BEAM_FOLD) < widths[t])
    .sort((a, b) => columnWorth(view, a) - columnWorth(view, b) || a - b);
  const placed = () => placeBeamColumns({ widths, kept }, isFolded, gap);
  const whole = () => sumOfWidths(placed().map(({ width }) => width + gap));
  const folded = [];
  while (folded.length < order.length && whole() > room) {
    folded.unshift(order[folded.length]);
    isFolded[folded[0]] = true;
  }
  for (const t of folded) { // folds that grew together have left room for some
    isFolded[t] = false;
    if (whole() > room) isFolded[t] = true;
  }
  return placed();
}

/** A fold would be wider than the ends of translations, and hide what matters most. */
function isNarrowEnd({ ended }, t, width) {
  return width <= BEAM_FOLD && ended.some(({ size }) => size === t);
}

/** What a column shows: the newest words, ends, and where branches begin. */
function columnWorth({ search, branches, step }, t) {
  if (t >= step) return step - t - 1; // nothing yet
  const starts = branches.filter(({ from, parent }) => from === t && parent >= 0);
  const living = starts.filter(({ to }) => to === FOREVER).length;
  const near = step < search.columns.length ? 100 / (step - t) ** 2 : 0;
  const ends = search.ended.some(({ size }) => size === t) ? 30 : 0;
  return living * 10 + starts.length + near + ends;
}

function placeBeamColumns({ widths, kept }, isFolded, gap) {
  const columns = [];
  let x = BEAM_MARGIN + BEAM_ROOT + BEAM_GAP;
  widths.forEach((width, t) => {
    const last = columns[columns.length - 1];
    if (isFolded[t] && last?.isFold && kept[t] === 0 && kept[last.to] === 0) {
      last.to = t;
      return;
    }
    const shown = isFolded[t] ? Math.max(kept[t], BEAM_FOLD) : width;
    columns.push({ x, width: shown, from: t, to: t, isFold: isFolded[t] });
    x += shown + gap;
  });
  return columns;
}
