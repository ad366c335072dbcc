"""Bugsnag's payloads, real, documented and broken, in our words."""

import json
import math
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bugglio.bugsnag import STATE_CHANGES, TRIGGERS, Event, SnoozeRule, at_path, decode, parse

PAYLOADS = Path(__file__).resolve().parents[2] / "shared" / "payloads"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
ODD = JSON | st.sampled_from(
    ["", " ", "a\r\nb", "\x00\x1b[31m", "\ud800x", "..", "__x__", "a/b", "é", "x" * 2000, "2021-04-07T08:59:12.159Z"]
)
"""Values where a payload has others."""


def shaped(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these names, and anything as their values."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, ODD))


SHAPED = st.fixed_dictionaries(
    {},
    optional={
        "trigger": ODD
        | st.builds(
            lambda trigger, rule: trigger | {"snoozeRule": rule},
            shaped("type", "message", "rate", "stateChange"),
            shaped("type", "ruleType", "ruleValue"),
        ),
        "project": ODD | shaped("id", "name", "url", "apiKey"),
        "error": ODD
        | st.builds(
            lambda error, app, thrown: error | {"app": app, "exceptions": [thrown]},
            shaped("id", "errorId", "message", "context", "url", "severity", "occurrences", "receivedAt", "unhandled"),
            shaped("version", "releaseStage", "type"),
            shaped("errorClass", "message"),
        ),
        "release": ODD | shaped("id", "version", "releaseStage", "url"),
        "user": ODD | shaped("name", "email"),
        "comment": ODD | shaped("id", "message"),
        "exceptions": ODD,
    },
)
"""Payloads that look like Bugsnag's and hold anything."""


def read(text: str) -> Event:
    """The event of a body."""
    payload = decode(text.encode())
    assert payload is not None
    return parse(payload)


def of_error(**error: object) -> Event:
    """The event of an error with these fields."""
    return read(json.dumps({"trigger": {"type": "exception"}, "error": error}))


def nested(depth: int) -> bytes:
    """A JSON object, so many deep."""
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


# The real payloads.

FROM_TEST_APP = Event(
    trigger="",
    message="",
    project_id="5f73031fb91aad0014229623",
    project="Test App",
    stage="staging",
    severity="error",
    unhandled=True,
    app_type="rails",
)
URL = "https://app.bugsnag.com/example-co/test-app/errors/"
SNOOZED = replace(
    FROM_TEST_APP,
    trigger="errorStateManualChange",
    change="snoozed",
    error_id="61022180410d35000861cc78",
    event_id="6108f86d007fa4d878ab0000",
    error_class="Undefined method",
    error_message="Unable to connect to Undefined",
    context="auth/auth#create",
    version="1.0.12",
    occurrences=10,
    received=1627977837942,
    url=URL + "61022180410d35000861cc78?event_id=6108f86d007fa4d878ab0000&i=wh&m=sn",
    actor="Dana Doe",
)
ON_ARTICLES = replace(
    FROM_TEST_APP,
    error_id="6045ce3cc35e2a0017a23f8e",
    event_id="606d746000773c6f51b90000",
    error_class="UnsuppportedError",
    error_message="object b is undefined",
    context="article/new#create",
    version="1.0.16",
    occurrences=32,
    received=1617785952159,
    actor="Dana Doe",
)
EXPECTED = {
    "comment": replace(
        ON_ARTICLES,
        trigger="comment",
        message="Comment added",
        url=URL + "6045ce3cc35e2a0017a23f8e?event_id=606d746000773c6f51b90000&i=wh&m=cm",
        comment_id="606d74b2e07f200013f9c9cd",
        comment="test comment",
    ),
    "documented-all-fields": Event(
        trigger="exception",
        message="1000th exception",
        snooze=SnoozeRule("occurrences", 10),
        rate=5000,
        project_id="56b9ca7f17025f8756f69054",
        project="My Test Project",
        error_id="56b9ca7f17025f8756f69054",
        event_id="56b9ca7f17025f8756f69054",
        error_class="NoMethodError",
        error_message="Unable to connect to database.",
        context="auth/session#create",
        stage="development",
        version="0.1.0",
        severity="error",
        received=1448637971000,
        url="https://app.bugsnag.com/my-company/my-test-project/errors/56b9ca7f17025f8756f69054"
        "?event_id=56b9ca7f17025f8756f69054",
        actor="Example User",
    ),
    "exception": Event(
        trigger="exception",
        message="Test error",
        project_id="559bc00a94a804b02a96dd81",
        project="Example.com",
        error_id="530c3522e694aae2f4000035",
        event_id="54d535b2776562445f002e4f",
        error_class="ExampleException",
        error_message="Something really bad happened",
        context="home#example",
        stage="production",
        version="App version",
        severity="error",
        unhandled=True,
        received=1420070400000,
        url="http://app.bugsnag.com/errors/example/events/example?i=wh&m=te",
        app_type="rails",
    ),
    "firstException": replace(
        FROM_TEST_APP,
        trigger="firstException",
        message="New handled error",
        error_id="620a14b57cddcd00082f4e51",
        event_id="620a14b5009055d6c5fb0000",
        error_class="Error",
        error_message="Test error",
        context="/index.html",
        stage="production",
        severity="warning",
        unhandled=False,
        occurrences=1,
        received=1644827829154,
        url=URL + "620a14b57cddcd00082f4e51?event_id=620a14b5009055d6c5fb0000&i=wh&m=nw",
        app_type="browser",
    ),
    "repeated-error": replace(
        FROM_TEST_APP,
        trigger="errorEventFrequency",
        message="10 events in 1h",
        error_id="601a5eb7fedabb00175dc37c",
        event_id="60224d720069a454dec00000",
        error_class="UndefinedError",
        error_message="object a is undefined",
        context="auth/session#create",
        version="1.0.16",
        occurrences=73,
        received=1612860786295,
        url=URL + "601a5eb7fedabb00175dc37c?event_id=60224d720069a454dec00000&i=wh&m=ef",
    ),
    "state-fixed": replace(
        ON_ARTICLES,
        trigger="errorStateManualChange",
        message="Error marked as fixed by Dana Doe",
        change="fixed",
        url=URL + "6045ce3cc35e2a0017a23f8e?event_id=606d746000773c6f51b90000&i=wh&m=fx",
    ),
    "state-snoozed-affected_users": replace(
        SNOOZED,
        message="Error snoozed until it impacts an additional 10 users by Dana Doe",
        snooze=SnoozeRule("users", 10),
    ),
    "state-snoozed-after": replace(
        SNOOZED, message="Error snoozed for 6 hours by Dana Doe", snooze=SnoozeRule("seconds", 21600)
    ),
}


@pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the sample payloads are not beside this repository")
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_real_or_documented_payload_is_read_whole(name: str) -> None:
    event = read((PAYLOADS / f"{name}.json").read_text())
    assert EXPECTED[name] == replace(event, account="")
    assert event.trigger in TRIGGERS
    assert event.change in STATE_CHANGES | {""}


@pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the sample payloads are not beside this repository")
def test_every_sample_is_expected_and_has_a_fingerprint_of_its_own() -> None:
    events = {path.stem: read(path.read_text()) for path in PAYLOADS.glob("*.json")}
    assert events.keys() == EXPECTED.keys()
    assert len({event.fingerprint for event in events.values()}) == len(events)


def test_the_documented_triggers_and_changes_are_known() -> None:
    assert len(TRIGGERS) == 11
    assert {"projectSpiking", "errorStateManualChange", "release"} < TRIGGERS
    assert {"fixed", "reopened", "snoozed", "snoozeCancelled", "ignored", "unignored"} == STATE_CHANGES


# Bodies.


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'"a"', b"1", b"null", b"{", b"{}x", b"{'a': 1}", b"\xff\xfe{\x00}\x00", b"nan"]
)
def test_what_is_no_json_object_is_none(body: bytes) -> None:
    assert decode(body) is None


