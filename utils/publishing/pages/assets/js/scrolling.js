const WIDE = "pre, .table, .equation, .picture";

/** Let the keyboard scroll what is wider than the page. */
export function startScrolling() {
  const boxes = document.querySelectorAll(WIDE);
  const look = (box) => {
    const isWide = box.scrollWidth > box.clientWidth;
    if (isWide) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => look(target)));
  for (const box of boxes) observer.observe(box);
}
