"""An alert: one error, or one project's spike, that somebody has to answer for."""

import msgspec

from bugglio.alert.parts import Chapter, Echo, Entry, Errand, Plan, Snooze, Undo
from bugglio.alert.states import (
    ACKNOWLEDGED,
    ANSWERED,
    CLOSED,
    HELD,
    IN_QUIET,
    MANUAL,
    SNOOZED,
    TRIGGERED,
    UNANSWERED,
    Place,
)
from bugglio.times import Timed


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One error, or one project's spike, that somebody has to answer for. Times in milliseconds."""

    v: int = 1
    mark: str
    """Random, once per document: page ids derive from it."""
    kind: str = "error"
    team: str
    state: str = TRIGGERED
    generation: int = 0
    """Grows with every change that is not mere counting."""
    cycle: int = 0
    """How often the steps have begun; never goes back."""
    code: int = 0
    project_id: str = ""
    project: str = ""
    error_id: str = ""
    error_class: str = ""
    message: str = ""
    stage: str = ""
    severity: str = ""
    context: str = ""
    url: str = ""
    own: bool = False
    """An error of bugglio itself: trouble with it is not reported again."""
    said: dict[str, str] = {}
    """The values of the dotted paths that the team's text names."""
    why: str = ""
    anew: Timed | None = None
    """When its steps began again, which its pages say; None: they have begun once."""
    events: int = 0
    occurrences: int | None = None
    born: int = 0
    """When its steps first began: texts of later days name their day."""
    opened: int = 0
    last_event: int = 0
    """Newest moment of an event, by Bugsnag's clock where it is believable."""
    last_arrival: int = 0
    fingerprint: str = ""
    """Of the event that opened it."""
    comments: tuple[str, ...] = ()
    acknowledged_by: str | None = None
    acknowledged_at: int | None = None
    until: int | None = None
    """When the acknowledgement or the snooze ends."""
    lapsed: bool = False
    """The acknowledgement ran out without a new event: the next one reminds."""
    quiet_until: int | None = None
    """It counts as acknowledged by somebody who is quiet until then, and is texted to them at the end."""
    reminded_at: int | None = None
    snooze: Snooze | None = None
    snooze_ended: int | None = None
    asked_at: int | None = None
    """When somebody was first asked to answer for it, since it was opened ..."""
    answered_at: int | None = None
    """... and when somebody first did: no rule, no quiet, and no closing by itself."""
    chapter: Chapter | None = None
    """What its latest closing left for the figures; only who writes the document knows."""
    how: str | None = None
    """How it was closed: `by hand`, `fixed`, `ignored`, `quiet`."""
    closed_at: int | None = None
    closed_by: str | None = None
    closed_through: int | None = None
    reopened_at: int | None = None
    reopened_through: int | None = None
    rule: str = ""
    """The rule that keeps it quiet: nobody has been paged for it, and nobody has acknowledged it."""
    held: int | None = None
    """Until when a rule holds it; then the steps begin."""
    noted_at: int | None = None
    """When it is named in its team's daily digest."""
    plan: Plan | None = None
    position: int = 0
    """Steps taken in this cycle; the last resort comes after all steps and repeats."""
    began: int = 0
    """When the present step was decided."""
    again_at: int | None = None
    next_at: int | None = None
    stood: int = 0
    """How long the clock of this step has stood for the outage that began at `stood_for`."""
    stood_for: int = 0
    waits_for: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    """Ids of the pages of this step."""
    paged: dict[str, int] = {}
    """How many pages each engineer was due in this cycle."""
    paged_before: tuple[str, ...] = ()
    """Who was due pages in earlier cycles since it was opened."""
    errands: tuple[Errand, ...] = ()
    """What Bugsnag is still to be told, oldest first."""
    done_upstream: tuple[Echo, ...] = ()
    """What Bugsnag was told lately by us and will tell us back: such a webhook causes nothing, once each."""
    undo: Undo | None = None
    quiet_after: int = 0
    by: str = ""
    """Token of the commit that wrote this state."""
    timeline: tuple[Entry, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to deal with it."""
        return self.state != CLOSED

    @property
    def title(self) -> str:
        """What it is called: its error's class; of what was opened by hand, what was said of it."""
        return self.error_class or (self.message if self.kind == MANUAL else "")

    @property
    def held_by(self) -> str | None:
        """Who acknowledged it themselves: not by being quiet."""
        return self.acknowledged_by if self.state == ACKNOWLEDGED and not self.in_quiet else None

    @property
    def counted(self) -> int:
        """How often it happened: Bugsnag's own number where it told one."""
        return self.occurrences if self.occurrences is not None else self.events

    @property
    def in_quiet(self) -> bool:
        """Whether somebody who is quiet has it, and has not been told of it yet."""
        return self.quiet_until is not None and self.reminded_at is None

    @property
    def quiet_at(self) -> int | None:
        """When it closes by itself unless it happens again; what nobody has been told of yet never does."""
        untold = self.held is not None or self.noted_at is not None or self.in_quiet
        return self.last_arrival + self.quiet_after if self.quiet_after and not untold else None

    @property
    def place(self) -> Place:
        """Its place in a list of what is open: what nobody has answered comes first, the oldest at the head."""
        return self._rank(), self.opened, self.code

    @property
    def stands(self) -> str:
        """How it stands while it is open: a name of `STANDS`."""
        if self.state == SNOOZED and self.quiet_until is None:
            return SNOOZED
        return {UNANSWERED: "unanswered", IN_QUIET: "quiet", HELD: "held", ANSWERED: ACKNOWLEDGED}[self._rank()]

    def _rank(self) -> int:
        if self.quiet_until is not None:
            return IN_QUIET
        if self.state != TRIGGERED:
            return ANSWERED
        return HELD if self.rule else UNANSWERED

    @property
    def due_at(self) -> int | None:
        """The next moment at which something has to be decided, or None."""
        moments = [self.moves_at, *(errand.due_at for errand in self.errands)]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def moves_at(self) -> int | None:
        """The next moment at which it goes on by itself, whatever Bugsnag is still to be told."""
        moments = [self.goes_on_at, self.quiet_at if self.is_open else None]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def goes_on_at(self) -> int | None:
        """The next moment at which somebody is paged, or an acknowledgement or snooze ends."""
        moments = [self.again_at, self.next_at, self.noted_at, self._ends_at()]
        return min((moment for moment in moments if moment is not None), default=None) if self.is_open else None

    def _ends_at(self) -> int | None:
        return None if self.lapsed or self.state == TRIGGERED else self.until
