"""Admins change the turns: an override is put, or taken away, once it was told what that comes to."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from bugglio.dialogue import overriding as told
from bugglio.pager import covers, making
from bugglio.pager.covers import MOST, PATH
from bugglio.pager.kit import Kit
from bugglio.pager.reports import iso
from bugglio.pager.wellbeing.pulse import PULSE, turns_changed
from bugglio.roster import DAY, Book, Cover, Engineer, Roster
from bugglio.schedule import Effect
from bugglio.store import ABSENT, Reading, Unreachable, Write
from bugglio.store.retry import retrying

HOW = "override"
"""What `changes` says of how it was changed."""
CHANGES = "changes"
TURNS = "turns"
"""The field of `changes` by which those of a team's turns are found: `team|at`."""
LONGEST = 367 * DAY
"""Nothing is arranged for later."""
MOST_TOLD = 100
"""So many people are sent a notice of one change."""
LINES = 50
"""So many lines of what a change comes to are kept."""
SHOWN = 10
OVER = "That is over: the override has ended, or somebody has removed it."


class Refused(Exception):
    """The turns stay as they are, and why, in a sentence."""


@dataclass(frozen=True)
class Planned:
    """What a change would come to."""

    cover: Cover
    effects: tuple[Effect, ...]
    before: Roster
    after: Roster
    at: int
    """When that was found out, in the store's time."""

    @property
    def mark(self) -> str:
        """The same as long as it comes to the same, but for what passes meanwhile."""
        told = [(one.rotation, one.start if one.start > self.at else 0, one.end, one.after) for one in self.effects]
        was = [one.before for one in self.effects]
        return hashlib.sha256(repr((told, was)).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Change:
    """A change that was made."""

    at: int
    who: str
    what: tuple[str, ...]


Alter = Callable[[Roster, int], tuple[Cover, tuple[Cover, ...]]]
"""What is changed, and all overrides as they are then; may refuse."""


class Overriding:
    """Changes a team's turns."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def plan(self, cover: Cover) -> Planned:
        """What it would come to if this override were put. Raises `Refused`."""
        return _planned(self._roster(reading := self._read()), _put(cover), reading.at)

    def plan_removal(self, key: str) -> Planned:
        """What it would come to if an override were taken away. Raises `Refused`."""
        return _planned(self._roster(reading := self._read()), _removed(key), reading.at)

    def put(self, cover: Cover, by: Engineer, seen: str) -> Planned | None:
        """
        Make it so, if it still comes to what was `seen` (its mark), and tell those whom it concerns.

        Its id makes it one change however often it is asked for. None: it comes to something else by now, and
        nothing was changed. Raises `Refused`.
        """
        return self._made(f"{CHANGES}/{HOW}-{cover.id}", _put(cover), by, seen, "put")

    def remove(self, key: str, by: Engineer, seen: str) -> Planned | None:
        """Take an override away; otherwise as `put`."""
        return self._made(f"{CHANGES}/{HOW}-{key}-removed", _removed(key), by, seen, "removed")

    def latest(self, team: str) -> list[Change]:
        """The latest changes of a team's turns that admins made, the newest first."""
        found = self._kit.store.query(CHANGES, TURNS, start=f"{team}|", end=f"{team}}}", limit=SHOWN, descending=True)
        return [Change(one.fields["at"], one.fields["who"], tuple(one.fields["what"])) for one in found]

    def _made(self, path: str, alter: Alter, by: Engineer, seen: str, word: str) -> Planned | None:
        def once() -> Planned | None:
            return self._once(path, alter, by, seen, word)

        try:
            done = retrying(once)
        except Unreachable:
            # A reply may have been lost after its commit was applied; reading again tells.
            done = retrying(once)
        self._kit.forget_roster()
        return done

    def _once(self, path: str, alter: Alter, by: Engineer, seen: str, word: str) -> Planned | None:
        reading = self._read(path)
        roster = self._roster(reading)
        known = reading.get(path)
        if known is not None:
            cover = msgspec.json.decode(known.fields["cover"], type=Cover)
            return Planned(cover, (), roster, roster, reading.at)
        planned = _planned(roster, alter, reading.at)
        if planned.mark != seen:
            return None
        self._kit.store.commit(_writes(reading, path, planned, by, word))
        return planned

    def _read(self, *more: str) -> Reading:
        return self._kit.store.get([PATH, PULSE, *more])

    def _roster(self, reading: Reading) -> Roster:
        return covers.roster_with(self._kit.roster(), reading)


def _put(cover: Cover) -> Alter:
    def alter(roster: Roster, now: int) -> tuple[Cover, tuple[Cover, ...]]:
        gone = covers.dangling(cover, Book(dict(roster.engineers), dict(roster.teams)))
        if gone:
            raise Refused(f"Nothing was changed: there is no {gone}.")
        if cover.end <= now or cover.end <= cover.start:
            raise Refused("Nothing was changed: that is over.")
        if cover.end > now + LONGEST:
            raise Refused("Nothing was changed: that is more than a year away.")
        fresh = msgspec.structs.replace(cover, start=max(cover.start, now), made=now)
        lasting = tuple(one for one in roster.covers if one.end + covers.KEPT_FOR > now)
        if len(lasting) >= MOST:
            raise Refused(f"Nothing was changed: there are {MOST} overrides, which is all there is room for.")
        return fresh, (*lasting, fresh)

    return alter


def _removed(key: str) -> Alter:
    def alter(roster: Roster, now: int) -> tuple[Cover, tuple[Cover, ...]]:
        found = next((one for one in roster.covers if one.id == key), None)
        if found is None or found.end <= now:
            raise Refused(f"Nothing was changed. {OVER}")
        others = (one for one in roster.covers if one.id != key)
        if found.start >= now:
            return found, tuple(others)
        # What has passed stays as it was: figures and calendars look back.
        ended = msgspec.structs.replace(found, end=now)
        return found, tuple(ended if one.id == key else one for one in roster.covers)

    return alter


def _planned(roster: Roster, alter: Alter, now: int) -> Planned:
    cover, after = alter(roster, now)
    changed = replace(roster, covers=after)
    found = told.effect_of(roster, changed, cover.team, max(cover.start, now), cover.end)
    return Planned(cover, tuple(found), roster, changed, now)


def _writes(reading: Reading, path: str, planned: Planned, by: Engineer, word: str) -> list[Write]:
    cover, now = planned.cover, planned.at
    notices = told.notices(planned.after, cover.team, planned.effects, by, now)[:MOST_TOLD]
    pages = (making.tell(planned.after.engineers[name], f"{path} {name}", text, now) for name, text in notices)
    return [
        covers.kept(reading.get(PATH), planned.after.covers),
        *turns_changed(reading),
        Write(path, ABSENT, put=_told(planned, by, word)),
        *(making.new(key, page) for key, page in pages),
    ]


def _told(planned: Planned, by: Engineer, word: str) -> dict[str, object]:
    cover, now = planned.cover, planned.at
    where = f"{cover.team} {cover.rotation or '(all rotations)'}"
    first = f"override {word}: {cover.engineer or 'nobody'} for {where} from {iso(cover.start)} to {iso(cover.end)}"
    lines = [
        f"{one.rotation} from {iso(one.start)} to {iso(one.end)}: {one.before or 'nobody'} -> {one.after or 'nobody'}"
        for one in planned.effects[:LINES]
    ]
    more = [f"and {len(planned.effects) - LINES} more"] if len(planned.effects) > LINES else []
    return {
        "v": 1,
        "at": now,
        "who": by.id,
        "how": HOW,
        "what": [first, *lines, *more],
        TURNS: f"{cover.team}|{now:013d}",
        "cover": msgspec.json.encode(cover).decode(),
    }
