"""What Twilio's two doors take: what Twilio signed over the public address, whatever path it arrived at."""

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from bugglio.app import App, Parts
from bugglio.pager import reports
from bugglio.roster import Engineer, Roster, Step, Team
from bugglio.store import Unreachable
from tests.clock import Clock
from tests.doors.calling import (
    FORM,
    METHODS,
    PUBLIC,
    TOKEN,
    Answer,
    Body,
    app_of,
    call,
    sentence,
    settings_for,
    signature,
    twilio,
    written,
)
from tests.payloads import event
from tests.stage import ANA, TWILIO_NUMBER, Stage, staged

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore

Fields = list[tuple[str, str]]
TEXT: Fields = [("MessageSid", "SM1"), ("From", ANA), ("To", TWILIO_NUMBER), ("Body", "list")]
STRANGER = "+14155550177"
DOORS = ("/sms", "/sms-status?page=abc&attempt=def")
FORBIDDEN = "The signature is missing or wrong."


def said(answer: Answer) -> str:
    """The text in an answer, which must be TwiML."""
    assert (200, "text/xml; charset=utf-8") == (answer.status, answer.headers["Content-Type"])
    document = ET.fromstring(answer.text)  # noqa: S314 - our own answer
    assert "Response" == document.tag
    return "".join(message.text or "" for message in document)


def test_a_signed_text_is_answered(pager: Stage) -> None:
    assert "Nothing open." == said(twilio(pager.app, "/sms", TEXT))


FORGED = {
    "none": None,
    "empty": "",
    "nonsense": "nonsense",
    "another alphabet": "\u00ff\u00fe",
    "made with another token": signature(f"{PUBLIC}/sms", TEXT, "another-token"),
    "made with the empty token": signature(f"{PUBLIC}/sms", TEXT, ""),
    "of another door": signature(f"{PUBLIC}/sms-status", TEXT),
    "of another host": signature("http://internal.test/sms", TEXT),
    "of another scheme": signature(f"{PUBLIC.replace('https', 'http')}/sms", TEXT),
    "of an address with a query": signature(f"{PUBLIC}/sms?a=1", TEXT),
    "of another text": signature(f"{PUBLIC}/sms", [*TEXT[:3], ("Body", "ack all")]),
    "of fewer fields": signature(f"{PUBLIC}/sms", TEXT[:3]),
    "in lower case": signature(f"{PUBLIC}/sms", TEXT).lower(),
    "twice": ", ".join([signature(f"{PUBLIC}/sms", TEXT)] * 2),
}


@pytest.mark.promise("P4")
@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("path", DOORS)
def test_what_twilio_did_not_sign_is_refused(
    pager: Stage, sqlite: "SqliteStore", path: str, forged: str | None
) -> None:
    headers = FORM if forged is None else {**FORM, "X-Twilio-Signature": forged}

    answer = call(pager.app, path, urlencode(TEXT).encode(), headers)

    assert FORBIDDEN == sentence(answer, 403)
    assert {} == written(sqlite)
    assert [] == pager.troubles


@pytest.mark.parametrize("path", DOORS)
def test_with_empty_tokens_in_the_settings_nobody_is_twilio(pager: Stage, sqlite: "SqliteStore", path: str) -> None:
    bare = dataclasses.replace(pager.works.settings, twilio_auth_token="", twilio_auth_token_secondary="")
    # The carrier is another's: Twilio's own refuses to be made without a token.
    app, troubles = app_of(bare, Parts(store=sqlite, carrier=pager.works.kit.carrier))

    for token in ("", " ", TOKEN):
        answer = twilio(app, path, TEXT, signed=signature(PUBLIC + path, TEXT, token))
        assert FORBIDDEN == sentence(answer, 403)
    assert {} == written(sqlite)
    assert [] == troubles


@pytest.mark.parametrize("path", DOORS)
def test_the_secondary_token_is_taken_too(sqlite: "SqliteStore", clock: Clock, path: str) -> None:
    with staged(sqlite, clock, TWILIO_AUTH_TOKEN_SECONDARY="the-next-token") as stage:
        for token, right in ((TOKEN, True), ("the-next-token", True), ("the-last-token", False)):
            answer = twilio(stage.app, path, TEXT, signed=signature(PUBLIC + path, TEXT, token))
            assert right is (answer.status != 403)


