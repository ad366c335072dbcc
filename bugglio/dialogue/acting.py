"""Words that change alerts: which of them are meant, what each comes to, what is told of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from bugglio import answers, deeds, when
from bugglio import phone as phones
from bugglio.alert import Alert
from bugglio.answers import Acted
from bugglio.asking import Asked
from bugglio.deeds import Deed, Order
from bugglio.dialogue import retracting
from bugglio.dialogue.scene import Reply, Scene
from bugglio.grammar import Command
from bugglio.page import PAGES
from bugglio.phone import Changed, Phone, Told
from bugglio.roster import HOUR, MINUTE, Engineer

CLOSE_TOGETHER = 2 * MINUTE
"""Two pages within so long: a bare word does not tell which is meant."""
WORDS = ("ack", "close", "fix", "ignore", "snooze", "reopen", "escalate", "pass", "note")
NOTHING_NOTED = "Nothing changed. Text note 417 and what to note."
SNOOZE = HOUR
"""So long a snooze lasts that says nothing of its end."""


def act(command: Command, scene: Scene, phone: Phone) -> Reply:
    """Do what the word says to the alerts that are clearly meant, or ask which."""
    order = ordered(command.verb, command.rest, scene)
    if isinstance(order, str):
        return Reply(order, phone)
    codes, order = _codes(command, order, scene)
    if order.verb == "note" and not order.text:
        return Reply(NOTHING_NOTED, phone)
    if command.all:
        return _act_on_all(order, scene, phone)
    if codes:
        known = [scene.named[code] for code in codes if code in scene.named]
        return do(order, known, scene, phone, [code for code in codes if code not in scene.named])
    if command.verb in ("ignore", "pass"):
        return Reply(answers.say_which(command.verb, command.rest), phone)
    last = [told for told in phone.last if told.alert in scene.alerts]
    if last:
        return act_on_last(order, last, scene, phone)
    keys = [key for key, _ in scene.first()]
    return choose(order, keys, scene, phone, scene.left(keys))


def ordered(verb: str, rest: str, scene: Scene) -> Order | str:
    """What a word with what it takes besides asks for; or what has to be said first."""
    return _ORDERS.get(verb, _plainly)(verb, rest, scene)


def _plainly(verb: str, rest: str, scene: Scene) -> Order | str:
    return scene.order(verb, rest=rest)


def _snooze(verb: str, rest: str, scene: Scene) -> Order | str:
    more = when.events(rest)
    if more:
        return scene.order(verb, rest=rest, more=more, text=f"for {more} more events")
    until = when.moment(rest, scene.now, scene.zone) if rest else scene.now + SNOOZE
    if isinstance(until, when.Unclear):
        return until.question
    return scene.order(verb, rest=rest, until=until, text=f"until {when.told(until, scene.now, scene.zone)}")


def _pass(verb: str, rest: str, scene: Scene) -> Order | str:
    person = person_named(rest, scene)
    if isinstance(person, str):
        return person
    trouble = phones.unreachable(scene.known[person.id], scene.now) if person.id in scene.known else ""
    if trouble:
        return f"Nothing changed: {person.name} cannot be reached ({trouble})."
    return scene.order(verb, rest=rest, to=person, text=_later(scene.known.get(person.id), scene))


def _later(phone: Phone | None, scene: Scene) -> str:
    """When a page to somebody else's phone goes, if other texts to it went first."""
    if phone is None:
        return ""
    free = max(phones.next_text(phone, PAGES, scene.now, scene.budget), phone.held.get(PAGES, 0))
    return f"whose text goes {when.told(free, scene.now, scene.zone)}" if free > scene.now else ""


def _note(verb: str, rest: str, scene: Scene) -> Order | str:
    return scene.order(verb, rest=rest, text=rest) if rest else NOTHING_NOTED


_ORDERS: dict[str, Callable[[str, str, Scene], Order | str]] = {"snooze": _snooze, "pass": _pass, "note": _note}


