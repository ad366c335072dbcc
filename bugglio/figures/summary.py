"""What can be said of some weeks: of all teams together, or of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bugglio.figures import histogram
from bugglio.figures.weeks import OTHERS, Sums, Week, apart, pairs_added, together


@dataclass(frozen=True)
class Spans:
    """How long something took, in milliseconds: half of it at most `median`, nine tenths at most `most`."""

    count: int
    median: float | None
    most: float | None


@dataclass(frozen=True)
class WeekSummary:
    """One week."""

    name: str
    opened: int
    closed: int
    answering: Spans
    closing: Spans
    delivered: int
    failed: int
    unknown: int
    delivering: Spans
    texts: int
    segments: int

    @property
    def pages(self) -> int:
        """Pages that were sent, or should have been."""
        return self.delivered + self.failed + self.unknown


@dataclass(frozen=True)
class Summary:
    """Some weeks."""

    weeks: tuple[WeekSummary, ...]
    whole: WeekSummary
    """All of them together."""
    people: tuple[tuple[str, int, int], ...]
    """Who was paged, how often by day and by night: the most often paged first. The last may be the others, ""."""
    projects: tuple[tuple[str, tuple[tuple[int, int], ...]], ...]
    """Projects, with the alerts opened and closed in each week: the most alerts first, the others, "", last."""


def summed(weeks: Sequence[tuple[str, Week]], team: str = "") -> Summary:
    """What these weeks come to, the oldest first; `team`: of this one alone."""
    sums = [week.teams.get(team, Sums()) if team else week.whole for _, week in weeks]
    return Summary(
        tuple(_week(name, one) for (name, _), one in zip(weeks, sums, strict=True)),
        _week("", together(sums)),
        _people([week.people for _, week in weeks], team),
        _projects([week.projects for _, week in weeks], team),
    )


def _week(name: str, sums: Sums) -> WeekSummary:
    return WeekSummary(
        name,
        sums.opened,
        sums.closed,
        _spans(sums.answering),
        _spans(sums.closing),
        sums.delivered,
        sums.failed,
        sums.unknown,
        _spans(sums.delivering),
        sums.texts,
        sums.segments,
    )


def _spans(found: Mapping[int, int]) -> Spans:
    return Spans(histogram.total(found), histogram.percentile(found, 0.5), histogram.percentile(found, 0.9))


def _named(pairs: Mapping[str, tuple[int, int]], team: str) -> dict[str, tuple[int, int]]:
    """The pairs of a team, or all, by name."""
    named: dict[str, tuple[int, int]] = {}
    for key, pair in pairs.items():
        owner, name = apart(key)
        if not team or owner == team:
            named[name] = pairs_added(named.get(name, (0, 0)), pair)
    return named


def _people(weeks: Iterable[Mapping[str, tuple[int, int]]], team: str) -> tuple[tuple[str, int, int], ...]:
    total: dict[str, tuple[int, int]] = {}
    for week in weeks:
        for name, pair in _named(week, team).items():
            total[name] = pairs_added(total.get(name, (0, 0)), pair)
    order = sorted(total, key=lambda name: (name == OTHERS, -sum(total[name]), name))
    return tuple((name, *total[name]) for name in order)


def _projects(
    weeks: Iterable[Mapping[str, tuple[int, int]]], team: str
) -> tuple[tuple[str, tuple[tuple[int, int], ...]], ...]:
    named = [_named(week, team) for week in weeks]
    names = {name for week in named for name in week}
    most = {name: sum(sum(week.get(name, (0, 0))) for week in named) for name in names}
    order = sorted(names, key=lambda name: (name == OTHERS, -most[name], name))
    return tuple((name, tuple(week.get(name, (0, 0)) for week in named)) for name in order)
