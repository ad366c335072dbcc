"""`undo` of words that change no alert: overrides, quiets and mutes are as they were before."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from bugglio import when
from bugglio.alert import Alert
from bugglio.dialogue import hush, stints
from bugglio.dialogue.duty import person
from bugglio.dialogue.scene import Reply, Scene
from bugglio.dialogue.stints import Stint
from bugglio.gsm import cut, to_gsm
from bugglio.phone import Changed, Phone


def is_apart(last: Changed) -> bool:
    """Whether the latest change is one of these."""
    return bool(last.covers or last.quiets or last.mutes)


def retracted(last: Changed, scene: Scene, phone: Phone) -> Reply:
    """What the latest change made is gone, what it ended goes on; whoever is on duty again is told."""
    again = _again(last, scene)
    now_on = "".join(f" {_told(one, scene)}." for one in again[: stints.NAMED])
    return Reply(
        f"Took back: {last.verb}.{now_on}{_goes_on(last, scene)}",
        msgspec.structs.replace(phone, changed=None),
        _waiting(last, scene),
        quiets=tuple(one for one in last.quiets if one.until > scene.now),
        mutes=tuple(one for one in last.mutes if one.until > scene.now),
        uncovers=last.covers,
        tells=_tells(last, again, scene),
    )


def _again(last: Changed, scene: Scene) -> list[Stint]:
    """Who is on duty from now on where the covers were."""
    made = [one for one in scene.roster.covers if one.id in last.covers and one.end > scene.now]
    without = replace(scene.roster, covers=tuple(one for one in scene.roster.covers if one.id not in last.covers))
    spans = [(one.team, one.rotation, max(one.start, scene.now), one.end) for one in made]
    return [found for span in spans for found in stints.stints(without, *span)]


def _told(one: Stint, scene: Scene) -> str:
    name = person(one.engineer, scene)
    return f"{'You are' if name == 'you' else f'{name} is'} on for {one.told(scene.now, scene.zone_in(one.team))}"


def _goes_on(last: Changed, scene: Scene) -> str:
    """Quiets and mutes that last again: whoever takes back the wrong word must see that pages are kept from people."""
    quiets = [("You are quiet", one.until) for one in last.quiets]
    mutes = [(f"{one.project} is muted", one.until) for one in last.mutes]
    running = [(what, until) for what, until in (*quiets, *mutes) if until > scene.now]
    return "".join(f" {what} until {when.told(until, scene.now, scene.zone)}." for what, until in running)


def _waiting(last: Changed, scene: Scene) -> dict[str, Alert]:
    """Alerts that wait for the end of a quiet that is taken back."""
    if last.verb != "quiet":
        return {}
    return hush.waiting_until(max([scene.now, *(one.until for one in last.quiets)]), scene)


def _tells(last: Changed, again: Sequence[Stint], scene: Scene) -> tuple[tuple[str, str], ...]:
    """Whom it concerns: those who were on duty by it, and those who are on again."""
    made = [one.engineer for one in scene.roster.covers if one.id in last.covers]
    people = dict.fromkeys(one for one in (*made, *(stint.engineer for stint in again)) if one)
    known = [one for one in people if one != scene.who.id and one in scene.roster.engineers]
    return tuple((name, _notice(last, again, name, scene)) for name in known) if again else ()


def _notice(last: Changed, again: Sequence[Stint], name: str, scene: Scene) -> str:
    def made(width: int) -> str:
        zone = scene.roster.zone_for(name, again[0].team) or "UTC"
        whose = scene.roster.engineers.get(again[0].engineer or "")
        on = "you are" if again[0].engineer == name else f"{cut(to_gsm(whose.name if whose else 'nobody'), width)} is"
        me = cut(to_gsm(scene.who.name), width)
        return f"{me} took back {last.verb}: {on} on for {stints.listed(again, scene.now, zone, width)}."

    return stints.fitted(made)
