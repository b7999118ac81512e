"""The experiments: what the variants change, and that no finished run is lost."""

import math
from dataclasses import replace

import pandas as pd
import pytest
import torch
from torch.nn import functional as F
from toy import REPOSITORY, mixed_batch, number_pairs, toy_corpus, toy_fields, toy_model

from utils.batches import make_batches
from utils.corpora import Pair, load_corpus
from utils.evaluation import T_95
from utils.experiments import __main__ as command
from utils.experiments import captions, coverage, lengths, quality, recipes, speed, studies, texts
from utils.experiments.looks import ScaledDotAttention, UnmaskedDotAttention
from utils.experiments.parts import OneDirectionEncoder, SampledDecoder, replace_part
from utils.experiments.quality import score_by_length
from utils.experiments.reach import gradient_reach
from utils.experiments.seeds import (
    compare,
    holm,
    mean_interval,
    p_value,
    t_quantile,
    t_tail,
    welch,
)
from utils.experiments.speed import fitted_exponent, kept_megabytes, measure_cost, random_batch
from utils.experiments.studies import STUDIES, Study, run_study
from utils.experiments.tables import Table, read_results
from utils.experiments.transformers import SIDES, right_words, shifted
from utils.experiments.variants import (
    AT_RATES,
    CAUSES,
    CELLS,
    FEWER,
    FORMS,
    ONCE,
    STARTS,
    TAUGHT,
    TRAINED_NORM,
    VARIANTS,
)
from utils.models.attention import DotAttention, lengths_to_mask
from utils.models.layers import add_positions
from utils.models.transformer import build_transformer
from utils.text import build_fields
from utils.text.subwords import join
from utils.trace import trace
from utils.training import Settings, fit, word_loss
from utils.translator import Translation, Translator

EVERY = VARIANTS | CAUSES | CELLS | STARTS | FORMS | ONCE | TAUGHT
every_variant = pytest.mark.parametrize("name", EVERY)


def build(name, seed=0):
    return EVERY[name].build(toy_fields(), seed, hidden_size=128).eval()


# The variants


@every_variant
def test_a_variant_trains_and_translates(name):
    variant = EVERY[name]
    model = variant.build(toy_fields(), seed=0)
    history = fit(model, toy_fields(), toy_corpus(), Settings(epochs=1), quiet=True)
    assert math.isfinite(history.best.valid_loss)
    for beam_size in (1, 3):
        translations = Translator(model, toy_fields()).translate(["eins zwei", "acht"], beam_size)
        assert [t.weights.shape[1] for t in translations] == [2, 1]


@every_variant
def test_a_variant_treats_a_sentence_alike_alone_and_in_a_batch(name):
    model, batch = build(name), mixed_batch()
    logits, _ = model(*batch)
    row, length = 2, int(batch.source_lengths[2])
    alone, _ = model(batch.source[[row], :length], batch.source_lengths[[row]], batch.target[[row]])
    if name == "no mask":
        assert (alone[0] - logits[row]).abs().max() > 1e-4  # it does attend to the padding
    else:
        torch.testing.assert_close(alone[0], logits[row], rtol=1e-4, atol=1e-5)


SAME_SIZES = [name for name, one in EVERY.items() if one.baseline and one.memory_size == 128]


@pytest.mark.parametrize("name", SAME_SIZES)
def test_a_variant_starts_with_the_weights_of_its_baseline(name):
    mine, theirs = build(name).state_dict(), build(EVERY[name].baseline).state_dict()
    same = [k for k in mine if k in theirs and mine[k].shape == theirs[k].shape]
    assert len(same) >= len(theirs) - 8  # a GRU's, if its direction or size differs
    for key in same:
        assert torch.equal(mine[key], theirs[key]), key


@every_variant
def test_the_seed_decides_a_variants_weights(name):
    first, again, other = build(name), build(name), build(name, seed=1)
    pairs = list(zip(first.parameters(), again.parameters(), other.parameters(), strict=True))
    assert all(torch.equal(one, same) for one, same, _ in pairs)
    assert not all(torch.equal(one, another) for one, _, another in pairs)


def test_a_frozen_v_is_never_trained():
    model = FORMS["additive, v frozen"].build(toy_fields(), seed=0)
    before = {name: part.clone() for name, part in model.decoder.attention.state_dict().items()}
    fit(model, toy_fields(), toy_corpus(), Settings(epochs=1), quiet=True)
    moved = {
        name: not torch.equal(part, before[name])
        for name, part in model.decoder.attention.state_dict().items()
    }
    assert moved == {"W1.weight": True, "W2.weight": True, "W2.bias": True, "v.weight": False}


def test_a_large_frozen_v_has_the_direction_of_the_small_one():
    small, large = (
        FORMS[name].build(toy_fields(), seed=0).decoder.attention
        for name in ("additive, v frozen", "additive, large v frozen")
    )
    assert not large.v.weight.requires_grad
    query, keys = torch.randn(2, 128), torch.randn(2, 3, 128)
    times = TRAINED_NORM / small.v.weight.norm()
    torch.testing.assert_close(large.score(query, keys), times * small.score(query, keys))


