"""Teams enough that no phone's throttle hides what happens, with waits as short as the roster file allows."""

from dataclasses import dataclass

from bugglio.roster import MINUTE, Book
from bugglio.rosterfile import read

EACH = 4
"""Engineers of a team."""
FIRST_PHONE = 4155560000
IGNORED = "staging"
"""The release stage that every team's rules ignore."""


@dataclass(frozen=True)
class Kind:
    """How a team is asked; `{0}` to `{3}` are its engineers."""

    steps: str
    more: str = ""
    rotations: str = ""


KINDS = (
    Kind("{{page: [{0}], wait: 1 minute}}, {{page: [{1}], wait: 1 minute}}, {{page: [{2}, {3}], wait: 3 minutes}}"),
    Kind("{{page: [{0}], wait: 3 minutes, again: 1 minute}}, {{page: [{1}, {2}], wait: 2 minutes, again: 1 minute}}"),
    Kind(
        "{{page: [primary], wait: 2 minutes, again: 1 minute}}, {{page: [{2}, {3}], wait: 2 minutes}}",
        more="acknowledged_for: 1 minute",
        rotations="{{primary: {{engineers: [{0}, {1}], starts: 2026-01-05T09:00, turn: 900 weeks}}}}",
    ),
    Kind("{{page: [{0}], wait: 1 minute, call: true}}, {{page: [{1}, {2}, {3}], wait: 4 minutes, again: 2 minutes}}"),
    Kind("{{page: [{0}, {1}], wait: 1 minute}}, {{page: [{2}], wait: 1 minute}}", more="repeat: 2"),
)


@dataclass(frozen=True)
class Company:
    """Who is paged for what, worked out without any of bugglio's code."""

    teams: int

    @property
    def phones(self) -> dict[str, str]:
        """Everybody's number, by id."""
        return {_person(team, n): _phone(team, n) for team in range(self.teams) for n in range(EACH)}

    @property
    def first(self) -> dict[str, tuple[str, ...]]:
        """Whom the first step of each team pages."""
        return {f"team-{team}": _first(team) for team in range(self.teams)}

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
        teams = [line for team in range(self.teams) for line in self._team(team)]
        return "\n".join(["engineers:", *people, "teams:", *teams, ""])

    def _team(self, team: int) -> list[str]:
        kind, names = KINDS[team % len(KINDS)], [_person(team, n) for n in range(EACH)]
        lines = [f"projects: [{self.project(team)}]", f"steps: [{kind.steps.format(*names)}]", kind.more]
        lines.append(f"rotations: {kind.rotations.format(*names)}" if kind.rotations else "")
        lines.append(f"rules: [{{if: {{stage: {IGNORED}}}, then: ignore}}]")
        return [f"  team-{team}:", *(f"    {line}" for line in lines if line)]


def book(company: Company) -> Book:
    """What bugglio makes of the roster file."""
    return read(company.file.encode()).book


def _person(team: int, n: int) -> str:
    return f"p{team}-{n}"


def _phone(team: int, n: int) -> str:
    return f"+1{FIRST_PHONE + team * EACH + n}"


def _first(team: int) -> tuple[str, ...]:
    both = team % len(KINDS) == len(KINDS) - 1
    return (_person(team, 0), _person(team, 1)) if both else (_person(team, 0),)


SHORTEST = MINUTE
"""No step of theirs waits less."""
