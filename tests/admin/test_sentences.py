"""A team's steps, rules and rotations in plain words."""

import pytest

from bugglio.admin.roster import sentences
from bugglio.roster import Roster, roster_of
from bugglio.rosterfile import read

FILE = """
engineers:
  ana: {{name: Ana Lima, phone: "+14155550101"}}
  ben: {{name: Ben Ode, phone: "+14155550102"}}
teams:
  shop:
    rotations:
      primary: {{engineers: [ana, ben], starts: 2026-01-05T09:00}}
      second: {{next_of: primary}}
    {0}
"""


def roster(line: str) -> Roster:
    """A roster whose team has this line."""
    return roster_of(read(FILE.format(line)).book, "+14155550101")


def steps(line: str) -> list[str]:
    """The team's steps in words."""
    whole = roster(line)
    team = whole.teams["shop"]
    return sentences.steps(whole, team, team.steps)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "steps: [{page: [primary]}, {page: [second, ben], wait: 10 minutes, call: true}]",
            [
                "primary, again after 2 minutes.",
                "After 5 minutes: second and Ben Ode, with a call, again after 2 minutes.",
                "After 10 minutes: Ana Lima, the last resort.",
            ],
        ),
        ("steps: []", ["Nobody: everything goes to Ana Lima, the last resort, at once."]),
        (
            "steps: [{page: [primary, second, ben], again: 0}]",
            ["primary, second and Ben Ode.", "After 5 minutes: Ana Lima, the last resort."],
        ),
        ("steps: [{page: [ben], again: 5 minutes}]", ["Ben Ode.", "After 5 minutes: Ana Lima, the last resort."]),
        (
            "repeat: 2",
            [
                "primary, again after 2 minutes.",
                "After 5 minutes: all of it once more, then Ana Lima, the last resort.",
            ],
        ),
        (
            "repeat: 4",
            [
                "primary, again after 2 minutes.",
                "After 5 minutes: all of it 3 times more, then Ana Lima, the last resort.",
            ],
        ),
    ],
)
def test_steps(line: str, expected: list[str]) -> None:
    assert expected == steps(line)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{then: page}", "Everything: paged."),
        ("{if: {stage: staging}, then: ignore}", "If the stage is staging: ignored."),
        (
            '{if: {class: [A, "b, c", " d", ""], unhandled: true}, then: page}',
            'If the class is A, "b, c", " d" or "", and it is unhandled: paged.',
        ),
        (
            "{if: {severity: [info, warning], unhandled: false, days: [sat, sun]}, then: digest}",
            "If the severity is info or warning, and it is handled, and it is sat or sun: nobody is paged; it is named",
        ),
        (
            '{if: {between: "22:00-07:00", days: mon-thu}, then: hold}',
            "If it is between 22:00 and 07:00, and it is mon-thu: held until 07:00, then told and paged.",
        ),
        ('{if: {between: "00:00-24:00"}, then: hold}', "If it is between 00:00 and 24:00: held until 00:00, then told"),
        ("{then: {steps: default}}", "Everything: paged by the steps default."),
    ],
)
def test_rules(rule: str, expected: str) -> None:
    (sentence,) = sentences.rules(roster(f"rules: [{rule}]").teams["shop"])
    assert sentence.startswith(expected)
    assert sentence.endswith(".")


def test_rotations() -> None:
    whole = roster("timezone: Europe/London")
    team = whole.teams["shop"]
    told = [sentences.rotation(whole, team, one) for one in team.rotations.values()]
    assert "Ana Lima and Ben Ode, turns of 1 week, since 2026-01-05 09:00 Europe/London." == told[0]
    assert "Whoever is next of primary." == told[1]


def test_hours_of_a_rotation() -> None:
    line = (
        '{engineers: [ben], starts: 2026-01-05T09:00, turn: 12 hours, timezone: UTC, hours: {mon-fri: "09:00-24:00"}}'
    )
    whole = roster_of(read(FILE.format("").replace("{next_of: primary}", line)).book, "+14155550101")
    team = whole.teams["shop"]
    expected = "Ben Ode, turns of 12 hours, since 2026-01-05 09:00 UTC, mon-fri 09:00-24:00."
    assert expected == sentences.rotation(whole, team, team.rotations["second"])
