"""What an alert is, and how it is kept."""

import pytest

from bugglio import alert as alerts
from bugglio.alert import ACKNOWLEDGED, CLOSED, SNOOZED, TRIGGERED, Alert, Entry, Snooze, alert_id
from tests.clock import Clock

NOW = Clock().now()
HOUR = 3_600_000


def alert(**fields: object) -> Alert:
    """An alert that was paged."""
    known = {"mark": "m", "team": "shop", "opened": NOW, "next_at": NOW + 300_000, "again_at": NOW + 120_000}
    return Alert(**{**known, **fields})  # type: ignore[arg-type]


def test_one_error_of_one_project_has_one_alert() -> None:
    names = [("p", "e"), ("pe", ""), ("", "pe"), ("p\ne", ""), ("p", "e2"), ("P", "e")]

    ids = {alert_id(project, error) for project, error in names} | {alert_id("p", "", spike=True)}
    assert len(names) + 1 == len(ids)
    assert alert_id("p", "e") == alert_id("p", "e")
    assert all(len(one) == 32 and one.isalnum() for one in ids)


def test_the_timeline_keeps_the_latest_hundred_lines_and_three_hundred_characters_of_each() -> None:
    long = alert()
    for n in range(150):
        long = alerts.note(long, Entry(at=n, what="note", detail="x" * 1_000))

    assert [*range(50, 150)] == [entry.at for entry in long.timeline]
    assert {300} == {len(entry.detail) for entry in long.timeline}


def test_counting_keeps_bugsnags_highest_number_and_its_newest_moment() -> None:
    one = alerts.count(alert(), NOW, NOW + 5, 73)
    two = alerts.count(one, NOW - HOUR, NOW + 6, 72)
    three = alerts.count(two, NOW + 1, NOW + 4, None)

    assert [73, 73, 73] == [each.counted for each in (one, two, three)]
    assert (3, NOW + 1, NOW + 6) == (three.events, three.last_event, three.last_arrival)
    assert 1 == alerts.count(alert(), NOW, NOW, None).counted
    assert 1 == alerts.count(alert(), NOW, NOW, 0).counted


def test_whoever_has_it_ends_the_paging_for_a_while_or_for_ever() -> None:
    had = alerts.acknowledge(alert(), "ana", NOW, HOUR)

    assert (ACKNOWLEDGED, "ana", NOW + HOUR) == (had.state, had.acknowledged_by, had.due_at)
    assert (None, None, ()) == (had.next_at, had.again_at, had.waits_for)
    assert alerts.acknowledge(alert(), "ana", NOW, 0).due_at is None


def test_a_lapsed_acknowledgement_and_a_reminder_have_their_moments() -> None:
    had = alerts.acknowledge(alert(quiet_after=7 * 24 * HOUR, last_arrival=NOW), "ana", NOW, HOUR)

    assert NOW + 7 * 24 * HOUR == alerts.lapse(had, NOW + HOUR).due_at
    assert alerts.lapse(had, NOW + HOUR).goes_on_at is None
    assert NOW + 2 * HOUR + 5 == alerts.remind(alerts.lapse(had, NOW + HOUR), NOW + 2 * HOUR, 5).due_at
    assert not alerts.acknowledge(alerts.lapse(had, NOW + HOUR), "ana", NOW + 2 * HOUR, HOUR).lapsed


def test_closing_leaves_nothing_due_and_tells_through_when() -> None:
    rule = Snooze(kind="occurrences", value=2, base=1, since=NOW)
    asleep = alerts.snooze(alert(last_event=NOW), "ana", NOW, NOW + HOUR, rule, "2x")
    assert (SNOOZED, NOW + HOUR, rule) == (asleep.state, asleep.due_at, asleep.snooze)

    done = alerts.close(asleep, "fixed", "", NOW + 1, "by Dana", NOW + 7)
    assert (CLOSED, "fixed", None, NOW + 7) == (done.state, done.how, done.closed_by, done.closed_through)
    assert (None, None) == (done.due_at, done.snooze)
    assert NOW == alerts.close(asleep, "by hand", "ana", NOW + 1).closed_through


@pytest.mark.parametrize("state", [TRIGGERED, ACKNOWLEDGED, SNOOZED])
def test_an_open_alert_is_found_by_its_team_and_by_its_next_moment(state: str) -> None:
    fields = alerts.dump(alert(state=state))
    assert (f"shop|{NOW:015d}", NOW + 120_000) == (fields["open"], fields["due_at"])


def test_a_closed_alert_is_found_by_neither() -> None:
    fields = alerts.dump(alert(state=CLOSED))
    assert (None, None) == (fields["open"], fields["due_at"])


def test_it_comes_back_from_its_document_as_it_was_and_bears_fields_of_a_newer_version() -> None:
    whole = alerts.note(
        alerts.snooze(
            alert(said={"error.message": "x"}, paged={"ana": 2}, comments=("c-1",)),
            "ana",
            NOW,
            None,
            Snooze(kind="per_hour", value=3, base=1, since=NOW),
            "3x an hour",
        ),
        Entry(at=NOW, what="page", who="ana", page="p-1"),
    )
    fields = {name: value for name, value in alerts.dump(whole).items() if value is not None}

    assert whole == alerts.load({**fields, "of_a_newer_version": [1]})
