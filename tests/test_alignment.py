"""Aligners of real sentences: by position, by IBM model 1, by attention, against links by hand."""

import re
import sys

import pytest
from toy import REPOSITORY, number_pairs, toy_fields, toy_model

from utils.corpora import Pair, load_split
from utils.corpora.links import HandLinks
from utils.evaluation import links_from_weights
from utils.experiments import alignment, ibm1
from utils.experiments.alignment import (
    ATTENTION,
    by_attention,
    by_position,
    hand_links,
    measure_agreement,
    measure_alignment,
    moved,
    own_captions,
    score_links,
    up_to_layer,
)
from utils.experiments.captions import RNN
from utils.experiments.tables import read_results
from utils.models import build_transformer
from utils.translator import Translator


def pair(source, target):
    return Pair(tuple(source.split()), tuple(target.split()))


# IBM model 1

HOUSES = [
    pair("das haus", "the house"),
    pair("das buch", "the book"),
    pair("ein buch", "a book"),
    pair("gestern las ein kind das buch", "a child read the book yesterday"),
    pair("gestern las das kind", "the child read yesterday"),
    pair("ein haus", "a house"),
    pair("das kind", "the child"),
    pair("das kind las", "the child read"),
]


@pytest.mark.parametrize("reading", ["each target word", "intersection", "grow-diag"])
def test_words_that_occur_together_are_linked_wherever_they_stand(reading):
    asked = [HOUSES[3], pair("haus das", "the house")]
    long, short = ibm1.align_by_ibm1(asked, HOUSES)[reading]
    assert long == {(0, 5), (1, 2), (2, 0), (3, 1), (4, 3), (5, 4)}
    assert short == {(0, 1), (1, 0)}


def test_each_direction_links_its_own_words_once():
    asked = [pair("im haus", "in the house")]
    known = [*HOUSES, pair("im buch", "in the book"), pair("im buch", "in the book")]
    readings = ibm1.align_by_ibm1(asked, known)
    (forward,), (backward,) = readings["each target word"], readings["each source word"]
    assert {(0, 0), (1, 2)} <= forward
    assert (1, 2) in backward and len(backward) <= 2
    assert sorted(target for _, target in forward) == sorted({target for _, target in forward})
    assert sorted(source for source, _ in backward) == sorted({source for source, _ in backward})
    assert readings["intersection"] == [forward & backward]


def test_without_nltk_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "nltk.translate", None)
    with pytest.raises(ValueError, match="nltk, which is not installed: `make check` installs it"):
        ibm1.align_by_ibm1(HOUSES[:1], HOUSES)


@pytest.mark.parametrize(
    ("one", "other", "grown"),
    [
        pytest.param({(0, 0)}, {(0, 0), (1, 0)}, {(0, 0), (1, 0)}, id="a free source word"),
        pytest.param({(0, 0), (1, 1)}, {(0, 0)}, {(0, 0), (1, 1)}, id="a diagonal neighbor"),
        pytest.param({(0, 0), (2, 2)}, {(0, 0)}, {(0, 0)}, id="too far"),
        pytest.param({(0, 0)}, {(1, 1)}, set(), id="nothing in common"),
        pytest.param(
            {(0, 0), (0, 1)}, {(0, 0), (0, 2)}, {(0, 0), (0, 1), (0, 2)}, id="in two steps"
        ),
        # (0, 1) would link two words that have links already
        pytest.param(
            {(0, 0), (1, 1), (0, 1)}, {(0, 0), (1, 1)}, {(0, 0), (1, 1)}, id="no free word"
        ),
    ],
)
def test_the_intersection_grows_by_neighbors_of_free_words(one, other, grown):
    assert ibm1.grow_diag(one, other) == ibm1.grow_diag(other, one) == grown


# Position and attention


def test_positions_by_hand():
    readings = by_position([pair("a b c", "u v w x y"), pair("a b c", "u")])
    assert readings["diagonal"] == [{(0, 0), (0, 1), (1, 2), (2, 3), (2, 4)}, {(0, 0)}]
    assert readings["same position"] == [{(0, 0), (1, 1), (2, 2)}, {(0, 0)}]


def test_links_move_along_the_target_and_not_out_of_it():
    links = {(4, 0), (1, 1), (2, 2)}
    assert moved(links, 1, length=3) == {(4, 1), (1, 2)}
    assert moved(links, -1, length=3) == {(1, 0), (2, 1)}


