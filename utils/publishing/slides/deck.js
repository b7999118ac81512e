// How a deck behaves: reveal.js, and what it lacks for slides that one can type into.

const isPrinted = /[?&](print-pdf|view=print)/.test(location.search);
if (isPrinted) document.documentElement.dataset.theme = "light"; // as paper is

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

// Words are as large as fits: a slide with many of them has smaller ones. Code keeps its size.
const LEAST_WORDS = 0.8;
const STEP = 0.04;

function fitWords(slide) {
  const body = slide.querySelector(".body");
  if (body.style.fontSize || !body.clientHeight) return;
  const size = parseFloat(getComputedStyle(body).fontSize);
  const { bottom, height } = slide.getBoundingClientRect();
  const edge = parseFloat(getComputedStyle(slide).paddingBottom);
  const lowest = bottom - edge * (height / slide.offsetHeight); // the deck is scaled to its window
  const isTooHigh = () => body.scrollHeight > body.clientHeight + 1
    || [...body.children].some((part) => part.getBoundingClientRect().bottom > lowest);
  for (let share = 1; share >= LEAST_WORDS && isTooHigh(); share -= STEP) {
    body.style.fontSize = `${size * share}px`;
  }
}

Reveal.on("ready", ({ currentSlide }) => fitWords(currentSlide));
Reveal.on("slidechanged", ({ currentSlide }) => fitWords(currentSlide));
Reveal.on("pdf-ready", () => Reveal.getSlides().forEach(fitWords));

// An explorer is shown in large letters, and smaller where it is higher than its place. It draws
// itself anew for each width, a moment later.
const SMALLEST = 0.6;
const DRAWN = 3; // frames until a drawing has its new size

const frames = async (count) => {
  for (let i = 0; i < count; i += 1) await new Promise(requestAnimationFrame);
};

async function fit(place) {
  const root = place.querySelector("[data-explorer]");
  if (!root || !place.clientHeight || place.dataset.fitting) return;
  place.dataset.fitting = "true";
  for (let scale = 1; scale > SMALLEST && place.clientHeight; scale -= STEP) {
    root.style.width = `${Math.floor(place.clientWidth / scale)}px`;
    root.style.transform = `scale(${scale})`;
    await frames(DRAWN);
    if (root.offsetHeight * scale <= place.clientHeight) break;
  }
  delete place.dataset.fitting;
}

function enlarge(root) {
  const button = root.querySelector(".at-tools button[aria-pressed=false]");
  if (!button || root.dataset.enlarged) return; // whoever made it small again wants it so
  root.dataset.enlarged = "true";
  button.click();
}

function settle(place) {
  const root = place.querySelector("[data-explorer]");
  if (!place.clientHeight || !root) return;
  root.querySelector(".at-load:enabled")?.click(); // a room should not have to wait for a press
  if (!root.dataset.ready) return;
  enlarge(root);
  fit(place);
}

const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => settle(target)));
const readied = new MutationObserver((changes) => changes.forEach(({ target }) => {
  settle(target.closest(".explorer"));
}));
for (const place of document.querySelectorAll(".explorer")) {
  resized.observe(place);
  for (const root of place.querySelectorAll("[data-explorer]")) {
    readied.observe(root, { attributes: true, attributeFilter: ["data-ready"], childList: true });
  }
}
