// What the stepper shows, without a page: from a translation to pictures, words and challenges.
//
// A translation is read once, by `readAndTrace`. Its view at a step holds what the master picture
// draws; between two steps, `mixViews` moves everything on its way from one view to the other.

import { drawHeatMap, layoutHeatMap } from "../draw/heatmap.js";
import { drawMaster } from "../draw/master.js";
import { writePercent } from "../draw/nextwords.js";
import { bakeTheme, paint } from "../draw/paint.js";
import { svgElement, svgRoot, svgText } from "../draw/svg.js";
import { Translator } from "../model/translator.js";
import { readTyped } from "../model/typed.js";

const LAST_WORD = "<eos>";
const SHOWN = 5; // next words
export const LINKED = 0.1; // a weight from which on two words count as linked
const SECOND = 0.25; // a weight from which on the second word is named, too
const SHARED = 0.3; // each of two words has it, where they share the weight
const AHEAD = 3; // source words further on: more than any small change of the order
const WIDE = 1000; // pixels: from there on, the master picture has the decoder beside the source
const ALMOST_WIDE = 900;
const MAP_FROM = 1200; // pixels: room for the map beside that
const MAIN_SHARE = 0.76; // of the width, for all but the map
const MAP_LETTERS = [11, 12.5]; // pixels, at least and at most
const FINDING_SHARE = 0.018; // of a film's width: the letters of its finding
const MOVING = new Set(["ribbons", "weights", "context", "scores", "softmax", "query"]);

const EXAMPLES = [
  "gestern hat die Frau dem alten Lehrer einen Apfel gegeben .",
  "heute ruft der Lehrer die Eltern an , weil das Kind nicht im Garten schläft .",
  "der Koch hat gestern das neue Buch nicht gelesen .",
  "Anna kauft einen Apfel .",
  "Ein Hund schläft auf dem Sofa .",
];

/** Return sentences to pick from: the one that was given, and examples that the model can read. */
export function sentencesFor(translator, given) {
  const known = translator.languages[0] !== "de" ? [] : EXAMPLES.filter(
    (text) => text !== given && translator.unknownWords(translator.read(text)).length === 0,
  );
  return given.trim() === "" ? known : [given, ...known];
}

/**
 * Translate a typed sentence, whatever it is.
 * @param {Translator} translator
 * @param {string} text
 * @returns {{note: string, kind: string, source: string[], words: string[], tokens: string[],
 *   rows: number[][], steps: Object[]}} the note of `readTyped`; the attention's name; S words, or
 *   pieces, that are read; what each of T steps writes, `<eos>` included; the translation in words;
 *   the weights (T, S); and each step's `weights`, `scores` (or null) and `best`. T is 0 if there
 *   is nothing to translate.
 */
export function readAndTrace(translator, text) {
  const { words, note } = readTyped(translator, text);
  const kind = translator.model.config.attention;
  if (words.length === 0) return { note, kind, source: [], words, tokens: [], rows: [], steps: [] };
  const { source, tokens, steps } = translator.trace(words);
  const kept = steps.map(({ weights, scores, best, word }) => ({
    weights: Array.from(weights), scores: scores && Array.from(scores), best, word,
  }));
  const rows = kept.map(({ weights }) => weights);
  return { note, kind, source, words: kept.map(({ word }) => word), tokens, rows, steps: kept };
}

/** Return what the master picture shows at step t, from 1; a later one than the last is the last. */
export function viewAt({ source, words, rows, steps }, t) {
  const last = Math.min(t, steps.length);
  const { weights, scores, best } = steps[last - 1];
  return {
    source, words, weights, scores, best,
    target: words.slice(0, last - 1),
    rows: rows.slice(0, last),
  };
}

/** Return the view on the way from one to another of the same translation: share is 0 … 1. */
export function mixViews(from, to, share) {
  const blend = (a, b) => a * (1 - share) + b * share;
  const blendAll = (a, b) => a.map((number, j) => blend(number, b[j]));
  const none = from.weights.map(() => 0);
  const longer = from.rows.length > to.rows.length ? from.rows : to.rows;
  const best = mixBest(from.best, to.best, blend);
  return {
    ...(isArrived(from, to, best, share) ? to : from),
    weights: blendAll(from.weights, to.weights),
    scores: from.scores && to.scores && blendAll(from.scores, to.scores),
    rows: longer.map((_, t) => blendAll(from.rows[t] || none, to.rows[t] || none)),
    best,
  };
}

