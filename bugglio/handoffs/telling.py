"""What is to be told of a rotation now."""

from dataclasses import dataclass

import msgspec

from bugglio.handoffs.turns import Rota, Turn
from bugglio.roster import DAY, HOUR

AHEAD = DAY + 15 * HOUR
"""So far is looked ahead: there is a look each day, and nobody is told earlier than 14 hours before."""


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """What people were told of one rotation, by engineers' ids; empty: nobody."""

    has: str = ""
    """Who was told that they have it, or will next ..."""
    left: str = ""
    """... and who has it, or will, as whoever had it before was told."""


@dataclass(frozen=True)
class Came:
    """Somebody's turn begins."""

    rotation: str
    who: str
    start: int
    until: int | None
    """None: there is no end in sight."""
    before: str
    """Who had it."""


@dataclass(frozen=True)
class Went:
    """Somebody's turn ends, for it is another's."""

    rotation: str
    who: str
    to: str
    start: int


@dataclass(frozen=True)
class Due:
    """What is to be told of a rotation now, what will have been told then, and when there is more."""

    known: Known
    next_at: int
    came: Came | None = None
    went: Went | None = None


@dataclass(frozen=True)
class Handoff:
    """A turn that begins, when whoever gets it is told, and when whoever had it."""

    turn: Turn
    comes_at: int
    goes_at: int


def due(rota: Rota, known: Known | None, looked_at: int, now: int) -> Due:
    """
    What is to be told of a rotation now, to whom it is given and to whoever had it.

    `known`: None, if people were told nothing of it yet; then a turn that had begun at the latest look (`looked_at`;
    0: there was none) is no news.
    """
    turns = [turn for turn in rota.turns(now - DAY, now + AHEAD) if turn.engineer in ("", *rota.roster.engineers)]
    coming = _handoffs(rota, [turn for turn in turns if not turn.closed])
    before = known if known is not None else _unseen(coming, looked_at, now)
    if not any(turn.start <= now for turn in turns) and not any(one.comes_at <= now for one in coming):
        before = Known()
    comes = _latest([one for one in coming if one.comes_at <= now], now)
    goes = _latest([one for one in coming if one.goes_at <= now], now)
    after, came = _came(rota, before, comes) if comes else (before, None)
    after, went = _went(rota, after, goes) if goes else (after, None)
    return Due(after, _next(turns, coming, now), came, went)


def _latest(handoffs: list[Handoff], now: int) -> Handoff | None:
    """The latest, unless its turn is over: in the hours before the next begins, nobody is told of the one before."""
    return handoffs[-1] if handoffs and handoffs[-1].turn.over > now else None


def _handoffs(rota: Rota, turns: list[Turn]) -> list[Handoff]:
    """Whoever had it is told by their own clock, whatever became known since: so each is told once."""
    had = ["", *(turn.engineer for turn in turns)]
    return [
        Handoff(turn, rota.told_at(turn, turn.engineer), rota.told_at(turn, before))
        for turn, before in zip(turns, had, strict=False)
    ]


def _unseen(coming: list[Handoff], looked_at: int, now: int) -> Known:
    begun = [one.turn for one in coming if one.turn.start <= now]
    if not begun or (looked_at and begun[-1].start > looked_at):
        return Known()
    return Known(begun[-1].engineer, begun[-1].engineer)


def _came(rota: Rota, known: Known, handoff: Handoff) -> tuple[Known, Came | None]:
    turn = handoff.turn
    if turn.engineer == known.has:
        return known, None
    after = msgspec.structs.replace(known, has=turn.engineer)
    if not turn.engineer or rota.agreed(turn, handoff.comes_at):
        return after, None
    return after, Came(rota.id, turn.engineer, turn.start, rota.until(turn), known.has)


def _went(rota: Rota, known: Known, handoff: Handoff) -> tuple[Known, Went | None]:
    turn = handoff.turn
    if turn.engineer in ("", known.left):
        return known, None
    after = msgspec.structs.replace(known, left=turn.engineer)
    if known.left not in rota.roster.engineers or rota.agreed(turn, handoff.goes_at):
        return after, None
    return after, Went(rota.id, known.left, turn.engineer, turn.start)


def _next(turns: list[Turn], coming: list[Handoff], now: int) -> int:
    """When there may be more to tell, or to forget; within a day."""
    told = [at for one in coming for at in (one.comes_at, one.goes_at)]
    forgotten = [turn.over + DAY for turn in turns]
    return min(at for at in (now + DAY, *told, *forgotten) if at > now)
