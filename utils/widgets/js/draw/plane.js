// A plane with arrows in it: where points lie, a grid, arrows one can grab, and names beside tips.
//
// Points are vectors [x, y] of the plane, y growing upward; the picture's pixels grow downward.

import { paint } from "./paint.js";
import { escapeText, shortNumber, svgArrow, svgElement, svgText, textWidth } from "./svg.js";

const PLANE_MARGIN = 0.4; // units around the plane's ends
const CLEAR = 13; // pixels between a tip and its name
const FAR = 14; // pixels more, or twice as many, where there is no room beside the tip
const BOW_POINTS = 9;
const GRIP = 9; // pixels around a tip that a name should leave free
const DIRECTIONS = Array.from({ length: 16 }, (_, k) =>
  [Math.cos((k * Math.PI) / 8), Math.sin((k * Math.PI) / 8)]);
// What a place for a name costs: it is better off its own direction than over something else.
const COSTS = { turned: 2, far: 3, outside: 60, name: 40, tip: 24, line: 7 };
const TOO_COSTLY = 30; // a name that would cover another is left out, if it may be

/** Return a plane from -end to end in a square of the picture. */
export function planeIn(left, top, side, end) {
  const unit = side / (2 * (end + PLANE_MARGIN));
  return { left, top, side, end, unit, x0: left + side / 2, y0: top + side / 2 };
}

/** Return where in the picture a point is. */
export function pixelOf({ x0, y0, unit }, [x, y]) {
  return [x0 + x * unit, y0 - y * unit];
}

/** Return the point at a place of the picture. */
export function pointAt({ x0, y0, unit }, x, y) {
  return [(x - x0) / unit, (y0 - y) / unit];
}

/** Return `to`, or where the line from `from`, which is inside, leaves the plane. */
export function clipToPlane({ end }, from, to) {
  const edge = end + PLANE_MARGIN;
  const share = Math.min(1, ...[0, 1].map((i) => {
    const way = to[i] - from[i];
    return way === 0 ? 1 : ((way > 0 ? edge : -edge) - from[i]) / way;
  }));
  return [0, 1].map((i) => from[i] + share * (to[i] - from[i]));
}

/** Return the part of an endless line that lies between -edge and edge both ways, or null. */
export function lineInside(point, direction, edge) {
  let [low, high] = [-Infinity, Infinity];
  for (const i of [0, 1]) {
    if (Math.abs(direction[i]) < 1e-9) {
      if (Math.abs(point[i]) > edge) return null;
      continue;
    }
    const ends = [-edge, edge].map((end) => (end - point[i]) / direction[i]);
    low = Math.max(low, Math.min(...ends));
    high = Math.min(high, Math.max(...ends));
  }
  if (low >= high || !Number.isFinite(low)) return null;
  return [low, high].map((t) => [point[0] + t * direction[0], point[1] + t * direction[1]]);
}

/** Draw a line between two points of the plane. */
export function drawPlaneLine(plane, from, to, attributes = {}) {
  const [[x1, y1], [x2, y2]] = [pixelOf(plane, from), pixelOf(plane, to)];
  return svgElement("line", { x1, y1, x2, y2, stroke: paint("faint"), ...attributes });
}

/** Draw the grid of whole numbers, the two axes, and the numbers at the edge. */
export function drawPlaneGrid(plane, size) {
  const { left, top, side, end } = plane;
  const edge = end + PLANE_MARGIN;
  const numbers = Array.from({ length: 2 * end + 1 }, (_, i) => i - end);
  const style = { "font-size": size, fill: paint("quiet") };
  const lines = numbers.flatMap((n) => [[[n, -edge], [n, edge]], [[-edge, n], [edge, n]]]
    .map(([from, to]) => drawPlaneLine(plane, from, to, {
      stroke: paint(n === 0 ? "next" : "empty"), "stroke-width": n === 0 ? 1.2 : 1,
    })));
  const marks = numbers.map((n) => {
    const [x, y] = pixelOf(plane, [n, n]);
    const text = String(n).replace("-", "−");
    return [
      svgText(x, top + side + size * 1.1, text, style),
      svgText(left - size * 0.4, y + size * 0.35, text, { ...style, "text-anchor": "end" }),
    ];
  });
  const ground = { x: left, y: top, width: side, height: side, fill: paint("ground"), rx: 6 };
  return [svgElement("rect", ground), lines, marks];
}

