// What the score calculator shows, as drawings: no element of a page is touched in here.
//
// A view is {state, scene, focus, hasArithmetic}: the state as calculatormath.js has it; a scene,
// the numbers that are drawn, which may be on their way from one state to the next; and the word
// that is pointed at.

import { paint, wordPaint } from "../draw/paint.js";
import { drawGrip, drawMovedGrid, drawName, drawPlaneArrow } from "../draw/plane.js";
import { clipToPlane, drawPlaneGrid, drawPlaneLine, drawShareRing } from "../draw/plane.js";
import { lineInside, nameWidth, pixelOf, placeNames, planeIn } from "../draw/plane.js";
import { drawMixture, drawRibbon, drawWeightBars, placeBars } from "../draw/ribbons.js";
import { shareStarts } from "../draw/ribbons.js";
import { svgElement, svgFormula, svgPart, svgRoot, svgText } from "../draw/svg.js";
import { shortenWord, textWidth, wrapWords } from "../draw/svg.js";
import { drawToken, tokenLevels, tokenWidth } from "../draw/tokens.js";
import { PLANE_END, afterTanh, beforeTanh, heaviestWord, scoreWords } from "./calculatormath.js";
import { turnedByW } from "./calculatormath.js";
import { calculatorArithmetic, calculatorFinding, writeFixed } from "./calculatorwords.js";
import { writeNumber, writePair } from "./calculatorwords.js";

const BESIDE_FROM = 600; // pixels of width from which the numbers stand beside the plane
const WIDEST_FLOW = 620;
const LARGEST_PLANE = 560;
const LEAST_PLANE = 240;
const SMALL = 13; // letters of what need not be read first
const EDGE = 12; // pixels around everything
const TICKS = 20; // pixels for the numbers left of the plane and below it
const MOST_NAMES = 8; // words named beside their arrows whatever it hides
const LEAST_SHARE = 0.004; // of the context that is worth an arrow
const FORMULAS = {
  dot: "e_j = s · h_j",
  general: "e_j = s · W h_j",
  additive: "e_j = v · tanh(W_1 h_j + W_2 s )",
};

// --- scenes: what is drawn, as numbers that can be on their way ---

/** Return the scene of a state: all that moves when it changes. */
export function calculatorScene(state) {
  const { scores, weights } = scoreWords(state);
  return {
    query: state.query,
    memory: state.memory,
    scores,
    weights: weights || scores.map(() => 0),
    turn: state.kind === "general" ? 1 : 0, // how far W has turned the plane
    bend: state.kind === "additive" ? 1 : 0, // how far the tanh has bent it
  };
}

/** Return what lies between two scenes, or two numbers or lists in them. */
export function mixScenes(from, to, share) {
  if (typeof to === "number") return from + (to - from) * share;
  if (Array.isArray(to)) return to.map((part, i) => mixScenes(from[i], part, share));
  return Object.fromEntries(
    Object.entries(to).map(([name, part]) => [name, mixScenes(from[name], part, share)]));
}

/** Return the word in focus: the one pointed at, else the winner. */
export function focusOf({ state, focus }) {
  return focus === null || focus === undefined ? heaviestWord(scoreWords(state)) : focus;
}

/** Return the view that a state begins with. */
export function calculatorView(state) {
  return { state, scene: calculatorScene(state), focus: null, hasArithmetic: false };
}

// --- where everything stands ---

/** Return the layout for a picture of `width` pixels, at most `tall` high. */
export function layoutCalculator({ width, tall }, view) {
  const isBeside = width >= BESIDE_FROM;
  const share = isBeside ? width * 0.47 : width;
  const room = share - 2 * EDGE - TICKS;
  const caption = captionOf(view)
    .flatMap((line) => wrapWords(line.split(" "), Math.min(room, LARGEST_PLANE), SMALL));
  const head = SMALL * 1.35 * caption.length + 6;
  const roomBelow = Math.max(tall - 2 * EDGE - head - TICKS, LEAST_PLANE);
  const side = Math.min(room, LARGEST_PLANE, roomBelow);
  const planeTall = head + side + TICKS;
  const left = EDGE + TICKS;
  const flowWidth = isBeside
    ? Math.min(width - left - side - 3 * EDGE, WIDEST_FLOW)
    : width - 2 * EDGE;
  const spare = isBeside ? Math.max(width - left - side - 3 * EDGE - flowWidth, 0) / 2 : 0;
  const plane = planeIn(left + spare, EDGE + head, side, PLANE_END);
  const flowLeft = isBeside ? plane.left + side + 2 * EDGE : EDGE;
  const flowTop = isBeside ? EDGE : EDGE * 2 + planeTall;
  const flow = layoutFlow(flowLeft, flowTop, flowWidth, isBeside ? planeTall : 0, view);
  const height = Math.max(EDGE + planeTall, flowTop + flow.tall) + EDGE;
  return { width, height, plane, caption, flow };
}

