"""Fewer pages for a while: the words `quiet`, `mute` and `unmute`."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import msgspec

from bugglio import alert as alerts
from bugglio import answers, silence, when
from bugglio.alert import Alert
from bugglio.dialogue.scene import Reply, Scene
from bugglio.grammar import Command, parted
from bugglio.phone import Changed, Phone
from bugglio.roster import EVERY_PROJECT, UNOWNED, Mute, Quiet, Team

EXAMPLE = "for example 30m or 2h"
NAMED = 2
"""So many are named in the one line of `status`."""
AT_MOST = "Nothing changed: quiet lasts at most 2 hours, for example quiet 2h."


def quiet(command: Command, scene: Scene, phone: Phone) -> Reply:
    """New alerts of their teams count as acknowledged by whoever texts; `0` ends that."""
    if when.length(command.rest) == 0:
        return _loud(scene, phone)
    span = when.span(command.rest, scene.now, scene.zone) if command.rest else None
    if span is None:
        return Reply(f"Quiet for how long, {EXAMPLE}?", phone)
    if isinstance(span, when.Unclear):
        return Reply(span.question, phone)
    if span.start > scene.now:
        return Reply(f"Nothing changed: quiet begins at once, {EXAMPLE}.", phone)
    if span.end - scene.now > silence.LONGEST:
        return Reply(AT_MOST, phone)
    teams = _teams(scene)
    if not teams:
        return Reply("Nothing changed: you are in no team whose alerts could page you.", phone)
    return _quiet(teams, Quiet(f"{scene.id}.quiet", scene.who.id, scene.now, span.end), scene, phone)


def _teams(scene: Scene) -> list[str]:
    """The teams whose alerts a quiet of theirs is about."""
    teams = [*scene.roster.teams.values(), UNOWNED]
    return [team.id for team in teams if scene.who.id in silence.members(scene.roster, team, scene.now)]


def _quiet(teams: list[str], fresh: Quiet, scene: Scene, phone: Phone) -> Reply:
    before = _running(scene)
    named = [team for team in teams if team != UNOWNED.id]
    of = f" of {', '.join(named[:3])}" if named else ""
    more = f" and {len(named) - 3} more teams" if len(named) > 3 else ""
    told = when.told(fresh.until, scene.now, scene.zone)
    left = answers.left(scene.left())
    said = f"Quiet until {told}: new alerts{of}{more} count as acked by you, and are texted to you then. {left}"
    changed = Changed(at=scene.now, verb="quiet", covers=(fresh.id,), quiets=before)
    return Reply(
        said,
        msgspec.structs.replace(phone, changed=changed),
        waiting_until(fresh.until, scene),
        quiets=(fresh,),
        uncovers=tuple(one.id for one in before),
    )


def _loud(scene: Scene, phone: Phone) -> Reply:
    before = _running(scene)
    left = answers.left(scene.left())
    if not before:
        return Reply(f"Nothing changed: you are not quiet. {left}", phone)
    found = waiting_until(scene.now, scene)
    came = f"{len(found)} came meanwhile and {'is' if len(found) == 1 else 'are'} texted to you" if found else ""
    said = " ".join(filter(None, ("Quiet is over.", f"{came}." if came else "", left)))
    changed = Changed(at=scene.now, verb="quiet 0", quiets=before)
    gone = tuple(one.id for one in before)
    return Reply(said, msgspec.structs.replace(phone, changed=changed), found, uncovers=gone)


def _running(scene: Scene) -> tuple[Quiet, ...]:
    return tuple(one for one in scene.roster.quiets if one.engineer == scene.who.id and one.until > scene.now)


def waiting_until(until: int, scene: Scene) -> dict[str, Alert]:
    """The alerts that wait for the end of their quiet, which is then; none waits for more than 2 hours in all."""
    mine = {key: one for key, one in scene.alerts.items() if one.in_quiet and one.acknowledged_by == scene.who.id}
    return {key: _ending(one, until, scene) for key, one in mine.items() if key not in scene.done}


def _ending(alert: Alert, until: int, scene: Scene) -> Alert:
    end = max(scene.now, min(until, (alert.acknowledged_at or scene.now) + silence.LONGEST))
    return alerts.end_quiet(alert, end, f"until {when.told(end, scene.now, scene.zone)}", scene.now)


def mute(command: Command, scene: Scene, phone: Phone) -> Reply:
    """Alerts of a project page nobody for a while: maintenance."""
    known = _projects(scene)
    name, time = parted(command.rest, [one.casefold() for one in known])
    project, team = _project(name, known, scene)
    if not project:
        return Reply(_unknown(name, list(known), f"mute {{}} {time or '2h'}", scene), phone)
    span = when.span(time, scene.now, scene.zone)
    if isinstance(span, when.Unclear):
        return Reply(span.question, phone)
    if span.start > scene.now:
        return Reply("Nothing changed: a mute begins at once, for example mute web 2h.", phone)
    fresh = Mute(f"{scene.id}.mute", project, team, scene.now, span.end, scene.who.id)
    before = _muted(project, scene)
    changed = Changed(at=scene.now, verb="mute", covers=(fresh.id,), mutes=before)
    told = when.told(fresh.until, scene.now, scene.zone)
    said = f"Muted {project} until {told}: new alerts of it page nobody. {answers.left(scene.left())}"
    gone = tuple(one.id for one in before)
    return Reply(said, msgspec.structs.replace(phone, changed=changed), mutes=(fresh,), uncovers=gone)


def unmute(command: Command, scene: Scene, phone: Phone) -> Reply:
    """The maintenance is over."""
    muted = [one for one in scene.roster.mutes if one.until > scene.now]
    project = _same(command.rest, [one.project for one in muted])
    if not project:
        return Reply(_not_muted(command.rest, [one.project for one in muted if is_theirs(one, scene)]), phone)
    before = _muted(project, scene)
    if not all(is_theirs(one, scene) for one in before):
        return Reply(f"Nothing changed: {project} is another team's, not yours.", phone)
    changed = Changed(at=scene.now, verb="unmute", mutes=before)
    said = f"{project} is muted no more: its alerts page again. {answers.left(scene.left())}"
    gone = tuple(one.id for one in before)
    return Reply(said, msgspec.structs.replace(phone, changed=changed), uncovers=gone)


def _muted(project: str, scene: Scene) -> tuple[Mute, ...]:
    running = (one for one in scene.roster.mutes if one.until > scene.now)
    return tuple(one for one in running if one.project.casefold() == project.casefold())


def _not_muted(name: str, muted: list[str]) -> str:
    what = f"{name} is not muted" if name else "unmute what"
    known = f" Muted: {', '.join(muted[:3])}." if muted else " Nothing is."
    return f"Nothing changed: {what}.{known}"


def _projects(scene: Scene) -> dict[str, str]:
    """The names, or ids, of their teams' projects, each with its team: those of the roster, and of open alerts."""
    teams = [scene.roster.team(name) for name in scene.roster.teams_of(scene.who.id)]
    named = {one: team.id for team in teams for one in team.projects if one != EVERY_PROJECT}
    found = {one.project: one.team for _, one in scene.open() if one.project and _is_of(teams, one, scene)}
    return found | named


