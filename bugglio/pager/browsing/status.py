"""What the status page knows: what is open, how the pager is, and the phones of whoever may be paged next."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from bugglio import alert as alerts
from bugglio import phone as phones
from bugglio.alert import Alert
from bugglio.health import Vitals
from bugglio.pager import budgets
from bugglio.pager.kit import Kit
from bugglio.pager.lookout import AHEAD
from bugglio.pager.reading import read_with, side_by_side
from bugglio.pager.strangers import STRANGERS
from bugglio.pager.wellbeing import selftest, upstream, vitals
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.phone import Phone, phone_id
from bugglio.roster import Roster
from bugglio.store import Reading, Store
from bugglio.throttle import Budget

SHOWN = 15
"""So many open alerts are read."""
MOST = 1_000
"""Nothing is counted further: a count costs a read for each so many."""
PHONES = 18
"""So many phones are read, besides the last resort's."""
LATE = (1, 4)
"""So many alerts are looked at, one after another, for one that is late."""

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """What was read."""

    at: int
    """The store's time, milliseconds."""
    alerts: Sequence[tuple[str, Alert]]
    """The first of what is open, with their ids: what nobody has answered comes first, the oldest at the head."""
    open: int
    """How many are open; `MOST`: so many or more."""
    unanswered: int
    """How many of them nobody has answered, counted like that."""
    vitals: Vitals
    budget: Budget
    phones: Mapping[str, Phone]
    """By engineer, as far as they were read; the last resort's is."""
    pulse: Fields
    """The documents that tell of the tick, ..."""
    self_test: Fields
    strangers: Fields
    upstream: Fields
    """... of Bugsnag's API ..."""
    ahead: Fields
    """... and of the look at the days ahead; empty, where there is none."""


def look(kit: Kit, roster: Roster, now: int, first: Iterable[str]) -> Seen:
    """
    Read it, in two round trips; at most 50 documents, however much there is.

    `now` is the store's time; `first` are engineers whose phones are looked at, after those for whom alerts wait.
    """
    store = kit.store
    asked = partial(_asked, store, now)
    (late, counts), (found, reading) = side_by_side(asked, lambda: (_some(store), store.get(_paths(kit.on_duty))))
    ahead = _fields(reading, AHEAD)
    waited = [person for _, alert in found for person in alert.waits_for]
    named = dict.fromkeys([*waited, *first, *_named(ahead)])
    people = [person for person in named if person in roster.engineers and person != roster.last_resort][:PHONES]
    known = _phones(roster, [*people, roster.last_resort])
    reading = read_with(store, reading, known.values())
    return Seen(
        at=reading.at,
        alerts=found,
        open=counts[0],
        unanswered=counts[1],
        vitals=vitals.vitals(reading, late, kit.on_duty),
        budget=budgets.budget_in(reading, kit.texts_a_day),
        phones={person: phones.load(_fields(reading, path)) for person, path in known.items()},
        pulse=_fields(reading, PULSE),
        self_test=_fields(reading, selftest.PATH),
        strangers=_fields(reading, STRANGERS),
        upstream=upstream.trouble(reading),
        ahead=ahead,
    )


def _paths(number: str) -> list[str]:
    return [*vitals.paths(number), budgets.PATH, selftest.PATH, STRANGERS, upstream.PATH, AHEAD]


def _asked(store: Store, now: int) -> tuple[vitals.Late, tuple[int, int]]:
    """What is late, and how many are open and unanswered."""
    start, end = alerts.stands_in("unanswered")
    count = partial(store.count, "alerts", "stands", start=start, end=end, most=MOST)
    late = vitals.late(store, now, LATE)
    return late, side_by_side(partial(store.count, "alerts", "open", most=MOST), count)


def _some(store: Store) -> list[tuple[str, Alert]]:
    """
    The first of what is open; one that cannot be read is counted all the same, and told by the tick.

    What an older version closed, which knew no `stands`, still has it.
    """
    some = []
    for one in store.query("alerts", "stands", limit=SHOWN):
        with suppress(msgspec.ValidationError):
            some.append((one.id, alerts.load(one.fields)))
    return [(key, alert) for key, alert in some if alert.is_open]


def _named(ahead: Fields) -> list[str]:
    """Whose phones the look ahead worried about."""
    return [*(ahead.get("unreachable") or ()), *(ahead.get("unverified") or ())]


def _phones(roster: Roster, people: Iterable[str]) -> dict[str, str]:
    """Where these people's phones lie."""
    return {person: phones.path(phone_id(roster.engineers[person].phone)) for person in people}


def _fields(reading: Reading, path: str) -> Fields:
    found = reading.get(path)
    return found.fields if found is not None else {}
