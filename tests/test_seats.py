"""Seats for a class: the image, the values for Kubernetes, and the arithmetic in SERVER.md."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from math import ceil
from pathlib import Path

import pytest
import yaml

from utils.system.paths import NOTEBOOKS, ROOT

KUBERNETES = NOTEBOOKS / "kubernetes"
SIZES = [30, 50, 200]
VALUES = ["class", "multi30k", *(f"seats-{size}" for size in SIZES)]
KNOWN = set((ROOT / "tests/expected/chart.txt").read_text("utf-8").splitlines())
GUIDE = (NOTEBOOKS / "SERVER.md").read_text("utf-8")
POSTBUILD = ROOT / ".binder/postBuild"


def read(name: str) -> dict:
    return yaml.safe_load((KUBERNETES / f"{name}.yaml").read_text("utf-8"))


def merged(low: object, high: object) -> object:
    """What helm makes of two files: mappings are merged, and of all else the later one counts."""
    if not (isinstance(low, Mapping) and isinstance(high, Mapping)):
        return high
    return {**low, **{name: merged(low.get(name), value) for name, value in high.items()}}


def seat(size: int) -> dict:
    return merged(read("class"), read(f"seats-{size}"))["singleuser"]


def table(heading: str) -> list[list[str]]:
    """Return the rows of the guide's table that begins with this heading, without the heading."""
    rows = GUIDE.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


# --- values ---


