"""What survives other weights at test time: words, by their kind, and whole translations.

Two questions that sound alike. Does a word survive weights that were picked without looking:
uniform, shuffled, all on a random other word? And is there *any* row of weights far from the
learned one that it survives? The second is for an adversary, who finds one far more often. What an
adversary can do at all is measured beside it: how often can it make the decoder write a wrong word?
"""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

from utils.corpora import load_corpus
from utils.corpora.pairs import Pair
from utils.evaluation import bleu
from utils.experiments.adversary import (
    SAME_OUTPUT,
    SAME_WORD,
    Steps,
    advance,
    another_word,
    divergence,
    pick_randomly,
    replay,
    search,
    shuffled,
    uniform,
)
from utils.experiments.looks import UniformContext
from utils.experiments.parts import replace_part
from utils.experiments.quality import trained
from utils.models.seq2seq import Decoder, Seq2Seq
from utils.text import END
from utils.translator import Translator

EVERY = 6  # of 1,200 test sentences in the order of their length: 200, of all lengths alike
FAR, FARTHEST = 0.5, 0.9  # bits: from one word, about 70 and 97 % of the weight have moved away
FUNCTION_WORDS = frozenset(
    (
        *("a", "an", "the", "and", "but", "that", "because", "although", "when"),
        *("in", "at", "to", "for", "who", "not"),
        *("is", "are", "was", "were", "do", "does", "did"),
    )
)
COUNTED = ("same", "output", "far", "farthest")
Row = dict[str, Any]
# Steps (n, …) at one place of all sentences, and their numbers (n,) -> their weights (n, S).
Choice = Callable[[Steps, Tensor], Tensor]


def kind_of(word: str) -> str:
    """Return the kind of an English word of mini: content, function, punctuation; `<eos>`: end.

    Function words are articles, conjunctions, prepositions, *who*, *not*, and forms of *be* and
    *do*. Nouns, names, verbs, adjectives and adverbs have content.
    """
    if word == END:
        return "end"
    if not any(letter.isalnum() for letter in word):
        return "punctuation"
    return "function" if word in FUNCTION_WORDS else "content"


def sample(pairs: Sequence[Pair]) -> list[Pair]:
    """Return every sixth pair in the order of the source's length."""
    return sorted(pairs, key=lambda pair: len(pair.source))[::EVERY]


def measure_survival(attention: str, seed: int) -> list[Row]:
    """Attack a trained variant; return a row for each way to replace weights and kind of word.

    Each step alone: of n steps, `same` counts those that still write their word, `output` those
    whose probabilities stay within ε, `far` and `farthest` those of `same` whose weights are at
    least `FAR` and `FARTHEST` bits away. jsd is the mean divergence, `left` the mean weight that is
    left on the word that had most. Kind "sentence": all steps at once; each count is of sentences
    in which every step fulfills it. In the rows "wants …" the adversary wants another word, and
    `same` counts the steps that write it. Kind "reference": of n free translations, `same` are the
    reference word for word, and `bleu` is their score.
    """
    translator, test = trained(attention, seed), load_corpus("mini").test
    generator = torch.Generator().manual_seed(seed)
    rows = [
        *survivors(translator, [pair.source for pair in sample(test)], generator),
        *against_references(translator, test),
    ]
    return [{"seed": seed, "attention": attention} | row for row in rows]


def survivors(
    translator: Translator, sources: Sequence[tuple[str, ...]], generator: torch.Generator
) -> Iterator[Row]:
    """Translate sentences, replace the weights in all ways, and yield what survives."""
    decoder, itos = cast(Seq2Seq, translator.model).decoder, translator.fields.target.vocab.itos
    steps = replay(translator, sources)
    kinds = [kind_of(itos[word]) for word in steps.word.tolist()]
    for way, rows in replacements(decoder, steps, generator).items():
        yield from _by_kind(way, judge(decoder, steps, rows)[0], kinds)
        yield _by_sentence(way, walk(decoder, steps, given(rows)), steps)
    outcome = walk(decoder, steps, lambda now, _: search(decoder, now, SAME_WORD, generator))
    yield _by_sentence("step after step", outcome, steps)
    for way, words in wrong_words(steps, translator.fields.end, generator).items():
        wanted = steps._replace(word=words)
        outcome, _ = judge(decoder, wanted, search(decoder, wanted, SAME_WORD, generator))
        yield from _by_kind(way, outcome, kinds)


def replacements(decoder: Decoder, steps: Steps, generator: torch.Generator) -> dict[str, Tensor]:
    """Return a row of weights for each step, (N, S), by the name of the way to choose it."""
    return {
        "uniform": uniform(steps),
        "shuffled": shuffled(steps, generator),
        "another word": another_word(steps, generator),
        "farthest, same word": search(decoder, steps, SAME_WORD, generator),
        "farthest, same output": search(decoder, steps, SAME_OUTPUT, generator),
    }


