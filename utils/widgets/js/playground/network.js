// The series' encoder–decoder (utils/models/seq2seq.py) with its gradients, small enough to train
// in a browser. Names and equations are the same; here is also everything that torch hides. It
// reads in both directions, as the series' models do: fixed then has the two last states, and h_j
// knows how far it is to either end, which "reverse" asks for.
//
// Sizes: B words, S letters at most, T = S + 1 steps; V letters in the vocabulary, E numbers in an
// embedding, H in a direction's state, M = 2H in h_j, Q in s_t, A in additive attention's layer.
// Row b at time j is at [j * B + b] in every array, so the active rows of a time lie together.
// Arrays whose names begin with d hold gradients: dState is that of the loss with respect to s_t.

import { PLAYGROUND_ATTENTIONS } from "./attentions.js";
import { createTape } from "./gru.js";
import { createRandom } from "./random.js";

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
  network.parameters.forEach((parameter) => drawWeights(parameter, seed));
  return network;
}

/** Draw initial weights evenly from −bound to bound; the name is part of the seed. */
function drawWeights({ name, shape, values }, seed) {
  const bound = name.includes("embedding") ? EMBEDDING_BOUND : 1 / Math.sqrt(shape.at(-1));
  const random = createRandom(`${seed} weights ${name}`);
  for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random() - 1);
}

/** Return the two layers of a GRU cell, such as "decoder.cell". */
export function gruLayersOf(network, name) {
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
    dCellInput: rows * (E + M),
    dFeatures: rows * (E + Q + M),
    dReadout: rows * E,
  };
  const arrays = Object.entries(sizes).map(([name, size]) => [name, new Float64Array(size)]);
  return {
    ...Object.fromEntries(arrays),
    right: createTape(longest, rows, H),
    left: createTape(longest, rows, H),
    decoder: createTape(steps, rows, Q),
  };
}
