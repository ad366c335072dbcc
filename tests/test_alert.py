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


@pytest.mark.parametrize(("state", "rank"), [(TRIGGERED, "!"), (ACKNOWLEDGED, "z"), (SNOOZED, "z")])
def test_an_open_alert_is_found_by_its_team_and_place_and_by_its_next_moment(state: str, rank: str) -> None:
    fields = alerts.dump(alert(state=state, code=417))
    assert (f"shop|{rank}{NOW:015d}.000000417", NOW + 120_000) == (fields["open"], fields["due_at"])


LINE = [
    alert(opened=NOW + 1, code=417),
    alert(opened=NOW + 1, code=418),
    alert(opened=NOW, state=ACKNOWLEDGED, quiet_until=NOW + 9),
    alert(opened=NOW, rule="rule 1: held"),
    alert(opened=NOW, state=ACKNOWLEDGED),
    alert(opened=NOW + 2, state=SNOOZED),
]


def test_what_nobody_has_answered_stands_before_what_waits_for_a_quiet_or_a_rule_and_what_somebody_has() -> None:
    assert LINE == sorted([*LINE[3:], *LINE[:3]], key=lambda one: one.place)


def test_the_store_orders_alerts_as_their_places_do() -> None:
    fields = [alerts.dump(one)["open"] for one in LINE]
    assert fields == sorted(fields)
    assert [("shop", one.place) for one in LINE] == [alerts.standing(field) for field in fields]


def test_a_field_of_a_version_without_ranks_stands_after_what_is_known_to_be_unanswered() -> None:
    old, fields = f"shop|{NOW:015d}", [alerts.dump(one)["open"] for one in LINE]
    assert [*fields[:3], old, *fields[3:]] == sorted([old, *fields])
    assert ("shop", (alerts.UNRANKED, NOW, 0)) == alerts.standing(old)
    assert old < alerts.in_line("shop", (alerts.UNRANKED, NOW, 0)) < f"shop|{NOW + 1:015d}"


def test_a_teams_span_holds_all_of_its_places_and_no_other_teams() -> None:
    start, end = alerts.span_of("shop")
    fields = [f"shop|{NOW:015d}", *(alerts.dump(one)["open"] for one in LINE)]
    assert all(start <= field < end for field in fields)
    others = [alerts.dump(alert(team=team))["open"] for team in ("shop-2", "shop2", "shops", "sho")]
    assert not [field for field in others if start <= field < end]


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
