// One step of a translation at a glance: source words below, the mixture c of them in the middle,
// the word that is written above. The master picture shows the machine between them.

import { paint, wordPaint } from "./paint.js";
import { writePercent } from "./nextwords.js";
import { drawFunnel, drawMixture, placeBars, RIBBON_OPACITY, shareStarts } from "./ribbons.js";
import { escapeText, shortenWord, svgArrow, svgBox, svgElement } from "./svg.js";
import { svgPart, svgRoot, svgText, textWidth } from "./svg.js";
import { drawToken, labelsThatFit, placeTokens, tokenWidth } from "./tokens.js";

const CHIP_LETTERS = [15, 22]; // pixels: of the source words, where they stand in one row
const TIGHT_LETTERS = 14; // and where they take turns in several
const MANY_ROWS_BELOW = 500; // pixels: narrow pictures may be high
const NOTE = 14; // pixels: names of rows, numbers
const LABELS_FROM = 860; // pixels: room for the rows' names at their left
const LABELS = 104; // pixels: that room
const FLOW_EDGE = 14; // pixels around all
const DECODER = 52; // pixels from c up to the word, and the machine's box between
const LEAST_RIBBONS = 56; // pixels from the words up to c
const GAPS = [6, 34]; // pixels between source words
const LONGEST_MIXTURE = 480; // pixels: c, the whole of the weight
const LEAST_TAKEN = 0.005; // less would be written as 0.00
const NUMBERED = 0.02; // weights from here on are written
const STRONG_TAKEN = 0.2; // weights from here on stand out
const NAMED_SHARE = 0.05; // shares of c from here on are named, where there is room
const SECOND_BEST = 0.05; // a second word so likely is named, too

/**
 * Draw a step as SVG text.
 *
 * view: see `drawMaster`; `numbers`, the weights to write while `weights` are on their way, and
 *   `differs`, whether each target word is missing in another translation, may be left out
 * options: `width` in pixels; `tall`, as high as it may be; `kind`, the attention's name
 */
export function drawWordFlow(view, { width, tall = Infinity, kind, title }) {
  const place = layoutWordFlow(view, width, tall);
  place.isFixed = kind === "fixed";
  const shapes = [
    flowLabels(place), flowRibbons(view, place), flowMixture(view, place),
    flowDecoder(place), flowTarget(view, place), flowSource(view, place), flowNumbers(view, place),
  ];
  return svgRoot(width, place.height, title, shapes);
}

/** Return where everything stands: x of the words, y of the rows from top to bottom. */
function layoutWordFlow({ source, weights }, width, tall) {
  const hasLabels = width >= LABELS_FROM;
  const left = hasLabels ? LABELS : FLOW_EDGE;
  const right = width - FLOW_EDGE;
  const words = placeSource(source, left, right);
  const unit = Math.min((right - left) * (width < 500 ? 0.8 : 0.56), LONGEST_MIXTURE);
  const big = Math.min(Math.max(width / 26, 24), 38);
  const low = Math.max(words.levels, 1) * words.size * 1.95 + (words.levels === 0 ? 26 : 0);
  const fixed = FLOW_EDGE * 2 + big * 1.6 + DECODER + 34 + 30 + low;
  const wished = fixed + Math.min(Math.max(width * 0.14, 96), 150);
  const height = Math.max(Math.min(wished, tall), fixed + LEAST_RIBBONS);
  const middle = hasLabels ? (left + right) / 2 : width / 2;
  const target = FLOW_EDGE + big * 0.8;
  const mixture = target + big * 0.8 + DECODER + 17;
  const tokens = height - FLOW_EDGE - low;
  return {
    width, height, left, right, middle, hasLabels, words, unit, big, target, mixture, tokens,
    ribbonTop: mixture + 17, ribbonEnd: tokens - 4, numbers: tokens - 18,
    starts: shareStarts(weights), begin: middle - unit / 2,
    got: weights.map((weight) => weight >= LEAST_TAKEN && weight * unit >= 1),
  };
}

