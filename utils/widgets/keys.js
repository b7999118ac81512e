// For widgets with keys of their own; `scripts.py` puts this in front of their scripts.

// JupyterLab would take arrows and letters for commands of its own. It may have Escape and
// everything with Ctrl, Alt or Command.
function keepPlainKeys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape") return;
  event.stopPropagation();
}
