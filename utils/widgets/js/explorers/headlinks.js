// Draws who looks at whom: the words that look, the words they look at, and between them a panel
// of threads for each head that is shown. See headview.js for what a view is, headlayout.js for
// places.

import { paint, wordPaint } from "../draw/paint.js";
import { shortenWord, shortNumber, svgBox, svgElement } from "../draw/svg.js";
import { svgPart, svgText, textWidth } from "../draw/svg.js";
import { drawToken } from "../draw/tokens.js";
import { patternOf } from "./headhabits.js";
import { AVERAGE, MOSTLY, WRITTEN, isTurned } from "./headtext.js";

const ROW_NAMES = {
  encoder: ["word", "looks at"], decoder: ["to write …", "… it looks at"],
  cross: ["to write …", "… it looks at"],
};
const FAINT = 0.02; // of the weight: a thinner thread would lead nowhere
const STRONG = 0.3; // of the weight: the word's token is drawn stronger
const UNREAD = 0.4; // how visible words are that the decoder has not read yet
const ASIDE = 0.15; // how visible panels are while another one is pointed at
const OTHERS = 0.3; // how visible the threads of other words are
const THICK = { row: 0.5, most: 15 }; // of a thread with all the weight: of a row; pixels

/** Draw both lists of words, and the threads between them. */
export function drawHeadLinks(view, place) {
  return [
    drawRowNames(view, place),
    svgPart("panels", place.panels.map((panel, k) => drawPanelGround(view, place, panel, k))),
    view.sets.length === 1 && svgPart("others", drawOthers(view, place)),
    svgPart("threads", view.sets.map((set, k) => drawThreads(view, place, set, k))),
    drawWords(view, place),
    svgPart("heads", view.sets.map((set, k) => drawPanelName(view, place, set, k))),
  ];
}

/** Return the handles of all words. */
export function wordHandles(view, place) {
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
  ];
}

/** Return the handles of the panels' names. */
export function badgeHandles({ sets, chosen }, { panels, names, f }) {
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
  const { size } = place;
  const turned = isTurned(view);
  const askPaint = (i) => ({
    encoder: () => wordPaint(i),
    decoder: () => (i + 1 < keys.length ? wordPaint(i + 1) : paint("frame")),
    cross: () => paint("frame"),
  })[part]();
  const at = turned ? place.keys[key] : place.asks[position];
  const half = size * (place.isBoxed ? 1 : 0.65);
  const frame = svgElement("rect", {
    x: at.x - at.width / 2 - size * 0.2, y: at.y - half, width: at.width + size * 0.4,
    height: half * 2, rx: half * 0.5, fill: "none", stroke: paint("query"),
    "stroke-width": size * 0.2,
  });
  const strong = new Set(view.sets.flatMap((set) => endsOf(view, set.rows)
    .filter(({ weight }) => weight >= STRONG).map(({ end }) => end)));
  const draw = place.isBoxed ? drawToken : drawLowWord;
  const token = (word, { x, y, width }, color, strong, data) => (
    draw(x, y, word, { width, size, color, strong, data })
  );
  return [
    svgPart("asks", asks.map((word, i) => token(word, place.asks[i], askPaint(i),
      turned ? strong.has(i) : i === position, { "data-ask": i }))),
    svgPart("keys", keys.map((word, j) => token(word, place.keys[j], wordPaint(j),
      turned ? j === key : strong.has(j), {
        "data-word": j, opacity: part === "decoder" && j > position && !turned ? UNREAD : null,
      }))),
    frame,
  ];
}

/** Draw a word where lines are too low for a box: over a bar in its color. */
function drawLowWord(x, y, word, { width, size, color, strong, data }) {
  return svgElement("g", { ...data, role: "img", "aria-label": word },
    svgElement("rect", {
      x: x - width / 2, y: y - size * 0.56, width, height: size * 1.12, fill: color,
      "fill-opacity": strong ? 0.4 : 0.16,
    }),
    svgText(x, y + size * 0.35, shortenWord(word, width - size * 0.3, size), {
      "font-size": size, "font-weight": strong ? "bold" : "normal",
    }));
}

