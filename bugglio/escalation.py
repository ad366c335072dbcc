"""Whom to page next, and when."""

from dataclasses import dataclass, replace

import msgspec

from bugglio.alert import TRIGGERED, Alert, Entry, Plan, note
from bugglio.crew import Called, Crew
from bugglio.page import page_id
from bugglio.roster import DEFAULT, MINUTE, ON_DUTY, Step
from bugglio.times import Timed

SECOND = 1_000
NAG = 30 * MINUTE
"""After the last resort: what is unanswered is told again so often."""
LAST_STEP = Step(page=(ON_DUTY,), wait=NAG, again=0)
"""What comes after all steps and their repeats."""


@dataclass(frozen=True)
class Due:
    """A page that the steps call for."""

    id: str
    to: str
    ordinal: int
    position: int
    valid_until: int | None
    call: bool = False
    """The phone rings and says it; otherwise a text."""
    passed_by: str = ""
    """The name of whoever passed it on."""


@dataclass(frozen=True)
class Outage:
    """A span in which no text could be sent at all."""

    since: int
    until: int | None
    """None: it lasts."""


def begin(alert: Alert, crew: Crew, now: int, name: str = DEFAULT) -> tuple[Alert, list[Due]]:
    """The steps of this name begin: the first people who can be reached are paged."""
    team = crew.team
    plan = Plan(steps=team.steps_named(name), repeat=team.repeat, name=name)
    fresh = msgspec.structs.replace(_new_cycle(alert, now), quiet_after=team.close_after, plan=plan)
    return _enter(fresh, crew, 0, now)


def advance(alert: Alert, crew: Crew, now: int) -> tuple[Alert, list[Due]]:
    """
    What a triggered alert's clock calls for now; nothing if nothing is due.

    After a long silence one step is taken, its wait counted from now, and an overdue second page is left out.
    """
    if alert.next_at is not None and alert.next_at <= now:
        return _enter(alert, crew, alert.position + 1, now)
    if alert.again_at is not None and alert.again_at <= now:
        people = crew.reachable(alert.waits_for, now)
        call = alert.plan is not None and _step(alert.plan, alert.position).call
        return _page(msgspec.structs.replace(alert, again_at=None), people, now, alert.next_at, call=call)
    return alert, []


def escalate(alert: Alert, crew: Crew, now: int) -> tuple[Alert, list[Due]]:
    """Somebody wants the next step at once, whatever had become of the alert; what was kept quiet begins."""
    if alert.rule or alert.plan is None:
        return begin(alert, crew, now)
    return _enter(_asked_again(alert), crew, alert.position + 1, now)


def pass_on(alert: Alert, crew: Crew, person: str, now: int) -> tuple[Alert, list[Due]]:
    """Somebody else is paged instead, and the wait of the present step starts again; other pages are not wanted."""
    fresh = msgspec.structs.replace(_new_cycle(alert, now), plan=_plan(alert, crew))
    step = msgspec.structs.replace(_step(_plan(alert, crew), alert.position), again=0)
    return _take(fresh, step, (person,), alert.position, now)


def _new_cycle(alert: Alert, now: int) -> Alert:
    """The alert whose pages count anew, and say so."""
    return msgspec.structs.replace(
        _asked_again(alert),
        cycle=alert.cycle + 1,
        born=alert.born or now,
        asked_at=alert.asked_at or now,
        anew=_anew(alert, now),
        paged={},
        paged_before=tuple(dict.fromkeys((*alert.paged_before, *alert.paged))),
    )


def _asked_again(alert: Alert) -> Alert:
    """The alert as somebody is asked again to answer for it."""
    return msgspec.structs.replace(
        alert,
        state=TRIGGERED,
        until=None,
        lapsed=False,
        quiet_until=None,
        reminded_at=None,
        snooze=None,
        acknowledged_by=None,
        acknowledged_at=None,
        rule="",
        held=None,
        noted_at=None,
    )


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


def past_steps(alert: Alert, crew: Crew) -> bool:
    """Whether the last resort has been paged, so that only reminders in a digest are left."""
    return alert.held is None and alert.position >= _rounds(_plan(alert, crew))


def following(alert: Alert, crew: Crew) -> tuple[Step, int]:
    """The step that comes when the wait of the present one is over, and its number in the list; 0: the last resort."""
    plan = _plan(alert, crew)
    at = alert.position + 1
    return _step(plan, at), at % len(plan.steps) + 1 if at < _rounds(plan) else 0


