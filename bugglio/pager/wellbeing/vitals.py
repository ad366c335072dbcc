"""How the pager is, as the store tells it."""

from collections.abc import Sequence
from functools import partial

import msgspec

from bugglio import alert as alerts
from bugglio import phone as phones
from bugglio import sender as senders
from bugglio.health import LATE, Vitals
from bugglio.pager.reading import phone_in, sender_in, side_by_side
from bugglio.pager.wellbeing import selftest
from bugglio.pager.wellbeing.pulse import PULSE, VAIN_SINCE, last_tick
from bugglio.store import Document, Reading, Store

LIMITS = (1, 100, 100, 100)
"""So many alerts are looked at, one after another, for one that is due for more than telling Bugsnag something."""

Late = tuple[int | None, int | None]
"""Since when the latest step, and the latest page, was due that is not done; None: none is late."""


def paths(number: str) -> list[str]:
    """What is read of it, in one round trip; `number` is the last resort's."""
    return [PULSE, senders.PATH, phone_path(number)]


def phone_path(number: str) -> str:
    """Where the last resort's phone lies."""
    return phones.path(phones.phone_id(number))


def vitals(reading: Reading, late: Late = (None, None), number: str = "", awaited_since: int | None = None) -> Vitals:
    """The same from what was read already."""
    pulse = reading.get(PULSE)
    fields = pulse.fields if pulse is not None else {}
    return Vitals(
        at=reading.at,
        tick=last_tick(reading),
        awaited_since=awaited_since,
        sender=sender_in(reading),
        last_resort=phone_in(reading, phones.phone_id(number)),
        step=late[0],
        page=late[1],
        vain=fields.get(VAIN_SINCE),
        self_test=selftest.missing_since(fields),
    )


def late(store: Store, now: int, limits: Sequence[int] = LIMITS) -> Late:
    """What should have been done long ago, asked for in one round trip as far as anybody waits."""
    return side_by_side(partial(_late_step, store, now, limits), partial(_late_page, store, now))


def _late_step(store: Store, now: int, limits: Sequence[int]) -> int | None:
    last: Document | None = None
    for limit in limits:
        some = store.query("alerts", "due_at", end=now - LATE, limit=limit, after=last)
        moments = [_moves_at(one) for one in some]
        late = [moment for moment in moments if moment is not None and moment < now - LATE]
        if late or len(some) < limit:
            return min(late, default=None)
        last = some[-1]
    return None


def _moves_at(document: Document) -> int | None:
    """When an alert goes on; one that cannot be read was to go on when it was due."""
    try:
        return alerts.load(document.fields).moves_at
    except msgspec.ValidationError:
        return int(document.fields["due_at"])


def _late_page(store: Store, now: int) -> int | None:
    some = store.query("pages", "due_at", end=now - LATE, limit=1)
    return int(some[0].fields["due_at"]) if some else None
