// Pictures that are part of a question, drawn by the functions that draw the explorers.
//
// A picture is what `picture` holds in data/questions/*.toml; data/README.md lists its kinds.

import { barArea, drawBars } from "../draw/bars.js";
import { drawHeatMap, layoutHeatMap } from "../draw/heatmap.js";
import { drawMaster } from "../draw/master.js";
import { paint, paintOn, wordPaint } from "../draw/paint.js";
import { drawName, drawPlaneArrow, drawPlaneGrid, nameWidth, pixelOf } from "../draw/plane.js";
import { placeNames, planeIn } from "../draw/plane.js";
import { drawMixture, drawRibbon, drawWeightBars } from "../draw/ribbons.js";
import { placeNumberedBars, shareStarts } from "../draw/ribbons.js";
import { shortenWord, svgBox, svgElement, svgRoot, svgSymbol, svgText } from "../draw/svg.js";
import { textWidth, writeDecimals } from "../draw/svg.js";
import { drawToken, tokenWidth } from "../draw/tokens.js";

const EDGE = 14; // pixels around everything
const SIZE = 15; // letters
const LARGEST_PLANE = 290;
const PLANE_END = 3;
const CHART_TALL = 230;
const [NUMBERED, SHORT_NUMBERED] = [30, 22]; // pixels of a cell for "0.90", and for ".90"
const PADDING = "<pad>";
const [ROW_STEP, ROW_TALL] = [42, 34]; // pixels from row to row of cells, and of a cell

const PICTURES = {
  rows: [drawCellRows, describeRows],
  map: [drawNumberedMap, describeMap],
  plane: [drawQuizPlane, describeArrows],
  weights: [drawQuizShares, describeShares],
  chart: [drawQuizChart, describeChart],
  seeds: [drawQuizSeeds, describeSeeds],
  master: [null, describeMaster],
};

/** Draw a question's picture as SVG text, `width` pixels wide. */
export function drawQuizPicture(picture, width) {
  const title = describeQuizPicture(picture);
  if (picture.kind === "master") return drawQuizStep(picture, width, title);
  const [draw] = PICTURES[picture.kind];
  const { shapes, height } = draw(picture, width);
  return svgRoot(width, height, title, ...shapes);
}

/** Say what a picture shows, number by number, for whoever does not see it. */
export function describeQuizPicture(picture) {
  const [, describe] = PICTURES[picture.kind];
  return describe(picture);
}

/** Write a share with two decimals, "0.05". */
function twoDecimals(number) {
  return writeDecimals(number, 2);
}

function plainNumber(number) {
  return String(number).replace("-", "−");
}

function listWords(words) {
  return words.join(", ");
}

// --- rows of cells: a batch, or words in pieces ---

function drawCellRows({ rows, labels = [] }, width) {
  const named = Math.max(0, ...labels.map((text) => textWidth(text, SIZE) + 10));
  const columns = columnWidths(rows, width - 2 * EDGE - named);
  const starts = columns.map((_, j) => columns.slice(0, j).reduce((sum, each) => sum + each, 0));
  const whole = starts.at(-1) + columns.at(-1);
  const left = (width - named - whole) / 2 + named;
  const shapes = rows.map((row, i) => {
    const y = EDGE + i * ROW_STEP + ROW_TALL / 2;
    const label = labels[i] && svgText(left - 10, y + SIZE * 0.35, labels[i], {
      "font-size": SIZE, "text-anchor": "end", fill: paint("quiet"),
    });
    return [label, row.map((text, j) =>
      drawRowCell(left + starts[j] + columns[j] / 2, y, text, columns[j]))];
  });
  return { shapes, height: 2 * EDGE + rows.length * ROW_STEP - (ROW_STEP - ROW_TALL) };
}

/** Return how wide each column is: as its widest text asks, or less if there is no room. */
function columnWidths(rows, room) {
  const most = Math.max(...rows.map((row) => row.length));
  const wanted = Array.from({ length: most }, (_, j) => Math.max(
    ...rows.map((row) => (j < row.length ? textWidth(row[j], SIZE) : 0)), SIZE) + 16);
  const whole = wanted.reduce((sum, each) => sum + each, 0);
  return wanted.map((each) => each * Math.min(1, room / whole));
}

function drawRowCell(x, y, text, column) {
  const isPadding = text === PADDING;
  const size = Math.min(SIZE, (SIZE * (column - 8)) / textWidth(text, SIZE));
  return [
    svgBox(x, y, column - 4, ROW_TALL, {
      fill: paint(isPadding ? "track" : "ground"), stroke: paint("frame"),
    }),
    svgText(x, y + size * 0.35, text, {
      "font-size": size, fill: paint(isPadding ? "quiet" : "ink"),
    }),
  ];
}

function describeRows({ rows, labels = [] }) {
  const said = rows.map((row, i) => `${labels[i] ? `${labels[i]}: ` : ""}${row.join(" ")}`);
  return `${rows.length} rows of cells. ${said.join("; ")}.`;
}

