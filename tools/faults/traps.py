"""
Faults that lie in wait at a step: each is a file named after the step, and whoever takes the file away suffers it.

No process has to be told anything: several share a folder of traps, and a file can be taken away only once. What a
trap did is a line of a file in which everybody writes what they do, a deed.
"""

import json
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

DEEDS = "deeds.jsonl"
BEFORE, AFTER = "before", "after"
KILL, KILL_ALL, FREEZE, FAIL, LOSE = "kill", "kill all", "freeze", "fail", "lose"
"""The process ends; it and its master; it stands still; what it asked is not done; it is done, the answer is lost."""
LONG = 15.0
"""Seconds: no other freeze is as long as the one inside the write."""


@dataclass(frozen=True)
class Trap:
    """What happens to the next process that comes to a step, such as `tick claim after`."""

    step: str
    deed: str = KILL
    seconds: float = 0.0
    """How long it stands still."""


class Traps:
    """A folder of traps, and the deeds."""

    def __init__(self, folder: Path) -> None:
        """The folder is there already."""
        self._folder = folder
        self._deeds = folder.parent / DEEDS

    def lay(self, trap: Trap) -> None:
        """Lay a trap, in place of one at the same step."""
        writing = self._folder / ".laying"
        writing.write_text(json.dumps(asdict(trap)))
        writing.rename(self._folder / trap.step)

    def lies(self, step: str) -> bool:
        """Whether a trap is there."""
        return (self._folder / step).exists()

    def clear(self) -> None:
        """Take all of them away."""
        for path in self._folder.iterdir():
            path.unlink(missing_ok=True)

    def take(self, step: str) -> Trap | None:
        """Step into the trap that lies here, if one does."""
        path = self._folder / step
        try:
            told = path.read_bytes()
            path.unlink()
        except FileNotFoundError:
            return None
        return Trap(**json.loads(told))

    def note(self, deed: str, step: str, pid: int, **more: Any) -> None:
        """Write down what is about to be done."""
        # The system's clock: that of an instance may have been made wrong.
        at = time.clock_gettime(time.CLOCK_REALTIME)
        line = json.dumps({"at": at, "deed": deed, "step": step, "pid": pid, **more}) + "\n"
        file = os.open(self._deeds, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)

    def deeds(self, begin: int = 0) -> tuple[list[dict[str, Any]], int]:
        """What was done, from this place of the file on, and the place at which to go on reading."""
        if not self._deeds.exists():
            return [], begin
        with self._deeds.open("rb") as file:
            file.seek(begin)
            whole = file.read().rpartition(b"\n")[0]
        return [json.loads(line) for line in whole.splitlines()], begin + len(whole) + (1 if whole else 0)


def suffer(traps: Traps, trap: Trap, about: Mapping[str, Any]) -> None:
    """Let this process die or stand still; the other deeds are up to whoever asked for something."""
    pid = os.getpid()
    traps.note(trap.deed, trap.step, pid, seconds=trap.seconds, **about)
    if trap.deed == KILL:
        os.kill(pid, signal.SIGKILL)
    elif trap.deed == KILL_ALL:
        os.killpg(0, signal.SIGKILL)
    elif trap.deed == FREEZE:
        os.kill(pid, signal.SIGSTOP)
