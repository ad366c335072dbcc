"""A test page that somebody asks for on a page: the same way to their phone as by the word `test`."""

from dataclasses import dataclass

from bugglio import page as pages
from bugglio import phone as phones
from bugglio.dialogue.trying import full_until, with_test
from bugglio.pager import budgets, logbook, lookout, making
from bugglio.pager.carrying import Carrying, Progress
from bugglio.pager.kit import Kit
from bugglio.pager.reading import page_in, phone_in
from bugglio.phone import phone_id
from bugglio.roster import Engineer
from bugglio.store import Reading, Write
from bugglio.store.change import change


@dataclass(frozen=True)
class Tested:
    """What became of the wish."""

    page: str = ""
    """Id of the test page; empty: there is none, ..."""
    why: str = ""
    """... and why, ..."""
    until: int = 0
    """... and until when, in milliseconds; 0: nobody knows."""


class Testing:
    """Makes test pages."""

    def __init__(self, kit: Kit, carrying: Carrying) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._carrying = carrying

    def take(self, who: str, token: str) -> Tested:
        """
        Make a test page for an engineer, and send it; however often the same `token` comes, there is one.

        Raises `StoreError` when it could not be stored; then nothing was done, as far as is known.
        """
        progress, began = Progress(who=who), self._kit.uptime()
        tested = self._carrying.insist(lambda _: self._once(who, token, progress))
        self._carrying.follow("", progress)
        logbook.pressed(f"test {tested.page or 'refused'}", who, "test", (), spent=self._kit.uptime() - began)
        return tested

    def _once(self, who: str, token: str, progress: Progress) -> Tested:
        person = self._kit.roster().engineers.get(who)
        if person is None:
            return Tested(why="you are not on the roster any more")
        key, where = making.test(person, f"press {token}", 0)[0][0], phones.path(phone_id(person.phone))
        reading = self._kit.store.get([where, budgets.PATH, pages.path(key)])
        if page_in(reading, key) is not None:
            return Tested(key)
        phone = phone_in(reading, phone_id(person.phone))
        until, why = full_until(phone, budgets.budget_in(reading, self._kit.texts_a_day), reading.at)
        if until:
            return Tested(why=why, until=until)
        writes = self._made(person, token, reading, welcomes=not phone.welcomed_at)
        kept = change(where, reading.get(where), phones.dump(with_test(phone, reading.at)))
        self._carrying.commit([], [kept, *writes], progress)
        return Tested(key)

    def _made(self, person: Engineer, token: str, reading: Reading, *, welcomes: bool) -> list[Write]:
        made = making.test(person, f"press {token}", reading.at)
        if welcomes:
            made.append(making.welcome(person, lookout.whose(self._kit.store, self._kit.roster(), person), reading.at))
        return [making.new(key, page) for key, page in made]
