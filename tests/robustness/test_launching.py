"""Several processes: a bad launch raises one clear error, and no process waits forever."""

import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta

import pytest
from toy import REPOSITORY

from utils.training import joining
from utils.training.joining import join_processes
from utils.training.launch import Launch, is_first_here, read_launch

GOOD = {
    "WORLD_SIZE": "4",
    "RANK": "3",
    "LOCAL_WORLD_SIZE": "2",
    "LOCAL_RANK": "1",
    "MASTER_ADDR": "127.0.0.1",
    "MASTER_PORT": "29500",
}
VARIABLES = [*GOOD, "SLURM_STEP_NUM_TASKS", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE"]


def test_a_valid_launch_is_read():
    assert read_launch(GOOD) == Launch(rank=3, size=4, local_rank=1, local_size=2)


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"WORLD_SIZE": "1"},
        {"WORLD_SIZE": ""},
        {"WORLD_SIZE": "1", "RANK": "0", "LOCAL_RANK": "0"},
        {"RANK": "0", "LOCAL_RANK": "0"},
        {"MASTER_ADDR": "nowhere.invalid", "MASTER_PORT": "x"},
        {"SLURM_NTASKS": "8", "SLURM_PROCID": "0"},  # in a script for sbatch
        {"SLURM_STEP_NUM_TASKS": "1", "OMPI_COMM_WORLD_SIZE": "1", "PMI_SIZE": ""},
        {"SLURM_STEP_NUM_TASKS": "8", "WORLD_SIZE": "1"},  # explicitly asked for
    ],
    ids=str,
)
def test_one_process_trains_alone(variables):
    assert read_launch(variables) is None


MISSING = [{name: None} for name in GOOD if name != "WORLD_SIZE"]
MISSING += [{name: ""} for name in GOOD if name != "WORLD_SIZE"]
WRONG = [
    ({"WORLD_SIZE": "two"}, "WORLD_SIZE is 'two', not a whole number of at least 1"),
    ({"WORLD_SIZE": "0"}, "WORLD_SIZE is '0'"),
    ({"WORLD_SIZE": "-2"}, "WORLD_SIZE is '-2'"),
    ({"WORLD_SIZE": "4.0"}, "WORLD_SIZE is '4.0'"),
    ({"WORLD_SIZE": "²"}, "WORLD_SIZE is '²'"),
    ({"WORLD_SIZE": 99 * "9x"}, "WORLD_SIZE is '9x9x9x"),
    ({"RANK": "first"}, "RANK is 'first', not a whole number from 0 to 3"),
    ({"RANK": "4"}, "RANK is '4', not a whole number from 0 to 3"),
    ({"RANK": "-1"}, "RANK is '-1'"),
    ({"LOCAL_RANK": "2"}, "LOCAL_RANK is '2', not a whole number from 0 to 1"),
    ({"LOCAL_RANK": "0x1"}, "LOCAL_RANK is '0x1'"),
    ({"LOCAL_WORLD_SIZE": "5"}, "LOCAL_WORLD_SIZE is '5', not a whole number from 1 to 4"),
    ({"LOCAL_WORLD_SIZE": "0"}, "LOCAL_WORLD_SIZE is '0'"),
    ({"MASTER_PORT": "http"}, "MASTER_PORT is 'http'"),
    ({"MASTER_PORT": "70000"}, "MASTER_PORT is '70000', not a whole number from 1 to 65535"),
    ({"WORLD_SIZE": None}, "RANK is '3', but WORLD_SIZE is missing"),
    ({"WORLD_SIZE": None, "RANK": None}, "LOCAL_RANK is '1', but WORLD_SIZE is missing"),
    *((change, "{} missing".join([*change, ""])) for change in MISSING),
]


def change(changes):
    variables = GOOD | changes
    return {name: value for name, value in variables.items() if value is not None}


