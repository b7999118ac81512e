"""The map as an error detector: what is judged, by which signals, and against which links."""

import math

import numpy as np
import pandas as pd
import pytest
import torch
from toy import number_pairs, toy_translator

from utils.corpora import Pair
from utils.corpora.grammar import generate_pairs
from utils.corpora.grammar.conventions import sure_and_possible
from utils.corpora.grammar.lexicon import LEXICON
from utils.evaluation import RESAMPLES, alignment_error_rate
from utils.experiments import detector
from utils.experiments.detector import (
    NO_YES,
    OF_SENTENCES,
    OF_WORDS,
    PROBABILITIES,
    Signal,
    count_bins,
    first_deviation,
    judge_words,
    measure_conventions,
    measure_detector,
    score_signals,
    sentence_signals,
)
from utils.experiments.detector_captions import score_captions
from utils.experiments.seeds import wilson_interval
from utils.experiments.signals import (
    Reading,
    area_under_curve,
    areas_of_draws,
    bootstrap_interval,
    rank_correlation,
    read_again,
)
from utils.text import END, PADDING, START, UNKNOWN
from utils.trace import trace
from utils.translator import Translator

# Which links are a convention


def aligned(german, english, links):
    pairs = [tuple(map(int, link.split("-"))) for link in links.split()]
    return Pair(tuple(german.split()), tuple(english.split()), frozenset(pairs))


WENT = aligned(
    "gestern ist Lisa nicht zum Lehrer gegangen .",
    "yesterday Lisa did not go to the teacher .",
    "0-0 2-1 3-2 3-3 6-4 4-5 4-6 5-7 7-8",
)
CALLS = aligned(
    "Felix ruft die Eltern an .", "Felix calls the parents .", "0-0 1-1 4-1 2-2 3-3 5-4"
)


def test_an_auxiliary_may_go_to_its_verb_and_did_to_nicht_or_the_verb():
    sure, possible = sure_and_possible(WENT)
    assert possible - WENT.alignment == {(1, 4), (1, 2), (6, 2)}  # ist–go, ist–did, gegangen–did
    assert WENT.alignment - sure == {(3, 2)}  # nicht–did; nicht–not stays


def test_either_half_of_a_separable_verb_will_do():
    sure, possible = sure_and_possible(CALLS)
    assert possible == CALLS.alignment
    assert CALLS.alignment - sure == {(1, 1), (4, 1)}


def test_does_may_go_to_both_halves_of_a_separable_verb():
    pair = aligned(
        "Felix ruft Mia nicht an .", "Felix does not call Mia .", "0-0 1-3 4-3 2-4 3-1 3-2 5-5"
    )
    assert sure_and_possible(pair)[1] - pair.alignment == {(1, 1), (4, 1)}


def test_a_participle_of_a_relative_clause_keeps_its_own_auxiliary():
    pair = aligned(
        "gestern hat der Mann , der geschlafen hat , gegessen .",
        "yesterday the man who slept ate .",
        "0-0 2-1 3-2 5-3 6-4 9-5 10-6",
    )
    assert sure_and_possible(pair)[1] - pair.alignment == {(1, 5), (7, 4)}


def test_ist_with_an_adjective_is_no_auxiliary():
    pair = aligned("Lisa ist nicht neu .", "Lisa is not new .", "0-0 1-1 2-2 3-3 4-4")
    assert sure_and_possible(pair) == (pair.alignment, pair.alignment)


def test_each_auxiliary_of_the_grammar_finds_one_verb_that_takes_it():
    forms = LEXICON["auxiliaries"]
    auxiliaries = {form for both in forms.values() for form in both}
    for pair in generate_pairs(500, lengths=(10, 50), seed=5):
        sure, possible = sure_and_possible(pair)
        assert sure <= pair.alignment <= possible
        linked = {i for i, _ in pair.alignment}
        free = [i for i, word in enumerate(pair.source) if word in auxiliaries and i not in linked]
        verbs = []
        for i in free:
            (t,) = {t for j, t in possible if j == i and pair.target[t] not in ("do", "did")}
            (participle,) = (j for j, u in pair.alignment if u == t)
            went = pair.source[participle] == "gegangen"
            assert pair.source[i] in forms["sein" if went else "haben"]
            verbs.append(participle)
        assert len(set(verbs)) == len(verbs)


