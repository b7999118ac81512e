// Words side by side. The longest comes first, so at letter j the words that still have one are
// the first `active[j]` rows: no computing on padding (PyTorch's pack_padded_sequence sorts, too).

import { createRandom, drawBelow } from "./random.js";
import { LETTER_END, LETTER_START, drawWord, encodeLetters, solveTask } from "./tasks.js";

/**
 * Lay out B words for the network; S is the longest length, T = S + 1 (with <eos>).
 *
 * Letter j of row b is at [j * B + b]: source (S, B), inputs and targets (T, B). `lengths` (B,)
 * is the mask: row b may look at j < lengths[b]. `active` (T,): active[t] rows have a target at
 * step t, and active[j + 1] a source letter j. `count` is the number of targets.
 */
export function layOut(task, words) {
  const sorted = words.toSorted((a, b) => b.length - a.length);
  const rows = sorted.length;
  const longest = sorted[0].length;
  const batch = {
    words: sorted,
    rows,
    longest,
    lengths: Int32Array.from(sorted, (word) => word.length),
    active: new Int32Array(longest + 1),
    source: new Int32Array(longest * rows).fill(LETTER_END),
    inputs: new Int32Array((longest + 1) * rows).fill(LETTER_START),
    targets: new Int32Array((longest + 1) * rows).fill(LETTER_END),
    count: 0,
  };
  sorted.forEach((word, row) => placeWord(batch, task, word, row));
  return batch;
}

function placeWord(batch, task, word, row) {
  const source = encodeLetters(task, word);
  const target = encodeLetters(task, solveTask(task, word));
  for (let j = 0; j < source.length; j++) {
    batch.source[j * batch.rows + row] = source[j];
    batch.targets[j * batch.rows + row] = target[j];
    batch.inputs[(j + 1) * batch.rows + row] = target[j]; // shifted by one
  }
  for (let t = 0; t <= source.length; t++) batch.active[t]++;
  batch.count += source.length + 1;
}

/** Draw the batch of one training step: the same for every model with this task and seed. */
export function drawBatch({ task, shortest, longest, batchSize, seed }, step) {
  const random = createRandom(`${seed} batch ${step}`);
  const words = Array.from({ length: batchSize }, () => {
    const length = shortest + drawBelow(random, longest - shortest + 1);
    return drawWord(task, length, false, random);
  });
  return layOut(task, words);
}
