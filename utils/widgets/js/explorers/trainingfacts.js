// What a training run tells: which words were right when, findings and challenges. No drawing.
//
// A run is {snaps, source, reference, fixed, ceiling, leftOut, cut}. snaps: one for each epoch, and
// for parts of the first,
// {epoch, train, valid, words, sure, rows}: losses in nats per word, null where they are no number;
// T words, how sure the model was of each, and T rows of S weights. A view is a run with what
// `prepareTraining` adds, and `at` (the snap on show), `point` ({row} or {column}, or null),
// `isResting`, and `isChosen`: whether the reader went there, or stopped there, and did not only
// watch it play.

import { writePercent } from "../draw/nextwords.js";

export const TRAINING_END = "<eos>";
const EPOCH_PARTS = { 0.125: "⅛", 0.25: "¼", 0.5: "½" };
const SURE = 0.9; // a probability to call sure
const WORTH_SAYING = 0.05; // a weight
const SPREAD = 0.2; // of the way from equal weights to a single one: it looks everywhere
const FOCUSED = 0.8; // of the way: it looks at one word
const SHARPER = 0.03; // more of that way is worth a note

/** Return a run with what is known about it as a whole: `goal`, `marks` and `quests`. */
export function prepareTraining(run) {
  const last = run.snaps[run.snaps.length - 1];
  const goal = run.reference.length > 0 ? [...run.reference, TRAINING_END] : last.words;
  const marks = run.snaps.map(({ words }) => matchedWords(words, goal));
  const view = { ...run, goal, marks, at: 0, point: null, isResting: false, isChosen: false };
  return { ...view, quests: trainingQuests(view) };
}

/**
 * Return for each written word whether it belongs to the longest sequence that is also in `goal`:
 * a word too many makes only itself wrong, not all that follow.
 */
export function matchedWords(written, goal) {
  const longest = Array.from({ length: written.length + 1 }, () => new Int32Array(goal.length + 1));
  for (let t = written.length - 1; t >= 0; t -= 1) {
    for (let k = goal.length - 1; k >= 0; k -= 1) {
      longest[t][k] = written[t] === goal[k]
        ? longest[t + 1][k + 1] + 1
        : Math.max(longest[t + 1][k], longest[t][k + 1]);
    }
  }
  let k = 0;
  return written.map((word, t) => {
    while (k < goal.length && word !== goal[k] && longest[t][k + 1] > longest[t + 1][k]) k += 1;
    const isMatched = word === goal[k];
    if (isMatched) k += 1;
    return isMatched;
  });
}

/** Return the positions of at most `most` of `count` snaps, evenly spread, first and last too. */
export function spreadSnaps(count, most) {
  const shown = Math.min(count, most);
  const step = shown > 1 ? (count - 1) / (shown - 1) : 0;
  return Array.from({ length: shown }, (_, i) => Math.round(i * step));
}

/** Return what is drawn of a snap; between two snaps, `blendSnaps` draws what lies between. */
export function snapFrame({ snaps }, at) {
  return { rows: snaps[at].rows, sure: snaps[at].sure, at };
}

/** Return the frame at `share` (0 to 1) of the way between two; a row that is new comes from 0. */
export function blendSnaps(from, to, share) {
  const mix = (a = 0, b = 0) => a + (b - a) * share;
  const longest = Math.max(from.rows.length, to.rows.length);
  const rows = Array.from({ length: longest }, (_, t) => {
    const [a, b] = [from.rows[t] || [], to.rows[t] || []];
    return Array.from({ length: Math.max(a.length, b.length) }, (_, j) => mix(a[j], b[j]));
  });
  const count = Math.max(from.sure.length, to.sure.length);
  const sure = Array.from({ length: count }, (_, t) => mix(from.sure[t], to.sure[t]));
  return { rows, sure, at: mix(from.at, to.at) };
}

function largestAt(numbers) {
  return numbers.reduce((best, value, i) => (value > numbers[best] ? i : best), 0);
}

function isSameText(a, b) {
  return a.words.length === b.words.length && a.words.every((word, t) => word === b.words[t]);
}

/** Return the epochs to find: {look: {word, seen, at}, settled: at, odd: {kind, at: […]}}. */
function trainingQuests(view) {
  return { look: lookQuest(view), settled: settledSnap(view), odd: oddQuest(view) };
}

/** Return the word whose first good look comes last: who finds that has watched the whole run. */
function lookQuest({ snaps, fixed }) {
  const last = snaps[snaps.length - 1];
  const found = last.words.flatMap((word, t) => {
    const goal = fixed ? -1 : largestAt(last.rows[t]);
    const isThere = (snap) => snap.words.some((each, k) => each === word
      && (fixed ? snap.sure[k] >= SURE : largestAt(snap.rows[k]) === goal));
    return word === TRAINING_END ? [] : { word, seen: goal, at: snaps.findIndex(isThere) };
  });
  return found.filter(({ at }) => at > 0).reduce((a, b) => (a && a.at >= b.at ? a : b), null);
}

