// What the head viewer says: findings and challenges. See headview.js for what a view is.

import { patternOf, shareOfPrevious } from "./headhabits.js";
import { placeOfMost } from "./headmaps.js";

export const AVERAGE = "all"; // the name of the set that is the average of a layer's heads
export const WRITTEN = 0.1; // of the weight: threads with less have no number
export const MOSTLY = 0.5; // of the weight
const BEFORE = 0.4; // of the weight on the word before, on average
const NAMED = 2; // words of a finding about who looks at a word

/** Tell whether a view shows who looks at a word, and not where a word looks. */
export function isTurned({ key }) {
  return Number.isInteger(key);
}

/** Say in a sentence where the word looks, or who looks at it. */
export function headFinding(view) {
  const sets = Number.isInteger(view.only) ? [view.sets[view.only]] : view.sets;
  return isTurned(view) ? whoLooks({ ...view, sets }) : whereItLooks({ ...view, sets });
}

/** Say which words give a word most of their weight. */
function whoLooks({ part, asks, keys, layer, sets, key }) {
  const all = sets.flatMap(({ name, rows }) => rows.map((row, i) => (
    { name, i, weight: row[key] ?? 0 }
  ))).filter(({ weight }) => weight >= WRITTEN).sort((a, b) => b.weight - a.weight);
  const start = `Layer ${layer + 1}, who looks at “${keys[key]}”?`;
  if (all.length === 0) return `${start} No word gives it as much as ${WRITTEN.toFixed(2)}.`;
  const most = all.slice(0, NAMED).map(({ name, i, weight }) => {
    const who = name === AVERAGE ? "on average" : `head ${name}`;
    return `“${asks[i]}” (${sets.length > 1 || name === AVERAGE ? `${who}, ` : ""}${
      weight.toFixed(2)})`;
  });
  const verb = part === "encoder" ? "Most of all" : "Most of all, to write";
  return `${start} ${verb} ${most.join(" and ")}.`;
}

function whereItLooks(view) {
  const { part, asks, keys, layer, sets, position } = view;
  const word = part === "encoder" ? `“${asks[position]}”` : `to write “${asks[position]}”`;
  if (sets.length > 1) return `Layer ${layer + 1}, ${word}: ${headsByWord(view).join("; ")}.`;
  const [{ name, rows }] = sets;
  const row = rows[position];
  const j = placeOfMost(row);
  const start = name === AVERAGE
    ? `Layer ${layer + 1}, its heads’ average`
    : `Layer ${layer + 1}, head ${name} ${patternOf(rows, part, keys).does}`;
  const mostly = row[j] >= MOSTLY ? "mostly at" : "at many words, most at";
  const looks = part === "encoder" ? `${word} looks` : `${word} it looks`;
  return `${start}: ${looks} ${mostly} “${keys[j]}” (${row[j].toFixed(2)})${relation(view, j)}.`;
}

/** Say for each word that heads look at most which ones do, and with what share of their weight. */
function headsByWord({ keys, sets, position }) {
  const places = [...new Set(sets.map(({ rows }) => placeOfMost(rows[position])))];
  if (places.length === 1) return [headsAgree(keys[places[0]], sets, position, places[0])];
  return places.map((j, i) => {
    const here = sets.filter(({ rows }) => placeOfMost(rows[position]) === j);
    const names = here.map(({ name }) => name).join(", ");
    const shares = here.map(({ rows }) => rows[position][j].toFixed(2)).join(", ");
    const verb = i > 0 ? "" : here.length > 1 ? " look most" : " looks most";
    return `head${here.length > 1 ? "s" : ""} ${names}${verb} at “${keys[j]}” (${shares})`;
  });
}

function headsAgree(word, sets, position, j) {
  const shares = sets.map(({ rows }) => rows[position][j]).sort((a, b) => a - b);
  const [least, most] = [shares[0], shares.at(-1)].map((share) => share.toFixed(2));
  const all = sets.length === 2 ? "both" : `all ${sets.length}`;
  return `${all} heads look most at “${word}” (${least} to ${most})`;
}

/** Say where a word of the same sentence stands from the one that looks at it. */
function relation({ part, position }, j) {
  if (part === "cross") return "";
  if (part === "decoder") return j === position && position > 0 ? ", the word before" : "";
  return { 0: ", itself", "-1": ", the word before", 1: ", the next word" }[j - position] ?? "";
}

/** Return the challenges, each with whether the reader has met it: [{name, text, isMet}, …]. */
export function headChallenges(view) {
  const { part, sets, chosen, position } = view;
  const single = chosen.length === 1 ? sets[0].rows : null;
  const tops = sets.map(({ rows }) => placeOfMost(rows[position]));
  return [
    {
      name: "previous",
      text: "Find a head that looks at the word before, in one of the three attentions.",
      isMet: single !== null && part !== "cross" && shareOfPrevious(single, part) >= BEFORE,
    },
    {
      name: "ignored",
      text: "Press a source word that nobody looks at. What is it there for?",
      isMet: Boolean(view.isKept) && part === "cross" && isIgnored(view),
      answer: ignoredAnswer(view),
    },
    {
      name: "apart",
      text: "Show three heads that disagree: each with over half its weight on another word.",
      isMet: chosen.length === 3 && new Set(tops).size === 3
        && sets.every(({ rows }, k) => rows[position][tops[k]] > MOSTLY),
    },
  ];
}

/** Tell whether no word gives the one that was pressed a weight worth writing. */
function isIgnored({ sets, key }) {
  return sets.every(({ rows }) => rows.every((row) => (row[key] ?? 0) < WRITTEN));
}

function ignoredAnswer({ keys, key }) {
  return isTurned({ key })
    ? `The encoder may need “${keys[key]}”: there, other words have read it before anybody asks.`
    : "";
}
