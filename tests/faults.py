"""A store, a carrier and a tracker that fail where a test says: before their work, after it, or with the process."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from bugglio.delivery import Logged, Outcome
from bugglio.pager.ports import Carrier, Outgoing, Tracker
from bugglio.store import Document, Reading, Store, Unreachable, Write, Written
from bugglio.upstream import Finding, Later, Operation, Unknown
from bugglio.upstream import Outcome as Upshot


class Killed(BaseException):
    """The process ends here; nothing of bugglio's may catch it."""


@dataclass
class Fault:
    """What happens at the `at`th call (from 0) that goes out of the process."""

    at: int = -1
    after: bool = False
    """Once the call has done its work, rather than before."""
    kills: bool = True
    """The process ends; otherwise the store's reply is lost."""
    calls: int = 0
    struck: bool = False

    def around(self, work: Callable[[], Any], *, store: bool) -> Any:
        """Do the work, or fail."""
        mine = self.calls == self.at
        self.calls += 1
        if mine and not self.after:
            self._strike(store=store)
        done = work()
        if mine and self.after:
            self._strike(store=store)
        return done

    def _strike(self, *, store: bool) -> None:
        self.struck = True
        if self.kills:
            raise Killed
        if store:
            raise Unreachable("the connection broke")


class FaultyStore:
    """The port on another store, with a fault."""

    def __init__(self, store: Store, fault: Fault) -> None:
        self._store = store
        self._fault = fault

    def get(self, paths: Sequence[str]) -> Reading:
        found: Reading = self._fault.around(lambda: self._store.get(paths), store=True)
        return found

    def query(self, collection: str, field: str, **how: Any) -> list[Document]:
        found: list[Document] = self._fault.around(lambda: self._store.query(collection, field, **how), store=True)
        return found

    def count(self, collection: str, field: str, **how: Any) -> int:
        return int(self._fault.around(lambda: self._store.count(collection, field, **how), store=True))

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        done: list[Written] = self._fault.around(lambda: self._store.commit(writes), store=True)
        return done

    def close(self) -> None:
        self._store.close()


class FaultyCarrier:
    """Another carrier, with a fault."""

    def __init__(self, carrier: Carrier, fault: Fault) -> None:
        self._carrier = carrier
        self._fault = fault

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        def work() -> Outcome:
            return self._carrier.send(text, patience=patience, fresh=fresh)

        done: Outcome = self._fault.around(work, store=False)
        return done

    def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
        return self._carrier.find(to, spoken=spoken)


class FaultyTracker:
    """Another tracker, with a fault: where that does not kill, the answer is lost."""

    def __init__(self, tracker: Tracker, fault: Fault) -> None:
        self._tracker = tracker
        self._fault = fault

    def do(self, project_id: str, error_id: str, operation: Operation, *, patience: float) -> Upshot:
        sound = not self._fault.struck
        done: Upshot = self._fault.around(
            lambda: self._tracker.do(project_id, error_id, operation, patience=patience), store=False
        )
        return Unknown("no answer") if sound and self._fault.struck else done

    def commented(
        self, project_id: str, error_id: str, text: str, since: int, *, patience: float, besides: Collection[str] = ()
    ) -> Finding:
        sound = not self._fault.struck

        def work() -> Finding:
            return self._tracker.commented(project_id, error_id, text, since, patience=patience, besides=besides)

        found: Finding = self._fault.around(work, store=False)
        return Later(None, "no answer") if sound and self._fault.struck else found
