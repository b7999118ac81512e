// How a training goes on: how far, how fast, and what is kept of its past.
//
// A history is a list of states (see messages.js), the oldest first, one for a step. Each of their
// models also has `smooth`, the loss as the curve shows it.

import { completeOptions, firstWord } from "./options.js";
import { createRun, testedLengths, translateWord } from "./run.js";

// Steps that show how it ends, and how many a second: 12 seconds, so that one can watch.
const LESSONS = {
  copy: { until: 500, pace: 40 },
  reverse: { until: 500, pace: 40 },
  verb: { until: 500, pace: 40 },
  sort: { until: 1000, pace: 80 },
};
const MOST_STATES = 240; // of a history
const LOSS_FADE = 0.85; // a batch says little, a mean in which old ones fade says where it goes

/** Return how long to train from here, and how fast: {until, pace}. */
export function nextLesson(task, step) {
  const { until, pace } = LESSONS[task];
  return { until: (Math.floor(step / until) + 1) * until, pace };
}

/** Add a state to its history; a long one keeps every other state. */
export function growHistory(history, state) {
  const last = history[history.length - 1];
  const isSame = last?.step === state.step; // it was only tested, or another word was typed
  const models = state.models.map((model, i) => {
    const before = last?.models[i].smooth;
    const faded = last ? LOSS_FADE * before + (1 - LOSS_FADE) * model.loss : model.loss;
    return { ...model, smooth: isSame ? before : faded };
  });
  if (isSame) history.pop();
  history.push({ ...state, models });
  if (history.length <= MOST_STATES) return;
  const newest = history.length - 1;
  const kept = history.filter((_, at) => at % 2 === newest % 2);
  history.splice(0, history.length, ...kept);
}

/** Return the state of a history that is nearest to a step. */
export function historyAt(history, step) {
  return history.reduce((near, each) =>
    Math.abs(each.step - step) < Math.abs(near.step - step) ? each : near);
}

/** Return what the view shows before the first step, of a word that may be "". */
export function viewAtBeginning(chosen, word) {
  const options = completeOptions(chosen);
  const lengths = testedLengths(options);
  const read = word || firstWord(options);
  const models = options.attentions.map((attention) => {
    const run = createRun(options, attention);
    const example = translateWord(run, read);
    if (example.problem) throw new Error(example.problem);
    const weights = Array.from(example.weights);
    return {
      attention, step: 0, loss: run.loss, exact: lengths.map(() => null),
      example: { ...example, weights },
    };
  });
  const state = { running: false, step: 0, word: read, lengths, models };
  const history = [];
  growHistory(history, state);
  return { options, state, history, at: null };
}
