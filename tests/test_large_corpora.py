"""Corpora that stay on disk: the same pairs and batches, in a fraction of the memory."""

import os
import pickle
import random
import sys
import time
import tracemalloc

import pytest
from toy import GERMAN, fit_with, number_pairs, same_weights, stopped, toy_fields

from utils import corpora
from utils.batches import make_batches
from utils.corpora import CorpusError, load_corpus, load_split, on_disk
from utils.corpora.grammar import write_splits
from utils.corpora.on_disk import PairsOnDisk
from utils.experiments import memory
from utils.models.seq2seq import build_model
from utils.system.paths import DATA
from utils.text import build_fields
from utils.training import __main__ as command


@pytest.fixture(autouse=True)
def place(monkeypatch, tmp_path):
    """Keep every index in a temporary folder."""
    monkeypatch.setenv("CORPUS_INDEX", str(tmp_path / "place"))
    return tmp_path / "place"


@pytest.fixture
def folder(tmp_path):
    """Write a corpus of numbers with links."""
    splits = {"train": number_pairs(300, seed=1), "valid": number_pairs(20, seed=2)}
    write_splits(splits | {"test": number_pairs(10, seed=3)}, tmp_path / "numbers")
    return tmp_path / "numbers"


def from_disk(folder, split="train"):
    pairs = load_split(folder, split, in_memory=False)
    assert isinstance(pairs, PairsOnDisk)
    return pairs


def numbers_of(batches):
    return [tuple(part.tolist() for part in batch) for batch in batches]


def batches_of(pairs, seed=0, size=8, shuffle=True):
    return numbers_of(make_batches(pairs, toy_fields(), size, shuffle, seed))


# Pairs


@pytest.mark.parametrize("split", ["valid", "test", "long"])
def test_the_pairs_equal_those_in_memory(split):
    assert tuple(from_disk(DATA / "mini", split)) == load_split(DATA / "mini", split)


def test_text_is_read_as_in_memory(folder):
    (folder / "train.align").unlink()
    german = "Ein Ma\u0308dchen liest.\nEin\u2028Hund\x0b.\n\u0308 und\x85Ko\u0308che."
    (folder / "train.de").write_bytes(german.encode())
    (folder / "train.en").write_bytes(b"The girl's reading.\na dog .\nand cooks\n")
    pairs = from_disk(folder)
    assert tuple(pairs) == load_split(folder, "train", in_memory=True)
    assert pairs[0].source == ("Ein", "Mädchen", "liest", ".")
    assert pairs[2].target == ("and", "cooks")


def test_pairs_are_indexed_like_a_tuple(folder):
    pairs, expected = from_disk(folder), load_split(folder, "train", in_memory=True)
    assert len(pairs) == 300
    for item in (0, 299, -1, -300, slice(3), slice(-2, None), slice(None, None, -50), slice(9, 2)):
        assert pairs[item] == expected[item]
    for item in (300, -301):
        with pytest.raises(IndexError):
            pairs[item]
    assert expected[7] in pairs


def test_large_splits_stay_on_disk_unless_one_says_otherwise(folder, monkeypatch):
    size = sum(f.stat().st_size for f in folder.glob("valid.*"))
    monkeypatch.setattr("utils.corpora.load.LARGE", size)
    corpus = load_corpus(folder)
    kinds = [type(split) for split in (corpus.train, corpus.valid, corpus.test)]
    assert kinds == [PairsOnDisk, tuple, tuple]
    assert isinstance(load_corpus(folder, in_memory=True).train, tuple)
    assert isinstance(load_corpus(folder, in_memory=False).test, PairsOnDisk)
    assert repr(corpus) == "<Corpus numbers: 300 train, 20 valid, 10 test, 0 long>"


