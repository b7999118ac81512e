// The attention stepper: a typed sentence, its translation step by step, as the master picture.
// See host.js for root and host.

import { changeButton, makeButton, makeElement, makeMenu } from "./elements.js";
import { makeSentenceBox, makeSlider } from "./elements.js";
import { Frame } from "./frame.js";
import { loadTranslators } from "./models.js";
import { StepperPanel } from "./stepperpanel.js";
import { compareFinding, linkFinding, stepFinding, stepperChallenges } from "./steppertext.js";
import { firstDifference, MODEL_NOTES } from "./steppertext.js";
import { knownWords, readAndTrace, sentencesFor } from "./stepperview.js";

const PLAY_EVERY = 1400; // milliseconds for a step
const TWO_FROM = 860; // pixels: two pictures side by side
const GAP = 12; // pixels between them
const PRESSABLE = "button, input, select, label, a, [data-word], [data-row], [data-target]";
const OPTIONS = ["sentence", "model", "compare", "step", "machine"];

/** Show a stepper in `root`; resolves to a function that takes it away. */
export async function mountStepper(root, host) {
  const translators = await loadTranslators(root, host);
  const stepper = new Stepper(root, host, translators);
  return () => stepper.end();
}

class Stepper {
  constructor(root, host, translators) {
    Object.assign(this, { root, host, translators, names: Object.keys(translators) });
    this.pointed = null;
    this.pinned = null;
    this.isOpen = false; // the score of additive attention
    this.hasActed = false; // challenges are met by what the reader did, never by playing
    root.classList.add("at-stepper");
    this.frame = new Frame(root, {
      paint: (room, time) => this.paint(room, time),
      reset: () => this.reset(),
    });
    this.start = { ...this.optionsOf(host), playing: Boolean(host.get("playing")) };
    this.state = { ...this.start };
    this.build();
    this.unlisten = this.listenToHost();
    this.translate();
    if (this.start.playing) this.play();
  }

  /** Return the options that a cell or a page chose. */
  optionsOf(host) {
    const { names } = this;
    const known = (name) => (names.includes(name) ? name : "");
    return {
      sentence: host.get("sentence") ?? "",
      model: known(host.get("model")) || names[0],
      compare: known(host.get("compare")),
      step: host.get("step") ?? 1,
      machine: Boolean(host.get("machine")),
    };
  }

  build() {
    const { names, translators, frame, start } = this;
    const first = translators[start.model];
    const language = first.languageNames[0];
    this.box = makeSentenceBox(`${language} sentence`, (text) => this.choose({ sentence: text }));
    this.known = makeWordList(knownWords(first));
    this.box.element.append(this.known);
    const texts = sentencesFor(first, start.sentence);
    this.texts = texts;
    this.pick = makeMenu("or pick", [["", "a sentence …"], ...texts.map((text) => [text, text])],
      (sentence) => this.pickSentence(sentence));
    this.menu = makeMenu("model", names.map((name) => [name, name]),
      (model) => this.choose({ model }));
    this.versus = makeMenu("compare with", [["", "nothing"], ...names.map((name) => [name, name])],
      (compare) => this.compareWith(compare));
    const menus = names.length > 1 ? [this.menu.element, this.versus.element] : [];
    this.panels = [0, 1].map((at) => this.makePanel(at));
    this.stages = makeElement("div", { class: "at-panels" });
    frame.controls.append(this.box.element, this.pick.element, ...menus, this.buildPlayer());
    frame.picture.append(this.stages);
    this.machine = makeButton("open", "Show the machine", () => (
      this.choose({ machine: !this.state.machine })
    ));
    this.machine.lastChild.classList.add("at-fold");
    frame.tools.append(this.machine);
  }

  buildPlayer() {
    this.back = makeButton("back", "Back", () => this.stepBy(-1));
    this.playing = makeButton("play", "Play", () => this.playOrPause());
    this.playing.classList.add("at-main");
    this.next = makeButton("next", "Next", () => this.stepBy(1));
    this.slider = makeSlider("step", { min: 1, max: 2, step: 1, value: 1 }, (t) => this.jumpTo(t));
    this.hint = makeElement("span", { class: "at-note", role: "status" });
    this.player = makeElement("div", { class: "at-player" },
      this.back, this.playing, this.next, this.slider.element, this.hint);
    return this.player;
  }

  makePanel(at) {
    return new StepperPanel({
      goTo: (t) => this.jumpTo(t),
      press: (j) => this.pin(j),
      turnScore: () => {
        this.isOpen = !this.isOpen;
        this.frame.paintSoon();
      },
      point: (focus) => this.point(focus && { ...focus, at }),
    });
  }

  listenToHost() {
    const { host } = this;
    const ends = OPTIONS.map((name) => host.onChange(name, () => {
      const chosen = this.optionsOf(host);
      if (chosen[name] !== this.state[name]) this.choose({ [name]: chosen[name] });
    }));
    const play = () => {
      if (Boolean(host.get("playing")) !== this.isPlaying) this.playOrPause();
    };
    return [...ends, host.onChange("playing", play), this.listenToPage()];
  }

