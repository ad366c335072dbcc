"""What must be true after a storm: values in, verdicts out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bugglio.store import Document
from tools.rig.load import Load

TOKENS, EACH = 3, 60.0
"""Pages that go to one phone at once, and seconds until it gets another."""
SLACK = 5.0
"""Seconds by which a text may seem early: its token is taken when it is decided, and Twilio may be told late."""
ANSWER = 3_500.0
"""Milliseconds within which a webhook is answered."""
LATE = 500.0
"""Milliseconds by which the load may see it later, on a machine with more to do than processors."""
LIST = 1_000.0


@dataclass(frozen=True)
class Check:
    """One line: what was looked at, what was found, and whether that is as it must be."""

    name: str
    found: str
    holds: bool = True
    timed: bool = False
    """Whether a busy machine may be why it is not."""


def answers(load: Load, *, down: bool = False) -> Iterator[Check]:
    """Each webhook is answered 200; while the store was down, 503 is right too."""
    total = sum(load.statuses.values())
    stored = load.statuses[200]
    others = {status: times for status, times in load.statuses.items() if status != 200}
    right = set(others) <= {503} if down else not others
    told = ", ".join(f"{times} x {status or 'no answer'}" for status, times in sorted(others.items()))
    yield Check("webhooks, a second", f"{total:,}, {load.rate:,.0f}", stored > 0)
    yield Check("answered 200", f"{stored:,}" + (f", {told}" if told else ""), right)
    slowest = max(load.milliseconds)
    times = f"{load.percentile(0.5):,.0f}, {load.percentile(0.99):,.0f}, {slowest:,.0f}"
    yield Check("answered within ms: half, 99 %, all", times, not down or slowest <= ANSWER + LATE, timed=True)


def counts(alerts: Sequence[Document], stored: Mapping[str, int], tried: Mapping[str, int]) -> Iterator[Check]:
    """
    One alert for each error, on which all events are counted that were answered 200.

    `stored` and `tried`: how many webhooks of each error were answered 200, and sent; what was answered 503 may be
    there or not.
    """
    by_error = Counter(str(one.fields.get("error_id")) for one in alerts)
    doubled = sum(times - 1 for times in by_error.values())
    events = {str(one.fields.get("error_id")): int(one.fields.get("events", 0)) for one in alerts}
    lost = sum(max(0, times - events.get(error, 0)) for error, times in stored.items())
    invented = sum(max(0, times - tried.get(error, 0)) for error, times in events.items())
    missing = sum(1 for error, times in stored.items() if times and error not in by_error)
    yield Check("alerts, doubled, missing", f"{len(by_error):,}, {doubled}, {missing}", not (doubled or missing))
    yield Check(
        "events stored, lost, invented", f"{sum(events.values()):,}, {lost}, {invented}", not (lost or invented)
    )


def pages(found: Mapping[str, Mapping[str, Any]], alerts: Sequence[Document]) -> Iterator[Check]:
    """Each alert has its page: sent, waiting, or in a digest whose count is true."""
    about = {str(page.get("alert")) for page in found.values() if page["kind"] == "page"}
    missing = sum(1 for one in alerts if one.id not in about)
    states = Counter(str(page["state"]) for page in found.values())
    told = ", ".join(f"{times:,} {state}" for state, times in sorted(states.items()))
    yield Check("alerts without a page", str(missing), missing == 0)
    yield Check("pages", told, not states["failed"] and not states["dropped"])
    digests = {key: page for key, page in found.items() if page["kind"] == "digest"}
    sent = [page for page in digests.values() if page.get("body")]
    wrong = [key for key, page in digests.items() if not _is_true(page, _members(key, found))]
    yield Check("digests sent, with a wrong count", f"{len(sent)}, {len(wrong)}", not wrong)


def _members(digest: str, found: Mapping[str, Mapping[str, Any]]) -> int:
    """How many pages went into a digest, those of digests that went into it among them."""
    inside = [page for page in found.values() if page.get("digest") == digest]
    return sum(int(page["count"]["pages"]) if page.get("count") else 1 for page in inside)


def _is_true(digest: Mapping[str, Any], members: int) -> bool:
    body = str(digest.get("body") or "")
    told = re.search(r"(\d+) more: ", body)
    return (
        int(digest["count"]["pages"]) == members
        and (told is None or int(told[1]) == members)
        and bool(told or not body)
    )


def texts(sent: Iterable[Mapping[str, Any]], least: int) -> Iterator[Check]:
    """The phone got as many pages as it had to, and no more than the throttle allows: 3 at once, then one a minute."""
    moments = sorted(datetime.fromisoformat(one["created"]).timestamp() for one in sent if _is_page(one))
    early = sum(any(_is_early(moments[first : last + 1]) for first in range(last)) for last in range(len(moments)))
    yield Check("texts to the phone", f"{len(moments)}, at least {least}", len(moments) >= least)
    yield Check("of them too early", str(early), early == 0)


def _is_early(moments: Sequence[float]) -> bool:
    """Whether a phone had more tokens from the first to the last of these than there are."""
    return len(moments) > TOKENS + (moments[-1] - moments[0] + SLACK) // EACH


def _is_page(text: Mapping[str, Any]) -> bool:
    return text["direction"] == "outbound-api" and "cannot reach its store" not in text["body"]


def emergencies(sent: Iterable[Mapping[str, Any]], instances: int, seconds: float) -> Iterator[Check]:
    """While the store was down the last resort was told so, by each instance at most once a minute."""
    times = sum(1 for one in sent if "cannot reach its store" in one["body"])
    most = instances * (1 + int((seconds + SLACK) // EACH))
    yield Check("texts that the store is down", f"{times}, at most {most}", 1 <= times <= most)
