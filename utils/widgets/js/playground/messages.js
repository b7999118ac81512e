// What the page and the worker say to each other. `handle` turns one message into replies and
// knows nothing of workers, so tests call it, and a page without workers can call it, too.
//
//   to the worker                        its replies
//   {type: "reset", options} or          {type: "state", …}: models from options, or from a link,
//     {type: "reset", link}                with its word, which are then trained up to its step
//   {type: "start", until, pace}         {type: "state", …}: it trains, to step `until` if given,
//                                          at most `pace` steps a second
//   {type: "stop"}                       {type: "state", …}; the next ticks test every length
//   {type: "try", word}                  {type: "state", …}: from now on this word is shown
//   {type: "state"}                      {type: "state", …}
//   {type: "tick"}                       {type: "state", …}, after one slice of training or testing
//   anything it cannot do                {type: "refused", problem}: what is wrong, what to do
//
// A state is {running, step, link, word, lengths, models, round}, each of its models {attention,
// weightCount, step, loss, seconds, exact, example}: `exact` has the share of held-out words all
// right for each of `lengths` (null before the first test), `example` is what `translateWord` says
// about `word`, and `round` is the last that a message had under this name: so the page can tell
// replies to it from those that were on their way before. A state is a few hundred numbers at most,
// and the page may have one for every frame.

import { completeOptions, firstWord, readLink, writeLink } from "./options.js";
import { createRun, evaluateLength, testedLengths } from "./run.js";
import { trainStep, translateWord } from "./run.js";
import { readTypedWord } from "./tasks.js";

const TRAINING_SLICE = 12; // milliseconds of training between two looks at the mailbox
const TICKS_PER_TEST = 4; // testing one length costs about as much as half a step of training

/**
 * Return {handle, wantsTicks, restTime}: whoever owns it sends "tick" for as long as
 * `wantsTicks()`, each after `restTime()` milliseconds.
 */
export function createPlayground(now = Date.now) {
  const playground = { now, ...freshModels(completeOptions()) };
  return {
    wantsTicks: () => playground.running || playground.untested > 0,
    restTime: () => restTime(playground),
    handle(message) {
      try {
        return [answerMessage(playground, message)];
      } catch (error) {
        return [{ type: "refused", problem: error.message }];
      }
    },
  };
}

function freshModels(options) {
  const { attentions } = options;
  const lengths = testedLengths(options);
  return {
    options,
    lengths,
    runs: attentions.map((attention) => createRun(options, attention)),
    exact: attentions.map(() => lengths.map(() => null)),
    seconds: attentions.map(() => 0),
    word: firstWord(options),
    running: false,
    until: Infinity,
    pace: Infinity, // steps a second: so fast that a reader can follow
    begun: { step: 0, time: 0 }, // where and when training began or went on
    untested: 0, // lengths still to be tested after a stop
    ticks: 0,
  };
}

function answerMessage(playground, message) {
  const actions = {
    reset: resetModels,
    start: startTraining,
    stop: stopTraining,
    try: tryWord,
    state: () => {},
    tick: trainSlice,
  };
  if (!Object.hasOwn(actions, message?.type)) {
    const names = Object.keys(actions).join(", ");
    throw new Error(`a message's type must be one of ${names}, not “${message?.type}”.`);
  }
  actions[message.type](playground, message);
  playground.round = message.round ?? playground.round;
  return describeState(playground);
}

function resetModels(playground, { options, link }) {
  if (link === undefined) {
    Object.assign(playground, freshModels(completeOptions(options)));
    return;
  }
  const { options: linked, step, word } = readLink(link);
  const going = { word, until: step, running: step > 0 };
  Object.assign(playground, freshModels(linked), going);
}

function startTraining(playground, { until = Infinity, pace = Infinity }) {
  Object.assign(playground, { until, pace });
  playground.begun = { step: lastStep(playground), time: playground.now() };
  playground.untested = 0;
  playground.running = nextRun(playground) !== undefined;
}

function lastStep({ runs }) {
  return Math.min(...runs.map((run) => run.step));
}

/** Return the milliseconds until the pace allows the next step; 0 if it need not wait. */
function restTime(playground) {
  const { begun, now, pace, running } = playground;
  if (!running || pace === Infinity) return 0;
  const due = begun.time + ((lastStep(playground) - begun.step) * 1000) / pace;
  return Math.max(0, due - now());
}

/**
 * Stop where all models have made the same number of steps, so that a link can say where.
 *
 * Testing all lengths takes longer than a click may wait, and so is left to the next ticks.
 */
function stopTraining(playground) {
  playground.running = false;
  const last = Math.max(...playground.runs.map((run) => run.step));
  while (playground.runs.some((run) => run.step < last)) trainNext(playground);
  playground.untested = playground.lengths.length;
}

function tryWord(playground, { word }) {
  const read = readTypedWord(playground.options.task, word);
  if (read.problem) throw new Error(read.problem);
  playground.word = read.word;
}

/** One slice: the models take turns, so that they are always at the same step or one apart. */
function trainSlice(playground) {
  const { now } = playground;
  if (!playground.running) {
    if (playground.untested > 0) testLength(playground, --playground.untested);
    return;
  }
  const begin = now();
  while (now() - begin < TRAINING_SLICE && restTime(playground) === 0) {
    if (nextRun(playground) === undefined) {
      stopTraining(playground);
      return;
    }
    trainNext(playground);
  }
  if (playground.ticks % TICKS_PER_TEST === 0) {
    testLength(playground, (playground.ticks / TICKS_PER_TEST) % playground.lengths.length);
  }
  playground.ticks++;
}

function trainNext({ now, runs, seconds, until }) {
  const run = nextRun({ runs, until });
  const begin = now();
  trainStep(run);
  seconds[runs.indexOf(run)] += (now() - begin) / 1000;
}

/** Return the model that is behind, or nothing once all have reached the last step. */
function nextRun({ runs, until }) {
  const step = lastStep({ runs });
  return step < until ? runs.find((run) => run.step === step) : undefined;
}

function testLength({ runs, exact, lengths }, i) {
  runs.forEach((run, model) => {
    exact[model][i] = evaluateLength(run, lengths[i]).exact;
  });
}

function describeState({ exact, lengths, options, round, running, runs, seconds, word }) {
  const step = lastStep({ runs });
  return {
    type: "state",
    round,
    running,
    step,
    link: writeLink(options, step, word),
    word,
    lengths,
    models: runs.map((run, model) => ({
      attention: run.attention,
      weightCount: run.weightCount,
      step: run.step,
      loss: run.loss,
      seconds: seconds[model],
      exact: [...exact[model]],
      example: translateWord(run, word),
    })),
  };
}
