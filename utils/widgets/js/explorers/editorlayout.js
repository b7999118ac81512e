// Where everything stands in the attention editor's picture.

import { layoutHeatMap } from "../draw/heatmap.js";
import { tokenWidth } from "../draw/tokens.js";

const BESIDE_FROM = 900; // pixels: narrower pictures have the heat map below
const MAP_SHARE = 0.36; // of the width, beside
const LEAST_COLUMN = 44; // pixels, for a finger
const LETTERS = { most: 16, least: 10 };
const TRACK = { usual: 130, least: 60, most: 170 }; // pixels of a bar that has all the weight
const MARGIN = 12;

/**
 * Return the places of all parts: letters of `f` pixels, as large as the room allows.
 *
 * view: see editorview.js; room: {width, tall}. `pairs` are the two words of each step, `bars` the
 * columns of the source words, each with its center x and its upper end y.
 */
export function layoutEditor(view, room) {
  for (let f = LETTERS.most; ; f -= 1) {
    const place = layoutAt(view, room, f);
    if (place.tall <= room.tall || f <= LETTERS.least) return place;
  }
}

function layoutAt(view, { width, tall }, f) {
  const isBeside = width >= BESIDE_FROM;
  const map = layoutMap(view, width, tall, isBeside, f);
  const left = MARGIN + f * 3.8; // after the names of the rows
  const right = isBeside ? width - map.total - MARGIN - f * 3 : width - MARGIN;
  const heights = { f, pairHeight: f * 6.1, tokenY: (row) => f * (2.1 + 2 * row), mixY: f * 5.3 };
  const pairs = placePairs(view, left, right, f, heights.pairHeight);
  const columns = columnsOf(view.source.length, left, right);
  const lastPair = pairs.at(-1).y + heights.pairHeight;
  const hasLinks = pairs.at(-1).y === pairs[0].y && columns.lines === 1;
  const top = lastPair + f * (hasLinks ? 3.6 : 1.2);
  const around = f * 4.2; // a bar's word and number
  const free = (tall - top - MARGIN) / columns.lines - around;
  const full = Math.min(Math.max(tall === Infinity ? TRACK.usual : free, TRACK.least), TRACK.most);
  const barHeight = full + around;
  const bars = placeColumns(view.source.length, columns, top, barHeight);
  const end = top + columns.lines * barHeight + MARGIN;
  const mapAt = isBeside
    ? { x: width - MARGIN - map.total - f * 1.2, y: MARGIN, place: map }
    : { x: MARGIN, y: end + f, place: map };
  const lowest = Math.max(end, mapAt.y + map.tall + MARGIN);
  return {
    ...heights, width, tall: lowest, left, pairs, hasLinks, bars, full, barHeight,
    trackY: f * 2.4, column: columns.column, map: mapAt,
  };
}

/** Place the heat map: smaller letters where it would be too tall. */
function layoutMap({ source, after }, width, tall, isBeside, f) {
  const room = isBeside ? width * MAP_SHARE : width - 2 * MARGIN - f * 1.5;
  for (let size = Math.min(f, 14); ; size -= 1) {
    const place = layoutHeatMap(source, after, room, size);
    if (place.tall + 2 * MARGIN <= tall || size <= 7) return place;
  }
}

/** Put the steps side by side, in as many lines as they need: [{t, x, y, width}, …]. */
function placePairs({ before, after }, left, right, f, height) {
  const size = Math.max(before.length, after.length);
  let [x, y] = [left, MARGIN];
  return Array.from({ length: size }, (_, t) => {
    const words = [before[t], after[t]].filter((word) => word !== undefined);
    const widest = Math.max(...words.map((word) => tokenWidth(word, f))) + f * 0.4;
    const width = Math.min(Math.max(widest, LEAST_COLUMN), right - left);
    if (x + width > right + 1) [x, y] = [left, y + height + f * 0.6];
    const place = { t, x: x + width / 2, y, width };
    x += width + f * 0.2;
    return place;
  });
}

/** Return in how many lines `count` bars stand, how many in each, and their columns' width. */
function columnsOf(count, left, right) {
  const most = Math.max(Math.floor((right - left) / LEAST_COLUMN), 1);
  const lines = Math.ceil(count / most);
  const perLine = Math.ceil(count / lines);
  return { lines, perLine, left, column: Math.min((right - left) / perLine, 2.4 * LEAST_COLUMN) };
}

function placeColumns(count, { perLine, left, column }, top, height) {
  return Array.from({ length: count }, (_, j) => ({
    x: left + ((j % perLine) + 0.5) * column,
    y: top + Math.floor(j / perLine) * height,
  }));
}
