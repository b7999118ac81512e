// The head viewer: point at a word, and see where each head of a Transformer looks. See host.js
// for root and host.

import { readTyped } from "../model/typed.js";
import { makeChoices, makeElement, makeSentenceBox } from "./elements.js";
import { Frame } from "./frame.js";
import { Handles } from "./handles.js";
import { layoutHeads } from "./headlayout.js";
import { PARTS } from "./headmaps.js";
import { headChallenges, headFinding } from "./headtext.js";
import { drawHeads, headHandles, headView } from "./headview.js";
import { loadTranslators } from "./models.js";

const HEAD_OPTIONS = ["sentence", "part", "layer", "heads", "position"];
const FADE_TIME = 350; // milliseconds in which threads go from one word to the next

/** Show a head viewer in `root`; returns a function that takes it away. */
export async function mountHead(root, host) {
  const translators = await loadTranslators(root, host);
  root.classList.add("at-head");
  const viewer = new HeadViewer(root, host, Object.values(translators)[0]);
  return () => viewer.end();
}

class HeadViewer {
  constructor(root, host, translator) {
    this.host = host;
    this.translator = translator;
    this.key = null; // the word of which is shown who looks at it
    this.pointed = null;
    const first = { sentence: "", part: "cross", layer: 1, heads: [], position: 2 };
    this.began = Object.fromEntries(
      HEAD_OPTIONS.map((name) => [name, host.get(name) ?? first[name]]),
    );
    this.frame = new Frame(root, {
      paint: (room, time) => this.paint(room, time),
      reset: () => this.reset(),
    });
    this.handles = new Handles(this.frame.picture, {
      press: (id) => this.press(id),
      point: (id) => this.point(id),
      step: (id, right, down) => this.useArrow(id, right, down),
    });
    this.fillControls();
    this.unlisten = HEAD_OPTIONS.map((name) => host.onChange(name, () => this.hear(name)));
    this.restore(this.began);
  }

  fillControls() {
    const { languageNames, model } = this.translator;
    const [source, target] = languageNames;
    this.heads = model.config.heads;
    this.box = makeSentenceBox(`${source} sentence`, (text) => this.read(text));
    const notes = {
      encoder: `${source} → ${source}`, decoder: `${target} → ${target}`,
      cross: `${target} → ${source}`,
    };
    this.parts = makeChoices("attention", PARTS.map((name) => [name, name, notes[name]]),
      (part) => this.change({ part }));
    this.parts.element.querySelector("legend").classList.add("at-fold");
    this.frame.controls.append(
      this.box.element, this.parts.element, aboutHeads(model.config),
    );
  }

  restore(options) {
    this.options = { ...options };
    this.read(options.sentence, true);
  }

  reset() {
    this.frame.forget();
    this.key = null;
    this.restore(this.began);
    this.tell();
  }

  /** Read a sentence; returns a note about it. */
  read(text, isGiven = false) {
    const { words, note } = readTyped(this.translator, text);
    this.traced = words.length > 0 ? this.translator.trace(words) : null;
    this.note = note;
    this.box.show(text, note);
    if (isGiven) this.show({ sentence: text });
    else if (text !== this.options.sentence) this.change({ sentence: text });
    return note;
  }

  /** Take what a cell has set. */
  hear(name) {
    const value = this.host.get(name);
    if (JSON.stringify(value) === JSON.stringify(this.options[name])) return;
    if (name === "sentence") this.read(value);
    else this.show({ [name]: value });
  }

  /** Show something else, and tell the cells. */
  change(options) {
    this.show(options);
    this.tell();
  }

  show(options) {
    this.leaving = this.view ? { view: this.view, begin: null } : null;
    if (!("heads" in options || "layer" in options)) this.key = null;
    this.options = { ...this.options, ...options };
    this.pointed = null;
    this.look();
  }

  tell() {
    for (const [name, value] of Object.entries(this.options)) {
      if (JSON.stringify(this.host.get(name)) !== JSON.stringify(value)) this.host.set(name, value);
    }
  }

  /** Find what is to be seen: the options, and what is pointed at in their place. */
  look() {
    const { part, layer, heads, position } = this.options;
    const [kind, ...at] = this.pointed?.split("-") ?? [];
    const [first, second] = at.map(Number);
    const chosen = { part, layer: layer - 1, heads: heads.map((head) => head - 1) };
    const words = { position: position - 1, key: this.key };
    if (kind === "ask") Object.assign(words, { position: first, key: null });
    if (kind === "key") words.key = first;
    if (kind === "map") Object.assign(chosen, { layer: first, heads: [second] }); // or the average
    this.view = this.traced && headView(this.traced, { ...chosen, ...words });
    if (this.view) this.view.isKept = this.key !== null && this.view.key === this.key;
    if (kind === "head" && this.view) {
      const only = this.view.sets.findIndex(({ name }) => name === at[0]);
      if (only >= 0) this.view.only = only;
    }
    this.frame.paintSoon();
  }

