// What the head viewer shows, as text and drawings: no element of a page is touched in here.
//
// A view is {part, asks, keys, maps, layer, chosen, sets, position}:
//   part            "encoder", "decoder" or "cross"
//   asks, keys      the words that look, and the words they look at
//   maps            by layer and head: a row of weights for each word that looks
//   layer, chosen   the layer and its heads that are shown, from 0; no head: their average
//   sets            [{name, style, rows}, …]: what is shown; `style` says how its lines are drawn
//   position        the word that looks, from 0

import { paint, wordPaint } from "../draw/paint.js";
import { shortNumber, svgBox, svgElement, svgPart, svgRoot, svgText } from "../draw/svg.js";
import { drawToken, labelsThatFit } from "../draw/tokens.js";
import { alignmentOf, mapsOfPart, meanMap } from "./headmaps.js";
import { placeOfMost, shareOfPrevious, wordsOfPart } from "./headmaps.js";

const ROW_NAMES = {
  encoder: ["word", "looks at"], decoder: ["writes", "has read"], cross: ["writes", "source"],
};
// Dashes and gaps, in widths of a line: heads differ even where colors don't.
const DASHES = [
  "", "3 1.2", "0.6 1.4", "5 1.2 0.6 1.2", "1.6 1.6", "8 2", "3 1 0.6 1 0.6 1", "2 0.6",
];
const NUMBER_ROOM = 48; // pixels of a column: narrower ones have no number beside a head's
const AVERAGE = "all";
const FAINT = 0.02; // of the weight: a thinner thread would lead nowhere
const MOSTLY = 0.5; // of the weight
const STRONG = 0.3; // of the weight: the word's token is drawn stronger
const UNREAD = 0.4; // how visible words are that the decoder has not read yet
const BEFORE = 0.4; // of the weight on the word before, on average
const ALIGNED = { sharp: 0.8, own: 0.85, least: 4 };
const STRENGTHS = [0.06, 0.15, 0.3, 0.55]; // from which a cell of a small map is a shade darker

/** Return the dashes of a head's lines, for lines of a width. */
export function dashesOf(head, width) {
  const dashes = DASHES[head % DASHES.length];
  return dashes && dashes.split(" ").map((part) => shortNumber(part * width)).join(" ");
}

/** Return the view of a traced translation, with what is chosen: part, layer, heads, position. */
export function headView(traced, { part, layer, heads, position }) {
  const maps = mapsOfPart(traced, part);
  const { asks, keys } = wordsOfPart(traced, part);
  const within = (number, count) => Math.min(Math.max(number, 0), count - 1);
  const at = within(layer, maps.length);
  const chosen = heads.filter((head) => head < maps[0].length);
  const sets = chosen.length > 0
    ? chosen.map((head) => ({ name: String(head + 1), style: head, rows: maps[at][head] }))
    : [{ name: AVERAGE, style: 0, rows: meanMap(maps[at]) }];
  return {
    part, asks, keys, maps, layer: at, chosen, sets, position: within(position, asks.length),
  };
}