PAGER = "https://host.test/pager"


@pytest.fixture
def below(sqlite: "SqliteStore", clock: Clock) -> Iterator[App]:
    """A pager whose public address has a path."""
    with staged(sqlite, clock, BUGGLIO_PUBLIC_URL=PAGER) as stage:
        yield stage.app


@pytest.mark.parametrize(
    ("entry", "arrives"),
    [
        ("bugglio", "/pager/sms"),
        ("bugglio", "/sms"),
        ("bugglio", "/sms/"),
        ("sms", "/pager/sms"),
        ("sms", "/sms"),
        ("sms", "/"),
        ("sms", ""),
        ("sms", "/anything/else"),
    ],
)
def test_whatever_path_arrives_the_public_address_was_signed(below: App, entry: str, arrives: str) -> None:
    for signed, right in ((f"{PAGER}/sms", True), (f"https://host.test{arrives}", arrives == "/pager/sms")):
        answer = call(
            below,
            arrives,
            urlencode(TEXT).encode(),
            {**FORM, "X-Twilio-Signature": signature(signed, TEXT), "X-Forwarded-Host": "evil.test"},
            entry=entry,
        )
        assert (200 if right else 403) == answer.status


@pytest.mark.parametrize(
    ("entry", "arrives"),
    [("bugglio", "/pager/sms-status"), ("bugglio", "/sms-status"), ("sms_status", "/sms-status"), ("sms_status", "/")],
)
def test_the_query_is_signed_as_it_was_given(below: App, entry: str, arrives: str) -> None:
    fields = [("MessageStatus", "delivered")]
    query = "page=abc&attempt=d%20e+f&empty="
    for signed, right in ((query, True), (query.replace("%20", "+"), False), ("attempt=d%20e+f&page=abc", False)):
        proof = signature(f"{PAGER}/sms-status?{signed}", fields)
        answer = call(
            below,
            arrives,
            urlencode(fields).encode(),
            {**FORM, "X-Twilio-Signature": proof},
            entry=entry,
            QUERY_STRING=query,
        )
        assert (204 if right else 403) == answer.status


ODD_FORMS: dict[str, Fields] = {
    "a field twice": [*TEXT, ("Media", "b"), ("Media", "a")],
    "a field twice alike": [*TEXT, ("Media", "a"), ("Media", "a")],
    "the text twice": [*TEXT, ("Body", "ack all")],
    "spaces at the ends": [*TEXT[:3], ("Body", "  list \r\n ")],
    "blanks": [*TEXT, ("FromCity", ""), ("FromState", " ")],
    "a name without a value": [*TEXT, ("", "")],
    "signs of addresses": [*TEXT[:3], ("Body", "a+b & c=d %41 ?#;")],
    "emoji and dashes": [*TEXT[:3], ("Body", "\U0001f44d \u2013 \u00e9")],
    "a NUL": [*TEXT[:3], ("Body", "li\0st")],
    "every control": [*TEXT[:3], ("Body", "".join(map(chr, range(32))) + "\x7f")],
    "no text": TEXT[:3],
    "an endless text": [*TEXT[:3], ("Body", "list " * 20_000)],
    "no sid": TEXT[1:],
    "a sid with a path in it": [("MessageSid", "../alerts/a"), *TEXT[1:]],
    "an endless sid": [("MessageSid", "S" * 5000), *TEXT[1:]],
    "fields nobody knows": [*TEXT, *((f"Unknown{n}", str(n)) for n in range(300))],
}


@pytest.mark.parametrize("fields", ODD_FORMS.values(), ids=ODD_FORMS)
def test_an_odd_form_that_twilio_signed_is_answered(stage: Stage, fields: Fields) -> None:
    assert said(twilio(stage.app, "/sms", fields))
    assert [] == stage.troubles


