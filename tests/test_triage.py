"""What one event does to an alert: the corners that stories from the phone do not reach."""

from typing import Any

import msgspec
import pytest

from bugglio import alert as alerts
from bugglio import bugsnag
from bugglio.alert import ACKNOWLEDGED, CLOSED, SNOOZED, TRIGGERED, Alert, Snooze
from bugglio.folding import fold
from bugglio.pager.reports import iso
from bugglio.roster import DAY, HOUR, MINUTE, ON_DUTY, Roster, Team, lone_roster
from bugglio.triage import Verdict, judge, moment_of
from tests.clock import Clock
from tests.payloads import change, event
from tests.stage import ANA

NOW = Clock().now()
ROSTER = lone_roster(ANA)
TEAM = ROSTER.teams["default"]
SECOND = 1_000


def at(moment: int) -> dict[str, Any]:
    """When Bugsnag received an error's event."""
    return {"receivedAt": iso(moment)}


def judged(payload: dict[str, Any], alert: Alert | None = None, now: int = NOW, team: Team = TEAM) -> Verdict:
    """What a payload does."""
    return judge(bugsnag.parse(payload), alert, team, now)


def after(payload: dict[str, Any], alert: Alert | None = None, now: int = NOW) -> Alert:
    """The alert that a payload leaves, its steps begun where it calls for that."""
    folded = fold([bugsnag.parse(payload)], alert, ROSTER, "mark", now)
    assert folded.alert is not None
    return folded.alert


def opened(**error: Any) -> Alert:
    """An alert of now."""
    return after(event(error={**at(NOW), **error}))


def closed(how: str = "by hand", now: int = NOW) -> Alert:
    """One that was closed at once."""
    return alerts.close(opened(), how, ON_DUTY, now)


def acknowledged(now: int = NOW) -> Alert:
    """One that somebody has."""
    return alerts.acknowledge(opened(), ON_DUTY, now, HOUR)


# When it happened.


@pytest.mark.parametrize("off", [-DAY, 0, DAY])
def test_bugsnags_clock_is_believed_up_to_a_day_off(off: int) -> None:
    assert NOW + off == moment_of(bugsnag.parse(event(error=at(NOW + off))), NOW)


@pytest.mark.parametrize("received", [NOW - DAY - 1, NOW + DAY + 1])
def test_a_clock_further_off_is_replaced_by_the_time_of_arrival(received: int) -> None:
    assert NOW == moment_of(bugsnag.parse(event(error=at(received))), NOW)


def test_without_a_time_the_time_of_arrival_counts() -> None:
    assert NOW == moment_of(bugsnag.parse(event(error={"receivedAt": None})), NOW)


# Opening.


def test_an_alert_knows_what_its_text_will_say() -> None:
    alert = opened()

    assert (TRIGGERED, 1, NOW, "New unhandled error") == (alert.state, alert.events, alert.opened, alert.why)
    assert {
        "project.name": "checkout-api",
        "error.releaseStage": "production",
        "error.exceptionClass": "TypeError",
        "error.message": "cannot read 'id' of undefined",
        "error.context": "cart#create",
    } == alert.said


def test_an_alert_keeps_only_what_its_teams_text_names() -> None:
    team = msgspec.structs.replace(TEAM, text="{error.device.osName} {error.user.email}")
    payload = event(error={"device": {"osName": "iOS"}, "user": {"email": "a@example.com", "name": "A"}})

    alert = judged(payload, team=team).alert

    assert alert is not None
    assert {"error.device.osName": "iOS", "error.user.email": "a@example.com"} == alert.said


def test_an_alert_of_bugglios_own_project_is_known() -> None:
    assert opened(app={"type": "bugglio"}).own
    assert not opened(app={"type": "rails"}).own


def test_a_reopened_alert_begins_to_count_anew_but_keeps_bugsnags_number() -> None:
    before = closed()
    again = after(event("exception", "x", error={**at(NOW + SECOND), "occurrences": 9}), before, NOW + SECOND)

    assert (1, 9, 2) == (again.events, again.counted, again.cycle)
    assert (None, None) == (again.how, again.closed_by)