def test_both_ways_to_draw_the_links_are_right_by_the_free_convention():
    sure, possible = sure_and_possible(WENT)
    grammar = {link for link in WENT.alignment}
    other = (grammar - {(3, 2)}) | {(1, 2), (1, 4)}
    for links in (grammar, other):
        assert alignment_error_rate([links], [sure], [possible]) == 0
    assert alignment_error_rate([other], [WENT.alignment]) > 0


def test_without_links_there_is_no_convention():
    with pytest.raises(ValueError, match="no gold links"):
        sure_and_possible(Pair(("Lisa",), ("Lisa",)))


# What a model shows


def test_a_reading_is_what_the_search_saw():
    translator = toy_translator()
    bias, numbers = translator.model.decoder.output.bias.data, translator.fields.target.vocab.stoi
    bias[[numbers[word] for word in (UNKNOWN, PADDING, START)]] = -1e4  # as after training
    bias[numbers[END]] += 2  # so that half of the sentences end
    pairs = number_pairs(12, longest=7, seed=4)
    found = translator.translate([pair.source for pair in pairs])
    own = [Pair(pair.source, t.tokens) for pair, t in zip(pairs, found, strict=True)]
    readings, runaways = read_again(translator, own), 0
    for pair, translation, reading in zip(own, found, readings, strict=True):
        steps = trace(translator, pair.source).steps
        assert len(reading.entropy) == len(steps)
        runaways += steps[-1].word != END
        for t, step in enumerate(steps):
            assert reading.heaviest[t] == int(step.weights.argmax())
            assert reading.largest[t] == pytest.approx(float(step.weights.max()), rel=1e-4)
            assert math.exp(reading.log_probability[t]) == pytest.approx(step.best[0][1], rel=1e-4)
            entropy = -sum(a * math.log(a) for a in step.weights.tolist() if a > 0)
            assert reading.entropy[t] == pytest.approx(entropy, rel=1e-3, abs=1e-5)
        assert reading.log_probability.sum() == pytest.approx(translation.score, rel=1e-4)
    assert 0 < runaways < len(own)  # both a sentence with <eos> and one without were read


def test_pieces_of_a_word_count_together():
    translator = Translator.load("multi30k-additive")
    source = "ein akrobat jongliert mit melonen ."
    (found,) = translator.translate([source])
    (reading,) = read_again(translator, [Pair(translator.read(source), found.tokens)])
    assert len(translator.fields.target.preprocess(found.tokens)) > len(found.tokens)
    assert len(reading.entropy) == len(found.tokens) + 1
    assert reading.log_probability.sum() == pytest.approx(found.score, rel=1e-3)
    rows = torch.special.entr(found.weights).sum(dim=1)
    assert reading.entropy[:-1] == pytest.approx(rows.numpy(), rel=1e-3)
    assert reading.heaviest[:-1].tolist() == found.weights.argmax(dim=1).tolist()


# How well that finds errors


def test_the_area_under_the_curve_by_hand():
    wrong = np.array([False, False, True, True])
    assert area_under_curve(np.array([1, 2, 3, 4]), wrong) == 1
    assert area_under_curve(np.array([4, 3, 2, 1]), wrong) == 0
    assert area_under_curve(np.array([1, 3, 2, 4]), wrong) == 0.75
    assert area_under_curve(np.array([5, 5, 5, 5]), wrong) == 0.5
    assert area_under_curve(np.array([0, 1, 1, 1]), wrong) == 0.75
    assert math.isnan(area_under_curve(np.array([1, 2]), np.array([False, False])))
    assert math.isnan(area_under_curve(np.array([1, 2]), np.array([True, True])))


def test_the_area_is_the_share_of_pairs_in_the_right_order():
    rng = np.random.default_rng(0)
    values, wrong = rng.integers(6, size=80), rng.random(80) < 0.3
    above = values[wrong][:, None] - values[~wrong][None, :]
    assert area_under_curve(values, wrong) == pytest.approx(((np.sign(above) + 1) / 2).mean())


def test_the_rank_correlation_is_of_order_alone():
    values = np.array([1.0, 2.0, 3.0, 4.0])
    assert rank_correlation(values, np.exp(values)) == pytest.approx(1)
    assert rank_correlation(values, -(values**3)) == pytest.approx(-1)
    assert rank_correlation(values, np.array([1, 3, 2, 4])) == pytest.approx(0.8)  # 1 - 6·2/60
    assert math.isnan(rank_correlation(values, np.ones(4)))


