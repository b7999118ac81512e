// The beam explorer: type a sentence, choose K, drag ρ, and watch beginnings live and die.

import { readTyped } from "../model/typed.js";
import { svgRoot } from "../draw/svg.js";
import { layoutBeam, scrollBeam } from "./beamlayout.js";
import { beamChallenges, beamFinding, beamSentences, beamView, clampStep } from "./beamtext.js";
import { forkOf, isGreedyLosing, leaderOf, openingStep, rankingPlaces } from "./beamtext.js";
import { settleBeam } from "./beamtext.js";
import { BEAM_MOST_RHO } from "./beamtree.js";
import { beamHandles, neighborOf } from "./beamhandles.js";
import { rhoTrack } from "./beamranking.js";
import { drawBeam } from "./beamview.js";
import { keepAnswers } from "./challenges.js";
import { changeButton, makeButton, makeElement, makeSentenceBox } from "./elements.js";
import { makeMenu, makeSlider, measureWords } from "./elements.js";
import { Frame } from "./frame.js";
import { Handles } from "./handles.js";
import { loadTranslators } from "./models.js";
import { Motion } from "./motion.js";
import { numberBetween } from "./motion.js";

const BEAM_SEARCH_AFTER = 120; // milliseconds of rest: a search takes as long
const BEAM_MOVE = 400; // milliseconds of a change
const BEAM_PLAY_EVERY = 900;
const BEAM_MOST_SEARCHES = 12; // kept, so that sliding K back and forth searches once
const MOST_BEAM_SIZE = 10;
const BEAM_KEY_STEP = 0.05;
const BEAM_WORDS = "K: how many beginnings live on after each step. Score: the sum of the words' " +
  "log p, divided by (number of words)^ρ. ρ, the exponent of length normalization: 0 compares " +
  "whole sentences, so that short ones win; 1 compares words on average.";

/** Mount a beam explorer; a large model is loaded when the reader asks for it. */
export async function mountBeam(root, host) {
  const [translator] = Object.values(await loadTranslators(root, host));
  const explorer = new BeamExplorer(root, host, translator);
  return () => explorer.end();
}

class BeamExplorer {
  constructor(root, host, translator) {
    Object.assign(this, { root, host, translator });
    root.classList.add("at-beam");
    this.searches = new Map();
    this.view = null;
    this.pinned = -1;
    this.did = {}; // what the reader has changed by hand
    this.answers = new Map();
    this.options = this.chosen();
    this.start = { ...this.options };
    this.isOpening = true; // until anything is chosen, it stands where it gets interesting
    this.frame = new Frame(root, {
      paint: (room, time) => this.paint(room, time),
      reset: () => this.reset(),
    });
    this.change = new Motion(this.frame, BEAM_MOVE);
    this.handles = new Handles(this.frame.picture, {
      drag: (id, x) => this.drag(id, x),
      step: (id, right, down, isLarge) => this.useArrow(id, right, down, isLarge),
      press: (id) => this.press(id),
      point: (id) => this.point(id),
    });
    // A narrow picture scrolls its tree; the ranking and the sentence come along.
    this.frame.picture.addEventListener("scroll", () => this.frame.paintSoon());
    this.build();
    this.unlisten = ["sentence", "beam_size", "rho", "step"].map((name) =>
      host.onChange(name, () => this.adopt()));
    this.read();
    this.search();
  }

  /** Return what the host says: a page leaves out what is as usual. */
  chosen() {
    const { host } = this;
    return {
      sentence: host.get("sentence") ?? "",
      beamSize: host.get("beam_size") ?? 3,
      rho: host.get("rho") ?? 1,
      step: host.get("step") ?? null,
    };
  }

  build() {
    const { translator, frame } = this;
    this.box = makeSentenceBox(`${translator.languageNames[0]} sentence`, (text) => {
      if (text !== this.options.sentence) this.choose({ sentence: text, step: null });
      return this.note;
    });
    const texts = beamSentences(translator, this.start.sentence);
    this.pick = makeMenu("or pick", [["", "another …"], ...texts.map((text) => [text, text])],
      (sentence) => this.choose({ sentence, step: null }));
    this.pick.element.hidden = texts.length === 0;
    this.beam = makeSlider("Beam size K", { min: 1, max: MOST_BEAM_SIZE, step: 1, value: 1 },
      (beamSize) => this.choose({ beamSize }));
    this.steps = makeSlider("Step", { min: 1, max: 1, step: 1, value: 1 },
      (step) => this.choose({ step }));
    this.playing = null;
    this.play = makeButton("play", "Play", () => this.playOrStop());
    frame.below.append(makeElement("p", { class: "at-note" }, BEAM_WORDS));
    frame.controls.append(this.box.element, this.pick.element, this.beam.element,
      this.steps.element, this.play);
  }

  /** A cell has changed options, or this explorer has told what its reader did. */
  adopt() {
    const chosen = this.chosen();
    const isNew = Object.keys(chosen).some((name) => chosen[name] !== this.options[name]);
    if (isNew) this.choose(chosen, false);
  }

