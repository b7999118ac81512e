// What the stepper shows, without a page: from a typed sentence to a picture of each moment.
//
// A translation is read once, by `readAndTrace`. Its view at a step holds what the master picture
// draws; between two steps, `mixViews` moves everything on its way from one view to the other.

import { drawHeatMap, layoutHeatMap, numberRoom } from "../draw/heatmap.js";
import { drawMaster } from "../draw/master.js";
import { letterSize } from "../draw/masterlayout.js";
import { svgElement, svgRoot } from "../draw/svg.js";
import { drawWordFlow } from "../draw/wordflow.js";
import { readTyped } from "../model/typed.js";
import { SPECIALS } from "../model/words.js";
import { largestFirst } from "./steppertext.js";

const WIDE = 1000; // pixels: from there on, the master picture has the decoder beside the source
const ALMOST_WIDE = 860;
const MAP_FROM = 860; // pixels: room for the map beside the flow of the words
const ROOMY = 1200;
const MAIN_SHARES = [0.7, 0.74]; // of the width, for all but the map: in narrow and wide pictures
const COLUMN = 50; // pixels: room for a score, and for a finger
const BESIDE_WORDS = 35; // letters: the names of the rows, and the decoder
const LEAST_LETTERS_WIDE = 12.5; // pixels
const MAP_LETTERS = 13; // pixels
const MACHINE_LETTERS = 13; // pixels

const MOST_LISTED = 600; // words

const SWITCHES = { closed: "open it +", open: "close it −" };

