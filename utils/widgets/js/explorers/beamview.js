// What the beam explorer shows, as drawings: no element of a page is touched in here.

import { paint, wordPaint } from "../draw/paint.js";
import { svgBox, svgElement, svgPart, svgRoot, svgText, wrapWords } from "../draw/svg.js";
import { shortenWord, textWidth } from "../draw/svg.js";
import { drawToken, labelsThatFit } from "../draw/tokens.js";
import { BEAM_MOST_RHO, pathTo, rankAt } from "./beamtree.js";
import { ALL_BRANCHES, BEAM_LEGEND_SIZE, layoutBeam, pieceName } from "./beamlayout.js";
import { beamDetails, beamFinding, beamCount, leaderOf, beamNumber } from "./beamtext.js";
import { partApart } from "./beamtext.js";

const FINGER = 44; // pixels: what is pressed should be as large,
const ALMOST_FINGER = 38; // and handles so close may cover a little of each other for it
const BEAM_RANK_SIZE = 13; // of the letters of a ranked translation
const BEAM_CROSS = 9; // pixels from a word to the cross behind it
const BEAM_TWO_LINES = 38; // pixels of a rank, from which its numbers stand below its sentence
const BEAM_LITTLE = 0.08; // of the weight: less is not drawn below a word

/** Draw the tree, the ranking and what a word looked at; `place` is of `layoutBeam`. */
export function drawBeam(view, place) {
  const shown = view.pointed >= 0 ? view.pointed : leaderOf(view);
  return svgRoot(place.width, place.height, beamFinding(view),
    svgPart("tree", drawFront(view, place), drawBranches(view, place), drawRuns(view, place),
      drawEnds(view, place), drawFolds(view, place)),
    svgPart("legend", place.legend.map(drawLegendItem)),
    svgPart("ranking", drawBeamRanking(view, place)),
    svgPart("source", drawBeamSource(view, shown, place)));
}

/** Return the view drawn in full, for where nothing runs. */
export function drawBeamStill(view, width) {
  return drawBeam(view, layoutBeam(view, { width, tall: 430 }));
}

/** Draw a mark, and what it says. */
function drawLegendItem({ mark, text, x, y }) {
  const line = (p) => svgElement("path", {
    d: `M${x} ${y}h18`, stroke: paint("frame"), "stroke-width": branchWidth(p),
  });
  const circle = (fill) => svgElement("circle", {
    cx: x + 9, cy: y, r: 6, fill: paint(fill), stroke: paint("neutral"),
  });
  const marks = {
    likely: () => line(0.9), unlikely: () => line(0.1), dropped: () => drawDeath(x + 9, y, 1),
    ranked: () => circle("neutral"), ended: () => circle("panel"),
  };
  return [
    marks[mark](),
    svgText(x + 24, y + 4, text, {
      "font-size": BEAM_LEGEND_SIZE, "text-anchor": "start", fill: paint("quiet"),
    }),
  ];
}

/** The more probable a word, the thicker the branch that leads to it. */
function branchWidth(p) {
  return 1 + 7 * p;
}

/** How far a node has come in: 0 before its step, 1 after it. */
function arrivalOf({ t }, at) {
  return Math.min(Math.max(at - t, 0), 1);
}

/** How dead a node is: 1 once none of its beginnings lives, and none has finished. */
function deadnessOf({ last }, at) {
  return Math.min(Math.max(at - last - 1, 0), 1);
}

function litNodes(view) {
  const winning = new Set(pathTo(view.nodes, leaderOf(view)));
  const pointed = new Set(view.pointed >= 0 ? pathTo(view.nodes, view.pointed) : []);
  return { winning, pointed };
}

/** Mark the column of the newest words, and number the steps. */
function drawFront(view, { columns, top, pitch, columnOf, lanes }) {
  const { step, search } = view;
  const front = columnOf[step - 1];
  const style = { "font-size": 11, fill: paint("quiet") };
  const isGrowing = step < search.columns.length;
  return [
    isGrowing && svgElement("rect", {
      x: front.x - 5, y: top - 20, width: front.width + 10, height: lanes.lanes * pitch + 22, rx: 6,
      fill: paint("track"),
    }),
    columns.filter(({ isFold }) => !isFold).map(({ x, width, from }) =>
      svgText(x + width / 2, top - 7, String(from + 1), from === step - 1 && isGrowing
        ? { ...style, fill: paint("ink"), "font-weight": "bold" } : style)),
  ];
}

