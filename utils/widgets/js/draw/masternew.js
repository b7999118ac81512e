// What a variant has that others lack: a halo around it, two words, and the order of the steps.

import { fedY } from "./masterdecoder.js";
import { BOX_HALF, openedY, railY } from "./masterlayout.js";
import { askingState, queryMatrixPlace, queryStart } from "./masterquery.js";
import { paint } from "./paint.js";
import { svgBox, svgElement, svgFormula, svgPart, svgText, textWidth } from "./svg.js";

/** Draw the halo, behind everything; the small net has a part of its own on the query's way. */
export function drawHalo(state, place) {
  const opened = place.edits.form === "rnn" && place.edits.score === "additive";
  const around = [haloOf(state, place), opened ? matrixHalo(state, place) : null];
  return svgPart("halo", around.filter(Boolean).map((edges) => haloBox(edges, place)));
}

function haloBox(around, place) {
  const { f } = place;
  const [, top, , bottom] = around;
  const edge = f * 0.3; // of the picture
  const [left, right] = [Math.max(around[0], edge), Math.min(around[2], place.main - edge)];
  return svgElement("rect", {
    x: left, y: top, width: right - left, height: bottom - top, rx: f * 0.6,
    fill: "none", stroke: paint("highlight"), "stroke-width": f * 0.18,
    "stroke-dasharray": `${Math.round(f * 0.55)} ${Math.round(f * 0.35)}`,
  });
}

function matrixHalo(state, place) {
  const { x, y, width, height } = queryMatrixPlace(place, queryStart(place, state));
  return haloAround({ x, width, height }, y, place.f);
}

/** Return left, top, right and bottom of what is new. */
function haloOf(state, place) {
  const { f, small, edits, columns, rows, decoder, heads, weights } = place;
  const [left, right] = [columns.left - f * 0.4, columns.right + f * 0.4];
  if (edits.fixed) {
    const ends = [weights.left - f * 0.4, weights.right + f * 0.4];
    return [ends[0], rows.contextTop - f * 0.35, ends[1], rows.ribbonsTop + f * 0.35];
  }
  if (edits.form === "self") {
    const x = columns.centers[state.position || 0]; // around Q, K and V, and no neighbor's matrix
    const half = Math.max(columns.inner * 0.5, columns.box / 2 + f * 0.3);
    return [x - half, rows.projectedTop + f * 0.1, x + half, rows.states + f * 1.4];
  }
  if (edits.form === "block") return [left, rows.reading - f * 1.1, right, rows.reading + f * 1.1];
  if (edits.feeding) return haloAround(decoder.boxes.hidden, decoder.y, f);
  if (edits.query === "current") {
    const [l, top, r, bottom] = haloAround(decoder.boxes.state, decoder.y, f);
    return [l, top - small, r, bottom]; // with the name above it
  }
  if (edits.score === "general") return matrixHalo(state, place);
  if (edits.score === "additive") {
    return [left, openedY(place, 0) - f, right, openedY(place, 3) + f];
  }
  return [left, rows.scoresTop - f * 0.25, right, railY(place) + f * 0.35];
}

function haloAround({ x, width, height }, y, f) {
  const [wide, high] = [width / 2 + f * 0.55, (height || f * BOX_HALF * 2) / 2 + f * 0.5];
  return [x - wide, y - high, x + wide, y + high];
}

/** Return the two words for what is new. */
export function newWords({ edits, heads }) {
  if (edits.fixed) return "never moves";
  if (edits.form === "self") return heads.length > 1 ? `${heads.length} heads` : "words ask";
  if (edits.form === "block") return "no recurrence";
  if (edits.heads) return `${heads.length} looks`;
  if (edits.feeding) return "fed back";
  if (edits.query === "current") return "s_t asks";
  const names = { dot: "dot product", general: "learned W" };
  return names[edits.score] ?? "small net";
}

/** Draw the two words beside the query's way, or where else the new thing is. */
export function drawTag(place) {
  const { f, small } = place;
  const [x, y] = tagPlace(place);
  const lines = tagLines(place);
  const widths = lines.map((words) => textWidth(words.replaceAll("_", ""), small));
  const width = Math.max(...widths) * 1.15 + f * 0.8;
  const left = Math.max(Math.min(x, place.main - width - f * 0.3), f * 0.3);
  const pitch = small * 1.25;
  const style = { fill: paint("highlight"), "font-weight": "bold" };
  return svgPart(
    "tag",
    svgBox(left + width / 2, y + (pitch * (lines.length - 1)) / 2, width,
      small * 1.7 + pitch * (lines.length - 1), badgeLook(f)),
    lines.map((words, i) => (
      svgFormula(left + f * 0.4, y + small * 0.35 + pitch * i, words, small, style)
    )),
  );
}

/** Return what the tag says: with a switch for the score, how that is turned, too. */
function tagLines(place) {
  const words = newWords(place);
  if (!place.switch) return [words];
  return place.wide ? [words, place.switch] : [`${words}: ${place.switch}`];
}

/** Return the left edge and the middle of the tag. */
function tagPlace(place) {
  const { f, edits, columns, rows, decoder, weights, heads, wide } = place;
  if (edits.fixed && wide) return [weights.right + f * 0.8, rows.context];
  if (edits.form === "self") return [columns.left, rows.ribbonsTop + f * 0.9];
  if (edits.form === "block" && wide) return [decoder.boxes.add.x, decoder.y + f * 4];
  if (edits.feeding) return [decoder.boxes.cell.x + f * 1.7, fedY(decoder, f)];
  if (!wide) return [decoder.margin + f, rows.contextTop - f * 0.95];
  return [columns.right + f * 0.9, railY(place) + f * 1.3];
}

/** Number what happens in a step, in the order in which it happens. */
export function drawOrder(place) {
  const { f, decoder, weights, rows, edits, wide } = place;
  const { boxes, y } = decoder;
  const corner = ({ x, width }) => [x - width / 2, y - f * BOX_HALF];
  const asks = boxes[askingState(edits)];
  const asked = wide ? [asks.x, y + f * (BOX_HALF + 0.9)] : [decoder.margin, rows.contextTop];
  const mixed = [weights.right, rows.contextTop];
  const steps = edits.query === "current"
    ? [corner(boxes.cell), asked, mixed, corner(boxes.readout)]
    : [asked, mixed, corner(boxes.cell), corner(boxes.readout)];
  return svgPart("order", steps.map(([x, at], i) => orderBadge(x, at, i + 1, f)));
}

/** Return the look of a badge: no word is black and white, so none can be taken for it. */
function badgeLook(f) {
  return { fill: paint("ground"), stroke: paint("highlight"), "stroke-width": f * 0.14 };
}

function orderBadge(x, y, number, f) {
  const size = Math.max(f * 0.8, 11);
  return svgElement(
    "g",
    { "data-order": number },
    svgBox(x, y, size * 1.5, size * 1.5, { rx: size, ...badgeLook(f) }),
    svgText(x, y + size * 0.36, String(number), {
      "font-size": size, fill: paint("highlight"), "font-weight": "bold",
    }),
  );
}
