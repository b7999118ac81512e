"""A real JupyterLab and a real browser, for the tests that drive both."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toy import REPOSITORY

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 120  # seconds until the server answers


def find_browser() -> str | None:
    """Return the path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """Serve a copy of the notebooks from `folder`; yield the address that opens one by its name."""
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    (folder / "data").symlink_to(REPOSITORY / "data")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    settings = {f"JUPYTER_{name}_DIR": str(folder / name) for name in ("CONFIG", "RUNTIME")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ip=localhost", "--IdentityProvider.token=", "--ServerApp.port_retries=0"]
    command += ["--LabApp.extension_manager=readonly", "--ServerApp.disable_check_xsrf=True"]
    with open(folder / "lab.log", "wb") as log:
        environment = os.environ | settings | {"OMP_NUM_THREADS": "1"}
        server = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, env=environment
        )
        try:
            wait_for(f"http://localhost:{port}/api", server)
            yield f"http://localhost:{port}/lab/tree/notebooks"
        finally:
            server.terminate()
            server.wait(30)


def wait_for(address: str, server: subprocess.Popen) -> None:
    """Return when the server answers; RuntimeError if it stops or takes too long."""
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError("JupyterLab does not answer.")
