// Icons as lines in a box of 24 by 24, in the color of the text beside them.

const LINES = {
  play: "M8 5l11 7l-11 7z",
  pause: "M8 5v14M16 5v14",
  next: "M6 5l8 7l-8 7zM18 5v14",
  back: "M18 5l-8 7l8 7zM6 5v14",
  reset: "M4 4v6h6M5 10a8 8 0 1 1-1 5",
  large: "M3 18l5-13l5 13M5 13h6M15 18l3-8l3 8M16 15h4",
  right: "M4 13l5 5l11-12",
  wrong: "M6 6l12 12M18 6l-12 12",
  copy: "M9 9h11v11h-11zM5 15h-1v-11h11v1",
  only: "M12 3v12M7 10l5 5l5-5M5 20h14",
  even: "M5 9h14M5 15h14",
  swap: "M4 8h15l-4-4M20 16h-15l4 4",
  open: "M5 9l7 7l7-7",
  close: "M5 15l7-7l7 7",
};

/** Return an icon as an element that screen readers skip: the words beside it say the same. */
export function makeIcon(name) {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const about = { viewBox: "0 0 24 24", class: "at-icon", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(about)) icon.setAttribute(key, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", LINES[name]);
  icon.append(path);
  return icon;
}
