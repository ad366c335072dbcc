"""The overrides that people made themselves: one document holds them all, for they are read with each roster."""

from collections.abc import Callable

import msgspec

from bugglio.pager.kit import Kit
from bugglio.roster import DAY, Book, Cover
from bugglio.store import Document, Reading, Unreachable, Write
from bugglio.store.change import change
from bugglio.store.retry import retrying

Change = Callable[[tuple[Cover, ...]], tuple[Cover, ...]]

PATH = "overrides/current"
KEPT_FOR = 90 * DAY
"""So long after its end an override is kept: calendars and figures look back ..."""
MOST = 2_500
"""... and so many are kept, the newest ones: the document holds no more."""


def covers_in(reading: Reading) -> tuple[Cover, ...]:
    """The overrides that were read, oldest first. Raises `Unreachable` when they cannot be understood."""
    found = reading.get(PATH)
    text = found.fields.get("covers") if found is not None else None
    try:
        return msgspec.json.decode(text, type=tuple[Cover, ...]) if text else ()
    except msgspec.MsgspecError as error:
        raise Unreachable(f"{PATH} cannot be read: {error}") from None


def kept(found: Document | None, covers: tuple[Cover, ...]) -> Write:
    """The write that leaves these overrides, on condition that nobody changed them since they were read."""
    return change(PATH, found, {"v": 1, "covers": msgspec.json.encode(covers).decode() if covers else None})


def dangling(cover: Cover, book: Book) -> str:
    """What this override refers to and the book has no longer; empty if it has all of it."""
    if cover.team not in book.teams:
        return f"team {cover.team}"
    if cover.rotation and cover.rotation not in book.teams[cover.team].rotations:
        return f"rotation {cover.rotation} of {cover.team}"
    if cover.engineer is not None and cover.engineer not in book.engineers:
        return f"engineer {cover.engineer}"
    return ""


class Covers:
    """Adds and removes overrides."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def add(self, cover: Cover) -> None:
        """Keep one more; one with the same id gives way to it."""
        self._change(lambda covers: (*_without(covers, cover.id), cover))

    def remove(self, key: str) -> None:
        """Take one back; one that is not there is no fault."""
        self._change(lambda covers: _without(covers, key))

    def _change(self, work: Change) -> None:
        retrying(lambda: self._once(work))

    def _once(self, work: Change) -> None:
        reading = self._kit.store.get([PATH])
        lasting = tuple(one for one in work(covers_in(reading)) if one.end + KEPT_FOR > reading.at)
        self._kit.store.commit([kept(reading.get(PATH), lasting[-MOST:])])


def _without(covers: tuple[Cover, ...], key: str) -> tuple[Cover, ...]:
    return tuple(one for one in covers if one.id != key)
