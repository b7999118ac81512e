"""No result is lost: paths are checked first, and results are saved before they are printed."""

import argparse
import errno
import os
import signal
import socket
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from toy import (
    REPOSITORY,
    same_weights,
    stopped,
    toy_corpus,
    toy_fields,
    toy_model,
    toy_translator,
    write_toy_corpus,
)

from utils import translate
from utils.corpora import CorpusError, download
from utils.experiments import studies, tables
from utils.system import failures
from utils.system.storage import check_writable, load_safely, save_atomically, write_atomically
from utils.training import Settings, fit
from utils.training import __main__ as command
from utils.training.outputs import free_name
from utils.translator import Translator

fcntl = pytest.importorskip("fcntl", reason="Windows has no such files, limits and signals")
resource = pytest.importorskip("resource")
SMALL = ["--epochs=2", "--hidden-size=8", "--embedding-size=6", "--device=cpu"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return an empty folder in which the command runs, with a corpus and a home beside it."""
    write_toy_corpus(tmp_path / "corpus")
    for name in ("work", "home"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command in this process; return its exit code and the lines on standard error."""

    def run(main, *arguments):
        monkeypatch.setattr(sys, "stdout", sys.stdout)  # the command wraps them
        monkeypatch.setattr(sys, "stderr", sys.stderr)
        with pytest.raises(SystemExit) as caught:
            failures.run(lambda: main([str(a) for a in arguments]), goes_on_unheard=True)
        return caught.value.code, capsys.readouterr().err.splitlines()

    return run


@pytest.fixture
def train(run, tmp_path):
    """Run the training of a toy translator, as `run` does."""
    return lambda *options: run(command.main, f"--corpus={tmp_path / 'corpus'}", *SMALL, *options)


def never(*_, **__):
    raise AssertionError("it began the work")


@contextmanager
def largest_file(size):
    """Limit the size of files, to simulate a full disk without being root."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# --- unusable paths are reported before the first step ---


def make_fifo(folder):
    os.mkfifo(folder / "fifo")
    return "fifo"


def make_socket(folder):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket")
    return "socket"


def make_link(folder, target, name="link.pt"):
    (folder / name).symlink_to(target)
    return name


def make_protected(folder):
    (folder / "kept.pt").touch(0o444)
    return "kept.pt"


def make_file(folder):
    (folder / "file").touch()
    return "file/new.pt"


PLACES = {
    "a folder": (lambda _: str(Path.cwd()), "it is a folder; name a file"),
    "the folder above": (lambda _: "..", "it is a folder"),
    "a link to a folder": (lambda f: make_link(f, f.parent), "it is a folder"),
    "a name too long": (lambda _: 300 * "a", "its name is too long; choose a shorter one"),
    "umlauts too long": (lambda _: os.fsdecode(b"\xc3\xa4" * 130) + ".pt", "its name is too long"),
    "a folder too long": (lambda _: 300 * "a" + "/new.pt", "its name is too long"),
    "a device": (lambda _: os.devnull, "not a regular file; choose another name"),
    "a link to a device": (lambda f: make_link(f, "/dev/zero"), "not a regular file"),
    "a pipe": (make_fifo, "not a regular file"),
    "a socket": (make_socket, "not a regular file"),
    "in a file": (make_file, "part of its path is a file, not a folder"),
    "a link in a circle": (lambda f: make_link(f, "link.pt"), "form a loop"),
    "a link to nowhere": (lambda f: make_link(f, "/mnt/gone/a.pt"), "whose folder does not exist"),
    "write-protected": (make_protected, "permission denied"),
    "in the process table": (lambda _: "/proc/new.pt", "can be created there; choose"),
    "in a new folder of it": (lambda _: "/proc/runs/new.pt", "can be created there; choose"),
    "among open files": (lambda _: "/proc/self/fd/runs/new.pt", "can be created there"),
    "a link into it": (lambda f: make_link(f, "/proc/self/new.pt"), "can be created there"),
}


@pytest.mark.parametrize("option", ["--output", "--checkpoint"])
@pytest.mark.parametrize("make, reason", PLACES.values(), ids=PLACES)
def test_an_unusable_path_is_reported_before_training(
    folder, train, monkeypatch, option, make, reason
):
    monkeypatch.setattr(command, "load_corpus", never)
    name = make(folder)
    before = sorted(folder.iterdir())
    code, (said,) = train(f"{option}={name}")
    assert code == 1
    shown = str(name).encode(errors="backslashreplace").decode()  # as an ASCII terminal shows it
    assert said.startswith(f"error: {shown}") and reason in said
    assert sorted(set(folder.iterdir()) - {folder / "runs"}) == before


@pytest.mark.parametrize("make, reason", PLACES.values(), ids=PLACES)
def test_fit_checks_the_path_before_training(folder, make, reason):
    model = toy_model()
    model.register_forward_pre_hook(never)
    with pytest.raises(OSError, match=reason):
        fit(model, toy_fields(), toy_corpus(), checkpoint=make(folder))


@pytest.mark.parametrize("make, reason", PLACES.values(), ids=PLACES)
def test_a_picture_checks_its_path_first(folder, run, monkeypatch, make, reason):
    monkeypatch.setattr(translate, "format_of", lambda _: "png")
    monkeypatch.setattr(Translator, "load", never)
    code, (said,) = run(translate.main, "ein Hund", f"--attention={make(folder)}")
    assert code == 1 and reason in said


REFUSALS = [
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EIO,
    errno.EMFILE,
]


def refuse(monkeypatch, number):
    """Make opening any new file fail."""
    usual = Path.open

    def refusing(path, mode="r", *arguments, **options):
        if "x" in mode:
            raise OSError(number, os.strerror(number), str(path))
        return usual(path, mode, *arguments, **options)

    monkeypatch.setattr(Path, "open", refusing)


@pytest.mark.parametrize("number", REFUSALS, ids=errno.errorcode.get)
def test_system_errors_are_reported_before_training(folder, train, monkeypatch, number):
    refuse(monkeypatch, number)
    monkeypatch.setattr(command, "load_corpus", never)
    code, (said,) = train("--output=new.pt")
    reason, remedy = failures.REASONS[number]
    assert (code, said) == (1, f"error: new.pt cannot be written: {reason}; {remedy}")


@pytest.mark.parametrize("options", [["--output=new.pt"], ["--checkpoint=run.pt"]])
def test_too_little_disk_space_is_reported_before_training(folder, train, monkeypatch, options):
    monkeypatch.setattr("utils.training.loop._train", never)
    size = 4 * sum(p.numel() for p in toy_model().parameters())
    with largest_file(size // 2):
        code, (said,) = train(*options)
    assert code == 1 and "cannot be written: it would exceed the size limit" in said
    assert not any(folder.glob("*.pt")) and not any(folder.glob(".*"))


def make_alias(kind):
    def make(folder):
        (folder / "a.pt").touch()
        if kind == "symlink":
            (folder / "b.pt").symlink_to("a.pt")
        else:
            (folder / "b.pt").hardlink_to("a.pt")
        return "b.pt"

    return make


@pytest.mark.parametrize(
    "other",
    [
        lambda _: "a.pt",
        lambda _: "./a.pt",
        lambda _: "../work/a.pt",
        lambda folder: str(folder / "a.pt"),
        lambda folder: f"~/../{folder.name}/a.pt",
        make_alias("symlink"),
        make_alias("hard link"),
        lambda folder: make_link(folder, "a.pt"),
    ],
    ids=["same", "dot", "above", "whole", "tilde", "symlink", "hard link", "link to come"],
)
def test_one_file_for_both_is_reported_before_training(folder, train, monkeypatch, other):
    monkeypatch.setattr(command, "load_corpus", never)
    code, (said,) = train("--output=a.pt", f"--checkpoint={other(folder)}")
    assert code == 1
    assert said.startswith("error: a.pt cannot hold both the translator and the checkpoint: give")


def test_a_translator_never_overwrites_other_work(folder, train, monkeypatch):
    monkeypatch.setattr(command, "load_corpus", never)
    Path("notes.txt").write_text("a year's work", encoding="utf-8")
    fit(
        toy_model(),
        toy_fields(),
        toy_corpus(),
        Settings(epochs=1),
        checkpoint="last.pt",
        quiet=True,
    )
    torch.save(torch.nn.Linear(2, 2).state_dict(), "layer.pt")
    others = {"notes.txt": "something other", "last.pt": "a checkpoint", "layer.pt": "something"}
    for name, what in others.items():
        content = Path(name).read_bytes()
        code, (said,) = train(f"--output={name}")
        assert code == 1 and said.startswith(f"error: {name} holds {what}")
        assert Path(name).read_bytes() == content


@pytest.mark.parametrize("there", [b"", "a translator"])
def test_it_overwrites_a_translator_and_an_empty_file(folder, train, there):
    if there:
        toy_translator().save("new.pt")
    else:
        Path("new.pt").touch()
    assert train("--output=new.pt")[0] == 0
    assert Translator.load("new.pt").model.config.hidden_size == 8


def test_a_tilde_means_the_home_folder_everywhere(folder, train, run, tmp_path):
    assert train("--output=~/new.pt", "--checkpoint=~/run.pt")[0] == 0
    (tmp_path / "home" / "text").write_text("eins\n", encoding="utf-8")
    files = ["--translator=~/new.pt", "--file=~/text"]
    assert run(translate.main, *files)[0] == 0
    code, _ = run(translate.main, "--translator=~/new.pt", "zwei", "--attention=~/map.png")
    names = {path.name for path in (tmp_path / "home").iterdir()}
    assert code == 0 and names == {"new.pt", "run.pt", "text", "map.png"}
    assert not any(folder.iterdir())


# --- the result is saved, whatever happens after the last step ---


def train_and_then(monkeypatch, what):
    """Run something between training and the end of the command."""
    usual = command.fit

    def fit_and_then(*arguments, **options):
        history = usual(*arguments, **options)
        what()
        return history

    monkeypatch.setattr(command, "fit", fit_and_then)


@pytest.mark.parametrize(
    ("options", "place"),
    [([], "."), (["--checkpoint=there/run.pt"], "there"), (["--half"], ".")],
    ids=["beside the command", "beside the checkpoint", "half"],
)
def test_a_failed_save_falls_back_to_another_folder(
    folder, train, monkeypatch, capsys, options, place
):
    train_and_then(monkeypatch, lambda: Path("new.pt").mkdir())
    code, said = train("--output=new.pt", *options)
    (saved,) = Path(place).glob("saved-*-new.pt")
    assert code == 1
    assert said[-1].startswith("error: new.pt cannot be written: it is a folder; name a file. The ")
    assert said[-1].endswith(
        f"translator is in {saved.resolve() if place == '.' else saved} instead."
    )
    assert Translator.load(saved).model.config.hidden_size == 8


def test_the_home_and_temporary_folders_are_the_last_fallbacks(folder, monkeypatch):
    tried = []

    def fail(path):
        tried.append(path.parent)
        raise OSError(f"{path} cannot be written: the disk is full")

    monkeypatch.setattr("tempfile.gettempdir", lambda: str(folder / "temporary"))
    with pytest.raises(
        OSError, match=r"^far/new\.pt cannot .* full\. Saving the translator .* lost"
    ):
        command.save_somewhere(fail, Path("far/new.pt"), None)
    with pytest.raises(OSError, match=r"other folders failed .* resumes from the checkpoint\.$"):
        command.save_somewhere(fail, Path("far/new.pt"), Path("near/run.pt"))
    three = [folder, Path.home(), folder / "temporary"]
    assert tried == [Path("far"), *three, Path("far"), Path("near"), *three]


def test_a_disk_that_fills_during_training_is_reported_and_the_checkpoint_stays(
    folder, train, monkeypatch
):
    """The same command then resumes from the checkpoint, which is intact, and saves."""
    files = ["--output=new.pt", "--checkpoint=run.pt"]
    with largest_file(resource.RLIM_INFINITY):
        full = (1000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        train_and_then(monkeypatch, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, full))
        code, said = train(*files)
    assert code == 1
    assert said[-1].startswith("error: new.pt cannot be written: it would exceed the size limit; ")
    assert said[-1].endswith("the same command resumes from the checkpoint.")
    assert sorted(path.name for path in folder.iterdir()) == ["run.pt"]
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    monkeypatch.setattr("utils.training.loop.train_epoch", never)
    code = command.main([f"--corpus={folder.parent / 'corpus'}", *SMALL, *files])
    assert code == 0 and Translator.load("new.pt")


def test_a_checkpoint_says_how_it_becomes_a_translator(folder, train, run, monkeypatch):
    """Running the command that wrote it again trains no further and saves a translator."""
    files = ["--output=new.pt", "--checkpoint=run.pt"]
    assert train(*files)[0] == 0
    Path("new.pt").unlink()
    code, (said,) = run(translate.main, "eins", "--translator=run.pt")
    assert code == 1 and "run.pt is a checkpoint" in said and "run its command again" in said
    monkeypatch.setattr("utils.training.loop.train_epoch", never)
    assert train(*files)[0] == 0 and Translator.load("new.pt")


AFTER_IT = {
    "memory": (MemoryError(), 1, "error: out of memory; pass in less at a time, or close other"),
    "torch's memory": (
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
        1,
        "error: out of memory",
    ),
    "a GPU's memory": (RuntimeError("CUDA out of memory. Tried to allocate"), 1, "error: out of"),
    "Ctrl-C": (KeyboardInterrupt(), 130, ""),
    "a bad sentence": (ValueError("a line is too long:\nshorten it"), 1, "error: a line is too "),
}


@pytest.mark.parametrize(("error", "code", "sentence"), AFTER_IT.values(), ids=AFTER_IT)
def test_the_translator_is_saved_before_it_is_scored(
    folder, train, monkeypatch, error, code, sentence
):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(command, "report", fail)
    found, said = train("--output=new.pt")
    assert found == code and said[-1].startswith(sentence)
    assert Translator.load("new.pt").model.config.hidden_size == 8


def test_other_torch_errors_are_not_caught(folder, train, monkeypatch):
    monkeypatch.setattr(command, "report", lambda *_: toy_model()(1))
    with pytest.raises((TypeError, AttributeError)):
        command.main([f"--corpus={folder.parent / 'corpus'}", *SMALL, "--output=new.pt"])


@pytest.mark.parametrize("checkpoint", [None, "run.pt"])
@pytest.mark.parametrize("number", [0, 1])
def test_ctrl_c_loses_nothing(folder, train, monkeypatch, checkpoint, number):
    """Without a checkpoint, what was learned is saved beside the output path."""
    usual = command.fit

    def stop(epoch=None):
        raise KeyboardInterrupt

    def fit_and_stop(model, *arguments, **options):
        if not number:
            model.register_forward_pre_hook(lambda *_: stop())
        return usual(model, *arguments, **options, on_epoch=stop)

    monkeypatch.setattr(command, "fit", fit_and_stop)
    files = [] if checkpoint is None else [f"--checkpoint={checkpoint}"]
    assert train("--output=new.pt", *files)[0] == 130
    names = [checkpoint] if checkpoint else ["new-stopped.pt"]
    assert [path.name for path in folder.iterdir()] == names


def test_files_from_an_earlier_stop_stay(tmp_path):
    path = tmp_path / "new-stopped.pt"
    for expected in ("new-stopped.pt", "new-stopped-2.pt", "new-stopped-3.pt"):
        assert free_name(path).name == expected
        free_name(path).write_text("mine", "utf-8")


# --- failing to print stops nothing ---


def closed_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w", encoding="utf-8")


def full_disk():
    return open("/dev/full", "w", encoding="utf-8")


def plain_letters():
    return open("said.txt", "w", encoding="ascii")


OUTPUTS = {
    "nobody reads": (closed_pipe, 0),
    "a full disk": (full_disk, 1),
    "no umlauts": (plain_letters, 0),
    "closed": (lambda: None, 0),
}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full here")
@pytest.mark.parametrize("stream", ["stdout", "stderr", "both"])
@pytest.mark.parametrize(("make", "code"), OUTPUTS.values(), ids=OUTPUTS)
def test_an_output_that_is_cut_off_does_not_stop_training(
    folder, train, monkeypatch, stream, make, code
):
    names = ("stdout", "stderr") if stream == "both" else (stream,)
    for name in names:
        monkeypatch.setattr(sys, name, make())
    found, _ = train("--output=new.pt")
    for name in names:
        getattr(sys, name).close()
    assert found == (0 if stream == "stderr" else code)
    assert Translator.load("new.pt").model.config.hidden_size == 8


@pytest.mark.slow
@pytest.mark.parametrize("end", ["| head -1", ">&-", "2>&-", ">&- 2>&- <&-", "2>&1 | head -c 5"])
def test_a_closed_stream_does_not_stop_training(folder, end):
    arguments = [f"--corpus={folder.parent / 'corpus'}", *SMALL, "--output=new.pt"]
    line = " ".join([sys.executable, "-m", "utils.training", *map(str, arguments), end])
    done = subprocess.run(
        ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert Translator.load("new.pt")


# --- a checkpoint that cannot be written ---


def test_a_full_disk_does_not_stop_training_and_keeps_the_last_checkpoint(folder, capsys):
    """It is reported each time; once there is room again, the next epoch is saved."""
    sizes, here = [], resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(epoch):
        sizes.append(len(load_safely(Path("run.pt"))["history"]))
        limit = 100 if epoch.number in (1, 2) else here[0]
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, here[1]))

    model, other = toy_model(), toy_model()
    try:
        history = fit(
            model,
            toy_fields(),
            toy_corpus(),
            Settings(epochs=5),
            checkpoint="run.pt",
            on_epoch=fill,
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, here)
    said = [line for line in capsys.readouterr().out.splitlines() if "cannot" in line]
    assert sizes == [1, 1, 1, 4, 5]
    assert len(history.epochs) == 5 and len(said) == 2
    for line in said:
        assert line.startswith("run.pt cannot be written: it would exceed the size limit; ")
        assert line.endswith("Training continues; the file still holds epoch 1.")
    assert [path.name for path in folder.iterdir()] == ["run.pt"]
    fit(other, toy_fields(), toy_corpus(), Settings(epochs=5), checkpoint="run.pt")
    assert same_weights(model.state_dict(), other.state_dict())


def test_a_stop_after_a_lost_checkpoint_says_where_it_will_resume(folder, monkeypatch, capsys):
    def stop(epoch):
        if epoch.number == 1:
            refuse(monkeypatch, errno.ENOSPC)
        if epoch.number == 3:
            raise KeyboardInterrupt

    options = {"checkpoint": "run.pt", "on_epoch": stop}
    stopped(toy_model(), toy_fields(), toy_corpus(), epochs=5, **options)
    said = capsys.readouterr().out.splitlines()[-1]
    assert "Stopped after 3 of 5 epochs" in said and "resume after epoch 1 (run.pt)" in said


@pytest.mark.parametrize("room", [0, 1, 500, 4096])
def test_a_full_disk_raises_an_os_error(folder, room):
    """torch would raise a RuntimeError of its own."""
    path = folder / "a.pt"
    save_atomically({"number": 1}, path)
    large = {"weights": toy_model(hidden_size=64).state_dict()}
    with (
        largest_file(room),
        pytest.raises(OSError, match=r"a\.pt cannot be written: it would exceed"),
    ):
        save_atomically(large, path)
    assert load_safely(path) == {"number": 1}
    assert os.listdir(folder) == ["a.pt"]


def test_a_full_disk_does_not_stop_the_experiments(folder, monkeypatch, capsys):
    """The first of three runs is written with the second; the third cannot be written at all."""
    rooms = iter([10, resource.RLIM_INFINITY, 10])
    full, here = largest_file, resource.getrlimit(resource.RLIMIT_FSIZE)

    def measure(seed):
        resource.setrlimit(resource.RLIMIT_FSIZE, (next(rooms), here[1]))
        return [{"seed": seed, "loss": 0.5}]

    study = studies.Study(("seed",), [(seed,) for seed in range(3)], measure, timed=True)
    monkeypatch.setitem(studies.STUDIES, "pace", study)
    monkeypatch.setattr(studies, "RESULTS", folder)
    with full(here[0]), pytest.raises(OSError, match=r"pace\.csv cannot be written"):
        studies.run_study("pace", 1)
    assert capsys.readouterr().out.count("The study goes on, and tries again") == 2
    assert list(tables.read_results(folder / "pace.csv")["seed"]) == [0, 1]
    assert os.listdir(folder) == ["pace.csv"]


# --- leftovers of killed saves ---


def kill_a_save(path):
    """Kill a process while it saves; return what it leaves behind."""
    before = set(path.parent.iterdir())
    code = (
        "import os, signal, sys; from pathlib import Path; from utils.system.storage import *\n"
        "write_atomically(Path(sys.argv[1]), lambda _: os.kill(os.getpid(), signal.SIGKILL))"
    )
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", code, path], env=environment)
    assert done.returncode == -signal.SIGKILL
    return set(path.parent.iterdir()) - before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["run.pt", "[a]*?.pt", 60 * "lang" + ".pt"])
def test_the_next_save_removes_what_a_killed_one_left(folder, name):
    path = folder / name
    (leftover,) = kill_a_save(path)
    save_atomically({"number": 1}, folder / "other.pt")
    assert leftover.exists()
    save_atomically({"number": 1}, path)
    assert sorted(os.listdir(folder)) == sorted([name, "other.pt"])


def test_only_abandoned_files_are_removed(folder):
    """Neither another process's file, which is locked, nor one that a user created."""
    path = folder / "run.pt"
    own = [".run.pt", ".run.pt.part", ".run.pt.notes", ".run.pt.backup01.part", "run.pt.part"]
    for name in own:
        (folder / name).touch()
    dead, living = (folder / f".run.pt.{8 * digit}.part" for digit in "0a")
    dead.touch()
    with living.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        check_writable(path)
        assert sorted(os.listdir(folder)) == sorted([*own, living.name])
        save_atomically({"number": 1}, path)
        assert sorted(os.listdir(folder)) == sorted([*own, living.name, "run.pt"])


def test_two_saves_at_once_do_not_disturb_each_other(folder):
    path = folder / "run.pt"
    write_atomically(path, lambda _: save_atomically({"number": 1}, path))
    assert os.listdir(folder) == ["run.pt"]


def test_a_link_stays_and_its_file_is_written(folder):
    (folder / "large").mkdir()
    link = folder / "link.pt"
    link.symlink_to("large/run.pt")
    for number in (1, 2):  # the first time, the file does not exist yet
        save_atomically({"number": number}, link)
        assert link.is_symlink() and load_safely(folder / "large/run.pt") == {"number": number}
    assert os.listdir(folder / "large") == ["run.pt"]


def test_a_private_file_stays_private(folder):
    path = folder / "run.pt"
    path.touch(0o600)
    save_atomically({"number": 1}, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# --- beams and other numbers ---


@pytest.mark.parametrize("size", ["101", "100000000"])
@pytest.mark.parametrize(
    ("main", "options", "work"),
    [
        (command.main, ["--beam-size"], "utils.training.__main__.load_corpus"),
        (translate.main, ["eins", "--beam"], "utils.translator.Translator.load"),
    ],
    ids=["training", "translate"],
)
def test_too_large_a_beam_is_reported_before_the_work(run, monkeypatch, main, options, work, size):
    monkeypatch.setattr(work, never)
    code, (said,) = run(main, *options, size)
    assert (code, said) == (
        1,
        f"error: a beam has 1 to 100 hypotheses: beam_size cannot be {size}.",
    )


@pytest.mark.parametrize(
    ("main", "arguments", "complaint"),
    [
        (command.main, "--epochs=ten", "argument --epochs: must be a whole number, not 'ten'"),
        (command.main, "--epochs=1e3", "must be a whole number, not '1e3'"),
        (command.main, "--min-freq=-1", "must be at least 1, not -1"),
        (command.main, "--subwords=" + 30 * "9", "must be at most 2,147,483,647"),
        (command.main, "--seed=" + 5000 * "9", "must be a whole number, not '9999"),
        (command.main, "--seed=0.5", "must be a whole number, not '0.5'"),
        (command.main, "--learning-rate=fast", "must be a number, not 'fast'"),
        (command.main, "--clip=1,0", "must be a number, not '1,0'"),
        (command.main, "--hidden-size=", "must be a whole number, not ''"),
        (command.main, "--output=", "must be a file name, not ''"),
        (command.main, "--output=new/", "must be a file name, not 'new/'"),
        (command.main, "--checkpoint=", "must be a file name, not ''"),
        (translate.main, "--file=", "must be a file name, not ''"),
        (translate.main, "--attention=maps/", "must be a file name, not 'maps/'"),
        (translate.main, "--beam=five", "must be a whole number, not 'five'"),
    ],
)
def test_an_invalid_option_raises_a_clear_error(run, main, arguments, complaint):
    code, said = run(main, arguments)
    assert code == 2
    assert complaint in said[-1] and len(said[-1]) < 120


@pytest.mark.parametrize("name", ["~nobody-of-this-name/a.pt", "a~b.pt", "ü ~.pt"])
def test_other_tildes_are_left_alone(name):
    assert failures.file_name(name) == Path(name)
    with pytest.raises(argparse.ArgumentTypeError):
        failures.file_name("")


# --- downloads, and Ctrl-C before the work ---


def requests_error(name, *arguments, status=None):
    from requests import Response, exceptions

    response = Response() if status else None
    if status:
        response.status_code = status
    return getattr(exceptions, name)(*arguments, response=response)


DOWNLOADS = {
    "a proxy": (
        ("ProxyError", "no"),
        "the proxy proxy.example:3128 refuses or is not there: check",
    ),
    "its password": (("HTTPError", "no", 407), "(407); the proxy proxy.example:3128 refuses or is"),
    "its address": (("InvalidProxyURL", "no"), "check HTTPS_PROXY, then run again"),
    "a certificate": (("SSLError", "no"), "the certificate is not trusted); if your network has a"),
    "silence": (("ReadTimeout", "no"), "(no answer within 30 seconds); check the network"),
    "silence at first": (("ConnectTimeout", "no"), "(no answer within 30 seconds); check the net"),
    "no such file": (("HTTPError", "no", 404), "(404); check the network and MULTI30K_URL"),
    "no network": (("ConnectionError", "no"), "(ConnectionError); check the network and"),
}


@pytest.mark.parametrize(("error", "sentence"), DOWNLOADS.values(), ids=DOWNLOADS)
def test_a_download_that_fails_says_what_to_check(folder, monkeypatch, error, sentence):
    name, text, *status = error
    assert_download_says(
        folder, monkeypatch, requests_error(name, text, status=(*status, None)[0]), sentence
    )


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError("no TLS certificate, invalid path: x.pem"), "x.pem); check REQUESTS_CA_BUNDLE"),
        (OSError(errno.ENOSPC, "No"), "the disk is full; free some space, or choose another disk"),
        (PermissionError(errno.EACCES, "No"), "permission denied; choose another location, or ask"),
    ],
    ids=["a certificate's file", "a full disk", "no right"],
)
def test_a_download_with_a_system_error_says_what_to_check(folder, monkeypatch, error, sentence):
    assert_download_says(folder, monkeypatch, error, sentence)


