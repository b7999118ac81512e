// Draws the playground, as text: no element of a page is touched in here. A view is what
// playgroundtext.js says.

import { barArea, drawBars } from "../draw/bars.js";
import { chartArea, drawCurves } from "../draw/curves.js";
import { drawLetterWeights, layoutLetterMap, letterPlaceAt } from "../draw/lettermap.js";
import { paint } from "../draw/paint.js";
import { shortenWord, svgElement, svgRoot, svgText, textWidth } from "../draw/svg.js";
import { nextLesson } from "../playground/lesson.js";
import { cellFinding, firstCell, isSameCell, letterMapOf, litCell } from "./playgroundcells.js";
import { shownPlayground } from "./playgroundcells.js";
import { asPercent, exampleVerdict, playgroundFinding } from "./playgroundtext.js";
import { weightOnNeeded } from "./playgroundtext.js";

const PICTURE_EDGE = 12;
const MAPS_GAP = { usual: 24, small: 12 }; // between maps
const LEAST_OUTPUT = 0.8; // of their usual size: an output that needs smaller ones is cut
const CHARTS_BESIDE_FROM = 860; // pixels: from here on, the charts stand beside the maps
const SMALL_LETTERS_BELOW = 520;
const LEAST_COLUMN = 9; // pixels: where columns would be narrower, one map stands below the other
const CHARTS_TALL = { usual: 168, small: 132 }; // pixels, where they are as tall as they like
const LEAST_CHARTS = 340; // pixels of width
const USUAL_LETTERS = 8;
const GHOST = "fills while it trains"; // in a chart that is still empty
const SHARE_TICKS = [[0, "0 %"], [0.5, "50 %"], [1, "100 %"]];
const ROOMY_TITLE = 260; // pixels of a chart
const ROOMY_GROUP = 42; // pixels of a length's bars that "3 letters" can stand below
const LOSS_TOP = 4; // guessing costs 3.3 to 4
const RIGHT_MARK = "M-1 0l.7 .7l1.3-1.5";
const WRONG_MARK = "M-.8-.8l1.6 1.6M.8-.8l-1.6 1.6";

/**
 * Draw a view into {width, tall}; returns {svg, handles, time, plan}.
 *
 * handles are those of handles.js; time, {x0, x1, end}, says that x0 on the loss curve is step 0
 * and x1 the step `end`; plan is for `mapPlaceAt`.
 */
export function drawPlayground(view, { width, tall }) {
  const { models } = shownPlayground(view);
  const plan = planPlayground(view, width, tall);
  const shapes = models.map((model, i) => drawLetterModel(view, model, plan.maps[i], plan));
  const [lengths, losses] = plan.charts;
  const bars = playgroundLengths(view, lengths.width);
  const curves = playgroundLosses(view, losses.width);
  const place = { width: lengths.width, height: lengths.height, size: plan.chartSize };
  const svg = svgRoot(width, plan.tall, playgroundTitle(view), shapes,
    drawBars(lengths.left, lengths.top, bars, place),
    drawCurves(losses.left, losses.top, curves, place));
  return { svg, plan, ...playgroundHandles(view, plan, { bars, curves, place }) };
}

/** Return where everything goes: {tall, size, chartSize, caption, place, maps, charts}. */
function planPlayground(view, width, tall) {
  const { models, word } = shownPlayground(view);
  const [count, columns] = [models.length, [...word].length];
  const isSmall = width < SMALL_LETTERS_BELOW;
  const isWide = width >= CHARTS_BESIDE_FROM;
  const size = isSmall ? 13 : 17;
  const caption = size * 2.9;
  const gap = isSmall ? MAPS_GAP.small : MAPS_GAP.usual;
  const across = width - PICTURE_EDGE * 2 - (isWide ? LEAST_CHARTS + gap : 0);
  const each = (across - gap * (count - 1)) / count;
  const isStacked = !isWide && (isSmall || (each - size * 3.2) / columns < LEAST_COLUMN);
  const room = { width: isStacked ? across : each, tall: tall - caption - 2 * PICTURE_EDGE };
  const place = layoutLetterMap(columns, columns + 1, room, size);
  const most = Math.max(columns, USUAL_LETTERS); // so that shorter words move nothing
  const { total: used, tall: deep } = layoutLetterMap(most, most + 1, room, size);
  const right = isStacked ? 0 : used + gap; // from one map to the next
  const down = isStacked ? caption + deep + PICTURE_EDGE : 0;
  const maps = models.map((_, i) => ({
    left: PICTURE_EDGE + i * right, top: PICTURE_EDGE + i * down, width: used,
  }));
  const bottom = PICTURE_EDGE * 2 + caption + deep + down * (count - 1);
  const charts = isWide ?
    chartsBeside(PICTURE_EDGE + count * right, width, bottom) :
    chartsBelow(bottom, width);
  return { size, chartSize: isSmall ? 13 : 14, caption, place, maps, ...charts };
}

