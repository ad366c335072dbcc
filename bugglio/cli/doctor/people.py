"""Who is on duty in the coming days, and whether they can be reached."""

from collections.abc import Sequence

from bugglio.cli.doctor.checks import Check, Checks, good, told, wrong
from bugglio.config import Settings
from bugglio.foresight import Worry, coming, worries
from bugglio.pager.kit import Kit
from bugglio.pager.lookout import DAYS, phones_of
from bugglio.roster import DAY, Roster

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


def of_roster(kit: Kit, settings: Settings) -> Checks:
    """What the roster lacks."""
    now, roster = kit.store.get([]).at, kit.roster()
    yield _applied(roster)
    known = phones_of(kit.store, roster, coming(roster, now, now + DAYS * DAY))
    found = worries(roster, known, now, DAYS)
    for kind, (name, mend) in MENDS.items():
        yield _of_kind(name, [one for one in found if one.kind == kind], mend)
    yield from (told("change of clocks", one.text) for one in found if one.kind == "clock")
    yield from _of_calls(roster, settings)


def _of_calls(roster: Roster, settings: Settings) -> Checks:
    calling = any(step.call for team in roster.teams.values() for step in team.all_steps)
    if calling and not settings.twilio_caller_id:
        yield wrong("calls", NO_CALLS, CALLER)


def _applied(roster: Roster) -> Check:
    if not roster.version:
        return told("roster", NO_ROSTER, "python -m bugglio apply oncall.yaml")
    people = f"{len(roster.engineers)} {'person' if len(roster.engineers) == 1 else 'people'}"
    teams = f"{len(roster.teams)} team{'' if len(roster.teams) == 1 else 's'}"
    return good("roster", f"version {roster.version}: {people}, {teams}")


def _of_kind(name: str, found: Sequence[Worry], mend: str) -> Check:
    if not found:
        return good(name, f"none in the next {DAYS} days")
    more = f" And {len(found) - SHOWN} more." if len(found) > SHOWN else ""
    return wrong(name, " ".join(one.text for one in found[:SHOWN]) + more, mend)
