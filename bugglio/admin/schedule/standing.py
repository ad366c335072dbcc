"""The overrides of a team that hold, or will: what they say, whose they are, and which can be removed."""

from collections.abc import Sequence
from dataclasses import dataclass

from bugglio.admin.schedule.laid import Made, overrides
from bugglio.admin.schedule.words import Teller
from bugglio.roster import Team

MOST = 30
"""So many are listed, the next ones."""


@dataclass(frozen=True)
class Standing:
    """An override that is not over."""

    who: str
    where: str
    start: int
    end: int
    why: str
    id: str
    """By which it is removed; empty: the roster plans it."""


def standing(teller: Teller, team: Team) -> tuple[Sequence[Standing], int]:
    """The next of them, by their beginnings; and how many more there are."""
    seen: dict[tuple[object, ...], tuple[Made, str]] = {}
    for rotation in team.rotations.values():
        for made in overrides(teller.roster, team, rotation):
            if made.end > teller.now:
                whole = made.cover is not None and not made.cover.rotation
                key = (made.cover.id,) if made.cover is not None else (made, rotation.id)
                seen.setdefault(key, (made, "all rotations" if whole else rotation.id))
    found = sorted(seen.values(), key=lambda pair: (pair[0].start, pair[1]))
    return [_told(teller, made, where) for made, where in found[:MOST]], max(0, len(found) - MOST)


def _told(teller: Teller, made: Made, where: str) -> Standing:
    who = teller.name(made.engineer) if made.engineer else "NOBODY"
    key = made.cover.id if made.cover is not None else ""
    return Standing(who, where, made.start, made.end, teller.override(made), key)
