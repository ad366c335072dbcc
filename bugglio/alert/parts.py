"""What an alert is made of: lines of its timeline, what ends a snooze, its steps, what Bugsnag is to be told."""

from typing import Any

import msgspec

from bugglio.roster import DEFAULT, Step
from bugglio.upstream import Operation


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of an alert's timeline."""

    at: int
    what: str
    detail: str = ""
    who: str = ""
    page: str = ""
    """Id of the page that this entry decided on."""
    how: str = ""
    """Whose doing it is, if not bugglio's own: `text`, `admin page`, or `Bugsnag`."""
    order: str = ""
    """What asked for it: the id of a text that came in, or of what was pressed on a page."""


class Snooze(msgspec.Struct, frozen=True, kw_only=True):
    """What ends a snooze before its time."""

    kind: str
    """`occurrences` or `per_hour`: so many further events. `users`: only Bugsnag can tell."""
    value: int
    base: int
    """Occurrences when it began; for `per_hour`, when the current hour began."""
    since: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The steps that an alert began with: changes of the roster do not touch them while it goes through them."""

    steps: tuple[Step, ...]
    repeat: int = 1
    name: str = DEFAULT
    """The list they are of."""


class Errand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is still to be told to Bugsnag about the alert's error. Times in milliseconds."""

    operation: Operation
    by: str
    """Engineer's id: whoever asked for it hears if Bugsnag refuses it."""
    at: int
    due_at: int
    """When it is tried (again); whoever does so puts this off first."""
    tries: int = 0
    unsure: bool = False
    """The latest try may have been done: a comment is looked for before it is made again."""
    busy_until: int = 0
    """So long somebody may be at it: nobody else is, and what it says is not overtaken by what is newer."""


class Echo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What Bugsnag was told by us, and will tell us back in a webhook."""

    at: int
    """When Bugsnag had done it, in milliseconds."""
    operation: Operation
    comment: str = ""
    """Bugsnag's name for a comment; empty where it did not tell."""


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    """How to take back the latest change that somebody made by a word."""

    by: str
    at: int
    verb: str
    stands: str
    """How the alert stood afterwards: only as long as it does can the change be taken back."""
    was: dict[str, Any]
    """The document's fields as they were before, as far as it changed them."""


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """What the latest closing left for the figures: by it a closing is neither told twice nor forgotten."""

    cycle: int
    number: int = 1
    """Which closing of that cycle it was: an alert may be closed again before its steps have begun again."""
    closed_at: int | None = None
    """None: that closing was taken back."""
