// The translator without recurrence: the forward pass of utils/models/transformer.py.
//
// Shapes: S source words, E numbers for each word, d = E / heads numbers in each head, V words in
// the target vocabulary. The state holds the keys and values of the t words that were written.

import { addVectors, dotProduct, linear, mixVectors, rowOf, softmax } from "./numbers.js";
import { partOf } from "./parts.js";

const NORM_EPSILON = 1e-5; // what PyTorch adds to a variance

/**
 * Return the waves that tell positions apart: sine and cosine of position / 10000^(2k / size).
 * @param {number} position from 0
 * @param {number} size E
 * @returns {Float32Array} (E)
 */
export function positionWave(position, size) {
  return Float32Array.from({ length: size }, (_, i) => {
    const angle = position * 10000 ** (-(i - (i % 2)) / size);
    return i % 2 ? Math.cos(angle) : Math.sin(angle);
  });
}

/** Return a word with mean 0 and variance 1, times the layer norm's weight, plus its bias. */
function layerNorm({ weight, bias }, word) {
  const mean = word.reduce((sum, number) => sum + number, 0) / word.length;
  const variance = word.reduce((sum, number) => sum + (number - mean) ** 2, 0) / word.length;
  const scale = 1 / Math.sqrt(variance + NORM_EPSILON);
  return word.map((number, i) => (number - mean) * scale * weight[i] + bias[i]);
}

/** Run a word through the small network of a layer: (E) -> (E). */
function feedForward(layer, word) {
  const hidden = linear(layer["linear1.weight"], word, layer["linear1.bias"]);
  const positive = hidden.map((number) => Math.max(number, 0));
  return linear(layer["linear2.weight"], positive, layer["linear2.bias"]);
}

/** Several attentions side by side, each with its own part of queries, keys and values. */
class Heads {
  /** @param {Object<string, Float32Array>} weights of an nn.MultiheadAttention */
  constructor(weights, heads) {
    const size = weights["out_proj.bias"].length;
    this.heads = heads;
    // PyTorch has the matrices of queries, keys and values below each other.
    [this.queries, this.keys, this.values] = [0, 1, 2].map((part) => ({
      weight: rowOf(weights.in_proj_weight, part, size * size),
      bias: rowOf(weights.in_proj_bias, part, size),
    }));
    this.output = { weight: weights["out_proj.weight"], bias: weights["out_proj.bias"] };
  }

  /** Return the key and the value of a word, for all heads side by side: (E) each. */
  project(word) {
    const { keys, values } = this;
    return {
      key: linear(keys.weight, word, keys.bias),
      value: linear(values.weight, word, values.bias),
    };
  }

  /**
   * Let a word (E) look at words that `project` has made.
   * @param {?function(Float32Array, number): ArrayLike<number>} overwrite gets weights and head;
   *   zeros silence a head
   * @returns {{output: Float32Array, weights: Float32Array[]}} (E), and for each head (S)
   */
  attend(word, projected, overwrite = null) {
    const query = linear(this.queries.weight, word, this.queries.bias);
    const size = query.length / this.heads; // d
    const values = projected.map(({ value }) => value);
    const mixed = new Float32Array(query.length);
    const weights = [];
    for (let head = 0; head < this.heads; head += 1) {
      const asked = rowOf(query, head, size);
      const scores = projected.map(({ key }) => dotProduct(asked, key, head * size));
      const found = softmax(scores.map((score) => score / Math.sqrt(size)));
      weights.push(overwrite ? Float32Array.from(overwrite(found, head)) : found);
      mixed.set(mixVectors(weights[head], values, head * size, size), head * size);
    }
    return { output: linear(this.output.weight, mixed, this.output.bias), weights };
  }
}

/** Return what overwrites the weights of one attention, if anything does. */
function overwriteAt(overwrite, kind, layer, row) {
  return overwrite && ((weights, head) => overwrite(weights, { kind, layer, head, row }));
}

/** Return the mean of several vectors of one size. */
function meanOf(vectors) {
  return mixVectors(new Float64Array(vectors.length).fill(1 / vectors.length), vectors);
}

/** Return the layers of one side, each with its attentions and layer norms. */
function layersOf(weights, { layers, heads }, attentions, norms) {
  return Array.from({ length: layers }, (_, number) => {
    const layer = partOf(weights, `layers.${number}.`);
    for (const name of attentions) layer[name] = new Heads(partOf(layer, `${name}.`), heads);
    for (const name of norms) layer[name] = partOf(layer, `${name}.`);
    return layer;
  });
}

