// What the length explorer shows, as drawings: no element of a page is touched in here.
//
// A view comes from `lengthView` of lengthtext.js; `at` is the length at which the marker stands,
// possibly between two.

import { chartArea, drawCurves } from "../draw/curves.js";
import { THEMES } from "../draw/colors.js";
import { paint } from "../draw/paint.js";
import { svgBox, svgElement, svgPart, svgRoot, svgText, textWidth } from "../draw/svg.js";
import { drawToken } from "../draw/tokens.js";
import { bucketPosition, lengthFinding, wrongCount } from "./lengthtext.js";

const LENGTH_MARGIN = 12;
const LENGTH_WIDE = 860; // pixels: from there the chart stands beside the sentences
const LENGTH_CHART = 400;
const LENGTH_LABELS = 96; // pixels for the names of the rows
const LENGTH_WORD_ROW = 27;
const LENGTH_TOKEN_ROW = 34;
const LENGTH_END_ROOM = 30; // pixels for the handle after the last word
const LENGTH_SLOT = 12; // pixels for a word that another sentence may have
const LENGTH_TEXT_SIZE = 16;
const LENGTH_TOKEN_SIZE = 15;
const LENGTH_WORD_GAP = 5;
const LENGTH_ASIDE = 112; // pixels for "this sentence" beside its mark

/**
 * Return where everything stands: {width, height, items, end, stops, rows, chart}.
 *
 * items: the sentence's words, taken or not: [{text, kind, ends, x, y, width}, …]; pressing one
 * ends the sentence at `ends` words. `end` is where the handle is, stops
 * [{length, x, y}, …] where it can be. rows: the reference and the translations,
 * [{name, words: [{text, x, y, width}, …], y, found}, …]. `measure` tells how wide
 * text is, given its size: a page knows, without one it is estimated.
 */
export function layoutLength(view, { width, tall }, measure = estimateWidth) {
  const isWide = width >= LENGTH_WIDE;
  const chartWidth = isWide ? Math.min(LENGTH_CHART, width * 0.4) : width - LENGTH_MARGIN * 2;
  const room = width - LENGTH_MARGIN * 2 - (isWide ? chartWidth + 24 : 0);
  const sentence = placeSentence(view, room, measure);
  let y = LENGTH_MARGIN + sentence.lines * LENGTH_TOKEN_ROW + 12;
  const texts = [{ name: "reference", words: view.target },
    ...view.found.map((found) => ({ name: found.name, words: found.words, found }))];
  const rows = texts.map(({ name, words, found }) => {
    const widths = words.map((word) => measure(word, LENGTH_TEXT_SIZE));
    const placed = flowInLines(widths, room - LENGTH_LABELS, LENGTH_WORD_GAP);
    const left = LENGTH_MARGIN + LENGTH_LABELS;
    const row = { name, found, y, words: placed.places.map((spot, i) => ({
      text: words[i], x: left + spot.x, y: y + spot.row * LENGTH_WORD_ROW, width: spot.width,
    })) };
    y += Math.max(placed.rows, found ? 2 : 1) * LENGTH_WORD_ROW + 8;
    return row;
  });
  const chartHeight = isWide ? Math.min(Math.max(tall - LENGTH_MARGIN * 2, 240), 330) : 260;
  const chart = {
    left: isWide ? width - LENGTH_MARGIN - chartWidth : LENGTH_MARGIN,
    top: isWide ? LENGTH_MARGIN : y + 8,
    width: chartWidth, height: chartHeight,
    size: width < 480 ? 11 : 14,
  };
  return {
    width, height: Math.max(y, chart.top + chartHeight) + LENGTH_MARGIN, isWide, rows, chart,
    ...sentence,
  };
}

/** Estimate the width of text a little less cautiously than where boxes must hold it. */
function estimateWidth(text, size) {
  return textWidth(text, size) * 0.96;
}

/** Put things one after another in lines of `room` pixels: {places: [{x, row, width}, …], rows}. */
function flowInLines(widths, room, gap) {
  let [x, row] = [0, 0];
  const places = widths.map((wanted) => {
    const width = Math.min(wanted, room);
    if (x > 0 && x + width > room) [x, row] = [0, row + 1];
    const place = { x, row, width };
    x += width + gap;
    return place;
  });
  return { places, rows: row + 1 };
}

