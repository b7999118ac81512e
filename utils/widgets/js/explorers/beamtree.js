// The tree of a beam search as one shows it: which words have no branch between them, which
// beginnings die, and in which lane each branch runs.
//
// All beginnings that share their first words share them here too. A branch keeps to its lane from
// the word where it leaves its parent's, so the best one runs straight along the top.

import { rankFinished } from "../model/search.js";

export const BEAM_MOST_RHO = 1.5;
export const FOREVER = 1e9; // a step after all others: JSON has no Infinity
const BEAM_CROSSING = 3; // lanes that a dead branch would rather go down than run under a word
const BEAM_FAINT = 0.01; // of the probability of a word
const BEAM_NEW_LANE = 2;

/**
 * Plant the tree of a search.
 * @param {{columns: {text, score, parent, weights}[][], ended: Object[]}} search what
 *   `Translator.search` returned
 * @param {number} beamSize K
 * @returns {Object[]} nodes {index, t, row, text, score, p, weights, parent, children, last, end}.
 *   The first is the root, with t = -1. After the words come the ends: their `end` is the place in
 *   `ended`, that of words -1. `last` is the last step at which a beginning with this word lived,
 *   or FOREVER if one of them ended in a translation. An end `isRanked` if it is among the K best
 *   for some ρ. `markWays` says which are never folded, `isKept`, and which `isGreedy`.
 */
export function plantTree({ columns, ended }, beamSize) {
  const nodes = [newBeamNode({ t: -1, row: 0, text: "", score: 0, parent: -1, weights: [] }, 0)];
  let before = [nodes[0]];
  for (const [t, column] of columns.entries()) {
    const parents = before;
    before = column.map(({ text, score, parent, weights }, row) => addBeamNode(nodes,
      { t, row, text, score, weights: Array.from(weights), parent: parents[parent].index }));
  }
  const places = new Map(nodes.map((node) => [`${node.t} ${node.row}`, node.index]));
  const ranked = everRanked(ended, beamSize);
  ended.forEach(({ size, row, score }, end) => addBeamNode(nodes, {
    t: size, row, text: "", score, weights: [], end, isRanked: ranked.has(end),
    parent: places.get(`${size - 1} ${row}`),
  }));
  for (const node of [...nodes].sort((a, b) => b.t - a.t)) {
    if (node.end >= 0) node.last = FOREVER;
    const parent = nodes[node.parent];
    if (parent) parent.last = Math.max(parent.last, node.last);
  }
  return nodes;
}

function everRanked(ended, beamSize) {
  const ranked = new Set();
  for (let rho = 0; rho <= BEAM_MOST_RHO; rho += 0.05) {
    const numbered = ended.map((found, end) => ({ end, value: found.score / found.length ** rho }));
    numbered.sort((a, b) => b.value - a.value).slice(0, beamSize).forEach(({ end }) =>
      ranked.add(end));
  }
  return ranked;
}

function newBeamNode(node, index) {
  const marks = { isRanked: false, isKept: false, isGreedy: false };
  return { end: -1, ...marks, ...node, index, p: 1, children: [], last: node.t };
}

function addBeamNode(nodes, about) {
  const node = newBeamNode(about, nodes.length);
  const parent = nodes[node.parent];
  node.p = Math.exp(node.score - parent.score);
  parent.children.push(node.index);
  nodes.push(node);
  return node;
}

/**
 * Mark the ways that matter: of all `winners`, and of the words that greedy search writes, as far
 * as the beam went there.
 */
export function markWays(nodes, winners, words) {
  for (const { end } of winners) {
    const { index } = nodes.find((node) => node.end === end);
    for (const at of pathTo(nodes, index)) nodes[at].isKept = true;
  }
  let at = nodes[0];
  for (const word of [...words, ""]) { // an end has no text
    at = nodes[at.children.find((child) => nodes[child].text === word)];
    if (!at) return;
    Object.assign(at, { isKept: true, isGreedy: true });
  }
}

/** Return the indexes of the nodes from the root to this one. */
export function pathTo(nodes, index) {
  const path = [];
  for (let at = index; at >= 0; at = nodes[at].parent) path.unshift(at);
  return path;
}

/**
 * Divide the tree into branches, each with a lane, from 0 at the top:
 * {branches, lanes, laneOf, hidden}.
 *
 * branches: [{nodes: indexes, from, to, parent, lane}, …]: the columns that a branch covers, and
 * the branch it leaves. One that ends in a translation has its lane for itself up to the right.
 * The `fewer` branches that matter least are left out, with all that grows on them: `hidden` says
 * how many these are, and in `laneOf` their words have -1.
 */
export function layLanes(nodes, ended, fewer = 0) {
  const all = divideTree(nodes, ended);
  const left = new Set(weakBranches(nodes, all).slice(0, fewer));
  const isBranchShown = (branch) =>
    branch.parent < 0 || (!left.has(branch) && isBranchShown(all[branch.parent]));
  const branches = all.filter(isBranchShown);
  const living = branches.filter(({ to }) => to === FOREVER);
  let lanes = 0;
  const settle = (branch) => {
    branch.lane = lanes;
    lanes += 1;
    // Who leaves last runs nearest, so that no way to a lane crosses another.
    const sides = living.filter(({ parent }) => parent === branch.number);
    sides.sort((a, b) => b.from - a.from).forEach(settle);
  };
  settle(branches[0]);
  const settled = living.filter(({ lane }) => lane >= 0);
  const dead = branches.filter(({ lane }) => lane < 0);
  for (const branch of dead.sort((a, b) => a.from - b.from || a.number - b.number)) {
    branch.lane = nearestLane(branch, all[branch.parent].lane, settled, lanes);
    lanes = Math.max(lanes, branch.lane + 1);
    settled.push(branch);
  }
  const laneOf = nodes.map(() => -1);
  for (const branch of branches) for (const index of branch.nodes) laneOf[index] = branch.lane;
  return { branches, lanes, laneOf, hidden: all.length - branches.length };
}

