"""Reading what a door answered to an incoming text, as strictly as Twilio does."""

import xml.etree.ElementTree as ET

from bugglio.simulator.post import Answer

_XML = frozenset({"text/xml", "application/xml", "text/html"})
_WORDS = {
    11200: "11200: the door could not be reached",
    11217: "11217: the door answered with an error",
    12100: "12100: the answer is no valid TwiML",
    12200: "12200: the answer is XML, but not TwiML",
    12300: "12300: an answer needs a content type, an empty one the status 204",
    21610: "21610: the answer was not delivered, the phone texted STOP",
}


def read(answer: Answer | None) -> tuple[list[str], int | None]:
    """Take the texts out of an answer; the second part is Twilio's error code when the answer was of no use."""
    if answer is None:
        return [], 11200
    if answer.status >= 300:
        return [], 11217
    if answer.status == 204:
        return [], None
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/plain":
        return [answer.text] if answer.text else [], None
    if kind not in _XML:
        return [], 12300
    return _texts(answer.body)


def _texts(body: bytes) -> tuple[list[str], int | None]:
    try:
        root = ET.fromstring(body)  # noqa: S314 - bugglio's own answer, on this machine
    except ET.ParseError:
        return [], 12100
    if root.tag != "Response":
        return [], 12200
    found = [_text(child) for child in root if child.tag in {"Message", "Sms"}]
    return [text for text in found if text], None


def _text(message: ET.Element) -> str:
    parts = [message.text or ""]
    for child in message:
        parts += [child.text or "" if child.tag == "Body" else "", child.tail or ""]
    return "".join(parts).strip()


def explain(fault: int, answer: Answer | None) -> str:
    """Say what was wrong with the answer."""
    words = _WORDS.get(fault, str(fault))
    return f"{words} ({answer.text[:200]})" if answer and answer.text and fault == 11217 else words


def speech(twiml: str) -> str:
    """What a phone hears of this TwiML: the words of every `<Say>`."""
    try:
        root = ET.fromstring(twiml)  # noqa: S314 - bugglio's own words, on this machine
    except ET.ParseError:
        return ""
    return " ".join((say.text or "").strip() for say in root.iter("Say"))
