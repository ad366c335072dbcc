"""Group commit: what arrives for one alert while its commit is under way goes into the next one."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Ticket(Generic[Item, Result]):
    """One caller's item, and in the end its result."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.results: list[Result] = []
        self.error: BaseException | None = None
        self.done = False
        self.leads = False
        self.called = threading.Condition()

    def wait(self) -> bool:
        """Wait until the item is done (False), or until this caller has to lead (True)."""
        with self.called:
            while not (self.done or self.leads):
                self.called.wait()
            return not self.done

    def call(self, *, lead: bool) -> None:
        with self.called:
            self.leads, self.done = lead, not lead
            self.called.notify()


class Groups(Generic[Item, Result]):
    """
    Runs items in groups by key, one group of a key at a time.

    `run(key, items)` gives one result per item. Whoever comes first leads; while they are at work others gather, and
    the first of those leads the next group, so nobody works for others longer than for themselves.
    """

    def __init__(self, run: Callable[[str, Sequence[Item]], Sequence[Result]], most: int = 200) -> None:
        """Keep the work to be done; a group has at most `most` items."""
        self._run = run
        self._most = most
        self._lock = threading.Lock()
        self._gathering: dict[str, list[_Ticket[Item, Result]]] = {}

    def submit(self, key: str, item: Item) -> Result:
        """Do this item's work, with others of its key; raises what `run` raised for its group."""
        ticket: _Ticket[Item, Result] = _Ticket(item)
        with self._lock:
            waiting = self._gathering.get(key)
            if waiting is None:
                self._gathering[key] = []
            else:
                waiting.append(ticket)
        if waiting is None or ticket.wait():
            self._lead(key, ticket)
        if ticket.error is not None:
            raise ticket.error
        return ticket.results[0]

    @property
    def gathered(self) -> int:
        """How many items wait for a group that is under way."""
        with self._lock:
            return sum(map(len, self._gathering.values()))

    def _lead(self, key: str, ticket: _Ticket[Item, Result]) -> None:
        with self._lock:
            waiting = self._gathering[key]
            group = [ticket, *waiting[: self._most - 1]]
            self._gathering[key] = waiting[self._most - 1 :]
        try:
            self._work(key, group)
        finally:
            self._hand_over(key)
            for one in group[1:]:
                one.call(lead=False)

    def _work(self, key: str, group: Sequence[_Ticket[Item, Result]]) -> None:
        try:
            results = self._run(key, [one.item for one in group])
            for one, result in zip(group, results, strict=True):
                one.results.append(result)
        except BaseException as error:  # noqa: BLE001 - every caller of the group must learn that its item failed
            for one in group:
                one.error = error

    def _hand_over(self, key: str) -> None:
        with self._lock:
            waiting = self._gathering[key]
            if not waiting:
                del self._gathering[key]
                return
            following = waiting.pop(0)
        following.call(lead=True)