/** Where a node stands: {x0, x1, y}, in the middle of a fold if its column is folded. */
function nodePlace(view, index, place) {
  const { t } = view.nodes[index];
  const y = place.yOf(place.lanes.laneOf[index]);
  if (t < 0) return { x0: place.rootX, x1: place.rootX, y };
  const { x, width } = place.columnOf[t];
  return { x0: x, x1: x + width, y };
}

function drawBranches(view, place) {
  const { nodes, at } = view;
  const { winning, pointed } = litNodes(view);
  const shown = nodes.filter((node) =>
    node.parent >= 0 && arrivalOf(node, at) > 0 && place.lanes.laneOf[node.index] >= 0);
  const branches = shown.map((node) => {
    const { x1, y } = nodePlace(view, node.parent, place);
    const { x0, y: end } = nodePlace(view, node.index, place);
    if (x0 < x1) return null; // both in one fold
    const isLit = winning.has(node.index);
    const middle = (x1 + x0) / 2;
    const dead = deadnessOf(node, at);
    return {
      order: isLit ? 2 : 1 - dead,
      svg: svgElement("path", {
        d: `M${x1} ${y}C${middle} ${y} ${middle} ${end} ${x0} ${end}`,
        fill: "none",
        stroke: paint(pointed.has(node.index) ? "link" : isLit ? "highlight" : "frame"),
        "stroke-width": branchWidth(node.p), "data-branch": node.index,
        opacity: arrivalOf(node, at) * (1 - 0.55 * dead),
      }),
    };
  });
  const { x1, y } = nodePlace(view, 0, place);
  const root = svgElement("circle", { cx: x1, cy: y, r: 5, fill: paint("neutral") });
  return [branches.filter(Boolean).sort((a, b) => a.order - b.order).map(({ svg }) => svg), root];
}

function drawRuns(view, place) {
  const { winning, pointed } = litNodes(view);
  return place.runs.map((run) => drawRun(view, run, place, { winning, pointed }));
}

function drawRun(view, run, place, { winning, pointed }) {
  const { nodes, at } = view;
  const { columnOf, boxHeight, yOf } = place;
  const visible = run.nodes.filter((index) => arrivalOf(nodes[index], at) > 0);
  const inColumns = visible.filter((index) => !columnOf[nodes[index].t].isFold);
  if (inColumns.length === 0) return "";
  const first = nodes[inColumns[0]];
  const last = nodes[inColumns[inColumns.length - 1]];
  const [begin, end] = [columnOf[first.t], columnOf[last.t]];
  const right = end.x + end.width * arrivalOf(last, at);
  const dead = deadnessOf(last, at);
  const isLit = winning.has(last.index);
  const isPointed = pointed.has(last.index);
  const y = yOf(run.lane);
  const stroke = paint(isPointed ? "link" : isLit ? "highlight" : dead > 0 ? "empty" : "frame");
  return svgElement("g", { "data-run": run.nodes[0], "data-dead": dead === 1 || null },
    svgElement("rect", {
      x: begin.x, y: y - boxHeight / 2, width: Math.max(right - begin.x, 1), height: boxHeight,
      rx: 7, fill: paint(dead === 1 ? "panel" : "ground"), stroke,
      "stroke-width": isLit || isPointed ? 2.5 : 1.2,
    }),
    inColumns.slice(1).map((index, i) => {
      const before = columnOf[nodes[inColumns[i]].t];
      return svgElement("path", {
        d: `M${before.x + before.width} ${y}H${columnOf[nodes[index].t].x}`, stroke,
        "stroke-width": branchWidth(nodes[index].p), "data-branch": index,
        opacity: arrivalOf(nodes[index], at),
      });
    }),
    inColumns.map((index) => drawBeamWord(view, nodes[index], y, place)),
    dead > 0 && last.children.length === 0 &&
      drawDeath(end.x + end.width + BEAM_CROSS, y, dead));
}

