"""What a model is built from: its configuration, checked, and beside the vocabularies it is for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from utils.models.attention import ATTENTIONS
from utils.models.contract import Network, NetworkConfig
from utils.system.limits import SHARE, SIZE, check_type, check_weights, option
from utils.text import END, PADDING, START, UNKNOWN, Fields

ONE_VOCABULARY = "tied needs one vocabulary for both languages: use subwords as well."


@dataclass(frozen=True)
class ModelConfig(NetworkConfig):
    """Everything that is needed to build a model of the same shape again.

    Raises ValueError for an unknown attention, or sizes that do not fit.
    """

    attention: str = option("how the decoder looks back", choices=ATTENTIONS)
    embedding_size: int = option("numbers in a word's embedding", SIZE)
    hidden_size: int = option("numbers in the decoder's state", SIZE)
    memory_size: int = option("numbers in an encoder state, if not --hidden-size", SIZE)
    dropout: float = option("share of numbers dropped in training", SHARE)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_directions()
        check_weights(self.fewest_weights)

    def _check_directions(self) -> None:
        """Raise ValueError unless two directions can have half of an encoder state each."""
        if self.memory_size % 2 == 0:
            return
        if self.memory_size == self.hidden_size:  # most likely nobody gave a memory_size
            raise ValueError(
                "hidden_size must be even, for memory_size takes its value unless it is given, and "
                f"has two directions, not {self.hidden_size}: choose an even number, or give an "
                "even memory_size (--memory-size)."
            )
        raise ValueError(
            f"memory_size must be even, for two directions, not {self.memory_size}: "
            "choose another number."
        )

    @property
    def fewest_weights(self) -> int:
        """The number of weights, without biases and those that belong to the attention."""
        E, M, Q = self.embedding_size, self.memory_size, self.hidden_size
        words = self.source_size + (0 if self.tied else 2 * self.target_size)
        encoder = 3 * M * (E + M // 2) + E * M
        return words * E + encoder + M * Q + 3 * Q * (E + M + Q) + E * (E + Q + M)


def check_fields(config: NetworkConfig, fields: Fields) -> None:
    """Raise ValueError unless a model of this `config` can work with the vocabularies of `fields`.

    Other words in the same number pass: a model does not know the words of its numbers.
    """
    check_vocabularies(fields.source.vocab.itos, fields.target.vocab.itos)
    check_sizes(config, fields)


def sizes_of(fields: Fields) -> dict[str, int]:
    """Return `fields.sizes`; TypeError if something else was given."""
    check_type("fields", fields, Fields, "what build_fields(corpus) returns")
    return fields.sizes


def check_model(model: Network, fields: Fields) -> None:
    """Raise TypeError or ValueError unless these are a model and fields that fit each other."""
    check_type("model", model, Network, "what build_model(fields) returns")
    sizes_of(fields)
    check_fields(model.config, fields)


def check_sizes(config: NetworkConfig, fields: Fields) -> None:
    """Raise ValueError unless the vocabularies have the sizes that a model was built for."""
    source, target = fields.source.vocab.itos, fields.target.vocab.itos
    if (config.source_size, config.target_size) != (len(source), len(target)):
        raise ValueError(
            f"the model was built for vocabularies of {config.source_size} and "
            f"{config.target_size} words, but the fields have {len(source)} and {len(target)}: "
            "use the fields it was trained with."
        )
    if any(getattr(config, name) != number for name, number in fields.sizes.items()):
        raise ValueError(
            f"the model was built for vocabularies with another number for {PADDING}: "
            "use the fields it was trained with."
        )
    if config.tied and source != target:
        raise ValueError(ONE_VOCABULARY)


def check_vocabularies(source: object, target: object) -> None:
    """Raise ValueError unless both are lists of different words, with the special ones."""
    _check_words(source, (UNKNOWN, PADDING), "source")
    _check_words(target, (UNKNOWN, PADDING, START, END), "target")


def _check_words(words: object, needed: Sequence[str], side: str) -> None:
    if not isinstance(words, list) or not set(map(type, words)) <= {str}:
        raise ValueError(f"the {side} vocabulary is no list of words.")
    if len(set(words)) < len(words):
        word, times = Counter(words).most_common(1)[0]
        raise ValueError(f"the {side} vocabulary holds {word!r:.60} {times} times, not once.")
    if missing := [word for word in needed if word not in words]:
        raise ValueError(f"the {side} vocabulary lacks {' and '.join(missing)}.")
