// What the attention editor shows, as text and drawings: no element of a page is touched in here.
//
// A view is {source, before, after, rows, own, edited, step, shown, word, row}:
//   source      S words; before, after: the words of each step, `<eos>` included
//   rows, own   for each step of `after` its weights (S), and those that the model itself had
//   edited      the steps whose rows are overwritten
//   step        the chosen step, from 0; `shown` is the one being looked at, mostly the same
//   word        the chosen source word, from 0
//   row         the weights (S) of the bars, which on their way differ from `rows[shown]`

import { drawHeatMap } from "../draw/heatmap.js";
import { paint, wordPaint } from "../draw/paint.js";
import { drawMixture, drawRibbon, shareStarts } from "../draw/ribbons.js";
import { svgElement, svgPart, svgRoot, svgText } from "../draw/svg.js";
import { drawToken } from "../draw/tokens.js";

const END_OF_SENTENCE = "<eos>";
const ALL = 0.99; // of the weight: as good as all of it
const EVEN = 0.005; // rows that differ less from all equal are called so
const MOVED = 0.02; // of the weight: a bar that is so far away has a mark where it was
const LONG = 4; // letters: most shorter words are function words
const LEAST_ROW = 16; // pixels: lower rows of the heat map cannot be hit
const LEAST_HANDLE = 24; // pixels
const SEEN = 0.004; // a weight below it is left out of drawings: nobody could see it

/** Return the view of two translations, as `traceEdited` returns them, at a step. */
export function editorView(before, after, step, chosen = {}) {
  const rows = after.steps.map(({ weights }) => weights);
  return {
    source: after.source,
    before: before.steps.map(({ word }) => word),
    after: after.steps.map(({ word }) => word),
    rows,
    own: after.own,
    edited: Object.keys(after.edits).map(Number).filter((t) => t < rows.length),
    step,
    shown: step,
    word: topWord(rows[step]),
    row: Array.from(rows[step]),
    ...chosen,
  };
}

/** Return the steps at which two translations differ. */
export function changedSteps({ before, after }) {
  const size = Math.max(before.length, after.length);
  return Array.from({ length: size }, (_, t) => t).filter((t) => isChanged(before[t], after[t]));
}

/** Tell whether two words of a step differ; behind its end a translation goes on with `<eos>`. */
function isChanged(was, now) {
  return (was ?? END_OF_SENTENCE) !== (now ?? END_OF_SENTENCE);
}

/** Say in one or two sentences what the row that is shown does. */
export function editorFinding(view) {
  const { before, after, edited, shown } = view;
  const changed = changedSteps(view);
  const isEdited = edited.includes(shown);
  const was = before[shown] ?? END_OF_SENTENCE;
  const writes = `writes ${quoteWord(after[shown])}`;
  const start = `Step ${shown + 1}${isEdited ? ", edited" : ""}: ${lookPhrase(view)}, and it `;
  if (edited.length === 0) return `${start}${writes}. Drag a bar to make it look elsewhere.`;
  const compared = was === after[shown]
    ? `still ${writes}` : `${writes} instead of ${quoteWord(was)}`;
  const others = changed.filter((t) => t !== shown).length;
  const counted = ["all other words stay", "1 other word changes"][others]
    ?? `${others} other words change`;
  return `${start}${compared}; ${counted}.`;
}

/** Say where most of a row's weight is. */
function lookPhrase({ source, rows, shown }) {
  const row = rows[shown];
  const top = topWord(row);
  if (row.length > 1 && row[top] - 1 / row.length < EVEN) return "all words weigh the same";
  return `${row[top].toFixed(2)} of the weight is on “${source[top]}”`;
}

function quoteWord(word) {
  return word === END_OF_SENTENCE ? "the end, <eos>," : `“${word}”`;
}

/** Return the place of the largest weight. */
export function topWord(row) {
  return row.reduce((best, weight, j) => (weight > row[best] ? j : best), 0);
}

/** Return how many letters a word has; the marks of pieces and of sentences are none. */
function lettersOf(word) {
  return word === END_OF_SENTENCE ? 0 : (word.match(/\p{L}/gu) ?? []).length;
}

