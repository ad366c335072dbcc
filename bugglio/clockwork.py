"""What an alert's own clock calls for: the next page, a reminder, the end of a snooze, the end of it all."""

from dataclasses import dataclass

import msgspec

from bugglio import alert as alerts
from bugglio import escalation
from bugglio.alert import ACKNOWLEDGED, SNOOZED, TRIGGERED, Alert, Entry
from bugglio.escalation import Due, Outage
from bugglio.roster import Roster, Team
from bugglio.triage import ANSWER_REMINDER


@dataclass(frozen=True)
class Moment:
    """What is due of one alert now."""

    alert: Alert
    pages: tuple[Due, ...] = ()
    reminds: bool = False
    unanswered: bool = False
    """It belongs in its team's digest of what nobody has answered."""


def due(alert: Alert, team: Team, roster: Roster, outage: Outage | None, now: int) -> Moment:
    """The alert after all that is due by now, and whom to page for it."""
    if not alert.is_open:
        return Moment(alert)
    if alert.quiet_after and alert.last_arrival + alert.quiet_after <= now:
        return Moment(alerts.close(alert, "quiet", "", now))
    match alert.state:
        case s if s == TRIGGERED:
            return _triggered(alert, team, roster, outage, now)
        case s if s == ACKNOWLEDGED and _over(alert, now):
            return _acknowledged(alert, team, roster, now)
        case s if s == SNOOZED and _over(alert, now):
            return _woken(alert, team, roster, now)
    return Moment(alert)


def _over(alert: Alert, now: int) -> bool:
    return alert.until is not None and alert.until <= now and not alert.lapsed


def _triggered(alert: Alert, team: Team, roster: Roster, outage: Outage | None, now: int) -> Moment:
    if alert.goes_on_at is None or alert.goes_on_at > now:
        return Moment(alert)
    stood = escalation.stand(alert, outage, now)
    if outage is not None and outage.until is None:
        return Moment(escalation.rest(stood, outage, now))
    if stood is not alert:
        return Moment(stood)
    if escalation.past_steps(alert, team):
        return _past_steps(alert, now)
    moved, pages = escalation.advance(alert, team, roster, now)
    return Moment(moved, tuple(pages))


def _past_steps(alert: Alert, now: int) -> Moment:
    """Its half hour is over; or it was in a step that its team has no longer, and the second page of that is due."""
    if alert.next_at is not None and alert.next_at > now:
        return Moment(msgspec.structs.replace(alert, again_at=None))
    return Moment(alert, unanswered=True)


def _acknowledged(alert: Alert, team: Team, roster: Roster, now: int) -> Moment:
    if alert.reminded_at is not None:
        noted = alerts.note(alert, Entry(at=now, what="nobody answered the reminder"))
        moved, pages = escalation.begin(noted, team, roster, now)
        return Moment(moved, tuple(pages))
    if alert.last_arrival > (alert.acknowledged_at or 0):
        return Moment(alerts.remind(alert, now, ANSWER_REMINDER), reminds=True)
    return Moment(alerts.lapse(alert, now))


def _woken(alert: Alert, team: Team, roster: Roster, now: int) -> Moment:
    woken = msgspec.structs.replace(alert, snooze_ended=now)
    woken = alerts.note(woken, Entry(at=now, what="snooze ended", detail="its time is over"))
    moved, pages = escalation.begin(woken, team, roster, now)
    return Moment(moved, tuple(pages))
