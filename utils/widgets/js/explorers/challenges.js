// What challenges share: the answer that a reader found stays as it was when she found it.

/**
 * Return challenges [{name, text, answer, isMet}, …] with the answers that `kept`, a Map of names,
 * remembers; the first time that one is met, its answer is added.
 */
export function keepAnswers(kept, challenges) {
  return challenges.map((one) => {
    if (one.isMet && !kept.has(one.name)) kept.set(one.name, one.answer);
    return { ...one, answer: kept.get(one.name) };
  });
}
