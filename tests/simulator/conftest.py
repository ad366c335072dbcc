"""The simulator, standing still, and the doors that it knocks at."""

import pytest

from bugglio.simulator import Simulator, through
from tests.simulator.doors import PUBLIC, Doors


@pytest.fixture
def doors() -> Doors:
    return Doors()


@pytest.fixture
def simulator(doors: Doors) -> Simulator:
    return Simulator(public_url=PUBLIC + "/", post=through(doors.app))
