// The training viewer: the epochs of a run, one by one. See host.js for root and host.

import { changeButton, makeButton, makeElement } from "./elements.js";
import { Frame } from "./frame.js";
import { Handles } from "./handles.js";
import { blendSnaps, prepareTraining, snapChange, snapFrame } from "./trainingfacts.js";
import { spreadSnaps } from "./trainingfacts.js";
import { TRAINING_END, trainingChallenges, trainingFinding } from "./trainingfacts.js";
import { writeEpoch, writeLoss } from "./trainingfacts.js";
import { layoutTraining, pointInTrainingMap } from "./traininglayout.js";
import { lossMarker, snapAtX } from "./trainingloss.js";
import { firstWords } from "./trainingtext.js";
import { drawMiniMap, drawTraining, MOST_EPOCH_CARDS } from "./trainingview.js";

const EPOCH_MOVE = 450; // milliseconds from one epoch to another
const EPOCH_EVERY = 1400; // milliseconds for an epoch
const REST_AFTER = 1000; // milliseconds: who stays so long did not only pass by

/** Show a recorded training run in `root`; returns a function that takes it away. */
export function mountTraining(root, host) {
  const viewer = new TrainingExplorer(root, host);
  return () => viewer.end();
}

class TrainingExplorer {
  constructor(root, host) {
    this.root = root;
    this.host = host;
    this.view = prepareTraining({ ...host.get("about"), snaps: host.get("snaps") });
    this.start = this.snapOf(host.get("epoch"));
    this.view.at = this.start;
    this.shown = this.goal = snapFrame(this.view, this.start);
    this.began = -Infinity;
    this.frame = new Frame(root, {
      paint: (room, time) => this.paint(room, time), reset: () => this.reset(),
    });
    root.classList.add("at-training");
    this.build();
    this.ends = [
      host.onChange("epoch", () => this.goTo(this.snapOf(host.get("epoch")))),
      host.onChange("playing", () => this.play(Boolean(host.get("playing")))),
    ];
    this.rest();
    if (host.get("playing")) this.play(true);
    this.frame.paintSoon();
  }

  build() {
    const { frame } = this;
    const last = this.view.snaps.length - 1;
    this.button = makeButton("play", "Play", () => this.playOrStop());
    this.button.classList.add("at-main");
    this.button.disabled = last === 0;
    const shown = spreadSnaps(last + 1, MOST_EPOCH_CARDS);
    this.cards = shown.map((at, i) => this.makeCard(at, shown[i - 1]));
    const strip = makeElement("div", { class: "at-strip", role: "group", "aria-label": "Epochs" },
      ...this.cards.map(({ element }) => element));
    strip.addEventListener("keydown", (event) => this.walkCards(event));
    frame.controls.append(this.button, strip);
    this.handles = new Handles(frame.picture, {
      drag: (id, x) => id === "marker" && this.dragMarker(x),
      press: (id, x) => id === "marker" && x !== undefined && this.dragMarker(x),
      step: (id, right, down) => this.step(id, right, down),
      point: (id) => id !== "map" && this.pointAt(null),
    });
    for (const kind of ["pointermove", "pointerdown"]) {
      frame.picture.addEventListener(kind, (event) => this.pointByHand(event));
    }
  }

  /** Make the card of an epoch: what changed since the card before says whether it brings news. */
  makeCard(at, before) {
    const { epoch, valid } = this.view.snaps[at];
    const map = makeElement("span", { class: "at-mini" });
    map.innerHTML = drawMiniMap(this.view, at);
    const isFirst = before === undefined;
    const change = isFirst
      ? { words: firstWords(this.view), note: "starts" }
      : snapChange(this.view, before, at);
    const fresh = change.words.filter((word) => word !== TRAINING_END).join(" ");
    const text = makeElement("span", { class: "at-change" },
      makeElement("b", {}, change.note),
      makeElement("span", { class: "at-words" }, fresh && `: ${fresh}`));
    const head = makeElement("span", { class: "at-head" },
      makeElement("b", {}, `epoch ${writeEpoch(epoch)}`), makeElement("small", {}, `loss ${writeLoss(valid)}`));
    const element = makeElement("button", { type: "button", "data-epoch": epoch }, head, map,
      text);
    element.dataset.same = String(change.count === 0);
    element.addEventListener("click", () => {
      this.choose(at);
    });
    return { at, element };
  }

  /** Go to the card before or after the focused one by arrow keys, to the ends by Home and End. */
  walkCards(event) {
    const { key, target } = event;
    const now = this.cards.findIndex(({ element }) => element === target);
    const last = this.cards.length - 1;
    const goals = {
      ArrowLeft: now - 1, ArrowUp: now - 1, ArrowRight: now + 1, ArrowDown: now + 1, Home: 0,
      End: last,
    };
    if (now < 0 || goals[key] === undefined) return;
    event.preventDefault(); // the page must not scroll
    const { at, element } = this.cards[Math.min(Math.max(goals[key], 0), last)];
    element.focus();
    this.choose(at);
  }

  /** Return the position of an epoch's snap, of the first where there is none. */
  snapOf(epoch) {
    return Math.max(this.view.snaps.findIndex((snap) => snap.epoch === epoch), 0);
  }

  /** Go where the reader wants to go. */
  choose(at) {
    this.play(false);
    this.goTo(at);
    this.view.isChosen = true;
    this.frame.paintSoon();
  }

