"""Sentences of any length: errors name the limits, batches fit, output appears as it is made."""

import io
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import torch
from PIL import Image
from toy import (
    REPOSITORY,
    number_pairs,
    same_weights,
    toy_corpus,
    toy_fields,
    toy_model,
    toy_translator,
    write_toy_corpus,
)

from utils import translate
from utils.batches import make_batches, parts_of
from utils.corpora import CorpusError, load_corpus, load_split
from utils.models.seq2seq import build_model
from utils.system import sizes
from utils.system.sizes import BATCH_SIZE, MOST_LETTERS, MOST_READ, batches_by_size
from utils.text import build_fields, encode_sources
from utils.trace import trace
from utils.training import Settings, fit
from utils.training import __main__ as command
from utils.training.lengths import check_lengths
from utils.translate import LINES, MOST_DRAWN, draw_attention
from utils.translator import Translation, Translator

LONGEST = ("eins",) * MOST_READ
TOO_LONG = {
    "words": (
        ("eins",) * (MOST_READ + 1),
        "has 1,001 words or pieces of words, and the limit",
    ),
    "words as text": ("elf " * 1_000 + "elf", "has 1,001 words"),
    "marks": ("," * 1_001, "has 1,001 words"),
    "letters": ("x" * (MOST_LETTERS + 1), "has more than 5,000 characters"),
    "letters in words": (("x" * 100,) * 51, "has more than 5,000 characters"),
    "blanks": (" " * 5_001, "has more than 5,000 characters"),
    "a million words": ("eins " * 1_000_000, "has more than 5,000 characters"),
}
too_long = pytest.mark.parametrize(("sentence", "said"), TOO_LONG.values(), ids=TOO_LONG)


# Limits ----------------------------------------------------------------------------------------


@too_long
@pytest.mark.parametrize("beam_size", [1, 3])
def test_a_sentence_that_is_too_long_is_named(sentence, said, beam_size):
    with pytest.raises(ValueError, match=f"sentence 2: the sentence {said}.*; shorten it"):
        toy_translator().translate(["eins", sentence], beam_size)


@pytest.mark.parametrize("sentence", [LONGEST, "x" * MOST_LETTERS], ids=["words", "letters"])
def test_the_longest_sentence_is_translated(sentence):
    (translation,) = toy_translator().translate([sentence])
    assert translation.weights.shape[1] == len(toy_translator().read(sentence))


def test_nothing_traces_or_encodes_more_than_the_limit():
    words = (*LONGEST, "zwei")
    for work in (
        lambda: trace(toy_translator(), words),
        lambda: encode_sources([words], toy_fields()),
    ):
        with pytest.raises(ValueError, match="the sentence has 1,001 words"):
            work()


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_line_of_a_corpus_that_is_too_long_is_named(tmp_path, monkeypatch, in_memory):
    monkeypatch.setenv("CORPUS_INDEX", str(tmp_path / "index"))
    for line in ("eins " * 100_000, "x" * 5_001, "ü" * 70_000, "中" * 5_001):
        (tmp_path / "train.de").write_text(f"eins\n{line}\n", "utf-8")
        (tmp_path / "train.en").write_text("one\ntwo\n", "utf-8")
        with pytest.raises(CorpusError, match=r"train\.de, line 2: has more than 5,000 .*; sho"):
            load_split(tmp_path, "train", in_memory)


def test_links_may_take_more_letters_than_a_sentence(tmp_path):
    (tmp_path / "train.de").write_text("a " * 999 + "a\n", "utf-8")
    (tmp_path / "train.en").write_text("b " * 999 + "b\n", "utf-8")
    links = " ".join(f"{i}-{i}" for i in range(1000))
    (tmp_path / "train.align").write_text(f"{links}\n", "utf-8")
    assert len(load_split(tmp_path, "train")[0].alignment) == 1000


def test_a_pair_in_python_that_is_too_long_is_named():
    pairs = [*number_pairs(3), number_pairs(1, 1_001, 1_001)[0]]
    with pytest.raises(ValueError, match=r"pair 4 has 1,001 words or pieces of words"):
        list(make_batches(pairs, toy_fields(), 2, shuffle=False))


