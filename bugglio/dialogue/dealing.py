"""Shifts change hands on a page by the same words as by text: `take`, `off`, `cover`; `undo` takes back the last."""

from collections.abc import Callable
from dataclasses import replace

from bugglio import deeds
from bugglio.dialogue import covering, retracting, trading
from bugglio.dialogue.pressing import CHANGED_SINCE
from bugglio.dialogue.scene import Reply, Scene
from bugglio.grammar import Command
from bugglio.phone import Changed, Phone
from bugglio.redact import redact

DEALS: dict[str, Callable[[Command, Scene, Phone], Reply]] = {
    "take": trading.take,
    "off": trading.off,
    "cover": covering.cover,
}
"""What can be asked for."""
GONE = "you changed nobody's shift in the last 10 minutes."


def takes_back(phone: Phone, now: int) -> Changed | None:
    """What this phone changed last, if it was about shifts and can be taken back."""
    last = phone.changed
    if last is None or last.verb not in DEALS or not last.covers or now - last.at > deeds.UNDO:
        return None
    return last


def dealt(command: Command, scene: Scene, undoes: int = 0) -> Reply:
    """
    What such a word comes to. Of the phone of whoever asks only what it changed last is another afterwards.

    `undoes`: of `undo`, when the change was made that is to be taken back.
    """
    undo = command.verb == "undo"
    said = _undone(scene, undoes) if undo else DEALS[command.verb](command, scene, scene.phone)
    return replace(said, answer=redact(said.answer).strip())


def _undone(scene: Scene, undoes: int) -> Reply:
    last = takes_back(scene.phone, scene.now)
    if last is None or last.at != undoes:
        return Reply(f"Nothing changed: {GONE if last is None else CHANGED_SINCE}", scene.phone)
    return retracting.retracted(last, scene, scene.phone)
