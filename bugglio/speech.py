"""What a phone that rings is told: the text of a page, or of a digest, made fit to be heard."""

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from bugglio import wording
from bugglio.wording import Held

HELLO = "This is bugglio."
PAUSE = 2
"""Seconds between the two times that it is said."""

_URL = "error.url"
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SILENT = re.compile(r"::|[^\w\s.,:;?!'%&+\-()@$€£=/]|_")
"""What a voice would read out, or stumble over, without anybody being the wiser."""


def page(code: int, template: str, said: Mapping[str, str], why: str, mark: str = "") -> str:
    """A page as it is said: the text of `wording.page` without the error's address, and how to answer by text."""
    text = wording.page(code, template, {**said, _URL: ""}, why, mark)
    middle = text.removeprefix(f"#{code} ").removesuffix(f"Reply ack {code}")
    digits = one_by_one(code)
    return _sentences(HELLO, f"Alert {digits}.", _heard(middle), f"To take it, text: ack {digits} to this number.")


def digest(held: Held) -> str:
    """Several calls in one: the sentence of a digest, as it is said."""
    text = wording.digest("", held, "pages").removesuffix(f" x{held.events}. Reply list")
    digits = one_by_one(held.code)
    text = text.replace(f"#{held.code} ", f"{digits}, ").replace(f"#{held.code}", digits)
    times = f", {held.events} time{'' if held.events == 1 else 's'}."
    return _sentences(HELLO, _heard(text) + times, "To see all, text: list to this number.")


def one_by_one(code: int) -> str:
    """A code in single digits: `4 1 7` is heard as it is typed, 417 as four hundred and seventeen."""
    return " ".join(str(code))


def twiml(text: str) -> str:
    """The document by which Twilio says a text twice, so that a voice mailbox that begins late has it whole."""
    said = f"<Say>{escape(text)}</Say>"
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}<Pause length="{PAUSE}"/>{said}</Response>'


def _heard(text: str) -> str:
    """A text whose names are words and whose signs are silent: `NoMethodError` is said as three words."""
    words = " ".join(_WORDS.sub(" ", _SILENT.sub(" ", text)).split())
    return re.sub(r" +(?=[.,:;?!](?:\s|$))", "", words)


def _sentences(*parts: str) -> str:
    return " ".join(filter(None, parts))
