const SMALL = 0.5; // share of its own size below which the labels of a picture are hard to read

/** Give each picture that a narrow screen shrinks a button that shows it in full size, to scroll. */
export function startPictures() {
  for (const image of document.querySelectorAll(".picture img")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "enlarge";
    const box = image.closest(".picture");
    const show = (isLarge) => {
      box.classList.toggle("is-large", isLarge);
      image.style.width = isLarge ? `${image.getAttribute("width")}px` : "";
      button.textContent = isLarge ? "Fit the picture to the screen" : "Enlarge the picture";
    };
    button.addEventListener("click", () => {
      show(!box.classList.contains("is-large"));
    });
    show(false);
    box.insertAdjacentElement("afterend", button);
    new ResizeObserver(() => {
      const room = box.clientWidth;
      button.hidden = room >= image.getAttribute("width") * SMALL;
      if (button.hidden) show(false);
    }).observe(box);
  }
}