/** Tell whether the target row is that of the second view: it has changed once its word leads. */
function isArrived(from, to, best, share) {
  const [before, after] = [from.best[0][0], to.best[0][0]];
  return before === after ? share >= 0.5 : best[0][0] === after;
}

/** The bars of the next words shrink and grow, and change places where they are equal. */
function mixBest(from, to, blend) {
  const [before, after] = [new Map(from), new Map(to)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((word) => [word, blend(before.get(word) ?? 0, after.get(word) ?? 0)])
    .sort((a, b) => b[1] - a[1])
    .slice(0, SHOWN);
}

/** Slow at both ends: what moves is easier to follow. */
export function easeShare(share) {
  return share < 0.5 ? 2 * share ** 2 : 1 - 2 * (1 - share) ** 2;
}

/**
 * Draw a view as the master picture of an attention, with the map of all steps so far: beside the
 * picture, or below if there is no room.
 */
export function drawStep(view, kind, { width, tall, map = true }) {
  const isBeside = map && width >= MAP_FROM;
  const main = isBeside ? width * MAIN_SHARE : width;
  // A picture that is a little too narrow for its wide form is drawn wider, and shrunk.
  const drawnWidth = main >= ALMOST_WIDE ? Math.max(main, WIDE) : main;
  const zoom = main / drawnWidth;
  const drawn = drawMaster(view, {
    variant: kind, width: drawnWidth, tall: tall && tall / zoom, compact: drawnWidth < WIDE,
  });
  return map ? addMap(drawn, view, { width, main, zoom, isBeside }) : drawn;
}

/** Put the map beside or below a drawing; the words to come stay hidden, and their rows empty. */
function addMap(drawn, view, { width, main, zoom, isBeside }) {
  const { source, words, rows, target } = view;
  const height = svgHeight(drawn) * zoom;
  const [least, most] = MAP_LETTERS;
  const size = Math.min(Math.max((isBeside ? width - main : width) * 0.04, least), most);
  const room = (isBeside ? width - main : width - size) - size;
  const place = layoutHeatMap(source, words, room, size);
  const left = isBeside ? main : (width - place.total) / 2;
  const top = isBeside ? size : height;
  const written = words.map((word, t) => (t < rows.length ? word : ""));
  const map = { source, target: written, rows, step: target.length };
  return svgRoot(
    width, Math.max(height, top + place.tall + size), pictureTitle(view),
    svgElement("g", { transform: `scale(${zoom})` }, drawn), drawHeatMap(left, top, map, place),
  );
}

/** Return the picture in words, as a screen reader says it. */
function pictureTitle({ source, weights, best }) {
  const [most] = largestFirst(weights);
  return `Most weight, ${weights[most].toFixed(2)}, is on ${source[most]}. The next word is ${
    best[0][0]}. The map shows the weights so far.`;
}

function svgHeight(drawn) {
  return Number(/ height="([\d.]+)"/.exec(drawn)[1]);
}

/** Return the positions of the numbers, the largest first. */
function largestFirst(numbers) {
  return numbers.map((_, j) => j).sort((a, b) => numbers[b] - numbers[a]);
}

/** Say where step t looks: “ruft” (0.52) and “an” (0.41). */
function lookedAt({ source, rows }, t) {
  const row = rows[t - 1];
  const [first, second] = largestFirst(row);
  const name = (j) => `“${source[j]}” (${row[j].toFixed(2)})`;
  return row[second] >= SECOND ? `${name(first)} and ${name(second)}` : name(first);
}

function writes({ steps }, t) {
  const { word, best } = steps[t - 1];
  const sure = writePercent(best[0][1]);
  return word === LAST_WORD ? `ends the sentence (${sure})` : `writes “${word}” (${sure})`;
}

/** Say what step t (from 1) of a translation does. */
export function stepFinding(traced, t) {
  const { kind, rows, source, steps } = traced;
  const place = `Step ${t} of ${steps.length}`;
  if (kind === "fixed") {
    return `${place}: nobody asks where to look. From the same vector as at every step, the model `
      + `${writes(traced, t)}.`;
  }
  const row = rows[t - 1];
  const [first, second] = largestFirst(row);
  const most = `${row[first].toFixed(2)} of the weight is on “${source[first]}”`;
  const more = row[second] >= SECOND ? `, ${row[second].toFixed(2)} on “${source[second]}”` : "";
  return `${place}: ${most}${more}, and the model ${writes(traced, t)}.`;
}

/** Say what two models do at the same step, and how far their translations differ. */
export function compareFinding(traces, names, t) {
  const says = traces.map((traced, i) => {
    if (t > traced.steps.length) return `${names[i]} has already ended`;
    const look = traced.kind === "fixed" ? "looks nowhere" : `looks at ${lookedAt(traced, t)}`;
    return `${names[i]} ${look} and ${writes(traced, t)}`;
  });
  const flags = differingWords(traces[0].words, traces[1].words);
  const count = Math.max(...flags.map((each) => each.filter(Boolean).length));
  const verdict = count === 0 ? "Both translations are the same."
    : `The translations differ in ${count} ${count === 1 ? "word" : "words"}.`;
  return `Step ${t}: ${says.join("; ")}. ${verdict}`;
}

/** Say what a word that is pointed at is linked to: {source} or {target}, positions from 0. */
export function linkFinding(traced, { source, target }) {
  if (target !== undefined) return stepFinding(traced, target + 1);
  const name = `Source word ${source + 1}, “${traced.source[source]}”`;
  if (traced.kind === "fixed") return `${name}: a fixed vector has no weight for it.`;
  const column = traced.rows.map((row) => row[source]);
  const linked = largestFirst(column).filter((t) => column[t] >= LINKED).slice(0, 3);
  if (linked.length === 0) {
    const most = Math.max(...column).toFixed(2);
    return `${name}: no step looks at it, for ${most} is the most it ever gets.`;
  }
  const steps = linked.sort((a, b) => a - b).map((t) => (
    `“${traced.words[t]}” (step ${t + 1}, ${column[t].toFixed(2)})`
  ));
  return `${name}: looked at for ${steps.join(", ")}.`;
}

/**
 * Tell whether a shape belongs to what is pointed at.
 * @param {{part: string, word: ?number, row: ?number}} shape its part of the picture, its source
 *   word, and its target word or row of the map
 * @param {{source: ?number, target: ?number}} focus what is pointed at
 * @param {number[][]} rows the weights (T, S)
 * @param {number} step the one that is drawn, from 0: ribbons and bars are its own
 */
export function isLit({ part, word, row }, { source, target }, rows, step) {
  const isLinked = (j, t) => (rows[t]?.[j] ?? 0) >= LINKED;
  if (word !== undefined && row !== undefined) return word === source || row === target;
  if (row !== undefined) return target === undefined ? isLinked(source, row) : row === target;
  if (source !== undefined) return word === source;
  return isLinked(word, target) && (target === step || !MOVING.has(part));
}

/** Return for each word of two lists whether the other list lacks it, as lists of true and false. */
export function differingWords(a, b) {
  // common[i][k]: how many words a and b share, in their order, from i and k on.
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let k = b.length - 1; k >= 0; k -= 1) {
      common[i][k] = a[i] === b[k] ? common[i + 1][k + 1] + 1
        : Math.max(common[i + 1][k], common[i][k + 1]);
    }
  }
  const differs = [a.map(() => true), b.map(() => true)];
  let [i, k] = [0, 0];
  while (i < a.length && k < b.length) {
    if (a[i] === b[k]) {
      differs[0][i] = false;
      differs[1][k] = false;
      i += 1;
      k += 1;
    } else if (common[i + 1][k] >= common[i][k + 1]) i += 1;
    else k += 1;
  }
  return differs;
}

