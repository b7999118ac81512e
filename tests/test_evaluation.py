"""BLEU, exact match and the alignment error rate, against torchtext and by hand."""

import math
import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU
from torchtext.data.metrics import bleu_score

from utils.corpora import load_corpus
from utils.evaluation import (
    T_95,
    alignment_difference,
    alignment_error_rate,
    alignment_interval,
    bleu,
    bleu_by_length,
    bleu_from_counts,
    exact_match,
    links_from_weights,
    ngram_counts,
    precision_and_recall,
    sacrebleu_interval,
    sacrebleu_lowercase,
)
from utils.models import ATTENTIONS
from utils.translator import Translator

SHORT = ["the", "cat", "sat", "on", "the", "mat"]
LONG = ["the", "cat", "sat", "on", "the", "red", "mat"]
EDGES = [4, 6, 11]

tokens = st.lists(st.sampled_from("abc."), max_size=9)
corpora = st.lists(st.tuples(tokens, tokens.filter(bool)), min_size=1, max_size=8)
thorough = settings(max_examples=150, deadline=None, derandomize=True)


def noisy_corpus(size, seed=0):
    """Return hypotheses with wrong words and wrong lengths, their references, and sources."""
    draw = random.Random(seed)
    references = [draw.choices("abcdef", k=draw.randint(4, 10)) for _ in range(size)]
    hypotheses = [[draw.choice([w] * 6 + ["x"]) for w in words] for words in references]
    return [words[: draw.randint(4, 10)] for words in hypotheses], references, references


def torchtexts(hypotheses, references):
    """Return torchtext's BLEU, 0…1, which has 7 digits."""
    return bleu_score(list(hypotheses), [[reference] for reference in references])


@thorough
@given(corpora)
def test_bleu_equals_torchtexts(corpus):
    hypotheses, references = zip(*corpus, strict=True)
    expected = torchtexts(hypotheses, references)
    assert bleu(hypotheses, references) / 100 == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_bleu_equals_torchtexts_where_much_matches(seed):
    hypotheses, references, _ = noisy_corpus(50, seed)
    expected = torchtexts(hypotheses, references)
    assert 0.2 < expected < 0.95
    assert bleu(hypotheses, references) / 100 == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", ATTENTIONS)
def test_bleu_of_a_shipped_translator_equals_torchtexts(name):
    pairs = load_corpus("mini").test
    written = Translator.load(f"mini-{name}").translate([pair.source for pair in pairs])
    hypotheses, references = [t.tokens for t in written], [pair.target for pair in pairs]
    expected = torchtexts(hypotheses, references)
    assert bleu(hypotheses, references) / 100 == pytest.approx(expected, abs=1e-6)


@thorough
@given(corpora)
def test_summed_counts_give_the_same_bleu(corpus):
    hypotheses, references = zip(*corpus, strict=True)
    counts = ngram_counts(hypotheses, references)
    assert counts.shape == (len(corpus), 10)
    expected = bleu(hypotheses, references)
    assert bleu_from_counts(counts.sum(axis=0)) == pytest.approx(expected)


def test_bleu_by_hand_and_the_order_of_its_arguments():
    # n-grams of the short hypothesis that match: 6 of 6, 4 of 5, 3 of 4, 2 of 3; one word missing
    missing = 100 * math.exp(1 - 7 / 6) * (1 * 4 / 5 * 3 / 4 * 2 / 3) ** 0.25
    assert bleu([SHORT], [LONG]) == pytest.approx(missing)
    # of the long one: 6 of 7, 4 of 6, 3 of 5, 2 of 4; nothing is too short
    added = 100 * (6 / 7 * 4 / 6 * 3 / 5 * 2 / 4) ** 0.25
    assert bleu([LONG], [SHORT]) == pytest.approx(added)
    assert missing - added > 2


