"""Whether everybody was asked whom a team's steps ask, and in time: worked out from the roster file alone."""

import re
from collections.abc import Iterator, Sequence

from tools.faults.counts import MOMENT
from tools.faults.evidence import Evidence, Fields
from tools.faults.people import LAST_RESORT, NAG
from tools.faults.stuck import GRACE

SKIPPED = re.compile("step [0-9]+ skipped")
Asked = tuple[Sequence[str], int]
"""People, and how many milliseconds they have."""
SECOND = "2nd page"
RAN_OUT = ("acknowledgement ran out", "nobody answered the reminder", "snooze ended")
UNOWNED: Sequence[Asked] = (((LAST_RESORT,), NAG * 60_000),)
"""The steps of what belongs to no team."""


def unasked(evidence: Evidence) -> Iterator[str]:
    """People whom a team's steps ask and who were not asked in time, without a word why; pages decided, never made."""
    for key, alert in evidence.alerts.items():
        lines = [one for one in alert["timeline"] if one["at"] < evidence.at - MOMENT]
        name = f"alert {alert.get('code')} ({key})"
        steps = evidence.steps.get(alert["team"], UNOWNED)
        for place, line in enumerate(lines):
            if line["what"] == "opened":
                yield from (f"{name}: {who} was not paged" for who in _not_asked(steps[0][0], lines[place:]))
            if line["what"] in ("page", "call") and line["page"] not in evidence.pages and not _undone(lines[place:]):
                yield f"{name}: the {line['what']} to {line['who']} was decided and never made"
        late = _late(steps, lines, evidence)
        if late:
            yield f"{name}: {late}"


def _not_asked(people: Sequence[str], lines: Sequence[Fields]) -> list[str]:
    """Who of the first step is not named in the lines of the moment at which an alert was opened: the first of them."""
    now = [one for one in lines if one["at"] == lines[0]["at"]]
    if any(one["what"].startswith(("not paged", "step 1", "closed", "snoozed")) for one in now):
        return []
    paged = {one["who"] for one in now if one["what"] == "page"}
    return [who for who in people if who not in paged]


def _late(steps: Sequence[Asked], lines: Sequence[Fields], evidence: Evidence) -> str:
    """Which step came late, or not at all, of an alert that nobody has touched since it was opened."""
    if not lines or lines[0]["what"] != "opened" or not all(map(_by_itself, lines)):
        return ""
    at, step = lines[0]["at"], _skipped(lines, lines[0]["at"])
    while step + 1 < len(steps):
        wait, (people, _) = steps[step][1], steps[step + 1]
        moments = [one["at"] for one in lines if at < one["at"] and _asks(one, people)]
        due = at + wait + _stood(evidence.outage, at, wait)
        latest = max(due, _tended(evidence, due)) + GRACE
        if not moments or moments[0] > latest:
            late = latest < evidence.at
            return f"step {step + 2} was due within {wait // 1000} s and did not come" if late else ""
        at = moments[0]
        step += 1 + _skipped(lines, at)
    return ""


def _tended(evidence: Evidence, due: int) -> int:
    """
    When, from this moment on, a tick is first seen to have decided anything; this moment if none did any more.

    A step cannot come while every process that was asked for a tick stood still or was killed.
    """
    seen = (line["at"] for alert in evidence.alerts.values() for line in alert["timeline"] if _by_a_tick(line))
    return min((at for at in seen if at >= due), default=due)


def _by_a_tick(line: Fields) -> bool:
    """Whether nobody but a tick writes such a line: a second page, a clock that ran out."""
    return line.get("detail") == SECOND or line["what"] in RAN_OUT


def _stood(outage: tuple[int, int], at: int, wait: int) -> int:
    """How long the clock of a step that began at this moment stands, because nobody can be texted."""
    since, until = outage
    return max(0, until - max(since, at)) if since < at + wait + GRACE else 0


def _skipped(lines: Sequence[Fields], at: int) -> int:
    """How many steps were passed over at this moment, because nobody of them could be reached."""
    return sum(one["at"] == at and SKIPPED.fullmatch(one["what"]) is not None for one in lines)


def _by_itself(line: Fields) -> bool:
    """Whether a line tells of what the clock does, rather than of what somebody did."""
    return bool(line["what"] in ("opened", "page", "call", "goes on") or line["what"].startswith("step "))


def _asks(line: Fields, people: Sequence[str]) -> bool:
    return bool((line["what"] == "page" and line["who"] in people) or SKIPPED.fullmatch(line["what"]))


def _undone(lines: Sequence[Fields]) -> bool:
    """Whether the same commit took back what the first of these lines says."""
    now = [one["what"] for one in lines if one["at"] == lines[0]["at"]]
    return any(what.startswith(("closed", "snoozed", "acknowledged", "opened", "triggered again")) for what in now)