/** Draw a word, and below it where it looked: a bar in the colors of the source's words. */
function drawBeamWord(view, node, y, place) {
  const { at, unit, step } = view;
  const { size, pad, columnOf, boxHeight } = place;
  const dead = deadnessOf(node, at);
  const { x, width } = columnOf[node.t];
  const isTight = boxHeight < size * 1.75;
  const text = pieceName(node.text, unit);
  const isFront = node.t === step - 1 && at === step && columnOf[step]?.isFold === false;
  return svgElement("g", { "data-word": node.index, opacity: arrivalOf(node, at) },
    svgText(x + pad, y + size * (isTight ? 0.18 : 0.2), text, {
      "font-size": size, "text-anchor": "start", fill: paint(dead > 0.5 ? "quiet" : "ink"),
    }),
    svgElement("g", { opacity: 1 - 0.6 * dead },
      mixtureBar(node.weights, x + pad, y + boxHeight / 2 - (isTight ? 3.5 : 5),
        Math.max(width - pad * 2, 8), isTight ? 2.5 : 3)),
    isFront && svgText(x + width + 6, y + 4, beamNumber(node.score), {
      "font-size": 11, "text-anchor": "start", fill: paint("quiet"),
    }));
}

function mixtureBar(weights, x, y, width, height) {
  const parts = weights
    .map((weight, j) => ({ weight, j }))
    .filter(({ weight }) => weight >= BEAM_LITTLE);
  const whole = parts.reduce((total, { weight }) => total + weight, 0);
  let from = x;
  return parts.map(({ weight, j }) => {
    const part = (weight / whole) * width;
    from += part;
    return svgElement("rect", {
      x: from - part, y, width: part, height, fill: wordPaint(j, weights.length),
    });
  });
}

/** A beginning that is not among the K best ends here. */
function drawDeath(x, y, dead) {
  const d = `M${x - 4} ${y - 4}L${x + 4} ${y + 4}M${x + 4} ${y - 4}L${x - 4} ${y + 4}`;
  return svgElement("path", { d, stroke: paint("wrong"), "stroke-width": 2, opacity: dead });
}

/** Draw the ends of translations, with their ranks, and the way of the one ahead to the ranking. */
function drawEnds(view, place) {
  const { nodes, at, places, search, step, beamSize, rho } = view;
  const ranked = rankAt(search, step, beamSize, rho);
  const isWhole = step === search.columns.length;
  const shown = nodes.filter((node) =>
    node.end >= 0 && arrivalOf(node, at) > 0 && place.lanes.laneOf[node.index] >= 0);
  return shown.map((node) => {
    const { x0, y } = nodePlace(view, node.index, place);
    const rank = ranked.findIndex(({ end }) => end === node.end) + 1;
    const isFirst = isWhole && rank === 1;
    const isPointed = view.pointed === node.index;
    const color = paint(isPointed ? "link" : isFirst ? "highlight" : "neutral");
    const isTied = isFirst || isPointed; // the ranks tell the others: their ways would cross
    const way = place.isWide && rank > 0 && isTied && endWay(x0 + 20, y, places[node.end], place);
    return svgElement("g", { "data-end": node.end, opacity: arrivalOf(node, at) },
      way && svgElement("path", {
        d: way, fill: "none", stroke: color, "stroke-width": 1.5, "stroke-dasharray": "2 4",
      }),
      svgElement("circle", {
        cx: x0 + 10, cy: y, r: 10, fill: rank > 0 ? color : paint("panel"), stroke: color,
      }),
      rank > 0 && svgText(x0 + 10, y + 4.5, String(rank), {
        "font-size": 13, "font-weight": "bold", fill: paint("ground"),
      }));
  });
}

function endWay(x, y, placeInRanking, place) {
  const { panel, right } = place;
  const goal = rankRowY(placeInRanking, place);
  const [begin, end] = [Math.max(right + 4, x), panel.x - 4];
  const middle = (begin + end) / 2;
  return `M${x} ${y}L${begin} ${y}C${middle} ${y} ${middle} ${goal} ${end} ${goal}`;
}

