// The sums inside every layer. Arrays hold matrices row by row; `at` says where one begins.
//
// Numbers are Float64Array throughout: JavaScript computes in 64 bits, so that 32 would cost a
// conversion at every load, and the network is small enough for the cache.

const LOG2_E = 1.4426950408889634;
const LN_2_HIGH = 0.6931471803691238; // ln 2 in two parts, so that k ln 2 loses no digits
const LN_2_LOW = 1.9082149292705877e-10;
const LARGEST_EXPONENT = 700; // e^700 is still a number
const FACTORIALS = [39916800, 3628800, 362880, 40320, 5040, 720, 120, 24, 6, 2, 1, 1];
const EXP_SERIES = Float64Array.from(FACTORIALS, (factorial) => 1 / factorial);
const POWERS_OF_2 = new Float64Array(2041); // 2^−1020 … 2^1020, by doubling and halving
POWERS_OF_2[1020] = 1;
for (let k = 1; k <= 1020; k++) {
  POWERS_OF_2[1020 + k] = 2 * POWERS_OF_2[1019 + k];
  POWERS_OF_2[1020 - k] = POWERS_OF_2[1021 - k] / 2;
}

/**
 * Return e^x to 14 digits.
 *
 * Math.exp may differ in its last digit from browser to browser, and training turns a last digit
 * into other weights. Here are only +, −, × and ÷, the same everywhere: a link that names seed and
 * step leads to the same weights.
 */
export function portableExp(x) {
  const bounded = Math.max(-LARGEST_EXPONENT, Math.min(LARGEST_EXPONENT, x));
  const k = Math.floor(bounded * LOG2_E + 0.5);
  const rest = bounded - k * LN_2_HIGH - k * LN_2_LOW; // e^x = 2^k e^rest, |rest| < 0.35
  let sum = EXP_SERIES[0];
  for (let n = 1; n < 12; n++) sum = sum * rest + EXP_SERIES[n];
  return sum * POWERS_OF_2[k + 1020];
}

/** Return tanh x. */
export function portableTanh(x) {
  return 1 - 2 / (portableExp(2 * x) + 1);
}

/** Return 1 / (1 + e^−x). */
export function portableSigmoid(x) {
  return 1 / (1 + portableExp(-x));
}

/** Add two arrays: out[i] += factor * values[i] for `size` numbers. */
export function addScaled(out, outAt, values, valuesAt, factor, size) {
  for (let i = 0; i < size; i++) out[outAt + i] += factor * values[valuesAt + i];
}

/** Copy `size` numbers. */
export function copyNumbers(out, outAt, values, valuesAt, size) {
  for (let i = 0; i < size; i++) out[outAt + i] = values[valuesAt + i];
}

/** Return the dot product of `size` numbers. */
export function sumOfProducts(a, aAt, b, bAt, size) {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += a[aAt + i] * b[bAt + i];
  return sum;
}

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

/**
 * The way back: given dy (rows, O), add dy xᵀ to dW, dy to db, and Wᵀ dy to dx (rows, I).
 *
 * `dx` may be null where nothing before it learns.
 */
export function linearBackward(layer, x, xAt, dy, dyAt, dx, dxAt, rows) {
  const { weight, weightGradient, biasGradient, inSize, outSize } = layer;
  for (let o = 0; o < outSize; o++) {
    const dW = o * inSize;
    addWeightedRows(weightGradient, dW, x, xAt, inSize, dy, dyAt + o, outSize, rows);
  }
  for (let row = 0; row < rows; row++) {
    const dyRow = dyAt + row * outSize;
    if (biasGradient) addScaled(biasGradient, 0, dy, dyRow, 1, outSize);
    if (dx) {
      addWeightedRows(dx, dxAt + row * inSize, weight, 0, inSize, dy, dyRow, 1, outSize);
    }
  }
}

/**
 * out (size,) += Σ_k f_k row_k over `count` rows (count, size), with f_k = factors[at + k * step].
 *
 * Four rows at a time, because then `out` is loaded and stored once for four products.
 */
function addWeightedRows(out, outAt, values, valuesAt, size, factors, factorsAt, step, count) {
  const fours = count - (count % 4);
  for (let k = 0; k < fours; k += 4) {
    const f0 = factors[factorsAt + k * step];
    const f1 = factors[factorsAt + (k + 1) * step];
    const f2 = factors[factorsAt + (k + 2) * step];
    const f3 = factors[factorsAt + (k + 3) * step];
    const row0 = valuesAt + k * size;
    const row1 = row0 + size;
    const row2 = row1 + size;
    const row3 = row2 + size;
    for (let i = 0; i < size; i++) {
      out[outAt + i] +=
        f0 * values[row0 + i] +
        f1 * values[row1 + i] +
        f2 * values[row2 + i] +
        f3 * values[row3 + i];
    }
  }
  for (let k = fours; k < count; k++) {
    addScaled(out, outAt, values, valuesAt + k * size, factors[factorsAt + k * step], size);
  }
}

/** Turn `size` scores, spaced by `step`, into weights that sum to one, equation (4). */
export function softmaxInPlace(scores, at, size, step = 1) {
  let largest = -Infinity;
  for (let i = 0; i < size; i++) largest = Math.max(largest, scores[at + i * step]);
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const power = portableExp(scores[at + i * step] - largest);
    scores[at + i * step] = power;
    sum += power;
  }
  for (let i = 0; i < size; i++) scores[at + i * step] /= sum;
}