/** Return the challenges for step t (from 1), `pinned` being a source word, from 0, or null. */
export function stepperChallenges(traced, t, pinned) {
  const looks = traced.kind !== "fixed" && traced.steps.length > 0;
  const { rows, source } = traced;
  const most = (row) => largestFirst(row)[0];
  const isShared = (row) => row.filter((weight) => weight >= SHARED).length >= 2;
  const isUnseen = (j) => j < source.length && rows.every((row) => row[j] < LINKED);
  return [
    {
      name: "ahead",
      text: `Find the step that jumps ${AHEAD} source words ahead, or more. What waits there?`,
      isMet: looks && t > 1 && most(rows[t - 1]) >= most(rows[t - 2]) + AHEAD,
    },
    {
      name: "unseen",
      text: "Click a source word that no step looks at. Its meaning arrives anyway: how?",
      isMet: looks && pinned !== null && isUnseen(pinned),
    },
    {
      name: "shared",
      text: "Find an English word for which two German words share the weight.",
      isMet: looks && isShared(rows[t - 1]),
    },
  ];
}

/**
 * Draw one or two translations where nothing runs.
 * @param {Object<string, {header, data}>} models packed translators by name, one or two
 * @param {{sentence: string, step: number, width: number}} options
 * @returns {{svg: string, finding: string}}
 */
