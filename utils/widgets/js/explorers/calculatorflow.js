// The calculator's numbers: words, scores, weights and the mixture they end in, from top to bottom.

import { paint } from "../draw/paint.js";
import { drawMixture, drawRibbon, drawWeightBars, placeBars } from "../draw/ribbons.js";
import { placeNumberedBars, shareStarts } from "../draw/ribbons.js";
import { shortNumber, svgElement, svgFormula, svgPart, svgText, textWidth } from "../draw/svg.js";
import { drawToken, tokenLevels, tokenWidth } from "../draw/tokens.js";
import { isAhead, scoreWords } from "./calculatormath.js";
import { colorOf } from "./calculatorscene.js";
import { drawScoreBars } from "./calculatorscores.js";
import { calculatorArithmetic, writeFixed, writeNumber, writePair } from "./calculatorwords.js";

const INDENT = "\u2003\u2003"; // two letters' heights
const [LEAST_HALF, LARGEST_HALF] = [18, 44]; // pixels that scores reach up, and down, from zero
const WEIGHTS_TALL = 38 + 32 + 14 + 38 + 24 + 30; // a heading, numbers, bars, ribbons, mixture, c
const EYE_ROOM = 1.4; // letters' heights for the eye in a token: it says that a press masks
const HINT = "press a word to mask it";
const FORMULAS = {
  dot: "e_j = s · h_j",
  general: "e_j = s · W h_j",
  additive: "e_j = v · tanh(W_1 h_j + W_2 s )",
};

/** Return where everything stands, in `tall` pixels or more if it needs them. */
export function layoutFlow(left, top, width, tall, { state, focus, hasArithmetic, isStill }) {
  const { words } = state;
  const column = width / words.length;
  const size = words.length > 6 ? 13 : 15;
  const { levels, room } = tokenLevels(words, column, size);
  const eye = isStill ? 0 : eyeRoom({ left, width, column, size, levels, room }, words);
  const lineTall = size + 6;
  const lines = hasArithmetic ? mostLines(state, focus, width, 14) : 0;
  const below = lines > 0 ? lines * lineTall + 10 : 0;
  const tokens = top + size + 2;
  const scoreHead = tokens + (Math.max(levels, 1) - 1) * size * 2 + size + 26;
  const least = scoreHead - top + 24 + WEIGHTS_TALL + below; // without the score bars
  const spare = tall > 0 ? (tall - least) / 2 : LARGEST_HALF - 12;
  const half = Math.min(Math.max(spare, LEAST_HALF), LARGEST_HALF);
  const scores = { top: scoreHead + 24, half };
  const weightHead = scores.top + 2 * scores.half + 38;
  const bars = weightHead + 32;
  const bottom = top + Math.max(tall, least + 2 * half);
  const mixture = bottom - below - 30 - 24;
  return {
    left, top, width, column, size, levels, room, eye, tokens, scoreHead, scores, weightHead, bars,
    mixture, unit: width * 0.62, arithmetic: bottom - below + 22, lineTall, tall: bottom - top,
  };
}

/** Return how wide the eyes in the tokens are; 0 if the tokens would not fit with them. */
function eyeRoom(flow, words) {
  const eye = EYE_ROOM * flow.size;
  const places = words.map((_, j) => tokenPlace({ ...flow, tokens: 0, eye }, words, j));
  const fits = places.every(({ x, width }, j) => {
    const before = places[j - flow.levels];
    return !before || x - width / 2 > before.x + before.width / 2 + 4;
  });
  const isWhole = words.every((word) => tokenWidth(word, flow.size) + eye <= flow.room);
  return flow.levels > 0 && fits && isWhole ? eye : 0;
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
  let room = width;
  for (const term of line.split(" ")) {
    const joined = lines.length > 0 ? `${lines.at(-1)} ${term}` : term;
    if (lines.length > 0 && formulaWidth(joined, size) > room) {
      lines.push(INDENT + term);
      room = width - 2 * size;
    } else {
      lines[Math.max(lines.length - 1, 0)] = joined;
    }
  }
  return lines;
}

/** Return how wide a formula is behind its indent; its signs are wider than letters. */
function formulaWidth(formula, size) {
  return textWidth(formula.replace(INDENT, "").replace(/[_^{}]/g, ""), size) * 1.06;
}

/** Draw all of it. */
export function drawFlow(view, flow) {
  const { state } = view;
  const centers = state.words.map((_, j) => flow.left + (j + 0.5) * flow.column);
  const divisor = state.temperature === 1 ? "" : ` / ${writeNumber(state.temperature)}`;
  const formula = scoreFormula(state.kind, divisor, flow.width);
  return svgPart(
    "flow",
    drawTokens(view, flow),
    drawHead(flow, flow.scoreHead, "score", formula),
    flow.eye === 0 && !view.isStill && drawHint(flow, formula),
    drawScoreBars(view, flow, centers),
    drawHead(flow, flow.weightHead, "weight", `α_j = softmax of e_j${divisor}`),
    drawShares(view, flow, centers),
    drawContextLine(view, flow),
    view.hasArithmetic && drawArithmetic(view, flow),
  );
}

/** Return how the scores are made and, where they are divided, what their bars and outlines are. */
function scoreFormula(kind, divisor, width) {
  if (divisor === "") return FORMULAS[kind];
  const whole = `e_j${divisor}; outlined: ${FORMULAS[kind]}`;
  return formulaWidth(whole, 14) < width - 50 ? whole : `e_j${divisor}; outlined: e_j`;
}

