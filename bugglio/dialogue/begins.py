"""What bugglio asked of its own accord, a page apart: a shift that begins. Its answers are `ok` and `no`."""

from collections.abc import Callable, Sequence

import msgspec

from bugglio import answers
from bugglio.asking import Asked
from bugglio.dialogue.acting import CLOSE_TOGETHER
from bugglio.dialogue.scene import ANSWERABLE, Reply, Scene
from bugglio.phone import Phone

SHIFT = "shift"


def waiting(scene: Scene) -> tuple[Asked, ...]:
    """The questions that can still be answered, newest first."""
    return tuple(one for one in scene.phone.begun if scene.now - one.at <= ANSWERABLE)


def together(begun: Sequence[Asked], at: int) -> tuple[Asked, ...]:
    """Those that were put shortly before a moment, oldest first."""
    return tuple(one for one in reversed(begun) if at - one.at <= CLOSE_TOGETHER)


def is_clear(begun: Sequence[Asked]) -> bool:
    """Whether one answer can be for all of them: it does no harm to have noticed two shifts."""
    return len(begun) == 1 or all(one.what == SHIFT for one in begun)


def put_at(moments: Sequence[int], scene: Scene) -> tuple[Asked, ...]:
    """The questions that were put at these moments, and wait."""
    return tuple(one for one in reversed(waiting(scene)) if one.at in moments)


def named(asked: Asked) -> str:
    """A question in another one."""
    return f"your shift for {asked.rest}" if asked.what == SHIFT else f"{asked.what} for {asked.by}"


def agreed(begun: Sequence[Asked], scene: Scene, phone: Phone) -> Reply:
    """`ok` to one question, or to several shifts that begin."""
    gone = {(one.what, one.rest, one.at) for one in begun}
    left = tuple(one for one in phone.begun if (one.what, one.rest, one.at) not in gone)
    phone = msgspec.structs.replace(phone, begun=left)
    if all(one.what == SHIFT for one in begun):
        return _noticed(begun, scene, phone)
    return AGREED[begun[-1].what](begun[-1], scene, phone)


def _noticed(begun: Sequence[Asked], scene: Scene, phone: Phone) -> Reply:
    """A shift that begins was noticed; that a text came from this phone is all that is kept of it."""
    what = " and ".join(dict.fromkeys(one.rest for one in begun))
    return Reply(f"Thank you: your shift for {what} is noted. {answers.left(len(scene.open()))}", phone)


AGREED: dict[str, Callable[[Asked, Scene, Phone], Reply]] = {}
"""What `ok` does to a question of each other kind."""