  /** Take over options; a new sentence or K needs a search, a new ρ none. */
  choose(options, isReaders = true) {
    const before = this.options;
    this.isOpening = false;
    this.options = { ...before, ...options };
    const { sentence, beamSize, rho, step } = this.options;
    const last = this.view?.search.columns.length;
    if (isReaders && step >= last) this.options.step = null;
    if (isReaders) {
      for (const name of Object.keys(options)) this.did[name] = true;
      this.tell();
    }
    if (sentence !== before.sentence) this.read();
    if (sentence !== before.sentence || beamSize !== before.beamSize) this.searchSoon();
    else if (this.view) this.move({ rho, step: clampStep(this.view.search, step) });
    this.showControls();
  }

  tell() {
    const names = { sentence: "sentence", beamSize: "beam_size", rho: "rho", step: "step" };
    for (const [name, trait] of Object.entries(names)) {
      if (this.host.get(trait) !== this.options[name]) this.host.set(trait, this.options[name]);
    }
  }

  read() {
    const { words, note } = readTyped(this.translator, this.options.sentence);
    this.words = words;
    this.note = note;
    this.box.show(this.options.sentence, note);
  }

  searchSoon() {
    clearTimeout(this.searching);
    this.root.setAttribute("aria-busy", "true");
    this.searching = setTimeout(() => this.search(), BEAM_SEARCH_AFTER);
  }

  search() {
    const { words, options, view } = this;
    clearTimeout(this.searching);
    this.pinned = -1;
    this.change.stop();
    if (words.length === 0) {
      this.view = null;
    } else {
      const isOther = view && words.join(" ") !== view.search.sentence;
      const opened = isOther ? [] : view?.opened ?? [];
      const found = this.find(words, options.beamSize);
      const first = this.isOpening ? openingStep({ ...found, rho: options.rho }) : null;
      const step = clampStep(found.search, options.step ?? first);
      const look = { step, opened, foldsFaint: true }; // as in the still; a press unfolds
      this.view = settleBeam({ ...found, rho: options.rho, ...look });
    }
    this.root.removeAttribute("aria-busy");
    this.showControls();
    this.frame.paintSoon();
  }

  /** Return the view of a search, from an earlier one if there was one. */
  find(words, beamSize) {
    const sentence = words.join(" ");
    const key = `${beamSize} ${sentence}`;
    if (!this.searches.has(key)) {
      const view = beamView(this.translator, words, { ...this.options, beamSize });
      view.search.sentence = sentence;
      this.searches.set(key, view);
      if (this.searches.size > BEAM_MOST_SEARCHES) {
        this.searches.delete(this.searches.keys().next().value);
      }
    }
    return this.searches.get(key);
  }

  /** Let the drawing go to another step or ranking. */
  move(changed) {
    const { view } = this;
    const next = { ...view, ...changed };
    next.places = rankingPlaces(next);
    if (this.pinned >= 0 && next.nodes[this.pinned].t >= next.step) this.pinned = -1;
    if (next.pointed >= 0 && next.nodes[next.pointed].t >= next.step) next.pointed = -1;
    const { at, places } = view;
    this.view = { ...next, at, places };
    this.change.start((share) => Object.assign(this.view, {
      at: numberBetween(at, next.step, share),
      places: Object.fromEntries(Object.entries(next.places).map(([end, to]) =>
        [end, numberBetween(places[end] ?? to, to, share)])),
    }));
  }

  paint(room, time) {
    const { frame, handles } = this;
    if (!this.view) {
      frame.say(this.note);
      handles.show(svgRoot(room.width, 40, this.note), []);
      return;
    }
    this.change.advance(time);
    const { view } = this;
    this.place = this.layOut(room);
    this.widen(room);
    const shown = beamHandles(view, this.place);
    handles.show(drawBeam(view, this.place), shown);
    this.scrollToNews(room);
    this.keepTabsFew(shown);
    frame.say(beamFinding(view));
    this.showChallenges();
  }

  showChallenges() {
    const { view, words } = this;
    // Another search takes time: only where it may show that K - 1 does not do it.
    const isAsked = this.did.beamSize && view.beamSize > 1 && !this.answers.has("greedy") &&
      isGreedyLosing(view);
    const smaller = isAsked ? this.find(words, view.beamSize - 1) : null;
    const rival = smaller && { ...smaller, rho: view.rho };
    this.frame.challenge(keepAnswers(this.answers, beamChallenges(view, this.did, rival)));
  }

  /** Let a tree that is wider than the room scroll. */
  widen({ width }) {
    const { picture } = this.frame;
    const { width: drawn } = this.place;
    const zoom = picture.clientWidth / width;
    picture.style.setProperty("--at-tree", drawn > width ? `${drawn * zoom}px` : "100%");
  }

  /** Scroll to the newest words, once for each step; in the end, to where greedy search left. */
  scrollToNews({ width }) {
    const { picture } = this.frame;
    const { columnOf, gap } = this.place;
    const { step, search, beamSize } = this.view;
    const seen = [width, step, search.sentence, beamSize].join(" ");
    if (seen === this.seen) return;
    this.seen = seen;
    const fork = step === search.columns.length ? forkOf(this.view) : null;
    const newest = columnOf[step - 1];
    const left = fork === null ? newest.x + newest.width + gap * 2 - width : columnOf[fork].x - gap;
    picture.scrollLeft = left * (picture.clientWidth / width);
  }

