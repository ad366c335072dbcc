"""What handoffs are told as: of one team and one moment, one text to each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bugglio import when, wording
from bugglio.handoffs.telling import Came, Due, Went
from bugglio.roster import Roster, Team

T = TypeVar("T", Came, Went)


@dataclass(frozen=True)
class Text:
    """What somebody is told, or asked, of shifts that begin."""

    who: str
    what: str
    """Team, and rotations where the team has several."""
    start: int
    text: str
    asks: bool = False
    before: tuple[str, ...] = ()
    """Who had what they are asked about."""


def texts(roster: Roster, team: Team, dues: Sequence[Due], count: int, now: int) -> list[Text]:
    """What is told of a team's rotations at once; `count` of its alerts are open."""
    came = _grouped((one.came for one in dues), now)
    went = _grouped((one.went for one in dues), now)
    asked = [_question(roster, team, shifts, went.get(key, []), count, now) for key, shifts in came.items()]
    return [*asked, *(_notice(roster, team, gone, now) for key, gone in went.items() if key not in came)]


def _grouped(shifts: Iterable[T | None], now: int) -> dict[tuple[str, int], list[T]]:
    """By whom they concern, and when they begin; all that have begun are told at once."""
    found: dict[tuple[str, int], list[T]] = {}
    for one in shifts:
        if one is not None:
            found.setdefault((one.who, max(one.start, now)), []).append(one)
    return found


def _question(roster: Roster, team: Team, shifts: list[Came], gone: list[Went], count: int, now: int) -> Text:
    first, zone = shifts[0], roster.zone_for(shifts[0].who, team.id)
    begun = first.start <= now
    until = {one.until for one in shifts}
    end = until.pop() if len(until) == 1 else None
    said = wording.shift(
        what := label(team, [one.rotation for one in shifts]),
        "" if begun else when.told(first.start, now, zone),
        "" if end is None else when.told(end, now, zone),
        _others(roster, gone),
        count if begun else None,
    )
    before = tuple(dict.fromkeys(one.before for one in shifts if one.before))
    return Text(first.who, what, first.start, said, asks=True, before=before)


def _notice(roster: Roster, team: Team, gone: list[Went], now: int) -> Text:
    first, zone = gone[0], roster.zone_for(gone[0].who, team.id)
    same = [one for one in gone if one.to == first.to]
    what = label(team, [one.rotation for one in same])
    since = "" if first.start <= now else when.told(first.start, now, zone)
    others = _others(roster, [one for one in gone if one not in same])
    return Text(first.who, what, first.start, wording.shift_of(_name(roster, first.to), what, since, others))


def label(team: Team, rotations: Sequence[str]) -> str:
    """What a shift is of: the team, and where that has several rotations, which of them."""
    return f"{team.id} {' and '.join(rotations)}" if len(team.rotations) > 1 else team.id


def _others(roster: Roster, gone: Sequence[Went]) -> str:
    return "; ".join(f"{_name(roster, one.to)} has {one.rotation}" for one in gone)


def _name(roster: Roster, person: str) -> str:
    return roster.engineers[person].name
