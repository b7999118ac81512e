// What the playground shows, as text and drawings: no element of a page is touched in here.
//
// A view is {options, state, losses}: `state` is the engine's last (see playground/messages.js),
// `losses` holds for each of its models the points [step, loss] so far.

import { drawCurves } from "../draw/curves.js";
import { drawHeatMap, layoutHeatMap } from "../draw/heatmap.js";
import { paint, wordPaint } from "../draw/paint.js";
import { svgElement, svgRoot, svgText } from "../draw/svg.js";
import { drawToken, tokenWidth } from "../draw/tokens.js";

export const TASK_NAMES = {
  copy: { name: "Copy", example: "abc → abc", does: "copies" },
  reverse: { name: "Reverse", example: "abc → cba", does: "reverses" },
  sort: { name: "Sort", example: "cab → abc", does: "sorts" },
  verb: { name: "Verb to the end", example: "aBc → acB", does: "puts the verb last in" },
};

// Steps that show how it ends, and how many a second: 10 to 15 seconds, so that one can watch.
const LESSONS = {
  copy: { until: 500, pace: 40 },
  reverse: { until: 500, pace: 40 },
  verb: { until: 600, pace: 48 },
  sort: { until: 2000, pace: 140 },
};
const HOPE = 0.95; // of unseen words right: learned
const MAX_POINTS = 240; // of a loss curve

/** Return how long to train from here, and how fast: {until, pace}. */
export function nextLesson(task, step) {
  const { until, pace } = LESSONS[task];
  return { until: (Math.floor(step / until) + 1) * until, pace };
}

/** Return the share of held-out words of all lengths that are all right; null before a test. */
export function meanExact(exact) {
  const tested = exact.filter((share) => share !== null);
  return tested.length < exact.length ? null : tested.reduce((a, b) => a + b, 0) / tested.length;
}

/** Say in one or two sentences what there is to see. */
export function playgroundFinding({ options, state }) {
  const { lengths, models, running, step } = state;
  const longest = lengths[lengths.length - 1];
  if (step === 0 && !running) {
    return "Nothing learned yet: attention is spread evenly, the output is noise. Press Train.";
  }
  const shares = models.map(({ attention, exact }) => {
    const mean = meanExact(exact);
    if (mean === null) return `${attention} is not tested yet`;
    const long = percent(exact[exact.length - 1]);
    return `${attention} ${TASK_NAMES[options.task].does} ${percent(mean)} of unseen words ` +
      `(${longest} letters: ${long})`;
  });
  return `${running ? "Step" : "After step"} ${step}: ${shares.join("; ")}.`;
}

