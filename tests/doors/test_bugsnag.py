"""What Bugsnag's door takes, what it refuses, and that what it refused left nothing behind."""

import base64
import dataclasses
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bugglio.store import Store, Unreachable, patience
from tests.clock import Clock
from tests.doors.calling import (
    JSON,
    METHODS,
    WEBHOOK,
    WEBHOOK_TOKEN,
    Body,
    app_of,
    call,
    sentence,
    webhook,
    written,
)
from tests.faults import Fault, FaultyStore
from tests.payloads import event
from tests.stage import ANA, Stage, staged

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore

MIB = 1024 * 1024
FULL_DEPTH = 10_000

NO_OBJECT = {
    "empty": b"",
    "words": b"hello",
    "cut off": b'{"trigger": {"type": "exception"',
    "a list": b"[]",
    "a text": b'"exception"',
    "a number": b"417",
    "null": b"null",
    "two objects": b"{}{}",
    "lists in lists": b"[" * FULL_DEPTH + b"]" * FULL_DEPTH,
    "objects in objects": b'{"trigger":' * FULL_DEPTH + b"{}" + b"}" * FULL_DEPTH,
    "depth inside the error": b'{"error": ' + b"[" * FULL_DEPTH + b"]" * FULL_DEPTH + b"}",
    "depth without an end": b"[" * FULL_DEPTH,
    "another encoding": '{"a": 1}'.encode("utf-16"),
    "compressed": b"\x1f\x8b\x08\x00\x00",
    "a form": b"trigger=exception",
}


@pytest.mark.parametrize("body", NO_OBJECT.values(), ids=NO_OBJECT)
def test_what_is_no_object_is_refused(pager: Stage, sqlite: "SqliteStore", body: bytes) -> None:
    answer = call(pager.app, WEBHOOK, body, JSON)

    assert "The body is not a JSON object." == sentence(answer, 400)
    assert {} == written(sqlite)
    assert [] == pager.troubles


NOTHING_KNOWN = {
    "no fields": {},
    "no trigger": {"project": {"name": "web"}},
    "trigger is null": {"trigger": None},
    "trigger is a number": {"trigger": 417},
    "trigger is a list": {"trigger": [{"type": "exception"}]},
    "type is an object": {"trigger": {"type": {"a": 1}}},
    "error is a text": {"trigger": {"type": "exception"}, "error": "TypeError"},
    "error without an id": {"trigger": {"type": "exception"}, "error": {"message": "m"}},
}


@pytest.mark.promise("P1")
@pytest.mark.parametrize("payload", NOTHING_KNOWN.values(), ids=NOTHING_KNOWN)
def test_an_object_that_says_nothing_is_recorded_and_pages_nobody(
    pager: Stage, sqlite: "SqliteStore", payload: dict[str, Any]
) -> None:
    answer = webhook(pager.app, payload)

    assert 200 == answer.status
    told = answer.facts
    assert ("recorded", None) == (told["outcome"], told["code"])
    assert told["reason"]
    assert {"unrouted"} == {path.partition("/")[0] for path in written(sqlite)}
    assert [] == pager.new_texts()
    assert [] == pager.troubles


@pytest.mark.parametrize("trigger", [None, 417, [], {"type": "brandNewTrigger"}])
def test_an_unknown_trigger_with_an_error_pages(pager: Stage, trigger: object) -> None:
    answer = webhook(pager.app, event() | {"trigger": trigger})

    assert (200, "opened") == (answer.status, answer.facts["outcome"])
    assert "TypeError" in pager.page()


def test_numbers_where_names_are_due_page_all_the_same(pager: Stage) -> None:
    payload = event(project={"id": 5, "name": 7}, error={"exceptionClass": 404, "message": 500, "context": 3})

    answer = webhook(pager.app, payload)

    assert (200, "opened") == (answer.status, answer.facts["outcome"])
    assert f"#{answer.facts['code']}" in pager.page()


