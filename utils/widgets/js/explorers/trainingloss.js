// The curve of the losses in the training viewer, and the marker on it.

import { chartArea, drawCurves } from "../draw/curves.js";
import { paint } from "../draw/paint.js";
import { svgElement, svgPart, svgText, textWidth } from "../draw/svg.js";
import { spreadSnaps, writeLoss } from "./trainingfacts.js";

const MOST_EPOCH_TICKS = 10;
const BEFORE_FIRST = 0.06; // of the width: the marker at the first epoch stands off the axis
const AFTER_LAST = 0.34; // of the width, or more: there stand the names of the curves
const TITLES = ["Loss: surprise at each right word, in nats", "Loss, in nats"];
const CEILING = "knows nothing";

/**
 * Return the chart of the losses: lines have gaps where a loss is no number. Each has a `label`,
 * which `lossNames` places at its end, in a chart `width` wide with letters of `size`.
 */
export function epochLossChart(view, { width, size }) {
  const { snaps, ceiling } = view;
  const epochs = snaps.map(({ epoch }) => epoch);
  const last = Math.max(epochs[epochs.length - 1], epochs[0] + 1);
  const long = last - epochs[0];
  const named = textWidth("validation", size) * 1.1 + size; // bold
  const after = Math.max(AFTER_LAST, named / Math.max(width - named - size * 3, 1));
  const across = [epochs[0] - long * BEFORE_FIRST, last + long * after];
  const losses = snaps.flatMap(({ train, valid }) => [train, valid]);
  const finite = losses.filter((loss) => loss !== null);
  const top = Math.max(...finite, ceiling ?? 0, 0.01) * 1.04;
  const whole = epochs.filter(Number.isInteger);
  const shown = spreadSnaps(whole.length, MOST_EPOCH_TICKS);
  const knowsNothing = { name: "", label: CEILING, color: paint("faint") };
  return {
    part: "loss",
    title: TITLES.find((title) => textWidth(title, size) * 1.1 < width) ?? TITLES.at(-1),
    series: [
      ...(ceiling ? [{ ...knowsNothing, points: across.map((x) => [x, ceiling]) }] : []),
      ...lossRuns(snaps, "train", "training", paint("highlight")),
      ...lossRuns(snaps, "valid", "validation", paint("link")),
    ],
    across,
    up: [0, top],
    ticksAcross: shown.map((i) => [whole[i], String(whole[i])]),
    ticksUp: roundTicks(top),
  };
}

function lossRuns(snaps, key, label, color) {
  const runs = [[]];
  for (const snap of snaps) {
    if (snap[key] === null) runs.push([]);
    else runs[runs.length - 1].push([snap.epoch, snap[key]]);
  }
  const drawn = runs.filter((points) => points.length > 0);
  return drawn.map((points) => ({ name: "", label, color, points, dots: true }));
}

/** Return three to five round numbers from 0 to `top`, each with its text. */
function roundTicks(top) {
  const rough = top / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const digits = Math.max(-Math.floor(Math.log10(step)), 0);
  const count = Math.floor(top / step);
  return Array.from({ length: count + 1 }, (_, i) => [i * step, (i * step).toFixed(digits)]);
}

/** Return where the marker stands on the curve, and the area: it may be between two epochs. */
export function lossMarker(view, frame, { left, top, ...place }) {
  const { snaps } = view;
  const area = chartArea(left, top, epochLossChart(view, place), place);
  const low = Math.min(Math.floor(frame.at), snaps.length - 1);
  const high = Math.min(low + 1, snaps.length - 1);
  const share = frame.at - low;
  const between = (a, b) => a + (b - a) * share;
  const [a, b] = [snaps[low], snaps[high]];
  const isNumber = a.valid !== null && (share === 0 || b.valid !== null);
  const loss = isNumber ? (share === 0 ? a.valid : between(a.valid, b.valid)) : null;
  const x = area.xOf(between(a.epoch, b.epoch));
  return { x, y: loss === null ? area.y0 : area.yOf(loss), loss, area };
}

/** Return the position of the snap whose epoch is nearest to x in the chart. */
export function snapAtX(view, x, chart) {
  const { area } = lossMarker(view, { at: 0 }, chart);
  const away = view.snaps.map(({ epoch }) => Math.abs(area.xOf(epoch) - x));
  return away.indexOf(Math.min(...away));
}

/** Return where the names of the curves stand, at their ends: [{name, x, y, color}, …]. */
export function lossNames(view, { left, top, ...place }) {
  const chart = epochLossChart(view, place);
  const area = chartArea(left, top, chart, place);
  const { size } = place;
  const isCeiling = chart.series[0].label === CEILING;
  const low = isCeiling ? area.yOf(chart.series[0].points[0][1]) + size * 1.2 : area.y1;
  const begin = area.x1 - textWidth(CEILING, size);
  const ceiling = { name: CEILING, x: begin, y: low, color: paint("quiet") };
  const last = new Map(chart.series.slice(isCeiling ? 1 : 0).map((line) => [line.label, line]));
  const ends = [...last.values()].map(({ label, color, points }) => ({
    name: label, color, x: area.xOf(view.snaps.at(-1).epoch) + size * 0.8,
    y: area.yOf(points.at(-1)[1]) + size * 0.35,
  }));
  return [...(isCeiling ? [ceiling] : []), ...keepApart(ends, low, area.y0, size * 1.2)];
}

/** Move names apart, `line` pixels from each other, between the heights `above` and `below`. */
function keepApart(names, above, below, line) {
  const sorted = [...names].sort((a, b) => a.y - b.y);
  sorted.forEach((name, i) => {
    name.y = Math.max(name.y, (sorted[i - 1]?.y ?? above) + line);
  });
  sorted.reverse().forEach((name, i) => {
    name.y = Math.min(name.y, i === 0 ? below - line * 0.2 : sorted[i - 1].y - line);
  });
  return sorted;
}

/** Draw the losses, and the marker at the frame's place: on its way, it has the next number. */
export function drawLoss(view, frame, chart) {
  const { left, top, names, ...place } = chart;
  const { x, y, area } = lossMarker(view, frame, chart);
  const { size } = place;
  const halo = { "paint-order": "stroke", stroke: paint("panel"), "stroke-width": size * 0.3 };
  const bold = { "font-size": size, "font-weight": "bold", ...halo };
  return [
    drawCurves(left, top, epochLossChart(view, place), place),
    svgPart("marker",
      svgElement("line", {
        x1: x, y1: area.y1, x2: x, y2: area.y0, stroke: paint("ink"), "stroke-width": 1.5,
      }),
      names.map(({ name, x: begin, y: base, color }) =>
        svgText(begin, base, name, { ...bold, fill: color, "text-anchor": "start" })),
      svgElement("circle", {
        cx: x, cy: y, r: size * 0.55, fill: paint("panel"), stroke: paint("ink"),
        "stroke-width": 3,
      }),
      svgText(x, area.y1 - size * 0.05, writeLoss(view.snaps[view.at].valid), bold)), // measured
  ];
}
