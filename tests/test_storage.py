"""Files are written completely or not at all."""

import os
import stat

import pytest
import torch

from utils.system.storage import load_safely, save_atomically, write_atomically

CONTENT = {"number": 3, "words": ["eins", "zwei"], "weights": {"W": torch.arange(4.0)}}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "file.pt"


def test_what_is_saved_can_be_loaded_again(path):
    save_atomically(CONTENT, path)
    loaded = load_safely(path)
    assert torch.equal(loaded["weights"].pop("W"), CONTENT["weights"]["W"])
    assert loaded == {"number": 3, "words": ["eins", "zwei"], "weights": {}}


@pytest.fixture
def umask():
    """Return a function that sets the umask until the test is over."""
    before = os.umask(0)
    yield os.umask
    os.umask(before)


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("mask", "mode"),
    [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664), (0o027, 0o640)],
    ids=["others may read", "a private account", "a shared group", "a group that reads"],
)
def test_the_umask_says_who_can_read_a_new_file(path, umask, mask, mode):
    umask(mask)
    save_atomically(CONTENT, path)
    assert rights(path) == mode
    assert rights(path.parent) == 0o777 & ~mask


def test_a_file_that_is_written_again_keeps_its_readers(path, umask):
    umask(0o022)
    save_atomically({"number": 1}, path)
    path.chmod(0o600)
    save_atomically({"number": 2}, path)
    assert rights(path) == 0o600


def test_a_new_file_replaces_the_old_one(path):
    save_atomically({"number": 1}, path)
    save_atomically({"number": 2}, path)
    assert load_safely(path) == {"number": 2}
    assert os.listdir(path.parent) == ["file.pt"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("place", ["writing", "renaming"])
def test_a_failure_leaves_what_was_there(monkeypatch, path, stop, place):
    def fail(*arguments):
        raise stop("no space left")

    def write_half(file):
        file.write(b"half a file")
        file.flush()
        if place == "writing":
            fail()

    def save():
        with monkeypatch.context() as patch, pytest.raises(stop):
            if place == "renaming":
                patch.setattr(os, "replace", fail)
            write_atomically(path, write_half)

    save()
    assert os.listdir(path.parent) == []
    save_atomically({"number": 1}, path)
    save()
    assert os.listdir(path.parent) == ["file.pt"]
    assert load_safely(path) == {"number": 1}


def test_files_that_would_run_code_are_refused(path):
    path.parent.mkdir()
    torch.save({"a": {1, 2}, "b": os.getcwd}, path)
    with pytest.raises(ValueError, match=r"file\.pt is damaged or was not written by this"):
        load_safely(path)


def test_a_missing_file_raises_file_not_found(path):
    with pytest.raises(FileNotFoundError):
        load_safely(path)
