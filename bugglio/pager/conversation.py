"""A text comes in: it is done once, and answered alike however often it is delivered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from bugglio import alert as alerts
from bugglio import codes, wording
from bugglio import phone as phones
from bugglio import sender as senders
from bugglio.dialogue import Scene, meant, reply
from bugglio.grammar import Command, parse, resubscribes
from bugglio.pager import covers, replying, watch
from bugglio.pager.insisting import insisting
from bugglio.pager.intake import DOOR_PATIENCE
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.reading import phone_in, side_by_side
from bugglio.pager.sending import Sender
from bugglio.phone import Phone
from bugglio.redact import short
from bugglio.roster import DAY, Engineer, Roster
from bugglio.store import ABSENT, Document, Reading, StoreError, Unreachable, Write
from bugglio.store.change import change
from bugglio.store.port import MAX_WRITES

STRANGERS = "pulse/strangers"
ANSWERS = 10
"""A stranger is answered so often a day ..."""
ALL_ANSWERS = 100
"""... and all strangers together so often."""
OPEN = 500
BODY = 1_600
AT_ONCE = 100
"""So many alerts are changed in one commit."""
COLLEAGUES = 100
"""So many people's phones are looked at before a word pages somebody."""
PAGING = frozenset({"escalate", "pass", "reopen", "undo", "off", "cover"})
COVERING = frozenset({"take", "off", "cover", "undo", "ok", "no", "quiet", "mute", "unmute", "who", "shifts", "status"})
"""Words for which it must be known what people arranged a second ago, on whatever instance."""
SENDING = 3.0
"""Seconds that sending what a text calls for may take before it is answered."""
CODE = re.compile(r"[1-9][0-9]{0,8}")
PATIENCE = 5.0
"""Seconds for trying again what met other writers. Twilio waits 15 in all, and the store may take 3 to fail."""
ONCE_MORE = 2.0


@dataclass
class Progress:
    """How far one text has come, over all tries: which alerts earlier commits have changed, which pages are due."""

    done: set[str] = field(default_factory=set)
    due: list[str] = field(default_factory=list)
    """Ids of pages that were made."""


@dataclass(frozen=True)
class Text:
    """A text that came in."""

    sid: str
    number: str
    body: str
    command: Command

    @property
    def path(self) -> str:
        """Where it is kept."""
        return f"texts/{self.sid}"

    @property
    def codes(self) -> tuple[int, ...]:
        """The codes in it; a note may begin with one."""
        first = self.command.rest.partition(" ")[0].strip("#.:,")
        noted = self.command.verb == "note" and CODE.fullmatch(first) is not None
        return (*self.command.codes, int(first)) if noted else self.command.codes


