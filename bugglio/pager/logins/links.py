"""Addresses that log somebody in, once: for whoever holds the deployment's credentials, when texts do not arrive."""

import re
import secrets
from functools import partial

import msgspec

from bugglio.logins import lasting, records
from bugglio.logins.hashes import fingerprint
from bugglio.logins.records import Link, Login
from bugglio.pager.kit import Kit
from bugglio.pager.logins import telling
from bugglio.pager.logins.caller import Caller, Entered
from bugglio.pager.logins.entering import entering, is_in, let_in, owner, sure
from bugglio.pager.logins.sessions import change_login, login_in
from bugglio.phone import phone_id
from bugglio.roster import Engineer
from bugglio.store.change import changes

BELOW = "/admin/login/link/"
_KEY = re.compile(r"([0-9a-f]{24})\.([A-Za-z0-9_-]{32})")


class Links:
    """Makes links, and lets in whoever spends one."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def make(self, person: Engineer) -> str:
        """Its address below the public one; an earlier link of the same person leads nowhere from then on."""
        secret = secrets.token_urlsafe(24)
        change_login(self._kit.store, person, lambda login, now: _linked(login, person, secret, now))
        telling.asked(person, person.phone, sent=True, how="link")
        return f"{BELOW}{phone_id(person.phone)}.{secret}"

    def spend(self, key: str, caller: Caller) -> Entered | None:
        """
        Let its owner in; None: there is no such link, it was used, is too old, or its owner has left the roster.

        Of any number the same is read. It is not answered at a fixed moment as codes are: links are for when strangers
        fill the room in which those wait.
        """
        parts = _KEY.fullmatch(key)
        phone, secret = parts.groups() if parts is not None else ("-", "")
        person = owner(self._kit.roster(), phone)
        fresh = entering(person, caller) if person is not None else None
        if not sure(partial(self._spend, phone, fingerprint(secret), caller, fresh)) or fresh is None:
            telling.refused(person, "no such link, or it was used")
            return None
        telling.done(fresh.who, "link")
        return fresh

    def _spend(self, phone: str, link: str, caller: Caller, fresh: Entered | None) -> bool:
        where = records.path(phone)
        reading = self._kit.store.get([where])
        login = login_in(reading, where)
        if fresh is not None and is_in(login, fresh.secret):
            return True
        found = lasting.linked(login, link, reading.at)
        if found is None or fresh is None or found.who != fresh.who.id:
            return False
        after = let_in(msgspec.structs.replace(login, link=None), fresh, caller, reading.at)
        self._kit.store.commit(changes(where, reading.get(where), records.dump(after)))
        return True


def _linked(login: Login, person: Engineer, secret: str, now: int) -> Login:
    return msgspec.structs.replace(login, link=Link(id=fingerprint(secret), who=person.id, at=now))
