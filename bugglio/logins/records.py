"""What is kept of one engineer's phone: who is logged in by it, and how somebody may be. Times in milliseconds."""

from typing import Any

import msgspec

from bugglio import fading
from bugglio.document import document


class Session(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A browser in which somebody is logged in."""

    id: str
    """A hash: whoever reads the store cannot be somebody by it."""
    who: str
    """Their id: by the same number somebody else may be on the roster later."""
    at: int
    until: int
    browser: str = ""
    """Roughly: "Firefox on Android"."""
    device: str = ""
    """Id of the known browser in which it is."""


class Device(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A browser in which this phone's owner was once logged in: strangers cannot use up its codes."""

    id: str
    """A hash."""
    at: int
    asked: tuple[int, ...] = ()
    """When it asked for codes, within the last day."""


class Code(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A code that was texted; it counts in the browser that asked for it alone."""

    hash: str
    challenge: str
    """A hash of what only that browser has."""
    at: int
    tries: int = 0


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """An address that logs somebody in, once."""

    id: str
    """A hash."""
    who: str
    at: int


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """The document of one engineer's phone."""

    v: int = 1
    sessions: tuple[Session, ...] = ()
    devices: tuple[Device, ...] = ()
    codes: tuple[Code, ...] = ()
    asked: tuple[int, ...] = ()
    """When browsers that are not known asked for codes, within the last day."""
    link: Link | None = None


def path(phone: str) -> str:
    """Where it lies, by the phone's id: with another number everything is another's."""
    return f"logins/{phone}"


def load(fields: Any) -> Login:
    """It from its document, or one that nothing is known of."""
    return msgspec.convert(fields, Login) if fields else Login()


def dump(login: Login) -> dict[str, Any]:
    """It as a document."""
    moments = [*login.asked, *(one.until for one in login.sessions), *(one.at for one in login.devices)]
    moments += [one.at for one in login.codes]
    moments += [login.link.at] if login.link is not None else []
    return {**document(login), fading.FIELD: fading.after(max(moments, default=None))}
