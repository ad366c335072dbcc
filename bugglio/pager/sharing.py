"""Several pages wait for one token of a phone's throttle: they go as one digest."""

import hashlib
from collections.abc import Callable

import msgspec

from bugglio import alert as alerts
from bugglio import page as pages
from bugglio import phone as phones
from bugglio.alert import Alert
from bugglio.claims import Drop, Hold, turn, untold, unwanted
from bugglio.digests import digested, merged, merged_notices
from bugglio.page import CALLS, NOTICES, Page
from bugglio.pager import budgets, making
from bugglio.pager.kit import Kit
from bugglio.pager.reading import alert_paths, followed_in, phone_in, read_followed
from bugglio.pager.recounting import is_digest, recounted
from bugglio.store import Conflict, Document, Reading, Write
from bugglio.store.change import change
from bugglio.store.port import MAX_WRITES
from bugglio.store.retry import retrying

TOGETHER = MAX_WRITES - 2
"""So many pages are looked at, and move into a digest, at a time."""

Waiting = dict[str, tuple[Document, Page]]


class Sharing:
    """Finds out what goes with the token that is there."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def ready(self, phone: str, lane: str, going: Callable[[], bool]) -> list[str]:
        """
        The ids of the pages that may go now: those that have a token already, and one for the token that is there.

        What nobody wants any more is dropped; without a token, what waits is told until when. None may go when others
        are at the same, or when there is no more time, which `going` says: what was moved by then has been moved.
        """
        ready, fresh = None, set[str]()
        while ready is None:
            if not going():
                return []
            try:
                ready = retrying(lambda: self._once(phone, lane, fresh))
            except Conflict:
                return []
        return ready

    def _once(self, phone: str, lane: str, fresh: set[str]) -> list[str] | None:
        """
        One look at what waits; None when something was moved or dropped, so that it takes another look.

        `fresh` are the digests that are known to be true.
        """
        found = self._waiting(phone, lane)
        known, at = self._alerts(found)
        dropped = {key: reason for key, (_, page) in found.items() if (reason := unwanted(page, known.get(page.alert)))}
        if dropped:
            self._drop(found, dropped, at)
            return None
        reading = self._kit.store.get([phones.path(phone), budgets.PATH])
        own = [key for key, (_, page) in found.items() if page.token and (page.due_at or 0) <= reading.at]
        others = {key: pair for key, pair in found.items() if not pair[1].token}
        budget = budgets.budget_in(reading, self._kit.texts_a_day)
        hold = turn(phone_in(reading, phone), lane, reading.at, budget)
        if hold is not None:
            self._hold_all(found, phone, lane, hold)
        if self._recount({key: found[key] for key in (*own, *(others if hold is None else ()))}, fresh):
            return None
        if hold is not None:
            return own
        if len(others) > 1:
            in_vain, doubtful = self._untold(others)
            if in_vain:
                self._drop(found, in_vain, reading.at)
                return None
            others = {key: pair for key, pair in others.items() if key not in doubtful}
        if len(others) <= 1:
            return [*own, *others]
        fresh.add(self._merge(others, known, lane))
        return None

    def _untold(self, found: Waiting) -> tuple[dict[str, str], set[str]]:
        """The notices whose reader was told of nothing, with the reasons, and those of which nobody knows that yet."""
        notices = {key: page for key, (_, page) in found.items() if page.after}
        reading = read_followed(self._kit.store, Reading(0, {}), notices.values())
        verdicts = {key: untold(page, followed_in(reading, page), reading.at) for key, page in notices.items()}
        reasons = {key: verdict.reason for key, verdict in verdicts.items() if isinstance(verdict, Drop)}
        return reasons, {key for key, verdict in verdicts.items() if isinstance(verdict, Hold)}

    def _recount(self, found: Waiting, fresh: set[str]) -> bool:
        """Whether one of these digests has waited while things changed that it tells of; it says how they are now."""
        for key, (document, page) in found.items():
            if key in fresh or not is_digest(page):
                continue
            now = recounted(self._kit, page)
            if now is not page:
                self._kit.store.commit([_changed(document, now)])
                return True
            fresh.add(key)
        return False

    def _hold_all(self, found: Waiting, phone: str, lane: str, hold: Hold) -> None:
        """All that waits for a token is told until when: whoever looks for what is due does not find it before."""
        while found:
            early = {key: pair for key, pair in found.items() if not pair[1].token}
            self._hold({key: pair for key, pair in early.items() if (pair[1].due_at or 0) < hold.until}, hold)
            found = self._waiting(phone, lane, list(found.values())[-1][0]) if len(found) == TOGETHER else {}

    def _waiting(self, phone: str, lane: str, after: Document | None = None) -> Waiting:
        start = pages.lane_key(phone, lane)
        found = self._kit.store.query("pages", "waiting", start=start, end=f"{start}~", limit=TOGETHER, after=after)
        return {document.id: (document, pages.load(document.fields)) for document in found}

    def _alerts(self, found: Waiting) -> tuple[dict[str, Alert], int | None]:
        """What these pages are about, and when that was read."""
        paths = alert_paths(page.alert for _, page in found.values())
        if not paths:
            return {}, None
        read = self._kit.store.get(paths)
        return {document.id: alerts.load(document.fields) for document in read.documents.values()}, read.at

    def _drop(self, found: Waiting, reasons: dict[str, str], now: int | None) -> None:
        self._kit.store.commit(
            [_changed(found[key][0], pages.drop(found[key][1], reason, now)) for key, reason in reasons.items()]
        )

    def _hold(self, found: Waiting, hold: Hold) -> None:
        if found:
            held = [
                _changed(document, pages.hold(page, hold.until, hold.cause, hold.what))
                for document, page in found.values()
            ]
            self._kit.store.commit(held)

    def _merge(self, found: Waiting, known: dict[str, Alert], lane: str) -> str:
        """Move waiting pages into a digest, a new one or one that waits among them; its id."""
        key, container = _container(found)
        members = {name: pair for name, pair in found.items() if name != key}
        parts = [page for _, page in members.values()]
        whole = merged_notices(container, parts) if lane == NOTICES else merged(container, parts, known)
        teams = {page.team for page in (*parts, *([container] if key in found else []))}
        whole = msgspec.structs.replace(whole, team=teams.pop() if len(teams) == 1 else "")
        moved = [_changed(one, digested(page, key)) for one, page in members.values()]
        digest = _changed(found[key][0], whole) if key in found else making.new(key, whole)
        self._kit.store.commit([digest, *moved])
        return key


def _container(found: Waiting) -> tuple[str, Page]:
    """The digest that takes the others in: one that waits already, or a new one named after the first page."""
    for key, (_, page) in found.items():
        if page.count is not None:
            return key, page
    first, (_, page) = next(iter(found.items()))
    key = hashlib.sha256(f"digest {first}".encode()).hexdigest()[:24]
    kind = {NOTICES: "notice", CALLS: "call"}.get(page.lane, "digest")
    fresh = Page(kind=kind, to=page.to, number=page.number, phone=page.phone, created=page.created, count=pages.Count())
    return key, msgspec.structs.replace(fresh, due_at=page.due_at, waited_for=page.waited_for)


def _changed(document: Document, page: Page) -> Write:
    return change(document.path, document, pages.dump(page))
