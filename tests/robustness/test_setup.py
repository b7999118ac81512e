"""Setting up: pins for every supported Python, a learner's packages, and safe archives."""

import ast
import io
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from utils.publishing.slides.__main__ import unpack
from utils.system.environment import ALL_THERE, report
from utils.system.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PINS = dict(re.findall(r"^([\w.-]+)==(.+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.M))
PYTHONS = [
    found[1]
    for line in PROJECT["classifiers"]
    if (found := re.search(r":: Python :: (3\.\d+)$", line))
]

INSTALLED = {canonicalize_name(each.name) for each in metadata.distributions()}


def closure(requirements: list[str]) -> set[str]:
    """Return these packages with all their installed dependencies."""
    found, waiting = set(), [Requirement(line) for line in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        wanted = not requirement.marker or requirement.marker.evaluate({"extra": ""})
        if wanted and name not in found and name in INSTALLED:
            found.add(name)
            waiting += map(Requirement, metadata.requires(name) or [])
    return found


# --- pins and Pythons ---


def test_the_supported_pythons_begin_with_the_oldest():
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"
    assert [int(python.removeprefix("3.")) for python in PYTHONS] == list(
        range(int(PYTHONS[0].removeprefix("3.")), int(PYTHONS[-1].removeprefix("3.")) + 1)
    )


@pytest.mark.parametrize("python", ["3.11.2", *PYTHONS])
def test_every_pin_admits_every_supported_python(python):
    """Debian 12 has 3.11.2, and pip's message never says that a Python is too old for a pin."""
    needs = {}
    for name in PINS:
        try:
            needs[name] = metadata.metadata(name).get("Requires-Python", "")
        except metadata.PackageNotFoundError:
            continue  # a package for another system
    refuse = [name for name, need in needs.items() if python not in SpecifierSet(need)]
    assert len(needs) > 100
    assert not refuse, f"these do not run on Python {python}: {refuse}; make constraints"


def resolve(*requirements: str, python: str, platform: str) -> subprocess.CompletedProcess:
    """Ask the package index for wheels, downloading only their metadata."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--only-binary", ":all:"]
    command += ["--python-version", python, "--python-platform", platform, *requirements]
    environment = os.environ | {"MACOSX_DEPLOYMENT_TARGET": "14.0"}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        input="torchtext==0.6.0",
    )


@pytest.fixture(scope="module")
def answers():
    """Ask for all in parallel, since this is mostly waiting; skip if the index doesn't answer."""
    answer = resolve("-", "--no-deps", python=PYTHONS[0], platform=LINUX)
    if answer.returncode:
        pytest.skip(f"the package index does not answer: {answer.stderr.strip()[:200]}")
    options = ["--constraint", "constraints.txt", "--extra", "server", "--extra", "test"]
    options += ["pyproject.toml"]
    with ThreadPoolExecutor() as pool:
        asked = {
            wheels: pool.submit(resolve, *options, python=wheels[0], platform=wheels[1])
            for wheels in WHEELS
        }
    return {wheels: answer.result() for wheels, answer in asked.items()}


LINUX = "x86_64-manylinux_2_28"
WHEELS = [(python, LINUX, True) for python in PYTHONS] + [
    (PYTHONS[-1], platform, supported)
    for platform, supported in [
        ("aarch64-manylinux_2_28", True),
        ("aarch64-apple-darwin", True),
        ("x86_64-pc-windows-msvc", True),
        ("x86_64-apple-darwin", False),
        ("aarch64-pc-windows-msvc", False),
    ]
]


@pytest.mark.slow
@pytest.mark.parametrize("wheels", WHEELS, ids=lambda wheels: "-".join(wheels[:2]))
def test_every_pin_has_wheels_where_the_readme_says_so(answers, wheels):
    answer, supported = answers[wheels], wheels[2]
    assert (answer.returncode == 0) == supported, answer.stderr
    assert supported or "torch==" in answer.stderr


def test_the_workflow_runs_what_runs_everywhere():
    text = (ROOT / ".github" / "workflows" / "tests.yml").read_text("utf-8")
    job = yaml.safe_load(text)["jobs"]["tests"]
    assert {system.split("-")[0] for system in job["strategy"]["matrix"]["system"]} == {
        *("ubuntu", "macos", "windows")
    }
    assert set(job["strategy"]["matrix"]["python"]) <= set(PYTHONS)
    assert job["steps"][-1] == {"run": ".ci/run"} and os.access(ROOT / ".ci" / "run", os.X_OK)


# --- what readers need ---

MAKERS = {"publishing"}  # run by `make`, with the tools
TOOLS = {"nltk"}  # for one study, whose results are shipped; without it, the study says so


def sources() -> dict[str, str]:
    """Return the code that readers run: the notebooks, and utils without publishing."""
    texts = {
        path.name: "\n".join(
            cell.source
            for cell in nbformat.read(path, as_version=4).cells
            if cell.cell_type == "code"
        )
        for path in (ROOT / "notebooks").glob("*.ipynb")
    }
    for path in (ROOT / "utils").rglob("*.py"):
        name = path.relative_to(ROOT / "utils")
        if name.parts[0] not in MAKERS and ".ipynb_checkpoints" not in name.parts:
            texts[str(name)] = path.read_text("utf-8")
    return texts


def imports(text: str) -> set[str]:
    """Return the top-level modules that the code imports."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
    return names - sys.stdlib_module_names - {"utils"} - TOOLS


def test_what_readers_run_needs_only_the_learners_packages():
    learners, owners = closure(PROJECT["dependencies"]), metadata.packages_distributions()
    texts = sources()
    for name, text in texts.items():
        for module in imports(text):
            assert learners & set(map(canonicalize_name, owners[module])), f"{name}: {module}"
    assert len(texts) > 50


def test_the_learners_packages_include_no_tools():
    tools = {"nbgrader", "notebook", "playwright", "pytest", "ruff", "hypothesis", "sqlalchemy"}
    assert tools <= closure(PROJECT["optional-dependencies"]["test"])
    assert not tools & closure(PROJECT["dependencies"])


def test_the_check_of_notebook_00_misses_no_tool(monkeypatch):
    learners, version = closure(PROJECT["dependencies"]), metadata.version

    def only_learners(name):
        if canonicalize_name(name) not in learners:
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", only_learners)
    assert report() == ALL_THERE


# --- archives ---


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """Return a member of an archive; a file holds the five bytes "hello"."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    member.size = 5 if kind == tarfile.REGTYPE else 0
    return member


def pack(path: Path, members: list[tarfile.TarInfo]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(b"hello") if member.size else None)
    return path


ESCAPES = {
    "a step up": [entry("../outside")],
    "steps up, later": [entry("package/a"), entry("package/../../outside")],
    "an absolute path": [entry("{parent}/outside")],
    "through a link": [entry("door", tarfile.SYMTYPE, ".."), entry("door/../../outside")],
}
HARMLESS = {
    "files": ([entry("package/a"), entry("package/b/c")], {"package/a", "package/b/c"}),
    "a step up that stays": ([entry("package/../a")], {"a"}),
    "a link is left out": ([entry("door", tarfile.SYMTYPE, "/"), entry("door/a")], {"door/a"}),
    "a hard link": ([entry("a"), entry("b", tarfile.LNKTYPE, "../outside")], {"a"}),
    "a pipe and a device": ([entry("p", tarfile.FIFOTYPE), entry("d", tarfile.CHRTYPE)], set()),
}


@pytest.mark.parametrize("members", ESCAPES.values(), ids=ESCAPES)
def test_an_archive_that_would_write_elsewhere_is_refused(tmp_path, members):
    (tmp_path / "inside").mkdir()
    for member in members:
        member.name = member.name.format(parent=tmp_path)
    with pytest.raises(ValueError, match=r"a.tgz would write outside its folder: .*outside"):
        unpack(pack(tmp_path / "a.tgz", members), tmp_path / "inside")
    assert {path.name for path in tmp_path.iterdir()} == {"inside", "a.tgz"}


@pytest.mark.parametrize(("members", "written"), HARMLESS.values(), ids=HARMLESS)
def test_an_archive_leaves_files_in_its_folder_and_nothing_else(tmp_path, members, written):
    (tmp_path / "inside").mkdir()
    unpack(pack(tmp_path / "a.tgz", members), tmp_path / "inside")
    files = {path for path in (tmp_path / "inside").rglob("*") if not path.is_dir()}
    assert {path.relative_to(tmp_path / "inside").as_posix() for path in files} == written
    assert all(path.read_bytes() == b"hello" and not path.is_symlink() for path in files)
