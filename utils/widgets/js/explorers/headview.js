// What the head viewer shows, as text and drawings: no element of a page is touched in here.
//
// A view is {part, asks, keys, maps, layer, chosen, sets, position}:
//   part            "encoder", "decoder" or "cross"
//   asks, keys      the words that look, and the words they look at
//   maps            by layer and head: a row of weights for each word that looks
//   means           by layer: the average of its heads' maps
//   layer, chosen   the layer and its heads that are shown, from 0; no head: their average
//   sets            [{name, rows}, …]: what is shown, a panel for each; `told`, where set, are the
//                   rows that are written in numbers, while threads are on their way
//   position        the word that looks, from 0
//   key             where set: the word that is looked at, from 0, and all that look at it show
//   only            where set: the place in `sets` of the one that is pointed at

import { svgRoot } from "../draw/svg.js";
import { patternOf } from "./headhabits.js";
import { badgeHandles, drawHeadLinks, wordHandles } from "./headlinks.js";
import { mapsOfPart, meanMap, wordsOfPart } from "./headmaps.js";
import { AVERAGE, headFinding } from "./headtext.js";
import { drawHeadMaps, mapHandles } from "./headthumbs.js";

const knownMeans = new WeakMap(); // by the map of a layer's first head

/** Return the view of a traced translation, with what is chosen: part, layer, heads, position. */
export function headView(traced, { part, layer, heads, position, key = null }) {
  const maps = mapsOfPart(traced, part);
  const { asks, keys } = wordsOfPart(traced, part);
  const within = (number, count) => Math.min(Math.max(number, 0), count - 1);
  const at = within(layer, maps.length);
  const means = maps.map(meanOnce);
  const chosen = heads.filter((head) => head < maps[0].length);
  const sets = chosen.length > 0
    ? chosen.map((head) => ({ name: String(head + 1), rows: maps[at][head] }))
    : [{ name: AVERAGE, rows: means[at] }];
  return {
    part, asks, keys, maps, means, layer: at, chosen, sets,
    position: within(position, asks.length), key: key === null ? null : within(key, keys.length),
  };
}

function meanOnce(heads) {
  if (!knownMeans.has(heads[0])) knownMeans.set(heads[0], meanMap(heads));
  return knownMeans.get(heads[0]);
}

/**
 * Return the head with the clearest habit in a part: {layer, heads}, from 0. Spread out is none;
 * where no head has one, it is the last layer's first.
 */
export function clearestHead(traced, part) {
  const maps = mapsOfPart(traced, part);
  const { keys } = wordsOfPart(traced, part);
  const known = maps.flatMap((heads, layer) => heads.map((map, head) => {
    const { kind, share } = patternOf(map, part, keys);
    return { layer, heads: [head], share: kind === "spread" || kind === "mixed" ? 0 : share };
  }));
  const { layer, heads, share } = known.reduce((a, b) => (b.share > a.share ? b : a));
  return share > 0 ? { layer, heads } : { layer: maps.length - 1, heads: [0] };
}

/**
 * Return a head, of the layer of `clearest`, that disagrees with it most, and the word for which
 * they do: {head, position}, from 0; null where a layer has one head. Two rows disagree as far as
 * they have no weight in common and each has one large weight.
 */
export function opposedHead(traced, part, { layer, heads: [clearest] }) {
  const maps = mapsOfPart(traced, part)[layer];
  const apart = (a, b) => a.reduce((sum, weight, j) => sum + Math.abs(weight - b[j]), 0) / 2
    * Math.min(Math.max(...a), Math.max(...b));
  const others = maps.map((map, head) => {
    const rows = map.map((row, t) => apart(row, maps[clearest][t]));
    const position = rows.indexOf(Math.max(...rows));
    return { head, position, sum: rows.reduce((a, b) => a + b, 0) };
  }).filter(({ head }) => head !== clearest);
  if (others.length === 0) return null;
  const { head, position } = others.reduce((a, b) => (b.sum > a.sum ? b : a));
  return { head, position };
}

/** Draw the head viewer as SVG text, in the places that `layoutHeads` returns. */
export function drawHeads(view, place) {
  return svgRoot(place.width, place.tall, headFinding(view),
    drawHeadLinks(view, place), drawHeadMaps(view, place));
}

/** Return what can be pressed or pointed at: words that look, words looked at, heads, maps. */
export function headHandles(view, place) {
  return [...wordHandles(view, place), ...badgeHandles(view, place), ...mapHandles(view, place)];
}
