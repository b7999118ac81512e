// What the head viewer shows, as text and drawings: no element of a page is touched in here.
//
// A view is {part, asks, keys, maps, layer, chosen, sets, position}:
//   part            "encoder", "decoder" or "cross"
//   asks, keys      the words that look, and the words they look at
//   maps            by layer and head: a row of weights for each word that looks
//   layer, chosen   the layer and its heads that are shown, from 0; no head: their average
//   sets            [{name, rows}, …]: what is shown, a panel for each
//   position        the word that looks, from 0
//   key             where set: the word that is looked at, from 0, and all that look at it show
//   only            where set: the place in `sets` of the one that is pointed at

import { paint, wordPaint } from "../draw/paint.js";
import { shortenWord, shortNumber, svgBox, svgElement } from "../draw/svg.js";
import { svgPart, svgRoot, svgText, textWidth, wrapWords } from "../draw/svg.js";
import { drawToken } from "../draw/tokens.js";
import { alignmentOf, isAlignment, mapsOfPart, meanMap, patternOf } from "./headmaps.js";
import { placeOfMost, shareOfPrevious, wordsOfPart } from "./headmaps.js";

const ROW_NAMES = {
  encoder: ["word", "looks at"], decoder: ["writes", "has read"], cross: ["writes", "source"],
};
const AVERAGE = "all";
const FAINT = 0.02; // of the weight: a thinner thread would lead nowhere
const WRITTEN = 0.1; // of the weight: threads with less have no number, and none beside others
const MOSTLY = 0.5; // of the weight
const STRONG = 0.3; // of the weight: the word's token is drawn stronger
const UNREAD = 0.4; // how visible words are that the decoder has not read yet
const ASIDE = 0.15; // how visible panels are while another one is pointed at
const BEFORE = 0.4; // of the weight on the word before, on average
const SHARP = 0.9; // of the weight: the challenge asks for more than a name
const SEEN = 0.05; // of the weight: a small map leaves out what nobody could see
const MANY = 16; // words: maps of more have only the cells with a number's weight
const NAMED = 2; // words of a finding about who looks at a word
const drawnCells = new WeakMap(); // by map: {key, svg}

/** Return the view of a traced translation, with what is chosen: part, layer, heads, position. */
export function headView(traced, { part, layer, heads, position, key = null }) {
  const maps = mapsOfPart(traced, part);
  const { asks, keys } = wordsOfPart(traced, part);
  const within = (number, count) => Math.min(Math.max(number, 0), count - 1);
  const at = within(layer, maps.length);
  const chosen = heads.filter((head) => head < maps[0].length);
  const sets = chosen.length > 0
    ? chosen.map((head) => ({ name: String(head + 1), rows: maps[at][head] }))
    : [{ name: AVERAGE, rows: meanMap(maps[at]) }];
  return {
    part, asks, keys, maps, layer: at, chosen, sets, position: within(position, asks.length),
    key: key === null ? null : within(key, keys.length),
  };
}

/** Tell whether a view shows who looks at a word, and not where a word looks. */
function isTurned({ key }) {
  return Number.isInteger(key);
}

/** Say in a sentence where the word looks, or who looks at it. */
export function headFinding(view) {
  const sets = Number.isInteger(view.only) ? [view.sets[view.only]] : view.sets;
  return isTurned(view) ? whoLooks({ ...view, sets }) : whereItLooks({ ...view, sets });
}

/** Say which words give a word most of their weight. */
function whoLooks({ part, asks, keys, layer, sets, key }) {
  const all = sets.flatMap(({ name, rows }) => rows.map((row, i) => (
    { name, i, weight: row[key] ?? 0 }
  ))).filter(({ weight }) => weight >= WRITTEN).sort((a, b) => b.weight - a.weight);
  const start = `Layer ${layer + 1}, who looks at “${keys[key]}”?`;
  if (all.length === 0) return `${start} No word gives it as much as ${WRITTEN.toFixed(2)}.`;
  const most = all.slice(0, NAMED).map(({ name, i, weight }) => {
    const who = name === AVERAGE ? "on average" : `head ${name}`;
    return `“${asks[i]}” (${sets.length > 1 || name === AVERAGE ? `${who}, ` : ""}${
      weight.toFixed(2)})`;
  });
  const verb = part === "encoder" ? "Most of all" : "Most of all, to write";
  return `${start} ${verb} ${most.join(" and ")}.`;
}

