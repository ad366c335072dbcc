"""Servers that are measured, each on an empty store of its own."""

import os
import socket
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools.bench.means import Means
from tools.rig.functions import MAIN, ROOT, Server, running
from tools.rig.phones import settings

PUBLIC = "http://127.0.0.1:1"
"""Nobody listens there, so that Twilio's reports take no part."""
FUNCTIONS = Path(__file__).parent / "functions"
THREADS = 64
EMULATOR, SQLITE = "emulator", "SQLite"


def stored(means: Means, engine: str, twilio: str, **more: str) -> dict[str, str]:
    """Settings of a bugglio on an empty store of this engine."""
    name = f"bench-{uuid.uuid4().hex[:16]}"
    more = {"THREADS": str(THREADS), "PYTHONPATH": str(ROOT), **more}
    if engine == SQLITE:
        return settings(PUBLIC, twilio, str(means.folder / f"{name}.db")) | more
    return settings(PUBLIC, twilio, means.emulator()) | more | {"GOOGLE_CLOUD_PROJECT": name}


@contextmanager
def bugglio(means: Means, known: Mapping[str, str], source: Path = MAIN, port: int = 0) -> Iterator[Server]:
    """All of bugglio's doors, with these settings."""
    with running("bugglio", known, means.folder, source, port) as server:
        yield server


@contextmanager
def nothing(means: Means) -> Iterator[Server]:
    """A function that does nothing."""
    with running("nothing", {"THREADS": str(THREADS)}, means.folder, FUNCTIONS / "nothing.py") as server:
        yield server


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def cpu(server: Server) -> float:
    """Seconds of processor time that a server's worker has used."""
    found = Path(f"/proc/{worker(server)}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(found[11]) + int(found[12])) / os.sysconf("SC_CLK_TCK")


def peak(server: Server) -> float:
    """The most memory that a server's worker has had so far, in MiB."""
    lines = Path(f"/proc/{worker(server)}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def worker(server: Server) -> int:
    """The process that answers; gunicorn's master only watches it."""
    master = server.process.pid
    return int(Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split()[0])