function rankRowY(placeInRanking, { panel, headRows }) {
  return panel.y + headRows + (placeInRanking + 0.5) * panel.rowPitch;
}

/** Draw the folded columns, and say what has no lane. */
function drawFolds({ step }, { columns, top, pitch, yOf, lanes, rootX }) {
  const more = lanes.hidden > 0 && svgText(rootX - 6, top + lanes.lanes * pitch + 16,
    hiddenText(lanes.hidden), { "font-size": 13, "text-anchor": "start", fill: paint("link") });
  return [more, columns.filter(({ isFold }) => isFold).map(({ x, width, from, to }) => {
    const through = lanes.branches.filter((one) => one.from <= to && one.to >= from && from < step);
    return svgElement("g", { "data-fold": from },
      svgElement("rect", {
        x, y: top - 20, width, height: lanes.lanes * pitch + 20, rx: 6, fill: paint("track"),
        stroke: paint("empty"),
      }),
      svgText(x + width / 2, top - 7, from === to ? String(from + 1) : `${from + 1}–${to + 1}`, {
        "font-size": 9.5, fill: paint("quiet"),
      }),
      [...new Set(through.map(({ lane }) => lane))].map((lane) =>
        svgText(x + width / 2, yOf(lane) + 4, "…", { "font-weight": "bold" })));
  })];
}

function hiddenText(hidden) {
  return `… ${beamCount(hidden, "branch", "branches")} that died soon: show`;
}

/** Where ρ is on its track: {x0, x1, y, xOf}. */
export function rhoTrack({ panel }) {
  const [x0, x1] = [panel.x + 12, panel.x + panel.width - 12];
  return { x0, x1, y: panel.y + 42, xOf: (rho) => x0 + (rho / BEAM_MOST_RHO) * (x1 - x0) };
}

/** Draw ρ on a track that shows where it changes the winner, and below it the ranking. */
function drawBeamRanking(view, place) {
  const { search, step, beamSize, rho, places } = view;
  const { panel, headRows } = place;
  const ranked = rankAt(search, step, beamSize, rho);
  const head = { "font-size": 12, fill: paint("quiet"), "text-anchor": "end" };
  const [a, b, c] = numberColumns(panel);
  const y = panel.y + headRows - 8;
  const winner = ranked.length > 0 ? view.texts[ranked[0].end] : "";
  const isRoomy = panel.rowPitch >= BEAM_TWO_LINES;
  return [
    drawRhoTrack(view, place),
    isRoomy && svgText(a, y, "log p", head),
    isRoomy && svgText(b, y, view.unit, head),
    svgText(c, y, `log p / ${view.unit}^ρ`, head),
    ranked.length === 0 && svgText(panel.x + 4, y + 26, "No translation is finished yet.", {
      "font-size": 14, "text-anchor": "start", fill: paint("quiet"),
    }),
    ranked.map((found, rank) => {
      const isFirst = rank === 0;
      const isPointed = view.nodes[view.pointed]?.end === found.end;
      const line = rankRowY(places[found.end] ?? rank, place);
      const number = {
        "font-size": 14, "text-anchor": "end", "font-weight": isFirst ? "bold" : "normal",
      };
      const low = line + (isRoomy ? 14 : 5);
      const text = view.texts[found.end] || "(nothing)";
      const room = (panel.width - (isRoomy ? 44 : 108)) * (isFirst ? 0.92 : 1); // bold is wider
      const shown = rankText(text, winner, room);
      return svgElement("g", { "data-rank": rank + 1 },
        svgElement("rect", {
          x: panel.x, y: line - panel.rowPitch / 2 + 1, width: panel.width,
          height: panel.rowPitch - 2, rx: 6, fill: paint(isPointed ? "track" : "ground"),
          stroke: paint(isPointed ? "link" : isFirst ? "highlight" : "empty"),
          "stroke-width": isFirst || isPointed ? 2 : 1,
        }),
        svgText(panel.x + 16, line + 5, String(rank + 1), { ...number, "text-anchor": "middle" }),
        svgText(panel.x + 34, line + (isRoomy ? -4 : 5), shown, {
          "font-size": BEAM_RANK_SIZE, "text-anchor": "start", "font-weight": number["font-weight"],
        }),
        isRoomy && svgText(a, low, beamNumber(found.score), number),
        isRoomy && svgText(b, low, String(found.length), number),
        svgText(c, low, beamNumber(found.ranked, 3), number));
    }),
  ];
}

