"""Who is on duty now and next, team by team."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bugglio.admin.offhours import is_off
from bugglio.crew import crew_of
from bugglio.roster import ON_DUTY, Roster, Team
from bugglio.schedule import timetable

PAGE = 20
"""So many teams are shown at once, besides the viewer's own."""
FEW = 12
"""So few are shown without being asked for."""


@dataclass(frozen=True)
class Turn:
    """A rotation at one instant; or whom a step names itself."""

    what: str
    people: tuple[str, ...]
    """Nobody: there is a gap, or it names nobody at all."""
    until: int | None = None
    then: str | None = None
    """Who is next ..."""
    at: int | None = None
    """... and from when, where nobody is on duty in between."""
    off: bool = False
    """Nobody, as it is outside the rotation's hours."""


@dataclass(frozen=True)
class TeamDuty:
    """A team at one instant."""

    id: str
    turns: tuple[Turn, ...]
    covered: bool
    """Whether its first step pages anybody; else the last resort is left."""


@dataclass(frozen=True)
class Board:
    """The teams that are shown."""

    own: Sequence[TeamDuty]
    others: Sequence[TeamDuty]
    count: int
    """Of all teams."""
    left: int = 0
    """So many more that fit ..."""
    last: str = ""
    """... follow after this one."""

    @property
    def is_small(self) -> bool:
        """Whether all fit on one screen."""
        return self.count <= FEW


def board(roster: Roster, mine: Sequence[str], now: int, words: str = "", after: str = "") -> Board:
    """The viewer's own teams first; of many others those whose ids hold these words, some at a time."""
    teams, fitting = sorted(roster.teams), words.casefold().strip()
    own = [team for team in mine if team in roster.teams and not fitting][:PAGE]
    left = [team for team in teams if fitting in team.casefold() and team not in own and team > after]
    own, shown = own if not after else [], left[:PAGE]
    told = [[_team(roster, one, now) for one in some] for some in (own, shown)]
    return Board(told[0], told[1], count=len(teams), left=len(left) - len(shown), last=shown[-1] if shown else "")


def next_people(roster: Roster, teams: Sequence[str], now: int) -> Iterator[str]:
    """Who is next in these teams' rotations."""
    for team in teams[:PAGE]:
        for name in roster.team(team).rotations:
            following = timetable(roster, roster.team(team)).following(name, now)
            if following is not None and following.engineer:
                yield following.engineer


def _team(roster: Roster, team_id: str, now: int) -> TeamDuty:
    team = roster.team(team_id)
    turns = (*(_turn(roster, team, name, now) for name in team.rotations), *_named(roster, team))
    return TeamDuty(team.id, turns, bool(crew_of(roster, team_id).first(now)))


def _turn(roster: Roster, team: Team, name: str, now: int) -> Turn:
    table = timetable(roster, team)
    shift, following = table.shift(name, now), table.following(name, now)
    people, off = (shift.engineer,) if shift.engineer else (), is_off(team, name, shift, now)
    if following is None or following.engineer is None:
        return Turn(name, people, shift.end, off=off)
    gap = following.start if following.start != shift.end else None
    return Turn(name, people, shift.end, following.engineer, gap, off)


def _named(roster: Roster, team: Team) -> Iterator[Turn]:
    """Engineers whom the steps name themselves."""
    for number, step in enumerate(team.steps, 1):
        people = tuple(roster.last_resort if one == ON_DUTY else one for one in step.page if one not in team.rotations)
        if people:
            yield Turn(f"step {number}", people)
