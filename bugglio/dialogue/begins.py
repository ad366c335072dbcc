"""What bugglio asked of its own accord, a page apart: a shift that begins, a cover. Its answers are `ok` and `no`."""

from collections.abc import Collection, Sequence

import msgspec

from bugglio import answers, when
from bugglio.asking import Asked
from bugglio.dialogue import covering
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


def put_at(moments: Sequence[int], numbers: Collection[int], scene: Scene) -> tuple[Asked, ...]:
    """Of the questions that were put at these moments, in their order, those of these numbers (from 1) that wait."""
    left, found = list(reversed(waiting(scene))), []
    for number, at in enumerate(moments, 1):
        one = next((question for question in left if question.at == at), None)
        if one is None:
            continue
        left.remove(one)
        if number in numbers:
            found.append(one)
    return tuple(found)


def named(asked: Asked, scene: Scene) -> str:
    """A question in another one."""
    if asked.what == SHIFT:
        return f"your shift for {asked.rest}"
    since = [f" from {when.told(one.start, scene.now, scene.zone_in(one.team))}" for one in asked.covers[:1]]
    return f"the shift of {asked.by}{''.join(since)}"


def agreed(begun: Sequence[Asked], scene: Scene, phone: Phone) -> Reply:
    """`ok` to these questions: shifts that begin are noticed, and what was asked for is taken over."""
    offers = [one for one in begun if one.what == covering.COVER]
    if not offers:
        return _noticed(begun, scene, _without(begun, phone))
    return covering.agreed(offers, scene, _without(begun, phone))


def declined(scene: Scene, phone: Phone) -> Reply | None:
    """`no` to the newest question that can be declined; None without one."""
    offered = next((one for one in waiting(scene) if one.what == covering.COVER), None)
    return covering.declined(offered, scene, _without([offered], phone)) if offered is not None else None


def _without(begun: Sequence[Asked], phone: Phone) -> Phone:
    """The phone of which this is not asked any more."""
    return msgspec.structs.replace(phone, begun=tuple(one for one in phone.begun if one not in begun))


def _noticed(begun: Sequence[Asked], scene: Scene, phone: Phone) -> Reply:
    """A shift that begins was noticed; that a text came from this phone is all that is kept of it."""
    what = " and ".join(dict.fromkeys(one.rest for one in begun))
    return Reply(f"Thank you: your shift for {what} is noted. {answers.left(scene.left())}", phone)
