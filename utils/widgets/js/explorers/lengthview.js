// What the length explorer shows, as drawings: no element of a page is touched in here.
//
// A view comes from `lengthView` of lengthtext.js; `at` is the length at which the marker stands,
// possibly between two.

import { paint } from "../draw/paint.js";
import { escapeText, svgBox, svgElement, svgPart, svgRoot, svgText } from "../draw/svg.js";
import { drawToken } from "../draw/tokens.js";
import { drawLengthChart, drawModelMark, lengthArea } from "./lengthchart.js";
import { lengthMarker, lengthOnChart, modelPaint } from "./lengthchart.js";
import { LENGTH_LABELS, LENGTH_MARGIN, LENGTH_TEXT_SIZE } from "./lengthlayout.js";
import { LENGTH_TOKEN_ROW, LENGTH_TOKEN_SIZE, LENGTH_WORD_GAP } from "./lengthlayout.js";
import { layoutLength } from "./lengthlayout.js";
import { lengthFinding, wrongCount } from "./lengthtext.js";

const NO_FAULT = "none wrong";

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

/** Draw the reference, or a translation with what is wrong in it and what it leaves out. */
function drawLengthRow({ name, found, words, gaps, y }, view) {
  const bold = { "font-size": 15, "text-anchor": "start", "font-weight": "bold" };
  return svgElement("g", { "data-row": name },
    found && drawModelMark(name, LENGTH_MARGIN + 7, y + 13, view),
    svgText(LENGTH_MARGIN + (found ? 20 : 0), y + 18, name, bold),
    found && faultCounts(found).map((count, i) => svgText(LENGTH_MARGIN + 20, y + 36 + 15 * i, count, {
      "font-size": 12, "text-anchor": "start", fill: paint(count === NO_FAULT ? "right" : "wrong"),
    })),
    words.map((word, i) => found
      ? drawWrittenWord(word, found.right[i], i) : drawReferenceWord(word, i, view)),
    gaps.map(drawGap),
    words.length === 0 && svgText(LENGTH_MARGIN + LENGTH_LABELS, y + 18, "(nothing)", {
      "font-size": 14, "text-anchor": "start", fill: paint("quiet"),
    }));
}

/** Count what is wrong with a translation, a line for each kind: beside it is no room for two. */
function faultCounts(found) {
  const wrong = wrongCount(found);
  const left = found.leftOut.flatMap(({ words }) => words).length;
  const parts = [wrong > 0 && `${wrong} wrong`, left > 0 && `${left} left out`].filter(Boolean);
  return parts.length > 0 ? parts : [NO_FAULT];
}

/** A wrong word stays readable: it stands on a tint, above a line. */
function drawWrittenWord({ text, x, y, width }, isRight, i) {
  return svgElement("g", { "data-written": i, "data-wrong": isRight ? null : "true" },
    !isRight && svgElement("rect", {
      x: x - 2, y: y + 2, width: width + 4, height: 21, rx: 3, fill: paint("wrong"),
      "fill-opacity": 0.14,
    }),
    !isRight && svgElement("rect", {
      x: x - 2, y: y + 21, width: width + 4, height: 2, fill: paint("wrong"),
    }),
    svgText(x, y + 18, text, { "font-size": LENGTH_TEXT_SIZE, "text-anchor": "start" }));
}

/** Where words are left out is an empty box. */
function drawGap({ words, x, y, width }) {
  return svgElement("g", { "data-left-out": words.join(" ") },
    svgElement("title", {}, escapeText(`left out: ${words.join(" ")}`)),
    svgElement("rect", {
      x, y: y + 4, width, height: 17, rx: 3, fill: "none", stroke: paint("wrong"),
      "stroke-width": 1.5, "stroke-dasharray": "3 2",
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
