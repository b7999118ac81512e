// How a deck behaves: reveal.js, and what it lacks for slides that one can type into.

const isPrinted = /[?&](print-pdf|view=print)/.test(location.search);

Reveal.initialize({
  ...SIZE,
  margin: isPrinted ? 0.06 : 0, // paper has an edge
  center: false,
  controls: false,
  display: "flex",
  hash: true,
  pdfMaxPagesPerSlide: 1,
  pdfSeparateFragments: false,
  plugins: [RevealNotes],
  slideNumber: "c/t",
  transition: "none",
});

// Escape leaves an explorer; elsewhere it shows all slides.
addEventListener("keydown", (event) => {
  const explorer = document.activeElement?.closest("[data-explorer]");
  if (event.key !== "Escape" || !explorer) return;
  document.activeElement.blur();
  event.stopPropagation();
}, true);

Reveal.addKeyBinding({ keyCode: 84, key: "T", description: "Light or dark" }, () => {
  const root = document.documentElement;
  const isDark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
});

// An explorer takes the largest width at which it is no higher than its place.
const NARROWER = 20; // pixels at a time

function fit(place) {
  const root = place.querySelector("[data-explorer]");
  if (!root || !place.clientHeight) return;
  for (let width = place.clientWidth; width > 600; width -= NARROWER) {
    root.style.width = `${width}px`;
    if (root.scrollHeight <= place.clientHeight) break;
  }
}

const places = [...document.querySelectorAll(".explorer")];
const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => fit(target)));
places.forEach((place) => observer.observe(place));
