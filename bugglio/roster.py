"""People, teams and steps, and who answers for what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

ON_DUTY = "on-duty"
"""The engineer behind the setting `ON_DUTY`, paged when nobody else is left."""

DEFAULT_TEXT = "{project.name} {error.releaseStage}: {error.exceptionClass}: {error.message} in {error.context}"


@dataclass(frozen=True)
class Engineer:
    """A person with a phone."""

    id: str
    name: str
    phone: str
    """E.164."""
    admin: bool = False


@dataclass(frozen=True)
class Step:
    """Whom to page and how long to wait for an answer, in milliseconds."""

    page: tuple[str, ...]
    wait: int = 5 * MINUTE
    again: int = 2 * MINUTE
    """The same people once more after so long; 0: not."""


@dataclass(frozen=True)
class Team:
    """Who owns a project's errors, and in what order they are asked."""

    id: str
    steps: tuple[Step, ...]
    repeat: int = 1
    acknowledged_for: int = HOUR
    """0: for ever."""
    close_after: int = 7 * DAY
    """0: never."""
    text: str = DEFAULT_TEXT


@dataclass(frozen=True)
class Roster:
    """Everybody, at one instant."""

    engineers: Mapping[str, Engineer]
    teams: Mapping[str, Team] = field(default_factory=dict)
    last_resort: str = ON_DUTY

    def team(self, team_id: str) -> Team:
        """The team of that id; one that is gone leaves its alerts to the last resort."""
        return self.teams.get(team_id) or Team(id=team_id, steps=())

    def team_of(self, project: str) -> Team:  # noqa: ARG002 - one team takes every project until the roster names projects
        """The team that answers for a Bugsnag project."""
        return next(iter(self.teams.values()))

    def by_number(self, number: str) -> Engineer | None:
        """Whose phone this is."""
        return next((engineer for engineer in self.engineers.values() if engineer.phone == number), None)

    @property
    def admins(self) -> tuple[Engineer, ...]:
        """Who is told what concerns the pager itself."""
        return tuple(engineer for engineer in self.engineers.values() if engineer.admin)


def lone_roster(number: str) -> Roster:
    """The roster before there is a roster file: one engineer, one team that pages them at once."""
    person = Engineer(id=ON_DUTY, name=ON_DUTY, phone=number, admin=True)
    team = Team(id="default", steps=(Step(page=(ON_DUTY,)),))
    return Roster(engineers={ON_DUTY: person}, teams={team.id: team})
