// The decoder, equations (2) to (7), and a whole pass there and back.
//
// Sizes and arrays are explained in network.js.

import { addScaled, copyNumbers, portableTanh } from "./arithmetic.js";
import { encodeWords, encodeWordsBackward } from "./encoder.js";
import { joinDirectionsBackward, summarizeWordsBackward } from "./encoder.js";
import { gruBackward, gruForward } from "./gru.js";
import { embedLetters, embedLettersBackward } from "./layers.js";
import { linearBackward, linearForward, softmaxInPlace, throughTanh } from "./layers.js";
import { gruLayersOf } from "./network.js";
import { LETTER_END, LETTER_START } from "./tasks.js";

/** Equations (2) to (7) for step t, after which `probabilities` holds p(y_t). */
function decodeLetters(network, space, batch, t) {
  const { V, E, M, Q } = network.sizes;
  const { layers } = network;
  const count = batch.active[t];
  const first = t * batch.rows; // of this step's rows
  const F = E + Q + M;
  const { cellInput, contexts, decoder, features, probabilities, readout } = space;
  network.attention.attend(network, space, batch, t); // (2)–(5)
  const embedding = layers["decoder.embedding"];
  embedLetters(embedding, batch.inputs, first, cellInput, first * (E + M), E + M, count);
  for (let row = 0; row < count; row++) {
    const at = (first + row) * (E + M);
    copyNumbers(cellInput, at + E, contexts, (first + row) * M, M);
  }
  const cell = gruLayersOf(network, "decoder.cell");
  gruForward(cell, decoder, cellInput, first * (E + M), t, t, t + 1, count); // (6)
  for (let row = 0; row < count; row++) {
    const at = (first + row) * F;
    const state = ((t + 1) * batch.rows + row) * Q;
    copyNumbers(features, at, cellInput, (first + row) * (E + M), E);
    copyNumbers(features, at + E, decoder.states, state, Q);
    copyNumbers(features, at + E + Q, contexts, (first + row) * M, M);
  }
  linearForward(layers["decoder.readout"], features, first * F, readout, first * E, count); // (7)
  for (let i = first * E; i < (first + count) * E; i++) readout[i] = portableTanh(readout[i]);
  linearForward(layers["decoder.output"], readout, first * E, probabilities, first * V, count);
  for (let row = 0; row < count; row++) softmaxInPlace(probabilities, (first + row) * V, V);
}

/** From p(y_t) back to s_{t-1}; `dState` comes with ds_t of later steps, leaves with ds_{t-1}. */
function decodeLettersBackward(network, space, batch, t) {
  const { V, E, M, Q } = network.sizes;
  const { layers } = network;
  const count = batch.active[t];
  const first = t * batch.rows;
  const F = E + Q + M;
  const { cellInput, dCellInput, dContext, dFeatures, dReadout, dState } = space;
  const { decoder, features, probabilities, readout } = space;
  for (let at = first; at < first + count; at++) {
    for (let v = 0; v < V; v++) probabilities[at * V + v] /= batch.count;
    probabilities[at * V + batch.targets[at]] -= 1 / batch.count; // now dlogits = (p − 1[y]) / N
  }
  for (const array of [dReadout, dFeatures, dCellInput]) array.fill(0);
  const output = layers["decoder.output"];
  linearBackward(output, readout, first * E, probabilities, first * V, dReadout, 0, count);
  throughTanh(dReadout, readout, first * E, count * E);
  linearBackward(layers["decoder.readout"], features, first * F, dReadout, 0, dFeatures, 0, count);
  for (let row = 0; row < count; row++) {
    addScaled(dState, row * Q, dFeatures, row * F + E, 1, Q);
    copyNumbers(dContext, row * M, dFeatures, row * F + E + Q, M);
  }
  const cell = gruLayersOf(network, "decoder.cell");
  const at = first * (E + M);
  gruBackward(cell, decoder, cellInput, at, dCellInput, 0, t, t, dState, count);
  const embedding = layers["decoder.embedding"];
  embedLettersBackward(embedding, batch.inputs, first, dFeatures, 0, F, count);
  embedLettersBackward(embedding, batch.inputs, first, dCellInput, 0, E + M, count);
  for (let row = 0; row < count; row++) {
    addScaled(dContext, row * M, dCellInput, row * (E + M) + E, 1, M);
  }
  network.attention.attendBackward(network, space, batch, t);
}

/** Run a batch with teacher forcing; return the cross-entropy, the mean over all targets. */
export function forwardPass(network, space, batch) {
  const { V } = network.sizes;
  let loss = 0;
  encodeWords(network, space, batch);
  for (let t = 0; t <= batch.longest; t++) {
    decodeLetters(network, space, batch, t);
    for (let at = t * batch.rows; at < t * batch.rows + batch.active[t]; at++) {
      loss -= Math.log(space.probabilities[at * V + batch.targets[at]]);
    }
  }
  return loss / batch.count;
}

/** After `forwardPass`: put the loss's gradient into `network.gradients`. */
export function backwardPass(network, space, batch) {
  network.gradients.fill(0);
  for (const name of ["dEmbedded", "dMemory", "dKeys", "dSummary", "dState"]) space[name].fill(0);
  for (let t = batch.longest; t >= 0; t--) decodeLettersBackward(network, space, batch, t);
  network.attention.projectBackward(network, space, batch);
  summarizeWordsBackward(network, space, batch);
  joinDirectionsBackward(network, space, batch);
  encodeWordsBackward(network, space, batch);
}

/**
 * Translate one word freely: the likeliest letter at each step, until <eos> or `limit` letters.
 *
 * `batch` has this one word; its `inputs` are overwritten. Returns the numbers of the letters,
 * with <eos> if it came.
 */
export function writeGreedily(network, space, batch, limit) {
  const { V } = network.sizes;
  const written = [];
  batch.inputs[0] = LETTER_START;
  encodeWords(network, space, batch);
  for (let t = 0; t < limit && written.at(-1) !== LETTER_END; t++) {
    decodeLetters(network, space, batch, t);
    written.push(likeliestOf(space.probabilities, t * V, V));
    if (t + 1 < limit) batch.inputs[t + 1] = written[t];
  }
  return written;
}

/** Return the place of the largest of `size` numbers, counted from `at`. */
export function likeliestOf(numbers, at, size) {
  let best = 0;
  for (let i = 1; i < size; i++) if (numbers[at + i] > numbers[at + best]) best = i;
  return best;
}
