"""
Many hurried callers, few round trips: what is asked while others' requests are under way goes along in the next one.

Reads are joined into one read, commits of different documents into one commit. When a joined commit meets a conflict,
each of its parts is committed by itself, so that nobody fails for another's. Only callers in a hurry (`patience`) are
joined: nobody waits for somebody who has more time.
"""

from collections.abc import Iterator, Sequence
from itertools import count

from bugglio.store import patience
from bugglio.store.groups import Groups
from bugglio.store.port import Document, Reading, Store, StoreError, Unreachable, Write, Written

Outcome = list[Written] | StoreError | ValueError

LANES = 2
"""So many requests of a kind are under way at once before others are joined."""
CALLERS = 32
TOGETHER = 100
"""Writes in a joined commit; one has 400 at most."""


class Pooled:
    """The port on another store."""

    def __init__(self, store: Store, lanes: int = LANES, most: int = CALLERS) -> None:
        """`lanes`: see `LANES`; at most `most` callers are joined."""
        self._store = store
        self._lanes = lanes
        self._turns = count()
        self._reads: Groups[Sequence[str], Reading] = Groups(self._read_all, most, linger=0)
        self._commits: Groups[Sequence[Write], Outcome] = Groups(self._commit_all, most, linger=0)

    def get(self, paths: Sequence[str]) -> Reading:
        """Read documents by path."""
        if not patience.hurried():
            return self._store.get(paths)
        found = self._reads.submit(self._lane(), paths)
        return Reading(found.at, {path: found.documents[path] for path in paths if path in found.documents})

    def query(
        self,
        collection: str,
        field: str,
        *,
        start: int | str | None = None,
        end: int | str | None = None,
        limit: int = 100,
        after: Document | None = None,
        descending: bool = False,
    ) -> list[Document]:
        """Documents by a range of one field."""
        return self._store.query(
            collection, field, start=start, end=end, limit=limit, after=after, descending=descending
        )

    def count(
        self,
        collection: str,
        field: str,
        *,
        start: int | str | None = None,
        end: int | str | None = None,
        most: int | None = None,
    ) -> int:
        """How many documents the range holds."""
        return self._store.count(collection, field, start=start, end=end, most=most)

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        """Apply writes, all or none."""
        if not patience.hurried() or len(writes) > TOGETHER:
            return self._store.commit(writes)
        done = self._commits.submit(self._lane(), writes)
        if isinstance(done, Exception):
            raise done
        return done

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def _lane(self) -> str:
        return str(next(self._turns) % self._lanes)

    def _read_all(self, _: str, asked: Sequence[Sequence[str]]) -> list[Reading]:
        reading = self._store.get(list(dict.fromkeys(path for paths in asked for path in paths)))
        return [reading] * len(asked)

    def _commit_all(self, _: str, asked: Sequence[Sequence[Write]]) -> list[Outcome]:
        done: dict[int, Outcome] = {}
        for batch in _batches(asked):
            done |= self._commit_batch({number: asked[number] for number in batch})
        return [done[number] for number in range(len(asked))]

    def _commit_batch(self, parts: dict[int, Sequence[Write]]) -> dict[int, Outcome]:
        """One commit of them all; if that meets a conflict, or is too large, one of each half, and so on."""
        try:
            written = iter(self._store.commit([write for writes in parts.values() for write in writes]))
        except Unreachable as error:
            return dict.fromkeys(parts, error)
        except (StoreError, ValueError) as error:
            if len(parts) > 1:
                numbers = list(parts)
                halves = numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
                first, second = ({number: parts[number] for number in half} for half in halves)
                return self._commit_batch(first) | self._commit_batch(second)
            return dict.fromkeys(parts, error)
        return {number: [next(written) for _ in writes] for number, writes in parts.items()}


def _batches(asked: Sequence[Sequence[Write]]) -> Iterator[list[int]]:
    """The numbers of commits that can go together: of different documents, and not too many."""
    left = list(range(len(asked)))
    while left:
        batch: list[int] = []
        paths: set[str] = set()
        for number in left:
            own = {write.path for write in asked[number]}
            if not batch or (paths.isdisjoint(own) and len(paths) + len(own) <= TOGETHER):
                batch.append(number)
                paths |= own
        yield batch
        left = [number for number in left if number not in batch]