  /** Return where everything stands; while only numbers change, that stays. */
  layOut({ width, tall }) {
    const { search, step, opened } = this.view;
    const { scrollLeft, clientWidth } = this.frame.picture;
    const key = [width, tall, step, opened.length].join(" ");
    if (this.laidOut?.search !== search || this.laidOut.key !== key) {
      const place = layoutBeam(this.view, { width, tall }, measureWords);
      this.laidOut = { search, key, place };
    }
    return scrollBeam(this.laidOut.place, (scrollLeft * width) / (clientWidth || width), width);
  }

  /** Tab stops at one word and one rank; from there, arrows lead on. */
  keepTabsFew(shown) {
    const ids = shown.map(({ id }) => id);
    const focused = document.activeElement?.dataset?.handle;
    for (const kind of ["node", "rank", "rank-node"]) {
      const same = ids.filter((id) => id.startsWith(`${kind} `));
      const wanted = [focused, this[kind], `node ${leaderOf(this.view)}`, same[0]];
      const stop = wanted.find((id) => same.includes(id));
      this[kind] = stop;
      for (const id of same) this.handles.elements.get(id).tabIndex = id === stop ? 0 : -1;
    }
  }

  nodeOf(id) {
    const [kind, number] = (id ?? "").split(" ");
    if (kind === "node") return Number(number);
    if (kind === "rank-node") return Number(number);
    if (kind !== "rank") return -1;
    return this.view.nodes.find(({ end }) => end === Number(number)).index;
  }

  point(id) {
    if (!this.view) return;
    const node = this.nodeOf(id);
    const pointed = node >= 0 ? node : this.pinned;
    if (pointed === this.view.pointed) return;
    this.view = { ...this.view, pointed };
    this.frame.paintSoon();
  }

  press(id) {
    const [kind, from, to] = id.split(" ");
    if (kind === "fold") {
      const opened = [...this.view.opened];
      for (let t = Number(from); t <= Number(to); t += 1) opened.push(t);
      this.view = { ...this.view, opened };
    } else if (kind !== "rho") {
      const node = this.nodeOf(id);
      this.pinned = this.pinned === node ? -1 : node;
      this.view = { ...this.view, pointed: node };
    }
    this.frame.paintSoon();
  }

  drag(id, x) {
    if (id !== "rho") return;
    const { x0, x1 } = rhoTrack(this.place);
    this.slideRho(((x - x0) / (x1 - x0)) * BEAM_MOST_RHO);
  }

  slideRho(rho) {
    const rounded = Math.round(Math.min(Math.max(rho, 0), BEAM_MOST_RHO) * 100) / 100;
    if (rounded !== this.options.rho) this.choose({ rho: rounded });
  }

  useArrow(id, right, down, isLarge) {
    const [kind] = id.split(" ");
    if (kind === "rho") {
      this.slideRho(this.options.rho + (right - down) * BEAM_KEY_STEP * (isLarge ? 5 : 1));
    } else if (kind === "node") {
      this.handles.focus(`node ${neighborOf(this.view, this.nodeOf(id), right, down, this.place)}`);
    } else if (kind.startsWith("rank")) {
      const ids = [...this.handles.elements.keys()].filter((one) => one.startsWith(`${kind} `));
      this.handles.focus(ids[ids.indexOf(id) + down + right]);
    }
  }

  playOrStop() {
    if (this.playing !== null || !this.view) {
      this.stopPlaying();
      return;
    }
    const isLast = () => !this.view || this.view.step === this.view.search.columns.length;
    if (isLast()) this.choose({ step: 1 });
    this.playing = setInterval(() => {
      if (isLast()) this.stopPlaying();
      else this.choose({ step: this.view.step + 1 });
    }, BEAM_PLAY_EVERY);
    this.showControls();
  }

  stopPlaying() {
    clearInterval(this.playing);
    this.playing = null;
    this.showControls();
  }

  showControls() {
    const { beamSize } = this.options;
    this.beam.show(beamSize);
    this.pick.choose("");
    const last = this.view?.search.columns.length ?? 1;
    const step = this.view?.step ?? 1;
    this.steps.input.max = last;
    this.steps.show(step, `${step} of ${last}`);
    changeButton(this.play, this.playing === null ? "play" : "pause",
      this.playing === null ? "Play" : "Stop");
  }

  reset() {
    this.stopPlaying();
    this.frame.forget();
    this.did = {};
    this.answers.clear();
    if (this.view) this.view = { ...this.view, opened: [], pointed: -1 };
    this.searches.clear();
    this.options = { ...this.start };
    this.isOpening = true;
    this.tell();
    this.read();
    this.search();
  }

  end() {
    clearTimeout(this.searching);
    clearInterval(this.playing);
    this.unlisten.forEach((stop) => stop());
    this.frame.end();
  }
}
