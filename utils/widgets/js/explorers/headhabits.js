// What a head is in the habit of doing, computed from its map: a row of weights for each word.

import { placeOfMost } from "./headmaps.js";

const NAMED_FROM = 0.4; // of the weight, on average: less is no habit
const ALIGNED = { sharp: 0.8, own: 0.85, least: 4 };
const NEARBY = { away: 1, overChance: 1.5 }; // a neighbor gets that much more than chance gives it
const SPREAD_FROM = 3; // words among which a row is as undecided as if it gave each the same
const knownPatterns = new WeakMap(); // by map: a picture is drawn many times

/**
 * Tell how near a map is to an alignment, as {sharp, own}: the mean of each word's largest weight,
 * and for how many words in one that is on a source word of their own. `<eos>` is left out.
 */
export function alignmentOf(map) {
  const rows = map.slice(0, -1);
  if (rows.length === 0) return { sharp: 0, own: 0 };
  const sharp = rows.reduce((sum, row) => sum + Math.max(...row), 0) / rows.length;
  return { sharp, own: new Set(rows.map(placeOfMost)).size / rows.length };
}

/** Tell whether a map of cross-attention nearly is an alignment of a sentence that is not tiny. */
function isAlignment(map) {
  const { sharp, own } = alignmentOf(map);
  return sharp >= ALIGNED.sharp && own >= ALIGNED.own && map.length > ALIGNED.least;
}

/** Return the mean weight on the word before: of the sentence, or the last one that was read. */
export function shareOfPrevious(map, part) {
  return shareAway(map, part === "encoder" ? -1 : 0, 1);
}

/**
 * Return the habit of a map: {name, kind, share, text, does}.
 *
 * `kind` is one word for an icon, `does` goes on after "head 2 …". `share` is the mean weight that
 * the habit accounts for; of "spread", the number of words (the mean of e to the row's entropy).
 * `brief`, where set, is a shorter text. Without a clear habit the name is "mixed", without a share.
 */
export function patternOf(map, part, keys) {
  if (!knownPatterns.has(map)) knownPatterns.set(map, findPattern(map, part, keys));
  return knownPatterns.get(map);
}

function findPattern(map, part, keys) {
  const habits = habitsOf(map, part, keys).filter(({ share }) => share >= NAMED_FROM);
  if (habits.length > 0) return namePattern(habits.reduce((a, b) => (b.share > a.share ? b : a)));
  const near = shareNearby(map, part);
  if (near.share >= Math.max(NAMED_FROM, near.chance * NEARBY.overChance)) {
    return namePattern({
      kind: "nearby", name: "nearby words", does: "looks at nearby words", share: near.share,
    });
  }
  const words = map.reduce((sum, row) => sum + wordsAmong(row), 0) / map.length;
  if (words < SPREAD_FROM) {
    return { kind: "mixed", name: "mixed", share: null, text: "mixed", does: "has no one habit" };
  }
  const count = words.toFixed(1);
  return {
    kind: "spread", name: "spread out", share: words, text: `spread out: on average ${count} words`,
    brief: `on average ${count} words`, does: `spreads over ${count} words on average`,
  };
}

function namePattern(habit) {
  return { ...habit, text: `${habit.name} ${habit.share.toFixed(2)}` };
}

/** Return the habits that a map could have, each with its share: an alignment, a place, a word. */
function habitsOf(map, part, keys) {
  const before = {
    kind: "previous", name: "previous word", does: "looks at the word before",
    share: shareOfPrevious(map, part),
  };
  const always = alwaysOne(map, keys);
  if (part === "decoder") return [before, always];
  const same = shareAway(map, 0, 0);
  if (part === "encoder") {
    return [
      before, always,
      { kind: "next", name: "next word", does: "looks at the next word", share: shareAway(map, 1, 0) },
      { kind: "itself", name: "itself", does: "looks at the word itself", share: same },
    ];
  }
  if (isAlignment(map)) {
    const { sharp } = alignmentOf(map);
    return [{ kind: "align", name: "word for word", does: "goes word for word", share: sharp }];
  }
  return [
    { kind: "same", name: "same position", does: "looks at the same position", share: same },
    always,
  ];
}

/** Return the habit of looking at one word, whichever word looks. */
function alwaysOne(map, keys) {
  const sums = keys.map((_, j) => map.reduce((sum, row) => sum + (row[j] ?? 0), 0));
  const most = placeOfMost(sums);
  return {
    kind: "always", name: `always “${keys[most]}”`, does: `always looks at “${keys[most]}”`,
    share: map.length > 1 ? sums[most] / map.length : 0,
  };
}

/** Return the mean weight on the word `shift` places away, where rows from `first` on have one. */
function shareAway(map, shift, first) {
  return meanShare(map.slice(first).map((row, k) => row[k + first + shift])
    .filter((weight) => weight !== undefined));
}

/** Return the mean weight {share} on neighbors, and {chance}: what equal weights would give. */
function shareNearby(map, part) {
  const least = part === "decoder" ? -2 * NEARBY.away : -NEARBY.away; // of those read already
  const rows = map.map((row, i) => Array.from(row, (weight, j) => (
    j - i >= least && j - i <= NEARBY.away ? weight : null
  )));
  const sums = rows.map((row) => row.reduce((sum, weight) => sum + (weight ?? 0), 0));
  const chances = rows.map((row) => row.filter((weight) => weight !== null).length / row.length);
  return { share: meanShare(sums), chance: meanShare(chances) };
}

/** Return among how many words a row is undecided: e to its entropy. */
function wordsAmong(row) {
  return Math.exp(row.reduce((sum, weight) => (
    weight > 0 ? sum - weight * Math.log(weight) : sum
  ), 0));
}

function meanShare(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / Math.max(numbers.length, 1);
}
