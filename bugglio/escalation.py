"""Whom to page next, and when."""

from dataclasses import dataclass

import msgspec

from bugglio.alert import TRIGGERED, Alert, Entry, note
from bugglio.page import page_id
from bugglio.roster import MINUTE, Roster, Step, Team
from bugglio.wording import moment

SECOND = 1_000
NAG = 30 * MINUTE
"""After the last resort: what is unanswered is told again so often."""


@dataclass(frozen=True)
class Due:
    """A page that the steps call for."""

    id: str
    to: str
    ordinal: int
    position: int
    valid_until: int | None


@dataclass(frozen=True)
class Outage:
    """A span in which no text could be sent at all."""

    since: int
    until: int | None
    """None: it lasts."""


def begin(alert: Alert, team: Team, roster: Roster, now: int) -> tuple[Alert, list[Due]]:
    """The steps begin: the first people are paged."""
    fresh = msgspec.structs.replace(
        alert,
        state=TRIGGERED,
        cycle=alert.cycle + 1,
        born=alert.born or now,
        again=_again(alert, now),
        paged={},
        paged_before=tuple(dict.fromkeys((*alert.paged_before, *alert.paged))),
        until=None,
        lapsed=False,
        reminded_at=None,
        snooze=None,
        acknowledged_by=None,
        acknowledged_at=None,
        quiet_after=team.close_after,
    )
    return _enter(fresh, team, roster, 0, now)


def advance(alert: Alert, team: Team, roster: Roster, now: int) -> tuple[Alert, list[Due]]:
    """
    What a triggered alert's clock calls for now; nothing if nothing is due.

    After a long silence one step is taken, its wait counted from now, and an overdue second page is left out.
    """
    if alert.next_at is not None and alert.next_at <= now:
        return _enter(alert, team, roster, alert.position + 1, now)
    if alert.again_at is not None and alert.again_at <= now:
        return _page(msgspec.structs.replace(alert, again_at=None), alert.waits_for, now, alert.next_at)
    return alert, []


def hurry(alert: Alert, now: int) -> Alert:
    """
    Every page of this step has failed: the next step is due at once. The last resort keeps its half hours.

    The step counts as begun now, so that its clock does not stand for an outage that is over.
    """
    return msgspec.structs.replace(alert, began=now, next_at=now, again_at=None)


def stand(alert: Alert, outage: Outage | None, now: int) -> Alert:
    """The alert with its step's clock put back by the time in which nobody could be texted."""
    if outage is None or alert.next_at is None:
        return alert
    counted = alert.stood if alert.stood_for == outage.since else 0
    end = min(now, outage.until) if outage.until is not None else now
    extra = max(0, end - max(outage.since, alert.began)) - counted
    return _put_back(alert, outage, counted, extra)


def rest(alert: Alert, outage: Outage, now: int) -> Alert:
    """
    The alert with nothing due of it for a minute, in an outage that lasts: it is looked at no more often.

    What that is more than its clock has to stand counts as stood already.
    """
    if alert.next_at is None:
        return alert
    counted = alert.stood if alert.stood_for == outage.since else 0
    nearest = alert.next_at if alert.again_at is None else min(alert.again_at, alert.next_at)
    return _put_back(alert, outage, counted, now + MINUTE - nearest)


def _put_back(alert: Alert, outage: Outage, counted: int, extra: int) -> Alert:
    if alert.next_at is None or extra <= 0:
        return alert
    return msgspec.structs.replace(
        alert,
        stood=counted + extra,
        stood_for=outage.since,
        next_at=alert.next_at + extra,
        again_at=None if alert.again_at is None else alert.again_at + extra,
    )


def past_steps(alert: Alert, team: Team) -> bool:
    """Whether the last resort has been paged, so that only reminders in a digest are left."""
    return alert.position >= _rounds(team)


def unanswered_again(alert: Alert, now: int) -> Alert:
    """The alert after it was named in a digest of what is unanswered."""
    return msgspec.structs.replace(alert, position=alert.position + 1, began=now, next_at=now + NAG, again_at=None)


def _again(alert: Alert, now: int) -> str:
    """What sets the pages of this cycle apart from those of earlier ones."""
    if alert.cycle == 0:
        return ""
    label = f"again {moment(now, alert.born, seconds=now - alert.began < MINUTE)}"
    return f"{label} no. {alert.cycle + 1}" if now - alert.began < SECOND else label


def _rounds(team: Team) -> int:
    return len(team.steps) * team.repeat


def _enter(alert: Alert, team: Team, roster: Roster, position: int, now: int) -> tuple[Alert, list[Due]]:
    if position < _rounds(team):
        step = team.steps[position % len(team.steps)]
    else:
        step = Step(page=(roster.last_resort,), wait=NAG, again=0)
    moved = msgspec.structs.replace(
        alert,
        position=position,
        began=now,
        again_at=now + step.again if 0 < step.again < step.wait else None,
        next_at=now + step.wait,
        stood=0,
        current=(),
        waits_for=step.page,
    )
    return _page(moved, step.page, now, now + step.wait)


def _page(alert: Alert, people: tuple[str, ...], now: int, valid_until: int | None) -> tuple[Alert, list[Due]]:
    pages = [_due(alert, person, valid_until) for person in people]
    paged = {**alert.paged, **{page.to: page.ordinal for page in pages}}
    ids = tuple(page.id for page in pages)
    alert = msgspec.structs.replace(alert, paged=paged, current=(*alert.current, *ids))
    for page in pages:
        alert = note(alert, Entry(at=now, what="page", who=page.to, detail=nth(page.ordinal), page=page.id))
    return alert, pages


def _due(alert: Alert, person: str, valid_until: int | None) -> Due:
    ordinal = alert.paged.get(person, 0) + 1
    key = page_id(alert.mark, alert.cycle, person, ordinal)
    return Due(key, person, ordinal, alert.position, valid_until)


def nth(ordinal: int) -> str:
    """`2nd page`, as a page says it of itself; the first says nothing."""
    if ordinal < 2:
        return ""
    ending = "th" if ordinal % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(ordinal % 10, "th")
    return f"{ordinal}{ending} page"