/** Return the challenges, each with whether the reader has met it: [{name, text, isMet}, …]. */
export function editorChallenges(view) {
  const { before, after, rows, own, edited } = view;
  const changed = changedSteps(view);
  const counts = (words) => (word) => words.filter((other) => other === word).length;
  const [was, now] = [counts(before), counts(after)];
  const deaf = edited.filter((t) => rows[t].some((weight, j) => (
    weight >= ALL && j !== topWord(own[t]) && rows[t].length > 1
  )));
  const isDeaf = deaf.some((t) => before[t] === after[t]
    && before.slice(0, t).join() === after.slice(0, t).join());
  return [
    {
      name: "one",
      text: "Edit one row so that exactly one word of the translation changes.",
      isMet: edited.length === 1 && changed.length === 1,
    },
    {
      name: "twice",
      text: "Make it repeat a word of four letters or more.",
      isMet: edited.length > 0 && after.some((word) => (
        lettersOf(word) >= LONG && now(word) === 2 && was(word) === 1
      )),
    },
    {
      name: "deaf",
      text: "Give all weight to a wrong word and still get the right one. Which don’t care?",
      isMet: isDeaf,
      answer: isDeaf ? insistentAnswer(view) : "",
    },
  ];
}

/** Answer which words are written wherever their steps look. */
function insistentAnswer({ insistent }) {
  const words = [...new Set(insistent?.() ?? [])].map((word) => (
    word === END_OF_SENTENCE ? word : `“${word}”`
  ));
  if (words.length === 0) return "In this sentence, none is written wherever its step looks.";
  const verb = words.length > 1 ? "are" : "is";
  return `${words.join(", ")} ${verb} written wherever the step looks.`;
}

/** Draw the editor as SVG text, in the places that `layoutEditor` returns. */
export function drawEditor(view, place) {
  return svgRoot(place.width, place.tall, editorFinding(view),
    drawPairs(view, place),
    drawLinks(view, place),
    drawBars(view, place),
    drawSum(view, place),
    drawMap(view, place));
}

/** Return what can be grabbed or pressed: steps, then source words. See handles.js. */
export function editorHandles(view, place) {
  const { after, step, source } = view;
  const steps = place.pairs.filter(({ t }) => t < after.length).map(({ t, x, y, width }) => ({
    id: `step-${t}`,
    kind: "toggle",
    isOn: t === step,
    label: stepLabel(view, t),
    x,
    y: y + place.pairHeight / 2,
    width,
    height: place.pairHeight,
  }));
  const words = place.bars.map(({ x, y }, j) => ({
    id: `word-${j}`,
    label: `weight on ${source[j]}, word ${j + 1}`,
    value: view.rows[step][j].toFixed(2),
    x,
    y: y + place.barHeight / 2,
    width: place.column,
    height: place.barHeight,
  }));
  return [...steps, ...words, ...rowHandles(view, place.map)];
}

/** Return a handle for each row of the heat map, where rows are high enough to be hit. */
function rowHandles({ after, rows, source }, { x, y, place }) {
  if (place.height < LEAST_ROW) return [];
  return rows.map((row, t) => ({
    id: `row-${t}`,
    label: `row of step ${t + 1}, ${quoteWord(after[t])}`,
    value: `${row[topWord(row)].toFixed(2)} on ${source[topWord(row)]}`,
    x: x + place.total / 2,
    y: y + place.head + (t + 0.5) * place.height,
    width: place.total,
    height: place.height,
    least: Math.max(place.height, LEAST_HANDLE),
  }));
}

/** Return the cell {t, j} of the heat map at a point; on the words beside it, j is null. */
export function cellAt({ source, rows }, { map }, x, y) {
  const { labels, cell, head, height } = map.place;
  const within = (number, count) => Math.min(Math.max(Math.floor(number), 0), count - 1);
  const along = (x - map.x - labels) / cell;
  return {
    t: within((y - map.y - head) / height, rows.length),
    j: along < 0 ? null : within(along, source.length),
  };
}

/** Say what a step wrote, for who does not see it. */
function stepLabel({ before, after, edited }, t) {
  const was = isChanged(before[t], after[t])
    ? ` instead of ${quoteWord(before[t] ?? END_OF_SENTENCE)}` : "";
  return `step ${t + 1}: ${quoteWord(after[t])}${was}${edited.includes(t) ? ", edited" : ""}`;
}

/** Tell whether there is an "after": until a row is edited, its place stays free. */
function hasAfter({ edited }) {
  return edited.length > 0;
}

/** Return how far below a step's upper end its mixture is: below the last of its words. */
function mixtureTop(view, { f, mixY }) {
  return hasAfter(view) ? mixY : mixY - f * 2;
}

/** Draw both translations, the words of a step one above the other. */
function drawPairs(view, place) {
  const { f, pairs, left } = place;
  const rows = hasAfter(view) ? [["before", 0], ["after", 1]] : [["writes", 0]];
  const names = [...new Set(pairs.map(({ y }) => y))].map((y) => rows.map(
    ([name, row]) => svgText(left - f * 0.5, y + place.tokenY[row] + f * 0.3, name, {
      "font-size": f * 0.8, "text-anchor": "end", fill: paint("quiet"),
    }),
  ));
  return svgPart("target", names, pairs.map((pair) => drawPair(view, place, pair)));
}

