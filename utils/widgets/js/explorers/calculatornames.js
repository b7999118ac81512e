// The names beside the tips in the calculator's plane.

import { paint } from "../draw/paint.js";
import { clipToPlane, drawName, nameWidth, pixelOf, placeNames } from "../draw/plane.js";
import { shortenWord, svgPart } from "../draw/svg.js";
import { afterTanh, beforeTanh, turnedByW } from "./calculatormath.js";
import { sumCorners } from "./calculatorscene.js";
import { mirrorWay, shadowOf, turnedPoint } from "./calculatortips.js";

const LOYALTY = 2; // how much more the side counts on which a name stood than the one away from 0
const MOST_NAMES = 8; // words named beside their arrows whatever it hides
const SHUN = 4; // how much more than its side counts that a name stands off another dot
const ONE_DOT = 8; // pixels between two dots that one name may stand beside

/**
 * Return the names beside the tips, off all else, each with its `center`, if there is room for it.
 *
 * `view.places` says where the tips stand, `view.names` where the names stood before: while a tip
 * is dragged, they stay on their side if they can.
 */
export function placeCalculatorNames(view, plane) {
  const names = namesOf(view, plane);
  const { lines, tips } = obstaclesOf(view, plane);
  const centers = placeNames(names, lines, tips, plane);
  return names.map((name, i) => ({
    ...name,
    center: isMistaken(name, centers[i]) ? null : centers[i],
  }));
}

/** Tell whether a name at `center` would seem to belong to the dot it shuns. */
function isMistaken({ tip, shuns }, center) {
  if (!shuns || !center || pixelsBetween(tip, shuns) < ONE_DOT) return false;
  return pixelsBetween(center, shuns) < pixelsBetween(center, tip);
}

function pixelsBetween([x0, y0], [x1, y1]) {
  return Math.hypot(x1 - x0, y1 - y0);
}

/** Write the names. */
export function drawNames(names) {
  return svgPart("names", names.map((name) => name.center && drawName(name.center, name)));
}

/** Return what is named, the most important first. */
function namesOf(view, plane) {
  const { state, scene, focus, places } = view;
  const size = plane.side < 380 ? 14 : 16;
  const context = { letter: "c", ...places.context, size: size + 1 };
  const asked = { letter: "s", ...places.query, size: size + 2, color: paint("query-text") };
  const order = [focus, ...state.words.map((_, j) => j).filter((j) => j !== focus)];
  const words = order.map((j) => ({
    letter: "h", index: j + 1, ...places.words[j], size,
    word: shortenWord(state.words[j], plane.side * 0.27, size),
    mayMiss: state.words.length > MOST_NAMES && j !== focus,
    color: state.mask[j] ? undefined : paint("quiet"),
  }));
  const ghost = ghostName(view, plane, size);
  const all = [asked, ...words, scene.weights.some(Boolean) && context, ghost];
  return all.filter(Boolean).map((name) => {
    const { tip, grip } = name;
    return {
      ...name,
      tip: grip,
      away: sideOf(name, tip === grip ? [plane.x0, plane.y0] : tip, view.names),
      width: nameWidth(name),
      height: name.size * 1.15,
    };
  });
}

/**
 * Return the direction in which a name would like to stand, the longer the more: away from what it
 * shuns; else away from `from`, and as before.
 */
function sideOf({ letter, index, grip, shuns }, from, before = []) {
  if (shuns) return unitBetween(shuns, grip).map((part) => SHUN * part);
  const outward = unitBetween(from, grip);
  const same = before.find((name) => name.letter === letter && name.index === index);
  if (!same?.center) return outward;
  const last = unitBetween(same.tip, same.center);
  return unitBetween([0, 0], [0, 1].map((i) => outward[i] + LOYALTY * last[i]));
}

function unitBetween([x0, y0], [x1, y1]) {
  const long = pixelsBetween([x0, y0], [x1, y1]) || 1;
  return [(x1 - x0) / long, (y1 - y0) / long];
}

/** Name what general or additive attention makes of the word in focus. */
function ghostName({ state, scene, focus }, plane, size) {
  const at = (point) => {
    const tip = pixelOf(plane, point);
    return { tip, grip: tip, index: focus + 1, size: size - 2 };
  };
  if (state.kind === "general" && scene.turn === 1) {
    return { letter: "Wh", ...at(turnedByW(scene.memory[focus])) };
  }
  if (state.kind === "additive" && scene.bend === 1) {
    const h = scene.memory[focus];
    const bent = at(afterTanh(scene.query, h));
    const shuns = pixelOf(plane, clipToPlane(plane, h, beforeTanh(scene.query, h))); // the ring
    return { letter: "tanh(h", word: "+ s)", ...bent, shuns, mayMiss: true };
  }
  return null;
}

/** Return what names should not cover, in pixels: {lines, tips}. */
function obstaclesOf({ state, scene, focus, places }, plane) {
  const corners = sumCorners(scene);
  const at = (point) => pixelOf(plane, point);
  const middle = at([0, 0]);
  const ghosts = scene.turn > 0 ? [turnedByW(scene.memory[focus])] : [];
  const way = scene.turn > 0 ? mirrorWay(scene, focus, plane) : [];
  const all = [places.query, ...places.words, places.context];
  const bent = scene.bend > 0 ? scene.memory.map((h) => at(afterTanh(scene.query, h))) : [];
  const { kind, memory } = state;
  const h = memory[focus];
  const sum = kind === "additive" ? [at(clipToPlane(plane, h, beforeTanh(state.query, h)))] : [];
  const ends = [-plane.end, plane.end];
  const shadow = kind === "additive" ? [] : shadowOf(scene.query, turnedPoint(scene, h));
  const axes = [ends.map((x) => at([x, 0])), ends.map((y) => at([0, y]))];
  return {
    lines: [
      ...axes,
      ...[scene.query, ...scene.memory, ...ghosts].map((point) => [middle, at(point)]),
      ...corners.slice(1).map((corner, j) => [at(corners[j]), at(corner)]),
      ...sum.map((pixel) => [at(h), pixel]),
      ...shadow.map((line) => line.map(at)),
      ...way.slice(1).map((pixel, i) => [way[i], pixel]),
      ...all.filter(({ tip, grip }) => tip !== grip).map(({ tip, grip }) => [tip, grip]),
    ],
    tips: [...all.map(({ grip }) => grip), places.context.tip, ...ghosts.map(at), ...bent, ...sum],
  };
}
