"""Bodies that Bugsnag really sent, and the three shapes it has sent over the years: the text or the silence of each."""

import json
from pathlib import Path
from typing import Any

import pytest

from bugglio.pager import reports
from tests.payloads import event
from tests.stage import ANA, Stage

Payload = dict[str, Any]
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "payloads"
"""Bodies that lie beside the repository, not in it."""

TEXTS = {
    "firstException": "Test App production: Error: Test error in /index.html. New handled error.",
    "repeated-error": (
        "Test App staging: UndefinedError: object a is undefined in auth/session#create. 10 events in 1h."
    ),
    "exception": "Example.com production: ExampleException: Something really bad happened in home#example. Test error.",
    "documented-all-fields": (
        "My Test Project development: NoMethodError: Unable to connect to database. in auth/session#create. "
        "1000th exception."
    ),
}
SILENT = {
    "comment": "a comment in Bugsnag; no alert was open",
    "state-fixed": "fixed in Bugsnag; no alert was open",
    "state-snoozed-after": "snoozed in Bugsnag; no alert was open",
    "state-snoozed-affected_users": "snoozed in Bugsnag; no alert was open",
}


def real(name: str) -> Payload:
    """One of the real bodies; the test is skipped where they are not at hand."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{FOLDER} is not there")
    payload: Payload = json.loads(path.read_bytes())
    return payload


def of_the_error_in(payload: Payload) -> Payload:
    """An event of the error that a real body is about, as of now."""
    return event(project=payload["project"], error={"errorId": payload["error"]["errorId"]})


def open_alert(stage: Stage, payload: Payload) -> int:
    """The alert of a real body's error, its page read."""
    code: int = stage.webhook(of_the_error_in(payload))["code"]
    assert stage.page().startswith(f"#{code} Test App production: TypeError: ")
    return code


def test_every_real_body_is_expected_here() -> None:
    real("comment")
    assert {path.stem for path in FOLDER.glob("*.json")} == {*TEXTS, *SILENT}


@pytest.mark.parametrize("name", TEXTS)
def test_a_real_body_gives_its_text(stage: Stage, name: str) -> None:
    payload = real(name)

    code = stage.webhook(payload)["code"]

    assert f"#{code} {TEXTS[name]} Reply ack {code}" == stage.page()
    assert [] == stage.troubles


@pytest.mark.parametrize("name", SILENT)
def test_a_real_body_about_nothing_open_is_recorded_with_its_reason(stage: Stage, name: str) -> None:
    payload = real(name)

    assert {"outcome": "recorded", "code": None, "reason": SILENT[name]} == stage.webhook(payload)
    assert [] == stage.new_texts()


def test_the_real_fixed_closes_and_is_told(stage: Stage) -> None:
    payload = real("state-fixed")
    code = open_alert(stage, payload)

    assert "changed" == stage.webhook(payload)["outcome"]

    assert f"09:00 #{code} Test App TypeError: Fixed in Bugsnag by Dana Doe" == stage.page()
    assert [] == reports.open_alerts(stage.store)


def test_the_real_comment_reaches_whoever_has_it(stage: Stage) -> None:
    payload = real("comment")
    code = open_alert(stage, payload)
    stage.text(ANA, "ack")

    assert "changed" == stage.webhook(payload)["outcome"]

    assert f"09:00 #{code} Test App TypeError: Dana Doe in Bugsnag: test comment" == stage.page()


def test_the_real_snooze_by_time_holds_for_its_six_hours(stage: Stage) -> None:
    payload = real("state-snoozed-after")
    code = open_alert(stage, payload)

    assert "changed" == stage.webhook(payload)["outcome"]
    stage.wait(minutes=359, step=359 * 60)
    assert [] == stage.new_texts()
    stage.wait(minutes=1, step=60)

    assert f"#{code} Test App production: TypeError: " in stage.page()


