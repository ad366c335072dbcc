"""What an alert is: its states, its legal moves, and how it is kept in the store."""

import hashlib
from typing import Any

import msgspec

from bugglio.document import document
from bugglio.page import page_id
from bugglio.roster import DEFAULT, Step
from bugglio.times import Timed
from bugglio.upstream import Operation

TIMELINE = 100
"""So many entries are kept, the latest ones ..."""
ENTRY = 300
"""... and so many characters of each."""

WANTED = "wanted_at"
"""Field of the document alone: when somebody could not change the alert, for events were being counted on it."""

TRIGGERED = "triggered"
ACKNOWLEDGED = "acknowledged"
SNOOZED = "snoozed"
CLOSED = "closed"
QUIET = "quiet"
"""How an alert was closed that closed by itself."""
MANUAL = "manual"
"""The kind of what somebody opened by hand."""

Place = tuple[int, int, int]
"""An alert's place among a team's open ones: its rank, when it was opened, its code."""
RANKS = "!*0hz"
"""
What the ranks begin with in the field `open`: nobody has answered, somebody quiet has yet to be told, the field is of a
version that knew no ranks, a rule holds it, somebody has it. Below `~`, which ends a team's range.
"""
UNANSWERED, IN_QUIET, UNRANKED, HELD, ANSWERED = range(len(RANKS))
STANDS = {
    "unanswered": RANKS[UNANSWERED],
    "quiet": RANKS[IN_QUIET],
    "held": RANKS[HELD],
    "snoozed": "s",
    "acknowledged": RANKS[ANSWERED],
}
"""With what the field `stands` of an open alert begins, by how it stands."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of an alert's timeline."""

    at: int
    what: str
    detail: str = ""
    who: str = ""
    page: str = ""
    """Id of the page that this entry decided on."""
    how: str = ""
    """Whose doing it is, if not bugglio's own: `text`, `admin page`, or `Bugsnag`."""
    order: str = ""
    """What asked for it: the id of a text that came in, or of what was pressed on a page."""


class Snooze(msgspec.Struct, frozen=True, kw_only=True):
    """What ends a snooze before its time."""

    kind: str
    """`occurrences` or `per_hour`: so many further events. `users`: only Bugsnag can tell."""
    value: int
    base: int
    """Occurrences when it began; for `per_hour`, when the current hour began."""
    since: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The steps that an alert began with: changes of the roster do not touch them while it goes through them."""

    steps: tuple[Step, ...]
    repeat: int = 1
    name: str = DEFAULT
    """The list they are of."""


class Errand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is still to be told to Bugsnag about the alert's error. Times in milliseconds."""

    operation: Operation
    by: str
    """Engineer's id: whoever asked for it hears if Bugsnag refuses it."""
    at: int
    due_at: int
    """When it is tried (again); whoever does so puts this off first."""
    tries: int = 0
    unsure: bool = False
    """The latest try may have been done: a comment is looked for before it is made again."""
    busy_until: int = 0
    """So long somebody may be at it: nobody else is, and what it says is not overtaken by what is newer."""


class Echo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What Bugsnag was told by us, and will tell us back in a webhook."""

    at: int
    """When Bugsnag had done it, in milliseconds."""
    operation: Operation
    comment: str = ""
    """Bugsnag's name for a comment; empty where it did not tell."""


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    """How to take back the latest change that somebody made by a word."""

    by: str
    at: int
    verb: str
    stands: str
    """How the alert stood afterwards: only as long as it does can the change be taken back."""
    was: dict[str, Any]
    """The document's fields as they were before, as far as it changed them."""


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """What the latest closing left for the figures: by it a closing is neither told twice nor forgotten."""

    cycle: int
    number: int = 1
    """Which closing of that cycle it was: an alert may be closed again before its steps have begun again."""
    closed_at: int | None = None
    """None: that closing was taken back."""


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


def alert_id(project: str, error: str, *, spike: bool = False) -> str:
    """The id under which an error's, or a project's spike's, one alert is kept."""
    name = f"{project}\n{'spike' if spike else 'error'}\n{error}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def path(key: str) -> str:
    """Where the alert with this id lies in the store."""
    return f"alerts/{key}"


def load(fields: Any) -> Alert:
    """An alert from its document; fields of a newer version are left alone."""
    return msgspec.convert(fields, Alert)


