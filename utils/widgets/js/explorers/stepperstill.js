// The stepper where nothing runs: a still picture, and the film of the README.

import { bakeTheme } from "../draw/paint.js";
import { svgElement, svgRoot, svgText, wrapWords } from "../draw/svg.js";
import { Translator } from "../model/translator.js";
import { compareFinding, differingWords, stepFinding } from "./steppertext.js";
import { drawStep, easeShare, mixViews, readAndTrace, slideWords } from "./stepperview.js";
import { svgHeight, viewAt, wordPlaces } from "./stepperview.js";

const LINE = 1.3; // heights of a letter
const FINDING_SHARE = 0.018; // of a film's width: the letters of its finding

/**
 * Draw one or two translations where nothing runs.
 * @param {Object<string, {header, data}>} models packed translators by name, one or two
 * @param {{sentence: string, step: number, width: number, machine: boolean}} options
 * @returns {{svg: string, finding: string}}
 */
export function stepperStill(models, { sentence, step, width, machine }) {
  const names = Object.keys(models);
  const traces = names.map((name) => readAndTrace(new Translator(models[name]), sentence));
  const length = Math.max(...traces.map(({ steps }) => steps.length));
  if (length === 0) return { svg: emptyStill(traces[0].note, width), finding: traces[0].note };
  const t = Math.min(step, length);
  if (names.length === 1) {
    const [traced] = traces;
    const svg = drawStep(viewAt(traced, t), traced.kind, { width, machine });
    return { svg, finding: stepFinding(traced, t) };
  }
  const finding = compareFinding(traces, names, t);
  return { svg: drawSideBySide(traces, names, t, width, finding), finding };
}

function emptyStill(note, width) {
  return svgRoot(width, 80, note, svgText(width / 2, 45, note, { "font-size": 16 }));
}

/** Two pictures, each under its model's name and translation. */
function drawSideBySide(traces, names, t, width, title) {
  const [size, gap] = [15, 12];
  const each = (width - gap) / 2;
  const says = traces.map(({ tokens }, i) => (
    wrapWords([`${names[i]}:`, ...tokens], (each - 2 * gap) * 0.95, size)
  ));
  const head = gap + Math.max(...says.map((lines) => lines.length)) * size * LINE;
  const differs = differingWords(traces[0].words, traces[1].words);
  const drawn = traces.map((traced, i) => {
    const view = { ...viewAt(traced, t), differs: differs[i] };
    return drawStep(view, traced.kind, { width: each, map: false });
  });
  const heights = drawn.map((svg) => svgHeight(svg));
  const shapes = drawn.map((svg, i) => {
    const left = i * (each + gap);
    const style = { "font-size": size, "text-anchor": "start", "font-weight": "bold" };
    return [
      says[i].map((line, k) => svgText(left + gap, gap + size * (LINE * k + 1), line, style)),
      svgElement("g", { transform: `translate(${left} ${head})` }, svg),
    ];
  });
  return svgRoot(width, head + Math.max(...heights), title, shapes.flat());
}

/**
 * Draw a translation as a film: each step at rest, with `between` pictures on the way to the next.
 * @param {{header, data}} model a packed translator
 * @param {{sentence: string, width: number, between: number, theme: string}} options
 * @returns {{svg: string, step: number, isAtRest: boolean}[]} pictures of one size
 */
export function stepperFilm(model, { sentence, width, between, theme }) {
  const traced = readAndTrace(new Translator(model), sentence);
  const views = traced.steps.map((_, i) => viewAt(traced, i + 1));
  const draw = (view) => drawStep(view, traced.kind, { width, score: "folded" });
  const rest = views.map(draw);
  const places = rest.map(wordPlaces);
  const shoot = (drawn, i, isAtRest) => {
    const svg = bakeTheme(underItsFinding(drawn, stepFinding(traced, i + 1), width), theme);
    return { svg, step: i + 1, isAtRest };
  };
  return views.flatMap((to, i) => {
    const shares = Array.from({ length: i > 0 ? between : 0 }, (_, k) => (k + 1) / (between + 1));
    const way = shares.map(easeShare).map((share) => {
      const drawn = draw(mixViews(views[i - 1], to, share));
      return shoot(slideWords(drawn, places[i - 1], places[i], share).svg, i, false);
    });
    return [...way, shoot(rest[i], i, true)];
  });
}

function underItsFinding(drawn, finding, width) {
  const size = width * FINDING_SHARE;
  const head = size * 2;
  const style = { "font-size": size, "text-anchor": "start", "font-weight": "bold" };
  return svgRoot(
    width, head + svgHeight(drawn), finding,
    svgText(size, size * 1.6, finding, style),
    svgElement("g", { transform: `translate(0 ${head})` }, drawn),
  );
}
