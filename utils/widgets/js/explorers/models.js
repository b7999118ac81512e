// The translators of an explorer: from a cell, or in a page from scripts of their own.

import { Translator, registeredModels } from "../model/translator.js";
import { makeElement } from "./elements.js";

const LARGE = 2.5e6; // bytes, of the four small ones: a page asks before it loads more
const loaded = new WeakMap(); // explorers of one page share translators

/**
 * Return the translators that the option `models` names: {dot: Translator, …}.
 *
 * In a notebook `models` holds the packed models themselves. In a page it says for each where it
 * is: {id, file, size}; a large one is loaded when the reader asks for it.
 */
export async function loadTranslators(root, host) {
  const entries = Object.entries(host.get("models") || {});
  if (entries.length === 0) throw new Error("it was given no model.");
  if (entries.some(([, packed]) => packed === null)) {
    throw new Error("its model was trained in the notebook: run that to use it.");
  }
  const missing = entries.map(([, packed]) => packed).filter(needsFile);
  const size = missing.reduce((sum, each) => sum + each.size, 0);
  if (size > LARGE) await askToLoad(root, size);
  await Promise.all(missing.map(({ file }) => loadScript(file)));
  return Object.fromEntries(entries.map(([name, packed]) => [name, translatorOf(packed)]));
}

function needsFile({ id }) {
  return id !== undefined && !Object.hasOwn(registeredModels(), id);
}

function translatorOf(packed) {
  const content = packed.id === undefined ? packed : registeredModels()[packed.id];
  if (!loaded.has(content)) loaded.set(content, new Translator(content));
  return loaded.get(content);
}

/** Wait until the reader presses a button, below the still picture. */
function askToLoad(root, size) {
  const text = `Load the model (${Math.round(size / 1e6)} MB) and bring this picture to life`;
  const button = makeElement("button", { type: "button", class: "at-load" }, text);
  const still = root.querySelector("noscript"); // until then, its picture is all there is
  if (still) still.outerHTML = still.textContent;
  root.append(button);
  return new Promise((resolve) => {
    button.addEventListener("click", () => {
      button.disabled = true;
      button.textContent = "Loading …";
      resolve();
    }, { once: true });
  });
}

/** Run a script file; a page that was opened as a file can do that, but cannot fetch. */
function loadScript(file) {
  return new Promise((resolve, reject) => {
    const script = makeElement("script", { src: file });
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`${file} is missing.`)));
    document.head.append(script);
  });
}
