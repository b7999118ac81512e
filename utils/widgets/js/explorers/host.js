// What brings an explorer to life, in a notebook and in a page, in the same words.
//
// An explorer is one module that exports `mount<Name>(root, host)`. It fills `root`, sets
// data-ready="true" on it once it can be used, and returns a function that takes it away again.
// What it may ask of its host:
//
//   get(name)                 an option's value, undefined if there is none
//   set(name, value)          tell what the reader did; cells can read it, a page keeps it
//   onChange(name, handler)   call `handler` when somebody else changes it; returns how to end that
//   isNotebook                whether cells can set and read the options
//   workerSource              a worker's script as text, if the explorer has one
//
// In a page `link` lives in the address, behind the explorer's name: "#playground?task=sort".

/** Return what anywidget asks for: an object whose `render` shows the explorer in a cell. */
export function widgetOf(name, mount, workerSource) {
  return {
    render({ model, el }) {
      const root = document.createElement("div");
      root.dataset.explorer = name;
      root.addEventListener("keydown", keepKeysFromNotebook);
      el.append(root);
      return mount(root, widgetHost(model, workerSource));
    },
  };
}

/** Mount the explorers of a page: each element whose data-explorer is this name. */
export function mountInPage(name, mount, workerSource) {
  for (const root of document.querySelectorAll(`[data-explorer="${name}"]:not([data-ready])`)) {
    try {
      mount(root, pageHost(root, workerSource));
    } catch (error) {
      root.append(`This explorer cannot start: ${error.message}`); // its still picture stays
    }
  }
}

function widgetHost(model, workerSource) {
  return {
    isNotebook: true,
    workerSource,
    get: (name) => model.get(name),
    set(name, value) {
      model.set(name, value);
      model.save_changes();
    },
    onChange(name, handler) {
      model.on(`change:${name}`, handler);
      return () => model.off(`change:${name}`, handler);
    },
  };
}

function pageHost(root, workerSource) {
  const values = new Map(Object.entries(JSON.parse(root.dataset.options || "{}")));
  const start = `#${root.dataset.explorer}?`;
  const readHash = () => {
    if (location.hash.startsWith(start)) values.set("link", location.hash.slice(start.length));
  };
  readHash();
  return {
    isNotebook: false,
    workerSource,
    get: (name) => values.get(name),
    set(name, value) {
      values.set(name, value);
      if (name === "link") history.replaceState(null, "", start + value);
    },
    onChange(name, handler) {
      if (name !== "link") return () => {}; // nobody else is there to change it
      const listen = () => {
        readHash();
        handler();
      };
      addEventListener("hashchange", listen);
      return () => removeEventListener("hashchange", listen);
    },
  };
}

// JupyterLab would take arrows and letters for commands of its own. It may have Escape and
// everything with Ctrl, Alt or Command.
function keepKeysFromNotebook(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape") return;
  event.stopPropagation();
}