export function stepperStill(models, { sentence, step, width }) {
  const names = Object.keys(models);
  const traces = names.map((name) => readAndTrace(new Translator(models[name]), sentence));
  const length = Math.max(...traces.map(({ steps }) => steps.length));
  if (length === 0) return { svg: emptyStill(traces[0].note, width), finding: traces[0].note };
  const t = Math.min(step, length);
  if (names.length === 1) {
    const [traced] = traces;
    const svg = drawStep(viewAt(traced, t), traced.kind, { width });
    return { svg, finding: stepFinding(traced, t) };
  }
  const finding = compareFinding(traces, names, t);
  return { svg: drawSideBySide(traces, names, t, width, finding), finding };
}

function emptyStill(note, width) {
  return svgRoot(width, 80, note, svgText(width / 2, 45, note, { "font-size": 16 }));
}

/** Two pictures, each under its model's name and translation. */
function drawSideBySide(traces, names, t, width, title) {
  const [head, gap] = [34, 12];
  const each = (width - gap) / 2;
  const drawn = traces.map((traced) => drawStep(viewAt(traced, t), traced.kind, { width: each }));
  const heights = drawn.map((svg) => svgHeight(svg));
  const shapes = drawn.map((svg, i) => {
    const left = i * (each + gap);
    const says = `${names[i]}: ${traces[i].tokens.join(" ")}`;
    const style = { "font-size": 14, "text-anchor": "start", "font-weight": "bold" };
    return [
      svgText(left + gap, head - gap, says, { ...style, fill: paint("ink") }),
      svgElement("g", { transform: `translate(${left} ${head})` }, svg),
    ];
  });
  return svgRoot(width, head + Math.max(...heights), title, shapes.flat());
}

/**
 * Draw a translation as a film: each step at rest, with `between` pictures on the way to the next.
 * @param {{header, data}} model a packed translator
 * @param {{sentence: string, width: number, between: number, theme: string}} options
 * @returns {{svg: string, step: number, isAtRest: boolean}[]} pictures of one size
 */
export function stepperFilm(model, { sentence, width, between, theme }) {
  const traced = readAndTrace(new Translator(model), sentence);
  const draw = (view, step, isAtRest) => {
    const drawn = drawStep(view, traced.kind, { width });
    const svg = bakeTheme(underItsFinding(drawn, stepFinding(traced, step), width), theme);
    return { svg, step, isAtRest };
  };
  return traced.steps.flatMap((_, i) => {
    const to = viewAt(traced, i + 1);
    const from = i > 0 ? viewAt(traced, i) : null;
    const way = Array.from({ length: from ? between : 0 }, (__, k) => (
      draw(mixViews(from, to, easeShare((k + 1) / (between + 1))), i + 1, false)
    ));
    return [...way, draw(to, i + 1, true)];
  });
}

function underItsFinding(drawn, finding, width) {
  const size = width * FINDING_SHARE;
  const head = size * 2;
  const style = { "font-size": size, "text-anchor": "start", "font-weight": "bold" };
  return svgRoot(
    width, head + svgHeight(drawn), finding,
    svgText(size, size * 1.6, finding, style),
    svgElement("g", { transform: `translate(0 ${head})` }, drawn),
  );
}
