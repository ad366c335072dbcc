"""A text comes in: it is done once, and answered alike however often it is delivered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from bugglio import alert as alerts
from bugglio import codes, wording
from bugglio import phone as phones
from bugglio import sender as senders
from bugglio.crew import crew_of
from bugglio.dialogue import Reply, Scene, meant, reply
from bugglio.grammar import Command, parse, resubscribes
from bugglio.pager import making, watch
from bugglio.pager.insisting import insisting
from bugglio.pager.kit import Kit
from bugglio.pager.reading import phone_in
from bugglio.phone import Phone
from bugglio.redact import short
from bugglio.roster import DAY, Engineer, Roster
from bugglio.store import ABSENT, Document, Reading, Unreachable, Write
from bugglio.store.change import change

STRANGERS = "pulse/strangers"
ANSWERS = 10
"""A stranger is answered so often a day ..."""
ALL_ANSWERS = 100
"""... and all strangers together so often."""
OPEN = 500
BODY = 1_600
AT_ONCE = 100
"""So many alerts are changed in one commit."""
PATIENCE = 5.0
"""Seconds for trying again what met other writers. Twilio waits 15 in all, and the store may take 3 to fail."""
ONCE_MORE = 2.0


@dataclass
class Progress:
    """How far one text has come, over all tries: which alerts earlier commits have changed for it."""

    done: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Text:
    """A text that came in."""

    path: str
    number: str
    body: str
    command: Command


class Conversation:
    """Takes texts."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def take(self, sid: str, number: str, body: str) -> str:
        """
        The answer to a text; empty: none.

        Raises `StoreError` when the text could not be stored; then nothing was done, as far as is known.
        """
        text = Text(f"texts/{sid}", number, body, parse(body))
        progress = Progress()

        def work(wanted: set[str]) -> str:
            return self._once(text, progress, wanted)

        try:
            return insisting(self._kit.store, work, deadline_seconds=PATIENCE)
        except Unreachable:
            # A reply may have been lost after its commit was applied; reading again tells.
            return insisting(self._kit.store, work, deadline_seconds=ONCE_MORE)

    def _once(self, text: Text, progress: Progress, wanted: set[str]) -> str:
        command = text.command
        phone = phones.path(phones.phone_id(text.number))
        paths = [text.path, phone, watch.PULSE, senders.PATH, STRANGERS, *map(codes.path, command.codes)]
        reading = self._kit.store.get(paths)
        known = reading.get(text.path)
        if known is not None:
            return str(known.fields["answer"])
        if command.verb in ("stop", "start", "carrier"):
            return self._carriers_word(text, reading)
        if resubscribes(text.body) and phone_in(reading, phones.phone_id(text.number)).opted_out:
            return self._carriers_word(text, reading)
        person = self._kit.roster().by_number(text.number)
        if person is None:
            return self._stranger(text, reading)
        return self._engineer(text, reading, person, progress, wanted)

    def _engineer(self, text: Text, reading: Reading, person: Engineer, progress: Progress, wanted: set[str]) -> str:
        roster = self._kit.roster()
        phone = phone_in(reading, phones.phone_id(text.number))
        found = self._alerts(text.command, reading, phone, roster, person)
        on_duty, uncovered = _on_duty(roster, person, reading.at)
        scene = Scene(
            now=reading.at,
            who=person,
            phone=phone,
            alerts={document.id: alerts.load(document.fields) for document in found.values()},
            named=_named(text.command, reading),
            team=roster.team,
            on_duty=on_duty,
            uncovered=uncovered,
            trouble=_trouble(reading, phone),
            done=frozenset(progress.done),
        )
        said = reply(text.command, scene)
        kept = _kept(text, reading.at, person.id, said.answer)
        wanted.update(said.changed)
        self._commit(_changes(found, said), [self._phone(reading, text.number, said.phone), kept], progress)
        return said.answer

    def _commit(self, changes: Mapping[str, Sequence[Write]], last: Sequence[Write], progress: Progress) -> None:
        """Change all alerts, in parts if they are many; the last part's commit keeps the text, and makes it done."""
        keys = list(changes)
        while len(keys) > AT_ONCE:
            part, keys = keys[:AT_ONCE], keys[AT_ONCE:]
            self._kit.store.commit([write for key in part for write in changes[key]])
            progress.done.update(part)
        self._kit.store.commit([*(write for key in keys for write in changes[key]), *last])

    def _alerts(
        self, command: Command, reading: Reading, phone: Phone, roster: Roster, person: Engineer
    ) -> dict[str, Document]:
        """Every open alert of their teams, and those that the text may mean although they are closed or another's."""
        found: dict[str, Document] = {}
        # Admins have all teams, and what belongs to none, or to one that is gone.
        spans = [("", "~")] if person.admin else [(f"{team}|", f"{team}|~") for team in roster.teams_of(person.id)]
        for start, end in spans:
            some = self._kit.store.query("alerts", "open", start=start, end=end, limit=OPEN)
            found.update({document.id: document for document in some})
        wanted = [*_named(command, reading).values(), *meant(command, phone, reading.at)]
        missing = [alerts.path(key) for key in dict.fromkeys(wanted) if key not in found]
        if missing:
            more = self._kit.store.get(missing)
            found.update({document.id: document for document in more.documents.values()})
        return found

    def _phone(self, reading: Reading, number: str, phone: Phone) -> Write:
        where = phones.path(phones.phone_id(number))
        return change(where, reading.get(where), phones.dump(phone))

    def _carriers_word(self, text: Text, reading: Reading) -> str:
        """STOP and START are kept, and HELP from somebody on the roster; Twilio answers them itself."""
        verb, person = text.command.verb, self._kit.roster().by_number(text.number)
        if verb == "carrier" and person is None:
            return ""
        phone = phone_in(reading, phones.phone_id(text.number))
        opted_out = verb == "stop" or (verb == "carrier" and phone.opted_out)
        kept = msgspec.structs.replace(phone, opted_out=opted_out, heard_at=reading.at)
        if verb != "stop":
            kept = msgspec.structs.replace(kept, refused="", failed_at=0)
        said = _kept(text, reading.at, person.id if person else "", "")
        self._kit.store.commit([self._phone(reading, text.number, kept), said])
        return ""

    def _stranger(self, text: Text, reading: Reading) -> str:
        """Anybody else's phone hears the sentence, so often and no more, and learns nothing else."""
        today = reading.at // DAY
        phone = phone_in(reading, phones.phone_id(text.number))
        mine = phone.answers if phone.day == today else 0
        found = reading.get(STRANGERS)
        all_fields = found.fields if found else {}
        everybody = int(all_fields.get("answers", 0)) if all_fields.get("day") == today else 0
        if mine >= ANSWERS or everybody >= ALL_ANSWERS:
            return self._silence(found, reading)
        counted = msgspec.structs.replace(phone, day=today, answers=mine + 1)
        total = change(STRANGERS, found, {"v": 1, "day": today, "answers": everybody + 1})
        kept = _kept(text, reading.at, "", wording.ALL_WELL)
        self._kit.store.commit([self._phone(reading, text.number, counted), total, kept])
        return wording.ALL_WELL

    def _silence(self, found: Document | None, reading: Reading) -> str:
        """That the limit was met is kept, once a day."""
        if found is not None and reading.at // DAY != int(found.fields.get("limit_met", 0)) // DAY:
            self._kit.store.commit([Write(STRANGERS, found.version, put={"limit_met": reading.at})])
        return ""


