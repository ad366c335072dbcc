"""A shift is offered to somebody: the words `cover` and `swap`, and what `ok` and `no` to that question do."""

from collections.abc import Sequence

from bugglio import answers, when
from bugglio.asking import Asked
from bugglio.dialogue import stints, trading
from bugglio.dialogue.acting import person_named
from bugglio.dialogue.scene import Question, Reply, Scene
from bugglio.dialogue.stints import Stint
from bugglio.grammar import Command, parted
from bugglio.gsm import cut, to_gsm
from bugglio.phone import Phone
from bugglio.roster import Cover, Engineer

COVER = "cover"
"""What such a question is about."""


def cover(command: Command, scene: Scene, phone: Phone) -> Reply:
    """Ask somebody to take what shifts whoever texts has in a span."""
    known = {name for one in scene.roster.engineers.values() for name in (one.id, one.name.casefold())}
    name, time = parted(command.rest, known)
    person = person_named(name, scene)
    if isinstance(person, str):
        return Reply(person, phone)
    trouble = trading.unreachable(person.id, scene)
    if person.id == scene.who.id or trouble:
        why = f"{person.name} cannot be reached ({trouble})" if trouble else "that is you"
        return Reply(f"Nothing changed: {why}.", phone)
    span = when.span(time, scene.now, scene.zone)
    if isinstance(span, when.Unclear):
        return Reply(span.question, phone)
    mine = stints.own(scene.roster, scene.who.id, scene.roster.teams, span.start, span.end)
    if not mine or len(mine) > trading.MOST:
        return Reply(trading.TOO_MANY if mine else trading.NO_SHIFT, phone)
    return _asked(person, mine, scene, phone)


def _asked(person: Engineer, mine: Sequence[Stint], scene: Scene, phone: Phone) -> Reply:
    covers = tuple(_wanted(number, one, person, scene) for number, one in enumerate(mine))
    asked = Asked(what=COVER, covers=covers, by=scene.who.id)

    def question(width: int) -> str:
        told = trading.listed_for(mine, person.id, scene, width)
        return f"{cut(to_gsm(scene.who.name), width)} asks you to take {told} {RETURN}. Reply ok or no"

    told = stints.series([one.told(scene.now, scene.zone_in(one.team)) for one in mine])
    said = f"Asked {person.name} to take {told}. Until {person.name} says ok it stays yours."
    return Reply(said, phone, questions=(Question(person, stints.fitted(question), asked),))


RETURN = "(nothing is given in return)"


def _wanted(number: int, one: Stint, person: Engineer, scene: Scene) -> Cover:
    return Cover(f"{scene.id}.{number}", one.team, one.rotation, one.start, one.end, person.id, scene.now, scene.who.id)


def agreed(offers: Sequence[Asked], scene: Scene, phone: Phone) -> Reply:
    """`ok`: these shifts are theirs from now on, as far as each still is as it was when they were asked."""
    coming = [one for one in offers if any(cover.end > scene.now for cover in one.covers)]
    if not coming:
        return Reply(f"Nothing changed: that shift is over. {answers.left(scene.left())}", phone)
    standing = [one for one in coming if all(found.engineer == one.by for found in _before(one, scene))]
    if not standing:
        by = name_of(coming[0].by, scene)
        return Reply(f"Nothing changed: the shift is not {by}'s any more. Text who, or shifts.", phone)
    wanted = dict.fromkeys(stint for one in standing for stint in _wanted_now(one, scene))
    before = dict.fromkeys(found for one in standing for found in _before(one, scene))
    return trading.handed(list(wanted), list(before), COVER, scene, phone)


def _wanted_now(asked: Asked, scene: Scene) -> list[Stint]:
    return [_now(one, scene) for one in asked.covers if one.end > scene.now]


def _before(asked: Asked, scene: Scene) -> list[Stint]:
    return [found for one in _wanted_now(asked, scene) for found in _stands(one, scene)]


def _now(one: Cover, scene: Scene) -> Stint:
    """What is left of it."""
    return Stint(one.team, one.rotation, max(one.start, scene.now), one.end, scene.who.id)


def _stands(one: Stint, scene: Scene) -> list[Stint]:
    """Who has it as the roster is; nobody where there is no such rotation any more."""
    return list(stints.stints(scene.roster, one.team, one.rotation, one.start, one.end))


def declined(asked: Asked, scene: Scene, phone: Phone) -> Reply:
    """`no`: it stays with whoever asked, who is told."""
    mine = [Stint(one.team, one.rotation, one.start, one.end) for one in asked.covers]
    if not mine or asked.by not in scene.roster.engineers:
        return Reply(f"Nothing changed. {answers.left(scene.left())}", phone)

    def told(width: int) -> str:
        me = cut(to_gsm(scene.who.name), width)
        return f"{me} does not take {trading.listed_for(mine, asked.by, scene, width)}: it stays yours."

    said = f"Nothing changed: {name_of(asked.by, scene)} is told. {answers.left(scene.left())}"
    return Reply(said, phone, tells=((asked.by, stints.fitted(told)),))


def name_of(person: str, scene: Scene) -> str:
    """Somebody's name."""
    known = scene.roster.engineers.get(person)
    return known.name if known is not None else person
