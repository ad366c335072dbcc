"""Shifts change hands by a button of a page: once, however often it is pressed, and answered as by text."""

from bugglio import phone as phones
from bugglio.deeds import PAGE
from bugglio.dialogue import Reply, Scene
from bugglio.dialogue.dealing import dealt
from bugglio.pager import covers, logbook, replying
from bugglio.pager.carrying import Carrying, Progress
from bugglio.pager.kit import Kit
from bugglio.pager.presses import Answer, Press
from bugglio.pager.pressing import GONE
from bugglio.pager.reaching import Known, reaching
from bugglio.pager.reading import phone_in
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.phone import phone_id
from bugglio.roster import Engineer
from bugglio.store import Reading
from bugglio.store.change import changes


class Dealing:
    """Takes presses that are about shifts."""

    def __init__(self, kit: Kit, carrying: Carrying) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._carrying = carrying

    def take(self, press: Press) -> Answer:
        """The answer. Raises `StoreError` when it could not be stored; then nothing was done, as far as is known."""
        progress, began = Progress(who=press.who), self._kit.uptime()
        done: list[bool] = []

        def work(_: set[str]) -> str:
            answer, changed = self._once(press, progress)
            done.append(changed)
            return answer

        answer = self._carrying.follow(self._carrying.insist(work), progress)
        self._kit.forget_roster()
        logbook.pressed(press.id, press.who, press.command.verb, progress.codes, spent=self._kit.uptime() - began)
        return Answer(answer, done[-1])

    def _once(self, press: Press, progress: Progress) -> tuple[str, bool]:
        person = self._kit.roster().engineers.get(press.who)
        if person is None:
            return GONE, False
        own = phones.path(phone_id(person.phone))
        reading = self._kit.store.get([press.path, own, covers.PATH, PULSE])
        known = reading.get(press.path)
        if known is not None:
            return str(known.fields["answer"]), bool(known.fields["changed"])
        said, reading, scene = self._said(press, person, reading)
        changed = bool(said.covers or said.uncovers or said.questions)
        last = changes(own, reading.get(own), phones.dump(said.phone)) if said.phone is not scene.phone else []
        last += [*replying.apart(said, reading, scene), press.kept(reading.at, said.answer, changed=changed)]
        self._carrying.commit([], last, progress)
        return said.answer, changed

    def _said(self, press: Press, person: Engineer, reading: Reading) -> tuple[Reply, Reading, Scene]:
        """What it comes to, with shifts only for people who can be reached; and the reading with their phones."""
        roster = covers.roster_with(self._kit.roster(), reading)
        phone, now = phone_in(reading, phone_id(person.phone)), reading.at

        def scene(known: Known) -> Scene:
            return Scene(now, person, phone, {}, {}, roster, known, id=press.id, how=PAGE)

        def decide(known: Known) -> Reply:
            return dealt(press.command, scene(known), press.undoes)

        said, reading = reaching(self._kit.store, reading, roster, decide({}), decide, _concerned)
        return said, reading, scene({})


def _concerned(said: Reply) -> list[str]:
    """Whose phones have to be known: those of all who are told of it, or asked."""
    return [*(name for name, _ in said.tells), *(one.to.id for one in said.questions)]
