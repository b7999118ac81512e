// Sends the playground's messages to a worker, or, where a page may have none, answers them here.

import { createPlayground } from "../playground/messages.js";

/** Start a trainer: {post, end}. `listen` gets every reply, first of all to what is posted. */
export function startTrainer(workerSource, listen) {
  const unanswered = []; // to be posted again if the worker never comes to life
  let trainer = { post: () => {}, end: () => {} };
  const moveHere = () => {
    trainer = trainHere(listen);
    unanswered.forEach(trainer.post);
  };
  try {
    trainer = trainInWorker(workerSource, listen, unanswered, moveHere);
  } catch {
    trainer = trainHere(listen);
  }
  return {
    post: (message) => trainer.post(message),
    end: () => trainer.end(),
  };
}

function trainInWorker(workerSource, listen, unanswered, moveHere) {
  const address = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
  const worker = new Worker(address);
  let isAlive = false;
  worker.onmessage = ({ data }) => {
    isAlive = true;
    unanswered.length = 0;
    listen(data);
  };
  worker.onerror = () => {
    if (!isAlive) moveHere();
  };
  return {
    post(message) {
      if (!isAlive) unanswered.push(message);
      worker.postMessage(message);
    },
    end() {
      worker.terminate();
      URL.revokeObjectURL(address);
    },
  };
}

/** Train in the page itself: slice by slice, so that it can paint in between. */
function trainHere(listen) {
  const playground = createPlayground(() => performance.now());
  let timer = null;
  const post = (message) => {
    playground.handle(message).forEach(listen);
    if (timer === null && playground.wantsTicks()) timer = setTimeout(tick, playground.restTime());
  };
  const tick = () => {
    timer = null;
    post({ type: "tick" });
  };
  return { post, end: () => clearTimeout(timer) };
}
