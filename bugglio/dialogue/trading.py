"""Duty changes hands: the words `take` and `off`, and what of them is told to others."""

from collections.abc import Iterable, Sequence
from functools import partial

import msgspec

from bugglio import answers, silence, when
from bugglio import phone as phones
from bugglio.deeds import TEXT
from bugglio.dialogue import stints
from bugglio.dialogue.duty import person
from bugglio.dialogue.scene import Reply, Scene
from bugglio.dialogue.stints import Stint
from bugglio.grammar import Command, parted
from bugglio.gsm import cut, to_gsm
from bugglio.phone import Changed, Phone
from bugglio.roster import Cover, Team

MOST = 20
"""So many parts of shifts change hands by one text."""
TOO_MANY = f"Nothing changed: you have over {MOST} shifts then, too many for one text."
NO_SHIFT = "Nothing changed: you are not on duty then."


def take(command: Command, scene: Scene, phone: Phone) -> Reply:
    """Whoever texts is on duty in the rotation of step 1 instead."""
    name, time = parted(command.rest, tuple(scene.roster.teams))
    team = _team(name, time, scene)
    if isinstance(team, str):
        return Reply(team, phone)
    rotation = rotation_of_step_one(team)
    if not rotation:
        return Reply(f"Nothing changed: step 1 of {team.id} names no rotation.", phone)
    zone = scene.zone_in(team.id)
    span = when.span(time, scene.now, zone)
    if isinstance(span, when.Unclear):
        return Reply(span.question, phone)
    wanted = Stint(team.id, rotation, span.start, span.end, scene.who.id)
    before = list(stints.stints(scene.roster, team.id, rotation, span.start, span.end))
    if all(one.engineer == scene.who.id for one in before):
        told = stints.spanned(span.start, span.end, scene.now, zone)
        return Reply(f"Nothing changed: you are on for {wanted.place()} {told} already.", phone)
    return handed([wanted], before, "take", scene, phone)


def rotation_of_step_one(team: Team) -> str:
    """The first rotation that step 1 names; empty if it names none."""
    return next((one for one in (team.steps[0].page if team.steps else ()) if one in team.rotations), "")


def _team(name: str, time: str, scene: Scene) -> Team | str:
    """The team that is meant, or what to say."""
    roster = scene.roster
    theirs = [one for one in roster.teams_of(scene.who.id) if one in roster.teams]
    if name:
        wanted = name.casefold()
        if wanted in theirs:
            return roster.team(wanted)
        known = f"{name} is no team of yours" if wanted in roster.teams else f"no team is called {name}"
        return f"Nothing changed: {known}. Yours: {', '.join(theirs[:5]) or 'none'}."
    mine = [one for one in theirs if scene.who.id in silence.members(roster, roster.team(one), scene.now)] or theirs
    if len(mine) == 1:
        return roster.team(mine[0])
    if not mine:
        return "Nothing changed: you are in no team."
    return f"Nothing changed: say take {mine[0]} {time or '2h'}. Your teams: {', '.join(mine[:5])}."


def off(command: Command, scene: Scene, phone: Phone) -> Reply:
    """Whoever texts is not on duty: the next in the rotation who can be reached is."""
    name, time = parted(command.rest, tuple(scene.roster.teams))
    span = when.span(time, scene.now, scene.zone)
    if isinstance(span, when.Unclear):
        return Reply(span.question, phone)
    if name and name.casefold() not in scene.roster.teams:
        return Reply(f"Nothing changed: no team is called {name}.", phone)
    teams = [name.casefold()] if name else list(scene.roster.teams)
    mine = stints.own(scene.roster, scene.who.id, teams, span.start, span.end)
    if not mine or len(mine) > MOST:
        return Reply(TOO_MANY if mine else NO_SHIFT, phone)
    given: list[Stint] = []
    for one in mine:
        follower = _follower(one, scene)
        if not follower.engineer:
            return Reply(_nobody(one, time, scene), phone)
        given.append(follower)
    return handed(given, mine, "off", scene, phone)


def _follower(mine: Stint, scene: Scene) -> Stint:
    """The stint as it is the next one's who can be reached; nobody's if there is none."""
    people = [one for one in _after(mine, scene) if not unreachable(one, scene)]
    return Stint(mine.team, mine.rotation, mine.start, mine.end, people[0] if people else None)


def _after(mine: Stint, scene: Scene) -> list[str]:
    """Who follows in the rotation, in that order. Whoever the rotation that it follows names is on duty anyway."""
    team, me = scene.roster.team(mine.team), scene.who.id
    rotation = team.rotations[mine.rotation]
    leader = team.rotations.get(rotation.next_of, rotation)
    turns = list(leader.engineers)
    at = turns.index(me) + 1 if me in turns else _place(turns, mine, scene)
    busy: set[str | None] = {me}
    if leader is not rotation:
        busy |= {one.engineer for one in stints.stints(scene.roster, team.id, leader.id, mine.start, mine.end)}
    return [one for one in dict.fromkeys(turns[at:] + turns[:at]) if one not in busy and one in scene.roster.engineers]


