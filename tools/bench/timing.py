"""Time, measured so that a busy machine says as little as can be."""

from collections.abc import Callable, Mapping
from statistics import median
from timeit import Timer

RUNS = 7
LONG_ENOUGH = 0.02
"""A run lasts at least so many seconds, so that the clock's own grain says nothing."""


def microseconds(call: Callable[[], object]) -> float:
    """How long a call takes: the median of several runs."""
    timer = Timer(call)
    number, seconds = 1, timer.timeit(1)
    while seconds < LONG_ENOUGH:
        number *= 2
        seconds = timer.timeit(number)
    return median(timer.repeat(RUNS, number)) / number * 1_000_000


def by_turns(rounds: int, measures: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """
    What each measure came to, round by round.

    Each second round goes backwards, so that nobody is always first; of several rounds one more is made at the
    beginning that does not count, for everything is slow when it is young.
    """
    found: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(rounds + (rounds > 1)):
        for name in list(measures)[:: -1 if number % 2 else 1]:
            found[name].append(measures[name]())
    return {name: figures[-rounds:] for name, figures in found.items()}
