"""What becomes of alerts, written from the design and not from the code: a simple model for tests."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bugglio.roster import DAY, HOUR, MINUTE

TRIGGERED, ACKNOWLEDGED, SNOOZED, CLOSED = "triggered", "acknowledged", "snoozed", "closed"
UNDO = 10 * MINUTE
REST = 72 * HOUR
AWAKE = 5 * MINUTE
ANSWER = 5 * MINUTE
CLOSE_AFTER = 7 * DAY
ANY = -1
"""A time that is not foreseen."""
OPENS = ("reopened", "unignored", "snoozeCancelled")
"""What somebody does in Bugsnag that opens an alert."""


@dataclass(frozen=True)
class Known:
    """One alert as the model has it. Times in milliseconds."""

    team: str
    state: str
    by: str | None = None
    until: int | None = None
    how: str | None = None
    closed_at: int = 0
    through: int = 0
    """The newest event of Bugsnag's that was seen when it was closed."""
    last: int = 0
    """The newest event, by Bugsnag's clock."""
    acked: int = 0
    arrived: int = 0
    """When its error came last ..."""
    heard: int = 0
    """... and when anything of it did."""
    lapsed: bool = False
    reminded: bool = False
    quiet: bool = False
    """Somebody has it who is quiet, and has not been told of it yet."""
    late: int = 0
    """How long after it came it was told."""
    more: int | None = None
    """Snoozed until it happened so often, altogether."""
    hourly: bool = False
    count: int = 0
    """Bugsnag's own number of events."""
    reopened: int = 0
    newer: int = 0
    """The event that reopened it."""
    woke: int | None = None
    changes: int = 0
    """How often it was changed."""

    @property
    def is_open(self) -> bool:
        return self.state != CLOSED

    def standing(self) -> tuple[Any, ...]:
        """What anybody can see of how it stands, its time apart."""
        return self.state, self.by, self.how

    def becomes(self, state: str, **fields: Any) -> "Known":
        """The alert in another state; nothing of the one before holds any longer."""
        cleared: dict[str, Any] = {"by": None, "until": None, "how": None, "more": None, "hourly": False}
        cleared |= {"lapsed": False, "reminded": False, "quiet": False, "changes": self.changes + 1}
        return replace(self, state=state, **{**cleared, **fields})


@dataclass(frozen=True)
class Order:
    """What somebody wants done to an alert."""

    verb: str
    who: str
    until: int | None = None
    more: int = 0
    lasts: Mapping[str, int] = field(default_factory=dict)
    """For how long an acknowledgement holds, by team."""


def ordered(order: Order, alert: Known, now: int) -> Known | None:
    """What a word makes of an alert (7.1); None where it changes nothing."""
    if order.verb in ("note", "show", "why"):
        return None
    if order.verb == "reopen":
        return alert.becomes(TRIGGERED) if alert.state != TRIGGERED else None
    if order.verb == "ignore" and not alert.is_open and alert.how != "ignored":
        return alert.becomes(CLOSED, how="ignored")
    return _ordered(order, alert, now) if alert.is_open else None


def _ordered(order: Order, alert: Known, now: int) -> Known | None:
    match order.verb:
        case "ack":
            has = alert.state == ACKNOWLEDGED and not (alert.lapsed or alert.reminded or alert.quiet)
            taken = alert.becomes(ACKNOWLEDGED, by=order.who, acked=now, until=now + order.lasts.get(alert.team, HOUR))
            return None if has else taken
        case "snooze":
            more = alert.count + order.more if order.more else None
            return alert.becomes(SNOOZED, until=None if more else order.until, more=more)
        case "escalate" | "pass":
            return alert.becomes(TRIGGERED)
        case _:
            return shut(alert, {"fix": "fixed", "ignore": "ignored"}.get(order.verb, "by hand"), now)


def shut(alert: Known, how: str, now: int, seen: int = 0) -> Known:
    return alert.becomes(CLOSED, how=how, closed_at=now, through=max(alert.last, seen))


@dataclass(frozen=True)
class Delivery:
    """A webhook of Bugsnag's."""

    trigger: str
    change: str = ""
    moment: int = 0
    """When it happened, by Bugsnag's clock."""
    count: int = 0
    seconds: int = 0
    """Snoozed in Bugsnag: for so long, ..."""
    more: int = 0
    """... or for so many events; neither: until so many an hour."""


