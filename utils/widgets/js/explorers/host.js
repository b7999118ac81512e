// What brings an explorer to life, in a notebook and in a page, in the same words.
//
// An explorer is one module that exports `mount<Name>(root, host)`. It fills `root`, sets
// data-ready="true" on it once it can be used, and returns a function that takes it away again,
// or a promise of one. What it may ask of its host:
//
//   get(name)                 an option's value, undefined if there is none
//   set(name, value)          tell what the reader did; cells can read it, a page keeps it
//   onChange(name, handler)   call `handler` when somebody else changes it; returns how to end that
//   isNotebook                whether cells can set and read the options
//   workerSource              a worker's script as text, if the explorer has one
//
// In a page `link` lives in the address, behind the explorer's name: "#playground?task=sort".

/**
 * Return what anywidget asks for.
 *
 * The cell's output is plain HTML, with a still picture inside an element that says which widget
 * it belongs to. Here that element comes to life, wherever it shows up. So a notebook that is
 * opened without its kernel has the picture, and never an error in its place.
 */
export function widgetOf(name, mount, workerSource) {
  return {
    initialize({ model }) {
      const host = widgetHost(model, workerSource);
      return watchFor(`[data-explorer="${name}"][data-widget="${model.get("_id")}"]`, (root) => {
        sayIfRunAgain(root);
        return bringToLife(root, mount, host);
      });
    },
    render({ model, el }) {
      // Only where outputs live in frames of their own, and a view is all that reaches them.
      const root = document.createElement("div");
      root.dataset.explorer = name;
      el.append(root);
      return bringToLife(root, mount, widgetHost(model, workerSource));
    },
  };
}

/** Mount the explorers of a page: each element whose data-explorer is this name. */
export function mountInPage(name, mount, workerSource) {
  for (const root of document.querySelectorAll(`[data-explorer="${name}"]:not([data-ready])`)) {
    bringToLife(root, mount, pageHost(root, workerSource));
  }
}

/** Mount an explorer; returns a function that ends it. If it fails, its still picture stays. */
function bringToLife(root, mount, host) {
  root.addEventListener("keydown", keepKeys);
  const mounted = (async () => mount(root, host))();
  mounted.catch((error) => {
    const says = document.createElement("p");
    says.setAttribute("role", "alert");
    says.append(`This explorer cannot start: ${error.message}`);
    root.append(says);
  });
  return () => mounted.then((end) => end?.(), () => {});
}

/** Call `found` for each element that a selector finds, now and later; returns how to end all. */
function watchFor(selector, found) {
  const ends = new Map();
  let isDue = false;
  const look = () => {
    isDue = false;
    for (const element of document.querySelectorAll(selector)) {
      if (!ends.has(element)) ends.set(element, found(element));
    }
  };
  const observer = new MutationObserver(() => {
    if (!isDue) requestAnimationFrame(look);
    isDue = true;
  });
  observer.observe(document.body, { childList: true, subtree: true });
  look();
  return () => {
    observer.disconnect();
    for (const end of ends.values()) end();
  };
}

/** A cell that runs again starts over, and says so: what the reader did is gone. */
function sayIfRunAgain(root) {
  const cell = root.closest(".jp-Cell");
  if (cell?.dataset.explorerRan && cell.dataset.explorerRan !== root.dataset.widget) {
    root.dataset.startsOver = "true";
  }
  if (cell) cell.dataset.explorerRan = root.dataset.widget;
}

function widgetHost(model, workerSource) {
  return {
    isNotebook: true,
    workerSource,
    get: (name) => model.get(name),
    set(name, value) {
      try {
        model.set(name, value);
        model.save_changes();
      } catch {
        // The kernel is gone. Cells cannot read this anymore; here, everything goes on.
      }
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

// JupyterLab would take arrows and letters for commands of its own, and so would slides. They may
// have Escape and everything with Ctrl, Alt or Command.
function keepKeys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape") return;
  event.stopPropagation();
}