def given(rows: Tensor) -> Choice:
    """Return what chooses the rows (N, S) that were found for each step alone."""
    return lambda now, here: rows[here]


def wrong_words(steps: Steps, end: int, generator: torch.Generator) -> dict[str, Tensor]:
    """Return random words (N,) that the adversary is to have written in place of y_t.

    Either the translation has the word elsewhere, or only other translations have it. `end`, the
    number of `<eos>`, is no word.
    """
    sentences, size = int(steps.sentence.max()) + 1, steps.logits.shape[1]
    written = torch.zeros(sentences, size, dtype=torch.bool)
    written[steps.sentence, steps.word] = True  # (B, V)
    here, anywhere = written[steps.sentence], written.any(dim=0)  # (N, V), (V,)
    here[:, end], anywhere[end] = False, False
    here.scatter_(1, steps.word.unsqueeze(1), False)
    elsewhere = anywhere & ~written[steps.sentence]
    return {
        "wants a word of the translation": pick_randomly(here, generator),
        "wants a word not in it": pick_randomly(elsewhere, generator),
    }


class Outcome(NamedTuple):
    """What came of steps with other weights, each (N,): see `measure_survival`."""

    same: Tensor
    output: Tensor
    far: Tensor
    farthest: Tensor
    jsd: Tensor
    left: Tensor


@torch.no_grad()
def judge(decoder: Decoder, steps: Steps, rows: Tensor) -> tuple[Outcome, Tensor]:
    """Take each step with other weights (N, S): return what comes of it, and s̃_t (N, Q)."""
    states, logits = advance(decoder, steps, rows.unsqueeze(1))
    same, output = (
        rule.violation(steps, logits).squeeze(1) <= 0 for rule in (SAME_WORD, SAME_OUTPUT)
    )
    jsd = divergence(rows, steps.weights)
    left = rows.gather(1, steps.weights.argmax(dim=1, keepdim=True)).squeeze(1)
    outcome = Outcome(same, output, same & (jsd >= FAR), same & (jsd >= FARTHEST), jsd, left)
    return outcome, states.squeeze(1)


@torch.no_grad()
def walk(decoder: Decoder, steps: Steps, choose: Choice) -> Outcome:
    """Replace the weights of all steps: each goes on from the state that the one before made.

    `choose` sees the states as they are now, and may return NaN for the learned weights. Each step
    reads the y_{t-1} of the unchanged translation. As long as all words are the same, the decoder
    would read no other; what it reads after its first other word changes nothing about the verdict.
    """
    states = steps.state[steps.place == 0]  # (B, Q)
    outcomes, order = [], []
    for place in range(int(steps.place.max()) + 1):
        here = (steps.place == place).nonzero().squeeze(1)
        now = steps.select(here)
        now = now._replace(state=states[now.sentence])
        rows = choose(now, here)
        rows = torch.where(rows.isnan(), now.weights, rows)
        outcome, states[now.sentence] = judge(decoder, now, rows)
        outcomes.append(outcome)
        order.append(here)
    back = torch.cat(order).argsort()
    return Outcome(*(torch.cat(part)[back] for part in zip(*outcomes, strict=True)))


def _by_kind(way: str, outcome: Outcome, kinds: Sequence[str]) -> Iterator[Row]:
    """Yield a row for each kind of word, over its steps."""
    for kind in dict.fromkeys(kinds):
        chosen = torch.tensor([each == kind for each in kinds])
        inside = Outcome(*(part[chosen] for part in outcome))
        counts = {name: int(getattr(inside, name).sum()) for name in COUNTED}
        yield {"weights": way, "kind": kind, "n": int(chosen.sum())} | counts | _means(inside)


def _by_sentence(way: str, outcome: Outcome, steps: Steps) -> Row:
    """Return the row of whole translations: those that are counted at each of their steps."""
    size = int(steps.sentence.max()) + 1
    counts = {
        name: size - len(steps.sentence[~getattr(outcome, name)].unique()) for name in COUNTED
    }
    return {"weights": way, "kind": "sentence", "n": size} | counts | _means(outcome)


def _means(outcome: Outcome) -> Row:
    return {name: float(getattr(outcome, name).nanmean()) for name in ("jsd", "left")}


def against_references(translator: Translator, pairs: Sequence[Pair]) -> Iterator[Row]:
    """Yield the rows of free translations: with the learned weights, and with uniform ones."""
    model = deepcopy(cast(Seq2Seq, translator.model))
    sizes = model.config.hidden_size, model.config.memory_size
    replace_part(model, "decoder.attention", UniformContext(*sizes))
    ways = {"learned": translator, "uniform": Translator(model, translator.fields)}
    sources, wanted = [pair.source for pair in pairs], [pair.target for pair in pairs]
    for way, one in ways.items():
        written = [translation.tokens for translation in one.translate(sources)]
        same = sum(map(tuple.__eq__, written, wanted))
        score = {"n": len(pairs), "same": same, "bleu": bleu(written, wanted)}
        yield {"weights": way, "kind": "reference"} | score