def delivered(hook: Delivery, alert: Known | None, team: str, now: int) -> list[Known | None]:
    """What a webhook may make of the alert of its error (7.0, 5.3); None: there is none, still."""
    if abs(hook.moment - now) > DAY:
        hook = replace(hook, moment=now)
    if hook.trigger == "comment":
        return [alert and replace(alert, heard=now)]
    if hook.trigger != "errorStateManualChange":
        return _happened(hook, alert, team, now)
    if hook.change in OPENS:
        return _opened_in_bugsnag(hook, alert, team, now)
    if alert is None or not alert.is_open:
        return [alert]
    seen = replace(alert, heard=now, count=max(alert.count, hook.count))
    if hook.change == "snoozed":
        until = now + hook.seconds * 1000 if hook.seconds else None
        more = seen.count + hook.more if hook.more else None
        return [seen.becomes(SNOOZED, until=until, more=more, hourly=not (hook.seconds or hook.more))]
    crossed = hook.change == "fixed" and now - alert.reopened < MINUTE and alert.reopened and alert.newer > hook.moment
    return [seen if crossed else shut(seen, hook.change, now, hook.moment)]


def _opened_in_bugsnag(hook: Delivery, alert: Known | None, team: str, now: int) -> list[Known | None]:
    found = alert or Known(team, CLOSED, changes=-1)
    marked = replace(found, reopened=now, newer=hook.moment, count=max(found.count, hook.count), heard=now)
    if found.is_open:
        return [marked if found.state == TRIGGERED else marked.becomes(TRIGGERED)]
    begun = replace(marked.becomes(TRIGGERED, team=team), last=max(found.last, hook.moment), arrived=now)
    # That a snooze was cancelled says that the error is open again, of one that is ignored perhaps not.
    return [begun, alert] if found.how == "ignored" and hook.change == "snoozeCancelled" else [begun]


def _happened(hook: Delivery, alert: Known | None, team: str, now: int) -> list[Known | None]:
    if alert is None:
        fresh = Known(team, TRIGGERED, last=hook.moment, arrived=now, heard=now, count=hook.count)
        return [_reopening(hook, fresh, now)]
    counted = replace(
        alert, last=max(alert.last, hook.moment), arrived=now, heard=now, count=max(alert.count, hook.count)
    )
    if alert.is_open:
        return _again(hook, alert, _reopening(hook, counted, now), now)
    if alert.how == "ignored" and hook.trigger != "reopened":
        return [alert]
    opened = _reopening(hook, counted.becomes(TRIGGERED, team=team), now)
    if hook.trigger in ("projectSpiking", "reopened"):
        # A doubled delivery of a spike is known for ten minutes; one of `reopened`, only where a snooze has just ended.
        return [opened, counted]
    stale = hook.moment <= alert.through and now - alert.closed_at < HOUR
    return [counted if stale else opened]


def _reopening(hook: Delivery, alert: Known, now: int) -> Known:
    return replace(alert, reopened=now, newer=hook.moment) if hook.trigger == "reopened" else alert


def _again(hook: Delivery, before: Known, counted: Known, now: int) -> list[Known | None]:
    if hook.trigger == "reopened" and before.state != TRIGGERED:
        woke = before.woke is not None and now - before.woke < AWAKE
        return [counted if woke else counted.becomes(TRIGGERED)]
    if before.state == ACKNOWLEDGED and before.lapsed:
        # Whoever has it may have left; then the steps begin.
        return [replace(counted, lapsed=False, reminded=True, until=now + ANSWER), counted.becomes(TRIGGERED)]
    if before.state == SNOOZED:
        awake = counted.becomes(TRIGGERED, woke=now)
        if before.hourly:
            return [counted, awake]
        return [awake if before.more is not None and counted.count >= before.more else counted]
    return [counted]


def passed(alert: Known, now: int, *, left: bool) -> list[Known]:
    """What an alert's own clock makes of it by now, when somebody looks; `left`: whoever has it is gone."""
    if not alert.is_open:
        return [alert]
    gone, on = shut(alert, "quiet", now), _passed(alert, now, left=left)
    if alert.quiet or alert.arrived + CLOSE_AFTER > now:
        return [on]
    return [gone] if alert.heard + alert.late + CLOSE_AFTER <= now else [on, gone]