def assert_download_says(folder, monkeypatch, error, sentence):
    def fail(*_, **__):
        raise error

    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@proxy.example:3128")
    monkeypatch.setenv("https_proxy", "http://me:secret@proxy.example:3128")
    monkeypatch.setattr("pooch.retrieve", fail)
    with pytest.raises(CorpusError) as caught:
        download._fetch("https://data.example/train.de.gz", folder / "train.de.gz", "0", False)
    said = str(caught.value)
    assert sentence in said
    assert "Errno" not in said and "secret" not in said


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.15, 0.4, 0.8, 1.5])
@pytest.mark.parametrize("module", ["utils.training", "utils.translate"])
def test_ctrl_c_during_the_imports_shows_no_traceback(module, seconds):
    command = [sys.executable, "-c", WAIT, module, str(seconds)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, encoding="utf-8")
    assert done.stdout.strip() in ("-2", "130", "0")  # 0: it finished first
    assert "Traceback" not in done.stderr


# Interrupts the command when our first module has been imported, and some seconds later.
WAIT = """
import signal, subprocess, sys, time
command = [sys.executable, "-X", "importtime", "-m", sys.argv[1], "--help"]
process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
for line in process.stderr:
    if line.rstrip().endswith("utils"):
        break
time.sleep(float(sys.argv[2]))
process.send_signal(signal.SIGINT)
sys.stderr.write(process.stderr.read())
print(process.wait())
"""