def names(value: object, place: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the dotted name of each value, as far down as the chart gives names."""
    dotted = ".".join(place)
    if f"{dotted}.*" in KNOWN or not isinstance(value, Mapping):
        yield dotted
    else:
        for name, inner in value.items():
            yield from names(inner, (*place, name))


@pytest.mark.parametrize("name", VALUES)
def test_the_chart_knows_every_value(name):
    """It refuses a misspelled name; here, nobody has to install it to find out."""
    found = list(names(read(name)))
    assert found and [each for each in found if not {each, f"{each}.*"} & KNOWN] == []


def test_the_chart_would_refuse_a_misspelled_value():
    (wrong,) = names({"singleuser": {"memory": {"limits": "2G"}}})
    assert not {wrong, f"{wrong}.*"} & KNOWN


def test_the_share_is_where_the_series_looks_and_nobody_can_write_to_it():
    claim, job = yaml.safe_load_all((KUBERNETES / "multi30k-claim.yaml").read_text("utf-8"))
    user = read("multi30k")["singleuser"]
    (volume,) = user["storage"]["extraVolumes"].values()
    (mount,) = user["storage"]["extraVolumeMounts"].values()
    assert volume["persistentVolumeClaim"] == {
        "claimName": claim["metadata"]["name"],
        "readOnly": True,
    }
    assert mount["name"] == volume["name"] and mount["readOnly"] is True
    assert mount["mountPath"] == user["extraEnv"]["MULTI30K_CACHE"]
    pod = job["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    image = read("class")["singleuser"]["image"]
    assert container["image"] == f"{image['name']}:{image['tag']}"
    assert container["env"] == [{"name": "MULTI30K_CACHE", "value": mount["mountPath"]}]
    assert container["volumeMounts"] == [{"name": "multi30k", "mountPath": mount["mountPath"]}]


# --- arithmetic ---


def in_bytes(memory: str) -> float:
    """JupyterHub's G is 1024³ bytes."""
    return float(memory.removesuffix("G")) * 1024**3


def test_a_seat_has_the_memory_that_every_notebook_was_measured_to_need():
    rows = table("notebook")
    assert [row[0] for row in rows] == [path.stem[:2] for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
    most = max(float(row[1].replace(",", "")) for row in rows) * 1e6
    memory = seat(30)["memory"]
    assert most < in_bytes(memory["guarantee"]) < in_bytes(memory["limit"])


@pytest.mark.parametrize("size", SIZES)
def test_the_machines_have_room_for_every_seat(size):
    (row,) = [row for row in table("students") if row[0] == str(size)]
    seats, cpu, memory, on_each, machines = map(float, row[1:6])
    assert seats == read(f"seats-{size}")["hub"]["activeServerLimit"] > size
    asked = seat(size)
    guarantee = in_bytes(asked["memory"]["guarantee"]) / 1024**3
    assert cpu == asked["cpu"]["guarantee"] * seats and memory == guarantee * seats
    cores, gigabytes = map(
        float, re.search(r"leaves ([\d.]+) cores and ([\d.]+) GB to seats", GUIDE).groups()
    )
    assert on_each == min(cores // asked["cpu"]["guarantee"], gigabytes // guarantee)
    assert machines == ceil(seats / on_each)


@pytest.mark.parametrize("size", SIZES)
def test_the_guide_says_how_long_a_training_takes_when_all_train(size):
    (row,) = [row for row in table("students") if row[0] == str(size)]
    (measured,) = [float(row[2]) for row in table("notebook") if row[0] == "05"]
    assert float(row[6]) == round(measured / seat(size)["cpu"]["guarantee"] / 60, 1)


# --- the image ---


@pytest.fixture
def image(tmp_path):
    """Return a way to run postBuild in a copy of what it needs, with a stand-in for Python."""
    project, tools = tmp_path / "project", tmp_path / "tools"
    shutil.copytree(ROOT / ".jupyter", project / ".jupyter")
    (project / ".binder").mkdir()
    shutil.copy(POSTBUILD, project / ".binder")
    tools.mkdir()
    python = tools / "python"
    answer = f'#!/bin/sh\necho "$*" >> {tmp_path}/calls\necho {tmp_path}/prefix\n'
    python.write_text(answer, "utf-8")
    python.chmod(0o755)

    def build(home: Path) -> list[str]:
        places = {"HOME": str(home), "PATH": f"{tools}:{os.environ['PATH']}"}
        subprocess.run([".binder/postBuild"], cwd=project, env=os.environ | places, check=True)
        return (tmp_path / "calls").read_text("utf-8").splitlines()

    yield build
    subprocess.run(["chmod", "-R", "u+w", str(project)], check=True)


def writable(folder: Path) -> set[bool]:
    return {bool(path.stat().st_mode & 0o222) for path in [folder, *folder.rglob("*")]}


def test_the_image_for_a_class_keeps_the_project_from_being_written_to(image, tmp_path):
    calls = image(home=tmp_path)
    assert writable(tmp_path / "project") == {False}
    assert calls[-1] == "-m compileall -q utils"
    assert (tmp_path / "prefix/etc/jupyter/labconfig/default_setting_overrides.json").is_file()


def test_on_binder_the_project_is_the_home_and_can_be_written_to(image, tmp_path):
    calls = image(home=tmp_path / "project")
    assert writable(tmp_path / "project") == {True}
    assert not any("compileall" in call for call in calls)


def test_nothing_that_git_ignores_gets_into_the_image():
    """But for a reader's own small files; Multi30k's terms forbid it, and .venv has gigabytes."""
    ignored = re.findall(r"^/?(\S+)/$", (ROOT / ".gitignore").read_text("utf-8"), re.M)
    kept_out = (ROOT / ".binder/.dockerignore").read_text("utf-8").splitlines()
    assert ".venv" in ignored
    assert {name for name in ignored if not {name, f"**/{name}"} & set(kept_out)} == set()


@pytest.mark.skipif(shutil.which("repo2docker") is None, reason="repo2docker is not installed")
def test_repo2docker_puts_the_project_outside_the_home():
    options = ["--no-build", "--debug", "--user-id", "1000", "--user-name", "student"]
    command = ["repo2docker", *options, "--target-repo-dir", "/srv/attention", str(ROOT)]
    shown = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    rest = shown.stdout + shown.stderr
    for line in DOCKERFILE:  # in this order
        _, found, rest = rest.partition(line)
        assert found, line


DOCKERFILE = [
    "ENV REPO_DIR=${REPO_DIR}",
    "COPY --chown=1000:1000 src/.binder/environment.yml ${REPO_DIR}/.binder/environment.yml",
    "COPY --chown=1000:1000 src/ ${REPO_DIR}/",
    "USER ${NB_USER}",
    "RUN ./.binder/postBuild",
]


def test_conda_can_take_the_cpu_build_of_the_same_version():
    text = (ROOT / "environment.yml").read_text("utf-8")
    (version,) = re.findall(r"^  # - pytorch-cpu=(\S+)$", text, re.M)
    assert f"torch=={version}" in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    chosen = yaml.safe_load(text.replace("# - pytorch-cpu", "- pytorch-cpu"))
    assert f"pytorch-cpu={version}" in chosen["dependencies"]