@pytest.mark.parametrize("name", [name for name, one in EVERY.items() if one.baseline])
def test_a_baseline_has_the_same_attention(name):
    assert EVERY[EVERY[name].baseline].attention == EVERY[name].attention


def test_a_uniform_context_is_the_mean_of_the_real_states():
    attention = CAUSES["uniform"].build(toy_fields(), seed=0).decoder.attention
    memory = torch.randn(2, 3, 8)
    mask = lengths_to_mask([3, 1])
    context, weights = attention(torch.randn(2, 8), memory, mask)
    torch.testing.assert_close(context, torch.stack([memory[0].mean(dim=0), memory[1, 0]]))
    torch.testing.assert_close(weights, torch.tensor([[1 / 3] * 3, [1.0, 0, 0]]))


def test_a_variant_may_have_settings_of_its_own(monkeypatch):
    seen = []
    monkeypatch.setattr(quality, "fit", lambda *arguments, **_: seen.append(arguments[3]))
    quality.train_variant(CAUSES["fixed, 3 × the epochs"], quality.SCALES["small"], seed=2)
    quality.train_variant(AT_RATES["dot", 3e-3], quality.SCALES["small"], seed=0)
    assert seen == [Settings(epochs=3 * Settings.epochs, seed=2), Settings(learning_rate=3e-3)]


def test_frozen_random_weights_are_the_same_for_every_query():
    attention = CAUSES["random"].build(toy_fields(), seed=0).decoder.attention
    memory, mask = torch.randn(2, 3, 8), lengths_to_mask([3, 2])
    context, weights = attention(torch.randn(2, 8), memory, mask)
    _, again = attention(torch.randn(2, 8), torch.randn(2, 3, 8), mask)
    assert torch.equal(weights, again)
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(2))
    assert weights[1, 2] == 0 and weights[0].max() > 0.4  # one word stands out
    torch.testing.assert_close(context[1], weights[1] @ memory[1])
    assert not [name for name, _ in attention.named_parameters()]


def test_scaled_dot_attention_is_pytorchs():
    query, memory, mask = torch.randn(2, 8), torch.randn(2, 3, 8), lengths_to_mask([3, 2])
    ours, _ = ScaledDotAttention(8, 8)(query, memory, mask)
    theirs = F.scaled_dot_product_attention(
        query.unsqueeze(1), memory, memory, attn_mask=mask.unsqueeze(1)
    )
    torch.testing.assert_close(ours, theirs.squeeze(1))


def test_without_a_curve_the_query_cancels():
    """v·(W₁h + W₂s) adds the same v·W₂s to every score, and a softmax doesn't see it."""
    mask, memory = lengths_to_mask([3, 2]), torch.randn(2, 3, 128)
    for name, moves in (("additive, no curve", False), ("additive, ReLU", True)):
        attention = build(name).decoder.attention
        (_, one), (_, other) = (attention(torch.randn(2, 128), memory, mask) for _ in range(2))
        assert torch.allclose(one, other, atol=1e-6) != moves


def test_only_a_start_from_the_summary_knows_the_sentence():
    summary = torch.randn(2, 128)
    usual, zeros = (build(name).decoder.start(summary) for name in ("fixed", "zeros"))
    assert usual.shape == zeros.shape == (2, 128)
    assert usual.any() and not zeros.any()


@pytest.mark.parametrize(("name", "kind"), [("plain RNN", "RNN"), ("LSTM", "LSTM")])
def test_another_cell_reads_the_sentence(name, kind):
    model = CELLS[name].build(toy_fields(), seed=0)
    assert type(model.encoder.gru).__name__ == kind
    assert model.encoder.gru.hidden_size == 64


def test_with_a_ratio_of_one_the_decoder_reads_the_reference():
    model, batch = toy_model("dot").train(), mixed_batch()
    before, weights = model(*batch)
    replace_part(model, "decoder", SampledDecoder(model.config, ratio=1.0))
    after, same = model.train()(*batch)
    torch.testing.assert_close(after, before)
    torch.testing.assert_close(same, weights)
    wanted = batch.target[:, 1:] != 1
    torch.testing.assert_close(model(*batch, wanted)[0], before[wanted])


def test_with_a_ratio_of_zero_the_decoder_reads_its_own_words():
    model, (source, lengths, target) = toy_model("dot"), mixed_batch()
    replace_part(model, "decoder", SampledDecoder(model.config, ratio=0.0))
    logits, _ = model.train()(source, lengths, target)
    own = torch.cat([target[:, :1], logits.argmax(dim=2)], dim=1)
    expected, _ = model.eval()(source, lengths, own)
    torch.testing.assert_close(logits, expected)


def test_the_ratio_falls_in_a_straight_line():
    decoder = SampledDecoder(toy_model("dot").config, ratio=1.0, last=0.5, steps=10)
    seen = []
    for decoder.batches in (0, 5, 10, 99):
        seen.append(decoder.ratio)
    assert seen == [1.0, 0.75, 0.5, 0.5]