def test_an_object_200_deep_is_read_and_one_deeper_is_not() -> None:
    assert decode(nested(200)) is not None
    assert decode(nested(201)) is None
    assert decode(b'{"a":' * 201 + b"1" + b"}" * 201) is None


@pytest.mark.parametrize("body", [nested(10_000), nested(500_000), b"[" * 1_048_576, b'{"a":' * 200_000])
def test_a_body_nested_without_end_does_no_harm(body: bytes) -> None:
    assert decode(body) is None


def test_many_brackets_side_by_side_or_in_texts_are_not_deep() -> None:
    assert decode(b'{"a": [' + b"[]," * 500 + b"{}]}") == {"a": [[]] * 500 + [{}]}
    assert decode(b'{"a": "' + b"[" * 500 + b'\\"' + b"{" * 500 + b'"}') == {"a": "[" * 500 + '"' + "{" * 500}
    assert decode(b'{"a\\\\": ' + b"[" * 201 + b"]" * 201 + b"}") is None


def test_a_body_of_quotes_that_never_close_is_refused_in_time() -> None:
    assert decode(b"[" * 201 + b'"' + b'\\"' * 500_000) is None


def test_a_byte_order_mark_and_bytes_that_are_no_utf8_are_tolerated() -> None:
    assert decode(b'\xef\xbb\xbf{"a": "caf\xe9 \xed\xa0\x80"}') == {"a": "caf\ufffd \ufffd\ufffd\ufffd"}


