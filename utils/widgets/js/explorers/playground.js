// The playground: trains a tiny translator before your eyes. See host.js for root and host.

import { PLAYGROUND_ATTENTIONS } from "../playground/attentions.js";
import { growHistory, nextLesson } from "../playground/lesson.js";
import { MOST_MODELS, completeOptions, firstWord, readLink } from "../playground/options.js";
import { readTypedWord, testWords } from "../playground/tasks.js";
import { changeButton, makeButton, makeChoice, makeChoices } from "./elements.js";
import { makeElement, makeSentenceBox, makeSlider } from "./elements.js";
import { Frame } from "./frame.js";
import { Handles } from "./handles.js";
import { startTrainer } from "./trainer.js";
import { cellAt, firstCell, isSameCell, litCell, nextCell } from "./playgroundcells.js";
import { shownPlayground } from "./playgroundcells.js";
import { KIND_LINES, TASK_NAMES, moveBars } from "./playgroundtext.js";
import { playgroundChallenges, playgroundFinding } from "./playgroundtext.js";
import { drawPlayground, mapPlaceAt } from "./playgroundview.js";

const OPTION_NAMES = ["task", "attentions", "longest", "seed"]; // that cells and links can choose
const LENGTHS = { min: 4, max: 12, step: 1 }; // of the longest words
const CALM_PAINT_EVERY = 500; // milliseconds between two pictures for who asked for less motion
const FAR_BACK = 10; // states that a large step looks back
const UNSEEN_SAMPLES = 25; // unseen words of each length to be tried
const PLAYGROUND_HINT =
  "Point at the weights to read them, press to keep one lit. Press a bar to try an unseen word.";
const TOLD_RESULTS = ["attention", "step", "loss", "exact"]; // what a cell can read of each model

/** Show a playground in `root`; returns a function that takes it away. */
export function mountPlayground(root, host) {
  const playground = new PlaygroundExplorer(root, host);
  return () => playground.end();
}

class PlaygroundExplorer {
  constructor(root, host) {
    this.host = host;
    this.isWanted = false; // whether it should be training
    this.tried = 0;
    this.round = 0; // of orders to the trainer
    this.view = freshView(completeOptions(chosenOptions(host)));
    this.lesson = host.get("link") ? null : host.get("lesson"); // shown until the reader begins
    this.start = { link: host.get("link"), options: this.view.options, word: host.get("word") };
    root.classList.add("at-playground");
    this.frame = new Frame(root, {
      paint: (room, time) => this.paint(room, time),
      reset: () => this.begin({ ...this.start, isReset: true }),
    });
    this.fillControls();
    this.handles = new Handles(this.frame.picture, {
      grab: (id, x) => this.lookBack(id, x),
      drag: (id, x) => this.lookBack(id, x),
      step: (id, right, down, isLarge) => this.step(id, right, down, isLarge),
      press: (id, x, y) => this.press(id, x, y),
      point: (id) => this.point(id),
      hover: (id, x, y) => this.hover(id, x, y),
    });
    this.trainer = startTrainer(host.workerSource, (reply) => this.hear(reply));
    this.unlisten = this.listenToHost();
    const isWanted = host.get("training");
    this.begin(this.start);
    if (this.lesson) this.showLesson();
    if (isWanted) this.train();
  }

