// What the beam explorer shows, as text and drawings: no element of a page is touched in here.
//
// A view is {search, texts, greedy, unit, nodes, lanes, runs, winners, beamSize, rho, step, at,
// places, pointed, opened}: what a search found and how it is drawn (`beamView`); the step that is
// shown, and where the drawing is on its way to it; for each finished translation its place in the
// ranking, possibly between two; the node that is pointed at, or -1; the columns unfolded by hand.

import { paint, wordPaint } from "../draw/paint.js";
import { svgBox, svgElement, svgPart, svgRoot, svgText, textWidth } from "../draw/svg.js";
import { drawToken, tokenWidth } from "../draw/tokens.js";
import { foldRuns, layLanes, pathTo, plantTree, rankAt, winnersByRho } from "./beamtree.js";
import { BEAM_MOST_RHO, layoutBeam, pieceName } from "./beamlayout.js";

const LITTLE = 0.08; // of the weight: less is not drawn below a word

/**
 * Search a sentence and return a view of all that was found.
 * @param {Translator} translator
 * @param {string[]} words at least one
 * @param {{beamSize: number, rho: number, step: ?number}} chosen no step: all
 */
export function beamView(translator, words, { beamSize, rho, step }) {
  const search = translator.search(words, beamSize);
  const [greedy] = translator.translate(words, 1);
  const found = translator.rank(search, search.ended.length, 1);
  const texts = search.ended.map(({ size, row }) =>
    found.find((one) => one.size === size && one.row === row).text);
  const nodes = plantTree(search);
  const lanes = layLanes(nodes, search.ended);
  const view = {
    search, texts, greedy: { text: greedy.text, score: greedy.score }, unit: translator.unit,
    nodes, lanes, runs: foldRuns(nodes, lanes), winners: winnersByRho(search.ended, BEAM_MOST_RHO),
    beamSize, rho, pointed: -1, opened: [],
  };
  return settleBeam({ ...view, step: clampStep(search, step) });
}

/** Return a step that a search has; all of them for null. */
export function clampStep({ columns }, step) {
  return Math.min(Math.max(step ?? columns.length, 1), columns.length);
}

/** Return a view at rest: the drawing is where the step and the ranking are. */
export function settleBeam(view) {
  return { ...view, at: view.step, places: rankingPlaces(view) };
}

/** Return the place of each translation that has finished so far: {end: place, from 0}. */
export function rankingPlaces({ search, step, beamSize, rho }) {
  const ranked = rankAt(search, step, beamSize, rho);
  return Object.fromEntries(ranked.map(({ end }, place) => [end, place]));
}

/** Return the beginning, or the finished translation, that is ahead after the view's step. */
export function leaderOf(view) {
  const { nodes, step, search } = view;
  if (step === search.columns.length) {
    const [winner] = rankAt(search, step, view.beamSize, view.rho);
    return nodes.find(({ end }) => end === winner?.end)?.index ?? 0;
  }
  return nodes.find(({ t, row, end }) => t === step - 1 && row === 0 && end < 0)?.index ?? 0;
}

/** Say in one or two sentences what there is to see. */
export function beamFinding(view) {
  const { search, step, beamSize, rho, greedy } = view;
  if (step < search.columns.length) return growingFinding(view);
  const [winner] = rankAt(search, step, beamSize, rho);
  const text = view.texts[winner.end];
  const others = text === greedy.text
    ? "Greedy search writes the same"
    : `Greedy search would write ${quoted(greedy.text)}`;
  const change = rhoChange(view, winner.end);
  return `K = ${beamSize}, ρ = ${rho.toFixed(2)}: ${quoted(text)} wins. ${others}${change}.`;
}

function quoted(text) {
  return text === "" ? "nothing at all" : `“${text}”`;
}

function rhoChange({ winners, texts, rho }, end) {
  const other = winners.find((stretch) => stretch.end !== end);
  if (!other) return "; no ρ changes the winner";
  const [way, edge] = other.to <= rho ? ["below", other.to] : ["above", other.from];
  return `; ${way} ρ = ${edge.toFixed(2)}, ${quoted(texts[other.end])} wins`;
}