// --- a heat map with its numbers ---

function drawNumberedMap({ source, target, weights }, width) {
  const place = layoutHeatMap(source, target, width - 2 * EDGE, SIZE);
  const left = EDGE + (width - 2 * EDGE - place.total) / 2;
  const { labels, cell, height, head } = place;
  const size = Math.min(13, cell * (cell < NUMBERED ? 0.42 : 0.33));
  const write = (weight) => twoDecimals(weight).slice(cell < NUMBERED ? 1 : 0);
  const numbers = cell >= SHORT_NUMBERED && weights.map((row, t) => row.map((weight, j) => svgText(
    left + labels + (j + 0.5) * cell, EDGE + head + (t + 0.5) * height + size * 0.35,
    weight === 0 ? "0" : write(weight),
    { "font-size": size, fill: weight === 0 ? paint("quiet") : paintOn(j, weight) },
  )));
  const map = drawHeatMap(left, EDGE, { source, target, rows: weights }, place);
  return { shapes: [map, numbers], height: place.tall + 2 * EDGE };
}

function describeMap({ source, target, weights }) {
  const said = target.map((word, t) => `${word}: ${listWords(weights[t].map(twoDecimals))}`);
  return `A heat map with the columns ${listWords(source)}. ${said.join("; ")}.`;
}

// --- arrows in a plane ---

function drawQuizPlane({ words, states, query, keys = [] }, width) {
  const side = Math.min(width - 2 * EDGE - 20, LARGEST_PLANE);
  const plane = planeIn((width - side) / 2 + 10, EDGE, side, PLANE_END);
  const middle = [0, 0];
  const arrows = [
    ...states.map((h, j) => ({ to: h, color: wordPaint(j), width: 2.4 })),
    ...keys.map((key, j) => ({ to: key, color: wordPaint(j), dashed: true })),
    { to: query, color: paint("query"), width: 4 },
  ];
  const names = [
    { letter: "s", color: paint("query-text"), to: query },
    ...words.map((word, j) => ({ letter: "h", index: j + 1, word, to: states[j] })),
    ...keys.map((key, j) => ({ letter: "Wh", index: j + 1, to: key })),
  ].map((name) => placedName(name, plane));
  const lines = arrows.map(({ to }) => [middle, to].map((point) => pixelOf(plane, point)));
  const centers = placeNames(names, lines, names.map(({ tip }) => tip), plane);
  const shapes = [
    drawPlaneGrid(plane, 12),
    arrows.map(({ to, width: thick = 2.2, ...look }) =>
      drawPlaneArrow(plane, middle, to, { ...look, width: thick })),
    names.map((name, i) => drawName(centers[i], name)),
  ];
  return { shapes, height: side + 2 * EDGE + 8 };
}

/** Return a name with its tip in pixels and its size, as `placeNames` wants it. */
function placedName({ to, ...name }, plane) {
  const long = Math.hypot(...to) || 1;
  const sized = { ...name, size: SIZE };
  return {
    ...sized, tip: pixelOf(plane, to), away: [to[0] / long, -to[1] / long],
    width: nameWidth(sized), height: SIZE * 1.15,
  };
}

function describeArrows({ words, states, query, keys = [] }) {
  const pair = (vector) => `(${vector.map(plainNumber).join(", ")})`;
  const said = [
    ...words.map((word, j) => `h ${j + 1}, ${word}, at ${pair(states[j])}`),
    ...keys.map((key, j) => `dashed: W h ${j + 1} at ${pair(key)}`),
    `s at ${pair(query)}`,
  ];
  return `Arrows in a plane: ${said.join("; ")}.`;
}

// --- weights: bars that sum to one, and what they mix ---

function drawQuizShares({ words, weights }, width) {
  const column = (width - 2 * EDGE) / words.length;
  const centers = words.map((_, j) => EDGE + (j + 0.5) * column);
  const unit = (width - 2 * EDGE) * 0.62;
  const [tokens, bars, mixture] = [EDGE + 14, EDGE + 62, EDGE + 132];
  const widths = weights.map((weight) => weight * unit);
  const numbers = weights.map((weight) => textWidth(twoDecimals(weight), SIZE));
  const places = placeNumberedBars(centers, widths, numbers, EDGE, width - EDGE, 6);
  const start = (width - unit) / 2;
  const starts = shareStarts(weights);
  const items = weights.map((weight, j) => ({
    weight, share: weight, color: wordPaint(j),
  }));
  const shapes = [
    words.map((word, j) => drawToken(centers[j], tokens, word, {
      width: tokenWidth(word, SIZE, column - 6), size: SIZE, color: items[j].color,
    })),
    weights.map((weight, j) =>
      svgText(places[j], bars - 8, twoDecimals(weight), { "font-size": SIZE })),
    items.map(({ weight, color }, j) => weight > 0 && drawRibbon([places[j], bars + 12],
      [start + (starts[j] + weight / 2) * unit, mixture], weight * unit, color)),
    drawWeightBars(places, bars, unit, 12, items),
    drawMixture(start, mixture, unit, 22, items),
    svgSymbol(start - 16, mixture + 11, "c", "", SIZE + 2),
  ];
  return { shapes, height: mixture + 22 + EDGE };
}

