"""A team's coming days, and how they are told."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256

import msgspec

from bugglio.roster import ON_DUTY, Roster, Step, Team
from bugglio.schedule import Shift, Timetable, timetable
from bugglio.zones import zone_of


@dataclass(frozen=True)
class Worry:
    """Something that will go wrong unless somebody mends it."""

    team: str
    kind: str
    """`gap`, `alone`, `unverified`, `unreachable` or `clock`."""
    key: str
    """The same tomorrow for the same matter."""
    text: str
    """One plain sentence."""
    at: int
    """When it begins, in milliseconds; now if it is so already."""
    parts: tuple[str, ...] = ()
    """The keys of several matters that are told as one."""

    @property
    def matters(self) -> tuple[str, ...]:
        """The keys of all that it tells: who was told of each of them was told of it."""
        return self.parts or (self.key,)


@dataclass(frozen=True)
class Outlook:
    """A team from `start` to `end`, in milliseconds."""

    roster: Roster
    team: Team
    start: int
    end: int
    _shifts: dict[str, list[Shift]] = field(default_factory=dict, init=False, compare=False, repr=False)

    @cached_property
    def table(self) -> Timetable:
        """Who is on duty."""
        return timetable(self.roster, self.team)

    @cached_property
    def planned(self) -> "Outlook":
        """The same team without any override."""
        if not self.team.overrides and all(cover.team != self.team.id for cover in self.roster.covers):
            return self
        bare = msgspec.structs.replace(self.team, overrides=())
        return Outlook(Roster(self.roster.engineers, {bare.id: bare}), bare, self.start, self.end)

    def shifts(self, rotation: str) -> list[Shift]:
        """The shifts and gaps of a rotation, cut to these days."""
        if rotation not in self._shifts:
            self._shifts[rotation] = list(self.table.shifts(rotation, self.start, self.end))
        return self._shifts[rotation]

    def rotations(self, *steps: Step) -> list[str]:
        """The rotations that steps name."""
        return [name for name in _names(steps) if name in self.team.rotations]

    def people(self, *steps: Step) -> list[str]:
        """The engineers whom steps name themselves."""
        named = (self.roster.last_resort if name == ON_DUTY else name for name in _names(steps))
        return [name for name in named if name not in self.team.rotations and name in self.roster.engineers]

    def leader(self, rotation: str) -> str:
        """The rotation whose hours and zone one keeps: itself, or the one that it follows."""
        return self.team.rotations[rotation].next_of or rotation

    def clock(self, rotation: str = "") -> "Clock":
        """The clock of one of its rotations, or of the team."""
        kept = self.team.rotations.get(self.leader(rotation)) if rotation else None
        return Clock((kept.timezone if kept else "") or self.team.timezone, self.start)


@dataclass(frozen=True)
class Clock:
    """Says instants as people in a zone do."""

    timezone: str
    now: int

    def day(self, at: int) -> str:
        """`29 Nov`, with the year if that is another one."""
        when, today = self._shown(at), self._shown(self.now)
        return f"{when.day} {when:%b}" if when.year == today.year else f"{when.day} {when:%b} {when.year}"

    def moment(self, at: int) -> str:
        """`Sat 29 Nov 18:00`."""
        return f"{self._shown(at):%a} {self.day(at)} {self.time(at)}"

    def time(self, at: int) -> str:
        """`18:00`."""
        return f"{self._shown(at):%H:%M}"

    def span(self, start: int, end: int) -> str:
        """`Sat 29 Nov 18:00 to Mon 1 Dec 09:00`; of one day, the day once."""
        same = self._shown(start).date() == self._shown(end).date()
        return f"{self.moment(start)} to {self.time(end) if same else self.moment(end)}"

    def _shown(self, at: int) -> datetime:
        return datetime.fromtimestamp(at / 1000, zone_of(self.timezone))


def short(text: str) -> str:
    """A text as part of a key: a long one is known by its hash."""
    return text if len(text) <= 60 else sha256(text.encode()).hexdigest()[:16]


def _names(steps: tuple[Step, ...]) -> dict[str, None]:
    return dict.fromkeys(name for step in steps for name in step.page)
