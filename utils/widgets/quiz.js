// Questions as groups of radio buttons: the browser's own, so keyboard and screen reader work.

function makeOption(option, group, isChosen, choose) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "radio";
  input.name = group;
  input.checked = isChosen;
  input.addEventListener("change", choose);
  label.append(input, " ", option.text);
  return label;
}

function makeQuestion(question, number, model) {
  const group = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = `${number + 1}. ${question.text}`;
  const verdict = document.createElement("p");
  verdict.setAttribute("role", "status");
  group.append(legend);
  const name = `question-${number}-${crypto.randomUUID?.() ?? Math.random()}`;
  const say = (option) => {
    verdict.textContent = (option.right ? "✓ Right. " : "✗ Not this one. ") + option.why;
  };
  question.options.forEach((option, index) => {
    const choose = () => {
      say(option);
      const chosen = [...model.get("chosen")];
      chosen[number] = index;
      model.set("chosen", chosen);
      model.save_changes();
    };
    const isChosen = model.get("chosen")[number] === index; // in an earlier view
    if (isChosen) say(option);
    group.append(makeOption(option, name, isChosen, choose));
  });
  group.append(verdict);
  return group;
}

function render({ model, el }) {
  el.classList.add("quick-questions");
  el.addEventListener("keydown", keepPlainKeys);
  el.append(...model.get("questions").map((question, i) => makeQuestion(question, i, model)));
}

export default { render };
