// The attention editor: overwrite where a step looks, and see what the model writes then. See
// host.js for root and host.

import { readTyped, shorten } from "../model/typed.js";
import { ROW_EDITS, editRow, editsFrom, nextShare } from "./editorrows.js";
import { countWritable, traceEdited, weightsFrom } from "./editorrows.js";
import { cellAt, drawEditor, editorHandles } from "./editorview.js";
import { editorChallenges, editorFinding, editorView, topWord } from "./editorview.js";
import { changeButton, makeButton, makeChoices, makeElement, makeSentenceBox } from "./elements.js";
import { layoutEditor } from "./editorlayout.js";
import { Frame } from "./frame.js";
import { Handles } from "./handles.js";
import { loadTranslators } from "./models.js";

const OPTIONS = ["sentence", "model", "step", "weights"];
const MOVE_TIME = 400; // milliseconds in which bars move after a button
const SAME_TO_THE_EYE = 0.005; // of the weight: both are written alike
const LARGE_STEPS = 4; // of an arrow key, with Shift
const [, ONLY_HERE, ALL_EQUAL, SWAP_TWO, BY_HAND] = ROW_EDITS;

/** Show an attention editor in `root`; returns a function that takes it away. */
export async function mountEditor(root, host) {
  const translators = await loadTranslators(root, host);
  root.classList.add("at-editor");
  const editor = new AttentionEditor(root, host, translators);
  return () => editor.end();
}

class AttentionEditor {
  constructor(root, host, translators) {
    this.host = host;
    this.translators = translators;
    const first = { sentence: "", model: Object.keys(translators)[0], step: 1, weights: {} };
    const given = OPTIONS.map((name) => [name, host.get(name) || first[name]]);
    this.began = Object.fromEntries(given);
    this.frame = new Frame(root, {
      paint: (room, time) => this.paint(room, time),
      reset: () => this.reset(),
    });
    this.handles = new Handles(this.frame.picture, this.manners());
    this.fillControls();
    this.unlisten = OPTIONS.map((name) => host.onChange(name, () => this.hear(name)));
    this.restore(this.began);
  }

  fillControls() {
    const { controls, below } = this.frame;
    const [language] = Object.values(this.translators)[0].languageNames;
    this.box = makeSentenceBox(`${language} sentence`, (text) => this.read(text));
    const names = Object.keys(this.translators);
    this.models = makeChoices("model", names.map((name) => [name, name]), (name) => (
      this.start(this.sentence, name)
    ));
    this.buttons = {
      only: makeButton("only", "Only here", () => this.edit(ONLY_HERE)),
      even: makeButton("even", "All equal", () => this.edit(ALL_EQUAL)),
      swap: makeButton("swap", "Exchange two", () => this.beginSwap()),
      own: makeButton("reset", "As the model had it", () => this.undo(this.step)),
    };
    const named = { class: "at-edits", "aria-label": "weights of the step" };
    const edits = makeElement("fieldset", named, ...Object.values(this.buttons));
    controls.append(this.box.element, ...(names.length > 1 ? [this.models.element] : []), edits);
    this.undos = makeElement("div", { class: "at-row at-undos" });
    below.append(this.undos);
  }

  /** What handles do: words are dragged, moved by arrows or pressed, steps are chosen. */
  manners() {
    return {
      grab: (id, x, y) => {
        this.held = null;
        this.cell = isRow(id) ? cellAt(this.view, this.place, x, y) : null;
        if (isWord(id)) this.word = numberOf(id);
      },
      drag: (id, x, y) => this.drag(id, y),
      drop: () => this.drop(),
      step: (id, right, down, isLarge) => this.useArrow(id, right, down, isLarge),
      press: (id) => this.press(id),
      point: (id) => this.point(id),
    };
  }

  /** Begin with a sentence and a model, without edits; returns a note about the sentence. */
  start(sentence, model, options = {}) {
    this.sentence = sentence;
    this.model = model;
    this.translator = this.translators[model];
    const { words, note } = readTyped(this.translator, sentence);
    this.words = words;
    this.note = note;
    this.box.show(sentence, note);
    this.models.choose(model);
    this.before = words.length > 0 ? traceEdited(this.translator, words, {}) : null;
    this.after = this.before;
    this.counted = null;
    this.edits = editsFrom(options.weights, this.before?.source.length ?? 0);
    this.step = (options.step || 1) - 1;
    this.swapping = null;
    this.moveFrom = null;
    this.pointed = null;
    this.decode();
    this.word = this.before ? topWord(this.after.steps[this.step].weights) : 0;
    this.frame.paintSoon();
    return note;
  }

  restore({ sentence, model, step, weights }) {
    this.start(sentence, this.translators[model] ? model : this.began.model, { step, weights });
  }

  reset() {
    this.frame.forget();
    this.restore(this.began);
    this.tell();
  }

  /** Take a sentence that was typed. */
  read(text) {
    if (text === this.sentence) return this.note;
    const note = this.start(text, this.model);
    this.tell();
    return note;
  }

