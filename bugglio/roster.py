"""People, teams, rotations, steps and rules: what the roster file says, and who answers for what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

ON_DUTY = "on-duty"
"""The engineer behind the setting `ON_DUTY`, paged when nobody else is left. In a step: always tried."""
EVERY_PROJECT = "*"
"""In a team's projects: those that no team names."""
DEFAULT = "default"
"""The name of a team's first list of steps, and of the one team before there is a roster file."""

DEFAULT_TEXT = "{project.name} {error.releaseStage}: {error.exceptionClass}: {error.message} in {error.context}"


class Engineer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person with a phone."""

    id: str
    name: str
    phone: str
    """E.164."""
    admin: bool = False
    timezone: str = ""
    """IANA name; empty: the team's."""


class Window(msgspec.Struct, frozen=True, omit_defaults=True):
    """Hours of some weekdays, in wall time: from `start` to `end`, minutes after midnight."""

    days: tuple[int, ...]
    """0 is Monday; upwards."""
    start: int
    end: int
    """1440: the day's end. At or before `start`: it ends on the next day."""


class Rotation(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who takes turns, and when. One with `next_of` has nothing else: it names whoever follows that rotation's turn."""

    id: str
    engineers: tuple[str, ...] = ()
    starts: datetime | None = None
    """The first handoff, wall time in the rotation's zone."""
    turn: int = 1
    unit: str = "weeks"
    """`hours`, `days` or `weeks`; handoff k is at the wall time `starts` + k times `turn`."""
    timezone: str = ""
    """IANA name; empty: the team's."""
    hours: tuple[Window, ...] = ()
    """Outside them it names nobody; none: always."""
    next_of: str = ""


class Override(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change to the turns for a span that the roster file plans, in wall time."""

    rotation: str
    """Empty: all of the team, in the team's zone; else in the rotation's."""
    start: datetime
    end: datetime
    engineer: str | None
    """None: nobody."""
    made: int = 0
    """When it was first applied; the newest override wins, of one moment the later in the file."""


class Cover(msgspec.Struct, frozen=True, omit_defaults=True):
    """An override that people made themselves, by text or page. Times in milliseconds."""

    id: str
    team: str
    rotation: str
    """Empty: all of the team."""
    start: int
    end: int
    engineer: str | None
    made: int
    by: str = ""


class Quiet(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody lets the others answer for a while. Times in milliseconds."""

    id: str
    engineer: str
    made: int
    until: int


class Mute(msgspec.Struct, frozen=True, omit_defaults=True):
    """Alerts of a Bugsnag project page nobody for a while. Times in milliseconds."""

    id: str
    project: str
    """Its name, or its id."""
    team: str
    made: int
    until: int
    by: str


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom to page and how long to wait for an answer, in milliseconds."""

    page: tuple[str, ...]
    """Ids of the team's rotations, or of engineers."""
    wait: int = 5 * MINUTE
    again: int = 2 * MINUTE
    """The same people once more after so long; 0: not."""
    call: bool = False
    """The phone also rings and says it."""


class Conditions(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a rule asks of an event: all of it must fit, of each list one. `*` in a text stands for anything."""

    stage: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    error_class: tuple[str, ...] = msgspec.field(default=(), name="class")
    context: tuple[str, ...] = ()
    message: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    """Bugsnag's project name or id."""
    version: tuple[str, ...] = ()
    trigger: tuple[str, ...] = ()
    unhandled: bool | None = None
    between: tuple[int, int] | None = None
    """Wall time of the team in minutes, [start, end); may cross midnight."""
    days: tuple[int, ...] = ()
    """0 is Monday."""

    @property
    def patterns(self) -> dict[str, tuple[str, ...]]:
        """The texts that are asked for, by the roster file's names of what they are compared with."""
        return {
            "stage": self.stage,
            "severity": self.severity,
            "class": self.error_class,
            "context": self.context,
            "message": self.message,
            "project": self.project,
            "version": self.version,
            "trigger": self.trigger,
        }


class Rule(msgspec.Struct, frozen=True, omit_defaults=True):
    """What becomes of the events that fit."""

    conditions: Conditions
    then: str
    """`page`, `ignore`, `digest`, `hold` or `steps`."""
    steps: str = ""
    """The list of steps that `steps` names."""


class Team(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
    """Who owns a project's errors, and in what order they are asked."""

    id: str
    steps: tuple[Step, ...] = ()
    """The list `default`; empty: the last resort at once."""
    repeat: int = 1
    acknowledged_for: int = HOUR
    """0: for ever."""
    close_after: int = 7 * DAY
    """0: never."""
    text: str = DEFAULT_TEXT
    timezone: str = "UTC"
    projects: tuple[str, ...] = ()
    rotations: dict[str, Rotation] = {}
    overrides: tuple[Override, ...] = ()
    lists: dict[str, tuple[Step, ...]] = {}
    """Lists of steps besides `default`, for rules."""
    digest_at: int = 9 * 60
    """Wall time in minutes."""
    rules: tuple[Rule, ...] = ()

    def steps_named(self, name: str) -> tuple[Step, ...]:
        """A list of steps; one that is gone is `default`'s."""
        return self.lists.get(name, self.steps)

    @property
    def all_steps(self) -> Iterator[Step]:
        """The steps of every list."""
        yield from self.steps
        for steps in self.lists.values():
            yield from steps

    @cached_property
    def people(self) -> frozenset[str]:
        """Whose team it is: engineers that its rotations, overrides or steps name."""
        named = {name for rotation in self.rotations.values() for name in rotation.engineers}
        named |= {override.engineer for override in self.overrides if override.engineer}
        named |= {name for step in self.all_steps for name in step.page}
        return frozenset(named - self.rotations.keys())


class Book(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a roster file says, by id; this is what is kept."""

    engineers: dict[str, Engineer] = {}
    teams: dict[str, Team] = {}


UNOWNED = Team(id=ON_DUTY, steps=(Step(page=(ON_DUTY,)),))
"""Who answers for projects that no team names: the last resort, paged at once and once more."""


@dataclass(frozen=True)
class Roster:
    """Everybody, at one instant."""

    engineers: Mapping[str, Engineer]
    teams: Mapping[str, Team] = field(default_factory=dict)
    last_resort: str = ON_DUTY
    covers: tuple[Cover, ...] = ()
    version: int = 0
    """Grows with every change; 0: no roster was ever applied."""
    quiets: tuple[Quiet, ...] = ()
    mutes: tuple[Mute, ...] = ()
    memo: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What is worked out once per roster: the teams' timetables."""

    def has(self, team_id: str) -> bool:
        """Whether there is such a team (still); what belongs to one that is gone is the last resort's."""
        return team_id in self.teams or team_id == UNOWNED.id

    def team(self, team_id: str) -> Team:
        """The team of that id; one that is gone leaves its alerts to the last resort."""
        return self.teams.get(team_id) or (UNOWNED if team_id == UNOWNED.id else Team(id=team_id))

    def team_of(self, project: str, project_id: str = "") -> Team:
        """The team that answers for a Bugsnag project, by its name or its id."""
        owners = self._owners
        return owners.get(project_id) or owners.get(project) or owners.get(EVERY_PROJECT) or UNOWNED

    def teams_of(self, person: str) -> tuple[str, ...]:
        """The ids of somebody's teams; admins have all, and what belongs to no team."""
        if person in self.engineers and self.engineers[person].admin:
            return (*self.teams, UNOWNED.id)
        return self.teams_naming(person)

    def teams_naming(self, person: str) -> tuple[str, ...]:
        """The ids of the teams that name somebody; an admin has no others than anybody."""
        mine = {cover.team for cover in self.covers if cover.engineer == person}
        return tuple(team.id for team in self.teams.values() if person in team.people or team.id in mine)

    def zone_for(self, person: str, team_id: str = "") -> str:
        """By whose clock somebody reads: their own, else that of the team in question, else of the first of theirs."""
        own = self.engineers[person].timezone if person in self.engineers else ""
        theirs = (team.timezone for team in self.teams.values() if person in team.people)
        return own or (self.team(team_id).timezone if team_id else next(theirs, ""))

    def by_number(self, number: str) -> Engineer | None:
        """Whose phone this is."""
        return self._numbers.get(number)

    @property
    def admins(self) -> tuple[Engineer, ...]:
        """Who is told what concerns the pager itself."""
        return tuple(engineer for engineer in self.engineers.values() if engineer.admin)

    @cached_property
    def _owners(self) -> dict[str, Team]:
        return {project: team for team in self.teams.values() for project in team.projects}

    @cached_property
    def _numbers(self) -> dict[str, Engineer]:
        return {engineer.phone: engineer for engineer in self.engineers.values()}


def lone_roster(number: str) -> Roster:
    """The roster before there is a roster file: one engineer, one team that pages them at once."""
    team = Team(id=DEFAULT, steps=UNOWNED.steps, projects=(EVERY_PROJECT,))
    return roster_of(Book(teams={team.id: team}), number)


def roster_of(book: Book, number: str, covers: tuple[Cover, ...] = (), version: int = 0) -> Roster:
    """
    Everybody, with the engineer of last resort, whose phone is `number`: an admin.

    Somebody in the book with that number is the last resort; otherwise it is the engineer `on-duty`.
    """
    known = next((person for person in book.engineers.values() if person.phone == number), None)
    last = known or Engineer(id=ON_DUTY, name=ON_DUTY, phone=number)
    everybody = {**book.engineers, last.id: msgspec.structs.replace(last, admin=True)}
    return Roster(everybody, book.teams, last.id, covers, version)
