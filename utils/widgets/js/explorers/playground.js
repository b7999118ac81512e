// The playground: trains a tiny translator before your eyes. See host.js for root and host.

import { PLAYGROUND_ATTENTIONS } from "../playground/attentions.js";
import { completeOptions, readLink } from "../playground/options.js";
import { readTypedWord } from "../playground/tasks.js";
import { makeElement, makeChoice } from "./elements.js";
import { startTrainer } from "./trainer.js";
import { drawLetterMap, drawPlaygroundCharts, exampleVerdict } from "./playgroundview.js";
import { growLosses, nextLesson, playgroundChallenges } from "./playgroundview.js";
import { playgroundFinding, TASK_NAMES } from "./playgroundview.js";

const MOST_MODELS = 2; // side by side
const SAY_EVERY = 2500; // milliseconds between two sentences of a screen reader
const CALM_EVERY = 500; // milliseconds between two pictures for who asked for less motion
const RESULTS = ["attention", "step", "loss", "exact"]; // what a cell can read of each model

/** Show a playground in `root`; returns a function that takes it away. */
export function mountPlayground(root, host) {
  const playground = new PlaygroundView(root, host);
  return () => playground.end();
}

class PlaygroundView {
  constructor(root, host) {
    this.root = root;
    this.host = host;
    this.state = null;
    this.losses = [];
    this.met = new Set();
    this.isFrameDue = false;
    this.lastSaid = -Infinity;
    this.lastDrawn = -Infinity;
    this.options = completeOptions(chosenOptions(host));
    this.parts = buildPlayground(this);
    root.replaceChildren(...this.parts.all);
    root.classList.add("at-playground");
    this.trainer = startTrainer(host.workerSource, (reply) => this.hear(reply));
    this.observer = new ResizeObserver(() => this.askForFrame());
    this.observer.observe(this.parts.panels);
    this.unlisten = this.listenToHost();
    this.begin(host.get("link"), host.get("word"));
  }

  listenToHost() {
    const { host } = this;
    const rebuild = () => this.chooseOptions(chosenOptions(host));
    const ends = ["task", "attentions", "seed"].map((name) => host.onChange(name, rebuild));
    const restore = () => {
      const link = host.get("link");
      if (link !== this.savedLink) this.begin(link);
    };
    const train = () => {
      if (host.get("training") !== this.state?.running) this.trainOrStop();
    };
    const tryWord = () => {
      if (host.get("word") !== this.state?.word) this.tryWord(host.get("word"));
    };
    return [...ends, host.onChange("link", restore), host.onChange("training", train),
      host.onChange("word", tryWord)];
  }

  /** Begin with what a link says, or with the options that are chosen. */
  begin(link, word) {
    this.met.clear();
    const { options, word: linkedWord } = link ? this.readWholeLink(link) : { options: null };
    if (options) {
      this.options = options.options;
      this.savedLink = link;
      this.reset({ link: options.text });
    } else {
      this.reset({ options: this.options });
    }
    showOptions(this);
    if (word || linkedWord) this.tryWord(word || linkedWord);
  }

  /** Split a link into what the engine understands and the word; a wrong one is only named. */
  readWholeLink(link) {
    try {
      const [text, word] = String(link).split("&word=");
      const plain = text.replace(/^word=.*$/, "");
      const read = readLink(plain);
      return { options: { ...read, text: plain }, word: word && decodeURIComponent(word) };
    } catch (error) {
      this.complain(`This link does not work: ${error.message}`);
      return { options: null };
    }
  }

  reset(what) {
    this.state = null;
    this.losses = this.options.attentions.map(() => []);
    this.trainer.post({ type: "reset", ...what });
  }

  chooseOptions(chosen) {
    const options = { ...this.options, ...chosen };
    if (JSON.stringify(options) === JSON.stringify(this.options)) return;
    try {
      this.options = completeOptions(options);
    } catch (error) {
      this.complain(error.message);
      return;
    }
    this.complain("");
    this.begin();
    for (const name of ["task", "attentions"]) this.host.set(name, this.options[name]);
  }

  chooseAttention(name, isOn) {
    const others = this.options.attentions.filter((each) => each !== name);
    const attentions = isOn ? [...others, name].slice(-MOST_MODELS) : others;
    this.chooseOptions({ attentions: attentions.length > 0 ? attentions : [name] });
    showOptions(this); // where the last one was switched off, it is on again
  }