/** Return where tokens, scores, weights, the mixture and the arithmetic stand, from top to bottom. */
function layoutFlow(left, top, width, tall, { state, focus, hasArithmetic }) {
  const { words } = state;
  const column = width / words.length;
  const size = words.length > 6 ? 13 : 15;
  const { levels, room } = tokenLevels(words, column, size);
  const lineTall = size + 6;
  const lines = hasArithmetic ? mostLines(state, focus, width, 14) : 0;
  const below = lines > 0 ? lines * lineTall + 10 : 0;
  const tokens = top + size + 2;
  const half = tall > 0 && !hasArithmetic ? 44 : 26;
  const scoreHead = tokens + (Math.max(levels, 1) - 1) * size * 2 + size + 26;
  const scores = { top: scoreHead + 24, half };
  const weightHead = scores.top + 2 * scores.half + 44;
  const bars = weightHead + 34;
  const least = bars + 14 + 52 + 24 + 30 + below;
  const bottom = Math.max(top + tall, least);
  const mixture = bottom - below - 30 - 24;
  return {
    left, top, width, column, size, levels, room, tokens, scoreHead, scores, weightHead, bars, mixture,
    unit: width * 0.62, arithmetic: bottom - below + 22, lineTall, tall: bottom - top,
  };
}

/** Return how many lines the arithmetic may take, so that the picture does not jump with it. */
function mostLines(state, focus, width, size) {
  const [low, high] = [[-2.95, -2.95], [2.95, 2.95]];
  const longest = { ...state, query: low, memory: state.memory.map(() => high) };
  const counts = [longest, state].map((each) => brokenArithmetic(each, focus, width, size).length);
  return Math.max(...counts);
}

function brokenArithmetic(state, focus, width, size) {
  return calculatorArithmetic(state, focus)
    .flatMap((line) => breakFormula(line, width, size));
}

/** Break a formula at its spaces into lines; all but the first are indented. */
function breakFormula(line, width, size) {
  const lines = [];
  for (const term of line.split(" ")) {
    const joined = lines.length > 0 ? `${lines.at(-1)} ${term}` : term;
    if (lines.length > 0 && textWidth(joined.replace(/[_^{}]/g, ""), size) > width) {
      lines.push(`\u2003\u2003${term}`);
    } else {
      lines[Math.max(lines.length - 1, 0)] = joined;
    }
  }
  return lines;
}

// --- the picture ---

/** Draw the calculator: {svg, handles, plane}. */
export function drawCalculator({ focus, ...asked }, room) {
  const view = { ...asked, focus: focusOf({ ...asked, focus }) }; // asked for dozens of times below
  const layout = layoutCalculator(room, view);
  const svg = svgRoot(
    layout.width, layout.height, calculatorFinding(view.state),
    drawPlaneSide(view, layout),
    drawFlow(view, layout.flow),
  );
  return { svg, handles: handlesOf(view, layout), plane: layout.plane };
}

/** Draw the still picture, `width` pixels wide. */
export function drawCalculatorStill(state, width) {
  return drawCalculator({ ...calculatorView(state), isStill: true }, { width, tall: 480 }).svg;
}

/** Return the sentences above the plane: what can be done, and what is drawn. */
function captionOf({ state, focus, isStill }) {
  const word = shortenWord(state.words[focus], 80, SMALL);
  const said = {
    dot: `Dashed: the shadow of ${word} on s.`,
    general: "Dashed: W h, compared with s.",
    additive: "Dots: tanh(h + s), in the square.",
  }[state.kind];
  const sum = "Thick: each word's α h, tip to tail, up to c.";
  return [isStill ? sum : `Drag any tip. ${sum}`, said];
}

