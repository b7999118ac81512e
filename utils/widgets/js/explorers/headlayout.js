// Where everything stands in the head viewer's picture.

import { tokenWidth } from "../draw/tokens.js";

const BESIDE_FROM = 900; // pixels: narrower pictures have the small maps below
const MAPS_SHARE = 0.54; // of the width, beside
const FINGER = 44; // pixels
const MAP = { least: 60, most: 210, below: 128, gap: 10 }; // pixels; `below` other parts
const ROW = { still: 34, least: 26, large: 32 }; // pixels from word to word
const MARGIN = 12;
const LETTERS = 15; // pixels
const MOST_IN_LINE = 4; // maps beside the words
const THREADS_FROM = 66; // pixels of a panel: narrower ones have only numbers
const NUMBER_FROM = 32; // pixels of a panel: narrower ones take turns in two lines

/**
 * Return the places of all parts. view: see headview.js; room: {width, tall}.
 *
 * `asks` and `keys` are the words' places {x, y, width}, in two lists. Between them each set has a
 * panel {left, right, line}, whose rows are those of the words.
 */
export function layoutHeads(view, { width, tall }) {
  const f = LETTERS;
  const isBeside = width >= BESIDE_FROM;
  const maps = layoutMaps(view, { width, tall: tall - 1, isBeside, f });
  const right = isBeside ? maps.left - 2 * MARGIN : width - MARGIN;
  const place = placeLists(view, { right, tall: tall - 1, isBeside, f });
  if (!isBeside) maps.top = place.end + f;
  const bottom = Math.max(place.end, maps.top + maps.tall + MARGIN);
  return { ...place, f, width, maps, tall: bottom };
}

/**
 * Place the small maps: the heads of a layer in one line or more, each with its pattern below.
 * `top` is where their title begins, `lineTop` how far below it a line does.
 */
function layoutMaps({ maps }, { width, tall, isBeside, f }) {
  const [layers, heads] = [maps.length, maps[0].length];
  const room = isBeside ? width * MAPS_SHARE - MARGIN : width - 2 * MARGIN;
  const most = isBeside ? MOST_IN_LINE : Math.max(Math.floor(room / (MAP.below + MAP.gap)), 1);
  const lines = Math.ceil(heads / most);
  const perLine = Math.ceil(heads / lines);
  const lead = f * (width < BESIDE_FROM / 2 ? 3 : 1.7); // the title
  const [name, label] = [f * 1.5, f * (lines > 1 ? 1.9 : 1.45)]; // a layer's, a map's
  const down = isBeside && tall !== Infinity
    ? ((tall - 2 * MARGIN - lead) / layers - name) / lines - label : MAP.most;
  const side = Math.max(Math.min(room / perLine - MAP.gap, down, MAP.most), MAP.least);
  const layerTall = name + lines * (side + label);
  const pitch = side + MAP.gap;
  const total = perLine * pitch - MAP.gap;
  return {
    left: isBeside ? width - MARGIN - total : MARGIN, top: MARGIN,
    side, pitch, lead, name, label, lines, perLine, layerTall,
    width: total, tall: lead + layers * layerTall,
  };
}

/** Place two lists of words, and a panel for each set between them. */
function placeLists({ asks, keys, sets }, { right, tall, isBeside, f }) {
  const size = f * 0.93;
  const count = Math.max(asks.length, keys.length);
  const most = (right - MARGIN) * (right < BESIDE_FROM / 2 ? 0.28 : 0.22);
  const width = (words) => Math.min(Math.max(...words.map((word) => tokenWidth(word, size))), most);
  const [first, second] = [width(asks), width(keys)];
  const panels = placePanels(sets, MARGIN + first + f * 0.6, right - second - f * 0.4);
  const lines = panels.at(-1).line + 1;
  const top = MARGIN + f * (1.4 + 1.5 * lines);
  const row = rowHeight(count, { tall: tall - top - MARGIN, isBeside });
  const put = (words, x, wide) => words.map((_, i) => ({
    x, y: top + (i + 0.5) * row, width: wide,
  }));
  return {
    size, row, panels, lines, top,
    least: Math.min(FINGER, row), end: top + count * row + MARGIN / 2,
    asks: put(asks, MARGIN + first / 2, first), keys: put(keys, right - second / 2, second),
    hasThreads: panels[0].right - panels[0].left >= THREADS_FROM,
    names: { asksX: MARGIN, keysX: right, y: MARGIN + f },
  };
}

function rowHeight(count, { tall, isBeside }) {
  if (isBeside && tall === Infinity) return ROW.still;
  return Math.min(Math.max(tall / count, isBeside ? ROW.least : ROW.large), FINGER);
}

/** Place panels side by side; many in little room take turns in two lines of numbers. */
function placePanels(sets, left, right) {
  const room = right - left;
  const columns = room / sets.length < NUMBER_FROM ? Math.ceil(sets.length / 2) : sets.length;
  const width = room / columns;
  return sets.map((_, k) => ({
    left: left + (k % columns) * width,
    right: left + ((k % columns) + 1) * width,
    line: Math.floor(k / columns),
  }));
}