function drawPair(view, place, { t, x, y, width }) {
  const { before, after, edited, step, shown } = view;
  const { f } = place;
  const changed = isChanged(before[t], after[t]);
  const frame = t === step || t === shown;
  const data = { "data-step": t, "data-changed": changed, "data-edited": edited.includes(t) };
  return svgElement("g", data,
    frame && svgElement("rect", {
      x: x - width / 2 - f * 0.1, y, width: width + f * 0.2,
      height: place.pairHeight - (hasAfter(view) ? 0 : f * 2), rx: f * 0.4,
      fill: paint("ground"), stroke: paint("query"), "stroke-width": f * (t === step ? 0.16 : 0.07),
    }),
    stepName(view, place, { t, x, y }),
    drawWritten(before[t], x, y + place.tokenY[0], width, place, changed ? "gone" : "same"),
    hasAfter(view)
      && drawWritten(after[t], x, y + place.tokenY[1], width, place, changed ? "new" : "same"),
    t < after.length && mixture(view, place, { t, x, y, width }));
}

/** Write the number of a step above it, with a pencil if its row is edited. */
function stepName({ edited, step }, { f }, { t, x, y }) {
  const isEdited = edited.includes(t);
  const size = f * 0.84;
  return [
    isEdited && drawPencil(x - f * 1.4, y + f * 0.2, f * 0.85),
    svgText(x, y + f * 0.95, String(t + 1), {
      "font-size": size, fill: paint(t === step ? "query-text" : "quiet"),
      "font-weight": t === step || isEdited ? "bold" : "normal",
    }),
  ];
}

/** Draw a pencil in a square of `size` pixels. */
function drawPencil(x, y, size) {
  const at = (...points) => points.map(([a, b]) => `${(x + a * size).toFixed(1)} ${
    (y + b * size).toFixed(1)}`).join("L");
  return svgElement("path", {
    d: `M${at([0.05, 0.95], [0.15, 0.62], [0.72, 0.05], [0.95, 0.28], [0.38, 0.85])}Z`,
    fill: paint("ink"), "data-mark": "pencil",
  });
}

/** Draw a word of a translation; a changed one is struck out above, and bold and boxed below. */
function drawWritten(word, x, y, width, { f }, kind) {
  if (word === undefined) return svgText(x, y + f * 0.35, "–", { fill: paint("quiet") });
  const token = drawToken(x, y, word, {
    width: width - f * 0.3, size: f, color: paint(kind === "new" ? "highlight" : "frame"),
    strong: kind === "new",
  });
  if (kind === "same") return token;
  const half = width / 2 - f * 0.4;
  const line = { stroke: paint("highlight"), "stroke-width": f * 0.12 };
  return kind === "gone"
    ? [token, svgElement("line", { x1: x - half, y1: y, x2: x + half, y2: y, ...line })]
    : svgElement("g", { "font-weight": "bold" }, token);
}

/** Draw where a step looked: a bar below its word, split into the colors of the source words. */
function mixture(view, place, { t, x, y, width }) {
  const { rows, source } = view;
  const length = width - place.f * 0.5;
  const shares = Array.from(rows[t], (share, j) => ({ share, color: wordPaint(j) }));
  return drawMixture(x - length / 2, y + mixtureTop(view, place), length, place.f * 0.32,
    shares.filter(({ share }) => share > SEEN));
}

/** Draw ribbons from the source words to the step that is shown, where nothing is in between. */
function drawLinks(view, place) {
  const pair = place.pairs[view.shown];
  if (!place.hasLinks || !pair) return "";
  const { row, source } = view;
  const unit = pair.width - place.f * 0.5;
  const starts = shareStarts(row);
  const end = pair.y + mixtureTop(view, place) + place.f * 0.32;
  return svgPart("links", row.map((weight, j) => weight > SEEN && drawRibbon(
    [place.bars[j].x, place.bars[j].y],
    [pair.x + (starts[j] + weight / 2 - 0.5) * unit, end],
    weight * unit,
    wordPaint(j),
    { "data-word": j },
  )));
}

/** Draw the row as bars, each below its source word. */
function drawBars(view, place) {
  const { f, bars, left } = place;
  const name = place.hasLinks && svgText(left - f * 0.5, bars[0].y + f * 1.15, "source", {
    "font-size": f * 0.8, "text-anchor": "end", fill: paint("quiet"),
  });
  return svgPart("weights", name, bars.map((bar, j) => drawBar(view, place, bar, j)));
}

