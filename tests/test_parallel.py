"""Two processes train like one, under torchrun with gloo on the CPU."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from ranks import COMMAND, SETTINGS, train
from toy import (
    REPOSITORY,
    mixed_batch,
    one_batch,
    same_weights,
    toy_corpus,
    toy_fields,
    toy_model,
    write_toy_corpus,
)

from utils.models.attention import ATTENTIONS
from utils.system.storage import load_safely
from utils.training import word_loss
from utils.training.joining import choose_own_device, join_processes
from utils.training.processes import ProcessGroup

CPU = torch.device("cpu")
PADDING = toy_fields().target.vocab.stoi["<pad>"]
LIMIT = 240  # seconds for one launch; twenty are usual
# Without an address, the launcher would wait for a host name that may not resolve.
LAUNCHER = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
LAUNCHER += ["--local-addr=127.0.0.1"]
# Sums are rounded in another order. Measured: 1.2e-6 and 1.0e-15, in weights after twelve steps.
TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-13}

needs_gloo = pytest.mark.skipif(
    sys.platform == "win32" or not torch.distributed.is_available(),
    reason="needs PyTorch's launcher and its signals",
)


@contextmanager
def launch(*arguments):
    """Start two processes with combined output, and end them if they take too long."""
    environment = os.environ | {
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
    }
    with subprocess.Popen(
        [*LAUNCHER, *map(str, arguments)],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        patience = threading.Timer(LIMIT, process.terminate)
        patience.start()
        try:
            yield process
        finally:
            patience.cancel()
            process.terminate()


def run_to_the_end(*arguments):
    """Return what the two processes wrote."""
    with launch(*arguments) as process:
        output = process.communicate()[0]
    assert process.returncode == 0, output
    return output


# --- shares of a batch, without a second process ---


@pytest.mark.parametrize("size", [2, 3, 4, 7])
def test_the_shares_of_all_ranks_are_the_batch(size):
    """A rank beyond the last sentence gets one that doesn't count."""
    batch = mixed_batch()
    rows = []
    for rank in range(size):
        own, words = ProcessGroup(rank, size, CPU).share(batch, PADDING)
        assert words == own.count_words(PADDING) * (rank < 4)
        rows += own.target.tolist() if words else []
        assert len(own.source) == len(own.source_lengths) == len(own.target) > 0
    assert sorted(rows) == sorted(batch.target.tolist())


@pytest.mark.parametrize("size", [2, 3, 7])
def test_the_weighted_mean_of_the_gradients_is_the_gradient_of_the_whole_batch(size):
    model, batch = toy_model().double(), mixed_batch()

    def gradients(own, weight=1.0):
        loss = weight * word_loss(model(*own)[0], own.target, PADDING)
        return torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(model.parameters()))])

    shares = [ProcessGroup(rank, size, CPU).share(batch, PADDING) for rank in range(size)]
    assert len({words for _, words in shares}) > 1  # unequal, so that the weights matter
    total = batch.count_words(PADDING)
    mean = sum(gradients(own, size * words / total) for own, words in shares) / size
    torch.testing.assert_close(mean, gradients(batch), rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ATTENTIONS)
def test_every_weight_gets_a_gradient_or_the_others_would_wait_for_it(name):
    model = toy_model(name)
    batch = one_batch(toy_corpus().train[:1])
    word_loss(model(*batch)[0], batch.target, PADDING).backward()
    assert [n for n, parameter in model.named_parameters() if parameter.grad is None] == []


# --- bad input ---


def test_more_processes_than_sentences_in_a_batch_are_refused():
    with pytest.raises(ValueError, match="3 processes cannot share batches of 2 sentences: use"):
        train(ProcessGroup(0, 3, CPU), batch_size=2)


@pytest.mark.parametrize(
    ("name", "gpus", "sentence"),
    [
        ("cuda", 0, "has no cuda device: use 'cpu'"),
        ("cuda", 1, "2 processes need a GPU each, but this machine has 1: start fewer, or use"),
        ("auto", 1, "2 processes need a GPU each"),
        ("cuda:1", 2, "cannot share cuda:1: use 'cpu', 'cuda' or 'auto'"),
        ("mps", 0, "cannot share mps"),
        ("abacus", 0, "cannot share abacus"),
    ],
)
def test_an_unusable_device_is_refused(monkeypatch, name, gpus, sentence):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    with pytest.raises(ValueError, match=sentence):
        choose_own_device(name, 1, 2)


def test_each_process_has_its_own_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert str(choose_own_device("auto", 1, 2)) == "cuda:1"
    assert str(choose_own_device("cpu", 1, 2)) == "cpu"


