"""Group commit: what arrives for one key (an alert, say) while its commit is under way goes into the next one."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from bugglio.store import patience

Item = TypeVar("Item")
Result = TypeVar("Result")

CROWD = 8
"""From so many callers at once on, a key is hot."""
FAIR = 1.0
"""Seconds that whoever leads others has for them, however long it waited: they came later, and have more time left."""
LINGER = 0.1
"""Seconds for which the leader of a hot key waits for half of the crowd, so that a storm makes few commits."""


class _Ticket(Generic[Item, Result]):
    """One caller's item, and in the end its result."""

    __slots__ = ("_gate", "error", "item", "leads", "results")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.results: list[Result] = []
        self.error: BaseException | None = None
        self.leads = False
        self._gate = threading.Lock()
        self._gate.acquire()

    def wait(self) -> bool:
        """Wait until the item is done (False), or until this caller has to lead (True)."""
        self._gate.acquire()
        return self.leads

    def linger(self, seconds: float) -> None:
        """Wait to be called again, but no longer than that."""
        self._gate.acquire(timeout=seconds)

    def call(self, *, lead: bool) -> None:
        self.leads = lead
        self._gate.release()


class _Queue(Generic[Item, Result]):
    """Who waits while a group of the key is at work."""

    __slots__ = ("enough", "lingering", "waiting")

    def __init__(self) -> None:
        self.waiting: list[_Ticket[Item, Result]] = []
        self.enough = 0
        """So many are worth a commit: half of those who were there when the last group was done, if they were many."""
        self.lingering: _Ticket[Item, Result] | None = None

    def join(self, ticket: _Ticket[Item, Result]) -> None:
        """Wait here; the leader, if it lingers, is called once there are enough."""
        self.waiting.append(ticket)
        if self.lingering is not None and len(self.waiting) >= self.enough:
            self.lingering.call(lead=True)
            self.lingering = None


class Groups(Generic[Item, Result]):
    """
    Runs items in groups by key, one group of a key at a time.

    `run(key, items)` gives one result per item. Whoever comes first leads; while they are at work others gather, and
    the first of those leads the next group, so nobody works for others longer than for themselves. On a hot key the
    leader lingers a little: the one half of the crowd arrives while the other half's commit is under way.
    """

    def __init__(
        self, run: Callable[[str, Sequence[Item]], Sequence[Result]], most: int = 200, linger: float = LINGER
    ) -> None:
        """Keep the work to be done; a group has at most `most` items, and its leader lingers up to `linger` seconds."""
        self._run = run
        self._most = most
        self._linger = linger
        self._lock = threading.Lock()
        self._queues: dict[str, _Queue[Item, Result]] = {}

    def submit(self, key: str, item: Item) -> Result:
        """Do this item's work, with others of its key; raises what `run` raised for its group."""
        ticket: _Ticket[Item, Result] = _Ticket(item)
        with self._lock:
            queue = self._queues.get(key)
            if queue is None:
                self._queues[key] = _Queue()
            else:
                queue.join(ticket)
        if queue is None:
            self._lead(key, ticket)
        elif ticket.wait():
            self._gather(queue, ticket)
            self._lead(key, ticket)
        if ticket.error is not None:
            raise ticket.error
        return ticket.results[0]

    @property
    def gathered(self) -> int:
        """How many items wait for a group that is under way."""
        with self._lock:
            return sum(len(queue.waiting) for queue in self._queues.values())

    def _gather(self, queue: _Queue[Item, Result], ticket: _Ticket[Item, Result]) -> None:
        with self._lock:
            if len(queue.waiting) >= queue.enough:
                return
            queue.lingering = ticket
        ticket.linger(self._linger)
        with self._lock:
            queue.lingering = None

    def _lead(self, key: str, ticket: _Ticket[Item, Result]) -> None:
        with self._lock:
            queue = self._queues[key]
            group = [ticket, *queue.waiting[: self._most - 1]]
            del queue.waiting[: self._most - 1]
        try:
            self._work(key, group)
        finally:
            self._hand_over(key, len(group))
            for one in group[1:]:
                one.call(lead=False)

    def _work(self, key: str, group: Sequence[_Ticket[Item, Result]]) -> None:
        try:
            with patience.at_least(FAIR if len(group) > 1 else 0.0):
                results = self._run(key, [one.item for one in group])
            for one, result in zip(group, results, strict=True):
                one.results.append(result)
        except BaseException as error:  # noqa: BLE001 - every caller of the group must learn that its item failed
            for one in group:
                one.error = error

    def _hand_over(self, key: str, done: int) -> None:
        with self._lock:
            queue = self._queues[key]
            if not queue.waiting:
                del self._queues[key]
                return
            crowd = done + len(queue.waiting)
            queue.enough = crowd // 2 - 1 if self._linger and crowd >= CROWD else 0
            following = queue.waiting.pop(0)
        following.call(lead=True)
