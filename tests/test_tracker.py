"""What becomes of an operation when Bugsnag, or the way to it, behaves well or badly: told over real sockets."""

import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bugglio.app import tracker
from bugglio.pager.ports import Tracker
from bugglio.simulator import Misbehaviour, Simulator, served
from bugglio.tracker import BugsnagTracker
from bugglio.upstream import (
    COMMENT,
    FIX,
    IGNORE,
    MOVED,
    NO_ERROR,
    OPEN,
    SNOOZE,
    Done,
    Finding,
    Found,
    Later,
    NotFound,
    Operation,
    Outcome,
    Refused,
    Unknown,
    refusal,
)
from tests.clock import Clock
from tests.stage import settings_for
from tests.wire import Raw, answering, drain, raw, response

TOKEN = "personal-token-of-the-bot"
TEXT = "Ana Lima: rolled back"
FIXED = Operation(id="o-1", what=FIX)
NOTE = Operation(id="o-2", what=COMMENT, text=TEXT)
GOOD = {"id": "e", "status": "fixed"}
SAID = {"id": "59db8656901da0001b1eb558", "message": TEXT, "created_at": "2026-02-02T09:00:00.000Z"}
SINCE = 1_770_022_800_000
"""2026-02-02T09:00:00Z."""


@dataclass
class Bugsnag:
    """Bugsnag on the laptop, an error of it, and bugglio's way to it."""

    simulator: Simulator
    clock: Clock
    origin: str
    tracker: Tracker
    project: str
    error: str

    def do(self, operation: Operation, patience: float = 5) -> Outcome:
        return self.tracker.do(self.project, self.error, operation, patience=patience)

    def commented(self, text: str = TEXT, *, since: int = SINCE, **more: Any) -> Finding:
        return self.tracker.commented(self.project, self.error, text, since, patience=5, **more)

    def state(self) -> tuple[str, Any]:
        (error,) = self.simulator.errors()
        return error.status, error.reopen_rules


@pytest.fixture
def bugsnag(clock: Clock) -> Iterator[Bugsnag]:
    simulator = Simulator(
        clock=clock.now, bugsnag_token=TOKEN, post=lambda *_: pytest.fail("no door takes part in this")
    )
    simulator.tracker.learn({"project": {"id": "p-1"}, "error": {"errorId": "e-1", "exceptionClass": "TypeError"}})
    with served(simulator.wsgi) as origin:
        url = origin + "/simulator/bugsnag"
        yield Bugsnag(simulator, clock, url, BugsnagTracker(TOKEN, api_url=url), "p-1", "e-1")
        simulator.close()


def ours(url: str) -> BugsnagTracker:
    return BugsnagTracker(TOKEN, api_url=url)


def do(url: str, operation: Operation = FIXED, patience: float = 5.0) -> Outcome:
    return ours(url).do("p", "e", operation, patience=patience)


def replied(status: str, body: object, *headers: str, operation: Operation = FIXED) -> Outcome:
    with raw(answering(response(status, _text(body), *headers))) as server:
        return do(server.url, operation)


def listed(status: str, body: object, *headers: str) -> Finding:
    with raw(answering(response(status, _text(body), *headers))) as server:
        return ours(server.url).commented("p", "e", TEXT, SINCE, patience=5)


def _text(body: object) -> str:
    return body if isinstance(body, str) else json.dumps(body)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


# Good days.


@pytest.mark.parametrize(
    ("state", "operation"),
    [
        (("fixed", None), FIXED),
        (("ignored", None), Operation(id="o", what=IGNORE)),
        (
            ("snoozed", {"reopen_if": "occurs_after", "seconds": 7200}),
            Operation(id="o", what=SNOOZE, seconds=7200),
        ),
        (
            ("snoozed", {"reopen_if": "n_additional_occurrences", "additional_occurrences": 20}),
            Operation(id="o", what=SNOOZE, more=20),
        ),
    ],
)
def test_an_error_gets_the_state_that_was_asked_for(bugsnag: Bugsnag, state: object, operation: Operation) -> None:
    assert Done() == bugsnag.do(operation)
    assert state == bugsnag.state()


def test_an_error_that_was_fixed_is_opened_again(bugsnag: Bugsnag) -> None:
    bugsnag.do(FIXED)

    assert Done() == bugsnag.do(Operation(id="o", what=OPEN))
    assert ("open", None) == bugsnag.state()


