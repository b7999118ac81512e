// Elements of a page. Text becomes text, whatever it holds: nothing of it is read as HTML.

import { FONT_FAMILY } from "../draw/svg.js";
import { makeIcon } from "./icons.js";

/** Make an element; `children` are elements or text. */
export function makeElement(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Make a radio button or a check box with a small note; `choose` gets true or false. */
export function makeChoice(type, group, value, text, note, choose) {
  const input = makeElement("input", { type, name: `${group}-${type}`, value });
  input.addEventListener("change", () => choose(input.checked));
  const more = note ? [makeElement("small", {}, note)] : [];
  const words = makeElement("span", {}, text);
  return makeElement("label", { class: "at-choice" }, input, words, ...more);
}

/**
 * Make radio buttons under a legend: {element, choose}. `chosen` gets the reader's choice;
 * `choose(value)` shows a choice without calling it. choices: [[value, text, note], …].
 */
export function makeChoices(legend, choices, chosen) {
  const group = `at-${Math.random().toString(36).slice(2)}`; // radio buttons know their group
  const labels = choices.map(([value, text, note]) =>
    makeChoice("radio", group, value, text, note, () => chosen(value)));
  const element = makeElement("fieldset", {}, makeElement("legend", {}, legend), ...labels);
  const choose = (value) => {
    for (const input of element.querySelectorAll("input")) input.checked = input.value === value;
  };
  return { element, choose };
}

/** Make a button with an icon (see icons.js) before its text. */
export function makeButton(icon, text, press) {
  const words = makeElement("span", {}, text);
  const button = makeElement("button", { type: "button" }, makeIcon(icon), words);
  button.addEventListener("click", press);
  return button;
}

/** Give a button from `makeButton` another icon and text. */
export function changeButton(button, icon, text) {
  if (button.lastChild.textContent === text) return; // it is not torn from under a finger
  const { className } = button.lastChild; // it may fold away
  button.replaceChildren(makeIcon(icon), makeElement("span", { class: className }, text));
}

/**
 * Make a slider beside its name: {element, input, show}. `slide` gets the number;
 * `show(value, text)` moves it and says what it stands for.
 */
export function makeSlider(name, { min, max, step, value }, slide) {
  const input = makeElement("input", { type: "range", min, max, step, "aria-label": name });
  const output = makeElement("output");
  const show = (number, text = String(number)) => {
    input.value = number;
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  show(value);
  input.addEventListener("input", () => slide(Number(input.value)));
  const element = makeElement("label", { class: "at-slider" }, `${name} `, input, output);
  return { element, input, show };
}

/**
 * Make a menu behind its name: {element, input, choose}. `chosen` is called with the reader's
 * choice; `choose(value)` shows a choice without calling it. choices: [[value, text], …].
 */
export function makeMenu(name, choices, chosen) {
  const options = choices.map(([value, text]) => makeElement("option", { value }, text));
  const input = makeElement("select", {}, ...options);
  input.addEventListener("change", () => chosen(input.value));
  const choose = (value) => {
    input.value = value;
  };
  const element = makeElement("label", { class: "at-menu" }, makeElement("span", {}, name), input);
  return { element, input, choose };
}

/**
 * Make the box in which a sentence is typed: {element, input, note, show}.
 *
 * `type` gets the text shortly after the last key, at once after Enter; it returns a note for the
 * reader, or "". `show(text, note)` fills both without calling it.
 */
export function makeSentenceBox(name, type) {
  const input = makeElement("input", {
    type: "text", spellcheck: "false", autocomplete: "off", maxlength: "5000", "aria-label": name,
  });
  const note = makeElement("small", { class: "at-note", role: "status" });
  let timer = null;
  const read = () => {
    clearTimeout(timer);
    note.textContent = type(input.value);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(read, 250);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") read();
  });
  const show = (text, about = "") => {
    clearTimeout(timer);
    if (input.value !== text) input.value = text;
    note.textContent = about;
  };
  const element = makeElement("div", { class: "at-sentence" },
    makeElement("label", {}, makeElement("span", {}, name), input), note);
  return { element, input, note, show };
}

const measuredWidths = new Map();
let measuringPen = null;

/** Return how wide the browser writes text, as the drawings do. */
export function measureWords(text, size) {
  const key = `${size} ${text}`;
  if (!measuredWidths.has(key)) {
    measuringPen ??= document.createElement("canvas").getContext("2d");
    measuringPen.font = `${size}px ${FONT_FAMILY}`;
    measuredWidths.set(key, measuringPen.measureText(text).width);
  }
  return measuredWidths.get(key);
}
