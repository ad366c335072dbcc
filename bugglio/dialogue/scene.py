"""What an answer depends on, and what it comes to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import msgspec

from bugglio import deeds
from bugglio.alert import Alert, Place
from bugglio.answers import Reader
from bugglio.asking import Asked
from bugglio.crew import Crew, crew_of
from bugglio.deeds import PAGE, TEXT, Order
from bugglio.escalation import Due
from bugglio.folding import News
from bugglio.phone import Phone
from bugglio.roster import MINUTE, Cover, Engineer, Mute, Quiet, Roster
from bugglio.throttle import Budget

ANSWERABLE = 30 * MINUTE
"""So long what was asked of a phone can be answered."""


@dataclass(frozen=True)
class Waiting:
    """A page that waits for its turn: until when, and why if it is not for that of its phone."""

    until: int
    cause: str = ""


@dataclass(frozen=True)
class Scene:
    """All that an answer depends on."""

    now: int
    who: Engineer
    phone: Phone
    alerts: Mapping[str, Alert]
    """Their open alerts, all or as many as an answer may name, and those that the text may mean, by id."""
    named: Mapping[int, str]
    """The codes in the text, and the alerts they name."""
    roster: Roster
    known: Mapping[str, Phone] = field(default_factory=dict)
    """Phones of others, by engineer, as far as they were read."""
    trouble: str = ""
    """What is wrong with the pager."""
    budget: Budget = field(default_factory=Budget)
    """The day's budget of texts, as far as it was read."""
    waits: Mapping[str, Waiting] = field(default_factory=dict)
    """Pages that are still to go out, by id, as far as they were read."""
    upstream: bool = False
    """Whether Bugsnag can be told."""
    id: str = ""
    """A name that nobody else has, and that is the same each time the text is delivered."""
    how: str = TEXT
    """`text`, or `admin page`: where the word comes from."""
    done: frozenset[str] = frozenset()
    """Alerts that an earlier commit for this same text has changed."""
    free: int = 0
    """A code that an alert opened by hand can have."""
    whose: str = ""
    """Whose on-call somebody new is told of."""
    near: tuple[str, ...] = ()
    """The alerts that a did-you-mean was about, once it is agreed to."""
    beyond: int = 0
    """So many of their open alerts have been counted only, and are not among `alerts` ..."""
    unanswered_beyond: int = 0
    """... and so many of those nobody has answered."""
    head: Mapping[str, Place] | None = None
    """Where some are only counted: what stands first in a list, or goes on with it, each with its place."""

    def open(self) -> list[tuple[str, Alert]]:
        """Open alerts of their teams as far as they are known, the oldest unacknowledged first."""
        found = [(key, alert) for key, alert in self.alerts.items() if alert.is_open and self.is_theirs(alert)]
        return sorted(found, key=lambda pair: pair[1].place)

    def first(self) -> list[tuple[str, Place]]:
        """What stands first in a list of them, with the places: all of it where none are only counted."""
        return list(self.head.items()) if self.head is not None else [(key, one.place) for key, one in self.open()]

    def left(self, without: Collection[str] = ()) -> int:
        """How many are open, besides these."""
        return sum(key not in without for key, _ in self.open()) + self.beyond

    def is_theirs(self, alert: Alert) -> bool:
        """Whether they may change it: it is one of their teams', or they were paged for it."""
        return deeds.is_theirs(alert, self.who, self.roster)

    def crew(self, alert: Alert) -> Crew:
        """Who can be paged for an alert."""
        return crew_of(self.roster, alert.team, self.known)

    def order(self, verb: str, **more: object) -> Order:
        """What they want done."""
        whole = {"id": self.id, "how": self.how, "upstream": self.upstream, **more}
        return Order(verb, self.who, self.now, **whole)  # type: ignore[arg-type]  # the fields are Order's own

    @property
    def zone(self) -> str:
        """By whose clock they read."""
        return self.roster.zone_for(self.who.id) or "UTC"

    def zone_in(self, team_id: str) -> str:
        """The same, in what concerns a team: by its clock if neither they nor their teams have one."""
        return self.roster.zone_for(self.who.id) or self.roster.team(team_id).timezone

    @property
    def reader(self) -> Reader:
        """Who is answered."""
        names = {one.id: one.name for one in self.roster.engineers.values()} if self.how == PAGE else None
        return Reader(self.who.id, self.now, names)

    @property
    def asked(self) -> Asked | None:
        """What was asked of this phone and can still be answered."""
        asked = self.phone.asked
        return asked if asked is not None and self.now - asked.at <= ANSWERABLE else None

    @property
    def heard(self) -> Phone:
        """Their phone once this text has come from it: nothing is asked any more, and it can be reached."""
        return msgspec.structs.replace(self.phone, asked=None, misses=0, heard_at=self.now, failed_at=0, refused="")


@dataclass(frozen=True)
class Question:
    """What somebody else is asked; their `ok` or `no` answers it."""

    to: Engineer
    text: str
    asked: Asked


@dataclass(frozen=True)
class Reply:
    """What is answered, and what changed."""

    answer: str
    phone: Phone
    changed: Mapping[str, Alert] = field(default_factory=dict)
    pages: Mapping[str, tuple[Due, ...]] = field(default_factory=dict)
    """Pages that are due of alerts, by the alerts' ids."""
    opened: Mapping[str, Alert] = field(default_factory=dict)
    """Alerts that there were not."""
    news: Mapping[str, tuple[News, ...]] = field(default_factory=dict)
    """What others hear of alerts, by the alerts' ids."""
    covers: tuple[Cover, ...] = ()
    """Overrides that are made."""
    quiets: tuple[Quiet, ...] = ()
    mutes: tuple[Mute, ...] = ()
    uncovers: tuple[str, ...] = ()
    """Ids of overrides, quiets and mutes that are taken back."""
    tells: tuple[tuple[str, str], ...] = ()
    """Notices for others: whom (engineer's id), and what."""
    questions: tuple[Question, ...] = ()
    tests: bool = False
    """A test page is due, whose token the phone has paid ..."""
    welcomes: bool = False
    """... and the text that somebody new gets first."""
