// A slider whose parts all have names: for the keyboard, for screen readers, and for typing.

function readNumber(input, model) {
  const typed = input.valueAsNumber;
  if (Number.isNaN(typed)) return model.get("value"); // nothing was typed, or no number
  const number = Number.isInteger(model.get("step")) ? Math.round(typed) : typed;
  return Math.min(Math.max(number, model.get("min")), model.get("max"));
}

function makeInput(model, type, name, touched) {
  const input = document.createElement("input");
  input.type = type;
  input.setAttribute("aria-label", name);
  const update = () => {
    for (const end of ["min", "max", "step"]) input[end] = model.get(end);
    input.value = model.get("value");
  };
  update();
  model.on("change", update);
  input.addEventListener("input", touched);
  input.addEventListener(type === "range" ? "input" : "change", () => {
    model.set("value", readNumber(input, model));
    model.save_changes();
    update();
  });
  return input;
}

function makePlayer(model) {
  const button = document.createElement("button");
  button.type = "button";
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "▶ Play";
  };
  const advance = () => {
    if (model.get("value") >= model.get("max")) return stop();
    model.set("value", model.get("value") + model.get("step"));
    model.save_changes();
  };
  button.addEventListener("click", () => {
    if (timer) return stop();
    if (model.get("value") >= model.get("max")) {
      model.set("value", model.get("min"));
      model.save_changes();
    }
    timer = setInterval(advance, model.get("interval"));
    button.textContent = "⏸ Pause";
  });
  model.on("change:max", stop); // another sentence
  stop();
  return [button, stop];
}

function render({ model, el }) {
  const name = model.get("description");
  const label = document.createElement("span");
  label.textContent = name;
  el.classList.add("named-slider");
  el.addEventListener("keydown", keepPlainKeys);
  const [button, stop] = makePlayer(model);
  const number = makeInput(model, "number", `${name}, as a number`, stop);
  el.append(label, makeInput(model, "range", name, stop), number);
  if (model.get("interval")) el.append(button);
  return stop; // when the widget is taken away
}

export default { render };
