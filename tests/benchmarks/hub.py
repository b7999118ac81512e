"""Several users of one JupyterHub run the same notebook at once: does it work, and at what cost?

It needs `jupyterhub` and `psutil` beside the packages of the project and its tests, and the npm
package `configurable-http-proxy`. The hub runs on this computer, with a folder of its own that is
removed.

    PYTHONPATH=tests python tests/benchmarks/hub.py notebooks/05_dot_attention.ipynb --proxy PATH
"""

import argparse
import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import nbformat
import psutil
from lab import free_ports, stop, wait_for
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from utils.system.paths import ROOT

CONFIGURATION = """
c = get_config()
c.JupyterHub.bind_url = {hub!r}
c.JupyterHub.hub_port = {inner}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {token!r}
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {home!r}
c.Spawner.cmd = [{python!r}, "-m", "jupyterhub.singleuser", "--allow-root"]
c.Spawner.args = ["--ServerApp.log_level=ERROR"]
c.Spawner.notebook_dir = {root!r}
c.Spawner.environment = {{"OMP_NUM_THREADS": "1", "PYTHONPATH": {path!r}}}
c.Spawner.start_timeout = 120
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.JupyterHub.services = [{{"name": "class", "api_token": {token!r}}}]
c.JupyterHub.load_roles = [
    {{
        "name": "class",
        "services": ["class"],
        "scopes": ["admin:users", "admin:servers", "access:servers"],
    }}
]
"""


class Client:
    """What a user's browser does, by the hub's API."""

    def __init__(self, hub: str, user: str, token: str):
        self.hub, self.user = hub, user
        self.headers = {"Authorization": f"token {token}"}

    async def ask(self, method: str, path: str, body: dict | None = None) -> dict:
        """Send a request, and return what the answer holds."""
        data = json.dumps(body) if body is not None else ("" if method == "POST" else None)
        request = HTTPRequest(
            f"{self.hub}{path}",
            method,
            self.headers,
            data,
            request_timeout=300,
            follow_redirects=False,
        )
        answer = await AsyncHTTPClient().fetch(request)
        return json.loads(answer.body or b"{}")

    async def start(self) -> None:
        """Start the user's server, and wait until it answers."""
        await self.ask("POST", f"/hub/api/users/{self.user}")
        await self.ask("POST", f"/hub/api/users/{self.user}/server")
        while True:
            state = await self.ask("GET", f"/hub/api/users/{self.user}")
            if state["servers"].get("", {}).get("ready"):
                return
            await asyncio.sleep(0.5)

    async def run(self, path: Path) -> float:
        """Run all code cells of a notebook; return the seconds. RuntimeError if one fails."""
        base = f"/user/{self.user}/api/kernels"
        kernel = await self.ask("POST", base, {"path": str(path.parent.relative_to(ROOT))})
        address = f"{self.hub.replace('http', 'ws')}{base}/{kernel['id']}/channels"
        connection = await websocket_connect(HTTPRequest(address, headers=self.headers))
        started = time.perf_counter()
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
            if cell.cell_type == "code":
                content = await execute(connection, cell.source)
                expected = "raises-exception" in cell.metadata.get("tags", [])
                if (content["status"] == "error") != expected:
                    raise RuntimeError(f"{self.user}, cell {number}: {content}")
        return time.perf_counter() - started


async def execute(connection, code: str) -> dict:
    """Run code in a kernel, and return the content of its reply."""
    number = uuid.uuid4().hex
    header = {"msg_id": number, "msg_type": "execute_request", "username": "", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": True, "stop_on_error": False}
    message = {
        "header": header | {"session": number, "date": ""},
        "parent_header": {},
        "metadata": {},
        "content": content | {"user_expressions": {}, "allow_stdin": False},
        "channel": "shell",
    }
    await connection.write_message(json.dumps(message))
    while True:
        frame = await connection.read_message()
        if isinstance(frame, bytes):  # what an explorer draws; a reply never comes in this form
            continue
        reply = json.loads(frame)
        if reply["msg_type"] == "execute_reply" and reply["parent_header"].get("msg_id") == number:
            return reply["content"]


def usage(process: psutil.Process) -> tuple[float, float]:
    """Return the unshared memory of a process and its children in MB, and their CPU seconds."""
    memory = seconds = 0.0
    for each in [process, *process.children(recursive=True)]:
        try:
            memory += each.memory_full_info().uss / 1e6
            times = each.cpu_times()
        except psutil.Error:  # it has ended, or access is denied
            continue
        seconds += times.user + times.system
    return memory, seconds


async def watch(
    servers: dict[str, psutil.Process], used: dict[str, tuple[float, float, float]]
) -> None:
    """Keep each user's memory at the start and at most, in MB, and the CPU seconds."""
    while True:
        for user, process in servers.items():
            memory, seconds = usage(process)
            first, most, _ = used.get(user, (memory, memory, 0.0))
            used[user] = first, max(memory, most), seconds
        await asyncio.sleep(1)


async def hold_class(hub: str, path: Path, users: list[str], token: str) -> None:
    """Start a server for each user, run the notebook for all at once, and print the figures."""
    clients = [Client(hub, user, token) for user in users]
    started = time.perf_counter()
    await asyncio.gather(*(client.start() for client in clients))
    print(f"{path.stem}; load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{len(users)} servers ready after {time.perf_counter() - started:.0f} s")
    servers = {
        each.environ()["JUPYTERHUB_USER"]: each
        for each in psutil.process_iter(["cmdline"])  # None where access is denied
        if "jupyterhub.singleuser" in (each.info["cmdline"] or [])
    }
    used: dict[str, tuple[float, float, float]] = {}
    watcher = asyncio.create_task(watch(servers, used))
    seconds = await asyncio.gather(*(client.run(path) for client in clients))
    watcher.cancel()
    for user, wall in zip(users, seconds, strict=True):
        first, most, cpu = used[user]
        print(
            f"{user}: {wall:.0f} s, {cpu:.0f} CPU seconds, "
            f"{first:.0f} MB of their own before the kernel, at most {most:.0f}"
        )


async def main() -> None:
    """Read the command line, start a hub, and hold the class."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--users", type=int, default=4)
    parser.add_argument("--proxy", default="configurable-http-proxy")
    options = parser.parse_args()
    token = secrets.token_hex()
    port, inner, api = free_ports(3)
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        words = {
            "hub": address,
            "home": f"{folder}/{{username}}",
            "token": token,
            "root": str(ROOT),
        }
        words |= {"inner": inner, "api": api}
        words |= {"python": sys.executable, "proxy": options.proxy, "path": ":".join(sys.path[1:])}
        (Path(folder) / "config.py").write_text(CONFIGURATION.format(**words), "utf-8")
        command = [sys.executable, "-m", "jupyterhub", "-f", "config.py", "--log-level=WARN"]
        hub = subprocess.Popen(command, cwd=folder)
        try:
            wait_for(f"{address}/hub/api/", hub)
            users = [f"student-{number}" for number in range(1, options.users + 1)]
            await hold_class(address, options.notebook.resolve(), users, token)
        finally:
            stop(hub)


if __name__ == "__main__":
    asyncio.run(main())
