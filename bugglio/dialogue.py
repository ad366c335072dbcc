"""What a text from somebody on the roster does, and what they are answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from bugglio import alert as alerts
from bugglio import answers, wording
from bugglio import phone as phones
from bugglio.alert import ACKNOWLEDGED, CLOSED, TRIGGERED, Alert
from bugglio.answers import Acted, Reader
from bugglio.grammar import Command
from bugglio.gsm import to_gsm
from bugglio.phone import Asked, Phone, Told
from bugglio.roster import MINUTE, Engineer, Team

CLOSE_TOGETHER = 2 * MINUTE
"""Two pages within so long: a bare word does not tell which is meant."""
ANSWERABLE = 30 * MINUTE
MISSES = 5
"""So many texts in a row that mean nothing are answered; two robots shall not text each other for ever.

Half an hour without a text ends the row: a person who erred last night is answered."""
LOOKS = ("show", "list", "more", "status", "commands")
"""Words that only look: what was asked before them stays asked."""


@dataclass(frozen=True)
class Scene:
    """All that the answer depends on."""

    now: int
    who: Engineer
    phone: Phone
    alerts: Mapping[str, Alert]
    """Every open alert of theirs, and those that the text may mean, by id."""
    named: Mapping[int, str]
    """The codes in the text, and the alerts they name."""
    team: Callable[[str], Team]
    on_duty: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    """Their teams for which nobody is on duty."""
    trouble: str = ""
    done: frozenset[str] = frozenset()
    """Alerts that an earlier commit for this same text has changed."""

    def open(self) -> list[tuple[str, Alert]]:
        """Open alerts, the oldest unacknowledged first."""
        found = [(key, alert) for key, alert in self.alerts.items() if alert.is_open]
        return sorted(found, key=lambda pair: _place(pair[1]))

    @property
    def reader(self) -> Reader:
        """Who is answered."""
        return Reader(self.who.id, self.now)

    @property
    def asked(self) -> Asked | None:
        """What was asked of this phone and can still be answered."""
        return _asked(self.phone, self.now)


@dataclass(frozen=True)
class Reply:
    """What is answered, and what changed."""

    answer: str
    phone: Phone
    changed: Mapping[str, Alert] = field(default_factory=dict)


def meant(command: Command, phone: Phone, now: int) -> list[str]:
    """The ids of alerts that a text may mean without naming them: they have to be known even if they are closed."""
    found: list[str] = []
    asked = _asked(phone, now)
    if asked is not None and command.verb in ("ok", "all", "number"):
        found += asked.alerts
    if command.verb == "ok":
        found += [told.alert for told in _pages(phone, now)[:1]]
    if command.bare and command.verb in ("ack", "close", "show"):
        found += [told.alert for told in phone.last[:1]]
    return found


def reply(command: Command, scene: Scene) -> Reply:
    """Do what the command says, if it is clear which alert is meant."""
    said = _replied(command, scene)
    return Reply(to_gsm(said.answer), said.phone, said.changed)


def _replied(command: Command, scene: Scene) -> Reply:
    phone = msgspec.structs.replace(scene.phone, asked=None, misses=0, heard_at=scene.now, failed_at=0, refused="")
    answer = _to_question(command, scene, phone)
    if answer is not None:
        return answer
    if command.verb in LOOKS or command.verb == "number":
        phone = msgspec.structs.replace(phone, asked=scene.phone.asked)
    match command.verb:
        case "ack" | "close":
            return _act(command, scene, phone)
        case "ok":
            return _ok(scene, phone)
        case "no":
            return Reply(f"Nothing changed. {answers.left(len(scene.open()))}", phone)
        case "show" | "number":
            return _show(command, scene, phone)
        case "list" | "more":
            return _list(command, scene, phone)
        case "status":
            seen = [alert for _, alert in scene.open()]
            return Reply(answers.status(seen, scene.trouble, scene.on_duty, scene.uncovered, scene.reader), phone)
        case "commands":
            return Reply(wording.COMMANDS, phone)
        case _:
            return _missed(scene)


def _asked(phone: Phone, now: int) -> Asked | None:
    return phone.asked if phone.asked is not None and now - phone.asked.at <= ANSWERABLE else None


def _pages(phone: Phone, now: int) -> list[Told]:
    """The pages that `ok` answers, newest first."""
    return [told for told in phone.last if not told.shown and now - told.at <= ANSWERABLE]


def _place(alert: Alert) -> tuple[int, ...]:
    """An alert's place in a list."""
    return int(alert.state != TRIGGERED), alert.opened, alert.code


