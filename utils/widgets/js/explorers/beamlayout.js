// Where everything in the picture of a beam stands: a column for each step, a lane for each branch,
// the finished translations at the right or below, and the source sentence at the bottom.

import { textWidth } from "../draw/svg.js";
import { tokenWidth } from "../draw/tokens.js";
import { WORD_START } from "../model/subwords.js";
import { FOREVER, foldRuns, layLanes } from "./beamtree.js";

export const ALL_BRANCHES = -1; // among what is unfolded by hand
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
const WORD_WIDTH = 0.92; // of the estimate: with dozens of columns, its caution adds up
const LINE = 18; // of the text above the source sentence
const SOURCE_ROW = 46;
const PANEL_HEAD = 92;
const MORE = 24; // a line that says what is left out
const [LEAST_PITCH, MOST_PITCH] = [21, 40]; // between lanes

/** Return a word or piece as one reads it: a piece that goes on a word has a dot before it. */
export function pieceName(text, unit) {
  if (unit !== "pieces") return text;
  return text.startsWith(WORD_START) ? text.slice(WORD_START.length) : `·${text}`;
}

/**
 * Return where everything stands: {width, height, size, isWide, columns, columnOf, top, pitch,
 * panel, strip}. `columns` are those that are shown, {x, width, from, to, isFold}; `columnOf[t]`
 * is that of step t. `lanes` and `runs` are as in beamtree.js, without what has no room.
 */
export function layoutBeam(view, { width, tall }) {
  const isWide = width >= WIDE;
  const room = width - MARGIN * 2 - ROOT - (isWide ? PANEL + BUMP : 0);
  const { size, columns } = fitColumns(view, room);
  const source = placeSource(view, width - MARGIN * 2, size);
  const lines = isWide ? 1 : 3;
  const stripHeight = lines * LINE + source.rows * SOURCE_ROW + 8;
  const lastColumn = columns[columns.length - 1];
  const right = lastColumn.x + lastColumn.width;
  const count = Math.min(view.beamSize, view.search.ended.length);
  const free = (Number.isFinite(tall) ? tall : 1000) - HEADER - stripHeight - MARGIN * 2;
  const lanes = fitLanes(view, free);
  const more = lanes.hidden > 0 ? MORE : 0;
  const pitch = clamp((free - more) / lanes.lanes, LEAST_PITCH, MOST_PITCH);
  const rowPitch = clamp((free - PANEL_HEAD) / Math.max(count, 1), 22, 30);
  const tree = lanes.lanes * pitch + more;
  const panelHeight = PANEL_HEAD + count * rowPitch;
  const top = MARGIN + HEADER;
  const whole = Math.max(width, right + MARGIN + (isWide ? PANEL + BUMP : 0));
  const panel = isWide
    ? { x: whole - MARGIN - PANEL, y: MARGIN, width: PANEL, rowPitch }
    : { x: MARGIN, y: top + tree + 10, width: width - MARGIN * 2, rowPitch };
  const body = isWide ? Math.max(HEADER + tree, panelHeight) : HEADER + tree + 10 + panelHeight;
  const strip = {
    x: MARGIN, y: MARGIN + body + 6, width: whole - MARGIN * 2, lines, line: LINE,
    tokens: source.tokens, row: SOURCE_ROW,
  };
  const columnOf = [];
  for (const column of columns) {
    for (let t = column.from; t <= column.to; t += 1) columnOf[t] = column;
  }
  return {
    width: whole, height: strip.y + stripHeight + 2, size, isWide, columns, columnOf, right,
    top, pitch, lanes, runs: foldRuns(view.nodes, lanes), panel, strip,
    rootX: MARGIN + ROOT / 2, pad: PAD, gap: GAP, headRows: PANEL_HEAD,
    boxHeight: Math.min(pitch - 3, size * 1.95),
    yOf: (lane) => top + (lane + 0.5) * pitch,
  };
}

/** Leave out as few branches as it takes until the others have room. */
function fitLanes({ nodes, search, opened }, room) {
  const fits = ({ lanes, hidden }) => lanes * LEAST_PITCH + (hidden > 0 ? MORE : 0) <= room;
  const whole = layLanes(nodes, search.ended);
  if (fits(whole) || opened.includes(ALL_BRANCHES)) return whole;
  let [few, many] = [0, whole.branches.length];
  while (many - few > 1) {
    const half = Math.floor((few + many) / 2);
    if (fits(layLanes(nodes, search.ended, half))) many = half;
    else few = half;
  }
  return layLanes(nodes, search.ended, many);
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

/** Put the source's words in as many rows as they need: {tokens: [{x, row, width}, …], rows}. */
function placeSource({ search, unit }, room, size) {
  let [x, row] = [0, 0];
  const tokens = search.source.map((text) => {
    const width = tokenWidth(pieceName(text, unit), size, room);
    if (x > 0 && x + width > room) [x, row] = [0, row + 1];
    const token = { x, row, width };
    x += width + 8;
    return token;
  });
  return { tokens, rows: row + 1 };
}

function columnWidths({ search, unit }, size) {
  const widths = search.columns.map((column) => {
    const words = column.map(({ text }) =>
      textWidth(pieceName(text, unit), size) * WORD_WIDTH + PAD * 2);
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
    .filter((t) => !view.opened.includes(t) && widths[t] > FOLD)
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
function columnWorth({ search, branches, step }, t) {
  const starts = branches.filter(({ from, parent }) => from === t && parent >= 0);
  const living = starts.filter(({ to }) => to === FOREVER).length;
  const near = step < search.columns.length ? 20 / (1 + Math.abs(step - 1 - t)) : 0;
  const ends = search.ended.some(({ size }) => size === t) ? 30 : 0;
  return living * 10 + starts.length + near + ends;
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
