"""A team's steps, rules and rotations in plain words."""

from collections.abc import Sequence

from bugglio.admin.shapes.texts import joined
from bugglio.roster import Conditions, Roster, Rotation, Rule, Step, Team
from bugglio.rosterfile import forms

ONCE = 1


def steps(roster: Roster, team: Team, found: Sequence[Step]) -> list[str]:
    """A sentence for each step, and one for what comes after the last."""
    last = f"{person(roster, roster.last_resort)}, the last resort"
    if not found:
        return [f"Nobody: everything goes to {last}, at once."]
    waits = [None, *(step.wait for step in found)]
    told = [_step(roster, team, step, wait) for step, wait in zip(found, waits, strict=False)]
    return [*told, f"{_after(waits[-1])}{_rounds(team.repeat)}{last}."]


def _step(roster: Roster, team: Team, step: Step, wait: int | None) -> str:
    parts = [_listed([whom(roster, team, name) for name in step.page], "and")]
    parts += ["with a call"] if step.call else []
    parts += [f"again after {forms.span(step.again)}"] if 0 < step.again < step.wait else []
    return f"{_after(wait)}{', '.join(parts)}."


def _after(wait: int | None) -> str:
    return f"After {forms.span(wait)}: " if wait is not None else ""


def _rounds(repeat: int) -> str:
    more = repeat - ONCE
    if not more:
        return ""
    return "all of it once more, then " if more == ONCE else f"all of it {more} times more, then "


def whom(roster: Roster, team: Team, name: str) -> str:
    """A rotation by its id, somebody by their name."""
    return name if name in team.rotations else person(roster, name)


def person(roster: Roster, who: str) -> str:
    """The name behind an id; the id of whoever is gone."""
    return roster.engineers[who].name if who in roster.engineers else who


def rules(team: Team) -> list[str]:
    """A sentence for each rule."""
    return [_rule(team, rule) for rule in team.rules]


def _rule(team: Team, rule: Rule) -> str:
    asked = _conditions(rule.conditions)
    return f"{'If ' + ', and '.join(asked) if asked else 'Everything'}: {_outcome(team, rule)}."


def _outcome(team: Team, rule: Rule) -> str:
    match rule.then, rule.conditions.between:
        case "hold", (_, end):
            return f"held until {forms.clock(end)}, then told and paged"
        case "digest", _:
            return f"nobody is paged; it is named in the digest at {forms.clock(team.digest_at)}"
        case "ignore", _:
            return "ignored"
        case "steps", _:
            return f"paged by the steps {rule.steps}"
        case _:
            return "paged"


def _conditions(asked: Conditions) -> list[str]:
    told = [
        f"the {key} is {_listed([_quoted(each) for each in values], 'or')}"
        for key, values in asked.patterns.items()
        if values
    ]
    if asked.unhandled is not None:
        told.append("it is unhandled" if asked.unhandled else "it is handled")
    if asked.between is not None:
        told.append("it is between {} and {}".format(*forms.hours(*asked.between).split("-")))
    return [*told, f"it is {_listed(forms.days(asked.days).split(', '), 'or')}"] if asked.days else told


def _quoted(text: str) -> str:
    return text if text and text == text.strip() and "," not in text else f'"{text}"'


def _listed(parts: Sequence[str], word: str) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f" {word} ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def rotation(roster: Roster, team: Team, one: Rotation) -> str:
    """Who takes turns, how long, since when, and in which hours."""
    if one.next_of:
        return f"Whoever is next of {one.next_of}."
    turn = forms.turn(one)
    parts = [f"{_listed([person(roster, who) for who in one.engineers], 'and')}, turns of {turn}"]
    parts += [f"since {one.starts:%Y-%m-%d %H:%M} {one.timezone or team.timezone}"] if one.starts else []
    parts += [f"{forms.days(each.days)} {forms.hours(each.start, each.end)}" for each in one.hours]
    return f"{', '.join(parts)}."


def settings(team: Team) -> list[tuple[str, str]]:
    """What a team is set to."""
    forever, never = team.acknowledged_for == 0, team.close_after == 0
    return [
        ("Projects", joined(team.projects) or "none"),
        ("Time zone", team.timezone),
        ("Steps gone through", "once" if team.repeat == ONCE else f"{team.repeat} times"),
        ("An answer holds", "for ever" if forever else forms.span(team.acknowledged_for)),
        ("Closed by itself", "never" if never else f"when quiet for {forms.span(team.close_after)}"),
        ("Daily digest", f"at {forms.clock(team.digest_at)}"),
        ("Its pages say", team.text),
    ]
