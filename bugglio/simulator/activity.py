"""The page's list: what was sent to bugglio, and what it answered."""

import json
from collections import deque
from dataclasses import dataclass
from typing import Any

from bugglio.simulator.memory import Memory
from bugglio.simulator.post import Answer
from bugglio.simulator.records import iso

KEPT = 100
"""Lines; older ones are forgotten."""


@dataclass(frozen=True)
class Activity:
    """One line of the page's list: what happened, and what was answered."""

    at: int
    what: str
    status: int | None
    answer: str
    change: int

    def for_page(self) -> dict[str, Any]:
        """The line as JSON."""
        told = {"at": iso(self.at), "what": self.what, "status": self.status}
        return {**told, "answer": self.answer, "summary": self.summary()}

    def summary(self) -> str:
        """The answer in short: bugglio's outcome with code and reason, or the words as they came."""
        try:
            told = json.loads(self.answer)
        except ValueError:
            return self.answer
        if not isinstance(told, dict) or "outcome" not in told:
            return self.answer
        code, reason = told.get("code"), told.get("reason")
        return f"{told['outcome']}{f' #{code}' if code else ''}{f': {reason}' if reason else ''}"


class Activities:
    """The list itself; each line counts as a change of the records."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._lines: deque[Activity] = deque(maxlen=KEPT)

    def note(self, what: str, answer: Answer | None, words: str) -> None:
        """Add a line; `answer` None means that nobody answered."""
        memory = self._memory
        with memory.lock:
            memory.records.change += 1
            status = answer.status if answer else None
            self._lines.append(Activity(memory.clock(), what, status, words, memory.records.change))

    def since(self, change: int) -> list[Activity]:
        """The lines after this change, oldest first."""
        with self._memory.lock:
            return [line for line in self._lines if line.change > change]
