"""What a text from somebody on the roster does, and what they are answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from bugglio import alert as alerts
from bugglio import answers, wording
from bugglio import phone as phones
from bugglio.alert import ACKNOWLEDGED, CLOSED, TRIGGERED, Alert
from bugglio.grammar import Command
from bugglio.phone import Asked, Phone, Told
from bugglio.roster import MINUTE, Engineer, Team

CLOSE_TOGETHER = 2 * MINUTE
"""Two pages within so long: a bare word does not tell which is meant."""
ANSWERABLE = 30 * MINUTE
MISSES = 5
"""So many texts in a row that mean nothing are answered; two robots shall not text each other for ever."""
AT_ONCE = 100


@dataclass(frozen=True)
class Scene:
    """All that the answer depends on."""

    now: int
    who: Engineer
    phone: Phone
    alerts: Mapping[str, Alert]
    """Every open alert of theirs, and those that the text names, by id."""
    named: Mapping[int, str]
    """The codes in the text, and the alerts they name."""
    team: Callable[[str], Team]
    on_duty: str = ""
    trouble: str = ""

    def open(self) -> list[tuple[str, Alert]]:
        """Open alerts, the oldest unacknowledged first."""
        found = [(key, alert) for key, alert in self.alerts.items() if alert.is_open]
        return sorted(found, key=lambda pair: (pair[1].state != TRIGGERED, pair[1].opened, pair[1].code))


@dataclass(frozen=True)
class Reply:
    """What is answered, and what changed."""

    answer: str
    phone: Phone
    changed: Mapping[str, Alert] = field(default_factory=dict)


def reply(command: Command, scene: Scene) -> Reply:
    """Do what the command says, if it is clear which alert is meant."""
    phone = msgspec.structs.replace(scene.phone, asked=None, misses=0, heard_at=scene.now, failed_at=0, refused="")
    answer = _to_question(command, scene, phone)
    if answer is not None:
        return answer
    match command.verb:
        case "ack" | "close":
            return _act(command, scene, phone)
        case "ok":
            return _ok(scene, phone)
        case "show":
            return _show(command, scene, phone)
        case "list" | "more":
            return _list(command, scene, phone)
        case "status":
            seen = [alert for _, alert in scene.open()]
            return Reply(answers.status(seen, scene.trouble, scene.on_duty), phone)
        case "commands":
            return Reply(wording.COMMANDS, phone)
        case _:
            return _missed(scene, phone)


def _to_question(command: Command, scene: Scene, phone: Phone) -> Reply | None:
    """The answer to what was asked of this phone, if the text is one."""
    asked = scene.phone.asked
    if asked is None or scene.now - asked.at > ANSWERABLE:
        return None
    if command.verb == "no":
        return Reply("Nothing changed.", phone)
    if command.verb == "ok" and asked.what == "all":
        return _do(asked.verb, list(asked.alerts), scene, phone)
    if asked.what != "which":
        return None
    if command.verb == "all":
        return _do(asked.verb, list(asked.alerts), scene, phone)
    wanted = [key for key, code in zip(asked.alerts, asked.codes, strict=False) if code in command.codes]
    if command.verb == "show" and wanted and len(wanted) == len(command.codes):
        return _do(asked.verb, wanted, scene, phone)
    return None


def _act(command: Command, scene: Scene, phone: Phone) -> Reply:
    if command.all:
        return _act_on_all(command.verb, scene, phone)
    if command.codes:
        known = [scene.named[code] for code in command.codes if code in scene.named]
        unknown = [code for code in command.codes if code not in scene.named]
        return _do(command.verb, known, scene, phone, unknown)
    return _act_bare(command.verb, scene, phone)


def _act_bare(verb: str, scene: Scene, phone: Phone) -> Reply:
    last = [told for told in phone.last if told.alert in scene.alerts]
    if not last:
        return _which(verb, [key for key, _ in scene.open()], scene, phone)
    newest = last[0]
    if newest.many:
        return _which(verb, _told_open(scene), scene, phone)
    rivals = [told for told in last if newest.at - told.at <= CLOSE_TOGETHER and scene.alerts[told.alert].is_open]
    if len(rivals) > 1:
        return _which(verb, [told.alert for told in rivals], scene, phone)
    return _do(verb, [newest.alert], scene, phone)


def _which(verb: str, keys: Sequence[str], scene: Scene, phone: Phone) -> Reply:
    found = [key for key in keys if key in scene.alerts and scene.alerts[key].is_open]
    if not found:
        return Reply(answers.left(0), phone)
    codes = tuple(scene.alerts[key].code for key in found)
    asked = Asked(what="which", verb=verb, alerts=tuple(found[:AT_ONCE]), codes=codes[:AT_ONCE], at=scene.now)
    text = answers.which([scene.alerts[key] for key in found])
    return Reply(text, _asking(phone, asked))


def _asking(phone: Phone, asked: Asked) -> Phone:
    fresh = tuple(code for code in phone.told if code not in asked.codes)
    return msgspec.structs.replace(phone, asked=asked, told=(*fresh, *asked.codes)[-phones.TOLD :])


def _told_open(scene: Scene) -> list[str]:
    """What was texted or listed to this phone, and is open."""
    told = set(scene.phone.told)
    return [key for key, alert in scene.open() if alert.code in told]


def _act_on_all(verb: str, scene: Scene, phone: Phone) -> Reply:
    keys = _told_open(scene)
    if verb == "ack":
        keys = [key for key in keys if scene.alerts[key].state != ACKNOWLEDGED]
    if not keys:
        return Reply(f"Nothing to {verb}. {answers.left(len(scene.open()))}", phone)
    if verb == "ack":
        return _do(verb, keys, scene, phone)
    asked = Asked(what="all", verb=verb, alerts=tuple(keys[:AT_ONCE]), at=scene.now)
    return Reply(answers.close_all([scene.alerts[key] for key in keys]), msgspec.structs.replace(phone, asked=asked))


def _ok(scene: Scene, phone: Phone) -> Reply:
    """A page counts as a question: `ok` acknowledges it, for half an hour."""
    last = phone.last[0] if phone.last else None
    if last is None or scene.now - last.at > ANSWERABLE or last.alert not in scene.alerts:
        return Reply("Nothing was asked.", phone)
    if not last.many:
        return _act_bare("ack", scene, phone)
    keys = [key for key in _told_open(scene) if scene.alerts[key].state == TRIGGERED]
    if not keys:
        return Reply(f"Nothing to ack. {answers.left(len(scene.open()))}", phone)
    asked = Asked(what="all", verb="ack", alerts=tuple(keys[:AT_ONCE]), at=scene.now)
    return Reply(answers.ack_all(len(keys)), msgspec.structs.replace(phone, asked=asked))


def _do(verb: str, keys: Sequence[str], scene: Scene, phone: Phone, unknown: Sequence[int] = ()) -> Reply:
    """Change these alerts; what cannot be changed is told."""
    present = [key for key in dict.fromkeys(keys) if key in scene.alerts]
    changed = {key: after for key in present[:AT_ONCE] if (after := _changed(verb, scene.alerts[key], scene))}
    said = [answers.already(scene.alerts[key], scene.who.id, scene.now) for key in present if key not in changed]
    said += [f"{code}: no such alert." for code in unknown]
    open_left = sum(alert.is_open for key, alert in {**scene.alerts, **changed}.items() if key not in changed)
    if not changed:
        tail = answers.left(open_left - sum(scene.alerts[key].is_open for key in present), "more ")
        return Reply(" ".join([*said[:3], tail]), phone)
    word = {"ack": "Acked", "close": "Closed"}[verb]
    done = answers.done(word, list(changed.values()), open_left)
    return Reply(" ".join([*said[:3], done]), phone, changed)


def _changed(verb: str, alert: Alert, scene: Scene) -> Alert | None:
    """The alert after the word was done, or None where it changes nothing."""
    if alert.state == CLOSED:
        return None
    if verb == "close":
        return alerts.close(alert, "by hand", scene.who.id, scene.now, "by text")
    settled = alert.state == ACKNOWLEDGED and alert.reminded_at is None and not alert.lapsed
    if settled:
        return None
    return alerts.acknowledge(alert, scene.who.id, scene.now, scene.team(alert.team).acknowledged_for)


def _show(command: Command, scene: Scene, phone: Phone) -> Reply:
    keys = [scene.named[code] for code in command.codes if code in scene.named]
    if command.bare:
        keys = [told.alert for told in phone.last[:1]]
    found = [(key, scene.alerts[key]) for key in keys if key in scene.alerts]
    if not found:
        what = ", ".join(str(code) for code in command.codes)
        start = f"{what}: no such alert." if what else "Nothing was texted to you yet."
        return Reply(f"{start} {answers.left(len(scene.open()))}", phone)
    key, alert = found[0]
    told = phones.tell(phone, Told(alert=key, code=alert.code, at=scene.now), (alert.code,))
    return Reply(answers.details(alert, scene.team(alert.team).text, scene.now), told)


def _list(command: Command, scene: Scene, phone: Phone) -> Reply:
    found = [alert for _, alert in scene.open()]
    start = phone.listed if command.verb == "more" else 0
    text, end = answers.listed(found, start, scene.now)
    codes = tuple(alert.code for alert in found[start:end])
    fresh = tuple(code for code in phone.told if code not in codes)
    told = (*fresh, *codes)[-phones.TOLD :]
    return Reply(text, msgspec.structs.replace(phone, listed=end, told=told))


def _missed(scene: Scene, phone: Phone) -> Reply:
    misses = scene.phone.misses + 1
    kept = msgspec.structs.replace(phone, misses=misses, asked=scene.phone.asked)
    answer = answers.not_understood([alert for _, alert in scene.open()]) if misses <= MISSES else ""
    return Reply(answer, kept)