function drawBar({ source, row, own, edited, shown, word }, place, { x, y }, j) {
  const { f, column, full } = place;
  const color = wordPaint(j);
  const width = Math.min(column * 0.62, f * 3.2);
  const top = y + place.trackY;
  const tip = top + (1 - row[j]) * full;
  const before = own[shown][j];
  const mark = top + (1 - before) * full;
  const box = { x: x - width / 2, width };
  return svgElement("g", { "data-word": j, "data-weight": row[j].toFixed(6) },
    drawToken(x, y + f * 0.85, source[j], {
      width: column - f * 0.3, size: place.sourceSize, color, strong: j === word,
    }),
    place.isStill // where nothing can be dragged, a track would be an empty column
      ? svgElement("rect", { ...box, y: top + full, height: 1.5, fill: paint("faint") })
      : svgElement("rect", { ...box, y: top, height: full, rx: f * 0.2, fill: paint("track") }),
    svgElement("rect", { ...box, y: tip, height: Math.max(row[j] * full, 0), fill: color }),
    edited.includes(shown) && Math.abs(before - row[j]) > MOVED && svgElement("line", {
      x1: box.x - f * 0.2, y1: mark, x2: box.x + width + f * 0.2, y2: mark, stroke: paint("ink"),
      "stroke-width": f * 0.1, "stroke-dasharray": "3 2", "data-mark": "own",
    }),
    !place.isStill && drawGrip(x, tip, f, color),
    svgText(x, top + full + f * 1.5, row[j].toFixed(2), {
      "font-size": f * 0.84, "font-weight": row[j] >= 0.3 ? "bold" : "normal",
      fill: paint(row[j] < 0.005 ? "quiet" : "ink"),
    }));
}

/** Draw what a bar is dragged by: a knob with an arrow up and one down. */
function drawGrip(x, y, f, color) {
  const arrow = (way) => svgElement("path", {
    d: `M${x - f * 0.3} ${y + way * f * 0.14}L${x} ${y + way * f * 0.44}L${x + f * 0.3} ${
      y + way * f * 0.14}Z`,
    fill: paint("ink"),
  });
  return svgElement("g", { "data-mark": "grip" },
    svgElement("rect", {
      x: x - f * 0.75, y: y - f * 0.62, width: f * 1.5, height: f * 1.24, rx: f * 0.4,
      fill: paint("ground"), stroke: color, "stroke-width": f * 0.14,
    }), arrow(-1), arrow(1));
}

/** Draw the whole weight as one bar: what one word wins, the others lose. */
function drawSum({ row, source }, { f, sum, left }) {
  const shares = row.map((share, j) => (
    { share, color: wordPaint(j), data: { "data-word": j } }
  ));
  return svgPart("sum",
    svgText(left - f * 0.5, sum.y + sum.height - f * 0.06, "sums to 1", {
      "font-size": f * 0.8, "text-anchor": "end", fill: paint("quiet"),
    }),
    drawMixture(sum.x, sum.y, sum.width, sum.height, shares.filter(({ share }) => share > SEEN)));
}

/** Draw the heat map of "after"; rows that are edited have a frame and a pencil. */
function drawMap(view, { map }) {
  const { source, after, rows, edited, step } = view;
  const { x, y, place, hint } = map;
  const { labels, cell, height, head, size } = place;
  const [left, width] = [x + labels, cell * source.length];
  const frames = edited.filter((t) => t < rows.length).map((t) => [
    svgElement("rect", {
      x: left, y: y + head + t * height, width, height, fill: "none", "data-edited": t,
      stroke: paint("ink"), "stroke-width": 2,
    }),
    drawPencil(left + width + size * 0.3, y + head + (t + 0.5) * height - size * 0.4, size * 0.8),
  ]);
  const cells = rows.map((row, t) => (t === step ? Array.from(row) : visibleCells(row)));
  return [drawHeatMap(x, y, { source, target: after, rows: cells, step }, place), frames,
    hint.lines.map((line, i) => svgText(
      left + width, y + place.tall + hint.size * (1.2 + 1.3 * i), line,
      { "font-size": hint.size, "text-anchor": "end", fill: paint("quiet") },
    ))];
}

/** Return a row with holes in place of weights that nobody could see: a map skips these. */
function visibleCells(row) {
  const cells = new Array(row.length);
  row.forEach((weight, j) => {
    if (weight > SEEN) cells[j] = weight;
  });
  return cells;
}