  fillControls() {
    const { frame } = this;
    this.tasks = makeChoices("Task", Object.entries(TASK_NAMES).map(([value, { name, example }]) =>
      [value, name, example]), (task) => this.chooseOptions({ task }));
    this.kinds = Object.keys(PLAYGROUND_ATTENTIONS).map((name) =>
      makeChoice("checkbox", "at-kind", name, name, "", (isOn) => this.chooseKind(name, isOn)));
    const kinds = makeElement("fieldset", {},
      makeElement("legend", {}, "Attention: one or two"), ...this.kinds);
    this.main = makeButton("play", "Train", () => (this.isWanted ? this.stop() : this.train()));
    this.main.classList.add("at-main");
    const once = makeButton("next", "One step", () => this.trainOnce());
    once.classList.add("at-once");
    once.lastChild.classList.add("at-fold");
    this.longest = makeSlider("Letters: 3 to", { ...LENGTHS, value: LENGTHS.max }, (longest) =>
      this.chooseOptions({ longest }));
    this.box = makeSentenceBox("Try a word", (text) => this.ask(text));
    this.lines = makeElement("p", { class: "at-lines" });
    frame.controls.append(this.tasks.element, kinds, makeElement("div", { class: "at-row at-go" },
      this.main, once, this.longest.element, this.box.element));
    for (const legend of frame.controls.querySelectorAll("legend")) legend.classList.add("at-fold");
    this.copied = makeElement("small", { class: "at-note", role: "status" });
    frame.below.before(this.lines, frame.more); // what to try comes before links
    frame.below.append(makeElement("div", { class: "at-row" },
      makeButton("copy", "Copy a link to this state", () => this.copyLink()), this.copied,
      makeElement("small", { class: "at-note" }, PLAYGROUND_HINT)));
  }

  listenToHost() {
    const { host } = this;
    const choose = () => {
      if (!this.isTelling) this.chooseOptions(chosenOptions(host));
    };
    const restore = () => {
      if (host.get("link") !== this.savedLink) this.begin({ link: host.get("link") });
    };
    const train = () => {
      if (Boolean(host.get("training")) === this.isWanted) return;
      if (this.isWanted) this.stop();
      else this.train();
    };
    const tryWord = () => {
      const word = host.get("word");
      if (word && word !== this.view.state?.word) this.showWord(word);
    };
    const ends = OPTION_NAMES.map((name) => host.onChange(name, choose));
    return [...ends, host.onChange("link", restore), host.onChange("training", train),
      host.onChange("word", tryWord)];
  }

  /** Show how the usual training ended, as the still picture does, and hear no replies. */
  showLesson() {
    const { state, history } = this.lesson;
    Object.assign(this.view, { state, history });
    this.frame.paintSoon();
  }

  /** Go on with the models as they are, untrained, if a lesson was shown so far. */
  leaveLesson() {
    if (!this.lesson) return;
    this.lesson = null;
    Object.assign(this.view, { state: null, history: [] });
  }

  /** Begin with what a link says, or else with options and a word; after Reset at step 0. */
  begin({ link, options = this.view.options, word, isReset }) {
    if (this.view.state) this.leaveLesson(); // it is the reader who begins
    const linked = link ? this.readLink(link) : null;
    if (linked) {
      this.savedLink = link;
      this.frame.complain("");
    }
    this.restart(linked ? linked.options : options);
    const typed = linked ? linked.word : word;
    const what = linked && !isReset ? { link } : { options: this.view.options };
    this.order({ type: "reset", ...what });
    this.expect(Boolean(linked) && !isReset && linked.step > 0);
    this.showWord(typed || firstWord(this.view.options));
    this.tellOptions();
  }

  /** Read a link, or say what is wrong with it. */
  readLink(link) {
    try {
      return readLink(String(link));
    } catch (error) {
      this.frame.complain(`This link does not work: ${error.message}`);
      return null;
    }
  }

  restart(options) {
    this.view = freshView(options);
    this.frame.forget();
    this.showOptions(options);
  }

  showOptions(options) {
    this.tasks.choose(options.task);
    this.longest.show(options.longest);
    for (const kind of this.kinds) {
      const input = kind.querySelector("input");
      input.checked = options.attentions.includes(input.value);
    }
    this.lines.replaceChildren(...options.attentions.map((name) => makeElement("span", {},
      makeElement("b", {}, name), `: ${KIND_LINES[name]}. `)));
  }

  tellOptions() {
    this.isTelling = true; // one by one: until the last is told, the host's do not fit together
    for (const name of OPTION_NAMES) this.host.set(name, this.view.options[name]);
    this.isTelling = false;
  }

