"""Training: what is learned, what is kept, and resuming after a stop."""

import json
import math
import re
from dataclasses import replace

import pytest
import torch
from recorded import LEARNERS, LOSSES, learned
from torch.nn import functional as F
from torch.optim.optimizer import register_optimizer_step_pre_hook
from toy import (
    fit_with,
    mixed_batch,
    number_pairs,
    same_weights,
    stopped,
    toy_corpus,
    toy_fields,
    toy_model,
)
from tqdm import tqdm

from utils.corpora import Corpus, Pair
from utils.evaluation import bleu, exact_match
from utils.models.attention import ATTENTIONS
from utils.text import build_fields
from utils.training import Settings, validation_loss, word_loss
from utils.training.loss import smoothed_loss
from utils.training.optimizer import build_optimizer
from utils.translator import Translator

EPOCHS = 4
FORWARDS = 6  # per epoch: five training batches, one validation batch
PADDING = toy_fields().target.vocab.stoi["<pad>"]


def fit_toy(model, corpus=None, fields=None, fit=fit_with, **options):
    settings = {"epochs": EPOCHS, "batch_size": 8, "seed": 5} | options
    return fit(model, fields or toy_fields(), corpus or toy_corpus(), **settings)


def dropout_model():
    return toy_model(dropout=0.3)


def losses(history):
    return [(epoch.number, epoch.train_loss, epoch.valid_loss) for epoch in history.epochs]


def copy_weights(model):
    return {name: weights.clone() for name, weights in model.state_dict().items()}


def press_stop(*_):
    raise KeyboardInterrupt


def stop_at_forward(model, number):
    """Interrupt while `model` reads its n-th batch, in training or validation."""
    calls = []

    def count(*_):
        calls.append(1)
        if len(calls) == number:
            handle.remove()
            press_stop()

    handle = model.register_forward_pre_hook(count)


@pytest.fixture(scope="module")
def uninterrupted():
    """Return the history and weights of an uninterrupted run."""
    model = dropout_model()
    return fit_toy(model), copy_weights(model)


def overfit(model, valid=(), **options):
    """Overfit eight pairs, all in one batch."""
    pairs = number_pairs(8, shortest=4, longest=5, seed=4)
    corpus = Corpus(pairs, valid or pairs, pairs)
    return corpus, fit_toy(
        model, corpus, **{"epochs": 150, "learning_rate": 0.02, "label_smoothing": 0.0} | options
    )


def overfit_model(name="additive"):
    return toy_model(name, embedding_size=16, hidden_size=32)


@pytest.mark.slow
@pytest.mark.parametrize("name", ATTENTIONS)
def test_training_overfits_one_batch(name):
    model = overfit_model(name)
    corpus, history = overfit(model)
    translations = Translator(model, toy_fields()).translate([p.source for p in corpus.train])
    assert exact_match([t.tokens for t in translations], [p.target for p in corpus.train]) == 100
    assert history.best.valid_loss < 0.1


def test_the_matrix_of_general_attention_learns_slowly_and_all_else_at_the_full_rate():
    model = toy_model("general")
    groups = build_optimizer(model, Settings(learning_rate=0.5)).param_groups
    ((matrix,), others) = (group["params"] for group in groups)
    assert matrix is model.decoder.attention.W.weight
    assert [group["max_lr"] for group in groups] == [0.05, 0.5]
    assert len(others) + 1 == len(list(model.parameters()))


def test_the_reported_training_loss_is_without_smoothing():
    model, pairs = toy_model(), number_pairs(8, shortest=4, longest=5, seed=4)
    options = {"epochs": 1, "learning_rate": 1e-9, "label_smoothing": 0.9}
    (epoch,) = fit_toy(model, Corpus(pairs, pairs, pairs), **options).epochs
    assert epoch.train_loss == pytest.approx(epoch.valid_loss, rel=1e-4)


