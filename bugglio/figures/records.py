"""What a closed alert leaves for the figures."""

import msgspec

from bugglio.roster import HOUR

COUNTED_AFTER = HOUR
"""So long after a closing, or after a page was made, it is counted: by then it can hardly become something else."""


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """One closing of an alert. Times in milliseconds."""

    v: int = 1
    alert: str
    code: int = 0
    team: str
    project: str = ""
    cycle: int = 0
    opened: int
    born: int = 0
    """When its steps first began, at whichever opening."""
    asked_at: int | None = None
    """When somebody was first asked to answer for it since it was opened; None: nobody was."""
    answered_at: int | None = None
    """When somebody first did; None: nobody did."""
    closed_at: int
    how: str = ""
    who: str = ""
    pages: int = 0
    """So many pages were due of it in its last cycle."""

    @property
    def to_answer(self) -> int | None:
        """Milliseconds from the first asking to the first answer, where there were both."""
        asked, answered = self.asked_at, self.answered_at
        if asked is None or answered is None or asked < self.opened:
            # An older version of bugglio opened it again, and left what was of its earlier life.
            return None
        return answered - asked if answered >= asked else None

    @property
    def to_close(self) -> int:
        """Milliseconds from its opening to its closing."""
        return max(0, self.closed_at - self.opened)