  chooseOptions(chosen) {
    const asked = { ...this.view.options, ...chosen };
    if (JSON.stringify(asked) === JSON.stringify(this.view.options)) return;
    try {
      const options = completeOptions(asked);
      this.frame.complain("");
      this.begin({ options });
    } catch (error) {
      this.frame.complain(error.message);
    }
  }

  chooseKind(name, isOn) {
    const others = this.view.options.attentions.filter((each) => each !== name);
    const attentions = isOn ? [...others, name].slice(-MOST_MODELS) : others;
    if (attentions.length > 0) this.chooseOptions({ attentions });
    else this.showOptions(this.view.options); // the last one stays
  }

  /** Post a message after which older replies count no more. */
  order(message) {
    this.round += 1;
    this.trainer.post({ ...message, round: this.round });
  }

  train() {
    this.leaveLesson();
    const { options, state } = this.view;
    this.order({ type: "start", ...nextLesson(options.task, state?.step ?? 0) });
    this.view.at = null;
    this.view.isTrained = true;
    this.expect(true);
  }

  stop() {
    this.order({ type: "stop" });
    this.expect(false);
  }

  trainOnce() {
    this.leaveLesson();
    if (this.isWanted) this.stop();
    else this.order({ type: "start", until: (this.view.state?.step ?? 0) + 1 });
    this.view.isTrained = true;
    this.view.at = null;
  }

  expect(isWanted) {
    this.isWanted = isWanted;
    this.host.set("training", isWanted);
  }

  showWord(word) {
    this.box.show(word, this.tryWord(word));
  }

  /** Have the models read the reader's own word; returns what is wrong with it, or "". */
  ask(text) {
    this.leaveLesson();
    const problem = this.tryWord(text);
    const { state, options } = this.view;
    const { word } = readTypedWord(options.task, text);
    this.view.asked = state && !state.running && !problem ? { word, step: state.step } : null;
    return problem;
  }

  /** Have the models read a word; returns what is wrong with it, or "". */
  tryWord(text) {
    const { problem } = readTypedWord(this.view.options.task, text);
    this.box.input.setAttribute("aria-invalid", String(Boolean(problem)));
    if (problem) return problem;
    this.view.at = null;
    this.view.pinned = null; // it was a cell of another word
    this.trainer.post({ type: "try", word: text });
    return "";
  }

  /** Have the models read an unseen word of the length whose bars were pressed. */
  tryUnseen(id) {
    const length = Number(id.split("length-")[1]);
    if (!length) return;
    const words = testWords(this.view.options.task, length, UNSEEN_SAMPLES);
    const word = words[this.tried % UNSEEN_SAMPLES];
    this.box.show(word, this.ask(word));
    this.tried += 1;
  }

  step(id, right, down, isLarge) {
    const model = modelOf(id);
    if (model === null) this.stepBack(id, right - down, isLarge);
    else this.light(nextCell(this.view, this.cellOf(model), right, down));
  }

  press(id, x, y) {
    const model = modelOf(id);
    if (model === null) this.tryUnseen(id);
    else this.pin(x === undefined ? this.cellOf(model) : this.cellUnder(model, x, y));
  }

  /** Light the cell where the arrow keys are, while a map is pointed at or has the focus. */
  point(id) {
    const model = modelOf(id);
    if (model !== null) this.light(this.cellOf(model));
    else if (this.view.pointed) this.light(null);
  }

  hover(id, x, y) {
    const model = modelOf(id);
    if (model !== null) this.light(this.cellUnder(model, x, y));
  }

  cellUnder(model, x, y) {
    return cellAt(this.view, model, mapPlaceAt(this.plan, model, x, y));
  }

  cellOf(model) {
    const lit = litCell(this.view);
    return lit?.model === model ? lit : firstCell(this.view, model);
  }

  light(cell) {
    if (isSameCell(this.view.pointed, cell)) return;
    this.view.pointed = cell;
    this.frame.paintSoon();
  }

