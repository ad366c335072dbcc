"""What Bugsnag is still to be told of an alert: which of it now, and what becomes of it after a try."""

from dataclasses import dataclass

import msgspec

from bugglio import alert as alerts
from bugglio import echoes, upstream
from bugglio.alert import Alert, Entry, Errand
from bugglio.roster import DAY, MINUTE
from bugglio.upstream import Done, Later, Operation, Outcome, Refused, Unknown

SECOND = 1_000
BUSY = MINUTE
"""So long whoever tries an errand may be at it before somebody else does."""
AGAIN = 5 * SECOND
AGAIN_AT_MOST = 10 * MINUTE
SETTLED = 30 * SECOND
"""So long after a comment that may have been made it is looked for: Bugsnag may still be at work on it."""
GIVEN_UP = DAY
"""So long Bugsnag is tried."""
WORDS = {upstream.OPEN: "reopen", upstream.COMMENT: "note"}
"""The words by which people ask for an operation, where they differ from Bugsnag's."""


@dataclass(frozen=True)
class Answer:
    """What one try came to."""

    outcome: Outcome
    unsure: bool = False
    """It may have been done, by this try or by the one before."""


@dataclass(frozen=True)
class Failed:
    """An errand that will never be done, and why."""

    errand: Errand
    cause: str
    what: str
    """All of it, in plain words: "fix refused: ..."."""


@dataclass(frozen=True)
class Settled:
    """The alert after a try, and what whoever asked for it has to hear."""

    alert: Alert
    failed: Failed | None = None


def word(operation: Operation) -> str:
    """What people call it."""
    return WORDS.get(operation.what, operation.what)


def is_due(alert: Alert, now: int) -> bool:
    """Whether Bugsnag is to be told something now."""
    return any(one.due_at <= now for one in alert.errands)


def following(alert: Alert, now: int) -> Errand | None:
    """The errand that is to be tried now, the oldest first."""
    return next((one for one in alert.errands if one.due_at <= now and is_free(alert, one, now)), None)


def is_free(alert: Alert, errand: Errand, now: int) -> bool:
    """
    Whether nothing stands in an errand's way: of states only the newest is told, and once no other is under way.

    Of comments with the same words each is told after the one before: which of them was made could not be known.
    """
    operation = errand.operation
    if operation.what == upstream.COMMENT:
        alike = [
            one
            for one in alert.errands
            if one.operation.text == operation.text and one.operation.what == operation.what
        ]
        return alike[0] == errand
    states = _states(alert)
    return states[-1] == errand and not any(one.busy_until > now for one in states[:-1])


def is_doubtful(errand: Errand) -> bool:
    """Whether an earlier try may have been done; of whoever stored it, and has not come back, nothing is known."""
    return errand.unsure or errand.tries == 0


def begun(alert: Alert, errand: Errand, now: int) -> Alert:
    """The alert while this errand is being tried: nobody else tries it meanwhile."""
    busy = msgspec.structs.replace(
        errand, due_at=now + BUSY, busy_until=now + BUSY, tries=errand.tries + 1, unsure=True
    )
    return _with(alert, errand, busy)


def tidied(alert: Alert, now: int) -> Alert:
    """The alert without the states that a newer one has made pointless; what may have been done may yet be told us."""
    tidy = alert
    for one in _states(alert)[:-1]:
        if one.busy_until > now:
            continue
        tidy = _with(tidy, one, None)
        if is_doubtful(one):
            tidy = echoes.remember(tidy, one.operation, now)
    return tidy


def settled(alert: Alert, operation: Operation, answer: Answer, now: int) -> Settled:
    """The alert after a try of this operation; a webhook may have told meanwhile that it is done."""
    if not any(one.operation.id == operation.id for one in alert.errands):
        return Settled(alert)
    alert = tidied(alert, now)
    errand = next((one for one in alert.errands if one.operation.id == operation.id), None)
    if errand is None:
        return Settled(alert)
    match answer.outcome:
        case Done(comment):
            return Settled(echoes.remember(_with(alert, errand, None), operation, now, comment))
        case Refused(cause):
            return _failed(alert, errand, cause, f"{word(operation)} refused: {cause}", now)
        case Later(after, reason):
            return _put_off(alert, errand, answer, after, reason, now)
        case Unknown(reason):
            return _put_off(alert, errand, answer, None, reason, now)


def _put_off(alert: Alert, errand: Errand, answer: Answer, after: float | None, reason: str, now: int) -> Settled:
    if now - errand.at >= GIVEN_UP:
        what = f"{word(errand.operation)} was given up: Bugsnag could not be told for 24 hours ({reason})"
        left = echoes.remember(alert, errand.operation, now) if answer.unsure else alert
        return _failed(left, errand, reason, what, now)
    tries = max(1, errand.tries)
    pause = AGAIN << min(tries - 1, 10) if after is None else round(after * SECOND)
    if answer.unsure and errand.operation.what == upstream.COMMENT:
        pause = max(pause, SETTLED)
    due_at = now + min(pause, AGAIN_AT_MOST)
    later = msgspec.structs.replace(errand, due_at=due_at, busy_until=0, tries=tries, unsure=answer.unsure)
    return Settled(_with(alert, errand, later))


def _failed(alert: Alert, errand: Errand, cause: str, what: str, now: int) -> Settled:
    entry = Entry(at=now, what=f"Bugsnag was not told: {word(errand.operation)}", who=errand.by, detail=cause)
    return Settled(alerts.note(_with(alert, errand, None), entry), Failed(errand, cause, what))


def _states(alert: Alert) -> list[Errand]:
    return [one for one in alert.errands if one.operation.what != upstream.COMMENT]


def _with(alert: Alert, errand: Errand, after: Errand | None) -> Alert:
    """The alert with another errand, or none, in place of this one."""
    changed = [after if one == errand else one for one in alert.errands]
    return msgspec.structs.replace(alert, errands=tuple(one for one in changed if one is not None))
