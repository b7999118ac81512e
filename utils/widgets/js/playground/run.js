// One model that learns one task: train for a while, test it, try a word, go on.

import { adamStep, clipGradients, createAdam, rateAt } from "./adam.js";
import { drawBatch, layOut } from "./batches.js";
import { backwardPass, forwardPass, likeliestOf, writeGreedily } from "./decoder.js";
import { createNetwork, createSpace } from "./network.js";
import { LONGEST_TRY, letterOf, readTypedWord } from "./tasks.js";
import { solveTask, testWords, vocabularySize } from "./tasks.js";

const TOO_MANY = 5; // letters that an output may have beyond the word's before it is cut off
const TESTED_WORDS = 25; // held-out words of each length

/** Start a model: `options` are complete (see `completeOptions`), `attention` is one of theirs. */
export function createRun(options, attention) {
  const { batchSize, directionSize, letterSize, longest, scoreSize, seed, task } = options;
  const sizes = { V: vocabularySize(task), E: letterSize, H: directionSize, A: scoreSize };
  const network = createNetwork(attention, sizes, seed);
  return {
    options,
    attention,
    network,
    weightCount: network.values.length,
    adam: createAdam(network.values.length),
    step: 0,
    loss: Math.log(sizes.V), // what guessing costs: before the first step it knows nothing
    training: createSpace(network, batchSize, longest),
    testing: createSpace(network, TESTED_WORDS, longest),
    trying: createSpace(network, 1, LONGEST_TRY + TOO_MANY),
    tests: new Map(), // length -> a batch of held-out words
  };
}

/** One step of training: batch, loss, gradients, clip, Adam. */
export function trainStep(run) {
  const { network, training, options } = run;
  const batch = drawBatch(options, run.step);
  run.loss = forwardPass(network, training, batch);
  backwardPass(network, training, batch);
  clipGradients(network.gradients);
  adamStep(run.adam, network.values, network.gradients, rateAt(options.rate, run.step));
  run.step++;
}

/** Train for a number of steps, or until `milliseconds` are over, whichever comes first. */
export function trainFor(run, { steps = Infinity, milliseconds = Infinity }, now = Date.now) {
  const end = now() + milliseconds;
  for (let step = 0; step < steps && now() < end; step++) trainStep(run);
}

/**
 * Test on held-out words of one length: {exact, loss}, exact being the share of words all right.
 *
 * With teacher forcing, and yet exact: a greedy search writes the right word if and only if
 * the right letter is the likeliest after every right beginning. So one pass gives both numbers.
 */
export function evaluateLength(run, length) {
  const { network, testing, options } = run;
  if (!run.tests.has(length)) {
    run.tests.set(length, layOut(options.task, testWords(options.task, length, TESTED_WORDS)));
  }
  const batch = run.tests.get(length);
  const loss = forwardPass(network, testing, batch);
  const { V } = network.sizes;
  const wrong = new Set();
  for (let at = 0; at < batch.targets.length; at++) {
    const guess = likeliestOf(testing.probabilities, at * V, V);
    if (guess !== batch.targets[at]) wrong.add(at % batch.rows);
  }
  return { exact: (batch.rows - wrong.size) / batch.rows, loss };
}

/** Return the lengths of the words it trains on, from the shortest to the longest. */
export function testedLengths({ shortest, longest }) {
  return Array.from({ length: longest - shortest + 1 }, (_, i) => shortest + i);
}

/** Test all lengths: {lengths: [...], exact: [...], losses: [...]}, one entry for each length. */
export function evaluateRun(run) {
  const lengths = testedLengths(run.options);
  const results = lengths.map((length) => evaluateLength(run, length));
  return {
    lengths,
    exact: results.map(({ exact }) => exact),
    losses: results.map(({ loss }) => loss),
  };
}

/**
 * Translate a word somebody typed: {word, output, expected, weights, written}, or {problem}.
 *
 * `written` lists the T letters of the output, "<eos>" last if the model stopped by itself;
 * `weights` is α (T, S), row by row: what it looked at for each.
 */
export function translateWord(run, text) {
  const { task } = run.options;
  const { word, problem } = readTypedWord(task, text);
  if (problem) return { problem };
  const limit = word.length + 1 + TOO_MANY;
  const batch = {
    ...layOut(task, [word]),
    active: new Int32Array(limit).fill(1),
    inputs: new Int32Array(limit),
  };
  const numbers = writeGreedily(run.network, run.trying, batch, limit);
  const written = numbers.map((number) => letterOf(task, number));
  return {
    word,
    output: written.filter((letter) => letter !== "<eos>").join(""),
    expected: solveTask(task, word),
    written,
    weights: Float32Array.from(run.trying.weights.subarray(0, numbers.length * word.length)),
  };
}
