"""What a Bugsnag event does to the alert of its error."""

from dataclasses import dataclass, replace

import msgspec

from bugglio import alert as alerts
from bugglio import echoes
from bugglio.alert import ACKNOWLEDGED, CLOSED, SNOOZED, TRIGGERED, Alert, Entry, Snooze
from bugglio.bugsnag import OWN, STATE_CHANGES, Event, at_path
from bugglio.roster import DAY, HOUR, MINUTE, Team
from bugglio.wording import paths

AWAKE = 5 * MINUTE
"""Bugsnag's `reopened` so soon after our own snooze ended says nothing new."""
CROSSED = MINUTE
"""A `fixed` so soon after a `reopened` with a newer event crossed it on the way."""
DOUBLED = 10 * MINUTE
"""A delivery without any id is the same one if its body is, within so long."""
OPENING = ("reopened", "unignored", "snoozeCancelled")
"""What people do in Bugsnag that triggers an alert."""
ANSWER_REMINDER = 5 * MINUTE


@dataclass(frozen=True)
class Verdict:
    """What became of one event."""

    outcome: str
    """`opened`, `counted`, `changed` or `recorded`."""
    alert: Alert | None
    reason: str = ""
    begins: bool = False
    """The steps begin (again)."""
    told: str = ""
    """`paged` or `acknowledger`: who gets a notice of ..."""
    notice: str = ""
    """... this."""
    reminds: bool = False
    mere_count: bool = False


def moment_of(event: Event, now: int) -> int:
    """When it happened: Bugsnag's clock where it is believable, else the time of arrival."""
    return _told(event, now) or now


def _told(event: Event, now: int) -> int | None:
    """What Bugsnag's clock said when it happened, unless that is more than a day off."""
    return event.received if event.received is not None and abs(event.received - now) <= DAY else None


def judge(event: Event, alert: Alert | None, team: Team, now: int) -> Verdict:
    """What this event does; `alert` is the one of its error (or its project's spike), if there ever was one."""
    ours = echoes.heard(event, alert, now) if alert is not None else None
    if ours is not None:
        return Verdict("changed", ours, echoes.OURS)
    verdict = _judged(event, alert, team, now)
    if verdict.alert is None or verdict.alert is alert or verdict.mere_count:
        return verdict
    return replace(verdict, alert=alerts.signed(alert, verdict.alert, "Bugsnag"))


def _judged(event: Event, alert: Alert | None, team: Team, now: int) -> Verdict:
    match event.trigger:
        case "errorStateManualChange":
            return _manual(event, echoes.overtaken(alert) if alert is not None else None, team, now)
        case "comment":
            return _comment(event, alert, now)
        case "reopened":
            return _reopened(event, alert, team, now)
        case "projectSpiking":
            return _spike(event, alert, team, now)
        case _:
            return _happened(event, alert, team, now)


def _happened(event: Event, alert: Alert | None, team: Team, now: int) -> Verdict:
    if alert is None:
        return _open(event, None, team, now)
    if alert.is_open:
        return _again(event, alert, now)
    if alert.how == "ignored":
        return Verdict("recorded", alert, "the error is ignored: only reopening it opens it again")
    if _stale(event, alert, now):
        return _count(event, alert, now, "it happened before the alert was closed")
    return _open(event, alert, team, now)


def _stale(event: Event, alert: Alert, now: int) -> bool:
    closed = alert.closed_through is not None and alert.closed_at is not None and now - alert.closed_at < HOUR
    return closed and moment_of(event, now) <= (alert.closed_through or 0)


def _again(event: Event, alert: Alert, now: int) -> Verdict:
    counted = _counted(event, alert, now)
    if alert.state == SNOOZED:
        return _asleep(alert, counted, now)
    if alert.state == ACKNOWLEDGED and alert.lapsed:
        return Verdict("changed", alerts.remind(counted, now, ANSWER_REMINDER), reminds=True)
    return Verdict("counted", counted, why_silent(alert), mere_count=True)


