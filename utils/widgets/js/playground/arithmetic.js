// The sums inside every layer. Arrays hold matrices row by row; `…At` says where one begins.
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
 * out (size,) += Σ_k f_k row_k over `count` rows (count, size), with f_k = factors[at + k * step].
 *
 * Four rows at a time, because then `out` is loaded and stored once for four products.
 */
export function addWeightedRows(
  out,
  outAt,
  values,
  valuesAt,
  size,
  factors,
  factorsAt,
  step,
  count,
) {
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
