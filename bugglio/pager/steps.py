"""Alerts go on: what their clocks call for is decided and stored, and the pages that follow are named."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from bugglio import alert as alerts
from bugglio import sender as senders
from bugglio.alert import Alert
from bugglio.clockwork import Moment, due
from bugglio.crew import crew_of
from bugglio.page import Page
from bugglio.pager import making
from bugglio.pager.insisting import insisting
from bugglio.pager.keeping import kept
from bugglio.pager.kit import Kit
from bugglio.pager.nagging import Nagging
from bugglio.pager.reaching import Known, reaching
from bugglio.pager.reading import alert_in, sender_in
from bugglio.roster import Roster
from bugglio.store import Reading, Write
from bugglio.store.port import MAX_WRITES

Made = list[tuple[str, Page]]
Timed = Callable[[Page], Page]


class Steps:
    """Takes alerts forward."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._nagging = Nagging(kit)

    def go_on(self, key: str) -> list[str]:
        """Decide what is due of this alert now; returns the ids of the pages to be sent."""
        return [name for name, _ in insisting(self._kit.store, lambda wanted: self._once([key], wanted, _as_made))]

    def go_on_together(self, keys: Sequence[str], timed: Timed) -> Made:
        """
        The same of several alerts, in as few commits as hold them; returns the pages to be sent, with their ids.

        `timed` may put off a new page. Raises `Conflict` when one of them is being changed by others: each by itself
        would then go on.
        """
        return self._once(keys, set(), timed)

    def _once(self, keys: Sequence[str], wanted: set[str], timed: Timed) -> Made:
        reading = self._kit.store.get([*map(alerts.path, keys), senders.PATH])
        found = {key: alert for key in keys if (alert := alert_in(reading, key)) is not None}
        roster = self._roster(found.values())
        moments = self._moments(found, roster, reading)
        moved = {key: moment for key, moment in moments.items() if _is_moved(key, moment, found[key], reading)}
        wanted.update(moved)
        made: Made = []
        for some in _parted([self._written(key, moment, roster, reading, timed) for key, moment in moved.items()]):
            self._kit.store.commit([write for writes, _ in some for write in writes])
            made += [page for _, pages in some for page in pages]
        for team in dict.fromkeys(found[key].team for key, moment in moments.items() if moment.unanswered):
            made += self._nagging.tell(team, roster)
        return made

    def _roster(self, found: Iterable[Alert]) -> Roster:
        """The roster, at least as new as these alerts."""
        roster = self._kit.roster()
        for alert in found:
            roster = self._kit.roster_for(alert)
        return roster

    def _moments(self, found: Mapping[str, Alert], roster: Roster, reading: Reading) -> dict[str, Moment]:
        """What is due of each alert, with pages to people who can be reached."""
        outage = sender_in(reading).outage

        def decide(known: Known) -> dict[str, Moment]:
            return {
                key: due(alert, crew_of(roster, alert.team, known), outage, reading.at) for key, alert in found.items()
            }

        def people(moments: dict[str, Moment]) -> list[str]:
            return [
                name for moment in moments.values() for name in (*(page.to for page in moment.pages), *moment.noted)
            ]

        return reaching(self._kit.store, reading, roster, decide({}), decide, people)[0]

    def _written(
        self, key: str, moment: Moment, roster: Roster, reading: Reading, timed: Timed
    ) -> tuple[list[Write], Made]:
        """What is written of one alert, and those of its new pages that are to be sent."""
        before = reading.documents[alerts.path(key)]
        alert = moment.alert
        made = [(page.id, making.for_step(key, alert, page, roster, reading.at)) for page in moment.pages]
        if moment.reminds:
            made.append(making.reminder(key, alert, roster, reading.at))
        made += [making.noted(key, alert, name, roster, reading.at) for name in moment.noted]
        for news in moment.news:
            made += making.notices(key, alert, news, roster, reading.at)
        made = [(name, timed(page)) for name, page in made]
        after = msgspec.structs.replace(alert, generation=alert.generation + 1)
        writes = [*kept(key, before, after), *making.code_closed(after)]
        writes += [making.new(name, page) for name, page in made]
        # What goes together is left to wait for the others: the tick sends what waits for a phone as one.
        return writes, [] if moment.together else [one for one in made if one[1].due_at == one[1].created]


def _as_made(page: Page) -> Page:
    return page


def _is_moved(key: str, moment: Moment, before: Alert, reading: Reading) -> bool:
    if moment.unanswered:
        return False
    kept = reading.documents[alerts.path(key)].fields.get("due_at")
    return moment.alert is not before or kept != before.due_at


def _parted(parts: Sequence[tuple[list[Write], Made]]) -> Iterator[list[tuple[list[Write], Made]]]:
    """As many alerts at a time as a commit holds."""
    some: list[tuple[list[Write], Made]] = []
    room = MAX_WRITES
    for part in parts:
        if len(part[0]) > room:
            yield some
            some, room = [], MAX_WRITES
        some.append(part)
        room -= len(part[0])
    if some:
        yield some
