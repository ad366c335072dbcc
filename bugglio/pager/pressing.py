"""A button is pressed on a page: it is done once, and answered alike however often it is pressed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from bugglio import alert as alerts
from bugglio import codes
from bugglio import phone as phones
from bugglio.alert import Alert
from bugglio.deeds import PAGE
from bugglio.dialogue import Reply, Scene, pressed
from bugglio.grammar import Command
from bugglio.pager import budgets, logbook, replying
from bugglio.pager.carrying import Carrying, Progress, with_errands
from bugglio.pager.errands import Stored
from bugglio.pager.kit import Kit
from bugglio.pager.reaching import reaching
from bugglio.pager.reading import alert_in, phone_in, read_with
from bugglio.phone import Phone, phone_id
from bugglio.roster import Engineer, Roster
from bugglio.store import ABSENT, Conflict, Document, Reading, Write
from bugglio.store.change import change, changes

GONE = "Nothing changed: you are not on the roster any more."


@dataclass(frozen=True)
class Press:
    """What somebody asks for."""

    token: str
    """Random, from the page that was shown: a double press has it, too."""
    who: str
    """Engineer's id."""
    command: Command
    """A word that changes alerts, or `undo`, and what it takes besides; of `pass`, an engineer's id."""
    alerts: tuple[str, ...] = ()
    """Ids."""
    undoes: int = 0
    """`undo`: when the change was made that is to be taken back."""

    @property
    def id(self) -> str:
        """A name that nobody else has: with the same token another press is another one."""
        parts = (self.who, self.token, self.command.verb, self.command.rest, str(self.undoes), *self.alerts)
        return f"press-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:24]}"

    @property
    def path(self) -> str:
        """Where it is kept."""
        return f"presses/{self.id}"

    def kept(self, now: int, answer: str, changed: set[int]) -> Write:
        """What is kept of it: a second press gets the same answer."""
        fields = {"at": now, "who": self.who, "verb": self.command.verb, "answer": answer}
        more = {"rest": self.command.rest, "alerts": list(self.alerts), "codes": sorted(changed)}
        return Write(self.path, ABSENT, put={"v": 1, **fields, **more})


@dataclass(frozen=True)
class Answer:
    """What became of it."""

    said: str
    changed: bool


