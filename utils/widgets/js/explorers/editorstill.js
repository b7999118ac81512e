// The attention editor where nothing runs: its picture and its words, for Python.

import { Translator } from "../model/translator.js";
import { readTyped } from "../model/typed.js";
import { svgRoot } from "../draw/svg.js";
import { layoutEditor } from "./editorlayout.js";
import { editsFrom, liveliestStep, traceEdited } from "./editorrows.js";
import { drawEditor, editorFinding, editorView } from "./editorview.js";

/**
 * Return what the editor shows for a model, as `pack_translator` packs it, and options.
 * @returns {{svg: string, finding: string, before: string[], after: string[], size: number}} the
 *   picture, what it shows, the words of both translations, and how many weights a row has
 */
export function editorStill(packed, { sentence, step, weights, width }) {
  const translator = new Translator(packed);
  const { words, note } = readTyped(translator, sentence);
  if (words.length === 0) {
    return { svg: svgRoot(width, 40, note), finding: note, before: [], after: [], size: 0 };
  }
  const before = traceEdited(translator, words, {});
  const size = before.source.length;
  const after = traceEdited(translator, words, editsFrom(weights, size), before);
  const view = editorView(before, after, Math.min(step, after.steps.length) - 1);
  return {
    svg: drawEditor(view, layoutEditor(view, { width, tall: Infinity, isStill: true })),
    finding: editorFinding(view),
    before: before.words,
    after: after.words,
    size,
  };
}

/** Return the step to begin with, from 1: the one whose word depends most on where it looks. */
export function stepToBegin(packed, sentence) {
  const translator = new Translator(packed);
  const { words } = readTyped(translator, sentence);
  return words.length > 0 ? liveliestStep(translator, traceEdited(translator, words, {})) + 1 : 1;
}
