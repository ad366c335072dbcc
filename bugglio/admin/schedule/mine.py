"""Whose shifts come next, in which teams they are, and who could take a shift instead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from bugglio.admin.schedule.stretches import leader_of
from bugglio.dialogue.stints import AHEAD, LOOKED_AT, Stint, stints
from bugglio.roster import Roster, Rotation, Team

SHIFTS = 5
"""So many shifts of one's own are told."""


@dataclass(frozen=True)
class Candidate:
    """Somebody of a team who could take a shift."""

    id: str
    name: str
    busy: str
    """The rotation in which they are on duty then, or some of the time; empty: in none of the team's."""


def coming(roster: Roster, person: str, now: int, count: int = SHIFTS) -> list[Stint]:
    """Somebody's present and next shifts, by their beginnings. Rotations that never name them are not looked at."""
    found: list[Stint] = []
    covered = {(cover.team, cover.rotation) for cover in roster.covers if cover.engineer == person}
    for team in roster.teams_naming(person):
        for rotation in roster.team(team).rotations.values():
            if _may_name(person, roster.team(team), rotation, covered):
                some = islice(stints(roster, team, rotation.id, now, now + AHEAD), LOOKED_AT)
                found += islice((one for one in some if one.engineer == person), count)
    return sorted(found, key=lambda one: (one.start, one.team, one.rotation))[:count]


def _may_name(person: str, team: Team, rotation: Rotation, covered: Iterable[tuple[str, str]]) -> bool:
    planned = any(one.engineer == person and one.rotation in ("", rotation.id) for one in team.overrides)
    own = {(team.id, ""), (team.id, rotation.id)} & set(covered)
    return planned or bool(own) or person in leader_of(team, rotation).engineers


def candidates(roster: Roster, shift: Stint, but: str) -> Sequence[Candidate]:
    """Who of a team could take a shift, those first who are free then; all but one person."""
    team = roster.team(shift.team)
    busy: dict[str, str] = {}
    for rotation in team.rotations:
        for one in islice(stints(roster, team.id, rotation, shift.start, shift.end), LOOKED_AT):
            if one.engineer:
                busy.setdefault(one.engineer, rotation)
    people = [roster.engineers[one] for one in team.people if one != but and one in roster.engineers]
    found = [Candidate(one.id, one.name, busy.get(one.id, "")) for one in people]
    return sorted(found, key=lambda one: (bool(one.busy), one.name.casefold()))
