"""What a phone that rings is told, as whole strings."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio import speech
from bugglio.roster import DEFAULT_TEXT
from bugglio.wording import Held

CART: Mapping[str, str] = {
    "project.name": "checkout-api",
    "error.releaseStage": "production",
    "error.exceptionClass": "TypeError",
    "error.message": "cannot read 'id' of undefined",
    "error.context": "cart#create",
    "error.url": "https://app.bugsnag.com/acme/checkout-api/errors/1",
}
NEW = "New unhandled error"


def page(why: str = NEW, mark: str = "", template: str = DEFAULT_TEXT, **said: str) -> str:
    """What is said of alert 417; `said` changes what the event says, by the last word of its path."""
    changed = {path: said.get(path.rpartition(".")[2], value) for path, value in CART.items()}
    return speech.page(417, template, changed, why, mark)


def test_a_page_says_who_calls_what_is_wrong_and_how_to_take_it() -> None:
    expected = (
        "This is bugglio. Alert 4 1 7. checkout-api production: Type Error: cannot read 'id' of undefined in cart "
        "create. New unhandled error. To take it, text: ack 4 1 7 to this number."
    )
    assert expected == page()


def test_a_second_page_says_so() -> None:
    assert page("", "2nd page").endswith(" in cart create. 2nd page. To take it, text: ack 4 1 7 to this number.")


def test_addresses_are_not_read_out() -> None:
    assert page() == page(template=f"{DEFAULT_TEXT} {{error.url}}")


def test_nothing_is_left_between_the_sentences_of_an_alert_that_says_nothing() -> None:
    expected = "This is bugglio. Alert 4 1 7. To take it, text: ack 4 1 7 to this number."
    assert expected == speech.page(417, DEFAULT_TEXT, {}, "")


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("ActionController::RoutingError", "Action Controller Routing Error"),
        ("HTTPError", "HTTP Error"),
        ("no_such_key", "no such key"),
        ("java.lang.NullPointerException", "java.lang.Null Pointer Exception"),
        ("<unknown> {a} [b] | c", "unknown a b c"),
        ("half (of it), 50%", "half (of it), 50%"),
    ],
)
def test_names_are_said_as_words_and_signs_are_silent(written: str, heard: str) -> None:
    assert f" production: Type Error: {heard} in cart create. " in page(message=written)


def test_several_calls_are_one_that_says_how_many_and_which_is_the_busiest() -> None:
    expected = (
        "This is bugglio. 12 pages: checkout-api 9, web 3. Top: 4 1 7, Type Error, 31 times. "
        "To see all, text: list to this number."
    )
    assert expected == speech.digest(Held(12, {"checkout-api": 9, "web": 3}, 417, "TypeError", 31))


def test_the_busiest_may_have_no_name_and_have_happened_once() -> None:
    expected = "This is bugglio. 2 pages: no project 2. Top: 4 1 7, 1 time. To see all, text: list to this number."
    assert expected == speech.digest(Held(2, {"": 2}, 417, "", 1))


def test_twilio_is_asked_to_say_it_twice_with_a_pause_between() -> None:
    expected = (
        '<?xml version="1.0" encoding="UTF-8"?><Response><Say>a &lt;b&gt; &amp; c</Say><Pause length="2"/>'
        "<Say>a &lt;b&gt; &amp; c</Say></Response>"
    )
    assert expected == speech.twiml("a <b> & c")


@given(st.text(), st.text(), st.text())
def test_whatever_an_error_says_is_xml_that_twilio_takes(name: str, message: str, context: str) -> None:
    said = page(exceptionClass=name, message=message, context=context)
    document = speech.twiml(said)

    assert len(document) <= 4000
    assert [said, None, said] == [one.text for one in ET.fromstring(document)]  # noqa: S314 - our own document
    assert said.startswith("This is bugglio. Alert 4 1 7. ")
    assert said.endswith(" To take it, text: ack 4 1 7 to this number.")