def _named(command: Command, reading: Reading) -> dict[int, str]:
    found = {code: reading.get(codes.path(code)) for code in command.codes}
    return {code: str(document.fields["alert"]) for code, document in found.items() if document is not None}


def _on_duty(roster: Roster, person: Engineer, now: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whom the first steps of somebody's teams name now, and the teams for which only the last resort is left."""
    mine = [team for team in roster.teams_of(person.id) if team in roster.teams or not roster.teams]
    firsts = {team: crew_of(roster, team).first(now) for team in mine}
    people = dict.fromkeys(name for found in firsts.values() for name in found)
    return tuple(people), tuple(team for team, found in firsts.items() if not found)


def _trouble(reading: Reading, phone: Phone) -> str:
    """What is wrong with the pager; that no tick ever came is known once this phone has long been in touch with it."""
    since = min([phone.heard_at or reading.at, *(told.at for told in phone.last)])
    if watch.last_tick(reading) is None and reading.at - since > watch.LATE:
        return "the tick has never come"
    return watch.trouble(reading)


def _changes(found: Mapping[str, Document], said: Reply) -> dict[str, list[Write]]:
    """What is written of each alert that was changed."""
    writes = {}
    for key, alert in said.changed.items():
        after = msgspec.structs.replace(alert, generation=alert.generation + 1)
        writes[key] = [change(alerts.path(key), found[key], alerts.dump(after)), *making.code_closed(after)]
    return writes


def _kept(text: Text, now: int, who: str, answer: str) -> Write:
    fields = {"v": 1, "at": now, "from": short(text.number), "who": who, "body": text.body[:BODY], "answer": answer}
    return Write(text.path, ABSENT, put=fields)
