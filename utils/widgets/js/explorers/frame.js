// What stands around the picture of every explorer: its finding in words above, controls, the
// challenges below, Reset and a switch for large letters.

import { makeButton, makeElement } from "./elements.js";
import { makeIcon } from "./icons.js";

const SAY_EVERY = 1000; // milliseconds between two sentences of a screen reader
const LARGER = 1.4; // than usual, for the back row
const TALL = 560; // pixels: a laptop's screen without what JupyterLab has around
const TALL_FROM = 1000; // pixels: narrower windows scroll anyway
const LEAST_TALL = 240;
const NARROW = 200; // pixels: a hidden element has no width, and is drawn again when it shows

/**
 * Fill `root` with the frame of an explorer. What is inside goes into the elements
 *
 *   controls, picture, below
 *
 * from top to bottom, and switches of the whole picture into `tools`, beside Reset. `paint({width, tall})` draws the picture: at most once per frame of the
 * screen, after `paintSoon()`, and when the width changes; it returns false if there is nothing to
 * draw yet. `reset()` brings everything back to where it began.
 */
export class Frame {
  constructor(root, { paint, reset }) {
    this.root = root;
    this.paint = paint;
    this.met = new Set();
    this.isDue = false;
    this.isLarge = false;
    this.lastSaid = -Infinity;
    this.finding = makeElement("p", { class: "at-finding" });
    this.said = makeElement("p", { class: "at-said", role: "status" });
    this.problem = makeElement("p", { class: "at-problem", role: "alert" });
    this.controls = makeElement("div", { class: "at-row at-controls" });
    this.picture = makeElement("div", { class: "at-picture" });
    this.below = makeElement("div", { class: "at-below" });
    this.challenges = makeElement("ul", { class: "at-challenges" });
    this.fill(reset);
    this.observer = new ResizeObserver(() => this.paintSoon());
    this.observer.observe(this.picture);
  }

  fill(reset) {
    const { root } = this;
    const startAgain = () => {
      this.complain("");
      reset();
    };
    const large = makeButton("large", "Large", () => this.enlarge(large));
    large.setAttribute("aria-pressed", "false");
    this.tools = makeElement("div", { class: "at-tools" },
      makeButton("reset", "Reset", startAgain), large);
    const top = makeElement("div", { class: "at-top" }, this.finding, this.tools);
    this.more = makeElement("div", { class: "at-more", hidden: "" },
      makeElement("b", {}, "Try this"), this.challenges);
    root.classList.add("at-explorer");
    root.replaceChildren(top, this.said, this.controls, this.problem, this.picture, this.below,
      this.more);
    if (root.dataset.startsOver) this.complain("You ran this cell again, so it starts over.");
  }

  enlarge(button) {
    this.isLarge = !this.isLarge;
    button.setAttribute("aria-pressed", String(this.isLarge));
    this.root.classList.toggle("at-large", this.isLarge);
    this.paintSoon();
  }

  /** Return how much room a picture has, in its own pixels: {width, tall, zoom}. */
  get room() {
    const zoom = this.isLarge ? LARGER : 1; // the picture is drawn smaller, and shown larger
    const width = Math.max(this.picture.clientWidth, NARROW) / zoom;
    const above = this.picture.offsetTop - this.root.offsetTop;
    const left = Math.max((TALL - above) / zoom, LEAST_TALL);
    return { width, tall: this.root.clientWidth < TALL_FROM ? Infinity : left, zoom };
  }

  /** Whether the reader asked for less motion. */
  get isCalm() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /** Paint within the next frame of the screen, once however often this is called. */
  paintSoon() {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame((time) => {
      this.isDue = false;
      if (this.paint(this.room, time) !== false) this.root.dataset.ready = "true";
    });
  }

  /** Say above the picture what there is to see; screen readers hear the latest, now and then. */
  say(finding) {
    if (this.finding.textContent === finding) return;
    this.finding.textContent = finding;
    clearTimeout(this.saying);
    const wait = Math.max(this.lastSaid + SAY_EVERY - performance.now(), 0);
    this.saying = setTimeout(() => {
      this.lastSaid = performance.now();
      this.said.textContent = finding;
    }, wait);
  }

  /** Say what is wrong, and what to do about it; "" takes it back. */
  complain(problem) {
    if (this.problem.textContent !== problem) this.problem.textContent = problem;
  }

  /**
   * Show challenges [{name, text, isMet, answer}, …]; one that was met once stays so until
   * `forget()`, and then has its answer below it, if it asks something.
   */
  challenge(challenges) {
    for (const { name, isMet } of challenges) if (isMet) this.met.add(name);
    const key = [...this.met].join();
    if (this.challenges.dataset.met === key && this.challenges.children.length > 0) return;
    this.challenges.dataset.met = key;
    this.more.hidden = challenges.length === 0;
    this.challenges.replaceChildren(...challenges.map((each) => this.entry(each)));
  }

  entry({ name, text, answer }) {
    const isMet = this.met.has(name);
    const mark = isMet ? [makeIcon("right"), makeElement("b", {}, "Done: ")] : [];
    const why = isMet && answer ? [makeElement("p", { class: "at-answer" }, answer)] : [];
    const about = { "data-challenge": name, "data-met": String(isMet) };
    return makeElement("li", about, ...mark, text, ...why);
  }

  /** Forget which challenges were met. */
  forget() {
    this.met.clear();
    this.challenges.dataset.met = "none"; // so that they are written anew
  }

  end() {
    clearTimeout(this.saying);
    this.observer.disconnect();
  }
}
