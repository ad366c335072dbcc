"""Where each webhook left its trace."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from tools.faults.evidence import Evidence, Fields, Webhook

MOMENT = 1_000
"""The clocks of whoever posts and of the store are the same machine's, but are not read at the same instant."""
ENTRIES = 100
"""So long a timeline is at most."""
COUNTING = ("exception", "reopened")
"""Triggers each of which counts once on an alert that is open."""


class Traces:
    """Looks for them."""

    def __init__(self, evidence: Evidence) -> None:
        """Sort them by what they are about."""
        self._evidence = evidence
        self._alerts = {(one["project"], one.get("error_id", "")): one for one in evidence.alerts.values()}

    @cached_property
    def _hooks(self) -> Mapping[tuple[str, str], Sequence[Webhook]]:
        found: dict[tuple[str, str], list[Webhook]] = defaultdict(list)
        for one in self._evidence.webhooks:
            found[one.project, one.error].append(one)
        return found

    def lost(self) -> Iterator[str]:
        """What was answered 2xx and is nowhere."""
        for about, hooks in self._hooks.items():
            alert, name = self._alerts.get(about), " ".join(filter(None, about))
            taken = [one for one in hooks if one.taken]
            yield from _unrecorded(name, taken, self._recorded(about))
            on_alert = [one for one in taken if one.outcome != "recorded"]
            if alert is None:
                yield from (f"{name}: webhook {one.n} was {one.outcome}, and there is no alert" for one in on_alert)
                continue
            missing = len(_counting(on_alert, alert)) - alert["events"]
            if missing > 0:
                yield f"{name}: {missing} of the events answered 2xx are not counted"
            changes = [one for one in on_alert if one.outcome == "opened" or one.trigger not in COUNTING]
            yield from (
                f"{name}: webhook {one.n} ({one.trigger}) left no line" for one in changes if not _line(alert, one)
            )

    def counted_twice(self) -> int:
        """Events more than there were webhooks, on alerts that never began anew."""
        return sum(
            max(0, alert["events"] - sum(one.trigger in COUNTING for one in self._hooks.get(about, ())))
            for about, alert in self._alerts.items()
            if not _began_anew(alert, self._hooks.get(about, ()))
        )

    def _recorded(self, about: tuple[str, str]) -> int:
        return sum(
            one["count"] for one in self._evidence.unrouted if (one["project"], one.get("error_id", "")) == about
        )


def forgotten(evidence: Evidence) -> Iterator[str]:
    """Texts from phones that were answered and are not kept."""
    return (f"text {sid} was answered and is not kept" for sid in evidence.answered if sid not in evidence.texts)


def _unrecorded(name: str, taken: Iterable[Webhook], count: int) -> Iterator[str]:
    missing = sum(one.outcome == "recorded" for one in taken) - count
    if missing > 0:
        yield f"{name}: {missing} of the events answered as recorded are not in `unrouted`"


def _counting(taken: Sequence[Webhook], alert: Fields) -> list[Webhook]:
    """Those that must be on the alert's count: of one that began anew, those since."""
    counting = [one for one in taken if one.trigger in COUNTING]
    if not _began_anew(alert, taken):
        return counting
    return [one for one in counting if one.sent * 1000 > alert["opened"]]


def _began_anew(alert: Fields, hooks: Sequence[Webhook]) -> bool:
    lines = alert["timeline"]
    closed = any(one["what"].startswith("closed") for one in lines)
    return closed or len(lines) >= ENTRIES or sum(one.outcome == "opened" for one in hooks) > 1


def _line(alert: Fields, hook: Webhook) -> bool:
    """Whether the timeline has a line of the moment in which this webhook was dealt with, or had to forget it."""
    since, until = hook.sent * 1000 - MOMENT, hook.answered * 1000 + MOMENT
    lines = alert["timeline"]
    return any(since <= one["at"] <= until for one in lines) or (len(lines) >= ENTRIES and lines[0]["at"] > since)
