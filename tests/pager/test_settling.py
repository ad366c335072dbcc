"""A doubt is settled by Twilio's own message log."""

from collections.abc import Callable, Sequence

from bugglio.delivery import Logged, Outcome, Unknown
from bugglio.pager import reports
from bugglio.pager.ports import Outgoing
from bugglio.store import Store
from tests.clock import Clock
from tests.payloads import event
from tests.stage import staged


class LateLog:
    """Takes texts and never answers; its log shows them when a test says so."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._taken: list[Logged] = []
        self.shown: list[Logged] = []

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        assert patience
        assert fresh()
        self._taken.insert(0, Logged(f"SM{len(self._taken):032d}", text.body, "sent", self._now(), None))
        return Unknown("no answer")

    def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
        assert to
        assert not spoken
        return self.shown

    @property
    def taken(self) -> list[str]:
        """What went out."""
        return [one.body for one in self._taken]

    def show_the_first(self) -> None:
        """The log catches up with the first text."""
        self.shown = self._taken[-1:]


def test_a_first_attempt_that_the_log_shows_late_settles_the_second(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        carrier = LateLog(clock.now)
        stage.restart_with(carrier)
        stage.webhook(event())
        stage.wait(seconds=95, step=5)
        assert 2 == len(carrier.taken)

        carrier.show_the_first()
        stage.wait(seconds=100, step=5)

        first = reports.all_pages(sqlite)[0]
        assert ("sent", f"SM{0:032d}") == (first["state"], first["sid"])
        assert 2 == carrier.taken.count(first["body"])