function whereItLooks(view) {
  const { part, asks, keys, layer, sets, position } = view;
  const word = part === "encoder" ? `“${asks[position]}”` : `to write “${asks[position]}”`;
  const start = `Layer ${layer + 1}, ${word}:`;
  if (sets.length > 1) return `${start} ${headsByWord(view).join("; ")}.`;
  const [{ name, rows }] = sets;
  const row = rows[position];
  const j = placeOfMost(row);
  const who = name === AVERAGE ? "on average its heads look" : `head ${name} looks`;
  const mostly = row[j] >= MOSTLY ? "mostly at" : "at many words, most at";
  return `${start} ${who} ${mostly} “${keys[j]}” (${row[j].toFixed(2)})${relation(view, j)}.`;
}

/** Say for each word that heads look at most which ones do, and with what share of their weight. */
function headsByWord({ keys, sets, position }) {
  const places = [...new Set(sets.map(({ rows }) => placeOfMost(rows[position])))];
  if (places.length === 1) return [headsAgree(keys[places[0]], sets, position, places[0])];
  return places.map((j, i) => {
    const here = sets.filter(({ rows }) => placeOfMost(rows[position]) === j);
    const names = here.map(({ name }) => name).join(", ");
    const shares = here.map(({ rows }) => rows[position][j].toFixed(2)).join(", ");
    const verb = i > 0 ? "" : here.length > 1 ? " look most" : " looks most";
    return `head${here.length > 1 ? "s" : ""} ${names}${verb} at “${keys[j]}” (${shares})`;
  });
}

function headsAgree(word, sets, position, j) {
  const shares = sets.map(({ rows }) => rows[position][j]).sort((a, b) => a - b);
  const [least, most] = [shares[0], shares.at(-1)].map((share) => share.toFixed(2));
  const all = sets.length === 2 ? "both" : `all ${sets.length}`;
  return `${all} heads look most at “${word}” (${least} to ${most})`;
}

/** Say where a word of the same sentence stands from the one that looks at it. */
function relation({ part, position }, j) {
  if (part === "cross") return "";
  if (part === "decoder") return j === position && position > 0 ? ", the word before" : "";
  return { 0: ", itself", "-1": ", the word before", 1: ", the next word" }[j - position] ?? "";
}

/** Return the challenges, each with whether the reader has met it: [{name, text, isMet}, …]. */
export function headChallenges(view) {
  const { part, sets, chosen, position } = view;
  const single = chosen.length === 1 ? sets[0].rows : null;
  const tops = sets.map(({ rows }) => placeOfMost(rows[position]));
  return [
    {
      name: "previous",
      text: "Find a head that looks mostly at the word before. (Try the decoder, too.)",
      isMet: single !== null && part !== "cross" && shareOfPrevious(single, part) >= BEFORE,
    },
    {
      name: "alignment",
      text: "Find a head of cross-attention that goes word for word, with 0.90 of its weight or more. "
        + "Are they the right words?",
      isMet: single !== null && part === "cross" && isAlignment(single)
        && alignmentOf(single).sharp >= SHARP,
    },
    {
      name: "apart",
      text: "Show two heads of a layer that look at two words, each with over half its weight.",
      isMet: chosen.length === 2 && tops[0] !== tops[1]
        && sets.every(({ rows }, k) => rows[position][tops[k]] > MOSTLY),
    },
  ];
}

/** Draw the head viewer as SVG text, in the places that `layoutHeads` returns. */
export function drawHeads(view, place) {
  return svgRoot(place.width, place.tall, headFinding(view),
    drawRowNames(view, place),
    svgPart("panels", place.panels.map((panel, k) => drawPanelGround(view, place, panel, k))),
    view.sets.length === 1 && !isTurned(view) && svgPart("others", drawOthers(view, place)),
    svgPart("threads", view.sets.map((set, k) => drawThreads(view, place, set, k))),
    drawWords(view, place),
    svgPart("heads", view.sets.map((set, k) => drawPanelName(view, place, set, k))),
    drawMaps(view, place));
}

