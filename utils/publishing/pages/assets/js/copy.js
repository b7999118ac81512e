const SHOWN = 1500; // milliseconds

/** Put a button on each block of code that copies it. */
export function startCopying() {
  for (const pre of document.querySelectorAll(".highlight > pre, .html-output pre")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      button.textContent = await copy(pre.textContent) ? "Copied" : "Not allowed";
      setTimeout(() => { button.textContent = "Copy"; }, SHOWN);
    });
    const box = pre.parentElement;
    if (box.classList.contains("highlight")) box.append(button);
    else pre.insertAdjacentElement("afterend", button);
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text);
  }
}

function copyOldWay(text) {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  return isDone;
}
