"""
Google's Firestore emulator, started once for a whole run, when it is first needed.

Under pytest-xdist the workers share it: the controller makes a folder and hands it to them, the first worker that needs
the emulator starts it and writes its address there. A guard process stands between: it holds gcloud and its Java (which
survives a signal to gcloud) in one process group, and ends the group when the run is over or has died, however it died.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60.0
"""Its first start on a machine unpacks Java's classes; after that it takes 2 to 3 seconds."""
STOP_SECONDS = 10.0
LOOK_SECONDS = 0.05
GUARD_SECONDS = 0.5
LACKING = "Firestore's emulator"
"""What every skip for want of the emulator begins with."""
INSTALL = (
    "Install it with `gcloud components install cloud-firestore-emulator`, or the apt package"
    " google-cloud-cli-firestore-emulator, and Java 11 or later."
)


class Lacking(Exception):
    """The emulator is not to be had on this machine; the message says why."""


@dataclass(frozen=True)
class Shared:
    """The run's one emulator, known by the folder in which its starter leaves word."""

    folder: Path
    owner: int
    """The process with whose end the emulator ends."""

    def address(self) -> str:
        """`host:port`, starting the emulator if nobody has. Raises `Lacking`."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        try:
            (self.folder / "starting").touch(exist_ok=False)
        except FileExistsError:
            return self._word()
        try:
            word = _start(self.folder, self.owner)
        except Exception as error:  # noqa: BLE001 - whatever it was, the workers that wait are to learn of it
            word = {"fault": f"did not start: {error}"}
        self._leave(word)
        return self._word()

    def signal(self, number: signal.Signals) -> None:
        """SIGSTOP or SIGCONT to the emulator: it keeps all that it has."""
        guard = json.loads((self.folder / "word").read_text())["guard"]
        for child in Path(f"/proc/{guard}/task/{guard}/children").read_text().split():
            os.killpg(int(child), number)

    def stop(self) -> None:
        """End the emulator, if it was started, and forget the folder."""
        if (self.folder / "starting").exists():
            with suppress(Lacking):
                address = self._word()
                _end(int(json.loads((self.folder / "word").read_text())["guard"]), address)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _leave(self, word: dict[str, object]) -> None:
        (self.folder / "writing").write_text(json.dumps(word))
        (self.folder / "writing").rename(self.folder / "word")

    def _word(self) -> str:
        until = time.monotonic() + 2 * START_SECONDS
        while not (self.folder / "word").exists():
            if time.monotonic() > until:
                raise Lacking("was not started by the process that began to")
            time.sleep(LOOK_SECONDS)
        word = json.loads((self.folder / "word").read_text())
        if "fault" in word:
            raise Lacking(word["fault"])
        return str(word["address"])


def share() -> Shared:
    """A place for the emulator of the run that this process controls."""
    return Shared(Path(tempfile.gettempdir(), f"bugglio-emulator-{uuid.uuid4().hex}"), os.getpid())


@contextmanager
def started() -> Iterator[str]:
    """An emulator of one's own, by its address (`host:port`). Raises `Lacking`."""
    shared = share()
    try:
        yield shared.address()
    finally:
        shared.stop()


def missing() -> str | None:
    """Which program is missing, if one is."""
    for name in ("gcloud", "java"):
        if shutil.which(name) is None:
            return f"needs `{name}` on the PATH"
    return None


def answers(address: str) -> bool:
    """Whether something at this address answers as the emulator does."""
    try:
        with urllib.request.urlopen(f"http://{address}/", timeout=1) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def _start(folder: Path, owner: int) -> dict[str, object]:
    """The emulator's address and process group, or the fault for which there is none."""
    lack = missing()
    if lack is not None:
        return {"fault": lack}
    address = f"127.0.0.1:{_free_port()}"
    log = folder / "log"
    with log.open("wb") as out:
        guard = subprocess.Popen(
            [sys.executable, __file__, address, str(owner), str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    until = time.monotonic() + START_SECONDS
    while not answers(address):
        if guard.poll() is not None or time.monotonic() > until:
            _end(guard.pid, address)
            return {"fault": f"did not start: {_last_line(log)}"}
        time.sleep(LOOK_SECONDS)
    _warm(address)
    guard.returncode = 0  # it outlives this process by design; nobody is to warn that it runs on
    return {"address": address, "guard": guard.pid}


def _warm(address: str) -> None:
    """Make a young Java compile what will be used: its first answer takes over a second."""
    from bugglio.store import ABSENT, Write
    from bugglio.store.firestore import FirestoreStore
    from tools.rig.clients import firestore_connection

    store = FirestoreStore(firestore_connection(address), timeout=START_SECONDS)
    store.commit([Write("pulse/warm", ABSENT, put={"at": 1})])
    store.get(["pulse/warm"])
    store.query("alerts", "due_at")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _end(guard: int, address: str) -> None:
    """Have the guard end what it guards, and see that nobody answers any more."""
    with suppress(ProcessLookupError):
        os.kill(guard, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    while answers(address) and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)


def _guard(address: str, owner: int, folder: str) -> int:
    """Run the emulator until it ends, this process is told to end, or the owner is gone."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # gcloud, its shell and Java: a session, and so a process group, of their own from the first moment.
    emulator = subprocess.Popen(
        ["gcloud", "--quiet", "emulators", "firestore", "start", f"--host-port={address}"], start_new_session=True
    )
    try:
        while emulator.poll() is None and _lives(owner):
            time.sleep(GUARD_SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(emulator.pid, signal.SIGKILL)
        if not _lives(owner):
            shutil.rmtree(folder, ignore_errors=True)
    return emulator.returncode or 0


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(_guard(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
