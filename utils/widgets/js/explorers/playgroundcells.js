// The cells of the playground's maps: what they hold, which one is lit, and what it says. A cell is
// {model, row, column}: the row of a letter of the output, the column of a letter of the word. A
// view is what playgroundtext.js says.

import { historyAt } from "../playground/lesson.js";

const FIXED_NOTE = "never move"; // the two columns of a fixed vector

/** Return the state to show: the last one, or the one that the reader looks back to. */
export function shownPlayground({ state, history, at }) {
  return at === null ? state : historyAt(history, at);
}

/**
 * Return which letter of the source each letter of the output can come from, -1 if none is left.
 *
 * Of two equal letters the first one goes first; the last one if the task turns words around.
 */
export function letterOrigins(source, output, task) {
  const free = new Set(source.keys());
  const order = task === "reverse" ? [...source.keys()].reverse() : [...source.keys()];
  return output.map((letter) => {
    const origin = order.find((j) => free.has(j) && source[j] === letter) ?? -1;
    free.delete(origin);
    return origin;
  });
}

/** Return the map of what a model made of a word, as far as the right answer goes. */
export function letterMapOf({ attention, example }, task) {
  const { word, expected, weights, written } = example;
  const source = [...word];
  const answer = [...expected, "<eos>"];
  const shown = written.slice(0, answer.length);
  const rows = shown.map((_, t) =>
    source.map((_, j) => weights[t * source.length + j]));
  const needed = [...letterOrigins(source, [...expected], task), -1];
  const letters = shown.map((letter, t) => ({ letter, isRight: letter === answer[t] }));
  const note = attention === "fixed" ? FIXED_NOTE : "";
  return { source, written: letters, goal: answer, rows, needed, note };
}

/** Return the cell that is pointed at, or else pinned, if there is such a cell now; or null. */
export function litCell(view) {
  const cell = view.pointed ?? view.pinned ?? null;
  const model = cell && shownPlayground(view).models[cell.model];
  if (!model) return null;
  const { rows, source } = letterMapOf(model, view.options.task);
  return cell.row < rows.length && cell.column < source.length ? cell : null;
}

/** Return the cell to begin with in a model's map: the strongest of its first row. */
export function firstCell(view, model) {
  const { rows } = letterMapOf(shownPlayground(view).models[model], view.options.task);
  return { model, row: 0, column: strongest(rows[0] ?? []) };
}

/** Return the cell next to another one of its map, or that cell itself at the edge. */
export function nextCell(view, { model, row, column }, right, down) {
  const { rows, source } = letterMapOf(shownPlayground(view).models[model], view.options.task);
  const within = (place, count) => Math.min(Math.max(place, 0), Math.max(count - 1, 0));
  return {
    model, row: within(row + down, rows.length), column: within(column + right, source.length),
  };
}

/**
 * Return the cell of a model at a place of its map, [row, column]. Beside the cells, at a letter of
 * the output (column < 0) or of the word (row < 0), it is the strongest one of that letter.
 */
export function cellAt(view, model, [row, column]) {
  const { rows } = letterMapOf(shownPlayground(view).models[model], view.options.task);
  const near = nextCell(view, { model, row, column }, 0, 0);
  if (column < 0) return { ...near, column: strongest(rows[near.row] ?? []) };
  if (row < 0) return { ...near, row: strongest(rows.map((weights) => weights[near.column])) };
  return near;
}

function strongest(weights) {
  return Math.max(weights.indexOf(Math.max(...weights)), 0);
}

/** Say what is in a cell, and in the same one of the other model. */
export function cellFinding(view, { model, row, column }) {
  const { models } = shownPlayground(view);
  const maps = models.map((each) => letterMapOf(each, view.options.task));
  const { source, rows, needed } = maps[model];
  const share = (i) => maps[i].rows[row]?.[column]?.toFixed(2) ?? "nothing";
  const goal = needed[row];
  const when = goal < 0 ? "Where it should stop" : `For its letter ${row + 1}`;
  const other = models.map(({ attention }, i) => (i === model ? "" :
    ` (${attention}: ${share(i)})`)).join("");
  const need = goal < 0 ? "" : goal === column ? ", as it should" :
    `; it needs letter ${goal + 1}, “${source[goal]}”`;
  return `${when}, ${models[model].attention} puts ${share(model)} of the weight${other} on ${
    `letter ${column + 1}`}, “${source[column]}”${need}.`;
}

export function isSameCell(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