def test_bleu_is_not_a_mean_over_sentences():
    pooled = bleu([SHORT, LONG], [LONG, LONG])
    assert pooled != pytest.approx((bleu([SHORT], [LONG]) + 100) / 2, abs=0.5)
    assert bleu([LONG, ["a", "b"]], [LONG, ["a", "b"]]) == pytest.approx(100)


def test_bleu_goes_from_0_to_100():
    assert bleu([LONG], [LONG]) == pytest.approx(100)
    assert bleu([LONG], [["nothing", "in", "common", "here"]]) == 0
    assert bleu([[]], [LONG]) == 0


def test_exact_match_counts_whole_sentences():
    assert exact_match([SHORT, tuple(LONG)], [LONG, LONG]) == 50
    assert exact_match([LONG, LONG[::-1]], [LONG, LONG]) == 50
    assert exact_match([LONG], [LONG]) == 100


@pytest.mark.parametrize("score", [bleu, exact_match, alignment_error_rate])
def test_no_sentences_have_no_score(score):
    with pytest.raises(ValueError, match="at least one"):
        score([], [])


@pytest.mark.parametrize(
    ("score", "sizes"),
    [
        (lambda: bleu([SHORT], []), "1 hypotheses, 0 references"),
        (lambda: exact_match([SHORT], [SHORT] * 2), "1 hypotheses, 2 references"),
        (lambda: bleu_by_length([SHORT], [SHORT], [], EDGES), "1 references, 0 sources"),
        (lambda: alignment_error_rate([{(0, 0)}], []), "1 predicted, 0 sure"),
        (lambda: alignment_error_rate([{(0, 0)}], [set()], []), "1 sure, 0 possible"),
    ],
)
def test_lists_of_different_lengths_are_refused(score, sizes):
    with pytest.raises(ValueError, match=sizes):
        score()


def test_buckets_hold_their_first_edge_and_not_their_last():
    sources = [["x"] * size for size in (3, 4, 5, 6, 10, 11)]
    hypotheses = [[*"abcd"]] * 2 + [[*"abce"]] + [[*"abcd"]] * 3
    table = bleu_by_length(hypotheses, [[*"abcd"]] * 6, sources, EDGES)
    assert {"bucket", "n", "bleu", "low", "high"} <= set(table.columns)
    assert table["bucket"].tolist() == ["4–5", "6–10"]
    assert table["n"].tolist() == [2, 2]
    assert table["exact"].tolist() == [50, 100]
    assert table["bleu"][1] == pytest.approx(100)


def test_each_bucket_has_the_bleu_of_its_sentences():
    hypotheses, references, sources = noisy_corpus(60)
    table = bleu_by_length(hypotheses, references, sources, EDGES)
    for row, (first, end) in zip(table.itertuples(), [(4, 6), (6, 11)], strict=True):
        chosen = [i for i, source in enumerate(sources) if first <= len(source) < end]
        assert row.n == len(chosen) > 0
        expected = bleu([hypotheses[i] for i in chosen], [references[i] for i in chosen])
        assert row.bleu == pytest.approx(expected)
        assert row.low < row.bleu < row.high


def test_an_empty_bucket_has_no_score():
    table = bleu_by_length([LONG], [LONG], [LONG], [4, 6, 11, 16])
    assert table["n"].tolist() == [0, 1, 0]
    assert table[["bleu", "low", "high", "exact"]].isna().all(axis=1).tolist() == [
        True,
        False,
        True,
    ]
    assert table.loc[1, ["bleu", "low", "high", "exact"]].tolist() == pytest.approx([100] * 4)