  /** Take what a cell has set. */
  hear(name) {
    const value = this.host.get(name);
    if (JSON.stringify(value) === JSON.stringify(this.told()[name])) return;
    if (name === "sentence") this.start(value, this.model);
    else if (name === "model") this.restore({ ...this.told(), model: value, weights: {} });
    else if (name === "step") this.choose(value - 1);
    else this.changeRows(editsFrom(value, this.before?.source.length ?? 0));
  }

  /** Return the options as they are now. */
  told() {
    const { sentence, model } = this;
    return { sentence, model, step: this.step + 1, weights: weightsFrom(this.edits) };
  }

  tell() {
    for (const [name, value] of Object.entries(this.told())) {
      if (JSON.stringify(this.host.get(name)) !== JSON.stringify(value)) this.host.set(name, value);
    }
  }

  /** Translate with the edits there are. */
  decode() {
    if (!this.before) return;
    this.after = traceEdited(this.translator, this.words, this.edits, this.after);
    this.step = Math.min(Math.max(this.step, 0), this.after.steps.length - 1);
    this.isStale = false;
  }

  /** Take other edits; the bars move to where they are now. */
  changeRows(edits) {
    if (!this.before) return;
    this.moveFrom = { row: this.shownRow(), begin: null };
    this.edits = edits;
    this.decode();
    this.frame.paintSoon();
  }

  /** Overwrite the row of the step. */
  edit(kind, first = this.word, second = 0) {
    if (!this.before || this.isIdle(kind)) return;
    const row = editRow(this.after.steps[this.step].weights, kind, first, second, 0);
    this.swapping = null;
    this.changeRows({ ...this.edits, [this.step]: row });
    this.tell();
  }

  /** Tell whether an edit would change nothing that one sees. */
  isIdle(kind) {
    if (![ONLY_HERE, ALL_EQUAL].includes(kind)) return false;
    const row = this.after.steps[this.step].weights;
    const edited = editRow(row, kind, this.word, 0, 0);
    return edited.every((weight, j) => Math.abs(weight - row[j]) < SAME_TO_THE_EYE);
  }

  undo(step) {
    const { [step]: _, ...others } = this.edits;
    this.swapping = null;
    this.changeRows(others);
    this.tell();
    this.handles.focus(`step-${step}`); // the button that was pressed goes away
  }

  /** Give a word a share of the weight at once, while it is dragged. */
  give(j, share, row) {
    this.moveFrom = null;
    this.edits = { ...this.edits, [this.step]: editRow(row, BY_HAND, j, 0, share) };
    this.isStale = true;
    this.frame.paintSoon();
  }

  /**
   * The tip of a bar follows the pointer; the others keep the proportions they had at first. A cell
   * of the heat map is dragged as if it were the tip of its bar.
   */
  drag(id, y) {
    if (!this.before || (isRow(id) && this.cell?.j === null)) return;
    if (this.cell && !this.held) this.chooseCell(this.cell);
    const j = isRow(id) ? this.word : numberOf(id);
    const { full } = this.place;
    this.held ??= { y, row: Array.from(this.after.steps[this.step].weights) };
    const share = this.held.row[j] + (this.held.y - y) / full;
    this.give(j, Math.min(Math.max(share, 0), 1), this.held.row);
  }

  drop() {
    if (!this.held) return;
    this.held = null;
    this.cell = null;
    this.tell();
  }

  useArrow(id, right, down, isLarge) {
    const count = right - down;
    if (isRow(id)) {
      this.useRowArrow(numberOf(id), right, down);
    } else if (isWord(id)) {
      this.word = numberOf(id);
      const row = this.edits[this.step] ?? Array.from(this.after.steps[this.step].weights);
      this.give(this.word, nextShare(row[this.word], isLarge ? count * LARGE_STEPS : count), row);
      this.decode();
      this.tell();
    } else {
      this.handles.focus(`step-${numberOf(id) + count}`);
    }
  }

  /** In the heat map, arrows go from row to row, and along a row from word to word. */
  useRowArrow(t, right, down) {
    if (down !== 0) {
      this.handles.focus(`row-${t + down}`);
      return;
    }
    const last = this.after.source.length - 1;
    this.chooseCell({ t, j: Math.min(Math.max(this.word + right, 0), last) });
    this.tell();
  }

  press(id) {
    if (isRow(id)) this.pressRow(numberOf(id));
    else if (isWord(id)) this.pressWord(numberOf(id));
    else {
      this.choose(numberOf(id));
      this.tell();
    }
  }

  pressWord(j) {
    this.word = j;
    if (this.swapping) {
      this.swapping = [...this.swapping, this.word];
      if (this.swapping.length === 2) this.edit(SWAP_TWO, ...this.swapping);
    }
    this.frame.paintSoon();
  }