/** Return what can be pressed or pointed at: words that look, words looked at, heads, maps. */
export function headHandles(view, place) {
  const { asks, keys, position } = view;
  const words = (name, list, places, isOn, about) => places.map(({ x, y, width }, i) => ({
    id: `${name}-${i}`, kind: "toggle", isOn: isOn(i), label: about(list[i], i + 1),
    x, y, width, height: place.row, least: place.least,
  }));
  return [
    ...words("ask", asks, place.asks, (i) => !isTurned(view) && i === position,
      (word, number) => `${word}, word ${number}`),
    ...words("key", keys, place.keys, (j) => j === view.key,
      (word, number) => `who looks at ${word}, word ${number}?`),
    ...headBadges(view, place),
    ...mapHandles(view, place),
  ];
}

/** Return the handles of the panels' names. */
function headBadges({ sets, chosen }, { panels, names, f }) {
  return sets.map(({ name }, k) => ({
    id: `head-${name}`,
    kind: "toggle",
    isOn: chosen.length === 1,
    label: name === AVERAGE ? "the average: show all heads" : `only head ${name}`,
    x: (panels[k].left + panels[k].right) / 2,
    y: names.y + panels[k].line * f * 1.5,
    width: panels[k].right - panels[k].left,
    height: f * 2,
    least: Math.min(panels[k].right - panels[k].left, 44),
  }));
}

function mapHandles({ maps, layer, chosen, part, keys }, { maps: grid, f }) {
  return maps.flatMap((heads, l) => heads.map((map, head) => {
    const { x, y } = mapCorner(grid, l, head);
    const { text } = patternOf(map, part, keys);
    return {
      id: `map-${l}-${head}`,
      kind: "toggle",
      isOn: l === layer && chosen.includes(head),
      label: `layer ${l + 1}, head ${head + 1}: ${text}`,
      x: x + grid.side / 2,
      y: y + (grid.side + f * 1.4) / 2,
      width: grid.side,
      height: grid.side + f * 1.4,
    };
  }));
}

function drawRowNames({ part }, { f, names }) {
  const [first, second] = ROW_NAMES[part];
  const style = { "font-size": f * 0.8, fill: paint("quiet") };
  return svgPart("names",
    svgText(names.asksX, names.y + f * 0.3, first, { ...style, "text-anchor": "start" }),
    svgText(names.keysX, names.y + f * 0.3, second, { ...style, "text-anchor": "end" }));
}

/** Draw both lists of words: the one that was pressed has a frame, those at its ends are strong. */
function drawWords(view, place) {
  const { asks, keys, part, position, key } = view;
  const { size, f } = place;
  const turned = isTurned(view);
  const askPaint = (i) => ({
    encoder: () => wordPaint(i, keys.length),
    decoder: () => (i + 1 < keys.length ? wordPaint(i + 1, keys.length) : paint("frame")),
    cross: () => paint("frame"),
  })[part]();
  const at = turned ? place.keys[key] : place.asks[position];
  const frame = svgElement("rect", {
    x: at.x - at.width / 2 - f * 0.2, y: at.y - f * 0.98, width: at.width + f * 0.4,
    height: f * 1.96, rx: f * 0.5, fill: "none", stroke: paint("query"), "stroke-width": f * 0.18,
  });
  const strong = new Set(view.sets.flatMap((set) => endsOf(view, set)
    .filter(({ weight }) => weight >= STRONG).map(({ end }) => end)));
  const token = (word, { x, y, width }, color, isStrong, data) => drawToken(x, y, word, {
    width, size, color, strong: isStrong, data,
  });
  return [
    svgPart("asks", asks.map((word, i) => token(word, place.asks[i], askPaint(i),
      turned ? strong.has(i) : i === position, { "data-ask": i }))),
    svgPart("keys", keys.map((word, j) => token(word, place.keys[j], wordPaint(j, keys.length),
      turned ? j === key : strong.has(j), {
        "data-word": j, opacity: part === "decoder" && j > position && !turned ? UNREAD : null,
      }))),
    frame,
  ];
}

