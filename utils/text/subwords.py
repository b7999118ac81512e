"""Words in pieces: byte-pair encoding (Sennrich et al. 2016), by sentencepiece.

A frequent word is one piece. A rare word is several, down to single letters: so no word is unknown
as long as its letters are known. Both languages share one set of pieces.
"""

import io
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

import sentencepiece
import torch
from torch import Tensor

from utils.corpora.words import SPECIAL
from utils.system.limits import WORDS, checked

WORD_START = "▁"  # sentencepiece begins the first piece of each word with it
LONGEST = 2**30  # bytes of a sentence


class Subwords:
    """A learned set of pieces: `split` cuts words into them, `join` puts them together again."""

    def __init__(self, model: bytes):
        self.model = model
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        # the same words come again and again
        self._split_word = lru_cache(maxsize=100_000)(self._encode_word)

    @classmethod
    def learn(cls, sentences: Iterable[Sequence[str]], size: int) -> "Subwords":
        """Learn `size` pieces: start from letters, then merge the most frequent pair, repeatedly.

        Raises ValueError when the sentences cannot give that many; it says how many they give.
        """
        size, model = checked("subwords", size, WORDS), io.BytesIO()
        try:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=map(_without_marks, sentences),
                model_writer=model,
                vocab_size=size,
                model_type="bpe",
                character_coverage=1.0,  # every letter is a piece
                normalization_rule_name="identity",
                bos_id=-1,  # the vocabularies of `text` have <sos>, <eos> and <pad> already
                eos_id=-1,
                pad_id=-1,
                minloglevel=2,
                max_sentence_length=LONGEST,  # longer ones would be left out without a word
            )
        except RuntimeError as error:
            remedy = _remedy(str(error))
            raise ValueError(f"the sentences do not give {size} subwords: {remedy}.") from error
        return cls(model.getvalue())

    @classmethod
    def from_tensor(cls, numbers: Tensor) -> "Subwords":
        """Rebuild what `to_tensor` made; ValueError if the numbers are anything else."""
        is_bytes = isinstance(numbers, Tensor) and numbers.dtype == torch.uint8
        if not is_bytes or numbers.dim() != 1 or not len(numbers):
            raise ValueError("the subwords are no bytes of a set of pieces.")
        try:
            return cls(numbers.numpy(force=True).tobytes())
        except RuntimeError as error:  # sentencepiece has no class for them
            raise ValueError("the subwords are damaged.") from error

    def to_tensor(self) -> Tensor:
        """Return the pieces as bytes in a tensor, which a file without code can hold."""
        return torch.tensor(list(self.model), dtype=torch.uint8)

    @property
    def pieces(self) -> list[str]:
        """All pieces there are, `<unk>` left out."""
        processor = self._processor
        numbers, unknown = range(processor.get_piece_size()), processor.unk_id()
        return processor.id_to_piece([number for number in numbers if number != unknown])

    def split(self, words: Sequence[str]) -> list[str]:
        """Split each word on its own: ["ein", "karateanzug"] -> ["▁ein", "▁kar", "ate", …].

        Every word gives one piece or more, and only its first begins with ▁.
        """
        return [piece for word in words for piece in self._split_word(word)]

    def _encode_word(self, word: str) -> list[str]:
        word = word.replace(WORD_START, "_").replace(" ", "_")  # only the first piece has it
        word = word.encode(errors="replace").decode()  # half a character cannot be encoded
        return self._processor.encode(word, out_type=str) or [WORD_START]


def _without_marks(words: Sequence[str]) -> str:
    """Join words; one with `<eos>` in it comes in letters, so that this becomes no piece."""
    return SPECIAL.sub(lambda mark: " ".join(mark[0]), " ".join(words))


def _remedy(said: str) -> str:
    """Read in sentencepiece's message how many pieces there could be."""
    if most := re.search(r"a value <= (\d+)", said):
        return f"ask for {most[1]} or fewer"
    if least := re.search(r"\d+ vs (\d+)", said):
        return f"ask for {least[1]} or more, for each letter is one"
    return "give sentences with words"


def join(pieces: Sequence[str]) -> tuple[str, ...]:
    """Join pieces to words: the reverse of `Subwords.split`."""
    words = [""] * (word_numbers(pieces)[-1] + 1 if pieces else 0)
    for number, piece in zip(word_numbers(pieces), pieces, strict=True):
        words[number] += piece.removeprefix(WORD_START)
    return tuple(words)


def word_numbers(pieces: Sequence[str]) -> list[int]:
    """Return the position of the word that each piece belongs to: ["▁kar", "ate"] -> [0, 0]."""
    starts = [i == 0 or piece.startswith(WORD_START) for i, piece in enumerate(pieces)]
    return [number - 1 for number in accumulate(starts)]


def weights_of_words(weights: Tensor, target: Sequence[str], source: Sequence[str]) -> Tensor:
    """Turn weights between pieces (T', S') into weights between words (T, S).

    How much a word is looked at is the sum over its pieces; how much a word of several pieces looks
    is the mean over them. So each row still sums to 1.
    """
    to_words = [_membership(pieces).to(weights) for pieces in (target, source)]
    looking, looked_at = to_words  # (T, T'), (S, S')
    looking = looking / looking.sum(dim=1, keepdim=True)
    return looking @ weights @ looked_at.T


def _membership(pieces: Sequence[str]) -> Tensor:
    """Return a matrix (words, pieces) with 1 where a piece is part of a word."""
    numbers = torch.tensor(word_numbers(pieces), dtype=torch.long)
    words = int(numbers[-1]) + 1 if pieces else 0
    return (torch.arange(words).unsqueeze(1) == numbers).float()