  /** Escape, or a click on nothing, lets go of the word that was chosen. */
  listenToPage() {
    const page = this.root.ownerDocument;
    const press = ({ key }) => {
      if (key !== "Escape") return;
      this.known.open = false;
      this.letGo();
    };
    const click = ({ target }) => {
      if (!this.known.contains(target)) this.known.open = false;
      if (!target.closest?.(PRESSABLE)) this.letGo();
    };
    page.addEventListener("keydown", press);
    page.addEventListener("click", click);
    return () => {
      page.removeEventListener("keydown", press);
      page.removeEventListener("click", click);
    };
  }

  /** Change what is shown; returns the note on the sentence. */
  choose(changes) {
    this.hasActed = "step" in changes || "sentence" in changes;
    if ("step" in changes) {
      this.goTo(changes.step);
      return "";
    }
    if ("sentence" in changes) {
      this.pause();
      this.pinned = null;
      this.state.step = 1;
    }
    Object.assign(this.state, changes);
    return this.translate();
  }

  /** Compare with a second model, at the first word that only one of them writes. */
  compareWith(compare) {
    const { state, texts, translators } = this;
    const names = [state.model, compare];
    const differenceIn = (text) => firstDifference(
      ...names.map((name) => readAndTrace(translators[name], text).words),
    );
    const isTold = texts.includes(state.sentence); // then another may show more
    const tries = compare === "" ? [] : [state.sentence, ...(isTold ? texts : [])];
    const telling = tries.find((text) => differenceIn(text) >= 0);
    const isOther = telling !== undefined && telling !== state.sentence;
    if (telling !== undefined) {
      this.choose({ sentence: telling });
      state.step = differenceIn(telling) + 1;
    }
    this.choose({ compare });
    const why = "They translate the other sentence alike. Here they differ.";
    if (isOther) this.hint.textContent = why;
  }

  pickSentence(sentence) {
    this.pick.choose("");
    if (sentence !== "") this.choose({ sentence });
  }

  /** Translate the sentence with the models chosen; returns the note on it. */
  translate() {
    const { state, panels } = this;
    this.hint.textContent = "";
    this.pointed = null; // what was there goes away, and says no goodbye
    if (this.readSentence !== state.sentence) this.reached = 0;
    this.readSentence = state.sentence;
    const compare = state.compare === state.model ? "" : state.compare;
    this.shownNames = [state.model, compare].filter(Boolean);
    const traces = this.shownNames.map((name) => (
      readAndTrace(this.translators[name], state.sentence)
    ));
    const note = [...new Set(traces.map((traced) => traced.note))].filter(Boolean).join(" ");
    this.showControls(note);
    this.length = Math.min(...traces.map(({ steps }) => steps.length)) === 0 ? 0
      : Math.max(...traces.map(({ steps }) => steps.length));
    this.root.classList.toggle("at-stale", this.length === 0);
    this.traces = this.length > 0 ? traces : null;
    if (this.traces) {
      state.step = Math.min(Math.max(state.step, 1), this.length);
      traces.forEach((traced, i) => {
        panels[i].show(traced, state.step, this.shownNames[i], traces[1 - i] ?? null);
      });
      this.reach(state.step);
      this.arrange();
    } else {
      this.frame.say(note);
    }
    this.tellHost(traces[0]);
    this.showStep();
    return note;
  }

  /** With one model, the translation stands beside the player; with two, each above its picture. */
  arrange() {
    const { panels, shownNames, player } = this;
    const isTwo = shownNames.length === 2;
    this.stages.classList.toggle("at-two", isTwo);
    const shown = panels.slice(0, shownNames.length).map(({ element }) => element);
    this.stages.replaceChildren(...shown);
    shownNames.forEach((shown, i) => {
      const { caption, chips } = panels[i];
      const about = makeElement("span", { class: "at-about" }, makeElement("b", {}, `${shown}:`),
        ` ${MODEL_NOTES[this.traces[i].kind]}`);
      caption.replaceChildren(about, ...(isTwo ? [chips] : []));
    });
    if (!isTwo) player.append(panels[0].chips);
  }

  showControls(note) {
    const { state } = this;
    this.box.show(state.sentence, note);
    this.menu.choose(state.model);
    this.versus.choose(this.shownNames[1] ?? "");
    if (state.machine) changeButton(this.machine, "close", "Hide the machine");
    else changeButton(this.machine, "open", "Show the machine");
  }

  tellHost(traced) {
    const { host, state } = this;
    for (const name of OPTIONS) if (host.get(name) !== state[name]) host.set(name, state[name]);
    host.set("translation", traced.tokens);
    host.set("weights", traced.rows.map((row) => row.map((weight) => Number(weight.toFixed(4)))));
  }

  stepBy(way) {
    this.jumpTo(this.state.step + way);
  }

  /** Stop playing and look at step t as a whole, whatever was chosen or pointed at before. */
  jumpTo(t) {
    this.pause();
    this.letGo();
    this.hasActed = true;
    this.goTo(t);
  }

