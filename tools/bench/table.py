"""A bench's lines: figure, baseline, goal; and how they are printed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median

from tools.bench.means import Means

WIDTH = 44
"""Of a line's name, or more where a name is longer."""


class Of(Enum):
    """What a goal is set for."""

    FIGURE = "figure"
    TIMES = "times"
    """The figure divided by its baseline."""
    MORE = "more"
    """The figure less its baseline."""


@dataclass(frozen=True)
class Goal:
    """The most that something may be, or the least."""

    limit: float
    of: Of = Of.FIGURE
    least: bool = False

    def missed(self, row: "Row") -> bool:
        """Whether a line is worse than this."""
        found = {Of.FIGURE: row.figure, Of.TIMES: row.times, Of.MORE: row.figure - row.baseline}[self.of]
        return found < self.limit if self.least else found > self.limit

    def told(self, unit: str) -> str:
        """The goal as people read it."""
        sign = ">=" if self.least else "<="
        match self.of:
            case Of.FIGURE:
                return f"{sign} {self.limit:g} {unit}"
            case Of.TIMES:
                return f"{sign} {self.limit:g} times"
            case Of.MORE:
                return f"{sign} {self.limit:+g} {unit}"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    figure: float
    unit: str
    baseline: float
    """What the bench says it is compared with, in the same unit."""
    goal: Goal | None = None
    paired: float | None = None
    """How many times the baseline it was, where that was measured in pairs: the median of the pairs."""

    @property
    def times(self) -> float:
        """How many times the baseline it is."""
        if self.paired is not None:
            return self.paired
        return ratio(self.figure, self.baseline)

    @property
    def missed(self) -> bool:
        """Whether it is worse than it should be."""
        return self.goal is not None and self.goal.missed(self)


@dataclass(frozen=True)
class Bench:
    """Lines that are compared with the same thing."""

    baseline: str
    rows: Callable[[Means], Iterator[Row]]


def paired(name: str, unit: str, figures: Sequence[float], baselines: Sequence[float], goal: Goal | None = None) -> Row:
    """A line of figures and baselines that were measured one after the other, time and again."""
    times = median(map(ratio, figures, baselines))
    return Row(name, median(figures), unit, median(baselines), goal, times)


def ratio(figure: float, baseline: float) -> float:
    """How many times the one is the other; nothing is as much as nothing."""
    return figure / baseline if baseline else float("inf") if figure else 1.0


def table(bench: Bench, rows: Sequence[Row]) -> str:
    """The lines of one bench as people read them."""
    width = max([WIDTH, *(len(row.name) + 1 for row in rows)])
    head = f"{'':{width}}{'median':>14}{'baseline':>14}{'times':>8}{'goal':>16}"
    return "\n".join([head, *(_line(row, width) for row in rows), f"The baseline is {bench.baseline}."])


def markdown(name: str, bench: Bench, rows: Sequence[Row]) -> str:
    """The same for a page."""
    head = [f"### {name}", "", "| | median | baseline | times | goal |", "| --- | ---: | ---: | ---: | --- |"]
    lines = [f"| {' | '.join(_cells(row))}{' **missed**' if row.missed else ''} |" for row in rows]
    return "\n".join([*head, *lines, "", f"The baseline is {bench.baseline}.", ""])


def _line(row: Row, width: int) -> str:
    name, figure, baseline, times, goal = _cells(row)
    return f"{name:{width}}{figure:>14}{baseline:>14}{times:>8}{goal:>16}{'  MISSED' if row.missed else ''}"


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    goal = row.goal.told(row.unit) if row.goal is not None else ""
    figure, baseline = f"{number(row.figure)} {row.unit}", f"{number(row.baseline)} {row.unit}"
    return row.name, figure, baseline, number(row.times), goal


def number(value: float) -> str:
    """Three figures that tell, or all before the point."""
    for least, digits in ((100, 0), (10, 1), (1, 2)):
        if abs(value) >= least:
            return f"{value:,.{digits}f}"
    return f"{value:.3f}" if value else "0"
