import { choosePictures } from "./themes.js";

const IDLE = 3000; // milliseconds after which a page that is being read also has its last pictures

/**
 * On paper nothing can be unfolded, and paper is white. Boxes are open there; code and answers stay
 * out of it. Pictures that waited for the reader come before the page is printed.
 */
export function startPrinting() {
  let opened = [];
  let theme = null;
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(".text-cell details:not([open], .answer), .questions details:not([open])")];
    for (const each of opened) each.open = true;
    theme = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";
    choosePictures("light");
    loadPictures();
  });
  addEventListener("afterprint", () => {
    for (const each of opened) each.open = false;
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    choosePictures(theme);
  });
  addEventListener("load", () => setTimeout(keepPictures, IDLE));
}

let kept = []; // the browser forgets pictures that nobody holds

/** Have all pictures ready, the light ones too, for a browser that prints does not wait for them. */
function keepPictures() {
  if (navigator.connection?.saveData || !matchMedia("(hover: hover)").matches) return; // a phone
  loadPictures();
  kept = [...document.querySelectorAll("picture > img")].map(({ src }) => {
    const image = new Image();
    image.src = src;
    return image;
  });
}

function loadPictures() {
  for (const image of document.querySelectorAll("img[loading=lazy]")) image.loading = "eager";
}