/** Return the source words as one row, as large as fits; else they take turns in several rows. */
function placeSource(source, left, right) {
  const room = right - left;
  const [least, most] = CHIP_LETTERS;
  for (let size = most; size >= least; size -= 0.5) {
    const widths = source.map((word) => tokenWidth(word, size));
    const taken = widths.reduce((sum, each) => sum + each, 0);
    const gap = source.length > 1 ? (room - taken) / (source.length - 1) : room - taken;
    if (gap < GAPS[0]) continue;
    const kept = Math.min(gap, GAPS[1]);
    let x = left + (room - taken - kept * (source.length - 1)) / 2;
    const places = widths.map((width) => {
      const place = { x: x + width / 2, level: 0, width };
      x += width + kept;
      return place;
    });
    return { levels: 1, size, places, centers: places.map((place) => place.x), step: Infinity };
  }
  return placeInTurns(source, left, room);
}

/** Neighbors take turns in rows; ribbons of the lower ones pass behind the words above. */
function placeInTurns(source, left, room) {
  const [step, size] = [room / source.length, TIGHT_LETTERS];
  const centers = source.map((_, j) => left + (j + 0.5) * step);
  const widths = source.map((word) => tokenWidth(word, size));
  const counts = room > MANY_ROWS_BELOW ? [2, 3] : [2, 3, 4, 5];
  const levels = counts.find((rows) => Math.max(...widths) <= rows * step - 6);
  if (!levels) {
    const places = placeTokens(source, centers, { size, step, left, right: left + room });
    return { ...places, centers, step };
  }
  const places = widths.map((width, j) => ({
    x: Math.max(Math.min(centers[j], left + room - width / 2), left + width / 2),
    level: j % levels, width,
  }));
  return { levels, size, places, centers, step };
}

/** Say quietly at the left what each row is. */
function flowLabels({ hasLabels, target, mixture, tokens, numbers, words, isFixed }) {
  if (!hasLabels) return "";
  const label = (part, text, y) => svgPart(part, svgText(FLOW_EDGE, y + NOTE * 0.35, text, {
    "font-size": NOTE, "text-anchor": "start", fill: paint("quiet"),
  }));
  return [
    label("target", "translation", target), label("context", "mixture c", mixture),
    isFixed ? "" : label("weights", "weights α", numbers),
    label("tokens", "source", tokens + words.size * 0.975),
  ];
}

/** Each word's ribbon opens from the word to its share of c. */
function flowRibbons({ source, weights }, place) {
  const { words, unit, begin, starts, got, ribbonTop, ribbonEnd, isFixed, middle } = place;
  const ribbons = weights.map((weight, j) => {
    if (!got[j]) return "";
    const { x, level } = words.places[j];
    const at = [words.levels === 1 ? x : words.centers[j], ribbonEnd];
    const thread = { at, width: footOf(j, words) };
    const bar = { at: [begin + (starts[j] + weight / 2) * unit, ribbonTop], width: weight * unit };
    const data = { "data-word": j, "fill-opacity": RIBBON_OPACITY };
    const color = wordPaint(j);
    return [drawFunnel(thread, bar, color, data), level > 0 ? stalk(j, color, place) : ""];
  });
  const lines = ["no weights: half of the first state,", "half of the last, at every step"];
  const isRoomy = place.width > 500 && ribbonEnd - ribbonTop > 80;
  const note = isFixed && isRoomy ? lines.map((line, i) => svgText(
    middle, ribbonEnd - 34 + i * NOTE * 1.3, line, { "font-size": NOTE, fill: paint("quiet") },
  )) : "";
  return [svgPart("ribbons", ribbons), note && svgPart("note", note)];
}

/** Return how wide a ribbon can be where it begins. */
function footOf(j, { levels, places, step }) {
  return levels === 1 ? places[j].width * 0.8 : step * 0.5;
}

/** From a word in a lower row up to where its ribbon begins. */
function stalk(j, color, { words, tokens, ribbonEnd }) {
  const bottom = tokens + words.places[j].level * words.size * 1.95 + words.size * 0.15;
  return svgElement("rect", {
    x: words.centers[j] - 1.5, y: ribbonEnd, width: 3, height: bottom - ribbonEnd, fill: color,
    "data-word": j,
  });
}

