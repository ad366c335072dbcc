"""Looking ahead: who is new is welcomed before their first shift, and admins hear what will go wrong."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from bugglio import phone as phones
from bugglio.foresight import Worry, coming, worries
from bugglio.pager import making
from bugglio.pager.kit import Kit
from bugglio.pager.reading import phone_in, read_with
from bugglio.pager.wellbeing.pulse import FORESEEN_AT, LOOK_AT, PULSE, ROSTER
from bugglio.phone import Phone, phone_id
from bugglio.roster import DAY, HOUR, MINUTE, Engineer, Roster
from bugglio.store import BY_ID, Conflict, Document, Reading, Store, Write
from bugglio.store.change import change

AHEAD = "pulse/ahead"
"""What the admins were told of, by the worries' keys."""
DAYS = 14
WELCOME = 48 * HOUR
"""So long before a new engineer's first shift they get their first text."""
PATIENCE = 20 * HOUR
"""So long after their welcome somebody may be silent before the admins hear of it."""
SOME = 300
"""So many phones are read at a time."""
PHONES = ("unreachable", "unverified")
"""Kinds of worries that are about somebody's phone."""
NAMED = 20
"""So many of each kind are kept by name."""
REMEMBERED = 10_000
"""So many worries are remembered; what is beyond is told again each day."""


class Lookout:
    """Looks ahead."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def look(self, pulse: Document | None, now: int) -> bool:
        """
        Welcome who is new and tell admins what is to come, if it is time; whether it was.

        Before a roster was applied there is nobody to welcome. Ticks that overlap do it once.
        """
        if pulse is not None and int(pulse.fields.get(LOOK_AT, 0)) > now:
            return False
        roster = self._roster(pulse)
        if not roster.version:
            self._note(pulse, {LOOK_AT: now + DAY}, now)
            return True
        called = coming(roster, now, now + DAYS * DAY)
        reading = read_phones(self._kit.store, roster, called)
        later = self._welcome(roster, called, reading, now)
        foreseen = int(pulse.fields.get(FORESEEN_AT, 0)) if pulse is not None else 0
        if now - foreseen >= DAY:
            self._foretell(roster, _known(roster, called, reading), now)
            # At one time of the day, which is when somebody was at work on the roster.
            foreseen = foreseen + DAY if now - foreseen < 2 * DAY else now
        self._note(pulse, {LOOK_AT: min(*later, foreseen + DAY), FORESEEN_AT: foreseen}, now)
        return True

    def _roster(self, pulse: Document | None) -> Roster:
        """The roster, at least as new as the change that made it time to look."""
        roster = self._kit.roster()
        if pulse is not None and roster.version < int(pulse.fields.get(ROSTER, 0)):
            self._kit.forget_roster()
            roster = self._kit.roster()
        return roster

    def _welcome(self, roster: Roster, called: Mapping[str, int], reading: Reading, now: int) -> list[int]:
        """Welcome those whose first shift is near; the moments at which to look for the others."""
        later = [now + DAY]
        for name, at in called.items():
            person = roster.engineers[name]
            phone = phone_in(reading, phone_id(person.phone))
            if phone.welcomed_at or phone.heard_at:
                continue
            if at - now > WELCOME:
                later.append(at - WELCOME)
            elif not self._welcomed(person, phone, roster, reading, now):
                later.append(now + MINUTE)
        return later

    def _welcomed(self, person: Engineer, phone: Phone, roster: Roster, reading: Reading, now: int) -> bool:
        """Whether their first text is on its way; not, if their phone was written meanwhile."""
        where = phones.path(phone_id(person.phone))
        kept = phones.dump(msgspec.structs.replace(phone, welcomed_at=now))
        key, page = making.welcome(person, whose(self._kit.store, roster, person), now)
        return self._commit([change(where, reading.get(where), kept), making.new(key, page)])

    def _foretell(self, roster: Roster, known: Mapping[str, Phone], now: int) -> None:
        """Tell each worry once to the admins of its team."""
        found = [one for one in worries(roster, known, now, DAYS) if _is_told(one, known, now)]
        before = self._kit.store.get([AHEAD]).get(AHEAD)
        told = set(before.fields.get("told") or ()) if before is not None else set()
        fresh = [worry for worry in found if not told.issuperset(map(_short, worry.matters))]
        matters = dict.fromkeys(_short(key) for worry in found for key in worry.matters)
        kept = {"v": 1, "told": list(matters)[:REMEMBERED], "at": now, **_people(found)}
        made = [
            making.foretold(admin, [worry.text for worry in fresh if admin in _admins(roster, worry)], now)
            for admin in roster.admins
        ]
        texts = [making.new(key, page) for key, page in made if page.note]
        self._commit([change(AHEAD, before, kept), *texts])

    def _note(self, pulse: Document | None, put: Mapping[str, int], now: int) -> None:
        """Keep when to look again; a change of the roster in between makes it time at once, and wins."""
        fresh = {"v": 1, "at": now} if pulse is None else {}
        self._commit([change(PULSE, pulse, {**fresh, **put})])

    def _commit(self, writes: Sequence[Write]) -> bool:
        """Whether nobody else was first; then the next look sees what they did."""
        try:
            self._kit.store.commit(writes)
        except Conflict:
            return False
        return True


def whose(store: Store, roster: Roster, person: Engineer) -> str:
    """Whose on-call somebody is told of: the account that Bugsnag told of, else their teams."""
    seen = store.query("projects", BY_ID, limit=1)
    account = str(seen[0].fields.get("account") or "") if seen else ""
    return account or ", ".join(team.id for team in roster.teams.values() if person.id in team.people)


def phones_of(store: Store, roster: Roster, people: Iterable[str]) -> dict[str, Phone]:
    """The phones of these people and of the last resort, by engineer."""
    names = tuple(people)
    return _known(roster, names, read_phones(store, roster, names))


def read_phones(store: Store, roster: Roster, people: Iterable[str]) -> Reading:
    """Those phones' documents, some at a time."""
    paths = [phones.path(phone_id(roster.engineers[name].phone)) for name in {*people, roster.last_resort}]
    reading = store.get(paths[:SOME])
    for start in range(SOME, len(paths), SOME):
        reading = read_with(store, reading, paths[start : start + SOME])
    return reading


def _known(roster: Roster, people: Iterable[str], reading: Reading) -> dict[str, Phone]:
    names = {*people, roster.last_resort}
    return {name: phone_in(reading, phone_id(roster.engineers[name].phone)) for name in names}


def _people(found: Sequence[Worry]) -> dict[str, Any]:
    """Whose phones there is something to worry about, the first to be called first, and how many they are."""
    people = {kind: [one.key.partition(" ")[2] for one in found if one.kind == kind] for kind in PHONES}
    return {kind: some[:NAMED] for kind, some in people.items()} | {f"{kind}_all": len(people[kind]) for kind in PHONES}


def _short(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def _is_told(worry: Worry, people: Mapping[str, Phone], now: int) -> bool:
    """Whether the admins are texted of it: changes of clocks are for `doctor`, and a welcome is given time."""
    if worry.kind != "unverified":
        return worry.kind != "clock"
    phone = people.get(worry.key.partition(" ")[2], Phone())
    return phone.welcomed_at > 0 and now - phone.welcomed_at >= PATIENCE


def _admins(roster: Roster, worry: Worry) -> tuple[Engineer, ...]:
    """The admins among the team's people; all, if there are none."""
    team = roster.teams.get(worry.team)
    own = tuple(admin for admin in roster.admins if team is not None and admin.id in team.people)
    return own or roster.admins
