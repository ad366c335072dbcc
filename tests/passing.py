"""Time passes on the stage, as the scheduler sees it."""

from bugglio.pager.reports import iso
from bugglio.roster import MINUTE
from tests.stage import Stage


def arrivals(stage: Stage, *, minutes: float, stay: bool = True) -> list[tuple[str, str, str]]:
    """
    The scheduler calls each minute; the texts that arrive meanwhile: when each went, to whom (id), and what it says.

    A tick that does not stay is one of the command line.
    """
    known = {message.sid for message in stage.simulator.messages()}
    end = stage.clock.now() + int(minutes * MINUTE)
    while stage.clock.now() < end:
        call = min(stage.clock.now() // MINUTE * MINUTE + MINUTE, end)
        stage.works.ticking.tick(stay=max(0, call - stage.clock.now() - 1) if stay else 0)
        stage.clock.advance(seconds=max(0, call - stage.clock.now()) / 1_000)
        stage.simulator.settle()
    stage.works.ticking.tick()
    stage.simulator.settle()
    people = {one.phone: one.id for one in stage.roster.engineers.values()}
    arrived = [message for message in stage.simulator.messages() if message.sid not in known]
    return [(time_of(message.created), people[message.to], message.body) for message in arrived]


def time_of(at: int) -> str:
    """The time of day, UTC, to the second."""
    return (iso(at) or "")[11:19]