/** Return the ends of a map's threads, and how much weight each has: [{end, weight}, …]. */
function endsOf(view, rows) {
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
function drawThreads(view, place, { name, rows, told = rows }, k) {
  const { f, hasThreads } = place;
  const panel = place.panels[k];
  const turned = isTurned(view);
  const many = view.sets.length > 1;
  const color = (end) => wordPaint(turned ? view.key : end);
  const hub = turned
    ? { x: panel.right - f * (many ? 0.5 : 0), y: place.keys[view.key].y }
    : { x: panel.left + f * (many ? 0.6 : 0), y: place.asks[view.position].y };
  const end = endX(place, panel, turned);
  const yOf = (word) => (turned ? place.asks : place.keys)[word].y;
  const least = many ? WRITTEN : FAINT;
  const threads = endsOf(view, rows).filter(({ weight }) => weight >= least)
    .map((each) => hasThreads && svgElement("path", {
      d: threadPath(hub, { x: end, y: yOf(each.end) }), fill: "none", stroke: color(each.end),
      "stroke-width": threadWidth(each.weight, place),
      "stroke-opacity": each.weight < WRITTEN ? 0.4 : 0.85,
      "data-word": turned ? view.key : each.end, "data-head": name,
      "data-weight": each.weight.toFixed(4),
    }));
  const numbers = endsOf(view, told).filter(({ weight }) => weight >= WRITTEN).map((each) => (
    drawShare(place, panel, { x: turned ? panel.left + f * 1.1 : panel.right - f * 1.1,
      y: yOf(each.end) }, { weight: each.weight, color: color(each.end), name })
  ));
  const dot = hasThreads && many && svgElement("circle", {
    cx: hub.x, cy: hub.y, r: f * 0.28, fill: turned ? color(0) : paint("query"),
  });
  return svgElement("g", { opacity: panelOpacity(view, k) }, threads, dot, numbers);
}

/** Return where threads end at one side of a panel: a number stands between them and the words. */
function endX({ f }, { left, right }, isLeft) {
  return isLeft ? left + f * 2.4 : right - f * 2.4;
}

function threadWidth(weight, { row }) {
  return Math.max(weight * Math.min(row * THICK.row, THICK.most), 1);
}

/** Write a weight at the end of its thread; without room for threads it has a bar below. */
function drawShare({ f, row, hasThreads, lines }, { left, right, line }, { x, y }, share) {
  const { weight, color, name } = share;
  const style = {
    "font-size": Math.min(f * 0.8, row * 0.8), "font-weight": weight >= MOSTLY ? "bold" : "normal",
    "data-share": name,
  };
  if (hasThreads) return svgText(x, y + style["font-size"] * 0.35, weight.toFixed(2), style);
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

/** Draw the threads of all other words, to see the head's habit at once. */
function drawOthers(view, place) {
  const { sets: [{ rows }], position, key, keys } = view;
  const [panel] = place.panels;
  const turned = isTurned(view);
  const [begin, end] = turned // numbers stand at the ends of the other threads
    ? [endX(place, panel, true), panel.right] : [panel.left, endX(place, panel, false)];
  return rows.flatMap((row, i) => Array.from(row, (weight, j) => (
    weight >= WRITTEN && (turned ? j !== key : i !== position) && svgElement("path", {
      d: threadPath({ x: begin, y: place.asks[i].y }, { x: end, y: place.keys[j].y }),
      fill: "none", stroke: wordPaint(j),
      "stroke-width": threadWidth(weight, place), "stroke-opacity": OTHERS,
    })
  )));
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
  const habit = patternOf(rows, view.part, view.keys);
  const full = `${name === AVERAGE ? "average of the heads" : `head ${name}`} · ${habit.text}`;
  const short = name === AVERAGE ? "average" : `head ${name}`;
  const fits = (words) => textWidth(words, f * 0.8) < right - left - f * 1.5;
  const words = [full, short].find(fits) ?? (name === AVERAGE ? "mean" : name);
  const width = textWidth(words, f * 0.8) + f * 1.6;
  return svgElement("g", { opacity: panelOpacity(view, k) },
    svgBox((left + right) / 2, y, Math.min(width, right - left - 2), f * 1.4, {
      rx: f * 0.7, fill: paint("panel"), stroke: paint("frame"), "stroke-width": f * 0.08,
    }),
    svgText((left + right) / 2, y + f * 0.28, words, {
      "font-size": f * 0.8, "font-weight": "bold",
    }));
}