@pytest.fixture
def transformer():
    """Return a translator with three layers, whose attention is far from even."""
    model = build_transformer(toy_fields(), size=8, heads=2, layers=3, hidden_size=8, seed=1)
    for parameter in model.parameters():
        parameter.data.mul_(4)
    return Translator(model.eval(), toy_fields())


def test_a_layers_weights_are_those_it_has_in_the_whole_decoder(transformer, monkeypatch):
    pairs = number_pairs(1, shortest=4, longest=4)
    seen = []
    for layer in transformer.model.decoder.layers:
        read = layer.read

        def note(*arguments, read=read):
            words, weights = read(*arguments)
            seen.append(weights[0, :-1])  # without <eos>
            return words, weights

        monkeypatch.setattr(layer, "read", note)
    (last,) = transformer.align(pairs)
    monkeypatch.undo()
    for number, weights in enumerate(seen, 1):
        (alone,) = up_to_layer(transformer, number).align(pairs)
        assert (alone - weights).abs().max() < 1e-6
    assert (seen[2] - last).abs().max() < 1e-6
    assert (seen[0] - seen[1]).abs().max() > 1e-3
    assert len(transformer.model.decoder.layers) == 3  # as before


def test_attention_is_read_plainly_and_one_word_off(monkeypatch):
    translator, pairs = Translator(toy_model(), toy_fields()), number_pairs(4, shortest=3)
    monkeypatch.setattr(Translator, "load", lambda name: translator)
    readings = by_attention("toy", pairs)
    plain = links_from_weights(translator.align(pairs))
    assert readings[ATTENTION] == plain
    for links, before, later in zip(plain, *list(readings.values())[1:], strict=True):
        assert before == {(s, t - 1) for s, t in links if t > 0}
        assert later == {(s, t + 1) for s, t in links if t + 1 < len(links)}


def test_a_transformer_is_read_layer_by_layer(transformer, monkeypatch):
    monkeypatch.setattr(Translator, "load", lambda name: transformer)
    pairs = number_pairs(4)
    readings = by_attention("toy", pairs)
    assert list(readings)[3:] == ["layer 1", "layer 2"]  # the last one is plain attention
    for number in (1, 2):
        links = links_from_weights(up_to_layer(transformer, number).align(pairs))
        assert readings[f"layer {number}"] == links


def test_a_translator_that_is_not_there_yet_can_be_trained():
    message = r"no data/models/moon\.pt: run `make captions` first"
    with pytest.raises(FileNotFoundError, match=message):
        by_attention("moon", number_pairs(1))


# The studies


def test_our_captions_are_read_as_all_aligners_were_trained():
    written = load_split(alignment.CAPTIONS, "test")
    for plain, lower in zip(written, own_captions(), strict=True):
        assert lower.source == tuple(word.lower() for word in plain.source)
        assert lower.target == tuple(word.lower() for word in plain.target)


def test_links_are_scored_and_compared():
    gold = HandLinks([{(0, 0), (1, 1)}, {(0, 0), (1, 2)}], [{(1, 0)}, set()])
    links = [{(0, 0), (1, 0)}, {(0, 0), (1, 2)}]
    row = score_links(links, [{(0, 0)}, {(0, 0)}], gold)
    assert row["aer"] == pytest.approx(1 - (3 + 4) / 8)
    assert row["change"] == pytest.approx(1 / 8 - (1 - (2 + 2) / 6))
    assert (row["precision"], row["recall"]) == (1, 3 / 4)
    assert (row["links"], row["n"]) == (4, 2)
    assert row["low"] <= row["aer"] <= row["high"]
    assert row["change_low"] <= row["change"] <= row["change_high"]


def test_each_reading_of_an_aligner_has_a_row(monkeypatch):
    pairs = number_pairs(20, shortest=2)
    gold = [each.alignment for each in pairs]
    aligners = {
        "position": by_position,
        RNN: lambda pairs: {ATTENTION: gold, "none": [set() for _ in gold]},
    }
    monkeypatch.setattr(alignment, "ALIGNERS", aligners)
    monkeypatch.setattr(alignment, "own_captions", lambda: pairs)
    monkeypatch.setattr(alignment, "hand_links", lambda name: HandLinks(gold, [set()] * 20))
    perfect, nothing = measure_alignment(RNN)
    assert (perfect["aer"], perfect["change"], nothing["aer"]) == (0, 0, 1)
    rows = measure_alignment("position")
    assert [row["reading"] for row in rows] == ["diagonal", "same position"]
    # a reversed sentence has one word in its place, if it has an odd number of words
    odd = sum(len(each.source) % 2 for each in pairs)
    words = sum(len(each.source) for each in pairs)
    assert [row["aer"] for row in rows] == pytest.approx([1 - odd / words] * 2)
    assert [row["change"] for row in rows] == [row["aer"] for row in rows]