const EXAMPLES = [
  "gestern hat die Frau dem alten Lehrer einen Apfel gegeben .",
  "der kleine Mann liest nie , weil Paul nicht wartet .",
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

/** Return the words that a model knows, in their order; none if it reads pieces, or very many. */
export function knownWords({ subwords, sourceWords }) {
  const words = sourceWords.filter((word) => !SPECIALS.includes(word));
  if (subwords || words.length > MOST_LISTED) return [];
  const marksLast = (a, b) => /\p{L}/u.test(b) - /\p{L}/u.test(a);
  return words.sort((a, b) => marksLast(a, b) || a.localeCompare(b));
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

/** Return what the master picture shows at step t, from 1; beyond the last, the last. */
export function viewAt({ source, words, rows, steps }, t) {
  const last = Math.min(t, steps.length);
  const { weights, scores, best } = steps[last - 1];
  return {
    source, words, weights, scores, best,
    target: words.slice(0, last - 1),
    rows: rows.slice(0, last),
  };
}

/**
 * Return the view on the way from one to another of the same translation: share is 0 … 1.
 *
 * Words and numbers are those of the step to come, as in the finding; only ribbons and colors move.
 */
export function mixViews(from, to, share) {
  const blendAll = (a, b) => a.map((number, j) => number * (1 - share) + b[j] * share);
  const none = from.weights.map(() => 0);
  return {
    ...to,
    weights: blendAll(from.weights, to.weights),
    numbers: to.weights,
    rows: to.rows.map((row, t) => blendAll(from.rows[t] || none, row)),
  };
}

/** Return where a drawing has each word of the target row: { position: x of its center }. */
export function wordPlaces(drawn) {
  const token = new RegExp(
    '<g data-target="(\\d+)"[^>]*>(?:<title>[^<]*</title>)?'
      + '<rect x="(\\S+)" y="\\S+" width="(\\S+)"', "g",
  );
  return Object.fromEntries([...drawn.matchAll(token)].map(([, k, left, width]) => (
    [k, Number(left) + Number(width) / 2]
  )));
}

/**
 * Move the words of the target row on their way from one drawing's places to the other's: the word
 * before slides to where it will be read. A word that only one of them has is there at once.
 * @returns {{svg: string, places: Object<string, number>}} the drawing, and where the words are now
 */
export function slideWords(drawn, from, to, share) {
  const own = wordPlaces(drawn);
  const places = { ...own };
  const change = (k) => {
    if (!(k in from && k in to)) return "";
    places[k] = from[k] + (to[k] - from[k]) * share;
    return ` transform="translate(${(places[k] - own[k]).toFixed(2)} 0)"`;
  };
  const changes = Object.fromEntries(Object.keys(own).map((k) => [k, change(k)]));
  const svg = drawn.replace(/ data-target="(\d+)"/g, (mark, k) => mark + (changes[k] ?? ""));
  return { svg, places };
}

/** Slow at both ends: what moves is easier to follow. */
export function easeShare(share) {
  return share < 0.5 ? 2 * share ** 2 : 1 - 2 * (1 - share) ** 2;
}

/**
 * Draw a view: the flow of the words, with the map of all steps so far beside it, or below if there
 * is no room. `cell` is the map's {row, word} that is pointed at.
 *
 * With `machine` it is the master picture of an attention, without the map. score: "closed" draws
 * the small net of additive attention as one box, and leaves out equations; "open" draws its
 * inside. Both say how to change that. "folded" is closed where nothing can be pressed; without
 * any, the net is open. A map below grows row by row if `score` is "closed" or "open".
 */
export function drawStep(view, kind, { width, tall, map = true, machine = false, score, cell }) {
  if (machine) return drawMachine(view, kind, { width, tall, score });
  const isBeside = map && width >= MAP_FROM;
  const main = isBeside ? width * MAIN_SHARES[Number(width >= ROOMY)] : width;
  const drawn = drawWordFlow(view, { width: main, tall, kind, title: pictureTitle(view) });
  const shown = isBeside || !SWITCHES[score] ? view.words.length : view.rows.length;
  return map ? addMap(drawn, view, { width, main, isBeside, shown, cell }) : drawn;
}

function drawMachine(view, kind, { width, tall, score }) {
  // A picture that is a little too narrow for its wide form is drawn wider, and shrunk.
  const drawnWidth = width >= ALMOST_WIDE ? Math.max(width, WIDE) : width;
  const zoom = width / drawnWidth;
  const isFolded = score === "closed" || score === "folded";
  const drawn = drawMaster(view, {
    variant: kind, width: drawnWidth, tall: tall && tall / zoom, least: MACHINE_LETTERS / zoom,
    compact: drawnWidth < WIDE || isFolded, folded: isFolded,
    letters: lettersFor(drawnWidth, view.source.length),
    switch: kind === "additive" ? SWITCHES[score] : undefined, title: pictureTitle(view),
  });
  return zoom === 1 ? drawn : svgRoot(
    width, svgHeight(drawn) * zoom, pictureTitle(view),
    svgElement("g", { transform: `scale(${zoom})` }, drawn),
  );
}

/** Return the size of letters in a wide picture that leaves each word a column, if one does. */
function lettersFor(width, words) {
  if (width < WIDE) return undefined;
  const fitting = (width - words * COLUMN) / BESIDE_WORDS;
  return Math.min(Math.max(fitting, LEAST_LETTERS_WIDE), letterSize(width, true));
}

/** Put the map beside or below a drawing; the words to come stay hidden, and their rows empty. */
function addMap(drawn, view, { width, main, isBeside, shown, cell }) {
  const { source, words, rows, target } = view;
  const height = svgHeight(drawn);
  const size = MAP_LETTERS;
  const room = (isBeside ? width - main : width - size) - numberRoom(size);
  const place = layoutHeatMap(source, words, room, size, shown);
  const left = isBeside ? main : (width - place.total - numberRoom(size)) / 2;
  const top = isBeside ? size : height;
  const written = words.slice(0, shown).map((word, t) => (t < rows.length ? word : ""));
  const step = target.length;
  const map = { source, target: written, rows, step, cells: numberedCells(view, step, cell) };
  return svgRoot(
    width, Math.max(height, top + place.tall + size), pictureTitle(view),
    drawn, drawHeatMap(left, top, map, place),
  );
}

/** Return the cells whose numbers are written: the one pointed at, and the heaviest of the step. */
function numberedCells({ rows, weights, numbers = weights }, step, cell) {
  const [word] = largestFirst(numbers);
  const heaviest = { row: step, word, weight: numbers[word] };
  if (!cell || !rows[cell.row]) return [heaviest];
  const row = cell.row === step ? numbers : rows[cell.row];
  const asked = { ...cell, weight: row[cell.word] };
  return asked.row === step ? [asked] : [heaviest, asked];
}

/** Return the picture in words, as a screen reader says it. */
function pictureTitle({ source, weights: moving, numbers: weights = moving, best }) {
  const [most] = largestFirst(weights);
  return `Most weight, ${weights[most].toFixed(2)}, is on ${source[most]}. The next word is ${
    best[0][0]}.`;
}

/** Return the height of a drawing, in its own pixels. */
export function svgHeight(drawn) {
  return Number(/ height="([\d.]+)"/.exec(drawn)[1]);
}
