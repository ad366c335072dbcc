"""How an alert stands, in sentences: who has it, until when, and what happens next."""

from collections.abc import Iterable

from markupsafe import Markup

from bugglio import escalation, outbox
from bugglio.admin.saying import clock, person
from bugglio.alert import ACKNOWLEDGED, CLOSED, SNOOZED, Alert
from bugglio.crew import Crew

STATES = {
    "unanswered": ("unanswered", "bad"),
    "quiet": ("in somebody's quiet", "warn"),
    "held": ("held by a rule", "warn"),
    "snoozed": ("snoozed", ""),
    "acknowledged": ("acknowledged", "good"),
}
"""How an open alert stands, in a word or three, and the colour of that."""
CLOSED_AS = {"by hand": "closed", "fixed": "closed, fixed", "ignored": "closed, ignored", "quiet": "closed by itself"}


def state(alert: Alert) -> tuple[str, str]:
    """How it stands, in a word or three, and the colour of that."""
    if alert.state == CLOSED:
        return CLOSED_AS.get(alert.how or "", "closed"), ""
    return ("left to the digest", "") if _is_left(alert) else STATES[alert.stands]


def standing(alert: Alert, crew: Crew) -> list[Markup]:
    """The sentences."""
    parts = {CLOSED: _closed, SNOOZED: _snoozed, ACKNOWLEDGED: _acknowledged}.get(alert.state)
    said = parts(alert) if parts is not None else _triggered(alert, crew)
    if alert.is_open and alert.quiet_at is not None:
        said.append(_say("It closes by itself at {} unless it happens again.", clock(alert.quiet_at)))
    for errand in alert.errands:
        said.append(
            _say("Bugsnag has yet to be told: {}. Tried at {}.", outbox.word(errand.operation), clock(errand.due_at))
        )
    return said


def people(names: Iterable[str]) -> str:
    """Engineers by their names, in a row."""
    found = [person(name) for name in names]
    return " and ".join(filter(None, (", ".join(found[:-1]), *found[-1:])))


def _say(sentence: str, *values: object) -> Markup:
    """A sentence; what comes from outside stays text in it."""
    return Markup(sentence).format(*values)  # noqa: S704 - the sentences are this module's own


def _is_left(alert: Alert) -> bool:
    return alert.state == ACKNOWLEDGED and alert.rule != "" and alert.acknowledged_by is None


def _closed(alert: Alert) -> list[Markup]:
    by = _say(" by {}", person(alert.closed_by)) if alert.closed_by else ""
    how = {"fixed": " as fixed", "ignored": " as ignored", "quiet": " by itself: nothing had happened for so long"}
    said = [_say("Closed{}{}, at {}.", by, how.get(alert.how or "", ""), clock(alert.closed_at))]
    if alert.how == "ignored":
        said.append(_say("Its events are only recorded until somebody reopens it."))
    return said


def _snoozed(alert: Alert) -> list[Markup]:
    rule = alert.snooze
    if rule is None:
        return [_say("Snoozed until {}; then its steps begin again.", clock(alert.until))]
    if rule.kind == "occurrences":
        come = max(0, alert.counted - rule.base)
        return [_say("Snoozed for {} more events, of which {} have come.", rule.value, come)]
    if rule.kind == "per_hour":
        return [_say("Snoozed until it happens {} times within an hour.", rule.value)]
    return [_say("Snoozed until Bugsnag tells that the snooze has ended.")]


def _acknowledged(alert: Alert) -> list[Markup]:
    who = person(alert.acknowledged_by)
    if _is_left(alert):
        when = _say(" of {}", clock(alert.noted_at)) if alert.noted_at is not None else ""
        return [_say("A rule has left it to the daily digest{} ({}): nobody is paged.", when, alert.rule)]
    if alert.in_quiet:
        return [_say("{} is quiet until {}, and is told of it then.", who, clock(alert.quiet_until))]
    said = [_say("{} has it since {}.", who, clock(alert.acknowledged_at))]
    if alert.reminded_at is not None:
        said.append(_say("{} was reminded at {}: without an answer", who, clock(alert.reminded_at)))
        said[-1] += _say(" its steps begin again at {}.", clock(alert.until))
    elif alert.lapsed:
        said.append(_say("That ran out at {}, with nothing new: its next event reminds {}.", clock(alert.until), who))
    elif alert.until is not None:
        said.append(_say("If it has come again by {}, {} is reminded then.", clock(alert.until), who))
    return said


def _triggered(alert: Alert, crew: Crew) -> list[Markup]:
    if alert.rule:
        return [_say("A rule holds it until {} ({}); then its steps begin.", clock(alert.held), alert.rule)]
    said = [_say("Nobody has answered. It waits for {} since {}.", people(alert.waits_for), clock(alert.began))]
    if alert.again_at is not None:
        said.append(_say("At {} they are paged once more.", clock(alert.again_at)))
    if alert.next_at is not None:
        said.append(_next(alert, crew, alert.next_at))
    return said


def _next(alert: Alert, crew: Crew, at: int) -> Markup:
    if escalation.past_steps(alert, crew):
        return _say("At {} whoever is on duty, and the last resort, are told again what is unanswered.", clock(at))
    step, number = escalation.following(alert, crew)
    called = crew.called(step, at)
    whom = people(called.people) or "nobody, so that it goes on at once"
    which = f"step {number}" if number else "the last resort"
    return _say("Without an answer {} is next, at {}: {}.", which, clock(at), whom)
