// The tree of a beam, drawn: words in boxes, branches as thick as their words are probable, the
// winner's way lit, greedy search's dashed, and a cross where a beginning is dropped.

import { paint } from "../draw/paint.js";
import { svgElement, svgText } from "../draw/svg.js";
import { pathTo, rankAt } from "./beamtree.js";
import { BEAM_SHARE_SIZE, beamPercent, pieceName } from "./beamcolumns.js";
import { isBeamSeen, isBeamWordShown } from "./beamlayout.js";
import { beamCount, isGreedyLosing, leaderOf } from "./beamtext.js";
import { rankRowY } from "./beamranking.js";

const BEAM_CROSS = 9; // pixels from a word to the cross behind it
const BEAM_END_NAME = 72; // pixels for the end of a translation and "greedy" behind it
const BEAM_DASHES = "5 3"; // the way of greedy search

/** Draw the tree: the newest column, branches, words, ends and folds. */
export function drawBeamTree(view, place) {
  const lit = litNodes(view);
  return [
    drawFront(view, place), drawBranches(view, place, lit),
    place.runs.map((run) => drawRun(view, run, place, lit)),
    drawEnds(view, place), drawFolds(view, place),
  ];
}

/** The more probable a word, the thicker the branch that leads to it. */
export function branchWidth(p) {
  return 1 + 7 * p;
}

/** How far a node has come in: 0 before its step, 1 after it. */
export function arrivalOf({ t }, at) {
  return Math.min(Math.max(at - t, 0), 1);
}

/** How dead a node is: 1 once none of its beginnings lives, and none has finished. */
function deadnessOf({ last }, at) {
  return Math.min(Math.max(at - last - 1, 0), 1);
}

/** Return the ways that stand out: {winning, pointed, greedy}, sets of nodes. */
function litNodes(view) {
  const { nodes, pointed } = view;
  const winning = new Set(pathTo(nodes, leaderOf(view)));
  const losing = nodes.filter(({ index, isGreedy }) => isGreedy && !winning.has(index));
  return {
    winning, pointed: new Set(pointed >= 0 ? pathTo(nodes, pointed) : []),
    greedy: new Set(losing.map(({ index }) => index)),
  };
}

