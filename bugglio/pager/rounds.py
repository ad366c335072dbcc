"""A round of the tick: all that is due now is done, the oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from bugglio import alert as alerts
from bugglio import outbox
from bugglio import page as pages
from bugglio.health import LATE
from bugglio.page import FAILED, SENDING, WAITING
from bugglio.pager.errands import Attended, Errands
from bugglio.pager.guarding import guarded
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.reading import sender_in
from bugglio.pager.sending import Sender
from bugglio.pager.settling import Settling
from bugglio.pager.steps import Steps
from bugglio.pager.trials import Trials, is_call
from bugglio.store import Document, Reading

BATCH = 100
PART = 25
"""So many alerts go on in one commit: an event that is counted on one of them meanwhile makes them go one by one."""
PATIENCE = 10.0
"""Seconds that a tick gives a call to Twilio."""
AHEAD = 20.0
"""For so many seconds alerts go on before the pages that wait: what is due together goes to a phone together."""
TELLING = 5.0
"""Seconds that a round gives Bugsnag, after all pages that were due: whatever falls due meanwhile waits so long."""

Seen = set[tuple[str, object]]
"""Versions of documents."""


@dataclass
class Tally:
    """What one tick has found to be due: how much, and how late the latest of it was, in milliseconds."""

    found: int = 0
    late: int = 0
    tried: set[str] = field(default_factory=set)
    """Ids of texts and calls that have been tried for so long that it has to be told."""

    def add(self, due: Sequence[Document], now: int) -> None:
        """Count what is due now."""
        self.found += len(due)
        self.late = max([self.late, *(now - int(one.fields["due_at"]) for one in due)])
        self.tried |= {one.id for one in due if _tried_for(one, now) > LATE}


class Rounds:
    """Makes rounds."""

    def __init__(self, kit: Kit, steps: Steps, sender: Sender, settling: Settling) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._steps = steps
        self._sender = sender
        self._settling = settling
        self._errands = Errands(kit)
        self._trials = Trials(kit, sender)

    def make(self, reading: Reading, end: int, deadline: Deadline, tally: Tally) -> int | None:
        """Do what is due now, and count it; the next moment before `end` at which something is, or None."""
        seen: Seen = set()
        telling: dict[str, Document] = {}
        ahead = Deadline(AHEAD, self._kit.uptime)
        while deadline.left > 0:
            found = self._due("alerts", end, seen)
            if ahead.left <= 0 or len(_new(found, reading.at, seen)) < BATCH:
                ahead = Deadline(AHEAD, self._kit.uptime)
                found += self._due("pages", end, seen)
            due = _new(found, reading.at, seen)
            if not due and not telling:
                later = [one.fields["due_at"] for one in found if one.fields["due_at"] > reading.at]
                return min(later, default=None)
            if due:
                seen.update(map(_version, due))
                tally.add(due, reading.at)
                due = [one for one in due if guarded(self._kit, partial(_is_sound, one), one, deadline)]
                self._work(due, reading, deadline)
                telling |= {one.path: one for one in due if _is_told_of(one, reading.at)}
            else:
                self._tell_bugsnag(list(telling.values()), deadline)
                telling = {}
        return None

    def go_on(self, alert: str, deadline: Deadline) -> None:
        """Take one alert forward, and send what that calls for."""
        self._send_all(self._steps.go_on(alert), deadline)

    def try_none(self, reading: Reading) -> None:
        """See `Trials.none_left`."""
        self._trials.none_left(reading)

    def _due(self, collection: str, end: int, seen: Seen) -> list[Document]:
        """
        Some of what is due before `end`, the oldest first.

        What this round has seen and could not deal with never stands before what it has not seen.
        """
        last: Document | None = None
        while True:
            some = self._kit.store.query(collection, "due_at", end=end + 1, limit=BATCH, after=last)
            if len(some) < BATCH or any(_version(one) not in seen for one in some):
                return some
            last = some[-1]

    def _work(self, due: Sequence[Document], reading: Reading, deadline: Deadline) -> None:
        moving = [one for one in due if one.path.startswith("alerts/") and _moves(one, reading.at)]
        for some in self._shared_out(moving):
            self._go_on_together(some, deadline)
        self._pages([one for one in due if one.path.startswith("pages/")], reading, deadline)

    def _shared_out(self, moving: Sequence[Document]) -> list[list[Document]]:
        """The alerts in parts, each of which goes on as one; overlapping rounds seldom begin with the same."""
        order = sorted(moving, key=lambda one: one.id)
        parts = [order[start : start + PART] for start in range(0, len(order), PART)]
        self._kit.draw.shuffle(parts)
        for part in parts:
            self._kit.draw.shuffle(part)
        return parts

    def _go_on_together(self, some: Sequence[Document], deadline: Deadline) -> None:
        """Take these alerts forward in one commit; where that cannot be done, each by itself."""
        if deadline.left <= 0:
            return
        try:
            made = self._steps.go_on_together([one.id for one in some], self._sender.timed)
        except Exception:  # noqa: BLE001 - one that cannot be taken forward must not keep the others; it is told below
            for one in some:
                guarded(self._kit, partial(self.go_on, one.id, deadline), one, deadline)
            return
        for key, page in made:
            # What has been found meanwhile to have no token waits, and goes with what else does.
            if self._sender.timed(page) == page:
                guarded(self._kit, partial(self._sender.send, key, deadline, PATIENCE), some[0], deadline)

    def _tell_bugsnag(self, telling: list[Document], deadline: Deadline) -> None:
        """What Bugsnag is to be told, for a few seconds; when it is in trouble, the rest waits for another round."""
        short = Deadline(min(TELLING, deadline.left), self._kit.uptime)
        self._kit.draw.shuffle(telling)
        for document in telling:
            done = guarded(self._kit, partial(self._errands.attend, document.id, short), document, short)
            if isinstance(done, Attended):
                guarded(self._kit, partial(self._send_all, done.due, deadline), document, deadline)
                if done.trouble:
                    return

    def _send_all(self, due: Sequence[str], deadline: Deadline) -> None:
        for key in due:
            self._sender.send(key, deadline, PATIENCE)

    def _pages(self, due: Sequence[Document], reading: Reading, deadline: Deadline) -> None:
        for document in due:
            if document.fields["state"] in (SENDING, FAILED):
                guarded(self._kit, partial(self._settle, document, reading.at, deadline), document, deadline)
        waiting = [one for one in due if one.fields["state"] == WAITING]
        if sender_in(reading).down:
            self._trials.try_one(waiting, reading, deadline, PATIENCE)
            waiting = [one for one in waiting if is_call(one)]
        self._send(waiting, deadline)

    def _settle(self, document: Document, now: int, deadline: Deadline) -> None:
        self._send_all(self._settling.settle(document, now), deadline)

    def _send(self, waiting: Sequence[Document], deadline: Deadline) -> None:
        lanes: dict[tuple[str, str], Document] = {}
        for document in waiting:
            page = pages.load(document.fields)
            if page.after:
                guarded(self._kit, partial(self._sender.send, document.id, deadline, PATIENCE), document, deadline)
            else:
                lanes.setdefault((page.phone, page.lane), document)
        order = list(lanes.items())
        self._kit.draw.shuffle(order)
        for (phone, lane), document in order:
            guarded(self._kit, partial(self._sender.flush, phone, lane, deadline, PATIENCE), document, deadline)


def _new(found: Sequence[Document], now: int, seen: Seen) -> list[Document]:
    """What of it is due, and was not seen."""
    return [one for one in found if one.fields["due_at"] <= now and _version(one) not in seen]


def _is_sound(document: Document) -> bool:
    """Whether it can be read; raises what is wrong with it, if not."""
    load = alerts.load if document.path.startswith("alerts/") else pages.load
    return load(document.fields) is not None


def _tried_for(document: Document, now: int) -> int:
    """How long ago this page, if it is one, was first handed to the carrier."""
    attempts = document.fields.get("attempts")
    return now - int(attempts[0]["at"]) if attempts else 0


def _version(document: Document) -> tuple[str, object]:
    return document.path, document.version.token


def _is_told_of(document: Document, now: int) -> bool:
    """Whether this is an alert of which Bugsnag is to be told something now."""
    return bool(document.fields.get("errands")) and outbox.is_due(alerts.load(document.fields), now)


def _moves(document: Document, now: int) -> bool:
    """Whether an alert is due for anything but what Bugsnag is to be told."""
    moves_at = alerts.load(document.fields).moves_at
    return not _is_told_of(document, now) or (moves_at is not None and moves_at <= now)