def dump(alert: Alert) -> dict[str, Any]:
    """An alert as a document, the sparse fields by which it is found included."""
    found = _as_open(alert) if alert.is_open else _as_closed(alert)
    return {**document(alert), "due_at": alert.due_at, **found, WANTED: None}


def _as_open(alert: Alert) -> dict[str, Any]:
    stands = in_state(STANDS[alert.stands], alert.opened)
    return {"open": in_line(alert.team, alert.place), "stands": stands, "open_since": alert.opened, "past": None}


def _as_closed(alert: Alert) -> dict[str, Any]:
    return {"open": None, "stands": None, "open_since": None, "past": in_past(alert.team, alert.closed_at or 0)}


def in_state(letter: str, opened: int) -> str:
    """The field `stands` of an open alert that stands so: all teams' are sorted by it, the oldest first."""
    return f"{letter}|{opened:015d}"


def stands_in(stands: str, since: int = 0, until: int | None = None) -> tuple[str, str]:
    """The range in which `stands` of what stands so lies, of what was opened in [since, until)."""
    letter = STANDS[stands]
    return in_state(letter, since), in_state(letter, until) if until is not None else f"{letter}|~"


def in_past(team: str, closed: int) -> str:
    """The field `past` of a team's closed alert."""
    return f"{team}|{closed:015d}"


def in_line(team: str, place: Place) -> str:
    """The field `open` of a team's alert at this place: sorted by it, they stand in the order of their places."""
    rank, opened, code = place
    begins = "" if rank == UNRANKED else RANKS[rank]
    return f"{team}|{begins}{opened:015d}.{code:09d}"


def span_of(team: str, first: int = 0, last: int = ANSWERED) -> tuple[str, str]:
    """The range in which `open` of a team's alerts of these ranks lies."""
    return f"{team}|{RANKS[first]}", f"{team}|{RANKS[last]}~"


def standing(field: str) -> tuple[str, Place]:
    """The team, and the place, that the field `open` tells of."""
    team, _, rest = field.partition("|")
    rank = RANKS.find(rest[:1])
    opened, _, code = rest[rank != UNRANKED :].partition(".")
    return team, (rank, int(opened), int(code or 0))


def note(alert: Alert, entry: Entry) -> Alert:
    """The alert with one more line on its timeline."""
    short = msgspec.structs.replace(entry, detail=entry.detail[:ENTRY])
    return msgspec.structs.replace(alert, timeline=(*alert.timeline, short)[-TIMELINE:])


def signed(before: Alert | None, after: Alert, how: str, order: str = "", who: str | None = None) -> Alert:
    """The alert whose new lines say how they came about: those without a page, and, if `who` is told, of theirs."""
    known = set(before.timeline) if before is not None else set()

    def line(entry: Entry) -> Entry:
        others = entry in known or entry.page or (who is not None and entry.who != who)
        return entry if others else msgspec.structs.replace(entry, how=how, order=order)

    return msgspec.structs.replace(after, timeline=tuple(map(line, after.timeline)))


def reminder_id(alert: Alert, who: str, now: int) -> str:
    """The id of the page by which somebody is reminded at this moment of what they have acknowledged."""
    return page_id(alert.mark, alert.cycle, f"reminder {who}", now)


def count(alert: Alert, moment: int, now: int, occurrences: int | None, times: int = 1) -> Alert:
    """The alert after one more event of its error; `times` is 0 for what told of it without being one."""
    most = max(filter(None, (alert.occurrences, occurrences)), default=alert.occurrences)
    return msgspec.structs.replace(
        alert,
        events=alert.events + times,
        occurrences=most,
        last_event=max(alert.last_event, moment),
        last_arrival=max(alert.last_arrival, now),
    )


def acknowledge(alert: Alert, who: str, now: int, lasts: int, how: str = "text") -> Alert:
    """
    Somebody has it: no more pages for `lasts` milliseconds (0: for ever).

    What a rule leaves to the digest stays so, for whoever answers the digest shall not be reminded of it either.
    """
    left = alert.state == ACKNOWLEDGED and alert.rule != ""
    taken = _still(alert, state=ACKNOWLEDGED, until=now + lasts if lasts and not left else None)
    taken = msgspec.structs.replace(taken, acknowledged_by=who, acknowledged_at=now, rule=alert.rule if left else "")
    taken = _answered(taken, now)
    return note(taken, Entry(at=now, what="acknowledged", who=who, detail=f"by {how}"))