def test_of_doubled_keys_the_last_counts() -> None:
    assert decode(b'{"a": 1, "a": 2}') == {"a": 2}


def test_numbers_that_no_store_holds_come_as_their_text() -> None:
    digits = "9" * 5000
    assert decode(f'{{"a": NaN, "b": -Infinity, "c": {digits}, "d": 1e999}}'.encode()) == {
        "a": "NaN",
        "b": "-Infinity",
        "c": digits,
        "d": "1e999",
    }
    assert decode(b'{"a": 999999999999999999, "b": 9999999999999999999}') == {
        "a": 999999999999999999,
        "b": "9999999999999999999",
    }


def test_a_version_that_looks_like_a_number_keeps_its_last_digit() -> None:
    assert read('{"error": {"appVersion": 1.10}}').version == "1.10"


@pytest.mark.parametrize(
    ("escaped", "expected"),
    [
        (r"\ud83d\ude00", "😀"),
        (r"\uD83D\uDE00", "😀"),
        (r"a\ud83db", "a\ufffdb"),
        (r"a\uD83Db", "a\ufffdb"),
        (r"\ude00\ud83d", "\ufffd\ufffd"),
        (r"\ud83d\ud83d\ude00", "\ufffd😀"),
        (r"\\ud83d\ude00", "\\ud83d\ufffd"),
        (r"\\\ud83d", "\\\ufffd"),
        (r"a\u0000b", "ab"),
        (r"a\\u0000b", "a\\u0000b"),
        (r"a\\\u0000b", "a\\b"),
        (r"\ud83d\u0000\ude00", "😀"),
        (r"\u00e9\u0026\n", "é&\n"),
        ("a\x00b\x01", "ab\x01"),
    ],
)
def test_escapes_that_no_system_takes_are_mended_in_texts_and_keys(escaped: str, expected: str) -> None:
    assert decode(f'{{"{escaped}": ["{escaped}"]}}'.encode()) == {expected: [expected]}


@given(st.dictionaries(st.text(), JSON))
@example({"\\\ud800": "\\\\\udc00\x00"})
def test_any_json_object_is_read_and_can_be_written_as_utf8(value: dict[str, Any]) -> None:
    for ascii_only in (True, False):
        payload = decode(json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))
        assert payload is not None
        written = json.dumps(payload, ensure_ascii=False)
        written.encode()
        assert "\\u0000" not in written.replace("\\\\", "")


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        st.integers(-9, 9) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    )
)
def test_an_ordinary_object_is_read_as_it_is(value: dict[str, Any]) -> None:
    assert value == decode(json.dumps(value).encode())


@given(st.binary(max_size=200))
def test_no_body_raises(body: bytes) -> None:
    decode(body)
    decode(b'{"error": {"message": "' + body + b'"}}')


# Fields.