def test_the_real_snooze_by_users_holds_until_bugsnag_reopens(stage: Stage) -> None:
    payload = real("state-snoozed-affected_users")
    code = open_alert(stage, payload)

    stage.webhook(payload)
    stage.wait(minutes=120, step=3_600)
    assert [] == stage.new_texts()
    reopened = {**of_the_error_in(payload), "trigger": {"type": "reopened", "message": "Snoozed error re-occurred"}}
    stage.webhook(reopened)

    assert stage.page().endswith(f". Snoozed error re-occurred, again 11:00. Reply ack {code}")


OF_2014: Payload = {
    "project": {"id": "p-9", "name": "warehouse-sync", "apiKey": "0f3d0f3d", "url": "https://bugsnag.com/acme/sync"},
    "trigger": {"type": "exception", "message": "1000th exception"},
    "error": {
        "exceptionClass": "NoMethodError",
        "message": "undefined method `qty' for nil:NilClass",
        "context": "stock#sync",
        "appVersion": None,
        "releaseStage": "production",
        "createdIssue": {},
        "url": "https://bugsnag.com/acme/sync/errors/518031bcd775355c48a1cd4e?event_id=1",
        "stacktrace": [{"file": "app/stock.rb", "lineNumber": 7, "columnNumber": None, "inProject": True}],
    },
}
OF_2021: Payload = {
    "account": {"id": "a-1", "name": "Acme"},
    "project": {"id": "p-9", "name": "warehouse-sync"},
    "trigger": {"type": "errorEventFrequency", "message": "10 events in 1h"},
    "error": {
        "id": "60224d720069a454dec0beef",
        "errorId": "601a5eb7fedabb00175dbeef",
        "exceptionClass": "KeyError",
        "message": "'sku'",
        "context": "tasks.stock.reconcile",
        "occurrences": 73,
        "app": {"releaseStage": "staging", "version": "0.9.1"},
        "stackTrace": [{"file": "tasks/stock.py", "lineNumber": "42", "columnNumber": "1", "method": "reconcile"}],
    },
}
OF_TODAY: Payload = {
    "project": {"id": "p-9", "name": "warehouse-sync"},
    "trigger": {"type": "firstException", "message": "New unhandled error"},
    "error": {
        "errorId": "701a5eb7fedabb00175dbeef",
        "context": "cart#update",
        "releaseStage": "production",
        "exceptions": [
            {"errorClass": "RangeError", "message": "Invalid array length", "type": "nodejs", "stacktrace": []},
            {"errorClass": "ItemLimit", "message": "4294967296 items", "type": "nodejs", "stacktrace": []},
        ],
    },
}


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        pytest.param(
            OF_2014,
            "warehouse-sync production: NoMethodError: undefined method 'qty' for nil:NilClass in stock#sync. "
            "1000th exception.",
            id="2014-16",
        ),
        pytest.param(
            OF_2021, "warehouse-sync staging: KeyError: 'sku' in tasks.stock.reconcile. 10 events in 1h.", id="2021-22"
        ),
        pytest.param(
            OF_TODAY,
            "warehouse-sync production: RangeError: Invalid array length in cart#update. New unhandled error.",
            id="exceptions",
        ),
    ],
)
def test_each_shape_of_the_years_gives_its_text_and_is_one_alert(stage: Stage, payload: Payload, text: str) -> None:
    code = stage.webhook(payload)["code"]

    assert f"#{code} {text} Reply ack {code}" == stage.page()
    assert {"outcome": "counted", "code": code, "reason": "counted on the open alert"} == stage.webhook(payload)
    assert [] == stage.new_texts()


def test_an_api_key_in_a_body_is_not_kept(stage: Stage) -> None:
    stage.webhook(OF_2014)

    kept = [*stage.alerts(), *(one.fields for one in stage.store.query("pages", "created", limit=100))]
    assert len(kept) == 2
    assert "0f3d0f3d" not in json.dumps(kept)
