// Where everything in the picture of a beam stands: a column for each step, a lane for each branch,
// the finished translations at the right or below, and the source sentence at the bottom.

import { textWidth } from "../draw/svg.js";
import { tokenWidth } from "../draw/tokens.js";
import { BEAM_MARGIN, BEAM_ROOT, clampBeam, fitColumns, padOf } from "./beamcolumns.js";
import { pieceName } from "./beamcolumns.js";
import { countFaint, foldRuns, layLanes } from "./beamtree.js";

export const ALL_BRANCHES = -1; // among what is unfolded by hand
const BEAM_TALL = 1000; // where the page scrolls
const BEAM_WIDE = 760; // pixels: from there the ranking stands beside the tree,
const BEAM_ROOMY = 1000; // and from there if the picture may be as tall as it likes
const BEAM_NEAR = 120; // pixels out of sight
const BEAM_STACKED = 640; // narrower trees are scrolled, not folded
const BEAM_PHONE = 480;
const BEAM_LOW = 300; // pixels: below, branches are more worth than the source sentence
const BEAM_PANEL = 276; // pixels: width of the ranking
const BEAM_BUMP = 36; // pixels: in which the way to the ranking bends
const BEAM_HEADER = 24;
const BEAM_WORD_WIDTH = 0.93; // of the estimate
const BEAM_LINE = 18; // of the text above the source sentence
const BEAM_SOURCE_ROW = 52;
const BEAM_PANEL_HEAD = 92;
const BEAM_LEAST_ROW = 20;
const BEAM_LEGEND_ROW = 18;
const BEAM_LEGEND_MARK = 24;
export const BEAM_LEGEND_SIZE = 12;
const [BEAM_MORE, BEAM_MORE_ROOMY] = [24, 44]; // a line that says what is left out, and shows it
const [BEAM_LEAST_PITCH, BEAM_MOST_PITCH] = [21, 40]; // between lanes

/**
 * Return where everything stands: {width, height, size, isWide, columns, columnOf, top, pitch,
 * panel, legend, strip}. `columns` are those that are shown, {x, width, from, to, isFold};
 * `columnOf[t]` is that of step t. `lanes` and `runs` are as in beamtree.js, without what has no
 * room. A tree that is wider than its room is scrolled: see `scrollBeam`. `measure` tells how wide
 * text is, given its size.
 */
export function layoutBeam(view, room, measure = estimateBeam) {
  const { width, tall } = room;
  const below = { ...room, tall: Infinity };
  const ways = [
    { from: Number.isFinite(tall) ? BEAM_WIDE : BEAM_ROOMY, room, isWide: true, mayFold: true },
    { from: BEAM_STACKED, room: below, isWide: false, mayFold: true },
    { from: 0, room: below, isWide: false, mayFold: false },
  ];
  const places = ways.filter(({ from }) => width >= from);
  for (const way of places.slice(0, -1)) {
    const place = placeBeam(view, way.room, way, measure);
    if (place.width <= width) return place;
  }
  return placeBeam(view, below, places[places.length - 1], measure);
}

/** Place everything, the ranking beside the tree if `isWide`; the tree may turn out too wide. */
function placeBeam(view, { width, tall }, { isWide, mayFold }, measure) {
  const room = width - BEAM_MARGIN * 2 - BEAM_ROOT - (isWide ? BEAM_PANEL + BEAM_BUMP : 0);
  const { size, gap, columns, hasShares } = fitColumns(view, room, mayFold, measure);
  const legend = placeLegend(view, isWide ? room : width - BEAM_MARGIN * 2, measure);
  const header = BEAM_HEADER + legend.rows * BEAM_LEGEND_ROW;
  const isLow = tall < BEAM_LOW;
  const source = isLow ? { tokens: [], rows: 0 }
    : placeBeamSource(view, width - BEAM_MARGIN * 2, size);
  const lines = width >= BEAM_ROOMY ? 1 : isWide ? 2 : width >= BEAM_PHONE ? 3 : 4;
  const stripHeight = lines * BEAM_LINE + source.rows * BEAM_SOURCE_ROW + 12;
  const lastColumn = columns[columns.length - 1];
  const right = lastColumn.x + lastColumn.width;
  const most = Math.max(view.search.ended.length, ...view.search.columns.map((all) => all.length));
  const count = Math.min(view.beamSize, most);
  const free = Math.min(tall, BEAM_TALL) - header - stripHeight - BEAM_MARGIN * 2;
  const lanes = fitLanes(view, free);
  const isLarge = (free - BEAM_MORE_ROOMY) / lanes.lanes >= BEAM_MOST_PITCH;
  const more = lanes.hidden === 0 ? 0 : isLarge ? BEAM_MORE_ROOMY : BEAM_MORE;
  const pitch = clampBeam((free - more) / lanes.lanes, BEAM_LEAST_PITCH, BEAM_MOST_PITCH);
  const rowPitch = clampBeam((free - BEAM_PANEL_HEAD) / Math.max(count, 1), BEAM_LEAST_ROW, 44);
  const tree = lanes.lanes * pitch + more;
  const panelHeight = BEAM_PANEL_HEAD + count * rowPitch;
  const top = BEAM_MARGIN + header;
  const whole = Math.max(width, right + BEAM_MARGIN + (isWide ? BEAM_PANEL + BEAM_BUMP : 0));
  const panel = isWide
    ? { x: whole - BEAM_MARGIN - BEAM_PANEL, y: BEAM_MARGIN, width: BEAM_PANEL, rowPitch }
    : { x: BEAM_MARGIN, y: top + tree + 10, width: Math.min(width - BEAM_MARGIN * 2, 460),
      rowPitch };
  const headed = header + tree;
  const body = isWide ? Math.max(headed, panelHeight) : headed + 10 + panelHeight;
  const strip = {
    x: BEAM_MARGIN, y: BEAM_MARGIN + body + 6,
    width: (isWide ? whole : width) - BEAM_MARGIN * 2, lines,
    line: BEAM_LINE, tokens: source.tokens, row: BEAM_SOURCE_ROW,
  };
  const columnOf = [];
  for (const column of columns) {
    for (let t = column.from; t <= column.to; t += 1) columnOf[t] = column;
  }
  return {
    width: whole, height: strip.y + stripHeight + 2, size, hasShares, isWide, columns, columnOf,
    right,
    legend: legend.items.map((item) => ({
      ...item, x: BEAM_MARGIN + item.x,
      y: BEAM_MARGIN + (item.row + 0.5) * BEAM_LEGEND_ROW,
    })),
    top, pitch, lanes, runs: foldRuns(view.nodes, lanes), panel, strip,
    rootX: BEAM_MARGIN + BEAM_ROOT / 2, more, moreX: BEAM_MARGIN, pad: padOf(size), gap, headRows: BEAM_PANEL_HEAD,
    boxHeight: Math.min(pitch - 3, size * 1.95),
    yOf: (lane) => top + (lane + 0.5) * pitch,
  };
}

