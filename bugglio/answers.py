"""How bugglio answers a text: the wording of what changed, what is open, and what it has to ask."""

from collections.abc import Sequence

from bugglio import wording
from bugglio.alert import ACKNOWLEDGED, CLOSED, SNOOZED, Alert
from bugglio.gsm import cut, septets, to_gsm
from bugglio.roster import DAY, HOUR, MINUTE

LIST_ROOM = 2 * wording.PART
WHICH = 3
"""So many alerts are named in a question."""


def name(alert: Alert) -> str:
    """An alert in an answer: `417 TypeError checkout-api`."""
    words = [str(alert.code), cut(alert.error_class, 24) or alert.kind, cut(alert.project, 24)]
    return to_gsm(" ".join(filter(None, words)))


def ago(then: int | None, now: int) -> str:
    """How long ago, in the largest whole unit."""
    span = max(0, now - (then or now))
    for unit, letter in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if span >= unit:
            return f"{span // unit} {letter} ago"
    return "just now"


def done(verb: str, alerts: Sequence[Alert], open_left: int) -> str:
    """What was changed, and what else is open."""
    named = ", ".join(name(alert) for alert in alerts[:WHICH])
    rest = f" and {len(alerts) - WHICH} more" if len(alerts) > WHICH else ""
    return f"{verb} {named}{rest}. {left(open_left, 'more ')}"


def left(count: int, more: str = "") -> str:
    """What else is open."""
    return f"{count} {more}open: list" if count else f"Nothing {'else ' if more else ''}open."


def already(alert: Alert, me: str, now: int) -> str:
    """What had become of an alert before."""
    if alert.state == ACKNOWLEDGED:
        who = "you" if alert.acknowledged_by == me else alert.acknowledged_by
        return f"{name(alert)} was acked by {who} {ago(alert.acknowledged_at, now)}."
    if alert.state == CLOSED:
        who = "you" if alert.closed_by == me else alert.closed_by
        by = f" by {who}" if who else ""
        how = "closed" if alert.how in ("by hand", None) else f"closed ({alert.how})"
        return f"{name(alert)} was {how}{by} {ago(alert.closed_at, now)}."
    return f"{name(alert)} is {alert.state}."


def which(alerts: Sequence[Alert]) -> str:
    """A question that a number, or `all`, answers."""
    named = ", ".join(short(alert) for alert in alerts[:WHICH])
    more = f" and {len(alerts) - WHICH} more" if len(alerts) > WHICH else ""
    return f"Which? {named}{more}. Reply a number or all"


def short(alert: Alert) -> str:
    """An alert in a question: `417 TypeError cart`."""
    what = alert.context or alert.project
    return to_gsm(" ".join(filter(None, (str(alert.code), cut(alert.error_class, 20) or alert.kind, cut(what, 20)))))


def close_all(alerts: Sequence[Alert]) -> str:
    """The question before many alerts are closed."""
    named = ", ".join(short(alert) for alert in alerts[:WHICH])
    more = f" and {len(alerts) - WHICH} more" if len(alerts) > WHICH else ""
    return f"Close all {len(alerts)}: {named}{more}? Reply ok or no"


def ack_all(count: int) -> str:
    """The question after a digest."""
    return f"Ack all {count}? Reply ok, or ack with a number"


def listed(alerts: Sequence[Alert], start: int, now: int) -> tuple[str, int]:
    """Open alerts from the `start`th on, as many as fit, and how many were told by then."""
    if start >= len(alerts):
        return "Nothing open." if not alerts else "No more.", len(alerts)
    text = f"{len(alerts)} open: " if start == 0 else ""
    end = start
    for alert in alerts[start:]:
        line = ("" if end == start else "; ") + _line(alert, now)
        if septets(text + line) > LIST_ROOM - len(". Reply more") and end > start:
            return f"{text}. Reply more", end
        text, end = text + line, end + 1
    return text, end


def _line(alert: Alert, now: int) -> str:
    state = {ACKNOWLEDGED: f", acked by {alert.acknowledged_by}", SNOOZED: ", snoozed"}.get(alert.state, "")
    return f"{name(alert)} x{alert.counted}, {ago(alert.opened, now).removesuffix(' ago')}{state}"


def details(alert: Alert, template: str, now: int) -> str:
    """All about one alert, with Bugsnag's link."""
    page = wording.page(alert.code, template.replace("{error.url}", ""), alert.said, alert.why)
    text = page.rsplit(" Reply ack", 1)[0]
    happened = f"{alert.counted} events" if alert.counted != 1 else "1 event"
    state = already(alert, "", now) if alert.state in (ACKNOWLEDGED, CLOSED) else _waiting(alert)
    state = state.removeprefix(name(alert)).strip()
    link = alert.url.partition("?")[0]
    return " ".join(filter(None, (f"{text} {happened}, opened {ago(alert.opened, now)}, {state}", to_gsm(link))))


def _waiting(alert: Alert) -> str:
    if alert.state == SNOOZED:
        return "snoozed."
    return f"waits for {', '.join(alert.waits_for)}." if alert.waits_for else "triggered."


def not_understood(alerts: Sequence[Alert]) -> str:
    """The answer to what means nothing."""
    named = ", ".join(f"{alert.code} {cut(to_gsm(alert.error_class), 20) or alert.kind}" for alert in alerts[:2])
    more = f" and {len(alerts) - 2} more" if len(alerts) > 2 else ""
    seen = f"Open: {named}{more}." if alerts else "Nothing open."
    return f"Nothing changed: not understood. {seen} Text ack, close, list, commands."


def status(alerts: Sequence[Alert], trouble: str, on_duty: str) -> str:
    """One line; when all is well, the sentence."""
    if not alerts and not trouble and on_duty:
        return wording.ALL_WELL
    waiting = sum(alert.state not in (ACKNOWLEDGED, SNOOZED) for alert in alerts)
    seen = f"{len(alerts)} open, {waiting} of them unanswered: list." if alerts else "Nothing open."
    duty = f"On duty: {on_duty}." if on_duty else "NOBODY is on duty."
    return wording.cut_to_one(" ".join(filter(None, (seen, duty, f"Pager: {trouble}." if trouble else ""))))