function drawPlaneSide(view, { plane, caption }) {
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
    drawWordArrows(view, plane),
    scene.turn > 0 && drawTurned(view, plane),
    drawSum(view, plane),
    drawQueryArrow(view, plane),
    scene.bend > 0 && drawBentDots(view, plane),
    drawNames(view, plane),
  );
}

function colorOf({ state }, j) {
  return state.mask[j] ? wordPaint(j, state.words.length) : paint("faint");
}

function drawWordArrows(view, plane) {
  const { state, scene, focus } = view;
  return scene.memory.map((h, j) => [
    drawPlaneArrow(plane, [0, 0], h, {
      color: colorOf(view, j), width: j === focus ? 3.2 : 2.2, dashed: !state.mask[j],
      data: { "data-arrow": `h${j + 1}` },
    }),
    drawGrip(plane, h, colorOf(view, j), j === focus),
  ]);
}

function drawQueryArrow({ scene }, plane) {
  return [
    drawPlaneArrow(plane, [0, 0], scene.query, {
      color: paint("query"), width: 4, data: { "data-arrow": "s" },
    }),
    drawGrip(plane, scene.query, paint("query"), false),
  ];
}

/** Return the corners of the sum Σ α_j h_j, from the middle to c: a point more than words. */
export function sumCorners({ weights, memory }) {
  const corners = [[0, 0]];
  memory.forEach((h, j) => {
    const [x, y] = corners[j];
    corners.push([x + weights[j] * h[0], y + weights[j] * h[1]]);
  });
  return corners;
}

/** Draw the shrunken arrows α_j h_j tip to tail, and the context where they end. */
function drawSum(view, plane) {
  const { scene } = view;
  const corners = sumCorners(scene);
  const arrows = scene.weights.map((weight, j) => weight > LEAST_SHARE && drawPlaneArrow(
    plane, corners[j], corners[j + 1],
    { color: colorOf(view, j), width: 6, data: { "data-part-of-c": j + 1 } },
  ));
  const shares = scene.weights.map((share, j) => ({ share, color: colorOf(view, j) }));
  const isThere = scene.weights.some((weight) => weight > 0);
  return svgPart("sum", arrows, isThere && drawShareRing(plane, corners.at(-1), 6.5, shares));
}

/** Draw how a vector falls onto the line of s: its shadow, times the length of s, is the score. */
function drawShadow({ scene }, plane, vector) {
  const { query } = scene;
  const squared = query[0] ** 2 + query[1] ** 2;
  if (squared < 0.01) return "";
  const share = (vector[0] * query[0] + vector[1] * query[1]) / squared;
  const foot = query.map((number) => number * share);
  const ends = lineInside([0, 0], query, PLANE_END + 0.4);
  const line = { stroke: paint("query"), "stroke-width": 1.2, "stroke-dasharray": "2 5" };
  return svgPart(
    "shadow",
    drawPlaneLine(plane, ...ends, line),
    drawPlaneLine(plane, [0, 0], foot, {
      stroke: paint("query"), "stroke-width": 11, "stroke-opacity": 0.3, "stroke-linecap": "round",
    }),
    drawPlaneLine(plane, vector, foot, { stroke: paint("neutral"), "stroke-dasharray": "5 4" }),
  );
}

/** Return where W has taken a point on its way. */
function turnedPoint({ turn }, point) {
  return mixScenes(point, turnedByW(point), turn);
}

/** Draw the plane as W turns it: the moved grid, and the mirror that W is. */
function drawTurn(view, plane) {
  const { scene, state } = view;
  const mirror = { stroke: paint("link"), "stroke-width": 1.6, "stroke-dasharray": "10 4 2 4" };
  const end = PLANE_END + 0.3;
  const vector = turnedPoint(scene, scene.memory[view.focus]);
  return svgPart(
    "turn",
    drawMovedGrid(plane, (point) => turnedPoint(scene, point), {
      stroke: paint("link"), "stroke-opacity": 0.28,
    }),
    drawPlaneLine(plane, [-end, -end], [end, end], { ...mirror, "stroke-opacity": scene.turn }),
    state.kind === "general" && drawShadow(view, plane, vector),
  );
}

