"""What a bench is given to measure with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Means:
    """How much is to be done, where, and on which emulator."""

    folder: Path
    """For stores and logs; it is gone afterwards."""
    emulator: Callable[[], str]
    """The address of Firestore's emulator, started when it is first asked for; raises `Lacking`."""
    rounds: int = 5
    """So often each figure and its baseline are measured, by turns."""
    share: float = 1.0
    """How much of the full work is done; tests do little."""

    def of(self, full: int, least: int = 1) -> int:
        """So much of something that is `full` in a full run."""
        return max(least, round(full * self.share))
