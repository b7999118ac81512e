import { loadScript } from "./load.js";

const MOST = 20; // places shown
const AROUND = 70; // characters of text on each side of what was found
const FIELDS = ["place", "page", "heading", "text"];

/** Let the reader search all pages: by the button, or by pressing "/". */
export function startSearch() {
  const dialog = document.querySelector("dialog.search");
  new Search(dialog);
}

class Search {
  constructor(dialog) {
    this.dialog = dialog;
    this.input = dialog.querySelector("input");
    this.list = dialog.querySelector("#found");
    this.state = dialog.querySelector(".search-state");
    this.chosen = -1;
    document.querySelector(".search-button").addEventListener("click", () => this.open());
    addEventListener("keydown", (event) => this.openByKey(event));
    this.input.addEventListener("input", () => this.look());
    this.input.addEventListener("keydown", (event) => this.move(event));
    this.list.addEventListener("click", ({ target }) => {
      if (target.closest("a")) dialog.close();
    });
    dialog.addEventListener("click", ({ target }) => {
      if (target === dialog) dialog.close(); // beside it
    });
  }

  openByKey(event) {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    const isSlash = event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey;
    const isK = event.key === "k" && (event.ctrlKey || event.metaKey);
    if (!isSlash && !isK) return;
    event.preventDefault();
    this.open();
  }

  async open() {
    if (!this.dialog.open) this.dialog.showModal();
    this.input.focus();
    this.input.select();
    if (this.index) return;
    this.state.textContent = "Loading …";
    try {
      await loadScript("assets/search.js");
      this.index = buildIndex();
    } catch (error) {
      this.state.textContent = `The search cannot start: ${error.message}`;
      return;
    }
    this.look();
  }

  look() {
    if (!this.index) return;
    const words = this.input.value.trim();
    const found = words ? onePerPlace(this.index.search(words)).slice(0, MOST) : [];
    this.list.replaceChildren(...found.map(optionOf));
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.state.textContent = say(words, found.length);
    this.choose(found.length ? 0 : -1);
  }

  choose(place) {
    const options = this.list.children;
    options[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = place;
    const option = options[place];
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  move(event) {
    const count = this.list.children.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && count) this.choose((this.chosen + step + count) % count);
    else if (event.key === "Enter") this.list.children[this.chosen]?.click();
    else return;
    event.preventDefault();
  }
}

function buildIndex() {
  const index = new MiniSearch({
    idField: "id",
    fields: ["page", "heading", "text"],
    storeFields: FIELDS,
    processTerm: stemOf,
    searchOptions: {
      boost: { heading: 4, page: 2 },
      combineWith: "AND",
      prefix: (word) => word.length > 1,
      fuzzy: (word) => (word.length > 4 ? 0.2 : false),
      boostDocument: (id, word, { page, heading }) => (
        page === "Question" ? 1.3 : heading === "References" ? 0.3 : 1
      ),
    },
  });
  index.addAll(siteSections.map((row, id) => (
    { id, ...Object.fromEntries(FIELDS.map((field, i) => [field, row[i]])) }
  )));
  return index;
}

/** Leave out a question whose answer, a section, was found too, or the other way round. */
function onePerPlace(found) {
  const seen = new Set();
  return found.filter(({ place, heading }) => {
    const keys = [place, `${place.split("#")[0]} ${heading}`];
    const isNew = keys.every((key) => !seen.has(key));
    keys.forEach((key) => seen.add(key));
    return isNew;
  });
}

/** Return a word without its ending, so that "vanishing" finds "vanish". */
function stemOf(word) {
  const small = word.toLowerCase();
  return small.length > 5 ? small.replace(/(?:ing|ed|es|s)$/, "") : small;
}

function say(words, count) {
  if (!words) return "Arrow keys choose, Enter opens, Escape closes.";
  if (count === 0) return "Nothing was found. Try fewer or other words.";
  if (count === 1) return "One place";
  return count < MOST ? `${count} places` : `The best ${count} places`;
}

function optionOf({ id, place, page, heading, text, terms }) {
  const option = document.createElement("a");
  option.id = `found-${id}`;
  option.href = place;
  option.tabIndex = -1;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  const from = document.createElement("small");
  from.textContent = page === heading ? "" : page;
  const title = document.createElement("b");
  title.textContent = heading;
  const piece = document.createElement("span");
  piece.append(...pieceOf(text, terms));
  option.append(from, title, piece);
  return option;
}

/** Return the text around the first word that was found, with all found words marked. */
function pieceOf(text, terms) {
  const escaped = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`((?<![\\p{L}\\p{N}])(?:${escaped.join("|")})[\\p{L}\\p{N}]*)`, "giu"); // whole words
  const place = Math.max(text.search(pattern), 0);
  const start = place > AROUND ? text.indexOf(" ", place - AROUND) + 1 : 0;
  const wide = text.slice(start, place + AROUND * 2);
  const isWhole = start + wide.length >= text.length || /\s$/.test(wide);
  const cut = isWhole ? wide : wide.slice(0, wide.lastIndexOf(" "));
  const end = start + cut.length < text.length ? " …" : "";
  const parts = cut.split(pattern).map((part, i) => {
    if (i % 2 === 0) return part;
    const mark = document.createElement("mark");
    mark.textContent = part;
    return mark;
  });
  return [start > 0 ? "… " : "", ...parts, end];
}