@pytest.mark.parametrize("number", ["12345", "BANK", "anonymous", "whatsapp:+14155550177", "", "+", "\0", "x" * 2000])
def test_a_strange_sender_is_no_fault_of_ours(stage: Stage, number: str) -> None:
    assert 200 == twilio(stage.app, "/sms", [("From", number), *TEXT[2:]]).status
    assert [] == stage.troubles


def test_a_text_that_comes_twice_gets_the_same_answer(pager: Stage, sqlite: "SqliteStore") -> None:
    text = [("MessageSid", "SM77"), ("From", STRANGER), ("Body", "hello")]

    first, before = twilio(pager.app, "/sms", text), written(sqlite)

    assert "perfectly all right" in said(first)
    assert first.text == twilio(pager.app, "/sms", text).text
    assert before == written(sqlite)


def test_a_million_fields_are_refused_before_they_are_sorted(pager: Stage, sqlite: "SqliteStore") -> None:
    many = [*TEXT, *((f"f{n}", "") for n in range(1000))]

    assert FORBIDDEN == sentence(twilio(pager.app, "/sms", many), 403)
    assert {} == written(sqlite)


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("method", [method for method in METHODS if method != "POST"])
def test_only_post_is_taken(pager: Stage, path: str, method: str) -> None:
    answer = twilio(pager.app, path, TEXT, method=method)

    assert (405, "POST") == (answer.status, answer.headers["Allow"])


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("chunked", [False, True])
def test_two_mebibytes_are_refused_unread(pager: Stage, path: str, *, chunked: bool) -> None:
    body = Body(b"a" * 2 * 1024 * 1024)

    answer = call(pager.app, path, body, FORM, chunked=chunked)

    assert "The body is larger than 1 MiB." == sentence(answer, 413)
    assert body.taken == (1024 * 1024 + 1 if chunked else 0)


# Statuses.


def status(app: App, query: str, **fields: str) -> Answer:
    return twilio(app, f"/sms-status{query}", list(fields.items()))


IGNORED: dict[str, tuple[str, dict[str, str]]] = {
    "an unknown page": ("?page=abc&attempt=def", {"MessageStatus": "delivered", "MessageSid": "SM1"}),
    "no page": ("?attempt=def", {"MessageStatus": "delivered"}),
    "an empty page": ("?page=&attempt=def", {"MessageStatus": "delivered"}),
    "no query": ("", {"MessageStatus": "delivered"}),
    "a page with a path in it": ("?page=..%2Falerts%2Fa&attempt=def", {"MessageStatus": "delivered"}),
    "a page of dots": ("?page=..&attempt=def", {"MessageStatus": "delivered"}),
    "a page in another alphabet": ("?page=%C3%A9&attempt=def", {"MessageStatus": "delivered"}),
    "an endless page": (f"?page={'a' * 3000}&attempt=def", {"MessageStatus": "delivered"}),
    "an unknown page that failed": ("?page=abc&attempt=def", {"MessageStatus": "failed", "ErrorCode": "30003"}),
    "no fields": ("?page=abc&attempt=def", {}),
}


@pytest.mark.parametrize(("query", "fields"), IGNORED.values(), ids=IGNORED)
def test_a_status_of_nothing_known_is_answered_and_leaves_nothing(
    stage: Stage, query: str, fields: dict[str, str]
) -> None:
    answer = status(stage.app, query, **fields)

    assert (204, "") == (answer.status, answer.text)
    assert [] == stage.troubles
    assert 0 == sum(stage.store.count(where, field) for where, field in (("pages", "due_at"), ("alerts", "due_at")))


@pytest.fixture
def paged(pager: Stage) -> tuple[Stage, str]:
    """A pager that has sent one page, of whose statuses Twilio has told nothing, and their address."""
    pager.simulator.send_event(event())
    pager.simulator.move()
    (callback, *_) = pager.simulator.callbacks
    pager.simulator.callbacks.clear()
    return pager, "?" + callback.url.partition("?")[2]


