"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

MONDAY_MORNING = datetime(2026, 2, 2, 9, tzinfo=UTC)
"""Where every story begins: 2026-02-02T09:00:00Z."""


class Clock:
    """Time in integer milliseconds since 1970 (UTC)."""

    def __init__(self, start: datetime = MONDAY_MORNING) -> None:
        self._at = start

    def now(self) -> int:
        """The time it shows."""
        return int(self._at.timestamp() * 1000)

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> int:
        """Go on by so much, and tell the new time."""
        self._at += timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        return self.now()