BEFORE = {
    "words in train": ("train", 7, ("elf",) * 1_001, None, "1,001 words"),
    "words in valid": ("valid", 1, ("elf",) * 1_200, None, "1,200 words"),
    "marks in test": ("test", 3, ("!",) * 1_001, None, "1,001 words"),
    "pieces in train": ("train", 40, ("siebenundzwanzig",) * 250, 26, "words or pieces"),
    "pieces in valid": ("valid", 10, ("sechs" * 900,), 26, "words or pieces"),
    "pieces in test": ("test", 6, ("eins", "zwei" * 600, "eins"), 26, "words or pieces"),
    "one long word in train": ("train", 2, ("e" * 5_001,), None, "more than 5,000 characters"),
    "long words in test": ("test", 1, ("eins" * 20,) * 70, None, "more than 5,000 characters"),
}
before = pytest.mark.parametrize(
    ("split", "place", "words", "subwords", "said"), BEFORE.values(), ids=BEFORE
)


def never(*_, **__):
    raise AssertionError("it began the work")


def with_long(split, place, words, side):
    """Return the toy corpus with a sentence that is too long, on one side of one pair."""
    pairs = list(getattr(toy_corpus(), split))
    pairs[place - 1] = replace(pairs[place - 1], **{side: words})
    return replace(toy_corpus(), **{split: pairs})


@before
@pytest.mark.parametrize("side", ["source", "target"])
def test_all_splits_are_checked_before_the_first_step(
    monkeypatch, split, place, words, subwords, said, side
):
    corpus = with_long(split, place, words, side)
    fields = build_fields(toy_corpus(), subwords=subwords)
    model = build_model(fields, embedding_size=6, hidden_size=8)
    monkeypatch.setattr(command, "load_corpus", lambda *_, **__: corpus)
    monkeypatch.setattr(command, "build_fields", lambda *_: fields)
    monkeypatch.setattr("utils.training.loop._train", never)
    sentence = f"^{split}, pair {place}: the sentence has .*{said}.*; shorten it$"
    if split != "test":
        with pytest.raises(ValueError, match=sentence):
            fit(model, fields, corpus)
    with pytest.raises(ValueError, match=sentence):
        command.main(["--output=new.pt", f"--score={'test' if split == 'test' else 'valid'}"])


@before
@pytest.mark.parametrize("end", ["de", "en"])
@pytest.mark.parametrize("in_memory", [True, False])
def test_the_file_and_line_are_named(
    tmp_path, monkeypatch, split, place, words, subwords, said, end, in_memory
):
    folder = write_toy_corpus(tmp_path / "texts")
    path = folder / f"{split}.{end}"
    lines = path.read_text("utf-8").splitlines()
    lines[place - 1] = " ".join(words)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    monkeypatch.setattr("utils.training.loop._train", never)
    monkeypatch.setattr(command, "build_fields", lambda *_: build_fields(toy_corpus(), 1, subwords))
    where = "--in-memory" if in_memory else "--no-in-memory"
    with pytest.raises(ValueError, match=f"^{path}, line {place}: .*{said}.*; shorten it"):
        command.main([f"--corpus={folder}", f"--output={tmp_path / 'new.pt'}", where])


def test_a_split_that_is_not_used_may_have_any_length():
    corpus = with_long("test", 1, ("eins",) * 2_000, "source")
    assert fit(toy_model(), toy_fields(), corpus, Settings(epochs=1), quiet=True).epochs


@pytest.mark.parametrize("subwords", [None, 26])
def test_the_longest_sentences_pass(subwords):
    fields = build_fields(toy_corpus(), subwords=subwords)
    longest = with_long("train", 1, ("x" * 4,) * 200 if subwords else LONGEST, "source")
    check_lengths(longest, ("train", "valid", "test"), fields)


# Batches ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("beam_size", [1, 5, 20])
def test_ordinary_sentences_still_fill_whole_batches(beam_size):
    lengths = [4 + number % 60 for number in range(1000)]
    batches = list(batches_by_size(lengths, beam_size, 8_000))
    assert [len(batch) for batch in batches] == [BATCH_SIZE] * 7 + [1000 - 7 * BATCH_SIZE]
    assert [lengths[place] for batch in batches for place in batch] == sorted(lengths)


