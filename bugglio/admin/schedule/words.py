"""Stretches of a schedule in words, by the clock of whoever looks."""

from collections.abc import Callable
from dataclasses import dataclass

from bugglio import when
from bugglio.admin.schedule.laid import Made
from bugglio.admin.schedule.stretches import GAP, OFF, Stretch, leader_of, zone_of_rotation
from bugglio.dialogue.stints import spanned
from bugglio.foresight.clocks import Turning
from bugglio.roster import HOUR, MINUTE, Roster, Rotation, Team
from bugglio.schedule.wall import WallClock, wall_time


@dataclass(frozen=True)
class Teller:
    """Tells what a roster holds at a moment, in a zone."""

    roster: Roster
    now: int
    zone: str

    def name(self, person: str | None) -> str:
        """Somebody's name; the id of whoever is gone."""
        known = self.roster.engineers.get(person or "")
        return known.name if known is not None else (person or "nobody")

    def span(self, start: int, end: int) -> str:
        """From when to when, in full, whether it has begun or not."""
        return spanned(start, end, min(self.now, start - 1), self.zone)

    def coming(self, start: int, end: int) -> str:
        """From when to when, or until when if it has begun."""
        return spanned(start, end, self.now, self.zone)

    def moment(self, at: int) -> str:
        """An instant in full."""
        return when.told(at, self.now, self.zone)

    def who(self, one: Stretch) -> str:
        """Who is on duty."""
        return {GAP: "NOBODY", OFF: "nobody, off hours"}.get(one.kind) or self.name(one.engineer)

    def override(self, made: Made) -> str:
        """What an override is, and whose."""
        if made.cover is None:
            return "override, planned in the roster"
        by = made.cover.by
        return f"override, made by {self.name(by)}" if by else "override"

    def in_row(self, team: Team, rotation: Rotation) -> Callable[[Stretch], str]:
        """What tells a stretch of this rotation in one sentence."""
        return lambda one: f"{self.who(one)}, {self.span(one.begins, one.ends)} ({self.why(one, team, rotation)})"

    def why(self, one: Stretch, team: Team, rotation: Rotation) -> str:
        """Why it is so: whose turn it is, or what changed that, or what is missing."""
        if one.made is not None:
            return self.override(one.made)
        leader = leader_of(team, rotation)
        if one.kind == OFF:
            return f"outside the hours of {leader.id}"
        if one.kind == GAP:
            return self._missing(one, team, rotation, leader)
        return "turn" if leader is rotation else f"next after {leader.id}"

    def _missing(self, one: Stretch, team: Team, rotation: Rotation, leader: Rotation) -> str:
        if not leader.engineers or leader.starts is None:
            return f"nobody takes turns in {leader.id}"
        first = WallClock(zone_of_rotation(team, rotation)).instant(wall_time(leader.starts))
        if one.start < first:
            return f"the first turn of {leader.id} begins {self.moment(first)}"
        return f"nobody follows in {leader.id}"

    def turning(self, one: Turning) -> str:
        """A change of clocks: `Europe/London: clocks go back 1 hour on Sun 25 Oct 01:00 GMT`."""
        much = abs(one.after - one.before)
        count, unit = (much // HOUR, "hour") if much % HOUR == 0 else (much // MINUTE, "minute")
        length = f"{count} {unit}" if count == 1 else f"{count} {unit}s"
        return f"{one.timezone}: clocks {way(one)} {length} on {self.moment(one.at)}"


def way(one: Turning) -> str:
    """Where the clocks go."""
    return "go forward" if one.after > one.before else "go back"


def city(zone: str) -> str:
    """A zone's name, shortest: `London`."""
    return zone.rpartition("/")[2].replace("_", " ")
