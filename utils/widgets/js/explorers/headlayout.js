// Where everything stands in the head viewer's picture.

import { tokenWidth } from "../draw/tokens.js";

const BESIDE_FROM = 860; // pixels: narrower pictures have the small maps below
const MAPS_SHARE = 0.54; // of the width, beside
const FINGER = 44; // pixels
const MAP = { least: 50, most: 150, gap: 10, tight: 6, roomy: 100 }; // pixels
const ROW = { least: 10, most: 40, narrow: 26, boxed: 20 }; // pixels from word to word
const USUAL_TALL = 420; // pixels of all words, where the picture is as tall as it likes
const LEAST_BESIDE = 330; // pixels, beside: with large letters, a screen is lower than that
const MARGIN = 12;
const LETTERS = 15; // pixels
const MOST_IN_LINE = 5; // maps beside the words
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
  const high = Math.max(tall ?? Infinity, LEAST_BESIDE) - 1; // JSON has no Infinity
  const maps = layoutMaps(view, { width, tall: high, isBeside, f });
  const right = isBeside ? maps.left - 2 * MARGIN : width - MARGIN;
  const place = placeLists(view, { right, tall: high, isBeside, f });
  if (!isBeside) maps.top = place.end + f * 0.6;
  const bottom = Math.max(place.end, maps.top + maps.tall + MARGIN);
  return { ...place, f, width, maps, tall: bottom };
}

/**
 * Place the small maps: the heads of a layer and their average in one line or more, each with its
 * name and habit below. `top` is where their title begins, `lead` how far below it the maps do.
 */
function layoutMaps(view, { width, tall, isBeside, f }) {
  const [layers, count] = [view.maps.length, view.maps[0].length + Number(hasMeans(view))];
  const gap = width < BESIDE_FROM / 2 ? MAP.tight : MAP.gap;
  const room = isBeside ? width * MAPS_SHARE - MARGIN : width - 2 * MARGIN;
  const fitting = Math.max(Math.floor((room + gap) / (MAP.least + gap)), 1);
  const lines = Math.ceil(count / Math.min(fitting, isBeside ? MOST_IN_LINE : Infinity));
  const perLine = Math.ceil(count / lines);
  const across = Math.min((room + gap) / perLine - gap, MAP.most);
  const nameLines = across >= MAP.roomy ? 1 : 2;
  const lead = f * 1.2; // the title
  const [name, label] = [f * 1.8, f * (1.3 + nameLines * (nameLines > 1 ? 0.95 : 1))]; // a layer's
  const down = isBeside && tall !== Infinity
    ? ((tall - 2 * MARGIN - lead) / layers - name) / lines - label : MAP.most;
  const side = Math.max(Math.min(across, down), MAP.least);
  const pitch = nameLines === 1 ? Math.max(side, MAP.roomy) + gap : side + gap;
  const total = perLine * pitch - gap;
  const layerTall = name + lines * (side + label);
  return {
    left: isBeside ? width - MARGIN - total : MARGIN, top: MARGIN,
    side, pitch, gap, lead, name, label, nameLines, lines, perLine, layerTall,
    width: total, tall: lead + layers * layerTall,
  };
}

/** Tell whether the averages have maps: in a still nobody presses them, and the heads are larger. */
export function hasMeans({ isStill, chosen }) {
  return !isStill || chosen.length === 0;
}

/** Place two lists of words, and a panel for each set between them. */
function placeLists({ asks, keys, sets }, { right, tall, isBeside, f }) {
  const count = Math.max(asks.length, keys.length);
  const linesOf = (left, end) => placePanels(sets, left, end).at(-1).line + 1;
  const most = (right - MARGIN) * (right < BESIDE_FROM / 2 ? 0.28 : 0.22);
  const lines = linesOf(MARGIN + most, right - most);
  const top = MARGIN + f * (1.2 + 1.5 * lines);
  const row = rowHeight(count, { tall: tall - top - MARGIN, isBeside });
  const isBoxed = row >= ROW.boxed;
  const size = Math.min(f * 0.93, row * (isBoxed ? 0.56 : 0.84)); // a token is 1.7 letters high
  const width = (words) => Math.min(Math.max(...words.map((word) => tokenWidth(word, size))), most);
  const [first, second] = [width(asks), width(keys)];
  const panels = placePanels(sets, MARGIN + first + f * 0.4, right - second - f * 0.4, lines);
  const put = (words, x, wide) => words.map((_, i) => ({
    x, y: top + (i + 0.5) * row, width: wide,
  }));
  return {
    size, row, isBoxed, panels, lines, top,
    least: Math.min(FINGER, row), end: top + count * row + MARGIN / 2,
    asks: put(asks, MARGIN + first / 2, first), keys: put(keys, right - second / 2, second),
    hasThreads: panels[0].right - panels[0].left >= THREADS_FROM,
    names: { asksX: MARGIN, keysX: right, y: MARGIN + f },
  };
}

function rowHeight(count, { tall, isBeside }) {
  if (!isBeside) return ROW.narrow;
  const free = tall === Infinity ? USUAL_TALL : tall;
  return Math.min(Math.max(free / count, ROW.least), ROW.most);
}

/** Place panels side by side; many in little room take turns in `lines` of numbers. */
function placePanels(sets, left, right, lines = null) {
  const room = right - left;
  const isTight = lines === null ? room / sets.length < NUMBER_FROM : lines > 1;
  const columns = isTight ? Math.ceil(sets.length / 2) : sets.length;
  const width = room / columns;
  return sets.map((_, k) => ({
    left: left + (k % columns) * width,
    right: left + ((k % columns) + 1) * width,
    line: Math.floor(k / columns),
  }));
}
