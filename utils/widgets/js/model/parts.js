// The weights of a network, by the names that PyTorch gives them.

/**
 * Return the weights of one part of a network, by their names inside it.
 * @param {Object<string, Float32Array>} weights
 * @param {string} prefix such as "decoder.cell."
 * @returns {Object<string, Float32Array>}
 */
export function partOf(weights, prefix) {
  const names = Object.keys(weights).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(names.map((name) => [name.slice(prefix.length), weights[name]]));
}
