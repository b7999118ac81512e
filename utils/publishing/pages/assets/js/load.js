const loads = new Map();

/** Load a script once, from a folder beside the page; a page opened as a file may not fetch. */
export function loadScript(address) {
  if (!loads.has(address)) {
    loads.set(address, new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = () => fail(new Error(`${address} is missing.`));
      document.head.append(script);
    }));
  }
  return loads.get(address);
}