@given(SHAPED | st.dictionaries(st.text(), JSON))
@example({"error": {"receivedAt": "0001-01-01T00:00+23:59"}})
@example({"error": {"id": "x" * 201, "errorId": "a/b"}, "project": {"id": ".."}, "release": {"id": "__x__"}})
def test_whatever_a_payload_holds_its_event_is_clean(payload: dict[str, Any]) -> None:
    event = parse(payload)
    for name in (field.name for field in fields(Event) if isinstance(getattr(event, field.name), str)):
        text = getattr(event, name)
        text.encode()
        assert text == text.strip(), name
        assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text), name
        assert len(text) <= (1000 if name in {"error_message", "comment"} else 300), name
    for identity in (event.project_id, event.error_id, event.event_id, event.comment_id, event.release_id):
        assert len(identity) <= 200
        assert "/" not in identity
        assert identity not in {".", ".."}
        assert not (identity.startswith("__") and identity.endswith("__"))
    assert len(event.fingerprint) == 32


@given(SHAPED)
def test_a_team_finds_in_the_payload_what_the_event_says(payload: dict[str, Any]) -> None:
    event = parse(payload)
    assert event.error_class == at_path(event.payload, "error.exceptionClass")
    assert event.error_message == at_path(event.payload, "error.message")
    if "release" not in payload:
        assert event.stage == at_path(event.payload, "error.releaseStage")
        assert event.version == at_path(event.payload, "error.appVersion")


def test_an_empty_object_is_an_empty_event() -> None:
    assert Event(trigger="", message="") == parse({})
    assert parse({}).payload == {}


@pytest.mark.parametrize("wrong", [None, True, [], ["x"], {}, {"id": "x"}, 7, "text"])
def test_objects_of_another_type_count_as_missing(wrong: object) -> None:
    names = ("account", "trigger", "project", "error", "release", "user", "comment", "exceptions")
    payload = {name: wrong for name in names if wrong != {"id": "x"} or name in {"trigger", "user", "exceptions"}}
    assert Event(trigger="", message="") == parse(payload)


@pytest.mark.parametrize("wrong", [None, True, False, [], ["x"], {}, {"name": "x"}])
def test_a_name_that_is_neither_text_nor_number_is_missing(wrong: object) -> None:
    error = {
        "errorId": wrong,
        "id": wrong,
        "exceptionClass": wrong,
        "context": wrong,
        "appVersion": wrong,
        "url": wrong,
    }
    assert Event(trigger="exception", message="") == of_error(**error)


def test_a_number_is_taken_as_its_text_where_a_name_is_due() -> None:
    event = read('{"project": {"id": 42, "name": 7}, "error": {"errorId": 123456789012345678901, "appVersion": 3}}')
    assert ("42", "7", "123456789012345678901", "3") == (event.project_id, event.project, event.error_id, event.version)


def test_texts_are_trimmed_and_stand_on_one_line() -> None:
    event = of_error(message="  Could not\r\n\tconnect \x07\u2028 to  db\x1b[31m \n", context="\n")
    assert event.error_message == "Could not connect to  db [31m"
    assert event.context == ""


def test_long_texts_are_cut() -> None:
    event = of_error(message="m" * 5000, exceptionClass="c" * 5000, context="x" * 299 + " y")
    assert (1000, 300, 299) == (len(event.error_message), len(event.error_class), len(event.context))


def test_an_id_that_no_document_can_have_is_replaced_by_its_hash() -> None:
    assert of_error(errorId="x" * 200).error_id == "x" * 200
    hashes = {of_error(errorId=odd).error_id for odd in ("x" * 201, "x" * 202, "a/b", "..", "__a__", "é", "a b")}
    assert {32} == set(map(len, hashes))
    assert len(hashes) == 7


