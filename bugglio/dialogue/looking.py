"""Words that only look."""

from collections.abc import Sequence

import msgspec

from bugglio import answers, standing, times, wording
from bugglio import phone as phones
from bugglio.alert import TRIGGERED, Alert, Entry
from bugglio.dialogue import hush
from bugglio.dialogue.duty import person
from bugglio.dialogue.scene import Reply, Scene
from bugglio.grammar import Command
from bugglio.phone import Phone, Told
from bugglio.standing import Duty
from bugglio.times import Clock

PAGED = {"page": "paged", "call": "called"}
"""What a timeline calls a page, and what whoever asks is told of it."""


def show(command: Command, scene: Scene, phone: Phone) -> Reply:
    """The details of an alert, or of the last one."""
    keys = [scene.named[code] for code in command.codes if code in scene.named]
    if command.bare:
        keys = [told.alert for told in phone.last[:1]]
    found = {key: scene.alerts[key] for key in keys if key in scene.alerts}
    unknown = [code for code in command.codes if code not in scene.named]
    if len(found) != 1:
        return _show_many(list(found.values()), unknown, scene, phone)
    key, alert = next(iter(found.items()))
    told = phones.tell(phone, Told(alert=key, code=alert.code, at=scene.now, shown=True), (alert.code,))
    template = wording.template_of(alert.kind, scene.roster.team(alert.team).text)
    text = answers.details(alert, template, scene.reader)
    return Reply(" ".join(filter(None, (answers.no_such(unknown), text))), told)


def _show_many(found: Sequence[Alert], unknown: Sequence[int], scene: Scene, phone: Phone) -> Reply:
    """Several alerts are shown as in a list; none is not shown at all."""
    if not found:
        start = answers.no_such(unknown) or "Nothing was texted to you yet."
        return Reply(f"{start} {answers.left(scene.left())}", phone)
    start = answers.no_such(unknown)
    text, end = answers.listed(found, scene.reader, f"{start} " if start else "", end="; and more")
    return Reply(text, phones.name(phone, tuple(alert.code for alert in found[:end])))


def why(command: Command, scene: Scene, phone: Phone) -> Reply:
    """Who was paged for an alert, or for the last one, and why not the others: its timeline, the newest last."""
    keys = [scene.named[code] for code in command.codes if code in scene.named]
    if command.bare:
        keys = [told.alert for told in phone.last[:1]]
    found = [scene.alerts[key] for key in keys if key in scene.alerts]
    if len(found) != 1:
        unknown = [code for code in command.codes if code not in scene.named]
        start = answers.no_such(unknown) or ("One at a time: why 417." if found else "Nothing was texted to you yet.")
        return Reply(f"{start} {answers.left(scene.left())}", phone)
    alert = found[0]
    lines = [_happened(entry, alert, scene) for entry in alert.timeline]
    return Reply(answers.newest(f"{answers.name(alert)}: ", lines), phones.name(phone, (alert.code,)))


def _happened(entry: Entry, alert: Alert, scene: Scene) -> str:
    """One line of a timeline by the reader's clock."""
    at = times.moment(entry.at, alert.opened, Clock(scene.zone))
    whom = ", ".join(person(name, scene) for name in entry.who.split(", ")) if entry.who else ""
    if entry.what in PAGED:
        aside = ", ".join(filter(None, (entry.detail, _waits(entry.page, alert, scene))))
        return " ".join(filter(None, (at, PAGED[entry.what], whom, f"({aside})" if aside else "")))
    said = ": ".join(filter(None, (entry.what, ", ".join(filter(None, (whom, entry.detail))))))
    return f"{at} {said}"


def _waits(page: str, alert: Alert, scene: Scene) -> str:
    """Until when a page waits, if it does, and why; of an alert that was answered none is wanted any more."""
    found = scene.waits.get(page)
    if found is None or found.until <= scene.now or alert.state != TRIGGERED:
        return ""
    return ": ".join(
        filter(None, (f"waits until {times.moment(found.until, alert.opened, Clock(scene.zone))}", found.cause))
    )


def list_open(command: Command, scene: Scene, phone: Phone) -> Reply:
    """What is open, or more of it."""
    goes_on = command.verb == "more" and phone.listed != ()
    rest = [(key, place) for key, place in scene.first() if not goes_on or place > phone.listed]
    if not rest:
        return Reply(f"No more. {answers.left(scene.left())}" if goes_on else answers.left(scene.left()), phone)
    found = [scene.alerts[key] for key, _ in rest]
    text, end = answers.listed(found, scene.reader, "" if goes_on else f"{scene.left()} open: ")
    phone = phones.name(phone, tuple(alert.code for alert in found[:end]))
    return Reply(text, msgspec.structs.replace(phone, listed=rest[end - 1][1]))


def status(command: Command, scene: Scene, phone: Phone) -> Reply:  # noqa: ARG001 - every word is asked alike
    """One line; when all is well, the sentence."""
    on_duty = _on_duty(scene)
    waiting = sum(answers.is_unanswered(alert) for _, alert in scene.open()) + scene.unanswered_beyond
    worse = [*_unreached(on_duty.people, scene), *_low(scene), *hush.told(scene)]
    return Reply(answers.status(scene.left(), waiting, scene.trouble, on_duty, scene.reader, worse), phone)


def _unreached(on_duty: Sequence[str], scene: Scene) -> list[str]:
    """Who is on duty in vain, in a sentence each."""
    found = standing.unreached((name for name in on_duty if name != scene.who.id), scene.known, scene.now)
    return [f"{scene.reader.person(name)} cannot be reached ({why})." for name, why in found.items()]


def _low(scene: Scene) -> list[str]:
    """That little is left of the day's budget of texts, in a sentence."""
    budget = scene.budget
    return [wording.budget_used(budget.used, budget.allowed)] if budget.is_low(scene.now) else []


def _on_duty(scene: Scene) -> Duty:
    """Whom the first steps of their teams name now."""
    roster = scene.roster
    mine = [team for team in roster.teams_of(scene.who.id) if team in roster.teams or not roster.teams]
    return standing.duty(roster, mine, scene.now)


def commands(command: Command, scene: Scene, phone: Phone) -> Reply:  # noqa: ARG001 - every word is asked alike
    """The six words of the night."""
    return Reply(wording.COMMANDS, phone)
