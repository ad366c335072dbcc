"""Somebody is let in: what is kept of it, and how that is found again when a reply was lost."""

import secrets
from collections.abc import Callable
from typing import TypeVar

from bugglio.logins import lasting
from bugglio.logins.hashes import fingerprint
from bugglio.logins.records import Device, Login, Session
from bugglio.pager.logins.caller import Caller, Entered
from bugglio.phone import phone_id
from bugglio.roster import Engineer, Roster
from bugglio.store import Unreachable
from bugglio.store.retry import retrying

T = TypeVar("T")


def owner(roster: Roster, phone: str) -> Engineer | None:
    """Whose phone has this id; everybody is looked at, so that the time does not tell whether somebody has."""
    found = [one for one in roster.engineers.values() if phone_id(one.phone) == phone]
    return found[0] if found else None


def entering(who: Engineer, caller: Caller) -> Entered:
    """Somebody who may be let in; a browser that is known already stays the same."""
    return Entered(who, secrets.token_urlsafe(24), caller.device or secrets.token_urlsafe(24))


def let_in(login: Login, fresh: Entered, caller: Caller, now: int) -> Login:
    """The phone with one more session, in a browser that is known from then on."""
    name = fingerprint(fresh.device)
    session = Session(
        id=fingerprint(fresh.secret),
        who=fresh.who.id,
        at=now,
        until=now + lasting.LASTS,
        browser=caller.browser,
        device=name,
    )
    return lasting.begun(login, session, lasting.known(login, name) or Device(id=name, at=now))


def is_in(login: Login, secret: str) -> bool:
    """Whether this session has begun."""
    return fingerprint(secret) in {one.id for one in login.sessions}


def sure(work: Callable[[], T]) -> T:
    """
    What the work answers; done once more when a reply was lost, for its commit may have been applied.

    The work finds out whether it was, or does no harm twice.
    """
    try:
        return retrying(work)
    except Unreachable:
        return retrying(work)
