"""What Bugsnag knows of errors, and what it tells bugglio of changes made through its API."""

from typing import Any

import pytest

from bugglio.simulator import Misbehaviour, Simulator
from bugglio.simulator.operations import BugsnagFault, Wanted
from tests.simulator.doors import Doors

FIXED, IGNORED, OPEN = Wanted("fixed"), Wanted("ignored"), Wanted("open")
SNOOZED = Wanted("snoozed", {"reopen_if": "occurs_after", "seconds": 7200})


def begun(simulator: Simulator) -> tuple[str, str]:
    """Where an error is that Bugsnag has just sent an event of."""
    error = simulator.event("new-error").payload
    return error["project"]["id"], error["error"]["errorId"]


def changed(simulator: Simulator, wanted: Wanted, where: tuple[str, str]) -> Any:
    """The webhook about a change."""
    simulator.tracker.change(*where, wanted)
    return simulator.echoes.pop()


def test_an_error_exists_once_an_event_of_it_was_sent(simulator: Simulator) -> None:
    with pytest.raises(BugsnagFault, match="Project not found"):
        simulator.tracker.error("p", "e")

    project, error = begun(simulator)

    assert [(project, error, "open")] == [(one.project, one.id, one.status) for one in simulator.errors()]
    with pytest.raises(BugsnagFault, match="Error not found"):
        simulator.tracker.error(project, "another")


def test_any_error_exists_when_told_so() -> None:
    simulator = Simulator(any_error=True)

    body = changed(simulator, FIXED, ("p", "e"))

    assert {"id": "p", "name": "p"} == body["project"]
    assert {"errorId": "e", "status": "fixed"} == body["error"]


def test_what_people_do_in_bugsnag_changes_the_error_too(simulator: Simulator) -> None:
    begun(simulator)
    states = []
    for name in ("fixed", "reopened-by-hand", "snoozed", "snooze-cancelled", "ignored", "exception"):
        simulator.event(name)
        states.append(simulator.errors()[0].status)

    assert ["fixed", "open", "snoozed", "open", "ignored", "open"] == states


def test_a_comment_of_somebodys_is_kept_once(simulator: Simulator) -> None:
    begun(simulator)
    simulator.event("comment")
    simulator.event("repeat")

    assert ["Looks like the deploy of 14:02. Rolling back."] == [one.message for one in simulator.comments()]


@pytest.mark.parametrize("payload", [None, [], {"error": []}, {"project": {"id": 7}, "error": {"errorId": "e"}}, {}])
def test_a_webhook_without_an_error_teaches_nothing(simulator: Simulator, payload: object) -> None:
    simulator.send_event(payload)

    assert [] == simulator.errors()


def test_a_change_is_told_as_if_somebody_had_made_it_by_hand(simulator: Simulator) -> None:
    where = begun(simulator)
    known = simulator.event("exception").payload

    body = changed(simulator, FIXED, where)

    by_hand = simulator.event("fixed").payload
    words = "Error marked as fixed by bugglio bot"
    assert {"type": "errorStateManualChange", "message": words, "stateChange": "fixed"} == body["trigger"]
    assert "bugglio bot" == body["user"]["name"]
    assert by_hand.keys() == body.keys()
    assert by_hand["error"] == body["error"]
    assert known["error"]["id"] == body["error"]["id"]


@pytest.mark.parametrize(
    ("change", "words", "first"),
    [
        ("reopened", "Fixed error reopened by bugglio bot", FIXED),
        ("snoozeCancelled", "Snooze cancelled by bugglio bot", SNOOZED),
        ("unignored", "Error unignored by bugglio bot", IGNORED),
    ],
)
def test_opening_is_told_by_what_it_undoes(simulator: Simulator, change: str, words: str, first: Wanted) -> None:
    where = begun(simulator)
    changed(simulator, first, where)

    trigger = changed(simulator, OPEN, where)["trigger"]

    assert (change, words) == (trigger["stateChange"], trigger["message"])


