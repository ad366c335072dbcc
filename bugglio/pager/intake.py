"""An event comes in: it opens, changes or is counted on an alert, or its reason for nothing of that is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from bugglio import alert as alerts
from bugglio import codes, journal
from bugglio import page as pages
from bugglio import phone as phones
from bugglio import sender as senders
from bugglio.alert import Alert
from bugglio.bugsnag import OWN, TRIGGERS, Event
from bugglio.folding import Folded, fold
from bugglio.health import TICK, ailments
from bugglio.page import OUTAGE, Page
from bugglio.pager import budgets, making
from bugglio.pager.claiming import Claims
from bugglio.pager.insisting import insisting, is_wanted
from bugglio.pager.keeping import kept
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.reaching import reaching
from bugglio.pager.reading import alert_in, sender_in
from bugglio.pager.records import Records, project_path, project_seen
from bugglio.pager.sending import Sender
from bugglio.pager.wellbeing import vitals
from bugglio.pager.wellbeing.alarms import Alarms
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.phone import Phone
from bugglio.roster import Roster
from bugglio.store import (
    EXISTS,
    Conflict,
    Document,
    Reading,
    StoreError,
    Unreachable,
    Version,
    Write,
    Written,
    patience,
)
from bugglio.store.change import changed, changes
from bugglio.store.groups import Groups
from bugglio.store.retry import commit_fresh

LIMITS = frozenset({"projectSamplingStarted", "projectApproachingRateLimit"})
DOOR_PATIENCE = 2.0
"""Seconds that a door gives a call to Twilio."""
PROJECTS = 1_000
"""So many projects an instance knows to be stored; of others it asks."""
LEFT_FOR_ALARM = 2.5
"""Seconds that a door must have left to raise the alarm: Bugsnag may take two of them."""
LEFT_AT_LAST = 1.05
"""Seconds of a door's time that the store does not get before the event is stored: they are for the text that needs it
not."""
SLOW = 1.0
"""A store that took so many seconds to fail is not asked once more: a door has 3.5 in all."""


@dataclass(frozen=True)
class Answer:
    """What the webhook is told."""

    outcome: str
    code: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Taken:
    """One event's answer, and the pages for whoever brought it to send."""

    answer: Answer
    due: tuple[str, ...] = ()
    seen: Reading | None = None


@dataclass
class Try:
    """What a group's latest commit was to say: found under our token, it was applied although its reply was lost."""

    token: str
    folded: Folded | None = None
    due: tuple[str, ...] = ()
    committed: bool = False
    """Whether anything was handed to the store at all."""
    crowded: bool = False
    """Whether every code that was drawn is taken."""
    courtesy: int = 8
    """So often events wait before they are counted on an alert that somebody wants to change: 0.8 seconds in all."""
    counted: int | None = None
    """When the alert was opened on which the events were counted while somebody changed it."""

    def without(self, alert: Alert | None, events: int) -> Alert | None:
        """The alert as it would be without the events, if they are counted on it already."""
        if alert is None or alert.opened != self.counted:
            return alert
        return msgspec.structs.replace(alert, events=alert.events - events)


@dataclass(frozen=True)
class Change:
    """What a group decided of an alert, and on what it rests."""

    key: str
    events: Sequence[Event]
    before: Alert | None
    mark: str
    roster: Roster
    folded: Folded
    reading: Reading
    began: float

    @property
    def alert(self) -> Alert:
        """What the alert becomes."""
        if self.folded.alert is None:
            raise ValueError("a change has an alert")
        return self.folded.alert

    def knowing(self, known: Mapping[str, Phone]) -> "Change":
        """The change as it is decided when so much is known of people's phones."""
        folded = fold(self.events, self.before, self.roster, self.mark, self.reading.at, known)
        return replace(self, folded=folded)


