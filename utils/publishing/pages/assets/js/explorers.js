import { loadScript } from "./load.js";

const NEAR = "1200px"; // above and below the window
const LATER = 3000; // milliseconds

/**
 * Bring the explorers to life: near ones at once, the others when the reader comes near them, or
 * when the page has been open for a while. The front page waits until somebody is there.
 */
export function startExplorers() {
  const roots = [...document.querySelectorAll("[data-explorer]")];
  const wake = async ({ dataset }) => {
    await loadScript("explorers/shared.js");
    await loadScript(`explorers/${dataset.explorer}.js`);
  };
  const wakeAll = () => roots.forEach(wake);
  const isFront = document.body.classList.contains("front");
  if (isFront && !location.hash.includes("?")) {
    for (const sign of ["pointermove", "pointerdown", "keydown", "scroll"]) {
      addEventListener(sign, wakeAll, { once: true, passive: true });
    }
  } else {
    const observer = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) wake(target);
    }, { rootMargin: `${NEAR} 0px` });
    for (const root of roots) observer.observe(root);
  }
  addEventListener("beforeprint", wakeAll);
  addEventListener("load", () => setTimeout(wakeAll, LATER));
}