def _passed(alert: Known, now: int, *, left: bool) -> Known:
    over = alert.until is not None and alert.until <= now and not alert.lapsed
    if not over:
        return alert
    if alert.state == SNOOZED:
        return alert.becomes(TRIGGERED, woke=now)
    if alert.reminded:
        return alert.becomes(TRIGGERED)
    if left and (alert.quiet or alert.arrived > alert.acked):
        # Nobody is there to be reminded.
        return alert.becomes(TRIGGERED)
    if alert.quiet or alert.arrived > alert.acked:
        late = now - alert.arrived if alert.quiet else 0
        alert = replace(alert, quiet=False, late=alert.late + late)
        return replace(alert, reminded=True, until=now + ANSWER, changes=alert.changes + 1)
    return replace(alert, lapsed=True, changes=alert.changes + 1)


@dataclass(frozen=True)
class Hush:
    """What keeps an alert quiet that would begin."""

    muted: bool | None = False
    """Whether its project is muted; None: perhaps."""
    quiet: Mapping[str, int] = field(default_factory=dict)
    """Who of its team is quiet, and until when."""
    perhaps: Collection[str] = ()
    """Who may be quiet as well."""


def hushed(options: list[Known | None], before: Known | None, hush: Hush, now: int) -> list[Known | None]:
    """
    What a webhook may do where somebody wants less to be paged.

    Muted: what would open an alert is recorded, and what is open goes on as it was. Quiet: new alerts count as
    acknowledged by whoever's quiet ends first.
    """
    found: list[Known | None] = []
    for one in options:
        begins = one is not None and one.state == TRIGGERED and (before is None or before.state != TRIGGERED)
        opens = begins and not (before is not None and before.is_open)
        muted = _muted(one, before, begins=begins) if hush.muted is not False else None
        found += [muted] if muted is not None or (opens and hush.muted is not False) else []
        if hush.muted and (muted is not None or opens):
            continue
        found += [] if opens and hush.quiet else [one]
        found += _quietly(one, hush, now) if begins and one is not None else []
    return found


def _muted(one: Known | None, before: Known | None, *, begins: bool) -> Known | None:
    """What becomes of an alert that there was: an event reminds nobody of it, and keeps it open no longer."""
    if before is None or one is None:
        return before
    if not before.is_open:
        return before if begins else None
    if not begins and one.changes != before.changes:
        return None
    return replace(with_counts(before, one), arrived=before.arrived, reopened=before.reopened, newer=before.newer)


def with_counts(before: Known, after: Known) -> Known:
    """An alert as it was, with what has happened since."""
    told = {name: getattr(after, name) for name in ("last", "arrived", "heard", "count", "reopened", "newer")}
    return replace(before, **told)


def _quietly(alert: Known, hush: Hush, now: int) -> list[Known]:
    first = min(hush.quiet.values(), default=0)
    sure = [name for name, until in hush.quiet.items() if until == first]
    taken = [alert.becomes(ACKNOWLEDGED, by=name, acked=now, until=first, quiet=True) for name in sure]
    return taken + [alert.becomes(ACKNOWLEDGED, by=name, acked=now, until=ANY, quiet=True) for name in hush.perhaps]


@dataclass(frozen=True)
class Change:
    """The latest change that a phone made."""

    at: int
    was: Mapping[str, Known]
    became: Mapping[str, Known]
    sure: bool = True
    """Nothing that the model does not know of may have taken its place."""


def undone(change: Change, alerts: Mapping[str, Known], now: int) -> tuple[dict[str, Known], set[str]]:
    """What `undo` may put back, and what of it it has to: what nobody has changed since."""
    if now - change.at > UNDO:
        return {}, set()
    back, sure = {}, set()
    for key, became in change.became.items():
        alert, was = alerts[key], change.was[key]
        if alert.standing() == became.standing() and alert.until == became.until:
            back[key] = replace(with_counts(was, alert), changes=alert.changes + 1)
        if key in back and alert.changes == became.changes and change.sure:
            sure.add(key)
    return back, sure


@dataclass(frozen=True)
class Expected:
    """What may become of alerts, and which of it has to."""

    changes: Mapping[str, Known] = field(default_factory=dict)
    sure: Collection[str] = ()
    most: int = 1_000
    """So many are changed at most."""


def do(order: Order, keys: Collection[str], alerts: Mapping[str, Known], now: int, *, sure: bool = True) -> Expected:
    """A word about these alerts."""
    found = {key: after for key in keys if (after := ordered(order, alerts[key], now)) is not None}
    return Expected(found, list(found) if sure else ())
