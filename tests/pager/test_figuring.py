"""The tick counts closings and pages into the figures of their weeks: each exactly once, whatever fails."""

import threading
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from bugglio import page as pages
from bugglio.document import present
from bugglio.figures import Closing, Tallies, of_answer, of_closing, of_page, packed
from bugglio.grammar import parse
from bugglio.page import DELIVERED, WAITING, Attempt, Page
from bugglio.pager.figuring import EACH, SOME, Figuring
from bugglio.pager.incoming import Text
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.weekly import SUMS
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.roster import DAY, HOUR, MINUTE, lone_roster
from bugglio.store import ABSENT, BY_ID, Conflict, Store, Unreachable, Write, Written
from bugglio.store.counting import CountingStore
from bugglio.store.retry import retrying
from tests.clock import Clock
from tests.faults import Fault, FaultyStore, Killed
from tests.payloads import event
from tests.stage import ANA, staged

Fields = dict[str, Any]


class Desk:
    """A store with things to count, and ticks that count them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.now = clock.now()
        self.expected = Tallies()
        self.alarms: list[str] = []
        store.commit([Write(PULSE, ABSENT, put={"v": 1, "at": self.now})])

    def closed(self, many: int, *, apart: int = MINUTE, since: int = 3 * HOUR) -> None:
        """So many alerts were closed, one after the other."""
        writes = []
        for number in range(many):
            at = self.now - since - number * apart
            closing = Closing(
                alert=f"a{number}", team="shop", project=f"p{number % 3}", opened=at, asked_at=at, closed_at=at + 5_000
            )
            fields = {**_fields(closing), "uncounted": at + 5_000 + HOUR}
            writes.append(Write(f"history/a{number}-1", ABSENT, put=fields))
            self.expected.add(of_closing(closing))
        self._commit(writes)

    def sent(self, many: int, *, state: str = DELIVERED) -> None:
        """So many pages were made, one after the other."""
        writes = []
        for number in range(many):
            at = self.now - 3 * HOUR - number * MINUTE
            tried = () if state == WAITING else (Attempt(id="x", n=1, at=at, sid=f"SM{number}"),)
            page = Page(
                kind="page",
                to="on-duty",
                number=ANA,
                phone="p",
                created=at,
                state=state,
                attempts=tried,
                body="#417",
                team="shop",
                ended_at=at + 4_000,
            )
            writes.append(_made(f"g{number}", page))
            if state != WAITING:
                self.expected.add(of_page(page, "UTC"))
        self._commit(writes)

    def answered(self, many: int) -> None:
        """So many texts came in, and were answered."""
        writes = []
        for number in range(many):
            at = self.now - 3 * HOUR - number * MINUTE
            text = Text(f"SM{number}", ANA, "list", parse("list"))
            writes.append(text.kept(at, "on-duty", "Nothing is open."))
            self.expected.add(of_answer("Nothing is open.", at))
        self._commit(writes)

    def _commit(self, writes: Sequence[Write]) -> None:
        for start in range(0, len(writes), 300):
            self.store.commit(writes[start : start + 300])

    def look(self, store: Store | None = None, seconds: float = 60) -> bool:
        """One tick's look."""
        figuring = Figuring(self.kit(store or self.store))
        reading = self.store.get([PULSE])
        return figuring.look(reading.get(PULSE), reading.at, Deadline(seconds, lambda: 0.0))

    def kit(self, store: Store) -> Kit:
        def alarm(error: BaseException, what: str) -> None:
            self.alarms.append(f"{what}: {error}")

        return Kit(store, None, lambda: lone_roster(ANA), alarm)  # type: ignore[arg-type]  # nothing is sent

    def weeks(self) -> dict[str, str]:
        """What is counted, by week."""
        return {one.id: str(one.fields[SUMS]) for one in self.store.query("figures", BY_ID)}

    @property
    def right(self) -> dict[str, str]:
        """What has to be."""
        return {week: packed(sums) for week, sums in self.expected.weeks.items()}

    def left(self) -> int:
        """How much is still to be counted."""
        return self.store.count("history", "uncounted") + self.store.count("pages", "tally_at")

    def pulse(self) -> Fields:
        """What the tick keeps."""
        return dict(self.store.get([PULSE]).documents[PULSE].fields)


