// One model's panel in the stepper: its translation as a row of words, and its picture.

import { makeElement } from "./elements.js";
import { Handles } from "./handles.js";
import { differingWords, isLit } from "./steppertext.js";
import { drawStep, easeShare, mixViews, slideWords, viewAt, wordPlaces } from "./stepperview.js";

const MOVE = 420; // milliseconds from one step to the next
const SCORE = "score"; // the handle that opens and closes it
const UNWRITTEN = "·····"; // a word that is not yet predicted
const MARKED = "[data-word], [data-row], [data-target]";
const NEAR = 14; // pixels between a word and the end of its row
const CLOSE_WORDS = 44; // pixels: where words are closer, their handles would cover each other

/**
 * A translation by one model. What the reader does is told to
 *
 *   goTo(t)          a word of the translation was pressed: step t, from 1
 *   press(j)         a source word was pressed, from 0
 *   turnScore()      the score is to be opened, or closed
 *   point(focus)     {source} or {target}, from 0, is hovered or has the focus; null: none is
 */
export class StepperPanel {
  constructor(tell) {
    this.tell = tell;
    this.boxes = [];
    this.chips = makeElement("div", { class: "at-chips", role: "group" });
    this.caption = makeElement("figcaption");
    this.stage = makeElement("div", { class: "at-stage" });
    this.element = makeElement("figure", {}, this.caption, this.stage);
    this.handles = new Handles(this.stage, {
      press: (id) => (id === SCORE ? tell.turnScore() : tell.press(Number(id))),
      point: (id) => tell.point(id === null || id === SCORE ? null : { source: Number(id) }),
      step: (id, right, down) => this.walkWords(id, right + down),
    });
    this.listen();
  }

  /** In the picture, every shape that belongs to a word can be pointed at and pressed. */
  listen() {
    const { drawing } = this.handles;
    drawing.addEventListener("pointerover", ({ target }) => this.tell.point(focusOf(target)));
    drawing.addEventListener("pointerleave", () => this.tell.point(null));
    drawing.addEventListener("click", ({ target }) => {
      const focus = focusOf(target);
      if (focus?.target !== undefined) this.tell.goTo(focus.target + 1);
      else if (focus) this.tell.press(focus.source);
    });
    this.chips.addEventListener("keydown", (event) => this.walkChips(event));
  }

  /** Arrow keys lead from word to word, and to the switch of the score. */
  walkWords(id, way) {
    const order = [...this.handles.elements.keys()];
    this.handles.focus(order[order.indexOf(id) + way]);
  }

  /** Show another translation, at rest at step t; `other` is what it is compared with, or null. */
  show(traced, t, name, other) {
    this.traced = traced;
    this.differs = other ? differingWords(traced.words, other.words)[0] : [];
    this.chips.setAttribute("aria-label", `Translation by ${name}: a button for each step`);
    this.chips.replaceChildren(...traced.words.map((_, k) => this.makeChip(k)));
    this.moveTo(t, true);
  }

  makeChip(k) {
    const chip = makeElement("button", { type: "button", class: "at-chip" });
    chip.addEventListener("click", () => this.tell.goTo(k + 1));
    for (const begin of ["pointerenter", "focus"]) {
      chip.addEventListener(begin, () => this.tell.point(this.isKnown(k) ? { target: k } : null));
    }
    for (const end of ["pointerleave", "blur"]) {
      chip.addEventListener(end, () => this.tell.point(null));
    }
    return chip;
  }

  /** Write the words of the first `count` steps, and blanks for what is still to be predicted. */
  reveal(count) {
    this.known = count;
    this.isScrolled = false;
    [...this.chips.children].forEach((chip, k) => {
      const [isKnown, differs] = [this.isKnown(k), this.differs[k]];
      const word = this.traced.words[k];
      const about = `${isKnown ? word : "not yet written"}: step ${k + 1}`;
      chip.textContent = isKnown ? word : UNWRITTEN;
      chip.setAttribute("aria-label", isKnown && differs ? `${about}, differs` : about);
      chip.classList.toggle("at-differs", isKnown && Boolean(differs));
      chip.classList.toggle("at-blank", !isKnown);
    });
  }

  isKnown(k) {
    return k < this.known;
  }