def test_the_shape_of_2014() -> None:
    event = read(
        """{"account": {"id": "a1", "name": "Co"},
        "project": {"id": "p1", "name": "Shop", "apiKey": "0123456789abcdef0123456789abcdef"},
        "trigger": {"type": "firstException", "message": "New exception"},
        "error": {"id": "event1", "exceptionClass": "RuntimeError", "message": "oops", "context": "cart#show",
          "appVersion": null, "releaseStage": "production", "occurrences": 1, "severity": "Error", "createdIssue": {},
          "url": "https://bugsnag.com/co/shop/errors/530c3522e694aae2f4000035?event_id=event1",
          "stacktrace": [{"file": "a.rb", "lineNumber": 12}]}}"""
    )
    assert ("530c3522e694aae2f4000035", "event1") == (event.error_id, event.event_id)
    assert ("RuntimeError", "", "error") == (event.error_class, event.version, event.severity)
    assert event.payload["project"] == {"id": "p1", "name": "Shop"}
    assert "0123456789abcdef" not in repr(event)


def test_without_its_id_an_error_is_known_by_its_address_and_never_by_its_event() -> None:
    first = of_error(id="event1", url="https://bugsnag.example/co/shop/show/1?event_id=event1")
    second = of_error(id="event2", url="https://bugsnag.example/co/shop/show/1?event_id=event2")
    other = of_error(id="event3", url="https://bugsnag.example/co/shop/show/2?event_id=event3")
    assert first.error_id == second.error_id != other.error_id
    assert len(first.error_id) == 32
    assert of_error(id="event1").error_id == ""


def test_the_id_that_is_told_goes_before_the_one_in_the_address() -> None:
    assert of_error(errorId="told", url="https://bugsnag.com/co/shop/errors/other").error_id == "told"


@pytest.mark.parametrize("where", ["error", "top"])
def test_class_and_message_may_stand_in_a_list_of_exceptions(where: str) -> None:
    exceptions = [{"errorClass": "IOError", "message": "disk\nfull", "stacktrace": []}, {"errorClass": "Cause"}]
    error: dict[str, Any] = {"errorId": "e1"}
    payload: dict[str, Any] = {"error": error}
    (error if where == "error" else payload)["exceptions"] = exceptions
    event = parse(payload)
    assert ("IOError", "disk full") == (event.error_class, event.error_message)
    assert at_path(event.payload, "error.exceptionClass") == "IOError"


def test_exceptions_beside_no_error_are_found_in_the_payload_all_the_same() -> None:
    event = parse({"exceptions": [{"errorClass": "IOError"}]})
    assert event.error_class == "IOError"
    assert at_path(event.payload, "error.exceptionClass") == "IOError"


def test_the_exceptions_of_the_error_go_before_those_beside_it() -> None:
    event = parse({"error": {"exceptions": [{"errorClass": "Inner"}]}, "exceptions": [{"errorClass": "Outer"}]})
    assert event.error_class == "Inner"


def test_a_list_of_exceptions_adds_only_what_is_missing() -> None:
    event = of_error(exceptionClass="TypeError", exceptions=[{"errorClass": "Other", "message": "told there"}])
    assert ("TypeError", "told there") == (event.error_class, event.error_message)


def test_stage_and_version_are_read_beside_the_app_and_in_it() -> None:
    app = {"releaseStage": "staging", "version": "2", "type": "rails"}
    inside, beside = of_error(app=app), of_error(app=app, releaseStage="production", appVersion="1")
    assert ("staging", "2", "rails") == (inside.stage, inside.version, inside.app_type)
    assert ("production", "1") == (beside.stage, beside.version)
    assert at_path(inside.payload, "error.releaseStage") == "staging"
    assert at_path(inside.payload, "error.appVersion") == "2"


def test_a_release_tells_its_stage_and_version_and_has_no_error() -> None:
    release = {"id": "r1", "version": "1.2.3", "releaseStage": "production", "url": "https://app.bugsnag.com/r/1"}
    event = parse({"trigger": {"type": "release"}, "project": {"url": "https://app.bugsnag.com/p"}, "release": release})
    assert ("r1", "1.2.3", "1.2.3", "production") == (
        event.release_id,
        event.release_version,
        event.version,
        event.stage,
    )
    assert event.url == "https://app.bugsnag.com/r/1"
    assert event.error_id == ""
    assert "error" not in event.payload


