"""Handoffs are told: once, to whom a shift is given and to whoever had it; and what follows when nobody answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from bugglio import page as pages
from bugglio import phone as phones
from bugglio.asking import Asked
from bugglio.dialogue import Question
from bugglio.handoffs.answering import Pending, Verdict, concerned, unanswered, verdict
from bugglio.handoffs.telling import Known, due
from bugglio.handoffs.texts import Text, texts
from bugglio.handoffs.turns import Rota
from bugglio.page import Page
from bugglio.pager import making
from bugglio.pager.kit import Kit
from bugglio.pager.reading import page_in, phone_in, read_with
from bugglio.pager.wellbeing.pulse import HANDOFF_AT, PULSE
from bugglio.phone import phone_id
from bugglio.roster import DAY, MINUTE, Roster, Team
from bugglio.store import Conflict, Document, Reading, Unreachable
from bugglio.store.change import change, changed

PATH = "pulse/handoffs"
MANY = 100
"""From so many texts on a commit is made before the other teams are looked at."""
SOME = 300
"""So many documents are read at a time."""

Rotations = dict[str, dict[str, Known]]
"""By team and rotation."""


@dataclass(frozen=True)
class Memory:
    """What people were told, whose answers are waited for, and when that was looked at last."""

    known: Rotations = field(default_factory=dict)
    asked: tuple[Pending, ...] = ()
    at: int = 0


@dataclass
class Progress:
    """How far one look has come: the document as it was written last, what it will say, and the texts with it."""

    found: Document | None
    known: Rotations
    asked: tuple[Pending, ...]
    made: list[tuple[str, Page]] = field(default_factory=list)
    moments: list[int] = field(default_factory=list)
    """When there is more to do."""


class Handoffs:
    """Tells of handoffs."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def look(self, pulse: Document | None, now: int) -> bool:
        """
        Tell what is due, if it is time; whether it was.

        Ticks that overlap do it once: what was told is kept by the commit that makes the texts.
        """
        due_at = int(pulse.fields.get(HANDOFF_AT, 0)) if pulse is not None else 0
        if due_at > now:
            return False
        if due_at <= 0:
            # Something has changed: what this instance knows may be older than that.
            self._kit.forget_roster()
        roster = self._kit.roster()
        try:
            moments = self._tell(roster) if roster.version else []
            put = {HANDOFF_AT: min([now + DAY, *moments])}
            self._kit.store.commit([change(PULSE, pulse, put if pulse is not None else {"v": 1, "at": now, **put})])
        except Conflict:
            # Another tick was first, or something changes: the next tick looks again.
            return True
        return True

    def _tell(self, roster: Roster) -> list[int]:
        """Tell all that is due; the moments at which there is more."""
        reading = self._kit.store.get([PATH])
        memory, now = memory_in(reading), reading.at
        progress = Progress(reading.get(PATH), {}, memory.asked)
        self._follow_up(roster, progress, now)
        for team in roster.teams.values():
            self._team(roster, team, memory, progress, now)
            if len(progress.made) >= MANY:
                # What of the others was told before stays known.
                self._keep(progress, Memory({**memory.known, **progress.known}, progress.asked, memory.at))
        self._keep(progress, Memory(progress.known, progress.asked, now))
        return progress.moments

    def _team(self, roster: Roster, team: Team, memory: Memory, progress: Progress, now: int) -> None:
        before = memory.known.get(team.id, {})
        dues = {name: due(Rota(roster, team, name), before.get(name), memory.at, now) for name in team.rotations}
        progress.known[team.id] = {name: one.known for name, one in dues.items()}
        progress.moments += [one.next_at for one in dues.values()]
        count = self._open(team) if any(one.came for one in dues.values()) else 0
        for text in texts(roster, team, list(dues.values()), count, now):
            key, page = _page(roster, team, text, now)
            progress.made.append((key, page))
            if text.asks:
                progress.asked += (Pending(key, text.who, team.id, text.what, text.start, now, text.before),)
                progress.moments.append(now + MINUTE)

    def _open(self, team: Team) -> int:
        return self._kit.store.count("alerts", "open", start=f"{team.id}|", end=f"{team.id}|~")

    def _follow_up(self, roster: Roster, progress: Progress, now: int) -> None:
        """Look after those who were asked."""
        waiting = {one: _phone(roster, one) for one in progress.asked}
        reading = self._read(
            [path for one, key in waiting.items() for path in (pages.path(one.page), phones.path(key))]
        )
        left = []
        for pending, key in waiting.items():
            found = verdict(pending, page_in(reading, pending.page), phone_in(reading, key), now)
            if found.told and len(progress.made) >= MANY:
                found = Verdict(again_at=now)
            if found.again_at is not None:
                left.append(pending)
                progress.moments.append(found.again_at)
            if found.told:
                progress.made += _unanswered(roster, pending, found, now)
        progress.asked = tuple(left)

    def _read(self, paths: Sequence[str]) -> Reading:
        reading = Reading(0, {})
        for start in range(0, len(paths), SOME):
            reading = read_with(self._kit.store, reading, paths[start : start + SOME])
        return reading

    def _keep(self, progress: Progress, memory: Memory) -> None:
        fields = _dump(memory)
        known, before = change(PATH, progress.found, fields), progress.found
        written = self._kit.store.commit([known, *(making.new(key, page) for key, page in progress.made)])
        progress.found = changed(before or Document(PATH, {}, written[0].version), known, written[0].version)
        progress.made = []


def memory_in(reading: Reading) -> Memory:
    """What was told, as it was read. Raises `Unreachable` when it cannot be understood."""
    found = reading.get(PATH)
    if found is None:
        return Memory()
    try:
        known = msgspec.json.decode(found.fields.get("known") or "{}", type=Rotations)
        asked = msgspec.json.decode(found.fields.get("asked") or "[]", type=tuple[Pending, ...])
    except msgspec.MsgspecError as error:
        raise Unreachable(f"{PATH} cannot be read: {error}") from None
    return Memory(known, asked, int(found.fields.get("at", 0)))


def _dump(memory: Memory) -> dict[str, object]:
    known = msgspec.json.encode(memory.known).decode()
    asked = msgspec.json.encode(memory.asked).decode() if memory.asked else None
    return {"v": 1, "known": known, "asked": asked, "at": memory.at}


def _page(roster: Roster, team: Team, text: Text, now: int) -> tuple[str, Page]:
    # The moment sets it apart where a shift is given away, and then back.
    name = f"shift {team.id} {text.what} {text.start} {now}"
    person = roster.engineers[text.who]
    if not text.asks:
        return making.tell(person, name, text.text, now)
    return making.question(Question(person, text.text, Asked(what="shift", rest=text.what)), name, now)


def _unanswered(roster: Roster, pending: Pending, found: Verdict, now: int) -> list[tuple[str, Page]]:
    return [
        making.tell(one, pending.page, unanswered(roster, pending, one, found.cause, now), now)
        for one in concerned(roster, pending)
    ]


def _phone(roster: Roster, pending: Pending) -> str:
    """The phone of whoever was asked; of somebody who has left, nobody's."""
    person = roster.engineers.get(pending.who)
    return phone_id(person.phone if person is not None else "")
