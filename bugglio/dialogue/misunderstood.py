"""Texts that mean nothing clear: nothing is done, and a person is told so."""

import msgspec

from bugglio import answers
from bugglio import phone as phones
from bugglio.dialogue.scene import ANSWERABLE, Reply, Scene
from bugglio.grammar import Command

MISSES = 5
"""So many texts in a row that mean nothing are answered; two robots shall not text each other for ever.

Half an hour without a text ends the row: a person who erred last night is answered."""


def missed(command: Command, scene: Scene) -> Reply:  # noqa: ARG001 - every word is asked alike
    """What is open, and the words that would do something."""
    in_a_row = scene.now - scene.phone.heard_at < ANSWERABLE
    misses = (scene.phone.misses if in_a_row else 0) + 1
    found = [alert for _, alert in scene.open()]
    text, named = answers.not_understood(found)
    phone = msgspec.structs.replace(scene.phone, misses=misses, heard_at=scene.now, failed_at=0, refused="")
    if misses > MISSES:
        return Reply("", phone)
    return Reply(text, phones.name(phone, tuple(alert.code for alert in found[:named])))
