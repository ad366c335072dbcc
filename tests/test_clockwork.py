"""What an alert's own clock calls for."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio import alert as alerts
from bugglio import bugsnag, clockwork, escalation
from bugglio.alert import ACKNOWLEDGED, CLOSED, SNOOZED, TRIGGERED, Alert
from bugglio.clockwork import Moment
from bugglio.crew import Crew, crew_of
from bugglio.escalation import Outage, unanswered_again
from bugglio.folding import fold
from bugglio.pager.reports import iso
from bugglio.roster import HOUR, MINUTE, ON_DUTY, Engineer, Roster, Step, Team, lone_roster
from tests.clock import Clock
from tests.payloads import change, event
from tests.stage import ANA

BEN = "+14155550102"

NOW = Clock().now()
DAY = 24 * HOUR
ROSTER = lone_roster(ANA)
TEAM = ROSTER.teams["default"]
CREW = Crew(ROSTER, TEAM)
GONE = Crew(ROSTER, Team("default"), gone=True)


def opened() -> Alert:
    """An alert of now, its first people paged."""
    return took(event(), None, NOW)


def took(payload: dict[str, Any], alert: Alert | None, now: int, roster: Roster = ROSTER) -> Alert:
    """The alert after an event."""
    if "error" in payload:
        payload["error"]["receivedAt"] = iso(now)
    folded = fold([bugsnag.parse(payload)], alert, roster, "mark", now)
    assert folded.alert is not None
    return folded.alert


def due(alert: Alert, now: int, crew: Crew = CREW, outage: Outage | None = None) -> Moment:
    """What is due by now."""
    return clockwork.due(alert, crew, outage, now)


def test_nothing_is_due_of_what_is_closed() -> None:
    alert = alerts.close(opened(), "by hand", ON_DUTY, NOW)

    assert alert.due_at is None
    assert Moment(alert) == due(alert, NOW + 900 * DAY)


def test_an_outage_puts_off_what_was_due() -> None:
    moment = due(opened(), NOW + 5 * MINUTE, outage=Outage(NOW + MINUTE, None))

    assert () == moment.pages
    assert NOW + 9 * MINUTE == moment.alert.next_at
    assert [(ON_DUTY, 2)] == [
        (page.to, page.ordinal) for page in due(moment.alert, NOW + 8 * MINUTE, outage=Outage(NOW, NOW)).pages
    ]


@pytest.mark.parametrize("since", [NOW + 2 * MINUTE - 5, NOW + 2 * MINUTE, NOW + 2 * MINUTE + 5])
def test_while_an_outage_lasts_what_is_due_is_looked_at_once_a_minute(since: int) -> None:
    alert, now = opened(), max(since, NOW + 2 * MINUTE) + 7
    for _ in range(3):
        moment = due(alert, now, outage=Outage(since, None))
        assert () == moment.pages
        assert moment.alert.due_at is not None
        assert now + MINUTE <= moment.alert.due_at
        alert, now = moment.alert, moment.alert.due_at

    over = Outage(since, now)
    moments = [due(alert, now, outage=over), due(due(alert, now, outage=over).alert, now + 5, outage=over)]
    assert [(ON_DUTY, 2)] == [(page.to, page.ordinal) for moment in moments for page in moment.pages][:1]


def test_a_phone_that_fails_after_an_outage_is_not_waited_for() -> None:
    outage, later = Outage(NOW, NOW + HOUR), NOW + HOUR + MINUTE
    failed = escalation.hurry(opened(), later)

    assert [(ON_DUTY, 2)] == [(page.to, page.ordinal) for page in due(failed, later, outage=outage).pages]


def test_the_half_hours_do_not_stand_for_an_outage_before_them() -> None:
    outage, told = Outage(NOW + MINUTE, NOW + HOUR), NOW + 2 * HOUR
    alert = unanswered_again(took(event(), None, NOW), told)

    assert due(alert, told + 30 * MINUTE, GONE, outage).unanswered


def test_what_is_past_its_steps_belongs_in_the_digest() -> None:
    alert = due(opened(), NOW + 5 * MINUTE).alert

    assert not due(alert, NOW + 35 * MINUTE - 1).unanswered
    assert due(alert, NOW + 35 * MINUTE).unanswered
    assert NOW + 65 * MINUTE == unanswered_again(alert, NOW + 35 * MINUTE).due_at


def test_a_second_page_of_a_step_that_is_gone_is_left_out() -> None:
    moment = due(opened(), NOW + 2 * MINUTE, GONE)

    assert ((), False) == (moment.pages, moment.unanswered)
    assert NOW + 5 * MINUTE == moment.alert.due_at


def test_an_acknowledgement_ends_in_a_reminder_only_after_another_event() -> None:
    had = alerts.acknowledge(opened(), ON_DUTY, NOW + 1, HOUR)
    assert Moment(had) == due(had, NOW + HOUR)

    lapsed = due(had, NOW + HOUR + 1)
    assert (ACKNOWLEDGED, True, False) == (lapsed.alert.state, lapsed.alert.lapsed, lapsed.reminds)
    assert Moment(lapsed.alert) == due(lapsed.alert, NOW + 2 * HOUR)
    busy = due(took(event("exception", "x"), had, NOW + 2), NOW + HOUR + 1)
    assert busy.reminds
    assert NOW + HOUR + 1 + 5 * MINUTE == busy.alert.due_at


def test_an_unanswered_reminder_begins_the_steps_again() -> None:
    had = took(event("exception", "x"), alerts.acknowledge(opened(), ON_DUTY, NOW + 1, HOUR), NOW + 2)
    reminded = due(had, NOW + 2 * HOUR).alert
    again = due(reminded, NOW + 2 * HOUR + 5 * MINUTE)

    assert [(ON_DUTY, 1)] == [(page.to, page.ordinal) for page in again.pages]
    assert (TRIGGERED, 2, None) == (again.alert.state, again.alert.cycle, again.alert.acknowledged_by)
    assert "nobody answered the reminder" in [entry.what for entry in again.alert.timeline]


def test_a_snooze_that_ends_begins_the_steps_again() -> None:
    asleep = alerts.snooze(opened(), ON_DUTY, NOW, NOW + HOUR, None, "1 hour")
    assert Moment(asleep) == due(asleep, NOW + HOUR - 1)

    awake = due(asleep, NOW + HOUR)
    assert (TRIGGERED, NOW + HOUR, 1) == (awake.alert.state, awake.alert.snooze_ended, len(awake.pages))


def test_seven_quiet_days_close_in_any_state() -> None:
    alert = opened()
    states = [
        alert,
        alerts.acknowledge(alert, ON_DUTY, NOW, 0),
        alerts.snooze(alert, ON_DUTY, NOW, NOW + 30 * DAY, None, ""),
        alerts.lapse(alerts.acknowledge(alert, ON_DUTY, NOW, HOUR), NOW + HOUR),
    ]

    for one in states:
        assert due(one, NOW + 7 * DAY - 1).alert.is_open
        closed = due(one, NOW + 7 * DAY).alert
        assert (CLOSED, "quiet", None) == (closed.state, closed.how, closed.closed_by)


# Whatever happens.

DEEDS = ("event", "reopened", "fixed", "snoozed", "cancelled", "ack", "close", "clock", "hurry", "outage", "gone")
STEPS = (Step((ON_DUTY, "ben"), wait=5 * MINUTE), Step(("ben",), wait=MINUTE, again=0))
TEAMS = (
    TEAM,
    msgspec.structs.replace(TEAM, steps=STEPS, repeat=2),
    msgspec.structs.replace(TEAM, steps=(), close_after=0, acknowledged_for=0),
)


@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 2 * DAY)), max_size=40), st.sampled_from(TEAMS))
def test_an_alert_has_a_next_moment_exactly_while_somebody_must_be_asked(
    deeds: list[tuple[str, int]], team: Team
) -> None:
    people = {**ROSTER.engineers, "ben": Engineer("ben", "Ben Ode", BEN)}
    roster = Roster(people, {team.id: team})
    alert, now, ids = took(event(), None, NOW, roster), NOW, set[str]()
    for deed, later in deeds:
        before = alert
        now += later if deed in ("clock", "event") else later % 1_000
        alert, new = _done(deed, alert, roster, now)
        assert ids.isdisjoint(new)
        assert len(set(new)) == len(new)
        ids |= set(new)
        _check(before, alert, now)


def _done(deed: str, alert: Alert, roster: Roster, now: int) -> tuple[Alert, list[str]]:
    """The alert after a deed, and the ids of new pages."""
    team = roster.team("default")
    payloads = {
        "event": event("exception", "Every event"),
        "reopened": event("reopened", "Fixed error re-occurred"),
        "fixed": change("fixed"),
        "snoozed": change("snoozed", extra={"snoozeRule": {"ruleType": "occurs_after", "ruleValue": 600}}),
        "cancelled": change("snoozeCancelled"),
    }
    if deed in payloads:
        payloads[deed]["error"]["receivedAt"] = iso(now)
        folded = fold([bugsnag.parse(payloads[deed])], alert, roster, "mark", now)
        return folded.alert or alert, [page.id for page in folded.pages]
    if deed == "ack" and alert.is_open:
        return alerts.acknowledge(alert, ON_DUTY, now, team.acknowledged_for), []
    if deed == "close" and alert.is_open:
        return alerts.close(alert, "by hand", ON_DUTY, now), []
    if deed == "hurry" and alert.state == TRIGGERED and not escalation.past_steps(alert, crew_of(roster, team.id)):
        return escalation.hurry(alert, now), []
    outage = Outage(now - 30_000, None) if deed == "outage" else None
    moment = clockwork.due(alert, GONE if deed == "gone" else crew_of(roster, team.id), outage, now)
    after = unanswered_again(moment.alert, now) if moment.unanswered else moment.alert
    assert after.due_at is None or after.due_at > now or outage is not None
    return after, [page.id for page in moment.pages]


def _check(before: Alert, alert: Alert, now: int) -> None:
    assert alert.cycle >= before.cycle
    assert (alert.state == TRIGGERED) == (alert.next_at is not None)
    if alert.state == TRIGGERED:
        assert alert.due_at is not None
        assert alert.acknowledged_by is None
    if alert.state == CLOSED:
        assert alert.due_at is None
        assert alert.closed_at is not None
        assert alert.closed_at <= now
    if alert.state in (ACKNOWLEDGED, SNOOZED):
        assert alert.again_at is None
    assert alert == alerts.load({name: value for name, value in alerts.dump(alert).items() if value is not None})
