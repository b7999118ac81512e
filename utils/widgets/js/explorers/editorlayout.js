// Where everything stands in the attention editor's picture.

import { layoutHeatMap } from "../draw/heatmap.js";
import { textWidth, wrapWords } from "../draw/svg.js";
import { tokenWidth } from "../draw/tokens.js";

const BESIDE_FROM = 900; // pixels: narrower pictures have the heat map below
const [MAP_SHARE, STILL_SHARE] = [0.32, 0.27]; // of the width, beside; a still's words have more
const LEAST_COLUMN = 44; // pixels, for a finger
const LEAST_LINE = 25;
const LETTERS = { most: 16, linked: 12, least: 9, map: 14 };
const TRACK = { usual: 130, least: 44, most: 170 }; // pixels of a bar that has all the weight
const MARGIN = 12;
const MAP_HINT = "Press a row to go there; drag a cell up or down.";
const HINT = 0.84; // of the letters' size

/**
 * Return the places of all parts. Letters are as large as the room allows, but rather smaller if
 * only so each translation has one line: then ribbons can lead from the source into it.
 *
 * view: see editorview.js; room: {width, tall, isStill}, for a still nobody can drag. `pairs` are the two words of each step, `bars` the
 * columns of the source words, each with its center x and its upper end y.
 */
export function layoutEditor(view, { width, tall, isStill = false }) {
  const count = LETTERS.most - LETTERS.least + 1;
  const sizes = Array.from({ length: count }, (_, i) => LETTERS.most - i);
  const most = width >= BESIDE_FROM ? tall : Infinity; // below each other, they never fit anyway
  const places = sizes.map((f) => layoutAt(view, { width, tall: most - 1, isStill }, f));
  const fitting = places.filter((place) => place.tall <= most);
  const linked = fitting.find((place) => place.hasLinks && place.f >= LETTERS.linked);
  return linked ?? fitting[0] ?? places.at(-1);
}

function layoutAt(view, { width, tall, isStill }, f) {
  const isBeside = width >= BESIDE_FROM;
  const map = layoutMap(view, { width, tall, isBeside, isStill }, f);
  const left = MARGIN + f * 4.4; // after the names of the rows
  const right = isBeside ? width - map.total - MARGIN - f * 3 : width - MARGIN;
  const heights = { f, pairHeight: f * 6.1, tokenY: [f * 2.1, f * 4.1], mixY: f * 5.3 };
  const pairs = placePairs(view, left, right, f, heights.pairHeight);
  const hasLinks = pairs.at(-1).y === pairs[0].y
    && columnsOf(view.source, left, right, f).lines === 1;
  const columns = columnsOf(view.source, hasLinks ? left : MARGIN, right, f);
  const top = pairs.at(-1).y + heights.pairHeight + f * (hasLinks ? 3.6 : 1.2);
  const around = f * 4.8; // a bar's word and number
  const sum = f * 1.1; // the bar that all weights share
  const free = (tall - top - MARGIN - sum) / columns.lines - around;
  const full = Math.min(Math.max(tall === Infinity ? TRACK.usual : free, TRACK.least), TRACK.most);
  const barHeight = full + around;
  const bars = placeColumns(view.source.length, columns, top, barHeight);
  const sumY = top + columns.lines * barHeight - f * 0.3;
  const end = sumY + sum + MARGIN - f * 0.3;
  const letters = Math.min(f, LETTERS.map) * HINT;
  const said = isStill ? [] : MAP_HINT.split(" ");
  const hint = { lines: wrapWords(said, map.total, letters), size: letters };
  const mapAt = isBeside
    ? { x: width - MARGIN - map.total - f * 1.2, y: MARGIN, place: map, hint }
    : { x: Math.max((width - map.total) / 2 - f, MARGIN), y: end + f, place: map, hint };
  return {
    ...heights, width, isStill, left, pairs, hasLinks,
    tall: Math.max(end, mapAt.y + map.tall + hint.lines.length * letters * 1.4 + MARGIN),
    bars, full, barHeight, trackY: f * 2.4, column: columns.column, sourceSize: columns.size,
    map: mapAt, sum: { x: left, y: sumY, height: f * 0.7, width: right - left },
  };
}

/** Place the heat map: with smaller letters, and at last with lower rows, if it is too tall. */
function layoutMap({ source, after }, { width, tall, isBeside, isStill }, f) {
  const share = isStill ? STILL_SHARE : MAP_SHARE;
  const room = isBeside ? width * share : width - 2 * MARGIN - f * 1.5;
  const most = tall - 2 * MARGIN - f * 1.4; // a line below says what can be done
  for (let size = Math.min(f, LETTERS.map); ; size -= 0.5) {
    const place = layoutHeatMap(source, after, room, size);
    if (place.tall <= most) return isBeside ? place : higherRows(place, after.length);
    if (size <= LETTERS.least) return lowerRows(place, after.length, most);
  }
}

/** Below the bars there is room: rows are high enough to be pressed. */
function higherRows(place, count) {
  const height = Math.max(place.height, LEAST_LINE);
  return { ...place, height, tall: place.head + height * count };
}

function lowerRows(place, count, most) {
  const height = (most - place.head) / count;
  return { ...place, height, tall: most };
}

/** Put the steps side by side, in as many lines as they need: [{t, x, y, width}, …]. */
function placePairs({ before, after }, left, right, f, height) {
  const size = Math.max(before.length, after.length);
  let [x, y] = [left, MARGIN];
  return Array.from({ length: size }, (_, t) => {
    const words = [before[t], after[t]].filter((word) => word !== undefined);
    const widest = Math.max(...words.map((word) => tokenWidth(word, f))) + f * 0.2;
    const width = Math.min(Math.max(widest, LEAST_COLUMN), right - left);
    if (x + width > right + 1) [x, y] = [left, y + height + f * 0.6];
    const place = { t, x: x + width / 2, y, width };
    x += width + f * 0.15;
    return place;
  });
}

/** Return in how many lines the bars stand, how many in each, their width, and their letters. */
function columnsOf(source, left, right, f) {
  const most = Math.max(Math.floor((right - left) / LEAST_COLUMN), 1);
  const lines = Math.ceil(source.length / most);
  const perLine = Math.ceil(source.length / lines);
  const column = Math.min((right - left) / perLine, 2.4 * LEAST_COLUMN);
  const widest = Math.max(...source.map((word) => textWidth(word, 1))) + 0.75;
  return { lines, perLine, left, column, size: Math.max(Math.min(f, column / widest), f * 0.7) };
}

function placeColumns(count, { perLine, left, column }, top, height) {
  return Array.from({ length: count }, (_, j) => ({
    x: left + ((j % perLine) + 0.5) * column,
    y: top + Math.floor(j / perLine) * height,
  }));
}
