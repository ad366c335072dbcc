"""Documents read from the store, in our words."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from bugglio import alert as alerts
from bugglio import page as pages
from bugglio import phone as phones
from bugglio import sender as senders
from bugglio.alert import Alert
from bugglio.page import Page
from bugglio.phone import Phone
from bugglio.roster import Engineer
from bugglio.sender import SenderState
from bugglio.store import Reading, Store

First = TypeVar("First")
Second = TypeVar("Second")

MOST_AT_ONCE = 4
"""So many questions the store is asked at the same time."""


def page_in(reading: Reading, key: str) -> Page | None:
    """The page with this id, if it was read and is there."""
    found = reading.get(pages.path(key))
    return pages.load(found.fields) if found else None


def alert_in(reading: Reading, key: str) -> Alert | None:
    """The alert with this id, if it was read and is there."""
    found = reading.get(alerts.path(key)) if key else None
    return alerts.load(found.fields) if found else None


def phone_of(store: Store, person: Engineer) -> Phone:
    """Somebody's phone, in a round trip of its own."""
    key = phones.phone_id(person.phone)
    return phone_in(store.get([phones.path(key)]), key)


def phone_in(reading: Reading, key: str) -> Phone:
    """The phone with this id; one never heard of is a phone like any other."""
    found = reading.get(phones.path(key))
    return phones.load(found.fields if found else None)


def sender_in(reading: Reading) -> SenderState:
    """Whether texts can be sent at all."""
    found = reading.get(senders.PATH)
    return senders.load(found.fields if found else None)


def side_by_side(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """What both find, asked for at the same time: one round trip as far as anybody waits."""
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(copy_context().run, first)
        found = second()
        return ahead.result(), found


def all_at_once(calls: Sequence[Callable[[], First]]) -> list[First]:
    """What each finds, asked for at the same time."""
    if len(calls) == 1:
        return [calls[0]()]
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        ahead = [pool.submit(copy_context().run, call) for call in calls]
        return [one.result() for one in ahead]


def read_with(store: Store, reading: Reading, paths: Iterable[str]) -> Reading:
    """The reading, with some more documents read after it."""
    wanted = [path for path in dict.fromkeys(paths) if path not in reading.documents]
    if not wanted:
        return reading
    more = store.get(wanted)
    return Reading(more.at, {**reading.documents, **more.documents})


def alert_paths(keys: Iterable[str]) -> list[str]:
    """Where alerts lie; an empty id names none."""
    return [alerts.path(key) for key in dict.fromkeys(keys) if key]


def read_followed(store: Store, reading: Reading, some: Iterable[Page], besides: Iterable[str] = ()) -> Reading:
    """The reading with the pages that these notices follow, and the digests those went into; `besides` comes along."""
    keys = [key for page in some for key in page.after]
    reading = read_with(store, reading, [*besides, *map(pages.path, keys)])
    digests = {other.digest for key in keys if (other := page_in(reading, key)) and other.digest}
    return read_with(store, reading, map(pages.path, digests))


def followed_in(reading: Reading, notice: Page) -> dict[str, Page]:
    """The pages that a notice follows, each as the digest it went into where it did."""
    found = {}
    for key in notice.after:
        one = page_in(reading, key)
        if one is not None:
            found[key] = (page_in(reading, one.digest) if one.digest else None) or one
    return found