def test_the_gradient_that_reaches_a_word():
    """Against a difference: the loss's change when a little is added to one embedding."""
    model, fields = toy_model("fixed").double(), toy_fields()
    (pair,) = number_pairs(1, shortest=3, longest=3)
    reach = gradient_reach(model, fields, [pair])
    (batch,) = make_batches([pair], fields, 1, shuffle=False)
    loss = word_loss(model(*batch)[0], batch.target, fields.padding)
    (gradient,) = torch.autograd.grad(loss, [model.encoder.embedding.weight])
    words = batch.source[0].tolist()
    assert len(set(words)) == 3  # so each row of the matrix is one position
    torch.testing.assert_close(reach, gradient[words].norm(dim=1))


def test_a_shift_moves_the_places_of_one_side():
    fields = toy_fields()
    model = build_transformer(fields, size=8, heads=2, hidden_size=12, seed=1).eval()
    words = torch.tensor([[4, 5, 6]])
    embedding = model.encoder.embedding
    with shifted(embedding, 2):
        later = add_positions(embedding(words))
    torch.testing.assert_close(later, add_positions(embedding(words), first=2))
    torch.testing.assert_close(embedding(words), embedding.weight[words])  # and it is over
    batch = mixed_batch()
    right = {side: right_words(model, batch, 0, side, fields.padding) for side in SIDES}
    assert len({tuple(flags.tolist()) for flags in right.values()}) == 1  # nothing moved


@every_variant
def test_a_trace_follows_a_variant(name):
    translator = Translator(build(name), toy_fields())
    traced = trace(translator, ("eins", "zwei", "drei"))
    (translation,) = translator.translate([traced.source])
    assert traced.words == translation.tokens
    weights = traced.weights[: len(translation.tokens)]  # without that of <eos>
    torch.testing.assert_close(weights, translation.weights)


def query_and_weights(model, batch):
    """Return the query at each step, and the decoder's states."""
    asked, states = [], []
    model.decoder.attention.register_forward_pre_hook(lambda _, args: asked.append(args[0]))
    model.decoder.cell.register_forward_hook(lambda _, args, state: states.append((args, state)))
    model(*batch)
    return asked, states


@pytest.mark.parametrize("name", ["dot", "s_t asks", "Luong", "input feeding"])
def test_which_state_asks(name):
    asked, cells = query_and_weights(build(name), mixed_batch())
    for query, ((_, before), after) in zip(asked, cells, strict=True):
        assert torch.equal(query, before if name == "dot" else after)


@pytest.mark.parametrize(
    ("name", "fed"), [("dot", 128), ("s_t asks", 128), ("Luong", 0), ("input feeding", 80)]
)
def test_what_the_cell_reads_besides_the_last_word(name, fed):
    model = build(name)
    assert model.decoder.cell.input_size == 80 + fed
    _, cells = query_and_weights(model, mixed_batch())
    first, second = (args[0][:, 80:] for args, _ in cells[:2])
    if name in ("s_t asks", "input feeding"):
        assert not first.any()  # nothing comes before the first step
        assert second.any()


def test_input_feeding_feeds_what_the_readout_made():
    model, batch = build("input feeding"), mixed_batch()
    made = []
    model.decoder.output.register_forward_pre_hook(lambda _, args: made.append(args[0]))
    _, cells = query_and_weights(model, batch)
    fed = torch.stack([args[0][:, 80:] for args, _ in cells[1:]], dim=1)
    torch.testing.assert_close(fed, made[0][:, :-1])


def test_one_direction_never_sees_later_words():
    model = build("one direction")
    source, lengths = torch.tensor([[2, 3, 4, 5], [2, 3, 9, 8]]), torch.tensor([4, 4])
    memory, summary = model.encoder(source, lengths)
    assert torch.equal(memory[0, :2], memory[1, :2])
    assert not torch.equal(memory[0, 2:], memory[1, 2:])
    assert torch.equal(summary, memory[:, -1])


def test_the_fixed_vector_of_one_direction_is_its_last_real_state():
    model, batch = build("fixed, one direction"), mixed_batch()
    memory, _ = model.encoder(batch.source, batch.source_lengths)
    mask = torch.arange(batch.source.shape[1]) < batch.source_lengths.unsqueeze(1)
    context, weights = model.decoder.attention(torch.zeros(4, 128), memory, mask)
    for row, length in enumerate(batch.source_lengths.tolist()):
        assert torch.equal(context[row], memory[row, length - 1])
        assert weights[row].tolist() == [float(j == length - 1) for j in range(len(weights[row]))]


def test_without_a_mask_padding_gets_weight():
    query, memory = torch.randn(1, 4), torch.randn(1, 3, 4)
    mask = torch.tensor([[True, True, False]])
    _, weights = UnmaskedDotAttention(4, 4)(query, memory, mask)
    _, of_three_words = DotAttention(4, 4)(query, memory, torch.ones_like(mask))
    assert torch.equal(weights, of_three_words)
    assert weights[0, 2] > 0