/**
 * Return the place of a tree that is scrolled by `shift` pixels in a room of `width`: its legend,
 * the ranking and the sentence come along, and only what is in sight, or near, needs drawing.
 */
export function scrollBeam(place, shift, width) {
  if (place.width <= width) return place;
  const along = (part) => ({ ...part, x: part.x + shift });
  return {
    ...place, seen: [shift - BEAM_NEAR, shift + width + BEAM_NEAR],
    moreX: place.moreX + shift, legend: place.legend.map(along), panel: along(place.panel), strip: along(place.strip),
  };
}

/** Return whether something from x0 to x1 is in sight, or near. */
export function isBeamSeen({ seen }, x0, x1) {
  return !seen || (x1 >= seen[0] && x0 <= seen[1]);
}

/** Estimate the width of text a little less cautiously: with dozens of columns, that adds up. */
function estimateBeam(text, size) {
  return textWidth(text, size) * BEAM_WORD_WIDTH;
}

/** Put what explains the marks in rows: {items: [{mark, text, x, row}, …], rows}. */
function placeLegend({ search, beamSize, winners, texts: written, greedy }, room, measure) {
  const differs = winners.some(({ end }) => written[end] !== greedy.text);
  const texts = {
    ahead: "ahead",
    likely: "likely word", unlikely: "unlikely word", dropped: "no continuation among the K best",
    ...(search.ended.length > beamSize ? { ended: "finished, not in the best K" } : {}),
    ...(differs ? { greedy: "what greedy search takes" } : {}), // last: for some ρ it falls out
  };
  let [x, row] = [0, 0];
  const items = Object.entries(texts).map(([mark, text]) => {
    const width = BEAM_LEGEND_MARK + measure(text, BEAM_LEGEND_SIZE);
    if (x > 0 && x + width > room) [x, row] = [0, row + 1];
    const item = { mark, text, x, row };
    x += width + 16;
    return item;
  });
  return { items, rows: row + 1 };
}

/** Leave out as few branches as it takes until the others have room. */
function fitLanes({ nodes, search, opened, foldsFaint }, room) {
  const fits = ({ lanes, hidden }) =>
    lanes * BEAM_LEAST_PITCH + (hidden > 0 ? BEAM_MORE : 0) <= room;
  if (opened.includes(ALL_BRANCHES)) return layLanes(nodes, search.ended);
  const faint = foldsFaint ? countFaint(nodes, search.ended) : 0;
  const whole = layLanes(nodes, search.ended, faint);
  if (fits(whole)) return whole;
  let [few, many] = [faint, faint + whole.branches.length];
  while (many - few > 1) {
    const half = Math.floor((few + many) / 2);
    if (fits(layLanes(nodes, search.ended, half))) many = half;
    else few = half;
  }
  return layLanes(nodes, search.ended, many);
}

/** Put the source's words in as many rows as they need: {tokens: [{x, row, width}, …], rows}. */
function placeBeamSource({ search, unit }, room, size) {
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

/** Return whether a word is drawn: in a folded column, only what is never folded. */
export function isBeamWordShown({ t, isKept }, { columnOf }) {
  return isKept || !columnOf[t].isFold;
}