def _fields(closing: Closing) -> Fields:
    return present(msgspec.to_builtins(closing))


def _made(key: str, page: Page) -> Write:
    return Write(pages.path(key), ABSENT, put={**present(pages.dump(page)), "tally_at": page.created + HOUR})


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Desk:
    return Desk(sqlite, clock)


def test_what_is_over_is_counted_once(store: Store, clock: Clock) -> None:
    desk = Desk(store, clock)
    desk.closed(20, apart=12 * HOUR)
    desk.sent(20)

    desk.look()
    desk.clock.advance(minutes=30)
    desk.look()

    assert desk.right == desk.weeks()
    assert 0 == desk.left()


def test_nothing_is_looked_at_before_it_is_time(quick: Desk) -> None:
    assert quick.look()
    quick.closed(1)
    counting = CountingStore(quick.store)

    assert not quick.look(counting)

    assert (0, 1) == (counting.bill.calls, quick.left())
    quick.clock.advance(minutes=EACH / MINUTE)
    assert quick.look(counting)
    assert 0 == quick.left()


def test_to_find_nothing_costs_three_queries_and_a_mark(quick: Desk) -> None:
    counting = CountingStore(quick.store)

    quick.look(counting)

    assert (4, 3, 1) == (counting.bill.calls, counting.bill.reads, counting.bill.writes)


def test_what_was_over_less_than_an_hour_ago_is_left(quick: Desk) -> None:
    quick.closed(3, since=30 * MINUTE)

    quick.look()

    assert ({}, 3) == (quick.weeks(), quick.left())
    assert quick.now - HOUR == quick.pulse()["counted_until"]


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("kills", [True, False])
@pytest.mark.parametrize("after", [True, False])
def test_whatever_fails_each_is_counted_exactly_once(
    store: Store, clock: Clock, at: int, *, kills: bool, after: bool
) -> None:
    """Three queries, the weeks, the commit, the mark."""
    desk = Desk(store, clock)
    desk.closed(7, apart=3 * DAY)
    desk.sent(7)
    desk.answered(7)
    fault = Fault(at, after=after, kills=kills)
    with pytest.raises((Killed, Unreachable)):
        desk.look(FaultyStore(store, fault))

    desk.clock.advance(minutes=30)
    desk.look()

    assert desk.right == desk.weeks()
    assert 0 == desk.left()


class Between:
    """A store before whose first commit something else happens."""

    def __init__(self, store: Store, work: Any) -> None:
        self._store = store
        self._work = work

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        work, self._work = self._work, lambda: None
        work()
        return self._store.commit(writes)


def test_ticks_that_overlap_count_nothing_twice(store: Store, clock: Clock) -> None:
    desk = Desk(store, clock)
    desk.closed(40)
    desk.sent(40)

    desk.look(Between(store, desk.look))

    assert desk.right == desk.weeks()
    assert 0 == desk.left()


def test_a_page_that_changes_in_this_moment_is_counted_as_it_then_is(quick: Desk) -> None:
    quick.sent(1, state=pages.SENT)
    key = pages.path("g0")

    def delivered() -> None:
        found = quick.store.get([key]).documents[key]
        quick.store.commit([Write(key, found.version, put={"state": DELIVERED})])

    quick.look(Between(quick.store, delivered))
    assert {} == quick.weeks()

    quick.look()

    assert '"delivered":1' in quick.weeks()["2026-W06"]


def test_a_page_that_still_waits_is_counted_later(quick: Desk) -> None:
    quick.sent(1, state=WAITING)

    quick.look()

    assert ({}, 1) == (quick.weeks(), quick.left())
    (page,) = quick.store.query("pages", "tally_at")
    assert quick.now + HOUR == page.fields["tally_at"]


def test_an_answer_is_a_text_and_silence_is_none(quick: Desk) -> None:
    quick.answered(2)
    silent = Text("SM9", ANA, "spam", parse("spam"))
    quick.store.commit([silent.kept(quick.now - 3 * HOUR, "", "")])

    quick.look()

    assert quick.right == quick.weeks()
    assert '"texts":2,"segments":2' in quick.weeks()["2026-W06"]