def _to_question(command: Command, scene: Scene, phone: Phone) -> Reply | None:
    """The answer to what was asked of this phone, if the text is one."""
    asked = scene.asked
    if asked is None:
        return None
    if asked.what == "all":
        agreed = command.verb == "ok" or (command.verb == "all" and asked.verb == "ack")
        return _do(asked.verb, asked.alerts, scene, phone) if agreed else None
    if command.verb == "all":
        return _do(asked.verb, asked.alerts, scene, phone)
    if command.verb == "ok":
        return _do(asked.verb, asked.alerts, scene, phone) if len(asked.alerts) == 1 else _which(asked, scene, phone)
    wanted = [key for key, code in zip(asked.alerts, asked.codes, strict=False) if code in command.codes]
    if command.verb == "number" and len(wanted) == len(command.codes):
        return _do(asked.verb, wanted, scene, phone)
    return None


def _act(command: Command, scene: Scene, phone: Phone) -> Reply:
    if command.all:
        return _act_on_all(command.verb, scene, phone)
    if command.codes:
        known = [scene.named[code] for code in command.codes if code in scene.named]
        unknown = [code for code in command.codes if code not in scene.named]
        return _do(command.verb, known, scene, phone, unknown)
    last = [told for told in phone.last if told.alert in scene.alerts]
    if last:
        return _act_on_last(command.verb, last, scene, phone)
    return _choose(command.verb, [key for key, _ in scene.open()], scene, phone)


def _act_on_last(verb: str, last: Sequence[Told], scene: Scene, phone: Phone) -> Reply:
    """What was texted last is meant, unless it is a digest, or something else was texted shortly before."""
    newest = last[0]
    if newest.many:
        keys = [key for key in _told_open(scene) if _changes(verb, key, scene)]
        if not keys:
            return Reply(f"Nothing to {verb}. {answers.left(len(scene.open()))}", phone)
        return _choose(verb, keys, scene, phone) if len(keys) > 1 else _do(verb, keys, scene, phone)
    rivals = [told.alert for told in last[1:] if newest.at - told.at <= CLOSE_TOGETHER]
    rivals = [key for key in dict.fromkeys(rivals) if key != newest.alert and _changes(verb, key, scene)]
    if rivals and scene.alerts[newest.alert].is_open:
        return _choose(verb, [*reversed(rivals), newest.alert], scene, phone)
    return _do(verb, [newest.alert], scene, phone)


def _choose(verb: str, keys: Sequence[str], scene: Scene, phone: Phone) -> Reply:
    """Ask which of these is meant."""
    if not keys:
        return Reply(answers.left(0), phone)
    codes = tuple(scene.alerts[key].code for key in keys)
    return _which(Asked(what="which", verb=verb, alerts=tuple(keys), codes=codes), scene, phone)


def _which(asked: Asked, scene: Scene, phone: Phone) -> Reply:
    text = answers.which([scene.alerts[key] for key in asked.alerts if key in scene.alerts])
    asked = msgspec.structs.replace(asked, at=scene.now)
    return Reply(text, msgspec.structs.replace(phones.name(phone, asked.codes), asked=asked))


def _told_open(scene: Scene) -> list[str]:
    """What was texted or listed to this phone, and is open."""
    told = set(scene.phone.told)
    return [key for key, alert in scene.open() if alert.code in told]


def _changes(verb: str, key: str, scene: Scene) -> bool:
    """Whether the word would do anything to this alert, or has done so in an earlier commit for this text."""
    return key in scene.done or _changed(verb, scene.alerts[key], scene) is not None


def _act_on_all(verb: str, scene: Scene, phone: Phone) -> Reply:
    keys = [key for key in _told_open(scene) if _changes(verb, key, scene)]
    if not keys:
        return Reply(f"Nothing to {verb}. {answers.left(len(scene.open()))}", phone)
    if verb == "ack":
        return _do(verb, keys, scene, phone)
    asked = Asked(what="all", verb=verb, alerts=tuple(keys), at=scene.now)
    return Reply(answers.close_all([scene.alerts[key] for key in keys]), msgspec.structs.replace(phone, asked=asked))


