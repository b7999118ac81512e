"""The files around the code agree with each other, and the Makefile keeps its promises."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from importlib import metadata
from itertools import chain
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from utils.system.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
MINIMUM = PROJECT["requires-python"].removeprefix(">=")
REQUIREMENTS = [
    Requirement(line)
    for line in [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]
]


def read_pins() -> list[tuple[str, Version]]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    return [(canonicalize_name(name), Version(version)) for name, version in pins]


# --- pins ---


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda requirement: requirement.name)
def test_each_dependency_has_one_pin_that_satisfies_it(requirement):
    name = canonicalize_name(requirement.name)
    pinned = [version for pin, version in read_pins() if pin == name]
    assert len(pinned) == 1, f"constraints.txt pins {name} {len(pinned)} times, not once"
    assert pinned[0] in requirement.specifier, f"{name}=={pinned[0]} is pinned, not {requirement}"


def test_nothing_is_pinned_twice():
    names = [name for name, _ in read_pins()]
    assert sorted(set(names)) == sorted(names)


def test_pins_name_no_build_for_one_machine():
    assert [f"{name}=={version}" for name, version in read_pins() if version.local] == []


def test_installed_versions_are_the_pinned_ones():
    places = {sysconfig.get_path(name) for name in ("purelib", "platlib")}  # not bundled copies
    found = metadata.distributions(path=sorted(places))
    installed = {canonicalize_name(d.name): Version(d.version) for d in found}
    other = [
        f"{name} {installed[name]} instead of {pin}"
        for name, pin in read_pins()
        if name in installed and installed[name] not in SpecifierSet(f"=={pin}")
    ]
    assert not other, f"not the tested versions (`make env` installs them): {', '.join(other)}"


def test_conda_environment_installs_the_same_project_with_the_same_pins():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    python, pip, pip_section = environment["dependencies"]
    assert pip == "pip"
    assert Version(python.removeprefix("python=")) in SpecifierSet(PROJECT["requires-python"])
    makefile = (ROOT / "Makefile").read_text("utf-8")
    options = re.search(r"pip install (--constraint.*)", makefile)[1]
    (what,) = re.findall(r"\$\(PIP\) (--editable \.)$", makefile, re.MULTILINE)
    assert " ".join(pip_section["pip"]) == f"{options} {what}"


def test_the_citation_agrees_with_the_project():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == PROJECT["version"] and citation["license"] == PROJECT["license"]
    assert citation["repository-code"] == PROJECT["urls"]["Repository"]
    assert citation["url"] == tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"][
        "pages"
    ]["address"].removesuffix("html/")


# --- the Makefile, with stand-ins for Python so that nothing is installed ---

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def checkout(tmp_path):
    """Return a folder that holds what `make env` needs, and a way to run make in it."""
    for name in ["Makefile", "pyproject.toml", "constraints.txt"]:
        shutil.copy(ROOT / name, tmp_path)

    def make(*arguments, **environment):
        """Run make; a stand-in for Python is given as the text of a shell script."""
        clean = {"MAKEFLAGS": "", "MAKELEVEL": "", "CPU": ""}
        environment = {**os.environ, **clean, **environment}
        if "python" in environment:
            script = tmp_path / "stand-in"
            script.write_text("#!/bin/sh\n" + environment.pop("python"), "utf-8")
            script.chmod(0o755)
            arguments = (*arguments, "PYTHON=./stand-in")
        return subprocess.run(
            ["make", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            encoding="utf-8",
        )

    make.folder = tmp_path
    return make


PYTHON = shlex.quote(sys.executable)
REAL = f'exec {PYTHON} "$@"'  # whose path may contain spaces and apostrophes
OLD_PYTHON = f"""
[ "$1" = --version ] && echo Python 3.9.2 && exit
exec {PYTHON} -c 'import sys; sys.version_info = (3, 9, 2); exec(sys.argv[2])' "$@"
"""
NO_VENV = f"""
[ "$1" = -c ] && case "$2" in *venv*) echo "No module named ensurepip" >&2; exit 1;; esac
exec {PYTHON} "$@"
"""
# "Makes" an environment whose pip writes a line to the file `installs`, or fails if told so.
PRETENDS = f"""
[ "$1" = -c ] && exec {PYTHON} "$@"
mkdir -p .venv/bin
cat > .venv/bin/python <<'END'
#!/bin/sh
case "$*" in *" install "*) ;; *) exit 0;; esac
[ -z "$FAIL" ] || exit 1
echo "$@" >> installs
END
chmod +x .venv/bin/python
"""


@needs_make
def test_make_alone_lists_every_documented_target(checkout):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)", makefile, re.MULTILINE)[1].split()
    listed = checkout().stdout
    assert checkout("help").stdout == listed
    assert re.findall(r"^make (\w+) +\S", listed, re.MULTILINE) == phony


@needs_make
@pytest.mark.parametrize(
    ("python", "sentence"),
    [
        (
            OLD_PYTHON,
            f"needs Python {MINIMUM} or newer, but ./stand-in is Python 3.9.2: install one",
        ),
        ("exit 127", f"needs Python {MINIMUM} or newer, but ./stand-in is missing: install one"),
        (NO_VENV, "its venv module is missing: install it (on Debian and Ubuntu with `apt install"),
    ],
    ids=["too old", "not there", "without venv"],
)
def test_an_unusable_python_is_refused_in_one_line(checkout, python, sentence):
    result = checkout("env", python=python)
    assert result.returncode != 0
    assert sentence in result.stderr
    assert len((result.stdout + result.stderr).splitlines()) == 1
    assert not (checkout.folder / ".venv").exists()


@needs_make
def test_make_env_installs_once_and_again_when_the_pins_change(checkout):
    installs = checkout.folder / "installs"
    for _ in range(2):
        assert checkout("env", python=PRETENDS).returncode == 0
        assert len(installs.read_text("utf-8").splitlines()) == 1
    for count, name in enumerate(["pyproject.toml", "constraints.txt"], start=2):
        stamp = (checkout.folder / ".venv/.installed").stat().st_mtime
        os.utime(checkout.folder / name, (stamp + 1, stamp + 1))
        assert checkout("env", python=PRETENDS).returncode == 0
        assert len(installs.read_text("utf-8").splitlines()) == count
        os.utime(checkout.folder / name, (stamp - 1, stamp - 1))


@needs_make
def test_an_install_that_fails_is_tried_again(checkout):
    assert checkout("env", python=PRETENDS, FAIL="yes").returncode != 0
    assert checkout("env", python=PRETENDS).returncode == 0
    assert len((checkout.folder / "installs").read_text("utf-8").splitlines()) == 1


@needs_make
def test_maintainers_tools_are_installed_only_when_a_command_needs_them(checkout):
    installs = checkout.folder / "installs"
    assert checkout("lab", python=PRETENDS).returncode == 0
    assert "[test]" not in installs.read_text("utf-8")
    for _ in range(2):
        assert checkout("check", python=PRETENDS).returncode == 0
        reading, rest = installs.read_text("utf-8").splitlines()
        assert reading.endswith("--editable .") and rest.endswith("--editable .[test]")


@needs_make
@pytest.mark.parametrize("command", ["env", "lab", "models", "captions", "experiments"])
def test_what_readers_run_needs_only_their_own_packages(checkout, command):
    assert "[test]" not in checkout("-n", command, python=REAL).stdout


@needs_make
@pytest.mark.parametrize("word", ["CPU=", "CPU=0", "CPU=no", ""])
def test_without_cpu_1_the_default_torch_is_installed(checkout, word):
    assert "uv" not in checkout("-n", "env", *filter(None, [word]), python=REAL).stdout


@needs_make
@pytest.mark.parametrize(
    ("system", "python"), [("Windows_NT", ".venv/Scripts/python"), ("", ".venv/bin/python")]
)
def test_the_environments_python_is_found_where_the_system_puts_it(checkout, system, python):
    command = checkout("-n", "check", python=REAL, OS=system).stdout
    assert set(re.findall(r"(?<=\s)\.venv/\w+/python", command)) == {python}


@needs_make
def test_cpu_1_takes_the_smaller_build_of_torch(checkout):
    assert checkout("env", "CPU=1", python=PRETENDS).returncode == 0
    uv, torch, rest = (checkout.folder / "installs").read_text("utf-8").splitlines()
    assert uv.endswith("--constraint constraints.txt uv")
    assert "-m uv pip install" in torch and "--torch-backend cpu" in torch
    assert "--constraint constraints.txt" in torch and torch.endswith(" torch")
    assert "uv" not in rest
    assert checkout("lab", python=PRETENDS).returncode == 0  # leaving out CPU=1 later does no harm
    assert len((checkout.folder / "installs").read_text("utf-8").splitlines()) == 3


@needs_make
@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac always has a display")
@pytest.mark.parametrize(("display", "opens"), [("", False), (":0", True)])
def test_make_lab_opens_a_browser_only_where_there_is_a_display(checkout, display, opens):
    command = checkout("-n", "lab", python=REAL, DISPLAY=display, WAYLAND_DISPLAY="").stdout
    assert ("--no-browser" not in command) == opens
    assert "--ip=localhost" in command
    assert ("--allow-root" in command) == (os.geteuid() == 0)


@needs_make
@pytest.mark.parametrize("command", ["lab", "check", "test"])
def test_kernels_do_not_busy_wait(checkout, monkeypatch, command):
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    says = PRETENDS.replace("*) exit 0;;", "*) echo waits: $OMP_WAIT_POLICY; exit 0;;")
    assert says != PRETENDS
    assert checkout(command, python=says).stdout.splitlines()[-1] == "waits: PASSIVE"


# --- the whole repository ---


HOOKS = {
    hook["id"]: hook["entry"]
    for repository in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    for hook in repository["hooks"]
}


@pytest.mark.parametrize("hook", ["lint", "format"])
def test_ruff_finds_nothing(hook):
    ruff = [sys.executable, *shlex.split(HOOKS[hook])[1:]]
    environment = os.environ | {"RUFF_NO_CACHE": "true", "RUFF_OUTPUT_FORMAT": "concise"}
    result = subprocess.run(ruff, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("hook", sorted(HOOKS.keys() - {"lint", "format"}))
def test_every_other_hook_runs_tests_that_exist(hook):
    python, *module, _, file = shlex.split(HOOKS[hook].partition(" -k ")[0])
    assert (python, module) == (".venv/bin/python", ["-m", "pytest"])
    names = re.findall(r"^def (test_\w+)", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    for word in re.findall(r"\w+", HOOKS[hook].partition(" -k ")[2].replace(" or ", " ")):
        assert any(word in name for name in names), word


def repository_files() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    if result.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for name in result.stdout.split("\0") if name and (path := ROOT / name).is_file()]


TOP_LEVEL = {"notebooks", "utils", "data", "tests", "README.md", "environment.yml"}
CONVENTIONAL = {"pyproject.toml", "constraints.txt", "Makefile", "LICENSE", "CONTRIBUTING.md"}
CONVENTIONAL |= {"conftest.py", "CITATION.cff"}


def test_the_top_level_holds_what_a_reader_looks_for():
    names = {path.relative_to(ROOT).parts[0] for path in repository_files()}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL | CONVENTIONAL


def test_no_file_is_large():
    models = ROOT / "data" / "models"
    limits = {path: 12e6 if path.parent == models else 1.2e6 for path in repository_files()}
    large = [path.name for path, limit in limits.items() if path.stat().st_size > limit]
    assert large == []


def test_words_are_spelled_as_in_american_english(tmp_path):
    """The corpora's German is left out, and some words are ignored."""
    texts = {".md", ".py", ".toml", ".yml", ".yaml", ".js", ".css", ".j2", ".svg", ""}
    files = [path for path in repository_files() if path.suffix in texts]
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = "\n\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        files.append(tmp_path / f"{path.stem}.md")
        files[-1].write_text(cells.replace("**", ""), "utf-8")  # bold letters must not split a word
    config = f"--toml={ROOT / 'pyproject.toml'}"
    command = [sys.executable, "-m", "codespell_lib", config, *map(str, files)]
    result = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert (result.returncode, result.stdout) == (0, ""), result.stdout + result.stderr


# Assembled here, so that this file doesn't contain the names itself.
REGISTRIES = [
    f"{name}.org" for name in ["pypi", "pythonhosted", "download.pytorch", "anaconda", "npmjs"]
]
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:home|root|Users|work|tmp)/\w")


def test_no_file_names_a_package_registry_or_a_path_of_one_machine():
    found = []
    for path in repository_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        for number, line in enumerate(text.splitlines(), start=1):
            if MACHINE_PATH.search(line) or any(name in line for name in REGISTRIES):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not found, "\n".join(found)