# Stale events.


def stale(received: int, closed_at: int, now: int) -> Verdict:
    """An event of a time, after a close at another."""
    return judged(event("exception", "Every event", error=at(received)), closed(now=closed_at), now)


def test_an_event_as_old_as_the_newest_before_the_close_is_stale_for_an_hour() -> None:
    for received in (NOW - MINUTE, NOW):
        verdict = stale(received, NOW + MINUTE, NOW + MINUTE + HOUR - 1)
        assert ("counted", "it happened before the alert was closed") == (verdict.outcome, verdict.reason)
        assert verdict.alert is not None
        assert (CLOSED, 2) == (verdict.alert.state, verdict.alert.events)
        assert verdict.mere_count


def test_an_event_later_than_that_opens_although_it_came_before_the_close() -> None:
    assert "opened" == stale(NOW + 1, NOW + MINUTE, NOW + 2 * MINUTE).outcome


def test_after_an_hour_an_old_event_opens() -> None:
    assert "opened" == stale(NOW, NOW + MINUTE, NOW + MINUTE + HOUR).outcome


def test_a_close_in_bugsnag_knows_of_events_that_we_were_not_told_of() -> None:
    before = after(change("fixed", error=at(NOW + 5 * SECOND)), opened(), NOW + 10 * SECOND)
    late = event("exception", "Every event", error=at(NOW + 4 * SECOND))

    assert "counted" == judged(late, before, NOW + 11 * SECOND).outcome
    assert "opened" == judged(event(error=at(NOW + 6 * SECOND)), before, NOW + 11 * SECOND).outcome


@pytest.mark.parametrize("received", [NOW - 3 * DAY, NOW + 3 * DAY])
def test_a_close_does_not_take_over_a_clock_that_is_days_off(received: int) -> None:
    before = after(change("fixed", error=at(received)), opened(), NOW + SECOND)

    assert NOW == before.closed_through


def test_what_was_fixed_while_it_was_ignored_stays_ignored() -> None:
    before = closed("ignored")

    assert "recorded" == judged(change("fixed"), before).outcome
    verdict = judged(event(error=at(NOW + MINUTE)), before, NOW + MINUTE)
    assert ("recorded", "the error is ignored: only reopening it opens it again") == (verdict.outcome, verdict.reason)


# Crossing.


def reopened_then_fixed(gap: int, fixed_saw: int | None) -> Verdict:
    """A `reopened` with an event of now, and a `fixed` that arrives so much later."""
    again = after(event("reopened", "Fixed error re-occurred", error=at(NOW)), closed(now=NOW - HOUR))
    error = at(fixed_saw) if fixed_saw is not None else {"receivedAt": None}
    return judged(change("fixed", error=error), again, NOW + gap)


def test_a_fixed_that_crossed_a_reopened_with_a_newer_event_does_not_close() -> None:
    verdict = reopened_then_fixed(MINUTE - 1, NOW - 1)
    assert ("recorded", "fixed in Bugsnag before it happened again") == (verdict.outcome, verdict.reason)


def test_nor_does_one_of_an_error_that_had_been_quiet_for_days() -> None:
    assert "recorded" == reopened_then_fixed(SECOND, NOW - 30 * DAY).outcome


@pytest.mark.parametrize(("gap", "fixed_saw"), [(MINUTE, NOW - 1), (SECOND, NOW), (SECOND, NOW + 1), (SECOND, None)])
def test_any_other_fixed_closes(gap: int, fixed_saw: int | None) -> None:
    verdict = reopened_then_fixed(gap, fixed_saw)

    assert verdict.alert is not None
    assert ("changed", CLOSED, "fixed") == (verdict.outcome, verdict.alert.state, verdict.alert.how)