def test_intervals_depend_on_the_seed_alone():
    corpus, state = noisy_corpus(60), np.random.get_state()[1].tolist()
    first, again, other = (bleu_by_length(*corpus, EDGES, seed=seed) for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first["low"].equals(other["low"])
    assert first["bleu"].equals(other["bleu"])
    assert np.random.get_state()[1].tolist() == state


def test_intervals_shrink_with_more_sentences():
    def width(times):
        row = bleu_by_length(*(side * times for side in noisy_corpus(20)), [4, 11]).iloc[0]
        assert row.low < row.bleu < row.high
        return row.high - row.low

    assert 1.5 < width(1) / width(4) < 2.7  # half as wide with four times as many


def test_intervals_hold_95_of_100_resampled_scores():
    hypotheses, references, sources = noisy_corpus(40)
    row = bleu_by_length(hypotheses, references, sources, [4, 11]).iloc[0]
    counts, rng = ngram_counts(hypotheses, references), np.random.default_rng(9)
    scores = bleu_from_counts(counts[rng.integers(0, 40, (4000, 40))].sum(axis=1))
    assert np.mean(scores < row.low) == pytest.approx(0.025, abs=0.012)
    assert np.mean(scores > row.high) == pytest.approx(0.025, abs=0.012)


def test_scoring_prints_nothing(caplog, capfd):
    bleu_by_length(*noisy_corpus(5), EDGES)
    bleu([["so", "it", "ends", "."]] * 200, [["so", "it", "ends", "."]] * 200)
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_sacrebleu_is_called_with_its_own_tokenizer_and_lower_case():
    hypotheses = ["The man's hat, it is red.", "Two dogs run over a green field"]
    references = ["the man's hat: it is red.", "Two dogs run over the green field."]
    score, signature = sacrebleu_lowercase(hypotheses, references)
    direct = BLEU(lowercase=True, tokenize="13a").corpus_score(hypotheses, [references])
    assert score == pytest.approx(direct.score)
    assert sacrebleu_lowercase(references, hypotheses)[0] != pytest.approx(score)
    assert {"tok:13a", "case:lc"} <= set(signature.split("|"))


@pytest.mark.parametrize(
    ("predicted", "sure", "possible", "rate"),
    [
        pytest.param({(0, 0), (1, 1)}, {(0, 0), (1, 1)}, None, 0, id="perfect"),
        pytest.param({(0, 1)}, {(0, 0)}, None, 1, id="nothing right"),
        pytest.param({(0, 1)}, {(1, 0)}, None, 1, id="sides swapped"),
        pytest.param(set(), {(0, 0)}, None, 1, id="nothing predicted"),
        pytest.param({(0, 0), (1, 1), (2, 2)}, {(0, 0)}, None, 1 - 2 / 4, id="too many"),
        # one of three links is sure, another possible: 1 - (1 + 2) / (3 + 1)
        pytest.param(
            {(0, 0), (1, 1), (2, 2)}, {(0, 0)}, {(0, 0), (1, 1)}, 1 - 3 / 4, id="possible"
        ),
        pytest.param({(0, 0), (1, 1)}, {(0, 0)}, {(1, 1)}, 0, id="sure links are possible"),
        pytest.param({(0, 0)}, {(0, 0), (1, 1)}, {(2, 2)}, 1 - 2 / 3, id="one sure link missed"),
    ],
)
def test_alignment_error_rate_by_hand(predicted, sure, possible, rate):
    possible = None if possible is None else [possible]
    assert alignment_error_rate([predicted], [sure], possible) == pytest.approx(rate)


def test_alignment_error_rate_adds_up_links_over_sentences():
    predicted = [{(0, 0)}, {(0, 0), (1, 1), (2, 2)}]
    sure = [frozenset({(0, 1)}), frozenset({(0, 0), (1, 1), (2, 2)})]
    assert alignment_error_rate(predicted, sure) == pytest.approx(1 - 6 / 8)


def test_precision_is_about_possible_links_and_recall_about_sure_ones():
    predicted = [{(0, 0), (1, 1), (2, 2)}, {(0, 1)}]
    sure = [{(0, 0), (3, 3)}, {(0, 0)}]
    possible = [{(1, 1)}, set()]
    assert precision_and_recall(predicted, sure, possible) == pytest.approx((2 / 4, 1 / 3))
    assert precision_and_recall(predicted, sure) == pytest.approx((1 / 4, 1 / 3))


def test_no_prediction_has_a_recall_and_no_precision():
    precision, recall = precision_and_recall([set()], [{(0, 0)}])
    assert math.isnan(precision) and recall == 0


@pytest.mark.parametrize("score", [alignment_error_rate, alignment_interval, precision_and_recall])
def test_without_any_link_there_is_nothing_to_compare(score):
    with pytest.raises(ValueError, match="there is not one link to compare"):
        score([set()], [set()])


def some_links(right, wrong):
    """Return one sentence with links that are right and links that are wrong, and its gold."""
    gold = {(i, i) for i in range(right + wrong)}
    return {(i, i + (i >= right)) for i in range(right + wrong)}, gold


def test_the_interval_of_an_error_rate_is_over_sentences():
    links, gold = zip(*[some_links(right, 4 - right) for right in (0, 1, 2, 3, 4) * 8], strict=True)
    error_rate, low, high = alignment_interval(links, gold)
    assert error_rate == pytest.approx(alignment_error_rate(links, gold))
    # a sentence's rate has variance 1/8, so the mean of 40 has a standard error of 0.056
    assert (low, high) == pytest.approx((0.5 - 1.96 * 0.056, 0.5 + 1.96 * 0.056), abs=0.015)
    assert alignment_interval(links, gold) == (error_rate, low, high)
    assert alignment_interval(links, gold, seed=1) != (error_rate, low, high)


def test_sentences_that_are_all_alike_leave_no_doubt():
    links, gold = zip(*[some_links(3, 1)] * 20, strict=True)
    assert alignment_interval(links, gold) == pytest.approx((1 / 4, 1 / 4, 1 / 4))


def test_two_aligners_are_compared_on_the_same_sentences():
    rows = [some_links(right, 6 - right) for right in (1, 2, 3, 4, 5) * 8]
    worse = [some_links(right - 1, 7 - right)[0] for right in (1, 2, 3, 4, 5) * 8]
    links, gold = zip(*rows, strict=True)
    # each sentence has one more mistake of six, whichever sentences are drawn
    assert alignment_difference(worse, links, gold) == pytest.approx((1 / 6, 1 / 6, 1 / 6))
    assert alignment_difference(links, worse, gold)[0] == pytest.approx(-1 / 6)
    assert alignment_difference(links, links, gold) == (0, 0, 0)


def test_each_target_word_is_linked_to_its_heaviest_source_word():
    weights = torch.tensor([[0.1, 0.7, 0.2], [0.6, 0.3, 0.1], [0.2, 0.5, 0.3]])
    assert links_from_weights([weights, weights[:1]]) == [{(1, 0), (0, 1), (1, 2)}, {(1, 0)}]


@pytest.mark.parametrize("shape", [(0, 3), (0, 0)])
def test_a_translation_without_words_has_no_links(shape):
    assert links_from_weights([torch.zeros(shape)]) == [set()]


def test_the_interval_is_around_sacrebleus_own_score():
    hypotheses, references, _ = noisy_corpus(60)
    texts = [[" ".join(words).title() for words in side] for side in (hypotheses, references)]
    score, low, high = sacrebleu_interval(*texts)
    assert score == pytest.approx(sacrebleu_lowercase(*texts)[0])
    assert low < score < high
    assert sacrebleu_interval(*texts, seed=1)[0] == score
    assert sacrebleu_interval(*texts, seed=1)[1:] != (low, high)


def test_students_t_for_five_values_holds_its_share():
    # the distribution function with 4 degrees of freedom, from -t to t
    x = T_95**2 / 4
    within = 0.75 * T_95 / math.sqrt(1 + x) * (1 - x / (3 * (1 + x)))
    assert within == pytest.approx(0.95, abs=1e-4)