/** Return the sentence's items, where each of them stands, and where its end can be. */
function placeSentence(view, room, measure) {
  const items = view.stages ? growingItems(view) : wholeItems(view);
  const { places, rows } = flowInLines(
    items.map((item) => sentenceItemWidth(item, measure)), room, LENGTH_WORD_GAP);
  const placed = items.map((item, i) => ({
    ...item, width: places[i].width,
    x: LENGTH_MARGIN + places[i].x + places[i].width / 2,
    y: LENGTH_MARGIN + (places[i].row + 0.5) * LENGTH_TOKEN_ROW,
  }));
  return {
    items: placed, lines: rows, end: placed.find(({ kind }) => kind === "end"),
    stops: view.stages ? growingStops(view, room, measure) : wholeStops(view, placed),
  };
}

function sentenceItemWidth({ text, kind }, measure) {
  if (kind === "end") return LENGTH_END_ROOM;
  return kind === "slot" ? LENGTH_SLOT : measure(text, LENGTH_TOKEN_SIZE) + LENGTH_TOKEN_SIZE * 0.9;
}

/** The words taken so far, the handle, and the words that are still to come. */
function growingItems({ source, longest, stages }) {
  const shared = sharedBeginning(source, longest);
  const endsAt = (j) => stages.find((words) => sharedBeginning(words, longest) > j).length;
  return [
    ...source.slice(0, shared).map((text, j) => ({ text, kind: "taken", ends: endsAt(j) })),
    ...source.slice(shared).map((text) => ({ text, kind: "taken", ends: source.length })),
    { text: "", kind: "end" },
    ...longest.slice(shared).map((text, j) => ({ text, kind: "faint", ends: endsAt(shared + j) })),
  ];
}

/** Return how many of their first words two sentences share. */
function sharedBeginning(words, longest) {
  const differs = words.findIndex((word, j) => word !== longest[j]);
  return differs < 0 ? words.length : differs;
}

/** A sentence that does not grow is whole; behind its end is room for longer ones. */
function wholeItems({ source, lengths }) {
  return [
    ...source.map((text) => ({ text, kind: "taken" })),
    { text: "", kind: "end" },
    ...lengths.filter((length) => length > source.length)
      .map((length) => ({ text: "", kind: "slot", length })),
  ];
}

function wholeStops({ lengths }, items) {
  const stopAt = (length) => {
    const item = items.find((one) => one.length === length) ?? items[length - 1];
    return { length, x: item.x + item.width / 2, y: item.y };
  };
  return lengths.map(stopAt);
}

function growingStops({ stages, longest }, room, measure) {
  const widths = longest.map((text) => sentenceItemWidth({ text, kind: "taken" }, measure));
  const { places } = flowInLines(widths, room, LENGTH_WORD_GAP);
  return stages.map((words) => {
    const { x, row, width } = places[Math.max(sharedBeginning(words, longest) - 1, 0)];
    const y = LENGTH_MARGIN + (row + 0.5) * LENGTH_TOKEN_ROW;
    return { length: words.length, x: LENGTH_MARGIN + x + width, y };
  });
}

/** Return the length whose end is nearest to a point: rather in its line than in its column. */
export function lengthAt({ stops }, x, y) {
  const away = (stop) => Math.abs(stop.x - x) + 4 * Math.abs(stop.y - y);
  return stops.reduce((best, stop) => (away(stop) < away(best) ? stop : best)).length;
}

/** Return the length whose place on the chart is nearest to x. */
export function lengthOnChart(view, place, x) {
  const { xOf } = lengthArea(view, place);
  const away = (length) => Math.abs(xOf(bucketPosition(length, bucketsOf(view))) - x);
  return view.lengths.reduce((best, length) => (away(length) < away(best) ? length : best));
}

/** Return the length that a press on a word, or on the plot, asks for; null if on neither. */
export function lengthPressed(view, place, x, y) {
  const word = place.items.find((item) =>
    Math.abs(item.x - x) <= item.width / 2 + LENGTH_WORD_GAP / 2 &&
    Math.abs(item.y - y) <= LENGTH_TOKEN_ROW / 2);
  if (word) return word.ends ?? null;
  const { x0, x1, y0, y1 } = lengthArea(view, place);
  const isOnPlot = x >= x0 && x <= x1 && y >= y1 && y <= y0;
  return isOnPlot ? lengthOnChart(view, place, x) : null;
}

function bucketsOf({ curves }) {
  return Object.values(curves)[0].map(([bucket]) => bucket);
}

/** Draw the sentence, its translations and the curve; `place` is of `layoutLength`. */
export function drawLength(view, place) {
  return svgRoot(place.width, place.height, lengthFinding(view),
    svgPart("sentence", place.items.map(drawSentenceItem), drawSentenceEnd(place.end)),
    svgPart("translations", place.rows.map((row) => drawLengthRow(row, view))),
    svgPart("chart", drawLengthChart(view, place)));
}

