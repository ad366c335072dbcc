"""Whoever was asked whether they noticed their shift: whether the text arrived, and the phone is in use."""

from dataclasses import dataclass

import msgspec

from bugglio import when, wording
from bugglio.page import DELIVERED, DROPPED, FAILED, Page
from bugglio.phone import Phone
from bugglio.roster import DAY, MINUTE, Engineer, Roster

AGAIN = 30 * MINUTE
"""So long somebody has to answer ..."""
SILENT = 7 * DAY
"""... from whose phone nothing has come for so long."""


class Pending(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question whose answer is waited for. Times in milliseconds."""

    page: str
    who: str
    team: str
    what: str
    start: int
    """When the shift begins."""
    at: int
    before: tuple[str, ...] = ()
    """Who had it."""


@dataclass(frozen=True)
class Verdict:
    """What is known of an answer: when to look again, or who has to be told of what."""

    again_at: int | None = None
    told: bool = False
    cause: str = ""
    """Why the text did not arrive."""


def verdict(pending: Pending, page: Page | None, phone: Phone, now: int) -> Verdict:
    """Whether all is well with a question, or the wait goes on."""
    if page is None or page.state == DROPPED or now - pending.at >= DAY:
        return Verdict()
    if page.state == FAILED:
        return Verdict(told=True, cause=page.cause or "no reason was given")
    if page.open or not page.attempts:
        return Verdict(again_at=now + MINUTE)
    asked_at = page.attempts[-1].at
    in_use = now - phone.heard_at < SILENT
    if phone.heard_at >= asked_at or (in_use and page.state == DELIVERED):
        return Verdict()
    if now >= asked_at + AGAIN:
        return Verdict(told=not in_use)
    return Verdict(again_at=asked_at + AGAIN if page.state == DELIVERED else min(now + MINUTE, asked_at + AGAIN))


def concerned(roster: Roster, pending: Pending) -> list[Engineer]:
    """Whoever hears of it: the team's admins (all, if it has none), and those who had the shift."""
    admins = [one for one in roster.admins if one.id != pending.who]
    own = [one for one in admins if one.id in roster.team(pending.team).people]
    before = [roster.engineers[name] for name in pending.before if name in roster.engineers]
    return list({one.id: one for one in (*(own or admins), *before)}.values())


def unanswered(roster: Roster, pending: Pending, reader: Engineer, cause: str, now: int) -> str:
    """What a reader is told of somebody who has not answered, or was not reached."""
    person = roster.engineers.get(pending.who)
    begins = "began" if pending.start <= now else "begins"
    moment = when.told(pending.start, now, roster.zone_for(reader.id, pending.team))
    name = person.name if person is not None else pending.who
    return wording.shift_unanswered(name, pending.what, f"{begins} {moment}", cause)
