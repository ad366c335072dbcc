"""Who is quiet and which projects are muted now, and what becomes of an alert that would begin meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from bugglio import alert as alerts
from bugglio import times
from bugglio.alert import Alert, Plan
from bugglio.crew import Crew
from bugglio.roster import DEFAULT, MINUTE, ON_DUTY, Mute, Quiet, Roster, Team
from bugglio.times import Clock

LONGEST = 120 * MINUTE
"""Nobody is quiet for longer."""


@dataclass(frozen=True)
class Taken:
    """An alert that counts as acknowledged by somebody who is quiet."""

    alert: Alert
    reason: str
    others: tuple[str, ...]
    """Who hears of it in their place."""
    news: str
    """What they hear."""


def members(roster: Roster, team: Team, now: int) -> frozenset[str]:
    """Whose alerts a team's are: its people, and those who cover for them now."""
    running = (one for one in roster.covers if one.team == team.id and one.start <= now < one.end)
    people = team.people | {one.engineer for one in running if one.engineer}
    last = {roster.last_resort} if ON_DUTY in people else set()
    return frozenset((people - {ON_DUTY}) | last)


def quiets(roster: Roster, team: Team, now: int) -> list[Quiet]:
    """Who of a team is quiet, whose quiet ends first at the head."""
    running = [one for one in roster.quiets if one.until > now]
    mine = members(roster, team, now) if running else frozenset()
    return sorted((one for one in running if one.engineer in mine), key=lambda one: one.until)


def mute(roster: Roster, project: str, project_id: str, now: int) -> Mute | None:
    """What mutes a Bugsnag project, if anything does."""
    names = {project.casefold(), project_id.casefold()} - {""}
    return next((one for one in roster.mutes if one.until > now and one.project.casefold() in names), None)


def why_muted(found: Mute, zone: str) -> str:
    """The recorded reason: "muted until 10:00 by ana", by the clock of an IANA zone."""
    return f"muted until {until(found, zone)} by {found.by}"


def until(found: Quiet | Mute, zone: str) -> str:
    """When it ends by the clock of a zone; the day is told unless it is the one on which it began."""
    return times.moment(found.until, found.made, Clock(zone))


def take(alert: Alert, crew: Crew, now: int, name: str = DEFAULT) -> Taken | None:
    """What becomes of an alert whose steps of this name would begin, if somebody of its team is quiet; else None."""
    silent = [] if crew.gone else quiets(crew.roster, crew.team, now)
    if not silent:
        return None
    first = silent[0]
    reason = (
        f"quiet: {first.engineer} until {until(first, crew.roster.zone_for(first.engineer, crew.team.id) or 'UTC')}"
    )
    taken = alerts.leave_to_quiet(alert, first.engineer, reason, first.until, now)
    plan = Plan(steps=crew.team.steps_named(name), repeat=crew.team.repeat, name=name)
    taken = msgspec.structs.replace(
        taken,
        plan=plan,
        position=0,
        # What pages somebody for it later comes to ids that no page of its earlier life has.
        cycle=alert.cycle + 1,
        paged={},
        paged_before=tuple(dict.fromkeys((*alert.paged_before, *alert.paged))),
        quiet_after=crew.team.close_after,
    )
    others = _others(crew, name, {one.engineer for one in silent}, now)
    person = crew.roster.engineers[first.engineer].name if first.engineer in crew.roster.engineers else first.engineer
    return Taken(taken, reason, others, f"{person} is quiet and has it")


def _others(crew: Crew, name: str, silent: set[str], now: int) -> tuple[str, ...]:
    """Who is told: of the first step that names anybody besides those who are quiet, all others."""
    return next(filter(None, _called(crew, name, silent, now)), ())


def _called(crew: Crew, name: str, silent: set[str], now: int) -> Iterator[tuple[str, ...]]:
    for step in crew.team.steps_named(name):
        yield tuple(one for one in crew.called(step, now).people if one not in silent)