/** Return the view drawn for where nothing runs. */
export function drawLengthStill(view, width) {
  const whole = { ...view, at: view.length };
  return drawLength(whole, layoutLength(whole, { width, tall: 360 }));
}

function drawSentenceItem({ text, kind, ends, x, y, width }) {
  if (kind === "end") return "";
  if (kind === "slot") {
    return svgElement("circle", { cx: x, cy: y, r: 2.5, fill: paint("faint") });
  }
  if (kind === "faint") {
    return svgElement("g", { "data-kind": "faint", "data-ends": ends },
      svgBox(x, y, width + LENGTH_WORD_GAP, LENGTH_TOKEN_ROW, { fill: "transparent" }),
      svgText(x, y + LENGTH_TOKEN_SIZE * 0.35, text, {
        "font-size": LENGTH_TOKEN_SIZE, fill: paint("quiet"),
      }));
  }
  return drawToken(x, y, text, {
    width, size: LENGTH_TOKEN_SIZE, color: paint("frame"),
    data: { "data-kind": "taken", "data-ends": ends },
  });
}

/** Draw the handle that is the end of the sentence: a bar with an arrow to each side. */
function drawSentenceEnd({ x, y }) {
  const arrows = `M${x - 7} ${y - 5}l-5 5l5 5M${x + 7} ${y - 5}l5 5l-5 5`;
  return svgElement("g", { "data-part": "end" },
    svgElement("rect", { x: x - 3, y: y - 14, width: 6, height: 28, rx: 3, fill: paint("ink") }),
    svgElement("path", { d: arrows, fill: "none", stroke: paint("ink"), "stroke-width": 2.5 }));
}

function modelPaint(name) {
  return paint(`model-${name}` in THEMES.light ? `model-${name}` : "model-other");
}

/** Draw the reference, or a translation in which wrong words are crossed out. */
function drawLengthRow({ name, found, words, y }, view) {
  const bold = { "font-size": 15, "text-anchor": "start", "font-weight": "bold" };
  const wrong = found && wrongCount(found);
  return svgElement("g", { "data-row": name },
    found && drawModelMark(name, LENGTH_MARGIN + 7, y + 13, view),
    svgText(LENGTH_MARGIN + (found ? 20 : 0), y + 18, name, bold),
    found && svgText(LENGTH_MARGIN + 20, y + 36, wrong === 0 ? "none wrong" : `${wrong} wrong`, {
      "font-size": 12, "text-anchor": "start", fill: paint(wrong === 0 ? "right" : "wrong"),
    }),
    words.map((word, i) => found
      ? drawWrittenWord(word, found.right[i], i) : drawReferenceWord(word, i, view)),
    words.length === 0 && svgText(LENGTH_MARGIN + LENGTH_LABELS, y + 18, "(nothing)", {
      "font-size": 14, "text-anchor": "start", fill: paint("quiet"),
    }));
}

function drawWrittenWord({ text, x, y, width }, isRight, i) {
  return svgElement("g", { "data-written": i, "data-wrong": isRight ? null : "true" },
    svgText(x, y + 18, text, {
      "font-size": LENGTH_TEXT_SIZE, "text-anchor": "start", fill: paint(isRight ? "ink" : "wrong"),
    }),
    !isRight && svgElement("line", {
      x1: x - 1, y1: y + 13, x2: x + width + 1, y2: y + 13,
      stroke: paint("wrong"), "stroke-width": 2,
    }));
}

/** A word of the reference has a line below it for each model that did not write it. */
function drawReferenceWord({ text, x, y, width }, i, { found }) {
  const lost = found.filter(({ missing }) => missing[i]);
  return [
    svgText(x, y + 18, text, { "font-size": LENGTH_TEXT_SIZE, "text-anchor": "start" }),
    lost.map(({ name }, k) => svgElement("line", {
      x1: x, x2: x + width, y1: y + 22 + k * 3, y2: y + 22 + k * 3,
      stroke: modelPaint(name), "stroke-width": 2, "data-missing": name,
    })),
  ];
}

/** A ring for the first model, a full dot for the others: where both are, one sees both. */
function drawModelMark(name, x, y, { found }) {
  const isFirst = found.length > 1 && found[0].name === name;
  return svgElement("circle", {
    cx: x, cy: y, r: isFirst ? 7 : 4.5, fill: isFirst ? "none" : modelPaint(name),
    stroke: modelPaint(name), "stroke-width": isFirst ? 3 : 1,
  });
}

