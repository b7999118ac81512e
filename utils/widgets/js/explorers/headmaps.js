// Where each head of a Transformer looked, as maps: a row for each word that looks.

export const PARTS = ["encoder", "decoder", "cross"];
const FIRST_READ = "<sos>";

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
