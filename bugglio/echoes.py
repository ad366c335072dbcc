"""Webhooks about what bugglio itself changed in Bugsnag: they are known again, and cause nothing."""

import msgspec

from bugglio import upstream
from bugglio.alert import Alert, Echo, Errand
from bugglio.bugsnag import Event, SnoozeRule, spoken
from bugglio.roster import MINUTE
from bugglio.upstream import Operation

AWAITED = 10 * MINUTE
"""A webhook that is later than this is taken for somebody else's doing: a page too many is better than none."""
REMEMBERED = 20
COMMENTS = 20
"""So many ids of comments an alert remembers."""
OURS = "our own change"
CHANGES = {
    upstream.FIX: ("fixed",),
    upstream.IGNORE: ("ignored",),
    upstream.SNOOZE: ("snoozed",),
    upstream.OPEN: ("reopened", "unignored", "snoozeCancelled"),
}
"""What a webhook calls the changes of state that the API is asked for; `open` by what the state was before."""


def remember(alert: Alert, operation: Operation, now: int, comment: str = "") -> Alert:
    """The alert that awaits the webhook of what Bugsnag has done for us, unless it has come already."""
    if comment and comment in alert.comments:
        return alert
    echo = Echo(at=now, operation=operation, comment=comment)
    return msgspec.structs.replace(alert, done_upstream=(*_awaited(alert, now), echo)[-REMEMBERED:])


def heard(event: Event, alert: Alert, now: int) -> Alert | None:
    """
    The alert once this webhook about our own doing has come; None where it tells of anything else.

    It may come before the call that it is about has returned: then it answers the errand, too.
    """
    if event.trigger not in ("comment", "errorStateManualChange"):
        return None
    awaited = _awaited(alert, now)
    echo = next((one for one in awaited if _is_of(event, one.operation, one.comment)), None)
    if echo is not None:
        rest = tuple(one for one in awaited if one is not echo)
        return _with_comment(event, msgspec.structs.replace(alert, done_upstream=rest))
    errand = next((one for one in alert.errands if _is_of(event, one.operation)), None)
    if errand is None or _is_known(event, alert):
        return None
    return _with_comment(event, msgspec.structs.replace(alert, errands=_without(alert, errand)))


def overtaken(alert: Alert) -> Alert:
    """
    The alert once somebody has changed its error's state in Bugsnag: what we still wanted of its state is outdated.

    Should that have been done all the same, its webhook tells how the error stands, and is believed.
    """
    echoes = tuple(one for one in alert.done_upstream if one.operation.what == upstream.COMMENT)
    errands = tuple(one for one in alert.errands if one.operation.what == upstream.COMMENT)
    if echoes == alert.done_upstream and errands == alert.errands:
        return alert
    return msgspec.structs.replace(alert, done_upstream=echoes, errands=errands)


def _awaited(alert: Alert, now: int) -> tuple[Echo, ...]:
    return tuple(one for one in alert.done_upstream if now - one.at < AWAITED)


def _without(alert: Alert, errand: Errand) -> tuple[Errand, ...]:
    return tuple(one for one in alert.errands if one is not errand)


def _is_of(event: Event, operation: Operation, comment: str = "") -> bool:
    """Whether a webhook is what this operation brings about."""
    if event.trigger == "comment":
        same = event.comment_id == comment if comment else event.comment == spoken(operation.text)
        return operation.what == upstream.COMMENT and same
    if event.change not in CHANGES.get(operation.what, ()):
        return False
    return operation.what != upstream.SNOOZE or event.snooze in (None, _rule(operation))


def _rule(operation: Operation) -> SnoozeRule:
    """What ends a snooze, as a webhook tells it."""
    if operation.more:
        return SnoozeRule("occurrences", operation.more)
    return SnoozeRule("seconds", operation.seconds)


def _is_known(event: Event, alert: Alert) -> bool:
    """Whether a comment has been told before: its webhook comes twice."""
    return event.trigger == "comment" and event.comment_id != "" and event.comment_id in alert.comments


def _with_comment(event: Event, alert: Alert) -> Alert:
    """The alert that knows the comment, should its webhook come twice."""
    if event.trigger != "comment":
        return alert
    return msgspec.structs.replace(alert, comments=(*alert.comments, event.comment_id or event.fingerprint)[-COMMENTS:])