def unanswered_again(alert: Alert, now: int) -> Alert:
    """The alert after it was named in a digest of what is unanswered."""
    return msgspec.structs.replace(alert, position=alert.position + 1, began=now, next_at=now + NAG, again_at=None)


def _anew(alert: Alert, now: int) -> Timed | None:
    """What sets the pages of this cycle apart from those of earlier ones."""
    if alert.cycle == 0:
        return None
    # What was taken back has begun, too: its pages have gone out.
    since = now - max(alert.began, alert.anew.at if alert.anew is not None else 0)
    number = alert.cycle + 1 if since < SECOND else 0
    return Timed(words="again", at=now, seconds=since < MINUTE, number=number)


def _plan(alert: Alert, crew: Crew) -> Plan:
    """The steps that the alert began with; those of a team that is gone are nobody's."""
    if crew.gone:
        return Plan(steps=())
    return alert.plan or Plan(steps=crew.team.steps, repeat=crew.team.repeat)


def _rounds(plan: Plan) -> int:
    return len(plan.steps) * plan.repeat


def _step(plan: Plan, position: int) -> Step:
    return plan.steps[position % len(plan.steps)] if position < _rounds(plan) else LAST_STEP


def _enter(alert: Alert, crew: Crew, position: int, now: int) -> tuple[Alert, list[Due]]:
    """Begin the first step from `position` on in which somebody can be reached; the others are skipped, and noted."""
    plan = _plan(alert, crew)
    for at in range(position, min(position + len(plan.steps), _rounds(plan))):
        called = crew.called(_step(plan, at), now)
        alert = _noted(alert, called, at % len(plan.steps) + 1, now)
        if called.people:
            return _take(alert, _step(plan, at), called.people, at, now)
    return _take(alert, LAST_STEP, (crew.roster.last_resort,), max(position, _rounds(plan)), now)


def _noted(alert: Alert, called: Called, number: int, now: int) -> Alert:
    """The alert with a line about whom this step could not page."""
    if not called.missing:
        return alert
    what = f"step {number}: not paged" if called.people else f"step {number} skipped"
    return note(alert, Entry(at=now, what=what, detail="; ".join(called.missing)))


def _take(alert: Alert, step: Step, people: tuple[str, ...], position: int, now: int) -> tuple[Alert, list[Due]]:
    moved = msgspec.structs.replace(
        alert,
        position=position,
        began=now,
        again_at=now + step.again if 0 < step.again < step.wait else None,
        next_at=now + step.wait,
        stood=0,
        current=(),
        waits_for=people,
    )
    return _page(moved, people, now, now + step.wait, call=step.call)


def _page(
    alert: Alert, people: tuple[str, ...], now: int, valid_until: int | None, *, call: bool
) -> tuple[Alert, list[Due]]:
    texts = [_due(alert, person, valid_until) for person in people]
    calls = [_ringing(alert, page) for page in texts] if call else []
    paged = {**alert.paged, **{page.to: page.ordinal for page in texts}}
    ids = tuple(page.id for page in (*texts, *calls))
    alert = msgspec.structs.replace(alert, paged=paged, current=(*alert.current, *ids))
    for page in (*texts, *calls):
        what = "call" if page.call else "page"
        alert = note(alert, Entry(at=now, what=what, who=page.to, detail=nth(page.ordinal), page=page.id))
    return alert, [*texts, *calls]


def _due(alert: Alert, person: str, valid_until: int | None) -> Due:
    ordinal = alert.paged.get(person, 0) + 1
    key = page_id(alert.mark, alert.cycle, person, ordinal)
    return Due(key, person, ordinal, alert.position, valid_until)


def _ringing(alert: Alert, text: Due) -> Due:
    """The call beside a text."""
    return replace(text, id=page_id(alert.mark, alert.cycle, call_to(text.to), text.ordinal), call=True)


def call_to(person: str) -> str:
    """Whom the page that is a call names in its id: beside a text of the same ordinal."""
    return f"{person} call"


def nth(ordinal: int) -> str:
    """`2nd page`, as a page says it of itself; the first says nothing."""
    if ordinal < 2:
        return ""
    ending = "th" if ordinal % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(ordinal % 10, "th")
    return f"{ordinal}{ending} page"