function chartsBeside(left, width, tall) {
  const height = (tall - PICTURE_EDGE * 3) / 2;
  const chart = { left, width: width - left - PICTURE_EDGE, height };
  const charts = [PICTURE_EDGE, 2 * PICTURE_EDGE + height].map((top) => ({ ...chart, top }));
  return { tall, charts };
}

function chartsBelow(top, width) {
  const isPair = width >= SMALL_LETTERS_BELOW;
  const each = isPair ? (width - PICTURE_EDGE * 4) / 2 : width - PICTURE_EDGE * 2;
  const height = isPair ? CHARTS_TALL.usual : CHARTS_TALL.small;
  const chart = { width: each, height };
  const second = isPair ? { left: PICTURE_EDGE * 3 + each, top } :
    { left: PICTURE_EDGE, top: top + height + PICTURE_EDGE };
  const charts = [{ ...chart, left: PICTURE_EDGE, top }, { ...chart, ...second }];
  return { tall: second.top + height + PICTURE_EDGE, charts };
}

/** Draw a model's name, what it makes of the word, and what it looked at. */
function drawLetterModel(view, model, { left, top, width }, plan) {
  const { attention, example } = model;
  const { caption, place, size } = plan;
  const isMuted = shownPlayground(view).step === 0; // nothing is wrong before it began
  const drawn = letterMapOf(model, view.options.task);
  const cell = litCell(view);
  const lit = cell && cell.row < drawn.rows.length ? cell : null;
  const map = { ...drawn, isMuted, lit, isPinned: isSameCell(cell, view.pinned) };
  return svgElement(
    "g",
    { "data-model": attention },
    drawModelCaption(attention, example, { left, top, width, size, isMuted }),
    drawLetterWeights(left, top + caption, map, place),
  );
}

/** Write a model's name and output in one line, and what is wrong with it in the next. */
function drawModelCaption(attention, example, { left, top, width, size, isMuted }) {
  const { isRight, text } = isMuted ? beforeVerdict() : exampleVerdict(example);
  const [first, second, mark] = [top + size * 0.9, top + size * 2.25, size * 0.8];
  const style = { "font-size": size, "text-anchor": "start" };
  const begin = size * 2 + textWidth(attention, size);
  const written = isMuted ? example.expected : example.output || "nothing";
  const [output, letters] = fitOutput(written, width - begin, size);
  const verdict = paint(isRight ? "right" : isMuted ? "quiet" : "wrong");
  const small = Math.min(size * 0.85, (size * (width - mark * 1.4)) / textWidth(text, size));
  return [
    svgElement("rect", {
      x: left, y: first - size * 0.8, width: size * 0.9, height: size * 0.9,
      fill: paint(`model-${attention}`),
    }),
    svgText(left + size * 1.25, first, attention, { ...style, "font-weight": "bold" }),
    svgText(left + begin, first, output, {
      ...style, "font-size": letters, "data-output": attention,
      fill: paint(isMuted ? "quiet" : "ink"),
    }),
    !isMuted && svgElement("path", {
      d: isRight ? RIGHT_MARK : WRONG_MARK, fill: "none", stroke: verdict, "stroke-width": 0.3,
      transform: `translate(${left + mark / 2} ${second - size * 0.3}) scale(${size * 0.36})`,
    }),
    svgText(left + (isMuted ? 0 : mark * 1.4), second, text, {
      ...style, "font-size": small, fill: verdict, "data-verdict": attention,
    }),
  ];
}

/** Before training, the noise that it writes is not worth reading. */
function beforeVerdict() {
  return { isRight: false, text: "is what it should learn to write" };
}

/** Return [text, size] of an output in so many pixels: somewhat smaller, and cut if need be. */
function fitOutput(output, room, size) {
  const letters = Math.min(size * 1.1, (room * size) / textWidth(output, size));
  const shown = Math.max(letters, size * LEAST_OUTPUT);
  return [shortenWord(output, room, shown - 0.01), shown]; // what just fits is not cut
}

