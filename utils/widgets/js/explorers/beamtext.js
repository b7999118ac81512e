// What the beam explorer knows and says: a search that was made, and its findings in words.
//
// A view is {search, texts, greedy, unit, nodes, branches, winners, beamSize, rho, step, at,
// places, pointed, opened}: what a search found and how it is drawn (`beamView`); greedy is what
// greedy search writes, {text, score, length}; the step that is
// shown, and where the drawing is on its way to it; for each finished translation its place in the
// ranking, possibly between two; the node that is pointed at, or -1; the columns unfolded by hand.

import { writeDecimals } from "../draw/svg.js";
import { shorten } from "../model/typed.js";
import { BEAM_MOST_RHO, FOREVER, layLanes, pathTo, plantTree, rankAt } from "./beamtree.js";
import { markWays, winnersByRho } from "./beamtree.js";
import { beamPercent, pieceName } from "./beamcolumns.js";

const LONGEST_QUOTE = 80; // letters
const SHARED_WORDS = 3; // at a beginning: so many need not be said again
const QUOTED_WORDS = [4, 2]; // of a longer one: its first and its last
// A model with one fixed vector translates them otherwise with a beam than with greedy search.
const BEAM_SENTENCES = [
  "am Bahnhof liest Lena .",
  "heute kaufen Jan und Paul einen Apfel .",
  "Tom liest die Bücher oft , weil Anna alt war .",
  "die Eltern , die krank waren , waren nicht alt .",
  "der alte Mann schläft , und nie ruft Lena die alten Eltern an .",
];

/**
 * Search a sentence and return a view of all that was found.
 * @param {Translator} translator
 * @param {string[]} words at least one
 * @param {{beamSize: number, rho: number, step: ?number}} chosen no step: all
 */
export function beamView(translator, words, { beamSize, rho, step }) {
  const search = translator.search(words, beamSize);
  const [greedy] = translator.translate(words, 1);
  const found = translator.rank(search, search.ended.length, 1);
  const texts = search.ended.map(({ size, row }) =>
    found.find((one) => one.size === size && one.row === row).text);
  const nodes = plantTree(search, beamSize);
  const winners = winnersByRho(search.ended, BEAM_MOST_RHO);
  markWays(nodes, winners, greedy.words);
  const { text, score, length } = greedy;
  const view = {
    search, texts, greedy: { text, score, length }, unit: translator.unit, nodes, winners,
    branches: layLanes(nodes, search.ended).branches, beamSize, rho, pointed: -1, opened: [],
  };
  return settleBeam({ ...view, step: clampStep(search, step) });
}

/** Return sentences to pick from: the one that was given, and those that the model can read. */
export function beamSentences(translator, given) {
  const isMini = translator.languages[0] === "de" && translator.unit === "words";
  const known = BEAM_SENTENCES.filter((text) =>
    text !== given && isMini && translator.unknownWords(translator.read(text)).length === 0);
  return known.length > 0 ? [given, ...known] : [];
}

/** Return a step that a search has; all of them for null. */
export function clampStep({ columns }, step) {
  return Math.min(Math.max(step ?? columns.length, 1), columns.length);
}

/** Return a view at rest: the drawing is where the step and the ranking are. */
export function settleBeam(view) {
  return { ...view, at: view.step, places: rankingPlaces(view) };
}

/** Return the place of each translation that has finished so far: {end: place, from 0}. */
export function rankingPlaces({ search, step, beamSize, rho }) {
  const ranked = rankAt(search, step, beamSize, rho);
  return Object.fromEntries(ranked.map(({ end }, place) => [end, place]));
}

/** Return the beginning, or the finished translation, that is ahead after the view's step. */
export function leaderOf(view) {
  const { nodes, step, search } = view;
  if (step === search.columns.length) {
    const [winner] = rankAt(search, step, view.beamSize, view.rho);
    return nodes.find(({ end }) => end === winner?.end)?.index ?? 0;
  }
  return nodes.find(({ t, row, end }) => t === step - 1 && row === 0 && end < 0)?.index ?? 0;
}

/** Return the translation that wins, as `rankAt` does. */
export function beamWinner({ search, beamSize, rho }) {
  return rankAt(search, search.columns.length, beamSize, rho)[0];
}

/** Whether greedy search would have written something else than the winner. */
export function isGreedyLosing(view) {
  return view.texts[beamWinner(view).end] !== view.greedy.text;
}

