"""`test`: a page that takes the whole way to the phone that asks for it."""

from dataclasses import replace

import msgspec

from bugglio import answers, when
from bugglio import phone as phones
from bugglio.dialogue.scene import Reply, Scene
from bugglio.grammar import Command
from bugglio.page import PAGES
from bugglio.phone import Phone
from bugglio.roster import MINUTE
from bugglio.throttle import next_day


def test(command: Command, scene: Scene, phone: Phone) -> Reply:  # noqa: ARG001 - every word is asked alike
    """A test page takes its token like any page, and goes by itself; a phone never welcomed is welcomed, too."""
    left = answers.left(scene.left())
    if scene.budget.is_spent(scene.now):
        until = _told(next_day(scene.now), scene)
        return Reply(
            f"No test page: today's {scene.budget.allowed} texts are used. Text test after {until}. {left}", phone
        )
    free = phones.next_token(phone, PAGES, scene.now)
    if PAGES in phone.held:
        # What waits already goes first, at the token's time.
        free = max(free, phone.held[PAGES]) + MINUTE
    if free > scene.now:
        return Reply(f"No test page: other texts to you go first. Text test after {_told(free, scene)}. {left}", phone)
    welcomes = not phone.welcomed_at
    taken = phones.take(phone, PAGES, scene.now)
    said = Reply(f"Test page on its way. {left}", taken, tests=True, welcomes=welcomes)
    return replace(said, phone=msgspec.structs.replace(taken, welcomed_at=scene.now)) if welcomes else said


def _told(at: int, scene: Scene) -> str:
    return when.told(at, scene.now, scene.zone)
