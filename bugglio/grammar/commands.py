"""What a text asks for, and how that is put shortest."""

import re
from dataclasses import dataclass

from bugglio.vocabulary import BY_VERB, Takes, Word

LEAST_CODE = 100
"""Beside a time a smaller number is part of the time, unless it is written `#99`."""
COUNTED = re.compile(r"m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|x|times|events?")
"""After a number these make it a length, or so many events."""


@dataclass(frozen=True)
class Command:
    """What a text asks for. An empty `verb`: it was not understood. `number`: codes and nothing else."""

    verb: str = ""
    codes: tuple[int, ...] = ()
    all: bool = False
    rest: str = ""
    """What the word takes besides, as it was written but for quotes and surplus spaces: a name, a time, a text."""
    near: str = ""
    """Of what was not understood: what may have been meant. It can be shown, and parsed."""

    @property
    def bare(self) -> bool:
        """Whether it leaves open which alert is meant."""
        return not self.codes and not self.all


def put(command: Command) -> str:
    """The shortest text that asks for it."""
    word = BY_VERB.get(command.verb)
    codes = [f"{_mark(word, code, command.rest)}{code}" for code in command.codes]
    name = [command.verb] if word or not codes else []
    parts = [*codes, *name] if word and word.takes & Takes.TEXT else [*name, *codes]
    return " ".join([*parts, *(["all"] if command.all and word else []), *filter(None, [command.rest])])


def _mark(word: Word | None, code: int, rest: str) -> str:
    """What keeps a code from being taken for part of the time beside it."""
    if word is None or Takes.TIME not in word.takes:
        return ""
    counted = COUNTED.fullmatch(rest.split(" ", 1)[0].casefold())
    return "#" if code < LEAST_CODE or counted else ""
