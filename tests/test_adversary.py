"""The adversary and what survives it: checked against traces, by hand, and by brute force."""

import math
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest
import torch
from toy import number_pair, number_pairs, toy_corpus, toy_fields, toy_model, toy_translator

from utils.corpora import load_corpus
from utils.corpora.grammar.lexicon import ADJECTIVES, NOUNS, VERBS
from utils.evaluation import bleu, exact_match
from utils.experiments import survival
from utils.experiments.adversary import (
    EPSILON,
    SAME_OUTPUT,
    SAME_WORD,
    advance,
    another_word,
    candidates,
    divergence,
    nearby,
    replay,
    search,
    shuffled,
    uniform,
)
from utils.experiments.seeds import SEEDS
from utils.experiments.studies import STUDIES
from utils.experiments.survival import (
    FUNCTION_WORDS,
    against_references,
    judge,
    kind_of,
    sample,
    walk,
    wrong_words,
)
from utils.trace import trace
from utils.training import Settings, fit
from utils.translator import Translator

SOURCES = [number_pair(digits).source for digits in ([1, 2, 3, 4, 5], [6, 7], [9, 0, 1])]
NAMES = ("dot", "general", "additive")
every_score = pytest.mark.parametrize("name", NAMES)


def attacked(name="additive", sources=SOURCES):
    """Return a translator, its decoder, its steps over `sources`, and a source of luck."""
    translator = toy_translator(name)
    steps = replay(translator, sources)
    return translator, translator.model.decoder, steps, torch.Generator().manual_seed(0)


def traces(translator, override=None):
    return [trace(translator, source, override) for source in SOURCES]


def numbers(translator, found):
    """Return the numbers of all words a trace has written, `<eos>` too."""
    return [translator.fields.target.vocab.stoi[step.word] for step in found.steps]


# The steps


@every_score
def test_a_replay_has_the_steps_of_a_trace(name):
    translator, _, steps, _ = attacked(name)
    for sentence, found in enumerate(traces(translator)):
        size = len(found.steps)
        mine = steps.select((steps.sentence == sentence).nonzero().squeeze(1))
        assert mine.word.tolist() == numbers(translator, found)
        assert mine.place.tolist() == list(range(size))
        words = len(found.source)
        torch.testing.assert_close(mine.weights[:, :words], found.weights)
        torch.testing.assert_close(mine.state, torch.stack([step.query for step in found.steps]))
        assert mine.mask.sum(dim=1).tolist() == [words] * size


@every_score
def test_the_learned_weights_lead_to_the_learned_output(name):
    _, decoder, steps, _ = attacked(name)
    states, logits = advance(decoder, steps, torch.stack([steps.weights] * 2, dim=1))
    for row in range(2):
        torch.testing.assert_close(logits[:, row], steps.logits)
    inner = steps.place[1:] > 0  # s_t of one step is s_{t-1} of the next
    torch.testing.assert_close(states[:-1, 0][inner], steps.state[1:][inner])


# How far apart


def test_divergence_by_hand():
    one, other = torch.tensor([1.0, 0, 0]), torch.tensor([0, 0.5, 0.5])
    assert divergence(one, one) == 0
    assert divergence(one, other) == pytest.approx(1)
    half = torch.tensor([0.5, 0.5, 0])
    mixed = (math.log2(1 / 0.75) + 0.5 * math.log2(0.5 / 0.75) + 0.5 * math.log2(0.5 / 0.25)) / 2
    assert divergence(one, half) == pytest.approx(mixed)
    assert divergence(half, one) == pytest.approx(mixed)


@pytest.mark.parametrize(("moved", "least"), [(0.71, survival.FAR), (0.97, survival.FARTHEST)])
def test_how_much_weight_has_moved_where_rows_are_far_apart(moved, least):
    """The comment beside FAR and FARTHEST."""
    distances = [
        divergence(torch.tensor([1.0, 0]), torch.tensor([1 - m, m])) for m in (moved - 0.02, moved)
    ]
    assert distances[0] < least < distances[1]