def test_a_reopening_by_hand_is_crossed_in_the_same_way() -> None:
    again = after(change("reopened", error=at(NOW)), closed())

    assert "recorded" == judged(change("fixed", error=at(NOW - 1)), again, NOW + SECOND).outcome
    assert "changed" == judged(change("fixed", error=at(NOW)), again, NOW + SECOND).outcome


def test_an_ignored_that_crosses_closes_all_the_same() -> None:
    again = after(event("reopened", "Fixed error re-occurred", error=at(NOW)), closed())

    assert "changed" == judged(change("ignored", error=at(NOW - 1)), again, NOW + SECOND).outcome


# Snoozes.


def snoozed(rule: dict[str, Any] | None, **error: Any) -> Alert:
    """An alert that somebody snoozed in Bugsnag."""
    extra = {} if rule is None else {"snoozeRule": rule}
    return after(change("snoozed", extra=extra, error={**at(NOW), **error}), opened())


def happens(alert: Alert, occurrences: int | None, now: int = NOW + SECOND) -> Alert:
    """One more event, of which Bugsnag tells its number."""
    return after(event("exception", "Every event", error={**at(now), "occurrences": occurrences}), alert, now)


def test_a_snooze_by_time_has_an_end() -> None:
    alert = snoozed({"ruleType": "occurs_after", "ruleValue": 21600})
    assert (SNOOZED, NOW + 6 * HOUR, None) == (alert.state, alert.until, alert.snooze)
    assert NOW + 6 * HOUR == alert.due_at


def test_a_snooze_by_events_begins_at_bugsnags_number_of_that_moment() -> None:
    alert = snoozed({"ruleType": "occurrences", "ruleValue": 10}, occurrences=73)

    assert Snooze(kind="occurrences", value=10, base=73, since=NOW) == alert.snooze
    assert SNOOZED == happens(alert, 82).state
    assert TRIGGERED == happens(alert, 83).state


def test_it_counts_what_happened_rather_than_what_we_were_told_of() -> None:
    alert = snoozed({"ruleType": "occurrences", "ruleValue": 10}, occurrences=73)

    assert TRIGGERED == happens(alert, 100).state
    for _ in range(20):
        alert = happens(alert, 74)
    assert SNOOZED == alert.state


def test_without_bugsnags_number_the_deliveries_count() -> None:
    alert = opened(occurrences=None)
    alert = after(
        change(
            "snoozed", extra={"snoozeRule": {"ruleType": "occurrences", "ruleValue": 2}}, error={"occurrences": None}
        ),
        alert,
    )

    alert = happens(alert, None)
    assert SNOOZED == alert.state
    assert TRIGGERED == happens(alert, None).state


def test_a_snooze_by_users_ends_only_when_bugsnag_says_so() -> None:
    alert = snoozed({"ruleType": "affected_users", "ruleValue": 10})

    assert SNOOZED == happens(alert, 10_000).state
    assert TRIGGERED == after(event("reopened", "Error re-occurred", error=at(NOW + SECOND)), alert, NOW + SECOND).state


def test_a_snooze_without_any_rule_ends_only_when_bugsnag_says_so() -> None:
    alert = snoozed(None)

    assert (None, None) == (alert.until, alert.snooze)
    assert SNOOZED == happens(alert, 10_000).state
    assert TRIGGERED == after(change("snoozeCancelled"), alert).state


def test_a_snooze_by_events_an_hour_wakes_when_an_hour_has_so_many() -> None:
    alert = snoozed({"ruleValue": 10}, occurrences=20)

    assert "per_hour" == (alert.snooze.kind if alert.snooze else "")
    assert SNOOZED == happens(alert, 29, NOW + HOUR).state
    assert TRIGGERED == happens(alert, 30, NOW + HOUR).state