def test_a_comment_is_made_and_named(bugsnag: Bugsnag) -> None:
    got = bugsnag.do(NOTE)

    (comment,) = bugsnag.simulator.comments()
    assert Done(comment.id) == got
    assert TEXT == comment.message


@pytest.mark.parametrize("text", ["größe 🛒 “quoted” \\ \x00", "a\ud800b", "x" * 1600])
def test_a_comment_of_any_text_is_found_again(bugsnag: Bugsnag, text: str) -> None:
    got = bugsnag.do(Operation(id="o", what=COMMENT, text=text))

    assert isinstance(got, Done)
    assert Found(got.id) == bugsnag.commented(text)


def test_the_request_is_what_bugsnag_expects() -> None:
    with raw(answering(response("200 OK", json.dumps(GOOD)))) as server:
        ours(server.url + "/api/").do("p", "e", FIXED, patience=5)
        head, _, body = server.got.decode().partition("\r\n\r\n")

    first, *lines = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert "PATCH /api/projects/p/errors/e HTTP/1.1" == first
    assert {
        "authorization": f"token {TOKEN}",
        "x-version": "2",
        "x-bugsnag-api": "true",
        "content-type": "application/json",
        "accept": "application/json",
        "connection": "close",
    }.items() <= headers.items()
    assert {"operation": "fix"} == json.loads(body)


def test_a_change_that_is_answered_with_nothing_is_done() -> None:
    assert Done() == replied("204 No Content", "")


@pytest.mark.parametrize(
    ("name", "body", "headers"),
    [
        ("abc", {"id": "abc"}, []),
        ("abc", "", ["Location: https://api.bugsnag.com/comments/abc"]),
        ("", "", []),
        ("", {"id": "a b"}, []),
    ],
)
def test_a_comment_has_its_name_from_the_answers_body_or_address(name: str, body: object, headers: list[str]) -> None:
    assert Done(name) == replied("201 Created", body, *headers, operation=NOTE)


def test_ids_are_quoted_into_the_path() -> None:
    with raw(answering(response("200 OK", json.dumps(GOOD)))) as server:
        ours(server.url).do("p/../x?y", "é#e", FIXED, patience=5)
        assert server.got.startswith(b"PATCH /projects/p%2F..%2Fx%3Fy/errors/%C3%A9%23e HTTP/1.1\r\n")


@pytest.mark.parametrize(("project", "error"), [("", "e"), ("p", ""), (".", "e"), ("p", "..")])
def test_an_alert_without_an_error_is_refused_and_nothing_is_asked(project: str, error: str) -> None:
    with raw(drain) as server:
        assert NO_ERROR == ours(server.url).do(project, error, FIXED, patience=5)
        assert NO_ERROR == ours(server.url).commented(project, error, TEXT, SINCE, patience=5)
        assert 0 == server.connections


def test_every_request_has_a_connection_of_its_own() -> None:
    with raw(answering(response("200 OK", json.dumps(GOOD)))) as server:
        for _ in range(3):
            server.got = b""
            assert Done() == do(server.url)
        assert 3 == server.connections


def test_a_netrc_file_does_not_replace_the_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine bugsnag.example login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("NO_PROXY", "*")
    lookup = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *more, **named: lookup("127.0.0.1", *more, **named))

    with raw(answering(response("200 OK", json.dumps(GOOD)))) as server:
        assert Done() == do(f"http://bugsnag.example:{server.port}")
        assert f"Authorization: token {TOKEN}\r\n".encode() in server.got


# Not done: try again.


def test_a_refused_connection_means_later() -> None:
    assert Later(None, "no connection: refused or unreachable") == do(f"http://127.0.0.1:{closed_port()}")


def test_a_name_that_takes_for_ever_means_later_and_it_stays_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    release, lookup = threading.Event(), socket.getaddrinfo

    def slow(*arguments: Any, **named: Any) -> Any:
        release.wait(10)
        return lookup(*arguments, **named)

    with raw(drain) as server:
        monkeypatch.setattr(socket, "getaddrinfo", slow)
        assert Later(None, "no answer within 0.3 s") == do(server.url, patience=0.3)

        release.set()
        assert server.ended.wait(5)
        assert b"" == server.got


