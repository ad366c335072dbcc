"""Who is on duty in a part of a rotation, and how that is told."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bugglio import when, wording
from bugglio.gsm import cut, septets, to_gsm
from bugglio.roster import DAY, Roster
from bugglio.schedule import timetable
from bugglio.times import LONGEST_STAMP

AHEAD = 366 * DAY
LOOKED_AT = 3_000
"""So many shifts of a rotation are looked at for somebody's own: hourly turns of four months."""
WIDTH = 20
"""To how many septets a name is cut; in a notice that would grow too long, to fewer and fewer."""
WIDTHS = (WIDTH, 16, 12, 9, 6)
NAMED = 3
"""So many are told in full where several were meant."""
ROOM = wording.ONE - len(LONGEST_STAMP)


@dataclass(frozen=True)
class Stint:
    """A span of a rotation in which one person, or nobody, is on duty. Milliseconds UTC, `end` is no longer in it."""

    team: str
    rotation: str
    start: int
    end: int
    engineer: str | None = None

    def place(self, width: int = WIDTH) -> str:
        """Team and rotation."""
        return " ".join(cut(to_gsm(name), width) for name in (self.team, self.rotation) if name)

    def told(self, now: int, zone: str, width: int = WIDTH) -> str:
        """All of it in full: `shop primary Fri 27 Nov 09:00 to 18:00 GMT`."""
        return f"{self.place(width)} {spanned(self.start, self.end, now, zone)}"


def spanned(start: int, end: int, now: int, zone: str) -> str:
    """A span in full: `until Fri 27 Nov 18:00 GMT` if it has begun, else `Fri 27 Nov 09:00 to 18:00 GMT`."""
    last = when.told(end, now, zone)
    if start <= now:
        return f"until {last}"
    first = when.told(start, now, zone)
    day, time, name = first.rsplit(" ", 2)
    end_day, end_time, end_name = last.rsplit(" ", 2)
    if name != end_name:
        return f"{first} to {last}"
    return f"{day} {time} to {end_time} {name}" if day == end_day else f"{day} {time} to {last}"


def stints(roster: Roster, team_id: str, rotation: str, start: int, end: int) -> Iterator[Stint]:
    """Who is on duty in a rotation from `start` to `end`, one after the other, gaps included."""
    for shift in timetable(roster, roster.team(team_id)).shifts(rotation, start, end):
        first = start if shift.start is None else shift.start
        last = end if shift.end is None else shift.end
        yield Stint(team_id, rotation, first, last, shift.engineer)


def own(roster: Roster, person: str, teams: Iterable[str], start: int, end: int) -> list[Stint]:
    """When somebody is on duty between two instants, in all rotations of these teams, by beginnings; parts joined."""
    found = [
        one for team, rotation in rotations(roster, teams) for one in _own(roster, person, team, rotation, start, end)
    ]
    return sorted(found, key=lambda one: (one.start, one.team, one.rotation))


def _own(roster: Roster, person: str, team: str, rotation: str, start: int, end: int) -> list[Stint]:
    found: list[Stint] = []
    for one in islice(stints(roster, team, rotation, start, end), LOOKED_AT):
        if one.engineer == person:
            joins = bool(found) and found[-1].end == one.start
            found.append(Stint(team, rotation, found.pop().start if joins else one.start, one.end, person))
    return found


def coming(roster: Roster, person: str, teams: Iterable[str], now: int, count: int) -> list[Stint]:
    """Somebody's present and next shifts in all rotations of these teams, so many at most, by their beginnings."""
    found: list[Stint] = []
    for team, rotation in rotations(roster, teams):
        some = islice(stints(roster, team, rotation, now, now + AHEAD), LOOKED_AT)
        found += islice((one for one in some if one.engineer == person), count)
    return sorted(found, key=lambda one: (one.start, one.team, one.rotation))[:count]


def rotations(roster: Roster, teams: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every rotation of these teams, with its team's id."""
    for team in teams:
        for rotation in roster.team(team).rotations:
            yield team, rotation


def series(told: Sequence[str]) -> str:
    """The first of these texts, and how many more there are."""
    more = f" and {len(told) - NAMED} more" if len(told) > NAMED else ""
    return f"{'; '.join(told[:NAMED])}{more}"


def listed(some: Sequence[Stint], now: int, zone: str, width: int = WIDTH) -> str:
    """The first of them in full, and how many more there are."""
    more = f" and {len(some) - 1} more" if len(some) > 1 else ""
    return f"{some[0].told(now, zone, width)}{more}"


def fitted(make: Callable[[int], str]) -> str:
    """What is made with names cut to a width, so that it is a notice of which nothing is cut off."""
    made = [make(width) for width in WIDTHS]
    return next((text for text in made if septets(to_gsm(text)) <= ROOM), made[-1])
