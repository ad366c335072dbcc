"""The figures of one week, and how two countings of it become one: in any order, the same comes out."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import msgspec

from bugglio.figures import histogram
from bugglio.figures.histogram import Histogram

T = TypeVar("T")

TEAMS, PROJECTS, PEOPLE = 250, 1_500, 4_000
"""So many of each are named in a week's document (a person once for each of their teams) ..."""
OTHERS = ""
"""... and under this name are the others together; of teams also what was no single team's."""
LARGEST = 900_000
"""Bytes of a week's text; a document holds a million."""
NAME = 60
"""Characters of a project's name."""


class Sums(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A team's week."""

    opened: int = 0
    closed: int = 0
    answering: Histogram = {}
    """From the first asking to the first answer, of the alerts closed in this week ..."""
    closing: Histogram = {}
    """... and from opening to closing."""
    delivered: int = 0
    failed: int = 0
    unknown: int = 0
    """Pages of which the carrier told no end within the hour."""
    delivering: Histogram = {}
    """From a page's making to the carrier's word that it is on the phone."""
    texts: int = 0
    """Texts that the carrier took, notices too ..."""
    segments: int = 0
    """... and for how many segments."""


class Week(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All teams' week."""

    teams: dict[str, Sums] = {}
    projects: dict[str, tuple[int, int]] = {}
    """By team and project: alerts opened, alerts closed."""
    people: dict[str, tuple[int, int]] = {}
    """By team and person: pages by day, pages by night."""
    whole: Sums = Sums()
    """All teams together, as a text of the week has it: whoever asks for that needs to add nothing."""


def week_of(at: int) -> str:
    """The ISO week (UTC) of an instant in milliseconds, as its document is called: "2026-W48"."""
    year, week, _ = datetime.fromtimestamp(at / 1000, UTC).isocalendar()
    return f"{year}-W{week:02d}"


def first_day(week: str) -> date:
    """The Monday with which a week begins."""
    return datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=UTC).date()


def weeks_until(at: int, count: int) -> list[str]:
    """The names of the latest weeks, the oldest first; the last is the one of this instant."""
    now = datetime.fromtimestamp(at / 1000, UTC)
    days = (now - timedelta(weeks=back) for back in reversed(range(count)))
    return [week_of(int(day.timestamp() * 1000)) for day in days]


def both(team: str, name: str) -> str:
    """What stands for a project, or a person, of a team."""
    return f"{team}\n{name[:NAME]}"


def apart(key: str) -> tuple[str, str]:
    """The team, and the name, that it stands for; both are empty for the others."""
    team, _, name = key.partition("\n")
    return team, name


def added(one: Week, other: Week) -> Week:
    """Both countings together."""
    return bounded(
        Week(
            teams=_merged(one.teams, other.teams, sums_added),
            projects=_merged(one.projects, other.projects, pairs_added),
            people=_merged(one.people, other.people, pairs_added),
        )
    )


def sums_added(one: Sums, other: Sums) -> Sums:
    """Two teams', or two countings', figures together."""
    return together((one, other))


def together(sums: Iterable[Sums]) -> Sums:
    """The figures of all of these."""
    found = list(sums)
    return Sums(
        opened=sum(one.opened for one in found),
        closed=sum(one.closed for one in found),
        answering=histogram.together(one.answering for one in found),
        closing=histogram.together(one.closing for one in found),
        delivered=sum(one.delivered for one in found),
        failed=sum(one.failed for one in found),
        unknown=sum(one.unknown for one in found),
        delivering=histogram.together(one.delivering for one in found),
        texts=sum(one.texts for one in found),
        segments=sum(one.segments for one in found),
    )


def pairs_added(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Two pairs of counts together."""
    return one[0] + other[0], one[1] + other[1]


def bounded(week: Week, part: int = 1) -> Week:
    """The week with as many names as it has room for, or the so-manieth part of that."""
    return Week(
        teams=_bounded(week.teams, max(1, TEAMS // part), sums_added),
        projects=_bounded(week.projects, max(1, PROJECTS // part), pairs_added),
        people=_bounded(week.people, max(1, PEOPLE // part), pairs_added),
    )


def packed(week: Week) -> str:
    """A week as one JSON text that a document holds, whatever is in it."""
    part = 1
    while len(text := msgspec.json.encode(_in_order(bounded(week, part)))) > LARGEST:
        part *= 2
    return text.decode()


def unpacked(text: str) -> Week:
    """The week in a text."""
    return msgspec.json.decode(text, type=Week)


def _in_order(week: Week) -> Week:
    """The same, so that it is always written alike, with its teams together."""
    return Week(
        whole=together(week.teams.values()),
        teams=dict(sorted(week.teams.items())),
        projects=dict(sorted(week.projects.items())),
        people=dict(sorted(week.people.items())),
    )


def _merged(one: Mapping[str, T], other: Mapping[str, T], add: Callable[[T, T], T]) -> dict[str, T]:
    merged = dict(one)
    for key, value in other.items():
        merged[key] = add(merged[key], value) if key in merged else value
    return merged


def _bounded(named: dict[str, T], most: int, add: Callable[[T, T], T]) -> dict[str, T]:
    """
    The names with the smallest hashes, and the others together.

    A name that had to go is never among them again, and one that stays was always among them: so the order in which
    they came does not matter. A hash favours no team, and the same names from week to week.
    """
    if len(named) <= most:
        return named
    order = sorted(named.keys() - {OTHERS}, key=_hash)
    stay = {name: named[name] for name in order[: most - 1]}
    return {**stay, OTHERS: _sum([*(named[name] for name in order[most - 1 :]), *_others(named)], add)}


def _others(named: Mapping[str, T]) -> list[T]:
    return [named[OTHERS]] if OTHERS in named else []


def _sum(values: Iterable[T], add: Callable[[T, T], T]) -> T:
    first, *rest = values
    for value in rest:
        first = add(first, value)
    return first


def _hash(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=8).digest()
