/** Open and close the series where it has no room beside the text. */
export function startMenu() {
  const button = document.querySelector(".menu-button");
  const series = document.getElementById("series");
  const beside = [document.getElementById("main"), document.querySelector("footer")];
  const wide = matchMedia("(min-width: 1000px)");
  const set = (isOpen) => {
    button.setAttribute("aria-expanded", String(isOpen));
    document.documentElement.classList.toggle("menu-open", isOpen);
    for (const each of beside) each.inert = isOpen;
  };
  button.addEventListener("click", () => {
    const opens = button.getAttribute("aria-expanded") !== "true";
    set(opens);
    if (opens) series.querySelector("a").focus();
  });
  addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || button.getAttribute("aria-expanded") !== "true") return;
    set(false);
    button.focus();
  });
  series.addEventListener("click", ({ target }) => {
    if (target.closest("a")) set(false);
  });
  wide.addEventListener("change", () => set(false));
  const current = series.querySelector("[aria-current]");
  if (current && wide.matches) series.scrollTop = current.offsetTop - series.clientHeight / 2;
}