/** Say in one or two sentences what there is to see. */
export function beamFinding(view) {
  const { search, step, beamSize, rho, greedy } = view;
  if (step < search.columns.length) return growingFinding(view);
  const winner = beamWinner(view);
  const change = rhoChange(view, winner.end);
  const wins = `${quotedText(view.texts[winner.end])} wins, ${scoreText(winner, view)} ` +
    `(K = ${beamSize}, ρ = ${rho.toFixed(2)}).`;
  if (isGreedyLosing(view)) {
    const lost = `Greedy search ${greedyTakes(view, winner)} ${quotedText(greedy.text)}, ${
      beamPercent(scoreShare(greedy, rho))}`;
    return `${wins} ${lost}${change ? `; ${change}` : ""}.`;
  }
  if (beamSize === 1) return `${wins} This is greedy search: it keeps one beginning, the best.`;
  const died = beamCount(deadBranches(view), "beginning", "beginnings");
  if (change) return `${wins} But ${change}. Greedy search writes the same; ${died} died.`;
  return `${wins} Greedy search writes the same, and no ρ changes the winner: ${died} died` +
    `${runnerUp(view, winner)}.`;
}

/** Return e^(log p / length^ρ): for ρ = 1, how probable a word is on average. */
function scoreShare({ score, length }, rho) {
  return Math.exp(score / length ** rho);
}

function scoreText(found, { rho, unit }) {
  const share = beamPercent(scoreShare(found, rho));
  if (rho === 1) return `${share} per ${oneOf(unit)} on average`;
  return rho === 0 ? `${share} for the whole sentence` : `a score of ${share}`;
}

/** Say what the bars of the ranking stand for. */
export function scoreMeaning({ rho, unit }) {
  if (rho === 1) return `probability per ${oneOf(unit)}, on average`;
  return rho === 0 ? "probability of the whole" : `score: e^(log p / ${unit}^ρ)`;
}

function oneOf(unit) {
  return unit.replace(/s$/, "");
}

/** Return the first node on the winner's way that is not on greedy search's; undefined if none. */
function leavingNode(nodes, winner) {
  const way = pathTo(nodes, nodes.find(({ end }) => end === winner.end).index);
  return way.find((index) => index > 0 && !nodes[index].isGreedy);
}

/** Return the step before which greedy search leaves the winner's way, or null if it does not. */
export function forkOf(view) {
  const index = leavingNode(view.nodes, beamWinner(view));
  return index === undefined ? null : Math.max(view.nodes[index].t - 1, 0);
}

/** Return the step with the first word that greedy search would not write, or null: all steps. */
export function openingStep(view) {
  const index = isGreedyLosing(view) ? leavingNode(view.nodes, beamWinner(view)) : undefined;
  return index === undefined ? null : view.nodes[index].t + 1;
}

/** Say which word greedy search prefers where it leaves the winner's way. */
function greedyTakes({ nodes }, winner) {
  const right = nodes[leavingNode(nodes, winner)];
  const taken = right && nodes[right.parent].children.map((child) => nodes[child])
    .find(({ isGreedy }) => isGreedy);
  if (!taken || taken.end >= 0 || right.end >= 0) return "would write";
  const [first, second] = [taken, right].map(({ text, p }) => `“${text}” (${beamPercent(p)})`);
  return `takes ${first} over ${second} and ends in`;
}

function deadBranches({ branches }) {
  return branches.filter(({ to }) => to !== FOREVER).length;
}

/** Say how far behind the second best translation is. */
function runnerUp({ search, step, beamSize, rho, texts }, winner) {
  const second = rankAt(search, step, beamSize, rho)[1];
  if (!second) return "";
  const times = Math.exp(winner.score - second.score);
  const rounded = times < 10 ? times.toFixed(1) : String(Math.round(Math.min(times, 1e6)));
  const text = partApart(texts[second.end], texts[winner.end]);
  return `, and ${quotedText(text)} is ${rounded} times less probable`;
}

/** Quote a text; of a long one only its first and its last words. */
function quotedText(text) {
  if (text === "") return "nothing at all";
  const words = text.split(" ");
  if (text.length <= LONGEST_QUOTE || words.length <= QUOTED_WORDS[0] + QUOTED_WORDS[1]) {
    return `“${shorten(text, LONGEST_QUOTE)}”`;
  }
  const ends = [words.slice(0, QUOTED_WORDS[0]), "…", words.slice(-QUOTED_WORDS[1])];
  return `“${ends.flat().map((word) => shorten(word)).join(" ")}”`;
}

/** Return a text from where it is another than `winner`: "… kicks the ball." */
export function partApart(text, winner) {
  const [words, others] = [text.split(" "), winner.split(" ")];
  const same = words.findIndex((word, i) => word !== others[i]);
  return same < SHARED_WORDS ? text : `… ${words.slice(same).join(" ")}`;
}