def test_a_rule_by_hand():
    _, _, steps, _ = attacked()
    wanted = steps.select(torch.tensor([0]))
    logits = torch.full_like(wanted.logits, -30.0)
    logits[0, 5], logits[0, 6] = math.log(0.7), math.log(0.3)
    wanted = wanted._replace(logits=logits, word=torch.tensor([5]))
    new = logits.clone()
    new[0, 5], new[0, 6] = math.log(0.4), math.log(0.6)
    tried = torch.stack([logits, new], dim=1)
    lead = math.log(0.7 / 0.3), math.log(0.6 / 0.4)
    assert SAME_WORD.violation(wanted, tried)[0].tolist() == pytest.approx([-lead[0], lead[1]])
    excess = SAME_OUTPUT.violation(wanted, tried)[0].tolist()
    assert excess == pytest.approx([-EPSILON, 0.3 - EPSILON])


# Rows picked without looking


def test_uniform_rows_leave_padding_out():
    _, _, steps, _ = attacked()
    for row, mask in zip(uniform(steps), steps.mask, strict=True):
        assert row[mask].tolist() == pytest.approx([1 / int(mask.sum())] * int(mask.sum()))
        assert not row[~mask].any()


def test_shuffled_rows_have_the_same_weights_on_real_words():
    _, _, steps, luck = attacked()
    rows = shuffled(steps, luck)
    assert not torch.equal(rows, steps.weights)
    assert not rows[~steps.mask].any()
    assert torch.equal(rows.sort(dim=1).values, steps.weights.sort(dim=1).values)


def test_another_word_is_real_and_not_the_heaviest():
    _, _, steps, luck = attacked()
    tried = [another_word(steps, luck) for _ in range(20)]
    for rows in tried:
        assert torch.equal(rows.sum(dim=1), torch.ones(len(rows)))
        assert (rows.max(dim=1).values == 1).all()
        assert not rows[~steps.mask].any()
        assert (rows.argmax(dim=1) != steps.weights.argmax(dim=1)).all()
    words = torch.stack(tried).sum(dim=0) > 0
    assert torch.equal(words.sum(dim=1), steps.mask.sum(dim=1) - 1)  # in time, every other word


def test_nothing_is_picked_where_there_is_no_choice():
    _, _, steps, luck = attacked(sources=[number_pair([7]).source])
    with pytest.raises(ValueError, match="no choice in row 0"):
        another_word(steps, luck)


def test_rows_of_nearby_steps_stay_in_their_sentence():
    _, _, steps, _ = attacked()
    after = nearby(steps, 1)
    for (first, second), row in zip(pairwise(range(len(after))), after, strict=False):
        same = steps.sentence[first] == steps.sentence[second]
        assert torch.equal(row, steps.weights[second if same else first])
    assert torch.equal(after[-1], steps.weights[-1])


# The search


@every_score
@pytest.mark.parametrize("rule", [SAME_WORD, SAME_OUTPUT])
def test_what_is_found_keeps_the_rule_and_beats_all_candidates(name, rule):
    _, decoder, steps, luck = attacked(name)
    found = search(decoder, steps, rule, luck)
    assert not found.requires_grad
    torch.testing.assert_close(found.sum(dim=1), torch.ones(len(found)))
    assert not found[~steps.mask].any() and (found >= 0).all()
    _, logits = advance(decoder, steps, found.unsqueeze(1))
    assert (rule.violation(steps, logits) <= 1e-6).all()
    tried = candidates(steps, torch.Generator().manual_seed(0))
    _, logits = advance(decoder, steps, tried)
    far = divergence(tried, steps.weights.unsqueeze(1))
    best = far.masked_fill(rule.violation(steps, logits) > 1e-6, 0).max(dim=1).values
    assert (divergence(found, steps.weights) >= best - 1e-6).all()


@every_score
def test_a_trace_writes_the_same_word_with_the_weights_that_were_found(name):
    translator, decoder, steps, luck = attacked(name)
    found = search(decoder, steps, SAME_WORD, luck)
    for sentence, before in enumerate(traces(translator)):
        rows = found[steps.sentence == sentence][:, : len(before.source)]
        for place in range(len(before.steps)):

            def override(step, weights, place=place, row=rows[place]):
                return row if step == place else weights

            after = trace(translator, before.source, override)
            assert after.steps[place].word == before.steps[place].word


