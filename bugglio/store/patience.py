"""How long whoever asks a store can wait: a door that has to answer in time says so to every verb beneath it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

SHARE = 0.7
"""Of what is left a verb takes so much at most: after a commit that hung there must be time to read whether it was."""
LEAST = 0.05

_until: ContextVar[float | None] = ContextVar("bugglio_store_until", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """In this thread stores have so many seconds, all verbs together."""
    token = _until.set(monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


@contextmanager
def at_least(seconds: float) -> Iterator[None]:
    """In this thread stores have so many seconds, whatever is left of those that `within` has set."""
    until = _until.get()
    token = _until.set(None if until is None else max(until, monotonic() + seconds))
    try:
        yield
    finally:
        _until.reset(token)


def hurried() -> bool:
    """Whether `within` has set an end for this thread."""
    return _until.get() is not None


def left(most: float) -> float:
    """Seconds until the end of what `within` has set; `most` where it has set nothing, or something later."""
    until = _until.get()
    return most if until is None else min(most, until - monotonic())


def share(most: float) -> float:
    """Seconds that a verb may take, where it would take `most`."""
    return most if _until.get() is None else max(LEAST, min(most, SHARE * left(most / SHARE)))
