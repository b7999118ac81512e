// Vectors and matrices: what a network is computed with, and how its weights arrive.
//
// A vector is a Float32Array. A matrix is one, too, row after row: what it is multiplied by says
// how long a row is. Sums run in JavaScript's own numbers, which have 64 bits.

// Base 85 as Python's `b85encode` writes it, but with "," for "<", which could end a script.
const BASE85 =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";
const BASE85_VALUES = new Uint8Array(128);
for (let i = 0; i < 85; i += 1) BASE85_VALUES[BASE85.charCodeAt(i)] = i;

/**
 * Decode base 85: five letters hold four bytes, and fewer at the end hold one byte less than that.
 * @param {string} text
 * @returns {Uint8Array}
 */
export function decodeBase85(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 4) / 5));
  for (let start = 0, filled = 0; filled < bytes.length; start += 5, filled += 4) {
    let sum = 0;
    for (let i = start; i < start + 5; i += 1) {
      sum = sum * 85 + (i < text.length ? BASE85_VALUES[text.charCodeAt(i)] : 84);
    }
    for (let k = 0; k < 4; k += 1) bytes[filled + k] = sum / 2 ** (24 - 8 * k); // modulo 256
  }
  return bytes;
}

/**
 * Return bytes however they were handed over: as base 85, a buffer, or a view of one.
 * @param {string | ArrayBuffer | ArrayBufferView} data
 * @returns {Uint8Array}
 */
export function toBytes(data) {
  if (typeof data === "string") return decodeBase85(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * Return the number that 16 bits stand for: a sign, 5 bits of exponent, 10 of fraction.
 * @param {number} bits 0 to 65535
 */
export function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * Decode numbers of 16 or 32 bits, lower byte first, as Python packs them.
 * @param {Uint8Array} bytes
 * @param {"float16" | "float32"} type
 * @returns {Float32Array}
 */
export function decodeFloats(bytes, type) {
  const copy = bytes.slice().buffer; // wider numbers must begin at a multiple of their size
  if (type === "float32") return new Float32Array(copy);
  const halves = new Uint16Array(copy);
  const table = new Float32Array(65536).map((_, bits) => halfToNumber(bits));
  const numbers = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i += 1) numbers[i] = table[halves[i]];
  return numbers;
}

/** Return Σ a_i b_i, where b begins at `start`. */
export function dotProduct(a, b, start = 0) {
  let even = 0; // two sums at once: the processor need not wait for one addition to begin the next
  let odd = 0;
  let i = 0;
  for (; i + 1 < a.length; i += 2) {
    even += a[i] * b[start + i];
    odd += a[i + 1] * b[start + i + 1];
  }
  return i < a.length ? even + odd + a[i] * b[start + i] : even + odd;
}

/**
 * Return W x + b.
 * @param {Float32Array} weight (rows · size), row after row
 * @param {Float32Array} x (size)
 * @param {Float32Array} [bias] (rows)
 * @returns {Float32Array} (rows)
 */
export function linear(weight, x, bias = null) {
  const size = x.length;
  const result = new Float32Array(weight.length / size);
  for (let row = 0, start = 0; row < result.length; row += 1, start += size) {
    result[row] = dotProduct(x, weight, start) + (bias ? bias[row] : 0);
  }
  return result;
}

/** Return row `number` of a matrix with rows of `size` numbers, without copying it. */
export function rowOf(matrix, number, size) {
  return matrix.subarray(number * size, (number + 1) * size);
}

/** Return vectors one behind the other, as [a; b; c] in the equations. */
export function concatenate(...vectors) {
  const result = new Float32Array(vectors.reduce((size, vector) => size + vector.length, 0));
  let start = 0;
  for (const vector of vectors) {
    result.set(vector, start);
    start += vector.length;
  }
  return result;
}

/** Return a + b. */
export function addVectors(a, b) {
  return a.map((number, i) => number + b[i]);
}

/** Return σ(x) = 1 / (1 + e^-x) of a number. */
export function sigmoid(x) {
  return 1 / (1 + Math.exp(-x));
}

/** Return tanh of each number. */
export function tanhOf(vector) {
  return vector.map(Math.tanh);
}

/**
 * Return equation (5), Σ_j α_j h_j, or `size` of its entries, from `start` on.
 * @param {ArrayLike<number>} weights (S)
 * @param {Float32Array[]} memory S vectors (M)
 * @returns {Float32Array} (M), or (size)
 */
export function mixVectors(weights, memory, start = 0, size = memory[0].length) {
  const mixed = new Float64Array(size);
  memory.forEach((vector, j) => {
    for (let i = 0; i < size; i += 1) mixed[i] += weights[j] * vector[start + i];
  });
  return Float32Array.from(mixed);
}

/**
 * Return equation (4), the softmax over those entries that the mask allows; the others get 0.
 * @param {ArrayLike<number>} scores (S)
 * @param {ArrayLike<boolean>} [mask] (S), true where attention may look; everywhere unless given
 * @returns {Float32Array} (S)
 */
export function softmax(scores, mask = null) {
  const allowed = Float64Array.from(scores, (e, j) => (mask && !mask[j] ? -Infinity : e));
  const top = allowed.reduce((most, e) => Math.max(most, e), -Infinity);
  if (top === -Infinity) throw new RangeError("a softmax needs one entry that is not masked.");
  const powers = allowed.map((e) => Math.exp(e - top)); // shifted, so that none overflows
  const total = powers.reduce((sum, power) => sum + power, 0);
  return Float32Array.from(powers, (power) => power / total);
}

/**
 * Return log softmax, in 64 bits: a search adds up many of these.
 * @param {ArrayLike<number>} logits (V)
 * @returns {Float64Array} (V)
 */
export function logSoftmax(logits) {
  let top = -Infinity;
  for (let i = 0; i < logits.length; i += 1) top = Math.max(top, logits[i]);
  let total = 0;
  for (let i = 0; i < logits.length; i += 1) total += Math.exp(logits[i] - top);
  const shift = top + Math.log(total);
  const result = new Float64Array(logits.length);
  for (let i = 0; i < logits.length; i += 1) result[i] = logits[i] - shift;
  return result;
}

/**
 * Return the places of the largest numbers, largest first; of equal ones the first comes first.
 * @param {ArrayLike<number>} numbers
 * @param {number} count at most so many
 * @returns {number[]}
 */
export function largest(numbers, count) {
  const best = [];
  let bar = -Infinity; // the last of `count`, which most numbers don't reach
  for (let i = 0; i < numbers.length; i += 1) {
    if (best.length === count && numbers[i] <= bar) continue;
    let place = best.length;
    while (place > 0 && numbers[i] > numbers[best[place - 1]]) place -= 1;
    best.splice(place, 0, i);
    best.length = Math.min(best.length, count);
    bar = numbers[best.at(-1)];
  }
  return best;
}