def test_no_thread_left_means_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fail)

    assert Later(None, "this machine has no thread left") == do("http://127.0.0.1:9")
    assert Later(None, "this machine has no thread left") == ours("http://127.0.0.1:9").commented(
        "p", "e", TEXT, SINCE, patience=1
    )


@pytest.mark.parametrize(
    ("after", "headers"), [(7.0, ["Retry-After: 7"]), (3600.0, ["Retry-After: 86400"]), (None, [])]
)
@pytest.mark.parametrize("operation", [FIXED, NOTE], ids=["fix", "comment"])
def test_429_waits_as_long_as_bugsnag_says(after: float | None, headers: list[str], operation: Operation) -> None:
    got = replied("429 Too Many Requests", {"errors": ["slow down"]}, *headers, operation=operation)

    assert Later(after, "Bugsnag answered HTTP 429") == got


@pytest.mark.parametrize("status", ["408 Request Timeout", "500 Oops", "502 Bad Gateway", "503 Unavailable"])
def test_an_error_of_bugsnags_own_is_tried_again_unless_it_would_act_twice(status: str) -> None:
    words = f"Bugsnag answered HTTP {status[:3]}"

    assert Later(4.0, words) == replied(status, "", "Retry-After: 4")
    assert Unknown(words) == replied(status, "", "Retry-After: 4", operation=NOTE)


# Refused for good.


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
@pytest.mark.parametrize("operation", [FIXED, NOTE], ids=["fix", "comment"])
def test_a_refusal_is_for_good_and_in_our_words(status: int, operation: Operation) -> None:
    got = replied(f"{status} No", {"errors": [f"\x1b[31m {TOKEN}"]}, operation=operation)

    assert refusal(status) == got


@pytest.mark.parametrize("status", ["301 Moved Permanently", "307 Temporary Redirect"])
def test_a_redirect_is_not_followed_and_points_at_the_setting(status: str) -> None:
    with raw(answering(response("200 OK", json.dumps(GOOD)))) as elsewhere:
        assert MOVED == replied(status, "", f"Location: {elsewhere.url}/projects/p/errors/e")
        assert 0 == elsewhere.connections


def test_another_token_and_another_error_are_refused(bugsnag: Bugsnag) -> None:
    wrong = BugsnagTracker("wrong", api_url=bugsnag.origin)

    assert refusal(401) == wrong.do("p-1", "e-1", FIXED, patience=5)
    assert refusal(404) == bugsnag.tracker.do("p-1", "e-9", FIXED, patience=5)
    assert refusal(404) == bugsnag.tracker.commented("p-9", "e-1", TEXT, SINCE, patience=5)
    assert refusal(422) == bugsnag.do(Operation(id="o", what=COMMENT, text=" "))
    assert refusal(400) == bugsnag.do(Operation(id="o", what=SNOOZE))
    assert ("open", None) == bugsnag.state()


# Written, and no usable answer.