def _place(turns: Sequence[str], mine: Stint, scene: Scene) -> int:
    """Where among these engineers the order begins for somebody who is none of them."""
    later = (one.engineer for one in stints.stints(scene.roster, mine.team, mine.rotation, mine.end, mine.end + 1))
    return next((turns.index(one) for one in later if one in turns), 0)


def unreachable(name: str, scene: Scene) -> str:
    """Why somebody cannot be reached, as far as is known; empty if they can."""
    return phones.unreachable(scene.known[name], scene.now) if name in scene.known else ""


def _nobody(mine: Stint, time: str, scene: Scene) -> str:
    people = silence.members(scene.roster, scene.roster.team(mine.team), scene.now) - {scene.who.id}
    ask = f"ask somebody with cover {min(people, default='ben')} {time}"
    if _after(mine, scene):
        return f"Nothing changed. Nobody who follows you in {mine.rotation} can be reached: {ask}"
    return f"Nothing changed. Nobody follows you in {mine.rotation}: {ask}"


def handed(after: Sequence[Stint], before: Iterable[Stint], verb: str, scene: Scene, phone: Phone) -> Reply:
    """These stints are as they are told here from now on; everybody whom that concerns is told, each once."""
    made = tuple(_cover(number, one, scene) for number, one in enumerate(after))
    relieved = [one for one in before if one.engineer not in (None, *(other.engineer for other in after))]
    phone = msgspec.structs.replace(
        phone, changed=Changed(at=scene.now, verb=verb, covers=tuple(one.id for one in made))
    )
    tail = f" {answers.left(scene.left())}" if scene.how == TEXT else ""
    said = f"{_said(after, relieved, scene)}.{tail}"
    return Reply(said, phone, covers=made, tells=_tells(after, relieved, scene))


def _cover(number: int, one: Stint, scene: Scene) -> Cover:
    return Cover(
        f"{scene.id}.{number}", one.team, one.rotation, one.start, one.end, one.engineer, scene.now, scene.who.id
    )


def _said(after: Sequence[Stint], relieved: Sequence[Stint], scene: Scene) -> str:
    """What it comes to, for whoever texted."""
    mine = [one for one in after if one.engineer == scene.who.id]
    if not mine:
        told = [f"{one.told(scene.now, scene.zone_in(one.team))}: {person(one.engineer, scene)} is on" for one in after]
        return f"You are off for {stints.series(told)}"
    names = ", ".join(dict.fromkeys(person(one.engineer, scene) for one in relieved))
    instead = f" instead of {names}" if names else ""
    return f"You are on for {stints.series([_named(one, scene) for one in mine])}{instead}"


def _named(one: Stint, scene: Scene) -> str:
    """A stint of one's own; of the rotation that step 1 names, the team is enough."""
    first = rotation_of_step_one(scene.roster.team(one.team)) == one.rotation
    return Stint(one.team, "" if first else one.rotation, one.start, one.end).told(scene.now, scene.zone_in(one.team))


def _tells(after: Sequence[Stint], relieved: Sequence[Stint], scene: Scene) -> tuple[tuple[str, str], ...]:
    """Whom it concerns besides whoever texted, and what they are told, by their own clocks."""
    told: dict[str, str] = {}
    for name, some in _others(relieved, scene).items():
        told[name] = stints.fitted(partial(_relieved, some, name, scene))
    for name, some in _others(after, scene).items():
        told[name] = stints.fitted(partial(_on, some, name, scene))
    return tuple(told.items())


def _others(some: Sequence[Stint], scene: Scene) -> dict[str, list[Stint]]:
    found: dict[str, list[Stint]] = {}
    for one in some:
        if one.engineer and one.engineer != scene.who.id and one.engineer in scene.roster.engineers:
            found.setdefault(one.engineer, []).append(one)
    return found


def _relieved(some: Sequence[Stint], name: str, scene: Scene, width: int) -> str:
    me = cut(to_gsm(scene.who.name), width)
    return f"{me} is on for {listed_for(some, name, scene, width)} instead of you."


def _on(some: Sequence[Stint], name: str, scene: Scene, width: int) -> str:
    me = cut(to_gsm(scene.who.name), width)
    return f"You are on for {listed_for(some, name, scene, width)}: {me} is off."


def listed_for(some: Sequence[Stint], name: str, scene: Scene, width: int) -> str:
    """Stints by the clock of somebody else."""
    return stints.listed(some, scene.now, scene.roster.zone_for(name, some[0].team) or "UTC", width)
