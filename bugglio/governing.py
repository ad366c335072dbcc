"""What a team's rules make of an event that would page somebody."""

from dataclasses import replace

import msgspec

from bugglio import alert as alerts
from bugglio.alert import ACKNOWLEDGED, Alert, Entry
from bugglio.bugsnag import Event
from bugglio.roster import DEFAULT, Team
from bugglio.rules import Ruling, ruling
from bugglio.triage import Verdict, moment_of

STRENGTH = ("ignore", "digest", "hold", "page")
"""What rules make of an event, upwards."""


def governed(verdict: Verdict, before: Alert | None, event: Event, team: Team, now: int) -> tuple[Verdict, str]:
    """
    The verdict as the team's rules leave it, and the name of the steps that begin by it; empty: none do.

    What an earlier event's rule keeps quiet is judged anew with each event that would be worth more: an error that was
    first seen where nobody minds is paged when it is seen where somebody does.
    """
    quiet = before is not None and before.is_open and before.rule != ""
    if verdict.begins and not (team.rules or quiet):
        return verdict, DEFAULT
    if verdict.begins:
        return _apply(ruling(team, event, now), verdict, before, event, team, now)
    if before is None or not quiet or verdict.outcome != "counted":
        return verdict, ""
    found = ruling(team, event, now)
    if STRENGTH.index(found.then) <= STRENGTH.index("hold" if before.held is not None else "digest"):
        return verdict, ""
    return _apply(found, replace(verdict, outcome="changed", mere_count=False), before, event, team, now)


def _apply(
    found: Ruling, verdict: Verdict, before: Alert | None, event: Event, team: Team, now: int
) -> tuple[Verdict, str]:
    alert = verdict.alert
    if alert is None:
        return verdict, ""
    if found.then == "ignore" or (found.then == "digest" and _is_taken(before)):
        return _left(found, before, event, now), ""
    alert = msgspec.structs.replace(alert, quiet_after=team.close_after)
    if found.then == "digest":
        quiet = alerts.leave_to_digest(alert, found.reason, found.until or now, now)
        return replace(verdict, alert=quiet, reason=found.reason, begins=False), ""
    if found.then == "hold":
        quiet = alerts.hold(alert, found.reason, found.until or now, now)
        return replace(verdict, alert=quiet, reason=found.reason, begins=False), ""
    said = alerts.note(alert, Entry(at=now, what=found.reason)) if found.reason else alert
    return replace(verdict, alert=said, begins=True), found.steps


def _is_taken(alert: Alert | None) -> bool:
    """Whether somebody has acknowledged it: a digest would say less than they know."""
    return alert is not None and alert.state == ACKNOWLEDGED and not alert.rule


def _left(found: Ruling, before: Alert | None, event: Event, now: int) -> Verdict:
    """The event changes nothing: it is counted on the alert if that is open, else recorded."""
    if before is None or not before.is_open:
        return Verdict("recorded", before, found.reason)
    counted = alerts.count(before, moment_of(event, now), now, event.occurrences)
    return Verdict("counted", counted, f"counted; {found.reason}", mere_count=True)
