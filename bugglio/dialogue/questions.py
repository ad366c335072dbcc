"""What was asked of a phone, and what its answers do."""

import msgspec

from bugglio import answers
from bugglio.asking import Asked
from bugglio.dialogue import acting
from bugglio.dialogue.scene import ANSWERABLE, Reply, Scene
from bugglio.grammar import Command
from bugglio.phone import Phone, Told


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
    if command.verb == "all":
        return _do(asked, asked.alerts, scene)
    if command.verb == "ok":
        one = len(asked.alerts) == 1
        return _do(asked, asked.alerts, scene) if one else acting.which(asked, scene, scene.heard)
    wanted = tuple(key for key, code in zip(asked.alerts, asked.codes, strict=False) if code in command.codes)
    if command.verb == "number" and len(wanted) == len(command.codes):
        return _do(asked, wanted, scene)
    return None


def _do(asked: Asked, keys: tuple[str, ...], scene: Scene) -> Reply:
    order = acting.ordered(asked.verb, asked.rest, scene)
    return Reply(order, scene.heard) if isinstance(order, str) else acting.do(order, keys, scene, scene.heard)


def _pages(phone: Phone, now: int) -> list[Told]:
    """The pages that `ok` answers, newest first."""
    return [told for told in phone.last if not told.shown and now - told.at <= ANSWERABLE]


def ok(command: Command, scene: Scene, phone: Phone) -> Reply:  # noqa: ARG001 - every word is asked alike
    """A page counts as a question: `ok` acknowledges it, for half an hour."""
    last = [told for told in _pages(phone, scene.now) if told.alert in scene.alerts]
    if not last and scene.phone.welcomed_at and not scene.phone.heard_at:
        return Reply(answers.verified(scene.who.name, len(scene.open())), phone)
    if not last:
        return Reply(f"Nothing was asked. {answers.left(len(scene.open()))}", phone)
    order = scene.order("ack")
    if not last[0].many:
        return acting.act_on_last(order, last, scene, phone)
    keys = [key for key in acting.told_open(scene) if acting.changes(order, key, scene)]
    if not keys:
        return Reply(f"Nothing to ack. {answers.left(len(scene.open()))}", phone)
    asked = Asked(what="all", verb="ack", alerts=tuple(keys), at=scene.now)
    return Reply(answers.ack_all(len(keys)), msgspec.structs.replace(phone, asked=asked))


def no(command: Command, scene: Scene, phone: Phone) -> Reply:  # noqa: ARG001 - every word is asked alike
    """All stays as it is."""
    return Reply(f"Nothing changed. {answers.left(len(scene.open()))}", phone)