/** Say in a sentence where the word looks. */
export function headFinding(view) {
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
  const { sharp, own } = single && part === "cross" ? alignmentOf(single) : { sharp: 0, own: 0 };
  const tops = sets.map(({ rows }) => placeOfMost(rows[position]));
  return [
    {
      name: "previous",
      text: "Find a head that looks mostly at the word before. (Try the decoder, too.)",
      isMet: single !== null && part !== "cross" && shareOfPrevious(single, part) >= BEFORE,
    },
    {
      name: "alignment",
      text: "Find a head of cross-attention that nearly is an alignment: a source word for each.",
      isMet: sharp >= ALIGNED.sharp && own >= ALIGNED.own && single.length > ALIGNED.least,
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
    svgPart("others", drawOthers(view, place)),
    svgPart("threads", view.sets.map((set, k) => drawThreads(view, place, set, k))),
    drawWords(view, place),
    svgPart("heads", view.sets.map((set, k) => drawPort(view, place, set, k)),
      drawBadges(view, place)),
    drawMaps(view, place));
}

/** Return what can be pressed or pointed at: the words that look, then the small maps. */
export function headHandles(view, place) {
  const { asks, maps, position, layer, chosen } = view;
  const { f, maps: grid } = place;
  const words = place.asks.map(({ x, y, width }, i) => ({
    id: `ask-${i}`, kind: "toggle", isOn: i === position, label: `${asks[i]}, word ${i + 1}`,
    x, y, width, height: f * 1.9, least: place.least,
  }));
  const small = maps.flatMap((heads, l) => heads.map((_, head) => ({
    id: `map-${l}-${head}`,
    kind: "toggle",
    isOn: l === layer && chosen.includes(head),
    label: `layer ${l + 1}, head ${head + 1}`,
    x: grid.left + head * grid.pitch + grid.side / 2,
    y: grid.top + l * grid.pitchDown + grid.side / 2,
    width: grid.side,
    height: grid.side,
  })));
  return [...words, ...small];
}

function drawRowNames({ part }, { f, names, isUpright }) {
  const [first, second] = ROW_NAMES[part];
  const style = { "font-size": f * 0.8, "text-anchor": "end", fill: paint("quiet") };
  if (isUpright) {
    return svgPart("names", svgText(names.x, names.asks + f * 0.3, first, style),
      svgText(names.x, names.keys + f * 0.3, second, style));
  }
  return svgPart("names",
    svgText(names.asksX, names.y, first, { ...style, "text-anchor": "start" }),
    svgText(names.keysX, names.y, second, style));
}

/** Draw both rows of words: the one that looks has a frame, those it looks at are stronger. */
function drawWords(view, place) {
  const { asks, keys, part, position, sets } = view;
  const { size, f } = place;
  const askPaint = (i) => ({
    encoder: () => wordPaint(i, keys.length),
    decoder: () => (i + 1 < keys.length ? wordPaint(i + 1, keys.length) : paint("frame")),
    cross: () => paint("frame"),
  })[part]();
  const at = place.asks[position];
  const frame = svgElement("rect", {
    x: at.x - at.width / 2 - f * 0.25, y: at.y - f * 1.05, width: at.width + f * 0.5,
    height: f * 2.1, rx: f * 0.5, fill: "none", stroke: paint("query"), "stroke-width": f * 0.18,
  });
  return [
    svgPart("asks", asks.map((word, i) => drawToken(place.asks[i].x, place.asks[i].y, word, {
      width: place.asks[i].width, size, color: askPaint(i), strong: i === position,
      data: { "data-ask": i },
    })), frame),
    svgPart("keys", keys.map((word, j) => drawToken(place.keys[j].x, place.keys[j].y, word, {
      width: place.keys[j].width, size, color: wordPaint(j, keys.length),
      strong: sets.some(({ rows }) => rows[position][j] >= STRONG),
      data: { "data-word": j, opacity: part === "decoder" && j > position ? UNREAD : null },
    }))),
  ];
}

/** Return where the threads of a set begin: side by side, below the word that looks. */
function portOf(view, place, k) {
  const { f, isUpright, edges } = place;
  const at = place.asks[view.position];
  const pitch = f * (isUpright ? 1.9 : 1.5);
  const length = pitch * (view.sets.length - 1);
  const center = isUpright ? at.x : at.y;
  const begin = Math.min(Math.max(center - length / 2, edges[0] + f), edges[1] - f - length);
  return isUpright
    ? { x: begin + k * pitch, y: place.portY } : { x: place.portX, y: begin + k * pitch };
}

/** Draw a thread to each word that a set's row looks at, as wide as its weight. */
function drawThreads(view, place, { rows, style, name }, k) {
  const { f, isUpright } = place;
  const { keys, position, sets } = view;
  const from = portOf(view, place, k);
  const aside = (k - (sets.length - 1) / 2) * f * 0.42; // threads don't hide each other
  return Array.from(rows[position], (weight, j) => {
    if (weight < FAINT) return "";
    const width = 1 + weight * f * (sets.length > 1 ? 0.32 : 0.5);
    const key = place.keys[j];
    const to = isUpright
      ? { x: key.x + aside, y: key.y - f * 0.85 } : { x: key.x - key.width / 2, y: key.y + aside };
    return svgElement("path", {
      d: threadPath(from, to, isUpright), fill: "none", stroke: wordPaint(j, keys.length),
      "stroke-width": width, "stroke-opacity": 0.85, "data-word": j, "data-head": name,
      "data-weight": weight.toFixed(4),
      "stroke-dasharray": dashesOf(style, Math.max(width, 2)) || null,
    });
  });
}

/** Draw thin lines from all other words to the ones they look at most, to see the whole at once. */
function drawOthers({ sets, position, keys }, place) {
  const rows = meanMap(sets.map((set) => set.rows));
  return rows.map((row, i) => {
    if (i === position) return "";
    const j = placeOfMost(row);
    const [ask, key] = [place.asks[i], place.keys[j]];
    const [from, to] = place.isUpright
      ? [{ x: ask.x, y: ask.y + place.f * 0.85 }, { x: key.x, y: key.y - place.f * 0.85 }]
      : [{ x: ask.x + ask.width / 2, y: ask.y }, { x: key.x - key.width / 2, y: key.y }];
    return svgElement("path", {
      d: threadPath(from, to, place.isUpright), fill: "none", stroke: wordPaint(j, keys.length),
      "stroke-width": 1.2, "stroke-opacity": 0.15 + row[j] * 0.35,
    });
  });
}

function threadPath(from, to, isUpright) {
  const n = shortNumber;
  const turn = isUpright
    ? [from.x, (from.y + to.y) / 2, to.x, (from.y + to.y) / 2]
    : [(from.x + to.x) / 2, from.y, (from.x + to.x) / 2, to.y];
  return `M${n(from.x)} ${n(from.y)}C${turn.map(n).join(" ")} ${n(to.x)} ${n(to.y)}`;
}

function drawPort(view, place, { name }, k) {
  const { x, y } = portOf(view, place, k);
  return drawBadge(x, y, name, place.f);
}

/** Draw a head's number in a disk. */
function drawBadge(x, y, name, f) {
  const width = name === AVERAGE ? f * 2 : f * 1.3;
  return [
    svgBox(x, y, width, f * 1.3, {
      rx: f * 0.65, fill: paint("ground"), stroke: paint("ink"), "stroke-width": f * 0.09,
    }),
    svgText(x, y + f * 0.28, name, { "font-size": f * 0.8, "font-weight": "bold" }),
  ];
}

/** Write at each word which heads look at it most, and how much; a single head says all. */
function drawBadges(view, place) {
  if (view.sets.length === 1) return drawNumbers(view, place);
  const { sets, position, keys } = view;
  const { f, isUpright } = place;
  return keys.map((_, j) => {
    const here = sets.filter(({ rows }) => placeOfMost(rows[position]) === j);
    const hasShare = isUpright ? place.column >= NUMBER_ROOM : here.length === 1;
    return here.map(({ name, rows }, k) => {
      const { x, y } = shareAt(place, j, k, here.length);
      const left = isUpright && hasShare ? f * 0.85 : 0;
      return [
        drawBadge(x - left, y, name, f * 0.9),
        hasShare && svgText(x + (isUpright ? f * 0.85 : f * 1.6), y + f * 0.28,
          rows[position][j].toFixed(2), { "font-size": f * 0.8 }),
      ];
    });
  });
}

/** Write the weights of a single row, as far as there is room: the largest ones. */
function drawNumbers({ sets, position, keys }, place) {
  const { f, isUpright } = place;
  const row = sets[0].rows[position];
  const labels = keys.map((_, j) => ({ x: place.keys[j].x, width: f * 1.8, weight: row[j] ?? 0 }));
  const written = new Set(isUpright ? labelsThatFit(labels, f * 0.3) : keys.keys());
  return labels.map(({ weight }, j) => {
    if (weight < FAINT || !written.has(j)) return "";
    const { x, y } = shareAt(place, j, 0, 1);
    const across = isUpright ? x : x + f * 0.6;
    return svgText(across, y + f * 0.28, weight.toFixed(2), { "font-size": f * 0.8 });
  });
}

/** Return where the k-th of a word's shares stands: beside a word there are two rows of them. */
function shareAt({ f, isUpright, keys, badgeY, badgeX }, j, k, count) {
  const { x, y } = keys[j];
  if (isUpright) return { x, y: badgeY + k * f * 1.45 };
  const down = count === 1 ? 0 : (k % 2) - 0.5;
  return { x: badgeX + Math.floor(k / 2) * f * 1.35, y: y + down * f * 1.35 };
}

/** Draw all heads of the attention as small maps; those that are shown have a frame. */
function drawMaps(view, { maps: grid, f }) {
  const { maps, layer, chosen, position } = view;
  const { left, top, side, pitch, pitchDown } = grid;
  const quiet = { "font-size": f * 0.8, fill: paint("quiet") };
  const columns = maps[0].map((_, head) => svgText(
    left + head * pitch + side / 2, top - f * 0.5, String(head + 1), quiet,
  ));
  const rows = maps.map((heads, l) => [
    svgText(left - f * 0.7, top + l * pitchDown + side / 2 + f * 0.3, String(l + 1), quiet),
    heads.map((map, head) => {
      const isShown = l === layer && (chosen.length === 0 || chosen.includes(head));
      const at = { x: left + head * pitch, y: top + l * pitchDown, side };
      return drawSmallMap(map, at, { isShown, position, columns: view.keys.length });
    }),
  ]);
  return svgPart("maps",
    svgText(left, top - f * 1.7, "All heads, a row for each layer: press one", {
      ...quiet, "text-anchor": "start",
    }), columns, rows);
}

/** Draw a map in a few shades of one color: it shows a shape, no number. */
function drawSmallMap(map, { x, y, side }, { isShown, position, columns }) {
  const [wide, high] = [side / columns, side / map.length];
  const n = shortNumber;
  const cell = `h${n(wide)}v${n(high)}h${n(-wide)}z`;
  const shades = STRENGTHS.map(() => []);
  map.forEach((row, i) => row.forEach((weight, j) => {
    const shade = STRENGTHS.findLastIndex((least) => weight >= least);
    if (shade >= 0) shades[shade].push(`M${n(x + j * wide)} ${n(y + i * high)}${cell}`);
  }));
  return [
    svgElement("rect", {
      x, y, width: side, height: side, fill: paint("ground"),
      stroke: paint(isShown ? "link" : "faint"), "stroke-width": isShown ? 3 : 1,
    }),
    shades.map((cells, shade) => cells.length > 0 && svgElement("path", {
      d: cells.join(""), fill: paint("ink"), "fill-opacity": (shade + 1) / STRENGTHS.length,
    })),
    svgElement("rect", {
      x, y: y + position * high, width: side, height: high, fill: "none", stroke: paint("query"),
      "stroke-width": 1.5,
    }),
  ];
}
