// The encoder–decoder, equations (1) to (7): the forward pass of utils/models/seq2seq.py.
//
// Shapes: S source words, E the embedding's size, M the memory's, Q the decoder state's, V the
// target vocabulary's.

import { buildAttention, lastStates } from "./attentions.js";
import { concatenate, linear, rowOf, sigmoid, tanhOf } from "./numbers.js";
import { partOf } from "./parts.js";

/**
 * Advance a GRU by one step; PyTorch has the rows of r, z and n below each other.
 * @param {{weight_ih, weight_hh, bias_ih, bias_hh}} cell
 * @param {Float32Array} x what is read
 * @param {Float32Array} state (Q)
 * @returns {Float32Array} (Q)
 */
export function gruCell(cell, x, state) {
  const size = state.length;
  const read = linear(cell.weight_ih, x, cell.bias_ih); // (3 · Q)
  const kept = linear(cell.weight_hh, state, cell.bias_hh); // (3 · Q)
  return state.map((before, i) => {
    const reset = sigmoid(read[i] + kept[i]);
    const update = sigmoid(read[size + i] + kept[size + i]);
    const fresh = Math.tanh(read[2 * size + i] + reset * kept[2 * size + i]);
    return (1 - update) * fresh + update * before;
  });
}

/** Run a GRU over the words in the order given, from a state of zeros: one state for each. */
function runGru(cell, words) {
  const states = [];
  let state = new Float32Array(cell.bias_hh.length / 3);
  for (const word of words) {
    state = gruCell(cell, word, state);
    states.push(state);
  }
  return states;
}

/** Return one direction of the encoder's GRU: its names end in `_l0` or `_l0_reverse`. */
function directionOf(gru, ending) {
  const names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
  return Object.fromEntries(names.map((name) => [name, gru[name + ending]]));
}

/** Encoder and decoder. The contract is that of `Transformer`: encode a sentence, then step. */
export class Seq2Seq {
  /**
   * @param {Object} config as in Python: attention, embedding_size, …
   * @param {Object<string, Float32Array>} weights by their names in PyTorch
   */
  constructor(config, weights) {
    this.config = config;
    const gru = partOf(weights, "encoder.gru.");
    this.encoder = {
      embedding: weights["encoder.embedding.weight"],
      right: directionOf(gru, "_l0"),
      left: directionOf(gru, "_l0_reverse"),
      ownWord: weights["encoder.own_word.weight"],
    };
    this.decoder = partOf(weights, "decoder.");
    this.cell = partOf(weights, "decoder.cell.");
    this.attention = buildAttention(config.attention, partOf(weights, "decoder.attention."));
  }

  /** Tell whether the weights never move. */
  get hasFixedContext() {
    return this.config.attention === "fixed";
  }

  /**
   * Read a sentence of at least one word, equation (1).
   * @param {number[]} words S numbers
   * @returns {{memory: Float32Array[], keys: Float32Array[], mask: null, state: Float32Array}}
   *   S vectors h_j (M), what is asked, S vectors, and s_0 (Q)
   */
  encode(words) {
    const { embedding, right, left, ownWord } = this.encoder;
    const embedded = words.map((word) => rowOf(embedding, word, this.config.embedding_size));
    const rightward = runGru(right, embedded);
    const leftward = runGru(left, embedded.toReversed()).reverse();
    const memory = embedded.map((word, j) => {
      const states = concatenate(rightward[j], leftward[j]);
      const own = linear(ownWord, word);
      return states.map((number, i) => Math.SQRT1_2 * (number + own[i]));
    });
    const { "initial.weight": weight, "initial.bias": bias } = this.decoder;
    const state = tanhOf(linear(weight, lastStates(memory), bias));
    return { memory, keys: this.attention.project(memory), mask: null, state };
  }

  /**
   * Advance by one word, equations (2) to (7). Nothing that was handed over changes.
   * @param {Object} encoded what `encode` returned
   * @param {Float32Array} state s_{t-1} (Q), which is the query
   * @param {number} word y_{t-1}
   * @param {?function} overwrite see `ScoredAttention.look`
   * @returns {{logits: Float32Array, state: Float32Array, query: Float32Array,
   *   scores: ?Float32Array, weights: Float32Array, context: Float32Array}}
   *   logits (V), s_t (Q), the query (Q), e_t (S) or null, α_t (S), c_t (M)
   */
  step(encoded, state, word, overwrite = null) {
    const own = this.decoder;
    const embedded = rowOf(own["embedding.weight"], word, this.config.embedding_size);
    const looked = this.attention.look(state, encoded, overwrite); // (2)–(5)
    const next = gruCell(this.cell, concatenate(embedded, looked.context), state); // (6)
    const features = concatenate(embedded, next, looked.context);
    const readout = tanhOf(linear(own["readout.weight"], features, own["readout.bias"]));
    const logits = linear(own["output.weight"], readout, own["output.bias"]); // (7)
    return { logits, state: next, query: state, ...looked };
  }
}
