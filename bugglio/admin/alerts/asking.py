"""Which alerts a list's address asks for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import abort

from bugglio.pager.browsing.alerts import Wanted, is_known
from bugglio.schedule.wall import EARLIEST, LATEST, WallClock, wall_time

FIELDS = ("past", "team", "state", "since", "until", "project", "stage", "words")
"""What the form asks, by its fields."""
LONGEST = 200
"""Characters of what is searched for."""
_TEAM = re.compile(r"[a-z][a-z0-9-]{0,99}")
_NO_TIME = "This is no time: write it as 2026-02-28T09:00."


@dataclass(frozen=True)
class Asked:
    """What is asked for, as it was written, and what is wrong with it."""

    wanted: Wanted
    fields: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    """Sentences, by field."""

    @property
    def filters(self) -> bool:
        """Whether anything but open or past is asked for."""
        return any(value for name, value in self.fields.items() if name != "past")


def kept(args: Mapping[str, str]) -> dict[str, str]:
    """What of an address is this list's: its questions, and where it goes on."""
    return {name: args[name] for name in (*FIELDS, "after", "before") if args.get(name)}


def asked(args: Mapping[str, str], zone: str) -> Asked:
    """
    What the fields ask for; times are of the clock on the wall of this zone.

    The answer is 400 where no form of ours could have sent them.
    """
    fields = {name: args.get(name, "").strip() for name in FIELDS}
    past = bool(fields["past"])
    odd = fields["team"] and not _TEAM.fullmatch(fields["team"])
    if odd or not is_known(fields["state"], past=past) or max(map(len, fields.values())) > LONGEST:
        abort(400)
    faults: dict[str, str] = {}
    since, until = (_moment(fields, name, zone, faults) for name in ("since", "until"))
    if since is not None and until is not None and since >= until:
        faults["until"] = "This is not after the beginning."
    wanted = Wanted(
        past=past,
        team=fields["team"],
        stands=fields["state"],
        since=since or 0,
        until=until,
        project=fields["project"].casefold(),
        stage=fields["stage"].casefold(),
        words=tuple(re.sub(r"^#(?=[0-9]+$)", "", word) for word in fields["words"].casefold().split()),
    )
    return Asked(wanted, fields, faults)


def _moment(fields: Mapping[str, str], name: str, zone: str, faults: dict[str, str]) -> int | None:
    if not fields[name]:
        return None
    try:
        at = WallClock(zone).instant(wall_time(datetime.fromisoformat(fields[name]).replace(tzinfo=None)))
    except (ValueError, OverflowError):
        at = -1
    if not max(0, EARLIEST) < at < LATEST:
        faults[name] = _NO_TIME
        return None
    return at
