"""
What people arranged themselves: overrides, who is quiet, what is muted.

One document holds all of it, for it is read with each roster.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from bugglio.pager.kit import Kit
from bugglio.pager.wellbeing.pulse import PULSE, turns_changed
from bugglio.roster import DAY, Book, Cover, Mute, Quiet, Roster
from bugglio.store import Document, Reading, Unreachable, Write
from bugglio.store.change import change
from bugglio.store.retry import retrying

Change = Callable[[tuple[Cover, ...]], tuple[Cover, ...]]
T = TypeVar("T")

PATH = "overrides/current"
KEPT_FOR = 90 * DAY
"""So long after its end an override is kept: calendars and figures look back ..."""
MOST = 2_500
"""... and so many are kept, the newest ones: the document holds no more."""
MOST_MUTES = 200
"""A text makes one: a thousand of them must not fill the document."""


@dataclass(frozen=True)
class Arranged:
    """What people arranged, the oldest first."""

    covers: tuple[Cover, ...] = ()
    quiets: tuple[Quiet, ...] = ()
    mutes: tuple[Mute, ...] = ()

    def without(self, ids: Collection[str]) -> "Arranged":
        """What is left when those of these ids are taken back."""
        return Arranged(
            tuple(one for one in self.covers if one.id not in ids),
            tuple(one for one in self.quiets if one.id not in ids),
            tuple(one for one in self.mutes if one.id not in ids),
        )

    def along_with(self, other: "Arranged", now: int) -> "Arranged":
        """Both, as far as they are kept at this moment."""
        return Arranged(
            _lasting((*self.covers, *other.covers), now),
            tuple(one for one in (*self.quiets, *other.quiets) if one.until > now),
            tuple(one for one in (*self.mutes, *other.mutes) if one.until > now)[-MOST_MUTES:],
        )


def arranged_in(reading: Reading) -> Arranged:
    """All of it. Raises `Unreachable` when it cannot be understood."""
    return Arranged(
        covers_in(reading), _read(reading, "quiets", tuple[Quiet, ...]), _read(reading, "mutes", tuple[Mute, ...])
    )


def covers_in(reading: Reading) -> tuple[Cover, ...]:
    """The overrides that were read, oldest first. Raises `Unreachable` when they cannot be understood."""
    return _read(reading, "covers", tuple[Cover, ...])


def _read(reading: Reading, field: str, kind: type[tuple[T, ...]]) -> tuple[T, ...]:
    found = reading.get(PATH)
    text = found.fields.get(field) if found is not None else None
    try:
        return msgspec.json.decode(text, type=kind) if text else ()
    except msgspec.MsgspecError as error:
        raise Unreachable(f"{PATH} cannot be read: {error}") from None


def kept(found: Document | None, covers: tuple[Cover, ...]) -> Write:
    """The write that leaves these overrides, on condition that nobody changed them since they were read."""
    return change(PATH, found, {"v": 1, "covers": _packed(covers)})


def all_kept(found: Document | None, all_of_it: Arranged) -> Write:
    """The write that leaves all this, on the same condition."""
    fields = {name: _packed(getattr(all_of_it, name)) for name in ("covers", "quiets", "mutes")}
    return change(PATH, found, {"v": 1, **fields})


def _packed(some: tuple[object, ...]) -> str | None:
    return msgspec.json.encode(some).decode() if some else None


def roster_with(roster: Roster, reading: Reading) -> Roster:
    """The roster with what people have arranged, as far as it was read now; the rest may be some seconds old."""
    if reading.get(PATH) is None:
        return roster
    found = arranged_in(reading)
    if (found.covers, found.quiets, found.mutes) == (roster.covers, roster.quiets, roster.mutes):
        return roster
    book = Book(dict(roster.engineers), dict(roster.teams))
    standing = tuple(cover for cover in found.covers if not dangling(cover, book))
    return replace(roster, covers=standing, quiets=found.quiets, mutes=found.mutes)


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
        reading = self._kit.store.get([PATH, PULSE])
        lasting = _lasting(work(covers_in(reading)), reading.at)
        self._kit.store.commit([kept(reading.get(PATH), lasting), *turns_changed(reading)])


def _lasting(covers: tuple[Cover, ...], now: int) -> tuple[Cover, ...]:
    """The overrides that are kept still."""
    return tuple(one for one in covers if one.end + KEPT_FOR > now)[-MOST:]


def _without(covers: tuple[Cover, ...], key: str) -> tuple[Cover, ...]:
    return tuple(one for one in covers if one.id != key)