def _ok(scene: Scene, phone: Phone) -> Reply:
    """A page counts as a question: `ok` acknowledges it, for half an hour."""
    last = [told for told in _pages(phone, scene.now) if told.alert in scene.alerts]
    if not last and scene.phone.welcomed_at and not scene.phone.heard_at:
        return Reply(answers.verified(scene.who.name, len(scene.open())), phone)
    if not last:
        return Reply(f"Nothing was asked. {answers.left(len(scene.open()))}", phone)
    if not last[0].many:
        return _act_on_last("ack", last, scene, phone)
    keys = [key for key in _told_open(scene) if _changes("ack", key, scene)]
    if not keys:
        return Reply(f"Nothing to ack. {answers.left(len(scene.open()))}", phone)
    asked = Asked(what="all", verb="ack", alerts=tuple(keys), at=scene.now)
    return Reply(answers.ack_all(len(keys)), msgspec.structs.replace(phone, asked=asked))


def _do(verb: str, keys: Sequence[str], scene: Scene, phone: Phone, unknown: Sequence[int] = ()) -> Reply:
    """Change these alerts; what cannot be changed is told."""
    present = [key for key in dict.fromkeys(keys) if key in scene.alerts]
    changed = {key: after for key in present if (after := _changed(verb, scene.alerts[key], scene))}
    acted = {key for key in present if key in changed or key in scene.done}
    said = Acted(
        verb,
        changed=[changed.get(key, scene.alerts[key]) for key in present if key in acted],
        unchanged=[scene.alerts[key] for key in present if key not in acted],
        unknown=unknown,
        others=sum(alert.is_open for key, alert in scene.alerts.items() if key not in present),
    )
    return Reply(answers.acted(said, scene.reader), phone, changed)


def _changed(verb: str, alert: Alert, scene: Scene) -> Alert | None:
    """The alert after the word was done, or None where it changes nothing."""
    if alert.state == CLOSED:
        return None
    if verb == "close":
        return alerts.close(alert, "by hand", scene.who.id, scene.now, "by text")
    settled = alert.state == ACKNOWLEDGED and alert.reminded_at is None and not alert.lapsed
    if settled and alert.acknowledged_by is not None:
        return None
    return alerts.acknowledge(alert, scene.who.id, scene.now, scene.team(alert.team).acknowledged_for)


def _show(command: Command, scene: Scene, phone: Phone) -> Reply:
    keys = [scene.named[code] for code in command.codes if code in scene.named]
    if command.bare:
        keys = [told.alert for told in phone.last[:1]]
    found = {key: scene.alerts[key] for key in keys if key in scene.alerts}
    unknown = [code for code in command.codes if code not in scene.named]
    if len(found) != 1:
        return _show_many(list(found.values()), unknown, scene, phone)
    key, alert = next(iter(found.items()))
    told = phones.tell(phone, Told(alert=key, code=alert.code, at=scene.now, shown=True), (alert.code,))
    text = answers.details(alert, scene.team(alert.team).text, scene.reader)
    return Reply(" ".join(filter(None, (answers.no_such(unknown), text))), told)


def _show_many(found: Sequence[Alert], unknown: Sequence[int], scene: Scene, phone: Phone) -> Reply:
    """Several alerts are shown as in a list; none is not shown at all."""
    if not found:
        start = answers.no_such(unknown) or "Nothing was texted to you yet."
        return Reply(f"{start} {answers.left(len(scene.open()))}", phone)
    start = answers.no_such(unknown)
    text, end = answers.listed(found, scene.reader, f"{start} " if start else "", end="; and more")
    return Reply(text, phones.name(phone, tuple(alert.code for alert in found[:end])))


def _list(command: Command, scene: Scene, phone: Phone) -> Reply:
    found = [alert for _, alert in scene.open()]
    goes_on = command.verb == "more" and phone.listed != ()
    rest = [alert for alert in found if _place(alert) > phone.listed] if goes_on else found
    if not rest:
        return Reply(f"No more. {answers.left(len(found))}" if goes_on else answers.left(0), phone)
    text, end = answers.listed(rest, scene.reader, "" if goes_on else f"{len(found)} open: ")
    phone = phones.name(phone, tuple(alert.code for alert in rest[:end]))
    return Reply(text, msgspec.structs.replace(phone, listed=_place(rest[end - 1])))


def _missed(scene: Scene) -> Reply:
    in_a_row = scene.now - scene.phone.heard_at < ANSWERABLE
    misses = (scene.phone.misses if in_a_row else 0) + 1
    found = [alert for _, alert in scene.open()]
    text, named = answers.not_understood(found)
    phone = msgspec.structs.replace(scene.phone, misses=misses, heard_at=scene.now, failed_at=0, refused="")
    if misses > MISSES:
        return Reply("", phone)
    return Reply(text, phones.name(phone, tuple(alert.code for alert in found[:named])))