def test_the_command_line_says_where_pairs_are_kept(folder, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(command, "load_corpus", lambda *_, **options: said.append(options) or 1 / 0)
    for option in ([], ["--in-memory"], ["--no-in-memory"]):
        with pytest.raises(ZeroDivisionError):
            command.main([f"--corpus={folder}", f"--output={tmp_path / 'a.pt'}", *option])
    assert [options["in_memory"] for options in said] == [None, True, False]


def test_another_process_opens_the_files_again(folder):
    pairs = from_disk(folder)
    packed = pickle.dumps(pairs)
    assert len(packed) < 1000
    assert tuple(pickle.loads(packed)) == tuple(pairs)


# The index


@pytest.fixture
def passes(monkeypatch):
    """List the files that are read for an index."""
    read, stream = [], on_disk.stream_lines
    monkeypatch.setattr(
        on_disk, "stream_lines", lambda path, *rest: read.append(path.name) or stream(path, *rest)
    )
    return read


def test_an_unchanged_file_is_not_read_twice(folder, passes):
    first = tuple(from_disk(folder))
    assert passes == ["train.de", "train.en", "train.align"]
    assert tuple(from_disk(folder)) == first
    assert len(passes) == 3


def test_a_longer_file_is_indexed_again(folder, passes):
    from_disk(folder)
    for end in ("de", "en", "align"):
        with (folder / f"train.{end}").open("a", encoding="utf-8") as file:
            file.write("0-0\n" if end == "align" else "zehn\n")
    assert from_disk(folder)[-1].source == ("zehn",)
    assert len(passes) == 6


def test_a_file_with_another_date_is_indexed_again(folder, passes):
    from_disk(folder)
    german = folder / "train.de"
    lines = german.read_text("utf-8").splitlines()
    german.write_text(
        "".join(f"{line}\n" for line in [*lines[1:2], *lines[:1], *lines[2:]]), "utf-8"
    )
    os.utime(german, ns=(0, 0))
    (folder / "train.align").write_text("0-0\n" * 300, "utf-8")
    assert from_disk(folder)[0].source == tuple(lines[1].split())
    assert len(passes) == 6


def test_links_that_appear_or_go_make_another_index(folder):
    from_disk(folder)
    (folder / "train.align").unlink()
    assert from_disk(folder)[0].alignment is None


def test_a_changed_file_with_a_mistake_is_refused(folder):
    from_disk(folder)
    with (folder / "train.en").open("ab") as file:
        file.write(b"\xff\n")
    with pytest.raises(CorpusError, match=r"train\.en, line 301: not UTF-8"):
        from_disk(folder)


def test_a_mistake_leaves_no_index(folder, place):
    (folder / "train.align").write_text("0-0\n" * 299 + "0-77\n", "utf-8")
    with pytest.raises(CorpusError, match=r"train\.align, line 300: 0-77 points outside"):
        from_disk(folder)
    assert list(place.iterdir()) == []


def test_corpora_share_a_folder_for_their_indexes(folder, tmp_path, place):
    write_splits({"train": number_pairs(5)}, tmp_path / "other")
    first, other = from_disk(folder), from_disk(tmp_path / "other")
    assert (len(first), len(other), len(list(place.iterdir()))) == (300, 5, 2)


def test_the_index_lies_beside_the_text_unless_the_environment_says_otherwise(folder, monkeypatch):
    monkeypatch.delenv("CORPUS_INDEX")
    from_disk(folder)
    (index,) = (folder / "index").iterdir()
    assert index.stat().st_size == 8 * 3 * (6 + 300 + 2)


def test_an_index_that_cannot_be_written_names_the_variable(folder, place):
    place.write_text("not a folder", "utf-8")
    with pytest.raises(CorpusError, match=r"cannot be written: .*: set CORPUS_INDEX to another"):
        from_disk(folder)


def test_progress_is_shown_when_asked(folder, capfd):
    load_corpus(folder, in_memory=False)
    assert capfd.readouterr() == ("", "")
    (folder / "train.de").touch()
    load_corpus(folder, in_memory=False, progress=True)
    assert "index of train" in capfd.readouterr().err


# Vocabularies and batches


@pytest.mark.parametrize("options", [{}, {"min_freq": 100}, {"subwords": 40}])
def test_the_vocabularies_equal_those_from_memory(folder, options):
    one, other = (
        build_fields(load_corpus(folder, in_memory=in_memory), **options)
        for in_memory in (False, True)
    )
    assert one.source.vocab.itos == other.source.vocab.itos
    assert one.target.vocab.itos == other.target.vocab.itos


def test_subwords_of_a_large_corpus_come_from_pairs_all_over_it(folder, monkeypatch):
    monkeypatch.setattr("utils.text.fields.SUBWORD_PAIRS", 149)
    pairs, learned = from_disk(folder), []
    monkeypatch.setattr(
        "utils.text.subwords.Subwords.learn", lambda words, _: learned.extend(words) or 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        build_fields(corpora.Corpus(pairs, (), ()), subwords=40)
    expected = pairs[::3]
    assert learned[::2] == [pair.source for pair in expected]
    assert learned[1::2] == [pair.target for pair in expected]


@pytest.mark.parametrize("listed", [1_000_000, 300, 299, 7])
@pytest.mark.parametrize("shuffle", [True, False])
def test_the_batches_equal_those_from_memory(folder, monkeypatch, listed, shuffle):
    monkeypatch.setattr("utils.batches.LISTED", listed)
    expected = batches_of(load_split(folder, "train", in_memory=True), shuffle=shuffle)
    assert batches_of(from_disk(folder), shuffle=shuffle) == expected


def pairs_in(batches):
    return sorted(
        (source[:length], target)
        for sources, lengths, targets in batches
        for source, length, target in zip(
            sources, lengths, [[word for word in row if word != 1] for row in targets], strict=True
        )
    )


@pytest.mark.parametrize("listed", [299, 7])
def test_an_order_in_a_file_has_every_pair_once(folder, monkeypatch, listed):
    pairs = from_disk(folder)
    expected = pairs_in(batches_of(pairs, shuffle=False))
    monkeypatch.setattr("utils.batches.LISTED", listed)
    made = batches_of(pairs, size=2)  # enough for more than one pool of 100 batches
    assert len(made) == 150
    assert pairs_in(made) == expected
    first_half = pairs_in(batches_of(pairs[:150], shuffle=False))
    assert pairs_in(made[:75]) != first_half


def test_the_seed_decides_an_order_in_a_file(folder, monkeypatch):
    monkeypatch.setattr("utils.batches.LISTED", 7)
    pairs, before = from_disk(folder), random.getstate()
    assert batches_of(pairs, seed=3) == batches_of(pairs, seed=3)
    assert batches_of(pairs, seed=3) != batches_of(pairs, seed=4)
    assert random.getstate() == before


def test_training_from_disk_can_resume_and_equals_training_from_memory(
    folder, monkeypatch, tmp_path
):
    monkeypatch.setattr("utils.batches.LISTED", 7)
    weights = []

    def train(in_memory, fit=fit_with, **options):
        corpus = load_corpus(folder, in_memory=in_memory)
        model = build_model(toy_fields(), "dot", embedding_size=4, hidden_size=4, seed=1)
        fit(model, toy_fields(), corpus, epochs=2, quiet=True, **options)
        weights.append(model.state_dict())

    def stop(_):
        raise KeyboardInterrupt

    train(True)
    train(False, stopped, checkpoint=tmp_path / "run.pt", on_epoch=stop)
    train(False, checkpoint=tmp_path / "run.pt")
    assert same_weights(weights[0], weights[2])
    assert not same_weights(weights[0], weights[1])


# Memory


def peak_megabytes(folder, in_memory):
    """Return the peak memory of Python objects while some batches are made."""
    tracemalloc.start()
    try:
        pairs = load_split(folder, "train", in_memory)
        for _, _batch in zip(range(5), make_batches(pairs, toy_fields(), 16, True), strict=False):
            pass
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_memory_does_not_grow_with_a_corpus_on_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("utils.batches.LISTED", 1000)
    draw, bound = random.Random(0), 4
    for count in (2_000, 40_000):
        for end in ("de", "en"):
            lines = (" ".join(draw.choices(GERMAN, k=6)) + "\n" for _ in range(count))
            (tmp_path / f"train.{end}").write_text("".join(lines), encoding="utf-8")
        assert peak_megabytes(tmp_path, in_memory=False) < bound
    assert peak_megabytes(tmp_path, in_memory=True) > 2 * bound


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_memory_of_a_process_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "BATCHES", 3)
    monkeypatch.setattr(memory, "UPDATES", 1)
    memory.repeat_mini(tmp_path, 1)
    assert (tmp_path / "train.de").read_bytes() == (DATA / "mini" / "train.de").read_bytes()
    row = memory.read_corpus(tmp_path, in_memory=False)
    assert row["pairs"] == 12_000
    assert 0 < row["before"] <= row["private"] <= row["private_with_updates"]
    assert row["mapped"] > 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_short_peak_of_memory_is_seen():
    with memory._watched(pause=0.001) as most:
        held = bytearray(b"x" * 100_000_000)
        time.sleep(0.1)
        del held
        before = memory._megabytes("private")
    assert most["private"] > before + 90