def test_agreement_by_hand(tmp_path, monkeypatch):
    monkeypatch.setattr(alignment, "CAPTIONS", tmp_path)
    monkeypatch.setattr(alignment, "own_captions", lambda: [pair("a b c", "u v w")] * 2)
    (tmp_path / "one.align").write_text("0-0 1-1 2?2\n0-0\n", "utf-8")
    (tmp_path / "two.align").write_text("0-0 1?1\n0-1 0?0\n", "utf-8")
    sure, every = measure_agreement("one", "two")
    assert (sure["links_first"], sure["links_second"]) == (3, 2)
    assert sure["f1"] == pytest.approx(2 * 1 / 5)
    assert (every["links_first"], every["links_second"]) == (4, 4)
    assert every["f1"] == pytest.approx(2 * 3 / 8)
    for row in (sure, every):
        assert row["low"] <= row["f1"] <= row["high"]


@pytest.mark.parametrize("name", sorted(path.stem for path in alignment.CAPTIONS.glob("*.align")))
def test_every_pass_links_every_caption(name):
    links = hand_links(name)
    assert len(links.sure) == 50
    # every caption ends in a period, in both languages
    for each, sure in zip(own_captions(), links.sure, strict=True):
        assert (len(each.source) - 1, len(each.target) - 1) in sure


def test_the_readme_has_the_agreement():
    text = (REPOSITORY / "data" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (sure|all) \| ([\d.]+) \| (\d+) \| (\d+) \|$", text, flags=re.M)
    measured = [
        (row["kind"], f"{row['f1']:.3f}", str(row["links_first"]), str(row["links_second"]))
        for row in measure_agreement("first", "second")
    ]
    assert rows == measured


README_ROW = re.compile(r"^\| ([\w-]+) \| ([\w -]+) \| (0\.\d+) \| (0\.\d+)–(0\.\d+) \|$", re.M)


def three_digits(*values):
    return tuple(f"{value:.3f}" for value in values)


def test_the_readme_has_the_error_rates():
    results = read_results("alignment").set_index(["aligner", "reading"])
    rows = README_ROW.findall((REPOSITORY / "data" / "README.md").read_text("utf-8"))
    assert {aligner for aligner, *_ in rows} == set(alignment.ALIGNERS)
    for aligner, reading, *numbers in rows:
        row = results.loc[aligner, reading]
        assert tuple(numbers) == three_digits(row.aer, row.low, row.high), (aligner, reading)


@pytest.mark.parametrize(
    ("aligner", "reading", "better"),
    [
        ("ibm1", "each target word", "0.012 better, with an interval from 0.062 better to 0.036"),
        ("multi30k-transformer", "attention", "0.096 (0.056 to 0.137)"),
        ("multi30k-transformer", "layer 1", "0.078 (0.045 to 0.110)"),
    ],
)
def test_the_readme_has_the_differences(aligner, reading, better):
    text = " ".join((REPOSITORY / "data" / "README.md").read_text("utf-8").split())
    row = read_results("alignment").set_index(["aligner", "reading"]).loc[aligner, reading]
    ends = sorted((abs(row.change_low), abs(row.change_high)), reverse=aligner == "ibm1")
    assert tuple(re.findall(r"0\.\d+", better)) == three_digits(abs(row.change), *ends)
    assert better in text


# The translations of our captions, judged by hand


def test_the_data_readme_counts_the_words_judged_wrong():
    lines = (REPOSITORY / "data" / "captions" / "judged.en").read_text("utf-8").splitlines()
    words = [word for line in lines for word in line.split()]
    stars = [word for word in words if "*" in word]
    assert len(lines) == len(own_captions())
    assert all(re.fullmatch(r"\*[^*]+\*", word) for word in stars)
    text = (REPOSITORY / "data" / "README.md").read_text("utf-8")
    assert f"So {len(stars)} of {len(words)} words are wrong" in text