function growingFinding(view) {
  const { nodes, search, step, unit } = view;
  const live = search.columns[step - 1].length;
  const died = nodes.filter(({ last }) => last + 2 === step).length === 0
    ? 0
    : countDeaths(nodes, step);
  const ended = search.ended.filter(({ size }) => size < step).length;
  const leader = nodes[leaderOf(view)];
  const so = beginningText(view, leader.index);
  return `Step ${step} of ${search.columns.length}: ${counted(live, "beginning lives", "beginnings live")}, ` +
    `${died} died here, ${ended} finished. ${quoted(so)} leads with log p ` +
    `${signed(leader.score)}${unit === "pieces" ? "" : ""}.`;
}

function countDeaths(nodes, step) {
  return nodes.filter(({ t, last, end }) => end < 0 && t === last && last + 2 === step).length;
}

function counted(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}

function signed(number, digits = 2) {
  return number.toFixed(digits).replace("-", "−");
}

/** Return the words from the first to this one, pieces joined. */
export function beginningText({ nodes, unit }, index) {
  const pieces = pathTo(nodes, index).slice(1).filter((at) => nodes[at].end < 0)
    .map((at) => pieceName(nodes[at].text, unit));
  return pieces.join(" ").replaceAll(" ·", "");
}

/** Say the numbers of a word, or of a finished translation. */
export function beamDetails(view, index) {
  const { nodes, search, rho, unit } = view;
  const node = nodes[index];
  if (node.end >= 0) {
    const { score, length } = search.ended[node.end];
    const ranked = signed(score / length ** rho, 3);
    return `${quoted(view.texts[node.end])}: log p ${signed(score)} over ${length} ${unit} ` +
      `(with the end): ${signed(score)} / ${length}^${rho.toFixed(2)} = ${ranked}`;
  }
  if (node.t < 0) return "The beginning: no word yet.";
  const before = beginningText(view, node.parent);
  const place = before ? `after “${before}”` : "as the first word";
  return `“${pieceName(node.text, unit)}” ${place}: p = ${node.p.toFixed(2)}; ` +
    `log p of all so far ${signed(node.score)}`;
}

/** Return the challenges, each with whether the reader has met it: [{name, text, isMet}, …]. */
export function beamChallenges(view) {
  const { search, step, beamSize, rho, texts, greedy, nodes } = view;
  const isWhole = step === search.columns.length;
  const [winner] = rankAt(search, search.columns.length, beamSize, rho);
  const [usual] = rankAt(search, search.columns.length, beamSize, 1);
  const leader = leaderOf(view);
  const last = nodes.find(({ end }) => end === winner.end)?.index ?? 0;
  return [
    {
      name: "greedy",
      text: "Find a K at which the winner is not what greedy search (K = 1) writes.",
      isMet: isWhole && texts[winner.end] !== greedy.text,
    },
    {
      name: "shorter",
      text: "Set ρ to 0: find a sentence for which a shorter translation wins than with ρ = 1.",
      isMet: isWhole && rho === 0 && winner.length < usual.length,
    },
    {
      name: "overtaken",
      text: "Stop at a step where another beginning leads than the one that will win.",
      isMet: !isWhole && !pathTo(nodes, last).includes(leader),
    },
  ];
}

/** Draw the tree, the ranking and what a word looked at; `place` is of `layoutBeam`. */
export function drawBeam(view, place) {
  const shown = view.pointed >= 0 ? view.pointed : leaderOf(view);
  return svgRoot(place.width, place.height, beamFinding(view),
    svgPart("tree", drawFront(view, place), drawBranches(view, place), drawRuns(view, place),
      drawEnds(view, place), drawFolds(view, place)),
    svgPart("ranking", drawRanking(view, place)),
    svgPart("source", drawSource(view, shown, place)));
}

