"""Translator = model + vocabularies: from sentences to sentences.

The file that `save` writes holds nothing but numbers and words, and `load` reads it with
`weights_only=True`: opening someone else's translator cannot run code.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from utils.batches import make_batches, parts_of
from utils.corpora import detokenize, tokenize
from utils.corpora.pairs import Pair
from utils.decoding import Hypothesis, beam_search, check_beam, check_normalization, greedy
from utils.models.config import check_model
from utils.models.contents import WRONG_PARTS, pack, reason, unpack
from utils.models.contract import Network
from utils.system.failures import expand
from utils.system.paths import MODELS
from utils.system.sizes import BATCH_SIZE, batches_by_size, check_letters, check_read
from utils.system.storage import check_format, load_safely, save_atomically
from utils.text import UNKNOWN, Fields, encode_sources, match_case
from utils.text.subwords import join, weights_of_words

Sentence = str | tuple[str, ...]  # text, or words


class Translation(NamedTuple):
    """A translated sentence: its T words, attention weights (T, S), and score.

    `weights[t, j]` is α_tj: how much target word t looked at source word j. The score is the
    natural log of the translation's probability.
    """

    tokens: tuple[str, ...]
    weights: Tensor
    score: float

    def __str__(self) -> str:
        return detokenize(self.tokens)


class Translator:
    """A model with the vocabularies it was trained with."""

    def __init__(self, model: Network, fields: Fields):
        check_model(model, fields)
        self.model = model
        self.fields = fields

    def translate(
        self,
        sentences: Sequence[Sentence],
        beam_size: int = 1,
        *,
        length_normalization: float = 1.0,
        copy_unknown: bool = False,
    ) -> list[Translation]:
        """Translate sentences, given as text or as tuples of words, in the order given.

        Words that the vocabulary does not have are read as `<unk>`. A sentence without words has a
        translation without words. A beam of 1 is greedy search; `decoding.beam_search` says what
        `length_normalization` does. With `copy_unknown`, each `<unk>` that the model writes becomes
        the source word with the heaviest weight (Luong, Sutskever et al. 2015 do so by alignment).
        Raises ValueError for a beam below 1 or above 100, a negative `length_normalization`, and a
        sentence longer than `sizes` allows.
        """
        found = self.n_best(
            sentences,
            beam_size,
            length_normalization=length_normalization,
            copy_unknown=copy_unknown,
        )
        return [translations[0] for translations in found]

    def n_best(
        self,
        sentences: Sequence[Sentence],
        beam_size: int,
        *,
        length_normalization: float = 1.0,
        copy_unknown: bool = False,
    ) -> list[list[Translation]]:
        """Return, for each sentence, the 1 to `beam_size` translations of its beam, best first.

        The arguments and errors are those of `translate`.
        """
        check_beam(beam_size)
        check_normalization(length_normalization)
        if isinstance(sentences, str | bytes) or not isinstance(sentences, Iterable):
            raise TypeError("a translator takes a list of sentences: put the sentence in [ ].")
        sources, sizes = self._read_all(sentences)
        translations = [[Translation((), torch.zeros(0, 0), 0.0)] for _ in sources]
        for indices in batches_by_size(sizes, beam_size, len(self.fields.target.vocab)):
            batch = [sources[i] for i in indices]
            hypotheses = self._search(batch, beam_size, length_normalization)
            for index, beam in zip(indices, hypotheses, strict=True):
                translations[index] = [self._as_translation(h, sources[index]) for h in beam]
        if copy_unknown:
            pairs = zip(translations, sources, strict=True)
            return [[copy_source_words(t, source) for t in beam] for beam, source in pairs]
        return translations

    def read(self, sentence: Sentence) -> tuple[str, ...]:
        """Split a sentence into the words that the model will see.

        Raises ValueError for more characters than `sizes` allows.
        """
        if isinstance(sentence, str):
            check_letters(len(sentence))
            return match_case(tokenize(sentence), self.fields.source)
        if not _are_words(sentence):
            raise TypeError(f"a sentence must be text or a tuple of words, not {sentence!r:.60}.")
        check_letters(sum(map(len, sentence)))
        return match_case(sentence, self.fields.source)

    def encode(self, sentences: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]:
        """Number and pad sentences of words: source (B, S) on the model's device, lengths (B,).

        With subwords, the S positions are pieces of words. The lengths stay on the CPU, where
        packing wants them. Raises ValueError for a sentence longer than `sizes` allows.
        """
        source, lengths = encode_sources(sentences, self.fields)
        return source.to(self.model.device), lengths

    def _read_all(self, sentences: Sequence[Sentence]) -> tuple[list[tuple[str, ...]], list[int]]:
        """Return the words of all sentences, and how many words or pieces the model reads."""
        sources, sizes = [], []
        for number, sentence in enumerate(sentences, 1):
            try:
                sources.append(self.read(sentence))
                sizes.append(check_read(len(self.fields.source.preprocess(sources[-1]))))
            except ValueError as error:
                raise ValueError(f"sentence {number}: {error}") from None
        return sources, sizes

    def _search(
        self, sources: list[tuple[str, ...]], beam_size: int, length_normalization: float
    ) -> list[list[Hypothesis]]:
        self.model.eval()
        source, lengths = self.encode(sources)
        start, end = self.fields.start, self.fields.end
        if beam_size == 1:  # the same words as a beam of 1, and faster
            hypotheses = greedy(self.model, source, lengths, start, end)
            return [[hypothesis] for hypothesis in hypotheses]
        return beam_search(self.model, source, lengths, start, end, beam_size, length_normalization)

    def _as_translation(self, hypothesis: Hypothesis, source: tuple[str, ...]) -> Translation:
        itos = self.fields.target.vocab.itos
        tokens = tuple(itos[number] for number in hypothesis.words.tolist())
        if self.fields.subwords is None:
            return Translation(tokens, hypothesis.weights, hypothesis.score)
        weights = weights_of_words(hypothesis.weights, tokens, self.fields.subwords.split(source))
        return Translation(join(tokens), weights, hypothesis.score)

    @torch.no_grad()
    def align(self, pairs: Sequence[Pair]) -> list[Tensor]:
        """Return the weights (T, S) with which the model would write each *reference* translation.

        Teacher forcing: the model is shown the reference word by word. Row t belongs to word t of
        the target; the row for `<eos>` is left out.
        """
        self.model.eval()
        pairs = [Pair(self.read(pair.source), pair.target) for pair in pairs]
        if empty := [number for number, pair in enumerate(pairs, 1) if not pair.source]:
            raise ValueError(f"pair {empty[0]} has no source word to look at: leave it out.")
        batches = make_batches(pairs, self.fields, BATCH_SIZE, shuffle=False)
        alignments: list[Tensor] = []
        for batch in chain.from_iterable(parts_of(b, self.fields.padding) for b in batches):
            _, weights = self.model(*batch.to(self.model.device))
            alignments.extend(weights.cpu())
        return [
            self._between_words(weights, pair)
            for weights, pair in zip(alignments, pairs, strict=True)
        ]

    def _between_words(self, weights: Tensor, pair: Pair) -> Tensor:
        """Cut padding and `<eos>` off a pair's weights; weights of pieces become those of words."""
        target = self.fields.target.preprocess(pair.target)
        source = self.fields.source.preprocess(pair.source)
        weights = weights[: len(target), : len(source)]
        if self.fields.subwords is None:
            return weights
        return weights_of_words(weights, target, source)

    def save(self, path: str | Path, half: bool = False) -> None:
        """Write the translator to a file; all of it or nothing.

        `half` writes 16-bit numbers: half the size, and the translations hardly ever differ.
        """
        save_atomically(pack(self.model, self.fields, half), expand(path))

    @classmethod
    def load(cls, path_or_name: str | Path, device: str | torch.device = "cpu") -> "Translator":
        """Read a translator from a file, or a shipped one by its name, such as "mini-dot".

        Raises FileNotFoundError when there is no such file, ValueError when it holds no translator.
        """
        path = _find(path_or_name)
        content = load_safely(path)
        if "identity" in content:
            raise ValueError(
                f"{path} is a checkpoint, from which a training goes on, and no translator: give "
                "the file that was saved at its end, or run its command again, which saves one."
            )
        check_format(content, path)
        try:
            model, fields = unpack(content)
        except WRONG_PARTS as error:
            raise ValueError(
                f"{path} holds no translator that can be used, because {reason(error)}: "
                "use another copy of it, or train again."
            ) from error
        return cls(model.to(device).eval(), fields)


def copy_source_words(translation: Translation, source: Sequence[str]) -> Translation:
    """Replace each `<unk>` by the source word with the heaviest weight.

    `source` has the S words that the model read. Often this gets names and numbers right.
    """
    tokens = tuple(
        source[int(weights.argmax())] if token == UNKNOWN else token
        for token, weights in zip(translation.tokens, translation.weights, strict=True)
    )
    return translation._replace(tokens=tokens)


def _are_words(sentence: object) -> bool:
    return isinstance(sentence, Iterable) and all(isinstance(word, str) for word in sentence)


def _find(path_or_name: str | Path) -> Path:
    """Return the path of a file, or of the shipped translator of that name."""
    shipped = MODELS / f"{path_or_name}.pt"
    for path in (expand(path_or_name), shipped):
        if path.is_file():
            return path
    names = ", ".join(sorted(path.stem for path in MODELS.glob("*.pt"))) or "none yet"
    raise FileNotFoundError(
        f"no translator {path_or_name}: give a file, or a shipped name ({names})."
    )