def test_a_spike_without_an_error_leads_to_its_project() -> None:
    trigger = {"type": "projectSpiking", "message": "Spike", "rate": "120"}
    event = parse({"trigger": trigger, "project": {"id": "p1", "url": "https://app.bugsnag.com/co/shop?i=wh&m=ps"}})
    assert (120, "https://app.bugsnag.com/co/shop?i=wh&m=ps", "") == (event.rate, event.url, event.error_id)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//evil.test", "app.bugsnag.com/x", "https://a.test/" + "x" * 300]
)
def test_an_address_that_leads_nowhere_is_none(address: str) -> None:
    assert of_error(url=address).url == ""


def test_a_long_address_loses_its_query() -> None:
    assert of_error(url="https://a.test/errors/1?q=" + "x" * 300).url == "https://a.test/errors/1"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2021-04-07T08:59:12.159Z", 1617785952159),
        ("2021-04-07T08:59:12Z", 1617785952000),
        ("2021-04-07T10:59:12.159+02:00", 1617785952159),
        ("2021-04-07T03:29:12.159999-0530", 1617785952159),
        (" 2021-04-07 08:59:12 ", 1617785952000),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2021-04-07", None),
        ("2021-02-30T08:59:12Z", None),
        ("2021-04-07T08:59:12Zoulou", None),
        ("2021-W14-3T08:59:12Z", None),
        ("yesterday", None),
        ("", None),
        (1617785952159, None),
        (None, None),
        (["2021-04-07T08:59:12Z"], None),
    ],
)
def test_when_bugsnag_received_an_event(moment: object, expected: int | None) -> None:
    assert expected == of_error(receivedAt=moment).received


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"ruleType": "occurs_after", "ruleValue": 3600}, SnoozeRule("seconds", 3600)),
        ({"type": "occurs_after", "ruleValue": "3600"}, SnoozeRule("seconds", 3600)),
        ({"ruleType": "occurrences", "ruleValue": 1}, SnoozeRule("occurrences", 1)),
        ({"type": "affected_users", "ruleValue": 10}, SnoozeRule("users", 10)),
        ({"type": "occurrence_per_hour", "ruleValue": 10}, SnoozeRule("per_hour", 10)),
        ({"ruleValue": 10}, SnoozeRule("per_hour", 10)),
        ({"ruleType": None, "type": [], "ruleValue": 10}, SnoozeRule("per_hour", 10)),
        ({"ruleType": "occurs_after", "ruleValue": 10**14}, SnoozeRule("seconds", 10**9)),
        ({"ruleType": "occurs_after", "ruleValue": 0}, None),
        ({"ruleType": "occurs_after", "ruleValue": -5}, None),
        ({"ruleType": "occurs_after", "ruleValue": "soon"}, None),
        ({"ruleType": "occurs_after", "ruleValue": True}, None),
        ({"ruleType": "occurs_after", "ruleValue": 2.5}, None),
        ({"ruleType": "occurs_after"}, None),
        ({"ruleType": "phase_of_the_moon", "ruleValue": 3}, None),
        ({}, None),
        ("occurs_after", None),
    ],
)
def test_until_when_somebody_snoozed_an_error(rule: object, expected: SnoozeRule | None) -> None:
    assert expected == read(json.dumps({"trigger": {"snoozeRule": rule}})).snooze


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (73, 73),
        ("74", 74),
        (" 7 ", 7),
        (10**15, 10**15),
        (10**15 + 1, None),
        ("9" * 400, None),
        (-1, None),
        ("-2", None),
        ("7.0", None),
        (1.5, None),
        (math.nan, None),
        ("²", None),
        ("", None),
        (True, None),
        ([7], None),
        (None, None),
    ],
)
def test_how_often_an_error_occurred(value: object, expected: int | None) -> None:
    assert expected == of_error(occurrences=value).occurrences


@pytest.mark.parametrize(("value", "expected"), [(True, True), (False, False), ("true", None), (1, None), (None, None)])
def test_only_true_and_false_say_whether_an_error_was_handled(value: object, expected: bool | None) -> None:  # noqa: FBT001
    assert expected is of_error(unhandled=value).unhandled


