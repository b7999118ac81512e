// The head viewer: point at a word, and see where each head of a Transformer looks. See host.js
// for root and host.

import { readTyped } from "../model/typed.js";
import { makeChoice, makeChoices, makeElement, makeSentenceBox } from "./elements.js";
import { Frame } from "./frame.js";
import { Handles } from "./handles.js";
import { layoutHeads } from "./headlayout.js";
import { drawHeads, headChallenges, headFinding } from "./headview.js";
import { PARTS } from "./headmaps.js";
import { headHandles, headView } from "./headview.js";
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
    const { layers, heads } = model.config;
    const numbers = (count) => Array.from({ length: count }, (_, i) => String(i + 1));
    this.box = makeSentenceBox(`${languageNames[0]} sentence`, (text) => this.read(text));
    const parts = PARTS.map((name) => [name, name]);
    this.parts = makeChoices("attention", parts, (part) => this.change({ part }));
    this.layers = makeChoices("layer", numbers(layers).map((name) => [name, name]), (name) => (
      this.change({ layer: Number(name) })
    ));
    this.heads = numbers(heads).map((name, head) => (
      makeChoice("checkbox", "at-heads", name, name, "", (isOn) => this.switchHead(head + 1, isOn))
    ));
    this.average = makeChoice("checkbox", "at-heads", "average", "average", "", (isOn) => (
      this.change({ heads: isOn ? [] : [1] })
    ));
    const switches = makeElement("fieldset", {},
      makeElement("legend", {}, "heads"), ...this.heads, this.average);
    this.frame.controls.append(
      this.box.element, this.parts.element, this.layers.element, switches,
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
    if (kind === "map") Object.assign(chosen, { layer: first, heads: [second] });
    this.view = this.traced && headView(this.traced, { ...chosen, ...words });
    if (kind === "head" && this.view) {
      const only = this.view.sets.findIndex(({ name }) => name === at[0]);
      if (only >= 0) this.view.only = only;
    }
    this.frame.paintSoon();
  }

  switchHead(head, isOn) {
    const others = this.options.heads.filter((each) => each !== head);
    this.change({ heads: (isOn ? [...others, head] : others).sort((a, b) => a - b) });
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
    this.change({ heads: isOnly ? this.heads.map((_, head) => head + 1) : [Number(name)] });
    this.handles.focus(`head-${isOnly ? 1 : name}`);
  }

  /** Choose a small map; of the one that is chosen, go back to the average. */
  chooseMap(layer, head) {
    const { options } = this;
    const isChosen = layer === options.layer && options.heads.join() === String(head);
    this.change({ layer, heads: isChosen ? [] : [head] });
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
    this.showControls();
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

  showControls() {
    const { part, layer, heads } = this.options;
    this.parts.choose(part);
    this.layers.choose(String(layer));
    this.heads.forEach((choice, head) => {
      choice.querySelector("input").checked = heads.includes(head + 1);
    });
    this.average.querySelector("input").checked = heads.length === 0;
  }

  end() {
    this.frame.end();
    this.unlisten.forEach((stop) => stop());
  }
}

/** Tell whether two views show the same sets over the same words, for another word that looks. */
function isAlike(one, other) {
  const about = ({ part, layer, keys, sets, key }) => (
    JSON.stringify([part, layer, keys, sets.map(({ name }) => name), key])
  );
  return one !== other && one.key === null && about(one) === about(other);
}

/** Return a view whose threads are a share of the way from those of another one. */
function mixViews(from, to, share) {
  const sets = to.sets.map((set, k) => {
    const [before, after] = [from.sets[k].rows[from.position], set.rows[to.position]];
    const row = to.keys.map((_, j) => (
      (before[j] ?? 0) * (1 - share) + (after[j] ?? 0) * share
    ));
    return { ...set, rows: set.rows.map((each, i) => (i === to.position ? row : each)) };
  });
  return { ...to, sets };
}
