"""Random sentence pairs: any number, of any length, always the same for a seed."""

from numbers import Integral
from pathlib import Path
from tempfile import TemporaryDirectory

from utils.corpora.grammar.phrases import Phrase
from utils.corpora.grammar.sentences import SentenceWriter
from utils.corpora.pairs import Pair
from utils.system.limits import NUMBER, checked

BUCKETS = ((4, 5), (6, 10), (11, 15), (16, 20), (21, 25), (26, 30))  # German words
LONG_BUCKETS = ((31, 35), (36, 40), (41, 45), (46, 50))
SHORTEST, LONGEST = 4, 60
PATIENCE = 200  # after so many old sentences in a row, there are no new ones


def to_pair(phrase: Phrase) -> Pair:
    """Read the alignment off the links: words that share one translate each other."""
    alignment = frozenset(
        (i, j)
        for i, (_, source_link) in enumerate(phrase.german)
        for j, (_, target_link) in enumerate(phrase.english)
        if source_link is target_link
    )
    source = tuple(form for form, _ in phrase.german)
    return Pair(source, tuple(form for form, _ in phrase.english), alignment)


def generate_pairs(count: int, lengths: tuple[int, int] = (4, 30), seed: int = 0) -> list[Pair]:
    """Return `count` distinct sentence pairs in random order, always the same for a seed.

    lengths: fewest and most German words, period included; the pairs spread evenly over them.
    Raises ValueError for a negative count, for lengths that the grammar cannot make, and for more
    sentences than there are.
    """
    count = checked("count", count, NUMBER)
    _check_lengths(lengths)
    return _new_pairs(SentenceWriter(seed), count, lengths, set())


def _check_lengths(lengths: object) -> None:
    match lengths:
        case Integral() as low, Integral() as high if SHORTEST <= int(low) <= int(high) <= LONGEST:
            return
    raise ValueError(
        f"Lengths must be (fewest, most) words between {SHORTEST} and {LONGEST}, "
        f"not {lengths!r:.60}."
    )


def make_splits(seed: int = 2018) -> dict[str, list[Pair]]:
    """Return the shipped corpus: "train", "valid", "test" and "long", with no sentence in two.

    The training sentences are in random order; the others go from bucket to bucket.
    """
    writer, seen = SentenceWriter(seed), set[tuple[str, ...]]()
    splits = {"train": _new_pairs(writer, 12_000, (4, 30), seen)}
    for name, buckets in [("valid", BUCKETS), ("test", BUCKETS), ("long", LONG_BUCKETS)]:
        splits[name] = [p for bucket in buckets for p in _new_pairs(writer, 200, bucket, seen)]
    return splits


def write_splits(splits: dict[str, list[Pair]], folder: Path) -> None:
    """Write each split as .de, .en and .align: one sentence a line, words separated by spaces.

    The old files are replaced when all new ones are there. Raises OSError if they cannot be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".new-") as new:
        for name, pairs in splits.items():
            lines = {
                "de": [" ".join(pair.source) for pair in pairs],
                "en": [" ".join(pair.target) for pair in pairs],
                "align": [
                    " ".join(f"{i}-{j}" for i, j in sorted(p.alignment or ())) for p in pairs
                ],
            }
            for suffix, content in lines.items():
                text = "".join(f"{line}\n" for line in content)
                Path(new, f"{name}.{suffix}").write_text(text, encoding="utf-8", newline="\n")
        for path in sorted(Path(new).iterdir()):
            path.replace(folder / path.name)


def _new_pairs(
    writer: SentenceWriter, count: int, lengths: tuple[int, int], seen: set[tuple[str, ...]]
) -> list[Pair]:
    """Return `count` pairs with sources that are not in `seen`, and add them to it."""
    low, high = lengths
    pairs = []
    for i in range(count):
        pairs.append(_new_pair(writer, low + i % (high - low + 1), seen))
        seen.add(pairs[-1].source)
    return writer.shuffled(pairs)


def _new_pair(writer: SentenceWriter, length: int, seen: set[tuple[str, ...]]) -> Pair:
    for _ in range(PATIENCE):
        pair = to_pair(writer.sentence(length))
        if pair.source not in seen:
            return pair
    raise ValueError(
        f"The grammar cannot make so many different sentences of {length} words: "
        "ask for fewer, or for longer ones."
    )