function rhoChange({ winners, texts, rho }, end) {
  const other = winners.find((stretch) => stretch.end !== end);
  if (!other) return null;
  const [way, edge] = other.to <= rho ? ["below", other.to] : ["above", other.from];
  const text = partApart(texts[other.end], texts[end]);
  return `${way} ρ = ${edge.toFixed(2)}, ${quotedText(text)} wins`;
}

function growingFinding(view) {
  const { nodes, search, step } = view;
  const live = search.columns[step - 1].length;
  const died = nodes.filter(({ t, last }) => t === last && last + 2 === step).length;
  const ended = search.ended.filter(({ size }) => size < step).length;
  const leader = nodes[leaderOf(view)];
  const keeps = leader.isGreedy ? ": all that greedy search would keep" : "";
  const lives = beamCount(live, "beginning lives", "beginnings live");
  return `Step ${step} of ${search.columns.length}: ${lives}, ${died} died here, ${ended} ` +
    `finished. ${quotedText(beginningText(view, leader.index))} leads with ${
      beamPercent(Math.exp(leader.score))}${keeps}.`;
}

/** Return a number of things in words: 1 branch, 2 branches. */
export function beamCount(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}

/** Write a number with a minus sign, not a hyphen. */
export function beamNumber(number, digits = 2) {
  return writeDecimals(number, digits);
}

/** Return the words from the first to this one, pieces joined. */
export function beginningText({ nodes, unit }, index) {
  const pieces = pathTo(nodes, index).slice(1).filter((at) => nodes[at].end < 0)
    .map((at) => pieceName(nodes[at].text, unit));
  return pieces.join(" ").replaceAll(" ·", "");
}

/** Say the numbers of a word, or of a finished translation. */
export function beamDetails(view, index) {
  const { nodes, search, rho, unit } = view;
  const node = nodes[index];
  if (node.end >= 0) {
    const { score, length } = search.ended[node.end];
    const value = score / length ** rho;
    const text = quotedText(view.texts[node.end]);
    return `${text}: log p ${beamNumber(score)} over ${length} ${unit} ` +
      `(with the end): ${beamNumber(score)} / ${length}^${rho.toFixed(2)} = ${
        beamNumber(value, 3)}, and e^${beamNumber(value, 3)} = ${beamPercent(Math.exp(value))}`;
  }
  if (node.t < 0) return "The beginning: no word yet.";
  const before = beginningText(view, node.parent);
  const place = before ? `after ${quotedText(before)}` : "as the first word";
  return `“${pieceName(node.text, unit)}” ${place}: p = ${node.p.toFixed(2)}; ` +
    `all so far ${beamPercent(Math.exp(node.score))}, log p ${beamNumber(node.score)}`;
}

/**
 * Return the challenges, each with whether the reader has met it: [{name, text, answer, isMet}, …].
 *
 * `did` says what the reader changed by hand: {beamSize, rho, step}, true or false. A challenge is
 * met by what was done, never by how the explorer began. `smaller` is the view of K − 1, or null.
 */
export function beamChallenges(view, did, smaller = null) {
  const { search, step, rho, texts, nodes, beamSize } = view;
  const isWhole = step === search.columns.length;
  const winner = beamWinner(view);
  const usual = beamWinner({ ...view, rho: 1 });
  const leader = nodes[leaderOf(view)];
  const last = nodes.find(({ end }) => end === winner.end).index;
  const isSmallest = smaller === null || !isGreedyLosing(smaller);
  return [
    {
      name: "greedy",
      text: "How small may K be for the search to beat greedy search (K = 1)?",
      answer: `K = ${beamSize} is enough: ${quotedText(texts[winner.end])} stays alive.`,
      isMet: Boolean(did.beamSize) && isWhole && isGreedyLosing(view) && isSmallest,
    },
    {
      name: "overtaken",
      text: "Stop at a step where another beginning leads than the one that will win.",
      answer: `At step ${step}, ${quotedText(beginningText(view, leader.index))} leads with ${
        beamPercent(Math.exp(leader.score))}, and loses in the end.`,
      isMet: Boolean(did.step) && !isWhole && !pathTo(nodes, last).includes(leader.index),
    },
    {
      name: "shorter",
      text: "Drag ρ to 0: find a sentence for which a shorter translation wins than with ρ = 1.",
      answer: `${beamCount(winner.length, oneOf(view.unit), view.unit)} instead of ${
        usual.length}: each word more costs probability, and nothing makes up for it.`,
      isMet: Boolean(did.rho) && isWhole && rho === 0 && winner.length < usual.length,
    },
  ];
}
