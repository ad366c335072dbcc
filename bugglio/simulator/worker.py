"""Real time: what is to happen later, done by threads when its moment has come."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


class Worker:
    """One thread that waits for moments and a few that do what is due, so that a slow door holds nothing up."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._hands = ThreadPoolExecutor(8, "simulator")
        threading.Thread(target=self._wait, name="simulator-clock", daemon=True).start()

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something in so many seconds; after `close` it is forgotten."""
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), act))
            self._changed.notify()

    def close(self) -> None:
        """Forget what is still to come."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _wait(self) -> None:
        while (act := self._next()) is not None:
            try:
                self._hands.submit(act)
            except RuntimeError:  # closed in between
                return

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._closed:
                left = self._due[0][0] - time.monotonic() if self._due else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(left)
            return None
