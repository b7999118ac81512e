// Where everything in the length explorer stands: the sentence, its translations, the chart.

import { textWidth } from "../draw/svg.js";

export const LENGTH_MARGIN = 12;
const LENGTH_WIDE = 860; // pixels: from there the chart stands beside the sentences
const LENGTH_CHART = 400;
const LENGTH_MARKER_NAME = 20; // pixels below the axis, where no curve is
export const LENGTH_LABELS = 96; // pixels for the names of the rows
const LENGTH_WORD_ROW = 27;
export const LENGTH_TOKEN_ROW = 34;
const LENGTH_END_ROOM = 30; // pixels for the handle after the last word
const LENGTH_SLOT = 12; // pixels for a word that another sentence may have
const LENGTH_LEFT_OUT = 14; // pixels for the mark where words are left out
export const LENGTH_TEXT_SIZE = 16;
export const LENGTH_TOKEN_SIZE = 15;
export const LENGTH_WORD_GAP = 5;

/**
 * Return where everything stands: {width, height, items, end, stops, rows, chart}.
 *
 * items: the sentence's words, taken or not: [{text, kind, ends, x, y, width}, …]; pressing one
 * ends the sentence at `ends` words. `end` is where the handle is, stops
 * [{length, x, y}, …] where it can be. rows: the reference and the translations,
 * [{name, words: [{text, x, y, width}, …], gaps: [{words, x, y, width}, …], y, found}, …].
 * `measure` tells how wide text is, given its size: a page knows, without one it is estimated.
 */
export function layoutLength(view, { width, tall }, measure = estimateWidth) {
  const isWide = width >= LENGTH_WIDE;
  const chartWidth = isWide ? Math.min(LENGTH_CHART, width * 0.4) : width - LENGTH_MARGIN * 2;
  const room = width - LENGTH_MARGIN * 2 - (isWide ? chartWidth + 24 : 0);
  const sentence = placeSentence(view, room, measure);
  let y = LENGTH_MARGIN + sentence.lines * LENGTH_TOKEN_ROW + 12;
  const texts = [{ name: "reference", words: view.target, leftOut: [] },
    ...view.found.map((found) => ({ ...found, found }))];
  const rows = texts.map(({ name, words, leftOut, found }) => {
    const row = { name, found, y, ...placeWords(words, leftOut, y, room, measure) };
    y += Math.max(row.lines, found ? 2 : 1) * LENGTH_WORD_ROW + 8;
    return row;
  });
  const chartHeight = isWide ? Math.min(Math.max(tall - LENGTH_MARGIN * 2, 240), 330) : 260;
  const chart = {
    left: isWide ? width - LENGTH_MARGIN - chartWidth : LENGTH_MARGIN,
    top: isWide ? LENGTH_MARGIN : y + 8,
    width: chartWidth, height: chartHeight - LENGTH_MARKER_NAME,
    size: width < 480 ? 11 : 14,
  };
  return {
    width, height: Math.max(y, chart.top + chartHeight) + LENGTH_MARGIN, isWide, rows, chart,
    ...sentence,
  };
}

/** Place the words of a row, with gaps where words are left out: {words, gaps, lines}. */
function placeWords(texts, leftOut, y, room, measure) {
  const items = texts.map((text) => ({ text, width: measure(text, LENGTH_TEXT_SIZE) }));
  for (const { before, words } of [...leftOut].reverse()) { // from the end: places stay right
    items.splice(before, 0, { words, width: LENGTH_LEFT_OUT });
  }
  const { places, rows } = flowInLines(
    items.map(({ width }) => width), room - LENGTH_LABELS, LENGTH_WORD_GAP);
  const placed = items.map((item, i) => ({
    ...item, x: LENGTH_MARGIN + LENGTH_LABELS + places[i].x,
    y: y + places[i].row * LENGTH_WORD_ROW, width: places[i].width,
  }));
  return {
    words: placed.filter(({ text }) => text !== undefined),
    gaps: placed.filter(({ words }) => words), lines: rows,
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