def _is_of(teams: Iterable[Team], alert: Alert, scene: Scene) -> bool:
    """Whether an alert is one of these teams', not just one that somebody was paged for, and its project still is."""
    mine = {team.id for team in teams}
    taken = _is_named(alert.project, scene) and scene.roster.team_of(alert.project).id not in mine
    return alert.team in mine and not taken


def _project(name: str, known: Mapping[str, str], scene: Scene) -> tuple[str, str]:
    """The project that is meant, and its team; one that nobody knows may be meant by who answers for any."""
    found = _same(name, known)
    if found:
        return found, known[found]
    free = scene.roster.team_of(name)
    takes_any = free.id == UNOWNED.id or EVERY_PROJECT in free.projects
    known_near = not name or bool(_near(name, known))
    theirs = free.id in scene.roster.teams_of(scene.who.id)
    return (name, free.id) if takes_any and theirs and not known_near else ("", "")


def _same(name: str, known: Iterable[str]) -> str:
    return next((one for one in known if one.casefold() == name.casefold()), "")


def _near(name: str, known: Iterable[str]) -> str:
    names = {one.casefold(): one for one in known}
    return next((names[one] for one in get_close_matches(name.casefold(), names, n=1)), "")


def _unknown(name: str, known: list[str], say: str, scene: Scene) -> str:
    if not name:
        return f"Mute which project? Say {say.format(known[0] if known else 'web')}"
    if scene.roster.team_of(name).id not in scene.roster.teams_of(scene.who.id) and _is_named(name, scene):
        return f"Nothing changed: {name} is another team's, not yours."
    near = _near(name, known)
    if near:
        return f"Nothing changed: no project {name}. Did you mean {say.format(near)}"
    return f"Nothing changed: no project of yours is called {name}. Yours: {', '.join(known[:3]) or 'none known'}."


def _is_named(name: str, scene: Scene) -> bool:
    return any(_same(name, team.projects) for team in scene.roster.teams.values())


def is_theirs(muted: Mute, scene: Scene) -> bool:
    """Whether a muted project is one of their teams'."""
    return muted.team in scene.roster.teams_of(scene.who.id)


def told(scene: Scene) -> list[str]:
    """What is muted and who is quiet among their teams, in a sentence each."""
    theirs = [scene.roster.team(name) for name in scene.roster.teams_of(scene.who.id)]
    muted = [one for one in scene.roster.mutes if one.until > scene.now and is_theirs(one, scene)]
    silent = {one.engineer: one for team in theirs for one in silence.quiets(scene.roster, team, scene.now)}
    projects = [f"{one.project} until {silence.until(one, scene.zone)}" for one in muted]
    people = [f"{scene.reader.person(name)} until {silence.until(one, scene.zone)}" for name, one in silent.items()]
    return [*_sentence("Muted", projects), *_sentence("Quiet", people)]


def _sentence(what: str, some: list[str]) -> list[str]:
    more = f" and {len(some) - NAMED} more" if len(some) > NAMED else ""
    return [f"{what}: {', '.join(some[:NAMED])}{more}."] if some else []
