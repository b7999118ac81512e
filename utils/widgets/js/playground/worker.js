// The worker's entry: trains in slices, and reads its messages in between.

import { createPlayground } from "./messages.js";

const playground = createPlayground(() => performance.now());
const { port1: clock, port2: alarm } = new MessageChannel(); // setTimeout would wait 4 ms each time
let isTicking = false;

function answerAndTick(message) {
  for (const reply of playground.handle(message)) self.postMessage(reply);
  if (playground.wantsTicks() && !isTicking) {
    isTicking = true;
    const rest = playground.restTime();
    if (rest > 0) setTimeout(() => alarm.postMessage(null), rest);
    else alarm.postMessage(null);
  }
}

clock.onmessage = () => {
  isTicking = false;
  answerAndTick({ type: "tick" });
};
self.onmessage = ({ data }) => answerAndTick(data);