  press(id) {
    const [kind, ...numbers] = id.split("-");
    const [first, second] = numbers.map((number) => Number(number) + 1);
    if (kind === "ask") this.change({ position: first });
    if (kind === "key") this.turn(first - 1);
    if (kind === "head") this.chooseOnly(numbers[0]);
    if (kind === "map") this.chooseMap(first, second);
  }

  /** Show who looks at a word; of the one that is shown, go back to where a word looks. */
  turn(key) {
    this.key = this.key === key ? null : key;
    this.pointed = null;
    this.look();
  }

  /** Show only one head; of the only one, show all side by side. */
  chooseOnly(name) {
    const isOnly = this.options.heads.length < 2;
    const all = Array.from({ length: this.heads }, (_, head) => head + 1);
    this.change({ heads: isOnly ? all : [Number(name)] });
    this.handles.focus(`head-${isOnly ? 1 : name}`);
  }

  /** Show or hide a head; the average stands alone, and comes when the last head goes. */
  chooseMap(layer, head) {
    const { options } = this;
    const shown = layer === options.layer ? options.heads : [];
    const others = shown.filter((each) => each !== head);
    const heads = others.length < shown.length ? others : [...shown, head].sort((a, b) => a - b);
    this.change({ layer, heads: head > this.heads ? [] : heads });
  }

  /** Whether another head is shown than the chosen ones: to look at a map solves nothing. */
  get isPreview() {
    return /^(map|head)-/.test(this.pointed ?? "");
  }

  /** What is pointed at is shown as long as it is: a word, a head, or a map. */
  point(id) {
    if (id === this.pointed) return;
    this.leaving = this.view && { view: this.view, begin: null };
    this.pointed = id;
    this.look();
  }

  useArrow(id, right, down) {
    const [kind, first, second] = id.split("-");
    const next = Number(first) + right + down;
    const wide = kind === "map" ? `map-${Number(first) + down}-${Number(second) + right}` : null;
    this.handles.focus(wide ?? `${kind}-${next}`);
  }

  /** Return the view to draw: on the way from one word to the next, weights are in between. */
  viewAt(time) {
    const { view, leaving } = this;
    if (!leaving || this.frame.isCalm || !isAlike(leaving.view, view)) return view;
    leaving.begin ??= time;
    const share = Math.min((time - leaving.begin) / FADE_TIME, 1);
    if (share === 1) return view;
    this.frame.paintSoon();
    return mixViews(leaving.view, view, share * share * (3 - 2 * share));
  }

  paint(room, time) {
    this.parts.choose(this.options.part);
    if (!this.view) {
      this.handles.show('<svg viewBox="0 0 100 1"></svg>', []);
      this.frame.say(this.note);
      return;
    }
    const place = layoutHeads(this.view, room);
    this.handles.show(drawHeads(this.viewAt(time), place), headHandles(this.view, place));
    this.frame.say(headFinding(this.view));
    if (!this.isPreview) this.frame.challenge(headChallenges(this.view));
  }

  end() {
    this.frame.end();
    this.unlisten.forEach((stop) => stop());
  }
}

/** Say in a line what heads and layers are. */
function aboutHeads({ layers, heads }) {
  const bold = (text) => makeElement("b", {}, text);
  const matrix = (letter) => [`W`, makeElement("sub", {}, letter)];
  return makeElement("p", { class: "at-about" },
    "A ", bold("head"), " is one attention; ", `${heads} of them run side by side in a `,
    bold("layer"), ", each with a ", ...matrix("q"), ", ", ...matrix("k"), " and ", ...matrix("v"),
    " of its own.", layers > 1 ? " Layer 2 reads what layer 1 wrote." : "");
}

/**
 * Tell whether two views show the same heads side by side, for another word that looks. One head
 * alone shows all its threads, which stay where they are.
 */
function isAlike(one, other) {
  const about = ({ part, layer, keys, sets, key }) => (
    JSON.stringify([part, layer, keys, sets.map(({ name }) => name), key])
  );
  return other.sets.length > 1 && one !== other && one.key === null && about(one) === about(other);
}

/** Return a view whose threads are a share of the way from those of another one. */
function mixViews(from, to, share) {
  const sets = to.sets.map((set, k) => {
    const [before, after] = [from.sets[k].rows[from.position], set.rows[to.position]];
    const row = to.keys.map((_, j) => (
      (before[j] ?? 0) * (1 - share) + (after[j] ?? 0) * share
    ));
    const rows = set.rows.map((each, i) => (i === to.position ? row : each));
    return { ...set, rows, told: set.rows }; // numbers are measured, never in between
  });
  return { ...to, sets };
}
