"""A button is pressed on a page: it is done once, and answered alike however often it is pressed."""

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from bugglio import alert as alerts
from bugglio import codes
from bugglio import phone as phones
from bugglio.alert import Alert
from bugglio.deeds import PAGE
from bugglio.dialogue import Reply, Scene, pressed
from bugglio.pager import budgets, logbook, recoding, replying
from bugglio.pager.carrying import Carrying, Progress, with_errands
from bugglio.pager.errands import Stored
from bugglio.pager.kit import Kit
from bugglio.pager.presses import Answer, Press
from bugglio.pager.reaching import reaching
from bugglio.pager.reading import phone_in, read_with
from bugglio.phone import Phone, phone_id
from bugglio.roster import Engineer, Roster
from bugglio.store import Document, Reading
from bugglio.store.change import changes

__all__ = ["Answer", "Press", "Pressing"]

GONE = "Nothing changed: you are not on the roster any more."


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
        if press.command.verb != "reopen":
            return []
        progress.drawn = codes.candidates(self._kit.draw, crowded=bool(progress.drawn))
        return recoding.paths(press.alerts, reading, progress.drawn)

    def _decided(
        self, press: Press, person: Engineer, phone: Phone, reading: Reading, progress: Progress, wanted: set[str]
    ) -> str:
        found = {one.id: one for path, one in reading.documents.items() if path.startswith("alerts/")}
        fresh = recoding.fresh(press.alerts, reading, progress.drawn) if press.command.verb == "reopen" else {}
        scene = self._scene(press, person, phone, reading, {key: _load(one, fresh) for key, one in found.items()})
        scene = replace(scene, done=frozenset(progress.done))
        said, reading = self._said(press, scene, reading)
        wanted.update(said.changed)
        progress.codes = {scene.alerts[key].code for key in (*said.changed, *scene.done)}
        made = [recoding.recoded(one, fresh, reading) for one in replying.writes(said, found, scene, reading)]
        where = phones.path(phone_id(person.phone))
        last = changes(where, reading.get(where), phones.dump(said.phone)) if said.phone is not phone else []
        became = {"alerts": list(press.alerts), "codes": sorted(progress.codes)}
        last = [*last, press.kept(scene.now, said.answer, **became)]
        versions = self._carrying.commit(made, last, progress)
        kept = with_errands(press.id, made, said.changed, found, versions)
        if kept:
            began, more = progress.began, bool(scene.done)
            progress.stored = Stored(press.path, press.id, said.answer, scene.now, began, kept, more)
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


def _load(document: Document, fresh: Mapping[str, int]) -> Alert:
    alert = alerts.load(document.fields)
    return msgspec.structs.replace(alert, code=fresh[document.id]) if document.id in fresh else alert