def test_loss_is_the_mean_per_real_word():
    batch = mixed_batch()
    logits = toy_model()(*batch)[0].detach()
    total, words = 0.0, 0
    for row, target in zip(logits.log_softmax(dim=-1), batch.target, strict=True):
        for log_probabilities, word in zip(row, target[1:].tolist(), strict=True):
            if word != PADDING:
                total, words = total - float(log_probabilities[word]), words + 1
    assert words == 5 + 2 + 1 + 3 + 4  # and one <eos> for each sentence
    loss = word_loss(logits, batch.target, PADDING)
    assert loss.item() == pytest.approx(total / words)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_more_padding_changes_no_loss(smoothing):
    model, batch = toy_model(), mixed_batch()
    padding = torch.full((4, 3), PADDING)
    padded = batch._replace(
        source=torch.cat([batch.source, padding], dim=1),
        target=torch.cat([batch.target, padding], dim=1),
    )
    losses, same = (smoothed_loss(*logits_and_words(model, b), smoothing) for b in (batch, padded))
    torch.testing.assert_close(losses, same)


def logits_and_words(model, batch):
    """Return the logits (N, V) of the real target words, and those words (N,)."""
    words = batch.target[:, 1:]
    real = words != PADDING
    return model(*batch, real)[0], words[real]


def test_training_takes_the_logits_of_real_words_and_no_others():
    model, batch = toy_model(), mixed_batch()
    logits, words = logits_and_words(model, batch)
    assert len(logits) == len(words) == 5 + 2 + 1 + 3 + 4
    torch.testing.assert_close(logits, model(*batch)[0][batch.target[:, 1:] != PADDING])


def test_label_smoothing_mixes_in_all_words():
    logits, word = torch.tensor([[2.0, 0.0, 1.0]]), torch.tensor([0])
    log_probabilities = logits[0].log_softmax(dim=-1)
    expected = -0.7 * log_probabilities[0] - 0.3 * log_probabilities.mean()
    losses = smoothed_loss(logits, word, label_smoothing=0.3)
    torch.testing.assert_close(losses, (expected, -log_probabilities[0]))


def test_label_smoothing_is_that_of_pytorch():
    model, batch = toy_model(), mixed_batch()
    logits, words = logits_and_words(model, batch)
    loss, plain = smoothed_loss(logits, words, 0.2)
    torch.testing.assert_close(loss, F.cross_entropy(logits, words, label_smoothing=0.2))
    torch.testing.assert_close(plain, word_loss(model(*batch)[0], batch.target, PADDING))


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_validation_loss_is_a_mean_over_words_not_batches(batch_size):
    model, pairs = toy_model(dropout=0.5).train(), toy_corpus().valid
    words = [len(pair.target) + 1 for pair in pairs]
    alone = [validation_loss(model, toy_fields(), [pair]) for pair in pairs]
    expected = sum(map(math.prod, zip(alone, words, strict=True))) / sum(words)
    loss = validation_loss(model, toy_fields(), pairs, batch_size)
    assert loss == pytest.approx(expected, rel=1e-5)


def test_train_loss_is_a_mean_over_words_not_batches():
    corpus = replace(toy_corpus(), valid=toy_corpus().train)
    (epoch,) = fit_toy(toy_model(), corpus, epochs=1, batch_size=7, learning_rate=1e-12).epochs
    assert epoch.train_loss == pytest.approx(epoch.valid_loss, rel=1e-5)


def test_gradients_are_clipped_before_each_step():
    norms = []

    def measure(optimizer, *_):
        gradients = [p.grad.norm() for group in optimizer.param_groups for p in group["params"]]
        norms.append(float(torch.stack(gradients).norm()))

    handle = register_optimizer_step_pre_hook(measure)
    try:
        fit_toy(toy_model(), epochs=1, clip=0.01)
    finally:
        handle.remove()
    assert len(norms) == FORWARDS - 1
    assert max(norms) == pytest.approx(0.01, rel=1e-3)


