// Where tips can be grabbed and read: tips in one place fan out, and c's name stands off others.

import { bowBetween, lineTouchesBox, pixelOf } from "../draw/plane.js";
import { dotProduct } from "../model/numbers.js";
import { turnedByW } from "./calculatormath.js";
import { mixScenes, sumCorners } from "./calculatorscene.js";

const SAME = 4; // pixels between tips that are one dot to the eye
const FAN = 36; // pixels from such a dot to each of its grips
const FAN_STEP = 32; // pixels between two of them
const EDGE_ROOM = 14; // pixels between a grip and the plane's edge
const COVERS = 25; // pixels between c and a tip that lies too near to tell whose name is whose
const AWAY = [34, 46]; // pixels between c's ring and its grip, where it has to stand off
const BESIDE = 10; // pixels around the grip that lines had better leave free
const NEAR = 4; // pixels around the middle of the way to the grip
const BULGE = 0.22; // of the way's length
const LINE_COST = 8; // pixels that a line in the way is worth

/**
 * Return where everything that has a tip stands, in pixels: {query, words, context}.
 *
 * Each is {tip, grip}: the grip, and with it the name, is off the tip where others lie there, too;
 * c's ring never is. The one that is dragged, `view.dragged`, stays at its tip.
 */
export function placeTips(view, plane) {
  const { scene } = view;
  const ids = ["s", ...scene.memory.map((_, j) => `h${j + 1}`)];
  const tips = [scene.query, ...scene.memory].map((point) => pixelOf(plane, point));
  const places = tips.map((tip, i) => {
    const isFree = (k) => ids[k] !== view.dragged && Math.hypot(
      tips[k][0] - tip[0], tips[k][1] - tip[1]) < SAME;
    const crowd = isFree(i) ? ids.map((_, k) => k).filter(isFree) : [];
    return { tip, grip: crowd.length < 2 ? tip : fanned(tip, crowd, i, plane) };
  });
  const [query, ...words] = places;
  return { query, words, context: placeContext(scene, places, plane) };
}

/** Return the place of one of a crowd: they stand around their tip, away from the middle. */
function fanned([x, y], crowd, i, { left, top, side, x0, y0 }) {
  const count = crowd.length;
  const radius = Math.min(Math.max(FAN, (count * FAN_STEP) / (2 * Math.PI)), side / 4);
  const step = Math.min(FAN_STEP / radius, (2 * Math.PI) / count);
  const isMiddle = Math.hypot(x - x0, y - y0) < 1;
  const outward = isMiddle ? -Math.PI / 2 : Math.atan2(y - y0, x - x0);
  const angle = outward - (crowd.indexOf(i) - (count - 1) / 2) * step;
  const inside = (place, from) =>
    Math.min(Math.max(place, from + EDGE_ROOM), from + side - EDGE_ROOM);
  return [inside(x + radius * Math.cos(angle), left), inside(y + radius * Math.sin(angle), top)];
}

/** Return c's place; where its ring lies over a tip, it is named and pointed at beside. */
function placeContext(scene, places, plane) {
  const tip = pixelOf(plane, sumCorners(scene).at(-1));
  const others = places.flatMap((place) => [place.tip, place.grip]);
  const nearest = (spot) => Math.min(...others.map(
    ([x, y]) => Math.hypot(x - spot[0], y - spot[1])));
  if (nearest(tip) >= COVERS) return { tip, grip: tip };
  const middle = pixelOf(plane, [0, 0]);
  const lines = [...places.map((place) => [middle, place.tip]), [middle, tip]];
  const crossings = (box) => lines.filter(([from, to]) => lineTouchesBox(from, to, box)).length;
  const worth = ([x, y]) => {
    const box = boxOf([x, y], BESIDE);
    const crossed = crossings(box) + crossings(boxOf([(x + tip[0]) / 2, (y + tip[1]) / 2], NEAR));
    const { left, top, side } = plane;
    const isOutside = box[0] < left || box[1] < top || box[2] > left + side || box[3] > top + side;
    return Math.min(nearest([x, y]), 2 * COVERS) - LINE_COST * crossed - (isOutside ? 1000 : 0);
  };
  const spots = AWAY.flatMap((away) => Array.from({ length: 16 }, (_, k) =>
    [tip[0] + away * Math.cos((k * Math.PI) / 8), tip[1] + away * Math.sin((k * Math.PI) / 8)]));
  const best = spots.reduce((kept, spot) => (worth(spot) > worth(kept) + 1 ? spot : kept));
  return { tip, grip: best };
}

function boxOf([x, y], half) {
  return [x - half, y - half, x + half, y + half];
}

/**
 * Return a vector's shadow on the line of s, which times the length of s is the score, and the way
 * to it: [[from, to], [from, to]]; none if s has no line.
 */
export function shadowOf(query, vector) {
  const squared = dotProduct(query, query);
  if (squared < 0.01) return [];
  const share = dotProduct(vector, query) / squared;
  const foot = query.map((number) => number * share);
  return [[[0, 0], foot], [vector, foot]];
}

/** Return where W has taken a point on its way. */
export function turnedPoint({ turn }, point) {
  return mixScenes(point, turnedByW(point), turn);
}

/** Return the pixels along which the mirror W takes a word's tip, around the plane's middle. */
export function mirrorWay(scene, j, plane) {
  const h = scene.memory[j];
  const bulge = h[0] > h[1] === h[0] + h[1] > 0 ? BULGE : -BULGE;
  return bowBetween(plane, h, turnedPoint(scene, h), bulge);
}
