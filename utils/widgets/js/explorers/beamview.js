// What the beam explorer shows, put together: the tree, its legend, the ranking, and the source
// sentence with what a word looked at. No element of a page is touched in here.

import { paint, wordPaint } from "../draw/paint.js";
import { svgBox, svgElement, svgPart, svgRoot, svgText, wrapWords } from "../draw/svg.js";
import { drawToken } from "../draw/tokens.js";
import { branchWidth, drawBeamTree, drawDeath } from "./beambranches.js";
import { pieceName } from "./beamcolumns.js";
import { BEAM_LEGEND_SIZE, layoutBeam } from "./beamlayout.js";
import { drawBeamRanking } from "./beamranking.js";
import { beamDetails, beamFinding, isGreedyLosing, leaderOf } from "./beamtext.js";

/** Draw the tree, the ranking and what a word looked at; `place` is of `layoutBeam`. */
export function drawBeam(view, place) {
  const shown = view.pointed >= 0 ? view.pointed : leaderOf(view);
  return svgRoot(place.width, place.height, beamFinding(view),
    svgPart("tree", drawBeamTree(view, place)),
    svgPart("legend", place.legend
      .filter(({ mark }) => mark !== "greedy" || isGreedyLosing(view)).map(drawLegendItem)),
    svgPart("ranking", drawBeamRanking(view, place)),
    svgPart("source", drawBeamSource(view, shown, place)));
}

/** Return the view drawn in full, for where nothing runs. */
export function drawBeamStill(view, width) {
  const still = { ...view, foldsFaint: true, isStill: true };
  return drawBeam(still, layoutBeam(still, { width, tall: 430 }));
}

/** Draw a mark, and what it says. */
function drawLegendItem({ mark, text, x, y }) {
  const line = (p, color = "frame", dashes = null) => svgElement("path", {
    d: `M${x} ${y}h18`, stroke: paint(color), "stroke-width": branchWidth(p),
    "stroke-dasharray": dashes,
  });
  const circle = (fill) => svgElement("circle", {
    cx: x + 9, cy: y, r: 6, fill: paint(fill), stroke: paint("neutral"),
  });
  const marks = {
    likely: () => line(0.9), unlikely: () => line(0.1), dropped: () => drawDeath(x + 9, y, 1),
    ahead: () => line(0.5, "highlight"), greedy: () => line(0.2, "ink", "5 3"),
    ended: () => circle("panel"),
  };
  return [
    marks[mark](),
    svgText(x + 24, y + 4, text, {
      "font-size": BEAM_LEGEND_SIZE, "text-anchor": "start", fill: paint("quiet"),
    }),
  ];
}

/** Say the numbers of a node, and show the source sentence with the weights of its word. */
function drawBeamSource(view, index, { strip, size }) {
  const { source } = view.search;
  const node = view.nodes[index];
  const { weights } = node.end >= 0 ? view.nodes[node.parent] : node;
  const strongest = Math.max(...weights, 0);
  const top = strip.y + strip.lines * strip.line + 4;
  const small = { "font-size": 11, fill: paint("quiet") };
  const tokens = strip.tokens.map(({ x, row, width }, j) => {
    const [center, y] = [strip.x + x + width / 2, top + row * strip.row + 14];
    const weight = weights[j] ?? 0;
    const color = wordPaint(j);
    return svgElement("g", { "data-source": j },
      drawToken(center, y, pieceName(source[j], view.unit), {
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
