// The encoder, equation (1): a GRU in each direction, and the letter itself.
//
// Each function has its way back below it. Sizes and arrays are explained in network.js.

import { addScaled, copyNumbers, portableTanh } from "./arithmetic.js";
import { gruBackward, gruForward } from "./gru.js";
import { embedLetters, embedLettersBackward } from "./layers.js";
import { linearBackward, linearForward, throughTanh } from "./layers.js";
import { gruLayersOf } from "./network.js";

const ROOT_HALF = Math.sqrt(0.5); // keeps a sum of two terms as large as one

/** Equation (1): h_j = √½ ([→h_j; ←h_j] + U x_j) for the letters of each word, and s_0. */
export function encodeWords(network, space, batch) {
  const { E } = network.sizes;
  const { rows, longest, active, source } = batch;
  const { embedded, right, left } = space;
  for (let j = 0; j < longest; j++) {
    const layer = network.layers["encoder.embedding"];
    embedLetters(layer, source, j * rows, embedded, j * rows * E, E, active[j + 1]);
  }
  const rightCell = gruLayersOf(network, "encoder.right");
  for (let j = 0; j < longest; j++) {
    gruForward(rightCell, right, embedded, j * rows * E, j, j, j + 1, active[j + 1]);
  }
  const leftCell = gruLayersOf(network, "encoder.left");
  left.states.fill(0); // a word that ends at j starts there, with the state 0 from slot j + 1
  for (let j = longest - 1; j >= 0; j--) {
    gruForward(leftCell, left, embedded, j * rows * E, j, j + 1, j, active[j + 1]);
  }
  joinDirections(network, space, batch);
  summarizeWords(network, space, batch);
  network.attention.project(network, space, batch);
}

/** Both directions, each from its last letter to its first. */
export function encodeWordsBackward(network, space, batch) {
  const { E } = network.sizes;
  const { rows, longest, active, source } = batch;
  const { dDirection, dEmbedded, embedded, left, right } = space;
  const rightCell = gruLayersOf(network, "encoder.right");
  dDirection.fill(0);
  for (let j = longest - 1; j >= 0; j--) {
    const x = j * rows * E;
    addDirection(network, space, batch, j, 0);
    gruBackward(rightCell, right, embedded, x, dEmbedded, x, j, j, dDirection, active[j + 1]);
  }
  const leftCell = gruLayersOf(network, "encoder.left");
  dDirection.fill(0);
  for (let j = 0; j < longest; j++) {
    const x = j * rows * E;
    addDirection(network, space, batch, j, network.sizes.H);
    gruBackward(leftCell, left, embedded, x, dEmbedded, x, j, j + 1, dDirection, active[j + 1]);
  }
  for (let j = 0; j < longest; j++) {
    const layer = network.layers["encoder.embedding"];
    embedLettersBackward(layer, source, j * rows, dEmbedded, j * rows * E, E, active[j + 1]);
  }
}

/** Add one half of dh_j to the gradient of a direction's state. */
function addDirection(network, space, batch, j, half) {
  const { H, M } = network.sizes;
  for (let row = 0; row < batch.active[j + 1]; row++) {
    const h = (j * batch.rows + row) * M + half;
    addScaled(space.dDirection, row * H, space.dMemory, h, 1, H);
  }
}

function joinDirections(network, space, batch) {
  const { E, H, M } = network.sizes;
  const { rows, longest, active } = batch;
  const own = network.layers["encoder.ownLetter"];
  for (let j = 0; j < longest; j++) {
    linearForward(own, space.embedded, j * rows * E, space.ownLetter, 0, active[j + 1]);
    for (let row = 0; row < active[j + 1]; row++) {
      const h = (j * rows + row) * M;
      const toRight = ((j + 1) * rows + row) * H;
      const toLeft = (j * rows + row) * H;
      for (let i = 0; i < H; i++) {
        const u = row * M + i;
        space.memory[h + i] = ROOT_HALF * (space.right.states[toRight + i] + space.ownLetter[u]);
        space.memory[h + H + i] =
          ROOT_HALF * (space.left.states[toLeft + i] + space.ownLetter[u + H]);
      }
    }
  }
}

export function joinDirectionsBackward(network, space, batch) {
  const { E, M } = network.sizes;
  const { rows, longest, active } = batch;
  const { dEmbedded, dMemory, embedded } = space;
  const own = network.layers["encoder.ownLetter"];
  for (let i = 0; i < longest * rows * M; i++) dMemory[i] *= ROOT_HALF;
  for (let j = 0; j < longest; j++) {
    const x = j * rows * E;
    linearBackward(own, embedded, x, dMemory, j * rows * M, dEmbedded, x, active[j + 1]);
  }
}

/** The last state of each direction, and s_0 = tanh(W c + b), which is made from them. */
function summarizeWords(network, space, batch) {
  const { H, M, Q } = network.sizes;
  const { rows, lengths } = batch;
  for (let row = 0; row < rows; row++) {
    const last = ((lengths[row] - 1) * rows + row) * M;
    copyNumbers(space.summary, row * M, space.memory, last, H);
    copyNumbers(space.summary, row * M + H, space.memory, row * M + H, H);
  }
  linearForward(network.layers["decoder.initial"], space.summary, 0, space.decoder.states, 0, rows);
  for (let i = 0; i < rows * Q; i++) {
    space.decoder.states[i] = portableTanh(space.decoder.states[i]);
  }
}

export function summarizeWordsBackward(network, space, batch) {
  const { H, M, Q } = network.sizes;
  const { rows, lengths } = batch;
  const { decoder, dMemory, dState, dSummary, summary } = space;
  throughTanh(dState, decoder.states, 0, rows * Q); // s_0 is in slot 0
  linearBackward(network.layers["decoder.initial"], summary, 0, dState, 0, dSummary, 0, rows);
  for (let row = 0; row < rows; row++) {
    const last = ((lengths[row] - 1) * rows + row) * M;
    addScaled(dMemory, last, dSummary, row * M, 1, H);
    addScaled(dMemory, row * M + H, dSummary, row * M + H, 1, H);
  }
}
