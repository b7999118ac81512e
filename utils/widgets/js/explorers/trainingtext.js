// What the model writes, and below it what it should write. See trainingfacts.js for what a view is.

import { paint } from "../draw/paint.js";
import { shortenWord, svgPart, svgText, textWidth } from "../draw/svg.js";
import { TRAINING_END } from "./trainingfacts.js";

const NEXT_LINE = 1.4; // letters' heights from one line to the next
const NEXT_TEXT = 0.2; // more from what it writes to what it should write

/** Return the words written after an epoch: {word, count, isRight}; one that repeats is counted. */
export function writtenWords({ snaps, marks }, at) {
  const found = [];
  snaps[at].words.forEach((word, t) => {
    const isRight = marks[at][t];
    const last = found.at(-1);
    if (!isRight && last?.word === word && !last.isRight) last.count += 1;
    else found.push({ word, count: 1, isRight });
  });
  return found.filter(({ word }) => word !== TRAINING_END);
}

/** Return the words that should be written, and whether they are after an epoch: {word, isRight}. */
export function wantedWords({ snaps, marks, goal }, at) {
  const right = snaps[at].words.filter((_, t) => marks[at][t]);
  let next = 0; // the right ones are in the goal's own order
  return goal.map((word) => {
    const isRight = word === right[next];
    if (isRight) next += 1;
    return { word, isRight };
  }).filter(({ word }) => word !== TRAINING_END);
}

function shownText({ word, count = 1 }) {
  return count > 1 ? `${word} ×${count}` : word;
}

/** Return what is written after the first epoch, a wrong word that repeats only once. */
export function firstWords(view) {
  return writtenWords(view, 0).map(shownText);
}

/**
 * Return the lines of both texts after each epoch, at most `most` of each, and no more than the
 * last epoch needs: what babbles on would leave a hole under all others.
 */
export function layoutTexts(view, room, size, most) {
  const labels = ["writes", view.reference.length > 0 ? "should write" : "at the end"];
  const left = Math.max(...labels.map((label) => textWidth(label, size * 0.85))) + size * 0.6;
  const linesOf = (wordsAt) => {
    const all = view.snaps.map((_, at) => breakText(wordsAt(view, at), room - left, size));
    const count = Math.min(all.at(-1).length, most);
    return { lines: all.map((each) => endedLines(each, count)), count };
  };
  const texts = [linesOf(writtenWords), linesOf(wantedWords)];
  const count = texts[0].count + texts[1].count;
  const tall = size * (count * NEXT_LINE + NEXT_TEXT + 0.8);
  return { texts, labels, left, size, tall };
}

/** Return the first lines; "…" in place of the last word says that there is more. */
function endedLines(lines, count) {
  const kept = lines.slice(0, count);
  if (lines.length <= count) return kept;
  const last = kept[count - 1];
  const end = { ...last.at(-1), shown: "…", isRight: true };
  return [...kept.slice(0, -1), [...last.slice(0, -1), end]];
}

/** Return words with their places in lines of at most `room` pixels: [[{shown, isRight, x}, …], …]. */
function breakText(words, room, size) {
  const lines = [[]];
  let x = 0;
  for (const each of words) {
    const shown = shortenWord(shownText(each), room, size);
    const wide = textWidth(shown, size);
    if (x + wide > room && x > 0) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1).push({ shown, isRight: each.isRight, x });
    x += wide + size * 0.35;
  }
  return lines;
}

/** Draw what the model writes above what it should write; `place` is from `layoutTexts`. */
export function drawTexts({ at }, left, top, { texts, labels, left: begin, size }) {
  const style = { "font-size": size, "text-anchor": "start" };
  const quiet = { ...style, fill: paint("quiet") };
  const styles = [
    (isRight) => (isRight ? style : wrongWordStyle(style)),
    (isRight) => (isRight ? style : { ...quiet, "data-missing": "" }),
  ];
  const tops = [top + size, top + size * (1 + texts[0].count * NEXT_LINE + NEXT_TEXT)];
  return svgPart("texts", texts.map(({ lines }, k) => [
    svgText(left, tops[k], labels[k], { ...quiet, "font-size": size * 0.85 }),
    lines[at].map((line, i) => line.map(({ shown, isRight, x }) => (
      svgText(left + begin + x, tops[k] + i * size * NEXT_LINE, shown, styles[k](isRight))
    ))),
  ]));
}

/** Return how a wrong word looks: colored and underlined, because color never stands alone. */
export function wrongWordStyle(style) {
  const line = { "text-decoration": "underline", "data-wrong": "" };
  return { ...style, fill: paint("wrong"), ...line };
}
