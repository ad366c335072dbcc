import json

import pytest

from bugglio.simulator.samples import PEOPLE, SAMPLES, Bugsnag

TRIGGERS = {
    "firstException",
    "errorEventFrequency",
    "powerTen",
    "exception",
    "reopened",
    "projectSpiking",
    "release",
    "projectSamplingStarted",
    "projectApproachingRateLimit",
    "comment",
    "errorStateManualChange",
}
NOON = 1_767_960_000_000
"""2026-01-09T12:00:00Z."""


def bugsnag() -> Bugsnag:
    return Bugsnag(lambda: NOON)


def test_every_trigger_that_bugsnag_has_is_there() -> None:
    assert TRIGGERS == {bugsnag().make(name)["trigger"]["type"] for name in SAMPLES}


@pytest.mark.parametrize("name", list(SAMPLES))
def test_every_sample_is_json_and_names_account_project_and_trigger(name: str) -> None:
    body = json.loads(json.dumps(bugsnag().make(name)))

    assert SAMPLES[name].trigger == body["trigger"]["type"]
    assert body["trigger"]["message"]
    assert {"id", "name", "url"} <= set(body["account"])
    assert {"id", "name", "url"} <= set(body["project"])


def test_all_six_changes_of_state_and_every_rule_of_a_snooze_are_there() -> None:
    bodies = [bugsnag().make(name)["trigger"] for name, sample in SAMPLES.items() if sample.group == PEOPLE]

    changes = {body["stateChange"] for body in bodies if "stateChange" in body}
    rules = [body["snoozeRule"] for body in bodies if "snoozeRule" in body]
    assert {"fixed", "reopened", "snoozed", "snoozeCancelled", "ignored", "unignored"} == changes
    assert ["occurs_after", "occurrences", "affected_users", None] == [rule.get("ruleType") for rule in rules]


def test_a_new_error_is_another_one_each_time() -> None:
    ours = bugsnag()
    groups = [ours.make("new-error")["error"]["errorId"] for _ in range(10)]

    assert 10 == len(set(groups))
    assert all(len(group) == 24 for group in groups)


def test_the_same_button_twice_is_the_same_error_with_one_more_event() -> None:
    ours = bugsnag()
    first, second = ours.make("timeout")["error"], ours.make("timeout")["error"]

    assert first["errorId"] == second["errorId"]
    assert first["id"] != second["id"]
    assert [1, 2] == [first["occurrences"], second["occurrences"]]
    assert first["errorId"] == Bugsnag(lambda: NOON).make("timeout")["error"]["errorId"], "also in another run"


def test_what_people_do_concerns_the_last_error_and_repeats_its_event() -> None:
    ours = bugsnag()
    ours.make("timeout")
    error = ours.make("new-error")["error"]

    fixed, comment = ours.make("fixed")["error"], ours.make("comment")["error"]

    assert {(error["errorId"], error["id"])} == {(one["errorId"], one["id"]) for one in (fixed, comment)}
    assert ("open", "fixed") == (error["status"], fixed["status"])


def test_the_last_error_again_and_its_hundredth_event() -> None:
    ours = bugsnag()
    ours.make("new-error")

    assert 2 == ours.make("exception")["error"]["occurrences"]
    assert 100 == ours.make("power-ten")["error"]["occurrences"]
    assert 101 == ours.make("reopened")["error"]["occurrences"]


def test_a_repeated_delivery_is_the_same_word_for_word() -> None:
    ours = bugsnag()
    sent = ours.make("new-error")

    assert sent == ours.make("repeat") == ours.make("repeat")


def test_times_are_of_the_clock_and_lines_are_texts_as_in_real_payloads() -> None:
    error = bugsnag().make("new-error")["error"]

    assert "2026-01-09T12:00:00.000Z" == error["receivedAt"]
    assert isinstance(error["stackTrace"][0]["lineNumber"], str)


def test_the_three_generations_of_payloads() -> None:
    ours = bugsnag()
    old, now, new = ours.make("old-shape"), ours.make("timeout")["error"], ours.make("new-shape")["error"]

    assert "apiKey" in old["project"]
    assert isinstance(old["error"]["stacktrace"][0]["lineNumber"], int)
    assert old["error"].keys().isdisjoint({"stackTrace", "occurrences", "unhandled"})
    assert "exceptions" not in now
    assert ["RangeError", "ItemLimit"] == [one["errorClass"] for one in new["exceptions"]]


def test_a_release_and_a_bare_spike_name_no_error() -> None:
    assert "error" not in bugsnag().make("release")
    assert "error" not in bugsnag().make("spike-bare")
    assert 1240 == bugsnag().make("spike")["trigger"]["rate"]


def test_the_test_button_always_sends_the_same() -> None:
    ours = bugsnag()

    assert ours.make("test-button") == ours.make("test-button")
    assert ours.make("test-button")["error"]["receivedAt"].startswith("2015-")


def test_nobody_knows_any_other_sample() -> None:
    with pytest.raises(KeyError):
        bugsnag().make("nonsense")