def test_more_than_a_commit_holds_is_counted_by_one_tick_if_there_is_time(quick: Desk) -> None:
    quick.closed(2 * SOME + 7)
    quick.sent(SOME)

    quick.look()

    assert quick.right == quick.weeks()
    assert quick.now - HOUR == quick.pulse()["counted_until"]


def test_what_there_was_no_time_for_is_counted_by_the_next_tick_at_once(quick: Desk) -> None:
    quick.closed(2 * SOME)
    passed = iter(range(100))
    figuring = Figuring(quick.kit(quick.store))
    object.__setattr__(figuring._kit, "uptime", lambda: next(passed) * 3.0)
    pulse = quick.store.get([PULSE]).get(PULSE)

    figuring.look(pulse, quick.now, Deadline(60, lambda: 0.0))

    assert 0 < quick.left() < 2 * SOME
    oldest = quick.store.query("history", "uncounted")[0].fields["uncounted"]
    assert quick.pulse()["counted_until"] == oldest - MINUTE - HOUR or quick.pulse()["counted_until"] < oldest - HOUR
    assert quick.look()
    assert quick.right == quick.weeks()


def test_alerts_of_very_many_weeks_are_counted_a_few_weeks_at_a_time(quick: Desk) -> None:
    quick.closed(40, apart=7 * DAY)
    most: list[int] = []

    class Watched(CountingStore):
        def commit(self, writes: Sequence[Write]) -> list[Written]:
            most.append(sum(write.path.startswith("figures/") for write in writes))
            return super().commit(writes)

    quick.look(Watched(quick.store))

    assert quick.right == quick.weeks()
    assert 6 == max(most)


def test_what_cannot_be_read_is_told_and_keeps_nothing_from_being_counted(quick: Desk) -> None:
    quick.closed(2)
    quick.store.commit(
        [
            Write("history/bad-1", ABSENT, put={"v": 1, "uncounted": 5}),
            Write("pages/bad", ABSENT, put={"v": 1, "tally_at": 5}),
        ]
    )

    quick.look()

    assert quick.right == quick.weeks()
    assert 0 == quick.left()
    assert ["counting history/bad-1", "counting pages/bad"] == [told.split(":")[0] for told in quick.alarms]


def test_a_week_that_cannot_be_read_is_told_once_each_20_minutes_and_keeps_no_page_waiting(quick: Desk) -> None:
    quick.closed(3)
    quick.store.commit([Write("figures/2026-W06", ABSENT, put={"v": 1, "sums": "{"})])
    with staged(quick.store, quick.clock) as stage:
        for _ in range(3):
            stage.tick()
        stage.webhook(event())
        assert stage.page()
        stage.clock.advance(minutes=21)
        stage.tick()

        assert ["counting for the figures"] * 2 == [told.partition(":")[0] for told in stage.troubles]
    assert 3 == quick.store.count("history", "uncounted")


def test_pages_of_an_older_version_are_not_counted_and_harm_nothing(quick: Desk) -> None:
    older = Page(kind="page", to="on-duty", number=ANA, phone="p", created=quick.now - 9 * HOUR, state=DELIVERED)
    quick.store.commit([Write("pages/old", ABSENT, put=present(pages.dump(older)))])
    quick.sent(1)

    quick.look()

    assert quick.right == quick.weeks()


def test_before_the_first_tick_there_is_nothing_to_do(sqlite: Store, clock: Clock) -> None:
    figuring = Figuring(Kit(sqlite, None, lambda: lone_roster(ANA), lambda *_: None))  # type: ignore[arg-type]

    assert not figuring.look(None, clock.now(), Deadline(60))


def test_many_ticks_at_once_count_each_once(sqlite: Store, clock: Clock) -> None:
    desk = Desk(sqlite, clock)
    desk.closed(300)
    desk.sent(200)

    def work() -> None:
        def once() -> None:
            desk.look()
            if desk.left():
                raise Conflict("there is more")

        retrying(once, deadline_seconds=20)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert desk.right == desk.weeks()
