"""Who is on duty: the words `who` and `shifts`."""

from collections.abc import Sequence

from bugglio import when
from bugglio.answers import LIST_ROOM
from bugglio.crew import crew_of
from bugglio.dialogue import stints
from bugglio.dialogue.scene import Reply, Scene
from bugglio.dialogue.stints import WIDTH
from bugglio.grammar import Command
from bugglio.gsm import cut, septets, to_gsm
from bugglio.phone import Phone
from bugglio.schedule import timetable

SHIFTS = 5
"""So many shifts are told."""


def who(command: Command, scene: Scene, phone: Phone) -> Reply:
    """Per team of theirs and rotation: who, until when, and who is next. `who shop`: of that team, theirs or not."""
    wanted = command.rest.casefold()
    if wanted and wanted not in scene.roster.teams:
        return Reply(f"No team is called {command.rest}. {_teams(list(scene.roster.teams))}", phone)
    teams = [wanted] if wanted else [team for team in scene.roster.teams_of(scene.who.id) if team in scene.roster.teams]
    if not teams:
        return Reply(f"You are in no team. {_teams(list(scene.roster.teams))}", phone)
    return Reply(_told([(team, line) for team in teams for line in _lines(team, scene)]), phone)


def _teams(teams: Sequence[str]) -> str:
    return f"Teams: {', '.join(teams[:5])}." if teams else "There are no teams."


def _lines(team_id: str, scene: Scene) -> list[str]:
    team = scene.roster.team(team_id)
    if team.rotations:
        return [_line(team_id, rotation, scene) for rotation in team.rotations]
    first = crew_of(scene.roster, team_id).first(scene.now)
    paged = ", ".join(person(name, scene) for name in first) or person(scene.roster.last_resort, scene)
    return [f"{cut(to_gsm(team_id), WIDTH)}: {paged}"]


def _line(team_id: str, rotation: str, scene: Scene) -> str:
    table = timetable(scene.roster, scene.roster.team(team_id))
    shift, following = table.shift(rotation, scene.now), table.following(rotation, scene.now)
    place = stints.Stint(team_id, rotation, 0, 0).place()
    until = f" until {when.told(shift.end, scene.now, scene.zone_in(team_id))}" if shift.end is not None else ""
    then = f", then {person(following.engineer, scene)}" if following is not None and following.engineer else ""
    return f"{place}: {person(shift.engineer, scene) if shift.engineer else 'NOBODY'}{until}{then}"


def _told(lines: Sequence[tuple[str, str]]) -> str:
    """As many lines as two segments hold, and how to ask for the others."""
    text = ""
    for number, (team, line) in enumerate(lines):
        longer = f"{text}; {line}" if text else line
        end = "" if number + 1 == len(lines) else f". More: who {team}"
        if text and septets(longer + end) > LIST_ROOM:
            return f"{text}. More: who {team}"
        text = longer
    return text


def shifts(command: Command, scene: Scene, phone: Phone) -> Reply:  # noqa: ARG001 - every word is asked alike
    """The next shifts of whoever asks, by their own clock."""
    found = stints.coming(scene.roster, scene.who.id, scene.roster.teams, scene.now, SHIFTS)
    if not found:
        return Reply("You have no shift in the next year.", phone)
    told = "; ".join(one.told(scene.now, scene.zone_in(one.team)) for one in found)
    return Reply(f"Your shifts: {told}", phone)


def person(name: str | None, scene: Scene) -> str:
    """Somebody as whoever is answered is told of them."""
    if name == scene.who.id:
        return "you"
    known = scene.roster.engineers.get(name or "")
    return cut(to_gsm(known.name if known is not None else name or "nobody"), 30)
