"""Who can be paged now: the names of a step as people, and which of them can be reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bugglio import phone as phones
from bugglio.phone import Phone
from bugglio.roster import ON_DUTY, Roster, Step, Team
from bugglio.schedule import timetable


@dataclass(frozen=True)
class Called:
    """What a step comes to at one instant."""

    people: tuple[str, ...]
    """Engineers, each once, however many of the step's names mean them."""
    missing: tuple[str, ...]
    """What names nobody, and who cannot be reached, each with its reason."""


@dataclass(frozen=True)
class Crew:
    """A team's people at one instant, with what is known of their phones."""

    roster: Roster
    team: Team
    known: Mapping[str, Phone] = field(default_factory=dict)
    """By engineer; one that nothing is known of counts as reachable."""
    gone: bool = False
    """The team has left the roster: its alerts are the last resort's."""

    def called(self, step: Step, now: int) -> Called:
        """Whom a step pages now."""
        people, missing = [], []
        for name in step.page:
            person, reason = self._person(name, now)
            if reason:
                missing.append(reason)
            elif person not in people:
                people.append(person)
        return Called(tuple(people), tuple(dict.fromkeys(missing)))

    def first(self, now: int) -> tuple[str, ...]:
        """Whoever the team's first step names that names anybody now."""
        found = (self.called(step, now).people for step in self.team.steps)
        return next((people for people in found if people), ())

    def reachable(self, people: Sequence[str], now: int) -> tuple[str, ...]:
        """Those of these engineers who are on the roster and can be reached; the last resort always is."""
        return tuple(name for name in people if name == self.roster.last_resort or not self._person(name, now)[1])

    def _person(self, name: str, now: int) -> tuple[str, str]:
        """The engineer whom a name means, or why nobody."""
        if name == ON_DUTY:
            return self.roster.last_resort, ""
        if name in self.team.rotations:
            person = timetable(self.roster, self.team).on_duty(name, now)
            return ("", f"{name} names nobody") if person is None else self._reached(person, now)
        return self._reached(name, now)

    def _reached(self, person: str, now: int) -> tuple[str, str]:
        if person not in self.roster.engineers:
            return "", f"{person} is not on the roster"
        trouble = phones.unreachable(self.known[person], now) if person in self.known else ""
        return ("", f"{person}: {trouble}") if trouble else (person, "")


def crew_of(roster: Roster, team_id: str, known: Mapping[str, Phone] | None = None) -> Crew:
    """The crew of a team, by its id."""
    return Crew(roster, roster.team(team_id), known or {}, gone=not roster.has(team_id))
