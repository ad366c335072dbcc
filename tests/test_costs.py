"""What an event costs in round trips, reads and writes: section 5.2 of the design, counted."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bugglio.delivery import Accepted, Logged, Outcome
from bugglio.pager.ports import Outgoing
from bugglio.store import Store
from bugglio.store.counting import Bill, CountingStore
from tests.clock import Clock
from tests.payloads import event
from tests.stage import Stage, staged


class Watching:
    """A carrier that looks at the bill when it is called."""

    def __init__(self, store: CountingStore) -> None:
        self._store = store
        self.bills: list[Bill] = []

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        assert text.body
        assert patience <= 2.0
        assert fresh()
        self.bills.append(self._store.bill)
        return Accepted(f"SM{len(self.bills):032d}", "queued")

    def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
        raise AssertionError(f"nothing is in doubt about {to[-4:]}, {spoken=}")


@pytest.fixture
def counted(store: Store) -> CountingStore:
    return CountingStore(store)


@pytest.fixture
def watched(counted: CountingStore, clock: Clock) -> Any:
    with staged(counted, clock) as stage:
        carrier = Watching(counted)
        stage.restart_with(carrier)
        yield stage, counted, carrier


def test_a_repeated_event_costs_one_read_and_one_write(watched: tuple[Stage, CountingStore, Watching]) -> None:
    stage, counted, _ = watched
    stage.webhook(event())
    counted.settle()

    stage.webhook(event("exception"))

    assert Bill(calls=2, reads=1, writes=1) == counted.settle()


def test_a_new_alert_costs_two_reads_and_a_commit_before_its_claim(
    watched: tuple[Stage, CountingStore, Watching],
) -> None:
    stage, counted, carrier = watched

    stage.webhook(event())

    # Two reads, the commit of alert, code, page (and, the first time, the project), and the claim: page, phone, budget.
    assert 4 == carrier.bills[0].calls
    assert 4 + 3 == carrier.bills[0].writes
    assert 5 == counted.settle().calls


def test_the_next_new_alert_writes_nothing_that_two_errors_share_but_the_count_of_texts_which_are_few(
    watched: tuple[Stage, CountingStore, Watching],
) -> None:
    stage, counted, carrier = watched
    stage.webhook(event())
    counted.settle()

    stage.webhook(event(error={"errorId": "checkout-2"}))

    assert (4, 3 + 3) == (carrier.bills[1].calls, carrier.bills[1].writes)


def test_a_phone_known_to_have_no_token_costs_no_claim(watched: tuple[Stage, CountingStore, Watching]) -> None:
    stage, counted, _ = watched
    for number in range(4):
        stage.webhook(event(error={"errorId": f"checkout-{number}"}))
    counted.settle()

    stage.webhook(event(error={"errorId": "checkout-9"}))

    bill = counted.settle()
    assert (3, 3) == (bill.calls, bill.writes)


def test_a_tick_with_nothing_due_reads_five_documents_however_much_there_is(
    watched: tuple[Stage, CountingStore, Watching],
) -> None:
    stage, counted, _ = watched
    for number in range(3):
        stage.webhook(event(error={"errorId": f"checkout-{number}"}))
    stage.tick()
    counted.settle()

    stage.works.ticking.tick(stay=60_000)

    assert 5 >= counted.settle().reads


def test_events_that_arrive_during_a_commit_go_into_the_next_one(sqlite: Store, clock: Clock) -> None:
    gate, inside = threading.Event(), threading.Event()

    class Slow(CountingStore):
        """A store whose first commit waits until the others have arrived."""

        def commit(self, writes: Any) -> Any:
            if not inside.is_set():
                inside.set()
                assert gate.wait(10)
            return super().commit(writes)

    store = Slow(sqlite)
    with staged(store, clock) as stage:
        stage.restart_with(Watching(store))
        answers: list[dict[str, Any]] = []
        threads = [threading.Thread(target=lambda: answers.append(stage.webhook(event()))) for _ in range(30)]
        threads[0].start()
        assert inside.wait(10)
        for thread in threads[1:]:
            thread.start()
        _until(lambda: stage.gathered() == 29)
        before = store.bill.writes
        gate.set()
        for thread in threads:
            thread.join(10)

        assert {"opened": 1, "counted": 29} == _times(answers)
        assert 30 == stage.alerts()[0]["events"]
        # The opening (alert, code, page, project), its claim and outcome, and one write for the other 29.
        assert before + 4 + 3 + 1 + 1 == store.bill.writes


def _times(answers: list[dict[str, Any]]) -> dict[str, int]:
    outcomes = [answer["outcome"] for answer in answers]
    return {outcome: outcomes.count(outcome) for outcome in outcomes}


def _until(true: Callable[[], bool]) -> None:
    ended = threading.Event()
    for _ in range(2_000):
        if true():
            return
        ended.wait(0.005)
    raise AssertionError("it never came true")


@pytest.mark.promise("P1")
def test_events_from_many_instances_are_all_counted(store: Store, clock: Clock) -> None:
    with staged(store, clock) as stage:
        code = stage.webhook(event())["code"]
        intakes = []
        for _ in range(4):
            stage.restart_with(Watching(CountingStore(store)))
            intakes.append(stage.app)
        payload = event("exception")

        def deliver(app: Any) -> None:
            from bugglio.bugsnag import parse
            from bugglio.pager.kit import Deadline

            for _ in range(10):
                answer = app.works.doors["bugsnag"].intake.take(parse(payload), Deadline(3.5))
                assert ("counted", code) == (answer.outcome, answer.code)

        threads = [threading.Thread(target=deliver, args=(app,)) for app in intakes for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

        assert 81 == stage.alerts()[0]["events"]
