"""
Changing alerts while events are being counted on them.

Counting is blind to other writers, so in a storm it would keep everybody else's commits from ever meeting an alert that
nobody has written since they read it. Whoever wants to change an alert and cannot leaves a mark on it, and those who
merely count wait a little until the change has been made, which takes the mark away.
"""

from collections.abc import Callable
from typing import TypeVar

from bugglio import alert as alerts
from bugglio.store import EXISTS, Document, Store, Write
from bugglio.store.port import MAX_WRITES
from bugglio.store.retry import retrying

T = TypeVar("T")

HOLDS = 2_000
"""A mark says something for so long, in milliseconds: whoever left it may be gone."""


def insisting(store: Store, work: Callable[[set[str]], T], *, deadline_seconds: float = 3.0) -> T:
    """
    What `work` answers, doing it again as long as it raises `Conflict`, as `retrying` does.

    `work` is handed a set, into which it puts the ids of the open alerts that it is about to change; from its second
    conflict on they are marked.
    """
    wanted: set[str] = set()
    return retrying(
        lambda: work(wanted), meanwhile=lambda: _mark(store, sorted(wanted)), deadline_seconds=deadline_seconds
    )


def is_wanted(document: Document | None, now: int) -> bool:
    """Whether somebody is trying to change this alert, so that those who count on it had better wait."""
    marked = document.fields.get(alerts.WANTED) if document is not None else None
    return isinstance(marked, int) and now - marked < HOLDS


def _mark(store: Store, keys: list[str]) -> None:
    for start in range(0, len(keys), MAX_WRITES):
        some = keys[start : start + MAX_WRITES]
        store.commit([Write(alerts.path(key), EXISTS, stamp=(alerts.WANTED,)) for key in some])
