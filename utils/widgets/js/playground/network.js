// The series' encoder–decoder (utils/models/seq2seq.py) with its gradients, small enough to train
// in a browser. Names and equations are the same; here is also everything that torch hides.
//
// Sizes: B words, S letters at most, T = S + 1 steps; V letters in the vocabulary, E numbers in an
// embedding, H in a direction's state, M = 2H in h_j, Q in s_t, A in additive attention's layer.
// Row b at time j is at [j * B + b] in every array, so the active rows of a time lie together.

import { addScaled, copyNumbers, linearBackward, linearForward } from "./arithmetic.js";
import { portableTanh, softmaxInPlace } from "./arithmetic.js";
import { PLAYGROUND_ATTENTIONS } from "./attentions.js";
import { createTape, gruBackward, gruForward } from "./gru.js";
import { createRandom } from "./random.js";
import { LETTER_END, LETTER_START } from "./tasks.js";

const ROOT_HALF = Math.sqrt(0.5); // keeps a sum of two terms as large as one
const EMBEDDING_BOUND = 0.7;

/** Return the layers as name -> [outputs O, inputs I, "bias" if it has one]. */
function listLayers(attention, sizes) {
  const { V, E, H, M, Q } = sizes;
  const gru = (name, inputs, size) => ({
    [`${name}.fromInput`]: [3 * size, inputs, "bias"],
    [`${name}.fromState`]: [3 * size, size, "bias"],
  });
  return {
    "encoder.embedding": [V, E],
    ...gru("encoder.right", E, H),
    ...gru("encoder.left", E, H),
    "encoder.ownLetter": [M, E],
    "decoder.embedding": [V, E],
    "decoder.initial": [Q, M, "bias"],
    ...PLAYGROUND_ATTENTIONS[attention].layers(sizes),
    ...gru("decoder.cell", E + M, Q),
    "decoder.readout": [E, E + Q + M, "bias"],
    "decoder.output": [V, E, "bias"],
  };
}

/**
 * Build a network: `sizes` has V, E, H and A; h_j and s_t have 2H numbers each.
 *
 * All weights lie in one array, and so do all gradients; layers are windows onto them.
 * `parameters` lists {name, shape, values, gradients} for whoever wants them one by one.
 */
export function createNetwork(attention, { V, E, H, A }, seed) {
  const sizes = { V, E, H, M: 2 * H, Q: 2 * H, A };
  const shapes = Object.entries(listLayers(attention, sizes));
  const count = shapes.reduce((sum, [, [O, I, bias]]) => sum + O * I + (bias ? O : 0), 0);
  const network = {
    attention: PLAYGROUND_ATTENTIONS[attention],
    sizes,
    values: new Float64Array(count),
    gradients: new Float64Array(count),
    parameters: [],
    layers: {},
  };
  let at = 0;
  const take = (name, shape) => {
    const size = shape.reduce((product, length) => product * length);
    const values = network.values.subarray(at, at + size);
    const gradients = network.gradients.subarray(at, at + size);
    network.parameters.push({ name, shape, values, gradients });
    at += size;
    return [values, gradients];
  };
  for (const [name, [outSize, inSize, hasBias]] of shapes) {
    const [weight, weightGradient] = take(`${name}.weight`, [outSize, inSize]);
    const [bias, biasGradient] = hasBias
      ? take(`${name}.bias`, [outSize])
      : [new Float64Array(outSize), null];
    network.layers[name] = { weight, weightGradient, bias, biasGradient, inSize, outSize };
  }
  for (const { name, shape, values } of network.parameters) {
    const bound = name.includes("embedding") ? EMBEDDING_BOUND : 1 / Math.sqrt(shape.at(-1));
    const random = createRandom(`${seed} weights ${name}`);
    for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random() - 1);
  }
  return network;
}

function gruLayersOf(network, name) {
  const { layers } = network;
  return { fromInput: layers[`${name}.fromInput`], fromState: layers[`${name}.fromState`] };
}