/** Return how a node is drawn: its color, its dashes if greedy search goes there, and its order. */
function lookOf(index, { winning, pointed, greedy }, plain) {
  const isLit = winning.has(index);
  const isGreedy = greedy.has(index);
  const name = pointed.has(index) ? "link" : isLit ? "highlight" : isGreedy ? "ink" : plain;
  return {
    color: paint(name), dashes: isGreedy && BEAM_DASHES, isLit,
    isBold: isLit || isGreedy || pointed.has(index), order: isLit ? 3 : isGreedy ? 2 : 1,
  };
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

function drawBranches(view, place, lit) {
  const { nodes, at } = view;
  const shown = nodes.filter((node) =>
    node.parent >= 0 && arrivalOf(node, at) > 0 && place.lanes.laneOf[node.index] >= 0);
  const branches = shown.map((node) => {
    const { x1, y } = nodePlace(view, node.parent, place);
    const { x0, y: end } = nodePlace(view, node.index, place);
    if (x0 < x1 || !isBeamSeen(place, x1, x0)) return null; // both in one fold, or out of sight
    const middle = (x1 + x0) / 2;
    const dead = deadnessOf(node, at);
    const look = lookOf(node.index, lit, "frame");
    return {
      order: look.order - dead / 2,
      svg: svgElement("path", {
        d: `M${x1} ${y}C${middle} ${y} ${middle} ${end} ${x0} ${end}`,
        fill: "none", stroke: look.color, "stroke-width": branchWidth(node.p),
        "stroke-dasharray": look.dashes, "data-branch": node.index,
        opacity: arrivalOf(node, at) * (1 - 0.55 * dead),
      }),
    };
  });
  const { x1, y } = nodePlace(view, 0, place);
  const root = svgElement("circle", { cx: x1, cy: y, r: 5, fill: paint("neutral") });
  return [branches.filter(Boolean).sort((a, b) => a.order - b.order).map(({ svg }) => svg), root];
}

function drawRun(view, run, place, lit) {
  const { nodes, at } = view;
  const { columnOf, boxHeight, yOf } = place;
  const visible = run.nodes.filter((index) => arrivalOf(nodes[index], at) > 0);
  const inColumns = visible.filter((index) => isBeamWordShown(nodes[index], place));
  if (inColumns.length === 0) return "";
  const first = nodes[inColumns[0]];
  const last = nodes[inColumns[inColumns.length - 1]];
  const [begin, end] = [columnOf[first.t], columnOf[last.t]];
  const right = end.x + end.width * arrivalOf(last, at);
  const dead = deadnessOf(last, at);
  const y = yOf(run.lane);
  const look = lookOf(last.index, lit, dead > 0 ? "empty" : "frame");
  return svgElement("g", {
    "data-run": run.nodes[0], "data-dead": dead === 1 || null,
    "data-greedy": lit.greedy.has(last.index) || null,
  },
    svgElement("rect", {
      x: begin.x, y: y - boxHeight / 2, width: Math.max(right - begin.x, 1), height: boxHeight,
      rx: 7, fill: paint(dead === 1 ? "panel" : "ground"), stroke: look.color,
      "stroke-width": look.isBold ? 2.2 : 1.2, "stroke-dasharray": look.dashes,
    }),
    inColumns.slice(1).map((index, i) => {
      const before = columnOf[nodes[inColumns[i]].t];
      if (!isBeamSeen(place, before.x, columnOf[nodes[index].t].x)) return "";
      return svgElement("path", {
        d: `M${before.x + before.width} ${y}H${columnOf[nodes[index].t].x}`, stroke: look.color,
        "stroke-width": branchWidth(nodes[index].p), "data-branch": index,
        opacity: arrivalOf(nodes[index], at),
      });
    }),
    inColumns.map((index) => drawBeamWord(view, nodes[index], y, place, look)),
    dead > 0 && last.children.length === 0 &&
      drawDeath(end.x + end.width + BEAM_CROSS, y, dead));
}

/** Draw a word and how probable it is here: a bar below it, and a number where there is room. */
function drawBeamWord({ at, unit }, node, y, place, { isLit }) {
  const { size, pad, columnOf, boxHeight, hasShares } = place;
  const dead = deadnessOf(node, at);
  const { x, width } = columnOf[node.t];
  if (!isBeamSeen(place, x, x + width)) return "";
  const isTight = boxHeight < size * 1.75;
  const ink = paint(dead > 0.5 ? "quiet" : "ink");
  const bar = { x: x + pad, y: y + boxHeight / 2 - (isTight ? 4 : 6), height: isTight ? 2.5 : 3 };
  const room = Math.max(width - pad * 2, 8);
  return svgElement("g", { "data-word": node.index, opacity: arrivalOf(node, at) },
    svgText(x + pad, y + size * (isTight ? 0.18 : 0.2), pieceName(node.text, unit), {
      "font-size": size, "text-anchor": "start", fill: ink,
    }),
    hasShares && svgText(x + width - pad, y + size * 0.2, beamPercent(node.p), {
      "font-size": BEAM_SHARE_SIZE, "text-anchor": "end", fill: paint(isLit ? "ink" : "quiet"),
    }),
    svgElement("g", { opacity: 1 - 0.5 * dead },
      svgElement("rect", { ...bar, width: room, fill: paint("empty") }),
      svgElement("rect", {
        ...bar, width: room * node.p, fill: paint(isLit ? "highlight" : "frame"),
        "data-share": node.index,
      })));
}

/** A beginning without a continuation among the K best ends here. */
export function drawDeath(x, y, dead) {
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
    const hasRoom = x0 + BEAM_END_NAME < (place.isWide ? place.panel.x : place.width);
    const isGreedy = node.isGreedy && isGreedyLosing(view) && hasRoom;
    const isTied = isFirst || isPointed; // the ranks tell the others: their ways would cross
    const from = x0 + (isGreedy ? BEAM_END_NAME : 20);
    const way = place.isWide && rank > 0 && isTied && endWay(from, y, places[node.end], place);
    return svgElement("g", { "data-end": node.end, opacity: arrivalOf(node, at) },
      way && svgElement("path", {
        d: way, fill: "none", stroke: color, "stroke-width": 1.5, "stroke-dasharray": "2 4",
      }),
      svgElement("circle", {
        cx: x0 + 10, cy: y, r: 10, fill: rank > 0 ? color : paint("panel"), stroke: color,
      }),
      rank > 0 && svgText(x0 + 10, y + 4.5, String(rank), {
        "font-size": 13, "font-weight": "bold", fill: paint("ground"),
      }),
      isGreedy && svgText(x0 + 25, y + 4.5, "greedy", {
        "font-size": 12, "text-anchor": "start", "font-weight": "bold",
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

/** Draw the folded columns, and say what has no lane. */
function drawFolds({ nodes, step, isStill }, place) {
  const { columns, top, pitch, yOf, lanes, more: tall, moreX } = place;
  const more = lanes.hidden > 0 && svgText(moreX, top + lanes.lanes * pitch + tall / 2 + 4,
    hiddenText(lanes.hidden, isStill), {
      "font-size": 13, "text-anchor": "start", fill: paint(isStill ? "quiet" : "link"),
    });
  return [more, columns.filter(({ isFold }) => isFold).map(({ x, width, from, to }) => {
    const through = lanes.branches.filter((one) => one.from <= to && one.to >= from && from < step);
    const shown = new Set(nodes.filter(({ t, isKept }) => isKept && t >= from && t <= to)
      .map(({ index }) => lanes.laneOf[index]));
    const folded = new Set(through.map(({ lane }) => lane).filter((lane) => !shown.has(lane)));
    return svgElement("g", { "data-fold": from },
      svgElement("rect", {
        x, y: top - 20, width, height: 17, rx: 6, fill: paint("track"), stroke: paint("empty"),
      }),
      svgText(x + width / 2, top - 7, from === to ? String(from + 1) : `${from + 1}–${to + 1}`, {
        "font-size": 9.5, fill: paint("quiet"),
      }),
      [...folded].map((lane) =>
        svgText(x + width / 2, yOf(lane) + 4, "…", { "font-weight": "bold" })));
  })];
}

/** Say how many branches have no room. */
export function hiddenText(hidden, isStill = false) {
  const text = `… ${beamCount(hidden, "branch", "branches")} that died soon`;
  return isStill ? text : `${text}: show`;
}