/** Draw W h_j for each word, as the ghost of its arrow, and the way that its tip went. */
function drawTurned(view, plane) {
  const { scene, focus } = view;
  return scene.memory.map((h, j) => {
    const ghost = turnedPoint(scene, h);
    const color = colorOf(view, j);
    return [
      drawPlaneLine(plane, h, ghost, {
        stroke: color, "stroke-dasharray": "1 5", "stroke-linecap": "round",
        "stroke-width": j === focus ? 2.4 : 1.4,
      }),
      drawPlaneArrow(plane, [0, 0], ghost, {
        color, width: j === focus ? 2.6 : 1.8, dashed: true, data: { "data-ghost": `Wh${j + 1}` },
      }),
    ];
  });
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
    level && drawPlaneLine(plane, ...level, { stroke: paint("neutral"), "stroke-dasharray": "5 4" }),
    drawPlaneLine(plane, h, before, {
      stroke: paint("query"), "stroke-width": 2.6, "stroke-dasharray": "7 4",
    }),
    isInside && svgElement("circle", {
      cx, cy, r: 5, fill: paint("ground"), stroke: color, "stroke-width": 2, "data-sum": "",
    }),
    drawPlaneArrow(plane, before, after, { color, width: 2.2, dashed: true }),
  ];
}

// --- names beside the tips ---

function drawNames(view, plane) {
  const names = namesOf(view, plane);
  const { lines, tips } = obstaclesOf(view, plane);
  const centers = placeNames(names, lines, tips, plane);
  return svgPart("names", names.map((name, i) => centers[i] && drawName(centers[i], name)));
}

/** Return what is named, the most important first. */
function namesOf(view, plane) {
  const { state, scene, focus } = view;
  const size = plane.side < 380 ? 14 : 16;
  const corners = sumCorners(scene);
  const context = { letter: "c", point: corners.at(-1), size: size + 1 };
  const asked = { letter: "s", point: scene.query, size: size + 2, color: paint("query-text") };
  const order = [focus, ...state.words.map((_, j) => j).filter((j) => j !== focus)];
  const words = order.map((j) => ({
    letter: "h", index: j + 1, point: scene.memory[j], size,
    word: shortenWord(state.words[j], plane.side * 0.2, size),
    mayMiss: state.words.length > MOST_NAMES && j !== focus,
    color: state.mask[j] ? undefined : paint("quiet"),
  }));
  const all = [asked, ...words, scene.weights.some(Boolean) && context, ghostName(view, size)];
  return all.filter(Boolean).map((name) => {
    const long = Math.hypot(...name.point) || 1;
    return {
      ...name,
      tip: pixelOf(plane, name.point),
      away: [name.point[0] / long, -name.point[1] / long],
      width: nameWidth(name),
      height: name.size * 1.15,
    };
  });
}

/** Name what general or additive attention makes of the word in focus. */
function ghostName({ state, scene, focus }, size) {
  const style = { index: focus + 1, size: size - 2, mayMiss: true };
  if (state.kind === "general" && scene.turn === 1) {
    return { letter: "Wh", point: turnedByW(scene.memory[focus]), ...style };
  }
  if (state.kind === "additive" && scene.bend === 1) {
    const point = afterTanh(scene.query, scene.memory[focus]);
    return { letter: "tanh(h", word: "+ s)", point, ...style };
  }
  return null;
}

/** Return what names should not cover, in pixels: {lines, tips}. */
function obstaclesOf({ state, scene, focus }, plane) {
  const corners = sumCorners(scene);
  const at = (point) => pixelOf(plane, point);
  const middle = at([0, 0]);
  const ghosts = scene.turn > 0 ? scene.memory.map(turnedByW) : [];
  const bent = scene.bend > 0 ? scene.memory.map((h) => at(afterTanh(scene.query, h))) : [];
  const { kind, memory } = state;
  const h = memory[focus];
  const sum = kind === "additive" ? [at(clipToPlane(plane, h, beforeTanh(state.query, h)))] : [];
  const ends = [-plane.end, plane.end];
  const axes = [ends.map((x) => at([x, 0])), ends.map((y) => at([0, y]))];
  return {
    lines: [
      ...axes,
      ...[scene.query, ...scene.memory, ...ghosts].map((point) => [middle, at(point)]),
      ...corners.slice(1).map((corner, j) => [at(corners[j]), at(corner)]),
      ...sum.map((pixel) => [at(h), pixel]),
    ],
    tips: [...[scene.query, ...scene.memory, ...ghosts, corners.at(-1)].map(at), ...bent, ...sum],
  };
}

