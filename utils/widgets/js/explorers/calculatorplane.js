// The calculator's plane: arrows to drag, their shrunken copies tip to tail, what W or a tanh does.

import { paint } from "../draw/paint.js";
import { drawGrip, drawMovedGrid, drawPlaneArrow } from "../draw/plane.js";
import { clipToPlane, drawPlaneGrid, drawPlaneLine, drawShareRing } from "../draw/plane.js";
import { lineInside, pixelOf } from "../draw/plane.js";
import { shortenWord, svgArrow, svgElement, svgPart, svgText } from "../draw/svg.js";
import { PLANE_END, afterTanh, beforeTanh } from "./calculatormath.js";
import { drawNames } from "./calculatornames.js";
import { colorOf, mixScenes, sumCorners } from "./calculatorscene.js";
import { mixtureInWords } from "./calculatorwords.js";
import { mirrorWay, shadowOf, turnedPoint } from "./calculatortips.js";

export const SMALL = 13; // letters of what need not be read first
const FADED = 0.3; // opacity of what steps back
const ARROW = 2; // pixels: the whole of a word's arrow …
const SHARE = 6; // … and the share of it that c gets
const COPY_OPACITY = 0.5; // of the shares once more, tip to tail
const LEAST_SHARE = 0.004; // of the context that is worth a line

/** Return the sentences above the plane: what can be done, and what is drawn. */
export function captionOf({ state, focus, isMixing, isStill }) {
  const word = shortenWord(state.words[focus], 80, SMALL);
  const said = {
    dot: `Dashed: the shadow of ${word} on s.`,
    general: `Dashed: W\u00a0h of ${word}, compared with s.`,
    additive: "Dots: tanh(h + s), in the square.",
  }[state.kind];
  const sum = isStill ? "The thick shares α\u00a0h, tip to tail, end in c."
    : "Drag any tip. Point at c: the shares α\u00a0h, tip to tail.";
  return [sum, isMixing ? mixtureInWords(state) : said];
}

/** Draw the plane where the layout has it. */
export function drawPlaneSide(view, { plane, caption }) {
  const { state, scene } = view;
  const head = caption.map((line, i) => svgText(
    plane.left, plane.top - 8 - (caption.length - 1 - i) * SMALL * 1.35, line,
    { "font-size": SMALL, "text-anchor": "start", fill: paint("quiet") },
  ));
  return svgPart(
    "plane",
    head,
    drawPlaneGrid(plane, 12),
    scene.turn > 0 && drawTurn(view, plane),
    scene.bend > 0 && drawBend(view, plane),
    state.kind === "dot" && drawShadow(view, plane, scene.memory[view.focus]),
    drawSum(view, plane),
    drawWordArrows(view, plane),
    drawQueryArrow(view, plane),
    scene.turn > 0 && drawTurned(view, plane),
    scene.bend > 0 && drawBentDots(view, plane),
    drawContext(view),
    drawNames(view.names),
  );
}

/** Draw the words' arrows: thin as a whole, thick as far as the word's weight goes. */
function drawWordArrows(view, plane) {
  const { state, scene, focus, isMixing, places } = view;
  return scene.memory.map((h, j) => {
    const faded = j === focus && !isMixing ? 0 : Math.max(scene.turn, isMixing ? 1 : 0);
    const { tip, grip } = places.words[j];
    const color = colorOf(view, j);
    const data = { "data-arrow": `h${j + 1}` };
    return [
      svgElement(
        "g",
        { opacity: 1 - faded * (1 - FADED) },
        drawPlaneArrow(plane, [0, 0], h, { color, width: ARROW, dashed: !state.mask[j], data }),
        drawSpoke(tip, grip, color),
        drawGrip(grip, color, j === view.pointed),
      ),
      drawShare(plane, [0, 0], h.map((number) => scene.weights[j] * number), color, {
        "data-share-of": j + 1,
      }),
    ];
  });
}

/** Draw a thick line for a share α_j h_j. */
function drawShare(plane, from, to, stroke, data) {
  const [[x1, y1], [x2, y2]] = [from, to].map((point) => pixelOf(plane, point));
  if (Math.hypot(x2 - x1, y2 - y1) < LEAST_SHARE * plane.unit) return "";
  return drawPlaneLine(plane, from, to, { stroke, "stroke-width": SHARE, ...data });
}

/** Join a tip with what stands off it. */
function drawSpoke(tip, grip, color) {
  if (tip === grip) return "";
  const [[x1, y1], [x2, y2]] = [tip, grip];
  return svgElement("line", { x1, y1, x2, y2, stroke: color, "stroke-width": 1.4 });
}

function drawQueryArrow({ scene, places }, plane) {
  const { tip, grip } = places.query;
  return [
    drawPlaneArrow(plane, [0, 0], scene.query, {
      color: paint("query"), width: 4, data: { "data-arrow": "s" },
    }),
    drawSpoke(tip, grip, paint("query")),
    drawGrip(grip, paint("query"), false),
  ];
}

/**
 * Draw the shares α_j h_j tip to tail, while c is looked at or on its way; the first one with any
 * lies on its own arrow already.
 */
function drawSum(view, plane) {
  if (!view.isMixing && !view.dragged && !view.isStill) return "";
  const { scene } = view;
  const corners = sumCorners(scene);
  const first = scene.weights.findIndex((weight) => weight > LEAST_SHARE);
  const copies = scene.weights.map((_, j) => j > first
    && drawShare(plane, corners[j], corners[j + 1], colorOf(view, j), { "data-part-of-c": j + 1 }));
  const opacity = view.isMixing ? 1 : COPY_OPACITY;
  return svgElement("g", { "data-part": "sum", opacity }, copies);
}

