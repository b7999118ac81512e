// Where everything in the picture of a beam stands: a column for each step, a lane for each branch,
// the finished translations at the right or below, and the source sentence at the bottom.

import { textWidth } from "../draw/svg.js";
import { WORD_START } from "../model/subwords.js";

export const BEAM_MOST_RHO = 1.5;
const SIZES = [15, 14, 13, 12]; // of letters: the largest that fits
const MARGIN = 12;
const WIDE = 760; // pixels: from there the ranking stands beside the tree
const PANEL = 284; // pixels: width of the ranking
const BUMP = 44; // pixels: in which the ways to the ranking cross
const GAP = 16; // between columns, for the branches
const PAD = 6; // around a word
const ROOT = 16;
const BADGE = 26; // width of a column with nothing but the ends of translations
const FOLD = 30; // width of a column that stands for several
const HEADER = 24;
const STRIP = 74;
const PANEL_HEAD = 92;

/** Return a word or piece as one reads it: a piece that goes on a word has a dot before it. */
export function pieceName(text, unit) {
  if (unit !== "pieces") return text;
  return text.startsWith(WORD_START) ? text.slice(WORD_START.length) : `·${text}`;
}

/**
 * Return where everything stands: {width, height, size, isWide, columns, columnOf, top, pitch,
 * panel, strip}. `columns` are those that are shown, {x, width, from, to, isFold}; `columnOf[t]`
 * is that of step t.
 */
export function layoutBeam(view, { width, tall }) {
  const isWide = width >= WIDE;
  const room = width - MARGIN * 2 - ROOT - (isWide ? PANEL + BUMP : 0);
  const { size, columns } = fitColumns(view, room);
  const lastColumn = columns[columns.length - 1];
  const right = lastColumn.x + lastColumn.width;
  const count = Math.min(view.beamSize, view.search.ended.length);
  const free = (Number.isFinite(tall) ? tall : 1000) - HEADER - STRIP - MARGIN * 2;
  const pitch = clamp(free / view.lanes.lanes, 23, isWide ? 40 : 44);
  const rowPitch = clamp((free - PANEL_HEAD) / Math.max(count, 1), 22, 30);
  const tree = view.lanes.lanes * pitch;
  const panelHeight = PANEL_HEAD + count * rowPitch;
  const top = MARGIN + HEADER;
  const whole = Math.max(width, right + MARGIN + (isWide ? PANEL + BUMP : 0));
  const panel = isWide
    ? { x: whole - MARGIN - PANEL, y: MARGIN, width: PANEL, rowPitch }
    : { x: MARGIN, y: top + tree + 10, width: width - MARGIN * 2, rowPitch };
  const body = isWide ? Math.max(HEADER + tree, panelHeight) : HEADER + tree + 10 + panelHeight;
  const strip = { x: MARGIN, y: MARGIN + body + 6, width: whole - MARGIN * 2, height: STRIP };
  const columnOf = [];
  for (const column of columns) {
    for (let t = column.from; t <= column.to; t += 1) columnOf[t] = column;
  }
  return {
    width: whole, height: strip.y + STRIP + 4, size, isWide, columns, columnOf, right,
    top, pitch, panel, strip, rootX: MARGIN + ROOT / 2, pad: PAD, gap: GAP, headRows: PANEL_HEAD,
    boxHeight: Math.min(pitch - 3, size * 1.95),
    yOf: (lane) => top + (lane + 0.5) * pitch,
  };
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/** Choose the size of the letters; if the columns do not even fit when small, fold some. */
function fitColumns(view, room) {
  const steps = view.search.columns.length;
  for (const size of SIZES) {
    const widths = columnWidths(view, size);
    if (sum(widths) + GAP * steps <= room || size === SIZES[SIZES.length - 1]) {
      return { size, columns: foldColumns(view, widths, room) };
    }
  }
  return null;
}

function columnWidths({ search, unit }, size) {
  const widths = search.columns.map((column) => {
    const words = column.map(({ text }) => textWidth(pieceName(text, unit), size) + PAD * 2);
    return Math.max(...words, size * 1.6);
  });
  for (const { size: t } of search.ended) widths[t] = Math.max(widths[t], BADGE);
  return widths;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Fold the columns in which least happens, until the others fit; side by side they are one. */
function foldColumns(view, widths, room) {
  const isFolded = widths.map(() => false);
  const order = widths.map((_, t) => t)
    .filter((t) => !view.opened.includes(t))
    .sort((a, b) => columnWorth(view, a) - columnWorth(view, b) || a - b);
  while (order.length > 0 && sum(placeColumns(widths, isFolded).map(outerWidth)) > room) {
    isFolded[order.shift()] = true;
  }
  return placeColumns(widths, isFolded);
}

function outerWidth({ width }) {
  return width + GAP;
}

/** What happens in a column: branches of translations that finish, and of others; and the front. */
function columnWorth({ search, nodes, lanes, step }, t) {
  const starts = lanes.branches.filter(({ from, parent }) => from === t && parent >= 0);
  const living = starts.filter(({ to }) => to === Infinity).length;
  const near = step < search.columns.length ? 20 / (1 + Math.abs(step - 1 - t)) : 0;
  return living * 10 + starts.length + near + (nodes.some((n) => n.end >= 0 && n.t === t) ? 8 : 0);
}

function placeColumns(widths, isFolded) {
  const columns = [];
  let x = MARGIN + ROOT + GAP;
  widths.forEach((width, t) => {
    const last = columns[columns.length - 1];
    if (isFolded[t] && last?.isFold) {
      last.to = t;
      return;
    }
    columns.push({ x, width: isFolded[t] ? FOLD : width, from: t, to: t, isFold: isFolded[t] });
    x += columns[columns.length - 1].width + GAP;
  });
  return columns;
}