@pytest.mark.parametrize(("changes", "sentence"), WRONG, ids=str)
def test_an_inconsistent_launch_is_refused(changes, sentence):
    with pytest.raises(ValueError) as caught:
        read_launch(change(changes))
    said = str(caught.value)
    assert all(part in said for part in sentence.split("{}"))
    assert said.endswith(
        "start the processes with torchrun, which sets it, or set WORLD_SIZE=1 to train alone."
    )
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "launcher"),
    [
        ("SLURM_STEP_NUM_TASKS", "srun"),
        ("OMPI_COMM_WORLD_SIZE", "mpirun"),
        ("PMI_SIZE", "mpiexec"),
    ],
)
def test_processes_of_other_launchers_would_each_train_alone(name, launcher):
    """They would all write the same files."""
    with pytest.raises(
        ValueError, match=rf"^{launcher} started 8 processes, .* start one, or torchr"
    ):
        read_launch({name: "8"})


@pytest.mark.parametrize("host", ["nowhere.invalid", "no host", "a" * 300, "a..b", "[::1"])
def test_an_unresolvable_host_is_reported_at_once(host, monkeypatch):
    usual = socket.getaddrinfo

    def look_up(name, *arguments):  # without asking the network
        if name == "nowhere.invalid":
            raise socket.gaierror(-2, "Name or service not known")
        return usual(name, *arguments)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(
        ValueError, match=r"cannot find the address of .* in MASTER_ADDR: pass torchrun"
    ):
        read_launch(GOOD | {"MASTER_ADDR": host})


@pytest.mark.parametrize(
    ("variables", "speaks"),
    [
        ({}, True),
        ({"WORLD_SIZE": "2", "LOCAL_RANK": "0"}, True),
        ({"WORLD_SIZE": "2", "LOCAL_RANK": "1"}, False),
        ({"WORLD_SIZE": "2", "LOCAL_RANK": "first"}, True),
        ({"WORLD_SIZE": "2", "LOCAL_RANK": ""}, True),
        ({"LOCAL_RANK": "1"}, True),  # no other process reports the missing WORLD_SIZE
    ],
    ids=str,
)
def test_only_one_process_of_a_machine_reports_an_error(variables, speaks):
    assert is_first_here(variables) == speaks


@pytest.fixture
def launched(monkeypatch):
    """Set a launch's variables for this machine, and unset all others."""

    def launch(**variables):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        local = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "LOCAL_RANK": variables["RANK"]}
        for name, value in (GOOD | local | variables).items():
            monkeypatch.setenv(name, value)

    return launch


def free_port():
    with closing(socket.create_server(("127.0.0.1", 0))) as one:
        return one.getsockname()[1]


@pytest.mark.parametrize("rank", ["0", "1"])
def test_nobody_waits_forever_for_the_others(launched, monkeypatch, rank):
    monkeypatch.setattr(joining, "PATIENCE", timedelta(seconds=0.3))
    launched(RANK=rank, MASTER_PORT=str(free_port()))
    started = time.monotonic()
    said = "no connection to another process"
    with pytest.raises(ConnectionError, match=said), join_processes("cpu"):
        pass
    assert time.monotonic() - started < 30


def test_a_taken_port_is_named(launched):
    with socket.create_server(("0.0.0.0", 0)) as other:
        port = other.getsockname()[1]
        launched(RANK="0", MASTER_PORT=str(port))
        sentence = rf"port {port} .*choose another"
        with pytest.raises(ConnectionError, match=sentence), join_processes("cpu"):
            pass


@pytest.mark.slow
@pytest.mark.parametrize(
    "variables",
    [{"WORLD_SIZE": "2"}, GOOD | {"RANK": "9"}, {"SLURM_STEP_NUM_TASKS": "4"}],
    ids=["WORLD_SIZE alone", "a rank too large", "srun"],
)
def test_the_command_reports_it_in_one_line(variables):
    others = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    done = subprocess.run(
        [sys.executable, "-m", "utils.training", "--corpus=nowhere"],
        cwd=REPOSITORY,
        env=others | variables | {"LOCAL_RANK": "0"} if "RANK" in variables else others | variables,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and len(done.stderr.splitlines()) == 1
