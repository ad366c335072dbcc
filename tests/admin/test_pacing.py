"""Answers that come at a fixed moment, and for how many at a time they are waited for."""

from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.exceptions import ServiceUnavailable

from bugglio.admin.pacing import KNOWN, STRANGERS, Pace


class Moments:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.kit = SimpleNamespace(uptime=lambda: self.now)

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def pace() -> tuple[Pace, Any]:
    office: Any = Moments()
    return Pace(office), office


@pytest.mark.parametrize(("work", "ends"), [(0.0, 2.5), (0.1, 2.5), (2.4, 2.5), (2.6, 5.0), (7.0, 7.5)])
def test_the_end_does_not_tell_how_long_the_work_took(work: float, ends: float) -> None:
    paced, office = pace()

    with paced.of(2.5, known=False):
        office.now += work

    assert pytest.approx(100 + ends) == office.now


def test_strangers_fill_their_own_room_and_not_that_of_known_browsers() -> None:
    paced, _ = pace()
    with ExitStack() as waiting:
        for _ in range(STRANGERS):
            waiting.enter_context(paced.of(1, known=False))

        with pytest.raises(ServiceUnavailable), paced.of(1, known=False):
            pass
        for _ in range(KNOWN):
            waiting.enter_context(paced.of(1, known=True))
        with pytest.raises(ServiceUnavailable), paced.of(1, known=True):
            pass
    with paced.of(1, known=False):
        pass


def test_work_that_fails_leaves_its_place_to_others() -> None:
    paced, office = pace()
    for _ in range(STRANGERS + 1):
        with pytest.raises(ValueError, match="of the work"), paced.of(1, known=False):
            raise ValueError("of the work")

    assert 100 == office.now
