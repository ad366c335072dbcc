"""What nobody has answered is found in one query, whatever else is open."""

from bugglio.pager.browsing.unanswered import unanswered
from bugglio.store import Store
from bugglio.store.counting import CountingStore
from tests.clock import Clock
from tests.payloads import event
from tests.stage import ANA, Stage, staged


def opened(stage: Stage, name: str) -> int:
    code: int = stage.webhook(event(error={"errorId": name}))["code"]
    stage.clock.advance(minutes=1)
    return code


def test_who_waits_longest_comes_first_and_what_was_answered_is_not_among_them(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        first, second, third, fourth = (opened(stage, name) for name in ("a", "b", "c", "d"))
        for word in (f"ack {second}", f"snooze {third} 2h"):
            stage.text(ANA, word)
        assert [first, fourth] == [alert.code for _, alert in unanswered(stage.store, 10)]
        stage.text(ANA, f"close {first}")
        stage.text(ANA, f"reopen {second}")
        counting = CountingStore(sqlite)
        assert [second] == [alert.code for _, alert in unanswered(counting, 1)]
        assert 1 == counting.bill.reads
        stage.text(ANA, f"close {second}")
        stage.text(ANA, f"close {fourth}")
        assert [] == unanswered(stage.store, 10)