def _codes(command: Command, order: Order, scene: Scene) -> tuple[tuple[int, ...], Order]:
    """The alerts named; a note may begin with one, if this phone knows it."""
    first, _, rest = command.rest.partition(" ")
    code = first.strip("#.:,")
    if command.verb != "note" or command.codes or not (code.isdecimal() and code.isascii()):
        return command.codes, order
    if int(code) not in scene.phone.told or int(code) not in scene.named:
        return (), order
    return (int(code),), deeds.said(order, rest.strip())


def person_named(name: str, scene: Scene) -> Engineer | str:
    """The engineer whom a name means: an id, a name, or its beginning if no other begins so; or what to say."""
    wanted = name.strip().casefold()
    people = scene.roster.engineers.values()
    exact = [one for one in people if wanted in (one.id, one.name.casefold())]
    found = exact or [
        one for one in people if wanted and (one.id.startswith(wanted) or one.name.casefold().startswith(wanted))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        return f"Nothing changed. Which? {', '.join(one.id for one in found[:5])}"
    return nobody_called(name)


def nobody_called(name: str) -> str:
    """What is said of a name that means no engineer."""
    called = name.strip()
    return f"Nothing changed: nobody on the roster is called {called}." if called else "Nothing changed: to whom?"


def act_on_last(order: Order, last: Sequence[Told], scene: Scene, phone: Phone) -> Reply:
    """What was texted last is meant, unless it is a digest, or something else was texted shortly before."""
    newest = last[0]
    if newest.many:
        keys = [key for key in told_open(scene) if changes(order, key, scene)]
        if not keys:
            return Reply(f"Nothing to {order.verb}. {answers.left(scene.left())}", phone)
        return choose(order, keys, scene, phone) if len(keys) > 1 else do(order, keys, scene, phone)
    # What a did-you-mean was about is still meant, whatever was texted since.
    rivals = [told.alert for told in last[1:] if newest.at - told.at <= CLOSE_TOGETHER or told.alert in scene.near]
    rivals = [key for key in dict.fromkeys(rivals) if key != newest.alert and changes(order, key, scene)]
    if rivals and scene.alerts[newest.alert].is_open:
        return choose(order, [*reversed(rivals), newest.alert], scene, phone)
    if order.verb == "escalate" and _is_anothers(newest.alert, scene):
        return _said_only(order, newest.alert, scene, phone)
    return do(order, [newest.alert], scene, phone)


def _is_anothers(key: str, scene: Scene) -> bool:
    """Whether somebody else has it: a late word without its code takes nothing from them."""
    return scene.alerts[key].held_by not in (None, scene.who.id)


def _said_only(order: Order, key: str, scene: Scene, phone: Phone) -> Reply:
    """Nothing is done; what became of it is said."""
    said = Acted(order, unchanged=[scene.alerts[key]], others=scene.left((key,)))
    return Reply(answers.acted(said, scene.reader), phone)


def choose(order: Order, keys: Sequence[str], scene: Scene, phone: Phone, beyond: int = 0) -> Reply:
    """Ask which of these is meant; `beyond` them so many more are open, which no answer can mean."""
    if not keys:
        return Reply(answers.left(scene.left()), phone)
    codes = tuple(scene.alerts[key].code for key in keys)
    asked = Asked(what="which", verb=order.verb, rest=order.rest, alerts=tuple(keys), codes=codes)
    return which(asked, scene, phone, beyond)


def which(asked: Asked, scene: Scene, phone: Phone, beyond: int = 0) -> Reply:
    """The question."""
    text = answers.which([scene.alerts[key] for key in asked.alerts if key in scene.alerts], beyond=beyond)
    asked = msgspec.structs.replace(asked, at=scene.now)
    return Reply(text, msgspec.structs.replace(phones.name(phone, asked.codes), asked=asked))


def told_open(scene: Scene) -> list[str]:
    """What was texted or listed to this phone, and is open."""
    told = set(scene.phone.told)
    return [key for key, alert in scene.open() if alert.code in told]


def changes(order: Order, key: str, scene: Scene) -> bool:
    """Whether the word would do anything to this alert, or has done so in an earlier commit for this text."""
    return key in scene.done or _deed(order, scene.alerts[key], scene) is not None


def _act_on_all(order: Order, scene: Scene, phone: Phone) -> Reply:
    keys = [key for key in told_open(scene) if changes(order, key, scene)]
    if not keys:
        return Reply(f"Nothing to {order.verb}. {answers.left(scene.left())}", phone)
    if order.verb == "ack":
        return do(order, keys, scene, phone)
    asked = Asked(what="all", verb=order.verb, rest=order.rest, alerts=tuple(keys), at=scene.now)
    return Reply(answers.close_all([scene.alerts[key] for key in keys]), msgspec.structs.replace(phone, asked=asked))


@dataclass(frozen=True)
class Sorted:
    """The alerts that a text is about, by what it can do to them."""

    deeds: dict[str, Deed]
    acted: list[str]
    unchanged: list[str]
    others: list[str]
    """Another team's."""


def _sorted(order: Order, keys: Sequence[str], scene: Scene) -> Sorted:
    present = [key for key in dict.fromkeys(keys) if key in scene.alerts]
    theirs = [key for key in present if scene.is_theirs(scene.alerts[key])]
    found = {key: deed for key in theirs if (deed := _deed(order, scene.alerts[key], scene)) is not None}
    acted = [key for key in theirs if key in found or key in scene.done]
    unchanged = [key for key in theirs if key not in acted]
    return Sorted(found, acted, unchanged, [key for key in present if key not in theirs])


def do(order: Order, keys: Sequence[str], scene: Scene, phone: Phone, unknown: Sequence[int] = ()) -> Reply:
    """Change these alerts; what cannot be changed is told."""
    by = _sorted(order, keys, scene)
    changed = {key: deed.alert for key, deed in by.deeds.items()}
    said = Acted(
        order,
        changed=[changed.get(key, scene.alerts[key]) for key in by.acted],
        unchanged=[scene.alerts[key] for key in by.unchanged],
        foreign=[scene.alerts[key] for key in by.others],
        unknown=unknown,
        others=scene.left(keys),
        paged=_paged(by.deeds, scene),
        before=[scene.alerts[key] for key in by.acted],
    )
    if by.deeds and order.verb in deeds.CHANGING:
        phone = msgspec.structs.replace(phone, changed=Changed(at=scene.now, verb=order.verb, alerts=tuple(by.acted)))
    return Reply(
        answers.acted(said, scene.reader),
        phone,
        changed,
        pages={key: deed.pages for key, deed in by.deeds.items() if deed.pages},
        news={key: deed.news for key, deed in by.deeds.items() if deed.news},
    )


def _deed(order: Order, alert: Alert, scene: Scene) -> Deed | None:
    return deeds.done(order, alert, scene.crew(alert)) if scene.is_theirs(alert) else None


def _paged(found: dict[str, Deed], scene: Scene) -> tuple[str, ...]:
    """The names of those whom it pages."""
    people = dict.fromkeys(page.to for deed in found.values() for page in deed.pages)
    return tuple(scene.roster.engineers[one].name for one in people if one in scene.roster.engineers)


def undo(command: Command, scene: Scene, phone: Phone) -> Reply:  # noqa: ARG001 - every word is asked alike
    """Take back what this phone changed last."""
    last = scene.phone.changed
    if last is None or scene.now - last.at > deeds.UNDO:
        return Reply("Nothing to take back: you changed nothing in the last 10 minutes.", phone)
    if retracting.is_apart(last):
        return retracting.retracted(last, scene, phone)
    order = scene.order("undo")
    found = {key: deeds.undone(order, scene.alerts[key]) for key in last.alerts if key in scene.alerts}
    back = {key: deed for key, deed in found.items() if deed is not None}
    phone = msgspec.structs.replace(phone, changed=None)
    done = [*back, *(key for key in last.alerts if key in scene.done)]
    stay = [scene.alerts[key] for key in last.alerts if key in scene.alerts and key not in done]
    now = [back[key].alert if key in back else scene.alerts[key] for key in done]
    said = answers.taken_back(last.verb, now, stay, len(last.covers), scene.reader)
    return Reply(
        said,
        phone,
        {key: deed.alert for key, deed in back.items()},
        news={key: deed.news for key, deed in back.items()},
        uncovers=last.covers,
    )
