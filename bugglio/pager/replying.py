"""What an answer writes: the alerts it changes, the pages and notices it makes, the overrides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from bugglio import codes
from bugglio.alert import Alert
from bugglio.dialogue import Reply, Scene
from bugglio.page import Page
from bugglio.pager import covers, making
from bugglio.pager.covers import Arranged
from bugglio.pager.keeping import kept
from bugglio.pager.wellbeing import pulse
from bugglio.store import EXISTS, Document, Reading, Write
from bugglio.store.change import change


@dataclass(frozen=True)
class Part:
    """What is written of one alert, and the pages that are due of it."""

    key: str
    writes: tuple[Write, ...]
    due: tuple[str, ...] = ()


def writes(said: Reply, found: Mapping[str, Document], scene: Scene, reading: Reading) -> list[Part]:
    """What is written of each alert that is changed, or opened."""
    fresh = [_fresh(key, alert, said, scene, reading) for key, alert in said.opened.items()]
    return [*fresh, *(_part(key, alert, said, found[key], scene) for key, alert in said.changed.items())]


def _fresh(key: str, alert: Alert, said: Reply, scene: Scene, reading: Reading) -> Part:
    """An alert that there was not, with its code and its pages."""
    after = msgspec.structs.replace(alert, generation=alert.generation + 1)
    made = [(due.id, making.for_step(key, after, due, scene.roster, scene.now)) for due in said.pages.get(key, ())]
    where = codes.path(after.code)
    named = change(where, reading.get(where), codes.names(key, None))
    written = [*kept(key, None, after), named]
    return Part(key, (*written, *(making.new(name, page) for name, page in made)), tuple(name for name, _ in made))


def _part(key: str, alert: Alert, said: Reply, before: Document, scene: Scene) -> Part:
    after = msgspec.structs.replace(alert, generation=alert.generation + 1)
    made = [(due.id, making.for_step(key, after, due, scene.roster, scene.now)) for due in said.pages.get(key, ())]
    for news in said.news.get(key, ()):
        made += making.notices(key, after, news, scene.roster, scene.now)
    pages = dict(made)
    written = [*kept(key, before, after), *_code(scene.alerts[key], after)]
    return Part(key, (*written, *(making.new(name, page) for name, page in pages.items())), tuple(pages))


def _code(before: Alert, after: Alert) -> list[Write]:
    """What is written about the code of an alert that was closed, or is open again."""
    if not before.is_open and after.is_open and after.code:
        return [Write(codes.path(after.code), EXISTS, delete=("closed_at",))]
    return making.code_closed(after) if before.is_open else []


def apart(said: Reply, reading: Reading, scene: Scene) -> list[Write]:
    """What is written besides: overrides, and texts to others that are about no alert."""
    made: list[tuple[str, Page]] = [
        making.tell(scene.roster.engineers[name], f"{scene.id} {name}", text, scene.now) for name, text in said.tells
    ]
    made += [making.question(one, scene.id, scene.now) for one in said.questions]
    made += [making.welcome(scene.who, scene.whose, scene.now)] if said.welcomes else []
    made += making.test(scene.who, scene.id, scene.now) if said.tests else []
    told = [making.new(key, page) for key, page in made]
    return [*_arranged(said, reading), *told]


def _arranged(said: Reply, reading: Reading) -> list[Write]:
    """What people arranged themselves: the text may add to it and take from it."""
    fresh = Arranged(said.covers, said.quiets, said.mutes)
    if fresh == Arranged() and not said.uncovers:
        return []
    kept = covers.arranged_in(reading).without(said.uncovers)
    written = covers.all_kept(reading.get(covers.PATH), kept.along_with(fresh, reading.at))
    return [written, *(pulse.turns_changed(reading) if said.covers or said.uncovers else [])]


def pages_in(made: Sequence[Write]) -> list[str]:
    """The ids of the pages that writes create, and that are due as they are created."""
    new = [write for write in made if write.path.startswith("pages/")]
    return [write.path.partition("/")[2] for write in new if write.put.get("due_at") == write.put["created"]]
