// The head viewer: point at a word, and see where each head of a Transformer looks. See host.js
// for root and host.

import { readTyped } from "../model/typed.js";
import { makeChoice, makeChoices, makeElement, makeSentenceBox } from "./elements.js";
import { Frame } from "./frame.js";
import { Handles } from "./handles.js";
import { layoutHeads } from "./headlayout.js";
import { dashesOf, drawHeads, headChallenges, headFinding } from "./headview.js";
import { PARTS } from "./headmaps.js";
import { headHandles, headView } from "./headview.js";
import { loadTranslators } from "./models.js";

const HEAD_OPTIONS = ["sentence", "part", "layer", "heads", "position"];
const FADE_TIME = 350; // milliseconds in which threads go from one word to the next
const SAMPLE = { width: 26, height: 10, stroke: 3 }; // pixels of a line in a head's switch

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
    this.heads = numbers(heads).map((name, head) => {
      const choose = (isOn) => this.switchHead(head + 1, isOn);
      const choice = makeChoice("checkbox", "at-heads", name, name, "", choose);
      choice.append(lineSample(head));
      return choice;
    });
    const switches = makeElement("fieldset", {},
      makeElement("legend", {}, "heads (none: their average)"), ...this.heads);
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
    this.options = { ...this.options, ...options };
    this.pointed = null;
    this.look();
  }

  tell() {
    for (const [name, value] of Object.entries(this.options)) {
      if (JSON.stringify(this.host.get(name)) !== JSON.stringify(value)) this.host.set(name, value);
    }
  }

  /** Find what is to be seen: the options, and the word that is pointed at. */
  look() {
    const { part, layer, heads, position } = this.options;
    const chosen = { part, layer: layer - 1, heads: heads.map((head) => head - 1) };
    const at = this.pointed ?? position - 1;
    this.view = this.traced && headView(this.traced, { ...chosen, position: at });
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
    else this.chooseMap(first, second);
  }

  /** Choose a small map; of the one that is chosen, go back to the average. */
  chooseMap(layer, head) {
    const { options } = this;
    const isChosen = layer === options.layer && options.heads.join() === String(head);
    this.change({ layer, heads: isChosen ? [] : [head] });
  }

  /** A word that is pointed at looks as long as it is. */
  point(id) {
    const pointed = id?.startsWith("ask-") ? Number(id.split("-")[1]) : null;
    if (pointed === this.pointed) return;
    this.leaving = this.view && { view: this.view, begin: null };
    this.pointed = pointed;
    this.look();
  }

  useArrow(id, right, down) {
    const [kind, first, second] = id.split("-");
    if (kind === "ask") this.handles.focus(`ask-${Number(first) + right + down}`);
    else this.handles.focus(`map-${Number(first) + down}-${Number(second) + right}`);
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
    this.frame.challenge(headChallenges(this.view));
  }

  showControls() {
    const { part, layer, heads } = this.options;
    this.parts.choose(part);
    this.layers.choose(String(layer));
    this.heads.forEach((choice, head) => {
      choice.querySelector("input").checked = heads.includes(head + 1);
    });
  }

  end() {
    this.frame.end();
    this.unlisten.forEach((stop) => stop());
  }
}

/** Tell whether two views show the same sets over the same words, for another word that looks. */
function isAlike(one, other) {
  const key = ({ part, keys, sets }) => JSON.stringify([part, keys, sets.map(({ name }) => name)]);
  return one !== other && key(one) === key(other);
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

/** Return a line as the head's threads are drawn, for its switch. */
function lineSample(head) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const { width, height, stroke } = SAMPLE;
  const about = { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" };
  for (const [key, value] of Object.entries(about)) drawing.setAttribute(key, value);
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", `M0 ${height / 2}H${width}`);
  line.setAttribute("stroke", "currentColor");
  line.setAttribute("stroke-width", stroke);
  line.setAttribute("stroke-dasharray", dashesOf(head, stroke));
  drawing.append(line);
  return drawing;
}
