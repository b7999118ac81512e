// What the beam explorer knows and says: a search that was made, and its findings in words.
//
// A view is {search, texts, greedy, unit, nodes, branches, winners, beamSize, rho, step, at,
// places, pointed, opened}: what a search found and how it is drawn (`beamView`); the step that is
// shown, and where the drawing is on its way to it; for each finished translation its place in the
// ranking, possibly between two; the node that is pointed at, or -1; the columns unfolded by hand.

import { shorten } from "../model/typed.js";
import { BEAM_MOST_RHO, FOREVER, layLanes, pathTo, plantTree, rankAt } from "./beamtree.js";
import { winnersByRho } from "./beamtree.js";
import { pieceName } from "./beamlayout.js";

const LONGEST_QUOTE = 80; // letters
const SHARED_WORDS = 3; // at a beginning: so many need not be said again
const QUOTED_WORDS = [4, 2]; // of a longer one: its first and its last

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
  const view = {
    search, texts, greedy: { text: greedy.text, score: greedy.score }, unit: translator.unit,
    nodes, branches: layLanes(nodes, search.ended).branches,
    winners: winnersByRho(search.ended, BEAM_MOST_RHO), beamSize, rho, pointed: -1, opened: [],
  };
  return settleBeam({ ...view, step: clampStep(search, step) });
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

/** Say in one or two sentences what there is to see. */
export function beamFinding(view) {
  const { search, step, beamSize, rho, greedy } = view;
  if (step < search.columns.length) return growingFinding(view);
  const [winner] = rankAt(search, step, beamSize, rho);
  const text = view.texts[winner.end];
  const change = rhoChange(view, winner.end);
  const wins = `K = ${beamSize}, ρ = ${rho.toFixed(2)}: ${quotedText(text)} wins.`;
  if (text !== greedy.text) {
    const others = `Greedy search would write ${quotedText(greedy.text)}`;
    return `${wins} ${others}; ${change ?? "no ρ changes the winner"}.`;
  }
  if (beamSize === 1) return `${wins} This is greedy search: it keeps one beginning, the best.`;
  const died = beamCount(deadBranches(view), "beginning", "beginnings");
  if (change) return `${wins} But ${change}. Greedy search writes the same; ${died} died.`;
  return `${wins} Greedy search writes the same, and no ρ changes the winner: ${died} died` +
    `${runnerUp(view, winner)}.`;
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
  const lives = beamCount(live, "beginning lives", "beginnings live");
  return `Step ${step} of ${search.columns.length}: ${lives}, ${died} died here, ${ended} ` +
    `finished. ${quotedText(beginningText(view, leader.index))} leads with log p ${
      beamNumber(leader.score)}.`;
}

/** Return a number of things in words: 1 branch, 2 branches. */
export function beamCount(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}

/** Write a number with a minus sign, not a hyphen. */
export function beamNumber(number, digits = 2) {
  return number.toFixed(digits).replace("-", "−");
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
    const ranked = beamNumber(score / length ** rho, 3);
    const text = quotedText(view.texts[node.end]);
    return `${text}: log p ${beamNumber(score)} over ${length} ${unit} ` +
      `(with the end): ${beamNumber(score)} / ${length}^${rho.toFixed(2)} = ${ranked}`;
  }
  if (node.t < 0) return "The beginning: no word yet.";
  const before = beginningText(view, node.parent);
  const place = before ? `after ${quotedText(before)}` : "as the first word";
  return `“${pieceName(node.text, unit)}” ${place}: p = ${node.p.toFixed(2)}; ` +
    `log p of all so far ${beamNumber(node.score)}`;
}

/** Return the challenges, each with whether the reader has met it: [{name, text, isMet}, …]. */
export function beamChallenges(view) {
  const { search, step, beamSize, rho, texts, greedy, nodes } = view;
  const isWhole = step === search.columns.length;
  const [winner] = rankAt(search, search.columns.length, beamSize, rho);
  const [usual] = rankAt(search, search.columns.length, beamSize, 1);
  const leader = leaderOf(view);
  const last = nodes.find(({ end }) => end === winner.end)?.index ?? 0;
  return [
    {
      name: "greedy",
      text: "Find another K at which the winner is not what greedy search (K = 1) writes.",
      isMet: isWhole && texts[winner.end] !== greedy.text,
    },
    {
      name: "shorter",
      text: "Set ρ to 0: find a sentence for which a shorter translation wins than with ρ = 1.",
      isMet: isWhole && rho === 0 && winner.length < usual.length,
    },
    {
      name: "overtaken",
      text: "Stop at a step where another beginning leads than the one that will win.",
      isMet: !isWhole && !pathTo(nodes, last).includes(leader),
    },
  ];
}
