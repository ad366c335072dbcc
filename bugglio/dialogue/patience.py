"""
Texts in a row that change nothing: after a few of them there is no more answer.

Two robots shall not text each other for ever, whatever they say: that something was not understood, a question, or that
it was done already. Half an hour without a text ends the row: a person who erred last night is answered.
"""

from dataclasses import fields, replace

import msgspec

from bugglio.dialogue.scene import ANSWERABLE, Reply, Scene
from bugglio.grammar import Command
from bugglio.roster import DAY

MISSES = 5
"""So many texts in a row are answered that mean nothing, or that change nothing although they are no look ..."""
IDLE = 40
"""... and so many that change nothing, looks among them."""
_SAID = frozenset({"answer", "phone", "tests"})
"""What a reply has although nothing changed."""


def counted(command: Command, said: Reply, scene: Scene, *, looks: bool) -> Reply:
    """The reply, with this text counted; nothing is said, or asked, any more where the row is too long."""
    if any(getattr(said, field.name) for field in fields(said) if field.name not in _SAID):
        return _with(said, misses=0, idle=0)
    in_a_row = scene.now - scene.phone.heard_at < ANSWERABLE
    misses, idle = (scene.phone.misses, scene.phone.idle + 1) if in_a_row else (0, 1)
    misses = 0 if looks else misses + 1
    if misses <= MISSES and idle <= IDLE:
        return _with(said, misses=misses, idle=idle)
    silent = msgspec.structs.replace(scene.heard, asked=scene.phone.asked, misses=misses, idle=idle)
    return _suspected(Reply("", silent), scene) if command.verb == "ok" else Reply("", silent)


def _with(said: Reply, **counts: int) -> Reply:
    return replace(said, phone=msgspec.structs.replace(said.phone, **counts))


def _suspected(silent: Reply, scene: Scene) -> Reply:
    """Whoever says `ok` to everything may be no person, and ack pages that nobody sees: the admins hear of it."""
    if scene.phone.suspected_at and scene.now - scene.phone.suspected_at < DAY:
        return silent
    text = f"{scene.who.name}'s phone says ok to everything. If it answers by itself, nobody sees the pages it acks."
    tells = tuple((admin.id, text) for admin in scene.roster.admins if admin.id != scene.who.id)
    return replace(_with(silent, suspected_at=scene.now), tells=tells)
