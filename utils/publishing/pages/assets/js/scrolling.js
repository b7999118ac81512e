const WIDE = "pre, .table, .equation, .picture";

/** Let the keyboard scroll what is wider than the page, and fade it where it goes on. */
export function startScrolling() {
  const boxes = document.querySelectorAll(WIDE);
  const look = (box) => {
    const isWide = box.scrollWidth > box.clientWidth;
    if (isWide) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
    fade(box);
  };
  const fade = (box) => {
    const hidden = box.scrollWidth - box.clientWidth - Math.ceil(box.scrollLeft);
    box.classList.toggle("is-cut", hidden > 1);
  };
  const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => look(target)));
  for (const box of boxes) {
    observer.observe(box);
    box.addEventListener("scroll", () => fade(box), { passive: true });
  }
}
