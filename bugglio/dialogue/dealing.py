"""Shifts change hands on a page by the same words as by text: `take`, `off`, `cover`."""

from collections.abc import Callable
from dataclasses import replace

from bugglio.dialogue import covering, trading
from bugglio.dialogue.scene import Reply, Scene
from bugglio.grammar import Command
from bugglio.phone import Phone
from bugglio.redact import redact

DEALS: dict[str, Callable[[Command, Scene, Phone], Reply]] = {
    "take": trading.take,
    "off": trading.off,
    "cover": covering.cover,
}
"""What can be asked for."""


def dealt(command: Command, scene: Scene) -> Reply:
    """What such a word comes to. Of the phone of whoever asks only what it changed last is another afterwards."""
    said = DEALS[command.verb](command, scene, scene.phone)
    return replace(said, answer=redact(said.answer).strip())
