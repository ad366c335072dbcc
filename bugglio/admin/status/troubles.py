"""What is wrong, and what is not as it should be: each with how it is mended."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest

from bugglio import mending, silence
from bugglio.health import SENDER, Ailment, ailments, lost_for_good
from bugglio.pager.browsing.status import Seen
from bugglio.phone import Phone
from bugglio.remedies import of_code
from bugglio.roster import Roster
from bugglio.standing import Duty, unreached

BAD, WARN, AHEAD = "bad", "warn", "ahead"
"""Pages may not arrive; not all is well; all is well as yet."""
NAMED = 3
"""So many of a kind are named."""


@dataclass(frozen=True)
class Trouble:
    """One thing."""

    grade: str
    kind: str
    what: str
    """Without its full stop."""
    since: int | None = None
    until: int | None = None
    how: str = ""
    """How it is mended, where more is known than of its kind."""

    @property
    def mend(self) -> str:
        """What to do, in a sentence."""
        return self.how or mending.MENDS[self.kind]


def present(seen: Seen, roster: Roster, duty: Duty) -> list[Trouble]:
    """All that is so now, the gravest first; empty: all is well as far as nothing is open."""
    return [
        *(_ailing(one, seen) for one in ailments(seen.vitals)),
        *_unticked(seen),
        *_nobody(roster, duty),
        *_unreached(seen, roster, duty),
        *_budget(seen),
        *_muted(roster, seen.at),
        *_quiet(roster, seen.at),
    ]


def _ailing(ailment: Ailment, seen: Seen) -> Trouble:
    sender = seen.vitals.sender
    how = of_code(sender.code, sender.cause).mend if ailment.kind == SENDER else ""
    return Trouble(BAD, ailment.kind, f"{ailment.what[:1].upper()}{ailment.what[1:]}", ailment.since, how=how)


def _unticked(seen: Seen) -> Iterator[Trouble]:
    if seen.vitals.tick is None:
        yield Trouble(WARN, mending.NEVER, "No tick has come yet: until one does, nothing goes on by itself")


def _nobody(roster: Roster, duty: Duty) -> Iterator[Trouble]:
    if duty.uncovered:
        last = name(roster, roster.last_resort)
        teams = listed(duty.uncovered)
        yield Trouble(WARN, mending.NOBODY, f"Nobody is on duty in {teams}: pages go to {last}, the last resort")
    elif not duty.people:
        yield Trouble(WARN, mending.NOBODY, "Nobody is on duty: there is no team yet")


def _unreached(seen: Seen, roster: Roster, duty: Duty) -> Iterator[Trouble]:
    for person, why in unreached(duty.people, seen.phones, seen.at).items():
        phone = seen.phones[person]
        # Of the last resort's phone the pager's own health tells.
        if person != roster.last_resort or not lost_for_good(phone):
            what = f"{name(roster, person)} is on duty and cannot be reached: {why}"
            yield Trouble(WARN, mending.of_phone(phone), what, lost_since(phone))


def _budget(seen: Seen) -> Iterator[Trouble]:
    used, allowed = seen.budget.used_by(seen.at), seen.budget.allowed
    if seen.budget.is_spent(seen.at):
        yield Trouble(WARN, mending.BUDGET, f"Today's {allowed} texts are used up")
    elif seen.budget.is_low(seen.at):
        yield Trouble(WARN, mending.BUDGET, f"{used} of today's {allowed} texts are used")


def _muted(roster: Roster, now: int) -> Iterator[Trouble]:
    muted = [one for one in roster.mutes if one.until > now]
    for one in nsmallest(NAMED, muted, key=lambda one: one.until):
        by = f" by {name(roster, one.by)}" if one.by else ""
        yield Trouble(WARN, mending.MUTED, f"{one.project} is muted{by}", until=one.until)
    if len(muted) > NAMED:
        yield Trouble(WARN, mending.MUTED, f"{len(muted) - NAMED} more projects are muted")


def _quiet(roster: Roster, now: int) -> Iterator[Trouble]:
    teams = roster.teams.values() if roster.quiets else ()
    silent = {one.engineer: one for team in teams for one in silence.quiets(roster, team, now)}
    for one in nsmallest(NAMED, silent.values(), key=lambda one: one.until):
        yield Trouble(WARN, mending.QUIET, f"{name(roster, one.engineer)} is quiet", until=one.until)
    if len(silent) > NAMED:
        yield Trouble(WARN, mending.QUIET, f"{len(silent) - NAMED} more people are quiet")


def lost_since(phone: Phone) -> int | None:
    """Since when a phone cannot be reached, as far as is known."""
    return (phone.stopped_at if phone.opted_out else phone.failed_at) or None


def name(roster: Roster, person: str) -> str:
    """What somebody is called; the id of whoever is gone."""
    known = roster.engineers.get(person)
    return known.name if known is not None else person


def listed(names: Iterable[str]) -> str:
    """`shop, web and api`; of many the first few, and how many more; nothing of none."""
    some = list(names)
    if len(some) > NAMED + 1:
        some = [*some[:NAMED], f"{len(some) - NAMED} more"]
    return " and ".join(filter(None, (", ".join(some[:-1]), *some[-1:])))
