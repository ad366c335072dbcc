"""How many events an alert must have counted, and how many it can have: exactly where every webhook was answered."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.faults.evidence import Evidence, Fields, Webhook
from tools.faults.traps import LOSE

MOMENT = 1_000
"""The clocks of whoever posts and of the store are the same machine's, but are not read at the same instant."""
BESIDE = 100
"""Milliseconds at most between Bugsnag's moment of an event (`receivedAt`) and that of its delivery, which are one."""
SLOW = 1.0
"""Seconds: an answer that took longer may have been asked of the store twice."""
ENTRIES = 100
"""So long a timeline is at most."""
COUNTING = ("exception", "reopened")
"""Triggers each of which counts once on an alert that is open."""
OPENED = ("opened", "triggered again")
"""Lines of a timeline that say by which webhook: it was counted. One of a change by hand counts when it opens."""

About = tuple[str, str]
"""Project and error."""


@dataclass(frozen=True)
class Count:
    """What is stored of one error's events, as an alert or as why there is none, and what can be."""

    stored: int
    sure: Sequence[Webhook]
    """Those that must be in it: answered 2xx, or named on the timeline."""
    either: Sequence[Webhook]
    """Those that may be in it, for they were not answered, or came while the alert began anew."""
    doubtful: int
    """So many of both may be in it twice, because the answer to a blind count was or may have been lost."""

    @property
    def exact(self) -> bool:
        """Whether only one number is right."""
        return not self.either and not self.doubtful

    @property
    def missing(self) -> int:
        """Events that are lost."""
        return max(0, len(self.sure) - self.stored)

    @property
    def extra(self) -> int:
        """Events of those that may be in it or not that must be, if nothing was lost or counted twice."""
        return min(len(self.either), max(0, self.stored - len(self.sure)))

    @property
    def twice(self) -> int:
        """Events counted twice, as may be."""
        return min(self.doubtful, self._above)

    @property
    def surplus(self) -> int:
        """Events that nobody sent."""
        return max(0, self._above - self.doubtful)

    @property
    def _above(self) -> int:
        return max(0, self.stored - len(self.sure) - len(self.either))


def by_error(evidence: Evidence) -> Mapping[About, Sequence[Webhook]]:
    """The webhooks of each error."""
    found: dict[About, list[Webhook]] = defaultdict(list)
    for one in evidence.webhooks:
        found[one.project, one.error].append(one)
    return found


def by_alert(evidence: Evidence) -> Iterator[tuple[Fields, Count]]:
    """Each alert, and what it has counted."""
    hooks = by_error(evidence)
    for alert in evidence.alerts.values():
        yield alert, counted(evidence, alert, hooks.get((alert["project"], alert.get("error_id", "")), ()))


def counted(evidence: Evidence, alert: Fields, hooks: Sequence[Webhook]) -> Count:
    """What an alert has counted of its error's webhooks."""
    anew = _began_anew(alert, hooks)
    found: dict[bool | None, list[Webhook]] = defaultdict(list)
    for one in hooks:
        found[_is_in(alert, one, hooks, anew=anew)].append(one)
    twice = sum(_is_doubtful(evidence, one, "count") for one in [*found[True], *found[None]])
    return Count(alert["events"], found[True], found[None], twice)


def recorded(evidence: Evidence, about: About, hooks: Sequence[Webhook]) -> Count:
    """What is kept of those that opened nothing."""
    stored = sum(one["count"] for one in evidence.unrouted if (one["project"], one.get("error_id", "")) == about)
    sure = [one for one in hooks if one.taken and one.outcome == "recorded"]
    either = [one for one in hooks if not one.outcome]
    return Count(stored, sure, either, sum(_is_doubtful(evidence, one, "record") for one in [*sure, *either]))


def newest(hooks: Sequence[Webhook]) -> Webhook | None:
    """The newest event that was answered as counted."""
    return max((one for one in hooks if _is_counted(one)), key=lambda one: one.sent, default=None)


def _is_in(alert: Fields, hook: Webhook, hooks: Sequence[Webhook], *, anew: bool) -> bool | None:
    """Whether a webhook is in an alert's count; None: nobody knows."""
    saying = OPENED if hook.trigger in COUNTING else OPENED[:1]
    line = next((one["at"] for one in alert["timeline"] if hook.is_named_by(one) and one["what"] in saying), None)
    if line is not None:
        return bool(line >= alert["opened"])
    if _is_counted(hook):
        return True if not anew or hook.sent * 1000 > alert["opened"] else _may_be_since(alert, hook)
    if hook.outcome or not (hook.trigger in COUNTING or hook.trigger.startswith("reopened")):
        return False
    return True if not anew and _is_newest(alert, hook, hooks) else None


def is_of_before(alert: Fields, hook: Webhook, hooks: Sequence[Webhook]) -> bool:
    """Whether a webhook was answered before its alert began anew, whose count then began anew as well."""
    return _began_anew(alert, hooks) and _may_be_since(alert, hook) is False


def _may_be_since(alert: Fields, hook: Webhook) -> bool | None:
    """Of an alert that began anew: events answered before that are not in its count."""
    return None if hook.answered * 1000 + MOMENT >= alert["opened"] else False


def _is_counted(hook: Webhook) -> bool:
    return hook.taken and (
        hook.outcome == "opened" or (hook.trigger in COUNTING and hook.outcome in ("counted", "changed"))
    )


def _is_newest(alert: Fields, hook: Webhook, hooks: Sequence[Webhook]) -> bool:
    """Whether the alert's newest moment by Bugsnag's clock can only be that of this webhook."""
    near = [one for one in hooks if -1 <= one.sent * 1000 - alert["last_event"] <= BESIDE]
    return near == [hook] and hook.trigger in COUNTING


def _is_doubtful(evidence: Evidence, hook: Webhook, commit: str) -> bool:
    """Whether the answer to its commit may have been lost, so that it was made twice."""
    answered = hook.answered or math.inf
    since, until = hook.sent - MOMENT / 1000, answered + MOMENT / 1000
    lost = (one["at"] for one in evidence.deeds if one["deed"] == LOSE and one["step"] == f"webhook {commit} after")
    return (
        answered - hook.sent > SLOW
        or any(since <= at <= until for at in lost)
        or any(begin <= until and since <= end for begin, end in evidence.cuts)
    )


def _began_anew(alert: Fields, hooks: Sequence[Webhook]) -> bool:
    lines = alert["timeline"]
    closed = any(one["what"].startswith("closed") for one in lines)
    return closed or len(lines) >= ENTRIES or sum(one.outcome == "opened" for one in hooks) > 1
