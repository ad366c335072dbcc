"""A digest has failed: the alerts that it told of go on at once, as each would if its own page had failed."""

from collections.abc import Iterable
from functools import partial

import msgspec

from bugglio import alert as alerts
from bugglio import codes, escalation
from bugglio import page as pages
from bugglio.alert import TRIGGERED, Alert
from bugglio.crew import crew_of
from bugglio.page import DIGESTED, DROPPED, FAILED, Page
from bugglio.pager.insisting import insisting
from bugglio.pager.kit import Kit
from bugglio.pager.reading import alert_in, page_in, read_with
from bugglio.store import Reading
from bugglio.store.change import change

SOME = 300
"""So many documents are read at a time."""


def hurry_all(kit: Kit, digest: str, page: Page) -> list[str]:
    """Make those alerts due now which wait for nothing but pages that have failed; their ids."""
    named = page.count.codes if page.count is not None else ()
    found = _get(kit, [codes.path(code) for code in dict.fromkeys(named)])
    keys = dict.fromkeys(str(one.fields["alert"]) for one in found.documents.values())
    reading = _get(kit, [alerts.path(key) for key in keys])
    waiting = [key for key in keys if _may_wait(alert_in(reading, key))]
    return [key for key in waiting if insisting(kit.store, partial(_hurry, kit, key, digest))]


def sent_as(reading: Reading, key: str) -> tuple[str, Page | None]:
    """The page that went out for this one: itself, or the digest that it went into at last."""
    page = page_in(reading, key)
    while page is not None and page.state == DIGESTED and page_in(reading, page.digest) is not None:
        key, page = page.digest, page_in(reading, page.digest)
    return key, page


def read_current(kit: Kit, reading: Reading, alert: Alert | None) -> Reading:
    """The reading with the pages of an alert's step, and the digests that these went into."""
    keys = list(alert.current) if alert is not None else []
    while keys:
        reading = read_with(kit.store, reading, [pages.path(key) for key in keys])
        found = [page_in(reading, key) for key in keys]
        digests = {page.digest for page in found if page is not None and page.digest}
        keys = [key for key in digests if page_in(reading, key) is None]
    return reading


def all_failed(reading: Reading, keys: Iterable[str]) -> bool:
    """Whether none of these pages will arrive: each has failed, or was dropped, or the digest that it went into."""
    found = [sent_as(reading, key)[1] for key in keys]
    return all(page is not None and page.state in (FAILED, DROPPED) for page in found)


def _may_wait(alert: Alert | None) -> bool:
    return alert is not None and alert.state == TRIGGERED and alert.held is None and bool(alert.current)


def _hurry(kit: Kit, key: str, digest: str, wanted: set[str]) -> bool:
    """Whether the alert goes on: it is still in the step whose pages went into the digest, and all of them failed."""
    reading = kit.store.get([alerts.path(key)])
    reading = read_current(kit, reading, alert_in(reading, key))
    alert = alert_in(reading, key)
    if alert is None or not _may_wait(alert):
        return False
    if escalation.past_steps(alert, crew_of(kit.roster_for(alert), alert.team)):
        return False
    told = any(sent_as(reading, one)[0] == digest for one in alert.current)
    if not told or not all_failed(reading, alert.current):
        return False
    wanted.add(key)
    hurried = escalation.hurry(alert, reading.at)
    hurried = msgspec.structs.replace(hurried, generation=alert.generation + 1)
    kit.store.commit([change(alerts.path(key), reading.get(alerts.path(key)), alerts.dump(hurried))])
    return True


def _get(kit: Kit, paths: Iterable[str]) -> Reading:
    reading, wanted = Reading(0, {}), list(paths)
    for start in range(0, len(wanted), SOME):
        reading = read_with(kit.store, reading, wanted[start : start + SOME])
    return reading