  /** Go to the row of a cell; in the row that is chosen already, give the cell all the weight. */
  pressRow(row) {
    const { t, j } = this.cell ?? { t: row, j: this.word };
    const isHere = t === this.step && j !== null;
    this.cell = null;
    this.chooseCell({ t, j });
    if (isHere && this.swapping) this.pressWord(j);
    else if (isHere) this.edit(ONLY_HERE);
    else this.tell();
  }

  chooseCell({ t, j }) {
    if (t !== this.step) this.choose(t);
    if (j !== null) this.word = j;
    this.frame.paintSoon();
  }

  beginSwap() {
    this.swapping = this.swapping ? null : [];
    this.frame.paintSoon();
  }

  choose(step) {
    if (!this.before) return;
    this.moveFrom = { row: this.shownRow(), begin: null };
    this.step = Math.min(Math.max(step, 0), this.after.steps.length - 1);
    this.pointed = null;
    this.frame.paintSoon();
  }

  /** A step that is pointed at shows its weights as long as it is. */
  point(id) {
    const pointed = id !== null && id.startsWith("step-") ? numberOf(id) : null;
    if (pointed === this.pointed || !this.before) return;
    this.moveFrom = { row: this.shownRow(), begin: null };
    this.pointed = pointed;
    this.frame.paintSoon();
  }

  get shown() {
    const { pointed } = this;
    return pointed !== null && pointed < this.after.steps.length ? pointed : this.step;
  }

  /** Return the row as the bars show it: on its way, after a button was pressed. */
  shownRow(time = performance.now()) {
    const row = Array.from(this.edits[this.shown] ?? this.after.steps[this.shown].weights);
    const from = this.moveFrom;
    if (!from || this.frame.isCalm || from.row.length !== row.length) return row;
    from.begin ??= time;
    const share = Math.min((time - from.begin) / MOVE_TIME, 1);
    const eased = share * share * (3 - 2 * share);
    return row.map((weight, j) => from.row[j] + (weight - from.row[j]) * eased);
  }

  paint(room, time) {
    if (!this.before) {
      this.paintNothing();
      return;
    }
    const { before, after, step, shown, word } = this;
    const view = editorView(before, after, step, { shown, word, row: this.shownRow(time) });
    view.insistent = () => this.insistentWords();
    this.view = view;
    this.place = layoutEditor(view, room);
    this.handles.show(drawEditor(view, this.place), editorHandles(view, this.place));
    this.frame.say(this.swapping ? this.swapFinding() : editorFinding(view));
    this.frame.challenge(editorChallenges(view));
    this.showButtons(view);
    if (this.moveFrom && time - this.moveFrom.begin < MOVE_TIME) this.frame.paintSoon();
    else this.moveFrom = null;
    if (this.isStale) setTimeout(() => this.decodeSoon());
  }

  /** Return the words that are written wherever their steps look. */
  insistentWords() {
    this.counted ??= countWritable(this.translator, this.before);
    return this.counted.flatMap((count, t) => (count === 1 ? [this.before.steps[t].word] : []));
  }

  /** Translate between two frames: bars follow the pointer at once, the words a frame later. */
  decodeSoon() {
    if (!this.isStale) return;
    this.decode();
    this.frame.paintSoon();
  }

  paintNothing() {
    this.handles.show('<svg viewBox="0 0 100 1"></svg>', []);
    this.frame.say(this.note);
    this.undos.dataset.shown = "nothing";
    this.undos.replaceChildren();
  }

  swapFinding() {
    const [first] = this.swapping;
    if (first === undefined) return "Exchange the weights of two words: press the first one.";
    return `Now press the word that changes places with “${this.after.source[first]}”.`;
  }

  showButtons({ source, edited, after }) {
    const { only, even, swap, own } = this.buttons;
    // Not disabled: who has just pressed one by a key keeps the focus.
    only.setAttribute("aria-disabled", String(this.isIdle(ONLY_HERE)));
    even.setAttribute("aria-disabled", String(this.isIdle(ALL_EQUAL)));
    changeButton(only, "only", `Only ${shorten(source[this.word])}`);
    swap.setAttribute("aria-pressed", String(Boolean(this.swapping)));
    own.disabled = !edited.includes(this.step);
    const key = edited.map((t) => `${t} ${after[t]}`).join();
    if (this.undos.dataset.shown === key) return;
    this.undos.dataset.shown = key;
    const undos = edited.map((t) => (
      makeButton("reset", `Undo step ${t + 1}: ${after[t]}`, () => this.undo(t))
    ));
    this.undos.replaceChildren(...(undos.length > 0 ? undos : [noEdits()]));
  }

  end() {
    this.frame.end();
    this.unlisten.forEach((stop) => stop());
  }
}

/** Say what will stand there once a step is edited. */
function noEdits() {
  return makeElement("small", { class: "at-hint" }, "Steps that you edit can be undone here.");
}

function isRow(id) {
  return id.startsWith("row-");
}

function isWord(id) {
  return id.startsWith("word-");
}

function numberOf(id) {
  return Number(id.split("-")[1]);
}
