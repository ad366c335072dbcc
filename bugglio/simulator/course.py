"""The course of things: texts and calls that go through their statuses, step by step or in real time."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bugglio.simulator.reports import Callback
from bugglio.simulator.worker import Worker

STEP = 0.7
"""Seconds between two statuses in real time."""
RESUME = 2.0
"""Seconds before texts that were under way at the last run go on."""

Reach = Callable[[str], Callable[[], list[Callback]]]
"""
How a text or call takes a status.

The function is called under the lock; the function that it gives is called without it, may call a door, and gives the
reports that are due.
"""


@dataclass
class _Journey:
    """The statuses that a text or call will still go through."""

    statuses: list[str]
    reach: Reach


class Course:
    """What is under way. Until `start` nothing moves but by `step`; `report` then posts what is due."""

    def __init__(self, lock: threading.RLock, report: Callable[[Callback], object]) -> None:
        self._lock = lock
        self._report = report
        self._journeys: dict[str, _Journey] = {}
        self._worker: Worker | None = None
        self._released = threading.Event()

    def begin(self, sid: str, statuses: Sequence[str], reach: Reach, late: float = 0) -> None:
        """Send a text or call on its way; in real time its first step comes `late` seconds later than usual."""
        with self._lock:
            self._journeys[sid] = _Journey(list(statuses), reach)
            self._later(sid, late)

    def under_way(self) -> list[str]:
        """The SIDs of what has not ended, oldest first."""
        with self._lock:
            return list(self._journeys)

    def step(self, sid: str) -> list[Callback]:
        """Let one text or call take its next status; returns the reports that are due now."""
        with self._lock:
            journey = self._journeys.get(sid)
            if journey is None:
                return []
            status = journey.statuses.pop(0)
            if not journey.statuses:
                del self._journeys[sid]
            go_on = journey.reach(status)
        return go_on()

    # Real time.

    def start(self) -> None:
        """Let time run, for what is under way already too."""
        with self._lock:
            self._worker = Worker()
            for sid in self._journeys:
                self._later(sid, RESUME)

    def close(self) -> None:
        """Stop time, and end every `hold`."""
        self._released.set()
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()

    @property
    def running(self) -> bool:
        """Whether time runs by itself."""
        return self._worker is not None

    def after_a_step(self, act: Callable[[], None]) -> None:
        """Do something as much later as a text takes for its next status; while time stands still, never."""
        with self._lock:
            if self._worker is not None:
                self._worker.after(STEP, act)

    def hold(self, seconds: float) -> None:
        """Wait so long, or until `close`."""
        self._released.wait(seconds)

    def _later(self, sid: str, more: float = 0) -> None:
        if self._worker is not None:
            self._worker.after(STEP + more, lambda: self._step_and_report(sid))

    def _step_and_report(self, sid: str) -> None:
        for callback in self.step(sid):
            self._report(callback)
        with self._lock:
            if sid in self._journeys:
                self._later(sid)
