"""One translation, step by step, with everything that equations (2) to (7) compute on the way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor

from utils.decoding import length_limits, next_words
from utils.models.attention import Attention, FixedContext
from utils.models.seq2seq import Decoder
from utils.text import END
from utils.translator import Sentence, Translator

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


def has_fixed_context(translator: Translator) -> bool:
    """Tell whether a translator has no attention, so that its weights never move."""
    return isinstance(_decoder_of(translator).attention, FixedContext)


def _decoder_of(translator: Translator) -> Decoder:
    decoder = translator.model.decoder
    if not isinstance(decoder, Decoder):
        raise TypeError(
            "a trace follows the equations (2) to (7) of an encoder–decoder: give a translator "
            'such as Translator.load("mini-dot"), not a Transformer.'
        )
    return decoder


@torch.no_grad()
def trace(translator: Translator, sentence: Sentence, override: Override | None = None) -> Trace:
    """Translate a sentence greedily and keep all that is computed.

    With `override`, each step's weights go through that function before equation (5): so you can
    look elsewhere than the model wants to. Raises ValueError for a sentence without words, and for
    an override of a fixed context, which is no weighted sum.
    """
    model, decoder = translator.model.eval(), _decoder_of(translator)
    words, itos = translator.read(sentence), translator.fields.target.vocab.itos
    if not words:
        raise ValueError("there is nothing to translate: give at least one word.")
    if override is not None and has_fixed_context(translator):
        raise ValueError("a fixed context has no weights to overwrite: choose another attention.")
    source, lengths = translator.encode([words])
    state, encoded = model.encode(source, lengths)
    number = translator.fields.start
    steps: list[Step] = []
    with _watched(decoder.attention, steps, override):
        for _ in range(int(length_limits(lengths))):
            word = source.new_tensor([number])
            log_probabilities, state, _ = next_words(decoder, word, state, encoded)
            best = log_probabilities[0].exp().topk(min(BEST, len(itos)))
            named = [itos[i] for i in best.indices.tolist()]
            steps[-1].best.extend(zip(named, best.values.tolist(), strict=True))
            number = int(best.indices[0])
            if named[0] == END:
                break
    return Trace(tuple(translator.fields.source.preprocess(words)), steps)


@contextmanager
def _watched(attention: Attention, steps: list[Step], override: Override | None) -> Iterator[None]:
    """Add a step, its `best` still empty, whenever the decoder looks; overwrite where it looks."""

    # PyTorch calls this after each call of the attention, and hands on what it returns instead.
    def note(
        attention: Attention, asked: tuple[Tensor, ...], found: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, Tensor]:
        (query, memory, _, keys), (context, weights) = asked, found
        if override is not None:
            weights = override(len(steps), weights[0]).unsqueeze(0)  # (1, S)
            context = weights @ memory[0]  # (5) with other weights: (1, M)
        fixed = isinstance(attention, FixedContext)
        scores = None if fixed else attention.score(query, keys)[0]  # (S,)
        steps.append(Step(query[0], scores, weights[0], context[0], []))
        return context, weights

    hook = attention.register_forward_hook(note)
    try:
        yield
    finally:
        hook.remove()
