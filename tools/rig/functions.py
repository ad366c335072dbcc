"""Functions as they run in production: functions-framework with gunicorn, processes of their own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "main.py"
PATIENCE = 30.0
"""Seconds in which a server listens, however busy the machine is."""
LOOK = 0.01
KEPT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH")


def environment(**settings: str) -> dict[str, str]:
    """A server's environment: nothing of this process's in it but what programs need to run, and these settings."""
    own = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**own, "GUNICORN_LOG_LEVEL": "info", "THREADS": "8", **settings}


def command(entry: str, source: Path = MAIN, port: int = 0) -> list[str]:
    """What starts an entry point of a source file; port 0 is one that the system picks."""
    framework = [sys.executable, "-m", "functions_framework", "--source", str(source)]
    return [*framework, "--target", entry, "--host", "127.0.0.1", "--port", str(port)]


@dataclass
class Server:
    """A function as it runs in production: gunicorn's master and its worker, one process group."""

    process: "subprocess.Popen[bytes]"
    log: Path
    """What it says goes into a file, so that nobody who measures it has to listen."""

    @property
    def said(self) -> str:
        """Its log so far."""
        return self.log.read_text(errors="replace")

    @cached_property
    def port(self) -> int:
        """Where it listens, once it does; `RuntimeError` with its log if it ended before, or was too slow."""
        until = time.monotonic() + PATIENCE
        while True:
            ended = self.process.poll() is not None
            found = re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", self.said)
            if found is not None:
                return int(found[1])
            if ended or time.monotonic() > until:
                raise RuntimeError(f"the server did not come to listen:\n{self.said}")
            time.sleep(LOOK)

    def signal(self, number: signal.Signals) -> None:
        """SIGKILL, SIGSTOP or SIGCONT to all of its processes."""
        os.killpg(self.process.pid, number)

    def stop(self) -> None:
        """End it, gently if it lets itself be ended so."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait()


@contextmanager
def running(
    entry: str, settings: Mapping[str, str], folder: Path, source: Path = MAIN, port: int = 0
) -> Iterator[Server]:
    """
    Start a function; it listens when its `port` is known. It has ended, in one way or another, at the end.

    `folder` is where it runs, and where its log is left.
    """
    handle, name = tempfile.mkstemp(".log", f"{entry}-", folder)
    with os.fdopen(handle, "wb") as log:
        process = subprocess.Popen(
            command(entry, source, port),
            env=environment(**settings),
            cwd=folder,
            stderr=log,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    server = Server(process, Path(name))
    try:
        yield server
    finally:
        server.stop()