def test_surrogates_and_nuls_in_a_message_do_not_keep_it_from_the_phone(stage: Stage) -> None:
    message = "half \ud83d of \udc00 a \x00 pair\r\nand a line"
    raw = json.dumps(event(error={"message": message, "context": "\x00", "errorId": "e\x00\ud800"})).encode()

    answer = call(stage.app, WEBHOOK, raw, JSON)

    assert (200, "opened") == (answer.status, answer.facts["outcome"])
    text = stage.page()
    assert "half ? of ? a pair and a line" in text
    assert [] == stage.troubles


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One pager for many payloads."""
    from bugglio.store.sqlite import SqliteStore

    clock = Clock()
    store = SqliteStore(tmp_path_factory.mktemp("doors") / "bugglio.db", clock.now)
    with staged(store, clock) as set_up:
        yield set_up
    store.close()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WHERE = st.lists(
    st.sampled_from([(part, name) for part, fields in event().items() for name in ("", *fields)]), max_size=6
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(places=WHERE, values=st.lists(ANYTHING, min_size=6, max_size=6))
def test_wrong_types_anywhere_are_answered_200(
    long_lived: Stage, places: list[tuple[str, str]], values: list[Any]
) -> None:
    payload = event()
    for (part, name), value in zip(places, values, strict=False):
        if name and isinstance(payload[part], dict):
            payload[part][name] = value
        else:
            payload[part] = value

    answer = webhook(long_lived.app, payload)

    assert 200 == answer.status
    told = answer.facts
    assert {"outcome", "code", "reason"} == told.keys()
    assert told["outcome"] in ("opened", "counted", "changed", "recorded")
    assert [] == long_lived.troubles


# Size.


def padded(size: int) -> bytes:
    raw = json.dumps(event()).encode()
    return raw + b" " * (size - len(raw))


@pytest.mark.parametrize("chunked", [False, True])
def test_two_mebibytes_are_refused_before_they_are_read(pager: Stage, sqlite: "SqliteStore", *, chunked: bool) -> None:
    body = Body(padded(2 * MIB))

    answer = call(pager.app, WEBHOOK, body, JSON, chunked=chunked)

    assert "The body is larger than 1 MiB." == sentence(answer, 413)
    assert body.taken == (MIB + 1 if chunked else 0)
    assert {} == written(sqlite)


@pytest.mark.parametrize("chunked", [False, True])
def test_one_mebibyte_is_not_too_much_and_one_byte_more_is(pager: Stage, *, chunked: bool) -> None:
    assert 200 == call(pager.app, WEBHOOK, padded(MIB), JSON, chunked=chunked).status
    assert 413 == call(pager.app, WEBHOOK, padded(MIB + 1), JSON, chunked=chunked).status


@pytest.mark.parametrize("method", METHODS)
def test_a_body_that_ends_early_is_refused_and_no_fault_of_ours(
    pager: Stage, sqlite: "SqliteStore", method: str
) -> None:
    body = padded(500)

    answer = call(pager.app, WEBHOOK, body, JSON, declared=len(body) + 1, method=method)

    if method == "POST":
        assert "The body did not arrive whole." == sentence(answer, 400)
    else:
        assert 405 == answer.status
    assert [] == pager.troubles
    assert {} == written(sqlite)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_arrives_in_pieces_is_put_together(pager: Stage, *, chunked: bool) -> None:
    body = Body(padded(5000))
    body.piece = 700

    assert 200 == call(pager.app, WEBHOOK, body, JSON, chunked=chunked).status


# Method, secret, address, kind.


@pytest.mark.parametrize("method", [method for method in METHODS if method != "POST"])
def test_only_post_is_taken(pager: Stage, sqlite: "SqliteStore", method: str) -> None:
    body = Body(padded(2 * MIB))

    answer = call(pager.app, WEBHOOK, body, JSON, method=method)

    assert "POST" == answer.headers["Allow"]
    if method != "HEAD":
        assert "This address takes POST only." == sentence(answer, 405)
    assert (405, 0) == (answer.status, body.taken)
    assert {} == written(sqlite)


def basic(password: str, user: str = "bugsnag") -> dict[str, str]:
    return {**JSON, "Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


WRONG_SECRETS: dict[str, tuple[str, dict[str, str]]] = {
    "none": ("/bugsnag", JSON),
    "empty": ("/bugsnag?token=", JSON),
    "another": ("/bugsnag?token=another", JSON),
    "a part of it": (f"/bugsnag?token={WEBHOOK_TOKEN[:-1]}", JSON),
    "more than it": (f"/bugsnag?token={WEBHOOK_TOKEN}x", JSON),
    "in capitals": (f"/bugsnag?token={WEBHOOK_TOKEN.upper()}", JSON),
    "under another name": (f"/bugsnag?secret={WEBHOOK_TOKEN}", JSON),
    "second of two": (f"/bugsnag?token=another&token={WEBHOOK_TOKEN}", JSON),
    "behind a thousand others": (f"/bugsnag?{'a&' * 1000}token={WEBHOOK_TOKEN}", JSON),
    "surrogates": ("/bugsnag?token=%ED%A0%80", JSON),
    "in another alphabet": ("/bugsnag?token=%D1%82%D0%BE", JSON),
    "as the path": (f"/bugsnag/{WEBHOOK_TOKEN}", JSON),
    "as the user": ("/bugsnag", basic("", user=WEBHOOK_TOKEN)),
    "another password": ("/bugsnag", basic("another")),
    "as a bearer's": ("/bugsnag", {**JSON, "Authorization": f"Bearer {WEBHOOK_TOKEN}"}),
    "as another scheme's": ("/bugsnag", {**JSON, "Authorization": f"Digest password={WEBHOOK_TOKEN}"}),
    "no base64": ("/bugsnag", {**JSON, "Authorization": "Basic %%%"}),
    "no scheme": ("/bugsnag", {**JSON, "Authorization": WEBHOOK_TOKEN}),
    "in a header": ("/bugsnag", {**JSON, "Token": WEBHOOK_TOKEN}),
}


@pytest.mark.promise("P4")
@pytest.mark.parametrize(("path", "headers"), WRONG_SECRETS.values(), ids=WRONG_SECRETS)
def test_without_the_secret_nothing_is_taken(
    pager: Stage, sqlite: "SqliteStore", path: str, headers: dict[str, str]
) -> None:
    answer = webhook(pager.app, event(), path, headers, entry="bugsnag")

    assert "The secret is missing or wrong." == sentence(answer, 401)
    assert 'Basic realm="bugglio"' == answer.headers["WWW-Authenticate"]
    assert {} == written(sqlite)
    assert [] == pager.new_texts()
    assert [] == pager.troubles


def test_bytes_that_are_no_text_in_the_address_are_a_wrong_secret_and_no_fault_of_ours(pager: Stage) -> None:
    answer = webhook(pager.app, event(), "/bugsnag", QUERY_STRING="token=\xff\xfe")

    assert "The secret is missing or wrong." == sentence(answer, 401)
    assert [] == pager.troubles


RIGHT_SECRETS: dict[str, tuple[str, dict[str, str]]] = {
    "in the address": (WEBHOOK, JSON),
    "beside other fields": (f"/bugsnag?a=1&token={WEBHOOK_TOKEN}&b", JSON),
    "as the password": ("/bugsnag", basic(WEBHOOK_TOKEN)),
    "as anybody's password": ("/bugsnag", basic(WEBHOOK_TOKEN, user="")),
    "as the password, beside a wrong one": ("/bugsnag?token=another", basic(WEBHOOK_TOKEN)),
}


@pytest.mark.parametrize(("path", "headers"), RIGHT_SECRETS.values(), ids=RIGHT_SECRETS)
def test_the_secret_comes_in_the_address_or_as_a_password(pager: Stage, path: str, headers: dict[str, str]) -> None:
    assert 200 == webhook(pager.app, event(), path, headers).status


@pytest.mark.parametrize("token", ["first-token", "second-token", "third+token/=="])
def test_each_of_several_tokens_is_taken(sqlite: "SqliteStore", clock: Clock, token: str) -> None:
    several = "first-token, second-token,third+token/=="
    with staged(sqlite, clock, BUGSNAG_WEBHOOK_TOKEN=several) as stage:
        assert 200 == webhook(stage.app, event(), f"/bugsnag?token={token}").status
        assert 200 == webhook(stage.app, event(), "/bugsnag", basic(token)).status
        assert 401 == webhook(stage.app, event(), f"/bugsnag?token={several.replace(' ', '')}").status


@pytest.mark.parametrize("right", [0, 1, 2])
def test_all_tokens_are_compared_in_constant_time_whichever_fits(
    sqlite: "SqliteStore", clock: Clock, monkeypatch: pytest.MonkeyPatch, right: int
) -> None:
    compared: list[bytes] = []
    genuine = hmac.compare_digest

    def listening(one: Any, other: Any) -> bool:
        compared.append(other)
        return genuine(one, other)

    tokens = ["first-token", "second-token", "third-token"]
    with staged(sqlite, clock, BUGSNAG_WEBHOOK_TOKEN=",".join(tokens)) as stage:
        monkeypatch.setattr("hmac.compare_digest", listening)
        assert 200 == webhook(stage.app, event(), f"/bugsnag?token={tokens[right]}").status

    assert [token.encode() for token in tokens] == compared[:3]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("APPLICATION/JSON", 200),
        ("application/vnd.bugsnag+json", 200),
        ("", 200),
        (";", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/xml", 415),
        ("json", 415),
    ],
)
def test_the_body_is_json_or_does_not_say_what_it_is(
    pager: Stage, sqlite: "SqliteStore", kind: str, status: int
) -> None:
    answer = webhook(pager.app, event(), headers={"Content-Type": kind} if kind else {})

    assert status == answer.status
    if status == 415:
        assert "The body must be JSON." == sentence(answer, 415)
        assert {} == written(sqlite)


@pytest.mark.parametrize(
    ("hops", "address", "forwarded", "status"),
    [
        ("0", "104.196.245.109", "", 200),
        ("0", "192.0.2.1", "104.196.245.109", 403),  # forged: nobody in front is trusted
        ("1", "169.254.1.1", "104.196.245.109", 200),
        ("1", "169.254.1.1", "192.0.2.1, 104.196.245.109", 200),
        ("1", "169.254.1.1", "104.196.245.109, 192.0.2.1", 403),  # forged: the caller's own entry comes first
        ("1", "104.196.245.109", "", 403),  # nobody passed through the one who must be in front
        ("2", "169.254.1.1", "104.196.245.109, 10.0.0.1", 200),
        ("2", "169.254.1.1", "104.196.245.109, 192.0.2.1, 10.0.0.1", 403),
        ("2", "169.254.1.1", "104.196.245.109", 403),
    ],
)
def test_only_the_addresses_that_trusted_hops_wrote_count(
    sqlite: "SqliteStore", clock: Clock, hops: str, address: str, forwarded: str, status: int
) -> None:
    headers = JSON | ({"X-Forwarded-For": forwarded} if forwarded else {})
    with staged(sqlite, clock, BUGSNAG_ALLOWED_IPS="bugsnag", BUGGLIO_PROXY_HOPS=hops) as stage:
        answer = webhook(stage.app, event(), headers=headers, address=address)

        assert status == answer.status
        if status == 403:
            assert "This address may not call." == sentence(answer, 403)
            assert {} == written(sqlite)
            assert [] == stage.new_texts()


def test_what_is_wrong_is_told_in_a_fixed_order(sqlite: "SqliteStore", clock: Clock) -> None:
    fault = Fault()
    lost = Lost(FaultyStore(sqlite, fault))
    with staged(lost, clock, BUGSNAG_ALLOWED_IPS="198.51.100.0/24") as stage:
        method, path, body, kind, address = "GET", "/bugsnag?token=no", b"x" * 2 * MIB, "text/plain", "192.0.2.1"

        def status() -> int:
            return call(stage.app, path, body, {"Content-Type": kind}, method=method, address=address).status

        assert 405 == status()
        method = "POST"
        assert 413 == status()
        body = b"x"
        assert 401 == status()
        path = WEBHOOK
        assert 403 == status()
        address = "198.51.100.7"
        assert 415 == status()
        kind = "application/json"
        assert 400 == status()
        assert [] == stage.new_texts()
        body = padded(500)
        assert 503 == status()
        lost.found = True
        assert 200 == status()


# The store is gone.


class Lost:
    """A store that cannot be reached until it is found."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.found = False

    def __getattr__(self, name: str) -> Any:
        if not self.found:
            raise Unreachable("the network is down")
        return getattr(self._store, name)


