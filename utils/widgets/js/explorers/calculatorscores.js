// The calculator's scores as bars on an axis that keeps still, and what a division makes of them.

import { paint } from "../draw/paint.js";
import { svgElement, svgPart, svgText, textWidth } from "../draw/svg.js";
import { scoreSteps } from "./calculatormath.js";
import { colorOf } from "./calculatorscene.js";
import { writeFixed, writeNumber } from "./calculatorwords.js";

const TICK_SIZE = 11;
const TICK_APART = 11; // pixels between two ticks: their numbers must not touch
// How a division is written, what stands between its signs, and its size: the first that fits.
const NUMBERS = [[writeFixed, " ", 14], [writeNumber, "", 13], [writeNumber, "", 11]];

/** Draw a bar for each score, up or down from zero, and its number. */
export function drawScoreBars(view, flow, centers) {
  const { top, half } = flow.scores;
  const axis = { zero: top + half, unit: half / view.scene.axis };
  const width = Math.min(flow.column * 0.5, 34);
  return svgPart(
    "scores",
    drawScoreAxis(view, flow, axis),
    view.scene.scores.map((_, j) => drawScoreBar(view, flow, axis, j, centers[j], width)),
  );
}

/** Draw the ends that the axis has or has had, so that one sees it when its scale changes. */
function drawScoreAxis({ scene, state }, { left, width }, { zero, unit }) {
  const ends = scoreSteps(state.kind).filter((end) => end <= scene.axis + 0.01);
  const kept = [];
  for (const end of ends.reverse()) {
    const above = kept.length > 0 ? (kept.at(-1) - end) * unit : Infinity;
    if (Math.min(above, end * unit) >= TICK_APART) kept.push(end);
  }
  const ticks = [0, ...kept, ...kept.map((end) => -end)];
  return ticks.map((tick) => {
    const y = zero - tick * unit;
    const line = { x1: left, x2: left + width, y1: y, y2: y, "stroke-width": tick === 0 ? 1.2 : 1 };
    const text = writeNumber(tick);
    return [
      svgElement("line", { ...line, stroke: paint(tick === 0 ? "faint" : "empty") }),
      svgText(left - 4, y + TICK_SIZE * 0.35, text, {
        "font-size": TICK_SIZE, "text-anchor": "end", fill: paint("quiet"), "data-tick": tick,
      }),
    ];
  });
}

/** Draw a word's score; divided, it leaves an outline of what it was. */
function drawScoreBar(view, flow, axis, j, x, width) {
  const { scene, focus, state } = view;
  const [score, divided] = [scene.scores[j], scene.scores[j] / scene.temperature];
  const color = colorOf(view, j);
  const box = (e, least) => {
    const tall = Math.max(Math.abs(e) * axis.unit, least);
    return { x: x - width / 2, y: e < 0 ? axis.zero : axis.zero - tall, width, height: tall };
  };
  const number = numberOf(view, j, flow.column);
  const far = Math.max(Math.abs(score), Math.abs(divided)) * axis.unit;
  const size = number ? number.size : TICK_SIZE;
  const rim = { stroke: paint("panel"), "stroke-width": 3, "paint-order": "stroke" };
  return [
    svgElement("rect", { ...box(divided, 1.5), rx: 2, fill: color, "data-score": divided }),
    isDivided(scene) && svgElement("rect", {
      ...box(score, 1.5), rx: 2, fill: "none", "stroke-width": 1.5,
      stroke: scene.temperature < 1 ? paint("panel") : color, // a divisor below 1 makes bars grow
      "stroke-dasharray": "4 3", "data-undivided": score,
    }),
    (number.fits || j === focus) && svgText(
      x, score < 0 ? axis.zero + far + size : axis.zero - far - 5, number.text,
      { "font-size": size, fill: paint(state.mask[j] ? "ink" : "quiet"), ...rim },
    ),
  ];
}

function isDivided({ temperature }) {
  return Math.abs(temperature - 1) > 0.001;
}

/** Return what is written at a bar: {text, size, fits}. */
function numberOf({ scene, state }, j, column) {
  const [score, by] = [scene.scores[j], scene.temperature];
  const ways = NUMBERS.map(([write, gap, size]) => {
    const way = [write(score), "/", writeNumber(by), "=", write(score / by)].join(gap);
    return { text: way, size };
  });
  const size = column < 44 ? 11 : 14;
  const plain = { text: writeFixed(score / by), size };
  const texts = state.mask[j] ? [...(isDivided(scene) ? ways : []), plain]
    : [{ text: "masked", size }];
  const fitting = texts.find((each) => textWidth(each.text, each.size) <= column * 0.9);
  return { ...(fitting || plain), fits: Boolean(fitting) };
}
