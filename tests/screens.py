"""What stands on a phone's screen, as its owner remembers it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.model import Change
from tests.saying import Say

PAGE = re.compile(r"(?:.* unanswered: )?#(\d+) ")
DIGEST = re.compile(r".* \d+ (?:more|unanswered): ")
NUMBER = re.compile(r"\d{3,6}")


@dataclass(frozen=True)
class Shown:
    """What is on a phone's screen."""

    at: int
    kind: str
    """`page`, `digest`, `details`, `asks` or `other`."""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What a phone was asked in answer to its text."""

    kind: str
    """`which`, `all` or `near`."""
    say: Say
    keys: tuple[str, ...]
    at: int
    whole: bool = True
    """All that it is about is named in it."""
    sure: bool = True


@dataclass
class Screen:
    """A phone as its owner sees it."""

    shown: list[Shown] = field(default_factory=list)
    asked: Asked | None = None
    changed: Change | None = None
    stopped: bool = False
    was_stopped: bool = False
    idle: int = 0
    """Texts in a row that changed nothing ..."""
    missed: int = 0
    """... and that were not understood."""
    texted: int = 0
    seen: int = 0
    told: dict[int, int] = field(default_factory=dict)
    """Answers to a stranger, by day."""

    def newest(self, *, details: bool) -> list[Shown]:
        """What was texted about alerts, newest first, each alert once."""
        kinds = ("page", "digest", "details") if details else ("page", "digest")
        found: dict[tuple[str, ...], Shown] = {}
        for one in reversed(self.shown):
            if one.kind in kinds:
                found.setdefault(one.keys[:1] if one.kind != "digest" else (f"{one.at}",), one)
        return list(found.values())

    def keys(self) -> set[str]:
        """Every alert that this phone was told of."""
        return {key for one in self.shown for key in one.keys}


def shown(at: int, body: str, codes: Mapping[int, str], *, asks: bool) -> Shown:
    """A text that has come; `asks`: of bugglio's own accord."""
    page = PAGE.match(body) if asks else None
    if page and int(page[1]) in codes:
        return Shown(at, "page", (codes[int(page[1])],))
    keys = named(body, codes)
    if asks and DIGEST.match(body):
        return Shown(at, "digest", keys)
    return Shown(at, "asks" if asks and "Reply ok" in body else "other", keys)


def named(body: str, codes: Mapping[int, str]) -> tuple[str, ...]:
    """The alerts that a text names."""
    return tuple(codes[int(code)] for code in NUMBER.findall(body) if int(code) in codes)