/** Return from which snap on the translation stays as it is at the end. */
function settledSnap({ snaps }) {
  let at = snaps.length - 1;
  while (at > 0 && isSameText(snaps[at - 1], snaps[snaps.length - 1])) at -= 1;
  return at;
}

/** Return the snaps that unlearned a word; else those that lowered the loss and changed no word. */
function oddQuest({ snaps, goal, marks }) {
  const known = snaps.map(({ words }) => matchedWords(goal, words));
  const later = snaps.map((_, i) => i).slice(1);
  const forgot = later.filter((i) => known[i].some((isRight, k) => !isRight && known[i - 1][k]));
  if (forgot.length > 0 && marks.length > 1) return { kind: "unlearned", at: forgot };
  const quiet = later.filter((i) => isSameText(snaps[i], snaps[i - 1])
    && snaps[i].valid !== null && snaps[i].valid < snaps[i - 1].valid);
  return quiet.length > 0 ? { kind: "quiet", at: quiet } : null;
}

const ODD_TEXTS = {
  unlearned: "Stop at an epoch that unlearned a word: right one epoch before, missing now.",
  quiet: "Stop at an epoch that changed no word, and yet lowered the loss.",
};

/** Return a run's challenges, as far as it has something to find: [{name, text, isMet}, …]. */
export function trainingChallenges(view) {
  const { snaps, source, at, isResting, isChosen, point, quests, fixed } = view;
  const { look, settled, odd } = quests;
  const challenges = [];
  if (look) {
    const goal = fixed
      ? `is at least 90% sure of “${look.word}”`
      : `writes “${look.word}” looking most at “${source[look.seen]}”, as at the end`;
    challenges.push({
      name: "look",
      text: `Find the first epoch in which it ${goal}, and point at that word.`,
      isMet: isChosen && at === look.at && snaps[at].words[point?.row] === look.word,
    });
  }
  if (settled > 0) {
    challenges.push({
      name: "settled",
      text: "Stop at the first epoch whose translation stays as it is to the end.",
      isMet: isChosen && isResting && at === settled,
    });
  }
  if (odd) {
    const isMet = isChosen && isResting && odd.at.includes(at);
    challenges.push({ name: odd.kind, text: ODD_TEXTS[odd.kind], isMet });
  }
  return challenges;
}

/** Return an epoch's number as text; the parts of the first are fractions: "½". */
export function writeEpoch(epoch) {
  return EPOCH_PARTS[epoch] ?? String(Number(epoch.toFixed(2)));
}

/** Return a loss in words: "0.18", or that it is none. */
export function writeLoss(loss) {
  return loss === null ? "not a number" : loss.toFixed(2);
}

/** Say what there is to see after this epoch, or where the pointer is. */
export function trainingFinding(view) {
  const { snaps, at, point } = view;
  const snap = snaps[at];
  if (point?.row < snap.words.length) return rowFinding(view, snap, point.row);
  if (point?.column !== undefined && snap.rows.length > 0) {
    return columnFinding(view, snap, point.column);
  }
  const counted = `${wordsFinding(view)}; loss ${writeLoss(snap.valid)}.`;
  const before = `Epoch ${writeEpoch(snap.epoch)}: ${writingWords(view)} and ${lookingWords(view)}.`;
  return `${before} ${counted}${leftOutFinding(view)}`;
}

/** Say how well the model writes: by the words it has right, and those it should have. */
function writingWords({ snaps, at, marks, goal }) {
  const count = snaps[at].words.filter((word) => word !== TRAINING_END).length;
  const wanted = goal.filter((word) => word !== TRAINING_END).length;
  if (count === 0) return "it writes nothing";
  const right = marks[at].filter((isRight, t) => isRight && snaps[at].words[t] !== TRAINING_END);
  const share = right.length / Math.max(count, wanted, 1);
  if (share === 1) return "it has every word";
  if (right.length === count && share >= 0.5) return "it leaves words out";
  return share >= 0.7 ? "it has most words" : share >= 0.4 ? "it has some words" : "it babbles";
}

/** Say how the model looks: everywhere, or at one word; a fixed context can only be sure. */
function lookingWords(view) {
  const { fixed, snaps, at } = view;
  const focus = focusOf(view, at);
  if (fixed) {
    return focus >= SURE ? "is sure of each word" : focus >= 0.5 ? "is fairly sure" : "guesses";
  }
  if (snaps[at].rows.length === 0 || focus < SPREAD) return "looks everywhere";
  return focus < FOCUSED ? "looks at a few words at a time" : "looks at one word at a time";
}

/**
 * Return how concentrated the weights are on average: 0 where all are equal, 1 where one has all.
 * Where a context is fixed: how sure it is of a word.
 */
function focusOf({ fixed, snaps }, at) {
  const { rows, sure } = snaps[at];
  const mean = (numbers) => numbers.reduce((a, b) => a + b, 0) / Math.max(numbers.length, 1);
  if (fixed) return mean(sure);
  return mean(rows.map((weights) => {
    const even = 1 / weights.length;
    return weights.length > 1 ? (Math.max(...weights) - even) / (1 - even) : 1;
  }));
}

