"""What a change of a team's turns would come to: an override more, or one less."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from bugglio.dialogue.overriding import effect_of
from bugglio.pager import covers
from bugglio.roster import DAY, Book, Cover, Roster
from bugglio.schedule import Effect

LONGEST = 367 * DAY
"""Nothing is arranged for later."""
OVER = "That is over: the override has ended, or somebody has removed it."


class Refused(Exception):
    """The turns stay as they are, and why, in a sentence."""


@dataclass(frozen=True)
class Planned:
    """What a change would come to."""

    cover: Cover
    effects: tuple[Effect, ...]
    after: Roster
    """With it."""
    kept: tuple[Cover, ...]
    """All overrides that are kept then."""
    at: int
    """When that was found out, in the store's time."""
    again: bool = False
    """It was done before."""

    @property
    def mark(self) -> str:
        """The same as long as it comes to the same, but for what passes meanwhile."""
        told = [(one.rotation, one.start if one.start > self.at else 0, one.end, one.after) for one in self.effects]
        was = [one.before for one in self.effects]
        return hashlib.sha256(repr((told, was)).encode()).hexdigest()[:24]


Alter = Callable[[Roster, tuple[Cover, ...], int], tuple[Cover, tuple[Cover, ...]]]
"""From all overrides that are kept: what is changed, and all of them as they are then; may refuse."""


def putting(cover: Cover) -> Alter:
    """One override more."""

    def alter(roster: Roster, kept: tuple[Cover, ...], now: int) -> tuple[Cover, tuple[Cover, ...]]:
        gone = covers.dangling(cover, _book(roster))
        if gone:
            raise Refused(f"Nothing was changed: there is no {gone}.")
        if cover.end <= now or cover.end <= cover.start:
            raise Refused("Nothing was changed: that is over.")
        if cover.end > now + LONGEST:
            raise Refused("Nothing was changed: that is more than a year away.")
        fresh = msgspec.structs.replace(cover, start=max(cover.start, now), made=now)
        lasting = tuple(one for one in kept if one.end + covers.KEPT_FOR > now)
        if len(lasting) >= covers.MOST:
            raise Refused(f"Nothing was changed: there are {len(lasting)} overrides, which is all there is room for.")
        return fresh, (*lasting, fresh)

    return alter


def removing(key: str) -> Alter:
    """One less; what has passed of it stays as it was, for figures and calendars look back."""

    def alter(_: Roster, kept: tuple[Cover, ...], now: int) -> tuple[Cover, tuple[Cover, ...]]:
        found = next((one for one in kept if one.id == key), None)
        if found is None or found.end <= now:
            raise Refused(f"Nothing was changed. {OVER}")
        if found.start >= now:
            return found, tuple(one for one in kept if one.id != key)
        ended = msgspec.structs.replace(found, end=now)
        return found, tuple(ended if one.id == key else one for one in kept)

    return alter


def planned(roster: Roster, kept: tuple[Cover, ...], alter: Alter, now: int) -> Planned:
    """
    What a change comes to, given all overrides that are kept.

    Those among them that refer to what this roster lacks are kept too: it may be some seconds old.
    """
    cover, after = alter(roster, kept, now)
    book = _book(roster)
    standing = tuple(one for one in after if not covers.dangling(one, book))
    changed = replace(roster, covers=standing)
    found = effect_of(roster, changed, cover.team, max(cover.start, now), cover.end)
    return Planned(cover, tuple(found), changed, after, now)


def _book(roster: Roster) -> Book:
    return Book(dict(roster.engineers), dict(roster.teams))
