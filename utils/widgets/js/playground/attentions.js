// Four ways to look at the source word, equations (2) to (5). Everything else in the network is
// the same; only the object chosen here differs. Each forward function is followed by its way back.
//
// Row b of step t has the query s_{t-1} (Q,), the memory h_j (M,) and the keys, the part of the
// score that depends on the memory alone. `space` holds the arrays of one pass (see network.js).

import { addScaled, portableTanh, sumOfProducts } from "./arithmetic.js";
import { linearBackward, linearForward, softmaxInPlace } from "./layers.js";

/** No attention: c_t = c, the last state of each direction, at every step. */
const fixedContext = {
  layers: () => ({}),
  project() {},
  projectBackward() {},
  attend(network, space, batch, t) {
    const { M } = network.sizes;
    for (let row = 0; row < batch.active[t]; row++) {
      const at = (t * batch.rows + row) * M;
      for (let i = 0; i < M; i++) space.contexts[at + i] = space.summary[row * M + i];
      const weights = (t * batch.rows + row) * batch.longest;
      space.weights.fill(0, weights, weights + batch.longest);
      space.weights[weights] += 0.5; // ←h_1, and →h_S: weights that never move
      space.weights[weights + batch.lengths[row] - 1] += 0.5;
    }
  },
  attendBackward(network, space, batch, t) {
    addScaled(space.dSummary, 0, space.dContext, 0, 1, batch.active[t] * network.sizes.M);
  },
};

/** Return an attention that scores, takes the softmax and mixes; `scoring` says how to score. */
function scoringAttention(scoring) {
  return {
    ...scoring,
    attend(network, space, batch, t) {
      scoring.score(network, space, batch, t);
      for (let row = 0; row < batch.active[t]; row++) mixMemory(network, space, batch, t, row);
    },
    attendBackward(network, space, batch, t) {
      for (let row = 0; row < batch.active[t]; row++) {
        mixMemoryBackward(network, space, batch, t, row);
      }
      scoring.scoreBackward(network, space, batch, t);
    },
  };
}

/** Equations (4) and (5) for one row: scores -> weights α_tj -> context c_t. */
function mixMemory(network, space, batch, t, row) {
  const { M } = network.sizes;
  const at = (t * batch.rows + row) * batch.longest;
  const context = (t * batch.rows + row) * M;
  softmaxInPlace(space.weights, at, batch.lengths[row]); // real letters only: the mask
  space.weights.fill(0, at + batch.lengths[row], at + batch.longest);
  space.contexts.fill(0, context, context + M);
  for (let j = 0; j < batch.lengths[row]; j++) {
    const h = (j * batch.rows + row) * M;
    addScaled(space.contexts, context, space.memory, h, space.weights[at + j], M);
  }
}

/** dc_t -> dh_j = α_j dc and, through the softmax, de_j = α_j (dα_j − Σ_k α_k dα_k). */
function mixMemoryBackward(network, space, batch, t, row) {
  const { M } = network.sizes;
  const { weights, dScores } = space;
  const at = (t * batch.rows + row) * batch.longest;
  const length = batch.lengths[row];
  let mean = 0;
  for (let j = 0; j < length; j++) {
    const h = (j * batch.rows + row) * M;
    const dWeight = sumOfProducts(space.dContext, row * M, space.memory, h, M);
    addScaled(space.dMemory, h, space.dContext, row * M, weights[at + j], M);
    dScores[row * batch.longest + j] = dWeight;
    mean += weights[at + j] * dWeight;
  }
  for (let j = 0; j < length; j++) {
    const e = row * batch.longest + j;
    dScores[e] = weights[at + j] * (dScores[e] - mean);
  }
}

/** e_tj = s_{t-1}ᵀ k_j, the last step of (3a), where k_j = h_j, and (3b), where k_j = W h_j. */
function scoreByProduct(network, space, batch, t) {
  const { Q } = network.sizes;
  for (let row = 0; row < batch.active[t]; row++) {
    const query = (t * batch.rows + row) * Q; // s_{t-1} is in slot t
    const at = (t * batch.rows + row) * batch.longest;
    for (let j = 0; j < batch.lengths[row]; j++) {
      const key = (j * batch.rows + row) * Q;
      space.weights[at + j] = sumOfProducts(space.decoder.states, query, space.keys, key, Q);
    }
  }
}

