"""The tick: what is due is done, and what falls due within the minute is waited for."""

import time
from collections.abc import Callable, Sequence
from functools import partial

from bugglio import alert as alerts
from bugglio import outbox
from bugglio import page as pages
from bugglio import sender as senders
from bugglio.page import FAILED, SENDING, WAITING
from bugglio.pager import making, watch
from bugglio.pager.claiming import Terms
from bugglio.pager.departures import Departures, is_marked
from bugglio.pager.errands import Attended, Errands
from bugglio.pager.handoffs import Handoffs
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.lookout import Lookout
from bugglio.pager.reading import sender_in
from bugglio.pager.sending import Sender
from bugglio.pager.settling import Settling
from bugglio.pager.steps import Steps
from bugglio.pager.stopping import Stopping, marked
from bugglio.roster import DAY, MINUTE
from bugglio.sender import SenderState
from bugglio.store import Conflict, Document, Reading, Write
from bugglio.store.change import change

BATCH = 100
PATIENCE = 10.0
"""Seconds that a tick gives a call to Twilio."""
TELLING = 5.0
"""Seconds that a pass gives Bugsnag, after all pages that were due: whatever falls due meanwhile waits so long."""
STAY = MINUTE
WORK = 100.0
"""Seconds after which a tick stops: the scheduler gives up after 120."""

Seen = set[tuple[str, object]]
"""Versions of documents."""