def test_the_bootstrap_interval_is_that_of_a_mean():
    values = np.random.default_rng(1).normal(5, 2, size=400)
    low, high = bootstrap_interval(lambda drawn: values[drawn].mean(), len(values))
    margin = 1.96 * values.std() / math.sqrt(len(values))
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.03)
    assert (high - low) / 2 == pytest.approx(margin, rel=0.1)


def test_the_areas_of_draws_are_those_of_whole_sentences():
    rng = np.random.default_rng(2)
    sentence = np.repeat(np.arange(12), 5)
    wrong, values = rng.random(60) < 0.4, rng.integers(5, size=60)
    areas = areas_of_draws(values, wrong, sentence)
    for draw, area in zip(
        np.random.default_rng(0).integers(12, size=(20, 12)), areas, strict=False
    ):
        rows = np.concatenate([np.flatnonzero(sentence == each) for each in draw])
        assert area == pytest.approx(area_under_curve(values[rows], wrong[rows]), abs=1e-6)
    assert len(areas) == RESAMPLES
    assert np.isnan(areas_of_draws(values, np.zeros(60, dtype=bool), sentence)).all()


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_are_those_of_newcombe_1998(hits, n, low, high):
    assert wilson_interval(hits, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    mirrored = wilson_interval(n - hits, n)
    assert mirrored == (pytest.approx(1 - high, abs=5e-5), pytest.approx(1 - low, abs=5e-5))


@pytest.mark.parametrize(("hits", "n"), [(1, 0), (0, 0), (-1, 5), (6, 5)])
def test_impossible_shares_are_refused(hits, n):
    with pytest.raises(ValueError, match="no share"):
        wilson_interval(hits, n)


# What is judged


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("the man sleeps .", None),
        ("the boy sleeps .", 1),
        ("man the sleeps .", 0),
        ("the man .", 2),  # all later words are shifted, and none of them counts
        ("the man", 2),  # <eos> too early
        ("the man sleeps . .", 4),  # <eos> too late
        ("", 0),
    ],
)
def test_the_first_deviation(written, place):
    assert first_deviation(written.split(), ["the", "man", "sleeps", "."]) == place


def reading_of(heaviest):
    size = len(heaviest)
    steps = np.arange(size)
    return Reading(0.1 * steps, 1 - 0.1 * steps, np.array(heaviest), np.log(1 - 0.05 * steps))


def test_words_are_judged_up_to_the_first_wrong_one():
    looked = [0, 2, 1, 4, 6, 4, 4, 5, 7, 7]
    right = judge_words(WENT, WENT.target, reading_of(looked))
    assert len(right) == 9  # without <eos>
    assert not right["wrong"].any()
    assert right["missing link"].tolist() == [t in (2, 3) for t in range(9)]
    written = ("yesterday", "Lisa", "did", "not", "sleep", ".")
    rows = judge_words(WENT, written, reading_of(looked[:7]))
    assert rows["wrong"].tolist() == [False] * 4 + [True]
    assert rows["missing link"].tolist() == [False, False, True, True, False]  # did–ist, not–zum
    assert rows["missing link, freely"].tolist() == [False, False, False, True, False]
    assert rows["probability"].tolist() == pytest.approx([1, 0.95, 0.9, 0.85, 0.8])
    assert rows["position"].tolist() == [0, 1, 2, 3, 4]


def test_an_early_end_is_a_wrong_word_and_a_late_one_is_none():
    early = judge_words(WENT, WENT.target[:3], reading_of([0, 2, 3, 7]))
    assert early["wrong"].tolist() == [False, False, False, True]
    late = judge_words(WENT, (*WENT.target, "."), reading_of([0, 2, 3, 3, 6, 4, 4, 5, 7, 7, 7]))
    assert late["wrong"].tolist() == [False] * 9


def test_signals_of_a_sentence_are_over_all_its_words():
    signals = sentence_signals(reading_of([0, 1, 2]))
    assert signals["mean entropy"] == pytest.approx(0.1)
    assert signals["highest entropy"] == pytest.approx(0.2)
    assert signals["mean probability"] == pytest.approx((1 * 0.95 * 0.9) ** (1 / 3))
    assert signals["lowest probability"] == pytest.approx(0.9)


# The tables


