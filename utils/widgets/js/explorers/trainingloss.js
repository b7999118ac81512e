// The curve of the losses in the training viewer, and the marker on it.

import { chartArea, drawCurves } from "../draw/curves.js";
import { paint } from "../draw/paint.js";
import { svgElement, svgPart, svgText } from "../draw/svg.js";
import { spreadSnaps, writeLoss } from "./trainingfacts.js";

const MOST_EPOCH_TICKS = 10;

/** Return the chart of the losses: lines have gaps where a loss is no number. */
export function epochLossChart(view) {
  const { snaps, ceiling } = view;
  const epochs = snaps.map(({ epoch }) => epoch);
  const across = [epochs[0], Math.max(epochs[epochs.length - 1], epochs[0] + 1)];
  const losses = snaps.flatMap(({ train, valid }) => [train, valid]);
  const finite = losses.filter((loss) => loss !== null);
  const top = Math.max(...finite, ceiling ?? 0, 0.01) * 1.04;
  const shown = spreadSnaps(epochs.length, MOST_EPOCH_TICKS);
  const knowsNothing = { name: "knows nothing", color: paint("faint") };
  return {
    part: "loss",
    title: "Loss after each epoch, nats per word",
    series: [
      ...(ceiling ? [{ ...knowsNothing, points: across.map((x) => [x, ceiling]) }] : []),
      ...lossRuns(snaps, "train", "training", paint("next")),
      ...lossRuns(snaps, "valid", "validation", paint("ink")),
    ],
    across,
    up: [0, top],
    ticksAcross: shown.map((i) => [epochs[i], String(epochs[i])]),
    ticksUp: roundTicks(top),
  };
}

function lossRuns(snaps, key, name, color) {
  const runs = [[]];
  for (const snap of snaps) {
    if (snap[key] === null) runs.push([]);
    else runs[runs.length - 1].push([snap.epoch, snap[key]]);
  }
  const drawn = runs.filter((points) => points.length > 0);
  const named = (i) => (i === drawn.length - 1 ? name : "");
  return drawn.map((points, i) => ({ name: named(i), color, points, dots: true }));
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
  const area = chartArea(left, top, epochLossChart(view), place);
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

/** Draw the losses, and the marker at the frame's place between two epochs. */
export function drawLoss(view, frame, chart) {
  const { left, top, ...place } = chart;
  const { x, y, loss, area } = lossMarker(view, frame, chart);
  const { size } = place;
  const text = writeLoss(loss);
  const isLate = x > (area.x0 + area.x1) / 2;
  return [
    drawCurves(left, top, epochLossChart(view), place),
    svgPart("marker",
      svgElement("line", {
        x1: x, y1: area.y1, x2: x, y2: area.y0, stroke: paint("highlight"), "stroke-width": 1.5,
      }),
      svgElement("circle", {
        cx: x, cy: y, r: size * 0.55, fill: paint("panel"), stroke: paint("highlight"),
        "stroke-width": 3,
      }),
      svgText(x + (isLate ? -1 : 1) * size * 0.9, y - size * 0.7, text, {
        "font-size": size * 1.05, "font-weight": "bold", fill: paint("highlight"),
        "text-anchor": isLate ? "end" : "start", "paint-order": "stroke", stroke: paint("panel"),
        "stroke-width": size * 0.3,
      })),
  ];
}
