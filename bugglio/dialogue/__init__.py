"""What a text from somebody on the roster does, and what they are answered."""

from collections.abc import Callable
from dataclasses import replace

import msgspec

from bugglio.dialogue import (
    acting,
    covering,
    duty,
    hush,
    looking,
    misunderstood,
    opening,
    patience,
    questions,
    trading,
    trying,
)
from bugglio.dialogue.pressing import WORDS as PRESSED
from bugglio.dialogue.pressing import pressed
from bugglio.dialogue.questions import agreed
from bugglio.dialogue.scene import Question, Reply, Scene, Waiting
from bugglio.grammar import Command
from bugglio.gsm import to_gsm
from bugglio.phone import Phone
from bugglio.redact import redact

__all__ = [
    "PRESSED",
    "Question",
    "Reply",
    "Scene",
    "Waiting",
    "agreed",
    "ends_quiet",
    "means_all",
    "meant",
    "pressed",
    "reply",
]

LOOKS = ("show", "number", "list", "more", "status", "commands", "why", "who", "shifts")
"""Words that only look: what was asked before them stays asked."""


def meant(command: Command, phone: Phone, now: int) -> list[str]:
    """The ids of alerts that a text may mean without naming them: they have to be known even if they are closed."""
    found = questions.meant(command, phone, now)
    command = agreed(command, phone, now)
    if command.verb == "undo" and phone.changed is not None:
        found += phone.changed.alerts
    if command.bare and (command.verb in acting.WORDS or command.verb in ("show", "why")):
        found += [told.alert for told in phone.last[:1]]
    return found


def means_all(command: Command, phone: Phone) -> bool:
    """Whether the text may mean whatever this phone was told of: after a digest a word alone does, too."""
    alone = command.bare and command.verb in (*acting.WORDS, "ok")
    return command.all or command.verb == "mute" or (alone and any(told.many for told in phone.last))


def ends_quiet(command: Command, phone: Phone) -> bool:
    """Whether the text may change what waits for the end of its sender's quiet."""
    return command.verb == "quiet" or (command.verb == "undo" and phone.changed is not None)


def reply(command: Command, scene: Scene) -> Reply:
    """Do what the command says, if it is clear which alert is meant."""
    wanted = agreed(command, scene.phone, scene.now)
    if wanted is not command and scene.asked is not None:
        scene = replace(scene, near=scene.asked.alerts)
    said = questions.answered(wanted, scene) or _replied(wanted, scene)
    said = patience.counted(command, said, scene, looks=wanted.verb in LOOKS)
    answer = to_gsm(said.answer)
    # What was texted may be repeated in the answer; what Bugsnag said of an error is told as it is.
    return replace(said, answer=answer if wanted.verb in ("show", "number") else redact(answer))


def _replied(command: Command, scene: Scene) -> Reply:
    phone = scene.heard
    if command.verb in LOOKS:
        phone = msgspec.structs.replace(phone, asked=scene.phone.asked)
    if command.verb in acting.WORDS:
        return acting.act(command, scene, phone)
    found = _WORDS.get(command.verb)
    return found(command, scene, phone) if found is not None else misunderstood.missed(command, scene, phone)


_WORDS: dict[str, Callable[[Command, Scene, Phone], Reply]] = {
    "ok": questions.ok,
    "no": questions.no,
    "undo": acting.undo,
    "show": looking.show,
    "number": looking.show,
    "list": looking.list_open,
    "more": looking.list_open,
    "status": looking.status,
    "commands": looking.commands,
    "why": looking.why,
    "who": duty.who,
    "shifts": duty.shifts,
    "take": trading.take,
    "off": trading.off,
    "cover": covering.cover,
    "quiet": hush.quiet,
    "mute": hush.mute,
    "unmute": hush.unmute,
    "page": opening.page,
    "test": trying.test,
}
