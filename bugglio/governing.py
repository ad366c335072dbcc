"""What a team's rules make of an event that would page somebody."""

from dataclasses import replace

import msgspec

from bugglio import alert as alerts
from bugglio.alert import ACKNOWLEDGED, Alert, Entry
from bugglio.bugsnag import Event
from bugglio.echoes import OURS
from bugglio.roster import DEFAULT, Team
from bugglio.rules import Ruling, ruling
from bugglio.triage import OPENING, Verdict, described, moment_of, why_silent

STRENGTH = ("ignore", "digest", "hold", "page")
"""What rules make of an event, upwards."""


def governed(
    verdict: Verdict, before: Alert | None, event: Event, team: Team, now: int, muted: str = ""
) -> tuple[Verdict, str]:
    """
    The verdict as the team's rules leave it, and the name of the steps that begin by it; empty: none do.

    `muted` says why the event's project is muted, if it is: then it is as if a rule ignored the event.
    What an earlier event's rule keeps quiet is judged anew with each event that would be worth more: an error that was
    first seen where nobody minds is paged when it is seen where somebody does.
    """
    quiet = before is not None and before.is_open and before.rule != ""
    if not (team.rules or quiet or muted):
        return verdict, DEFAULT if verdict.begins else ""
    found = Ruling("ignore", reason=muted) if muted else ruling(team, event, now)
    if verdict.begins:
        return _apply(found, verdict, before, event, team, now)
    if before is None or verdict.alert is None or not before.is_open or not _happened(verdict, event):
        return verdict, ""
    if not quiet:
        return _heeded(found, verdict, before, event, now), ""
    if not _outdoes(found, before):
        return verdict, ""
    return _apply(found, replace(verdict, outcome="changed", reason="", mere_count=False), before, event, team, now)


def _happened(verdict: Verdict, event: Event) -> bool:
    """Whether the event says that the error is there (again), rather than what somebody made of it, or we did."""
    if verdict.reason == OURS:
        return False
    return verdict.outcome == "counted" or verdict.reminds or event.change in OPENING


def _outdoes(found: Ruling, before: Alert) -> bool:
    """Whether a ruling is worth more than the one that keeps the alert quiet: louder, or sooner."""
    if found.then == "hold" and before.held is not None:
        return (found.until or 0) < before.held
    return STRENGTH.index(found.then) > STRENGTH.index("hold" if before.held is not None else "digest")


def _heeded(found: Ruling, verdict: Verdict, before: Alert, event: Event, now: int) -> Verdict:
    """
    The verdict on an alert that people know of: what a rule would not have told them reminds nobody.

    A hold puts the reminder off to its end.
    """
    if found.then in ("ignore", "digest") and (verdict.reminds or verdict.mere_count):
        return _left(found, before, event, now)
    if found.then == "hold" and verdict.reminds:
        waiting = alerts.count(before, moment_of(event, now), now, event.occurrences)
        waiting = msgspec.structs.replace(waiting, lapsed=False, until=found.until)
        waiting = alerts.note(waiting, Entry(at=now, what="not reminded", detail=found.reason))
        return Verdict("changed", waiting, f"counted; {found.reason}")
    return verdict


def _apply(
    found: Ruling, verdict: Verdict, before: Alert | None, event: Event, team: Team, now: int
) -> tuple[Verdict, str]:
    alert = verdict.alert
    if alert is None:
        return verdict, ""
    if before is not None and before.is_open and before.rule:
        # It is told as what it has become, rather than as what it was when nobody minded.
        alert = described(event, alert, team)
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
    return alert is not None and alert.state == ACKNOWLEDGED and alert.acknowledged_by is not None


def _left(found: Ruling, before: Alert | None, event: Event, now: int) -> Verdict:
    """The event changes nothing: it is counted on the alert if that is open, else recorded."""
    if before is None or not before.is_open:
        return Verdict("recorded", before, found.reason)
    # It is of no moment for anybody: neither does it remind, nor keep the alert from closing by itself.
    counted = alerts.count(before, moment_of(event, now), before.last_arrival, event.occurrences)
    reason = f"counted; {found.reason}" if found.then == "ignore" else why_silent(before)
    return Verdict("counted", counted, reason, mere_count=True)
