// The head viewer where nothing runs: its picture, for Python.

import { svgRoot } from "../draw/svg.js";
import { Translator } from "../model/translator.js";
import { readTyped } from "../model/typed.js";
import { layoutHeads } from "./headlayout.js";
import { headFinding } from "./headtext.js";
import { clearestHead, drawHeads, headView } from "./headview.js";

/** Return {svg, finding} for a model, as `pack_translator` packs it, and options. */
export function headStill(packed, { sentence, part, layer, heads, position, width }) {
  const translator = new Translator(packed);
  const { words, note } = readTyped(translator, sentence);
  if (words.length === 0) return { svg: svgRoot(width, 40, note), finding: note };
  const chosen = { part, layer: layer - 1, heads: heads.map((head) => head - 1) };
  const view = headView(translator.trace(words), { ...chosen, position: position - 1 });
  const place = layoutHeads(view, { width, tall: Infinity });
  return { svg: drawHeads(view, place), finding: headFinding(view) };
}

/** Return {layer, heads}, from 1, to begin with: of a part, the head with the clearest habit. */
export function headToBegin(packed, sentence, part) {
  const translator = new Translator(packed);
  const { words } = readTyped(translator, sentence);
  if (words.length === 0) return { layer: translator.model.config.layers, heads: [1] };
  const { layer, heads } = clearestHead(translator.trace(words), part);
  return { layer: layer + 1, heads: heads.map((head) => head + 1) };
}
