"""The short numbers by which people name alerts."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from bugglio.roster import HOUR

REST = 72 * HOUR
"""A code is not given to another alert until its alert has been closed for so long: somebody may answer an old text."""

DRAWS = ((100, 999, 3), (1_000, 9_999, 1), (10_000, 99_999, 1))
"""Ranges of codes, each with how many candidates are drawn from it: three digits while there is room."""
CROWDED = ((1_000, 9_999, 1), (10_000, 99_999, 2), (100_000, 999_999, 2))
"""The same for whoever found all of the others taken."""


def path(code: int) -> str:
    """Where it is kept which alert a code names."""
    return f"codes/{code}"


def candidates(draw: random.Random, *, crowded: bool = False) -> list[int]:
    """Codes that may be free, the most wanted first; `crowded`: such a draw has just found none that is."""
    return [draw.randint(low, high) for low, high, times in (CROWDED if crowded else DRAWS) for _ in range(times)]


def is_free(fields: Mapping[str, Any] | None, alert: str, now: int) -> bool:
    """Whether a code with this document (or none) may be given to this alert."""
    if fields is None or fields.get("alert") == alert:
        return True
    closed = fields.get("closed_at")
    return isinstance(closed, int) and now - closed >= REST


def choose(
    wanted: Sequence[int], documents: Mapping[int, Mapping[str, Any] | None], alert: str, now: int
) -> int | None:
    """The first candidate that is free."""
    return next((code for code in wanted if is_free(documents.get(code), alert, now)), None)


def names(alert: str, closed_at: int | None) -> dict[str, Any]:
    """What a code's document says of the alert that it names."""
    return {"v": 1, "alert": alert, "closed_at": closed_at}
