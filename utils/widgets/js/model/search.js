// Search for translations, one sentence at a time: greedy search and beam search, with the limits
// and the ranking of utils/decoding.py.
//
// A model here is anything with `encode(words)`, whose result has the first `state`, and with
// `step(encoded, state, word, overwrite)`, which returns at least {logits, state, weights}.
// `ends` are the numbers of two marks: {start: <sos>, end: <eos>}.

import { largest, logSoftmax } from "./numbers.js";

/** Return the most words that a translation of S words may have: only runaway outputs reach it. */
export function lengthLimit(size) {
  return 2 * size + 10;
}

/**
 * Translate greedily: take the most probable word, feed it back, stop at `<eos>` or at the limit.
 * @param {Object} model
 * @param {Object} encoded what `model.encode` returned for a sentence of S words
 * @param {{start: number, end: number}} ends
 * @param {number} limit the most words
 * @param {?function(number, Float32Array, ?Object): ArrayLike<number>} overwrite gets the step,
 *   from 0, and its weights (S), and returns those to go on with; a Transformer also says which
 *   layer and head these are
 * @param {Object[]} known steps of an earlier search, none of them the last: this one goes on
 *   after them
 * @returns {{words: number[], score: number, steps: Object[]}} the words without `<eos>`; the log
 *   of the translation's probability, `<eos>` included if it got there; and all that each step
 *   computed, with its `word` and `logProbabilities` (V), one step more if `<eos>` was written
 */
export function greedySearch(model, encoded, ends, limit, overwrite = null, known = []) {
  const steps = [...known];
  let { state, word } = known.at(-1) ?? { state: encoded.state, word: ends.start };
  let score = known.reduce((sum, step) => sum + step.logProbabilities[step.word], 0);
  do {
    const t = steps.length;
    const change = overwrite && ((weights, place) => overwrite(t, weights, place));
    const step = model.step(encoded, state, word, change);
    step.logProbabilities = logSoftmax(step.logits);
    [step.word] = largest(step.logProbabilities, 1);
    score += step.logProbabilities[step.word];
    steps.push(step);
    ({ state, word } = step);
  } while (word !== ends.end && steps.length < limit);
  const words = steps.map((step) => step.word).filter((number) => number !== ends.end);
  return { words, score, steps };
}

/**
 * Keep K beginnings of a translation instead of one, until K translations are finished.
 *
 * A step adds each word to each live beginning. Those of the K best sums that end in `<eos>` are
 * finished; the K best that do not end in it live on. At the limit the live ones count as finished
 * too, without `<eos>`. With K = 1 this is greedy search.
 *
 * The tree: `columns[t]` has the beginnings of t + 1 words that lived on after step t, best first.
 * `parent` is the row of a beginning's first t words in the column before. The last column is
 * empty, because then the search has stopped.
 * @param {Object} model
 * @param {Object} encoded what `model.encode` returned
 * @param {{start: number, end: number}} ends
 * @param {number} limit the most words
 * @param {number} beamSize K
 * @returns {{columns: {word, score, parent, weights}[][], ended: {size, row, score, length}[]}}
 *   `score` is the log-probability so far, `weights` (S) are where a word looked. Each finished
 *   translation ends with row `row` of column `size - 1`; its `length`, by which it is ranked,
 *   counts `<eos>`, unless the limit cut it off.
 */
export function beamTree(model, encoded, ends, limit, beamSize) {
  const columns = [];
  const ended = [];
  let live = [{ word: ends.start, score: 0, state: encoded.state }];
  for (let size = 0; live.length > 0; size += 1) {
    const grown =
      size < limit ? growBeginnings(model, encoded, live, beamSize, ends.end) : cutOff(live);
    const length = Math.min(size + 1, limit);
    ended.push(...grown.finished.map(({ row, score }) => ({ size, row, score, length })));
    live = ended.length < beamSize ? grown.live : [];
    columns.push(live.map(({ state, ...node }) => node));
  }
  return { columns, ended };
}

/** Finish all beginnings as they are: at the limit there is no room for `<eos>`. */
function cutOff(beginnings) {
  return { finished: beginnings.map(({ score }, row) => ({ row, score })), live: [] };
}

/**
 * Add each word to each beginning: which of them finish, and the K best that go on.
 *
 * An `<eos>` counts only if it is as good as the K-th best sum. Every beginning can end at every
 * step, and without this bar the beam would fill with poor translations that end early.
 */
function growBeginnings(model, encoded, beginnings, beamSize, end) {
  const steps = beginnings.map(({ word, state }) => model.step(encoded, state, word));
  const gains = steps.map(({ logits }) => logSoftmax(logits));
  const endings = beginnings.map(({ score }, row) => ({ row, score: score + gains[row][end] }));
  const sums = beginnings.flatMap(({ score }, parent) => {
    // One of these may be <eos>, so 2K are enough to find the K best others.
    const words = largest(gains[parent], 2 * beamSize);
    return words.map((word) => ({ word, parent, score: score + gains[parent][word] }));
  });
  const best = sums.filter(({ score }) => score > -Infinity).sort((a, b) => b.score - a.score);
  const bar = best.length < beamSize ? -Infinity : best[beamSize - 1].score;
  const finished = endings.filter(({ score }) => score > -Infinity && score >= bar);
  const grown = best.filter(({ word }) => word !== end).slice(0, beamSize);
  const live = grown.map((sum) => ({
    ...sum,
    state: steps[sum.parent].state,
    weights: steps[sum.parent].weights,
  }));
  return { finished, live };
}

/**
 * Choose the K best finished translations, by score / length^ρ, best first.
 *
 * The ranking has no part in the search: every ρ chooses among the same translations.
 * @param {{columns: Object[][], ended: Object[]}} tree what `beamTree` returned
 * @param {number} beamSize K
 * @param {number} rho the length normalization; 0 leaves the scores as they are
 * @returns {{size, row, score, length, rank, ranked, rows, words, weights}[]} the rank, from 1;
 *   what it goes by; and for each word its row in its column, its number, and where it looked (S)
 */
export function rankFinished(tree, beamSize, rho = 1) {
  return tree.ended
    .map((found) => ({ ...found, ranked: found.score / found.length ** rho }))
    .sort((a, b) => b.ranked - a.ranked)
    .slice(0, beamSize)
    .map((found, i) => ({ ...found, rank: i + 1, ...followBack(tree, found) }));
}

/** Collect rows, words and weights of a translation from its last word back: see `rankFinished`. */
export function followBack({ columns }, { size, row }) {
  const rows = [];
  for (let t = size - 1, at = row; t >= 0; t -= 1) {
    rows.unshift(at);
    at = columns[t][at].parent;
  }
  const nodes = rows.map((at, t) => columns[t][at]);
  return {
    rows,
    words: nodes.map(({ word }) => word),
    weights: nodes.map(({ weights }) => weights),
  };
}