// --- scores, weights and the mixture ---

function drawFlow(view, flow) {
  const { state } = view;
  const centers = state.words.map((_, j) => flow.left + (j + 0.5) * flow.column);
  const divisor = state.temperature === 1 ? "" : ` / ${writeNumber(state.temperature)}`;
  return svgPart(
    "flow",
    drawTokens(view, flow),
    drawHead(flow, flow.scoreHead, "score", FORMULAS[state.kind]),
    drawScoreBars(view, flow, centers),
    drawHead(flow, flow.weightHead, "weight", `α_j = softmax of e_j${divisor}`),
    drawShares(view, flow, centers),
    drawContextLine(view, flow),
    view.hasArithmetic && drawArithmetic(view, flow),
  );
}

function drawHead(flow, y, name, formula) {
  const start = textWidth(name, 14) + 12;
  return [
    svgText(flow.left, y, name, { "text-anchor": "start", "font-weight": "bold" }),
    svgFormula(flow.left + start, y, formula, 14),
  ];
}

function drawTokens(view, flow) {
  const { words, mask } = view.state;
  const { focus } = view;
  return words.map((word, j) => {
    const { x, y, width } = tokenPlace(flow, words, j);
    const token = drawToken(x, y, flow.levels > 0 ? word : "", {
      width, size: flow.size, color: colorOf(view, j), strong: j === focus,
      data: { "data-word": j + 1, "data-masked": String(!mask[j]) },
    });
    return [token, mask[j] ? "" : drawCross(x, y, width, flow.size)];
  });
}

/** Return where a word's token stands: {x, y, width}. */
function tokenPlace({ left, width: whole, tokens, size, levels, room, column }, words, j) {
  const level = levels > 0 ? j % levels : 0;
  const width = levels > 0 ? tokenWidth(words[j], size, room) : column * 0.8;
  const middle = left + (j + 0.5) * column;
  const x = Math.min(Math.max(middle, left + width / 2), left + whole - width / 2);
  return { x, y: tokens + level * size * 2, width };
}

/** Cross a token out, from corner to corner. */
function drawCross(x, y, width, size) {
  const [across, down] = [width / 2 + 2, size * 0.8];
  return [[-1, -1], [-1, 1]].map(([a, b]) => svgElement("line", {
    x1: x + a * across, y1: y + b * down, x2: x - a * across, y2: y - b * down,
    stroke: paint("neutral"), "stroke-width": 1.6,
  }));
}

/** Draw a bar for each score, up or down from zero, and its number. */
function drawScoreBars(view, flow, centers) {
  const { scene, state, focus } = view;
  const { top, half } = flow.scores;
  const zero = top + half;
  const most = Math.max(2, ...scene.scores.map(Math.abs));
  const width = Math.min(flow.column * 0.5, 34);
  const line = { x1: flow.left, x2: flow.left + flow.width, y1: zero, y2: zero };
  const size = flow.column < 44 ? 11 : 14;
  return [
    svgElement("line", { ...line, stroke: paint("faint") }),
    scene.scores.map((e, j) => {
      const tall = (Math.abs(e) / most) * half;
      const y = e < 0 ? zero : zero - tall;
      const isReal = state.mask[j];
      const text = isReal ? writeFixed(e) : "masked";
      return [
        svgElement("rect", {
          x: centers[j] - width / 2, y, width, height: Math.max(tall, 1.5), rx: 2,
          fill: colorOf(view, j), "data-score": e.toFixed(3),
        }),
        (j === focus || fitsColumn(flow, text, size)) && svgText(
          centers[j], e < 0 ? zero + tall + size : zero - tall - 5, text,
          { "font-size": size, fill: paint(isReal ? "ink" : "quiet") },
        ),
      ];
    }),
  ];
}

function fitsColumn({ column }, text, size) {
  return textWidth(text, size) <= column * 0.8;
}

