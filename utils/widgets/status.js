// One element for as long as the explorer lives: screen readers watch it for new text.

function render({ model, el }) {
  const finding = document.createElement("p");
  finding.setAttribute("role", "status");
  finding.classList.add("finding");
  const update = () => {
    finding.textContent = model.get("value");
  };
  update();
  model.on("change:value", update);
  el.append(finding);
}

export default { render };