def test_bins_hold_their_lower_edge_and_the_last_one_both():
    values = np.array([0.0, 0.3, 0.29, 0.9, 1.0, 1 + 1e-7])
    wrong = np.array([True, True, False, False, False, True])
    rows = count_bins(values, wrong, PROBABILITIES)
    found = {(row["bin_low"], row["bin_high"]): (row["n"], row["wrong"]) for row in rows}
    assert found == {(0, 0.3): (2, 1), (0.3, 0.5): (1, 1), (0.9, 1): (3, 1)}
    yes = count_bins(np.array([0.0, 1.0, 1.0]), np.array([False, True, False]), NO_YES)
    assert [(row["bin_low"], row["n"], row["wrong"]) for row in yes] == [(0, 1, 0), (1, 2, 1)]


def test_small_values_are_suspicious_where_the_sign_says_so():
    rows = pd.DataFrame({"a": [0.1, 0.8, 0.9], "wrong": [True, False, False]})
    first, second = (
        score_signals(rows, {"a": Signal(sign, edges)})
        for sign, edges in ((-1, PROBABILITIES), (1, ()))
    )
    assert (first[0]["n"], first[0]["wrong"], first[0]["auc"]) == (3, 1, 1)
    assert sum(row["n"] for row in first[1:]) == 3
    assert second == [{"signal": "a", "n": 3, "wrong": 1, "auc": 0}]


@pytest.fixture
def on_toys(monkeypatch):
    """Measure a toy translator on toy sentences, of which it has few right."""
    monkeypatch.setattr(detector, "trained", lambda name, seed: toy_translator(name))
    pairs = {"4–30": number_pairs(30, seed=6), "31–50": number_pairs(20, shortest=2, seed=7)}
    monkeypatch.setattr(detector, "pairs_by_length", lambda: pairs)
    return pairs


def test_a_run_scores_all_signals(on_toys):
    table = pd.DataFrame(measure_detector("dot", 3))
    assert set(table.attention) == {"dot"}
    assert set(table.seed) == {3}
    whole = table[table.bin_low.isna()]
    for (lengths, level), rows in whole.groupby(["lengths", "level"]):
        assert rows.signal.tolist() == list(OF_WORDS if level == "word" else OF_SENTENCES)
        assert rows.n.nunique() == rows.wrong.nunique() == 1  # all signals see the same words
        if level == "sentence":
            assert (rows.n == len(on_toys[lengths])).all()
    bins = table[table.bin_low.notna()]
    keys = ["lengths", "level", "signal"]
    sums = bins.groupby(keys)[["n", "wrong"]].sum()
    expected = whole.set_index(keys)[["n", "wrong"]].loc[sums.index]
    pd.testing.assert_frame_equal(sums, expected)
    assert len(sums) == 2 * (5 + 6)  # those with bins


def test_a_run_compares_the_conventions(on_toys):
    rows = measure_conventions("additive", 0)
    assert [(row["lengths"], row["convention"]) for row in rows] == [
        (lengths, convention) for lengths in on_toys for convention in ("grammar", "free")
    ]
    for row in rows:  # one link for each word, and nothing in numbers is a convention
        assert row["n"] == sum(len(pair.target) for pair in on_toys[row["lengths"]])
        assert row["aer"] == pytest.approx(row["missed"] / row["n"])


def test_the_pairs_are_those_that_no_training_saw():
    found = detector.pairs_by_length()
    assert [len(pairs) for pairs in found.values()] == [1200, 800]


@pytest.mark.parametrize("beam_size", [1, 3])
def test_captions_are_scored_without_links(beam_size):
    pairs = [Pair(pair.source, pair.target) for pair in number_pairs(25, shortest=2, seed=8)]
    table = pd.DataFrame(score_captions(pairs, toy_translator(), beam_size))
    sentences = table.query("level == 'sentence'").set_index("signal")
    assert set(sentences.n) == {25}
    assert (sentences.low <= sentences.value).all()
    assert (sentences.value <= sentences.high).all()
    whole = table[(table.level == "word") & table.bin_low.isna()]
    assert "missing link" not in set(whole.signal)
    assert {"entropy", "probability"} <= set(whole.signal)
    found = toy_translator().translate([pair.source for pair in pairs], beam_size)
    outside = [w not in p.target for p, t in zip(pairs, found, strict=True) for w in t.tokens]
    assert (whole.n == len(outside)).all()
    assert (whole.wrong == sum(outside)).all()
    assert ((whole.low <= whole.value) & (whole.value <= whole.high)).all()