class Conversation:
    """Takes texts."""

    def __init__(self, kit: Kit, sender: Sender | None = None) -> None:
        """Keep what it works with; without a sender, the tick sends what a text calls for."""
        self._kit = kit
        self._sender = sender

    def take(self, sid: str, number: str, body: str) -> str:
        """
        The answer to a text; empty: none.

        Raises `StoreError` when the text could not be stored; then nothing was done, as far as is known.
        """
        text = Text(sid, number, body, parse(body))
        progress = Progress()

        def work(wanted: set[str]) -> str:
            return self._once(text, progress, wanted)

        try:
            answer = insisting(self._kit.store, work, deadline_seconds=PATIENCE)
        except Unreachable:
            # A reply may have been lost after its commit was applied; reading again tells.
            answer = insisting(self._kit.store, work, deadline_seconds=ONCE_MORE)
        self._send(progress.due)
        return answer

    def _send(self, due: Sequence[str]) -> None:
        deadline, sender = Deadline(SENDING, self._kit.uptime), self._sender
        for key in due:
            if sender is None:
                return
            try:
                sender.send(key, deadline, DOOR_PATIENCE)
            except StoreError as error:
                # It is stored and due: the tick sends it.
                self._kit.alarm(error, "sending what a text calls for")

    def _once(self, text: Text, progress: Progress, wanted: set[str]) -> str:
        command = text.command
        phone = phones.path(phones.phone_id(text.number))
        person = self._kit.roster().by_number(text.number)
        paths = [text.path, phone, watch.PULSE, senders.PATH, STRANGERS, *map(codes.path, text.codes)]
        reading = self._kit.store.get(list(dict.fromkeys([*paths, *self._besides(command, person)])))
        known = reading.get(text.path)
        if known is not None:
            return str(known.fields["answer"])
        if command.verb in ("stop", "start", "carrier"):
            return self._carriers_word(text, reading)
        if resubscribes(text.body) and phone_in(reading, phones.phone_id(text.number)).opted_out:
            return self._carriers_word(text, reading)
        if person is None:
            return self._stranger(text, reading)
        return self._engineer(text, reading, person, progress, wanted)

    def _besides(self, command: Command, person: Engineer | None) -> list[str]:
        """What else has to be known before a word can be answered: the phones of those whom it may page, overrides."""
        paths = [covers.PATH] if command.verb in COVERING else []
        if command.verb in PAGING and person is not None:
            paths += [phones.path(key) for key in colleagues(self._kit.roster(), person).values()]
        return paths

    def _engineer(self, text: Text, reading: Reading, person: Engineer, progress: Progress, wanted: set[str]) -> str:
        roster = covers.roster_with(self._kit.roster(), reading)
        phone = phone_in(reading, phones.phone_id(text.number))
        found = self._alerts(text, reading, phone, roster, person)
        scene = Scene(
            now=reading.at,
            who=person,
            phone=phone,
            alerts={document.id: alerts.load(document.fields) for document in found.values()},
            named=_named(text, reading),
            roster=roster,
            known={name: phone_in(reading, key) for name, key in colleagues(roster, person).items() if _was_read(text)},
            trouble=_trouble(reading, phone),
            upstream=self._kit.tracker is not None,
            id=text.sid,
            done=frozenset(progress.done),
        )
        said = reply(text.command, scene)
        wanted.update(said.changed)
        made = replying.writes(said, found, scene)
        last = [*replying.apart(said, reading, scene), self._phone(reading, text.number, said.phone)]
        self._commit(made, [*last, _kept(text, reading.at, person.id, said.answer)], progress)
        if any(write.path == covers.PATH for write in last):
            self._kit.forget_roster()
        return said.answer

    def _commit(self, made: Sequence[replying.Part], last: Sequence[Write], progress: Progress) -> None:
        """Change all alerts, in parts if they are many; the last part's commit keeps the text, and makes it done."""
        parts = list(made)
        while len(some := _first(parts, MAX_WRITES - len(last))) < len(parts):
            self._kit.store.commit([write for part in some for write in part.writes])
            progress.done.update(part.key for part in some)
            progress.due += [page for part in some for page in part.due]
            parts = parts[len(some) :]
        self._kit.store.commit([*(write for part in parts for write in part.writes), *last])
        progress.due += [page for part in parts for page in part.due]
        progress.due += replying.pages_in(last)

    def _alerts(
        self, text: Text, reading: Reading, phone: Phone, roster: Roster, person: Engineer
    ) -> dict[str, Document]:
        """
        Every open alert of their teams, and those that the text may mean although they are closed or another's.

        Both are asked for at once: Firestore's answers take as long as the slower of the two.
        """
        wanted = [*_closed(text, reading), *meant(text.command, phone, reading.at)]
        paths = [alerts.path(key) for key in dict.fromkeys(wanted)]
        closed = side_by_side(lambda: self._kit.store.get(paths) if paths else None, lambda: self._open(roster, person))
        named, some = closed
        found = {document.id: document for document in some}
        found |= {one.id: one for one in named.documents.values()} if named is not None else {}
        missing = [alerts.path(key) for key in _named(text, reading).values() if key not in found]
        return found | self._others(missing)

    def _others(self, paths: Sequence[str]) -> dict[str, Document]:
        """Open alerts that a text names although they are another team's, or beyond the many that were read."""
        if not paths:
            return {}
        return {one.id: one for one in self._kit.store.get(paths).documents.values()}

    def _open(self, roster: Roster, person: Engineer) -> list[Document]:
        """Open alerts between the first and the last of their teams; admins have all, and what belongs to none."""
        teams = sorted(roster.teams_of(person.id))
        if not teams:
            return []
        start, end = ("", "~") if person.admin else (f"{teams[0]}|", f"{teams[-1]}|~")
        some = self._kit.store.query("alerts", "open", start=start, end=end, limit=OPEN)
        mine = set(teams)
        return [one for one in some if person.admin or one.fields.get("team") in mine]

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


def _named(text: Text, reading: Reading) -> dict[int, str]:
    found = {code: reading.get(codes.path(code)) for code in text.codes}
    return {code: str(document.fields["alert"]) for code, document in found.items() if document is not None}


def _closed(text: Text, reading: Reading) -> list[str]:
    """The alerts that the text names and that are closed; those that are open are found among the open ones."""
    found = [reading.get(codes.path(code)) for code in text.codes]
    return [str(one.fields["alert"]) for one in found if one is not None and "closed_at" in one.fields]


def colleagues(roster: Roster, person: Engineer) -> dict[str, str]:
    """The ids of the phones of those with whom somebody shares a team, and of the last resort, by engineer."""
    teams = [roster.teams[name] for name in roster.teams_of(person.id) if name in roster.teams]
    names = dict.fromkeys((*(name for team in teams for name in team.people), roster.last_resort))
    people = [roster.engineers[name] for name in names if name in roster.engineers][:COLLEAGUES]
    return {one.id: phones.phone_id(one.phone) for one in people}


def _was_read(text: Text) -> bool:
    return text.command.verb in PAGING


def _first(parts: Sequence[replying.Part], room: int) -> list[replying.Part]:
    """As many of these as are changed in one commit, which has room for so many writes."""
    some: list[replying.Part] = []
    for part in parts[:AT_ONCE]:
        room -= len(part.writes)
        if room < 0:
            break
        some.append(part)
    return some


def _trouble(reading: Reading, phone: Phone) -> str:
    """What is wrong with the pager; that no tick ever came is known once this phone has long been in touch with it."""
    since = min([phone.heard_at or reading.at, *(told.at for told in phone.last)])
    if watch.last_tick(reading) is None and reading.at - since > watch.LATE:
        return "the tick has never come"
    return watch.trouble(reading)


def _kept(text: Text, now: int, who: str, answer: str) -> Write:
    fields = {"v": 1, "at": now, "from": short(text.number), "who": who, "body": text.body[:BODY], "answer": answer}
    return Write(text.path, ABSENT, put=fields)
