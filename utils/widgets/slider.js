// A slider whose parts all have names: for the keyboard, for screen readers, and for typing.

function labeled(input, name) {
  input.setAttribute("aria-label", name);
  return input;
}

function makeInput(model, type) {
  const input = document.createElement("input");
  input.type = type;
  const update = () => {
    for (const name of ["min", "max", "step"]) input[name] = model.get(name);
    input.value = model.get("value");
  };
  update();
  model.on("change", update);
  input.addEventListener(type === "range" ? "input" : "change", () => {
    const number = Math.min(Math.max(Number(input.value), model.get("min")), model.get("max"));
    model.set("value", number);
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
  stop();
  return [button, stop];
}

function render({ model, el }) {
  const name = model.get("description");
  const label = document.createElement("span");
  label.textContent = name;
  const range = labeled(makeInput(model, "range"), name);
  const number = labeled(makeInput(model, "number"), `${name}, as a number`);
  el.classList.add("named-slider");
  // JupyterLab would take the arrow keys for itself.
  el.addEventListener("keydown", (event) => event.stopPropagation());
  el.append(label, range, number);
  if (!model.get("interval")) return;
  const [button, stop] = makePlayer(model);
  el.append(button);
  return stop; // when the widget is taken away
}

export default { render };