  /** Go to step t, or to the nearest there is; a word that was chosen would hide what is new. */
  goTo(t) {
    if (!this.traces) return;
    this.pinned = null;
    const step = Math.min(Math.max(t, 1), this.length);
    const isFar = step !== this.state.step;
    this.state.step = step;
    if (this.host.get("step") !== step) this.host.set("step", step);
    if (isFar) this.traces.forEach((_, i) => this.panels[i].moveTo(step, this.frame.isCalm));
    this.reach(step);
    this.showStep();
  }

  /** Show the words up to step t, and those that were shown before; after the last step, all. */
  reach(t) {
    this.reached = t === this.length ? Infinity : Math.max(this.reached, t);
    this.traces.forEach((_, i) => this.panels[i].reveal(this.reached));
  }

  showStep() {
    const { state, length } = this;
    const isOff = length === 0;
    this.slider.input.max = Math.max(length, 1);
    this.slider.show(state.step, isOff ? "–" : `${state.step} of ${length}`);
    this.slider.input.disabled = isOff;
    this.playing.disabled = isOff;
    this.back.disabled = isOff || state.step === 1;
    this.next.disabled = isOff || state.step === length;
    this.frame.paintSoon();
  }

  get isPlaying() {
    return this.timer !== undefined;
  }

  playOrPause() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  /** Go on from step to step; from the last, begin again. */
  play() {
    if (!this.traces) return;
    this.letGo();
    this.hasActed = false;
    if (this.state.step === this.length) this.goTo(1);
    else this.goTo(this.state.step + 1);
    this.timer = setInterval(() => {
      this.goTo(this.state.step + 1);
      if (this.state.step === this.length) this.pause();
    }, PLAY_EVERY);
    changeButton(this.playing, "pause", "Pause");
    this.host.set("playing", true);
  }

  pause() {
    if (!this.isPlaying) return;
    clearInterval(this.timer);
    this.timer = undefined;
    changeButton(this.playing, "play", "Play");
    this.host.set("playing", false);
  }

  /** Choose a source word; the second time, let go of it, though the pointer is still there. */
  pin(source) {
    this.hasActed = true;
    if (this.pinned === source) {
      this.letGo();
      return;
    }
    this.pinned = source;
    this.frame.paintSoon();
  }

  letGo() {
    if (this.pinned === null && this.pointed === null) return;
    this.pinned = null;
    this.pointed = null;
    this.frame.paintSoon();
  }

  point(focus) {
    this.pointed = focus;
    this.frame.paintSoon();
  }

  /** Return what lights up in a panel: what is pointed at, else what is pinned. */
  focusIn(at) {
    const { pointed, pinned, traces } = this;
    if (!pointed) return pinned === null ? null : { source: pinned };
    if (pointed.at === at) return pointed;
    const isSame = traces[at].source.join(" ") === traces[pointed.at]?.source.join(" ");
    return isSame && pointed.source !== undefined ? { source: pointed.source } : null;
  }

  paint({ width, tall, zoom }, time) {
    if (!this.traces) return;
    const { state } = this;
    const isTwo = this.traces.length === 2;
    const isBeside = isTwo && width >= TWO_FROM;
    this.stages.classList.toggle("at-beside", isBeside);
    const size = {
      width: isBeside ? (width - GAP) / 2 : width,
      tall: isTwo && state.machine ? Infinity // it would be too small to read
        : tall - this.panels[0].caption.offsetHeight / zoom,
      map: !isTwo,
      machine: state.machine,
      score: this.isOpen ? "open" : "closed",
    };
    const moving = this.traces.map((_, at) => (
      this.panels[at].paint(size, time, this.focusIn(at), this.pinned)
    ));
    if (moving.some(Boolean)) this.frame.paintSoon();
    this.frame.say(this.finding());
    const [traced] = this.traces;
    const challenges = stepperChallenges(traced, state.step, this.pinned);
    this.frame.challenge(challenges.map((each) => ({
      ...each, isMet: each.isMet && this.hasActed,
    })));
  }

  finding() {
    const { traces, state, shownNames, pointed, pinned } = this;
    const focus = pointed ?? (pinned === null ? null : { source: pinned, at: 0 });
    const t = Math.min(state.step, traces[0].steps.length);
    if (focus && traces[focus.at]) return linkFinding(traces[focus.at], focus);
    return traces.length === 2 ? compareFinding(traces, shownNames, state.step)
      : stepFinding(traces[0], t);
  }

  reset() {
    this.pause();
    this.pointed = null;
    this.pinned = null;
    this.state = { ...this.start };
    this.readSentence = null;
    this.isOpen = false;
    this.translate();
    this.hasActed = false;
    this.frame.forget();
  }

  end() {
    this.pause();
    this.frame.end();
    this.unlisten.forEach((stop) => stop());
  }
}

/** A list of all words that a model knows, unfolded by a press. */
function makeWordList(words) {
  const list = makeElement("details", { class: "at-words" },
    makeElement("summary", {}, "words it knows"), makeElement("p", {}, words.join(" ")));
  list.hidden = words.length === 0;
  return list;
}