@pytest.mark.parametrize("word", ["", "DELIVERED", "lost", "partially_delivered", "receiving", "delivered\0"])
def test_a_status_that_nobody_knows_changes_nothing(paged: tuple[Stage, str], sqlite: "SqliteStore", word: str) -> None:
    pager, query = paged
    before = written(sqlite)

    assert 204 == status(pager.app, query, MessageStatus=word, MessageSid="SM1").status
    assert before == written(sqlite)


@pytest.mark.parametrize("code", ["", "abc", "30003.5", "-1", "1e9", "9" * 400, "\u0663\u0660\u0660\u0660\u0663"])
def test_a_failure_counts_whatever_its_code(paged: tuple[Stage, str], sqlite: "SqliteStore", code: str) -> None:
    pager, query = paged

    assert 204 == status(pager.app, query, MessageStatus="undelivered", ErrorCode=code).status

    page = written(sqlite)[f"pages/{query[6:30]}"]
    assert "failed" == page["state"]
    assert [] == pager.troubles


def test_the_older_names_of_the_fields_will_do(paged: tuple[Stage, str], sqlite: "SqliteStore") -> None:
    pager, query = paged

    assert 204 == status(pager.app, query, SmsStatus="delivered", SmsSid="SM1").status

    assert ["delivered"] == [fields["state"] for path, fields in written(sqlite).items() if path.startswith("pages/")]


# Calls.


@pytest.fixture
def rung(sqlite: "SqliteStore", clock: Clock) -> Iterator[tuple[Stage, str]]:
    """A pager that has called once and texted once, and the address for the call's statuses."""
    people = {"ana": Engineer("ana", "Ana", ANA, admin=True)}
    shop = Team("shop", (Step(("ana",), call=True),), projects=("*",))
    with staged(sqlite, clock, Roster(people, {"shop": shop}, last_resort="ana")) as stage:
        stage.webhook(event())
        (call,) = stage.simulator.calls()
        yield stage, "?" + call.callback.partition("?")[2]


@pytest.mark.parametrize(
    ("word", "code", "state", "cause"),
    [
        ("initiated", "", "accepted", None),
        ("ringing", "", "accepted", None),
        ("in-progress", "", "sent", None),
        ("completed", "", "delivered", None),
        ("busy", "", "failed", "the line was busy"),
        ("no-answer", "", "failed", "nobody answered the call"),
        ("failed", "31480", "failed", "the call could not be put through (Twilio's code 31480)"),
        ("canceled", "", "failed", "the call was cancelled"),
        ("pondering", "", "accepted", None),
    ],
)
def test_a_calls_status_is_kept(rung: tuple[Stage, str], word: str, code: str, state: str, cause: str | None) -> None:
    pager, query = rung
    sid = pager.simulator.calls()[0].sid

    assert 204 == status(pager.app, query, CallStatus=word, CallSid=sid, ErrorCode=code).status

    (call,) = [one for one in reports.all_pages(pager.store) if one["sid"] == sid]
    assert (state, cause) == (call["state"], call["cause"])


def test_a_calls_status_that_twilio_did_not_sign_is_refused(rung: tuple[Stage, str], sqlite: "SqliteStore") -> None:
    pager, query = rung
    before = written(sqlite)

    answer = twilio(pager.app, f"/sms-status{query}", [("CallStatus", "failed")], signed="forged")

    assert FORBIDDEN == sentence(answer, 403)
    assert before == written(sqlite)


# The store is gone.


class Lost:
    """A store that cannot be reached."""

    def __getattr__(self, name: str) -> object:
        raise Unreachable("the network is down")


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        ("/sms", TEXT, "The text was not stored: the store cannot be reached."),
        (
            DOORS[1],
            [("MessageStatus", "delivered")],
            "The status was not stored: the store cannot be reached.",
        ),
    ],
)
def test_without_the_store_twilio_is_told_503(path: str, fields: Fields, told: str) -> None:
    app, troubles = app_of(settings_for(), Parts(store=Lost()))  # type: ignore[arg-type] # it has no other way to answer

    assert told == sentence(twilio(app, path, fields), 503)
    assert FORBIDDEN == sentence(twilio(app, path, fields, signed="forged"), 403)
    assert [] == troubles
