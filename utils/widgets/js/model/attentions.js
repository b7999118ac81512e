// Four ways to look at the source sentence: equations (2) to (5). See utils/models/attention.py.
//
// One sentence at a time has no padding: nothing is masked unless a reader wants it.
// Shapes: S source words, Q the query's size, M the memory's, A that of additive attention.

import { addVectors, concatenate, dotProduct, linear } from "./numbers.js";
import { mixVectors, softmax, tanhOf } from "./numbers.js";

/** Return the last state of each direction, (M): the right-going half of h_S, the other of h_1. */
export function lastStates(memory) {
  const half = memory[0].length / 2;
  const [first, last] = [memory[0], memory[memory.length - 1]];
  return concatenate(last.subarray(0, half), first.subarray(half));
}

/** Equations (2), (4) and (5); a subclass says how to score, equation (3). */
class ScoredAttention {
  /** @param {Object<string, Float32Array>} weights its parameters by their names in PyTorch */
  constructor(weights) {
    this.weights = weights;
  }

  /** Return what of the score depends on the memory alone, S vectors: once for each sentence. */
  project(memory) {
    return memory;
  }

  /**
   * Let a query look.
   * @param {Float32Array} query (Q): s_{t-1}
   * @param {{memory: Float32Array[], keys: Float32Array[], mask: ?boolean[]}} encoded
   * @param {?function(Float32Array): ArrayLike<number>} overwrite gives other weights than those
   *   the model has found, for equation (5) and all that follows
   * @returns {{scores: Float32Array, weights: Float32Array, context: Float32Array}}
   */
  look(query, { memory, keys, mask }, overwrite = null) {
    const scores = this.score(query, keys); // (2)
    const found = softmax(scores, mask); // (4)
    const weights = overwrite ? Float32Array.from(overwrite(found)) : found;
    return { scores, weights, context: mixVectors(weights, memory) }; // (5)
  }
}

/** e_tj = s_{t-1}ᵀ h_j, equation (3a). */
export class DotAttention extends ScoredAttention {
  score(query, keys) {
    return Float32Array.from(keys, (key) => dotProduct(query, key));
  }
}

/** e_tj = s_{t-1}ᵀ W h_j, equation (3b). */
export class GeneralAttention extends DotAttention {
  project(memory) {
    return memory.map((h) => linear(this.weights["W.weight"], h));
  }
}

/** e_tj = vᵀ tanh(W₁ h_j + W₂ s_{t-1}), equation (3c). */
export class AdditiveAttention extends ScoredAttention {
  project(memory) {
    return memory.map((h) => linear(this.weights["W1.weight"], h));
  }

  score(query, keys) {
    const v = this.weights["v.weight"];
    const asked = linear(this.weights["W2.weight"], query, this.weights["W2.bias"]); // (A)
    return Float32Array.from(keys, (key) => dotProduct(v, tanhOf(addVectors(key, asked))));
  }
}

/** No attention: c_t = c, the encoder's summary, whatever the query. It has no scores. */
export class FixedContext {
  project(memory) {
    return memory;
  }

  look(query, { memory }, overwrite = null) {
    if (overwrite) {
      throw new Error("a fixed context has no weights to overwrite: choose another attention.");
    }
    const weights = new Float32Array(memory.length);
    weights[0] = 0.5; // its left-going half
    weights[memory.length - 1] += 0.5; // its right-going half
    return { scores: null, weights, context: lastStates(memory) };
  }
}

export const ATTENTIONS = {
  fixed: FixedContext,
  dot: DotAttention,
  general: GeneralAttention,
  additive: AdditiveAttention,
};

/** Return an attention by its name, with its weights; Error if JavaScript doesn't know it. */
export function buildAttention(name, weights) {
  if (!Object.hasOwn(ATTENTIONS, name)) {
    throw new Error(`attentions.js does not know ${name} attention: add its class there.`);
  }
  return new ATTENTIONS[name](weights);
}
