"""`python -m bugglio …` in a process of its own, and a `run` that has printed its addresses."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30.0


def environment(**more: str) -> dict[str, str]:
    """An environment without any setting of ours."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONUNBUFFERED": "1", **more}


def bugglio(*arguments: str, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command, env = [sys.executable, "-m", "bugglio", *arguments], environment(**more)
    return subprocess.run(
        command, cwd=ROOT, env=env, input=given, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


class Running:
    """A `run` that has printed its addresses."""

    def __init__(self, process: "subprocess.Popen[str]", lines: list[str]) -> None:
        self.process = process
        self.pages = next(line.split()[1] for line in lines if line.startswith("pages "))
        self.webhook = next(line.split()[1] for line in lines if line.startswith("webhook "))
        self.phones = next(line.split()[1] for line in lines if line.startswith("phones "))

    def post(self, payload: Any) -> dict[str, Any]:
        """Bugsnag delivers."""
        return call(self.webhook, payload)

    def text(self, body: str) -> dict[str, Any]:
        """The engineer on duty texts."""
        return call(f"{self.phones}/texts", {"from": "+14155550101", "body": body})

    def messages(self) -> list[dict[str, Any]]:
        """All texts, oldest first."""
        found: list[dict[str, Any]] = call(f"{self.phones}/messages")["messages"]
        return found


def call(url: str, payload: Any = None) -> dict[str, Any]:
    """A JSON call to this machine."""
    data = None if payload is None else json.dumps(payload).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 - an address that `run` printed
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - the same
        found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def running(data: Path, *arguments: str, end: int = signal.SIGTERM, **more: str) -> Iterator[Running]:
    """Start `run` on a free port and wait for its addresses."""
    command = [sys.executable, "-m", "bugglio", "run", "--port", "0", "--data", str(data), *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(**more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    lines: queue.Queue[str] = queue.Queue()
    stdout = process.stdout
    assert stdout is not None

    def read() -> None:
        for line in stdout:
            lines.put(line)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield Running(process, [lines.get(timeout=PATIENCE) for _ in range(3)])
    finally:
        process.send_signal(end)
        process.wait(PATIENCE)
        reader.join(PATIENCE)
        stdout.close()
        if process.stderr:
            process.stderr.close()
