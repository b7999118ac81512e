// The score calculator: a plane whose arrows are the input. See host.js for root and host.

import { pointAt } from "../draw/plane.js";
import { changeButton, makeButton, makeChoices } from "./elements.js";
import { makeElement, makeSlider } from "./elements.js";
import { Frame } from "./frame.js";
import { Handles } from "./handles.js";
import { SCORE_KINDS, calculatorChallenges, keepInPlane, presetState } from "./calculatormath.js";
import { presetsFor } from "./calculatormath.js";
import { calculatorScene, wordInFocus, mixScenes } from "./calculatorscene.js";
import { drawCalculator } from "./calculatorview.js";
import { calculatorArithmetic, calculatorFinding, spokenArithmetic } from "./calculatorwords.js";
import { TEMPERATURE_SAYS, scoreExplained, writeNumber } from "./calculatorwords.js";

const TRAITS = ["words", "memory", "query", "mask", "kind", "temperature"];
const WAY_TIME = 450; // milliseconds from one state to the next, where the reader did not drag
const AXIS_TIME = 300; // milliseconds from one scale of the scores to the next
const STEP = 0.1; // of an arrow key
const LARGE_STEP = 0.5; // with Shift
const NARROW_UNTIL = 600; // pixels
const REACH = 22; // pixels around a tip in which it can be grabbed

/** Show a score calculator in `root`; returns a function that takes it away. */
export function mountCalculator(root, host) {
  const calculator = new CalculatorExplorer(root, host);
  return () => calculator.end();
}

class CalculatorExplorer {
  constructor(root, host) {
    this.host = host;
    this.state = readCalculatorState(host);
    this.start = this.state;
    this.scene = calculatorScene(this.state);
    this.glide = { from: this.scene.axis, to: this.scene.axis, begin: 0 }; // the scores' scale
    this.focus = null;
    this.isMixing = false; // whether c is pointed at
    this.isPinned = false; // whether c was pressed, and its parts stay
    this.hasArithmetic = false;
    this.way = null; // {from, begin} while a change is on its way
    this.isTelling = false;
    this.held = null; // {id, dx, dy}: the tip that is dragged, and how far it is from the pointer
    this.dragged = null; // its id, once it has moved
    root.classList.add("at-calculator");
    this.frame = new Frame(root, {
      paint: (room, time) => this.paint(room, time),
      reset: () => this.reset(),
    });
    this.buildControls();
    this.handles = new Handles(this.frame.picture, {
      grab: (id, x, y) => this.grab(id, x, y),
      drag: (id, x, y) => this.drag(x, y),
      drop: () => this.drop(),
      step: (id, right, down, isLarge) => this.step(id, right, down, isLarge),
      press: (id) => this.press(id),
      point: (id) => this.point(id),
    });
    this.unlisten = TRAITS.map((name) => host.onChange(name, () => this.hear()));
    this.frame.paintSoon();
  }

  buildControls() {
    const { controls, below } = this.frame;
    const kinds = SCORE_KINDS.map((kind) => [kind, kind]);
    this.kinds = makeChoices("Score", kinds, (kind) => this.change({ kind }, ["kind"]));
    this.scoring = makeElement("p", { class: "at-note" });
    this.temperature = makeSlider("temperature T",
      { min: 0.1, max: 5, step: 0.1, value: this.state.temperature }, (value) => {
        this.moveTo({ ...this.state, temperature: value }, false);
        this.tell(["temperature"]);
      });
    const buttons = presetsFor(this.state.words.length).map(([name, text]) => {
      const button = makeElement("button", { type: "button" }, text);
      button.addEventListener("click", () => {
        this.moveTo(presetState(name, this.state), true);
        this.tell(TRAITS.slice(1));
      });
      return button;
    });
    this.presets = makeElement("fieldset", { class: "at-presets" },
      makeElement("legend", {}, "Try these arrows"), ...buttons);
    this.shows = makeButton("open", "Show the arithmetic", () => this.showArithmetic());
    this.shows.setAttribute("aria-expanded", "false");
    this.dividing = makeElement("div", { class: "at-dividing" }, this.temperature.element,
      makeElement("p", { class: "at-note" }, TEMPERATURE_SAYS));
    controls.append(makeElement("div", {}, this.kinds.element, this.scoring));
    this.spoken = makeElement("p", { class: "at-said" });
    below.append(this.spoken);
  }

