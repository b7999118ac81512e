// The length explorer: drag the end of a sentence, and see what each model makes of it.

import { keepAnswers } from "./challenges.js";
import { changeButton, makeButton, makeChoices, makeElement } from "./elements.js";
import { measureWords } from "./elements.js";
import { Frame } from "./frame.js";
import { Handles } from "./handles.js";
import { firstLengthApart, lengthChallenges, lengthFinding } from "./lengthtext.js";
import { lengthModes, lengthNotes, lengthView } from "./lengthtext.js";
import { lengthOnChart } from "./lengthchart.js";
import { layoutLength, lengthAt } from "./lengthlayout.js";
import { drawLength, lengthHandles, lengthPressed } from "./lengthview.js";
import { loadTranslators } from "./models.js";
import { Motion } from "./motion.js";
import { numberBetween } from "./motion.js";

const GROW_EVERY = 1100; // milliseconds
const DWELL = 4000; // milliseconds at the first mistake: there is something to read
const RIDE = 350; // milliseconds in which the marker comes along
const LEAP = 3; // lengths that an arrow key with Shift goes

/** Mount a length explorer. */
export async function mountLength(root, host) {
  const explorer = new LengthExplorer(root, host, await loadTranslators(root, host));
  return () => explorer.end();
}

class LengthExplorer {
  constructor(root, host, translators) {
    Object.assign(this, { root, host, translators });
    root.classList.add("at-length");
    const names = ["curves", "growing", "sentences"];
    this.data = Object.fromEntries(names.map((name) => [name, host.get(name)]));
    this.apart = firstLengthApart(translators, this.data);
    this.views = new Map();
    this.growing = null;
    this.did = {}; // what the reader has chosen by hand
    this.answers = new Map();
    this.options = this.chosen();
    this.start = { ...this.options };
    this.frame = new Frame(root, {
      paint: (room, time) => this.paint(room, time),
      reset: () => this.reset(),
    });
    this.ride = new Motion(this.frame, RIDE);
    this.handles = new Handles(this.frame.picture, {
      drag: (id, x, y) => this.drag(id, x, y),
      step: (id, right, down, isLarge) => this.go((right - down) * (isLarge ? LEAP : 1)),
    });
    // Words and plot are shortcuts for the mouse; by keys, the two handles reach every length.
    this.handles.drawing.addEventListener("click", (event) => this.press(event));
    this.build();
    this.unlisten = ["mode", "length", "number"].map((name) =>
      host.onChange(name, () => this.adopt()));
    this.view = this.find();
    this.at = this.view.length;
    this.showControls();
    this.frame.paintSoon();
  }

  /** Return what the host says: a page leaves out what is as usual. */
  chosen() {
    const { host } = this;
    return {
      mode: host.get("mode") ?? "growing",
      length: host.get("length") ?? 1,
      number: host.get("number") ?? 1,
    };
  }

  build() {
    this.modes = makeChoices("Sentence", Object.entries(lengthModes(this.data)),
      (mode) => this.choose({ mode, number: 1 }));
    this.next = makeButton("next", "Next of this length", () =>
      this.choose({ number: (this.view.number % this.view.count) + 1 }));
    this.play = makeButton("play", "Grow", () => this.growOrStop());
    this.frame.controls.append(this.modes.element, this.play, this.next);
    this.frame.below.append(...lengthNotes(Object.keys(this.translators)).map((text) =>
      makeElement("p", { class: "at-note" }, text)));
  }

  /** A cell has changed options, or this explorer has told what its reader did. */
  adopt() {
    const chosen = this.chosen();
    const isNew = Object.keys(chosen).some((name) => chosen[name] !== this.options[name]);
    if (isNew) this.choose(chosen, false);
  }

  choose(options, isReaders = true) {
    const before = this.options;
    this.options = { ...before, ...options };
    if (isReaders) {
      this.remember(before);
      this.tell();
    }
    this.view = this.find();
    const from = this.at;
    this.ride.start((share) => {
      this.at = numberBetween(from, this.view.length, share);
    });
    this.showControls();
  }

  /** Remember what the reader has chosen; other sentences begin with nothing done. */
  remember(before) {
    if (this.growing !== null) return;
    if (this.options.mode !== before.mode) this.did = {};
    else {
      for (const [name, value] of Object.entries(this.options)) {
        if (value !== before[name]) this.did[name] = true;
      }
    }
  }

  tell() {
    for (const [name, value] of Object.entries(this.options)) {
      if (this.host.get(name) !== value) this.host.set(name, value);
    }
  }

  /** Return the view of what is chosen: each sentence is translated once. */
  find() {
    const { mode, length, number } = this.options;
    const key = [mode, length, number].join(" ");
    if (!this.views.has(key)) {
      const view = lengthView(this.translators, this.data, this.options);
      this.views.set(key, { ...view, apart: this.apart });
    }
    return this.views.get(key);
  }

  paint(room, time) {
    const { frame, handles } = this;
    this.ride.advance(time);
    const view = { ...this.view, at: this.at };
    this.place = layoutLength(view, room, measureWords);
    handles.show(drawLength(view, this.place), lengthHandles(view, this.place));
    frame.say(lengthFinding(view));
    const did = this.growing === null ? this.did : {}; // while it grows, nobody found a thing
    frame.challenge(keepAnswers(this.answers, lengthChallenges(view, did)));
  }

  drag(id, x, y) {
    const { view, place } = this;
    const length = id === "end" ? lengthAt(place, x, y) : lengthOnChart(view, place, x);
    if (length !== view.length) this.choose({ length });
  }

  press(event) {
    const { x, y } = this.handles.pointOf(event);
    const length = lengthPressed(this.view, this.place, x, y);
    if (length !== null && length !== this.view.length) this.choose({ length });
  }

  /** Go to a length that is so many further in the list of those there are. */
  go(further) {
    const { lengths, length } = this.view;
    const at = lengths.indexOf(length) + further;
    const next = lengths[Math.min(Math.max(at, 0), lengths.length - 1)];
    if (next !== length) this.choose({ length: next });
  }

  growOrStop() {
    if (this.growing !== null) {
      this.stopGrowing();
      return;
    }
    const isLast = () => this.view.length === this.view.lengths[this.view.lengths.length - 1];
    if (isLast()) this.choose({ length: this.view.lengths[0] });
    const growOn = () => {
      if (isLast()) this.stopGrowing();
      else this.go(1);
      if (this.growing !== null) this.growing = setTimeout(growOn, this.dwellTime);
    };
    this.growing = setTimeout(growOn, GROW_EVERY);
    this.showControls();
  }

  /** How long a length stays while it grows: longest where only one model still gets it right. */
  get dwellTime() {
    return this.view.length === this.apart ? DWELL : GROW_EVERY;
  }

  stopGrowing() {
    clearTimeout(this.growing);
    this.growing = null;
    this.showControls();
  }

  showControls() {
    const { mode } = this.options;
    this.modes.choose(mode);
    this.next.hidden = mode !== "test";
    this.next.disabled = this.view.count < 2;
    changeButton(this.next, "next", `Next of this length (${this.view.number} of ${
      this.view.count})`);
    changeButton(this.play, this.growing === null ? "play" : "pause",
      this.growing === null ? "Grow" : "Stop");
  }

  reset() {
    this.stopGrowing();
    this.frame.forget();
    this.choose({ ...this.start });
    this.did = {};
    this.answers.clear();
  }

  end() {
    clearTimeout(this.growing);
    this.unlisten.forEach((stop) => stop());
    this.frame.end();
  }
}
