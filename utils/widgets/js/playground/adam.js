// The optimizer's step on all weights at once: clip, then Adam (Kingma & Ba 2015).

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const ADAM_EPSILON = 1e-8;
const LARGEST_NORM = 1;
const HALVING = 400; // steps after which the learning rate is half of what it was

/** Return the learning rate of a step: high at first, then lower, so that what is learned stays. */
export function rateAt(rate, step) {
  return rate / (1 + step / HALVING);
}

/** Return Adam's memory for `count` weights; `power1` and `power2` are β₁ᵗ and β₂ᵗ. */
export function createAdam(count) {
  return {
    mean: new Float64Array(count),
    square: new Float64Array(count),
    power1: 1,
    power2: 1,
  };
}

/** Scale the gradients so that their norm is at most 1; return the norm they had. */
export function clipGradients(gradients) {
  let sum = 0;
  for (let i = 0; i < gradients.length; i++) sum += gradients[i] * gradients[i];
  const norm = Math.sqrt(sum);
  if (norm > LARGEST_NORM) {
    const factor = LARGEST_NORM / norm;
    for (let i = 0; i < gradients.length; i++) gradients[i] *= factor;
  }
  return norm;
}

/** Move the weights one step against their gradients. */
export function adamStep(adam, values, gradients, rate) {
  const { mean, square } = adam;
  adam.power1 *= BETA_1;
  adam.power2 *= BETA_2;
  const scale = rate / (1 - adam.power1);
  const squareScale = 1 / (1 - adam.power2);
  for (let i = 0; i < values.length; i++) {
    const g = gradients[i];
    mean[i] = BETA_1 * mean[i] + (1 - BETA_1) * g;
    square[i] = BETA_2 * square[i] + (1 - BETA_2) * g * g;
    values[i] -= (scale * mean[i]) / (Math.sqrt(square[i] * squareScale) + ADAM_EPSILON);
  }
}
