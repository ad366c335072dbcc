"""The roster becomes another: what changes is told first, then one commit makes it so for everybody at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bugglio.pager import covers, departures, revisions
from bugglio.pager.departures import Departures
from bugglio.pager.kit import Kit
from bugglio.pager.leaving import left
from bugglio.pager.reports import between
from bugglio.pager.rosters import APPLIED, BOOK, book_in, packed, version_in
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.roster import Book, Cover, Override, Team
from bugglio.rosterfile import differences, write
from bugglio.store import ABSENT, Reading, StoreError, Unreachable, Write
from bugglio.store.change import change, changes
from bugglio.store.checks import size
from bugglio.store.retry import retrying

APPLY = "apply"
"""How the roster changes by the roster file; by anything else it changes otherwise."""
LARGEST = 960_000
"""Bytes that the book may take in its document, which ends at 1,000,000."""
LINES = 200
"""So many lines of what changed are kept ..."""
LINE = 300
"""... and so many characters of each."""


class Refused(Exception):
    """The roster stays as it is, and why, in a sentence."""


@dataclass(frozen=True)
class Planned:
    """What applying a book would change."""

    book: Book
    """As it would be kept."""
    version: int
    """Of the roster that it was compared with."""
    lines: tuple[str, ...]
    """What changes; empty: nothing does."""
    changed_since: tuple[str, ...]
    """What somebody changed otherwise since the latest `apply`."""


class Applying:
    """Changes the roster."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._departures = Departures(kit)

    def current(self) -> Book:
        """What is applied; nobody and nothing before the first time."""
        return book_in(self._kit.store.get([BOOK])) or Book()

    def standing(self) -> tuple[Book, int]:
        """What is applied, and its version."""
        reading = self._kit.store.get([BOOK])
        return book_in(reading) or Book(), version_in(reading)

    def plan(self, book: Book) -> Planned:
        """Compare a book with what is applied. Raises `Refused` when there is no room for it."""
        reading = self._kit.store.get([BOOK, APPLIED, covers.PATH])
        before = book_in(reading) or Book()
        after = _dated(before, book, reading.at)
        room = size({"book": packed(after)})
        if room > LARGEST:
            raise Refused(f"The roster takes {room} bytes where there is room for {LARGEST}; nothing was changed.")
        return Planned(after, version_in(reading), _lines(reading, before, after), _changed_since(reading, before))

    def apply(self, planned: Planned, who: str, how: str = APPLY) -> int:
        """
        Make it so, and do what follows for those who leave; returns the roster's version.

        Where nothing changes nothing is written. Raises `Refused` when the roster is no longer what it was compared
        with, `StoreError` when the store could not be asked: then it may be so all the same, and applying it again
        tells.
        """
        try:
            version = retrying(lambda: self._once(planned, who, how))
        except Unreachable:
            # A reply may have been lost after its commit was applied; reading again tells.
            version = retrying(lambda: self._once(planned, who, how))
        self._follow()
        return version

    def _follow(self) -> None:
        try:
            self._departures.follow()
        except StoreError as error:
            # It is applied, and the mark is there: the next tick does it.
            self._kit.alarm(error, "after a change of the roster")

    def _once(self, planned: Planned, who: str, how: str) -> int:
        reading = self._kit.store.get([BOOK, APPLIED, covers.PATH, PULSE])
        before, version = book_in(reading) or Book(), version_in(reading)
        if version == planned.version + 1 and before == planned.book:
            return version
        if version != planned.version:
            raise Refused(f"Somebody made it version {version} meanwhile; nothing was changed. Apply the file again.")
        writes = _writes(reading, before, planned, who, how)
        if writes:
            self._kit.store.commit(writes)
        return version + 1 if planned.lines else version


def _writes(reading: Reading, before: Book, planned: Planned, who: str, how: str) -> list[Write]:
    applied = _applied(reading, before, how)
    if not planned.lines:
        return applied
    version = planned.version + 1
    kept = {"v": 1, "version": version, "book": packed(planned.book)}
    gone = left(before, planned.book)
    return [
        change(BOOK, reading.get(BOOK), kept),
        Write(revisions.path(version), ABSENT, put=_told(planned.lines, version, reading.at, who, how)),
        *applied,
        *_covers(reading, planned.book),
        departures.mark(reading.get(PULSE), gone, version),
    ]


def _applied(reading: Reading, before: Book, how: str) -> list[Write]:
    """What is kept of the latest `apply` while the roster is another."""
    found = reading.get(APPLIED)
    if how == APPLY:
        return changes(APPLIED, found, {"book": None}) if found is not None else []
    if book_in(reading, APPLIED) is not None:
        return []
    return [change(APPLIED, found, {"v": 1, "book": packed(before)})]


def _told(lines: Sequence[str], version: int, now: int, who: str, how: str) -> dict[str, object]:
    more = [f"and {len(lines) - LINES} more"] if len(lines) > LINES else []
    what = [*(line[:LINE] for line in lines[:LINES]), *more]
    return {"v": 1, "at": now, "who": who, "how": how, "what": what, "version": version}


def _covers(reading: Reading, book: Book) -> list[Write]:
    """People's own overrides, without those that refer to what is gone."""
    found = reading.get(covers.PATH)
    before = covers.covers_in(reading)
    standing = tuple(one for one in before if not covers.dangling(one, book))
    return [covers.kept(found, standing)] if len(standing) < len(before) else []


def _lines(reading: Reading, before: Book, after: Book) -> tuple[str, ...]:
    if reading.get(BOOK) is not None and write(before) == write(after):
        return ()
    told = differences(before, after) or [_same(reading)]
    gone = [(one, covers.dangling(one, after)) for one in covers.covers_in(reading)]
    return (*told, *(_ended(cover, reason) for cover, reason in gone if reason))


def _same(reading: Reading) -> str:
    """What changes where the books mean the same."""
    return "the order of what is in it" if reading.get(BOOK) is not None else "nobody and nothing, for the first time"


def _ended(cover: Cover, reason: str) -> str:
    whom = cover.engineer or "nobody"
    what = f"{cover.team} {cover.rotation}".rstrip()
    return f"{whom}'s own override of {what} from {between(cover.start, cover.end)} ends: {reason} is gone"


def _changed_since(reading: Reading, before: Book) -> tuple[str, ...]:
    applied = book_in(reading, APPLIED)
    return tuple(differences(applied, before)) if applied is not None else ()


def _dated(before: Book, after: Book, now: int) -> Book:
    """The book with the moments at which its overrides were first applied."""
    teams = {name: _team_dated(before.teams.get(name), team, now) for name, team in after.teams.items()}
    return msgspec.structs.replace(after, teams=teams)


def _team_dated(before: Team | None, team: Team, now: int) -> Team:
    known = list(before.overrides) if before is not None else []
    return msgspec.structs.replace(team, overrides=tuple(_override_dated(known, one, now) for one in team.overrides))


def _override_dated(known: list[Override], fresh: Override, now: int) -> Override:
    """The override as it was kept, each of which serves once, or as one made now."""
    for one in known:
        if msgspec.structs.replace(one, made=fresh.made) == fresh:
            known.remove(one)
            return one
    return msgspec.structs.replace(fresh, made=now)
