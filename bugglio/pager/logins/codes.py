"""A code is asked for, texted and tried; whoever has it is in."""

import secrets
from collections.abc import Sequence
from functools import partial

from bugglio.logins import asking
from bugglio.logins.hashes import fingerprint, of_code
from bugglio.logins.records import Code
from bugglio.logins.trying import tried
from bugglio.pager import making
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.logins import telling
from bugglio.pager.logins.caller import Caller, Entered
from bugglio.pager.logins.entering import entering, is_in, let_in, owner, sure
from bugglio.pager.logins.looking import Crowded, look
from bugglio.pager.sending import Sender
from bugglio.phone import phone_id
from bugglio.roster import Engineer

PATIENCE = 2.0
"""Seconds that the call to Twilio may take: what takes longer, the tick sends."""


class Codes:
    """
    Lets people in by codes.

    Nobody learns from it who is on the roster: for any number it reads and writes the same way, and what it does
    otherwise shows on a phone alone. How long it takes is its caller's to hide.
    """

    def __init__(self, kit: Kit, sender: Sender, keys: Sequence[str]) -> None:
        """`keys`: with the first one hashes are made, with the others they may have been."""
        self._kit = kit
        self._sender = sender
        self._keys = keys

    def ask(self, number: str, caller: Caller, deadline: Deadline) -> str:
        """
        Text a code to a number (E.164), if it is of the roster and may have one more.

        Returns the challenge by which the asking browser is known, whatever became of the text. Raises `Crowded`.
        """
        challenge, code = secrets.token_urlsafe(16), f"{secrets.randbelow(1_000_000):06}"
        person = self._person(number)
        with telling.crowds():
            page = sure(partial(self._ask, number, person, fingerprint(challenge), code, caller))
        telling.asked(person, number, sent=bool(page))
        if page:
            self._send(page, deadline)
        return challenge

    def enter(self, phone: str, challenges: Sequence[str], code: str, caller: Caller) -> Entered | None:
        """
        Try a code for the phone of this id, in the browser that has these challenges; None: it lets nobody in.

        A try is counted before anybody is told what came of it. Raises `Crowded`.
        """
        person = owner(self._kit.roster(), phone)
        fresh = entering(person, caller) if person is not None else None
        names = [fingerprint(one) for one in challenges]
        with telling.crowds():
            why = sure(partial(self._enter, phone, names, code, caller, fresh))
        if why or fresh is None:
            telling.refused(person, why or "nobody's number")
            return None
        telling.done(fresh.who, "code")
        return fresh

    def _ask(self, number: str, person: Engineer | None, challenge: str, code: str, caller: Caller) -> str:
        """The id of the page that was made; empty: none was."""
        phone = phone_id(number)
        seen = look(self._kit.store, phone, self._keys[0], caller)
        if person is not None and any(one.challenge == challenge for one in seen.login.codes):
            return making.login_id(person, challenge)
        writes, key = seen.one_more_ask(), ""
        fresh = Code(hash=of_code(self._keys[0], phone, challenge, code), challenge=challenge, at=seen.at)
        after = asking.asked(seen.login, fresh, seen.device, seen.at)
        if person is not None and after is not None:
            key, page = making.login(person, challenge, code, seen.at)
            writes += [*seen.kept(after), making.new(key, page)]
        if writes:
            self._kit.store.commit(writes)
        return key

    def _enter(self, phone: str, challenges: Sequence[str], code: str, caller: Caller, fresh: Entered | None) -> str:
        """Why nobody is let in; empty: somebody is."""
        seen = look(self._kit.store, phone, self._keys[0], caller)
        if fresh is not None and is_in(seen.login, fresh.secret):
            return ""
        hashes = [of_code(key, phone, one, code) for key in self._keys for one in challenges]
        found = tried(seen.login, challenges, hashes, seen.at)
        after = let_in(found.login, fresh, caller, seen.at) if found.right and fresh is not None else found.login
        writes = [*seen.one_more_try(), *seen.kept(after)]
        if writes:
            self._kit.store.commit(writes)
        return found.why

    def _person(self, number: str) -> Engineer | None:
        """Whose number it is; who came to the roster a moment ago is found too."""
        if self._kit.roster().by_number(number) is None:
            self._kit.forget_roster()
        return self._kit.roster().by_number(number)

    def _send(self, page: str, deadline: Deadline) -> None:
        """The text is stored: what does not go out here, the tick sends. What fails is told in the log alone."""
        try:
            self._sender.send(page, deadline, PATIENCE)
        except Exception as error:  # noqa: BLE001 - an answer that shows it would tell that the number is on the roster
            self._kit.alarm(error, f"login page {page}")


__all__ = ["Codes", "Crowded"]