function playgroundTitle(view) {
  const { lengths, models } = shownPlayground(view);
  const parts = models.map(({ attention, example, exact }) => {
    const shares = exact.map((share, i) =>
      `${lengths[i]} letters ${share === null ? "not tested" : asPercent(share)}`);
    const needed = weightOnNeeded(example).toFixed(2);
    return `${attention} reads ${example.word} and writes ${example.output}, with ${
      needed} of its weight on the letters needed. Unseen words right: ${shares.join(", ")}.`;
  });
  return `${playgroundFinding(view)} ${parts.join(" ")}`;
}

function playgroundLengths(view, width) {
  const { lengths, models } = shownPlayground(view);
  const isRoomy = width > lengths.length * ROOMY_GROUP;
  return {
    part: "lengths",
    title: isRoomy ? "Unseen words right" : "Unseen words right, by length",
    series: models.map(({ attention, exact }, i) => ({
      name: attention, color: paint(`model-${attention}`), shares: view.bars?.[i] ?? exact,
    })),
    groups: lengths.map((length, i) => (i === 0 && isRoomy ? `${length} letters` : `${length}`)),
    ticks: SHARE_TICKS,
    ghost: models.every(({ exact }) => exact.every((share) => share === null)) ? GHOST : "",
  };
}

function playgroundLosses({ options, state, history, at, isStill }, width) {
  const name = width > ROOMY_TITLE ? "Training loss" : "Loss";
  const end = nextLesson(options.task, Math.max(state.step - 1, 0)).until;
  const hasPast = history.length > 1;
  return {
    part: "losses",
    title: hasPast && !isStill ? `${name}: drag to look back` : name,
    series: state.models.map(({ attention }, i) => ({
      name: attention,
      color: paint(`model-${attention}`),
      points: history.map(({ step, models }) => [step, models[i].smooth]),
    })),
    across: [0, end],
    up: [0, LOSS_TOP],
    ticksAcross: [[0, "0"], [end / 2, String(end / 2)], [end, `step ${end}`]],
    ticksUp: [[0, "0"], [2, "2"], [4, "4"]],
    mark: hasPast ? (at ?? state.step) : null,
    ghost: history.length > 1 ? "" : GHOST,
  };
}

/** Return the place of x, y in a model's map: see letterPlaceAt. */
export function mapPlaceAt({ maps, caption, place }, model, x, y) {
  const { left, top } = maps[model];
  return letterPlaceAt(left, top + caption, place, x, y);
}

/** Return a handle for each map: arrow keys go from cell to cell. */
function mapHandles(view, { maps, caption, place }) {
  return shownPlayground(view).models.map(({ attention }, i) => {
    const lit = litCell(view);
    const cell = lit?.model === i ? lit : firstCell(view, i);
    return {
      id: `map-${i}`, label: `Weights of ${attention}`, value: cellFinding(view, cell),
      x: maps[i].left + place.total / 2, y: maps[i].top + caption + place.tall / 2,
      width: place.total, height: place.tall,
    };
  });
}

function playgroundHandles(view, plan, { bars, curves, place }) {
  const { lengths, step } = shownPlayground(view);
  const [first, second] = plan.charts;
  const box = barArea(first.left, first.top, bars, place);
  const buttons = lengths.map((length, i) => ({
    id: `length-${length}`,
    kind: "button",
    label: `Try an unseen word of ${length} letters`,
    x: box.middleOf(i),
    y: (box.y0 + box.y1) / 2,
    width: box.group,
    height: box.y0 - box.y1,
  }));
  const { x0, x1, y0, y1 } = chartArea(second.left, second.top, curves, place);
  const time = { x0, x1, end: curves.across[1] };
  const handles = [...mapHandles(view, plan), ...buttons];
  if (curves.mark === null) return { handles, time };
  const slider = {
    id: "time", label: "Look back along the training", value: `step ${step}`,
    x: (x0 + x1) / 2, y: (y0 + y1) / 2, width: x1 - x0, height: y0 - y1,
  };
  return { handles: [...handles, slider], time };
}

/** Draw a view as a still picture: its SVG alone. */
export function drawPlaygroundStill(view, width) {
  return drawPlayground({ ...view, isStill: true }, { width, tall: 400 }).svg;
}
