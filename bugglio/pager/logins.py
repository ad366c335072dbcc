"""Who is logged in to the admin pages: sessions are kept with the phone whose owner began them."""

import hashlib
import secrets
from dataclasses import dataclass

import msgspec

from bugglio.pager.kit import Kit
from bugglio.phone import phone_id
from bugglio.roster import HOUR, Engineer, Roster
from bugglio.store import Reading
from bugglio.store.change import change
from bugglio.store.retry import retrying

LASTS = 12 * HOUR
MOST = 20
"""So many sessions of one person are kept, the newest ones."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A session; times in milliseconds."""

    id: str
    """A hash: whoever reads the store cannot be somebody by it."""
    at: int
    until: int


@dataclass(frozen=True)
class Session:
    """Somebody who is logged in, and the roster they are on."""

    who: Engineer
    roster: Roster
    at: int
    """The store's time."""


class Logins:
    """Begins sessions, knows them again, and ends them."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def begin(self, person: Engineer) -> str:
        """A new session; returns its secret."""
        secret = secrets.token_urlsafe(24)
        retrying(lambda: self._begin(person, secret))
        return secret

    def session(self, person: str, secret: str) -> Session | None:
        """Whose session this is; None when it has ended, whatever ended it."""
        roster = self._kit.roster()
        who = roster.engineers.get(person)
        if who is None:
            return None
        reading = self._kit.store.get([path(who)])
        held = [one for one in _kept_in(reading, who) if one.id == _hash(secret) and one.until > reading.at]
        return Session(who, roster, reading.at) if held else None

    def _begin(self, person: Engineer, secret: str) -> None:
        reading = self._kit.store.get([path(person)])
        fresh = Kept(id=_hash(secret), at=reading.at, until=reading.at + LASTS)
        kept = [*(one for one in _kept_in(reading, person) if one.until > reading.at), fresh][-MOST:]
        fields = {"v": 1, "sessions": msgspec.to_builtins(kept)}
        self._kit.store.commit([change(path(person), reading.get(path(person)), fields)])


def path(person: Engineer) -> str:
    """Where their sessions are: with another number they are others'."""
    return f"logins/{phone_id(person.phone)}"


def _kept_in(reading: Reading, person: Engineer) -> list[Kept]:
    found = reading.get(path(person))
    return msgspec.convert(found.fields.get("sessions", []), list[Kept]) if found is not None else []


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
