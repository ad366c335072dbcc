"""Who changed the roster, when, and what: one kept document for each of its versions."""

from dataclasses import dataclass

from bugglio.store import Store

SOME = 20
"""So many are read at a time."""


@dataclass(frozen=True)
class Revision:
    """One change of the roster."""

    version: int
    at: int
    """In milliseconds."""
    who: str
    """An engineer's id; of `apply`, whoever ran it."""
    how: str
    what: tuple[str, ...]


def path(version: int) -> str:
    """Where the change that made this version is told."""
    return f"changes/{version:08d}"


def revisions(store: Store, newest: int, beyond: int = 0, most: int = SOME) -> list[Revision]:
    """The changes that made the versions up to `newest`, that one first, and none up to `beyond`; at most so many."""
    wanted = range(newest, max(beyond, newest - most, 0), -1)
    reading = store.get([path(version) for version in wanted]) if wanted else None
    found = [(version, reading.get(path(version))) for version in wanted] if reading is not None else []
    return [
        Revision(
            version=version,
            at=int(one.fields.get("at", 0)),
            who=str(one.fields.get("who", "")),
            how=str(one.fields.get("how", "")),
            what=tuple(map(str, one.fields.get("what") or ())),
        )
        for version, one in found
        if one is not None
    ]
