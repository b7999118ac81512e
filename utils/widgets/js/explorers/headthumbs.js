// Draws every head as a small map, which is also the switch that shows it: with a mark, its name,
// and its habit as an icon and in words. See headview.js for what a view is.

import { paint, wordPaint } from "../draw/paint.js";
import { svgElement, svgPart, svgText, textWidth, wrapWords } from "../draw/svg.js";
import { patternOf } from "./headhabits.js";
import { hasMeans } from "./headlayout.js";
import { WRITTEN, isTurned } from "./headtext.js";

const SEEN = 0.05; // of the weight: a small map leaves out what nobody could see
const MANY = 16; // words: maps of more have only the cells with a number's weight
const drawnCells = new WeakMap(); // by map: {key, svg}
// Habits as the threads between two lists of words, in a box of 16 by 16.
const HABIT_ICONS = {
  align: "M1 3h14M1 8L15 13M1 13L15 8",
  previous: "M1 8L15 2M1 14L15 8",
  next: "M1 2L15 8M1 8L15 14",
  itself: "M1 8h14M3.5 5.5a2.5 2.5 0 1 0 .1 0M12.5 5.5a2.5 2.5 0 1 0 .1 0",
  same: "M1 3h14M1 8h14M1 13h14",
  always: "M1 2L15 8M1 8h14M1 14L15 8",
  nearby: "M1 8L15 4.5M1 8h14M1 8L15 11.5",
  spread: "M1 8L15 1M1 8L15 5.5M1 8L15 10.5M1 8L15 15",
  mixed: "M1 3L15 11M1 8L15 3M1 13L15 14",
};

/** Draw all heads of the attention as small maps; those that are shown have a mark and a frame. */
export function drawHeadMaps(view, place) {
  const { maps: grid, f } = place;
  const quiet = { "font-size": f * 0.8, fill: paint("quiet"), "text-anchor": "start" };
  const words = gridTitles(view).find((title) => textWidth(title, f * 0.8) <= grid.width) ?? "";
  return svgPart("maps",
    svgText(grid.left, grid.top + f * 0.8, words, quiet),
    view.maps.map((heads, l) => [
      svgText(grid.left, mapCorner(grid, l, 0).y - f * 0.6, layerName(l, view.maps.length), {
        ...quiet, "font-weight": "bold",
      }),
      (hasMeans(view) ? [...heads, view.means[l]] : heads)
        .map((_, head) => drawHeadMap(view, place, l, head)),
    ]));
}

/** Return what the maps are and what they are for, the longest text first. */
function gridTitles({ part, isStill }) {
  const press = isStill ? "" : "Press a map to show or hide its head.";
  const rows = part === "encoder" ? "word" : "word it writes";
  const columns = part === "decoder" ? "word it has read" : "source word";
  return [`A row for each ${rows}, a column for each ${columns}. ${press}`, press];
}

function layerName(layer, count) {
  const about = layer > 0 ? `reads what layer ${layer} wrote` : count > 1 ? "reads the words" : "";
  return about ? `layer ${layer + 1}: ${about}` : `layer ${layer + 1}`;
}

/** Return the handles of the small maps, the averages' behind those of their heads. */
export function mapHandles(view, { maps: grid }) {
  return view.maps.flatMap((heads, l) => [...heads, null].map((_, head) => {
    const { x, y } = mapCorner(grid, l, head);
    const { text } = patternOf(mapAt(view, l, head), view.part, view.keys);
    const name = head === heads.length ? "average of the heads" : `head ${head + 1}`;
    return {
      id: `map-${l}-${head}`,
      kind: "toggle",
      isOn: isMapShown(view, l, head),
      label: `layer ${l + 1}, ${name}: ${text}`,
      x: x + grid.side / 2,
      y: y + (grid.side + grid.label) / 2 - 2,
      width: grid.pitch - grid.gap,
      height: grid.side + grid.label - 4,
    };
  }));
}

/** Return the map of a head, or of the average, which comes after the last. */
function mapAt({ maps, means }, layer, head) {
  return maps[layer][head] ?? means[layer];
}

function isMapShown({ maps, layer, chosen }, l, head) {
  return l === layer && (chosen.length === 0 ? head === maps[l].length : chosen.includes(head));
}

function mapCorner({ left, top, lead, layerTall, name, pitch, side, label, perLine }, layer, head) {
  return {
    x: left + (head % perLine) * pitch,
    y: top + lead + layer * layerTall + name + Math.floor(head / perLine) * (side + label),
  };
}

