"""Functions as they run in production: functions-framework with gunicorn, processes of their own."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "main.py"
PATIENCE = 30.0
"""Seconds in which a server listens, however busy the machine is."""
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

    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)
    heard: threading.Condition = field(default_factory=threading.Condition)
    ended: bool = False

    def listen(self) -> None:
        """Read what it says, until it ends."""
        if self.process.stderr is not None:
            for line in self.process.stderr:
                with self.heard:
                    self.lines.append(line)
                    self.heard.notify_all()
        with self.heard:
            self.ended = True
            self.heard.notify_all()

    @property
    def said(self) -> str:
        """Its log so far."""
        return "".join(self.lines)

    @property
    def port(self) -> int:
        """Where it listens, once it does; `RuntimeError` with its log if it ended before, or was too slow."""
        with self.heard:
            self.heard.wait_for(lambda: self.ended or self._found() is not None, PATIENCE)
        found = self._found()
        if found is None:
            raise RuntimeError(f"the server did not come to listen:\n{self.said}")
        return int(found[1])

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

    def _found(self) -> re.Match[str] | None:
        return re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", self.said)


@contextmanager
def running(
    entry: str, settings: Mapping[str, str], folder: Path, source: Path = MAIN, port: int = 0
) -> Iterator[Server]:
    """Start a function; it listens when its `port` is known. It has ended, in one way or another, at the end."""
    process = subprocess.Popen(
        command(entry, source, port),
        env=environment(**settings),
        cwd=folder,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    server = Server(process)
    thread = threading.Thread(target=server.listen, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()
        if process.stderr is not None:
            process.stderr.close()
