// What can be pointed at, pressed and dragged in the picture of a beam, and where arrow keys lead.

import { arrivalOf, hiddenText } from "./beambranches.js";
import { ALL_BRANCHES, isBeamWordShown } from "./beamlayout.js";
import { beamRivals, rankRowY, rhoTrack } from "./beamranking.js";
import { beamDetails } from "./beamtext.js";
import { pathTo } from "./beamtree.js";

const FINGER = 44; // pixels: what is pressed should be as large,
const ALMOST_FINGER = 38; // and handles so close may cover a little of each other for it

/** Return the handles over the picture: words, ends, ranks, folds, and the knob of ρ. */
export function beamHandles(view, place) {
  const track = rhoTrack(place);
  const knob = {
    id: "rho", x: track.xOf(view.rho), y: track.y, label: "Length normalization ρ",
    value: view.rho.toFixed(2),
  };
  return [
    ...foldHandles(place), ...wordHandles(view, place), ...moreHandle(place), knob,
    ...rivalHandles(view, place),
  ];
}

function foldHandles({ columns, top }) {
  return columns.filter(({ isFold }) => isFold).map(({ x, width, from, to }) => ({
    id: `fold ${from} ${to}`, kind: "button", x: x + width / 2, y: top - 12, width,
    height: 24, least: 24, label: `Show steps ${from + 1} to ${to + 1}`,
  }));
}

function wordHandles(view, place) {
  const { columnOf, pitch, gap, yOf, lanes } = place;
  const isLarge = pitch >= ALMOST_FINGER;
  return view.nodes.filter((node) => hasHandle(view, node, place)).map((node) => {
    const { x, width } = columnOf[node.t];
    const isEnd = node.end >= 0;
    return {
      id: `node ${node.index}`, kind: "button", least: 22, height: isLarge ? FINGER : pitch,
      x: isEnd ? x + 10 : x + width / 2, y: yOf(lanes.laneOf[node.index]),
      width: isEnd ? (isLarge ? FINGER : 24) : width + gap, label: beamDetails(view, node.index),
    };
  });
}

function moreHandle({ lanes, more, moreX, top, pitch }) {
  if (lanes.hidden === 0) return [];
  return [{
    id: `fold ${ALL_BRANCHES} ${ALL_BRANCHES}`, kind: "button", x: moreX + 125, width: 250,
    y: top + lanes.lanes * pitch + more / 2, height: more, least: 24, label: hiddenText(lanes.hidden),
  }];
}

function rivalHandles(view, place) {
  const { panel } = place;
  return beamRivals(view).map(({ id, index }, rank) => ({
    id, kind: "button", x: panel.x + panel.width / 2, y: rankRowY(rank, place),
    width: panel.width, height: panel.rowPitch, least: 22,
    label: `Rank ${rank + 1}. ${beamDetails(view, index)}`,
  }));
}

function hasHandle({ at }, node, place) {
  return node.t >= 0 && arrivalOf(node, at) === 1 && place.lanes.laneOf[node.index] >= 0 &&
    isBeamWordShown(node, place);
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