  trainOrStop() {
    if (!this.state) return;
    if (this.state.running) {
      this.trainer.post({ type: "stop" });
      return;
    }
    const lesson = nextLesson(this.options.task, this.state.step);
    const pace = this.parts.fast.checked ? Infinity : lesson.pace;
    this.trainer.post({ type: "start", until: lesson.until, pace });
  }

  tryWord(text) {
    const { input } = this.parts;
    if (input.value !== text) input.value = text;
    const { problem } = readTypedWord(this.options.task, text);
    input.setAttribute("aria-invalid", String(Boolean(problem)));
    this.complain(problem || "");
    if (!problem) this.trainer.post({ type: "try", word: text });
  }

  complain(problem) {
    this.parts.problem.textContent = problem;
  }

  hear(reply) {
    if (reply.type === "refused") {
      this.complain(reply.problem);
      return;
    }
    const wasRunning = this.state?.running;
    this.state = reply;
    growLosses(this.losses, reply);
    if (!reply.running) this.tellHost(wasRunning);
    this.askForFrame();
  }

  /** Tell cells, and the address, what there is once training rests. */
  tellHost(wasRunning) {
    const { host, state, parts } = this;
    const typed = parts.input.value && state.word === parts.input.value.trim();
    const word = typed ? `&word=${encodeURIComponent(state.word)}` : "";
    const link = state.link + word;
    parts.link.value = host.isNotebook ? link : location.href.split("#")[0] + `#playground?${link}`;
    if (link !== this.savedLink) {
      this.savedLink = link;
      if (link || host.get("link")) host.set("link", link);
    }
    host.set("steps", state.step);
    host.set("word", state.word);
    host.set("results", state.models.map((model) =>
      Object.fromEntries(RESULTS.map((name) => [name, model[name]]))));
    if (wasRunning) host.set("training", false);
  }

  askForFrame() {
    if (this.isFrameDue) return;
    this.isFrameDue = true;
    requestAnimationFrame((time) => {
      this.isFrameDue = false;
      if (this.state) this.paint(time);
    });
  }

  paint(time) {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (isCalm && this.state.running && time - this.lastDrawn < CALM_EVERY) return;
    this.lastDrawn = time;
    showState(this, time);
    this.root.dataset.ready = "true";
  }

  end() {
    this.trainer.end();
    this.observer.disconnect();
    this.unlisten.forEach((stop) => stop());
  }
}

/** Return the options that a cell or a page chose, without those left out. */
function chosenOptions(host) {
  const names = ["task", "attentions", "seed"];
  const chosen = names.map((name) => [name, host.get(name)]);
  return {
    attentions: ["fixed", "dot"],
    ...Object.fromEntries(chosen.filter(([, value]) => value !== undefined && value !== null)),
  };
}

function buildPlayground(view) {
  const group = `at-playground-${Math.random().toString(36).slice(2)}`; // radios know their group
  const tasks = Object.entries(TASK_NAMES).map(([value, { name, example }]) =>
    makeChoice("radio", group, value, name, example, () => view.chooseOptions({ task: value })));
  const kinds = Object.keys(PLAYGROUND_ATTENTIONS).map((name) =>
    makeChoice("checkbox", group, name, name, "", (isOn) => view.chooseAttention(name, isOn)));
  const fast = makeChoice("checkbox", group, "fast", "full speed", "", () => {});
  const parts = {
    finding: makeElement("p", { class: "at-finding" }),
    said: makeElement("p", { class: "at-said", role: "status" }),
    problem: makeElement("p", { class: "at-problem", role: "alert" }),
    panels: makeElement("div", { class: "at-panels" }),
    challenges: makeElement("ul", { class: "at-challenges" }),
    train: makeElement("button", { type: "button", class: "at-main" }, "Train"),
    reset: makeElement("button", { type: "button" }, "Reset"),
    input: makeElement("input", {
      type: "text", class: "at-word", spellcheck: "false", autocomplete: "off",
      autocapitalize: "none", maxlength: "200",
    }),
    link: makeElement("input", { type: "text", class: "at-link", readonly: "" }),
    fast: fast.querySelector("input"),
    tasks,
    kinds,
  };
  parts.train.addEventListener("click", () => view.trainOrStop());
  parts.reset.addEventListener("click", () => view.begin());
  parts.input.addEventListener("input", () => view.tryWord(parts.input.value));
  return { ...parts, all: layOutParts(view, parts, fast) };
}

