"""A digest has failed: the alerts that it told of go on at once, as each would if its own page had failed."""

from collections.abc import Iterable, Sequence
from functools import partial

import msgspec

from bugglio import alert as alerts
from bugglio import codes, escalation
from bugglio import page as pages
from bugglio.alert import TRIGGERED, Alert
from bugglio.crew import crew_of
from bugglio.page import DIGESTED, DROPPED, FAILED, Page
from bugglio.pager.insisting import insisting
from bugglio.pager.keeping import kept
from bugglio.pager.kit import Kit
from bugglio.pager.reading import alert_in, page_in, read_with
from bugglio.store import Conflict, Reading, Write

TOGETHER = 100
"""So many alerts are made due in one commit."""


def hurry_all(kit: Kit, digest: str, page: Page) -> list[str]:
    """Make those alerts due now which wait for nothing but pages that have failed; their ids."""
    told = list(dict.fromkeys(page.count.codes)) if page.count is not None else []
    hurried: list[str] = []
    for start in range(0, len(told), TOGETHER):
        named = kit.store.get([codes.path(code) for code in told[start : start + TOGETHER]]).documents.values()
        keys = list(dict.fromkeys(str(one.fields["alert"]) for one in named))
        if keys:
            hurried += _hurry_together(kit, keys, digest)
    return hurried


def _hurry_together(kit: Kit, keys: Sequence[str], digest: str) -> list[str]:
    """Those of these alerts that go on, made due in one commit; if others change one of them, each by itself."""
    try:
        return _hurry(kit, keys, digest, set())
    except Conflict:
        return [key for one in keys for key in insisting(kit.store, partial(_hurry, kit, [one], digest))]


def sent_as(reading: Reading, key: str) -> tuple[str, Page | None]:
    """The page that went out for this one: itself, or the digest that it went into at last."""
    page = page_in(reading, key)
    while page is not None and page.state == DIGESTED and page_in(reading, page.digest) is not None:
        key, page = page.digest, page_in(reading, page.digest)
    return key, page


def read_current(kit: Kit, reading: Reading, *found: Alert | None) -> Reading:
    """The reading with the pages of these alerts' steps, and the digests that those went into."""
    keys = [key for alert in found if alert is not None for key in alert.current]
    while keys:
        reading = read_with(kit.store, reading, [pages.path(key) for key in keys])
        step = [page_in(reading, key) for key in keys]
        digests = {page.digest for page in step if page is not None and page.digest}
        keys = [key for key in digests if page_in(reading, key) is None]
    return reading


def all_failed(reading: Reading, keys: Iterable[str]) -> bool:
    """Whether none of these pages will arrive: each has failed, or was dropped, or the digest that it went into."""
    found = [sent_as(reading, key)[1] for key in keys]
    return all(page is not None and page.state in (FAILED, DROPPED) for page in found)


def _may_wait(alert: Alert | None) -> bool:
    return alert is not None and alert.state == TRIGGERED and alert.held is None and bool(alert.current)


def _hurry(kit: Kit, keys: Sequence[str], digest: str, wanted: set[str]) -> list[str]:
    """Make due those of these alerts that are still in the step whose pages went into the digest, and all failed."""
    reading = kit.store.get([alerts.path(key) for key in keys])
    found = {key: alert for key in keys if (alert := alert_in(reading, key)) is not None and _may_wait(alert)}
    reading = read_current(kit, reading, *found.values())
    going = {key: alert for key, alert in found.items() if _goes_on(kit, reading, alert, digest)}
    wanted.update(going)
    kit.store.commit([write for key, alert in going.items() for write in _hurried(reading, key, alert)])
    return list(going)


def _goes_on(kit: Kit, reading: Reading, alert: Alert, digest: str) -> bool:
    if escalation.past_steps(alert, crew_of(kit.roster_for(alert), alert.team)):
        return False
    told = any(sent_as(reading, one)[0] == digest for one in alert.current)
    return told and all_failed(reading, alert.current)


def _hurried(reading: Reading, key: str, alert: Alert) -> list[Write]:
    hurried = escalation.hurry(alert, reading.at)
    hurried = msgspec.structs.replace(hurried, generation=alert.generation + 1)
    return kept(key, reading.get(alerts.path(key)), hurried)
