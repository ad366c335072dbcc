"""What an alert's own clock calls for: the next page, a reminder, the end of a snooze, the end of it all."""

from dataclasses import dataclass

import msgspec

from bugglio import alert as alerts
from bugglio import escalation, silence
from bugglio.alert import ACKNOWLEDGED, SNOOZED, TRIGGERED, Alert, Entry
from bugglio.crew import Crew
from bugglio.escalation import Due, Outage
from bugglio.folding import News
from bugglio.page import page_id
from bugglio.roster import DEFAULT, ON_DUTY
from bugglio.triage import ANSWER_REMINDER


@dataclass(frozen=True)
class Moment:
    """What is due of one alert now."""

    alert: Alert
    pages: tuple[Due, ...] = ()
    reminds: bool = False
    unanswered: bool = False
    """It belongs in its team's digest of what nobody has answered."""
    noted: tuple[str, ...] = ()
    """Whom its team's daily digest tells of it."""
    together: bool = False
    """Others are due at the same moment for the same reason, and go with it in one text."""
    news: tuple[News, ...] = ()


def due(alert: Alert, crew: Crew, outage: Outage | None, now: int) -> Moment:
    """The alert after all that is due by now, and whom to page for it."""
    if not alert.is_open:
        return Moment(alert)
    if alert.quiet_at is not None and alert.quiet_at <= now:
        return Moment(alerts.close(alert, alerts.QUIET, "", now))
    match alert.state:
        case s if s == TRIGGERED:
            return _triggered(alert, crew, outage, now)
        case s if s == ACKNOWLEDGED and alert.noted_at is not None:
            return _digest(alert, crew, now)
        case s if s == ACKNOWLEDGED and _over(alert, now):
            return _acknowledged(alert, crew, now)
        case s if s == SNOOZED and _over(alert, now):
            return _woken(alert, crew, now)
    return Moment(alert)


def _over(alert: Alert, now: int) -> bool:
    return alert.until is not None and alert.until <= now and not alert.lapsed


def _triggered(alert: Alert, crew: Crew, outage: Outage | None, now: int) -> Moment:
    if alert.goes_on_at is None or alert.goes_on_at > now:
        return Moment(alert)
    if alert.held is not None:
        # A span ends by the clock on the wall, whatever became of texts meanwhile.
        return _held(alert, crew, now)
    stood = escalation.stand(alert, outage, now)
    if outage is not None and outage.until is None:
        return Moment(escalation.rest(stood, outage, now))
    if stood is not alert:
        return Moment(stood)
    if escalation.past_steps(alert, crew):
        return _past_steps(alert, now)
    moved, pages = escalation.advance(alert, crew, now)
    return Moment(moved, tuple(pages))


def _held(alert: Alert, crew: Crew, now: int) -> Moment:
    """The span of the rule that held it is over: the steps begin, for all that it held at once."""
    noted = alerts.note(alert, Entry(at=now, what="no longer held"))
    taken = silence.take(noted, crew, now)
    if taken is not None:
        told = (News(taken.others, taken.news, paged_only=False),) if taken.others else ()
        return Moment(taken.alert, news=told, together=True)
    moved, pages = escalation.begin(noted, crew, now)
    return Moment(_told_only_now(moved, now), tuple(pages), together=True)


def _digest(alert: Alert, crew: Crew, now: int) -> Moment:
    """The daily digest's time has come: whoever is on duty hears of it, and it stays acknowledged."""
    if alert.noted_at is None or alert.noted_at > now:
        return Moment(alert)
    people = crew.first(now) or (crew.roster.last_resort,)
    told = alert
    for name in people:
        told = alerts.note(told, Entry(at=now, what="in the daily digest", who=name, page=noted_id(alert, name, now)))
    told = _told_only_now(msgspec.structs.replace(told, noted_at=None), now)
    return Moment(told, noted=people, together=True)


def noted_id(alert: Alert, person: str, now: int) -> str:
    """The id of the page by which the daily digest of this moment tells somebody of an alert."""
    return page_id(alert.mark, alert.cycle, f"noted {person}", now)


def _told_only_now(alert: Alert, now: int) -> Alert:
    """The alert that is given as long to be dealt with, before it closes by itself, as one that is told at once."""
    late = now - alert.last_arrival if alert.quiet_after else 0
    return msgspec.structs.replace(alert, quiet_after=alert.quiet_after + late)


def _past_steps(alert: Alert, now: int) -> Moment:
    """Its half hour is over; or it was in a step that its team has no longer, and the second page of that is due."""
    if alert.next_at is not None and alert.next_at > now:
        return Moment(msgspec.structs.replace(alert, again_at=None))
    return Moment(alert, unanswered=True)


def _acknowledged(alert: Alert, crew: Crew, now: int) -> Moment:
    if alert.reminded_at is not None:
        noted = alerts.note(alert, Entry(at=now, what="nobody answered the reminder"))
        moved, pages = escalation.begin(noted, crew, now, _list(alert))
        return Moment(moved, tuple(pages))
    fresh = alert.in_quiet or alert.last_arrival > (alert.acknowledged_at or 0)
    if fresh and _has_left(alert, crew):
        noted = alerts.note(alert, Entry(at=now, what="whoever had it is no longer on the roster"))
        moved, pages = escalation.begin(noted, crew, now, _list(alert))
        return Moment(moved, tuple(pages))
    if alert.in_quiet:
        reminded = alerts.remind(_told_only_now(alert, now), now, ANSWER_REMINDER)
        return Moment(reminded, reminds=True, together=True)
    if fresh:
        return Moment(alerts.remind(alert, now, ANSWER_REMINDER), reminds=True)
    return Moment(alerts.lapse(alert, now))


def _has_left(alert: Alert, crew: Crew) -> bool:
    """Whether there is nobody to be reminded. The last resort goes by another name once the roster names them."""
    return alert.acknowledged_by not in (None, ON_DUTY, *crew.roster.engineers)


def _woken(alert: Alert, crew: Crew, now: int) -> Moment:
    woken = msgspec.structs.replace(alert, snooze_ended=now)
    woken = alerts.note(woken, Entry(at=now, what="snooze ended", detail="its time is over"))
    moved, pages = escalation.begin(woken, crew, now, _list(alert))
    return Moment(moved, tuple(pages))


def _list(alert: Alert) -> str:
    """The list of steps that a rule chose for it."""
    return alert.plan.name if alert.plan is not None else DEFAULT
