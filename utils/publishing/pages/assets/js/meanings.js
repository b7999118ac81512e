import { loadScript } from "./load.js";

const LINGER = 250; // milliseconds in which the pointer may move onto what is shown
const GAP = 10; // pixels
const ROWS = ["meaning", "shape", "in code"];

/** Show what a symbol or a term means where the reader points at it, taps it or gets to it by Tab. */
export function startMeanings() {
  const box = document.getElementById("meaning");
  let shown = null;
  let leaving = 0;
  const hide = () => {
    box.hidden = true;
    shown?.classList.remove("is-explained");
    shown?.removeAttribute("aria-describedby");
    shown = null;
  };
  const show = async (word) => {
    clearTimeout(leaving);
    if (word === shown) return;
    hide();
    shown = word;
    await loadScript("assets/meanings.js");
    if (shown !== word) return;
    box.innerHTML = explain(word.dataset);
    box.hidden = false;
    word.classList.add("is-explained");
    word.setAttribute("aria-describedby", box.id);
    place(box, word);
  };
  const leave = () => {
    clearTimeout(leaving);
    leaving = setTimeout(hide, LINGER);
  };
  const wordAt = ({ target }) => target.closest?.("[data-symbol], [data-term]");
  document.addEventListener("pointerover", (event) => {
    const word = wordAt(event);
    if (word && event.pointerType === "mouse") show(word);
    else if (box.contains(event.target)) clearTimeout(leaving);
    else if (shown && shown !== document.activeElement) leave();
  });
  document.addEventListener("click", (event) => {
    const word = wordAt(event);
    if (word) show(word);
    else if (!box.contains(event.target)) hide();
  });
  document.addEventListener("focusin", (event) => {
    const word = wordAt(event);
    if (word) show(word);
    else if (!box.contains(event.target)) hide();
  });
  addEventListener("keydown", ({ key }) => {
    if (key === "Enter" && shown === document.activeElement) box.querySelector("a")?.focus();
    if (key !== "Escape") return;
    if (box.contains(document.activeElement)) shown?.focus();
    hide();
  });
  addEventListener("scroll", () => {
    if (shown && !box.hidden) place(box, shown);
  }, { passive: true });
}

function explain({ symbol, term }) {
  return symbol ? explainSymbol(siteMeanings.symbol[symbol]) : explainTerm(siteMeanings.term[term]);
}

function explainTerm([name, meaning, number, place]) {
  return `<p><b>${name}</b>: ${meaning}.</p><p><a href="${place}">More in ${number}</a></p>`;
}

function explainSymbol([sign, ...cells]) {
  const rows = cells.map((cell, i) => [ROWS[i], cell]).slice(1).filter(([, cell]) => cell);
  const list = rows.map(([name, cell]) => `<dt>${name}</dt><dd>${cell}</dd>`).join("");
  return `<p><span class="sign">${sign}</span> &ensp;${cells[0]}</p><dl>${list}</dl>`;
}

/** Put the box above what it explains, or below where there is no room, inside the text's column. */
function place(box, word) {
  const { left, top, bottom, width } = word.getBoundingClientRect();
  const column = word.closest("article, main").getBoundingClientRect();
  const bar = document.querySelector(".topbar").getBoundingClientRect().bottom;
  const { offsetWidth, offsetHeight } = box;
  const isAbove = top - GAP - offsetHeight > bar;
  const right = Math.min(column.right, innerWidth - GAP) - offsetWidth;
  const x = Math.max(Math.min(left + width / 2 - offsetWidth / 2, right), column.left, GAP);
  box.style.left = `${Math.min(x, innerWidth - offsetWidth - GAP)}px`;
  box.style.top = `${isAbove ? top - GAP - offsetHeight : bottom + GAP}px`;
}
