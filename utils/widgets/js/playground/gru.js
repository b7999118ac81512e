// A GRU cell for several rows at once, and its way back, as torch.nn.GRUCell computes it:
//
//   r  = σ(W_ir x + b_ir + W_hr h + b_hr)           how much of the old state to read
//   z  = σ(W_iz x + b_iz + W_hz h + b_hz)           how much of it to keep
//   n  = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))  the new proposal
//   h' = (1 − z) ⊙ n + z ⊙ h

import { portableSigmoid, portableTanh } from "./arithmetic.js";
import { linearBackward, linearForward } from "./layers.js";

/**
 * Return what a GRU remembers of one pass: `slots` + 1 states (B, H), and gates for the way back.
 *
 * Times are slots: reading letter j to the right uses states j -> j + 1, to the left j + 1 -> j.
 */
export function createTape(slots, rows, size) {
  return {
    rows,
    states: new Float64Array((slots + 1) * rows * size),
    gates: new Float64Array(slots * rows * 4 * size), // r, z, n and W_hn h + b_hn
    fromInput: new Float64Array(rows * 3 * size),
    fromState: new Float64Array(rows * 3 * size),
    toState: new Float64Array(rows * size),
  };
}

/** Read input `at`, of which the first `rows` rows count: state slot `from` -> slot `to`. */
export function gruForward(cell, tape, input, inputAt, at, from, to, rows) {
  const { states, gates, fromInput, fromState } = tape;
  const size = cell.fromState.inSize;
  const before = from * tape.rows * size;
  const after = to * tape.rows * size;
  linearForward(cell.fromInput, input, inputAt, fromInput, 0, rows);
  linearForward(cell.fromState, states, before, fromState, 0, rows);
  for (let row = 0; row < rows; row++) {
    const gate = (at * tape.rows + row) * 4 * size;
    for (let i = 0; i < size; i++) {
      const k = row * 3 * size + i;
      const r = portableSigmoid(fromInput[k] + fromState[k]);
      const z = portableSigmoid(fromInput[k + size] + fromState[k + size]);
      const recalled = fromState[k + 2 * size];
      const n = portableTanh(fromInput[k + 2 * size] + r * recalled);
      const g = gate + i;
      gates[g] = r;
      gates[g + size] = z;
      gates[g + 2 * size] = n;
      gates[g + 3 * size] = recalled;
      states[after + row * size + i] = (1 - z) * n + z * states[before + row * size + i];
    }
  }
}

/**
 * The way back of `gruForward`: `dState` (rows, H) holds dh' and leaves with dh.
 *
 * Adds to the gradients of the cell and of the input.
 */
export function gruBackward(cell, tape, input, inputAt, dInput, dInputAt, at, from, dState, rows) {
  const { states, gates, fromInput, fromState, toState } = tape;
  const size = cell.fromState.inSize;
  const before = from * tape.rows * size;
  for (let row = 0; row < rows; row++) {
    const gate = (at * tape.rows + row) * 4 * size;
    for (let i = 0; i < size; i++) {
      const g = gate + i;
      const r = gates[g];
      const z = gates[g + size];
      const n = gates[g + 2 * size];
      const h = row * size + i;
      const dAfter = dState[h];
      const dN = dAfter * (1 - z) * (1 - n * n); // before the tanh
      const dR = dN * gates[g + 3 * size] * r * (1 - r); // before the σ, as dZ
      const dZ = dAfter * (states[before + h] - n) * z * (1 - z);
      const k = row * 3 * size + i;
      fromInput[k] = fromState[k] = dR;
      fromInput[k + size] = fromState[k + size] = dZ;
      fromInput[k + 2 * size] = dN;
      fromState[k + 2 * size] = dN * r;
      toState[h] = dAfter * z;
    }
  }
  linearBackward(cell.fromInput, input, inputAt, fromInput, 0, dInput, dInputAt, rows);
  linearBackward(cell.fromState, states, before, fromState, 0, toState, 0, rows);
  for (let h = 0; h < rows * size; h++) dState[h] = toState[h];
}
