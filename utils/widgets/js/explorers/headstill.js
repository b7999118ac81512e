// The head viewer where nothing runs: its picture, for Python.

import { svgRoot } from "../draw/svg.js";
import { Translator } from "../model/translator.js";
import { readTyped } from "../model/typed.js";
import { layoutHeads } from "./headlayout.js";
import { headFinding } from "./headtext.js";
import { clearestHead, drawHeads, headView, opposedHead } from "./headview.js";

/** Return {svg, finding} for a model, as `pack_translator` packs it, and options. */
export function headStill(packed, { sentence, part, layer, heads, position, width }) {
  const translator = new Translator(packed);
  const { words, note } = readTyped(translator, sentence);
  if (words.length === 0) return { svg: svgRoot(width, 40, note), finding: note };
  const chosen = { part, layer: layer - 1, heads: heads.map((head) => head - 1) };
  const chosenAt = { ...chosen, position: position - 1 };
  const view = { ...headView(translator.trace(words), chosenAt), isStill: true };
  const place = layoutHeads(view, { width, tall: Infinity });
  return { svg: drawHeads(view, place), finding: headFinding(view) };
}

/**
 * Return {layer, heads, position}, from 1, to begin with: of a part, the head with the clearest
 * habit and the one that disagrees with it most.
 */
export function headToBegin(packed, sentence, part) {
  const translator = new Translator(packed);
  const { words } = readTyped(translator, sentence);
  const { layers } = translator.model.config;
  if (words.length === 0) return { layer: layers, heads: [1], position: 1 };
  const traced = translator.trace(words);
  const { layer, heads } = clearestHead(traced, part);
  const other = opposedHead(traced, part, { layer, heads });
  const both = other ? [...heads, other.head] : heads;
  return {
    layer: layer + 1, heads: both.map((head) => head + 1).sort((a, b) => a - b),
    position: (other?.position ?? 0) + 1,
  };
}
