"""What a text may have meant that is nearly a command."""

import re
from collections.abc import Callable, Iterable, Sequence

from bugglio.grammar.commands import Command, put
from bugglio.grammar.tokens import Token, tokens_of
from bugglio.vocabulary import CARRIERS, FILLERS, FORMS, NEARLY, SHORT, Takes, Word

LONG = 6
"""A word of so many letters may have two mistakes."""
SHORTEST = 3
"""Of a shorter word too little is left when a letter is wrong."""

_CANDIDATES = tuple(
    (form, word) for form, word in FORMS.items() if len(form) >= SHORTEST and word.verb not in ("ok", "no")
)
_LONGEST = max(len(form) for form, _ in _CANDIDATES) + 2
_ALL_OF_ONE = re.compile(r"\W*[0-9]{1,9}\s*(aa|cc)\W*", re.IGNORECASE)
"""Another pager's `100aa`: all of one service. Here it can only be all that was told."""

Read = Callable[[str], Command]


def near(text: str, read: Read) -> str:
    """
    The command that a text nearly is, or nothing if there is none or more than one.

    `read` tells what a text asks for: a word is near only if the whole text becomes a command with it.
    """
    together = _ALL_OF_ONE.fullmatch(text)
    if together:
        return "ack all" if together[1].lower() == "aa" else "close all"
    tokens = tokens_of(text)
    lead = next((token for token in tokens if not token.is_number and token.text not in FILLERS), None)
    if lead is None or any(token.text in CARRIERS for token in tokens):
        return ""
    found = (_with(form, text, lead, read) for form in _forms(lead.text, tokens))
    meant = {put(command) for command in found if command.verb}
    return meant.pop() if len(meant) == 1 else ""


def _with(form: str, text: str, lead: Token, read: Read) -> Command:
    """What the text would ask for with this word in its place."""
    command = read(f"{text[: lead.start]} {form} {text[lead.end :]}")
    return command if command.verb == FORMS[form].verb else Command()


def _forms(word: str, tokens: Sequence[Token]) -> Iterable[str]:
    """The forms that are nearest to a word."""
    if word in SHORT:
        return FORMS[word].forms[:1]
    if word in NEARLY:
        return NEARLY[word].forms[:1]
    if word in FORMS or not 2 <= len(word) <= _LONGEST:
        return ()
    with_number = any(token.is_number for token in tokens)
    apart = [
        (distance(word, form), form)
        for form, meant in _CANDIDATES
        if _may_be(word, form, meant, with_number=with_number)
    ]
    best = min((far for far, _ in apart), default=LONG)
    return [form for far, form in apart if far == best and far <= (2 if len(form) >= LONG else 1)]


def _may_be(word: str, form: str, meant: Word, *, with_number: bool) -> bool:
    """Any English word may stand before free words: there only letters out of order, or doubled, are a slip."""
    if abs(len(word) - len(form)) > 2:
        return False
    free = Takes.TEXT if with_number or meant.verb == "who" else Takes.TEXT | Takes.NAME
    return not meant.takes & free or sorted(word) == sorted(form) or _single(word) == _single(form)


def _single(word: str) -> str:
    """The word without doubled letters."""
    return re.sub(r"(.)\1+", r"\1", word)


def distance(one: str, other: str) -> int:
    """How many letters are wrong, missing or too many; two neighbours that changed places count once."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        previous, row, before = row, [i], row if i == 1 else before
        for j, b in enumerate(other, start=1):
            least = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        before = previous
    return row[-1]
