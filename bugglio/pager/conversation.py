"""A text comes in: it is done once, and answered alike however often it is delivered."""

from collections.abc import Sequence
from dataclasses import replace

from bugglio import alert as alerts
from bugglio import codes, times
from bugglio import page as pages
from bugglio import phone as phones
from bugglio import sender as senders
from bugglio.dialogue import Scene, Waiting, agreed, meant, opening, reply
from bugglio.dialogue.dealing import DEALS
from bugglio.grammar import Command, parse, resubscribes
from bugglio.health import Vitals, ailments
from bugglio.page import WAITING
from bugglio.pager import budgets, covers, logbook, lookout, replying, strangers, subscribing
from bugglio.pager.bystanders import paged_by
from bugglio.pager.carrying import SENDING, Carrying, Progress, with_errands
from bugglio.pager.dealing import Dealing
from bugglio.pager.errands import Stored
from bugglio.pager.incoming import Text
from bugglio.pager.intake import DOOR_PATIENCE
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.presses import Answer, Press
from bugglio.pager.pressing import Pressing
from bugglio.pager.reading import phone_in, side_by_side
from bugglio.pager.seeing import Seen, Wanted, see
from bugglio.pager.sending import Sender
from bugglio.pager.steps import Steps
from bugglio.pager.stopping import Stopping
from bugglio.pager.testing import Tested, Testing
from bugglio.pager.wellbeing import pulse, vitals
from bugglio.phone import Phone
from bugglio.roster import Engineer, Roster
from bugglio.store import Conflict, Document, Reading, StoreError
from bugglio.times import Clock

TOLD = 12
"""Of so many of an alert's latest pages it is looked at whether they wait."""
COVERING = frozenset(
    {
        *("take", "off", "cover", "undo", "ok", "no", "number", "all"),
        *("quiet", "mute", "unmute", "who", "shifts", "status"),
    }
)
"""Words, and answers, for which it must be known what people arranged a second ago, on whatever instance."""
PAGING = frozenset({"pass", "status", "test"})
"""Words whose answer says how many texts may still go, or when."""


