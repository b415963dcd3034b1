"""A site made of real processes: a store, a server and a worker, started and killed by tests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

START = (
    "import sys; from pathlib import Path; from datashift.web import serving; serving.get_ready(Path(sys.argv[1]));"
    "import site_process; site_process.main(*sys.argv[2:])"
)
HELPERS = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "collection")]
PATIENCE = 60.0


def until(what: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Wait until something is so; return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came to that")


def children(pid: int) -> dict[int, str]:
    """The processes that a process started, with their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


class Site:
    """A store, and the processes that a test starts on it. All are gone after the test."""

    def __init__(self, home: Path, database: str) -> None:
        self.home = home
        self.port = _free_port()
        self.started: list[subprocess.Popen[str]] = []
        own = {"DATASHIFT_HOME": str(home), "DATASHIFT_LANGUAGE": "en", "DATASHIFT_DATABASE": database,
               "PYTHONPATH": os.pathsep.join([*HELPERS, os.environ.get("PYTHONPATH", "")])}  # fmt: skip
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("DATASHIFT_")} | own

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a Python process, in a group of its own."""
        process = subprocess.Popen(
            [sys.executable, *arguments], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, start_new_session=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def worker(self, *options: str) -> subprocess.Popen[str]:
        """Start a worker that knows the jobs of the tests."""
        return self.start("-c", START, str(self.home), "work", *options)

    def serve(self, *options: str) -> subprocess.Popen[str]:
        """Start `datashift serve` and wait until it answers."""
        process = self.start("-m", "datashift.cli", "serve", "--port", str(self.port), *options)
        until(lambda: process.poll() is not None or self.get("/robots.txt") == 200)
        assert process.poll() is None, process.communicate()[1]
        return process

    def get(self, path: str) -> int:
        """Ask for an address; 0 where nobody answers."""
        try:
            asked = HTTPConnection("127.0.0.1", self.port, timeout=5)
            asked.request("GET", path)
            status = asked.getresponse().status
            asked.close()
        except (OSError, HTTPException):
            return 0
        return status

    def do(self, *arguments: str) -> Any:
        """Run the script of the tests to its end and return what it tells."""
        done = subprocess.run(
            [sys.executable, "-c", START, str(self.home), *arguments], env=self.environment, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None

    def diary(self) -> list[str]:
        """What the jobs of the tests have come to."""
        path = self.home / "diary"
        return [line.split()[0] for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def end(self) -> None:
        """Kill whatever is left."""
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
