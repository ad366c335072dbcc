"""The legal moves of an alert, each with its line on the timeline."""

import msgspec

from bugglio.alert.parts import Entry, Snooze
from bugglio.alert.record import Alert
from bugglio.alert.states import ACKNOWLEDGED, CLOSED, QUIET, SNOOZED, TRIGGERED
from bugglio.page import page_id

TIMELINE = 100
"""So many entries are kept, the latest ones ..."""
ENTRY = 300
"""... and so many characters of each."""


def note(alert: Alert, entry: Entry) -> Alert:
    """The alert with one more line on its timeline."""
    short = msgspec.structs.replace(entry, detail=entry.detail[:ENTRY])
    return msgspec.structs.replace(alert, timeline=(*alert.timeline, short)[-TIMELINE:])


def signed(before: Alert | None, after: Alert, how: str, order: str = "", who: str | None = None) -> Alert:
    """The alert whose new lines say how they came about: those without a page, and, if `who` is told, of theirs."""
    known = set(before.timeline) if before is not None else set()

    def line(entry: Entry) -> Entry:
        others = entry in known or entry.page or (who is not None and entry.who != who)
        return entry if others else msgspec.structs.replace(entry, how=how, order=order)

    return msgspec.structs.replace(after, timeline=tuple(map(line, after.timeline)))


def reminder_id(alert: Alert, who: str, now: int) -> str:
    """The id of the page by which somebody is reminded at this moment of what they have acknowledged."""
    return page_id(alert.mark, alert.cycle, f"reminder {who}", now)


def count(alert: Alert, moment: int, now: int, occurrences: int | None, times: int = 1) -> Alert:
    """The alert after one more event of its error; `times` is 0 for what told of it without being one."""
    most = max(filter(None, (alert.occurrences, occurrences)), default=alert.occurrences)
    return msgspec.structs.replace(
        alert,
        events=alert.events + times,
        occurrences=most,
        last_event=max(alert.last_event, moment),
        last_arrival=max(alert.last_arrival, now),
    )


def acknowledge(alert: Alert, who: str, now: int, lasts: int, how: str = "text") -> Alert:
    """
    Somebody has it: no more pages for `lasts` milliseconds (0: for ever).

    What a rule leaves to the digest stays so, for whoever answers the digest shall not be reminded of it either.
    """
    left = alert.state == ACKNOWLEDGED and alert.rule != ""
    taken = _still(alert, state=ACKNOWLEDGED, until=now + lasts if lasts and not left else None)
    taken = msgspec.structs.replace(taken, acknowledged_by=who, acknowledged_at=now, rule=alert.rule if left else "")
    taken = _answered(taken, now)
    return note(taken, Entry(at=now, what="acknowledged", who=who, detail=f"by {how}"))


def close(alert: Alert, how: str, who: str, now: int, detail: str = "", through: int = 0) -> Alert:
    """It is over; events up to the newest one that is known (or `through`, by Bugsnag's clock) are stale."""
    done = _still(alert, state=CLOSED, until=None)
    done = msgspec.structs.replace(
        done,
        how=how,
        closed_at=now,
        closed_by=who or None,
        closed_through=max(alert.last_event, through),
        snooze=None,
    )
    done = done if how == QUIET else _answered(done, now)
    return note(done, Entry(at=now, what=f"closed: {how}", who=who, detail=detail))


def reopened(alert: Alert, now: int) -> Alert:
    """A closed alert that is open again; its steps have yet to begin."""
    fresh = msgspec.structs.replace(alert, opened=now, how=None, closed_at=None, closed_by=None, closed_through=None)
    return msgspec.structs.replace(fresh, asked_at=None, answered_at=None)


def leave_to_digest(alert: Alert, reason: str, at: int, now: int) -> Alert:
    """A rule leaves it to the daily digest of `at`: it counts as acknowledged, and stays so."""
    quiet = msgspec.structs.replace(_unbegun(alert, state=ACKNOWLEDGED), rule=reason, noted_at=at)
    return note(msgspec.structs.replace(quiet, born=alert.born or now), Entry(at=now, what="not paged", detail=reason))


def hold(alert: Alert, reason: str, until: int, now: int) -> Alert:
    """A rule holds it until then; then its steps begin."""
    quiet = msgspec.structs.replace(_unbegun(alert, state=TRIGGERED), rule=reason, held=until, next_at=until)
    quiet = msgspec.structs.replace(quiet, born=alert.born or now, began=now)
    return note(quiet, Entry(at=now, what="not paged", detail=reason))


def leave_to_quiet(alert: Alert, who: str, reason: str, until: int, now: int) -> Alert:
    """It counts as acknowledged by somebody who is quiet until then."""
    taken = msgspec.structs.replace(_unbegun(alert, state=ACKNOWLEDGED), until=until, quiet_until=until)
    taken = msgspec.structs.replace(taken, acknowledged_by=who, acknowledged_at=now, born=alert.born or now)
    return note(taken, Entry(at=now, what="not paged", detail=reason))


def end_quiet(alert: Alert, until: int, detail: str, now: int) -> Alert:
    """The quiet of whoever has it ends at another moment."""
    ended = msgspec.structs.replace(alert, until=until, quiet_until=until)
    return note(ended, Entry(at=now, what="quiet changed", who=alert.acknowledged_by or "", detail=detail))


def snooze(alert: Alert, who: str, now: int, until: int | None, rule: Snooze | None, detail: str) -> Alert:
    """Nobody is paged until a time, or until it has happened so often."""
    asleep = _answered(msgspec.structs.replace(_still(alert, state=SNOOZED, until=until), snooze=rule), now)
    return note(asleep, Entry(at=now, what="snoozed", who=who, detail=detail))


def lapse(alert: Alert, now: int) -> Alert:
    """The acknowledgement ran out and nothing has happened since."""
    return note(msgspec.structs.replace(alert, lapsed=True), Entry(at=now, what="acknowledgement ran out"))


def remind(alert: Alert, now: int, patience: int) -> Alert:
    """The acknowledger is reminded; the steps begin again unless they answer within `patience`."""
    waiting = msgspec.structs.replace(alert, lapsed=False, reminded_at=now, until=now + patience)
    who = alert.acknowledged_by or ""
    return note(waiting, Entry(at=now, what="reminded", who=who, page=reminder_id(alert, who, now)))


def _answered(alert: Alert, now: int) -> Alert:
    """The alert that somebody has answered: the first answer counts."""
    return msgspec.structs.replace(alert, answered_at=alert.answered_at or now)


def _unbegun(alert: Alert, *, state: str) -> Alert:
    """The alert without the steps of earlier times: what becomes of their pages concerns it no longer."""
    return msgspec.structs.replace(_still(alert, state=state, until=None), plan=None, current=(), snooze=None)


def _still(alert: Alert, *, state: str, until: int | None) -> Alert:
    return msgspec.structs.replace(
        alert,
        state=state,
        until=until,
        again_at=None,
        next_at=None,
        waits_for=(),
        lapsed=False,
        quiet_until=None,
        reminded_at=None,
        acknowledged_by=None,
        acknowledged_at=None,
        rule="",
        held=None,
        noted_at=None,
    )
