"""A real JupyterLab and a real browser, for the tests that drive both."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from toy import REPOSITORY

from utils.publishing.browser import find_browser

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 120  # seconds until the server answers
OPENED = ExitStack()  # what `close_browser` ends


def skip_without_browser() -> None:
    """Skip the test if there is no browser; fail it if CI is true."""
    if find_browser() is None and os.environ.get("CI") != "true":
        pytest.skip("no Chromium here")


@cache
def shared_browser() -> Browser:
    """Return the browser that the tests of a module share, started by the first that asks."""
    playwright = OPENED.enter_context(sync_playwright())
    browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
    OPENED.callback(browser.close)
    return browser


def close_browser() -> None:
    """End the shared browser; as long as it runs, nothing else may use asyncio."""
    OPENED.close()
    shared_browser.cache_clear()


@contextmanager
def jupyterlab(
    folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Callable[[str], str]]:
    """Serve a copy of the notebooks from `folder`; yield a function for their addresses.

    `environment` has further variables of the kernels.
    """
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    (folder / "data").symlink_to(REPOSITORY / "data")
    (port,) = free_ports(1)
    token = secrets.token_hex()
    settings = {f"JUPYTER_{name}_DIR": str(folder / name) for name in ("CONFIG", "RUNTIME")}
    settings |= {"JUPYTER_TOKEN": token, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    settings |= environment or {}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ip=localhost", "--ServerApp.port_retries=0"]
    command += ["--LabApp.extension_manager=readonly", "--expose-app-in-browser"]
    with open(folder / "lab.log", "wb") as log:
        server = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, env=os.environ | settings
        )
        try:
            wait_for(f"http://localhost:{port}/api", server)
            yield (
                lambda name: (
                    f"http://localhost:{port}/lab/tree/notebooks/{name}.ipynb?reset&token={token}"
                )
            )
        finally:
            stop(server)


def free_ports(count: int) -> list[int]:
    """Return free ports."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("localhost", 0))
        return [each.getsockname()[1] for each in sockets]


def stop(server: subprocess.Popen) -> None:
    """End the server, by force if it does not stop when asked to."""
    server.terminate()
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def wait_for(address: str, server: subprocess.Popen) -> None:
    """Return when the server answers; RuntimeError if it stops or takes too long."""
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError(f"{address} does not answer.")
