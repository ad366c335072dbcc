"""An alert's document as it is written: a closing leaves for the figures what it came to, in the same commit."""

from collections.abc import Mapping
from typing import Any

import msgspec

from bugglio import alert as alerts
from bugglio.alert import CLOSED, Alert, Chapter
from bugglio.document import present
from bugglio.figures import COUNTED_AFTER, Closing
from bugglio.store import ABSENT, EXISTS, Document, Write
from bugglio.store.change import change

UNCOUNTED = "uncounted"
"""Field of a closing: from when on it is counted, there until it was."""


def kept(key: str, found: Document | None, after: Alert) -> list[Write]:
    """What is written of an alert that was found so: first its document, then what it leaves for the figures."""
    before = found.fields if found is not None else {}
    after, left = _told(key, before, after)
    return [change(alerts.path(key), found, alerts.dump(after)), *left]


def path(key: str, chapter: Chapter) -> str:
    """Where a closing lies. The second and later ones of one cycle are told apart by their number."""
    number = f"-{chapter.number}" if chapter.number > 1 else ""
    return f"history/{key}-{chapter.cycle}{number}"


def _told(key: str, before: Mapping[str, Any], after: Alert) -> tuple[Alert, list[Write]]:
    last = after.chapter
    if after.state == CLOSED:
        told = last.closed_at if last is not None else None
        if after.closed_at is None or after.closed_at in (told, before.get("closed_at")):
            # It was closed before; or its reopening was taken back, and the closing of then stands.
            return after, []
        chapter = _following(last, after)
        return _with(after, chapter), [_closing(key, chapter, after)]
    if last is None or last.closed_at is None or not _was_taken_back(before, last, after):
        return after, []
    taken_back = Write(path(key, last), EXISTS, delete=(UNCOUNTED,))
    return _with(after, msgspec.structs.replace(last, closed_at=None)), [taken_back]


def _was_taken_back(before: Mapping[str, Any], last: Chapter, after: Alert) -> bool:
    """Whether a closed alert is open as it was before, and not anew."""
    return before.get("closed_at") == last.closed_at and before.get("opened", 0) == after.opened


def _following(last: Chapter | None, after: Alert) -> Chapter:
    number = last.number + 1 if last is not None and last.cycle == after.cycle else 1
    return Chapter(cycle=after.cycle, number=number, closed_at=after.closed_at)


def _with(alert: Alert, chapter: Chapter) -> Alert:
    return msgspec.structs.replace(alert, chapter=chapter)


def _closing(key: str, chapter: Chapter, alert: Alert) -> Write:
    closed_at = alert.closed_at or 0
    closing = Closing(
        alert=key,
        code=alert.code,
        team=alert.team,
        project=alert.project,
        cycle=alert.cycle,
        opened=alert.opened,
        born=alert.born,
        asked_at=alert.asked_at,
        answered_at=alert.answered_at,
        closed_at=closed_at,
        how=alert.how or "",
        who=alert.closed_by or "",
        pages=sum(alert.paged.values()),
    )
    put = {**present(msgspec.to_builtins(closing)), UNCOUNTED: closed_at + COUNTED_AFTER}
    return Write(path(key, chapter), ABSENT, put=put)