/** The mixture: as wide as all weights together, split in the colors of its words. */
function flowMixture({ source, weights }, place) {
  const { begin, unit, mixture, starts, hasLabels } = place;
  const shares = weights.map((share, j) => ({
    share, color: wordPaint(j),
    data: { "data-word": j, "data-share": share.toFixed(6) },
  }));
  const frame = svgElement("rect", {
    x: begin, y: mixture - 17, width: unit, height: 34, rx: 2, fill: "none",
    stroke: paint("ink"), "stroke-width": 1.5,
  });
  const size = NOTE + 2;
  const names = source.map((word, j) => {
    const room = weights[j] * unit - size * 0.5;
    const name = /[\p{L}\p{N}]/u.test(word) ? word : `“${word}”`; // a dot alone looks like dirt
    if (weights[j] < NAMED_SHARE || textWidth(name, size) * 1.08 > room) return "";
    return svgText(begin + (starts[j] + weights[j] / 2) * unit, mixture + 36, name, {
      "font-size": size, "font-weight": "bold", "data-word": j,
    });
  });
  const name = textWidth("mixture c", NOTE) < begin - 24 ? "mixture c" : "c";
  const letter = hasLabels ? "" : svgText(begin - 10, mixture + 5, name, {
    "font-size": NOTE, fill: paint("quiet"), "text-anchor": "end",
  });
  const bar = drawMixture(begin, mixture - 17, unit, 34, shares);
  return svgPart("context", bar, frame, names, letter);
}

/** All of the machine as one quiet box. */
function flowDecoder({ middle, mixture, target, big }) {
  const [bottom, top] = [mixture - 17, target + big * 0.8];
  const y = (bottom + top) / 2;
  const style = { size: 13, color: paint("frame") };
  return svgPart(
    "decoder",
    svgArrow([[middle, bottom], [middle, y + 12]], style),
    svgArrow([[middle, y - 12], [middle, top]], style),
    svgBox(middle, y, 84, 24, { fill: paint("track"), stroke: paint("faint") }),
    svgText(middle, y + 5, "decoder", { "font-size": NOTE, fill: paint("quiet") }),
  );
}

/** The word that is written, large; the words before it at its left, each with its mixture. */
function flowTarget({ target, best, rows, differs = [] }, place) {
  const { middle, big, left, right } = place;
  const [word, probability] = best[0];
  const now = target.length;
  const room = Math.min((right - left) * 0.5, 2 * (right - middle) - 130);
  const width = Math.min(textWidth(word, big) * 1.08 + big * 0.8, room);
  const size = Math.min(Math.max(big * 0.55, 14), 20);
  const sides = { right: middle - width / 2 - 12, left, size };
  const written = writtenBefore(target, sides).map(({ t, x, width: wide, text }) => (text
    ? svgText(x, place.target + size * 0.3, text, { "font-size": size, fill: paint("quiet") })
    : [
      drawToken(x, place.target, target[t], {
        width: wide, size, color: paint(differs[t] ? "highlight" : "faint"),
        data: { "data-target": t, "data-role": "handle" },
      }),
      rows[t] && mixtureBelow(x - wide / 2, wide, rows[t], t, { y: place.target + size * 0.95 }),
    ]));
  const notes = [`${writePercent(probability)} sure`];
  if (best[1] && best[1][1] >= SECOND_BEST) {
    notes.push(`or “${shortenWord(best[1][0], 90, NOTE)}” ${writePercent(best[1][1])}`);
  }
  const x = middle + width / 2 + 12;
  const top = place.target + NOTE * (0.35 - 0.65 * (notes.length - 1));
  const line = (text, i) => svgText(x, top + NOTE * 1.3 * i, text, {
    "font-size": NOTE, "text-anchor": "start", fill: paint("quiet"),
  });
  const lines = notes.filter((text) => x + textWidth(text, NOTE) * 0.95 < right + FLOW_EDGE);
  return svgPart(
    "target", written, bigWord(word, now, width, Boolean(differs[now]), place), lines.map(line),
  );
}

function bigWord(word, t, width, differs, { middle, target, big }) {
  const shown = shortenWord(word, width - big * 0.4, big);
  const color = paint(differs ? "highlight" : "ink");
  return svgElement(
    "g",
    { "data-target": t, role: "img", "aria-label": word },
    shown === String(word) ? "" : svgElement("title", {}, escapeText(word)),
    svgBox(middle, target, width, big * 1.5, {
      fill: paint("ground"), stroke: color, "stroke-width": differs ? 3.5 : 2.5,
    }),
    svgText(middle, target + big * 0.35, shown, { "font-size": big, "font-weight": "bold" }),
  );
}