@every_score
@pytest.mark.parametrize("rule", [SAME_WORD, SAME_OUTPUT])
def test_of_two_words_the_search_finds_about_what_a_fine_grid_finds(name, rule):
    sources = [number_pair([first, second]).source for first, second in pairwise(range(10))]
    _, decoder, steps, luck = attacked(name, sources)
    found = divergence(search(decoder, steps, rule, luck), steps.weights)
    share = torch.linspace(0, 1, 1001)
    grid = torch.stack([share, 1 - share], dim=1).expand(len(found), -1, -1)
    _, logits = advance(decoder, steps, grid)
    far = divergence(grid, steps.weights.unsqueeze(1))
    best = far.masked_fill(rule.violation(steps, logits) > 0, 0).max(dim=1).values
    assert 0.05 < best.mean() < 0.9  # there is something to find, and something is forbidden
    assert (best - found).mean() < 0.01


def test_no_weights_make_a_decoder_write_what_it_cannot():
    _, decoder, steps, luck = attacked()
    with torch.no_grad():
        decoder.output.bias[5] = -1e4
    wanted = steps._replace(word=torch.full_like(steps.word, 5))
    found = search(decoder, wanted, SAME_WORD, luck)
    assert found.isnan().all()
    outcome, _ = judge(decoder, wanted, found)
    assert not any(getattr(outcome, name).any() for name in survival.COUNTED)


# Whole translations


@every_score
def test_with_the_learned_weights_a_translation_stays(name):
    _, decoder, steps, _ = attacked(name)
    for choose in (survival.given(steps.weights), lambda now, here: now.weights * torch.nan):
        outcome = walk(decoder, steps, choose)
        assert outcome.same.all() and outcome.output.all()
        assert not outcome.far.any()
        assert outcome.jsd.abs().max() < 1e-6


@every_score
def test_a_walk_judges_translations_as_a_trace_does(name):
    translator, decoder, steps, luck = attacked(name)
    for rows in (uniform(steps), another_word(steps, luck)):
        same = walk(decoder, steps, survival.given(rows)).same
        for sentence, before in enumerate(traces(translator)):
            inside = steps.sentence == sentence
            own = rows[inside][:, : len(before.source)]
            after = trace(
                translator, before.source, lambda t, _, own=own: own[min(t, len(own) - 1)]
            )
            assert (after.words == before.words) == bool(same[inside].all())


def test_step_after_step_every_translation_stays():
    """Where each row is sought from the state that the rows before have made."""
    _, decoder, steps, luck = attacked()
    outcome = walk(decoder, steps, lambda now, _: search(decoder, now, SAME_WORD, luck))
    alone, _ = judge(decoder, steps, search(decoder, steps, SAME_WORD, luck))
    assert alone.same.all()
    assert outcome.same.float().mean() > 0.9
    assert outcome.jsd.mean() > 0.1


def test_outcomes_come_in_the_order_of_the_steps():
    _, decoder, steps, _ = attacked()
    outcome = walk(decoder, steps, survival.given(uniform(steps)))
    torch.testing.assert_close(outcome.jsd, divergence(uniform(steps), steps.weights))


# Kinds of words


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *(("apple", "content"), ("never", "content"), ("the", "function"), ("did", "function")),
        *((",", "punctuation"), (".", "punctuation"), ("<eos>", "end")),
    ],
)
def test_kinds_by_example(word, kind):
    assert kind_of(word) == kind


def test_nouns_verbs_and_adjectives_have_content():
    nouns = {noun["english"] for noun in NOUNS.values()}
    verbs = {form for verb in VERBS.values() for form in verb["english"]} - {
        "is",
        "are",
        "was",
        "were",
    }
    adjectives = {adjective["english"] for adjective in ADJECTIVES.values()}
    assert {kind_of(word) for word in nouns | verbs | adjectives} == {"content"}


def test_every_function_word_is_one_of_the_corpus():
    mini = load_corpus("mini")
    words = {word for pair in mini.train for word in pair.target}
    assert words >= FUNCTION_WORDS
    left = {word for word in words if kind_of(word) == "content"}
    assert left & {"the", "of", "with", "from", "on", "if", "while", "has", "had", "have"} == set()


