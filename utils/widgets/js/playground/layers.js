// What every layer does, and its way back: from the gradient of what came out, dy, to those of what
// went in, dx, and of the weights, dW. Gradients are added, because a weight works in many places.

import { addScaled, addWeightedRows, copyNumbers } from "./arithmetic.js";
import { portableExp, sumOfProducts } from "./arithmetic.js";

/**
 * y = W x + b for several rows: x (rows, I), W (O, I), b (O,) -> y (rows, O).
 *
 * Four outputs at a time: each x is loaded once for four products, and no sum waits for another.
 */
export function linearForward(layer, x, xAt, y, yAt, rows) {
  const { weight, bias, inSize, outSize } = layer;
  const fours = outSize - (outSize % 4);
  for (let row = 0; row < rows; row++) {
    const xRow = xAt + row * inSize;
    const yRow = yAt + row * outSize;
    for (let o = 0; o < fours; o += 4) {
      const w0 = o * inSize;
      const w1 = w0 + inSize;
      const w2 = w1 + inSize;
      const w3 = w2 + inSize;
      let y0 = bias[o];
      let y1 = bias[o + 1];
      let y2 = bias[o + 2];
      let y3 = bias[o + 3];
      for (let i = 0; i < inSize; i++) {
        const value = x[xRow + i];
        y0 += weight[w0 + i] * value;
        y1 += weight[w1 + i] * value;
        y2 += weight[w2 + i] * value;
        y3 += weight[w3 + i] * value;
      }
      y[yRow + o] = y0;
      y[yRow + o + 1] = y1;
      y[yRow + o + 2] = y2;
      y[yRow + o + 3] = y3;
    }
    for (let o = fours; o < outSize; o++) {
      y[yRow + o] = bias[o] + sumOfProducts(weight, o * inSize, x, xRow, inSize);
    }
  }
}

/** The way back: given dy (rows, O), add dyᵀ x to dW (O, I), dy to db, and dy W to dx (rows, I). */
export function linearBackward(layer, x, xAt, dy, dyAt, dx, dxAt, rows) {
  const { weight, weightGradient, biasGradient, inSize, outSize } = layer;
  for (let o = 0; o < outSize; o++) {
    const dW = o * inSize;
    addWeightedRows(weightGradient, dW, x, xAt, inSize, dy, dyAt + o, outSize, rows);
  }
  for (let row = 0; row < rows; row++) {
    const dyRow = dyAt + row * outSize;
    if (biasGradient) addScaled(biasGradient, 0, dy, dyRow, 1, outSize);
    addWeightedRows(dx, dxAt + row * inSize, weight, 0, inSize, dy, dyRow, 1, outSize);
  }
}

/** Copy the embedding of each of `rows` letters to a row of `out`; rows begin `stride` apart. */
export function embedLetters(layer, numbers, at, out, outAt, stride, rows) {
  const { weight, inSize } = layer;
  for (let row = 0; row < rows; row++) {
    copyNumbers(out, outAt + row * stride, weight, numbers[at + row] * inSize, inSize);
  }
}

/** The way back: each row of `gradients` goes to its letter. */
export function embedLettersBackward(layer, numbers, at, gradients, gradientsAt, stride, rows) {
  const { weightGradient, inSize } = layer;
  for (let row = 0; row < rows; row++) {
    const letter = numbers[at + row] * inSize;
    addScaled(weightGradient, letter, gradients, gradientsAt + row * stride, 1, inSize);
  }
}

/** Turn `size` scores into weights that sum to one, equation (4). */
export function softmaxInPlace(scores, at, size) {
  let largest = -Infinity;
  for (let i = at; i < at + size; i++) largest = Math.max(largest, scores[i]);
  let sum = 0;
  for (let i = at; i < at + size; i++) {
    scores[i] = portableExp(scores[i] - largest); // the largest is e^0, so nothing overflows
    sum += scores[i];
  }
  for (let i = at; i < at + size; i++) scores[i] /= sum;
}

/** Turn the gradients of `size` outputs y = tanh x into those of x: dx = (1 − y²) dy. */
export function throughTanh(gradients, outputs, at, size) {
  for (let i = 0; i < size; i++) gradients[i] *= 1 - outputs[at + i] * outputs[at + i];
}