def test_each_epoch_reads_all_pairs_once_in_another_order():
    read, model = [], dropout_model()

    def note(model, arguments):
        if model.training:
            read.append(arguments[0].tolist())

    model.register_forward_pre_hook(note)
    fit_toy(model, epochs=2)
    first, second = ([row for batch in part for row in batch] for part in (read[:5], read[5:]))
    assert len(read) == 2 * (FORWARDS - 1)
    assert first != second
    words = [sorted(n for row in epoch for n in row if n > 1) for epoch in (first, second)]
    source = toy_fields().source.vocab.stoi
    expected = sorted(source[word] for pair in toy_corpus().train for word in pair.source)
    assert words == [expected, expected]


def test_history_lists_the_epochs_and_the_loss_falls(uninterrupted):
    history, _ = uninterrupted
    assert [epoch.number for epoch in history.epochs] == [1, 2, 3, 4]
    assert history.epochs[-1].train_loss < history.epochs[0].train_loss
    assert history.seconds == pytest.approx(sum(epoch.seconds for epoch in history.epochs))


def test_the_same_seed_trains_the_same(uninterrupted):
    model = dropout_model()
    torch.manual_seed(99)
    assert losses(fit_toy(model)) == losses(uninterrupted[0])
    assert same_weights(model.state_dict(), uninterrupted[1])
    other = dropout_model()
    assert losses(fit_toy(other, seed=6)) != losses(uninterrupted[0])


def test_fit_leaves_the_global_random_state():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    fit_toy(dropout_model(), epochs=1)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("restarted", [True, False], ids=["new model", "same model"])
@pytest.mark.parametrize(
    "forward",
    [
        pytest.param(3, id="in epoch 1"),
        pytest.param(FORWARDS + 1, id="at the start of epoch 2"),
        pytest.param(2 * FORWARDS + 4, id="in epoch 3"),
        pytest.param(3 * FORWARDS, id="validating epoch 3"),
    ],
)
def test_resumed_equals_uninterrupted(tmp_path, uninterrupted, forward, restarted):
    model, path = dropout_model(), tmp_path / "run.pt"
    stop_at_forward(model, forward)
    fit_toy(model, fit=stopped, checkpoint=path)
    model = dropout_model() if restarted else model
    torch.manual_seed(99)  # as if other code had drawn random numbers in between
    history = fit_toy(model, checkpoint=path)
    assert losses(history) == losses(uninterrupted[0])
    assert same_weights(model.state_dict(), uninterrupted[1])


def test_stopped_after_each_epoch_equals_uninterrupted(tmp_path, uninterrupted):
    for done in range(1, EPOCHS + 1):
        model = dropout_model()
        history = fit_toy(model, fit=stopped, checkpoint=tmp_path / "run.pt", on_epoch=press_stop)
        assert [epoch.number for epoch in history.epochs] == list(range(1, done + 1))
    history = fit_toy(model, checkpoint=tmp_path / "run.pt")
    assert losses(history) == losses(uninterrupted[0])
    assert same_weights(model.state_dict(), uninterrupted[1])


def test_a_stop_keeps_what_was_learned():
    model, seen = dropout_model(), []

    def stop_after_two(epoch):
        seen.append(copy_weights(model))
        if epoch.number == 2:
            press_stop()

    history = fit_toy(model, fit=stopped, on_epoch=stop_after_two)
    assert [epoch.number for epoch in history.epochs] == [1, 2]
    assert same_weights(model.state_dict(), seen[1])
    assert not same_weights(seen[0], seen[1])
    assert not model.training