  /** Keep a cell lit, or let it go if it is kept already. */
  pin(cell) {
    this.view.pinned = isSameCell(this.view.pinned, cell) ? null : cell;
    this.frame.paintSoon();
  }

  lookBack(id, x) {
    if (id !== "time") return;
    const { x0, x1, end } = this.time;
    this.showStep(((x - x0) / (x1 - x0)) * end);
  }

  stepBack(id, way, isLarge) {
    if (id !== "time") return;
    const { at, history } = this.view;
    const now = history.findLastIndex(({ step }) => step <= (at ?? Infinity));
    const next = Math.min(Math.max(now + way * (isLarge ? FAR_BACK : 1), 0), history.length - 1);
    this.showStep(history[next].step);
  }

  showStep(step) {
    if (this.lesson) return; // its past has no pictures
    this.view.at = step >= this.view.state.step ? null : Math.max(step, 0);
    this.frame.paintSoon();
  }

  copyLink() {
    const { host, view } = this;
    const link = view.state?.link ?? "";
    const text = host.isNotebook ? `Playground(link=${JSON.stringify(link)})` :
      `${location.href.split("#")[0]}#playground?${link}`;
    const say = (says) => {
      this.copied.textContent = says;
    };
    say(text); // what cannot be copied can be read
    navigator.clipboard?.writeText(text).then(() => say("Copied."), () => {});
  }

  hear(reply) {
    if (reply.type === "refused") {
      this.frame.complain(reply.problem);
      return;
    }
    if (this.lesson || reply.round !== this.round) return; // from before the last order
    this.view.state = reply;
    growHistory(this.view.history, reply);
    if (!reply.running) this.tellHost();
    this.frame.paintSoon();
  }

  /** Tell cells, and the address, what there is once training rests. */
  tellHost() {
    const { host } = this;
    const { link, models, step, word } = this.view.state;
    if (link !== this.savedLink) {
      this.savedLink = link;
      if (link || host.get("link")) host.set("link", link);
    }
    host.set("steps", step);
    host.set("word", word);
    host.set("results", models.map((model) =>
      Object.fromEntries(TOLD_RESULTS.map((name) => [name, model[name]]))));
    if (this.isWanted) this.expect(false);
  }

  paint(room, time) {
    const { frame, view } = this;
    if (!view.state) return false;
    const passed = time - this.painted;
    if (frame.isCalm && view.state.running && passed < CALM_PAINT_EVERY) return true;
    this.painted = time;
    this.moveBars(passed);
    const { svg, handles, time: line, plan } = drawPlayground(view, room);
    Object.assign(this, { time: line, plan });
    this.handles.show(svg, handles);
    frame.say(playgroundFinding(view));
    frame.challenge(playgroundChallenges(view, firstWord(view.options)));
    if (this.isWanted) changeButton(this.main, "pause", "Stop");
    else changeButton(this.main, "play", view.state.step > 0 && !this.lesson ? "Go on" : "Train");
    return true;
  }

  moveBars(milliseconds) {
    const { frame, view } = this;
    const shares = shownPlayground(view).models.map(({ exact }) => exact);
    const isAtOnce = frame.isCalm || view.at !== null;
    view.bars = isAtOnce ? shares : moveBars(view.bars, shares, milliseconds || 0);
    if (String(view.bars) !== String(shares)) frame.paintSoon();
  }

  end() {
    this.trainer.end();
    this.frame.end();
    this.unlisten.forEach((stop) => stop());
  }
}

function freshView(options) {
  return {
    options, state: null, history: [], at: null, pointed: null, pinned: null, asked: null,
    isTrained: false,
  };
}

/** Return whose map a handle is, from 0, or null. */
function modelOf(id) {
  return id?.startsWith("map-") ? Number(id.split("-")[1]) : null;
}

/** Return the options that a cell or a page chose, without those left out. */
function chosenOptions(host) {
  const chosen = OPTION_NAMES.map((name) => [name, host.get(name)]);
  return Object.fromEntries(chosen.filter(([, value]) => value !== undefined && value !== null));
}
