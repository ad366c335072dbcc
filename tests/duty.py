"""A pager on duty: two instances that know the roster as it was up to ten seconds ago, phones, and what must hold."""

import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bugglio import alert as alerts
from bugglio import page as pages
from bugglio import phone as phones
from bugglio import sender as senders
from bugglio.alert import ACKNOWLEDGED, TRIGGERED, Alert
from bugglio.app import App, Parts, twilio
from bugglio.crew import crew_of
from bugglio.escalation import NAG
from bugglio.page import DIGESTED, DROPPED, FAILED, SENDING, WAITING, Page
from bugglio.pager import covers
from bugglio.pager.applying import Applying
from bugglio.pager.departures import is_marked
from bugglio.pager.figuring import FIGURES_AT
from bugglio.pager.leaving import LASTS
from bugglio.pager.reading import phone_in, sender_in
from bugglio.pager.rosters import BOOK, book_in, roster_in
from bugglio.pager.wellbeing.pulse import HANDOFF_AT, LAST_RESORT, LOOK_AT, PULSE, VAIN
from bugglio.phone import phone_id
from bugglio.roster import MINUTE, Book
from bugglio.simulator import Misbehaviour
from bugglio.store import Store, StoreError
from bugglio.store.counting import CountingStore
from bugglio.store.sqlite import SqliteStore
from tests.clock import Clock
from tests.faults import Fault, FaultyCarrier, FaultyStore, Killed
from tests.payloads import event
from tests.stage import ANA, Stage, staged
from tests.stores import PATIENCE

INSTANCES = 2
OUTAGES = 20 * MINUTE
"""So long a clock may have stood for outages before the latest, which alone is counted."""
IDLE = 5
"""So many documents a tick with nothing due may read."""
EXPECTED = (
    *("Twilio refuses every text", "Twilio was not reached", "message log", "call log", "the connection broke"),
    *("watch, sender", "watch, tick", "watch, last resort", "watch, page"),
)
"""Troubles that are the world's, not bugglio's; no step may ever be late."""
ASKS = ("page", "call", "digest", "unanswered")
"""Kinds of pages that want an answer."""


