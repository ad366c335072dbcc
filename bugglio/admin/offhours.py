"""Whether a rotation with nobody on duty is as it is meant to be."""

from bugglio.roster import Team
from bugglio.schedule import Shift
from bugglio.schedule.hours import Hours
from bugglio.schedule.wall import WallClock


def is_off(team: Team, rotation: str, shift: Shift, at: int) -> bool:
    """Whether nobody is on this shift at an instant because it lies outside the rotation's hours."""
    found = team.rotations[rotation]
    leader = team.rotations.get(found.next_of, found)
    if shift.engineer or shift.override or not leader.hours:
        return False
    return not Hours(leader.hours).open(WallClock(leader.timezone or team.timezone).furthest(at))
