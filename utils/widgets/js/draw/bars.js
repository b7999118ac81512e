// Bar charts: groups of bars side by side, which grow from 0 to 1.

import { paint } from "./paint.js";
import { svgElement, svgPart, svgText, textWidth } from "./svg.js";

/**
 * Draw groups of bars in a box whose upper left corner is at left, top.
 *
 * chart: { part, title, series: [{ name, color, shares }, …], groups: a label for each share,
 * ticks: [[share, text], …], ghost }; a share of null has no bar yet, and `ghost` says what it
 * waits for while it is empty. place: { width, height, size }.
 */
export function drawBars(left, top, chart, place) {
  const area = barArea(left, top, chart, place);
  const { size } = place;
  return svgPart(
    chart.part,
    svgText(left, top + size, chart.title, {
      "font-size": size, "text-anchor": "start", "font-weight": "bold",
    }),
    drawBarTicks(chart.ticks, area),
    chart.groups.map((label, i) => svgText(area.middleOf(i), area.y0 + size * 1.4, label, {
      "font-size": size, fill: paint("quiet"),
    })),
    chart.series.map((series, k) => series.shares.map((share, i) =>
      drawShareBar(share, area.leftOf(i, k), area, { ...series, i }))),
    drawGhost(chart.ghost, area),
    nameSeries(chart, left, left + place.width, top + size, size),
  );
}

/** Return where the bars stand: {x0, x1, y0, y1, size, group, bar, middleOf, leftOf}. */
export function barArea(left, top, { series, groups, ticks }, { width, height, size }) {
  const numbers = Math.max(...ticks.map(([, text]) => textWidth(text, size)));
  const [x0, x1] = [left + numbers + size * 0.6, left + width];
  const [y0, y1] = [top + height - size * 1.7, top + size * 2.2];
  const group = (x1 - x0) / groups.length;
  const bar = Math.min((group * 0.76) / series.length, size * 2.4);
  const middleOf = (i) => x0 + (i + 0.5) * group;
  const leftOf = (i, k) => middleOf(i) + (k - series.length / 2) * bar;
  return { x0, x1, y0, y1, size, group, bar, middleOf, leftOf };
}

/** Say in an empty chart what will be there, between its lower lines. */
export function drawGhost(ghost, { x0, x1, y0, y1, size }) {
  return ghost && svgText((x0 + x1) / 2, y0 + (y1 - y0) / 4 + size * 0.35, ghost, {
    "font-size": size, "font-style": "italic", fill: paint("quiet"),
  });
}

function drawBarTicks(ticks, { x0, x1, y0, y1, size }) {
  return ticks.map(([share, text]) => {
    const y = y0 + share * (y1 - y0);
    return [
      svgElement("line", { x1: x0, y1: y, x2: x1, y2: y, stroke: paint("empty") }),
      svgText(x0 - size * 0.5, y + size * 0.35, text, {
        "font-size": size, fill: paint("quiet"), "text-anchor": "end",
      }),
    ];
  });
}

/** A bar on its track; even one of 0 shows where it would grow. */
function drawShareBar(share, x, { y0, y1, bar, size }, { name, color, i }) {
  const gap = Math.min(size * 0.12, bar * 0.1);
  const least = size * 0.14;
  const tall = Math.max((share ?? 0) * (y0 - y1), share === null ? 0 : least);
  const place = { x: x + gap, width: bar - 2 * gap };
  return [
    svgElement("rect", { ...place, y: y1, height: y0 - y1, fill: paint("track") }),
    svgElement("rect", {
      ...place, y: y0 - tall, height: tall, fill: color, "data-bar": name, "data-group": i,
      "data-share": share === null ? undefined : share.toFixed(2),
    }),
  ];
}

/** Write the names with their colors, the last one ending at `right`, if there is room. */
function nameSeries({ series, title }, left, right, base, size) {
  const widths = series.map(({ name }) => textWidth(name, size) + size * 1.7);
  let x = right - widths.reduce((sum, width) => sum + width, 0);
  if (x < left + textWidth(title, size)) return "";
  return series.map(({ name, color }, i) => {
    const begin = x;
    x += widths[i];
    return [
      svgElement("rect", {
        x: begin + size * 0.4, y: base - size * 0.78, width: size * 0.8, height: size * 0.8,
        fill: color,
      }),
      svgText(begin + size * 1.5, base, name, { "font-size": size, "text-anchor": "start" }),
    ];
  });
}