def test_each_hour_of_it_counts_for_itself_from_its_first_event_on() -> None:
    alert = snoozed({"ruleValue": 3}, occurrences=20)
    alert = happens(happens(alert, 21), 22)

    alert = happens(alert, 23, NOW + HOUR + 1)
    assert SNOOZED == alert.state
    alert = happens(alert, 24, NOW + HOUR + 2)
    assert SNOOZED == alert.state
    assert TRIGGERED == happens(alert, 25, NOW + 2 * HOUR + 1).state
    assert SNOOZED == happens(alert, 25, NOW + 2 * HOUR + 2).state


def test_one_event_an_hour_wakes_in_any_hour() -> None:
    alert = snoozed({"ruleValue": 1}, occurrences=20)
    assert TRIGGERED == happens(alert, 21, NOW + 50 * HOUR).state


def test_what_bugsnag_reopens_just_after_our_own_snooze_ended_is_only_counted() -> None:
    woken = happens(snoozed({"ruleType": "occurrences", "ruleValue": 1}), 2)
    had = alerts.acknowledge(woken, ON_DUTY, NOW + 2 * SECOND, HOUR)
    again = event("reopened", "Snoozed error re-occurred", error=at(NOW + SECOND))

    for alert, state in ((woken, TRIGGERED), (had, ACKNOWLEDGED)):
        verdict = judged(again, alert, NOW + 5 * MINUTE)
        assert verdict.alert is not None
        assert ("counted", state) == (verdict.outcome, verdict.alert.state)
    late = judged(again, had, NOW + SECOND + 5 * MINUTE)
    assert late.begins


def test_and_does_not_open_what_was_closed_since() -> None:
    woken = happens(snoozed({"ruleType": "occurrences", "ruleValue": 1}), 2)
    done = alerts.close(woken, "by hand", ON_DUTY, NOW + 2 * SECOND)

    assert "counted" == judged(event("reopened", "x", error=at(NOW + SECOND)), done, NOW + 3 * SECOND).outcome
    assert "opened" == judged(event("reopened", "x", error=at(NOW + 2 * SECOND)), done, NOW + 3 * SECOND).outcome


# Acknowledged.


def test_a_lapsed_acknowledgement_is_reminded_of_by_the_next_event() -> None:
    verdict = judged(event("exception", "Every event"), alerts.lapse(acknowledged(), NOW + HOUR), NOW + 2 * HOUR)

    assert verdict.reminds
    assert verdict.alert is not None
    assert (ACKNOWLEDGED, NOW + 2 * HOUR + 5 * MINUTE) == (verdict.alert.state, verdict.alert.due_at)
    again = judged(event("exception", "Every event"), verdict.alert, NOW + 2 * HOUR + 1)
    assert not again.reminds


def test_counting_says_who_has_it() -> None:
    assert "counted; acknowledged by on-duty" == judged(event("powerTen", "10th event"), acknowledged()).reason


def test_an_alert_that_somebody_reopens_is_not_quiet() -> None:
    late = NOW + 7 * DAY - MINUTE
    again = after(change("reopened"), acknowledged(), late)

    assert late + 7 * DAY == again.last_arrival + again.quiet_after
    assert 1 == again.events


# Doubles.


def comment(number: str | None, words: str = "rolled back") -> dict[str, Any]:
    """Somebody comments in Bugsnag."""
    said = {"message": words} | ({"id": number} if number else {})
    return event("comment", "Comment added", top={"comment": said, "user": {"name": "Dana Doe"}}, error=at(NOW))


def comments(alert: Alert) -> list[str]:
    """What the timeline says people said."""
    return [f"{entry.who}: {entry.detail}" for entry in alert.timeline if entry.what == "comment"]


def test_a_comment_is_known_by_its_id_however_late_it_is_doubled() -> None:
    alert = after(comment("c-1"), acknowledged())
    verdict = judged(comment("c-1", "edited"), alert, NOW + 9 * DAY)

    assert ("changed", "the same delivery once more", "") == (verdict.outcome, verdict.reason, verdict.told)
    assert alert is verdict.alert
    assert ["Dana Doe: rolled back", "Dana Doe: rolled back"] == comments(after(comment("c-2"), alert))