function describeShares({ words, weights }) {
  const said = words.map((word, j) => `${word} ${twoDecimals(weights[j])}`);
  return `Weights of the words: ${said.join(", ")}.`;
}

// --- a bar chart, with intervals if it has any ---

function drawQuizChart({ title, unit, labels, values, intervals = [], most = 100 }, width) {
  const share = (value) => value / most;
  const chart = {
    part: "chart", title, groups: labels,
    series: [{ name: unit, color: paint("next"), shares: values.map(share) }],
    ticks: [0, 0.5, 1].map((each) => [each, plainNumber(each * most)]),
  };
  const place = { width: width - 2 * EDGE, height: CHART_TALL - 2 * EDGE, size: SIZE - 1 };
  const { x0, y0, y1, middleOf } = barArea(EDGE, EDGE, chart, place);
  const ink = { stroke: paint("ink"), "stroke-width": 2 };
  const whiskers = x0 > 0 && intervals.map(([low, high], i) => {
    const [x, top, bottom] = [middleOf(i), high, low].map((each, k) =>
      (k === 0 ? each : y0 + share(each) * (y1 - y0)));
    return [
      svgElement("line", { x1: x, x2: x, y1: top, y2: bottom, ...ink }),
      [top, bottom].map((y) => svgElement("line", { x1: x - 5, x2: x + 5, y1: y, y2: y, ...ink })),
    ];
  });
  return { shapes: [drawBars(EDGE, EDGE, chart, place), whiskers], height: CHART_TALL };
}

function describeChart({ title, unit, labels, values, intervals = [] }) {
  const said = labels.map((label, i) => {
    const [low, high] = (intervals[i] || []).map(plainNumber);
    return `${label}: ${plainNumber(values[i])}${low ? ` (${low} to ${high})` : ""}`;
  });
  return `A bar chart. ${unit} ${title}. ${said.join("; ")}.`;
}

// --- differences, a dot for each seed, and the interval of their mean ---

function drawQuizSeeds({ unit, values, interval }, width) {
  const all = [0, ...values, ...interval];
  const [low, high] = [Math.floor(Math.min(...all)), Math.ceil(Math.max(...all))];
  const [left, right] = [3 * EDGE, width - 3 * EDGE];
  const at = (value) => left + ((value - low) / (high - low)) * (right - left);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [dots, bar, axis] = [EDGE + 26, EDGE + 62, EDGE + 100];
  const quiet = { "font-size": SIZE - 2, fill: paint("quiet") };
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  const ink = { stroke: paint("ink"), "stroke-width": 2.5 };
  const shapes = [
    ticks.map((tick) => [
      svgElement("line", {
        x1: at(tick), x2: at(tick), y1: EDGE + 8, y2: axis,
        stroke: paint(tick === 0 ? "ink" : "empty"), "stroke-dasharray": tick === 0 ? "4 3" : null,
      }),
      svgText(at(tick), axis + 16, plainNumber(tick), quiet),
    ]),
    values.map((value) => svgElement("circle", {
      cx: at(value), cy: dots, r: 6, fill: paint("neutral"), "fill-opacity": 0.75,
    })),
    svgElement("line", { x1: at(interval[0]), x2: at(interval[1]), y1: bar, y2: bar, ...ink }),
    interval.map((end) => [
      svgElement("line", { x1: at(end), x2: at(end), y1: bar - 6, y2: bar + 6, ...ink }),
      svgText(at(end), bar + 22, plainNumber(end), { "font-size": SIZE - 1 }),
    ]),
    svgElement("circle", { cx: at(mean), cy: bar, r: 5, fill: paint("ink") }),
    svgText(width / 2, axis + 36, shortenWord(unit, width - 2 * EDGE, SIZE - 1), quiet),
  ];
  return { shapes, height: axis + 36 + EDGE };
}

function describeSeeds({ unit, values, interval }) {
  const ends = interval.map(plainNumber).join(" to ");
  return `${unit}: dots at ${listWords(values.map(plainNumber))}; the interval of their mean is `
    + `${ends}.`;
}

// --- the master picture ---

function drawQuizStep({ variant, source, weights, target = [], hide = [] }, width, title) {
  const state = { source, weights, target };
  const decoder = target.length > 0; // else it is about the source's half
  return drawMaster(state, { width, variant, title, compact: true, hide, decoder });
}

function describeMaster({ variant, source, weights, target = [] }) {
  const written = target.length > 0 ? `, after it wrote ${target.join(" ")}` : "";
  return `One step of ${variant} attention over ${listWords(source)}${written}. `
    + describeShares({ words: source, weights });
}