/** The same contract as `Seq2Seq`; every word also says where each of its heads looked. */
export class Transformer {
  /**
   * @param {Object} config as in Python: size, heads, layers, …
   * @param {Object<string, Float32Array>} weights by their names in PyTorch
   */
  constructor(config, weights) {
    this.config = config;
    this.factor = config.tied ? Math.sqrt(config.size) : 1; // a tied matrix is small: see Python
    const reading = partOf(weights, "encoder.");
    const writing = partOf(weights, "decoder.");
    this.encoder = {
      embedding: reading["embedding.weight"],
      layers: layersOf(reading, config, ["self_attn"], ["norm1", "norm2"]),
      norm: partOf(reading, "norm."),
    };
    this.decoder = {
      embedding: writing["embedding.weight"],
      layers: layersOf(
        writing,
        config,
        ["self_attn", "multihead_attn"],
        ["norm1", "norm2", "norm3"],
      ),
      norm: partOf(writing, "norm."),
      output: partOf(writing, "output."),
    };
  }

  /** Its weights move, as those of every attention do. */
  get hasFixedContext() {
    return false;
  }

  /** Return a word's embedding with its position, (E). */
  embed(embedding, word, position) {
    const { size } = this.config;
    const wave = positionWave(position, size);
    return rowOf(embedding, word, size).map((number, i) => this.factor * number + wave[i]);
  }

  /**
   * Read a sentence of at least one word: words look at each other.
   * @param {number[]} words S numbers
   * @param {?function(Float32Array, Object): ArrayLike<number>} overwrite gets the weights (S) of
   *   each head, and {kind: "encoder", layer, head, row}; it returns those to go on with
   * @returns {{memory: Float32Array[], keys: Object[][], state: Object[][],
   *   heads: Float32Array[][][]}} S vectors (E); for each layer of the decoder the keys and values
   *   of the source; the state before the first word; and weights by layer, word and head
   */
  encode(words, overwrite = null) {
    const { embedding, layers, norm } = this.encoder;
    const heads = [];
    let memory = words.map((word, position) => this.embed(embedding, word, position));
    layers.forEach((layer, number) => {
      const read = this.readLayer(layer, number, memory, overwrite);
      memory = read.words;
      heads.push(read.heads);
    });
    memory = memory.map((word) => layerNorm(norm, word));
    const keys = this.decoder.layers.map(({ multihead_attn: looking }) =>
      memory.map((word) => looking.project(word)),
    );
    return { memory, keys, state: this.decoder.layers.map(() => []), heads };
  }

  /** Run S words through a layer of the encoder: words (E), and for each its heads' weights. */
  readLayer(layer, number, words, overwrite) {
    const normed = words.map((word) => layerNorm(layer.norm1, word));
    const projected = normed.map((word) => layer.self_attn.project(word));
    const heads = [];
    const read = words.map((word, row) => {
      const change = overwriteAt(overwrite, "encoder", number, row);
      const looked = layer.self_attn.attend(normed[row], projected, change);
      heads.push(looked.weights);
      const seen = addVectors(word, looked.output);
      return addVectors(seen, feedForward(layer, layerNorm(layer.norm2, seen)));
    });
    return { words: read, heads };
  }

  /**
   * Advance by one word. Nothing that was handed over changes.
   * @param {Object} encoded what `encode` returned
   * @param {Object[][]} state for each layer the keys and values of t words
   * @param {number} word y_{t-1}
   * @param {?function(Float32Array, Object): ArrayLike<number>} overwrite as in `encode`, where
   *   kind is "own" for weights on the words written, (t + 1), "source" for those on the source
   * @returns {{logits: Float32Array, state: Object[][], scores: null, weights: Float32Array,
   *   context: Float32Array, heads: {own: Float32Array[][], source: Float32Array[][]}}}
   *   logits (V), the state of t + 1 words, α_t (S), which is the mean of the last layer's heads,
   *   the last layer's output (E), and weights by layer and head
   */
  step(encoded, state, word, overwrite = null) {
    const { embedding, layers, norm, output } = this.decoder;
    const position = state[0].length;
    const heads = { own: [], source: [] };
    let words = this.embed(embedding, word, position);
    const next = layers.map((layer, number) => {
      const normed = layerNorm(layer.norm1, words);
      const own = [...state[number], layer.self_attn.project(normed)];
      const change = (kind) => overwriteAt(overwrite, kind, number, position);
      const before = layer.self_attn.attend(normed, own, change("own"));
      words = addVectors(words, before.output);
      const asking = layerNorm(layer.norm2, words);
      const looked = layer.multihead_attn.attend(asking, encoded.keys[number], change("source"));
      words = addVectors(words, looked.output);
      words = addVectors(words, feedForward(layer, layerNorm(layer.norm3, words)));
      heads.own.push(before.weights);
      heads.source.push(looked.weights);
      return own;
    });
    const logits = linear(output.weight, layerNorm(norm, words), output.bias);
    const weights = meanOf(heads.source[layers.length - 1]);
    return { logits, state: next, scores: null, weights, context: words, heads };
  }
}
