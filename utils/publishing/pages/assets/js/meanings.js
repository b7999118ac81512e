import { loadScript } from "./load.js";

const LINGER = 250; // milliseconds in which the pointer may move onto what is shown
const GAP = 10; // pixels
const ROWS = ["meaning", "shape", "in code"];

/** Show what a symbol means where the reader points at it, taps it or gets to it by Tab. */
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
  const show = async (symbol) => {
    clearTimeout(leaving);
    if (symbol === shown) return;
    hide();
    shown = symbol;
    await loadScript("assets/symbols.js");
    if (shown !== symbol) return;
    box.innerHTML = explain(siteSymbols[symbol.dataset.symbol]);
    box.hidden = false;
    symbol.classList.add("is-explained");
    symbol.setAttribute("aria-describedby", box.id);
    place(box, symbol.getBoundingClientRect());
  };
  const leave = () => {
    clearTimeout(leaving);
    leaving = setTimeout(hide, LINGER);
  };
  const symbolAt = ({ target }) => target.closest?.("[data-symbol]");
  document.addEventListener("pointerover", (event) => {
    const symbol = symbolAt(event);
    if (symbol && event.pointerType === "mouse") show(symbol);
    else if (box.contains(event.target)) clearTimeout(leaving);
    else if (shown && shown !== document.activeElement) leave();
  });
  document.addEventListener("click", (event) => {
    const symbol = symbolAt(event);
    if (symbol) show(symbol);
    else if (!box.contains(event.target)) hide();
  });
  document.addEventListener("focusin", (event) => {
    const symbol = symbolAt(event);
    if (symbol) show(symbol);
    else hide();
  });
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape") hide();
  });
  addEventListener("scroll", () => {
    if (shown && !box.hidden) place(box, shown.getBoundingClientRect());
  }, { passive: true });
}

function explain([sign, ...cells]) {
  const rows = cells.map((cell, i) => [ROWS[i], cell]).slice(1).filter(([, cell]) => cell);
  const list = rows.map(([name, cell]) => `<dt>${name}</dt><dd>${cell}</dd>`).join("");
  return `<p><span class="sign">${sign}</span> &ensp;${cells[0]}</p><dl>${list}</dl>`;
}

/** Put the box below what it explains, or above where there is no room. */
function place(box, { left, top, bottom, width }) {
  const { offsetWidth, offsetHeight } = box;
  const below = bottom + GAP;
  const isAbove = below + offsetHeight > innerHeight && top - GAP - offsetHeight > 0;
  const x = Math.min(Math.max(left + width / 2 - offsetWidth / 2, GAP), innerWidth - offsetWidth - GAP);
  box.style.left = `${x}px`;
  box.style.top = `${isAbove ? top - GAP - offsetHeight : below}px`;
}