/** Return a translation as far as there is room: of a longer one, where it is not the winner. */
function rankText(text, winner, room) {
  if (textWidth(text, BEAM_RANK_SIZE) <= room) return text;
  return shortenWord(partApart(text, winner), room, BEAM_RANK_SIZE);
}

function numberColumns({ x, width }) {
  return [x + width * 0.36, x + width * 0.58, x + width - 10];
}

function drawRhoTrack(view, place) {
  const { rho, winners, search, beamSize } = view;
  const { panel } = place;
  const { x0, x1, y, xOf } = rhoTrack(place);
  const [first] = rankAt(search, search.columns.length, beamSize, rho);
  const small = { "font-size": 11, fill: paint("quiet") };
  const changes = winners.slice(1);
  const numbered = labelsThatFit(
    changes.map(({ from }) => ({ x: xOf(from), width: 24, weight: -Math.abs(from - rho) })), 4);
  return [
    svgText(panel.x, panel.y + 14, `Length normalization ρ = ${rho.toFixed(2)}`, {
      "font-size": 14, "text-anchor": "start", "font-weight": "bold",
    }),
    winners.map(({ from, to, end }) => [
      svgElement("rect", {
        x: xOf(from), y: y - 5, width: xOf(to) - xOf(from), height: 10,
        fill: paint(end === first?.end ? "highlight" : "faint"), stroke: paint("panel"),
      }),
      svgText((xOf(from) + xOf(to)) / 2, y + 20,
        stretchName(view, end, xOf(to) - xOf(from)), small),
    ]),
    changes.map(({ from }, i) => [
      svgElement("path", {
        d: `M${xOf(from)} ${y - 8}v16`, stroke: paint("ink"), "stroke-width": 2,
        "data-change": from.toFixed(2),
      }),
      numbered.includes(i) &&
        svgText(xOf(from), y - 12, from.toFixed(2), { ...small, fill: paint("ink") }),
    ]),
    svgText(x0, y + 20, "0", { ...small, "text-anchor": "start" }),
    svgText(x1, y + 20, BEAM_MOST_RHO.toFixed(1), { ...small, "text-anchor": "end" }),
    svgElement("circle", {
      cx: xOf(rho), cy: y, r: 9, fill: paint("panel"), stroke: paint("link"), "stroke-width": 3,
      "data-knob": "rho",
    }),
  ];
}

/** Say how long the translation is that wins in a stretch of ρ, as far as there is room. */
function stretchName({ search, unit }, end, room) {
  const { length } = search.ended[end];
  if (room > 130) return `${length} ${unit} win`;
  return room > 56 ? String(length) : "";
}

/** Say the numbers of a node, and show the source sentence with the weights of its word. */
function drawBeamSource(view, index, { strip, size }) {
  const { source } = view.search;
  const node = view.nodes[index];
  const { weights } = node.end >= 0 ? view.nodes[node.parent] : node;
  const strongest = Math.max(...weights, 0);
  const top = strip.y + strip.lines * strip.line + 4;
  const small = { "font-size": 11, fill: paint("quiet") };
  const tokens = source.map((text, j) => {
    const { x, row, width } = strip.tokens[j];
    const [center, y] = [strip.x + x + width / 2, top + row * strip.row + 14];
    const weight = weights[j] ?? 0;
    const color = wordPaint(j, source.length);
    return svgElement("g", { "data-source": j },
      drawToken(center, y, pieceName(text, view.unit), {
        width, size, color, strong: weight === strongest && weight > 0,
      }),
      weight >= 0.01 && svgBox(center, y + 18, width * weight, 5, { fill: color }),
      weight >= 0.05 && svgText(center, y + 32, weight.toFixed(2), small));
  });
  const lines = wrapWords(beamDetails(view, index).split(" "), strip.width - 24, 14);
  return [
    lines.slice(0, strip.lines).map((line, i) =>
      svgText(strip.x, strip.y + strip.line * (i + 0.75), line, {
        "font-size": 14, "text-anchor": "start", "data-part": "details",
      })),
    tokens,
  ];
}