function lengthCurves(view) {
  const buckets = bucketsOf(view);
  return {
    part: "curves",
    title: `BLEU by length, in ${view.language} words`,
    series: Object.entries(view.curves).map(([name, points]) => ({
      name,
      color: modelPaint(name),
      points: points.map(([, bleu], i) => [i + 0.5, bleu]).filter(([, bleu]) => bleu !== null),
      dots: true,
    })),
    across: [0, buckets.length],
    up: [0, 100],
    namesAside: true,
    ticksAcross: bucketTicks(buckets),
    ticksUp: [0, 25, 50, 75, 100].map((value) => [value, String(value)]),
  };
}

/** Number the axis where each bucket begins, and where the last one ends: short, so none touch. */
function bucketTicks(buckets) {
  const firsts = buckets.map((bucket) => bucket.split("–")[0]);
  const last = buckets[buckets.length - 1].split("–").pop();
  return [...firsts, last].map((words) => [bucketPosition(Number(words), buckets), words]);
}

function lengthArea(view, { chart }) {
  return chartArea(chart.left, chart.top, lengthCurves(view), chart);
}

function drawLengthChart(view, place) {
  const { chart } = place;
  const marker = lengthMarker(view, place);
  const { x, x0, x1, y0, y1 } = marker;
  const isLeft = x - x0 < LENGTH_ASIDE; // curves fall: to the left, below them, is room
  const aside = {
    "font-size": 13, "text-anchor": isLeft ? "start" : "end", "font-weight": "bold",
    stroke: paint("panel"), "stroke-width": 4, "paint-order": "stroke",
  };
  return [
    svgElement("rect", {
      x: x0, y: y1, width: x1 - x0, height: y0 - y1, fill: "transparent", "data-part": "plot",
    }),
    drawCurves(chart.left, chart.top, lengthCurves(view), chart),
    svgElement("line", {
      x1: x, x2: x, y1: y1 - 2, y2: y0, stroke: paint("ink"), "stroke-width": 1,
      "stroke-dasharray": "2 4", "data-marker": view.length,
    }),
    svgElement("circle", { cx: x, cy: y0, r: 7, fill: paint("ink") }),
    view.found.map((one) => drawSentencePoint(one, view, marker)),
    svgText(x + (isLeft ? 12 : -12), thisSentenceY(view, marker), "this sentence", aside),
    svgText(x + (isLeft ? 12 : -12), y0 - 7, `${view.length} words`, aside),
  ];
}

/** Draw a model's score of this sentence, tied to the curve that it is off. */
function drawSentencePoint({ name, bleu }, view, { x, yOf }) {
  const curve = curveAt(view.curves[name], bucketPosition(view.at, bucketsOf(view)));
  return svgElement("g", { "data-point": name },
    curve !== null && svgElement("line", {
      x1: x, x2: x, y1: yOf(curve), y2: yOf(bleu), stroke: modelPaint(name), "stroke-width": 2,
      "data-tie": name,
    }),
    drawModelMark(name, x, yOf(bleu), view));
}

/** Say what the marks are beside the one that is furthest down, above the number of words. */
function thisSentenceY({ found }, { y0, yOf }) {
  return Math.min(Math.max(...found.map(({ bleu }) => yOf(bleu))) + 5, y0 - 26);
}

/** Return the height of a curve, [[bucket, bleu], …], at a place among its buckets, or null. */
function curveAt(points, position) {
  const known = (points ?? []).map(([, bleu], i) => [i + 0.5, bleu])
    .filter(([, bleu]) => bleu !== null);
  if (known.length === 0) return null;
  const next = known.findIndex(([x]) => x >= position);
  if (next === 0) return known[0][1];
  if (next < 0) return known[known.length - 1][1];
  const [[x0, low], [x1, high]] = known.slice(next - 1, next + 1);
  return low + ((position - x0) / (x1 - x0)) * (high - low);
}

/** Return the chart's area, as `chartArea`, and where across the marker is. */
function lengthMarker(view, place) {
  const area = lengthArea(view, place);
  return { ...area, x: area.xOf(bucketPosition(view.at, bucketsOf(view))) };
}

/** Return the handles over the picture: the end of the sentence, and the marker on the curve. */
export function lengthHandles(view, place) {
  const { x, y0, y1 } = lengthMarker(view, place);
  const value = `${view.length} ${view.language} words`;
  return [
    { id: "end", x: place.end.x, y: place.end.y, label: "End of the sentence", value },
    {
      id: "marker", x, y: (y0 + y1) / 2, height: y0 - y1 + 20, width: 30,
      label: "Length on the curve", value,
    },
  ];
}