/** Return the words before, from right to left, as many as there is room for; then "…". */
function writtenBefore(target, { right, left, size }) {
  const places = [];
  let end = right;
  for (let t = target.length - 1; t >= 0; t -= 1) {
    const width = tokenWidth(target[t], size, size * 8);
    if (end - width < left + (t > 0 ? size * 1.2 : 0)) {
      places.push({ x: end - size * 0.4, text: "…" });
      break;
    }
    places.push({ t, x: end - width / 2, width });
    end -= width + 6;
  }
  return places;
}

/** Below a written word, in small: what the model took when it wrote it. */
function mixtureBelow(left, width, row, t, { y }) {
  const shares = row.map((share, j) => ({
    share, color: wordPaint(j), data: { "data-word": j, "data-target": t },
  }));
  return drawMixture(left + 2, y, width - 4, 5, shares);
}

/** The source words: the more weight one has, the stronger it is. */
function flowSource({ source, weights }, place) {
  const { words, tokens, width } = place;
  const { levels, size, places } = words;
  const chips = source.map((word, j) => {
    const { x, level, width: wide } = places[j];
    const y = tokens + (level + 0.5) * size * 1.95;
    return [
      svgBox(x, y, wide, size * 1.7, { fill: paint("panel") }),
      drawToken(x, y, levels > 0 ? word : "", {
        width: wide, size, color: wordPaint(j), strong: weights[j] >= STRONG_TAKEN,
        data: { "data-word": j, "data-role": "handle" },
      }),
    ];
  });
  if (levels > 0) return svgPart("tokens", chips);
  const labels = source.map((word, j) => {
    const wide = tokenWidth(word, size, size * 8);
    const x = Math.max(Math.min(places[j].x, width - wide / 2), wide / 2);
    return { x, width: wide, weight: weights[j] };
  });
  const names = labelsThatFit(labels, 3).map((j) => svgText(
    labels[j].x, tokens + size * 3, shortenWord(source[j], size * 8, size),
    { "font-size": size, "data-word": j },
  ));
  return svgPart("tokens", chips, names);
}

/** How much of each word is taken: a number on its ribbon, right above the word. */
function flowNumbers({ source, weights, numbers = weights }, place) {
  const { words, numbers: y, got, unit } = place;
  const at = (j) => (words.levels === 1 ? words.places[j].x : words.centers[j]);
  const kept = source.map((_, j) => j).filter((j) => numbers[j] >= NUMBERED);
  const wide = textWidth("0.00", NOTE) + 10;
  const moved = placeBars(kept.map(at), kept.map(() => wide), 2, place.width - 2, 2);
  const far = kept.some((j, i) => Math.abs(moved[i] - at(j)) > wide);
  const labels = kept.map((j, i) => (
    { x: far ? at(j) : moved[i], width: wide, weight: numbers[j] }
  ));
  const pills = labelsThatFit(labels, 0).map((i) => {
    const j = kept[i];
    return svgElement(
      "g",
      { "data-word": j, "data-factor": numbers[j].toFixed(4) },
      svgBox(labels[i].x, y, wide, 22, {
        fill: paint("panel"), stroke: wordPaint(j), rx: 11,
        "stroke-width": numbers[j] >= STRONG_TAKEN ? 2 : 1,
      }),
      svgText(labels[i].x, y + NOTE * 0.36, numbers[j].toFixed(2), {
        "font-size": NOTE, "font-weight": numbers[j] >= STRONG_TAKEN ? "bold" : "normal",
      }),
    );
  });
  const feet = source.map((_, j) => {
    const width = got[j] ? Math.min(weights[j] * unit, footOf(j, words)) : 0;
    return svgElement("rect", {
      x: at(j) - width / 2, y: place.ribbonEnd, width, height: 4,
      fill: wordPaint(j), "data-word": j, "data-weight": weights[j].toFixed(6),
    });
  });
  return svgPart("weights", feet, pills);
}