@pytest.mark.parametrize("beam_size", [1, 5, 100])
@pytest.mark.parametrize("lengths", [[1000] * 300, [0, 1, 1000] * 90, [200] * 500, [0], []])
def test_batches_hold_each_sentence_once_and_fit(beam_size, lengths):
    batches = list(batches_by_size(lengths, beam_size, 8_000))
    assert sorted(place for batch in batches for place in batch) == [
        place for place, length in enumerate(lengths) if length
    ]
    for batch in batches:
        longest = max(lengths[place] for place in batch)
        numbers = len(batch) * beam_size * max(longest * (2 * longest + 10), 8_000)
        assert len(batch) == 1 or numbers <= sizes.LARGEST_BATCH


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "corpus"), [("mini-dot", "test"), ("mini-fixed", "long"), ("multi30k-additive", None)]
)
@pytest.mark.parametrize("beam_size", [1, 5])
def test_translations_do_not_depend_on_the_batches(monkeypatch, name, corpus, beam_size):
    """Small batches give the same translations as large ones."""
    source = [p.source for p in getattr(load_corpus("mini"), corpus or "test")][::4]
    if corpus is None:
        captions = [p.source for p in load_split(REPOSITORY / "data" / "captions", "test")]
        source = [one[:-1] + other for one in captions for other in captions[:4]]
    translator = Translator.load(name)
    found = [translation.tokens for translation in translator.translate(source, beam_size)]
    monkeypatch.setattr(sizes, "LARGEST_BATCH", 100_000)
    in_small_batches = translator.translate(source, beam_size)
    assert found == [translation.tokens for translation in in_small_batches]


def parts(pairs, largest, monkeypatch):
    monkeypatch.setattr(sizes, "LARGEST_UPDATE", largest)
    (batch,) = make_batches(pairs, toy_fields(), len(pairs), shuffle=False)
    return batch, list(parts_of(batch, toy_fields().target.vocab.stoi["<pad>"]))


def test_a_batch_of_ordinary_size_is_one_part(monkeypatch):
    batch, (part,) = parts(number_pairs(64, 1, 60), sizes.LARGEST_UPDATE, monkeypatch)
    assert all(torch.equal(one, other) for one, other in zip(batch, part, strict=True))


@pytest.mark.parametrize("largest", [1, 100, 500])
def test_parts_hold_each_pair_once_without_needless_padding(monkeypatch, largest):
    pairs = number_pairs(30, 1, 9)
    _, found = parts(pairs, largest, monkeypatch)
    assert sum(len(part.source) for part in found) == len(pairs)
    for part in found:
        assert part.source.shape[1] == part.source_lengths.max()
        assert len(part.source) == 1 or part.source.numel() * part.target.shape[1] <= largest
    rows = [row[row != 1].tolist() for part in found for row in part.source]
    assert [len(row) for row in rows] == [len(pair.source) for pair in pairs]


@pytest.mark.slow
def test_training_in_parts_learns_the_same(monkeypatch):
    learned = []
    for largest in (sizes.LARGEST_UPDATE, 60):
        monkeypatch.setattr(sizes, "LARGEST_UPDATE", largest)
        model = build_model(toy_fields(), embedding_size=6, hidden_size=8, seed=1)
        history = fit(
            model, toy_fields(), toy_corpus(), Settings(epochs=2, batch_size=16), quiet=True
        )
        learned.append((history.epochs[-1].train_loss, model.state_dict()))
    assert learned[0][0] == pytest.approx(learned[1][0], rel=1e-4)
    assert not same_weights(learned[0][1], learned[1][1])  # in the last digits
    for name, weight in learned[0][1].items():
        torch.testing.assert_close(weight, learned[1][1][name], rtol=1e-2, atol=1e-3)


# A file is translated as it is read --------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    toy_translator().save(tmp_path / "toy.pt")
    return tmp_path / "lines.txt"


def run(file, *options):
    return translate.main([f"--file={file}", f"--translator={file.parent / 'toy.pt'}", *options])


@too_long
def test_a_line_that_is_too_long_is_left_empty_and_named(file, capsys, sentence, said):
    text = sentence if isinstance(sentence, str) else " ".join(sentence)
    file.write_text(f"eins zwei\n{text}\nacht\n", "utf-8")
    assert run(file) == 1
    out, error = capsys.readouterr()
    first, third = toy_translator().translate(["eins zwei", "acht"], 5, copy_unknown=True)
    assert out == f"{first}\n\n{third}\n"
    assert error.startswith(f"{file}, line 2 is left empty: the sentence has ")
    assert error.count("\n") == 1


