// Beside the tree: who is ahead, as bars of what the score says, and ρ on a track that shows where
// it changes the winner.

import { paint } from "../draw/paint.js";
import { shortenWord, svgElement, svgText, textWidth } from "../draw/svg.js";
import { labelsThatFit } from "../draw/tokens.js";
import { BEAM_MOST_RHO, rankAt } from "./beamtree.js";
import { beamPercent } from "./beamcolumns.js";
import { beginningText, isGreedyLosing, partApart, scoreMeaning } from "./beamtext.js";

const BEAM_RANK_SIZE = 13; // of the letters of a ranked translation
const BEAM_TWO_LINES = 36; // pixels of a row, from which its bar has room for a number beside it
const BEAM_VALUE = 50; // pixels for that number

/** Where a row of the ranking is, counted from 0, possibly between two. */
export function rankRowY(placeInRanking, { panel, headRows }) {
  return panel.y + headRows + (placeInRanking + 0.5) * panel.rowPitch;
}

/** Where ρ is on its track: {x0, x1, y, xOf}. */
export function rhoTrack({ panel }) {
  const [x0, x1] = [panel.x + 12, panel.x + panel.width - 12];
  return { x0, x1, y: panel.y + 42, xOf: (rho) => x0 + (rho / BEAM_MOST_RHO) * (x1 - x0) };
}

/**
 * Return who competes after the view's step: the translations that are finished, or, before there
 * are any, the beginnings that live: [{id, index, end, text, share, at}, …], best first. `share`
 * is e^score, 0 to 1, and `at` the row where it stands.
 */
export function beamRivals(view) {
  const { nodes, search, step, beamSize, rho, places, texts } = view;
  const ranked = rankAt(search, step, beamSize, rho);
  if (ranked.length > 0) {
    return ranked.map(({ end, ranked: score }, rank) => ({
      id: `rank ${end}`, index: nodes.find((node) => node.end === end).index, end,
      text: texts[end] || "(nothing)", share: Math.exp(score), at: places[end] ?? rank,
    }));
  }
  const living = nodes.filter(({ t, end }) => t === step - 1 && end < 0);
  return living.sort((a, b) => a.row - b.row).map(({ index, score }, row) => ({
    id: `rank-node ${index}`, index, end: -1, text: `${beginningText(view, index)} …`,
    share: Math.exp(score), at: row,
  }));
}

/** Draw ρ on its track, and below it the rivals. */
export function drawBeamRanking(view, place) {
  const { panel, headRows } = place;
  const rivals = beamRivals(view);
  const isFinished = rivals.some(({ end }) => end >= 0);
  const meaning = isFinished ? scoreMeaning(view) : "how probable so far";
  return [
    drawRhoTrack(view, place),
    svgText(panel.x + panel.width - 10, panel.y + headRows - 7, meaning, {
      "font-size": 12, fill: paint("quiet"), "text-anchor": "end",
    }),
    rivals.map((rival, rank) => drawRival(rival, rank, rivals, view, place)),
  ];
}

function drawRival(rival, rank, rivals, view, place) {
  const { panel } = place;
  const { index, end, share, at } = rival;
  const line = rankRowY(at, place);
  const isFirst = rank === 0;
  const isPointed = view.pointed === index;
  const isGreedy = view.nodes[index].isGreedy && (end < 0 || isGreedyLosing(view));
  const isRoomy = panel.rowPitch >= BEAM_TWO_LINES;
  const weight = isFirst ? "bold" : "normal";
  const left = panel.x + 34;
  const tag = isGreedy ? 54 : 0;
  const room = panel.width - 44 - tag - (isRoomy ? 0 : BEAM_VALUE);
  const text = rivalText(rival.text, rivals[0].text, room * (isFirst ? 0.97 : 1)); // bold is wider
  const full = panel.width - 44 - BEAM_VALUE;
  const [height, barY, textY] = isRoomy ? [8, line + 6, line - 4] : [3, line + 6, line + 2];
  const right = { x: panel.x + panel.width - 10, y: line + (isRoomy ? 14 : 4) };
  return svgElement("g", { [end < 0 ? "data-alive" : "data-rank"]: rank + 1 },
    svgElement("rect", {
      x: panel.x, y: line - panel.rowPitch / 2 + 1, width: panel.width,
      height: panel.rowPitch - 2, rx: 6, fill: paint(isPointed ? "track" : "ground"),
      stroke: paint(isPointed ? "link" : isFirst ? "highlight" : "empty"),
      "stroke-width": isFirst || isPointed ? 2 : 1,
    }),
    svgText(panel.x + 16, line + 5, String(rank + 1), { "font-size": 14, "font-weight": weight }),
    svgText(left, textY, text, {
      "font-size": BEAM_RANK_SIZE, "text-anchor": "start", "font-weight": weight,
    }),
    isGreedy && svgText(panel.x + panel.width - 10 - (isRoomy ? 0 : BEAM_VALUE), textY, "greedy", {
      "font-size": 12, "text-anchor": "end", "font-weight": "bold", "data-greedy": "true",
    }),
    svgElement("rect", { x: left, y: barY, width: full, height, fill: paint("track") }),
    svgElement("rect", {
      x: left, y: barY, width: (full * share) / rivals[0].share, height,
      fill: paint(isFirst ? "highlight" : "frame"), "data-bar": share.toFixed(6),
    }),
    svgText(right.x, right.y, beamPercent(share), {
      "font-size": 13, "text-anchor": "end", "font-weight": weight,
    }));
}

/** Return a translation as far as there is room: of a longer one, where it is not the winner. */
function rivalText(text, winner, room) {
  if (textWidth(text, BEAM_RANK_SIZE) <= room) return text;
  return shortenWord(partApart(text, winner), room, BEAM_RANK_SIZE);
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
function stretchName({ search, unit, winners }, end, room) {
  const { length } = search.ended[end];
  if (winners.length === 1) return "no ρ changes the winner";
  if (room > 130) return `${length} ${unit} win`;
  if (room > 64) return `${length} ${unit}`;
  return room > 24 ? String(length) : "";
}
