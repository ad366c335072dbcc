"""What was pressed on a page, and what is kept of it."""

import hashlib
from dataclasses import dataclass

from bugglio import fading
from bugglio.grammar import Command
from bugglio.store import ABSENT, Write


@dataclass(frozen=True)
class Press:
    """What somebody asks for."""

    token: str
    """Random, from the page that was shown: a double press has it, too."""
    who: str
    """Engineer's id."""
    command: Command
    """A word that changes alerts or shifts, or `undo`, and what it takes besides; of `pass`, an engineer's id."""
    alerts: tuple[str, ...] = ()
    """Ids; none: it is about shifts."""
    undoes: int = 0
    """`undo`: when the change was made that is to be taken back."""

    @property
    def id(self) -> str:
        """A name that nobody else has: with the same token another press is another one."""
        parts = (self.who, self.token, self.command.verb, self.command.rest, str(self.undoes), *self.alerts)
        return f"press-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:24]}"

    @property
    def path(self) -> str:
        """Where it is kept."""
        return f"presses/{self.id}"

    def kept(self, now: int, answer: str, **became: object) -> Write:
        """What is kept of it, with more of what became of it: a second press gets the same answer."""
        asked = {"at": now, "who": self.who, "verb": self.command.verb, "rest": self.command.rest}
        return Write(
            self.path, ABSENT, put={"v": 1, **asked, "answer": answer, **became, fading.FIELD: fading.after(now)}
        )


@dataclass(frozen=True)
class Answer:
    """What became of it."""

    said: str
    changed: bool
