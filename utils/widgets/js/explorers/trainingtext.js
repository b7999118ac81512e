// What the model writes above what it should write, word above word. See trainingfacts.js for what
// a view is.

import { paint } from "../draw/paint.js";
import { shortenWord, svgPart, svgText, textWidth } from "../draw/svg.js";
import { TRAINING_END } from "./trainingfacts.js";

const SECOND_LINE = 1.4; // letters' heights from what it writes to what it should write
const NEXT_PAIR = 1.4; // more to the next pair of lines

/**
 * Return what is written after an epoch beside what it should be: columns {written, count, isRight,
 * wanted}, null where a word has no counterpart. A wrong word that repeats is one, `count` times.
 */
export function alignedWords({ snaps, marks, goal }, at) {
  const columns = [];
  let wrong = [];
  let next = 0; // of the goal
  const endAt = (until) => {
    const missing = goal.slice(next, until);
    for (let i = 0; i < Math.max(wrong.length, missing.length); i += 1) {
      columns.push({ ...(wrong[i] ?? writtenWord(null, true)), wanted: missing[i] ?? null });
    }
    wrong = [];
    next = until;
  };
  snaps[at].words.forEach((word, t) => {
    if (marks[at][t]) {
      endAt(goal.indexOf(word, next));
      columns.push({ ...writtenWord(word, true), wanted: word });
      next += 1;
    } else if (wrong.at(-1)?.written === word) wrong.at(-1).count += 1;
    else wrong.push(writtenWord(word, false));
  });
  endAt(goal.length);
  const isWord = ({ written, wanted }) => written !== null || wanted !== null;
  return columns.map(withoutEnd).filter(isWord);
}

function writtenWord(written, isRight) {
  return { written, count: 1, isRight };
}

/** Return a column without the mark of the end, which nobody reads as a word. */
function withoutEnd({ written, wanted, ...column }) {
  const shown = (word) => (word === TRAINING_END ? null : word);
  return { ...column, written: shown(written), wanted: shown(wanted) };
}

function timesText(count) {
  return count > 1 ? ` ×${count}` : "";
}

/** Return what is written after the first epoch, a wrong word that repeats only once. */
export function firstWords(view) {
  const columns = alignedWords(view, 0).filter(({ written }) => written !== null);
  return columns.map(({ written, count }) => `${written}${timesText(count)}`);
}

/**
 * Return the columns of each epoch in pairs of lines, at most `most`, and no more than the last
 * epoch needs: what babbles on would leave a hole under all others.
 */
export function layoutAlignedWords(view, room, size, most) {
  const labels = [view.reference.length > 0 ? "should write" : "at the end", "writes"];
  const left = Math.max(...labels.map((label) => textWidth(label, size * 0.85))) + size * 0.6;
  const all = view.snaps.map((_, at) => breakColumns(alignedWords(view, at), room - left, size));
  const count = Math.min(all.at(-1).length, most);
  const pairs = all.map((each) => endedLines(each, count));
  const tall = size * (count * (SECOND_LINE + NEXT_PAIR) + 0.6);
  return { pairs, left, size, wanted: labels[0], tall };
}

/** Return the first lines; "…" in place of the last word says that there is more. */
function endedLines(lines, count) {
  const kept = lines.slice(0, count);
  if (lines.length <= count) return kept;
  const last = kept[count - 1];
  const end = { ...last.at(-1), above: "…", below: "", isRight: true };
  return [...kept.slice(0, -1), [...last.slice(0, -1), end]];
}

/** Return columns with their places in lines of at most `room` pixels: [[{x, …}, …], …]. */
function breakColumns(columns, room, size) {
  const lines = [[]];
  let x = 0;
  for (const column of columns) {
    const { written, count, wanted } = column;
    const cutWord = (word, more = "") =>
      (word === null ? "" : `${shortenWord(word, room - textWidth(more, size), size)}${more}`);
    const [above, below] = [cutWord(written, timesText(count)), cutWord(wanted)];
    const wide = Math.max(textWidth(above, size), textWidth(below, size));
    if (x + wide > room && x > 0) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1).push({ ...column, above, below, x });
    x += wide + size * 0.35;
  }
  return lines;
}

/** Draw what the model writes above what it should write; `texts` is from `layoutAlignedWords`. */
export function drawAlignedWords({ at }, left, top, { pairs, left: begin, size, wanted }) {
  const style = { "font-size": size, "text-anchor": "start" };
  const label = { ...style, "font-size": size * 0.85, fill: paint("quiet") };
  const lines = pairs[at].map((columns, i) => {
    const y = top + size * (1 + i * (SECOND_LINE + NEXT_PAIR));
    const low = y + size * SECOND_LINE;
    return [
      i === 0 && svgText(left, y, "writes", label),
      i === 0 && svgText(left, low, wanted, label),
      columns.map(({ above, below, isRight, x }) => [
        above && svgText(left + begin + x, y, above, isRight ? style : wrongWordStyle(style)),
        below && svgText(left + begin + x, low, below, { ...style, fill: paint("quiet") }),
      ]),
    ];
  });
  return svgPart("texts", lines);
}

/** Return how a wrong word looks: colored and underlined, because color never stands alone. */
export function wrongWordStyle(style) {
  const line = { "text-decoration": "underline", "data-wrong": "" };
  return { ...style, fill: paint("wrong"), ...line };
}