def test_each_window_is_printed_as_soon_as_it_is_translated(file, monkeypatch):
    """After each call of the translator, its lines have been written, in order and flushed."""
    file.write_text("eins\n" * (2 * LINES + 1), "utf-8")
    written, seen = io.StringIO(), []
    monkeypatch.setattr(sys, "stdout", written)
    monkeypatch.setattr(written, "flush", lambda: seen.append(written.getvalue().count("\n")))
    assert run(file, "--beam=1") == 0
    assert seen == [LINES, 2 * LINES, 2 * LINES + 1]


def test_long_lines_make_short_windows(file, monkeypatch, capsys):
    file.write_text("eins\n" * 8 + ("eins " * 999 + "eins\n") * 17, "utf-8")
    windows = []
    monkeypatch.setattr(
        Translator, "translate", lambda self, s, *_, **__: windows.append(len(s)) or []
    )
    assert run(file) == 0
    assert windows == [8 + 9, 8]


@pytest.mark.slow
def test_a_reader_sees_the_first_lines_while_others_are_written(file):
    """The writer waits for the first translations before it writes the rest."""
    call = [sys.executable, "-m", "utils.translate", "--file=/dev/stdin", "--beam=1"]
    call.append(f"--translator={file.parent / 'toy.pt'}")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(call, cwd=REPOSITORY, **pipes) as process:
        process.stdin.write(b"eins\n" * LINES + b"zwei\n")
        process.stdin.flush()
        first = [process.stdout.readline() for _ in range(LINES)]
        assert process.poll() is None and len(set(first)) == 1
        rest, error = process.communicate(b"drei\n")
    assert (process.returncode, error, rest.count(b"\n")) == (0, b"", 2)


# Memory and time ---------------------------------------------------------------------------------

PEAK = """
import resource, sys
from utils import translate
code = translate.main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000, file=sys.stderr)
sys.exit(code)
"""


def megabytes(*arguments: str) -> tuple[int, float, list[str]]:
    """Translate in a process of its own; return its peak memory, seconds and complaints."""
    import resource  # only exists on Unix

    limit = 6_000_000_000  # bytes of address space: a failing test mustn't take the machine down
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
        timeout=500,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    *said, peak = done.stderr.splitlines()
    return int(peak), time.perf_counter() - started, said


linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is counted as Linux counts it")


@linux
@pytest.mark.slow
@pytest.mark.parametrize("letters", [1_000, 4_000])
def test_a_long_word_among_captions_takes_little_memory(tmp_path, letters):
    captions = (REPOSITORY / "data" / "captions" / "test.de").read_text("utf-8") * 3
    (tmp_path / "lines.txt").write_text(captions + "Donaudampf" * (letters // 10) + "\n", "utf-8")
    peak, _, said = megabytes(f"--file={tmp_path / 'lines.txt'}")
    assert peak < 1_800
    assert len(said) == (letters == 4_000)


@linux
@pytest.mark.slow
def test_a_picture_of_a_long_sentence_is_cut(tmp_path):
    words = "das Buch ist alt und " * 60
    peak, _, said = megabytes(
        words, "--translator=mini-dot", f"--attention={tmp_path / 'map.png'}", "--beam=1"
    )
    assert (peak < 1_500, said) == (True, [])


@pytest.mark.parametrize(("source", "target"), [(101, 3), (3, 101), (300, 250)])
def test_a_picture_says_that_it_is_cut(tmp_path, source, target):
    words = tuple(f"w{number}" for number in range(target))
    translation = Translation(words, torch.rand(target, source), 0.0)
    draw_attention(translation, tuple(f"q{n}" for n in range(source)), tmp_path / "map.svg")
    drawn = (tmp_path / "map.svg").read_text("utf-8")
    assert f"cut: the first {MOST_DRAWN} of {source} source and {target} target words" in drawn
    assert f"w{min(target, MOST_DRAWN) - 1}" in drawn and f"w{MOST_DRAWN}" not in drawn


def test_a_picture_of_an_ordinary_sentence_is_not_cut(tmp_path):
    translation = Translation(("one", "two"), torch.rand(2, 3), 0.0)
    draw_attention(translation, ("eins", "zwei", "."), tmp_path / "map.svg")
    assert "cut: " not in (tmp_path / "map.svg").read_text("utf-8")
    draw_attention(translation, ("eins", "zwei", "."), tmp_path / "map.png")
    with Image.open(tmp_path / "map.png") as picture:
        assert picture.width < 1_000
