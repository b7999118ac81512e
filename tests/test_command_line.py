"""`python -m utils.training`, from its help to a translator in a file."""

import argparse
import re
import runpy
import subprocess
import sys

import pytest
import torch
from toy import REPOSITORY, toy_corpus, write_toy_corpus

from utils.training import History, Settings
from utils.training import __main__ as command
from utils.training.joining import choose_device
from utils.training.run import Interrupted
from utils.translator import Translator

SMALL = ["--epochs=1", "--hidden-size=8", "--embedding-size=6", "--device=cpu"]


@pytest.fixture
def folder(tmp_path):
    return write_toy_corpus(tmp_path / "corpus")


def run_process(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "utils.training", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def run_here(monkeypatch, *arguments):
    """Run as `python -m` does, in this process; return its exit code."""
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # the command wraps them
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    monkeypatch.setattr(sys, "argv", ["utils.training", *map(str, arguments)])
    monkeypatch.delitem(sys.modules, "utils.training.__main__")
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("utils.training", run_name="__main__")
    return caught.value.code


@pytest.mark.parametrize(("kind", "its_own"), [([], "--attention"), (["--transformer"], "--heads")])
def test_every_option_is_explained(monkeypatch, kind, its_own):
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", lambda parser, _: parser)
    parser = command.parse(kind)
    options = {action.option_strings[-1]: action.help for action in parser._actions}
    assert {"--corpus", its_own, "--epochs", "--checkpoint", "--output"} <= options.keys()
    assert len({"--attention", "--heads"} & options.keys()) == 1
    assert [option for option, text in options.items() if not text or len(text) < 8] == []


@pytest.mark.slow
def test_help_reads_well():
    done = run_process("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "python -m utils.training" in done.stdout
    assert "fixed" in done.stdout
    assert "(default: None)" not in done.stdout


def test_trains_scores_and_saves_a_translator(monkeypatch, tmp_path, capsys, folder):
    output, checkpoint = tmp_path / "new" / "toy.pt", tmp_path / "run.pt"
    files = [f"--output={output}", f"--checkpoint={checkpoint}"]
    options = [*SMALL, "--attention=dot", "--validation-bleu", *files]
    assert run_here(monkeypatch, f"--corpus={folder}", *options) == 0
    said = capsys.readouterr().out
    for expected in ("40 training pairs", "epoch 1:", "validation BLEU", "saved", "toy.pt"):
        assert expected in said
    assert "test BLEU on 6 sentences" in said
    for way in ("<unk> as it is", "source words for <unk>"):
        assert re.search(rf"test BLEU by sacreBLEU, {way}: [0-9.]+ \(.*tok:13a", said)
    assert checkpoint.exists()
    translator = Translator.load(output)
    assert translator.model.config.attention == "dot"
    assert translator.model.config.hidden_size == 8
    (translation,) = translator.translate([toy_corpus().test[0].source])
    assert f"model      {translation}\n" in said


def test_trains_a_transformer(monkeypatch, tmp_path, folder):
    output = tmp_path / "toy.pt"
    sizes = "--size=8 --heads=2 --layers=1 --hidden-size=6 --dropout=0.2 --seed=3 --subwords=40"
    small = "--epochs=1 --batch-size=8 --device=cpu"
    options = ["--transformer", *sizes.split(), "--tied", *small.split()]
    assert run_here(monkeypatch, f"--corpus={folder}", *options, f"--output={output}") == 0
    translator = Translator.load(output)
    config = translator.model.config
    assert (config.size, config.heads, config.layers, config.hidden_size) == (8, 2, 1, 6)
    assert (config.dropout, config.tied) == (0.2, True)
    assert [t.weights.shape[1] for t in translator.translate(["eins zwei"])] == [2]


def test_every_option_reaches_the_training(monkeypatch, tmp_path, folder):
    seen = {}

    def note(model, fields, corpus, settings, checkpoint, **options):
        seen.update(options, settings=settings, checkpoint=checkpoint)
        seen.update(words=len(fields.source.vocab), config=model.config)
        raise Interrupted(History())

    monkeypatch.setattr(command, "fit", note)
    given = "--epochs=3 --seed=7 --batch-size=5 --learning-rate=0.5 --label-smoothing=0.2 --clip=9"
    model = "--attention=general --hidden-size=10 --memory-size=6 --embedding-size=4 --dropout=0.3"
    rare = ["--average=2", "--min-freq=23", f"--output={tmp_path / 'toy.pt'}", "--device=cpu"]
    command.main([f"--corpus={folder}", *given.split(), *model.split(), *rare])
    config, words = seen.pop("config"), seen.pop("words")
    assert seen.pop("processes").size == 1
    settings = Settings(3, 5, 0.5, 0.2, 9.0, average=2, seed=7)
    assert seen == {"settings": settings, "checkpoint": None, "validation_bleu": False}
    assert (config.attention, config.hidden_size, config.memory_size) == ("general", 10, 6)
    assert (config.embedding_size, config.dropout, words) == (4, 0.3, 3)


def test_an_interrupted_run_saves_no_translator(monkeypatch, tmp_path, folder):
    def stop(*_, **__):
        raise Interrupted(History())

    monkeypatch.setattr(command, "fit", stop)
    output = tmp_path / "toy.pt"
    assert command.main([f"--corpus={folder}", *SMALL, f"--output={output}"]) == 130
    assert not output.exists()


@pytest.mark.parametrize(("rank", "lines"), [(0, 1), (1, 0)])
def test_only_one_process_of_a_machine_reports_an_error(monkeypatch, capsys, rank, lines):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("LOCAL_RANK", str(rank))
    assert run_here(monkeypatch, "--corpus=nowhere") == 1
    assert len(capsys.readouterr().err.splitlines()) == lines


def test_ctrl_c_before_training_shows_no_traceback(monkeypatch, tmp_path):
    def stop(*_, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("utils.corpora.load_corpus", stop)
    assert run_here(monkeypatch, f"--output={tmp_path / 'toy.pt'}") == 130


@pytest.mark.slow
def test_a_missing_folder_ends_in_one_line_and_exit_code_1(tmp_path):
    done = run_process(f"--corpus={tmp_path / 'nowhere'}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert "nowhere" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("option", "what"),
    [
        ("--device=abacus", "abacus"),
        ("--hidden-size=7", "even"),
        ("--hidden-size=-2", "hidden"),
        ("--batch-size=0", "batch"),
        ("--epochs=0", "epoch"),
        ("--dropout=2", "dropout"),
    ],
)
def test_an_impossible_option_is_refused_in_one_line(monkeypatch, capsys, folder, option, what):
    output = f"--output={folder / 'new.pt'}"
    code = run_here(monkeypatch, f"--corpus={folder}", *SMALL, output, option)
    said = capsys.readouterr().err.splitlines()
    assert what in said[-1]
    assert code == 2 or (code == 1 and len(said) == 1)


def test_a_damaged_checkpoint_is_refused_in_one_line(monkeypatch, tmp_path, capsys, folder):
    checkpoint = tmp_path / "run.pt"
    checkpoint.write_bytes(b"no checkpoint")
    files = [f"--checkpoint={checkpoint}", f"--output={tmp_path / 'new.pt'}"]
    assert run_here(monkeypatch, f"--corpus={folder}", *SMALL, *files) == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"error: {checkpoint} is damaged")


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen"),
    [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_picks_the_best_available_device(monkeypatch, cuda, mps, chosen):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert choose_device().type == chosen
    assert choose_device("cpu").type == "cpu"


@pytest.mark.parametrize("name", ["cuda", "cuda:1", "mps", "abacus"])
def test_a_missing_device_is_refused(monkeypatch, name):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(ValueError, match=f"{name}.*'cpu'"):
        choose_device(name)
