"""A text comes in: it is done once, and answered alike however often it is delivered."""

import msgspec

from bugglio import alert as alerts
from bugglio import codes, wording
from bugglio import phone as phones
from bugglio import sender as senders
from bugglio.dialogue import Reply, Scene, reply
from bugglio.grammar import Command, parse
from bugglio.pager import making, watch
from bugglio.pager.kit import Kit
from bugglio.pager.reading import phone_in
from bugglio.phone import Phone
from bugglio.redact import short
from bugglio.roster import DAY, Engineer, Roster
from bugglio.store import ABSENT, Document, Reading, Write
from bugglio.store.change import change
from bugglio.store.retry import retrying

STRANGERS = "pulse/strangers"
ANSWERS = 10
"""A stranger is answered so often a day ..."""
ALL_ANSWERS = 100
"""... and all strangers together so often."""
OPEN = 500
BODY = 1_600


class Conversation:
    """Takes texts."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def take(self, sid: str, number: str, body: str) -> str:
        """
        The answer to a text; empty: none.

        Raises `StoreError` when the text could not be stored; then nothing was done.
        """
        return retrying(lambda: self._once(sid, number, body))

    def _once(self, sid: str, number: str, body: str) -> str:
        command = parse(body)
        phone, text = phones.path(phones.phone_id(number)), f"texts/{sid}"
        paths = [text, phone, watch.PULSE, senders.PATH, STRANGERS, *map(codes.path, command.codes[:20])]
        reading = self._kit.store.get(paths)
        known = reading.get(text)
        if known is not None:
            return str(known.fields["answer"])
        person = self._kit.roster().by_number(number)
        if command.verb in ("stop", "start", "carrier"):
            return self._carriers_word(command, reading, number, text, body)
        if person is None:
            return self._stranger(reading, number, text, body)
        return self._engineer(command, reading, person, text, body)

    def _engineer(self, command: Command, reading: Reading, person: Engineer, text: str, body: str) -> str:
        roster = self._kit.roster()
        found = self._alerts(command, reading, phone_in(reading, phones.phone_id(person.phone)), roster)
        scene = Scene(
            now=reading.at,
            who=person,
            phone=phone_in(reading, phones.phone_id(person.phone)),
            alerts={document.id: alerts.load(document.fields) for document in found.values()},
            named=_named(command, reading),
            team=roster.team,
            on_duty=_on_duty(roster),
            trouble=watch.trouble(reading),
        )
        said = reply(command, scene)
        writes = [self._phone(reading, person.phone, said.phone), *_changes(found, said)]
        self._kit.store.commit([*writes, _kept(text, reading.at, person.phone, person.id, body, said.answer)])
        return said.answer

    def _alerts(self, command: Command, reading: Reading, phone: Phone, roster: Roster) -> dict[str, Document]:
        """Every open alert, and those that the text may mean although they are closed."""
        found: dict[str, Document] = {}
        for team in roster.teams:
            some = self._kit.store.query("alerts", "open", start=f"{team}|", end=f"{team}|~", limit=OPEN)
            found.update({document.id: document for document in some})
        wanted = [*_named(command, reading).values(), *(told.alert for told in phone.last[:2])]
        wanted += phone.asked.alerts if phone.asked else ()
        missing = [alerts.path(key) for key in dict.fromkeys(wanted) if key not in found]
        if missing:
            more = self._kit.store.get(missing)
            found.update({document.id: document for document in more.documents.values()})
        return found

    def _phone(self, reading: Reading, number: str, phone: Phone) -> Write:
        where = phones.path(phones.phone_id(number))
        return change(where, reading.get(where), phones.dump(phone))

    def _carriers_word(self, command: Command, reading: Reading, number: str, text: str, body: str) -> str:
        """STOP and START are kept; Twilio answers them, and HELP, itself."""
        if command.verb != "carrier":
            phone = phone_in(reading, phones.phone_id(number))
            kept = msgspec.structs.replace(phone, opted_out=command.verb == "stop", heard_at=reading.at)
            person = self._kit.roster().by_number(number)
            who = person.id if person else ""
            writes = [self._phone(reading, number, kept), _kept(text, reading.at, number, who, body, "")]
            self._kit.store.commit(writes)
        return ""

    def _stranger(self, reading: Reading, number: str, text: str, body: str) -> str:
        """Anybody else's phone hears the sentence, so often and no more, and learns nothing else."""
        today = reading.at // DAY
        phone = phone_in(reading, phones.phone_id(number))
        mine = phone.answers if phone.day == today else 0
        found = reading.get(STRANGERS)
        all_fields = found.fields if found else {}
        everybody = int(all_fields.get("answers", 0)) if all_fields.get("day") == today else 0
        if mine >= ANSWERS or everybody >= ALL_ANSWERS:
            return self._silence(found, reading)
        counted = msgspec.structs.replace(phone, day=today, answers=mine + 1)
        total = change(STRANGERS, found, {"v": 1, "day": today, "answers": everybody + 1})
        kept = _kept(text, reading.at, number, "", body, wording.ALL_WELL)
        self._kit.store.commit([self._phone(reading, number, counted), total, kept])
        return wording.ALL_WELL

    def _silence(self, found: Document | None, reading: Reading) -> str:
        """That the limit was met is kept, once a day."""
        if found is not None and reading.at // DAY != int(found.fields.get("limit_met", 0)) // DAY:
            self._kit.store.commit([Write(STRANGERS, found.version, put={"limit_met": reading.at})])
        return ""


def _named(command: Command, reading: Reading) -> dict[int, str]:
    found = {code: reading.get(codes.path(code)) for code in command.codes}
    return {code: str(document.fields["alert"]) for code, document in found.items() if document is not None}


def _on_duty(roster: Roster) -> str:
    """Whom the first steps name now."""
    names = [name for team in roster.teams.values() for name in (team.steps[0].page if team.steps else ())]
    return ", ".join(dict.fromkeys(names))


def _changes(found: dict[str, Document], said: Reply) -> list[Write]:
    writes = []
    for key, alert in said.changed.items():
        after = msgspec.structs.replace(alert, generation=alert.generation + 1)
        writes += [change(alerts.path(key), found[key], alerts.dump(after)), *making.code_closed(after)]
    return writes


def _kept(text: str, now: int, number: str, who: str, body: str, answer: str) -> Write:
    fields = {"v": 1, "at": now, "from": short(number), "who": who, "body": body[:BODY], "answer": answer}
    return Write(text, ABSENT, put=fields)