/** Draw the map of a head, and below it its name and what it does. */
function drawHeadMap(view, { maps: grid, f }, l, head) {
  const { maps, part, keys } = view;
  const map = mapAt(view, l, head);
  const { x, y } = mapCorner(grid, l, head);
  const isShown = isMapShown(view, l, head);
  const pattern = patternOf(map, part, keys);
  const isTight = grid.nameLines > 1;
  const name = head === maps[l].length
    ? (isTight ? "mean" : "average") : `${isTight ? "" : "head "}${head + 1}`;
  return svgElement("g", { "data-map": `${l}-${head}`, "data-pattern": pattern.kind },
    drawSmallMap(view, map, { x, y, side: grid.side }, isShown),
    drawSwitch(x, y + grid.side + f * 0.35, f * 0.85, isShown),
    svgText(x + f * 1.15, y + grid.side + f * 1.08, name, {
      "font-size": f * 0.8, "text-anchor": "start", "font-weight": isShown ? "bold" : "normal",
    }),
    drawHabit(pattern, { x, y: y + grid.side + f * 1.5, f, grid, hasIcon: name !== "mean" }));
}

/** Draw the mark of a switch: a box, and a tick in it if it is on. */
function drawSwitch(x, y, size, isOn) {
  return [
    svgElement("rect", {
      x, y, width: size, height: size, rx: size * 0.2, fill: paint(isOn ? "link" : "panel"),
      stroke: paint(isOn ? "link" : "frame"), "stroke-width": 1.2,
    }),
    isOn && svgElement("path", {
      d: "M3 8.5l3.5 3.5L13 4.5", transform: `translate(${x} ${y}) scale(${size / 16})`,
      fill: "none", stroke: paint("ground"), "stroke-width": 2.6,
    }),
  ];
}

/** Draw a habit as an icon, and its name beside it. */
function drawHabit({ kind, name }, { x, y, f, grid, hasIcon }) {
  const [size, icon] = [f * 0.8, f * 0.8];
  const left = hasIcon ? icon * 1.3 : 0;
  const room = grid.pitch - grid.gap * 0.5 - left;
  const broken = textWidth(name, size) <= room ? [name] : wrapWords(name.split(" "), room, size);
  const color = paint(kind === "mixed" || kind === "spread" ? "quiet" : "ink");
  return [
    hasIcon && svgElement("path", {
      d: HABIT_ICONS[kind], fill: "none", stroke: color, "stroke-width": 1.8,
      "stroke-linecap": "round", transform: `translate(${x} ${y}) scale(${icon / 16})`,
    }),
    broken.slice(0, grid.nameLines).map((line, i) => svgText(
      x + left, y + size * (0.9 + 1.15 * i), line,
      { "font-size": size, fill: color, "text-anchor": "start" },
    )),
  ];
}

/** Draw a map in the colors of the words looked at: their strip is above it. */
function drawSmallMap(view, map, { x, y, side }, isShown) {
  const { keys, position, key } = view;
  const [wide, high] = [side / keys.length, side / map.length];
  const mark = { fill: "none", stroke: paint("query"), "stroke-width": 1.5 };
  const lane = isTurned(view)
    ? { x: x + key * wide, y, width: wide, height: side }
    : { x, y: y + position * high, width: side, height: high };
  return [
    svgElement("rect", {
      x, y, width: side, height: side, fill: paint("ground"),
      stroke: paint(isShown ? "link" : "faint"), "stroke-width": isShown ? 3 : 1,
    }),
    cellsOf(map, keys.length, { x, y, wide, high }),
    svgElement("rect", { ...lane, ...mark }),
  ];
}

/** Return the cells of a small map; they stay as they are while words are pointed at. */
function cellsOf(map, count, at) {
  const key = Object.values(at).join();
  if (drawnCells.get(map)?.key !== key) {
    drawnCells.set(map, { key, svg: drawCells(map, count, at) });
  }
  return drawnCells.get(map).svg;
}

function drawCells(map, count, { x, y, wide, high }) {
  const least = count > MANY ? WRITTEN : SEEN;
  return Array.from({ length: count }, (_, j) => svgElement("g", { fill: wordPaint(j) },
    svgElement("rect", { x: x + j * wide, y: y - 4, width: wide, height: 3 }),
    map.map((row, i) => row[j] >= least && svgElement("rect", {
      x: x + j * wide, y: y + i * high, width: wide, height: high,
      "fill-opacity": row[j].toFixed(2),
    })))).join("");
}