/** Draw the context where the shrunken arrows end: a ring of shares, and a line to its name. */
function drawContext(view) {
  const { scene, places } = view;
  if (!scene.weights.some((weight) => weight > 0)) return "";
  const { tip, grip } = places.context;
  const shares = scene.weights.map((share, j) => ({ share, color: colorOf(view, j) }));
  return svgPart(
    "context",
    drawSpoke(tip, grip, paint("ink")),
    drawShareRing(tip, 6.5, shares),
  );
}

/** Draw how a vector falls onto the line of s. */
function drawShadow({ scene, state }, plane, vector) {
  const { query } = scene;
  const [shadow, way] = shadowOf(query, vector);
  if (!shadow) return "";
  const ends = lineInside([0, 0], query, PLANE_END + 0.4);
  const line = { stroke: paint("query"), "stroke-width": 1.2, "stroke-dasharray": "2 5" };
  return svgPart(
    "shadow",
    state.kind === "dot" && drawPlaneLine(plane, ...ends, line),
    drawPlaneLine(plane, ...shadow, {
      stroke: paint("query"), "stroke-width": 11, "stroke-opacity": 0.3, "stroke-linecap": "round",
    }),
    drawPlaneLine(plane, ...way, { stroke: paint("neutral"), "stroke-dasharray": "5 4" }),
  );
}

/** Draw the mirror that W is and, while W turns the plane, the grid on its way. */
function drawTurn(view, plane) {
  const { scene, state } = view;
  const { turn } = scene;
  const mirror = { stroke: paint("link"), "stroke-width": 1.6, "stroke-dasharray": "10 4 2 4" };
  const end = PLANE_END + 0.3;
  const vector = turnedPoint(scene, scene.memory[view.focus]);
  const [x, y] = pixelOf(plane, [-2.45, -2.9]);
  const name = { "font-size": SMALL, "text-anchor": "start", fill: paint("link"), opacity: turn };
  return svgPart(
    "turn",
    turn < 1 && drawMovedGrid(plane, (point) => turnedPoint(scene, point), {
      stroke: paint("link"), "stroke-opacity": 2 * turn * (1 - turn),
    }),
    drawPlaneLine(plane, [-end, -end], [end, end], { ...mirror, "stroke-opacity": turn }),
    svgText(x, y, "W, a mirror", name),
    state.kind === "general" && drawShadow(view, plane, vector),
  );
}

/** Draw W h of the word in focus, as the ghost of its arrow, and how the mirror took it there. */
function drawTurned(view, plane) {
  const { scene, focus } = view;
  const ghost = turnedPoint(scene, scene.memory[focus]);
  const color = colorOf(view, focus);
  const way = mirrorWay(scene, focus, plane);
  return [
    drawPlaneArrow(plane, [0, 0], ghost, {
      color, width: 2.8, dashed: true, data: { "data-ghost": `Wh${focus + 1}` },
    }),
    way.length > 0 && svgArrow(way, { color, width: 1.8, size: 20, data: { "data-mirrored": "" } }),
  ];
}

/** Return where the tanh has taken a point on its way. */
function bentPoint({ query, bend }, point) {
  return mixScenes(point, afterTanh(query, point), bend);
}

/** Draw the plane as the tanh bends it: the grid, squeezed into a small square. */
function drawBend(view, plane) {
  const { scene, state } = view;
  const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1]].map((corner) => pixelOf(plane, corner));
  return svgPart(
    "bend",
    svgElement("path", {
      d: `M${corners.map((corner) => corner.map((n) => n.toFixed(1)).join(" ")).join("L")}Z`,
      fill: paint("link"), "fill-opacity": 0.07 * scene.bend, stroke: paint("link"),
      "stroke-opacity": scene.bend, "stroke-width": 1.6,
    }),
    drawMovedGrid(plane, (point) => bentPoint(scene, point), {
      stroke: paint("link"), "stroke-opacity": 0.35,
    }),
    state.kind === "additive" && drawWayThroughTanh(view, plane, scene.memory[view.focus]),
  );
}

/** Draw tanh(h_j + s) of each word as a dot. */
function drawBentDots(view, plane) {
  const { scene, focus } = view;
  return scene.memory.map((h, j) => {
    const [cx, cy] = pixelOf(plane, bentPoint(scene, h));
    return svgElement("circle", {
      cx, cy, r: j === focus ? 6.5 : 5, fill: colorOf(view, j), stroke: paint("ground"),
      "stroke-width": 1.5, "data-bent": j + 1,
    });
  });
}

/** Draw a word's way: from h_j by s to the sum, from there to what the tanh makes of it. */
function drawWayThroughTanh(view, plane, h) {
  const { scene } = view;
  const sum = beforeTanh(scene.query, h);
  const [before, after] = [clipToPlane(plane, h, sum), afterTanh(scene.query, h)];
  const isInside = Math.max(...sum.map(Math.abs)) <= PLANE_END + 0.4;
  const [cx, cy] = pixelOf(plane, before);
  const level = lineInside(after, [1, -1], 1); // v = (1, 1): along it, both numbers sum to the same
  const color = colorOf(view, view.focus);
  return [
    level && drawPlaneLine(plane, ...level, {
      stroke: paint("neutral"), "stroke-dasharray": "5 4",
    }),
    drawPlaneLine(plane, h, before, {
      stroke: paint("query"), "stroke-width": 2.6, "stroke-dasharray": "7 4",
    }),
    isInside && svgElement("circle", {
      cx, cy, r: 5, fill: paint("ground"), stroke: color, "stroke-width": 2, "data-sum": "",
    }),
    drawPlaneArrow(plane, before, after, { color, width: 2.2, dashed: true }),
  ];
}