/**
 * Draw the plane's grid where a function puts it: `move` takes a point to a point.
 *
 * The lines stay straight if each of the two numbers moves on its own, or by a matrix.
 */
export function drawMovedGrid(plane, move, attributes) {
  const { end } = plane;
  const numbers = Array.from({ length: 2 * end + 1 }, (_, i) => i - end);
  return numbers.flatMap((n) => [[[n, -end], [n, end]], [[-end, n], [end, n]]]
    .map(([from, to]) => drawPlaneLine(plane, move(from), move(to), attributes)));
}

/** Draw an arrow between two points; `data` holds attributes such as data-arrow. */
export function drawPlaneArrow(plane, from, to, { color, width, data, dashed }) {
  const ends = [pixelOf(plane, from), pixelOf(plane, to)];
  const length = Math.hypot(ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]);
  if (length < 1) return "";
  const size = Math.min(Math.max(width * 5, 20), (length * 0.6) / 0.42); // the head is shorter
  return svgArrow(ends, { color, width, size, dashed, data });
}

/** Return pixels along a bow between two points, `bulge` times their distance off the straight. */
export function bowBetween(plane, from, to, bulge) {
  const [[x1, y1], [x2, y2]] = [pixelOf(plane, from), pixelOf(plane, to)];
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length < 4 * GRIP) return []; // too short to be seen
  const middle = [(x1 + x2) / 2 - bulge * (y2 - y1), (y1 + y2) / 2 + bulge * (x2 - x1)];
  const gap = (1.5 * GRIP) / length; // at both ends, so that it touches no tip
  return Array.from({ length: BOW_POINTS }, (_, i) => {
    const t = gap + ((1 - 2 * gap) * i) / (BOW_POINTS - 1);
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t * t];
    return [a * x1 + b * middle[0] + c * x2, a * y1 + b * middle[1] + c * y2];
  });
}

/** Draw a ring, at a pixel, that can be grabbed; `strong` where it is being pointed at. */
export function drawGrip([cx, cy], color, strong, data = {}) {
  return svgElement("circle", {
    cx, cy, r: strong ? 13 : 10, fill: color, "fill-opacity": strong ? 0.3 : 0.16, stroke: color,
    "stroke-width": strong ? 2.5 : 1.5, ...data,
  });
}

/** Draw a ring, at a pixel, with parts as long as the shares: [{share, color}, …]. */
export function drawShareRing([cx, cy], radius, shares) {
  const around = 2 * Math.PI * radius;
  let sum = 0;
  const arcs = shares.map(({ share, color }) => {
    const begin = sum;
    sum += share;
    return svgElement("circle", {
      cx, cy, r: radius, fill: "none", stroke: color, "stroke-width": radius * 0.9,
      "stroke-dasharray": `${shortNumber(share * around)} ${shortNumber(around)}`,
      "stroke-dashoffset": -begin * around,
    });
  });
  const rim = { cx, cy, fill: "none", stroke: paint("ink"), "stroke-width": 1.5 };
  const inside = { cx, cy, r: radius * 0.55, fill: paint("ground") };
  return [svgElement("circle", inside), arcs, svgElement("circle", { ...rim, r: radius * 1.45 })];
}

/**
 * Return where to write names, each near its tip, off the lines, tips and names around it.
 *
 * names: [{ tip, away, width, height, mayMiss }, …], the most important first; `tip` is in pixels,
 * and the name would like to stand on the side that `away` points to. lines: [[from, to], …] and
 * tips: [[x, y], …] are in pixels, too. Returns centers; null for one that `mayMiss` and would hide
 * others.
 */