function scoreByProductBackward(network, space, batch, t) {
  const { Q } = network.sizes;
  for (let row = 0; row < batch.active[t]; row++) {
    const query = (t * batch.rows + row) * Q;
    for (let j = 0; j < batch.lengths[row]; j++) {
      const key = (j * batch.rows + row) * Q;
      const dScore = space.dScores[row * batch.longest + j];
      addScaled(space.dState, row * Q, space.keys, key, dScore, Q);
      addScaled(space.dKeys, key, space.decoder.states, query, dScore, Q);
    }
  }
}

/** (3a): the state itself is the key, so that no weight is added. */
const dotAttention = scoringAttention({
  layers: () => ({}),
  project(network, space) {
    space.keys = space.memory;
    space.dKeys = space.dMemory;
  },
  projectBackward() {},
  score: scoreByProduct,
  scoreBackward: scoreByProductBackward,
});

/** k_j = W h_j for every real letter; `name` is the layer's. */
function projectKeys(name) {
  return (network, space, batch) => {
    const layer = network.layers[name];
    for (let j = 0; j < batch.longest; j++) {
      const memory = j * batch.rows * layer.inSize;
      const key = j * batch.rows * layer.outSize;
      linearForward(layer, space.memory, memory, space.keys, key, batch.active[j + 1]);
    }
  };
}

function projectKeysBackward(name) {
  return (network, space, batch) => {
    const layer = network.layers[name];
    const { memory, dKeys, dMemory } = space;
    for (let j = 0; j < batch.longest; j++) {
      const h = j * batch.rows * layer.inSize;
      const key = j * batch.rows * layer.outSize;
      linearBackward(layer, memory, h, dKeys, key, dMemory, h, batch.active[j + 1]);
    }
  };
}

/** (3b): e_tj = s_{t-1}ᵀ W h_j. */
const generalAttention = scoringAttention({
  layers: ({ M, Q }) => ({ "decoder.attention.W": [Q, M] }),
  project: projectKeys("decoder.attention.W"),
  projectBackward: projectKeysBackward("decoder.attention.W"),
  score: scoreByProduct,
  scoreBackward: scoreByProductBackward,
});

/** (3c): e_tj = vᵀ tanh(W₁ h_j + W₂ s_{t-1}). */
const additiveAttention = scoringAttention({
  layers: ({ M, Q, A }) => ({
    "decoder.attention.W1": [A, M],
    "decoder.attention.W2": [A, Q, "bias"],
    "decoder.attention.v": [1, A],
  }),
  project: projectKeys("decoder.attention.W1"),
  projectBackward: projectKeysBackward("decoder.attention.W1"),
  score(network, space, batch, t) {
    const { A, Q } = network.sizes;
    const v = network.layers["decoder.attention.v"].weight;
    const W2 = network.layers["decoder.attention.W2"];
    const { asked, bent, keys, weights } = space;
    linearForward(W2, space.decoder.states, t * batch.rows * Q, asked, 0, batch.active[t]);
    for (let row = 0; row < batch.active[t]; row++) {
      const at = (t * batch.rows + row) * batch.longest;
      for (let j = 0; j < batch.lengths[row]; j++) {
        const key = (j * batch.rows + row) * A;
        let score = 0;
        for (let i = 0; i < A; i++) {
          const value = portableTanh(keys[key + i] + asked[row * A + i]);
          bent[(at + j) * A + i] = value;
          score += v[i] * value;
        }
        weights[at + j] = score;
      }
    }
  },
  scoreBackward(network, space, batch, t) {
    const { A, Q } = network.sizes;
    const { weight: v, weightGradient: dV } = network.layers["decoder.attention.v"];
    const W2 = network.layers["decoder.attention.W2"];
    const { bent, dAsked, dKeys, dScores, dState } = space;
    dAsked.fill(0);
    for (let row = 0; row < batch.active[t]; row++) {
      const at = (t * batch.rows + row) * batch.longest;
      for (let j = 0; j < batch.lengths[row]; j++) {
        const key = (j * batch.rows + row) * A;
        const dScore = dScores[row * batch.longest + j];
        for (let i = 0; i < A; i++) {
          const value = bent[(at + j) * A + i];
          const dSum = dScore * v[i] * (1 - value * value); // before the tanh
          dV[i] += dScore * value;
          dKeys[key + i] += dSum;
          dAsked[row * A + i] += dSum;
        }
      }
    }
    const query = t * batch.rows * Q;
    linearBackward(W2, space.decoder.states, query, dAsked, 0, dState, 0, batch.active[t]);
  },
});

export const PLAYGROUND_ATTENTIONS = {
  fixed: fixedContext,
  dot: dotAttention,
  general: generalAttention,
  additive: additiveAttention,
};
