"""An admin changes who is on duty: what that comes to, in words, and what those it concerns are told."""

from collections.abc import Iterable, Sequence
from functools import partial

from bugglio.dialogue import stints
from bugglio.dialogue.stints import Stint
from bugglio.gsm import cut, to_gsm
from bugglio.roster import Engineer, Roster
from bugglio.schedule import Effect, effects, timetable


def effect_of(before: Roster, after: Roster, team: str, start: int, end: int) -> list[Effect]:
    """What changes between two rosters in a span of a team: whoever follows a rotation changes along with it."""
    old, new = (timetable(one, one.team(team)) for one in (before, after))
    return [one for name in before.team(team).rotations for one in effects(old, new, name, start, end)]


def sentence(roster: Roster, team: str, one: Effect, now: int, zone: str) -> str:
    """`Ben Ode is on for shop primary Mon 30 Nov 09:00 to 18:00 GMT instead of Ana Lima`."""
    whom = _name(roster, one.after) if one.after else "NOBODY"
    instead = f" instead of {_name(roster, one.before)}" if one.before else ", where nobody is"
    return f"{whom} is on for {team} {one.rotation} {stints.spanned(one.start, one.end, now, zone)}{instead}"


def notices(roster: Roster, team: str, changed: Sequence[Effect], by: Engineer, now: int) -> list[tuple[str, str]]:
    """Whom it concerns besides whoever did it (engineers' ids), and what they are told, by their own clocks."""
    people = dict.fromkeys(name for one in changed for name in (one.before, one.after) if name)
    concerned = [name for name in people if name != by.id and name in roster.engineers]
    return [(name, stints.fitted(partial(_notice, roster, team, changed, by, now, name))) for name in concerned]


def _notice(roster: Roster, team: str, changed: Iterable[Effect], by: Engineer, now: int, name: str, width: int) -> str:
    gained = [_stint(team, one) for one in changed if one.after == name]
    lost = [one for one in changed if one.before == name]
    zone, who = roster.zone_for(name, team) or "UTC", cut(to_gsm(by.name), width)
    if gained and not lost:
        return f"You are on for {stints.listed(gained, now, zone, width)}: {who} changed that."
    others = dict.fromkeys(one.after for one in lost)
    instead = cut(to_gsm(_name(roster, next(iter(others)))), width) if len(others) == 1 else "others"
    told = stints.listed([_stint(team, one) for one in lost], now, zone, width)
    if not gained:
        return f"You are off for {told}: {instead} is on. {who} changed that."
    alike = [(one.start, one.end) for one in gained] == [(one.start, one.end) for one in lost] and len(lost) == 1
    mine = gained[0].place(width) if alike else stints.listed(gained, now, zone, width)
    return f"You are on for {mine}, off for {told}: {who} changed that."


def _stint(team: str, one: Effect) -> Stint:
    return Stint(team, one.rotation, one.start, one.end, one.after)


def _name(roster: Roster, person: str | None) -> str:
    known = roster.engineers.get(person or "")
    return known.name if known is not None else (person or "nobody")
