// Chance that can be repeated: the same words make the same numbers, in every browser.

/** Return a whole number below 2³² that depends on every letter of `text` (FNV-1a). */
export function hashOf(text) {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  }
  return hash >>> 0;
}

/**
 * Return a function that draws numbers from [0, 1); `purpose` is the seed (mulberry32).
 *
 * Every purpose gets a generator of its own: "7 weights decoder.cell.bias_ih", "7 batch 120". So
 * two models draw the same weights for the parts both have, and batch 120 needs no batch 119.
 */
export function createRandom(purpose) {
  let state = hashOf(purpose);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Return a whole number from 0 to count − 1. */
export function drawBelow(random, count) {
  return Math.floor(random() * count);
}
