// What the stepper shows, without a page: from a typed sentence to a picture of each moment.
//
// A translation is read once, by `readAndTrace`. Its view at a step holds what the master picture
// draws; between two steps, `mixViews` moves everything on its way from one view to the other.

import { drawHeatMap, layoutHeatMap } from "../draw/heatmap.js";
import { drawMaster } from "../draw/master.js";
import { letterSize } from "../draw/masterlayout.js";
import { svgElement, svgRoot } from "../draw/svg.js";
import { readTyped } from "../model/typed.js";
import { largestFirst } from "./steppertext.js";

const SHOWN = 5; // next words
const WIDE = 1000; // pixels: from there on, the master picture has the decoder beside the source
const ALMOST_WIDE = 860;
const MAP_FROM = 1200; // pixels: room for the map beside that
const MAIN_SHARE = 0.77; // of the width, for all but the map
const COLUMN = 50; // pixels: room for a score, and for a finger
const BESIDE_WORDS = 35; // letters: the names of the rows, and the decoder
const LEAST_LETTERS_WIDE = 12.5; // pixels
const MAP_LETTERS = [11, 12.5]; // pixels, at least and at most

const SWITCHES = { closed: "open it +", open: "close it −" };

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
 * Move the words of the target row on their way from one drawing's places to the other's: the new
 * word slides to where it will be read. A word that only one of them has appears, or fades.
 * @returns {{svg: string, places: Object<string, number>}} the drawing, and where the words are now
 */
export function slideWords(drawn, from, to, share) {
  const own = wordPlaces(drawn);
  const places = { ...own };
  const change = (k) => {
    const there = k in to;
    if (k in from && there) {
      places[k] = from[k] + (to[k] - from[k]) * share;
      return ` transform="translate(${(places[k] - own[k]).toFixed(2)} 0)"`;
    }
    return ` opacity="${Math.max(there ? 2 * share - 1 : 1 - 2 * share, 0).toFixed(2)}"`;
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
 * Draw a view as the master picture of an attention, with the map of all steps so far: beside the
 * picture, or below if there is no room.
 *
 * score: "closed" draws the small net of additive attention as one box, and leaves out equations;
 * "open" draws its inside. Both say how to change that, and a map below grows row by row. "folded"
 * is closed where nothing can be pressed; without any, the net is open, and the map has all rows.
 */
export function drawStep(view, kind, { width, tall, map = true, score }) {
  const isBeside = map && width >= MAP_FROM;
  const main = isBeside ? width * MAIN_SHARE : width;
  // A picture that is a little too narrow for its wide form is drawn wider, and shrunk.
  const drawnWidth = main >= ALMOST_WIDE ? Math.max(main, WIDE) : main;
  const zoom = main / drawnWidth;
  const isFolded = score === "closed" || score === "folded";
  const drawn = drawMaster(view, {
    variant: kind, width: drawnWidth, tall: tall && tall / zoom,
    compact: drawnWidth < WIDE || isFolded, folded: isFolded,
    letters: lettersFor(drawnWidth, view.source.length),
    switch: kind === "additive" ? SWITCHES[score] : undefined,
  });
  const shown = isBeside || !SWITCHES[score] ? view.words.length : view.rows.length;
  return map ? addMap(drawn, view, { width, main, zoom, isBeside, shown }) : drawn;
}

/** Return the size of letters in a wide picture that leaves each word a column, if one does. */
function lettersFor(width, words) {
  if (width < WIDE) return undefined;
  const fitting = (width - words * COLUMN) / BESIDE_WORDS;
  return Math.min(Math.max(fitting, LEAST_LETTERS_WIDE), letterSize(width, true));
}

/** Put the map beside or below a drawing; the words to come stay hidden, and their rows empty. */
function addMap(drawn, view, { width, main, zoom, isBeside, shown }) {
  const { source, words, rows, target } = view;
  const height = svgHeight(drawn) * zoom;
  const [least, most] = MAP_LETTERS;
  const size = Math.min(Math.max((isBeside ? width - main : width) * 0.04, least), most);
  const room = (isBeside ? width - main : width - size) - size;
  const place = layoutHeatMap(source, words, room, size, shown);
  const left = isBeside ? main : (width - place.total) / 2;
  const top = isBeside ? size : height;
  const written = words.slice(0, shown).map((word, t) => (t < rows.length ? word : ""));
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

/** Return the height of a drawing, in its own pixels. */
export function svgHeight(drawn) {
  return Number(/ height="([\d.]+)"/.exec(drawn)[1]);
}