def test_severity_is_lower_case() -> None:
    assert of_error(severity="Warning").severity == "warning"
    assert len(of_error(severity="\u0130" * 300).severity) == 300  # in lower case it is two characters


def test_who_did_it_is_the_user_beside_the_error_and_not_the_one_in_it() -> None:
    payload = {"user": {"name": " Dana ", "email": "dana@example.com"}, "error": {"user": {"name": "Robert"}}}
    assert parse(payload).actor == "Dana"
    assert parse(payload | {"user": {"name": "", "email": "dana@example.com"}}).actor == "dana@example.com"
    assert parse(payload | {"user": {}}).actor == ""


def test_an_empty_comment_is_none() -> None:
    assert ("", "") == (parse({"comment": {}}).comment_id, parse({"comment": {}}).comment)
    assert parse({"comment": {"id": "c1", "message": "rolled\nback"}}).comment == "rolled back"


def test_the_fingerprint_is_of_the_content_and_not_of_its_order() -> None:
    one, same = parse({"a": 1, "b": {"c": [1], "d": 2}}), parse({"b": {"d": 2, "c": [1]}, "a": 1})
    other = parse({"a": 1, "b": {"c": [2], "d": 2}})
    assert one.fingerprint == same.fingerprint != other.fingerprint


# What is kept for a team's text.


def test_what_is_large_personal_or_secret_is_not_kept() -> None:
    error = {
        "errorId": "e1",
        "stackTrace": [{"file": "a.rb"}],
        "stacktrace": [],
        "breadcrumbs": [{"name": "click"}],
        "metaData": {"card": "4111"},
        "exceptions": [{"stacktrace": []}],
        "device": {"osName": "android", "freeMemory": 7, "metaData": {}},
    }
    kept = parse({"project": {"id": "p1", "apiKey": "k"}, "error": error}).payload
    told = {"exceptionClass": "", "message": "", "releaseStage": "", "appVersion": ""}
    assert kept == {
        "project": {"id": "p1"},
        "error": {"errorId": "e1", "device": {"osName": "android", "freeMemory": 7}} | told,
    }


def test_reading_a_payload_leaves_it_as_it_was() -> None:
    payload = {"project": {"apiKey": "k"}, "error": {"metaData": {"a": 1}, "app": {"version": "1"}}}
    before = json.dumps(payload)
    parse(payload)
    assert before == json.dumps(payload)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("project.name", "Shop"),
        ("error.device.osName", "android 8"),
        ("error.device.freeMemory", "183879616"),
        ("error.device.batteryLevel", "0.990"),
        ("error.device.jailbroken", "false"),
        ("error.unhandled", "true"),
        ("error.userId", ""),
        ("error.device", ""),
        ("error.tags", ""),
        ("error.device.osName.length", ""),
        ("error.nothing.at.all", ""),
        ("nothing", ""),
        ("", ""),
        ("error..device", ""),
    ],
)
def test_any_dotted_path_is_a_text(path: str, expected: str) -> None:
    event = read(
        """{"project": {"name": "Shop"}, "error": {"unhandled": true, "userId": null, "tags": ["x"], "device":
        {"osName": " android\\n8", "freeMemory": 183879616, "batteryLevel": 0.990, "jailbroken": false}}}"""
    )
    assert expected == at_path(event.payload, path)


@given(SHAPED, st.text(max_size=12) | st.sampled_from(["error.id", "trigger.snoozeRule.ruleValue", "error.app.type"]))
def test_a_path_never_raises_and_its_text_is_one_line(payload: dict[str, Any], path: str) -> None:
    text = at_path(parse(payload).payload, path)
    text.encode()
    assert len(text.splitlines()) <= 1
    assert len(text) <= 1000


@pytest.mark.parametrize(
    ("account", "name"),
    [
        ({"id": "a", "name": "Example Co"}, "Example Co"),
        ({"name": 7}, "7"),
        ({"name": []}, ""),
        ("Acme", ""),
        (None, ""),
    ],
)
def test_whose_account_it_is(account: object, name: str) -> None:
    assert name == parse({"account": account}).account