class Pressing:
    """Takes presses."""

    def __init__(self, kit: Kit, carrying: Carrying) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._carrying = carrying

    def take(self, press: Press) -> Answer:
        """The answer. Raises `StoreError` when it could not be stored; then nothing was done, as far as is known."""
        progress, began = Progress(who=press.who), self._kit.uptime()
        answer = self._carrying.insist(lambda wanted: self._once(press, progress, wanted))
        answer = self._carrying.follow(answer, progress)
        logbook.pressed(press.id, press.who, press.command.verb, progress.codes, spent=self._kit.uptime() - began)
        return Answer(answer, bool(progress.codes))

    def _once(self, press: Press, progress: Progress, wanted: set[str]) -> str:
        progress.began = self._kit.uptime()
        person = self._kit.roster().engineers.get(press.who)
        if person is None:
            return GONE
        reading = self._kit.store.get(self._paths(press, person))
        known = reading.get(press.path)
        if known is not None:
            progress.codes.update(known.fields.get("codes", ()))
            return str(known.fields["answer"])
        phone = phone_in(reading, phone_id(person.phone))
        reading = read_with(self._kit.store, reading, self._besides(press, phone, reading, progress))
        return self._decided(press, person, phone, reading, progress, wanted)

    def _paths(self, press: Press, person: Engineer) -> list[str]:
        to = self._kit.roster().engineers.get(press.command.rest) if press.command.verb == "pass" else None
        others = [phones.path(phone_id(to.phone)), budgets.PATH] if to is not None else []
        own = phones.path(phone_id(person.phone))
        return list(dict.fromkeys([press.path, own, *others, *map(alerts.path, press.alerts)]))

    def _besides(self, press: Press, phone: Phone, reading: Reading, progress: Progress) -> list[str]:
        """What is to be known besides: alerts that are undone, and codes of those that are to be open again."""
        if press.command.verb == "undo" and phone.changed is not None:
            return [alerts.path(key) for key in phone.changed.alerts]
        shut = [one for key in press.alerts if (one := alert_in(reading, key)) is not None and not one.is_open]
        if press.command.verb != "reopen" or not shut:
            return []
        progress.drawn = codes.candidates(self._kit.draw, crowded=bool(progress.drawn))
        return [codes.path(code) for code in (*(one.code for one in shut if one.code), *progress.drawn)]

    def _decided(
        self, press: Press, person: Engineer, phone: Phone, reading: Reading, progress: Progress, wanted: set[str]
    ) -> str:
        found = {one.id: one for path, one in reading.documents.items() if path.startswith("alerts/")}
        fresh = _fresh_codes(press, found, reading, progress)
        scene = self._scene(press, person, phone, reading, {key: _load(one, fresh) for key, one in found.items()})
        scene = replace(scene, done=frozenset(progress.done))
        said, reading = self._said(press, scene, reading)
        scene = replace(scene, now=reading.at)
        wanted.update(said.changed)
        progress.codes |= {alert.code for alert in said.changed.values()}
        made = [_with_code(one, fresh, reading) for one in replying.writes(said, found, scene, reading)]
        where = phones.path(phone_id(person.phone))
        last = changes(where, reading.get(where), phones.dump(said.phone)) if said.phone is not phone else []
        last = [*last, press.kept(reading.at, said.answer, progress.codes)]
        versions = self._carrying.commit(made, last, progress)
        kept = with_errands(press.id, made, said.changed, found, versions)
        if kept:
            began, more = progress.began, bool(scene.done)
            progress.stored = Stored(press.path, press.id, said.answer, reading.at, began, kept, more)
        return said.answer

    def _scene(
        self, press: Press, person: Engineer, phone: Phone, reading: Reading, some: Mapping[str, Alert]
    ) -> Scene:
        return Scene(
            now=reading.at,
            who=person,
            phone=phone,
            alerts=some,
            named={},
            roster=self._roster(some),
            known=_to(press, self._kit.roster(), reading),
            budget=budgets.budget_in(reading, self._kit.texts_a_day),
            upstream=self._kit.tracker is not None,
            id=press.id,
            how=PAGE,
        )

    def _roster(self, some: Mapping[str, Alert]) -> Roster:
        """The roster, at least as new as these alerts."""
        roster = self._kit.roster()
        for alert in some.values():
            roster = self._kit.roster_for(alert)
        return roster

    def _said(self, press: Press, scene: Scene, reading: Reading) -> tuple[Reply, Reading]:
        """What it comes to, with pages to people who can be reached; and the reading with their phones."""

        def decide(known: Mapping[str, Phone]) -> Reply:
            knowing = replace(scene, known={**scene.known, **known})
            return pressed(press.command, press.alerts, knowing, press.undoes)

        def people(said: Reply) -> list[str]:
            return [page.to for pages in said.pages.values() for page in pages]

        return reaching(self._kit.store, reading, scene.roster, decide({}), decide, people)


def _to(press: Press, roster: Roster, reading: Reading) -> dict[str, Phone]:
    """The phone of whoever it is passed to."""
    to = roster.engineers.get(press.command.rest) if press.command.verb == "pass" else None
    return {to.id: phone_in(reading, phone_id(to.phone))} if to is not None else {}


def _fresh_codes(press: Press, found: Mapping[str, Document], reading: Reading, progress: Progress) -> dict[str, int]:
    """
    New codes for alerts that are to be open again although others have theirs by now.

    Raises `Conflict` when others have all that were drawn.
    """
    fresh: dict[str, int] = {}
    for key in press.alerts if press.command.verb == "reopen" else ():
        alert = alert_in(reading, key)
        if alert is None or alert.is_open or _is_named(key, alert, reading):
            continue
        fields = {code: one.fields if (one := reading.get(codes.path(code))) else None for code in progress.drawn}
        drawn = [code for code in progress.drawn if code not in fresh.values()]
        code = codes.choose(drawn, fields, key, reading.at)
        if code is None:
            raise Conflict("every code drawn is taken")
        fresh[key] = code
    return {key: code for key, code in fresh.items() if key in found}


def _is_named(key: str, alert: Alert, reading: Reading) -> bool:
    """Whether an alert's code still names it."""
    named = reading.get(codes.path(alert.code)) if alert.code else None
    return named is not None and named.fields.get("alert") == key


def _load(document: Document, fresh: Mapping[str, int]) -> Alert:
    alert = alerts.load(document.fields)
    return msgspec.structs.replace(alert, code=fresh[document.id]) if document.id in fresh else alert


def _with_code(part: replying.Part, fresh: Mapping[str, int], reading: Reading) -> replying.Part:
    """What is written of an alert that gets a new code."""
    if part.key not in fresh:
        return part
    where = codes.path(fresh[part.key])
    others = (write for write in part.writes if not write.path.startswith("codes/"))
    return replace(part, writes=(*others, change(where, reading.get(where), codes.names(part.key, None))))
