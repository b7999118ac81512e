// Handles above a picture: what can be grabbed, pressed or pointed at, by mouse, finger and keys.
//
// A picture is drawn again at every move, and whatever had the focus in it would lose it. So the
// handles are elements of their own, which stay: invisible, at least 44 pixels, each with a name.

import { makeElement } from "./elements.js";

const LEAST = 44; // pixels
const LEAST_ABOVE = 24; // of a point that would cover another one
const STILL = 3; // pixels: a finger that presses moves as far
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Handles over the element `picture`, whose SVG is drawn anew by others. All x and y are in the
 * SVG's own pixels. What happens is told to (each may be left out)
 *
 *   grab(id, x, y), drag(id, x, y), drop(id)   by pointer
 *   step(id, right, down, isLarge)       by arrow keys: -1, 0 or 1 each way, more with Shift
 *   press(id, x, y)                      a click, Enter or space; keys have no x and y
 *   point(id)                            hovered or focused; null when it no longer is
 *   hover(id, x, y)                      the pointer moves over it
 */
export class Handles {
  constructor(picture, tell) {
    this.tell = tell;
    this.elements = new Map();
    this.placed = new Map(); // how each looked when it was last shown
    this.layer = makeElement("div", { class: "at-handles" });
    this.drawing = makeElement("div", { class: "at-drawing" });
    picture.append(this.drawing, this.layer);
    this.listen();
  }

  /**
   * Show a drawing and put handles on it, in the order in which Tab visits them.
   *
   * handles: [{id, x, y, label, width, height, value, kind}, …]: x and y are its center, `value` is
   * said after the label when it changes; `kind` is "slider" (moved by arrows, the default),
   * "button", or "toggle" with `isOn`. One that stands close to others may be smaller than 44
   * pixels: `least` says how small.
   */
  show(svg, handles) {
    const shown = this.drawing.clientWidth; // before the drawing: else it is laid out twice
    this.drawing.innerHTML = svg;
    const drawn = this.drawing.querySelector("svg");
    const { width, height } = drawn.viewBox.baseVal;
    this.size = { width, height };
    this.zoom = shown / width || 1;
    const kept = new Set(handles.map(({ id }) => id));
    for (const [id, element] of this.elements) {
      if (kept.has(id)) continue;
      element.remove();
      this.elements.delete(id);
      this.placed.delete(id);
    }
    handles.forEach((handle, i) => this.place(handle, this.leastOf(handle, handles.slice(0, i))));
    this.keepOrder(handles);
  }

  /** Return how small a handle may be: a point above another one leaves room to grab both. */
  leastOf({ x, y, width, height, least = LEAST }, below) {
    const isClose = (other) => !other.width && !other.height
      && Math.abs(other.x - x) * this.zoom < LEAST && Math.abs(other.y - y) * this.zoom < LEAST;
    return !width && !height && below.some(isClose) ? Math.min(least, LEAST_ABOVE) : least;
  }

  place(handle, least) {
    const { id, x, y, label, width = 0, height = 0 } = handle;
    const { value, kind = "slider", isOn } = handle;
    if (!this.elements.has(id)) this.elements.set(id, makeHandle(id, kind));
    const element = this.elements.get(id);
    const [across, down] = [width, height].map((size) => Math.max(size * this.zoom, least));
    const [left, top] = [(100 * x) / this.size.width, (100 * y) / this.size.height];
    const looks = [left, top, across, down, label, value, isOn].join("\n");
    if (this.placed.get(id) === looks) return; // of 60 handles, a drag moves one
    this.placed.set(id, looks);
    Object.assign(element.style, {
      left: `${left}%`, top: `${top}%`, width: `${across}px`, height: `${down}px`,
    });
    element.setAttribute("aria-label", label);
    if (kind === "toggle") element.setAttribute("aria-pressed", String(Boolean(isOn)));
    if (kind === "slider") sayValue(element, value);
  }

  keepOrder(handles) {
    handles.forEach(({ id }, i) => {
      const element = this.elements.get(id);
      if (this.layer.children[i] === element) return;
      this.layer.insertBefore(element, this.layer.children[i] || null);
    });
  }

  /** Give the focus to a handle, after one before it went away. */
  focus(id) {
    this.elements.get(id)?.focus();
  }

  listen() {
    const { layer } = this;
    const idOf = (event) => event.target.closest?.("[data-handle]")?.dataset.handle;
    layer.addEventListener("pointerdown", (event) => this.grab(event, idOf(event)));
    layer.addEventListener("keydown", (event) => this.useKey(event, idOf(event)));
    layer.addEventListener("click", (event) => {
      const id = idOf(event);
      if (id === undefined || this.wasDragged) return;
      if (event.detail === 0) this.tell.press?.(id); // by keys
      else {
        const { x, y } = this.pointOf(event);
        this.tell.press?.(id, x, y);
      }
    });
    const point = (event) => this.tell.point?.(idOf(event) ?? null);
    layer.addEventListener("pointerover", point);
    layer.addEventListener("focusin", point);
    layer.addEventListener("pointermove", (event) => this.hover(event, idOf(event)));
    for (const end of ["pointerleave", "focusout"]) {
      layer.addEventListener(end, () => this.tell.point?.(null));
    }
  }

  hover(event, id) {
    if (id === undefined || !this.tell.hover) return;
    const { x, y } = this.pointOf(event);
    this.tell.hover(id, x, y);
  }

  grab(event, id) {
    this.wasDragged = false;
    if (id === undefined || event.button !== 0 || !this.tell.drag) return;
    const element = this.elements.get(id);
    if (element.getAttribute("role") !== "slider") return; // a button is pressed, never dragged
    element.setPointerCapture(event.pointerId);
    const start = this.pointOf(event);
    this.tell.grab?.(id, start.x, start.y);
    const move = (moved) => {
      const way = Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY);
      if (!this.wasDragged && way < STILL) return;
      this.wasDragged = true;
      const { x, y } = this.pointOf(moved);
      this.tell.drag(id, x, y);
    };
    const drop = () => {
      element.removeEventListener("pointermove", move);
      this.tell.drop?.(id);
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("lostpointercapture", drop, { once: true });
  }

  /** Return where in the drawing an event is. */
  pointOf({ clientX, clientY }) {
    const box = this.drawing.getBoundingClientRect();
    const { width, height } = this.size;
    return {
      x: ((clientX - box.left) / box.width) * width,
      y: ((clientY - box.top) / box.height) * height,
    };
  }

  useKey(event, id) {
    if (id === undefined) return;
    const way = ARROWS[event.key];
    if (way && this.tell.step) {
      event.preventDefault(); // the page must not scroll
      this.tell.step(id, ...way, event.shiftKey);
    } else if (event.target.matches("[role=slider]") && [" ", "Enter"].includes(event.key)) {
      event.preventDefault();
      this.tell.press?.(id); // a button does this by itself
    }
  }
}

function makeHandle(id, kind) {
  const name = kind === "slider" ? "div" : "button";
  const about = kind === "slider" ? { role: "slider", tabindex: "0" } : { type: "button" };
  return makeElement(name, { class: "at-handle", "data-handle": id, ...about });
}

/** A slider must have a number; where it stands for two, or for none, its text says more. */
function sayValue(element, value) {
  element.setAttribute("aria-valuetext", String(value ?? ""));
  element.setAttribute("aria-valuenow", Number.parseFloat(value) || 0);
}
