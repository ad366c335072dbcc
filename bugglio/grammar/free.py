"""Words that take more than alerts: a name, a time, a text."""

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import takewhile

from bugglio import when
from bugglio.grammar.commands import COUNTED, LEAST_CODE, Command
from bugglio.grammar.tokens import LONGEST, Token, folded, trimmed, unquoted
from bugglio.vocabulary import FILLERS, FORMS, FREE, PHRASES, SHORT, Takes, Word

CODE = re.compile(r"[1-9][0-9]{0,8}")
MOST_CODES = 100
"""A text with more numbers than this is no list of codes."""
MOST_WORDS = 40
"""Beside the codes. No name and time are longer."""

_CODES = re.compile(r"#?\d{1,9}(?:[,;/&+]#?\d{1,9})*")
_DIGITS = re.compile(r"#?\d+")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d")
_BEFORE_CLOCK = frozenset({"until", "till", "til", "by", "at", "from", "to"})
_MONTHS = re.compile(r"jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec")
_NAMES = {"pass": 3, "take": 1, "off": 1, "cover": 3, "mute": 5, "unmute": 5, "who": 1}
"""The most words that a name has."""
_TEAMS = frozenset({"take", "off", "who"})
"""What is named is a team, and need not be."""
_NO_NAMES = frozenset(
    {
        *("a", "an", "care", "down", "for", "from", "her", "him", "it", "its", "me", "mine", "my", "on", "out", "over"),
        *("that", "the", "them", "this", "us", "with", "you", "your", "yours"),
    }
)
"""`cover for ben` is the opposite of `cover ben`, and `take it` has no team."""


def freely(text: str, tokens: Sequence[Token]) -> Command | None:
    """What the text asks for if its first word, codes apart, takes more than alerts; None if it does not."""
    lead = next(
        (place for place, token in enumerate(tokens) if not token.is_number and token.text not in FILLERS), None
    )
    word = FORMS.get(tokens[lead].text) if lead is not None else None
    if word is None or lead is None or not word.takes & FREE or said(tokens) in PHRASES:
        return None
    before, token = tokens[:lead], tokens[lead]
    if Takes.TEXT in word.takes:
        return _text(word, before, text[token.end :])
    codes = [int(one.text) for one in before if one.is_number and CODE.fullmatch(one.text)]
    strange = len(codes) != sum(one.is_number for one in before)
    if strange or (codes and not word.takes & Takes.CODES):
        return Command()
    return _command(word, token.text, codes, text[token.end :])


def said(tokens: Sequence[Token]) -> str:
    """The words of a text, as phrases are known."""
    return " ".join(token.text for token in tokens if token.text not in FILLERS)


def parted(rest: str, known: Collection[str] = ()) -> tuple[str, str]:
    """The name and the time in what a word took, in either order. A name is what is no time, or one of `known`."""
    chunks = rest.split()
    timely = [when.readable(chunk) for chunk in chunks]
    if chunks and (folded(chunks[0]) in known or _is_name(chunks)):
        timely[0] = False
    start = len(chunks) - _run(reversed(timely))
    if start < len(chunks):
        return " ".join(chunks[:start]), " ".join(chunks[start:])
    end = _run(timely)
    return " ".join(chunks[end:]), " ".join(chunks[:end])


def _run(flags: Iterable[bool]) -> int:
    """How many are true before the first that is not."""
    return sum(1 for _ in takewhile(bool, flags))


def _is_name(chunks: Sequence[str]) -> bool:
    """Whether what looks like a month is somebody called May, or Jan: there is no number beside it."""
    if not _MONTHS.match(folded(chunks[0])):
        return False
    return len(chunks) == 1 or not re.match(r"\d{1,2}(?:st|nd|rd|th)?(?!\w)", folded(chunks[1]))


def _text(word: Word, before: Sequence[Token], rest: str) -> Command:
    """All that follows the word is the text. A number before it is a code."""
    codes = tuple(dict.fromkeys(int(one.text) for one in before if one.is_number and CODE.fullmatch(one.text)))
    if len(codes) > MOST_CODES or len(before) != len(codes) or (codes and Takes.CODES not in word.takes):
        return Command()
    said = unquoted(" ".join(rest.split()).lstrip(":,;.-\u2013\u2014 "))
    return Command(word.verb, codes, rest=said)


def _command(word: Word, form: str, before: Sequence[int], rest: str) -> Command:
    codes, chunks = list(before), []
    given = rest.split()
    if len(given) > MOST_CODES + MOST_WORDS:
        return Command()
    for place, chunk in enumerate(given):
        found = _codes(word, given, place) if Takes.CODES in word.takes else []
        codes += found
        said = trimmed(chunk)
        if not found and _says(chunk, said) and folded(said) not in FILLERS:
            chunks.append(said or chunk)
    if len(codes) > MOST_CODES or (form in SHORT and not codes):
        return Command()
    if word.verb == "pass" and chunks[:1] and folded(chunks[0]) == "to":
        chunks = chunks[1:]
    said = trimmed(" ".join(chunks))
    return Command(word.verb, tuple(dict.fromkeys(codes)), rest=said) if _fits(word, said) else Command()


def _says(chunk: str, said: str) -> bool:
    """Whether it is more than punctuation and pictures. A dash stands between two times."""
    return any(c.isalnum() for c in said) or (not said and chunk in ("-", "\u2013", "\u2014"))


def _codes(word: Word, chunks: Sequence[str], place: int) -> list[int]:
    """The codes that a chunk is, or none if it is something else."""
    chunk = folded(trimmed(chunks[place]))
    if not _CODES.fullmatch(chunk):
        return []
    numbers = _DIGITS.findall(chunk)
    if Takes.TIME in word.takes and not all(number.startswith("#") for number in numbers):
        small = any(number.startswith("0") or int(number.lstrip("#")) < LEAST_CODE for number in numbers)
        if small or _is_of_time(chunk, chunks, place):
            return []
    codes = [number.lstrip("#") for number in numbers]
    return [int(code) for code in codes] if all(map(CODE.fullmatch, codes)) else []


def _is_of_time(number: str, chunks: Sequence[str], place: int) -> bool:
    """Whether its neighbours make it a length (`120 min`), a time (`until 1430`) or a year."""
    after = folded(trimmed(chunks[place + 1])) if place + 1 < len(chunks) else ""
    before = folded(trimmed(chunks[place - 1])) if place else ""
    if COUNTED.fullmatch(after):
        return True
    four = len(number) == 4 and number.isdecimal()
    return four and ((before in _BEFORE_CLOCK and _CLOCK.fullmatch(number) is not None) or bool(_MONTHS.match(before)))


def _fits(word: Word, rest: str) -> bool:
    """Whether that is what the word takes: a sentence that begins like a command is none."""
    if Takes.NAME not in word.takes:
        return all(map(when.readable, rest.split()))
    name, time = parted(rest) if Takes.TIME in word.takes else (rest, "")
    words = name.split()
    if word.verb in _TEAMS and words and not _names_team(word, name, rest):
        return False
    if time and not words and word.verb not in _TEAMS:
        return False
    known = all(len(one) <= LONGEST and folded(trimmed(one)) not in _NO_NAMES for one in words)
    return known and len(words) <= _NAMES[word.verb]


def _names_team(word: Word, name: str, rest: str) -> bool:
    """Whether a name may be a team's id; `off to lunch` names none."""
    return name[:1].isalpha() and (word.verb != "off" or rest.startswith(name))
