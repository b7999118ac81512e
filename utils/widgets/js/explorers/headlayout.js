// Where everything stands in the head viewer's picture.

import { tokenLevels, tokenWidth } from "../draw/tokens.js";

const BESIDE_FROM_HEADS = 900; // pixels: narrower pictures have the small maps below
const MAPS_SHARE = 0.29; // of the width, beside
const FINGER = 44; // pixels
const LARGEST_MAP = 118; // pixels
const LEAST_MAP = 46;
const THREADS = { usual: 190, least: 70 }; // pixels between the words that look and the others
const HEAD_MARGIN = 12;
const LEAST_LETTERS_IN_ROW = 11; // pixels
const LEVEL = 1.95; // letters' heights between two rows of tokens

/**
 * Return the places of all parts. view: see headview.js; room: {width, tall}.
 *
 * `asks` and `keys` are the words' places {x, y, width}. In narrow pictures (`isUpright` false) the
 * words stand below each other, in two columns.
 */
export function layoutHeads(view, { width, tall }) {
  const isBeside = width >= BESIDE_FROM_HEADS;
  const maps = layoutMaps(view, width, tall - 1, isBeside);
  const right = isBeside ? maps.left - 2 * HEAD_MARGIN : width - HEAD_MARGIN;
  const count = Math.max(view.asks.length, view.keys.length);
  const f = 15;
  const left = HEAD_MARGIN + f * 3.8; // after the names of the rows
  const isUpright = isBeside || (right - left) / count >= FINGER;
  const place = isUpright
    ? placeRows(view, { left, right, tall: tall - 1, f, count })
    : placeLists(view, { right, f, count });
  const below = place.end + HEAD_MARGIN;
  if (!isBeside) maps.top = below + maps.head;
  const end = maps.top + maps.layers * maps.pitchDown;
  return { ...place, isUpright, f, width, left, maps, tall: Math.max(below, end + HEAD_MARGIN) };
}

/** Place the small maps: a row for each layer, a column for each head. */
function layoutMaps({ maps }, width, tall, isBeside) {
  const [layers, heads] = [maps.length, maps[0].length];
  const names = 24; // pixels, for the layers' numbers
  const across = (isBeside ? width * MAPS_SHARE : width - 2 * HEAD_MARGIN) - names;
  const head = 50;
  const down = isBeside ? (tall - head - 2 * HEAD_MARGIN) / layers - 8 : Infinity;
  const side = Math.max(Math.min(across / heads - 8, down, LARGEST_MAP), LEAST_MAP);
  const [pitch, pitchDown] = [side + 8, side + 8];
  const left = isBeside ? width - HEAD_MARGIN - heads * pitch : (width + names - heads * pitch) / 2;
  return { left, top: HEAD_MARGIN + head, head, side, pitch, pitchDown, layers, heads };
}

/** Place two rows of words, one above the other. */
function placeRows({ asks, keys, sets }, { left, right, tall, f, count }) {
  const { column, inset, size } = columnsOfRows([...asks, ...keys], right - left, count, f);
  const [above, under] = [asks, keys].map((words) => tokenLevels(words, column, size));
  const rowsOf = ({ levels }) => Math.max(levels, 1);
  const askY = HEAD_MARGIN + f * (0.9 + LEVEL * (rowsOf(above) - 1));
  const numbers = f * 1.45 * linesOfBadges(sets);
  const rest = f * (1 + LEVEL * (rowsOf(under) - 1)) + numbers + HEAD_MARGIN;
  const free = tall === Infinity ? THREADS.usual : tall - askY - f * 3.2 - rest - HEAD_MARGIN;
  const threads = Math.max(Math.min(free, THREADS.usual * 1.3), THREADS.least);
  const portY = askY + f * 1.75;
  const keyY = portY + threads + f * 0.9;
  const put = (words, y, way, { levels, room }) => words.map((word, i) => ({
    x: left + inset + (i + 0.5) * column,
    y: y + way * LEVEL * f * (i % Math.max(levels, 1)),
    width: Math.min(tokenWidth(word, size), levels > 0 ? room : column - 2),
  }));
  return {
    size, portY, asks: put(asks, askY, -1, above), keys: put(keys, keyY, 1, under),
    badgeY: keyY + f * (1.9 + LEVEL * (rowsOf(under) - 1)), end: keyY + rest,
    least: Math.min(FINGER, column), column, edges: [left - f * 2, right + HEAD_MARGIN],
    names: { x: left - f * 0.9, asks: askY, keys: keyY },
  };
}

/**
 * Return the words' columns, and letters small enough for one row; where none are, rows take turns,
 * and words that are wider than their columns need an `inset` at both ends.
 */
function columnsOfRows(words, room, count, f) {
  const column = Math.min(room / count, 110);
  for (let size = f * 0.93; size >= LEAST_LETTERS_IN_ROW; size -= 0.5) {
    if (tokenLevels(words, column, size).levels === 1) return { column, inset: 0, size };
  }
  const inset = column / 2;
  return { column: (room - 2 * inset) / count, inset, size: f * 0.87 };
}

/** Return how many rows of badges can stand below a word. */
function linesOfBadges(sets) {
  return sets.length > 4 ? Math.ceil(sets.length / 2) : sets.length;
}

/** Place two lists of words, side by side. */
function placeLists({ asks, keys }, { right, f, count }) {
  const size = f * 0.93;
  const top = HEAD_MARGIN + f * 2 + FINGER / 2;
  const most = (right - HEAD_MARGIN) * 0.3;
  const width = (words) => Math.min(Math.max(...words.map((word) => tokenWidth(word, size))), most);
  const put = (words, x, wide) => words.map((_, i) => ({ x, y: top + i * FINGER, width: wide }));
  const [first, second] = [width(asks), width(keys)];
  const keyX = right - second / 2 - f * 3.4;
  return {
    size, asks: put(asks, HEAD_MARGIN + first / 2, first), keys: put(keys, keyX, second),
    portX: HEAD_MARGIN + first + f * 1.1, badgeX: keyX + second / 2 + f * 0.9,
    least: FINGER, column: FINGER,
    end: top + count * FINGER - FINGER / 2, edges: [top - FINGER / 2, top + count * FINGER],
    names: { asksX: HEAD_MARGIN, keysX: keyX + second / 2, y: HEAD_MARGIN + f },
  };
}
