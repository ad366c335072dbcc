"""Whether each closing of an alert left its document for the figures, once."""

from collections import Counter
from collections.abc import Iterator

from tools.faults.counts import ENTRIES
from tools.faults.evidence import Evidence, Fields

OPENED = ("opened", "triggered again")
"""Lines of an alert that is opened again: in the moment of a closing, both came in one commit, which leaves nothing."""


def mistold(evidence: Evidence) -> Iterator[str]:
    """Closings that left nothing, or left it twice; and what no closing left."""
    left: dict[str, Counter[int]] = {}
    for one in evidence.closings.values():
        left.setdefault(one["alert"], Counter())[one["closed_at"]] += 1
    for key, alert in evidence.alerts.items():
        name = f"alert {alert.get('code')} ({key})"
        yield from (f"{name}: {said}" for said in _of(alert, left.pop(key, Counter())))
        yield from (f"{name}: {said}" for said in _unmarked(evidence, key, alert))
    yield from (f"alert {key} is not there, and left {sum(some.values())} closings" for key, some in left.items())


def _of(alert: Fields, left: Counter[int]) -> Iterator[str]:
    lines = alert["timeline"]
    closed = {one["at"] for one in lines if one["what"].startswith("closed: ")}
    again = {one["at"] for one in lines if one["what"] in OPENED}
    first = lines[0]["at"] if len(lines) >= ENTRIES else 0
    yield from (f"its closing at {at} left nothing" for at in sorted(closed - left.keys() - again))
    yield from (f"its closing at {at} left {times} documents" for at, times in left.items() if times > 1)
    yield from (
        f"something is left of a closing at {at}, which was none" for at in left if at not in closed and at > first
    )


def _unmarked(evidence: Evidence, key: str, alert: Fields) -> Iterator[str]:
    """The latest closing is to be counted: a run is over before the hour in which nothing is."""
    latest = (alert.get("chapter") or {}).get("closed_at")
    found = [one for one in evidence.closings.values() if one["alert"] == key and one["closed_at"] == latest]
    if latest is not None and not any("uncounted" in one for one in found):
        yield f"its closing at {latest} will not be counted"