/** Say what the eyes in the tokens would say, where they have no room. */
function drawHint({ left, width, scoreHead }, formula) {
  const style = { "font-size": 13, "text-anchor": "end", fill: paint("quiet") };
  const room = width - textWidth("score", 14) - 24 - formulaWidth(formula, 14);
  return textWidth(HINT, 13) < room && svgText(left + width, scoreHead, HINT, style);
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
  const { pointed } = view;
  return words.map((word, j) => {
    const { x, y, width } = tokenPlace(flow, words, j);
    const token = drawToken(x, y, flow.levels > 0 ? word : "", {
      width, size: flow.size, color: colorOf(view, j), strong: j === pointed, inset: flow.eye,
      data: { "data-word": j + 1, "data-masked": String(!mask[j]) },
    });
    const end = x + width / 2 - flow.eye / 2 - flow.size * 0.15;
    return [
      token,
      flow.eye > 0 && drawEye(end, y, flow.size * 0.5, mask[j]),
      !mask[j] && drawCross(x - flow.eye / 2, y, width - flow.eye, flow.size),
    ];
  });
}

/** Draw an eye, struck through where it sees nothing. */
function drawEye(x, y, half, isOpen) {
  const [left, right, up, down] = [x - half, x + half, y - half, y + half].map(shortNumber);
  const line = { fill: "none", stroke: paint("quiet"), "stroke-width": 1.5 };
  const lids = `M${left} ${y}Q${x} ${up - half * 0.6} ${right} ${y}`
    + `Q${x} ${down + half * 0.6} ${left} ${y}Z`;
  const strike = { x1: left, y1: down, x2: right, y2: up };
  return svgElement(
    "g",
    { "data-eye": isOpen ? "open" : "closed" },
    svgElement("path", { d: lids, ...line }),
    svgElement("circle", { cx: x, cy: y, r: half * 0.34, fill: paint("quiet") }),
    !isOpen && svgElement("line", { ...strike, ...line, stroke: paint("ink") }),
  );
}

/** Return where a word's token stands: {x, y, width}. */
export function tokenPlace(flow, words, j) {
  const { left, width: whole, tokens, size, levels, room, eye, column } = flow;
  const level = levels > 0 ? j % levels : 0;
  const width = levels > 0 ? tokenWidth(words[j], size, room) + eye : column * 0.8;
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

function fitsColumn({ column }, text, size) {
  return textWidth(text, size) <= column * 0.8;
}

/** Draw weights as widths: numbers under the words, bars, ribbons and the mixture they end in. */
function drawShares(view, flow, centers) {
  const { scene } = view;
  const { unit, bars, mixture, left, width } = flow;
  const size = flow.column < 44 ? 11 : 15;
  const widths = scene.weights.map((weight) => weight * unit);
  const written = scene.weights.map((weight, j) => (view.state.mask[j] ? writeFixed(weight) : "0"));
  const numbers = written.map((text) => textWidth(text, size));
  const gap = Math.min(6, flow.column * 0.1);
  const places = placeNumberedBars(centers, widths, numbers, left, left + width, gap);
  const start = left + (width - unit) / 2;
  const starts = shareStarts(scene.weights);
  const items = scene.weights.map((weight, j) => ({
    weight, share: weight, color: colorOf(view, j), data: { "data-weight": weight.toFixed(4) },
  }));
  const ribbons = items.map(({ weight, color }, j) => weight > 0.0005 && drawRibbon(
    [places[j], bars + 14], [start + (starts[j] + weight / 2) * unit, mixture], weight * unit,
    color, { "data-ribbon": j + 1 },
  ));
  return [
    drawShareNumbers(view, flow, written, places, size),
    ribbons,
    drawWeightBars(places, bars, unit, 14, items),
    svgPart("mixture", drawMixture(start, mixture, unit, 24, items), svgElement("rect", {
      x: start, y: mixture, width: unit, height: 24, fill: "none", stroke: paint("neutral"),
    })),
  ];
}

/** Write each weight above its bar, beside the middle only where numbers are too many. */
function drawShareNumbers({ scene, focus }, flow, written, places, size) {
  const { left, width, bars } = flow;
  const shown = written.map((_, j) => j)
    .filter((j) => j === focus || fitsColumn(flow, written[j], size));
  const centers = placeBars(
    shown.map((j) => places[j]), shown.map((j) => textWidth(written[j], size)),
    left, left + width,
  );
  return shown.map((j, i) => svgText(centers[i], bars - 9, written[j], {
    "font-size": size, "font-weight": isAhead(scene.weights, j) ? "bold" : null, "data-number": j,
  }));
}

/** Write what c is: in full, or as shortly as the width asks. */
function drawContextLine({ state }, flow) {
  const { context } = scoreWords(state);
  const y = flow.mixture + 24 + 20;
  const ways = context
    ? [["context", `c = Σ α_j h_j = ${writePair(context)}`], ["", `c = Σ α_j h_j = ${
      writePair(context)}`], ["", `c = ${writePair(context)}`]]
    : [["context", "no weights, so no c"], ["", "no weights, so no c"]];
  const headWidth = (name) => (name === "" ? 0 : textWidth(name, 14) + 12);
  const wideOf = ([name, text]) => headWidth(name) + formulaWidth(text, 14);
  const shown = ways.find((way) => wideOf(way) <= flow.width) || ways.at(-1);
  const [name, text] = shown;
  const start = flow.left + Math.max(flow.width - wideOf(shown) * 0.92, 0) / 2;
  return [
    name && svgText(start, y, name, { "text-anchor": "start", "font-weight": "bold" }),
    svgFormula(start + headWidth(name), y, text, 14, { fill: paint("ink") }),
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