def why_silent(alert: Alert) -> str:
    """Why an event of an open alert pages nobody."""
    if alert.rule:
        return f"counted; {alert.rule}"
    if alert.in_quiet:
        return f"counted; {alert.acknowledged_by} is quiet"
    # A newer version may know states that this one does not.
    known = {ACKNOWLEDGED: f"counted; acknowledged by {alert.acknowledged_by}", SNOOZED: "counted; snoozed"}
    return known.get(alert.state, "counted on the open alert")


def _count(event: Event, alert: Alert, now: int, reason: str) -> Verdict:
    return Verdict("counted", _counted(event, alert, now), reason, mere_count=True)


def _counted(event: Event, alert: Alert, now: int) -> Alert:
    return alerts.count(alert, moment_of(event, now), now, event.occurrences)


def _asleep(before: Alert, counted: Alert, now: int) -> Verdict:
    """What one more event does to a snooze: ends it, or begins another hour of one by events an hour."""
    rule = before.snooze
    if rule is not None and rule.kind == "per_hour" and now - rule.since > HOUR:
        # Of the events since the last one that was told here, only this is known to be of the new hour.
        rule = msgspec.structs.replace(rule, base=counted.counted - 1, since=now)
    if rule is not None and rule.kind != "users" and counted.counted - rule.base >= rule.value:
        return Verdict("changed", _woken(counted, now, "it happened as often as the snooze allowed"), begins=True)
    mere = rule is before.snooze
    return Verdict("counted", msgspec.structs.replace(counted, snooze=rule), why_silent(before), mere_count=mere)


def _woken(alert: Alert, now: int, why: str) -> Alert:
    return alerts.note(msgspec.structs.replace(alert, snooze_ended=now), Entry(at=now, what="snooze ended", detail=why))


def _open(event: Event, alert: Alert | None, team: Team, now: int) -> Verdict:
    base = alert if alert is not None else Alert(mark="", team=team.id)
    fresh = msgspec.structs.replace(
        described(event, base, team),
        state=TRIGGERED,
        events=0,
        paged={},
        paged_before=(),
        opened=now,
        fingerprint=event.fingerprint,
        how=None,
        closed_at=None,
        closed_by=None,
        asked_at=None,
        answered_at=None,
    )
    opened = _counted(event, fresh, now)
    return Verdict("opened", alerts.note(opened, Entry(at=now, what="opened", detail=opened.why)), begins=True)


def described(event: Event, alert: Alert, team: Team) -> Alert:
    """The alert with all that it says of its error as this event has it."""
    spike = event.trigger == "projectSpiking"
    return msgspec.structs.replace(
        alert,
        kind="spike" if spike else "error",
        team=team.id,
        project_id=event.project_id,
        project=event.project,
        error_id="" if spike else event.error_id,
        error_class=event.error_class,
        message=event.error_message,
        stage=event.stage,
        severity=event.severity,
        context=event.context,
        url=event.url,
        own=event.app_type == OWN,
        said={name: at_path(event.payload, name) for name in paths(team.text)},
        why=_why_now(event),
    )


def _why_now(event: Event) -> str:
    if event.trigger == "projectSpiking" and event.rate is not None:
        return f"{event.rate} events"
    return event.message


def _retriggered(event: Event, alert: Alert, now: int) -> Verdict:
    again = msgspec.structs.replace(alert, why=event.message or alert.why)
    return Verdict("changed", alerts.note(again, Entry(at=now, what="triggered again", detail=again.why)), begins=True)


def _reopened(event: Event, alert: Alert | None, team: Team, now: int) -> Verdict:
    if alert is None:
        return _with_reopening(event, _open(event, alert, team, now), now)
    woke = alert.snooze_ended is not None and now - alert.snooze_ended < AWAKE
    if alert.state == TRIGGERED or (woke and (alert.is_open or _stale(event, alert, now))):
        reason = why_silent(alert) if alert.is_open else "it happened before the alert was closed"
        return _with_reopening(event, _count(event, alert, now, reason), now)
    if alert.state == CLOSED:
        return _with_reopening(event, _open(event, alert, team, now), now)
    return _with_reopening(event, _retriggered(event, _counted(event, alert, now), now), now)


def _with_reopening(event: Event, verdict: Verdict, now: int) -> Verdict:
    if verdict.alert is None:
        return verdict
    marked = msgspec.structs.replace(verdict.alert, reopened_at=now, reopened_through=moment_of(event, now))
    return Verdict(verdict.outcome, marked, verdict.reason, begins=verdict.begins)


