import pytest

from bugglio.simulator.post import Answer
from bugglio.simulator.twiml import read, speech

XML = {"content-type": "text/xml; charset=utf-8"}


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("<Response/>", []),
        ("<Response><Message>hello</Message></Response>", ["hello"]),
        ("<Response><Message><Body>a &lt; b</Body></Message><Message>two</Message></Response>", ["a < b", "two"]),
        ('<?xml version="1.0"?><Response><Message> spaced \n</Message><Message/></Response>', ["spaced"]),
        ("<Response><Redirect>/x</Redirect></Response>", []),
    ],
)
def test_the_messages_of_an_answer_become_texts(body: str, texts: list[str]) -> None:
    assert (texts, None) == read(Answer(200, XML, body.encode()))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (None, 11200),
        (Answer(500, XML, b"<Response/>"), 11217),
        (Answer(403), 11217),
        (Answer(302), 11217),
        (Answer(200), 12300),
        (Answer(200, {"content-type": "application/json"}, b"{}"), 12300),
        (Answer(200, XML, b""), 12100),
        (Answer(200, XML, b"<Response>"), 12100),
        (Answer(200, XML, b"<html/>"), 12200),
    ],
)
def test_an_answer_of_no_use_has_twilios_code(answer: Answer | None, code: int) -> None:
    assert ([], code) == read(answer)


def test_204_and_plain_text_are_answers_too() -> None:
    assert ([], None) == read(Answer(204))
    assert (["hi"], None) == read(Answer(200, {"content-type": "text/plain"}, b"hi"))


def test_a_phone_hears_what_is_said() -> None:
    assert "Wake up. Checkout is down." == speech(
        "<Response><Say>Wake up.</Say><Gather><Say>Checkout is down.</Say></Gather></Response>"
    )
    assert "" == speech("<Response")
