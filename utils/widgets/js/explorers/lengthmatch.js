// How a translation differs from its reference: which words are right, and the BLEU of a sentence.

const LONGEST_RUN = 4; // words, as BLEU counts them

/**
 * Tell for each word whether it belongs to what translation and reference share, in order.
 *
 * As Python's difflib: the longest run of words that both have, and then the same on its left and
 * on its right. Of equally long runs the first one counts.
 */
export function rightWords(words, reference) {
  const right = words.map(() => false);
  for (const { start, size } of sharedRuns(words, reference)) right.fill(true, start, start + size);
  return right;
}

/** Tell for each word of the reference whether the translation lacks it. */
export function missingWords(words, reference) {
  const missing = reference.map(() => true);
  for (const { begin, size } of sharedRuns(words, reference)) {
    missing.fill(false, begin, begin + size);
  }
  return missing;
}

/**
 * Return where a translation leaves words out and has none in their place:
 * [{before, words}, …], `before` being the number of the word that they should precede.
 */
export function leftOutWords(words, reference) {
  const end = { start: words.length, begin: reference.length, size: 0 };
  let [at, asked] = [0, 0]; // so much of each is accounted for
  const gaps = [];
  for (const { start, begin, size } of [...sharedRuns(words, reference), end]) {
    if (start === at && begin > asked) {
      gaps.push({ before: at, words: reference.slice(asked, begin) });
    }
    [at, asked] = [start + size, begin + size];
  }
  return gaps;
}

/** Return the runs that both have, in order: [{start, begin, size}, …]. */
function sharedRuns(words, reference) {
  const runs = [];
  const match = (from, to, low, high) => {
    const run = longestRun(words, reference, { from, to, low, high });
    if (run.size === 0) return;
    match(from, run.start, low, run.begin);
    runs.push(run);
    match(run.start + run.size, to, run.begin + run.size, high);
  };
  match(0, words.length, 0, reference.length);
  return runs;
}

/** Return the longest run that words[from … to - 1] and reference[low … high - 1] share. */
function longestRun(words, reference, { from, to, low, high }) {
  let best = { start: from, begin: low, size: 0 };
  let before = []; // how long the run is that ends with the last word and reference[j]
  for (let i = from; i < to; i += 1) {
    const here = [];
    for (let j = low; j < high; j += 1) {
      if (words[i] !== reference[j]) continue;
      const size = (before[j - 1] ?? 0) + 1;
      here[j] = size;
      if (size > best.size) best = { start: i - size + 1, begin: j - size + 1, size };
    }
    before = here;
  }
  return best;
}

/**
 * Return the BLEU of one sentence, 0 to 100, in words and not smoothed: Papineni et al. (2002).
 *
 * Of runs of 1 to 4 words, those count that a translation of this length can have.
 */
export function sentenceBleu(words, reference) {
  if (words.length === 0) return 0;
  const most = Math.min(LONGEST_RUN, words.length);
  let logs = 0;
  for (let size = 1; size <= most; size += 1) {
    const known = countRuns(reference, size);
    let shared = 0;
    for (const [run, count] of countRuns(words, size)) {
      shared += Math.min(count, known.get(run) ?? 0);
    }
    logs += Math.log(shared / (words.length - size + 1)) / most;
  }
  const brevity = Math.min(1 - reference.length / words.length, 0);
  return 100 * Math.exp(brevity + logs);
}

function countRuns(words, size) {
  const counts = new Map();
  for (let i = 0; i + size <= words.length; i += 1) {
    const run = JSON.stringify(words.slice(i, i + size));
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}