def test_reversed_pairs_keep_their_translation():
    pairs = number_pairs(5)
    for pair, turned in zip(pairs, VARIANTS["fixed, reversed"].prepare(pairs), strict=True):
        assert turned.source[::-1] == pair.source
        assert (turned.target, turned.alignment) == (pair.target, None)
    assert VARIANTS["dot"].prepare(pairs) == pairs


def test_a_new_part_takes_all_weights_that_fit():
    model = toy_model("dot")
    old = {name: value.clone() for name, value in model.encoder.state_dict().items()}
    replace_part(model, "encoder", OneDirectionEncoder(model.config))
    new = model.encoder.state_dict()
    assert torch.equal(new["embedding.weight"], old["embedding.weight"])
    assert torch.equal(new["own_word.weight"], old["own_word.weight"])
    assert new["gru.weight_hh_l0"].shape != old["gru.weight_hh_l0"].shape


# The tables


def rows(seed, scores=(1.0, 2.0)):
    return [{"seed": seed, "bucket": i, "bleu": score} for i, score in enumerate(scores)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "results" / "toy.csv"


def test_runs_are_kept_and_found_again(path):
    Table(path, ("seed",), "a command").add(rows(0))
    table = Table(path, ("seed",), "a command")
    assert table.done() == {(0,)}
    table.add(rows(3))
    assert Table(path, ("seed",), "a command").done() == {(0,), (3,)}
    read = read_results(path)
    assert read.seed.tolist() == [0, 0, 3, 3]
    assert read.bleu.tolist() == [1, 2, 1, 2]


def test_a_table_says_how_its_rows_were_made(path):
    Table(path, ("seed",), "first command").add(rows(0))
    table = Table(path, ("seed",), "second command")
    table.add(rows(1))
    table.add(rows(2))
    first, second, *rest = path.read_text(encoding="utf-8").splitlines()
    assert first.startswith("# environment 1: first command; 20")
    assert second.startswith("# environment 2: second command; 20")
    assert not any(line.startswith("#") for line in rest)
    for word in ("Python 3", "torch 2", "cores"):
        assert word in first
    assert read_results(path).environment.tolist() == [1, 1, 2, 2, 2, 2]


def test_an_interrupted_write_loses_nothing(path, monkeypatch):
    table = Table(path, ("seed",), "a command")
    table.add(rows(0))
    before = path.read_bytes()

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", stop)
    with pytest.raises(KeyboardInterrupt):
        table.add(rows(1))
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["toy.csv"]


# The studies


def toy_study(measure, runs=((0,), (1,), (2,)), timed=True):
    return Study(("seed",), runs, measure, timed)


def test_a_stopped_study_resumes_where_it_was(tmp_path, monkeypatch, capsys):
    measured = []

    def measure(seed):
        if len(measured) == 1:
            measured.append("stop")
            raise KeyboardInterrupt
        measured.append(seed)
        return rows(seed)

    monkeypatch.setattr(studies, "RESULTS", tmp_path)
    monkeypatch.setitem(STUDIES, "toy", toy_study(measure))
    assert command.main(["toy"]) == 130
    assert "run it again to go on" in capsys.readouterr().out
    assert command.main(["toy"]) == 0
    assert measured == [0, "stop", 1, 2]
    assert command.main(["toy"]) == 0  # nothing is missing
    assert measured == [0, "stop", 1, 2]


@pytest.mark.parametrize(("own", "written"), [(None, 5), (3, 3)])
def test_the_circumstances_name_the_threads_of_a_timed_run(own, written, tmp_path, monkeypatch):
    """All that PyTorch has, here 5, unless the study takes its own number."""
    monkeypatch.setattr(studies, "RESULTS", tmp_path)
    monkeypatch.setattr(studies.torch, "get_num_threads", lambda: 5)
    monkeypatch.setitem(STUDIES, "toy", toy_study(rows)._replace(threads=own))
    run_study("toy", workers=1)
    text = (tmp_path / "toy.csv").read_text("utf-8")
    assert f"experiments toy; threads in use: {written};" in text


@pytest.mark.slow
def test_studies_that_are_not_timed_run_side_by_side(tmp_path, monkeypatch):
    monkeypatch.setattr(studies, "RESULTS", tmp_path)
    fast = Study(("seed", "length", "attention"), [(0, 3, "dot"), (0, 5, "dot")], None, False)

    monkeypatch.setitem(STUDIES, "toy", fast._replace(measure=measure_cost))
    run_study("toy", workers=2)
    assert sorted(read_results(tmp_path / "toy.csv").length) == [3, 5]


def test_an_unknown_study_is_refused(capsys):
    with pytest.raises(SystemExit) as caught:
        command.main(["beauty"])
    assert caught.value.code == 2
    assert "no study 'beauty': choose some of quality, speed" in capsys.readouterr().err


# What is measured


def test_scores_come_by_length():
    translator = Translator(toy_model(), toy_fields())
    pairs = number_pairs(30, shortest=1, longest=6)
    table = score_by_length(translator, pairs, (1, 4, 7))
    assert [row["bucket"] for row in table] == ["1–3", "4–6"]
    assert sum(row["n"] for row in table) == 30
    for row in table:
        assert 0 <= row["aer"] <= 1
        assert 0 <= row["exact"] <= 100


def test_without_gold_alignments_there_is_no_error_rate():
    translator = Translator(toy_model("fixed"), toy_fields())
    pairs = [Pair(pair.source, pair.target, None) for pair in number_pairs(9)]
    (row,) = score_by_length(translator, pairs, (1, 7))
    assert math.isnan(row["aer"])


def test_a_power_law_is_found():
    lengths = [10, 20, 40]
    assert fitted_exponent(lengths, [3 * n**2 for n in lengths]) == pytest.approx(2)
    assert fitted_exponent(lengths, [7 * n for n in lengths]) == pytest.approx(1)


@pytest.mark.parametrize("name", ["dot", "additive"])
def test_kept_memory_by_hand(name):
    """Ten more sentences keep as much memory again; additive attention keeps T · S · A numbers."""
    model = toy_model(name).train()
    small, large = (
        kept_megabytes(model, random_batch(model, 7, seed=0, size=size), 1) for size in (10, 20)
    )
    assert small < large < 2.1 * small
    if name == "additive":
        tanh_outputs = 4 * 20 * 8 * 7 * 8 / 1e6  # bytes, sentences, steps, words, A
        assert large > tanh_outputs
        assert large - kept_megabytes(
            toy_model("dot").train(), random_batch(model, 7, 0, 20), 1
        ) == pytest.approx(tanh_outputs, rel=0.5)


def test_random_batches_have_no_padding():
    model = toy_model()
    batch = random_batch(model, 5, seed=1, size=3)
    assert batch.source.shape == (3, 5)
    assert batch.target.shape == (3, 7)
    assert batch.source_lengths.tolist() == [5, 5, 5]
    assert batch.source.min() >= 4 and batch.source.max() < model.config.source_size


class Clocked:
    """Instead of a translator: each translation takes as many seconds as the next number says."""

    def __init__(self, monkeypatch, *seconds):
        self.now, self.seconds, self.threads = 0.0, list(seconds), set()
        monkeypatch.setattr(speed.time, "perf_counter", lambda: self.now)

    def translate(self, sources):
        self.now += self.seconds.pop(0)
        self.threads.add(torch.get_num_threads())


@pytest.fixture
def two_threads():
    """Let PyTorch have two threads, and see that it has them afterwards."""
    torch.set_num_threads(2)
    yield
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    assert threads == 2


def test_decoding_is_the_median_after_a_warm_up_in_one_thread(monkeypatch, two_threads):
    """Neither the first of all, 100, nor the one that something interrupted, 50, has a say."""
    translator = Clocked(monkeypatch, 100, 3, 50, 1)
    assert speed.decoding_seconds(translator, ["eins"], repeats=3) == 3
    assert not translator.seconds
    assert translator.threads == {1}


def test_speed_is_measured_in_one_thread(monkeypatch, two_threads):
    """The study's line of circumstances says the same."""
    threads = set()

    def time_updates(*_):
        threads.add(torch.get_num_threads())
        return 0.5

    monkeypatch.setattr(speed, "load_corpus", lambda _: toy_corpus())
    monkeypatch.setattr(speed, "BATCH_SIZE", 2)
    monkeypatch.setattr(speed.Translator, "load", lambda _: Clocked(monkeypatch, 9, 2, 2))
    monkeypatch.setattr(speed, "time_updates", time_updates)
    (row,) = speed.measure_speed("additive", seed=0, batches=5, repeats=2)
    assert threads == {1} == {STUDIES["speed"].threads}
    assert row["decoded_sentences_per_second"] == len(toy_corpus().test) / 2
    assert row["train_words_per_second"] > 0


def test_the_pace_of_training_is_measured(monkeypatch):
    monkeypatch.setattr(speed, "load_corpus", lambda _: toy_corpus())
    monkeypatch.setattr(speed, "BATCH_SIZE", 2)
    monkeypatch.setattr(speed, "LARGE_MODEL", {"embedding_size": 6, "hidden_size": 8})
    (row,) = speed.measure_pace(seed=0, batches=5)
    assert row["train_words_per_second"] > 0
    assert row["hidden_size"] == 8


# Fewer pairs


@pytest.mark.parametrize(("score", "pairs"), FEWER)
def test_fewer_pairs_take_as_many_steps(score, pairs):
    steps = FEWER[score, pairs].settings["epochs"] * math.ceil(pairs / Settings.batch_size)
    full = Settings.epochs * math.ceil(12_000 / Settings.batch_size)
    assert steps == pytest.approx(full, rel=0.03)


def test_pairs_are_drawn_by_the_seed():
    corpus = load_corpus("mini")
    (first, again, other), whole = (
        [FEWER["dot", 500].sample(corpus, seed) for seed in (0, 0, 1)],
        VARIANTS["dot"].sample(corpus, 0),
    )
    assert list(first.train) == list(again.train) != list(other.train)
    assert len(set(first.train)) == 500 and set(first.train) <= set(corpus.train)
    assert len(first.valid) == len(corpus.valid) / 4
    assert whole is corpus


# The recipes


def options_of(recipe):
    """All that a recipe says, as one flat dictionary."""
    made = recipes.RECIPES[recipe]
    rest = {"pieces": made.pieces, "piece_dropout": made.piece_dropout}
    return {**dict(made.model), **vars(made.settings), **rest}


# All but the Transformer itself, which is another model with options of its own.
COMPARED = [name for name, made in recipes.RECIPES.items() if made.baseline]
COMPARED.remove("Transformer")


@pytest.mark.parametrize("recipe", COMPARED)
def test_each_recipe_changes_one_thing(recipe):
    own, base = options_of(recipe), options_of(recipes.RECIPES[recipe].baseline)
    assert own.keys() == base.keys()
    assert len([name for name in own if own[name] != base[name]]) == 1


@pytest.mark.parametrize("name", ["base", "Transformer, dropout 0.2"])
def test_the_shipped_translators_follow_their_recipes(name):
    shipped = {"base": captions.RNN}.get(name, captions.TRANSFORMER)
    translator = Translator.load(shipped)
    config = vars(translator.model.config)
    assert recipes.RECIPES[name].model.items() <= config.items()
    pieces = len(translator.fields.subwords.pieces) + 1  # `<unk>` is one of the 8,000
    assert pieces == recipes.RECIPES[name].pieces


SMALL = {"embedding_size": 6, "hidden_size": 8, "memory_size": 8}


@pytest.fixture
def small_recipes(tmp_path, monkeypatch):
    """Three recipes that train in no time."""
    one = {"epochs": 1, "average": 1}
    sizes = {**SMALL, "tied": True}
    made = {
        "base": recipes.Recipe(None, sizes, one, pieces=40),
        "whole words": recipes.Recipe("base", SMALL, one, pieces=None),
        "BPE-dropout": recipes.Recipe("base", sizes, one, pieces=40, piece_dropout=0.5),
    }
    monkeypatch.setattr(recipes, "RECIPES", made)
    monkeypatch.setattr(recipes, "MIN_FREQ", 1)
    monkeypatch.setattr(texts, "RESAMPLES", 20)
    monkeypatch.setattr(recipes, "KEPT", tmp_path)
    monkeypatch.setattr(recipes, "load_corpus", lambda _: toy_corpus())


@pytest.mark.parametrize("recipe", ["base", "BPE-dropout", "whole words"])
def test_a_recipe_trains_and_is_scored(recipe, small_recipes):
    table = recipes.measure_recipe(recipe, seed=0)
    copied = ["greedy, copied", "beam 5, copied"] if recipe == "whole words" else []
    assert [row["search"] for row in table] == ["greedy", "beam 5", *copied]
    assert all(row["low"] <= row["bleu"] <= row["high"] and row["chrf"] >= 0 for row in table)
    kept = recipes.kept_translations(recipe, 0)
    assert [len(written) for written in kept.values()] == [len(toy_corpus().valid)] * len(table)


def test_a_recipe_is_compared_with_its_baseline_and_itself(small_recipes):
    table = recipes.measure_pairs("whole words", seed=0)
    assert [(row["search"], row["against"]) for row in table] == [
        *((search, "base") for search in ("greedy", *recipes.BEFORE)),
        *recipes.BEFORE.items(),
    ]
    assert [(row["search"], row["against"]) for row in recipes.measure_pairs("base", 0)] == [
        ("beam 5", "greedy")
    ]


def test_a_paired_bootstrap_sees_a_difference_and_none():
    nouns = ["cat", "dog", "bird", "fox"]
    references = [f"the {noun} sleeps in the garden today" for noun in nouns]
    worse = [text.replace("today", "now") for text in references]
    row = texts.paired_bootstrap(references * 5, worse * 5, references * 5)
    assert row["bleu"] > 0 and row["bleu_p"] < 0.01
    assert row["chrf"] > 0 and row["chrf_p"] < 0.01
    row = texts.paired_bootstrap(worse * 5, worse * 5, references * 5)
    assert row["bleu"] == 0 and row["bleu_p"] == 1


def test_a_p_of_one_direction_is_doubled():
    assert list(texts.two_sided(pd.Series([0.001, 0.3, 0.7]))) == [0.002, 0.6, 1]


def test_pieces_change_in_training_only():
    corpus = toy_corpus()
    fields = build_fields(corpus, subwords=40)
    dropping = recipes.dropping(fields, 0.5, seed=0)
    words = corpus.train[0].source
    once = [tuple(dropping.source.preprocess(words)) for _ in range(20)]
    assert len(set(once)) > 1
    assert {join(pieces) for pieces in once} == {tuple(words)}
    with torch.no_grad():
        assert dropping.source.preprocess(words) == fields.source.preprocess(words)
    assert dropping.target.vocab is fields.target.vocab


def test_whole_words_have_no_pieces_to_change():
    with pytest.raises(ValueError, match="no merges to skip"):
        recipes.dropping(toy_fields(), 0.1, seed=0)


# The captions


def test_captions_are_joined_in_their_order():
    pairs = number_pairs(7)
    joined = captions.join_captions(pairs, 3)
    assert [pair.source for pair in joined] == [
        pairs[i].source + pairs[i + 1].source + pairs[i + 2].source for i in (0, 3)
    ]
    assert joined[1].target == pairs[3].target + pairs[4].target + pairs[5].target
    assert captions.join_captions(pairs, 1) == [
        Pair(pair.source, pair.target, None) for pair in pairs
    ]


def test_coverage_counts_up_to_one_for_each_word():
    weights = torch.tensor([[0.9, 0.05, 0.05], [0.8, 0.15, 0.05]])
    assert coverage.coverage_penalty(weights) == pytest.approx(math.log(0.2) + math.log(0.1))
    assert coverage.coverage_penalty(torch.eye(3)) == 0


def test_the_penalty_prefers_what_skips_nothing():
    skips = Translation(("a", "b"), torch.tensor([[1.0, 0.0], [1.0, 0.0]]), -1.0)
    complete = Translation(("a", "c"), torch.eye(2), -1.5)
    assert coverage.with_coverage([skips, complete], list) is complete
    unlikely = complete._replace(score=-30.0)
    assert coverage.with_coverage([skips, unlikely], list) is skips


def test_a_word_is_found_as_often_as_it_stands():
    assert coverage.word_recall([("a", "a", "b")], [("a", "c", "b", "a", "a")]) == 3 / 5


@pytest.mark.parametrize(("joined", "n"), [(1, 6), (4, 1)])
def test_rankings_with_and_without_coverage_are_compared(monkeypatch, joined, n):
    corpus = toy_corpus()
    monkeypatch.setattr(coverage, "load_corpus", lambda _: replace(corpus, valid=corpus.test))
    monkeypatch.setattr(Translator, "load", lambda _: Translator(toy_model(), toy_fields()))
    (row,) = coverage.measure_coverage(joined)
    assert row["n"] == n
    assert row["low"] <= row["change"] <= row["high"]
    assert row["change"] == pytest.approx(row["covered_bleu"] - row["plain_bleu"])


def test_inputs_of_about_equal_length_are_scored_together(monkeypatch):
    corpus = toy_corpus()
    monkeypatch.setattr(lengths, "load_corpus", lambda _: replace(corpus, valid=corpus.test))
    monkeypatch.setattr(lengths, "FEWEST", 1)
    monkeypatch.setattr(Translator, "load", lambda _: Translator(toy_model(), toy_fields()))
    rows = lengths.measure_lengths(1)
    assert sum(row["n"] for row in rows) == 6
    for row in rows:
        assert row["shortest"] <= row["words"] <= row["longest"]
        assert row["ratio_low"] <= row["ratio"] <= row["ratio_high"]
        within = [row["shortest"] <= len(pair.source) <= row["longest"] for pair in corpus.train]
        assert row["training"] == sum(within)


@pytest.mark.parametrize(("joined", "n"), [(1, 6), (4, 1)])
def test_captions_are_scored(monkeypatch, joined, n):
    translator = Translator(toy_model(), toy_fields())
    monkeypatch.setattr(captions, "_captions", toy_corpus)
    monkeypatch.setattr(Translator, "load", lambda name: translator)
    (row,) = captions.measure_captions("toy", "test", joined, 2, 1.0)
    assert row["n"] == n
    assert row["low"] <= row["bleu"] <= row["high"]
    assert row["ratio"] > 0


def test_both_translators_are_compared_on_the_same_captions(monkeypatch):
    made = {name: Translator(toy_model(name), toy_fields()) for name in ("dot", "additive")}
    monkeypatch.setattr(captions, "_captions", toy_corpus)
    monkeypatch.setattr(captions, "RNN", "additive")
    monkeypatch.setattr(captions, "TRANSFORMER", "dot")
    monkeypatch.setattr(texts, "RESAMPLES", 20)
    monkeypatch.setattr(Translator, "load", made.get)
    table = captions.measure_both("test")
    assert [(row["beam_size"], row["n"]) for row in table] == [(1, 6), (5, 6)]
    for row in table:
        assert row["chrf"] == pytest.approx(row["transformer_chrf"] - row["rnn_chrf"])


def test_the_data_readme_quotes_both_translators():
    text = " ".join((REPOSITORY / "data" / "README.md").read_text("utf-8").split())
    table = read_results("both").set_index(["split", "beam_size"])
    for split, quoted in {"valid": "it has {} BLEU with greedy", "test": "once, it has {}"}.items():
        assert quoted.format(f"{table.loc[(split, 1), 'transformer_bleu']:.1f}") in text
        best = f"{table.loc[(split, 5), 'transformer_bleu']:.1f}"
        assert f"{best} with a beam" in text or f"and {best} against" in text


def test_the_search_is_chosen_on_validation_captions():
    tested = {run[3:] for run in captions.RUNS if run[:2] == (captions.RNN, "test")}
    assert tested == {captions.CHOSEN, captions.BEST, (1, 1.0)}  # and greedy, to compare with
    table = read_results("captions").set_index(["translator", "split"])
    valid = table.loc[captions.RNN, "valid"].set_index("bleu")
    best = valid.loc[valid.index.max()]
    assert (best.beam_size, best.length_normalization) == captions.BEST


# The recorded results


@pytest.mark.parametrize("name", STUDIES)
def test_recorded_studies_are_complete(name):
    study, table = STUDIES[name], read_results(name)
    runs = set(table[list(study.key)].itertuples(index=False, name=None))
    assert runs == set(study.runs)
    rows_of_a_run = {"bucket", "beam_size", "copied", "lengths", "convention"}
    rows_of_a_run |= {"level", "signal", "bin_low", "reading", "kind", "shortest"}
    rows_of_a_run |= {"measure", "epoch", "at", "side", "first", "search", "against", "weights"}
    rows_of_a_run &= set(table.columns)
    assert not table.duplicated([*{*study.key, *rows_of_a_run}]).any()


# What five seeds say


def test_the_interval_of_a_mean_is_students_t():
    margin = T_95 * math.sqrt(2.5) / math.sqrt(5)  # the variance of the five is 2.5
    interval = mean_interval(pd.Series([1, 2, 3, 4, 5]))
    assert interval == (3, pytest.approx(3 - margin), pytest.approx(3 + margin))
    assert mean_interval(pd.Series([7.0] * 5)) == (7, 7, 7)


def test_an_interval_is_for_five_seeds_only():
    with pytest.raises(ValueError, match="for 5 seeds, and there are 4"):
        mean_interval(pd.Series([1, 2, 3, 4]))


@pytest.mark.parametrize(("t", "p"), [(2.776, 0.05), (4.604, 0.01), (8.610, 0.001), (0.0, 1.0)])
def test_the_p_of_five_differences_is_the_tables(t, p):
    differences = pd.Series([-2.0, -1, 0, 1, 2]) + t * math.sqrt(2.5 / 5)
    assert p_value(differences) == pytest.approx(p, rel=2e-3)


def test_equal_differences_leave_no_doubt():
    assert p_value(pd.Series([1.0] * 5)) == 0
    assert p_value(pd.Series([0.0] * 5)) == 1


def test_holms_correction_by_hand():
    corrected = holm(pd.Series([0.04, 0.01, 0.03, 0.9]))
    assert corrected.tolist() == pytest.approx([0.09, 0.04, 0.09, 0.9])


def test_pairs_are_compared_seed_by_seed():
    values = pd.DataFrame(
        {"a": [1.0, 2, 3, 4, 5], "b": [2.0, 3.1, 4, 4.9, 6], "c": [1.0, 2, 3, 4, 5]}
    )
    pairs = [("a", "b"), ("a", "c"), ("b", "c")]
    table = compare(values, pairs).set_index(["first", "second"])
    assert list(table.index) == pairs
    assert table.change["a", "b"] == pytest.approx(1)
    assert table.p["a", "c"] == 1
    assert table.low["a", "b"] < 1 < table.high["a", "b"]
    assert table.corrected_p["a", "b"] == pytest.approx(3 * table.p["a", "b"])


@pytest.mark.parametrize(("degrees", "quantile"), [(4, T_95), (6, 2.447), (8, 2.306)])
def test_students_distribution(degrees, quantile):
    assert t_quantile(degrees) == pytest.approx(quantile, abs=1e-3)
    assert t_tail(quantile, degrees) == pytest.approx(0.05, abs=1e-4)
    assert t_tail(0.0, degrees) == 1


def test_welchs_interval_by_hand():
    """For 1 to 5 and twice that: variances 2.5 and 10, so t = 3 / √2.5 and 100 / 17 degrees."""
    one, other = (pd.DataFrame({"bleu": [k * x for x in range(1, 6)]}) for k in (1.0, 2.0))
    (row,) = welch(one, other).itertuples()
    assert (row.first, row.second, row.change) == (3, 6, 3)
    margin = t_quantile(100 / 17) * math.sqrt(2.5)
    assert (row.low, row.high) == pytest.approx((3 - margin, 3 + margin), abs=1e-3)
    assert row.corrected_p == row.p == pytest.approx(0.1075, abs=1e-4)


def test_welch_takes_values_that_never_differ():
    same = pd.DataFrame({"exact": [0.0] * 5, "bleu": [1.0, 2.0, 3.0, 4.0, 5.0]})
    table = welch(same, same.assign(bleu=same.bleu + 1))
    assert table.loc[0, ["low", "change", "high", "p"]].tolist() == [0, 0, 0, 1]
    assert table.change.tolist() == [0, 1]
