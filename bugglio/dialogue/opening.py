"""An alert that somebody opens by hand: `page shop checkout is down`."""

from collections.abc import Sequence
from difflib import get_close_matches

import msgspec

from bugglio import alert as alerts
from bugglio import answers, deeds, escalation
from bugglio import phone as phones
from bugglio.alert import MANUAL, Alert, Entry
from bugglio.crew import crew_of
from bugglio.dialogue.misunderstood import did_you_mean
from bugglio.dialogue.scene import Reply, Scene
from bugglio.grammar import Command
from bugglio.phone import Changed, Phone
from bugglio.roster import UNOWNED, Roster

NAMED = 5
"""So many teams are named one by one."""


def alert_id(text: str) -> str:
    """The id of the alert that the text of this id opens."""
    return alerts.alert_id("by hand", text)


def addressed(rest: str, roster: Roster) -> tuple[str, str]:
    """The team that is meant (empty: none was named, and there are several), and what is said to be wrong."""
    first, _, after = rest.partition(" ")
    name = first.strip(":,;.").casefold()
    if name in roster.teams:
        return name, after.strip()
    teams = tuple(roster.teams) or (UNOWNED.id,)
    return (teams[0] if len(teams) == 1 else "", rest)


def page(command: Command, scene: Scene, phone: Phone) -> Reply:
    """Open it, if it is clear for which team: its steps begin. Anybody on the roster may, for any team."""
    team, what = addressed(command.rest, scene.roster)
    if not team:
        return _no_team(command.rest, scene, phone)
    if not what:
        return Reply(f"Nothing changed. Text page {team} and what is wrong.", phone)
    return _opened(team, what, scene, phone)


def _no_team(rest: str, scene: Scene, phone: Phone) -> Reply:
    first, _, after = rest.partition(" ")
    near = get_close_matches(first.casefold(), list(scene.roster.teams), n=1)
    if near and after:
        return did_you_mean(f"page {near[0]} {after}", scene, phone, before=f"There is no team {first}.")
    named = _named(list(scene.roster.teams))
    return Reply(f"Nothing changed. Say which team, and what is wrong: page {near[0] if near else named}", phone)


def _named(teams: Sequence[str]) -> str:
    more = len(teams) - NAMED
    return ", ".join(teams[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _opened(team: str, what: str, scene: Scene, phone: Phone) -> Reply:
    key = alert_id(scene.id)
    alert, due = escalation.begin(_made(team, what, scene), crew_of(scene.roster, team, scene.known), scene.now)
    alert = deeds.opened(scene.order("page"), alert)
    changed = Changed(at=scene.now, verb="page", alerts=(key,))
    people = dict.fromkeys(page.to for page in due)
    names = [scene.roster.engineers[one].name for one in people if one in scene.roster.engineers]
    return Reply(
        answers.opened(alert, names, scene.left()),
        msgspec.structs.replace(phones.name(phone, (alert.code,)), changed=changed),
        opened={key: alert},
        pages={key: tuple(due)},
    )


def _made(team: str, what: str, scene: Scene) -> Alert:
    """The alert before its steps begin. Two who decide the same text come to the same pages."""
    alert = Alert(
        mark=scene.id,
        kind=MANUAL,
        team=team,
        code=scene.free,
        project=team,
        message=what,
        said={"project.name": team, "error.message": what},
        why=f"Paged by {scene.who.name}",
        events=1,
        opened=scene.now,
        last_event=scene.now,
        last_arrival=scene.now,
    )
    return alerts.note(alert, Entry(at=scene.now, what="opened", who=scene.who.id, detail="by text"))