def test_without_the_launcher_there_is_one_process(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with join_processes("cpu") as (processes, device):
        assert (processes.rank, processes.size, device) == (0, 1, CPU)
    assert not torch.distributed.is_initialized()


# --- two processes that call `fit` ---


@pytest.fixture(scope="module", params=[pytest.param("slow", marks=pytest.mark.slow)])
def folder(tmp_path_factory):
    """Return a folder in which two processes left what they found."""
    folder = tmp_path_factory.mktemp("ranks")
    run_to_the_end(REPOSITORY / "tests/ranks.py", folder)
    return folder


@pytest.fixture(scope="module")
def ranks(folder):
    """Return what each of two processes found."""
    return [torch.load(folder / f"rank{rank}.pt") for rank in range(2)]


@needs_gloo
@pytest.mark.parametrize("precision", TOLERANCE, ids=str)
def test_two_processes_train_like_one(ranks, precision):
    alone = train(precision=precision)
    steps = 4 * SETTINGS["epochs"]
    assert len(alone["gradients"]) == steps
    assert alone["gradients"].norm(dim=1) == pytest.approx(SETTINGS["clip"], rel=1e-3)
    for rank in ranks:
        for what in ("gradients", "weights", "losses"):
            torch.testing.assert_close(
                rank[str(precision)][what], alone[what], rtol=0, atol=TOLERANCE[precision]
            )


@needs_gloo
@pytest.mark.parametrize("what", ["torch.float32", "dropout"])
def test_all_processes_have_the_same_weights_and_losses(ranks, what):
    first, second = (rank[what] for rank in ranks)
    assert same_weights(first["weights"], second["weights"])
    assert first["losses"] == second["losses"]


@needs_gloo
def test_each_process_draws_its_own_dropout(ranks):
    first, second = (rank["random"] for rank in ranks)
    assert not torch.equal(first, second)
    assert ranks[0]["dropout"]["losses"] != ranks[0]["torch.float32"]["losses"]


@needs_gloo
def test_one_process_writes_checkpoints(ranks):
    epochs = SETTINGS["epochs"]
    assert ranks[0]["written"] == ["run.pt"] * (epochs + 1)  # one at the start
    assert ranks[1]["written"] == []


@needs_gloo
def test_stopping_one_process_stops_all_and_all_resume(ranks):
    for rank in ranks:
        assert rank["stopped"]["interrupted"]
        assert rank["stopped"]["losses"] == rank["dropout"]["losses"][:2]
        assert rank["resumed"]["losses"] == rank["dropout"]["losses"]
        assert same_weights(rank["resumed"]["weights"], rank["dropout"]["weights"])


@needs_gloo
def test_all_processes_raise_the_error_of_rank_0(ranks):
    assert "run.pt was made with dropout 0.3, not 0.0: use the same" in ranks[0]["other run"]
    assert ranks[1]["other run"] == ranks[0]["other run"]


@needs_gloo
def test_other_options_in_one_process_stop_both_with_a_clear_error(ranks):
    assert ranks[0]["end"].startswith("ConnectionError: no connection to another process: ")
    sentence = "the run of rank 0 was made with seed 0, not 1: give all processes the same options"
    assert sentence in ranks[1]["end"]


# --- the command ---


def read_until(process, text):
    """Return the lines that a command writes, up to one with `text`."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return "".join(lines)
    raise AssertionError(f"it ended without {text!r}:\n{''.join(lines)}")


def children(process):
    """Return the ids of the processes that `process` started, oldest first."""
    listed = subprocess.run(
        ["pgrep", "-P", str(process.pid)], capture_output=True, encoding="utf-8"
    )
    return [int(number) for number in listed.stdout.split()]


@needs_gloo
@pytest.mark.skipif(shutil.which("pgrep") is None, reason="pgrep is not installed")
def test_the_same_command_resumes_bit_for_bit_after_a_kill_and_after_ctrl_c(tmp_path, folder):
    """The first process is killed, and the launcher restarts it; then comes Ctrl-C."""
    corpus, checkpoint = write_toy_corpus(tmp_path / "corpus"), tmp_path / "run.pt"
    options = {"corpus": corpus, "checkpoint": checkpoint, "output": tmp_path / "new.pt"}
    options |= COMMAND | {"hidden_size": 8, "embedding_size": 6, "device": "cpu"}
    command = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    command = ["-m", "utils.training", *command]
    with launch("--max-restarts=1", *command) as process:
        read_until(process, "epoch 2:")
        os.kill(children(process)[0], signal.SIGKILL)
        output = read_until(process, "epoch 5:")  # started again
        process.send_signal(signal.SIGINT)
        stopped = process.communicate()[0]
    assert "training pairs" in output and "epoch 1:" not in output
    assert f" of {COMMAND['epochs']} epochs" in stopped
    assert not (tmp_path / "new.pt").exists()
    assert str(Path("utils", "training")) not in output + stopped  # no traceback of ours
    output = run_to_the_end(*command)
    assert "epoch 5:" not in output
    assert output.count("training pairs") == output.count("saved") == 1
    disturbed, undisturbed = map(load_safely, (checkpoint, folder / "undisturbed.pt"))
    assert disturbed["identity"] == undisturbed["identity"]
    for name in ("weights", "best_weights"):
        assert same_weights(disturbed[name], undisturbed[name])
    for epoch in disturbed["history"] + undisturbed["history"]:
        del epoch["seconds"]
    assert disturbed["history"] == undisturbed["history"]
