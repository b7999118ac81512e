// Line charts, small and without a legend: each line says its name where it ends.

import { drawGhost } from "./bars.js";
import { paint } from "./paint.js";
import { svgBox, svgElement, svgPart, svgText, textWidth } from "./svg.js";

const LABEL_GAP = 1.25; // letters' heights between two names

/**
 * Draw lines in a box whose upper left corner is at left, top.
 *
 * chart: { part, title, series: [{ name, color, points: [[x, y], …], dots }], across: [low, high],
 * up: [low, high], ticksAcross, ticksUp: [[value, text], …], mark, namesAside, ghost }. `mark` is
 * the value across that is marked, if any; `namesAside` writes names beside the chart, where
 * something else may stand at the ends of the lines; `ghost` says what an empty chart waits for.
 * place: { width, height, size }.
 */
export function drawCurves(left, top, chart, place) {
  const area = chartArea(left, top, chart, place);
  const lines = chart.series.map(({ points, color, dots }) => drawLine(points, color, dots, area));
  return svgPart(
    chart.part,
    svgText(left, top + place.size, chart.title, {
      "font-size": place.size, "text-anchor": "start", "font-weight": "bold",
    }),
    drawTicks(chart, area),
    lines,
    drawMark(chart, area),
    drawLineNames(chart, area),
    drawGhost(chart.ghost, area),
  );
}

/** Return where the lines go: { x0, x1, y0, y1, size, xOf, yOf }, y0 being the lower end. */
export function chartArea(left, top, { series, across, up, ticksUp }, { width, height, size }) {
  const names = Math.max(...series.map(({ name }) => textWidth(name, size)), 0);
  const numbers = Math.max(...ticksUp.map(([, text]) => textWidth(text, size)));
  const [x0, x1] = [left + numbers + size * 0.6, left + width - names - size * 0.8];
  const [y0, y1] = [top + height - size * 1.6, top + size * 2.2];
  const place = (value, [low, high], begin, end) =>
    begin + ((value - low) / (high - low || 1)) * (end - begin);
  return {
    x0, x1, y0, y1, size,
    xOf: (x) => place(x, across, x0, x1),
    yOf: (y) => place(Math.min(Math.max(y, up[0]), up[1]), up, y0, y1),
  };
}

function drawTicks({ ticksAcross, ticksUp }, { x0, x1, y0, size, xOf, yOf }) {
  const style = { "font-size": size, fill: paint("quiet") };
  return [
    ticksUp.map(([value, text]) => [
      svgElement("line", {
        x1: x0, y1: yOf(value), x2: x1, y2: yOf(value), stroke: paint("empty"), "stroke-width": 1,
      }),
      svgText(x0 - size * 0.5, yOf(value) + size * 0.35, text, { ...style, "text-anchor": "end" }),
    ]),
    ticksAcross.map(([value, text]) => svgText(xOf(value), y0 + size * 1.4, text, style)),
  ];
}

function drawLine(points, color, dots, { xOf, yOf, size }) {
  if (points.length === 0) return "";
  const path = points.map(([x, y]) => `${xOf(x).toFixed(1)} ${yOf(y).toFixed(1)}`).join("L");
  return [
    svgElement("path", {
      d: `M${path}`, fill: "none", stroke: color, "stroke-width": size * 0.18,
      "stroke-linejoin": "round",
    }),
    dots && points.map(([x, y]) => svgElement("rect", {
      x: xOf(x) - size * 0.25, y: yOf(y) - size * 0.25, width: size * 0.5, height: size * 0.5,
      rx: size * 0.25, fill: color,
    })),
  ];
}

/** Draw an upright line with a knob on each curve, so that one sees that it can be dragged. */
function drawMark({ mark, series }, { y0, y1, size, xOf, yOf }) {
  if (mark === null || mark === undefined) return "";
  const x = xOf(mark);
  const near = (points) => points.reduce((best, point) =>
    Math.abs(point[0] - mark) < Math.abs(best[0] - mark) ? point : best);
  return svgElement(
    "g",
    { "data-mark": mark },
    svgElement("line", { x1: x, y1: y0, x2: x, y2: y1, stroke: paint("frame") }),
    series.filter(({ points }) => points.length > 0).map(({ points, color }) => {
      const knob = { fill: color, stroke: paint("panel"), rx: size };
      return svgBox(x, yOf(near(points)[1]), size * 0.8, size * 0.8, knob);
    }),
  );
}

/** Write each line's name beside its last point, or the chart; names never touch each other. */
function drawLineNames({ series, namesAside }, { size, xOf, yOf, x1, y0 }) {
  const ends = series
    .filter(({ name, points }) => name && points.length > 1)
    .map(({ name, points }) => {
      const [x, y] = points[points.length - 1];
      const end = namesAside ? x1 : xOf(x);
      return { name, x: end + size * 0.5, y: Math.min(yOf(y) + size * 0.35, y0) };
    })
    .sort((a, b) => b.y - a.y);
  ends.forEach((end, i) => { // from below upward
    if (i > 0) end.y = Math.min(end.y, ends[i - 1].y - size * LABEL_GAP);
  });
  return ends.map(({ name, x, y }) => svgText(x, y, name, {
    "font-size": size, "text-anchor": "start", "font-weight": "bold",
  }));
}
