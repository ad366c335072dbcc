"""What is wrong with a roster file: where, what was found, what was expected, and the nearest name that is known."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from bugglio.redact import redact

HINTS = 100
"""So many faults look for the nearest name; with 1,000 engineers each look takes 10 ms."""
SHOWN = 60


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; as text, a sentence for whoever wrote the file."""

    line: int
    """From 1."""
    found: str
    expected: str

    def __str__(self) -> str:
        """The sentence; it holds no full phone number."""
        end = "" if self.expected.endswith("?") else "."
        return f"line {self.line}: found {self.found}, expected {self.expected}{end}"


class Faults(Exception):
    """A roster file cannot be applied; here is all that is wrong with it, in the order of lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(map(str, self.faults)))


class Unfit(ValueError):
    """A value is not what is needed. It says what was expected, and which names would have done, if it is a name."""

    def __init__(self, expected: str, names: Collection[str] = ()) -> None:
        self.expected = expected
        self.names = names
        super().__init__(expected)


class Findings:
    """Collects what is wrong or doubtful while a file is read."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._warnings: list[tuple[int, str]] = []

    def fault(self, line: int, found: str, expected: str) -> None:
        """Something for which the file cannot be applied."""
        self.faults.append(Fault(line, found, expected))

    def stranger(self, line: int, name: str, expected: str, names: Collection[str]) -> None:
        """A name that nobody knows; the nearest of `names` is told."""
        self.fault(line, quoted(name), expected + self._hint(name, names))

    def warn(self, line: int, sentence: str) -> None:
        """Something that works, but hardly as it was meant. The sentence has its full stop."""
        self._warnings.append((line, f"line {line}: {sentence}"))

    def doubt(self, line: int, name: str, what: str, names: Collection[str]) -> None:
        """A name that may mean nothing: a warning, with the nearest of `names`."""
        sentence = f"{quoted(name)} {what}{self._hint(name, names)}"
        self.warn(line, sentence if sentence.endswith("?") else f"{sentence}.")

    def finish(self) -> tuple[str, ...]:
        """The warnings in the order of lines; with any fault, Faults."""
        if self.faults:
            raise Faults(self.faults)
        return tuple(sentence for _, sentence in sorted(self._warnings, key=lambda warning: warning[0]))

    def _hint(self, name: str, names: Collection[str]) -> str:
        if len(self.faults) + len(self._warnings) >= HINTS:
            return ""
        near = get_close_matches(name[:SHOWN], names, n=1)
        return f"; did you mean {quoted(near[0])}?" if near else ""


def quoted(text: str) -> str:
    """A text of the file as a sentence shows it: not too long, on one line, without a full phone number."""
    if not text:
        return "an empty text"
    plain = "".join(character if character.isprintable() else "?" for character in text[: SHOWN + 1])
    return f"`{redact(plain if len(plain) <= SHOWN else plain[:SHOWN] + '...')}`"
