"""Who is logged in to the admin pages: sessions are kept with the phone whose owner began them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bugglio.logins import lasting, records
from bugglio.logins.hashes import fingerprint
from bugglio.logins.records import Login
from bugglio.pager.kit import Kit
from bugglio.phone import phone_id
from bugglio.roster import ON_DUTY, Engineer, Roster
from bugglio.store import Reading, Store
from bugglio.store.change import changes
from bugglio.store.retry import retrying


@dataclass(frozen=True)
class Session:
    """Somebody who is logged in, and the roster they are on."""

    who: Engineer
    roster: Roster
    at: int
    """The store's time."""


class Logins:
    """Knows sessions again, and ends them: each end holds at once, wherever the next request goes."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def session(self, person: str, secret: str) -> Session | None:
        """Whose session this is; None when it has ended, whatever ended it."""
        roster = self._kit.roster()
        who = roster.engineers.get(roster.last_resort if person == ON_DUTY else person)
        if who is None:
            return None
        reading = self._kit.store.get([path(who)])
        held = lasting.held(login_in(reading, path(who)), _names(who, roster), reading.at)
        return Session(who, roster, reading.at) if fingerprint(secret) in {one.id for one in held} else None

    def held(self, person: Engineer) -> Sequence[records.Session]:
        """Where somebody is logged in, the newest first."""
        reading = self._kit.store.get([path(person)])
        return lasting.held(login_in(reading, path(person)), _names(person, self._kit.roster()), reading.at)[::-1]

    def end(self, person: Engineer, secret: str) -> None:
        """Log out: this session is no more."""
        change_login(self._kit.store, person, lambda login, _: lasting.ended(login, fingerprint(secret)))

    def forget(self, person: Engineer, id_: str) -> None:
        """End the session of this id, wherever it is; its browser is a stranger's from then on."""
        change_login(self._kit.store, person, lambda login, _: lasting.forgotten(login, id_))

    def end_all(self, person: Engineer) -> None:
        """End all sessions, and know no browser any more."""
        change_login(self._kit.store, person, lambda login, _: lasting.all_ended(login))


def end_before(store: Store, phones: Sequence[str], moment: int) -> None:
    """End what began by these phones (ids) before their owners left: somebody may come back with the same number."""

    def ended(login: Login, _: int) -> Login:
        return lasting.only_after(login, moment)

    for phone in phones:
        retrying(partial(_changed, store, records.path(phone), ended))


def _names(person: Engineer, roster: Roster) -> frozenset[str]:
    """
    Under what they have logged in: whoever is the last resort was `on-duty` until the roster named that phone's owner.

    The first thing that many do is to add themselves, and that shall not log them out.
    """
    return frozenset({person.id, ON_DUTY} if person.id == roster.last_resort else {person.id})


def path(person: Engineer) -> str:
    """Where their sessions are: with another number they are others'."""
    return records.path(phone_id(person.phone))


def login_in(reading: Reading, where: str) -> Login:
    """What is kept of a phone, as it was read."""
    found = reading.get(where)
    return records.load(found.fields if found is not None else None)


def change_login(store: Store, person: Engineer, decide: Callable[[Login, int], Login]) -> None:
    """Make of what is kept of somebody's phone another; doing it twice does no harm."""
    retrying(lambda: _changed(store, path(person), decide))


def _changed(store: Store, where: str, decide: Callable[[Login, int], Login]) -> None:
    reading = store.get([where])
    before = login_in(reading, where)
    after = decide(before, reading.at)
    if after != before:
        store.commit(changes(where, reading.get(where), records.dump(after)))
