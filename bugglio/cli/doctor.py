"""What a working pager needs, what is found of it, and how to mend what is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bugglio.cli import common
from bugglio.cli.common import command
from bugglio.config import ConfigurationError, Settings
from bugglio.foresight import Worry, coming, worries
from bugglio.laptop import NeverRun, Unusable
from bugglio.pager.kit import Kit
from bugglio.pager.lookout import DAYS, phones_of
from bugglio.roster import DAY, Roster
from bugglio.store import StoreError

SHOWN = 20
"""So many of one kind are told."""
NO_ROSTER = "no roster file was applied: every project pages on-duty, the phone of ON_DUTY"
NO_CALLS = "a step has `call: true`, and no phone rings: a messaging service makes no calls"
CALLER = "Set TWILIO_CALLER_ID to a number of Twilio's that can call, beside TWILIO_MESSAGING_SERVICE_SID."
MENDS = {
    "gap": ("nobody on duty", "Put somebody there: hours, overrides or steps of the roster file, then apply it."),
    "alone": ("one person in two steps", "Name somebody else in one of the steps, then apply the file."),
    "unverified": ("phones never heard of", "Have them reply ok to the welcome, or text anything to bugglio's number."),
    "unreachable": ("people who cannot be reached", "Have them text START, or correct the number in the roster file."),
}
"""Per kind of worry: what is checked, and how it is mended."""


@dataclass(frozen=True)
class Check:
    """One thing that a working pager needs; `ok` None: it cannot be checked, or is only told."""

    name: str
    ok: bool | None
    found: str
    mend: str = ""


def _good(name: str, found: str) -> Check:
    return Check(name, ok=True, found=found)


def _wrong(name: str, found: str, mend: str) -> Check:
    return Check(name, ok=False, found=found, mend=mend)


def register(commands: Any) -> None:
    """Add the command to the parser."""
    command(commands, "doctor", doctor, "check what a working pager needs, and say how to mend it", facts=True)


def doctor(asked: Any) -> int:
    """Tell all checks; 1 if something is wrong."""
    found = list(_checks(asked))
    common.say(asked, {"checks": [asdict(one) for one in found]}, [_line(one) for one in found])
    return int(any(one.ok is False for one in found))


def _checks(asked: Any) -> Iterator[Check]:
    try:
        works = common.app(asked).works
    except ConfigurationError as error:
        yield from (_wrong("settings", fault, "Set it, or correct it.") for fault in error.faults)
        return
    except NeverRun as error:
        yield _wrong("settings", str(error), "Start it once, or name its folder with --data.")
        return
    except Unusable as error:
        yield _wrong("settings", str(error), "")
        return
    except StoreError as error:
        yield _wrong("store", f"it cannot be reached: {error}", "See BUGGLIO_STORE.")
        return
    yield _good("settings", "whole")
    try:
        yield from _of_roster(works.kit)
        yield from _of_calls(works.kit.roster(), works.settings)
    except StoreError as error:
        yield _wrong("store", f"it cannot be reached: {error}", "See BUGGLIO_STORE.")


def _of_roster(kit: Kit) -> Iterator[Check]:
    now = kit.store.get([]).at
    roster = kit.roster()
    yield _good("store", "it answers")
    yield _applied(roster)
    known = phones_of(kit.store, roster, coming(roster, now, now + DAYS * DAY))
    found = worries(roster, known, now, DAYS)
    for kind, (name, mend) in MENDS.items():
        yield _of_kind(name, [one for one in found if one.kind == kind], mend)
    yield from (Check("change of clocks", None, one.text) for one in found if one.kind == "clock")


def _of_calls(roster: Roster, settings: Settings) -> Iterator[Check]:
    calling = any(step.call for team in roster.teams.values() for step in team.all_steps)
    if calling and not settings.twilio_caller_id:
        yield _wrong("calls", NO_CALLS, CALLER)


def _applied(roster: Roster) -> Check:
    if not roster.version:
        return Check("roster", None, NO_ROSTER, "python -m bugglio apply oncall.yaml")
    people = f"{len(roster.engineers)} {'person' if len(roster.engineers) == 1 else 'people'}"
    teams = f"{len(roster.teams)} team{'' if len(roster.teams) == 1 else 's'}"
    return _good("roster", f"version {roster.version}: {people}, {teams}")


def _of_kind(name: str, found: Sequence[Worry], mend: str) -> Check:
    if not found:
        return _good(name, f"none in the next {DAYS} days")
    more = f" And {len(found) - SHOWN} more." if len(found) > SHOWN else ""
    return _wrong(name, " ".join(one.text for one in found[:SHOWN]) + more, mend)


def _line(one: Check) -> str:
    state = {True: "ok", False: "WRONG", None: "note"}[one.ok]
    mend = f"\n       {one.mend}" if one.mend and one.ok is not True else ""
    return f"{state:<5}  {one.name}: {one.found}{mend}"