@pytest.mark.parametrize("name", [None, "run.pt"])
def test_a_stop_says_how_to_resume(tmp_path, capsys, name):
    path = name and tmp_path / name
    model = dropout_model()
    stop_at_forward(model, FORWARDS + 2)
    fit_toy(model, fit=stopped, checkpoint=path)
    assert not model.training
    said = capsys.readouterr().out.splitlines()[-1]
    assert f"Stopped after 1 of {EPOCHS} epochs" in said
    assert (f"Run the same call again to resume after epoch 1 ({path})" in said) == bool(path)
    assert ("checkpoint=" in said) != bool(path)


def test_a_finished_run_is_not_trained_further(tmp_path, capsys, uninterrupted):
    fit_toy(dropout_model(), checkpoint=tmp_path / "run.pt")
    capsys.readouterr()
    model = dropout_model()
    model.register_forward_pre_hook(press_stop)  # any forward pass would stop it
    history = fit_toy(model, checkpoint=tmp_path / "run.pt")
    assert losses(history) == losses(uninterrupted[0])
    assert same_weights(model.state_dict(), uninterrupted[1])
    assert not model.training
    assert capsys.readouterr().out == ""


def other_vocabulary(word):
    """Return a corpus of the same size with one different word, and its fields."""
    sides = {"acht": word, "eight": "octo"}
    pairs = [
        Pair(*(tuple(sides.get(w, w) for w in side) for side in pair[:2]), None)
        for pair in ((p.source, p.target) for p in toy_corpus().train)
    ]
    corpus = replace(toy_corpus(), train=pairs)
    return corpus, build_fields(corpus)


