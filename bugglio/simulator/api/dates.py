"""Twilio's filters by date, such as `DateSent>=2026-01-09`."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from bugglio.simulator.errors import ApiError

Span = tuple[float, float]
"""Milliseconds since 1970, the end left out."""


def spans(args: Mapping[str, str], name: str) -> list[Span]:
    """Read the filters on, before and after a date out of a query. Raises Twilio's error for what is no date."""
    return [_span(asked, args[asked]) for asked in (name, f"{name}<", f"{name}>") if args.get(asked)]


def _span(asked: str, told: str) -> Span:
    """Midnight stands for its day: Twilio's libraries write a date so."""
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise ApiError(20001, asked) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    start = moment.timestamp() * 1000
    if asked.endswith("<"):
        return float("-inf"), start + 1
    if asked.endswith(">"):
        return start, float("inf")
    length = timedelta(days=1) if moment.time() == time.min else timedelta(seconds=1)
    return start, start + length.total_seconds() * 1000