class Ticking:
    """Does what is due."""

    def __init__(
        self, kit: Kit, steps: Steps, sender: Sender, settling: Settling, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._steps = steps
        self._sender = sender
        self._settling = settling
        self._errands = Errands(kit)
        self._departures = Departures(kit)
        self._stopping = Stopping(kit)
        self._lookout = Lookout(kit)
        self._handoffs = Handoffs(kit)
        self._sleep = sleep

    def tick(self, *, stay: int = 0) -> None:
        """
        Do all that is due, and stay up to `stay` milliseconds for what falls due meanwhile.

        Raises `StoreError` when the store cannot be asked. Ticks that overlap do no harm.
        """
        deadline = Deadline(WORK, self._kit.uptime)
        reading = self._kit.store.get([watch.PULSE, senders.PATH])
        end = reading.at + stay
        self._tell_unrouted(reading)
        self._try_none(reading)
        while True:
            self._follow(reading, deadline)
            following = self._pass(reading, end, deadline)
            if following is None or deadline.left <= 0:
                break
            self._sleep(max(0, following - self._kit.store.get([senders.PATH]).at) / 1000)
            reading = self._kit.store.get([watch.PULSE, senders.PATH])
        self._look_ahead(reading, deadline)
        watch.beat(self._kit, reading.get(watch.PULSE), reading.at)

    def _look_ahead(self, reading: Reading, deadline: Deadline) -> None:
        """What there is time for after all that was due; its texts go at once."""
        for look, what in ((self._lookout.look, "looking ahead"), (self._handoffs.look, "telling of handoffs")):
            try:
                if deadline.left > 0 and look(reading.get(watch.PULSE), reading.at):
                    self._pass(reading, reading.at, deadline)
                    reading = self._kit.store.get([watch.PULSE, senders.PATH])
            except Exception as error:  # noqa: BLE001 - what is to come must not keep anybody from what is
                self._kit.alarm(error, what)

    def _pass(self, reading: Reading, end: int, deadline: Deadline) -> int | None:
        """Do what is due now; the next moment before `end` at which something is, or None."""
        seen: Seen = set()
        telling: dict[str, Document] = {}
        while deadline.left > 0:
            found = self._due("alerts", end, seen) + self._due("pages", end, seen)
            due = [one for one in found if one.fields["due_at"] <= reading.at and _version(one) not in seen]
            if not due and not telling:
                later = [one.fields["due_at"] for one in found if one.fields["due_at"] > reading.at]
                return min(later, default=None)
            if due:
                seen.update(map(_version, due))
                self._work(due, reading, deadline)
                telling |= {one.path: one for one in due if _is_told_of(one, reading.at)}
            else:
                self._tell_bugsnag(list(telling.values()), deadline)
                telling = {}
        return None

    def _due(self, collection: str, end: int, seen: Seen) -> list[Document]:
        """
        Some of what is due before `end`, the oldest first.

        What this pass has seen and could not deal with never stands before what it has not seen.
        """
        last: Document | None = None
        while True:
            some = self._kit.store.query(collection, "due_at", end=end + 1, limit=BATCH, after=last)
            if len(some) < BATCH or any(_version(one) not in seen for one in some):
                return some
            last = some[-1]

    def _work(self, due: Sequence[Document], reading: Reading, deadline: Deadline) -> None:
        moving = [one for one in due if one.path.startswith("alerts/") and _moves(one, reading.at)]
        self._kit.draw.shuffle(moving)
        for document in moving:
            self._guarded(partial(self._alert, document, deadline), document, deadline)
        self._pages([one for one in due if one.path.startswith("pages/")], reading, deadline)

    def _tell_bugsnag(self, telling: list[Document], deadline: Deadline) -> None:
        """What Bugsnag is to be told, for a few seconds; when it is in trouble, the rest waits for another pass."""
        short = Deadline(min(TELLING, deadline.left), self._kit.uptime)
        self._kit.draw.shuffle(telling)
        for document in telling:
            done = self._guarded(partial(self._errands.attend, document.id, short), document, short)
            if isinstance(done, Attended):
                self._guarded(partial(self._send_all, done.due, deadline), document, deadline)
                if done.trouble:
                    return

    def _send_all(self, due: Sequence[str], deadline: Deadline) -> None:
        for key in due:
            self._sender.send(key, deadline, PATIENCE)

    def _alert(self, document: Document, deadline: Deadline) -> None:
        self._send_all(self._steps.go_on(document.id), deadline)

    def _pages(self, due: Sequence[Document], reading: Reading, deadline: Deadline) -> None:
        for document in due:
            if document.fields["state"] in (SENDING, FAILED):
                self._guarded(partial(self._settle, document, reading.at, deadline), document, deadline)
        waiting = [one for one in due if one.fields["state"] == WAITING]
        state = sender_in(reading)
        if state.down:
            self._try_one([one for one in waiting if not _is_call(one)], state, reading, deadline)
            waiting = [one for one in waiting if _is_call(one)]
        self._send(waiting, deadline)

    def _settle(self, document: Document, now: int, deadline: Deadline) -> None:
        self._send_all(self._settling.settle(document, now), deadline)

    def _send(self, waiting: Sequence[Document], deadline: Deadline) -> None:
        lanes: dict[tuple[str, str], Document] = {}
        for document in waiting:
            page = pages.load(document.fields)
            if page.after:
                self._guarded(partial(self._sender.send, document.id, deadline, PATIENCE), document, deadline)
            else:
                lanes.setdefault((page.phone, page.lane), document)
        order = list(lanes.items())
        self._kit.draw.shuffle(order)
        for (phone, lane), document in order:
            self._guarded(partial(self._sender.flush, phone, lane, deadline, PATIENCE), document, deadline)

    def _try_one(self, waiting: Sequence[Document], state: SenderState, reading: Reading, deadline: Deadline) -> None:
        """Texts cannot be sent: one page is tried each minute, whoever ticks. Calls go as ever, and prove nothing."""
        if not waiting or state.next_try > reading.at:
            return
        try:
            self._kit.store.commit(
                [change(senders.PATH, reading.get(senders.PATH), senders.dump(senders.tried(state, reading.at)))]
            )
        except Conflict:
            # Another tick tries.
            return
        terms = Terms(trial=True, alone=True)
        for one in waiting:
            # What nobody wants any more is dropped, and tries nothing.
            if self._guarded(partial(self._sender.send, one.id, deadline, PATIENCE, terms=terms), one, deadline):
                return

    def _try_none(self, reading: Reading) -> None:
        """
        The sender is broken, and what could be tried has been answered meanwhile: the next page will tell.

        Otherwise the steps' clocks would stand for ever, and there would never be a next page.
        """
        state = sender_in(reading)
        if not state.down or reading.at < state.next_try + senders.RETRY:
            return
        if not all(_is_call(one) for one in self._kit.store.query("pages", "waiting", limit=BATCH)):
            return
        try:
            self._kit.store.commit(
                [change(senders.PATH, reading.get(senders.PATH), senders.dump(senders.mended(state, reading.at)))]
            )
        except Conflict:
            # Another tick, or a report of Twilio's, was first.
            return

    def _guarded(self, work: Callable[[], object], document: Document, deadline: Deadline) -> object:
        """
        One thing that cannot be done must not keep the others from being done; it stays due.

        So does what there is no time for. None for both, else what the work answers.
        """
        if deadline.left <= 0:
            return None
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - see above
            self._kit.alarm(error, f"tick, {document.path}")
            return None

    def _follow(self, reading: Reading, deadline: Deadline) -> None:
        """Somebody left the roster of late, or takes no texts any more: nobody waits for them."""
        pulse = reading.get(watch.PULSE)
        if pulse is not None and is_marked(pulse):
            self._guarded(partial(self._departures.follow, lambda: deadline.left > 0), pulse, deadline)
        if pulse is not None and marked(pulse):
            self._guarded(partial(self._go_on, deadline), pulse, deadline)

    def _go_on(self, deadline: Deadline) -> None:
        """A phone takes no texts any more: alerts that waited for it go on."""
        for key in self._stopping.follow(lambda: deadline.left > 0):
            self._send_all(self._steps.go_on(key), deadline)

    def _tell_unrouted(self, reading: Reading) -> None:
        """Once a day the admins hear of events that could not be understood."""
        pulse = reading.get(watch.PULSE)
        told = int(pulse.fields.get("unrouted_told", 0)) if pulse else 0
        found = self._kit.store.query("unrouted", "untold", limit=BATCH)
        if not found or reading.at - told < DAY:
            return
        kinds = ", ".join(sorted({str(one.fields.get("trigger") or "no trigger") for one in found}))
        count = sum(int(one.fields.get("count", 1)) - int(one.fields.get("told", 0)) for one in found)
        text = f"{count} Bugsnag event{'s' if count != 1 else ''} paged nobody: not understood ({kinds})"
        made = making.for_admins(self._kit.roster(), f"unrouted {reading.at // DAY}", text, reading.at)
        writes = [
            Write(one.path, one.version, put={"told": one.fields.get("count", 1)}, delete=("untold",)) for one in found
        ]
        fresh = {} if pulse else {"v": 1, "at": reading.at}
        writes.append(change(watch.PULSE, pulse, {**fresh, "unrouted_told": reading.at}))
        try:
            self._kit.store.commit([*writes, *(making.new(key, page) for key, page in made)])
        except Conflict:
            # Another tick was first, or one of them was counted again: the next tick tells.
            return


def _version(document: Document) -> tuple[str, object]:
    return document.path, document.version.token


def _is_told_of(document: Document, now: int) -> bool:
    """Whether this is an alert of which Bugsnag is to be told something now."""
    return bool(document.fields.get("errands")) and outbox.is_due(alerts.load(document.fields), now)


def _moves(document: Document, now: int) -> bool:
    """Whether an alert is due for anything but what Bugsnag is to be told."""
    moves_at = alerts.load(document.fields).moves_at
    return not _is_told_of(document, now) or (moves_at is not None and moves_at <= now)


def _is_call(document: Document) -> bool:
    """Whether this is the document of a call: a sender whose texts are refused may still call."""
    return pages.load(document.fields).spoken