@pytest.mark.parametrize(
    ("words", "rule", "rules"),
    [
        (
            "Error snoozed for 2 hours by bugglio bot",
            {"ruleType": "occurs_after", "ruleValue": 7200},
            {"reopen_if": "occurs_after", "seconds": 7200},
        ),
        (
            "Error snoozed for 1 day by bugglio bot",
            {"ruleType": "occurs_after", "ruleValue": 86_400},
            {"reopen_if": "occurs_after", "seconds": 86_400},
        ),
        (
            "Error snoozed until after 1 more occurrence by bugglio bot",
            {"ruleType": "occurrences", "ruleValue": 1},
            {"reopen_if": "n_additional_occurrences", "additional_occurrences": 1},
        ),
        (
            "Error snoozed until it impacts an additional 10 users by bugglio bot",
            {"ruleType": "affected_users", "ruleValue": 10},
            {"reopen_if": "n_additional_users", "additional_users": 10},
        ),
        (
            "Error snoozed until this occurs at least 10 times/hour by bugglio bot",
            {"ruleValue": 10},
            {"reopen_if": "n_occurrences_in_m_hours", "occurrences": 10, "hours": 1},
        ),
        (
            "Error snoozed until this occurs at least 10 times/24 hours by bugglio bot",
            {"ruleValue": 10},
            {"reopen_if": "n_occurrences_in_m_hours", "occurrences": 10, "hours": 24},
        ),
    ],
)
def test_a_snooze_is_told_with_its_rule_in_the_webhooks_words(
    simulator: Simulator, words: str, rule: dict[str, Any], rules: dict[str, Any]
) -> None:
    trigger = changed(simulator, Wanted("snoozed", rules), begun(simulator))["trigger"]

    assert ("snoozed", words, rule) == (trigger["stateChange"], trigger["message"], trigger["snoozeRule"])


def test_a_comment_is_told_with_its_id(simulator: Simulator) -> None:
    comment = simulator.tracker.comment(*begun(simulator), "rolled back")

    (body,) = simulator.echoes
    assert {"type": "comment", "message": "Comment added"} == body["trigger"]
    assert {"id": comment.id, "message": "rolled back"} == body["comment"]


def test_what_is_so_already_is_not_told_again(simulator: Simulator) -> None:
    where = begun(simulator)
    for _ in range(2):
        simulator.tracker.change(*where, FIXED)

    assert 1 == len(simulator.echoes)


def test_bugsnag_can_be_told_to_say_nothing(simulator: Simulator) -> None:
    where = begun(simulator)
    simulator.misbehave(Misbehaviour("bugsnag-silent", times=1))

    simulator.tracker.change(*where, FIXED)

    assert [] == simulator.echoes
    assert "fixed" == simulator.errors()[0].status


def test_what_was_changed_is_posted_to_the_webhook_with_the_reports(simulator: Simulator, doors: Doors) -> None:
    simulator.tracker.change(*begun(simulator), FIXED)
    simulator.settle()

    assert ["/bugsnag", "/bugsnag"] == doors.paths
    assert [] == simulator.echoes
    assert ["New error", "Error marked as fixed by bugglio bot"] == [line.what for line in simulator.activity()]


def test_an_old_webhook_about_a_change_does_not_take_a_newer_one_back(simulator: Simulator) -> None:
    where = begun(simulator)
    simulator.tracker.change(*where, FIXED)
    simulator.tracker.change(*where, OPEN)
    simulator.echoes.reverse()
    simulator.settle()

    assert "open" == simulator.errors()[0].status


def test_in_real_time_a_change_is_told_by_itself(
    simulator: Simulator, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bugglio.simulator.course.STEP", 0.01)
    where = begun(simulator)
    simulator.start()
    simulator.tracker.change(*where, FIXED)

    with doors.arrived:
        assert doors.arrived.wait_for(lambda: 2 == len(doors.paths), timeout=5)
    simulator.close()
    assert [] == simulator.echoes