  showArithmetic() {
    this.hasArithmetic = !this.hasArithmetic;
    this.shows.setAttribute("aria-expanded", String(this.hasArithmetic));
    changeButton(this.shows, ...(this.hasArithmetic
      ? ["close", "Hide the arithmetic"] : ["open", "Show the arithmetic"]));
    this.frame.paintSoon();
  }

  reset() {
    this.frame.forget();
    this.focus = null;
    this.isPinned = false;
    this.moveTo({ ...this.start }, true);
    this.tell(TRAITS.slice(1));
  }

  // --- changes ---

  /** Change some of the state, on a visible way, and tell. */
  change(changes, names) {
    this.moveTo({ ...this.state, ...changes }, true);
    this.tell(names);
  }

  /** Go to another state: at once, or on a way that the eye can follow. */
  moveTo(state, isSeen) {
    const goesOn = this.way !== null && !isSeen; // what is on its way ends where it should
    this.state = state;
    if (isSeen && !this.frame.isCalm) {
      this.way = { from: this.scene, begin: null };
    } else if (!goesOn) {
      this.way = null;
    }
    this.frame.paintSoon();
  }

  tell(names) {
    this.isTelling = true; // half of what is told is not yet a state
    for (const name of names) this.host.set(name, this.state[name]);
    this.isTelling = false;
  }

  /** Somebody else has changed an option. */
  hear() {
    if (this.isTelling) return;
    const heard = readCalculatorState(this.host);
    if (TRAITS.every((name) => isEqual(heard[name], this.state[name]))) return;
    this.moveTo(heard, true);
  }

  // --- the reader's hand ---

  /** Take the tip nearest to the pointer: handles of tips close together cover each other. */
  grab(id, x, y) {
    this.held = null;
    if (id.startsWith("mask")) return;
    const near = this.shown.filter(({ id: each }) => each !== "c" && !each.startsWith("mask"))
      .map((tip) => ({ tip, away: Math.hypot(tip.x - x, tip.y - y) }))
      .sort((a, b) => a.away - b.away)[0];
    const tip = near.away <= REACH ? near.tip : this.shown.find((each) => each.id === id);
    this.held = { id: tip.id, dx: tip.x - x, dy: tip.y - y };
    this.point(tip.id);
    if (tip.id !== id) requestAnimationFrame(() => this.handles.focus(tip.id));
  }

  drag(x, y) {
    if (!this.held) return;
    const { id, dx, dy } = this.held;
    this.dragged = id;
    this.put(id, pointAt(this.plane, x + dx, y + dy));
  }

  drop() {
    this.dragged = null;
    this.frame.paintSoon();
    this.tell(["memory", "query"]);
  }

  step(id, right, down, isLarge) {
    if (id.startsWith("mask")) return;
    const size = isLarge ? LARGE_STEP : STEP;
    const [x, y] = this.vectorOf(id);
    this.put(id, [x + right * size, y - down * size]);
    this.tell(["memory", "query"]);
  }

  press(id) {
    if (id === "c") {
      this.isPinned = !this.isPinned;
      this.frame.paintSoon();
    }
    if (!id.startsWith("mask")) return;
    const j = wordOfHandle(id);
    const mask = this.state.mask.map((isReal, k) => (k === j ? !isReal : isReal));
    this.focus = j;
    this.change({ mask }, ["mask"]);
  }

  /** The word pointed at stays in focus until another is; c, only as long as the pointer. */
  point(id) {
    this.isMixing = id === "c";
    if (id !== null && id !== "s" && id !== "c") this.focus = wordOfHandle(id);
    this.frame.paintSoon();
  }

  vectorOf(id) {
    return id === "s" ? this.state.query : this.state.memory[wordOfHandle(id)];
  }

