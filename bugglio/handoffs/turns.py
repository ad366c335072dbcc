"""The turns of a rotation that are handed over: those of a day or longer."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from bugglio.roster import DAY, HOUR, MINUTE, Roster, Team
from bugglio.schedule import Shift, Timetable, timetable
from bugglio.schedule.wall import WallClock

NIGHT, MORNING, EVENING = 21 * HOUR, 8 * HOUR, 18 * HOUR
"""On the reader's wall: what happens between the first two is told in the evening before."""
AGREED = 30 * MINUTE
"""Who made an override so shortly before it would be told, or later, has told everybody whom it concerns."""
LOOKED_AT = 100
"""So many shifts are looked at for the end of a turn."""


@dataclass(frozen=True)
class Turn:
    """A turn, or an override, of a day or longer, as far as it is not overridden for as long. Milliseconds UTC."""

    engineer: str
    """Empty: nobody, by an override."""
    start: int
    end: int
    over: int
    """Its end, were there no hours."""
    closed: bool = False
    """The rotation's hours leave nothing of it."""


@dataclass(frozen=True)
class Rota:
    """One rotation of a team."""

    roster: Roster
    team: Team
    id: str

    def turns(self, start: int, end: int) -> Iterator[Turn]:
        """The turns that touch [start, end), in order."""
        at: int | None = start
        while at is not None and at < end:
            shift = self._whole.shift(self.id, at)
            if (turn := self._turn(shift)) is not None:
                yield turn
            at = shift.end

    def until(self, turn: Turn) -> int | None:
        """The end of a turn, and of all those of the same person that follow; None: there is none in sight."""
        at: int | None = turn.over
        last, over = turn.end, turn.over
        for _ in range(LOOKED_AT):
            if at is None:
                return None
            shift = self._whole.shift(self.id, at)
            after = self._turn(shift)
            if after is not None and not after.closed and after.engineer != turn.engineer:
                return last
            if after is not None:
                last, over = last if after.closed else after.end, after.over
            elif at >= over + DAY:
                return last
            at = shift.end
        return None

    def told_at(self, turn: Turn, reader: str) -> int:
        """When this reader is told of it: when it begins, or in the evening before."""
        clock = WallClock(self.roster.zone_for(reader, self.team.id))
        wall = clock.furthest(turn.start)
        time = wall % DAY
        if MORNING <= time < NIGHT or not reader:
            return turn.start
        return clock.instant(wall - time + EVENING - (DAY if time < MORNING else 0))

    def agreed(self, turn: Turn, told_at: int) -> bool:
        """Whether somebody made it of late by an override of their own, so that those whom it concerns know."""
        return any(
            one.team == self.team.id
            and one.rotation in ("", self.id)
            and one.engineer == turn.engineer
            and one.start <= turn.start < one.end
            and one.made >= told_at - AGREED
            for one in self.roster.covers
        )

    @property
    def _whole(self) -> Timetable:
        """Its team's turns as if there were no hours."""
        if not any(rotation.hours for rotation in self.team.rotations.values()):
            return timetable(self.roster, self.team)
        key = f"{self.team.id} without hours"
        if key not in self.roster.memo:
            bare = {name: msgspec.structs.replace(one, hours=()) for name, one in self.team.rotations.items()}
            covers = [cover for cover in self.roster.covers if cover.team == self.team.id]
            self.roster.memo[key] = Timetable(msgspec.structs.replace(self.team, rotations=bare), covers)
        found: Timetable = self.roster.memo[key]
        return found

    def _turn(self, shift: Shift) -> Turn | None:
        """A shift, hours apart, as a turn; None: it is shorter than a day, or a gap."""
        if shift.start is None or shift.end is None or (shift.engineer is None and not shift.override):
            return None
        if self._whole.length(self.id, shift.start) < DAY:
            return None
        if shift.engineer is None:
            return Turn("", shift.start, shift.end, shift.end)
        return self._opened(shift.engineer, shift.start, shift.end)

    def _opened(self, engineer: str, start: int, end: int) -> Turn:
        """From when to when hours leave somebody on duty."""
        table = timetable(self.roster, self.team)
        first = table.shift(self.id, start)
        if first.engineer != engineer and first.end is not None and first.end < end:
            start, first = first.end, table.shift(self.id, first.end)
        if first.engineer != engineer:
            return Turn(engineer, start, end, end, closed=True)
        last = table.shift(self.id, end - 1)
        return Turn(engineer, start, end if last.engineer == engineer or last.start is None else last.start, end)