/** Return the arrays for passes of exactly `rows` words of at most `longest` letters. */
export function createSpace(network, rows, longest) {
  const { V, E, H, M, Q, A } = network.sizes;
  const steps = longest + 1;
  const sources = longest * rows;
  const targets = steps * rows;
  const K = Math.max(Q, A); // a key is W h_j (Q,) or W₁ h_j (A,)
  const sizes = {
    embedded: sources * E,
    ownLetter: rows * M,
    memory: sources * M, // h_j
    keys: sources * K,
    summary: rows * M,
    asked: rows * A, // W₂ s_{t-1}
    bent: targets * longest * A, // tanh(W₁ h_j + W₂ s_{t-1})
    weights: targets * longest, // α_tj
    contexts: targets * M, // c_t
    cellInput: targets * (E + M), // [y_{t-1}; c_t]
    features: targets * (E + Q + M), // [y_{t-1}; s_t; c_t]
    readout: targets * E,
    probabilities: targets * V,
    dEmbedded: sources * E,
    dMemory: sources * M,
    dKeys: sources * K,
    dSummary: rows * M,
    dAsked: rows * A,
    dScores: rows * longest,
    dContext: rows * M,
    dState: rows * Q,
    dDirection: rows * H,
    dOwnLetter: rows * M,
    dCellInput: rows * (E + M),
    dFeatures: rows * (E + Q + M),
    dReadout: rows * E,
  };
  const space = Object.fromEntries(
    Object.entries(sizes).map(([name, size]) => [name, new Float64Array(size)]),
  );
  space.rows = rows;
  space.longest = longest;
  space.right = createTape(longest, rows, H);
  space.left = createTape(longest, rows, H);
  space.decoder = createTape(steps, rows, Q);
  return space;
}

function embedLetters(layer, numbers, at, out, outAt, stride, rows) {
  const { weight, inSize } = layer;
  for (let row = 0; row < rows; row++) {
    copyNumbers(out, outAt + row * stride, weight, numbers[at + row] * inSize, inSize);
  }
}

function embedLettersBackward(layer, numbers, at, dOut, dOutAt, stride, rows) {
  const { weightGradient, inSize } = layer;
  for (let row = 0; row < rows; row++) {
    const letter = numbers[at + row] * inSize;
    addScaled(weightGradient, letter, dOut, dOutAt + row * stride, 1, inSize);
  }
}

/** Equation (1): h_j = √½ ([→h_j; ←h_j] + U x_j) for the letters of each word, and s_0. */
export function encodeWords(network, space, batch) {
  const { E } = network.sizes;
  const { rows, longest, active, source } = batch;
  const { embedded, right, left } = space;
  for (let j = 0; j < longest; j++) {
    const layer = network.layers["encoder.embedding"];
    embedLetters(layer, source, j * rows, embedded, j * rows * E, E, active[j + 1]);
  }
  const rightCell = gruLayersOf(network, "encoder.right");
  for (let j = 0; j < longest; j++) {
    gruForward(rightCell, right, embedded, j * rows * E, j, j, j + 1, active[j + 1]);
  }
  const leftCell = gruLayersOf(network, "encoder.left");
  left.states.fill(0); // a word that ends at j starts there, with the state 0 from slot j + 1
  for (let j = longest - 1; j >= 0; j--) {
    gruForward(leftCell, left, embedded, j * rows * E, j, j + 1, j, active[j + 1]);
  }
  joinDirections(network, space, batch);
  summarizeWords(network, space, batch);
  network.attention.project(network, space, batch);
}

function joinDirections(network, space, batch) {
  const { E, H, M } = network.sizes;
  const { rows, longest, active } = batch;
  const own = network.layers["encoder.ownLetter"];
  for (let j = 0; j < longest; j++) {
    linearForward(own, space.embedded, j * rows * E, space.ownLetter, 0, active[j + 1]);
    for (let row = 0; row < active[j + 1]; row++) {
      const h = (j * rows + row) * M;
      const toRight = ((j + 1) * rows + row) * H;
      const toLeft = (j * rows + row) * H;
      for (let i = 0; i < H; i++) {
        const u = row * M + i;
        space.memory[h + i] = ROOT_HALF * (space.right.states[toRight + i] + space.ownLetter[u]);
        space.memory[h + H + i] =
          ROOT_HALF * (space.left.states[toLeft + i] + space.ownLetter[u + H]);
      }
    }
  }
}

