// Runs before the page is drawn, so that nobody sees the other colors first.

const root = document.documentElement;
root.classList.add("js");
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
} catch {
  // Storage may be closed to pages opened as files: the system's colors stay.
}
