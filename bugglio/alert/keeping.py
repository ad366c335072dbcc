"""How an alert is kept in the store, and how it is found there."""

import hashlib
from typing import Any

import msgspec

from bugglio.alert.record import Alert
from bugglio.alert.states import ANSWERED, RANKS, STANDS, UNRANKED, Place
from bugglio.document import document

WANTED = "wanted_at"
"""Field of the document alone: when somebody could not change the alert, for events were being counted on it."""


def alert_id(project: str, error: str, *, spike: bool = False) -> str:
    """The id under which an error's, or a project's spike's, one alert is kept."""
    name = f"{project}\n{'spike' if spike else 'error'}\n{error}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def path(key: str) -> str:
    """Where the alert with this id lies in the store."""
    return f"alerts/{key}"


def load(fields: Any) -> Alert:
    """An alert from its document; fields of a newer version are left alone."""
    return msgspec.convert(fields, Alert)


def dump(alert: Alert) -> dict[str, Any]:
    """An alert as a document, the sparse fields by which it is found included."""
    found = _as_open(alert) if alert.is_open else _as_closed(alert)
    return {**document(alert), "due_at": alert.due_at, **found, WANTED: None}


def _as_open(alert: Alert) -> dict[str, Any]:
    stands = in_state(STANDS[alert.stands], alert.opened)
    return {"open": in_line(alert.team, alert.place), "stands": stands, "open_since": alert.opened, "past": None}


def _as_closed(alert: Alert) -> dict[str, Any]:
    return {"open": None, "stands": None, "open_since": None, "past": in_past(alert.team, alert.closed_at or 0)}


def in_state(letter: str, opened: int) -> str:
    """The field `stands` of an open alert that stands so: all teams' are sorted by it, the oldest first."""
    return f"{letter}|{opened:015d}"


def stands_in(stands: str, since: int = 0, until: int | None = None) -> tuple[str, str]:
    """The range in which `stands` of what stands so lies, of what was opened in [since, until)."""
    letter = STANDS[stands]
    return in_state(letter, since), in_state(letter, until) if until is not None else f"{letter}|~"


def in_past(team: str, closed: int) -> str:
    """The field `past` of a team's closed alert."""
    return f"{team}|{closed:015d}"


def in_line(team: str, place: Place) -> str:
    """The field `open` of a team's alert at this place: sorted by it, they stand in the order of their places."""
    rank, opened, code = place
    begins = "" if rank == UNRANKED else RANKS[rank]
    return f"{team}|{begins}{opened:015d}.{code:09d}"


def span_of(team: str, first: int = 0, last: int = ANSWERED) -> tuple[str, str]:
    """The range in which `open` of a team's alerts of these ranks lies."""
    return f"{team}|{RANKS[first]}", f"{team}|{RANKS[last]}~"


def standing(field: str) -> tuple[str, Place]:
    """The team, and the place, that the field `open` tells of."""
    team, _, rest = field.partition("|")
    rank = RANKS.find(rest[:1])
    opened, _, code = rest[rank != UNRANKED :].partition(".")
    return team, (rank, int(opened), int(code or 0))