def test_the_sample_has_all_lengths_alike():
    chosen = sample(load_corpus("mini").test)
    assert len(chosen) == len(set(chosen)) == 200
    buckets = ((4, 5), (6, 10), (11, 15), (16, 20), (21, 25), (26, 30))
    counts = [sum(low <= len(pair.source) <= high for pair in chosen) for low, high in buckets]
    assert set(counts) == {33, 34}


def test_wrong_words_are_wrong_and_where_they_should_be():
    _, _, steps, luck = attacked()
    steps = steps._replace(word=torch.arange(len(steps.word)) % 3 + 4 + 2 * (steps.sentence % 2))
    steps.word[-1] = 3
    written = [set(steps.word[steps.sentence == s].tolist()) for s in range(3)]
    inside, outside = wrong_words(steps, 3, luck).values()
    for sentence, old, near, new in zip(
        *(part.tolist() for part in (steps.sentence, steps.word, inside, outside)), strict=True
    ):
        assert near in written[sentence] and near not in (old, 3)
        assert new not in written[sentence] and new in set().union(*written) - {3}


# The study


@pytest.fixture(scope="module")
def rows():
    """Return a run's table, for a model that has learned to write more than one word."""
    test = [number_pair([n, n + 1, n - 1]) for n in range(1, 7)]
    corpus = replace(toy_corpus(), train=number_pairs(300, 2, 4, seed=4), test=test)
    model = toy_model("dot", embedding_size=16, hidden_size=32)
    settings = Settings(epochs=20, batch_size=16, learning_rate=2e-2)
    fit(model, toy_fields(), corpus, settings, quiet=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survival, "load_corpus", lambda _: corpus)
        patch.setattr(survival, "trained", lambda name, seed: Translator(model, toy_fields()))
        patch.setattr(survival, "EVERY", 2)
        return pd.DataFrame(survival.measure_survival("dot", 3))


def test_the_rows_of_a_run(rows):
    assert set(rows.seed) == {3} and set(rows.attention) == {"dot"}
    assert set(rows.n[rows.kind == "sentence"]) == {3}  # every second of 6
    assert set(rows.n[rows.kind == "reference"]) == {6}
    steps = rows[~rows.kind.isin(["sentence", "reference"])]
    assert steps.groupby("weights").n.sum().nunique() == 1
    assert not steps.duplicated(["weights", "kind"]).any()
    assert (steps.same <= steps.n).all() and (steps.far <= steps.same).all()
    assert (steps.farthest <= steps.far).all()


def test_the_rows_of_a_way_say_what_it_does(rows):
    steps = rows[~rows.kind.isin(["sentence", "reference"])].set_index("weights")
    farthest, kept = steps.loc["farthest, same word"], steps.loc["farthest, same output"]
    assert (farthest.same == farthest.n).all()
    assert (kept.output == kept.n).all()
    assert (steps.loc["another word"].left == 0).all()


def test_no_other_way_survives_farther_away_than_the_adversary(rows):
    counts = rows[rows.kind == "sentence"].set_index("weights")
    assert counts.loc["step after step"].same >= counts.loc["farthest, same word"].same
    steps = rows[~rows.kind.isin(["sentence", "reference"])].groupby("weights").sum()
    for way in ("uniform", "shuffled", "another word", "farthest, same output"):
        assert steps.loc["farthest, same word"].far >= steps.loc[way].far


def test_uniform_weights_against_the_references():
    translator, pairs = toy_translator("dot"), toy_corpus().test
    learned, even = against_references(translator, pairs)
    for row, override in (
        (learned, None),
        (even, lambda _, weights: torch.full_like(weights, 1 / len(weights))),
    ):
        written = [trace(translator, pair.source, override).words for pair in pairs]
        exact = exact_match(written, [pair.target for pair in pairs])
        assert row["same"] == round(exact * len(pairs) / 100)
        assert row["bleu"] == bleu(written, [pair.target for pair in pairs])
    assert learned["weights"] == "learned" and even["weights"] == "uniform"


def test_the_study_has_five_seeds_of_three_scores():
    runs = STUDIES["adversary"].runs
    assert len(set(runs)) == len(runs) == SEEDS * len(NAMES)
    assert {name for _, name in runs} == set(NAMES)
