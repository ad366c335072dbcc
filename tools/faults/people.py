"""Teams enough that no phone's throttle hides what happens, with waits as short as the roster file allows."""

from dataclasses import dataclass

from bugglio.roster import Book
from bugglio.rosterfile import read

EACH = 4
"""Engineers of a team."""
FIRST_PHONE = 4155560000
IGNORED = "staging"
"""The release stage that every team's rules ignore."""
LAST_RESORT = "on-duty"
NAG = 30
"""Minutes that the last resort has."""


@dataclass(frozen=True)
class Step:
    """Which of a team's engineers are paged, how many minutes are waited, and after how many they are paged again."""

    people: tuple[int, ...]
    wait: int
    again: int = 0
    call: bool = False
    rotation: bool = False
    """A rotation names the first two engineers; for years to come it is the first one's turn."""


@dataclass(frozen=True)
class Kind:
    """How a team is asked."""

    steps: tuple[Step, ...]
    repeat: int = 1
    acknowledged_for: int = 60
    """Minutes."""


KINDS = (
    Kind((Step((0,), 1), Step((1,), 1), Step((2, 3), 3))),
    Kind((Step((0,), 3, again=1), Step((1, 2), 2, again=1))),
    Kind((Step((0,), 2, again=1, rotation=True), Step((2, 3), 2)), acknowledged_for=1),
    Kind((Step((0,), 1, call=True), Step((1, 2, 3), 4, again=2))),
    Kind((Step((0, 1), 1), Step((2,), 1)), repeat=2),
)

Asked = tuple[tuple[str, ...], int]
"""Ids of people, and how many milliseconds they have."""


@dataclass(frozen=True)
class Company:
    """Who is paged for what, worked out without any of bugglio's code."""

    teams: int

    @property
    def phones(self) -> dict[str, str]:
        """Everybody's number, by id."""
        return {_person(team, n): _phone(team, n) for team in range(self.teams) for n in range(EACH)}

    @property
    def steps(self) -> dict[str, list[Asked]]:
        """Who is to be asked for each team, one after another, the last resort at the end."""
        return {f"team-{team}": _asked(team) for team in range(self.teams)}

    def project(self, team: int) -> str:
        """The Bugsnag project of a team; one of no team for a number too high."""
        return f"project-{team}"

    def colleague(self, number: str, chance: float) -> str:
        """The id of somebody of the same team as this phone; `chance` from 0 to 1 says who."""
        place = int(number.removeprefix("+1")) - FIRST_PHONE
        return _person(place // EACH, int(chance * EACH))

    @property
    def file(self) -> str:
        """The roster file."""
        people = [f"  {who}: {{name: {who.upper()}, phone: {phone}}}" for who, phone in self.phones.items()]
        teams = [line for team in range(self.teams) for line in _team(team)]
        return "\n".join(["engineers:", *people, "teams:", *teams, ""])


def book(company: Company) -> Book:
    """What bugglio makes of the roster file."""
    return read(company.file.encode()).book


def _team(team: int) -> list[str]:
    kind, pair = KINDS[team % len(KINDS)], f"[{_person(team, 0)}, {_person(team, 1)}]"
    return [
        f"  team-{team}:",
        f"    projects: [project-{team}]",
        f"    rotations: {{primary: {{engineers: {pair}, starts: 2026-01-05T09:00, turn: 900 weeks}}}}",
        f"    steps: [{', '.join(_step(team, step) for step in kind.steps)}]",
        f"    repeat: {kind.repeat}",
        f"    acknowledged_for: {kind.acknowledged_for} minutes",
        f"    rules: [{{if: {{stage: {IGNORED}}}, then: ignore}}]",
    ]


def _step(team: int, step: Step) -> str:
    people = "primary" if step.rotation else ", ".join(_person(team, n) for n in step.people)
    again = f"{step.again} minutes" if step.again else "0"
    return f"{{page: [{people}], wait: {step.wait} minutes, again: {again}, call: {str(step.call).lower()}}}"


def _asked(team: int) -> list[Asked]:
    kind = KINDS[team % len(KINDS)]
    once = [(tuple(_person(team, n) for n in step.people), step.wait * 60_000) for step in kind.steps]
    return [*once * kind.repeat, ((LAST_RESORT,), NAG * 60_000)]


def _person(team: int, n: int) -> str:
    return f"p{team}-{n}"


def _phone(team: int, n: int) -> str:
    return f"+1{FIRST_PHONE + team * EACH + n}"
