"""`test`: a page that takes the whole way to the phone that asks for it."""

import msgspec

from bugglio import answers, when
from bugglio import phone as phones
from bugglio.dialogue.scene import Reply, Scene
from bugglio.grammar import Command
from bugglio.page import PAGES
from bugglio.phone import Phone
from bugglio.roster import MINUTE
from bugglio.throttle import Budget, next_day


def test(command: Command, scene: Scene, phone: Phone) -> Reply:  # noqa: ARG001 - every word is asked alike
    """A test page takes its token like any page, and goes by itself; a phone never welcomed is welcomed, too."""
    left = answers.left(scene.left())
    until, why = full_until(phone, scene.budget, scene.now)
    if until:
        told = when.told(until, scene.now, scene.zone)
        return Reply(f"No test page: {why}. Text test after {told}. {left}", phone)
    return Reply(
        f"Test page on its way. {left}",
        with_test(phone, scene.now),
        tests=True,
        welcomes=not phone.welcomed_at,
    )


def full_until(phone: Phone, budget: Budget, now: int) -> tuple[int, str]:
    """Until when no test page may go to a phone, in milliseconds, and why; 0: one may go at once."""
    if budget.is_spent(now):
        return next_day(now), f"today's {budget.allowed} texts are used"
    free = phones.next_token(phone, PAGES, now)
    if PAGES in phone.held:
        # What waits already goes first, at the token's time.
        free = max(free, phone.held[PAGES]) + MINUTE
    return (free, "other texts to you go first") if free > now else (0, "")


def with_test(phone: Phone, now: int) -> Phone:
    """The phone after a test page was made for it, and its welcome if it never had one."""
    taken = phones.take(phone, PAGES, now)
    return msgspec.structs.replace(taken, welcomed_at=phone.welcomed_at or now)