class Conversation:
    """Takes texts."""

    def __init__(self, kit: Kit, sender: Sender | None = None) -> None:
        """Keep what it works with; without a sender, the tick sends what a text calls for."""
        self._kit = kit
        self._sender = sender
        self._steps = Steps(kit)
        self._stopping = Stopping(kit)
        self._carrying = Carrying(kit, sender)
        self._pressing = Pressing(kit, self._carrying)
        self._dealing = Dealing(kit, self._carrying)
        self._testing = Testing(kit, self._carrying)

    def take(self, sid: str, number: str, body: str) -> str:
        """
        The answer to a text; empty: none.

        Raises `StoreError` when the text could not be stored; then nothing was done, as far as is known.
        """
        text, began = Text(sid, number, body, parse(body)), self._kit.uptime()
        progress = Progress()

        def work(wanted: set[str]) -> str:
            return self._once(text, progress, wanted)

        answer = self._carrying.insist(work)
        if progress.stopped:
            self._go_on()
        answer = self._carrying.follow(answer, progress)
        logbook.text(text, progress.who, progress.codes, spent=self._kit.uptime() - began, answered=bool(answer))
        return answer

    def press(self, press: Press) -> Answer:
        """
        What somebody has asked for on a page, with no phone in between: done, and answered, as by text.

        Raises `StoreError` as `take` does.
        """
        taken = self._dealing if press.command.verb in DEALS or not press.alerts else self._pressing
        return taken.take(press)

    def try_out(self, who: str, token: str) -> Tested:
        """
        A test page for whoever asks for it on a page: one for each `token`, or the reason for none.

        Raises `StoreError` as `take` does.
        """
        return self._testing.take(who, token)

    def _go_on(self) -> None:
        """Alerts that waited for a phone that has stopped go on; what there is no time for now the tick does."""
        deadline, sender = Deadline(SENDING, self._kit.uptime), self._sender
        try:
            for key in self._stopping.follow(lambda: deadline.left > 0):
                for page in self._steps.go_on(key):
                    if sender is not None:
                        sender.send(page, deadline, DOOR_PATIENCE)
        except StoreError as error:
            # It is marked, and the alerts are due.
            self._kit.alarm(error, "after a STOP")

    def _once(self, text: Text, progress: Progress, wanted: set[str]) -> str:
        command, progress.began = text.command, self._kit.uptime()
        phone = phones.path(phones.phone_id(text.number))
        person = self._kit.roster().by_number(text.number)
        paths = [text.path, phone, pulse.PULSE, senders.PATH, strangers.STRANGERS, *map(codes.path, text.codes)]
        reading = self._kit.store.get(list(dict.fromkeys([*paths, *self._besides(command, person, progress)])))
        progress.who = person.id if person is not None else ""
        known = reading.get(text.path)
        if known is not None:
            return str(known.fields["answer"])
        if command.verb in ("stop", "start", "carrier"):
            return self._carriers_word(text, reading, progress)
        if resubscribes(text.body) and phone_in(reading, phones.phone_id(text.number)).opted_out:
            return self._carriers_word(text, reading, progress)
        if person is None:
            return strangers.answer(self._kit.store, text, reading)
        return self._engineer(text, reading, person, progress, wanted)

    def _besides(self, command: Command, person: Engineer | None, progress: Progress) -> list[str]:
        """What else has to be known before a word can be answered: phones, overrides, free codes."""
        paths = [covers.PATH] if command.verb in COVERING else []
        paths += [budgets.PATH] if command.verb in PAGING else []
        paths += vitals.paths(self._kit.on_duty) if command.verb == "status" else []
        if person is None:
            return paths
        if command.verb == "page":
            progress.drawn = codes.candidates(self._kit.draw, crowded=bool(progress.drawn))
            paths += map(codes.path, progress.drawn)
        return paths + [phones.path(key) for key in paged_by(command, self._kit.roster(), person).values()]

    def _carriers_word(self, text: Text, reading: Reading, progress: Progress) -> str:
        """Twilio answers it; who waits only for a phone that stopped goes on."""
        kept = subscribing.keep(self._kit.store, text, reading, self._kit.roster())
        progress.due += kept.due
        progress.stopped = kept.stopped
        return ""

    def _engineer(self, text: Text, first: Reading, person: Engineer, progress: Progress, wanted: set[str]) -> str:
        roster = covers.roster_with(self._kit.roster(), first)
        phone = phone_in(first, phones.phone_id(text.number))
        # What an `ok` agrees to is known only now, and what that needs is read along with the alerts.
        command = agreed(text.command, phone, first.at)
        besides = self._besides(command, person, progress) if command is not text.command else []
        seen, (whose, late) = side_by_side(
            lambda: self._seen(text, command, first, roster, person, besides),
            lambda: (self._whose(command, phone, roster, person), self._late(command, first.at)),
        )
        found, reading = seen.found, seen.reading
        scene = Scene(
            now=reading.at,
            who=person,
            phone=phone,
            alerts={document.id: alerts.load(document.fields) for document in found.values()},
            named=text.named(reading, phone),
            roster=roster,
            known={name: phone_in(reading, key) for name, key in paged_by(command, roster, person).items()},
            trouble=_trouble(self._vitals(reading, late, phone), roster, person),
            budget=budgets.budget_in(reading, self._kit.texts_a_day),
            upstream=self._kit.tracker is not None,
            id=text.sid,
            done=frozenset(progress.done),
            whose=whose,
            free=_free(progress.drawn, reading, opening.alert_id(text.sid)) if command.verb == "page" else 0,
            beyond=seen.beyond,
            unanswered_beyond=seen.unanswered_beyond,
            head=seen.head,
        )
        said = reply(text.command, self._with_pages(command, scene))
        wanted.update(said.changed)
        progress.codes |= {alert.code for alert in (*said.changed.values(), *said.opened.values())}
        made = replying.writes(said, found, scene, reading)
        last = [*replying.apart(said, reading, scene), text.phone(reading, said.phone)]
        versions = self._carrying.commit(made, [*last, text.kept(reading.at, person.id, said.answer)], progress)
        kept = with_errands(text.sid, made, said.changed, found, versions)
        if kept:
            began, more = progress.began, bool(scene.done)
            progress.stored = Stored(text.path, text.sid, said.answer, reading.at, began, kept, more)
        if any(write.path == covers.PATH for write in last):
            self._kit.forget_roster()
        return said.answer

    def _seen(
        self, text: Text, command: Command, first: Reading, roster: Roster, person: Engineer, besides: Sequence[str]
    ) -> Seen:
        """What is open in their teams, and the alerts that the text means; the reading then has `besides`, too."""
        phone = phone_in(first, phones.phone_id(text.number))
        named = [*text.named(first, phone).values()]
        sought = [*text.closed(first), *meant(text.command, phone, first.at)]
        return see(self._kit.store, Wanted(command, phone, person, roster, named, sought, besides), first)

    def _whose(self, command: Command, phone: Phone, roster: Roster, person: Engineer) -> str:
        """Whose on-call it is, if a first text may be due to this phone."""
        return (
            lookout.whose(self._kit.store, roster, person) if command.verb == "test" and not phone.welcomed_at else ""
        )

    def _vitals(self, reading: Reading, late: vitals.Late, phone: Phone) -> Vitals:
        """How the pager is; that no tick ever came is known once this phone has long been in touch with it."""
        since = min([phone.heard_at or reading.at, *(told.at for told in phone.last)])
        return vitals.vitals(reading, late, self._kit.on_duty, since)

    def _with_pages(self, command: Command, scene: Scene) -> Scene:
        """The scene with the pages of an alert that wait, where somebody asks why: nothing else reads any."""
        keys = list(scene.named.values()) or [told.alert for told in scene.phone.last[:1]]
        if command.verb != "why" or len(keys) != 1 or keys[0] not in scene.alerts:
            return scene
        names = [entry.page for entry in scene.alerts[keys[0]].timeline if entry.page][-TOLD:]
        found = self._kit.store.get([pages.path(name) for name in names]).documents.values() if names else ()
        return replace(scene, waits={one.id: waiting for one in found if (waiting := _waiting(one)) is not None})

    def _late(self, command: Command, now: int) -> vitals.Late:
        """What is overdue, if that is to be told."""
        return vitals.late(self._kit.store, now) if command.verb == "status" else (None, None)


def _free(drawn: Sequence[int], reading: Reading, key: str) -> int:
    """The code that a new alert gets. Raises `Conflict` when others have all that were drawn."""
    found = {code: reading.get(codes.path(code)) for code in drawn}
    fields = {code: document.fields if document else None for code, document in found.items()}
    code = codes.choose(drawn, fields, key, reading.at)
    if code is None:
        raise Conflict("every code drawn is taken")
    return code


def _waiting(document: Document) -> Waiting | None:
    page = pages.load(document.fields)
    return Waiting(page.due_at or 0, page.cause or "") if page.state == WAITING else None


def _trouble(state: Vitals, roster: Roster, person: Engineer) -> str:
    """What is wrong with the pager above all, and since when by the clock of whoever asks."""
    found = ailments(state)
    if not found:
        return ""
    since = times.moment(found[0].since, state.at, Clock(roster.zone_for(person.id) or "UTC"))
    return f"{found[0].what} (since {since})"