/** Return the ends of a set's threads, and how much weight each has: [{end, weight}, …]. */
function endsOf(view, { rows }) {
  if (isTurned(view)) return rows.map((row, i) => ({ end: i, weight: row[view.key] ?? 0 }));
  return Array.from(rows[view.position], (weight, j) => ({ end: j, weight }));
}

/** Return how visible a panel is: others step back from the one that is pointed at. */
function panelOpacity({ only }, k) {
  return Number.isInteger(only) && only !== k ? ASIDE : null;
}

/** Draw the ground of a panel, if there are several. */
function drawPanelGround(view, { f, top, end, lines }, { left, right, line }, k) {
  if (view.sets.length === 1 || line > 0) return "";
  return svgElement("rect", {
    x: left + 2, y: top - f * (0.2 + 1.5 * lines) - f * 0.3, width: right - left - 4,
    height: end - top + f * (0.4 + 1.5 * lines), rx: f * 0.4, fill: paint("ground"),
    opacity: panelOpacity(view, k),
  });
}

/** Draw a panel: threads from or to the pressed word, as wide as their weights, and numbers. */
function drawThreads(view, place, set, k) {
  const { f, hasThreads } = place;
  const panel = place.panels[k];
  const turned = isTurned(view);
  const [many, color] = [view.sets.length > 1, (end) => wordPaint(turned ? view.key : end,
    view.keys.length)];
  const hub = turned
    ? { x: panel.right - f * 0.5, y: place.keys[view.key].y }
    : { x: panel.left + f * (many ? 0.6 : 0), y: place.asks[view.position].y };
  const endX = turned ? panel.left + f * 2.4 : panel.right - f * 2.4;
  const ends = endsOf(view, set).filter(({ weight }) => weight >= (many ? WRITTEN : FAINT));
  const yOf = (end) => (turned ? place.asks : place.keys)[end].y;
  const threads = ends.map(({ end, weight }) => hasThreads && svgElement("path", {
    d: threadPath(hub, { x: endX, y: yOf(end) }), fill: "none", stroke: color(end),
    "stroke-width": Math.max(weight * f * 0.9, 1), "stroke-opacity": weight < WRITTEN ? 0.4 : 0.8,
    "data-word": turned ? view.key : end, "data-head": set.name, "data-weight": weight.toFixed(4),
  }));
  const numbers = ends.filter(({ weight }) => weight >= WRITTEN).map(({ end, weight }) => (
    drawShare(place, panel, { x: turned ? panel.left + f * 1.1 : panel.right - f * 1.1,
      y: yOf(end) }, { weight, color: color(end), name: set.name })
  ));
  const dot = hasThreads && many && svgElement("circle", {
    cx: hub.x, cy: hub.y, r: f * 0.28, fill: turned ? color(0) : paint("query"),
  });
  return svgElement("g", { opacity: panelOpacity(view, k) }, threads, dot, numbers);
}

/** Write a weight at the end of its thread; without room for threads it has a bar below. */
function drawShare({ f, hasThreads, lines }, { left, right, line }, { x, y }, share) {
  const { weight, color, name } = share;
  const style = {
    "font-size": f * 0.8, "font-weight": weight >= MOSTLY ? "bold" : "normal",
    "data-share": name,
  };
  if (hasThreads) return svgText(x, y + f * 0.28, weight.toFixed(2), style);
  const low = y + (line - (lines - 1) / 2) * f * 1.3;
  const room = right - left - 6;
  return [
    svgText((left + right) / 2, low + f * 0.15, weight.toFixed(2), style),
    svgElement("rect", {
      x: left + 3, y: low + f * 0.32, width: room * weight, height: f * 0.22, fill: color,
      "data-head": name,
    }),
  ];
}

/** Draw thin lines from all other words to the ones they look at most, to see the whole at once. */
function drawOthers({ sets: [{ rows }], position, keys }, { asks, keys: places, panels, f }) {
  const [{ left, right }] = panels;
  return rows.map((row, i) => {
    if (i === position) return "";
    const j = placeOfMost(row);
    return svgElement("path", {
      d: threadPath({ x: left, y: asks[i].y }, { x: right - f * 2.4, y: places[j].y }),
      fill: "none", stroke: wordPaint(j, keys.length), "stroke-width": 1.2,
      "stroke-opacity": 0.15 + row[j] * 0.35,
    });
  });
}