/** Draw weights as widths: numbers under the words, bars, ribbons and the mixture they end in. */
function drawShares(view, flow, centers) {
  const { scene, focus } = view;
  const { unit, bars, mixture, left, width } = flow;
  const size = flow.column < 44 ? 11 : 15;
  const widths = scene.weights.map((weight) => weight * unit);
  const places = placeBars(centers, widths, left, left + width, Math.min(6, flow.column * 0.1));
  const start = left + (width - unit) / 2;
  const starts = shareStarts(scene.weights);
  const items = scene.weights.map((weight, j) => ({
    weight, share: weight, color: colorOf(view, j), data: { "data-weight": weight.toFixed(4) },
  }));
  const ribbons = items.map(({ weight, color }, j) => weight > 0.0005 && drawRibbon(
    [places[j], bars + 14], [start + (starts[j] + weight / 2) * unit, mixture], weight * unit, color,
    { "data-ribbon": j + 1 },
  ));
  return [
    scene.weights.map((weight, j) => {
      const text = view.state.mask[j] ? writeFixed(weight) : "0";
      const bold = j === focus ? { "font-weight": "bold" } : {};
      return (j === focus || fitsColumn(flow, text, size))
        && svgText(centers[j], bars - 9, text, { "font-size": size, ...bold });
    }),
    ribbons,
    drawWeightBars(places, bars, unit, 14, items),
    svgPart("mixture", drawMixture(start, mixture, unit, 24, items), svgElement("rect", {
      x: start, y: mixture, width: unit, height: 24, fill: "none", stroke: paint("neutral"),
    })),
  ];
}

function drawContextLine({ state }, flow) {
  const { context } = scoreWords(state);
  const y = flow.mixture + 24 + 20;
  const text = context ? `c = Σ α_j h_j = ${writePair(context)}` : "no weights, so no c";
  const name = "context";
  const wide = textWidth(name, 14) + 12 + textWidth(text.replace(/_/g, ""), 14) * 0.85;
  const start = flow.left + (flow.width - wide) / 2;
  return [
    svgText(start, y, name, { "text-anchor": "start", "font-weight": "bold" }),
    svgFormula(start + textWidth(name, 14) + 12, y, text, 14, { fill: paint("ink") }),
  ];
}

// --- the arithmetic ---

function drawArithmetic({ state, focus }, { left, width, arithmetic, lineTall }) {
  const lines = brokenArithmetic(state, focus, width, 14);
  return svgPart("arithmetic", lines.map((line, i) =>
    drawFormulaLine(left, arithmetic + i * lineTall, line, 14)));
}

/** Write a line in which "_{1}" is an index and "^{3}" an exponent. */
function drawFormulaLine(x, y, line, size) {
  const pieces = line.split(/([_^]\{[^}]*\})/);
  let level = 0;
  const spans = pieces.filter(Boolean).map((piece) => {
    const [, mark, inside] = piece.match(/^([_^])\{([^}]*)\}$/) || [];
    const wanted = mark === "_" ? size * 0.24 : mark === "^" ? -size * 0.36 : 0;
    const dy = wanted - level;
    level = wanted;
    return svgElement("tspan", { dy, "font-size": mark ? size * 0.72 : size }, inside || piece);
  });
  return svgElement("text", { x, y, fill: paint("ink"), "xml:space": "preserve" }, spans);
}

// --- handles ---

/** Return what can be grabbed and pressed: the tips, then the tokens. */
function handlesOf({ state, scene }, { plane, flow }) {
  const { words, mask } = state;
  const tips = [
    { id: "s", label: "query s", point: scene.query, number: state.query },
    ...words.map((word, j) => ({
      id: `h${j + 1}`, label: `${word}, h ${j + 1}`, point: scene.memory[j], number: state.memory[j],
    })),
  ].map(({ id, label, point, number }) => {
    const [x, y] = pixelOf(plane, point);
    return { id, label, x, y, value: number.map((part) => writeNumber(part)).join(" and ") };
  });
  const tokens = words.map((word, j) => ({
    id: `mask${j + 1}`, kind: "toggle", isOn: !mask[j], label: `mask ${word}`,
    height: flow.size * 1.7, ...tokenPlace(flow, words, j),
  }));
  return [...tips, ...tokens];
}