def test_a_comment_without_an_id_is_known_by_its_body_for_ten_minutes() -> None:
    alert = after(comment(None), acknowledged())

    assert "" == judged(comment(None), alert, NOW + 10 * MINUTE - 1).told
    assert "acknowledger" == judged(comment(None), alert, NOW + 10 * MINUTE).told
    assert "acknowledger" == judged(comment(None, "deployed"), alert, NOW + SECOND).told


def spike(rate: int = 1240, **top: Any) -> dict[str, Any]:
    """A whole project fails more often."""
    payload = event("projectSpiking", "Spike in errors", extra={"rate": rate}, top=top)
    del payload["error"]
    return payload


def test_a_spike_is_one_alert_of_its_project() -> None:
    alert = after(spike())

    assert ("spike", "", "1240 events") == (alert.kind, alert.error_id, alert.why)
    assert "counted" == judged(spike(99), alert).outcome


def test_a_spike_delivered_again_within_ten_minutes_of_its_opening_opens_nothing() -> None:
    done = alerts.close(after(spike()), "by hand", ON_DUTY, NOW + SECOND)

    verdict = judged(spike(), done, NOW + 10 * MINUTE - 1)
    assert ("counted", "the same delivery once more") == (verdict.outcome, verdict.reason)
    assert "opened" == judged(spike(1241), done, NOW + 2 * SECOND).outcome
    assert "opened" == judged(spike(), done, NOW + 10 * MINUTE).outcome


def test_an_ignored_spike_opens_nothing() -> None:
    verdict = judged(spike(99), alerts.close(after(spike()), "ignored", ON_DUTY, NOW), NOW + DAY)
    assert ("recorded", "the spike is ignored: only reopening it opens it again") == (verdict.outcome, verdict.reason)


def test_without_a_rate_a_spike_gives_bugsnags_own_words() -> None:
    payload = spike()
    del payload["trigger"]["rate"]

    assert "Spike in errors" == after(payload).why


# Several at once.


def test_events_of_one_group_are_taken_in_their_order() -> None:
    payloads = [event(error=at(NOW)), change("fixed", error=at(NOW)), event("reopened", "again", error=at(NOW + 1))]

    folded = fold([bugsnag.parse(one) for one in payloads], None, ROSTER, "mark", NOW + 2)

    assert ["opened", "changed", "opened"] == [verdict.outcome for verdict in folded.verdicts]
    assert folded.alert is not None
    assert (TRIGGERED, 2) == (folded.alert.state, folded.alert.cycle)
    assert [(ON_DUTY, 1)] == [(page.to, page.ordinal) for page in folded.pages]


def test_a_group_that_ends_closed_pages_nobody() -> None:
    folded = fold([bugsnag.parse(event()), bugsnag.parse(change("ignored"))], None, ROSTER, "mark", NOW)

    assert () == folded.pages
    assert folded.opened


def test_an_unknown_change_of_state_changes_nothing_and_says_so() -> None:
    for state, named in (("assigned", "assigned"), ("", "none")):
        verdict = judged(change(state), opened())
        assert ("recorded", f"unknown change of state: {named}") == (verdict.outcome, verdict.reason)


def test_an_open_alert_stays_with_its_team_until_it_is_closed() -> None:
    other = Team(id="other", steps=TEAM.steps, text="{project.name}", projects=("*",))
    roster = Roster(engineers=ROSTER.engineers, teams={"other": other})
    mine = opened()

    stays = fold([bugsnag.parse(change("reopened"))], alerts.acknowledge(mine, ON_DUTY, NOW, 0), roster, "m", NOW)
    moves = fold([bugsnag.parse(event("reopened", "x"))], alerts.close(mine, "fixed", "", NOW), roster, "m", NOW)

    assert "default" == (stays.alert.team if stays.alert else "")
    assert "other" == (moves.alert.team if moves.alert else "")
