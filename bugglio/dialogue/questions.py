"""What was asked of a phone, and what its answers do."""

from dataclasses import replace

import msgspec

from bugglio import answers
from bugglio import phone as phones
from bugglio.asking import Asked
from bugglio.dialogue import acting, begins
from bugglio.dialogue.scene import ANSWERABLE, Reply, Scene
from bugglio.grammar import Command, parse
from bugglio.phone import Phone, Told


def agreed(command: Command, phone: Phone, now: int) -> Command:
    """What a text asks for: `ok` to a did-you-mean asks for what was probably meant."""
    asked = phone.asked
    near = asked is not None and asked.what == "near" and now - asked.at <= ANSWERABLE
    return parse(asked.text) if near and asked is not None and command.verb == "ok" else command


def meant(command: Command, phone: Phone, now: int) -> list[str]:
    """The ids of alerts that an answer may mean."""
    found: list[str] = []
    asked = phone.asked
    if asked is not None and now - asked.at <= ANSWERABLE and command.verb in ("ok", "all", "number"):
        found += asked.alerts
    if command.verb == "ok":
        found += [told.alert for told in _pages(phone, now)[:1]]
    return found


def answered(command: Command, scene: Scene) -> Reply | None:
    """What the text does as an answer to what this phone was asked last; None if it is none."""
    asked = scene.asked
    if asked is None:
        return None
    if asked.what == "all":
        agreed = command.verb == "ok" or (command.verb == "all" and asked.verb == "ack")
        return _do(asked, asked.alerts, scene) if agreed else None
    if asked.what != "which":
        return None
    if asked.begun:
        return _chosen(asked, command, scene)
    if command.verb == "all":
        return _do(asked, asked.alerts, scene)
    if command.verb == "ok":
        one = len(asked.alerts) == 1
        return _do(asked, asked.alerts, scene) if one else acting.which(asked, scene, scene.heard)
    wanted = tuple(key for key, code in zip(asked.alerts, asked.codes, strict=False) if code in command.codes)
    if command.verb == "number" and len(wanted) == len(command.codes):
        return _do(asked, wanted, scene)
    return None


def _chosen(asked: Asked, command: Command, scene: Scene) -> Reply | None:
    """Which of a page and other questions `ok` was for: a code, a number from 1 on, or all."""
    known = {*asked.codes, *range(1, len(asked.begun) + 1)}
    everything = command.verb == "all"
    if not everything and (command.verb != "number" or not known.issuperset(command.codes)):
        return None
    keys = tuple(
        key for key, code in zip(asked.alerts, asked.codes, strict=True) if everything or code in command.codes
    )
    begun = begins.put_at(asked.begun, range(1, len(asked.begun) + 1) if everything else command.codes, scene)
    if not begun:
        return _do(asked, keys, scene) if keys else Reply("That can no longer be answered.", scene.heard)
    said = begins.agreed(begun, scene, scene.heard)
    return said if not keys else _and(_do(asked, keys, scene), said)


def _and(first: Reply, second: Reply) -> Reply:
    """Both: alerts are changed by the first, anything else is done by the second."""
    phone = msgspec.structs.replace(first.phone, begun=second.phone.begun)
    return replace(
        second,
        answer=f"{second.answer.partition('.')[0]}. {first.answer}",
        phone=phone,
        changed=first.changed,
        pages=first.pages,
        news=first.news,
    )


def _do(asked: Asked, keys: tuple[str, ...], scene: Scene) -> Reply:
    order = acting.ordered(asked.verb, asked.rest, scene)
    return Reply(order, scene.heard) if isinstance(order, str) else acting.do(order, keys, scene, scene.heard)


def _pages(phone: Phone, now: int) -> list[Told]:
    """The pages that `ok` answers, newest first."""
    return [told for told in phone.last if not told.shown and now - told.at <= ANSWERABLE]


def ok(command: Command, scene: Scene, phone: Phone) -> Reply:
    """What bugglio asked of its own accord is answered: the latest of it, if nothing else was asked shortly before."""
    begun = begins.waiting(scene)
    pages = [told for told in _pages(phone, scene.now) if told.alert in scene.alerts and _is_open(told, scene)]
    if not begun or (pages and pages[0].at - begun[0].at > acting.CLOSE_TOGETHER):
        return _page(command, scene, phone)
    rivals = [told for told in pages if begun[0].at - told.at <= acting.CLOSE_TOGETHER]
    together = begins.together(begun, max([begun[0].at, *(told.at for told in rivals)]))
    if begins.is_clear(together) and not rivals:
        return begins.agreed(together, scene, phone)
    return _which(together, rivals, scene, phone)


def _is_open(told: Told, scene: Scene) -> bool:
    """Whether a page still asks for something."""
    if told.many:
        return bool(acting.told_open(scene))
    return acting.changes(scene.order("ack"), told.alert, scene)


def _which(begun: tuple[Asked, ...], pages: list[Told], scene: Scene, phone: Phone) -> Reply:
    """A page and another question came close together: numbers tell them apart."""
    keys = [told.alert for told in reversed(pages)]
    codes = tuple(scene.alerts[key].code for key in keys)
    asked = Asked(
        what="which", verb="ack", alerts=tuple(keys), codes=codes, begun=tuple(one.at for one in begun), at=scene.now
    )
    alerts = [scene.alerts[key] for key in keys]
    text = answers.which(alerts, [begins.named(one, scene) for one in begun])
    return Reply(text, msgspec.structs.replace(phones.name(phone, codes), asked=asked))


def _page(command: Command, scene: Scene, phone: Phone) -> Reply:  # noqa: ARG001 - every word is asked alike
    """A page counts as a question: `ok` acknowledges it, for half an hour."""
    last = [told for told in _pages(phone, scene.now) if told.alert in scene.alerts]
    if not last and scene.phone.welcomed_at and not scene.phone.heard_at:
        return Reply(answers.verified(scene.who.name, scene.left()), phone)
    if not last:
        return Reply(f"Nothing was asked. {answers.left(scene.left())}", phone)
    order = scene.order("ack")
    if not last[0].many:
        return acting.act_on_last(order, last, scene, phone)
    keys = [key for key in acting.told_open(scene) if acting.changes(order, key, scene)]
    if not keys:
        return Reply(f"Nothing to ack. {answers.left(scene.left())}", phone)
    asked = Asked(what="all", verb="ack", alerts=tuple(keys), at=scene.now)
    return Reply(answers.ack_all(len(keys)), msgspec.structs.replace(phone, asked=asked))


def no(command: Command, scene: Scene, phone: Phone) -> Reply:  # noqa: ARG001 - every word is asked alike
    """All stays as it is; who asked to be relieved is told."""
    said = begins.declined(scene, phone) if scene.asked is None else None
    return said or Reply(f"Nothing changed. {answers.left(scene.left())}", phone)
