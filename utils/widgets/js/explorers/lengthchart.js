// The chart of the length explorer: BLEU by length on an axis that counts words, and a marker that
// says where the sentence stands.

import { chartArea, drawCurves } from "../draw/curves.js";
import { THEMES } from "../draw/colors.js";
import { paint } from "../draw/paint.js";
import { svgElement, svgText, textWidth } from "../draw/svg.js";
import { bucketEnds } from "./lengthtext.js";

const LENGTH_STEPS = [1, 2, 5, 10, 20, 50]; // words between two numbers of the axis
const LENGTH_TICKS = 6; // at most so many such steps

/** Return a model's color. */
export function modelPaint(name) {
  return paint(`model-${name}` in THEMES.light ? `model-${name}` : "model-other");
}

/** A ring for the first model, a full dot for the others: where both are, one sees both. */
export function drawModelMark(name, x, y, { found }) {
  const isFirst = found.length > 1 && found[0].name === name;
  return svgElement("circle", {
    cx: x, cy: y, r: isFirst ? 7 : 4.5, fill: isFirst ? "none" : modelPaint(name),
    stroke: modelPaint(name), "stroke-width": isFirst ? 3 : 1,
  });
}

/** Return a model's points, [[words, bleu], …]: a bucket's stands in its middle. */
function curvePoints(points) {
  return points.filter(([, bleu]) => bleu !== null).map(([bucket, bleu]) => {
    const [first, last] = bucketEnds(bucket);
    return [(first + last) / 2, bleu];
  });
}

function lengthCurves({ curves, language }) {
  const last = Math.max(...Object.values(curves).flat().map(([bucket]) => bucketEnds(bucket)[1]));
  return {
    part: "curves",
    title: `BLEU by length, in ${language} words`,
    series: Object.entries(curves).map(([name, points]) => ({
      name, color: modelPaint(name), points: curvePoints(points), dots: true,
    })),
    across: [0, last],
    up: [0, 100],
    namesAside: true,
    ticksAcross: wordTicks(last),
    ticksUp: [0, 25, 50, 75, 100].map((value) => [value, String(value)]),
  };
}

/** Number the axis in equal steps of words. */
function wordTicks(last) {
  const step = LENGTH_STEPS.find((each) => last / each <= LENGTH_TICKS) ?? last;
  const ticks = [];
  for (let words = 0; words <= last; words += step) ticks.push([words, String(words)]);
  return ticks;
}

/** Return the area of the chart, as `chartArea`. */
export function lengthArea(view, { chart }) {
  return chartArea(chart.left, chart.top, lengthCurves(view), chart);
}

/** Return the chart's area, and where across the marker is; beyond the axis it stays at its end. */
export function lengthMarker(view, place) {
  const area = lengthArea(view, place);
  return { ...area, x: Math.min(area.xOf(view.at), area.x1) };
}

/** Return the length whose place on the chart is nearest to x. */
export function lengthOnChart(view, place, x) {
  const { xOf } = lengthArea(view, place);
  const away = (length) => Math.abs(xOf(length) - x);
  return view.lengths.reduce((best, length) => (away(length) < away(best) ? length : best));
}

/** Draw the curves, and on the marker how good the translations of this sentence are. */
export function drawLengthChart(view, place) {
  const { chart } = place;
  const marker = lengthMarker(view, place);
  const { x, x0, x1, y0, y1 } = marker;
  return [
    svgElement("rect", {
      x: x0, y: y1, width: x1 - x0, height: y0 - y1, fill: "transparent", "data-part": "plot",
    }),
    drawCurves(chart.left, chart.top, lengthCurves(view), chart),
    svgElement("line", {
      x1: x, x2: x, y1, y2: y0, stroke: paint("ink"), "stroke-width": 1,
      "stroke-dasharray": "2 4", "data-marker": view.length,
    }),
    svgElement("circle", { cx: x, cy: y0, r: 7, fill: paint("ink") }),
    view.found.map((one) => drawSentencePoint(one, view, marker)),
    drawMarkerName(view, marker, chart),
  ];
}

/** Name the marker below the axis, where no curve is; it stays within the chart. */
function drawMarkerName({ length }, { x, x0 }, { left, top, width, height }) {
  const text = `this sentence: ${length} ${length === 1 ? "word" : "words"}`;
  const half = textWidth(text, 13) / 2;
  const center = Math.min(Math.max(x, x0 + half - 8), left + width - half);
  return svgText(center, top + height + 16, text, { "font-size": 13, "font-weight": "bold" });
}

/** Draw a model's score of this sentence, tied to the curve that it is off. */
function drawSentencePoint({ name, bleu }, view, { x, yOf }) {
  const curve = curveAt(view.curves[name], view.at);
  return svgElement("g", { "data-point": name },
    curve !== null && svgElement("line", {
      x1: x, x2: x, y1: yOf(curve), y2: yOf(bleu), stroke: modelPaint(name), "stroke-width": 2,
      "data-tie": name,
    }),
    drawModelMark(name, x, yOf(bleu), view));
}

/** Return the height of a curve, [[bucket, bleu], …], at a number of words, or null. */
function curveAt(points, words) {
  const known = curvePoints(points ?? []);
  if (known.length === 0) return null;
  const next = known.findIndex(([x]) => x >= words);
  if (next === 0) return known[0][1];
  if (next < 0) return known[known.length - 1][1];
  const [[x0, low], [x1, high]] = known.slice(next - 1, next + 1);
  return low + ((words - x0) / (x1 - x0)) * (high - low);
}
