"""Where each webhook left its trace."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tools.faults.counts import (
    BESIDE,
    COUNTING,
    ENTRIES,
    MOMENT,
    About,
    Count,
    by_alert,
    by_error,
    counted,
    is_of_before,
    newest,
    recorded,
)
from tools.faults.evidence import Evidence, Fields, Webhook

LINES = {
    "fixed by hand": ("closed: fixed",),
    "snoozed by hand": ("snoozed",),
    "reopened by hand": ("opened", "triggered again", "reopened in Bugsnag"),
    "reopened": ("triggered again",),
}
"""Which line a webhook leaves that changed an alert, by its trigger."""
UNNAMED = "reopened in Bugsnag"
"""The one line that does not say why, so that it is known by its moment alone."""


def lost(evidence: Evidence) -> Iterator[str]:
    """What was answered 2xx and is nowhere."""
    alerts = {_about(one): one for one in evidence.alerts.values()}
    for about, hooks in by_error(evidence).items():
        name, alert = " ".join(filter(None, about)), alerts.get(about)
        others = recorded(evidence, about, hooks)
        if others.missing:
            yield f"{name}: {others.missing} of the events answered as recorded are not in `unrouted`"
        on_alert = [one for one in hooks if one.taken and one.outcome not in ("recorded", "")]
        if alert is None:
            yield from (f"{name}: webhook {one.n} was {one.outcome}, and there is no alert" for one in on_alert)
        else:
            yield from (f"{name}: {said}" for said in _lost_on(evidence, alert, hooks, on_alert))
        events = counted(evidence, alert, hooks) if alert is not None else Count(0, [], [], 0)
        now = [one for one in hooks if alert is None or not is_of_before(alert, one, hooks)]
        yield from (f"{name}: {said}" for said in _unread(now, events, others))


def surplus(evidence: Evidence) -> Iterator[str]:
    """What is stored and was never sent."""
    for alert, count in by_alert(evidence):
        if count.surplus:
            yield f"{' '.join(_about(alert))}: {count.surplus} more events are counted than can have come"
    for about, hooks in by_error(evidence).items():
        more = recorded(evidence, about, hooks).surplus
        if more:
            yield f"{' '.join(filter(None, about))}: {more} more events are in `unrouted` than can have come"


def twins(evidence: Evidence) -> Iterator[str]:
    """Errors that have more than one alert."""
    times = Counter(_about(one) for one in evidence.alerts.values())
    return (f"doubled alert: {' '.join(about)} has {number}" for about, number in times.items() if number > 1)


def counted_twice(evidence: Evidence) -> int:
    """Events more than there were webhooks."""
    return sum(count.twice for _, count in by_alert(evidence))


def forgotten(evidence: Evidence) -> Iterator[str]:
    """Texts from phones that were answered and are not kept."""
    return (f"text {sid} was answered and is not kept" for sid in evidence.answered if sid not in evidence.texts)


def _about(alert: Fields) -> About:
    return alert["project"], alert.get("error_id", "")


def _lost_on(evidence: Evidence, alert: Fields, hooks: Sequence[Webhook], taken: Sequence[Webhook]) -> Iterator[str]:
    """What was answered as done to an alert and was not."""
    missing = counted(evidence, alert, hooks).missing
    if missing:
        yield f"{missing} of the events answered 2xx are not counted"
    last = newest(hooks)
    if last is not None and alert["last_event"] < last.sent * 1000 - BESIDE:
        yield f"webhook {last.n} is newer than the newest event that is counted"
    yield from (f"webhook {one.n} ({one.trigger}) left no line" for one in taken if not _has_its_line(alert, one))


def _unread(hooks: Sequence[Webhook], events: Count, others: Count) -> Iterator[str]:
    """Events answered 2xx whose answers broke off: they are stored as one or as the other."""
    unread = [one for one in hooks if one.taken and not one.outcome]
    sure = {one.n for one in events.sure}
    least = sum(one.n not in sure and (one.trigger in COUNTING or not one.error) for one in unread)
    left = max(0, events.stored - len(events.sure)) + max(0, others.stored - len(others.sure))
    if least > left:
        yield f"{least - left} of the events answered 2xx, with words that broke off, are not stored"


def _has_its_line(alert: Fields, hook: Webhook) -> bool:
    """Whether the timeline has the line of this webhook, unless it leaves none or the timeline had to forget it."""
    wanted = ("opened",) if hook.outcome == "opened" else LINES.get(hook.trigger, ())
    if not wanted or hook.outcome == "counted":
        return True
    since, until = hook.sent * 1000 - MOMENT, hook.answered * 1000 + MOMENT
    lines = alert["timeline"]
    found = (
        one["what"] in wanted
        and since <= one["at"] <= until
        and (hook.is_named_by(one) or (one["what"] == UNNAMED and UNNAMED in wanted))
        for one in lines
    )
    return any(found) or (len(lines) >= ENTRIES and lines[0]["at"] > since)