export function placeNames(names, lines, tips, plane) {
  const boxes = [];
  return names.map((name) => {
    let best = { cost: Infinity };
    for (const place of placesBeside(name, plane)) {
      if (place.cost >= best.cost) continue;
      const cost = place.cost + costOfHiding(place.box, boxes, lines, tips, best.cost - place.cost);
      if (cost < best.cost) best = { ...place, cost };
    }
    if (name.mayMiss && best.cost > TOO_COSTLY) return null;
    boxes.push(best.box);
    return best.center;
  });
}

/** Return the places around a tip, each with what it costs before anything is hidden. */
function placesBeside({ tip, away, width, height }, { left, top, side }) {
  return [0, 1, 2].flatMap((steps) => DIRECTIONS.map((way) => {
    const center = centerBeside(tip, way, width, height, CLEAR + steps * FAR);
    const box = boxAround(center, width, height);
    const isOutside = box[0] < left || box[1] < top || box[2] > left + side || box[3] > top + side;
    const cost = COSTS.turned * (1 - way[0] * away[0] - way[1] * away[1])
      + steps * COSTS.far + (isOutside ? COSTS.outside : 0);
    return { center, box, cost };
  }));
}

/** Return what it costs to hide what a box would hide; it need not be exact beyond `limit`. */
function costOfHiding(box, boxes, lines, tips, limit) {
  let cost = 0;
  for (const other of boxes) if (boxesTouch(box, other)) cost += COSTS.name;
  if (cost >= limit) return cost;
  for (const [x, y] of tips) {
    if (x > box[0] - GRIP && x < box[2] + GRIP && y > box[1] - GRIP && y < box[3] + GRIP) {
      cost += COSTS.tip;
    }
  }
  for (const [from, to] of lines) {
    if (cost >= limit) return cost;
    if (lineTouchesBox(from, to, box)) cost += COSTS.line;
  }
  return cost;
}

/** Return the center of a box that touches a circle around `tip` on the side `way`. */
function centerBeside([x, y], way, width, height, clear) {
  return [x + way[0] * (clear + width / 2), y + way[1] * (clear + height / 2)];
}

function boxAround([x, y], width, height) {
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

function boxesTouch(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/** Tell whether a line from one pixel to another crosses a box, its left, top, right, bottom. */
export function lineTouchesBox([x1, y1], [x2, y2], [left, top, right, bottom]) {
  if ((x1 < left && x2 < left) || (x1 > right && x2 > right)) return false;
  if ((y1 < top && y2 < top) || (y1 > bottom && y2 > bottom)) return false;
  // It does unless all four corners lie on one side of it.
  const [dx, dy] = [x2 - x1, y2 - y1];
  const sideOf = (x, y) => Math.sign(dx * (y - y1) - dy * (x - x1));
  const first = sideOf(left, top);
  return sideOf(right, top) !== first || sideOf(left, bottom) !== first
    || sideOf(right, bottom) !== first;
}

/**
 * Write a name such as "h" with index 1 and a word after it, its center at x, y.
 *
 * A rim in the ground's color keeps it readable over lines. Returns the SVG text.
 */
export function drawName([x, y], { letter, index = "", word = "", size, color }) {
  const rim = { stroke: paint("ground"), "stroke-width": size * 0.28, "paint-order": "stroke" };
  const drop = size * 0.22;
  return svgElement(
    "text",
    {
      x, y: y + size * 0.35, "font-size": size, fill: color || paint("ink"),
      "text-anchor": "middle", "stroke-linejoin": "round", ...rim,
    },
    svgElement("tspan", { "font-style": "italic", "font-weight": "bold" }, letter),
    index === "" ? "" : svgElement("tspan", { "font-size": size * 0.7, dy: drop }, String(index)),
    word && svgElement("tspan", { dy: index === "" ? 0 : -drop, dx: 5 }, escapeText(word)),
  );
}

/** Return how wide such a name is. */
export function nameWidth({ letter, index = "", word = "", size }) {
  const low = textWidth(String(index), size * 0.7);
  return textWidth(letter, size) + low + (word === "" ? 0 : textWidth(word, size) + 5);
}
