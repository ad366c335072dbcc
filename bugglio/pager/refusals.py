"""Who hears that Bugsnag was not told something: whoever asked for it, and the admins."""

from collections.abc import Sequence
from dataclasses import dataclass

from bugglio import page as pages
from bugglio import wording
from bugglio.alert import Alert
from bugglio.gsm import cut, to_gsm
from bugglio.outbox import Failed
from bugglio.page import Page
from bugglio.pager import making
from bugglio.pager.kit import Kit
from bugglio.roster import DAY

NAMES = (18, 0)
"""To how many septets an alert's class is cut: it gives way where the cause would not fit."""


@dataclass(frozen=True)
class Refusal:
    """An errand of an alert that failed for good."""

    key: str
    alert: Alert
    failed: Failed

    @property
    def said(self) -> str:
        """All of it, as a notice says it."""
        named = to_gsm(self.alert.error_class)
        texts = [wording.news(self.alert.code, cut(named, width), self.failed.what) for width in NAMES]
        return next((text for text in texts if not text.endswith("...")), texts[-1])


def notices(kit: Kit, refusals: Sequence[Refusal], now: int, *, answered: bool) -> dict[str, Page]:
    """
    What is texted of refusals, by the pages' ids: to whoever asked, unless the answer says it, and to the admins.

    Admins hear of a cause once a day (UTC); what they asked for themselves they have heard of already.
    """
    made: dict[str, Page] = {}
    for one in refusals:
        made |= {} if answered else _for_person(kit, one, now)
        made |= _for_admins(kit, one, now)
    return made


def report(kit: Kit, refusals: Sequence[Refusal]) -> None:
    """Raise the alarm; not about bugglio's own errors, whose alarms are such alerts."""
    for one in refusals:
        if not one.alert.own:
            kit.alarm(RuntimeError(one.failed.what), "telling Bugsnag")


def _for_person(kit: Kit, one: Refusal, now: int) -> dict[str, Page]:
    person = kit.roster().engineers.get(one.failed.errand.by)
    if person is None:
        return {}
    return dict([making.failed_errand(one.key, one.alert, person, one.failed.errand.operation, one.said, now)])


def _for_admins(kit: Kit, one: Refusal, now: int) -> dict[str, Page]:
    made = making.for_admins(kit.roster(), f"bugsnag {one.failed.cause} {now // DAY}", one.said, now)
    others = {key: page for key, page in made if page.to != one.failed.errand.by}
    known = kit.store.get([pages.path(key) for key in others]).documents if others else {}
    return {key: page for key, page in others.items() if pages.path(key) not in known}
