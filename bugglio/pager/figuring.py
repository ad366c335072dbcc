"""The tick counts what is over: closings, pages and answers become the figures of their weeks, each exactly once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from bugglio import page as pages
from bugglio.figures import COUNTED_AFTER, Closing, Tallies, Week, of_answer, of_closing, of_page
from bugglio.pager.incoming import TALLY_AT as ANSWERED
from bugglio.pager.keeping import UNCOUNTED
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.making import TALLY_AT
from bugglio.pager.weekly import kept, path, week_in
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.roster import MINUTE
from bugglio.store import EXISTS, Conflict, Document, Fields, Reading, StoreError, Write

FIGURES_AT, COUNTED_UNTIL = "figures_at", "counted_until"
"""Fields of the tick's document: when it is time to count, and that all that was over by then is counted."""
EACH = 20 * MINUTE
SOME = 120
"""So many closings, pages, and answers are counted in one commit ..."""
WEEKS = 6
"""... of so many weeks: each week's document may hold 900 KB."""
WORK = 5.0
"""Seconds of a tick."""

Parts = list[tuple[str, Week]]
Read = Callable[[Fields], Parts | None]
"""What a document adds; None: that is not settled yet."""


@dataclass(frozen=True)
class One:
    """A document that is to be counted."""

    at: int
    """From when on."""
    parts: Parts
    """What it adds."""
    write: Write
    """How it is written once it is counted."""


class Figuring:
    """Counts."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._sources: tuple[tuple[str, str, Read], ...] = (
            ("history", UNCOUNTED, _closing),
            ("pages", TALLY_AT, self._page),
            ("texts", ANSWERED, _answer),
        )

    def look(self, pulse: Document | None, now: int, deadline: Deadline) -> bool:
        """
        Count what there is to count, if it is time, for a few seconds; whether it was time.

        Ticks that overlap count nothing twice. What there is no time for the next tick counts.
        """
        if pulse is None or int(pulse.fields.get(FIGURES_AT, 0)) > now:
            return False
        short = Deadline(min(WORK, deadline.left), self._kit.uptime)
        until = 0
        try:
            while short.left > 0 and until < now:
                until = self._count(now)
        except Conflict:
            # Another tick was first, or a page has changed in this moment: the next tick sees how it is.
            pass
        except StoreError:
            raise
        except Exception:
            # It will not be better in a minute, and each try reads hundreds of documents.
            self._note(0, {FIGURES_AT: now + EACH})
            raise
        self._note(until, {FIGURES_AT: now + EACH} if until == now else {})
        return True

    def _count(self, now: int) -> int:
        """Count some; until when all is counted: `now`, if nothing is left."""
        query = partial(self._kit.store.query, end=now + 1, limit=SOME)
        found = [
            [self._one(document, field, read, now) for document in query(collection, field)]
            for collection, field, read in self._sources
        ]
        some, left, tallies = _of_few_weeks(sorted((one for each in found for one in each), key=lambda one: one.at))
        self._commit(some, tallies)
        ends = [each[-1].at for each in found if len(each) == SOME] + [one.at for one in left[:1]]
        return min([now, *(end - 1 for end in ends)])

    def _commit(self, some: Sequence[One], tallies: Tallies) -> None:
        if not some:
            return
        paths = [path(week) for week in tallies.weeks]
        reading = self._kit.store.get(paths) if paths else Reading(0, {})
        for week in list(tallies.weeks):
            tallies.add([(week, week_in(reading.get(path(week))))])
        written = [kept(week, sums, reading) for week, sums in tallies.weeks.items()]
        self._kit.store.commit([*written, *(one.write for one in some)])

    def _one(self, document: Document, field: str, read: Read, now: int) -> One:
        at = int(document.fields[field])
        try:
            parts = read(document.fields)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - what cannot be read must not keep the others from being counted
            self._kit.alarm(error, f"counting {document.path}")
            parts = []
        if parts is None:
            return One(at, [], Write(document.path, document.version, put={field: now + COUNTED_AFTER}))
        return One(at, parts, Write(document.path, document.version, delete=(field,)))

    def _page(self, fields: Fields) -> Parts | None:
        page = pages.load(fields)
        return None if page.open else of_page(page, self._kit.roster().zone_for(page.to))

    def _note(self, until: int, more: dict[str, int]) -> None:
        """Keep until when all is counted, and when it is time again; another tick may be further already."""
        most = {COUNTED_UNTIL: max(0, until - COUNTED_AFTER), **more}
        self._kit.store.commit([Write(PULSE, EXISTS, maximum=most)])


def _of_few_weeks(found: Sequence[One]) -> tuple[Sequence[One], Sequence[One], Tallies]:
    """The first of it, as far as they are of a few weeks; those that are left; what the first ones add."""
    tallies = Tallies()
    for number, one in enumerate(found):
        if len({*tallies.weeks, *(week for week, _ in one.parts)}) > WEEKS:
            return found[:number], found[number:], tallies
        tallies.add(one.parts)
    return found, (), tallies


def _closing(fields: Fields) -> Parts:
    return of_closing(msgspec.convert(fields, Closing))


def _answer(fields: Fields) -> Parts:
    return of_answer(str(fields["answer"]), int(fields["at"]))
