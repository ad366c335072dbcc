"""Bugsnag's API as plain HTTP sees it; `tests/test_tracker.py` tells what bugglio makes of it."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bugglio.simulator import KINDS, Misbehaviour, Simulator
from tests.clock import Clock

ANA = "+14155550101"
ERROR = "/projects/p/errors/e"


class Api:
    """Asks with the right token, unless told another."""

    def __init__(self, client: FlaskClient, below: str = "") -> None:
        self.client, self.below = client, below

    def ask(self, method: str, path: str = ERROR, *, token: str = "token t", **more: Any) -> TestResponse:
        return self.client.open(self.below + path, method=method, headers={"Authorization": token}, **more)


@pytest.fixture
def simulator(clock: Clock) -> Simulator:
    simulator = Simulator(bugsnag_token="t", clock=clock.now)
    error = {
        "errorId": "e",
        "exceptionClass": "TypeError",
        "message": "no id",
        "occurrences": 12,
        "releaseStage": "live",
    }
    simulator.tracker.learn({"project": {"id": "p", "name": "web"}, "error": error})
    return simulator


@pytest.fixture
def api(simulator: Simulator) -> Api:
    return Api(simulator.wsgi.test_client())


@pytest.mark.parametrize("below", ["", "/simulator/bugsnag"])
def test_an_error_is_shown_changed_and_shown_again(simulator: Simulator, below: str) -> None:
    api = Api(simulator.wsgi.test_client(), below)

    before = api.ask("GET").json or {}
    changed = api.ask("PATCH", json={"operation": "fix"})
    after = api.ask("GET").json or {}

    assert ("e", "p", "TypeError", "no id", 12, ["live"], 0) == tuple(
        before[name]
        for name in ("id", "project_id", "error_class", "message", "events", "release_stages", "comment_count")
    )
    assert f"http://localhost{below}/projects/p/errors/e" == before["url"]
    assert (200, after) == (changed.status_code, changed.json)
    assert ["open", "fixed"] == [before["status"], after["status"]]


def test_a_comment_is_made_and_is_where_its_address_says(api: Api) -> None:
    made = api.ask("POST", f"{ERROR}/comments", json={"message": "rolled back"})

    there = api.ask("GET", made.headers["Location"].removeprefix("http://localhost"))
    assert 201 == made.status_code
    assert made.json == there.json
    told = made.json or {}
    assert ("rolled back", "2026-02-02T09:00:00.000Z") == (told["message"], told["created_at"])
    assert "bugglio bot" == told["collaborator"]["name"]


def test_comments_are_listed_newest_first_and_by_pages(simulator: Simulator, api: Api) -> None:
    for number in range(5):
        simulator.tracker.comment("p", "e", str(number))
    path, pages = f"{ERROR}/comments?per_page=2", []
    while path:
        answer = api.ask("GET", path)
        pages.append((answer.headers["X-Total-Count"], [one["message"] for one in answer.json or []]))
        link = answer.headers.get("Link", "")
        path = link.partition(">")[0].removeprefix("<http://localhost")

    assert [("5", ["4", "3"]), ("5", ["2", "1"]), ("5", ["0"])] == pages
    oldest = api.ask("GET", f"{ERROR}/comments?direction=asc&per_page=1").json
    assert ["0"] == [one["message"] for one in oldest or []]


@pytest.mark.parametrize("token", ["", "token wrong", "Bearer t", "Basic dDp0"])
def test_without_the_token_nothing_is_told(api: Api, token: str) -> None:
    answer = api.ask("PATCH", token=token, json={"operation": "fix"})

    assert (401, {"errors": ["Bad credentials"]}) == (answer.status_code, answer.json)


@pytest.mark.parametrize(
    ("status", "sentence", "method", "path", "body"),
    [
        (404, "Project not found", "GET", "/projects/q/errors/e", None),
        (404, "Error not found", "PATCH", "/projects/p/errors/f", {"operation": "fix"}),
        (404, "Error not found", "POST", "/projects/p/errors/f/comments", {"message": "hi"}),
        (404, "Error not found", "GET", "/projects/p/errors/f/comments", None),
        (404, "Comment not found", "GET", "/comments/c", None),
        (404, "Not Found", "GET", "/projects/p/errors", None),
        (405, "Method Not Allowed", "DELETE", ERROR, None),
        (400, "operation is invalid", "PATCH", ERROR, {"operation": "resolve"}),
        (400, "The body is not a JSON object", "PATCH", ERROR, None),
        (422, "Message can't be blank", "POST", f"{ERROR}/comments", {"text": "hi"}),
    ],
)
def test_what_is_wrong_is_told_in_bugsnags_form(
    api: Api, status: int, sentence: str, method: str, path: str, body: object
) -> None:
    answer = api.ask(method, path, json=body)

    assert (status, {"errors": [sentence]}) == (answer.status_code, answer.json)


def test_each_answer_says_how_many_requests_are_left_in_this_minute(api: Api, clock: Clock) -> None:
    left = [api.ask("GET").headers["X-RateLimit-Remaining"] for _ in range(3)]
    clock.advance(seconds=60)
    left.append(api.ask("GET").headers["X-RateLimit-Remaining"])

    assert ["29", "28", "27", "29"] == left
    assert "30" == api.ask("GET").headers["X-RateLimit-Limit"]


def test_beyond_the_limit_bugsnag_says_how_long_to_wait(api: Api, clock: Clock) -> None:
    for _ in range(30):
        api.ask("GET")
    clock.advance(seconds=20)

    answer = api.ask("PATCH", json={"operation": "fix"})

    assert (429, "40", "0") == (
        answer.status_code,
        answer.headers["Retry-After"],
        answer.headers["X-RateLimit-Remaining"],
    )


def test_a_429_that_was_asked_for_says_that_nothing_is_left(simulator: Simulator, api: Api) -> None:
    simulator.misbehave(Misbehaviour("bugsnag-429", times=1))

    answer = api.ask("GET")

    assert (429, "5", "0") == (
        answer.status_code,
        answer.headers["Retry-After"],
        answer.headers["X-RateLimit-Remaining"],
    )


@pytest.mark.parametrize(("code", "status"), [(404, 404), (503, 503), (21211, 400)])
def test_a_refusal_has_the_status_that_was_asked_for(simulator: Simulator, api: Api, code: int, status: int) -> None:
    simulator.misbehave(Misbehaviour("bugsnag-refuse", times=1, code=code))

    assert status == api.ask("PATCH", json={"operation": "fix"}).status_code
    assert "open" == simulator.errors()[0].status


@pytest.mark.parametrize(
    ("state", "kind"), [("fixed", "bugsnag-accept-500"), ("open", "bugsnag-500"), ("fixed", "bugsnag-slow")]
)
def test_what_goes_wrong_before_and_after_it_is_done(simulator: Simulator, api: Api, state: str, kind: str) -> None:
    simulator.misbehave(Misbehaviour(kind, times=1))

    answer = api.ask("PATCH", json={"operation": "fix"})

    assert state == simulator.errors()[0].status
    assert (200 if kind == "bugsnag-slow" else 500) == answer.status_code
    assert [] == simulator.misbehaviours()


def test_bugsnags_troubles_are_a_group_of_their_own_and_of_no_phone(simulator: Simulator, api: Api) -> None:
    groups = {kind.group for kind in KINDS.values() if kind.name.startswith("bugsnag-")}
    simulator.misbehave(Misbehaviour("bugsnag-500", times=1, number=ANA))

    assert 1 == len(groups)
    assert not [kind.name for kind in KINDS.values() if kind.group in groups and not kind.name.startswith("bugsnag-")]
    assert 500 == api.ask("GET").status_code


def test_everything_that_bugsnag_knows_can_be_asked_without_a_token(simulator: Simulator, api: Api) -> None:
    simulator.tracker.comment("p", "e", "rolled back")

    told = api.client.get("/simulator/errors").json or {}

    (error,) = told["errors"]
    assert ("e", "open", 1) == (error["id"], error["status"], error["comment_count"])
    assert ["rolled back"] == [one["message"] for one in error["comments"]]
