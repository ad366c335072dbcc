"""A door proves which deployment it belongs to, and nothing else."""

import pytest

from bugglio import probe
from tests.doors.calling import call
from tests.stage import Stage

DOORS = {
    "/bugsnag": "bugsnag",
    "/sms": "sms",
    "/sms-status": "sms-status",
    "/tick": "tick",
    "/admin": "admin",
    "/admin/alerts": "admin",
    "/health": "health",
}
QUESTION = "0123456789abcdef0123"


@pytest.mark.parametrize(("path", "door"), DOORS.items())
def test_each_door_answers_for_itself(stage: Stage, path: str, door: str) -> None:
    key = stage.settings.flask_secret_key

    answer = call(stage.app, path, method="GET", headers={probe.HEADER: QUESTION})

    assert 405 == answer.status
    told = answer.headers[probe.HEADER]
    assert probe.proves(key, door, QUESTION, told)
    assert not probe.proves("another key, of another deployment", door, QUESTION, told)
    assert not probe.proves(key, door, QUESTION[::-1], told)
    assert not any(probe.proves(key, other, QUESTION, told) for other in DOORS.values() if other != door)


@pytest.mark.parametrize("question", ["", "x" * 101, "0 1", "0123456789abcdef\t0123", "0123456789abcdef<b>"])
def test_what_is_no_question_is_answered_as_ever(stage: Stage, question: str) -> None:
    answer = call(stage.app, "/sms", method="GET", headers={probe.HEADER: question})

    assert 405 == answer.status
    assert probe.HEADER not in answer.headers


def test_a_delivery_with_a_question_is_still_a_delivery(stage: Stage) -> None:
    answer = call(stage.app, "/bugsnag", b"{}", method="POST", headers={probe.HEADER: QUESTION})

    assert 401 == answer.status
    assert probe.HEADER not in answer.headers


@pytest.mark.parametrize("answer", [None, "", "é", "0" * 64])
def test_no_answer_proves_nothing(answer: str | None) -> None:
    assert not probe.proves("a key", "sms", QUESTION, answer)