class Intake:
    """Takes events."""

    def __init__(self, kit: Kit, claims: Claims, sender: Sender, records: Records) -> None:
        """Keep what it works with."""
        self._kit = kit
        self._claims = claims
        self._sender = sender
        self._records = records
        self._alarms = Alarms(kit)
        self._groups: Groups[Event, Taken] = Groups(self._together)
        self._projects: set[str] = set()
        """Documents of projects that are there, as far as this instance knows: none is ever removed."""

    def take(self, event: Event, deadline: Deadline) -> Answer:
        """
        Store what this event says, and send what it calls for; what there is no time for is left to the tick.

        Raises `StoreError` when it could not be stored, as far as is known.
        """
        key = alert_key(event)
        with patience.within(deadline.left - LEFT_AT_LAST):
            taken = self._groups.submit(key, event) if key else self._apart(event)
        with patience.within(max(deadline.left, LEFT_AT_LAST)):
            for page in taken.due:
                self._send(page, taken.seen, deadline)
            if taken.seen is not None and event.app_type != OWN:
                self._watch(taken.seen, deadline)
        _tell(key, event, taken.answer, deadline)
        return taken.answer

    @property
    def gathered(self) -> int:
        """How many events wait for a commit that is under way."""
        return self._groups.gathered

    def _watch(self, seen: Reading, deadline: Deadline) -> None:
        """A tick that is dead cannot say so; whoever opens an alert has read when it came last."""
        found = [one for one in ailments(vitals.vitals(seen)) if one.kind == TICK]
        if not found or deadline.left < LEFT_FOR_ALARM:
            return
        try:
            self._alarms.tell(found, seen, whole=False)
        except StoreError as error:
            self._kit.alarm(error, "the alarm")

    def _send(self, page: str, seen: Reading | None, deadline: Deadline) -> None:
        try:
            self._sender.send(page, deadline, DOOR_PATIENCE, reading=seen)
        except StoreError as error:
            # The page is stored and due, so the tick sends it; the event is safe, and Bugsnag is told so, in time.
            if deadline.left >= LEFT_FOR_ALARM:
                self._kit.alarm(error, "sending from the webhook")

    def _apart(self, event: Event) -> Taken:
        """An event that concerns no alert of ours."""
        if event.trigger == "release":
            return Taken(Answer("recorded", reason=self._records.release(event)))
        if event.trigger in LIMITS:
            reason, due = self._records.limits(event, self._kit.roster())
            return Taken(Answer("recorded", reason=reason), tuple(due))
        known = event.trigger in TRIGGERS
        reason = "it names no error" if known else f"unknown trigger: {event.trigger or 'none'}"
        return Taken(Answer("recorded", reason=self._records.nothing_opened(event, reason, tell=True)))

    def _together(self, key: str, events: Sequence[Event]) -> list[Taken]:
        latest, began = Try(self._kit.token()), self._kit.uptime()

        def work(wanted: set[str]) -> list[Taken]:
            return self._once(key, events, latest, wanted)

        try:
            return insisting(self._kit.store, work)
        except Unreachable:
            if not latest.committed and self._kit.uptime() - began > SLOW:
                raise
            # A reply may have been lost after its commit was applied; reading again tells.
            return insisting(self._kit.store, work)

    def _once(self, key: str, events: Sequence[Event], latest: Try, wanted: set[str]) -> list[Taken]:
        began = self._kit.uptime()
        reading = self._kit.store.get([alerts.path(key)])
        alert = alert_in(reading, key)
        if alert is not None and alert.by == latest.token and latest.folded is not None:
            return _taken(latest.folded, latest.due, None)
        before = latest.without(alert, len(events))
        roster, mark = self._kit.roster(), self._kit.token()
        folded = fold(events, before, roster, mark, reading.at)
        self._record(key, events, folded)
        if folded.alert is None or folded.alert is before or (folded.mere_count and before is not alert):
            return _taken(folded, (), None)
        if alert is not None and folded.mere_count:
            self._give_way(reading.get(alerts.path(key)), reading.at, latest)
            latest.committed = True
            self._count(key, alert, folded.alert, len(events), latest)
            return _taken(folded, (), None)
        if alert is not None:
            wanted.add(key)
        return self._change(Change(key, events, before, mark, roster, folded, reading, began), latest)

    def _give_way(self, document: Document | None, now: int, latest: Try) -> None:
        """Let whoever wants to change the alert go first, for a while."""
        if latest.courtesy and is_wanted(document, now):
            latest.courtesy -= 1
            raise Conflict("somebody wants to change the alert that an event is to be counted on")

    def _record(self, key: str, events: Sequence[Event], folded: Folded) -> None:
        """Of many that open nothing for one reason, as in a storm of what a rule ignores, all are counted at once."""
        alike: dict[str, list[Event]] = {}
        for event, verdict in zip(events, folded.verdicts, strict=True):
            if verdict.outcome == "recorded":
                alike.setdefault(verdict.reason, []).append(event)
        for reason, some in alike.items():
            self._records.nothing_opened(some[0], reason, key, times=len(some))

    def _count(self, key: str, alert: Alert, after: Alert, times: int, latest: Try) -> None:
        """Count blindly, whatever others write meanwhile; unless they changed what the alert is."""
        most = {"last_event": after.last_event, "last_arrival": after.last_arrival}
        if after.occurrences is not None:
            most["occurrences"] = after.occurrences
        write = Write(alerts.path(key), EXISTS, increment={"events": times, "generation": 0}, maximum=most)
        if self._kit.store.commit([write])[0].increments["generation"] != alert.generation:
            latest.counted = alert.opened
            raise Conflict("the alert changed while an event was counted on it")

    def _change(self, new: Change, latest: Try) -> list[Taken]:
        """Commit what the alert becomes, with its code and its pages."""
        wanted = self._wanted_codes(new, latest) if new.folded.opened else []
        new, more = self._reaching(new, self._read_more(new, wanted))
        alert, code = _coded(new, more, wanted, latest)
        alert = msgspec.structs.replace(alert, by=latest.token, generation=alert.generation + 1)
        made = [(key, self._timed(page, more)) for key, page in _made(new, alert)]
        writes = [*kept(new.key, new.reading.get(alerts.path(new.key)), alert), *code]
        writes += [making.new(key, page) for key, page in made]
        project = project_path(new.events[0])
        if new.folded.opened and project not in self._projects and more.get(project) is None:
            writes.append(project_seen(new.events[0], more.at))
        latest.folded = replace(new.folded, alert=alert)
        latest.due = tuple(key for key, page in made if (page.due_at or 0) <= new.reading.at)
        latest.committed = True
        written = commit_fresh(self._kit.store, writes, new.began, self._kit.uptime)
        if new.folded.opened and len(self._projects) < PROJECTS:
            self._projects.add(project)
        return _taken(latest.folded, latest.due, _seen(more, writes, written) if latest.due else more)

    def _wanted_codes(self, new: Change, latest: Try) -> list[int]:
        drawn = codes.candidates(self._kit.draw, crowded=latest.crowded)
        return [new.alert.code, *drawn] if new.alert.code else drawn

    def _read_more(self, new: Change, wanted: Sequence[int]) -> Reading:
        """What it takes to open or to page, in one round trip."""
        people = [page.phone for _, page in _made(new, new.alert)]
        paths = [phones.path(phone) for phone in people]
        if people:
            paths += [senders.PATH, budgets.PATH, PULSE]
        project = project_path(new.events[0])
        if wanted and project not in self._projects:
            paths.append(project)
        paths += map(codes.path, wanted)
        return self._kit.store.get(list(dict.fromkeys(paths))) if paths else Reading(new.reading.at, {})

    def _reaching(self, new: Change, more: Reading) -> tuple[Change, Reading]:
        """The change without pages to people who cannot be reached, whose phones were read only now."""

        def people(decided: Change) -> list[str]:
            return [page.to for page in decided.folded.pages]

        return reaching(self._kit.store, more, new.roster, new, new.knowing, people, seen=True)

    def _timed(self, page: Page, more: Reading) -> Page:
        """The page with the moment at which it may go, as far as this instance knows."""
        sender = sender_in(more)
        if sender.down and not page.spoken:
            return pages.hold(page, max(sender.next_try, page.created + 1), what=OUTAGE)
        return self._claims.timed(page)