def close(alert: Alert, how: str, who: str, now: int, detail: str = "", through: int = 0) -> Alert:
    """It is over; events up to the newest one that is known (or `through`, by Bugsnag's clock) are stale."""
    done = _still(alert, state=CLOSED, until=None)
    done = msgspec.structs.replace(
        done,
        how=how,
        closed_at=now,
        closed_by=who or None,
        closed_through=max(alert.last_event, through),
        snooze=None,
    )
    done = done if how == QUIET else _answered(done, now)
    return note(done, Entry(at=now, what=f"closed: {how}", who=who, detail=detail))


def reopened(alert: Alert, now: int) -> Alert:
    """A closed alert that is open again; its steps have yet to begin."""
    fresh = msgspec.structs.replace(alert, opened=now, how=None, closed_at=None, closed_by=None, closed_through=None)
    return msgspec.structs.replace(fresh, asked_at=None, answered_at=None)


def leave_to_digest(alert: Alert, reason: str, at: int, now: int) -> Alert:
    """A rule leaves it to the daily digest of `at`: it counts as acknowledged, and stays so."""
    quiet = msgspec.structs.replace(_unbegun(alert, state=ACKNOWLEDGED), rule=reason, noted_at=at)
    return note(msgspec.structs.replace(quiet, born=alert.born or now), Entry(at=now, what="not paged", detail=reason))


def hold(alert: Alert, reason: str, until: int, now: int) -> Alert:
    """A rule holds it until then; then its steps begin."""
    quiet = msgspec.structs.replace(_unbegun(alert, state=TRIGGERED), rule=reason, held=until, next_at=until)
    quiet = msgspec.structs.replace(quiet, born=alert.born or now, began=now)
    return note(quiet, Entry(at=now, what="not paged", detail=reason))


def leave_to_quiet(alert: Alert, who: str, reason: str, until: int, now: int) -> Alert:
    """It counts as acknowledged by somebody who is quiet until then."""
    taken = msgspec.structs.replace(_unbegun(alert, state=ACKNOWLEDGED), until=until, quiet_until=until)
    taken = msgspec.structs.replace(taken, acknowledged_by=who, acknowledged_at=now, born=alert.born or now)
    return note(taken, Entry(at=now, what="not paged", detail=reason))


def end_quiet(alert: Alert, until: int, detail: str, now: int) -> Alert:
    """The quiet of whoever has it ends at another moment."""
    ended = msgspec.structs.replace(alert, until=until, quiet_until=until)
    return note(ended, Entry(at=now, what="quiet changed", who=alert.acknowledged_by or "", detail=detail))


def snooze(alert: Alert, who: str, now: int, until: int | None, rule: Snooze | None, detail: str) -> Alert:
    """Nobody is paged until a time, or until it has happened so often."""
    asleep = _answered(msgspec.structs.replace(_still(alert, state=SNOOZED, until=until), snooze=rule), now)
    return note(asleep, Entry(at=now, what="snoozed", who=who, detail=detail))


def lapse(alert: Alert, now: int) -> Alert:
    """The acknowledgement ran out and nothing has happened since."""
    return note(msgspec.structs.replace(alert, lapsed=True), Entry(at=now, what="acknowledgement ran out"))


def remind(alert: Alert, now: int, patience: int) -> Alert:
    """The acknowledger is reminded; the steps begin again unless they answer within `patience`."""
    waiting = msgspec.structs.replace(alert, lapsed=False, reminded_at=now, until=now + patience)
    who = alert.acknowledged_by or ""
    return note(waiting, Entry(at=now, what="reminded", who=who, page=reminder_id(alert, who, now)))


def _answered(alert: Alert, now: int) -> Alert:
    """The alert that somebody has answered: the first answer counts."""
    return msgspec.structs.replace(alert, answered_at=alert.answered_at or now)


def _unbegun(alert: Alert, *, state: str) -> Alert:
    """The alert without the steps of earlier times: what becomes of their pages concerns it no longer."""
    return msgspec.structs.replace(_still(alert, state=state, until=None), plan=None, current=(), snooze=None)


def _still(alert: Alert, *, state: str, until: int | None) -> Alert:
    return msgspec.structs.replace(
        alert,
        state=state,
        until=until,
        again_at=None,
        next_at=None,
        waits_for=(),
        lapsed=False,
        quiet_until=None,
        reminded_at=None,
        acknowledged_by=None,
        acknowledged_at=None,
        rule="",
        held=None,
        noted_at=None,
    )
