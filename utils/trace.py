"""One translation, step by step, with everything that equations (2) to (7) compute on the way."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from utils.attention import FixedContext
from utils.decoding import length_limits
from utils.model import Decoder, Encoded
from utils.text import END, START, encode_sources
from utils.translator import Translator

BEST = 5
Override = Callable[[int, Tensor], Tensor]  # step from 0, weights (S,) -> weights (S,)


class Step(NamedTuple):
    """What happens at one step of greedy search.

    query (Q,): s_{t-1}. scores (S,): e_tj, or None for a fixed context, which has none. weights
    (S,): α_tj. context (M,): c_t. best: the five most probable next words with their probabilities.
    """

    query: Tensor
    scores: Tensor | None
    weights: Tensor
    context: Tensor
    best: list[tuple[str, float]]

    @property
    def word(self) -> str:
        """The word that is written: the most probable one."""
        return self.best[0][0]


class Trace(NamedTuple):
    """A greedy translation: S source words (or pieces), a step for each target word and `<eos>`."""

    source: tuple[str, ...]
    steps: list[Step]

    @property
    def words(self) -> tuple[str, ...]:
        """The translation, without `<eos>`."""
        return tuple(step.word for step in self.steps if step.word != END)

    @property
    def weights(self) -> Tensor:
        """The weights of all steps: (T, S)."""
        return torch.stack([step.weights for step in self.steps])


@torch.no_grad()
def trace(translator: Translator, words: Sequence[str], override: Override | None = None) -> Trace:
    """Translate a sentence greedily and keep all that is computed.

    With `override`, each step's weights go through that function before equation (5): so you can
    look elsewhere than the model wants to. Raises ValueError for a sentence without words, and for
    an override of a fixed context, which is no weighted sum.
    """
    model, vocabulary = translator.model.eval(), translator.fields.target.vocab
    if not words:
        raise ValueError("there is nothing to translate: give at least one word.")
    if override is not None and isinstance(model.decoder.attention, FixedContext):
        raise ValueError("a fixed context has no weights to overwrite: choose another attention.")
    source, lengths = encode_sources([words], translator.fields)
    source = source.to(next(model.parameters()).device)
    state, encoded = model.encode(source, lengths)
    number, steps = vocabulary.stoi[START], []
    for t in range(int(length_limits(lengths))):
        embedded = model.decoder.embed(source.new_tensor([number]))
        step, state, probabilities = _take_step(
            model.decoder, embedded, state, encoded, t, override
        )
        best = probabilities.topk(min(BEST, len(probabilities)))
        number = int(best.indices[0])
        named = [vocabulary.itos[i] for i in best.indices.tolist()]
        steps.append(step._replace(best=list(zip(named, best.values.tolist(), strict=True))))
        if named[0] == END:
            break
    return Trace(tuple(translator.fields.source.preprocess(words)), steps)


def _take_step(
    decoder: Decoder,
    embedded: Tensor,
    state: Tensor,
    encoded: Encoded,
    t: int,
    override: Override | None,
) -> tuple[Step, Tensor, Tensor]:
    """Return the step (its `best` still empty), s_t (1, Q) and the probabilities (V,)."""
    memory, keys, mask = encoded
    attention = decoder.attention
    scores = None if isinstance(attention, FixedContext) else attention.score(state, keys)[0]
    context, weights = attention(state, memory, mask, keys)  # (2)–(5)
    if override is not None:
        weights = override(t, weights[0]).unsqueeze(0)
        context = weights @ memory[0]  # (5) with other weights
    query, state = state[0], decoder.cell(torch.cat([embedded, context], dim=-1), state)  # (6)
    probabilities = decoder.predict(embedded, state, context)[0].softmax(dim=-1)  # (7)
    return Step(query, scores, weights[0], context[0], []), state, probabilities