def _tell(key: str, event: Event, answer: Answer, deadline: Deadline) -> None:
    journal.tell(
        "webhook-taken",
        f"An event was {answer.outcome}.",
        alert=key,
        code=answer.code,
        outcome=answer.outcome,
        reason=(answer.reason or "")[:200],
        trigger=event.trigger if event.trigger in TRIGGERS else "other",
        milliseconds=round(deadline.passed * 1000),
    )


def alert_key(event: Event) -> str:
    """The id of the alert that an event concerns; empty if it concerns none."""
    project = event.project_id or event.project
    if event.trigger == "projectSpiking":
        return alerts.alert_id(project, "", spike=True)
    if event.trigger == "release" or event.trigger in LIMITS or not event.error_id:
        return ""
    return alerts.alert_id(project, event.error_id)


def _taken(folded: Folded, due: tuple[str, ...], seen: Reading | None) -> list[Taken]:
    """Each event's answer; the first of them is handed the pages to send."""
    code = folded.alert.code if folded.alert is not None and folded.alert.code else None
    answers = [Answer(verdict.outcome, code, verdict.reason or None) for verdict in folded.verdicts]
    return [Taken(answer, due, seen) if n == 0 else Taken(answer) for n, answer in enumerate(answers)]


def _made(new: Change, alert: Alert) -> list[tuple[str, Page]]:
    now, roster = new.reading.at, new.roster
    made = [(due.id, making.for_step(new.key, alert, due, roster, now)) for due in new.folded.pages]
    if new.folded.reminds:
        made.append(making.reminder(new.key, alert, roster, now))
    for news in new.folded.news:
        made += making.notices(new.key, alert, news, roster, now)
    # Events of one group may bring the same news twice, to people who have become more in between.
    return list(dict(made).items())


def _coded(new: Change, more: Reading, wanted: Sequence[int], latest: Try) -> tuple[Alert, list[Write]]:
    """The alert with its code, and what is written about the code."""
    if not new.folded.opened:
        return new.alert, making.code_closed(new.alert)
    found = {code: more.get(codes.path(code)) for code in wanted}
    fields = {code: document.fields if document else None for code, document in found.items()}
    own = new.alert.code and fields.get(new.alert.code) is not None
    usable = wanted if own else [code for code in wanted if code != new.alert.code]
    code = codes.choose(usable, fields, new.key, more.at)
    if code is None:
        latest.crowded = True
        raise Conflict("every code drawn is taken")
    names = codes.names(new.key, None if new.alert.is_open else new.alert.closed_at)
    return msgspec.structs.replace(new.alert, code=code), changes(codes.path(code), found[code], names)


def _seen(more: Reading, writes: Sequence[Write], written: Sequence[Written]) -> Reading:
    """What was just written and read, as the claim of a page would read it."""
    new = {
        write.path: _written(write, done.version)
        for write, done in zip(writes, written, strict=True)
        if write.path.startswith(("pages/", "alerts/"))
    }
    return Reading(more.at, {**more.documents, **new})


def _written(write: Write, version: Version) -> Document:
    if write.found is None:
        return Document(write.path, write.put, version)
    return changed(write.found, write, version)