def reset(connection: socket.socket, _: Raw) -> None:
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@pytest.mark.parametrize("operation", [FIXED, NOTE], ids=["fix", "comment"])
def test_a_connection_that_breaks_is_unknown(operation: Operation) -> None:
    with raw(reset) as server:
        assert isinstance(do(server.url, operation), Unknown)
    with raw(lambda connection, server: server.read_request(connection)) as server:
        assert Unknown("the connection was closed without an answer") == do(server.url, operation)
    with raw(answering(b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n{")) as server:
        assert isinstance(do(server.url, operation), Unknown)
    with raw(answering(b"220 mail.example ESMTP\r\n")) as server:
        assert isinstance(do(server.url, operation), Unknown)


def test_an_answer_that_trickles_does_not_outlast_patience() -> None:
    def trickle(connection: socket.socket, server: Raw) -> None:
        server.read_request(connection)
        for byte in response("200 OK", "x" * 999):
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    with raw(trickle) as server:
        began = time.monotonic()
        assert Unknown("no answer within 0.3 s") == do(server.url, patience=0.3)
        assert time.monotonic() - began < 1.5
        assert server.ended.wait(5), "the connection must be let go"


@pytest.mark.parametrize("body", ["<html>Log in</html>", "", "[1]", '"fixed"', '{"status"'])
def test_a_success_that_is_not_bugsnags_is_unknown(body: str) -> None:
    assert Unknown("the answer could not be read") == replied("200 OK", body)
    assert Unknown("the answer could not be read") == replied("200 OK", body, operation=NOTE)


# Whether a comment was made.


@pytest.mark.parametrize("kind", ["bugsnag-accept-timeout", "bugsnag-accept-500"])
def test_a_comment_whose_answer_was_lost_is_found_and_need_not_be_made_again(bugsnag: Bugsnag, kind: str) -> None:
    bugsnag.simulator.misbehave(Misbehaviour(kind, times=1))

    assert isinstance(bugsnag.do(NOTE, patience=0.5), Unknown)

    (comment,) = bugsnag.simulator.comments()
    assert Found(comment.id) == bugsnag.commented()


def test_a_comment_that_never_arrived_is_not_found(bugsnag: Bugsnag) -> None:
    bugsnag.simulator.misbehave(Misbehaviour("bugsnag-timeout", times=1))

    assert isinstance(bugsnag.do(NOTE, patience=0.3), Unknown)
    assert NotFound() == bugsnag.commented()


def test_the_same_words_of_an_hour_ago_are_not_taken_for_ours(bugsnag: Bugsnag) -> None:
    bugsnag.do(NOTE)
    bugsnag.clock.advance(minutes=60)

    assert NotFound() == bugsnag.commented(since=bugsnag.clock.now())


def test_a_comment_known_to_be_another_is_passed_over(bugsnag: Bugsnag) -> None:
    first = bugsnag.do(NOTE)
    assert isinstance(first, Done)

    assert NotFound() == bugsnag.commented(besides=[first.id])


def test_a_comment_is_found_pages_further_on(bugsnag: Bugsnag) -> None:
    mine = bugsnag.do(NOTE)
    assert isinstance(mine, Done)
    for number in range(230):
        bugsnag.simulator.tracker.comment("p-1", "e-1", f"chatter {number}")

    assert Found(mine.id) == bugsnag.commented()


def test_reading_ends_with_the_first_page_whose_end_is_too_old(bugsnag: Bugsnag) -> None:
    for number in range(230):
        bugsnag.simulator.tracker.comment("p-1", "e-1", f"chatter {number}")
    bugsnag.clock.advance(minutes=60)

    before = remaining(bugsnag)
    assert NotFound() == bugsnag.commented(since=bugsnag.clock.now())
    assert before - 2 == remaining(bugsnag), "one request to look, and one to count"


def remaining(bugsnag: Bugsnag) -> int:
    import requests

    answer = requests.get(
        f"{bugsnag.origin}/projects/p-1/errors/e-1", headers={"Authorization": f"token {TOKEN}"}, timeout=5
    )
    return int(answer.headers["X-RateLimit-Remaining"])


def test_the_token_goes_to_no_other_host_than_bugsnags() -> None:
    page = [{**SAID, "message": "on it"}]
    with raw(drain) as elsewhere:
        link = f'Link: <{elsewhere.url}/next?offset=100>; rel="next"'
        pages = [response("200 OK", json.dumps(page), link), response("200 OK", json.dumps([SAID]))]
        seen: list[bytes] = []

        def act(connection: socket.socket, server: Raw) -> None:
            server.got = b""
            answering(pages.pop(0))(connection, server)
            seen.append(server.got.partition(b"\r\n")[0])

        with raw(act) as server:
            got = ours(server.url).commented("p", "e", TEXT, SINCE, patience=5)
        assert 0 == elsewhere.connections

    assert Found(SAID["id"]) == got
    assert b"GET /next?offset=100 HTTP/1.1" == seen[1]


def test_a_list_without_an_end_is_given_up() -> None:
    link = 'Link: </again>; rel="next"'

    assert Later(None, "there are more comments than are read") == listed("200 OK", [], link)


@pytest.mark.parametrize("link", ["nonsense", "<http://[>; rel=next", '</last>; rel="prev"', "<" * 5000])
def test_a_link_that_leads_nowhere_ends_the_list(link: str) -> None:
    assert NotFound() == listed("200 OK", [], f"Link: {link}")


def test_why_the_comments_cannot_be_read_is_told() -> None:
    assert Later(7.0, "Bugsnag answered HTTP 429") == listed("429 Too Many Requests", "", "Retry-After: 7")
    assert Later(None, "Bugsnag answered HTTP 500") == listed("500 Oops", "")
    assert Later(None, "the answer could not be read") == listed("200 OK", "<html>Log in</html>")
    assert refusal(403) == listed("403 Forbidden", "")
    assert MOVED == listed("302 Found", "", "Location: /elsewhere")


def test_comments_that_are_never_answered_are_given_up() -> None:
    with raw(drain) as server:
        began = time.monotonic()
        got = ours(server.url).commented("p", "e", TEXT, SINCE, patience=0.3)
        assert time.monotonic() - began < 1.5

    assert Later(None, "no answer within 0.3 s") == got


# The simulator's other bad days.


def test_a_busy_bugsnag_does_nothing_and_says_for_how_long(bugsnag: Bugsnag) -> None:
    bugsnag.simulator.misbehave(Misbehaviour("bugsnag-429", times=1, seconds=12))

    assert Later(12.0, "Bugsnag answered HTTP 429") == bugsnag.do(FIXED)
    assert ("open", None) == bugsnag.state()
    assert Done() == bugsnag.do(FIXED)


def test_too_many_requests_in_a_minute_are_told_to_wait_for_its_end(bugsnag: Bugsnag) -> None:
    bugsnag.clock.advance(seconds=1)
    outcomes = [bugsnag.do(FIXED) for _ in range(31)]
    bugsnag.clock.advance(seconds=60)

    assert [Done()] * 30 + [Later(60.0, "Bugsnag answered HTTP 429")] == outcomes
    assert Done() == bugsnag.do(FIXED)


def test_a_change_whose_answer_was_lost_is_so_and_may_be_asked_for_again(bugsnag: Bugsnag) -> None:
    bugsnag.simulator.misbehave(Misbehaviour("bugsnag-accept-timeout", times=1))

    assert Unknown("no answer within 0.3 s") == bugsnag.do(FIXED, patience=0.3)
    assert ("fixed", None) == bugsnag.state()
    assert Done() == bugsnag.do(FIXED)


@pytest.mark.parametrize("code", [401, 403, 404, 422])
def test_bugsnag_can_be_told_to_refuse(bugsnag: Bugsnag, code: int) -> None:
    bugsnag.simulator.misbehave(Misbehaviour("bugsnag-refuse", times=1, code=code))

    assert refusal(code) == bugsnag.do(FIXED)
    assert ("open", None) == bugsnag.state()


# The app.


def test_without_a_token_there_is_no_tracker() -> None:
    assert None is tracker(settings_for())


def test_the_settings_say_whose_token_and_which_bugsnag(bugsnag: Bugsnag) -> None:
    built = tracker(settings_for(BUGSNAG_AUTH_TOKEN=TOKEN, BUGSNAG_API_URL=bugsnag.origin))

    assert built is not None
    assert Done() == built.do("p-1", "e-1", FIXED, patience=5)


def test_a_token_alone_leads_to_bugsnags_own_address() -> None:
    assert "https://api.bugsnag.com" == settings_for(BUGSNAG_AUTH_TOKEN=TOKEN, BUGSNAG_API_URL="").bugsnag_api_url


def test_an_empty_token_is_no_token() -> None:
    with pytest.raises(ValueError, match="a token is needed"):
        BugsnagTracker("")


def test_importing_the_tracker_imports_no_slow_library() -> None:
    told = "import bugglio.tracker, sys; print(sorted({'requests', 'urllib3', 'twilio'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    assert "[]\n" == done.stdout


def test_no_secret_and_nothing_of_the_answer_reaches_a_log_or_a_reason(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"http://127.0.0.1:{closed_port()}"
    outcomes: list[Outcome | Finding] = [
        do(url),
        do(url, NOTE),
        ours(url).commented("p", "e", TEXT, SINCE, patience=5),
        *(replied(f"{status} X", f"said {TOKEN}", operation=NOTE) for status in (200, 302, 401, 422, 429, 500)),
    ]

    told = caplog.text + repr(outcomes)
    assert TOKEN not in told
    assert "rolled back" not in told
    assert "127.0.0.1" not in told
    assert all(not isinstance(one, Refused) or "said" not in one.cause for one in outcomes)