/** The last state of each direction, and s_0 = tanh(W c + b), which is made from them. */
function summarizeWords(network, space, batch) {
  const { H, M, Q } = network.sizes;
  const { rows, lengths } = batch;
  for (let row = 0; row < rows; row++) {
    const last = ((lengths[row] - 1) * rows + row) * M;
    copyNumbers(space.summary, row * M, space.memory, last, H);
    copyNumbers(space.summary, row * M + H, space.memory, row * M + H, H);
  }
  linearForward(network.layers["decoder.initial"], space.summary, 0, space.decoder.states, 0, rows);
  for (let i = 0; i < rows * Q; i++) {
    space.decoder.states[i] = portableTanh(space.decoder.states[i]);
  }
}

/** Equations (2) to (7) for step t, after which `probabilities` holds p(y_t). */
export function decodeLetters(network, space, batch, t) {
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

/** Turn the gradients of `size` outputs y = tanh x into those of x: dx = (1 − y²) dy. */
function throughTanh(gradients, outputs, at, size) {
  for (let i = 0; i < size; i++) gradients[i] *= 1 - outputs[at + i] * outputs[at + i];
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

function summarizeWordsBackward(network, space, batch) {
  const { H, M, Q } = network.sizes;
  const { rows, lengths } = batch;
  const { decoder, dMemory, dState, dSummary, summary } = space;
  throughTanh(dState, decoder.states, 0, rows * Q); // s_0 is in slot 0
  linearBackward(network.layers["decoder.initial"], summary, 0, dState, 0, dSummary, 0, rows);
  for (let row = 0; row < rows; row++) {
    const last = ((lengths[row] - 1) * rows + row) * M;
    addScaled(dMemory, last, dSummary, row * M, 1, H);
    addScaled(dMemory, row * M + H, dSummary, row * M + H, 1, H);
  }
}

function joinDirectionsBackward(network, space, batch) {
  const { E, M } = network.sizes;
  const { rows, longest, active } = batch;
  const { dEmbedded, dMemory, embedded } = space;
  const own = network.layers["encoder.ownLetter"];
  for (let i = 0; i < longest * rows * M; i++) dMemory[i] *= ROOT_HALF;
  for (let j = 0; j < longest; j++) {
    const x = j * rows * E;
    linearBackward(own, embedded, x, dMemory, j * rows * M, dEmbedded, x, active[j + 1]);
  }
}

/** Both directions, each from its last letter to its first. */
function encodeWordsBackward(network, space, batch) {
  const { E } = network.sizes;
  const { rows, longest, active, source } = batch;
  const { dDirection, dEmbedded, embedded, left, right } = space;
  const rightCell = gruLayersOf(network, "encoder.right");
  dDirection.fill(0);
  for (let j = longest - 1; j >= 0; j--) {
    const x = j * rows * E;
    addDirection(network, space, batch, j, 0);
    gruBackward(rightCell, right, embedded, x, dEmbedded, x, j, j, dDirection, active[j + 1]);
  }
  const leftCell = gruLayersOf(network, "encoder.left");
  dDirection.fill(0);
  for (let j = 0; j < longest; j++) {
    const x = j * rows * E;
    addDirection(network, space, batch, j, network.sizes.H);
    gruBackward(leftCell, left, embedded, x, dEmbedded, x, j, j + 1, dDirection, active[j + 1]);
  }
  for (let j = 0; j < longest; j++) {
    const layer = network.layers["encoder.embedding"];
    embedLettersBackward(layer, source, j * rows, dEmbedded, j * rows * E, E, active[j + 1]);
  }
}

/** Add one half of dh_j to the gradient of a direction's state. */
function addDirection(network, space, batch, j, half) {
  const { H, M } = network.sizes;
  for (let row = 0; row < batch.active[j + 1]; row++) {
    const h = (j * batch.rows + row) * M + half;
    addScaled(space.dDirection, row * H, space.dMemory, h, 1, H);
  }
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