/** Return the branches that die, or end in what is never among the K best: the shortest first. */
function weakBranches(nodes, branches) {
  const lastOf = (branch) => nodes[branch.nodes[branch.nodes.length - 1]];
  const life = (branch) => lastOf(branch).t - branch.from;
  return branches
    .filter((branch) => branch.parent >= 0 && !lastOf(branch).isRanked &&
      !branch.nodes.some((index) => nodes[index].isKept))
    .sort((a, b) => isFaint(nodes, b) - isFaint(nodes, a)
      || life(a) - life(b) || b.from - a.from);
}

/** Tell whether a branch dies at its first word, which hardly has a chance. */
function isFaint(nodes, branch) {
  return branch.to === branch.from && nodes[branch.nodes[0]].p < BEAM_FAINT;
}

/** Return how many branches are folded from the start: their ways would run behind all others. */
export function countFaint(nodes, ended) {
  const weak = weakBranches(nodes, divideTree(nodes, ended));
  return weak.filter((branch) => isFaint(nodes, branch)).length;
}

/** A branch follows the best child; each other child begins a branch of its own. */
function divideTree(nodes, ended) {
  const worth = worthOf(nodes, ended);
  const branches = [];
  const begin = (first, parent) => {
    const branch = { number: branches.length, parent, nodes: [], lane: -1 };
    branches.push(branch);
    const others = [];
    for (let at = first; at !== undefined;) {
      branch.nodes.push(at);
      const [best, ...rest] = [...nodes[at].children].sort((a, b) => worth[b] - worth[a]);
      others.push(...rest);
      at = best;
    }
    const last = nodes[branch.nodes[branch.nodes.length - 1]];
    branch.from = nodes[first].t;
    branch.to = last.end >= 0 ? FOREVER : last.t;
    others.forEach((other) => begin(other, branch.number));
  };
  begin(0, -1);
  return branches;
}

/** How good the best translation below each node is; below dead ends, how long they lived. */
function worthOf(nodes, ended) {
  const worth = nodes.map(({ end, last, score }) => {
    // Lanes must not move with ρ: they go by ρ = 1.
    if (end >= 0) return ended[end].score / ended[end].length;
    return last === FOREVER ? -Infinity : -1e9 + 1e3 * last + Math.max(score, -999);
  });
  for (const { index, parent } of [...nodes].sort((a, b) => b.t - a.t)) {
    if (parent >= 0) worth[parent] = Math.max(worth[parent], worth[index]);
  }
  return worth;
}

/** Return the free lane that is nearest to the parent's; one further down if none is free. */
function nearestLane({ from, to }, parentLane, settled, lanes) {
  let [best, least] = [lanes, Infinity];
  for (let lane = 0; lane <= lanes; lane += 1) {
    const isFree = settled.every((other) =>
      other.lane !== lane || other.to < from - 1 || other.from - 1 > to);
    const [upper, lower] = [Math.min(lane, parentLane), Math.max(lane, parentLane)];
    const crossed = settled.filter((other) =>
      other.lane > upper && other.lane < lower && other.from < from && other.to >= from);
    const extra = lane === lanes ? BEAM_NEW_LANE : 0;
    const cost = lower - upper + BEAM_CROSSING * crossed.length + extra;
    if (isFree && cost < least) [best, least] = [lane, cost];
  }
  return best;
}

/**
 * Fold each branch into runs of words between which nothing leaves: [{nodes, lane, from, to}, …].
 */
export function foldRuns(nodes, { branches, laneOf }) {
  return branches.flatMap(({ nodes: indexes, lane }) => {
    const runs = [];
    let run = null;
    for (const index of indexes) {
      const { t, end, children } = nodes[index];
      if (t < 0 || end >= 0) continue;
      if (run === null) runs.push(run = { nodes: [], lane, from: t });
      run.nodes.push(index);
      run.to = t;
      if (children.filter((child) => laneOf[child] >= 0).length > 1) run = null;
    }
    return runs;
  });
}

/** Rank what has finished after `step` steps as `rankFinished` does; `end` is its number. */
export function rankAt({ columns, ended }, step, beamSize, rho) {
  const numbered = ended.map((found, end) => ({ ...found, end }));
  const known = numbered.filter(({ size }) => size < step);
  return rankFinished({ columns, ended: known }, beamSize, rho);
}

/** Return for each stretch of ρ who wins: [{from, to, end}, …], from 0 to `most`. */
export function winnersByRho(ended, most) {
  const at = (rho) => ended.map(({ score, length }) => score / length ** rho);
  const cuts = new Set([0, most]);
  for (const a of ended) {
    for (const b of ended) {
      // a and b are worth the same where length_a^ρ / length_b^ρ = score_a / score_b.
      const rho = Math.log(a.score / b.score) / Math.log(a.length / b.length);
      if (rho > 0 && rho < most) cuts.add(rho);
    }
  }
  const edges = [...cuts].sort((a, b) => a - b);
  const stretches = [];
  for (let i = 1; i < edges.length; i += 1) {
    const values = at((edges[i - 1] + edges[i]) / 2);
    const end = values.indexOf(Math.max(...values));
    const last = stretches[stretches.length - 1];
    if (last?.end === end) last.to = edges[i];
    else stretches.push({ from: edges[i - 1], to: edges[i], end });
  }
  return stretches;
}
