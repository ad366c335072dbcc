"""Admins change the turns: an override is put, or taken away, once it was told what that comes to."""

from dataclasses import dataclass

import msgspec

from bugglio.dialogue import overriding as told
from bugglio.pager import covers, making
from bugglio.pager.alterations import Alter, Planned, Refused, planned, putting, removing
from bugglio.pager.covers import PATH
from bugglio.pager.kit import Kit
from bugglio.pager.reports import between
from bugglio.pager.wellbeing.pulse import PULSE, turns_changed
from bugglio.roster import Cover, Engineer
from bugglio.store import ABSENT, Reading, Unreachable, Write
from bugglio.store.retry import retrying

__all__ = ["Change", "Overriding", "Planned", "Refused"]

HOW = "override"
"""What `changes` says of how it was changed."""
CHANGES = "changes"
TURNS = "turns"
"""The field of `changes` by which those of a team's turns are found: `team|at`."""
MOST_TOLD = 100
"""So many people are sent a notice of one change."""
LINES = 50
"""So many lines of what a change comes to are kept."""
SHOWN = 10


@dataclass(frozen=True)
class Change:
    """A change that was made."""

    at: int
    who: str
    what: tuple[str, ...]


class Overriding:
    """Changes a team's turns."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def plan(self, cover: Cover) -> Planned:
        """What it would come to if this override were put. Raises `Refused`."""
        return self._planned(self._read(), putting(cover))

    def plan_removal(self, key: str) -> Planned:
        """What it would come to if an override were taken away. Raises `Refused`."""
        return self._planned(self._read(), removing(key))

    def put(self, cover: Cover, by: Engineer, seen: str) -> Planned | None:
        """
        Make it so, if it still comes to what was `seen` (its mark), and tell those whom it concerns.

        Its id makes it one change however often it is asked for. None: it comes to something else by now, and
        nothing was changed. Raises `Refused`.
        """
        return self._made(f"{CHANGES}/{HOW}-{cover.id}", putting(cover), by, seen, "put")

    def remove(self, key: str, by: Engineer, seen: str) -> Planned | None:
        """Take an override away; otherwise as `put`."""
        return self._made(f"{CHANGES}/{HOW}-{key}-removed", removing(key), by, seen, "removed")

    def latest(self, team: str) -> list[Change]:
        """The latest changes of a team's turns that admins made, the newest first."""
        found = self._kit.store.query(CHANGES, TURNS, start=f"{team}|", end=f"{team}}}", limit=SHOWN, descending=True)
        return [Change(one.fields["at"], one.fields["who"], tuple(one.fields["what"])) for one in found]

    def _made(self, path: str, alter: Alter, by: Engineer, seen: str, word: str) -> Planned | None:
        def once() -> Planned | None:
            return self._once(path, alter, by, seen, word)

        try:
            done = retrying(once)
        except Unreachable:
            # A reply may have been lost after its commit was applied; reading again tells.
            done = retrying(once)
        self._kit.forget_roster()
        return done

    def _once(self, path: str, alter: Alter, by: Engineer, seen: str, word: str) -> Planned | None:
        reading = self._read(path)
        known = reading.get(path)
        if known is not None:
            cover = msgspec.json.decode(known.fields["cover"], type=Cover)
            return Planned(cover, (), self._kit.roster(), (), reading.at, again=True)
        found = self._planned(reading, alter)
        if found.mark != seen:
            return None
        self._kit.store.commit(_writes(reading, path, found, by, word))
        return found

    def _read(self, *more: str) -> Reading:
        return self._kit.store.get([PATH, PULSE, *more])

    def _planned(self, reading: Reading, alter: Alter) -> Planned:
        roster = covers.roster_with(self._kit.roster(), reading)
        return planned(roster, covers.covers_in(reading), alter, reading.at)


def _writes(reading: Reading, path: str, change: Planned, by: Engineer, word: str) -> list[Write]:
    cover, now = change.cover, change.at
    notices = told.notices(change.after, cover.team, change.effects, by, now)[:MOST_TOLD]
    pages = (making.tell(change.after.engineers[name], f"{path} {name}", text, now) for name, text in notices)
    return [
        covers.kept(reading.get(PATH), change.kept),
        *turns_changed(reading),
        Write(path, ABSENT, put=_told(change, by, word)),
        *(making.new(key, page) for key, page in pages),
    ]


def _told(change: Planned, by: Engineer, word: str) -> dict[str, object]:
    cover, now = change.cover, change.at
    where = f"{cover.team} {cover.rotation or '(all rotations)'}"
    first = f"override {word}: {cover.engineer or 'nobody'} for {where} from {between(cover.start, cover.end)}"
    lines = [
        f"{one.rotation} from {between(one.start, one.end)}: {one.before or 'nobody'} -> {one.after or 'nobody'}"
        for one in change.effects[:LINES]
    ]
    more = [f"and {len(change.effects) - LINES} more"] if len(change.effects) > LINES else []
    return {
        "v": 1,
        "at": now,
        "who": by.id,
        "how": HOW,
        "what": [first, *lines, *more],
        TURNS: f"{cover.team}|{now:013d}",
        "cover": msgspec.json.encode(cover).decode(),
    }
