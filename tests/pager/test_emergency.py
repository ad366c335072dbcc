"""The one text that needs no store."""

from collections.abc import Callable, Sequence

from bugglio.bugsnag import Event
from bugglio.delivery import Accepted, Busy, Logged, NotSent, Outcome, Unknown
from bugglio.pager.emergency import Emergency
from bugglio.pager.kit import Kit
from bugglio.pager.ports import Outgoing
from bugglio.roster import Roster
from bugglio.store import Store
from tests.stage import ANA

EVENT = Event(trigger="firstException", message="New unhandled error", project="web", error_class="TypeError")


class Scripted:
    """A carrier that answers as it was told, one after another."""

    def __init__(self, *outcomes: Outcome) -> None:
        self._outcomes = list(outcomes)
        self.sent: list[Outgoing] = []

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        assert patience > 0
        assert fresh()
        self.sent.append(text)
        return self._outcomes.pop(0)

    def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
        raise AssertionError(f"nothing is in doubt about {to[-4:]}, {spoken=}")


def nobody() -> Roster:
    raise AssertionError("the roster is in the store, which cannot be asked")


def emergency(store: Store, carrier: Scripted) -> Emergency:
    return Emergency(Kit(store, carrier, nobody, lambda *_: None), ANA)


def test_a_connection_that_failed_is_tried_again_at_once(sqlite: Store) -> None:
    carrier = Scripted(NotSent("refused"), NotSent("refused"), Accepted("SM1", "queued"))

    assert emergency(sqlite, carrier).tell(EVENT, 2.0)
    assert [ANA] * 3 == [text.to for text in carrier.sent]


def test_a_text_that_certainly_did_not_go_out_does_not_use_up_the_minute(sqlite: Store) -> None:
    for failed in ([NotSent("refused")] * 3, [Busy(None)]):
        carrier = Scripted(*failed, Accepted("SM1", "queued"))
        telling = emergency(sqlite, carrier)

        assert [False, True, False] == [telling.tell(EVENT, 2.0) for _ in range(3)]


def test_a_text_that_may_have_gone_out_is_not_sent_again_within_the_minute(sqlite: Store) -> None:
    telling = emergency(sqlite, Scripted(Unknown("no answer")))

    assert [True, False] == [telling.tell(EVENT, 2.0) for _ in range(2)]
