// Where a curve's name goes: beside its own curve, where the others are far, and on none of them.

import { textWidth } from "../draw/svg.js";

const SAMPLE = 4; // pixels between two points of a curve
const STEP = 4; // pixels between two places to try
const [NEAREST, FARTHEST] = [0.35, 1.6]; // letters' heights from a name to its curve
const APART = 0.8; // letters' heights: so much nearer is a name to its own curve

/**
 * Return where names go: [{name, x, y}, …], x and y being the left end of the baseline; null for a
 * curve that has no place.
 *
 * curves: [{name, points: [[x, y], …]}, …], in pixels. One with name "" is only kept free.
 */
export function placeCurveNames({ x0, x1, y0, y1, size }, curves) {
  const sampled = curves.map(({ points }) => samplePoints(points));
  const taken = []; // boxes of names placed already
  return curves.map(({ name }, i) => {
    if (!name) return null;
    const wide = textWidth(name, size);
    const others = sampled.filter((_, k) => k !== i).flat();
    let best = null;
    for (let y = y1 + size; y < y0 - size * 0.3; y += STEP) {
      for (let x = x0 + size * 0.4; x + wide < x1; x += STEP) {
        const box = [x, y - size * 0.8, x + wide, y + size * 0.2];
        const own = distanceTo(box, sampled[i]);
        const most = Math.min(best?.own ?? Infinity, size * FARTHEST);
        if (own < size * NEAREST || own > most) continue;
        if (distanceTo(box, others) < own + size * APART) continue;
        if (taken.some((each) => isTouching(each, box, size * 0.3))) continue;
        if (!best || own < best.own) best = { own, box, name, x, y };
      }
    }
    if (!best) return null;
    taken.push(best.box);
    return { name, x: best.x, y: best.y };
  });
}

/** Return points along a line through `points`, close enough that no letter fits between. */
function samplePoints(points) {
  return points.flatMap(([x, y], i) => {
    const [a, b] = points[i + 1] ?? [x, y];
    const count = Math.max(Math.ceil(Math.hypot(a - x, b - y) / SAMPLE), 1);
    return Array.from({ length: count }, (_, k) =>
      [x + ((a - x) * k) / count, y + ((b - y) * k) / count]);
  });
}

/** Return how far the nearest of some points is from a box [left, top, right, bottom]. */
function distanceTo([left, top, right, bottom], points) {
  let least = Infinity;
  for (const [x, y] of points) {
    const across = Math.max(left - x, x - right, 0);
    const down = Math.max(top - y, y - bottom, 0);
    least = Math.min(least, across * across + down * down);
  }
  return Math.sqrt(least);
}

function isTouching(a, b, gap) {
  return a[0] < b[2] + gap && b[0] < a[2] + gap && a[1] < b[3] + gap && b[1] < a[3] + gap;
}