/** Return the handles over the picture: words, ends, ranks, folds, and the knob of ρ. */
export function beamHandles(view, place) {
  const { nodes, at, search, step, rho } = view;
  const { columns, columnOf, panel, pitch, top, gap, yOf, lanes, rootX } = place;
  const words = nodes.filter((node) => hasHandle(view, node, place)).map((node) => {
    const { x, width } = columnOf[node.t];
    const isEnd = node.end >= 0;
    return {
      id: `node ${node.index}`, kind: "button", least: 22,
      height: pitch >= ALMOST_FINGER ? FINGER : pitch,
      x: isEnd ? x + 10 : x + width / 2, y: yOf(lanes.laneOf[node.index]),
      width: isEnd ? (pitch >= ALMOST_FINGER ? FINGER : 24) : width + gap, label: beamDetails(view, node.index),
    };
  });
  const folds = columns.filter(({ isFold }) => isFold).map(({ x, width, from, to }) => ({
    id: `fold ${from} ${to}`, kind: "button", x: x + width / 2, y: top - 10, width,
    height: 32, label: `Show steps ${from + 1} to ${to + 1}`,
  }));
  const ranks = rankAt(search, step, view.beamSize, rho).map(({ end }, rank) => ({
    id: `rank ${end}`, kind: "button", x: panel.x + panel.width / 2, y: rankRowY(rank, place),
    width: panel.width, height: panel.rowPitch, least: 22,
    label: `Rank ${rank + 1}. ${beamDetails(view, nodes.find((n) => n.end === end).index)}`,
  }));
  const track = rhoTrack(place);
  const knob = {
    id: "rho", x: track.xOf(rho), y: track.y, label: "Length normalization ρ",
    value: rho.toFixed(2),
  };
  const more = lanes.hidden > 0
    ? [{
      id: `fold ${ALL_BRANCHES} ${ALL_BRANCHES}`, kind: "button", x: rootX + 120, width: 250,
      y: top + lanes.lanes * pitch + 12, height: 24, least: 24, label: hiddenText(lanes.hidden),
    }]
    : [];
  return [...folds, ...words, ...more, knob, ...ranks];
}

function hasHandle({ at }, node, { columnOf, lanes }) {
  return node.t >= 0 && arrivalOf(node, at) === 1 && lanes.laneOf[node.index] >= 0 &&
    !columnOf[node.t].isFold;
}

/** Return the node that an arrow key leads to, or the same one: children are at the right. */
export function neighborOf(view, index, right, down, place) {
  const here = view.nodes[index];
  if (right < 0) return parentOf(view, here, place);
  if (right > 0) return childOf(view, here, place);
  const { laneOf } = place.lanes;
  const away = (node) => (laneOf[node.index] - laneOf[index]) * down;
  const column = view.nodes.filter((node) =>
    node.t === here.t && away(node) > 0 && hasHandle(view, node, place));
  return column.sort((a, b) => away(a) - away(b))[0]?.index ?? index;
}

function parentOf(view, here, place) {
  const way = pathTo(view.nodes, here.parent)
    .filter((at) => hasHandle(view, view.nodes[at], place));
  return way[way.length - 1] ?? here.index;
}

/** Return the next node along the branch, further on if its column is folded. */
function childOf(view, here, place) {
  const { laneOf } = place.lanes;
  let next = here;
  do {
    const [child] = next.children.filter((one) => laneOf[one] >= 0 && view.nodes[one].t < view.at)
      .sort((a, b) => laneOf[a] - laneOf[b]);
    next = view.nodes[child];
  } while (next && !hasHandle(view, next, place));
  return next?.index ?? here.index;
}