@pytest.mark.parametrize(
    ("model", "options", "what"),
    [
        ({"hidden_size": 10}, {}, "was made with hidden_size 8, not 10"),
        ({"attention": "dot"}, {}, "was made with attention additive, not dot"),
        ({"dropout": 0.1}, {}, "was made with dropout 0.0, not 0.1"),
        ({}, {"seed": 6}, "was made with seed 5, not 6"),
        ({}, {"epochs": 3}, "was made with epochs 2, not 3"),
        ({}, {"learning_rate": 1e-3}, "was made with learning_rate 0.006, not 0.001"),
        ({}, {"corpus": replace(toy_corpus(), train=toy_corpus().train[1:])}, "40, not 39"),
        ({}, dict(zip(("corpus", "fields"), other_vocabulary("octo"), strict=True)), "vocabulary"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(tmp_path, model, options, what):
    path, model = tmp_path / "run.pt", toy_model(**model)
    fit_toy(toy_model(), epochs=2, checkpoint=path)
    content, weights = path.read_bytes(), copy_weights(model)
    with pytest.raises(ValueError) as caught:
        fit_toy(model, **{"epochs": 2, "checkpoint": path} | options)
    assert re.fullmatch(rf"{re.escape(str(path))} .*{what}.*: use the same .*\.", str(caught.value))
    assert path.read_bytes() == content
    assert same_weights(model.state_dict(), weights)


def test_another_kind_of_file_is_refused(tmp_path):
    path = tmp_path / "toy.pt"
    Translator(toy_model(), toy_fields()).save(path)
    with pytest.raises(ValueError, match=re.escape(str(path))):
        fit_toy(toy_model(), checkpoint=path)
    fit_toy(toy_model(), epochs=1, checkpoint=tmp_path / "run.pt")
    with pytest.raises(ValueError, match=r"run\.pt is a checkpoint"):
        Translator.load(tmp_path / "run.pt")


@pytest.mark.parametrize("part", [0, 0.3, 0.9])
def test_a_damaged_checkpoint_is_refused(tmp_path, part):
    path = tmp_path / "run.pt"
    fit_toy(toy_model(), epochs=1, checkpoint=path)
    content = path.read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    with pytest.raises(ValueError, match=r"run\.pt is damaged or was not written by"):
        fit_toy(toy_model(), epochs=1, checkpoint=path)


@pytest.mark.slow
def test_the_weights_with_the_lowest_validation_loss_are_kept(tmp_path):
    """Validation pairs have the wrong word order: the better it trains, the worse their loss."""
    backwards = [Pair(p.source, p.target[::-1], None) for p in number_pairs(20, shortest=3)]
    for model in (overfit_model(), overfit_model()):  # the second call finds the run finished
        _, history = overfit(model, backwards, checkpoint=tmp_path / "run.pt")
        losses = [epoch.valid_loss for epoch in history.epochs]
        assert history.best.valid_loss == min(losses) < losses[-1] - 0.1
        loss = validation_loss(model, toy_fields(), backwards)
        assert loss == pytest.approx(min(losses), rel=1e-5)


def test_the_weights_of_the_last_epochs_are_averaged(tmp_path):
    path, after = tmp_path / "run.pt", []
    plain, mean = dropout_model(), dropout_model()
    fit_toy(plain, epochs=3, on_epoch=lambda _: after.append(copy_weights(plain)))
    fit_toy(mean, epochs=3, average=2, checkpoint=path)
    for name, weights in copy_weights(mean).items():
        assert torch.equal(weights, (after[1][name] + after[2][name]) / 2)
    again = dropout_model()
    fit_toy(again, epochs=3, average=2, checkpoint=path)  # finds the run finished
    assert all(torch.equal(a, copy_weights(again)[k]) for k, a in copy_weights(mean).items())


def test_who_watches_parts_of_the_first_epoch_changes_nothing():
    alone, watched, heard = dropout_model(), dropout_model(), []
    fit_toy(alone, epochs=2)
    fit_toy(watched, epochs=2, on_part=heard.append)
    assert [part.number for part in heard] == [0, 1 / 8, 1 / 4, 1 / 2]
    assert all(math.isfinite(part.valid_loss) and math.isnan(part.train_loss) for part in heard)
    assert len({part.valid_loss for part in heard}) == 4
    weights = zip(alone.state_dict().values(), watched.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in weights)


def test_one_line_is_printed_for_each_epoch(capsys):
    history = fit_toy(toy_model(), epochs=2)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    for line, epoch in zip(lines, history.epochs, strict=True):
        assert line.startswith(
            f"epoch {epoch.number}: train loss {epoch.train_loss:.3f}, "
            f"validation loss {epoch.valid_loss:.3f}, "
        )
        assert epoch.valid_bleu is None
        assert "BLEU" not in line


def test_the_progress_bar_is_drawn_twice_a_second_at_most(monkeypatch):
    drawn = []

    class CountingBar(tqdm):
        def display(self, *arguments, **options):
            drawn.append(self.n)

    monkeypatch.setattr("utils.training.loop.tqdm", CountingBar)
    history = fit_toy(toy_model(), batch_size=1)
    steps = EPOCHS * len(toy_corpus().train)
    lines = 2 * EPOCHS + 2  # the bar is drawn again around each line, at the start and at the end
    assert len(drawn) <= 2 * history.seconds + lines < steps


@pytest.mark.slow
def test_validation_bleu_is_measured_on_demand(capsys):
    model, expected = overfit_model(), []
    valid = number_pairs(8, shortest=4, longest=5, seed=4)[:5]

    def measure(_):
        translations = Translator(model, toy_fields()).translate([p.source for p in valid])
        expected.append(bleu([t.tokens for t in translations], [p.target for p in valid]))

    _, history = overfit(model, valid, validation_bleu=True, on_epoch=measure)
    assert [epoch.valid_bleu for epoch in history.epochs] == expected
    assert expected[0] < 10 < 99 < expected[-1]
    assert f"validation BLEU {expected[-1]:.1f}, " in capsys.readouterr().out


@pytest.mark.parametrize("name", LEARNERS)
def test_the_recipe_learns_what_it_learned(name):
    """Initial weights, dropout, smoothing, clipping, Adam, schedule: a change of any shows here."""
    assert learned(name) == pytest.approx(json.loads(LOSSES.read_text("utf-8"))[name], rel=1e-4)