@pytest.mark.promise("P1")
def test_without_the_store_the_last_resort_is_texted_once_a_minute_and_told_503(
    sqlite: "SqliteStore", clock: Clock
) -> None:
    with staged(Lost(sqlite), clock) as stage:
        for _ in range(3):
            answer = webhook(stage.app, event())
            assert "The event was not stored: the store cannot be reached." == sentence(answer, 503)

        assert "TypeError" in stage.page()
        assert {} == written(sqlite)
        assert all("Unreachable" in trouble for trouble in stage.troubles)
        assert 3 == len(stage.troubles)


class Hanging:
    """A store that answers nothing, each verb for as long as it may."""

    def __init__(self) -> None:
        self.waited = 0.0

    def __getattr__(self, name: str) -> Any:
        def hang(*_: object, **__: object) -> Any:
            self.waited += patience.share(60.0)
            raise Unreachable("nobody answers")

        return hang


class HangsAtCommits(Hanging):
    """One that still reads."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return super().__getattr__(name) if name == "commit" else getattr(self._store, name)


@pytest.mark.parametrize("reads", [False, True])
def test_a_store_that_hangs_is_given_up_in_time_for_the_text_that_needs_none(
    sqlite: "SqliteStore", clock: Clock, monkeypatch: pytest.MonkeyPatch, *, reads: bool
) -> None:
    store: Any = HangsAtCommits(sqlite) if reads else Hanging()
    monkeypatch.setattr("bugglio.store.patience.monotonic", lambda: 1_000.0 + store.waited)
    with staged(store, clock) as stage:
        answer = webhook(stage.app, event())

        assert "The event was not stored: the store cannot be reached." == sentence(answer, 503)
        assert 0.5 < store.waited <= 3.5 - 1.0
        assert "TypeError" in stage.page()


def test_strangers_cannot_have_the_last_resort_texted(sqlite: "SqliteStore", clock: Clock) -> None:
    with staged(Lost(sqlite), clock) as stage:
        assert 401 == webhook(stage.app, event(), "/bugsnag?token=another").status
        assert 400 == call(stage.app, WEBHOOK, b"[]", JSON).status

        assert [] == stage.new_texts()
        assert [] == stage.troubles


def test_bugglios_own_error_is_not_reported_again_when_it_cannot_be_stored(sqlite: "SqliteStore", clock: Clock) -> None:
    with staged(Lost(sqlite), clock) as stage:
        assert 503 == webhook(stage.app, event(error={"app": {"type": "bugglio"}})).status

        assert [] == stage.troubles


def test_a_store_that_cannot_even_be_opened_is_told_of_too(pager: Stage, tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "bugglio.db"
    there = dataclasses.replace(pager.works.settings, bugglio_store=f"sqlite:{file}")
    app, troubles = app_of(there)

    answer = webhook(app, event())

    assert "The event was not stored: the store cannot be reached." == sentence(answer, 503)
    assert "TypeError" in pager.page()
    assert 1 == len(troubles)


def test_once_it_can_be_opened_events_are_taken(pager: Stage, tmp_path: Path) -> None:
    file = tmp_path / "later" / "bugglio.db"
    app, _ = app_of(dataclasses.replace(pager.works.settings, bugglio_store=f"sqlite:{file}"))
    with pytest.raises(Unreachable):
        _ = app.works

    file.parent.mkdir()
    app, _ = app_of(app._settings())

    assert 200 == webhook(app, event()).status
    app.works.kit.store.close()


# What nobody foresaw.


class Broken:
    """A store with a fault of programming in it."""

    def __getattr__(self, name: str) -> NoReturn:
        raise ZeroDivisionError(f"the number is {ANA}, the token {WEBHOOK_TOKEN}")


def test_what_nobody_foresaw_is_one_sentence_to_the_caller_and_reported(clock: Clock) -> None:
    with staged(Broken(), clock) as stage:
        answer = webhook(stage.app, event())

        assert "Something went wrong in bugglio; it has been reported." == sentence(answer, 500)
        assert 1 == len(stage.troubles)
        assert stage.troubles[0].startswith("door bugglio: ZeroDivisionError")