class Duty:
    """The stage of the random play; every act ends with a look at all that must hold."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.counting = CountingStore(stage.store)
        self.apps: list[App] = [self._instance() for _ in range(INSTANCES)]
        self.left: dict[str, int] = {}
        """Numbers that were the roster's, and when they ceased to be."""
        self._books: list[Book] = [Book()]
        self._texts = 0
        self._before = self._alerts()
        self._known: set[str] = set()
        self._stopped: set[str] = set()

    # What happens.

    def apply(self, book: Book, instance: int = 0, fault: Fault | None = None) -> None:
        """The roster becomes another."""
        with self._struck(instance, fault):
            applying = Applying(self.stage.works.kit)
            applying.apply(applying.plan(book), "lee")
        now = book_in(self.stage.store.get([BOOK])) or Book()
        for one in self._books[-1].engineers.values():
            self.left[one.phone] = self.stage.clock.now()
        for one in now.engineers.values():
            self.left.pop(one.phone, None)
        self._books.append(now)
        self.look()

    def webhook(self, payload: Any, instance: int = 0, fault: Fault | None = None) -> None:
        """Bugsnag delivers."""
        with self._struck(instance, fault):
            told = self.stage.simulator.send_event(payload)
            assert fault or told.status == 200, told.answer
        self.look()

    def text(self, number: str, body: str, instance: int = 0, fault: Fault | None = None) -> None:
        """A phone texts."""
        with self._struck(instance, fault):
            received = self.stage.simulator.receive(number, body)
            assert fault or received.status == 200
        self.look()

    def tick(self, instance: int = 0, fault: Fault | None = None) -> None:
        """The scheduler calls."""
        refused = sender_in(self.stage.store.get([senders.PATH])).down
        with self._struck(instance, fault):
            self.stage.works.ticking.tick()
        self.look()
        if fault is None:
            self._nothing_is_due(refused=refused)

    def report(self, chance: random.Random, instance: int = 0) -> None:
        """Some texts and calls go on to their next status, which is told in any order."""
        with self._struck(instance, None):
            simulator = self.stage.simulator
            for sid in simulator._course.under_way():
                if chance.random() < 0.8:
                    simulator.move(sid)
            chance.shuffle(simulator.callbacks)
            simulator.deliver()
        self.look()

    def wait(self, seconds: int, chance: random.Random) -> None:
        """Time passes; any instance ticks, each minute at least."""
        while seconds > 0:
            some = min(seconds, chance.choice((10, 30, 60, 60)))
            seconds -= some
            self.stage.clock.advance(seconds=some)
            self.report(chance, chance.randrange(INSTANCES))
            self.tick(chance.randrange(INSTANCES))

    def misbehave(self, trouble: Misbehaviour | None) -> None:
        """Something goes wrong at Twilio, or all is well again."""
        self.stage.simulator.misbehave(trouble)

    # Instances.

    def _instance(self, fault: Fault | None = None) -> App:
        store: Store = self.counting
        carrier = None
        if fault is not None:
            store, carrier = FaultyStore(self.stage.store, fault), FaultyCarrier(twilio(self.stage.settings), fault)
        parts = Parts(
            store,
            carrier,
            uptime=lambda: self.stage.clock.now() / 1000,
            sleep=self.stage._sleep,
            draw=random.Random(417),
        )
        return App(lambda: self.stage.settings, self.stage._alarm, parts)

    @contextlib.contextmanager
    def _struck(self, instance: int, fault: Fault | None) -> Iterator[None]:
        """One instance is called; with a fault it fails, and a fresh one takes its place."""
        self.stage.app = self._instance(fault) if fault is not None else self.apps[instance]
        expected = (Killed, StoreError) if fault is not None else ()
        with contextlib.suppress(*expected):
            yield
        if fault is not None:
            self.stage.app = self.apps[instance] = self._instance()

    # What must hold.

    def look(self) -> None:
        """Look at everything; called after each act."""
        found, sent = self._alerts(), self._pages()
        strange = [one for one in self.stage.troubles if not any(part in one for part in EXPECTED)]
        assert [] == strange
        self._alerts_go_on(found)
        self._pages_go_on(sent)
        self._texts_are_right(found, sent)
        self._who_stopped_is_passed_over(sent)
        self._before, self._known = found, set(sent)

    def _alerts(self) -> dict[str, tuple[dict[str, Any], Alert]]:
        documents = self.stage.store.query("alerts", "open", limit=400)
        documents += self.stage.store.query("alerts", "closed_at", limit=400)
        return {one.id: (dict(one.fields), alerts.load(one.fields)) for one in documents}

    def _pages(self) -> dict[str, Page]:
        return {one.id: pages.load(one.fields) for one in self.stage.store.query("pages", "created", limit=2000)}

    def _alerts_go_on(self, found: dict[str, tuple[dict[str, Any], Alert]]) -> None:
        """Every open alert that is triggered has a next moment, no later than its step's wait."""
        for fields, alert in found.values():
            if alert.state != TRIGGERED:
                continue
            assert alert.next_at is not None, alert
            assert fields["due_at"] <= alert.next_at, alert
            # The steps of the play are no longer than the last resort's half hours.
            assert alert.held is not None or alert.next_at - alert.began - alert.stood <= NAG + OUTAGES, alert

    def _pages_go_on(self, sent: dict[str, Page]) -> None:
        """Every page went out, or waits for a moment, or went into a digest, or was dropped with its reason."""
        for key, page in sent.items():
            follows = page.state == FAILED and page.count is not None
            assert follows or (page.state in (WAITING, SENDING)) == (page.due_at is not None), page
            assert page.state != DIGESTED or page.digest in sent, key
            assert page.state not in (DROPPED, FAILED) or page.cause, key
            if page.state == DROPPED:
                self._reason_is_true(page)

    def _reason_is_true(self, page: Page) -> None:
        cause = page.cause or ""
        if "roster" in cause or "number" in cause:
            known = [one.engineers.get(page.to) for one in self._books]
            assert any(one is None or one.phone != page.number for one in known), page
            return
        if not page.alert:
            # Several notices in one.
            return
        found = self._alerts()[page.alert][1]
        told = [entry.what for entry in found.timeline if entry.at >= page.created]
        if cause.startswith("closed meanwhile"):
            assert any(what.startswith("closed") for what in told), (page, found)
        if cause.startswith("acknowledged"):
            assert "acknowledged" in told, (page, found)

    def _texts_are_right(self, found: dict[str, tuple[dict[str, Any], Alert]], sent: dict[str, Page]) -> None:
        messages = [one for one in self.stage.simulator.messages() if one.direction == "outbound-api"]
        arrived = [one for one in messages if one.status not in ("failed", "undelivered")]
        bodies = Counter((one.to, one.body) for one in arrived if "was not stored" not in one.body)
        twice = {text: times for text, times in bodies.items() if times > 1}
        assert not twice, [one for one in arrived if (one.to, one.body) in twice]
        out = Counter(_page_of(one.callback) for one in arrived)
        assert {} == {key: times for key, times in out.items() if key and times > 1}
        for one in messages[self._texts :]:
            left = self.left.get(one.to)
            assert one.to == ANA or left is None or one.created - left <= LASTS, one
            self._asks_for_something(_page_of(one.callback), found, sent)
        self._texts = len(messages)

    def _asks_for_something(
        self, key: str, found: dict[str, tuple[dict[str, Any], Alert]], sent: dict[str, Page]
    ) -> None:
        """Nobody is woken for what was answered before."""
        page = sent.get(key)
        if page is None:
            return
        members = [one for one in sent.values() if one.digest == key] or [page]
        kinds = {one.kind for one in members}
        if not kinds <= {*ASKS, "reminder"}:
            return
        codes = set(page.count.codes) if page.count is not None else {page.code}
        for both in (self._before, found):
            for _, alert in both.values():
                reminded = alert.state == ACKNOWLEDGED and alert.reminded_at is not None
                if alert.code in codes and ((alert.state == TRIGGERED and alert.held is None) or reminded):
                    return
        raise AssertionError(("woken for nothing", page))

    def _who_stopped_is_passed_over(self, sent: dict[str, Page]) -> None:
        for key in sent.keys() - self._known:
            page = sent[key]
            if page.kind in ("page", "call") and page.number != ANA and page.count is None:
                assert page.phone not in self._stopped, page
        reading = self.stage.store.get([phones.path(phone_id(number)) for number in self.numbers()])
        self._stopped = {phone_id(one) for one in self.numbers() if phone_in(reading, phone_id(one)).opted_out}

    def numbers(self) -> list[str]:
        """Every number that was ever on the roster, the present ones first."""
        found = [one.phone for book in reversed(self._books) for one in book.engineers.values()]
        return list(dict.fromkeys([*found, ANA]))

    def _nothing_is_due(self, *, refused: bool) -> None:
        """
        After a tick nothing is left that could be done now, and another finds out so at little cost.

        While texts were refused one page was tried, and the others wait for the next tick.
        """
        now, store = self.stage.clock.now(), self.stage.store
        reading = store.get([PULSE, senders.PATH, BOOK])
        down = refused or sender_in(reading).down
        late = [one.fields for one in store.query("alerts", "due_at", end=now + 1)]
        late += [one.fields for one in store.query("pages", "due_at", end=now + 1) if not down]
        assert [] == late
        pulse = reading.get(PULSE)
        looks = (
            [int(pulse.fields.get(name, 0)) for name in (LOOK_AT, HANDOFF_AT, FIGURES_AT)] if pulse is not None else []
        )
        if down or is_marked(pulse) or any(at <= now for at in looks):
            # What follows a change of the roster is done by each tick for a while.
            return
        self._somebody_is_waited_for({"on-duty", *(book_in(reading) or Book()).engineers})
        self.counting.settle()
        self.apps[0].works.ticking.tick()
        bill = self.counting.settle()
        wrong = [name for name in (LAST_RESORT, VAIN) if pulse is not None and name in pulse.fields]
        assert IDLE + len(wrong) >= bill.reads, (bill, pulse)

    def _somebody_is_waited_for(self, here: set[str]) -> None:
        """What goes on in less than a minute may still wait for whoever left: it rested while texts were refused."""
        later = self.stage.clock.now() + MINUTE
        waiting = [one for _, one in self._alerts().values() if one.state == TRIGGERED and one.held is None]
        assert [] == [one for one in waiting if here.isdisjoint(one.waits_for) and (one.next_at or later) >= later]

    def end(self, chance: random.Random) -> None:
        """All is well again, nobody answers: everybody in the steps and the last resort hears of a new error."""
        self.misbehave(None)
        for number in self.numbers():
            self.text(number, "START")
        self.wait(660, chance)
        self.webhook(event(error={"errorId": "last", "severity": "error", "exceptionClass": "Last"}))
        key, alert = self._last()
        plan = alert.plan
        assert plan is not None
        roster = roster_in(self.stage.store.get([BOOK, covers.PATH]), ANA)
        called = [crew_of(roster, alert.team).called(step, self.stage.clock.now()) for step in plan.steps]
        # A tick that does not stay comes to a step within its minute.
        self.wait((sum(step.wait + MINUTE for step in plan.steps) * plan.repeat + MINUTE) // 1000, chance)
        wanted = {roster.last_resort, *(name for one in called for name in one.people)}
        assert set() == wanted - self._last()[1].paged.keys()
        self.wait(360, chance)
        sent = self._pages()
        ended = [_sent_as(page, sent) for page in sent.values() if page.alert == key and page.kind == "page"]
        assert [] == [page for page in ended if page.state != "delivered" and page.due_at is None]

    def _last(self) -> tuple[str, Alert]:
        """The error of the end."""
        return next((key, alert) for key, (_, alert) in self._alerts().items() if alert.error_id == "last")


def _sent_as(page: Page, sent: dict[str, Page]) -> Page:
    while page.state == DIGESTED:
        page = sent[page.digest]
    return page


def _page_of(callback: str) -> str:
    return parse_qs(urlsplit(callback).query).get("page", [""])[0]


@contextlib.contextmanager
def on_duty(folder: Path, name: str) -> Iterator[Duty]:
    """A pager that nobody has told a roster yet."""
    clock = Clock()
    store = SqliteStore(folder / f"{name}.db", clock.now, timeout=PATIENCE)
    with staged(store, clock) as stage:
        stage.use_the_store()
        yield Duty(stage)
    store.close()
