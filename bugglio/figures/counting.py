"""What one closing, or one page, adds to the figures of its week."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bugglio import gsm
from bugglio.figures.histogram import bucket
from bugglio.figures.records import Closing
from bugglio.figures.weeks import NAME, OTHERS, Sums, Week, added, both, week_of
from bugglio.page import DELIVERED, FAILED, Page
from bugglio.zones import zone_of

NIGHT = (22, 7)
"""From this hour to that one it is night, by the clock of whoever was paged."""

WAKING = frozenset({"page", "reminder", "noted", "digest", "unanswered"})
"""Kinds of texts by which somebody is paged: not what they asked for themselves, nor what only tells."""


@dataclass
class Tallies:
    """Weeks' figures, as they come together."""

    weeks: dict[str, Week] = field(default_factory=dict)

    def add(self, parts: Iterable[tuple[str, Week]]) -> None:
        """Count more of some weeks."""
        for week, part in parts:
            self.weeks[week] = added(self.weeks.get(week, Week()), part)


def of_closing(closing: Closing) -> list[tuple[str, Week]]:
    """What a closing adds: to the week of the opening that it was opened, to its own all that it came to."""
    name = both(closing.team, closing.project[:NAME])
    opened = Week(teams={closing.team: Sums(opened=1)}, projects={name: (1, 0)})
    answer = closing.to_answer
    sums = Sums(
        closed=1,
        answering={bucket(answer): 1} if answer is not None else {},
        closing={bucket(closing.to_close): 1},
    )
    closed = Week(teams={closing.team: sums}, projects={name: (0, 1)})
    return [(week_of(closing.opened), opened), (week_of(closing.closed_at), closed)]


def of_page(page: Page, zone: str) -> list[tuple[str, Week]]:
    """
    What a page adds to the week in which it went; `zone` is that of whoever it was for.

    Calls are not texts, and are not counted; what went into a digest, or was dropped, is no text either.
    """
    at = page.attempts[-1].at if page.attempts else page.created
    taken = sum(1 for one in page.attempts if one.sid)
    failed = page.state == FAILED
    if page.spoken or not (taken or failed):
        return []
    sums = Sums(texts=taken, segments=taken * gsm.segments(page.body))
    people = {}
    if page.kind in WAKING:
        sums = _with_end(sums, page)
        people = {both(page.team, page.to): _by(at, zone)} if taken else {}
    return [(week_of(at), Week(teams={page.team: sums}, people=people))]


def of_answer(answer: str, at: int) -> list[tuple[str, Week]]:
    """What an answer to somebody's text adds: it is a text too, and no team's."""
    sums = Sums(texts=1, segments=gsm.segments(answer))
    return [(week_of(at), Week(teams={OTHERS: sums}))] if answer else []


def _with_end(sums: Sums, page: Page) -> Sums:
    delivered, failed = page.state == DELIVERED, page.state == FAILED
    took = page.ended_at - page.created if delivered and page.ended_at is not None else None
    return Sums(
        texts=sums.texts,
        segments=sums.segments,
        delivered=int(delivered),
        failed=int(failed),
        unknown=int(not delivered and not failed),
        delivering={bucket(took): 1} if took is not None else {},
    )


def _by(at: int, zone: str) -> tuple[int, int]:
    """One page, by day or by night."""
    hour = datetime.fromtimestamp(at / 1000, zone_of(zone or "UTC")).hour
    night = hour >= NIGHT[0] or hour < NIGHT[1]
    return (0, 1) if night else (1, 0)
