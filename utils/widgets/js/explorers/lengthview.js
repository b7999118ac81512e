// What the length explorer shows, as drawings: no element of a page is touched in here.
//
// A view comes from `lengthView` of lengthtext.js; `at` is the length at which the marker stands,
// possibly between two.

import { chartArea, drawCurves } from "../draw/curves.js";
import { THEMES } from "../draw/colors.js";
import { paint, wordPaint } from "../draw/paint.js";
import { svgElement, svgPart, svgRoot, svgText, textWidth } from "../draw/svg.js";
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

/**
 * Return where everything stands: {width, height, items, end, stops, rows, chart}.
 *
 * items: the sentence's words, taken or not: [{text, kind, color, x, y, width}, …]; `end` is where
 * the handle is, stops [{length, x, y}, …] where it can be. rows: the reference and the
 * translations, [{name, words: [{text, x, y, width}, …], y, found}, …]. `measure` tells how wide
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
  const items = view.mode === "test" ? testItems(view) : growingItems(view);
  const { places, rows } = flowInLines(
    items.map((item) => sentenceItemWidth(item, measure)), room, LENGTH_WORD_GAP);
  const placed = items.map((item, i) => ({
    ...item, width: places[i].width,
    x: LENGTH_MARGIN + places[i].x + places[i].width / 2,
    y: LENGTH_MARGIN + (places[i].row + 0.5) * LENGTH_TOKEN_ROW,
  }));
  return {
    items: placed, lines: rows, end: placed.find(({ kind }) => kind === "end"),
    stops: view.mode === "test" ? testStops(view, placed) : growingStops(view, room, measure),
  };
}

function sentenceItemWidth({ text, kind }, measure) {
  if (kind === "end") return LENGTH_END_ROOM;
  return kind === "slot" ? LENGTH_SLOT : measure(text, LENGTH_TOKEN_SIZE) + LENGTH_TOKEN_SIZE * 0.9;
}

/** The words taken so far, the handle, and the words that are still to come. */
function growingItems({ source, longest }) {
  const shared = sharedBeginning(source, longest);
  const after = longest.length - source.length + shared; // what is taken from the end, such as "."
  const token = (text, j, kind) => ({ text, kind, color: wordPaint(j, longest.length) });
  return [
    ...source.slice(0, shared).map((text, j) => token(text, j, "taken")),
    ...source.slice(shared).map((text, j) => token(text, after + j, "taken")),
    { text: "", kind: "end" },
    ...longest.slice(shared).map((text, j) => token(text, shared + j, "faint")),
  ];
}

/** Return how many of their first words two sentences share. */
function sharedBeginning(words, longest) {
  const differs = words.findIndex((word, j) => word !== longest[j]);
  return differs < 0 ? words.length : differs;
}

/** A test sentence is whole; behind its end is room for longer ones. */
function testItems({ source, lengths }) {
  return [
    ...source.map((text, j) => ({ text, kind: "taken", color: wordPaint(j, source.length) })),
    { text: "", kind: "end" },
    ...lengths.filter((length) => length > source.length)
      .map((length) => ({ text: "", kind: "slot", length })),
  ];
}

function testStops({ lengths }, items) {
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

function drawSentenceItem({ text, kind, color, x, y, width }) {
  if (kind === "end") return "";
  if (kind === "slot") {
    return svgElement("circle", { cx: x, cy: y, r: 2.5, fill: paint("faint") });
  }
  if (kind === "faint") {
    return svgElement("g", { "data-kind": "faint" },
      svgText(x, y + LENGTH_TOKEN_SIZE * 0.35, text, {
        "font-size": LENGTH_TOKEN_SIZE, fill: paint("quiet"),
      }));
  }
  return drawToken(x, y, text, {
    width, size: LENGTH_TOKEN_SIZE, color, data: { "data-kind": "taken" },
  });
}

/** Draw the handle that is the end of the sentence: a bar with an arrow to each side. */
function drawSentenceEnd({ x, y }) {
  const arrows = `M${x - 7} ${y - 5}l-5 5l5 5M${x + 7} ${y - 5}l5 5l-5 5`;
  return svgElement("g", { "data-part": "end" },
    svgElement("rect", { x: x - 3, y: y - 14, width: 6, height: 28, rx: 3, fill: paint("link") }),
    svgElement("path", { d: arrows, fill: "none", stroke: paint("link"), "stroke-width": 2.5 }));
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
    ticksAcross: buckets.map((bucket, i) => [i + 0.5, bucket]),
    ticksUp: [0, 25, 50, 75, 100].map((value) => [value, String(value)]),
  };
}

function lengthArea(view, { chart }) {
  return chartArea(chart.left, chart.top, lengthCurves(view), chart);
}

function drawLengthChart(view, place) {
  const { chart } = place;
  const { x, x0, x1, y0, y1, yOf } = lengthMarker(view, place);
  const isLeft = x < (x0 + x1) / 2;
  return [
    drawCurves(chart.left, chart.top, lengthCurves(view), chart),
    svgElement("line", {
      x1: x, x2: x, y1: y1 - 2, y2: y0, stroke: paint("link"), "stroke-width": 2,
      "stroke-dasharray": "5 4", "data-marker": view.length,
    }),
    svgElement("circle", { cx: x, cy: y0, r: 7, fill: paint("link") }),
    view.found.map(({ name, bleu }) => svgElement("g", { "data-point": name },
      drawModelMark(name, x, yOf(bleu), view))),
    svgText(x + (isLeft ? 11 : -11), y0 - 7, `${view.length} words`, {
      "font-size": 13, fill: paint("link"), "font-weight": "bold",
      "text-anchor": isLeft ? "start" : "end",
    }),
  ];
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