  /** Play, or stop: who stops has chosen that epoch. */
  playOrStop() {
    const isOn = !this.timer;
    this.play(isOn);
    this.view.isChosen = !isOn;
  }

  goTo(at) {
    const { view } = this;
    view.isChosen = false;
    const goal = Math.min(Math.max(at, 0), view.snaps.length - 1);
    if (goal === view.at) return;
    view.at = goal;
    this.from = this.shown;
    this.goal = snapFrame(view, goal);
    this.began = performance.now();
    this.rest();
    this.host.set("epoch", view.snaps[goal].epoch);
    this.frame.paintSoon();
  }

  /** Note it when the reader stays with an epoch. */
  rest() {
    this.view.isResting = false;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.view.isResting = !this.timer;
      this.frame.paintSoon();
    }, REST_AFTER);
  }

  play(isOn) {
    if (isOn === Boolean(this.timer)) return;
    clearInterval(this.timer);
    this.timer = null;
    const last = this.view.snaps.length - 1;
    if (isOn && last > 0) {
      if (this.view.at === last) this.goTo(0);
      this.timer = setInterval(() => {
        this.goTo(this.view.at + 1);
        if (this.view.at === last) this.play(false);
      }, EPOCH_EVERY);
    }
    this.rest();
    this.host.set("playing", Boolean(this.timer));
    this.frame.paintSoon();
  }

  reset() {
    this.play(false);
    this.pointAt(null);
    this.frame.forget();
    this.goTo(this.start);
    this.frame.paintSoon();
  }

  dragMarker(x) {
    this.choose(snapAtX(this.view, x, this.layout.chart));
  }

  step(id, right, down) {
    if (id === "marker") {
      this.choose(this.view.at + right - down);
      return;
    }
    const { point, snaps, at, source, fixed } = this.view;
    const rows = Math.min(snaps[at].words.length, this.layout.map.rows);
    const move = (now, by, count) => Math.min(Math.max((now ?? -Math.sign(by)) + by, 0), count - 1);
    if (down !== 0 && rows > 0) this.pointAt({ row: move(point?.row ?? -1, down, rows) });
    else if (right !== 0 && !fixed) {
      this.pointAt({ column: move(point?.column ?? -1, right, source.length) });
    }
  }

  pointByHand(event) {
    if (!this.layout || event.target.dataset?.handle !== "map") return;
    const { x, y } = this.handles.pointOf(event);
    this.pointAt(pointInTrainingMap(this.view, this.layout, x, y));
  }

  /** Light up a row ({row}) or a column ({column}) of the map; null for none. */
  pointAt(point) {
    if (JSON.stringify(point) === JSON.stringify(this.view.point)) return;
    this.view.point = point;
    this.frame.paintSoon();
  }

  paint(room, time) {
    const { view, frame } = this;
    this.layout = this.layoutFor(room);
    const share = frame.isCalm ? 1 : Math.min(Math.max((time - this.began) / EPOCH_MOVE, 0), 1);
    const eased = share * share * (3 - 2 * share);
    this.shown = share < 1 ? blendSnaps(this.from, this.goal, eased) : this.goal;
    const finding = trainingFinding(view);
    this.handles.show(drawTraining(view, this.shown, this.layout), this.handlesNow(finding));
    this.showControls();
    frame.say(finding);
    frame.challenge(trainingChallenges(view));
    if (share < 1) frame.paintSoon();
  }

  layoutFor({ width, tall }) {
    const key = `${width} ${tall}`;
    if (this.layoutKey !== key) {
      this.layoutKey = key;
      this.layoutKept = layoutTraining(this.view, { width, tall });
    }
    return this.layoutKept;
  }

  handlesNow(finding) {
    const { view, layout } = this;
    const { map } = layout;
    const { area } = lossMarker(view, this.shown, layout.chart);
    const { epoch, valid } = view.snaps[view.at];
    const label = view.fixed
      ? "Words it writes: arrow keys walk through them"
      : "Map: up and down walk through the words it writes, left and right through those it reads";
    return [
      {
        id: "map", label, value: view.point ? finding : "no word chosen", width: map.total,
        height: map.tall, x: map.left + map.total / 2, y: map.top + map.tall / 2,
      },
      {
        id: "marker", label: "Epoch on the curve of the loss", height: area.y0 - area.y1,
        width: area.x1 - area.x0, x: (area.x0 + area.x1) / 2, y: (area.y0 + area.y1) / 2,
        value: `${writeEpoch(epoch)}, validation loss ${writeLoss(valid)}`,
      },
    ];
  }

  showControls() {
    const { at, point } = this.view;
    changeButton(this.button, this.timer ? "pause" : "play", this.timer ? "Pause" : "Play");
    const nearest = this.cards.findLast((card) => card.at <= at); // the first is that of snap 0
    for (const card of this.cards) {
      card.element.setAttribute("aria-pressed", String(card.at === at));
      card.element.dataset.near = String(card === nearest && card.at !== at);
    }
    if (this.column === point?.column) return;
    this.column = point?.column;
    for (const cell of this.root.querySelectorAll(".at-mini [data-word]")) {
      const isOn = this.column === undefined || cell.dataset.word === String(this.column);
      cell.style.opacity = isOn ? "" : "0.15";
    }
  }

  end() {
    clearInterval(this.timer);
    clearTimeout(this.resting);
    this.ends.forEach((stop) => stop());
    this.frame.end();
  }
}