def _spike(event: Event, alert: Alert | None, team: Team, now: int) -> Verdict:
    if alert is not None and alert.is_open:
        return _again(event, alert, now)
    if alert is not None and alert.how == "ignored":
        return Verdict("recorded", alert, "the spike is ignored: only reopening it opens it again")
    if alert is not None and alert.fingerprint == event.fingerprint and now - alert.opened < DOUBLED:
        return _count(event, alert, now, "the same delivery once more")
    return _open(event, alert, team, now)


def _manual(event: Event, alert: Alert | None, team: Team, now: int) -> Verdict:
    if event.change not in STATE_CHANGES:
        return Verdict("recorded", alert, f"unknown change of state: {event.change or 'none'}")
    if event.change in OPENING:
        return _manually_open(event, alert, team, now)
    if alert is None or not alert.is_open:
        return Verdict("recorded", alert, f"{event.change} in Bugsnag; no alert was open")
    alert = _seen(event, alert, now)
    if event.change == "snoozed":
        return Verdict("changed", _snoozed(event, alert, now))
    if event.change == "fixed" and _crossed(event, alert, now):
        return Verdict("recorded", alert, "fixed in Bugsnag before it happened again")
    done = alerts.close(alert, event.change, event.actor, now, event.message, _told(event, now) or 0)
    by = f" by {event.actor}" if event.actor else ""
    return Verdict("changed", done, told="paged", notice=f"{event.change.capitalize()} in Bugsnag{by}")


def _seen(event: Event, alert: Alert, now: int) -> Alert:
    """The alert with Bugsnag's own number of events, as a change of state tells it; it is not quiet, either."""
    return alerts.count(alert, alert.last_event, now, event.occurrences, times=0)


def _crossed(event: Event, alert: Alert, now: int) -> bool:
    recent = alert.reopened_at is not None and now - alert.reopened_at < CROSSED
    before = event.received if event.received is not None else now
    return recent and (alert.reopened_through or 0) > before


def _manually_open(event: Event, alert: Alert | None, team: Team, now: int) -> Verdict:
    if alert is None or alert.state == CLOSED:
        return _with_reopening(event, _open(event, alert, team, now), now)
    if alert.state == TRIGGERED:
        noted = alerts.note(_seen(event, alert, now), Entry(at=now, what=f"{event.change} in Bugsnag", who=event.actor))
        return _with_reopening(event, Verdict("changed", noted, alert.rule or "it was triggered already"), now)
    return _with_reopening(event, _retriggered(event, _seen(event, alert, now), now), now)


def _snoozed(event: Event, alert: Alert, now: int) -> Alert:
    rule = event.snooze
    if rule is not None and rule.kind == "seconds":
        return alerts.snooze(alert, event.actor, now, now + rule.value * 1000, None, event.message)
    ending = None
    if rule is not None:
        ending = Snooze(kind=rule.kind, value=rule.value, base=alert.counted, since=now)
    return alerts.snooze(alert, event.actor, now, None, ending, event.message)


def _comment(event: Event, alert: Alert | None, now: int) -> Verdict:
    if alert is None or not alert.is_open:
        return Verdict("recorded", alert, "a comment in Bugsnag; no alert was open")
    key = event.comment_id or event.fingerprint
    if key in alert.comments and (event.comment_id or _lately_said(event, alert, now)):
        return Verdict("changed", alert, "the same delivery once more")
    seen = msgspec.structs.replace(alert, comments=(*alert.comments, key)[-echoes.COMMENTS :])
    noted = alerts.note(seen, Entry(at=now, what="comment", who=event.actor, detail=event.comment))
    told = "acknowledger" if alert.state == ACKNOWLEDGED else ""
    return Verdict("changed", noted, told=told, notice=f"{event.actor or 'Somebody'} in Bugsnag: {event.comment}")


def _lately_said(event: Event, alert: Alert, now: int) -> bool:
    said = (entry for entry in alert.timeline if entry.what == "comment" and now - entry.at < DOUBLED)
    return any(entry.detail == event.comment[: alerts.ENTRY] for entry in said)
