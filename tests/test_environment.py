"""The environment check names what is missing, says what to do, and runs anywhere."""

import ast
import re
import shutil
import subprocess
import sys
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from utils.system import environment
from utils.system.environment import (
    ALL_THERE,
    find_problems,
    package_problem,
    report,
    requirements,
    writable_folder,
)
from utils.system.paths import ROOT

PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
PINS = dict(
    line.split("==")
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    if "==" in line and not line.startswith("#")
)


@pytest.fixture
def installed(monkeypatch):
    """Pretend that every package has its pinned version; the test may change the versions."""
    versions = dict(PINS)

    def version(name):
        if versions.get(name) is None:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(metadata, "version", version)
    return versions


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a folder with everything the check looks for, and pretend to run a plain Python."""
    (tmp_path / "utils").mkdir()
    (tmp_path / "pyproject.toml").write_text(PYPROJECT, "utf-8")
    for folder in environment.FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setattr(environment, "is_installed", lambda root: True)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "python"))
    return tmp_path


def test_where_nothing_is_missing_it_says_so(installed):
    assert find_problems() == []
    assert report() == ALL_THERE


def test_a_missing_package_is_named_with_what_to_do(project, installed):
    installed["torch"] = None
    assert find_problems(project) == [
        "torch is missing: run `make env` in the project's folder, then start with `make lab`."
    ]
    assert report(project) == find_problems(project)[0]


def test_each_missing_package_is_named(project, installed):
    installed.clear()
    missing = [sentence.split(" is missing: ")[0] for sentence in find_problems(project)]
    needed = [Requirement(line).name for line in requirements(PYPROJECT)]
    assert missing == [name for name in needed if name != "jupyterlab"]  # VS Code replaces it
    assert len(report(project).splitlines()) == len(missing)


@pytest.mark.parametrize(
    ("requirement", "found", "problem"),
    [
        ("torch>=2.6", "2.5.1", "torch 2.5.1 is too old and must be 2.6 or newer"),
        ("torch>=2.6", "2.6", None),
        ("torch>=2.6", "2.6.0+cpu", None),
        ("torch>=2.6", "2.10.0", None),
        ("torch>=2.6", "3", None),
        ("torch>=2.6", "1.20", "torch 1.20 is too old and must be 2.6 or newer"),
        ("torch>=2.10", "2.6", "torch 2.6 is too old and must be 2.10 or newer"),
        ("torch>=2.6.1", "2.6", "torch 2.6 is too old and must be 2.6.1 or newer"),
        ("torch>=2", "2.0.0rc1", None),
        ("torch==0.6.0", "0.6", None),
        ("torch==0.6.0", "0.18.0", "torch is version 0.18.0 but must be 0.6.0"),
        ("torch==0.6.0", "0.5.0", "torch is version 0.5.0 but must be 0.6.0"),
    ],
)
def test_versions_are_compared_as_numbers(installed, requirement, found, problem):
    installed["torch"] = found
    assert package_problem(requirement) == problem


@pytest.mark.parametrize("line", requirements(PYPROJECT))
def test_every_requirement_is_read_as_pip_reads_it(installed, line):
    requirement = Requirement(line)
    for version in [PINS[requirement.name], "0.0.1", "999"]:
        installed[requirement.name] = version
        assert (package_problem(line) is None) == (Version(version) in requirement.specifier)


def test_a_python_that_is_too_old_is_the_only_problem_reported(project, installed, monkeypatch):
    installed.clear()
    monkeypatch.setattr(sys, "version_info", (3, 10, 14))
    (sentence,) = find_problems(project)
    minimum = re.search('requires-python = ">=(.+)"', PYPROJECT)[1]
    assert sentence.startswith(f"Python 3.10 is too old: install {minimum} or newer and")
    assert f"make env PYTHON=python{minimum}" in sentence
    monkeypatch.setattr(sys, "version_info", (*map(int, minimum.split(".")), 0))
    assert "too old" not in report(project)


def test_a_folder_without_the_project_is_reported(tmp_path):
    (sentence,) = find_problems(tmp_path)
    assert "pyproject.toml is missing: download the whole project" in sentence


@pytest.mark.parametrize("folder", environment.FOLDERS)
def test_a_missing_folder_is_reported(project, installed, folder):
    (project / folder).rmdir()
    (sentence,) = find_problems(project)
    assert sentence.startswith(f"The folder {folder}, which")
    assert (ROOT / folder).is_dir()


@pytest.mark.parametrize(
    ("folders", "prefix", "advice"),
    [
        ([], "python", "run `make env` in"),
        ([".venv"], "python", "this kernel isn't the project's Python; start with `make lab`"),
        ([".venv"], ".venv", "run `make -B env` in"),
        (["conda/conda-meta"], "conda", "run `conda env update -f environment.yml` in"),
    ],
)
def test_the_advice_fits_the_python_that_runs(
    project, installed, monkeypatch, folders, prefix, advice
):
    for folder in folders:
        (project / folder).mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(project / prefix))
    installed["torchtext"] = "0.18.0"
    (sentence,) = find_problems(project)
    assert sentence.startswith(f"torchtext is version 0.18.0 but must be 0.6.0: {advice}")


def test_the_advice_names_the_environment_that_conda_makes(project, monkeypatch):
    (project / "python" / "conda-meta").mkdir(parents=True)
    name = re.search(r"^name: (\S+)$", (ROOT / "environment.yml").read_text("utf-8"), re.M)[1]
    assert f"`conda activate {name}`" in environment.remedy(project)


def test_another_package_called_utils_is_noticed(tmp_path, installed):
    shutil.copytree(ROOT / "utils", tmp_path / "utils", ignore=shutil.ignore_patterns("*.pyc"))
    assert environment.is_installed(ROOT)
    assert not environment.is_installed(tmp_path)  # because the tests import the one in ROOT


def test_it_runs_where_nothing_is_installed(tmp_path):
    path = str(ROOT / "utils/system/environment.py")
    script = f"import runpy; print(runpy.run_path({path!r})['report']())"
    bare = [sys.executable, "-I", "-S", "-c", script]  # neither site-packages nor this folder
    result = subprocess.run(bare, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert result.stderr == ""
    assert re.search(r"^torch is missing: .+\.$", result.stdout, re.MULTILINE)
    assert re.search(r"^the project itself is not installed: .+\.$", result.stdout, re.MULTILINE)


def test_an_old_python_can_read_it():
    source = (ROOT / "utils" / "system" / "environment.py").read_text("utf-8")
    tree = ast.parse(source, feature_version=(3, 8))
    at_once = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for node in at_once
    }
    assert names <= sys.stdlib_module_names - {"tomllib"}  # new in Python 3.11


@pytest.mark.parametrize(
    ("named", "there", "may_write", "expected"),
    [
        (None, False, True, "data/multi30k"),
        (None, True, True, "data/multi30k"),
        (None, True, False, "data/multi30k"),  # a teacher has put the files there for everyone
        (None, False, False, "cache/attention-notebooks/multi30k"),
        ("mine", False, False, "mine"),
        ("", False, True, "data/multi30k"),
    ],
)
def test_downloads_go_where_they_can_be_written(
    tmp_path, monkeypatch, named, there, may_write, expected
):
    usual = tmp_path / "data" / "multi30k"
    usual.mkdir(parents=True)  # an empty folder doesn't count
    if there:
        (usual / "train.de.gz").touch()
    monkeypatch.setattr(environment.os, "access", lambda path, mode: may_write)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if named is not None:
        monkeypatch.setenv("SOME_CACHE", named and str(tmp_path / named))
    assert writable_folder("SOME_CACHE", usual) == tmp_path / expected


def test_the_readers_own_cache_is_in_their_home(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setattr(environment.os, "access", lambda path, mode: False)
    found = writable_folder("SOME_CACHE", tmp_path / "repository" / "data" / "multi30k")
    assert found == tmp_path / ".cache" / "attention-notebooks" / "multi30k"
