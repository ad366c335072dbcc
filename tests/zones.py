"""Time zones, and instants close to those at which their clocks change."""

from datetime import datetime

from hypothesis import strategies as st

from bugglio.roster import HOUR, MINUTE
from bugglio.times import Clock

SECOND = 1_000
CHANGING = (
    "America/Havana",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Europe/London",
    "Pacific/Chatham",
)
STEADY = ("Asia/Kathmandu", "Asia/Shanghai", "Etc/GMT+12", "Mars/Olympus_Mons", "Pacific/Kiritimati", "UTC")
ZONES = (*CHANGING, *STEADY)


def at(text: str) -> int:
    """An instant: `2026-10-25T01:30+01:00`."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


TURNS = tuple(
    map(
        at,
        (
            "2026-03-29T01:00Z",
            "2026-04-04T14:00Z",
            "2026-04-04T15:00Z",
            "2026-04-05T03:00Z",
            "2026-10-25T01:00Z",
            "2026-11-01T05:00Z",
            "2026-11-01T06:00Z",
        ),
    )
)
"""Clocks change in London and Nuuk, on Chatham, on Lord Howe, in Santiago, London and Nuuk, Havana, New York."""


def instants() -> st.SearchStrategy[int]:
    """Instants within hours of a change, often at whole minutes."""
    around = st.integers(-6 * 60, 6 * 60).map(lambda minutes: minutes * MINUTE) | st.integers(-6 * HOUR, 6 * HOUR)
    return st.builds(int.__add__, st.sampled_from(TURNS), around)


def clocks() -> st.SearchStrategy[Clock]:
    """Clocks of any zone, some of which have just taken another's place."""
    return st.builds(Clock, st.sampled_from(ZONES), st.just(0) | instants())
