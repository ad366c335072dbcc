"""A team's weeks, made ready to be shown: a row for each rotation, its gaps, and the changes of clocks."""

from collections.abc import Sequence
from dataclasses import dataclass

from bugglio.admin.schedule.marks import Mark, marks_of
from bugglio.admin.schedule.picture import Bar, Words, bars, hues
from bugglio.admin.schedule.standing import Standing, standing
from bugglio.admin.schedule.stretches import GAP, Stretch, stretches, zone_of_rotation
from bugglio.admin.schedule.window import Window
from bugglio.admin.schedule.words import Teller
from bugglio.dialogue.trading import rotation_of_step_one
from bugglio.roster import Rotation, Team

MOST = 60
"""So many stretches of a rotation are listed; where there are more, the weeks are looked at one by one."""
GAPS = 5
"""So many gaps of a team are told above its picture."""


@dataclass(frozen=True)
class Listed:
    """A stretch in words."""

    who: str
    start: int
    end: int
    why: str
    kind: str


@dataclass(frozen=True)
class Gap:
    """A part in which nobody is on duty, though somebody should be."""

    rotation: str
    start: int
    end: int
    told: str
    open: bool
    """It is not over: somebody can still be put on."""
    first: bool
    """It is in the rotation of the team's first step: any of its people can take it over."""


@dataclass(frozen=True)
class Row:
    """A rotation's weeks."""

    rotation: Rotation
    zone: str
    now: Stretch | None
    """What holds now, if that is among these weeks."""
    bars: Sequence[Bar]
    listed: Sequence[Listed]
    more: int
    """So many stretches are not listed."""
    told: str
    """The row in one sentence."""
    gaps: Sequence[Gap]


@dataclass(frozen=True)
class Weeks:
    """A team's weeks."""

    team: Team
    rows: Sequence[Row]
    marks: Sequence[Mark]
    gaps: Sequence[Gap]
    """The first of them, in words ..."""
    more_gaps: int
    """... and how many more there are."""
    standing: Sequence[Standing]
    """Overrides that are not over, the next of them ..."""
    more_standing: int
    """... and how many more there are."""

    @property
    def lanes(self) -> int:
        """How many lines of labels there are for changes of clocks."""
        return 1 + max((mark.lane for mark in self.marks), default=-1)


def weeks_of(teller: Teller, team: Team, window: Window) -> Weeks:
    """What is shown of a team."""
    rows = [_row(teller, team, rotation, window) for rotation in team.rotations.values()]
    gaps = [gap for row in rows for gap in row.gaps]
    zones = dict.fromkeys([window.zone, *(row.zone for row in rows)])
    marks, left = marks_of(zones, window, teller), max(0, len(gaps) - GAPS)
    return Weeks(team, rows, marks, gaps[:GAPS], left, *standing(teller, team))


def _row(teller: Teller, team: Team, rotation: Rotation, window: Window) -> Row:
    found = stretches(teller.roster, team, rotation, window.start, window.end)
    told = teller.in_row(team, rotation)
    people = team.people | {one.engineer for one in found if one.engineer}
    drawn = bars(found, window, Words(teller.name, told, hues(people)))
    gaps = [_gap(teller, team, rotation, one) for one in found if one.kind == GAP]
    some = found[:MOST]
    listed = [Listed(teller.who(one), one.begins, one.ends, teller.why(one, team, rotation), one.kind) for one in some]
    return Row(
        rotation,
        zone_of_rotation(team, rotation),
        next((one for one in found if one.start <= teller.now < one.end), None),
        drawn,
        listed,
        len(found) - len(listed),
        _summary(teller, rotation, found),
        gaps,
    )


def _gap(teller: Teller, team: Team, rotation: Rotation, one: Stretch) -> Gap:
    told = f"{rotation.id}: nobody {teller.span(one.start, one.end)} ({teller.why(one, team, rotation)})"
    first = rotation_of_step_one(team) == rotation.id
    return Gap(rotation.id, one.start, one.end, told, one.end > teller.now, first)


def _summary(teller: Teller, rotation: Rotation, found: Sequence[Stretch]) -> str:
    """A row for whoever does not see it: who is in it, and whether it has gaps."""
    people = list(dict.fromkeys(teller.name(one.engineer) for one in found if one.engineer))
    gaps = sum(one.kind == GAP for one in found)
    some = ", ".join(people[:10]) + (f" and {len(people) - 10} more" if len(people) > 10 else "")
    missing = f"{gaps} {'gap' if gaps == 1 else 'gaps'} with nobody" if gaps else "no gap"
    return f"{rotation.id}: {some or 'nobody'} in {len(found)} parts, {missing}. The list below says when."
