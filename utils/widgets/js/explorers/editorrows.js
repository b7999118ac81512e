// Rows of weights that a reader overwrites, and the translation that follows from them.
//
// Steps count from 0 in here; a reader, and the option `weights`, count them from 1.

export const ROW_EDITS = [
  "as the model has it", "look only here", "uniform", "swap two words", "by hand",
];
const KEY_STEP = 0.05; // of the weight, for an arrow key
const ALMOST = 1e-6;
const MOST_TRIED = 12; // steps, and words of the source: of a long sentence, the beginning

/**
 * Return an overwritten row, which still sums to 1: `edit_row` of utils/widgets/editor.py.
 * @param {ArrayLike<number>} weights (S)
 * @param {string} edit one of ROW_EDITS
 * @param {number} first the word whose weight it is about; `second` is the one it is swapped with
 * @param {number} share what `first` gets "by hand", 0 to 1
 * @returns {number[]} (S)
 */
export function editRow(weights, edit, first, second, share) {
  const row = Array.from(weights);
  if (edit === "look only here") return row.map((_, j) => (j === first ? 1 : 0));
  if (edit === "uniform") return row.map(() => 1 / row.length);
  if (edit === "swap two words") {
    [row[first], row[second]] = [row[second], row[first]];
  } else if (edit === "by hand") {
    return giveShare(row, first, share);
  }
  return row;
}

/** Give one word a share of the weight; the others keep their proportions. */
function giveShare(row, first, share) {
  if (row.length === 1) return [1];
  const others = row.reduce((sum, weight, j) => (j === first ? sum : sum + weight), 0);
  const rest = 1 - share;
  return row.map((weight, j) => {
    if (j === first) return share;
    return others > 0 ? (weight * rest) / others : rest / (row.length - 1);
  });
}

/** Return the next weight for an arrow key, `count` steps up or, if negative, down. */
export function nextShare(share, count) {
  const place = share / KEY_STEP;
  const from = count > 0 ? Math.floor(place + ALMOST) : Math.ceil(place - ALMOST);
  return Math.min(Math.max((from + count) * KEY_STEP, 0), 1);
}

/**
 * Translate with overwritten rows, decoding only from the first step that has another row.
 * @param {Translator} translator
 * @param {string[]} words at least one
 * @param {Object<number, number[]>} edits rows (S) by the steps that they replace
 * @param {?Object} last what this returned before for the same words
 * @returns {Object} what `trace` returns, `edits`, and `own`: the rows that the model itself would
 *   have had
 */
export function traceEdited(translator, words, edits, last = null) {
  const kept = last ? firstChange(last.edits, edits) : 0;
  if (last && kept >= last.steps.length) return { ...last, edits };
  const own = last ? last.own.slice(0, kept) : [];
  const known = last && { encoded: last.encoded, steps: last.steps.slice(0, kept) };
  const overwrite = (t, found) => {
    own[t] = found;
    return edits[t] ?? found;
  };
  return { ...translator.trace(words, overwrite, known), own, edits };
}

/** Return the first step at which two sets of edits differ; Infinity if none does. */
function firstChange(some, others) {
  const steps = [...Object.keys(some), ...Object.keys(others)].map(Number);
  return Math.min(...steps.filter((t) => some[t] !== others[t]));
}

/** Return edits from the option `weights`, {"1": [S weights], …}; other sizes fall out. */
export function editsFrom(weights, size) {
  const rows = Object.entries(weights ?? {}).filter(([, row]) => row.length === size);
  return Object.fromEntries(rows.map(([step, row]) => [Number(step) - 1, Array.from(row)]));
}

/** Return edits as the option `weights` holds them. */
export function weightsFrom(edits) {
  return Object.fromEntries(Object.entries(edits).map(([t, row]) => [String(Number(t) + 1), row]));
}

/**
 * Try what moving the weight does: for each step, give all of it to one source word after the
 * other. Of a long sentence, only the beginning is tried.
 * @param {Object} before what `traceEdited` returned without edits
 * @returns {number[]} how many different words each step would write
 */
export function countWritable({ model, ends }, { encoded, steps, source }) {
  const size = source.length;
  const tried = source.slice(0, MOST_TRIED).map((_, j) => source.map((__, k) => Number(k === j)));
  return steps.slice(0, MOST_TRIED).map((_, t) => {
    const { state, number } = steps[t - 1] ?? { state: encoded.state, number: ends.start };
    const written = tried.map((row) => placeOfLargest(
      model.step(encoded, state, number, () => Float32Array.from(row)).logits,
    ));
    return size > 1 ? new Set(written).size : 1;
  });
}

/** Return the step, from 0, whose word depends most on where it looks; of equals, a long word's. */
export function liveliestStep(translator, before) {
  const letters = before.steps.map(({ word }) => Math.min(word.length, 99) / 100);
  return placeOfLargest(countWritable(translator, before).map((count, t) => count + letters[t]));
}

function placeOfLargest(numbers) {
  return numbers.reduce((best, number, i) => (number > numbers[best] ? i : best), 0);
}