/**
 * Return what changed from one snap to another: {count, words, note}. `words` are those that are
 * new, at most `count`, which counts those that went, too.
 */
export function snapChange(view, from, to) {
  const { fixed, snaps } = view;
  const [old, now] = [snaps[from].words, snaps[to].words];
  const [stays, stayed] = [matchedWords(now, old), matchedWords(old, now)];
  const words = now.filter((_, t) => !stays[t]);
  const gone = old.filter((_, t) => !stayed[t]);
  const count = Math.max(words.length, gone.length);
  if (count > 0) return { count, words, note: `${count} changed` };
  const sharper = focusOf(view, to) - focusOf(view, from);
  const more = fixed ? "surer" : "sharper";
  return { count, words, note: sharper >= SHARPER ? `same, ${more}` : "same" };
}

function rowFinding({ source, fixed }, { epoch, words, sure, rows }, row) {
  const about = `Epoch ${writeEpoch(epoch)}:`;
  if (fixed) return `${about} it is ${writePercent(sure[row])} sure of “${words[row]}”.`;
  const order = rows[row].map((_, j) => j).sort((a, b) => rows[row][b] - rows[row][a]);
  const told = order.slice(0, 3).filter((j, i) => i === 0 || rows[row][j] >= WORTH_SAYING);
  const looks = told.map((j) => `“${source[j]}” (${writePercent(rows[row][j])})`);
  return `${about} “${words[row]}” looks at ${looks.join(", ")}.`;
}

function columnFinding({ source }, { epoch, words, rows }, column) {
  const row = largestAt(rows.map((weights) => weights[column]));
  const weight = writePercent(rows[row][column]);
  const most = `its largest weight, ${weight}, from “${words[row]}”`;
  return `Epoch ${writeEpoch(epoch)}: “${source[column]}” gets ${most}.`;
}

function wordsFinding({ snaps, at, marks, goal, reference }) {
  const written = snaps[at].words.filter((word) => word !== TRAINING_END);
  // The last epoch would be compared with itself.
  const isGoal = reference.length === 0 && at === snaps.length - 1;
  if (isGoal) return `“${written.join(" ") || "…"}”`;
  const how = reference.length > 0 ? "right" : "as at the end";
  const right = marks[at].filter((isRight, t) => isRight && snaps[at].words[t] !== TRAINING_END);
  const missing = missingNote({ snaps, marks, goal }, at);
  const told = `${right.length} of ${countOf(written.length, "word")} ${how}`;
  return missing ? `${told}, ${missing}` : told;
}

/** Return a count with its noun: "1 word", "2 words". */
function countOf(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Return where words of the goal are missing: [{before, count}, …], `before` a position among the
 * written words. One that another word stands for is not missing: that one is marked as wrong.
 */
export function missingWords({ snaps, marks, goal }, at) {
  const isWord = (word) => word !== TRAINING_END;
  const [written, wanted] = [snaps[at].words.filter(isWord), goal.filter(isWord)];
  const places = (all) => all.flatMap((isRight, t) => (isRight ? [t] : []));
  const ends = [...places(marks[at].slice(0, written.length)), written.length];
  const goals = [...places(matchedWords(wanted, written)), wanted.length];
  return ends.map((end, i) => {
    const [from, first] = i > 0 ? [ends[i - 1] + 1, goals[i - 1] + 1] : [0, 0];
    return { before: end, count: goals[i] - first - (end - from) };
  }).filter(({ count }) => count > 0);
}

/** Say how many words are missing, if any are: "1 missing". */
export function missingNote(view, at) {
  const count = missingWords(view, at).reduce((sum, gap) => sum + gap.count, 0);
  return count > 0 ? `${count} missing` : "";
}

function leftOutFinding({ leftOut, cut }) {
  const epochs = leftOut > 0 ? ` ${countOf(leftOut, "epoch")} in between left out.` : "";
  return cut ? `${epochs} Only the beginning of this long sentence is shown.` : epochs;
}

/** Say in words what a picture of all epochs shows. */
export function trainingSummary(view) {
  const { snaps, quests } = view;
  const [first, last] = [snaps[0], snaps[snaps.length - 1]];
  if (snaps.length === 1) return trainingFinding(view);
  const losses = first.valid === null || last.valid === null
    ? `goes from ${writeLoss(first.valid)} to ${writeLoss(last.valid)}`
    : `${last.valid <= first.valid ? "falls" : "rises"} from ${writeLoss(first.valid)} to ${
      writeLoss(last.valid)} nats per word`;
  const settled = quests.settled === snaps.length - 1
    ? "the translation changes until the last epoch"
    : `the translation stays the same from epoch ${writeEpoch(snaps[quests.settled].epoch)} on`;
  const span = `From epoch ${writeEpoch(first.epoch)} to ${writeEpoch(last.epoch)}`;
  return `${span} the validation loss ${losses}; ${settled}.`;
}
