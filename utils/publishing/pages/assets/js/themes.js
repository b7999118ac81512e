const DARK = "screen and (prefers-color-scheme: dark)";

/** Show each figure as its light or its dark picture, or as the system prefers if no theme is set. */
export function choosePictures(theme) {
  const media = { light: "not all", dark: "screen" }[theme] ?? DARK;
  for (const source of document.querySelectorAll("picture > source")) source.media = media;
}

/** Let the button switch between light and dark, and remember it. */
export function startThemes() {
  const button = document.querySelector(".theme-button");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => {
    const { theme } = document.documentElement.dataset;
    return theme ? theme === "dark" : system.matches;
  };
  const show = () => {
    button.setAttribute("aria-pressed", String(isDark()));
    choosePictures(document.documentElement.dataset.theme);
  };
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    show();
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // It holds for this page alone.
    }
  });
  system.addEventListener("change", show);
  show();
}