function layOutParts(view, parts, fast) {
  const about = view.host.isNotebook ? "This state, for Playground(link=…)" : "Link to this state";
  const copy = makeElement("button", { type: "button" }, "Copy");
  copy.addEventListener("click", () => {
    parts.link.select();
    navigator.clipboard?.writeText(parts.link.value).catch(() => {}); // the text stays selected
  });
  return [
    parts.finding,
    parts.said,
    makeElement("div", { class: "at-row" },
      makeElement("fieldset", {}, makeElement("legend", {}, "Task"), ...parts.tasks),
      makeElement("fieldset", {},
        makeElement("legend", {}, "Attention: one or two"), ...parts.kinds)),
    makeElement("div", { class: "at-row" },
      parts.train, parts.reset, fast,
      makeElement("label", { class: "at-try" }, "Try a word", parts.input)),
    parts.problem,
    parts.panels,
    makeElement("div", { class: "at-more" }, makeElement("b", {}, "Try this"), parts.challenges),
    makeElement("div", { class: "at-row" },
      makeElement("label", { class: "at-share" }, about, parts.link), copy),
  ];
}

/** Set the controls to what is chosen; build a panel for each model. */
function showOptions({ options, parts }) {
  for (const choice of parts.tasks) {
    const input = choice.querySelector("input");
    input.checked = input.value === options.task;
  }
  for (const choice of parts.kinds) {
    const input = choice.querySelector("input");
    input.checked = options.attentions.includes(input.value);
  }
  if (parts.panels.dataset.kinds === options.attentions.join()) return;
  parts.panels.dataset.kinds = options.attentions.join();
  const maps = options.attentions.map((attention) => makeElement("figure", {
    class: "at-map", "data-attention": attention,
  }, makeElement("figcaption"), makeElement("div")));
  const charts = makeElement("div", { class: "at-charts" });
  parts.panels.replaceChildren(...maps, charts);
}

function showState(view, time) {
  const { options, parts, state, losses } = view;
  const finding = playgroundFinding(view);
  parts.finding.textContent = finding;
  if (!state.running || time - view.lastSaid > SAY_EVERY) {
    if (parts.said.textContent !== finding) parts.said.textContent = finding;
    view.lastSaid = time;
  }
  parts.train.textContent = state.running ? "Stop" : state.step > 0 ? "Go on" : "Train";
  if (document.activeElement !== parts.input && !parts.input.value) {
    parts.input.placeholder = state.word;
  }
  state.models.forEach((model, i) => showModel(parts.panels.children[i], model, options.task));
  const charts = parts.panels.lastElementChild;
  charts.innerHTML = drawPlaygroundCharts({ options, state, losses }, widthOf(charts));
  showChallenges(view);
}

function showModel(panel, model, task) {
  const [caption, picture] = panel.children;
  const { isRight, text } = exampleVerdict(model.example);
  caption.replaceChildren(
    makeElement("b", {}, model.attention), " ",
    makeElement("span", { class: "at-letters" }, model.example.output || "(nothing)"), " ",
    makeElement("span", { class: isRight ? "at-right" : "at-wrong" }, `${isRight ? "✓" : "✗"} ${
      text}`),
  );
  picture.innerHTML = drawLetterMap(model, task, widthOf(picture));
}

function showChallenges(view) {
  const challenges = playgroundChallenges(view);
  for (const { name, isMet } of challenges) if (isMet) view.met.add(name);
  const key = [...view.met].join();
  const list = view.parts.challenges;
  if (list.dataset.met === key && list.children.length > 0) return;
  list.dataset.met = key;
  list.replaceChildren(...challenges.map(({ name, text }) => {
    const isMet = view.met.has(name);
    return makeElement("li", { "data-met": String(isMet) },
      `${isMet ? "✓ done: " : ""}${text}`);
  }));
}

function widthOf(element) {
  return Math.max(element.clientWidth, 200);
}
