// Where each head of a Transformer looked, as maps: a row for each word that looks.

export const PARTS = ["encoder", "decoder", "cross"];
const FIRST_READ = "<sos>";
const NAMED_FROM = 0.4; // of the weight, on average: less is no pattern
const ALIGNED = { sharp: 0.8, own: 0.85, least: 4 };
const knownPatterns = new WeakMap(); // by map: a picture is drawn many times
const SPREAD_FROM = 3; // words among which a row is as undecided as if it gave each the same

/**
 * Return the words of one of the three attentions: which look, and which they look at.
 *
 * In the decoder a word stands for the step that writes it: it looks at what was read before.
 * @param {Object} traced what `Translator.trace` returned for a Transformer
 * @param {string} part one of PARTS
 * @returns {{asks: string[], keys: string[]}}
 */
export function wordsOfPart({ source, steps }, part) {
  if (part === "encoder") return { asks: source, keys: source };
  const written = steps.map(({ word }) => word);
  return { asks: written, keys: part === "cross" ? source : [FIRST_READ, ...written.slice(0, -1)] };
}

/** Return the weights of an attention by layer and head: each a row for each word that looks. */
export function mapsOfPart({ encoded, steps }, part) {
  const layers = part === "encoder"
    ? encoded.heads // by layer, word and head
    : turnAround(steps.map(({ heads }) => (part === "cross" ? heads.source : heads.own)));
  return layers.map(turnAround);
}

/** Turn a list of lists around: what was second comes first. */
function turnAround(lists) {
  return lists[0].map((_, i) => lists.map((list) => list[i]));
}

/** Return the mean of several maps. */
export function meanMap(maps) {
  return maps[0].map((row, i) => Array.from(row, (_, j) => (
    maps.reduce((sum, map) => sum + map[i][j], 0) / maps.length
  )));
}

/** Return the place of the largest number. */
export function placeOfMost(row) {
  return row.reduce((best, weight, j) => (weight > row[best] ? j : best), 0);
}

/** Return the mean weight on the word `shift` places away, where rows from `first` on have one. */
function shareAway(map, shift, first) {
  const weights = map.slice(first).map((row, k) => row[k + first + shift])
    .filter((weight) => weight !== undefined);
  return weights.reduce((sum, weight) => sum + weight, 0) / Math.max(weights.length, 1);
}

/** Return the mean weight on the word before: of the sentence, or the last one that was read. */
export function shareOfPrevious(map, part) {
  return shareAway(map, part === "encoder" ? -1 : 0, 1);
}

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
export function isAlignment(map) {
  const { sharp, own } = alignmentOf(map);
  return sharp >= ALIGNED.sharp && own >= ALIGNED.own && map.length > ALIGNED.least;
}

/**
 * Return what a map does, as far as it has one clear habit: {name, share, text}.
 *
 * `share` is the mean weight that the habit accounts for; of "spread", the number of words (the
 * mean of e to the row's entropy). Without a clear habit the name is "mixed", without a share.
 */
export function patternOf(map, part, keys) {
  if (!knownPatterns.has(map)) knownPatterns.set(map, findPattern(map, part, keys));
  return knownPatterns.get(map);
}

function findPattern(map, part, keys) {
  if (part === "cross" && isAlignment(map)) {
    return namePattern("word for word", alignmentOf(map).sharp);
  }
  const [name, share] = habitsOf(map, part, keys).sort((a, b) => b[1] - a[1])[0];
  if (share >= NAMED_FROM) return namePattern(name, share);
  const words = map.reduce((sum, row) => sum + wordsAmong(row), 0) / map.length;
  if (words < SPREAD_FROM) return { name: "mixed", share: null, text: "mixed" };
  return { name: "spread", share: words, text: `spread: ${words.toFixed(1)} words` };
}

function namePattern(name, share) {
  return { name, share, text: `${name} ${share.toFixed(2)}` };
}

/** Return pairs of a habit's name and its share: a place beside the word, or always one word. */
function habitsOf(map, part, keys) {
  const sums = keys.map((_, j) => map.reduce((sum, row) => sum + (row[j] ?? 0), 0));
  const most = placeOfMost(sums);
  const always = [`always “${keys[most]}”`, map.length > 1 ? sums[most] / map.length : 0];
  const previous = ["previous word", shareOfPrevious(map, part)];
  if (part === "cross") return [always];
  if (part === "decoder") return [always, previous];
  return [always, previous, ["next word", shareAway(map, 1, 0)], ["itself", shareAway(map, 0, 0)]];
}

/** Return among how many words a row is undecided: e to its entropy. */
function wordsAmong(row) {
  return Math.exp(row.reduce((sum, weight) => (
    weight > 0 ? sum - weight * Math.log(weight) : sum
  ), 0));
}