function threadPath(from, to) {
  const n = shortNumber;
  const middle = n((from.x + to.x) / 2);
  return `M${n(from.x)} ${n(from.y)}C${middle} ${n(from.y)} ${middle} ${n(to.y)} ${
    n(to.x)} ${n(to.y)}`;
}

/** Name a panel above it; where there is room, with what its head does. */
function drawPanelName(view, { panels, names, f }, { name, rows }, k) {
  const { left, right, line } = panels[k];
  const y = names.y + line * f * 1.5;
  const { text } = patternOf(rows, view.part, view.keys);
  const full = `${name === AVERAGE ? "average of the heads" : `head ${name}`} · ${text}`;
  const short = name === AVERAGE ? "average" : `head ${name}`;
  const fits = (words) => textWidth(words, f * 0.8) < right - left - f * 1.5;
  const words = [full, short].find(fits) ?? (name === AVERAGE ? "mean" : name);
  const width = textWidth(words, f * 0.8) + f * 1.1;
  return svgElement("g", { opacity: panelOpacity(view, k) },
    svgBox((left + right) / 2, y, Math.min(width, right - left - 2), f * 1.4, {
      rx: f * 0.7, fill: paint("panel"), stroke: paint("frame"), "stroke-width": f * 0.08,
    }),
    svgText((left + right) / 2, y + f * 0.28, words, {
      "font-size": f * 0.8, "font-weight": "bold",
    }));
}

function mapCorner({ left, top, lead, layerTall, name, pitch, side, label, perLine }, layer, head) {
  return {
    x: left + (head % perLine) * pitch,
    y: top + lead + layer * layerTall + name + Math.floor(head / perLine) * (side + label),
  };
}

/** Draw all heads of the attention as small maps; those that are shown have a frame. */
function drawMaps(view, place) {
  const { maps: grid, f } = place;
  const { maps, part } = view;
  const quiet = { "font-size": f * 0.8, fill: paint("quiet"), "text-anchor": "start" };
  const [rows, columns] = ROW_NAMES[part];
  const words = `Every head: a row for each ${{ word: "word", writes: "word it writes" }[rows]}, `
    + `a column for each ${{ source: "source word" }[columns] ?? `word it ${columns}`}. Press one.`;
  const title = wrapWords(words.split(" "), grid.width, f * 0.8);
  return svgPart("maps",
    title.map((line, i) => svgText(grid.left, grid.top + f * (0.9 + 1.2 * i), line, quiet)),
    maps.map((heads, l) => [
      svgText(grid.left, mapCorner(grid, l, 0).y - f * 0.55, `layer ${l + 1}`, quiet),
      heads.map((_, head) => drawHeadMap(view, place, l, head)),
    ]));
}

/** Draw the map of a head, and below it what the head does. */
function drawHeadMap(view, { maps: grid, f }, l, head) {
  const { maps, layer, chosen, part, keys } = view;
  const map = maps[l][head];
  const { x, y } = mapCorner(grid, l, head);
  const { side } = grid;
  const isShown = l === layer && (chosen.length === 0 || chosen.includes(head));
  const pattern = patternOf(map, part, keys);
  const label = shortenWord(`${head + 1} · ${pattern.text}`, side + 6, f * 0.8);
  return svgElement("g", { "data-map": `${l}-${head}`, "data-pattern": pattern.name },
    drawSmallMap(view, map, { x, y, side }, isShown),
    svgText(x + side / 2, y + side + f * 1.05, label, {
      "font-size": f * 0.8, fill: paint(pattern.name === "mixed" ? "quiet" : "ink"),
      "font-weight": isShown ? "bold" : "normal",
    }));
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
  return Array.from({ length: count }, (_, j) => svgElement("g", { fill: wordPaint(j, count) },
    svgElement("rect", { x: x + j * wide, y: y - 4, width: wide, height: 3 }),
    map.map((row, i) => row[j] >= least && svgElement("rect", {
      x: x + j * wide, y: y + i * high, width: wide, height: high,
      "fill-opacity": row[j].toFixed(2),
    })))).join("");
}