function percent(share) {
  return `${Math.round(share * 100)}\u00a0%`;
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

/** Say what a model made of the word: "writes kcabkool: right", or how many letters are not. */
export function exampleVerdict({ output, expected }) {
  if (output === expected) return { isRight: true, text: "right" };
  const [written, asked] = [[...output], [...expected]];
  const wrong = asked.filter((letter, t) => written[t] !== letter).length;
  const more = Math.max(written.length - asked.length, 0);
  const amount = wrong > 0 ? `${wrong} of ${asked.length} letters wrong` : "right, then it goes on";
  return { isRight: false, text: more > 0 && wrong > 0 ? `${amount}, and ${more} too many` : amount };
}

/** Draw what a model looked at: a row for each letter it wrote, in the colors of the word's. */
export function drawLetterMap(model, task, width) {
  const { attention, example } = model;
  const map = letterMapShape(example, width);
  const title = `${attention} reads ${example.word} and writes ${example.output}. ${
    strongestLinks(example)}`;
  return svgRoot(width, map.place.tall + map.margin * 2, title,
    drawLetterRows(map.margin, map.margin, example, task, map.place));
}

function letterMapShape({ word, written }, width) {
  const margin = 10;
  const size = width < 300 ? 14 : 17;
  const labels = shownLetters(word, written).map(() => "");
  const place = layoutHeatMap([...word], labels, width - margin * 2, size);
  return { margin, place: place.cell < size ? place : lowerHead(place) };
}

/** Return what it wrote, as far as the right answer would go: the caption tells of the rest. */
function shownLetters(word, written) {
  return written.slice(0, [...word].length + 1);
}

/** Letters have room in one row where words would need several. */
function lowerHead(place) {
  const head = place.size * 2;
  return { ...place, levels: 1, room: place.cell, head, tall: place.tall - place.head + head };
}

function drawLetterRows(left, top, example, task, place) {
  const { word, expected, weights } = example;
  const source = [...word];
  const written = shownLetters(word, example.written);
  const rows = written.map((_, t) => {
    const begin = t * source.length;
    return Array.from({ length: source.length }, (_, j) => weights[begin + j]);
  });
  const map = { source, target: written.map(() => ""), rows };
  const origins = letterOrigins(source, written, task);
  const y0 = top + place.head;
  const tokens = written.map((letter, t) => {
    const isRight = letter === (expected[t] ?? "<eos>");
    return writtenLetter(left, y0 + (t + 0.5) * place.height, letter, isRight, {
      place, color: origins[t] < 0 ? paint("frame") : wordPaint(origins[t], source.length), row: t,
    });
  });
  return [drawHeatMap(left, top, map, place), tokens];
}

/** Draw a letter of the output before its row; a wrong one is crossed out. */
function writtenLetter(left, y, letter, isRight, { place, color, row }) {
  const size = Math.min(place.size, place.height / 1.8);
  const x = left + place.labels - place.size * 1.9;
  const width = Math.min(tokenWidth(letter, size), place.size * 3.6);
  const cross = { x1: x - width / 2, y1: y + size * 0.7, x2: x + width / 2, y2: y - size * 0.7 };
  return [
    drawToken(x, y, letter, { width, size, color, strong: isRight, data: { "data-written": row } }),
    !isRight && svgElement("line", {
      ...cross, stroke: paint("wrong"), "stroke-width": size * 0.14,
    }),
  ];
}

function strongestLinks({ word, written, weights }) {
  const source = [...word];
  const links = written.map((letter, t) => {
    const row = source.map((_, j) => weights[t * source.length + j]);
    const j = row.indexOf(Math.max(...row));
    return `${letter} from letter ${j + 1}`;
  });
  return `Most weight: ${links.join(", ")}.`;
}

/** Draw the two charts, one below the other. */
export function drawPlaygroundCharts(view, width) {
  const size = 14;
  const [margin, height] = [12, 178];
  const place = { width: width - margin * 2, height, size };
  return svgRoot(width, height * 2 + margin * 3, chartTitle(view),
    drawCurves(margin, margin, lengthChart(view), place),
    drawCurves(margin, height + margin * 2, lossChart(view), place));
}

function chartTitle({ state }) {
  const parts = state.models.map(({ attention, loss, exact }) => {
    const shares = exact.map((share, i) =>
      `${state.lengths[i]} letters ${share === null ? "not tested" : percent(share)}`);
    return `${attention}: ${shares.join(", ")}; loss ${loss.toFixed(2)}`;
  });
  return `Unseen words all right by length, and training loss. ${parts.join(". ")}.`;
}

function lengthChart({ state }) {
  const { lengths, models } = state;
  return {
    part: "lengths",
    title: "Unseen words all right, by letters",
    series: models.map(({ attention, exact }) => ({
      name: attention,
      color: paint(`model-${attention}`),
      points: lengths.map((length, i) => [length, exact[i]]).filter(([, share]) => share !== null),
      dots: true,
    })),
    across: [lengths[0], lengths[lengths.length - 1]],
    up: [0, 1],
    ticksAcross: lengths.map((length) => [length, String(length)]),
    ticksUp: [[0, "0 %"], [0.5, "50 %"], [1, "100 %"]],
  };
}

function lossChart({ options, state, losses }) {
  const end = nextLesson(options.task, Math.max(state.step - 1, 0)).until;
  return {
    part: "losses",
    title: "Training loss, by steps",
    series: state.models.map(({ attention }, i) => ({
      name: attention,
      color: paint(`model-${attention}`),
      points: losses[i],
    })),
    across: [0, end],
    up: [0, 4],
    ticksAcross: [0, end / 2, end].map((step) => [step, String(step)]),
    ticksUp: [[0, "0"], [2, "2"], [4, "4"]],
  };
}

/** Add the state's losses to the curves; a long curve keeps every other point. */
export function growLosses(losses, state) {
  state.models.forEach(({ loss }, i) => {
    const points = losses[i];
    const last = points[points.length - 1];
    if (last && last[0] >= state.step) return;
    // One batch says little: a mean in which old ones fade shows where it goes.
    points.push([state.step, last ? 0.85 * last[1] + 0.15 * loss : loss]);
    if (points.length > MAX_POINTS) losses[i] = points.filter((_, at) => at % 2 === 0);
  });
}

/** Return the challenges, each with whether the reader has met it: [{name, text, isMet}, …]. */
export function playgroundChallenges({ options, state }) {
  const means = state.models.map(({ exact }) => meanExact(exact) ?? 0);
  const learned = state.models.filter((_, i) => means[i] >= HOPE);
  return [
    {
      name: "learned",
      text: "Train a model until 95 % of the unseen words are right.",
      isMet: learned.length > 0,
    },
    {
      name: "fooled",
      text: "Then find a word that even this model gets wrong.",
      isMet: !state.running && learned.some(({ example }) => example.output !== example.expected),
    },
    {
      name: "sorted",
      text: "Find the task where the best attention is not near the diagonal: train it to 95 %.",
      isMet: learned.length > 0 && options.task === "sort",
    },
  ];
}

/** Draw everything in one picture, for where nothing runs: maps, and the charts beside them. */
export function drawPlaygroundStill(view, width = 1200) {
  const { options, state } = view;
  const [margin, size] = [14, 17];
  const each = (width - margin * (state.models.length + 2)) / (state.models.length + 1);
  const shapes = state.models.map(({ attention, example }, i) => {
    const left = margin + i * (each + margin);
    const { place } = letterMapShape(example, each);
    const says = `${attention}: ${example.word} → ${example.output}`;
    return [
      svgText(left, margin + size, says, {
        "font-size": size, "text-anchor": "start", "font-weight": "bold",
      }),
      drawLetterRows(left, margin + size * 2, example, options.task, place),
    ];
  });
  const place = { width: each, height: 190, size: 14 };
  const left = width - each - margin;
  return svgRoot(width, 190 * 2 + margin * 3, playgroundFinding(view), ...shapes,
    drawCurves(left, margin, lengthChart(view), place),
    drawCurves(left, margin * 2 + 190, lossChart(view), place));
}
