"""Texts that mean nothing clear: nothing is done, and a person is told so."""

import msgspec

from bugglio import answers
from bugglio import phone as phones
from bugglio.asking import Asked
from bugglio.dialogue.scene import Reply, Scene
from bugglio.grammar import Command, parse
from bugglio.phone import Phone


def missed(command: Command, scene: Scene, phone: Phone) -> Reply:
    """What may have been meant; else what is open, and the words that would do something."""
    if command.near:
        return did_you_mean(command.near, scene, phone)
    found = [scene.alerts[key] for key, _ in scene.first()]
    text, named = answers.not_understood(found, scene.left())
    phone = msgspec.structs.replace(phone, asked=scene.phone.asked)
    return Reply(text, phones.name(phone, tuple(alert.code for alert in found[:named])))


def did_you_mean(text: str, scene: Scene, phone: Phone, before: str = "") -> Reply:
    """Ask whether this was meant: `ok` does it as if it had been texted. What it is about is what it is about now."""
    meant = parse(text)
    codes = tuple(code for code in meant.codes if code in scene.named)
    keys = tuple(scene.named[code] for code in codes)
    if meant.bare:
        keys = tuple(told.alert for told in scene.phone.last[:1])
    asked = Asked(what="near", text=text, alerts=keys, codes=codes, at=scene.now)
    return Reply(answers.did_you_mean(text, before), msgspec.structs.replace(phone, asked=asked))