  /** Tab reaches one word, the step's own; arrow keys lead to the others. */
  walkChips(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way) return;
    const words = [...this.chips.children];
    event.preventDefault();
    words[words.indexOf(event.target) + way]?.focus();
  }

  /** Set out for step t; `now` is the time, or null to be there at once. */
  moveTo(t, atOnce) {
    const goal = { ...viewAt(this.traced, t), differs: this.differs };
    this.from = atOnce || !this.goal ? null : this.shown;
    this.route = null;
    this.started = null;
    this.goal = goal;
    this.markStep(t);
  }

  markStep(t) {
    [...this.chips.children].forEach((chip, k) => {
      const isNow = k === Math.min(t, this.traced.steps.length) - 1;
      chip.classList.toggle("at-later", k >= t);
      chip.tabIndex = isNow ? 0 : -1;
      if (isNow) chip.setAttribute("aria-current", "step");
      else chip.removeAttribute("aria-current");
    });
  }

  /** Paint; returns whether something is still on its way. */
  paint(size, time, focus, pinned) {
    const { width, tall, map, machine, score } = size;
    this.started ??= time;
    const share = this.from ? Math.min((time - this.started) / MOVE, 1) : 1;
    this.shown = share < 1 ? mixViews(this.from, this.goal, easeShare(share)) : this.goal;
    const { source, kind } = this.traced;
    if (this.from && this.shown === this.goal) this.from = null; // it has arrived
    const place = `${width} ${tall} ${map} ${machine} ${score} ${kind} ${source.join(" ")}`;
    const cell = map ? cellOf(focus, this.shown) : null;
    const isKept = this.place === place && this.pinned === pinned && isSameCell(this.cell, cell);
    const isDrawn = this.drawn === this.shown && isKept;
    if (!isDrawn) {
      const svg = this.draw({ ...size, cell }, share);
      this.handles.show(svg, this.handlesFor(pinned, score));
      if (place !== this.place) {
        this.isScrolled = false;
        this.boxes = this.measureWords();
        this.handles.show(svg, this.handlesFor(pinned, score));
      }
    }
    Object.assign(this, { drawn: this.shown, place, pinned, cell });
    if (!this.isScrolled) this.scroll();
    this.light(focus, isDrawn);
    return share < 1;
  }

  /** Scroll the row to the step's word, once all words have the width that they will have. */
  scroll() {
    this.isScrolled = true;
    const chip = this.chips.querySelector("[aria-current]");
    if (chip) bringIntoRow(chip, this.chips);
  }

  /** Draw what is shown; on the way, the words of the target row slide. */
  draw(size, share) {
    const { kind } = this.traced;
    const drawn = drawStep(this.shown, kind, size);
    if (share === 1) {
      this.places = wordPlaces(drawn);
      return drawn;
    }
    this.route ??= { from: this.places, to: wordPlaces(drawStep(this.goal, kind, size)) };
    const { svg, places } = slideWords(drawn, this.route.from, this.route.to, easeShare(share));
    this.places = places;
    return svg;
  }

  handlesFor(pinned, score) {
    const { source, kind } = this.traced;
    const words = this.boxes.slice(0, source.length).map((box, j) => ({
      ...box, id: String(j), kind: "toggle", isOn: j === pinned,
      label: `${source[j]}, source word ${j + 1}`,
    }));
    if (kind !== "additive" || !this.tag) return words;
    return [...words, {
      ...this.tag, id: SCORE, kind: "toggle", isOn: score === "open", label: "open the score",
    }];
  }

  /** Return where the source words stand, and note the switch of the score, from the drawing. */
  measureWords() {
    const tokens = [...this.handles.drawing.querySelectorAll("[data-part=tokens] [data-word]")];
    const boxes = tokens.map((token) => this.boxOf(token));
    const tag = this.handles.drawing.querySelector("[data-part=tag]");
    this.tag = tag && this.boxOf(tag);
    const apart = boxes.length > 1 ? (boxes[1].x - boxes[0].x) * this.handles.zoom : Infinity;
    this.stage.classList.toggle("at-dense", apart < CLOSE_WORDS);
    return boxes;
  }

  /** Return where a shape is, in the drawing's own pixels. */
  boxOf(shape) {
    const box = shape.getBoundingClientRect();
    const [start, end] = [[box.left, box.top], [box.right, box.bottom]].map(([x, y]) => (
      this.handles.pointOf({ clientX: x, clientY: y })
    ));
    return {
      x: (start.x + end.x) / 2, y: (start.y + end.y) / 2,
      width: end.x - start.x, height: end.y - start.y,
    };
  }

  /** Dim all that does not belong to what is pointed at; a new drawing has nothing dimmed. */
  light(focus, isDrawn) {
    const { traced, shown } = this;
    if (focus === null && !this.isDim) return;
    this.isDim = focus !== null;
    const step = shown.target.length;
    const isDim = (shape) => focus !== null && !isLit(shape, focus, traced.rows, step);
    if (focus !== null || isDrawn) {
      const shapes = this.handles.drawing.querySelectorAll(MARKED);
      for (const shape of shapes) shape.classList.toggle("at-dim", isDim(meaningOf(shape)));
    }
    for (const [row, chip] of [...this.chips.children].entries()) {
      chip.classList.toggle("at-dim", isDim({ row }));
    }
  }
}

/** Return the cell of the map that is asked for: a word that is pointed at is one of this step. */
function cellOf(focus, { source, target }) {
  if (focus?.source === undefined || focus.source >= source.length) return null;
  return { row: focus.target ?? target.length, word: focus.source };
}

function isSameCell(a, b) {
  return a?.row === b?.row && a?.word === b?.word;
}

function numberOf(text) {
  return text === undefined ? undefined : Number(text);
}

/** Return what a shape of the picture stands for: see `isLit`. */
function meaningOf(shape) {
  const { word, row, target } = shape.dataset;
  const { part } = shape.closest("[data-part]").dataset;
  return { part, word: numberOf(word), row: numberOf(row ?? target) };
}

/** Return what the pointer is on, as `isLit` takes it: null for what belongs to no word. */
function focusOf(shape) {
  const marked = shape.closest(MARKED);
  if (!marked) return null;
  const { word, row } = meaningOf(marked);
  return { source: word, target: row };
}

/** Scroll a row, and never the page, until one of its words can be seen. */
function bringIntoRow(chip, row) {
  const left = chip.offsetLeft - row.offsetLeft;
  const [start, end] = [row.scrollLeft, row.scrollLeft + row.clientWidth];
  if (left - NEAR < start || left + chip.offsetWidth + NEAR > end) {
    row.scrollLeft = left + chip.offsetWidth / 2 - row.clientWidth / 2;
  }
}
