"""Who asks to be let in, and what they are let in with."""

from dataclasses import dataclass

from bugglio.roster import Engineer


@dataclass(frozen=True)
class Caller:
    """A browser that nobody is logged in with yet."""

    address: str
    """The client's, as the last proxy that is trusted told it."""
    device: str = ""
    """The secret by which a browser is known again; empty: it has none."""
    browser: str = ""
    """Roughly which it is, for the list of sessions."""


@dataclass(frozen=True)
class Entered:
    """Somebody has logged in."""

    who: Engineer
    secret: str
    """The session's ..."""
    device: str
    """... and the browser's, by which it is known from then on."""
