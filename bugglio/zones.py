"""Time zones by name. One that the tables here do not have counts as UTC: no page is lost for it."""

from datetime import UTC, tzinfo
from functools import cache
from zoneinfo import ZoneInfo


@cache
def zone_of(name: str) -> tzinfo:
    """The zone's table. Asked for again and again, one that is missing would be looked for on the disk each time."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def known(name: str) -> str:
    """The name, or UTC if the tables here do not have it: an older machine's may not."""
    return "UTC" if zone_of(name) is UTC else name
