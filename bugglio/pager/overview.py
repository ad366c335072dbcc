"""What is open in somebody's teams: few alerts are read whole; of many those at the head, and the rest is counted."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import merge
from itertools import islice

from bugglio.alert import IN_QUIET, Place, in_line, span_of, standing
from bugglio.pager.reading import all_at_once
from bugglio.roster import Engineer, Roster
from bugglio.store import Document, Store

SOME = 30
"""So many of a team's open alerts are read for a text: more than any answer has room for."""
MANY = 300
"""So many are read at a time where all of them are wanted."""
Span = tuple[str, str]
EVERYTHING: Span = ("", "~")


@dataclass(frozen=True)
class Overview:
    """What was read."""

    some: Sequence[Document]
    crowded: Sequence[Span] = ()
    """Where more may be open than was read, as ranges of the field `open`; nowhere: all is known."""


def look(store: Store, roster: Roster, person: Engineer, *, apart: bool) -> Overview:
    """
    What is open in their teams; admins have all, and what belongs to none.

    `apart`: what is crowded is told team by team, and the first of each were read.
    """
    spans = [EVERYTHING] if person.admin else [span_of(team) for team in roster.teams_of(person.id)]
    parts = all_at_once([partial(_look, store, span, apart=apart) for span in spans]) if spans else []
    return Overview([one for part in parts for one in part.some], [span for part in parts for span in part.crowded])


def _look(store: Store, span: Span, *, apart: bool) -> Overview:
    found: list[Document] = []
    crowded: list[Span] = []
    start, end = span
    while True:
        some = store.query("alerts", "open", start=start, end=end, limit=SOME)
        full = len(some) == SOME
        if not (full and apart):
            return Overview([*found, *some], [*crowded, span] if full else crowded)
        first, last = _team(some[0]), _team(some[-1])
        if first == last:
            found += some
            crowded.append(span_of(last))
            start = f"{last}|~"
        else:
            # Whether the last team of these is crowded is seen when it is read by itself.
            found += [one for one in some if _team(one) != last]
            start = span_of(last)[0]


def beyond(store: Store, spans: Sequence[Span], known: Collection[Document]) -> int:
    """How many are open in these ranges besides those that are known."""
    counts = all_at_once([partial(_count, store, span) for span in spans])
    return max(0, sum(counts) - sum(_is_in(one, span) for one in known for span in spans))


def unanswered_beyond(store: Store, crowded: Sequence[Span], known: Collection[Document]) -> int:
    """The same of what nobody has answered, in teams that are crowded."""
    return beyond(store, [span_of(_team_of(span), last=IN_QUIET) for span in crowded], known)


def head(store: Store, overview: Overview, after: Place | None) -> Mapping[str, tuple[Document, Place]]:
    """The first of what is open, or the next after a place among it, by id and in the order of a list."""
    lines = [[one for one in overview.some if not any(_is_in(one, span) for span in overview.crowded)]]
    if after is None:
        lines += [[one for one in overview.some if _is_in(one, span)] for span in overview.crowded]
    else:
        lines += all_at_once([partial(_next, store, span, after) for span in overview.crowded])
    placed = [sorted(map(_placed, line), key=_order) for line in lines]
    found = ((one, place) for one, place in merge(*placed, key=_order) if after is None or place > after)
    # Of each line the first ones are known: so many are the first of all.
    return {one.id: (one, place) for one, place in islice(found, SOME - 1)}


def _next(store: Store, span: Span, after: Place) -> list[Document]:
    start = in_line(_team_of(span), after)
    return store.query("alerts", "open", start=start, end=span[1], limit=SOME)


def _placed(document: Document) -> tuple[Document, Place]:
    return document, standing(document.fields["open"])[1]


def _order(placed: tuple[Document, Place]) -> tuple[Place, str]:
    return placed[1], placed[0].id


def in_quiet(store: Store, crowded: Sequence[Span]) -> Iterator[Document]:
    """All that waits in crowded teams for the end of somebody's quiet."""
    for start, end in (span_of(_team_of(span), IN_QUIET, IN_QUIET) for span in crowded):
        last: Document | None = None
        while some := store.query("alerts", "open", start=start, end=end, limit=MANY, after=last):
            yield from some
            last = some[-1]


def _count(store: Store, span: Span) -> int:
    return store.count("alerts", "open", start=span[0], end=span[1])


def _is_in(document: Document, span: Span) -> bool:
    return span[0] <= str(document.fields.get("open", "")) < span[1]


def _team(document: Document) -> str:
    return standing(document.fields["open"])[0]


def _team_of(span: Span) -> str:
    return span[0].partition("|")[0]