/** Return the view drawn in full, for where nothing runs. */
export function drawBeamStill(view, width) {
  return drawBeam(view, layoutBeam(view, { width, tall: 430 }));
}

/** How far a node has come in: 0 before its step, 1 after it. */
function arrival({ t }, at) {
  return Math.min(Math.max(at - t, 0), 1);
}

/** How dead a node is: 1 once none of its beginnings lives, and none has finished. */
function deadness({ last }, at) {
  return Math.min(Math.max(at - last - 1, 0), 1);
}

function litNodes(view) {
  const winning = new Set(pathTo(view.nodes, leaderOf(view)));
  const pointed = new Set(view.pointed >= 0 ? pathTo(view.nodes, view.pointed) : []);
  return { winning, pointed };
}

/** Mark the column of the newest words, and number the steps. */
function drawFront(view, { columns, top, pitch, columnOf }) {
  const { step, search, lanes } = view;
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
export function nodePlace(view, index, place) {
  const { t } = view.nodes[index];
  const y = place.yOf(view.lanes.laneOf[index]);
  if (t < 0) return { x0: place.rootX, x1: place.rootX, y };
  const { x, width } = place.columnOf[t];
  return { x0: x, x1: x + width, y };
}

function drawBranches(view, place) {
  const { nodes, at } = view;
  const { winning, pointed } = litNodes(view);
  const branches = nodes.filter((node) => node.parent >= 0 && arrival(node, at) > 0).map((node) => {
    const { x1, y } = nodePlace(view, node.parent, place);
    const { x0, y: end } = nodePlace(view, node.index, place);
    if (x0 < x1) return null; // both in one fold
    const isLit = winning.has(node.index);
    const middle = (x1 + x0) / 2;
    const dead = deadness(node, at);
    return {
      order: isLit ? 2 : 1 - dead,
      svg: svgElement("path", {
        d: `M${x1} ${y}C${middle} ${y} ${middle} ${end} ${x0} ${end}`,
        fill: "none",
        stroke: paint(pointed.has(node.index) ? "link" : isLit ? "highlight" : "frame"),
        "stroke-width": isLit || pointed.has(node.index) ? 3 : 1.5,
        opacity: arrival(node, at) * (1 - 0.55 * dead),
      }),
    };
  });
  const { x1, y } = nodePlace(view, 0, place);
  const root = svgElement("circle", { cx: x1, cy: y, r: 5, fill: paint("neutral") });
  return [branches.filter(Boolean).sort((a, b) => a.order - b.order).map(({ svg }) => svg), root];
}

function drawRuns(view, place) {
  const { winning, pointed } = litNodes(view);
  return view.runs.map((run) => drawRun(view, run, place, { winning, pointed }));
}

function drawRun(view, run, place, { winning, pointed }) {
  const { nodes, at } = view;
  const { columnOf, boxHeight, yOf } = place;
  const visible = run.nodes.filter((index) => arrival(nodes[index], at) > 0);
  const inColumns = visible.filter((index) => !columnOf[nodes[index].t].isFold);
  if (inColumns.length === 0) return "";
  const first = nodes[inColumns[0]];
  const last = nodes[inColumns[inColumns.length - 1]];
  const [begin, end] = [columnOf[first.t], columnOf[last.t]];
  const right = end.x + end.width * arrival(last, at);
  const dead = deadness(last, at);
  const isLit = winning.has(last.index);
  const isPointed = pointed.has(last.index);
  const y = yOf(run.lane);
  return svgElement("g", { "data-run": run.nodes[0], "data-dead": dead === 1 || null },
    svgElement("rect", {
      x: begin.x, y: y - boxHeight / 2, width: Math.max(right - begin.x, 1), height: boxHeight,
      rx: 7, fill: paint(dead === 1 ? "panel" : "ground"),
      stroke: paint(isPointed ? "link" : isLit ? "highlight" : dead > 0 ? "empty" : "frame"),
      "stroke-width": isLit || isPointed ? 2.5 : 1.2,
    }),
    inColumns.map((index) => drawBeamWord(view, nodes[index], y, place)),
    dead > 0 && last.children.length === 0 && drawDeath(end.x + end.width, y, dead));
}

/** Draw a word, and below it where it looked: a bar in the colors of the source's words. */
function drawBeamWord(view, node, y, place) {
  const { at, unit, search, step } = view;
  const { size, pad, columnOf, boxHeight } = place;
  const dead = deadness(node, at);
  const { x, width } = columnOf[node.t];
  const isTight = boxHeight < size * 1.75;
  const text = pieceName(node.text, unit);
  const isFront = node.t === step - 1 && step < search.columns.length && at === step;
  return svgElement("g", { "data-word": node.index, opacity: arrival(node, at) },
    svgText(x + pad, y + size * (isTight ? 0.25 : 0.2), text, {
      "font-size": size, "text-anchor": "start", fill: paint(dead > 0.5 ? "quiet" : "ink"),
    }),
    svgElement("g", { opacity: 1 - 0.6 * dead },
      mixtureBar(node.weights, x + pad, y + boxHeight / 2 - 5, Math.max(width - pad * 2, 8))),
    isFront && svgText(x + width + 6, y + 4, signed(node.score), {
      "font-size": 11, "text-anchor": "start", fill: paint("quiet"),
    }));
}

function mixtureBar(weights, x, y, width) {
  const parts = weights
    .map((weight, j) => ({ weight, j }))
    .filter(({ weight }) => weight >= LITTLE);
  const whole = parts.reduce((total, { weight }) => total + weight, 0);
  let from = x;
  return parts.map(({ weight, j }) => {
    const part = (weight / whole) * width;
    from += part;
    return svgElement("rect", {
      x: from - part, y, width: part, height: 3, fill: wordPaint(j, weights.length),
    });
  });
}

/** A beginning that is not among the K best ends here. */
function drawDeath(x, y, dead) {
  const d = `M${x - 4} ${y - 4}L${x + 4} ${y + 4}M${x + 4} ${y - 4}L${x - 4} ${y + 4}`;
  return svgElement("path", { d, stroke: paint("wrong"), "stroke-width": 2, opacity: dead });
}

/** Draw the ends of translations, with their ranks, and the ways from there to the ranking. */
function drawEnds(view, place) {
  const { nodes, at, places, search, step, beamSize, rho } = view;
  const ranked = rankAt(search, step, beamSize, rho);
  const isWhole = step === search.columns.length;
  return nodes.filter((node) => node.end >= 0 && arrival(node, at) > 0).map((node) => {
    const { x0, y } = nodePlace(view, node.index, place);
    const rank = ranked.findIndex(({ end }) => end === node.end) + 1;
    const isFirst = isWhole && rank === 1;
    const isPointed = view.pointed === node.index;
    const color = paint(isPointed ? "link" : isFirst ? "highlight" : "neutral");
    const way = place.isWide && rank > 0 && endWay(x0 + 20, y, places[node.end], place);
    return svgElement("g", { "data-end": node.end, opacity: arrival(node, at) },
      way && svgElement("path", {
        d: way, fill: "none", stroke: color, "stroke-width": isFirst || isPointed ? 2.5 : 1.2,
        "stroke-dasharray": isFirst || isPointed ? null : "2 4",
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
  const goal = rowY(placeInRanking, place);
  const [begin, end] = [Math.max(right + 4, x), panel.x - 4];
  const middle = (begin + end) / 2;
  return `M${x} ${y}L${begin} ${y}C${middle} ${y} ${middle} ${goal} ${end} ${goal}`;
}

function rowY(placeInRanking, { panel, headRows }) {
  return panel.y + headRows + (placeInRanking + 0.5) * panel.rowPitch;
}

function drawFolds({ lanes, step }, { columns, top, pitch, yOf }) {
  return columns.filter(({ isFold }) => isFold).map(({ x, width, from, to }) => {
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
  });
}

/** Where ρ is on its track: {x0, x1, y, xOf}. */
export function rhoTrack({ panel }) {
  const [x0, x1] = [panel.x + 12, panel.x + panel.width - 12];
  return { x0, x1, y: panel.y + 42, xOf: (rho) => x0 + (rho / BEAM_MOST_RHO) * (x1 - x0) };
}

/** Draw ρ on a track that shows where it changes the winner, and the finished ones by their rank. */
function drawRanking(view, place) {
  const { search, step, beamSize, rho, places } = view;
  const { panel, headRows } = place;
  const ranked = rankAt(search, step, beamSize, rho);
  const head = { "font-size": 12, fill: paint("quiet"), "text-anchor": "end" };
  const [a, b, c] = numberColumns(panel);
  const y = panel.y + headRows - 8;
  return [
    drawRhoTrack(view, place),
    svgText(a, y, "log p", head),
    svgText(b, y, view.unit, head),
    svgText(c, y, `log p / ${view.unit}^ρ`, head),
    ranked.length === 0 && svgText(panel.x + 4, y + 26, "No translation is finished yet.", {
      "font-size": 14, "text-anchor": "start", fill: paint("quiet"),
    }),
    ranked.map((found, rank) => {
      const isFirst = rank === 0;
      const isPointed = view.nodes[view.pointed]?.end === found.end;
      const line = rowY(places[found.end] ?? rank, place);
      const number = {
        "font-size": 14, "text-anchor": "end", "font-weight": isFirst ? "bold" : "normal",
      };
      return svgElement("g", { "data-rank": rank + 1 },
        svgElement("rect", {
          x: panel.x, y: line - panel.rowPitch / 2 + 1, width: panel.width,
          height: panel.rowPitch - 2, rx: 6, fill: paint(isPointed ? "track" : "ground"),
          stroke: paint(isPointed ? "link" : isFirst ? "highlight" : "empty"),
          "stroke-width": isFirst || isPointed ? 2 : 1,
        }),
        svgText(panel.x + 16, line + 5, String(rank + 1), { ...number, "text-anchor": "middle" }),
        svgText(a, line + 5, signed(found.score), number),
        svgText(b, line + 5, String(found.length), number),
        svgText(c, line + 5, signed(found.ranked, 3), number));
    }),
  ];
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
  return [
    svgText(panel.x, panel.y + 14, `Length normalization ρ = ${rho.toFixed(2)}`, {
      "font-size": 14, "text-anchor": "start", "font-weight": "bold",
    }),
    winners.map(({ from, to, end }) => [
      svgElement("rect", {
        x: xOf(from), y: y - 5, width: xOf(to) - xOf(from), height: 10,
        fill: paint(end === first?.end ? "highlight" : "faint"), stroke: paint("panel"),
      }),
      xOf(to) - xOf(from) > 64 && svgText((xOf(from) + xOf(to)) / 2, y + 20,
        `${search.ended[end].length} ${view.unit} win`, small),
    ]),
    winners.slice(1).map(({ from }) => [
      svgElement("path", {
        d: `M${xOf(from)} ${y - 8}v16`, stroke: paint("ink"), "stroke-width": 2,
        "data-change": from.toFixed(2),
      }),
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

/** Say the numbers of a node, and show the source sentence with the weights of its word. */
function drawSource(view, index, { strip, size }) {
  const { source } = view.search;
  const node = view.nodes[index];
  const word = node.end >= 0 ? view.nodes[node.parent] : node;
  const room = strip.width / source.length;
  const names = source.map((text) => pieceName(text, view.unit));
  const widths = names.map((name) => tokenWidth(name, size, room - 4));
  const gap = Math.min(10, (strip.width - widths.reduce((a, b) => a + b, 0)) / source.length);
  let x = strip.x;
  const strongest = Math.max(...word.weights, 0);
  const tokens = names.map((name, j) => {
    x += widths[j] + gap;
    const weight = word.weights[j] ?? 0;
    const center = x - gap - widths[j] / 2;
    return svgElement("g", { "data-source": j },
      drawToken(center, strip.y + 38, name, {
        width: widths[j], size, color: wordPaint(j, source.length),
        strong: weight === strongest && weight > 0,
      }),
      weight >= 0.01 && svgBox(center, strip.y + 57, widths[j] * weight, 5, {
        fill: wordPaint(j, source.length),
      }),
      weight >= 0.05 && widths[j] > 22 && svgText(center, strip.y + 72, weight.toFixed(2), {
        "font-size": 11, fill: paint("quiet"),
      }));
  });
  return [
    svgText(strip.x, strip.y + 13, fitText(beamDetails(view, index), strip.width, 14), {
      "font-size": 14, "text-anchor": "start", "data-part": "details",
    }),
    tokens,
  ];
}

function fitText(text, room, size) {
  if (textWidth(text, size) * 0.9 <= room) return text;
  const letters = [...text];
  return `…${letters.slice(-Math.max(Math.floor(room / (size * 0.56)), 1)).join("")}`;
}

/** Return the handles over the picture: words, ends, ranks, folds, and the knob of ρ. */
export function beamHandles(view, place) {
  const { nodes, at, search, step, rho } = view;
  const { columns, columnOf, panel, pitch, top, gap, yOf } = place;
  const words = nodes.filter((node) => node.t >= 0 && arrival(node, at) === 1)
    .filter((node) => node.end >= 0 || !columnOf[node.t].isFold)
    .map((node) => {
      const { x, width } = columnOf[node.t];
      const isEnd = node.end >= 0;
      return {
        id: `node ${node.index}`, kind: "button", least: 22, height: pitch,
        x: isEnd ? x + 10 : x + width / 2, y: yOf(view.lanes.laneOf[node.index]),
        width: isEnd ? 24 : width + gap, label: beamDetails(view, node.index),
      };
    });
  const folds = columns.filter(({ isFold }) => isFold).map(({ x, width, from, to }) => ({
    id: `fold ${from} ${to}`, kind: "button", x: x + width / 2, y: top - 10, least: 24, width,
    height: 32, label: `Show steps ${from + 1} to ${to + 1}`,
  }));
  const ranks = rankAt(search, step, view.beamSize, rho).map(({ end }, rank) => ({
    id: `rank ${end}`, kind: "button", x: panel.x + panel.width / 2, y: rowY(rank, place),
    width: panel.width, height: panel.rowPitch, least: 22,
    label: `Rank ${rank + 1}. ${beamDetails(view, nodes.find((n) => n.end === end).index)}`,
  }));
  const track = rhoTrack(place);
  const knob = {
    id: "rho", x: track.xOf(rho), y: track.y, label: "Length normalization ρ",
    value: rho.toFixed(2),
  };
  return [...folds, ...words, knob, ...ranks];
}

/** Return the node that an arrow key leads to, or the same one: children are at the right. */
export function neighborOf(view, index, right, down, place) {
  const { nodes, at, lanes } = view;
  const isShown = (node) => node.t >= 0 && arrival(node, at) === 1 &&
    (node.end >= 0 || !place.columnOf[node.t].isFold);
  const here = nodes[index];
  if (right !== 0) {
    let next = here;
    do {
      const lane = lanes.laneOf[next.index];
      const [child] = next.children.filter((one) => nodes[one].t < at)
        .sort((a, b) => Math.abs(lanes.laneOf[a] - lane) - Math.abs(lanes.laneOf[b] - lane));
      next = nodes[right > 0 ? child : next.parent];
    } while (next && next.t >= 0 && !isShown(next));
    return next && next.t >= 0 ? next.index : index;
  }
  const away = (node) => (lanes.laneOf[node.index] - lanes.laneOf[index]) * down;
  const column = nodes.filter((node) => node.t === here.t && isShown(node) && away(node) > 0);
  return column.sort((a, b) => away(a) - away(b))[0]?.index ?? index;
}
