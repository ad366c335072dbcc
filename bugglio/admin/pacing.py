"""Answers that come at a fixed moment, so that nobody learns from their time what was found."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from flask import abort

from bugglio.pager.logins import telling

if TYPE_CHECKING:
    from bugglio.admin.office import Office

STRANGERS = 8
"""So many of them are waited for at the same time: each holds a thread, which other pages and doors need too."""
KNOWN = 8
"""The same of browsers in which somebody has logged in before: strangers cannot keep them out."""


class Pace:
    """Lets few in at a time, and lets them out at the next of the moments that lie so many seconds apart."""

    def __init__(self, office: "Office") -> None:
        """Nobody is in."""
        self._office = office
        self._rooms = {False: BoundedSemaphore(STRANGERS), True: BoundedSemaphore(KNOWN)}

    @contextmanager
    def of(self, seconds: float, *, known: bool) -> Iterator[None]:
        """What is done meanwhile ends at a moment that does not depend on it, if it returns: 503 where all is full."""
        room = self._rooms[known]
        if not room.acquire(blocking=False):
            telling.full()
            abort(503)
        try:
            began = self._office.kit.uptime()
            yield
            passed = self._office.kit.uptime() - began
            self._office.sleep(seconds - passed % seconds)
        finally:
            room.release()