  put(id, vector) {
    const kept = keepInPlane(vector);
    const { memory } = this.state;
    const changed = id === "s"
      ? { query: kept }
      : { memory: memory.map((h, j) => (j === wordOfHandle(id) ? kept : h)) };
    const before = this.state;
    this.moveTo({ ...before, ...changed }, false);
    // Only here: what a preset or another score brings about is nobody's doing.
    this.frame.challenge(calculatorChallenges(this.state, this.start, before));
  }

  // --- painting ---

  /** On a phone the plane comes before what one need not press. */
  orderControls(width) {
    const { controls, below } = this.frame;
    const home = width < NARROW_UNTIL ? below : controls;
    if (this.presets.parentElement === home) return;
    home.append(this.dividing, this.presets, this.shows);
  }

  paint(room, time) {
    this.orderControls(room.width);
    this.frame.say(calculatorFinding(this.state)); // first: a longer one leaves less room
    if (!this.dragged || !this.room) this.room = this.frame.room; // no tip slips from the hand
    const { state, focus, hasArithmetic, dragged, isPinned } = this;
    const isMixing = this.isMixing || isPinned;
    this.scene = this.sceneAt(time);
    const names = dragged ? this.names : undefined;
    const about = { focus, isMixing, isPinned, hasArithmetic, dragged, names };
    const view = { state, scene: this.scene, ...about };
    const { svg, handles, plane, names: placed } = drawCalculator(view, this.room);
    this.names = placed;
    this.shown = handles;
    this.plane = plane;
    this.handles.show(svg, handles);
    this.kinds.choose(state.kind);
    const scoring = scoreExplained(state.kind);
    if (this.scoring.textContent !== scoring) this.scoring.textContent = scoring;
    this.temperature.show(state.temperature, writeNumber(state.temperature, 1));
    this.frame.challenge(calculatorChallenges(state, this.start));
    const lines = hasArithmetic ? calculatorArithmetic(state, wordInFocus(view)) : [];
    const spoken = spokenArithmetic(lines);
    if (this.spoken.textContent !== spoken) this.spoken.textContent = spoken;
  }

  /** Return the scene at a time, and ask for the next frame while it is on its way. */
  sceneAt(time) {
    const goal = calculatorScene(this.state);
    const axis = this.axisAt(goal.axis, time);
    if (this.way === null) return { ...goal, axis };
    if (this.way.begin === null) this.way.begin = time;
    const share = Math.min((time - this.way.begin) / WAY_TIME, 1);
    if (share === 1) {
      this.way = null;
      return { ...goal, axis };
    }
    this.frame.paintSoon();
    return { ...mixScenes(this.way.from, goal, smoothly(share)), axis };
  }

  /** Return where the scores' axis ends at a time: a new scale is seen to come, dragged or not. */
  axisAt(goal, time) {
    if (goal !== this.glide.to) {
      this.glide = { from: this.frame.isCalm ? goal : this.scene.axis, to: goal, begin: time };
    }
    const { from, to, begin } = this.glide;
    const share = Math.min((time - begin) / AXIS_TIME, 1);
    if (share < 1) this.frame.paintSoon();
    return mixScenes(from, to, smoothly(share));
  }

  end() {
    for (const stop of this.unlisten) stop();
    this.frame.end();
  }
}

/** Return a share of a way that begins and ends slowly. */
function smoothly(share) {
  return share * share * (3 - 2 * share);
}

/** Return the word that a handle belongs to: 0 for "h1" and for "mask1". */
function wordOfHandle(id) {
  return Number(id.replace(/\D/g, "")) - 1;
}

function isEqual(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Return the state that a host's options say. */
function readCalculatorState(host) {
  const words = host.get("words");
  const mask = host.get("mask");
  return {
    words,
    memory: host.get("memory"),
    query: host.get("query") ?? [0, 0],
    mask: mask?.length === words.length ? mask : words.map(() => true),
    kind: host.get("kind") ?? "dot",
    temperature: host.get("temperature") ?? 1,
  };
}
