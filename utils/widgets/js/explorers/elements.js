// Elements of a page. Text becomes text, whatever it holds: nothing of it is read as HTML.

/** Make an element; `children` are elements or text. */
export function makeElement(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Make a radio button or a check box, with a note in small letters; `choose` gets true or false. */
export function makeChoice(type, group, value, text, note, choose) {
  const input = makeElement("input", { type, name: `${group}-${type}`, value });
  input.addEventListener("change", () => choose(input.checked));
  const more = note ? [makeElement("small", {}, note)] : [];
  return makeElement("label", { class: "at-choice" }, input, makeElement("span", {}, text), ...more);
}
