const LINE = 140; // pixels from the top: what has passed it is being read

/** Mark in the contents of the page the section that is being read. */
export function startContents() {
  const contents = document.querySelector(".contents");
  if (!contents) return;
  const button = contents.querySelector("button");
  const links = [...contents.querySelectorAll("a")];
  const headings = links.map((link) => document.getElementById(link.hash.slice(1))
    ?? document.getElementById(decodeURIComponent(link.hash.slice(1))));
  let current = null;
  let isDue = false;
  const mark = () => {
    isDue = false;
    const passed = headings.findLastIndex((each) => each?.getBoundingClientRect().top < LINE);
    const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 4;
    const link = links[isAtEnd ? links.length - 1 : passed] ?? null;
    if (link === current) return;
    current?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "location");
    current = link;
    if (link && contents.scrollHeight > contents.clientHeight) {
      contents.scrollTop = link.offsetTop - contents.clientHeight / 2;
    }
  };
  addEventListener("scroll", () => {
    if (!isDue) requestAnimationFrame(mark);
    isDue = true;
  }, { passive: true });
  button.addEventListener("click", () => {
    const opens = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(opens));
  });
  mark();
}
