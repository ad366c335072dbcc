"""What is to come, and what is known of people's phones: while it is not so yet, all can be well."""

from collections.abc import Iterator

from bugglio import mending
from bugglio import phone as phones
from bugglio.admin.status.troubles import AHEAD, NAMED, Trouble, listed, lost_since, name
from bugglio.foresight import Worry, turns
from bugglio.pager.browsing.status import Seen
from bugglio.pager.wellbeing.upstream import LASTING
from bugglio.roster import DAY, MINUTE, Roster
from bugglio.standing import Duty

SHOWN = 5
"""So many gaps are told."""
SLOT = 10 * MINUTE
"""So long what is foreseen of a roster is remembered with it."""


def coming(seen: Seen, roster: Roster, duty: Duty) -> list[Trouble]:
    """All of it."""
    return [
        *_foreseen(roster, seen.at),
        *_unreachable(seen, roster, duty),
        *_unverified(seen, roster),
        *_upstream(seen),
        *_strangers(seen),
    ]


def _foreseen(roster: Roster, now: int) -> Iterator[Trouble]:
    for kind, what in ((mending.GAP, "gaps"), (mending.ALONE, "steps with one person alone")):
        found = [one for one in _worries(roster, now) if one.kind == kind]
        for one in found[:SHOWN]:
            yield Trouble(AHEAD, kind, one.text.removesuffix("."))
        if len(found) > SHOWN:
            yield Trouble(AHEAD, kind, f"{len(found) - SHOWN} more teams have {what} in the coming 14 days")


def _worries(roster: Roster, now: int) -> list[Worry]:
    """Worked out once in a while: as long as nobody changes the roster, little changes in what it foresees."""
    slot, key = now // SLOT, "the days ahead"
    known: tuple[int, list[Worry]] | None = roster.memo.get(key)
    if known is None or known[0] != slot:
        known = roster.memo[key] = slot, turns(roster, now)
    return known[1]


def _unreachable(seen: Seen, roster: Roster, duty: Duty) -> Iterator[Trouble]:
    """Who will be paged in vain; of whoever is on duty that is trouble already."""
    for person, phone in seen.phones.items():
        why = phones.unreachable(phone, seen.at)
        if why and person not in duty.people and person != roster.last_resort:
            what = f"{name(roster, person)} can be paged in the coming days and cannot be reached: {why}"
            yield Trouble(AHEAD, mending.of_phone(phone), what, lost_since(phone))


def _unverified(seen: Seen, roster: Roster) -> Iterator[Trouble]:
    silent = [person for person, phone in seen.phones.items() if not phone.heard_at and person != roster.last_resort]
    people = [name(roster, person) for person in silent if roster.version]
    unread = int(seen.ahead.get("unverified_all", 0)) - len(seen.ahead.get("unverified") or ())
    rest = max(0, len(people) - NAMED) + max(0, unread)
    named = [*people[:NAMED], *([f"{rest} more"] if rest else [])]
    if people:
        phone = "phones" if len(named) > 1 else "phone"
        yield Trouble(AHEAD, mending.UNVERIFIED, f"No text has ever come from the {phone} of {listed(named)}")


def _upstream(seen: Seen) -> Iterator[Trouble]:
    at = seen.upstream.get("at")
    if at is not None and seen.at - at < LASTING:
        what = f"Bugsnag did not do what somebody here asked for: {seen.upstream['cause']}"
        yield Trouble(AHEAD, mending.BUGSNAG, what, at)


def _strangers(seen: Seen) -> Iterator[Trouble]:
    met = seen.strangers.get("limit_met")
    if met is not None and met // DAY == seen.at // DAY:
        what = "Phones that are not on the roster have texted so often that they get no answer today"
        yield Trouble(AHEAD, mending.STRANGERS, what, met)
