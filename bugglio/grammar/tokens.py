"""A text as words and numbers, each with its place."""

import re
import unicodedata
from typing import NamedTuple

LONGEST = 40
"""Characters. No word that means something is longer."""
QUOTES = "\"'`\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\uff02\uff07"
EDGES = QUOTES + ".,;:!?()[]<>*~@\u2026\u00a1\u00bf\u3002\uff01\uff0c\uff1f-\u2010\u2011\u2012\u2013\u2014"
"""What surrounds a word or a number and is none of it."""

_INVISIBLE = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_SKIN = "\U0001f3fb-\U0001f3ff"
_TOKEN = re.compile(rf"(?P<number>\d[\d{_INVISIBLE}]*)|(?:[^\W\d_]|[{_INVISIBLE}{_MARKS}])+")
_UNSEEN = re.compile(f"[{_INVISIBLE}]+")
_UNSEEN_BY_EMOJI = re.compile(f"[{_INVISIBLE}{_SKIN}]+")
_NOT_EDGE = re.compile(r"[^\s" + re.escape(EDGES) + _INVISIBLE + r"]")


class Token(NamedTuple):
    """A word in small letters, or a number in the digits 0 to 9, and where it stands in the text."""

    text: str
    is_number: bool
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    """Every word and number, without what is invisible. An accent is part of its word, whatever it stands on."""
    found = []
    for match in _TOKEN.finditer(text):
        is_number = match.lastgroup == "number"
        said = folded(match[0])
        if said:
            found.append(Token(said, is_number, match.start(), match.end()))
    return found


def folded(text: str) -> str:
    """A word as it is compared: small letters, digits 0 to 9. What is too long to be a word stays as it is."""
    if text.isascii() or len(text) > LONGEST:
        return text.lower()
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)


def seen(text: str) -> str:
    """The text without what is invisible, or colours an emoji."""
    return text if text.isascii() else _UNSEEN_BY_EMOJI.sub("", text)


def unquoted(text: str) -> str:
    """The text without the quotes around it, and the spaces around those."""
    start, end = 0, len(text)
    while start < end:
        if _blank(text[start]):
            start += 1
        elif _blank(text[end - 1]):
            end -= 1
        elif end - start >= 2 and text[start] in QUOTES and text[end - 1] in QUOTES:
            start, end = start + 1, end - 1
        else:
            break
    return text[start:end]


def trimmed(text: str) -> str:
    """A word without what surrounds it."""
    if text.isalnum():
        return text
    found = _NOT_EDGE.search(text)
    if found is None:
        return ""
    end = len(text)
    while _NOT_EDGE.match(text, end - 1) is None:
        end -= 1
    return text[found.start() : end]


def _blank(character: str) -> bool:
    return character.isspace() or (not character.isascii() and _UNSEEN.match(character) is not None)
