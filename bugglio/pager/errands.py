"""The outbox to Bugsnag: what people have made of alerts here is told there, once, however often it has to be tried."""

from collections.abc import Sequence
from dataclasses import dataclass

from bugglio import alert as alerts
from bugglio import answers, outbox, upstream
from bugglio.alert import Alert, Errand
from bugglio.outbox import Answer
from bugglio.pager import logbook
from bugglio.pager.insisting import insisting
from bugglio.pager.keeping import kept
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.reading import alert_in
from bugglio.pager.upshots import Told, keep
from bugglio.pager.wellbeing import upstream as wellbeing
from bugglio.store import EXISTS, Document, StoreError, Write
from bugglio.store.change import changed
from bugglio.upstream import Done, Found, Later, NotFound, Refused

LEAST = 0.3
"""With fewer seconds left than this, Bugsnag is not asked."""
WAITS = 2.0
"""Seconds that somebody's text waits for Bugsnag."""
AT_ONCE = 3
"""So many alerts are told of while a text waits; the tick tells of the rest."""
VOID_AFTER = 20.0
"""Seconds after a text was read at which it is left to the tick, which after a minute takes it over."""
NOT_SET = Later(None, "BUGSNAG_AUTH_TOKEN is not set")


@dataclass(frozen=True)
class Attended:
    """What one alert's errands came to."""

    due: tuple[str, ...] = ()
    """Ids of the notices that follow."""
    trouble: bool = False
    """Bugsnag does not answer, or wants to be left alone: whatever else it is to be told had better wait."""


@dataclass(frozen=True)
class Stored:
    """What a text has just stored: nobody has tried any of its errands yet."""

    path: str
    """Where the text is kept ..."""
    sid: str
    answer: str
    """... with this answer."""
    at: int
    """The store's time of its reading, and the uptime then."""
    began: float
    alerts: tuple[Document, ...]
    """Those with errands of this text."""
    more: bool = False
    """Earlier commits for the same text have stored others."""


class Errands:
    """Tells Bugsnag."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def attend(self, key: str, deadline: Deadline) -> Attended:
        """
        Tell Bugsnag what is due of an alert, as far as there is time.

        Each try is entered before it is made, so that nobody else makes it too.
        """
        due: list[str] = []
        while deadline.left > LEAST:
            claimed = insisting(self._kit.store, lambda wanted: self._claim(key, wanted))
            if claimed is None:
                break
            now, began, document, errand = claimed
            answer = self._ask(document, errand, deadline, doubtful=outbox.is_doubtful(errand))
            due += keep(self._kit, [Told(document, errand, answer)], self._now(now, began))
            if not isinstance(answer.outcome, Done | Refused):
                return Attended(tuple(due), trouble=True)
        return Attended(tuple(due))

    def follow(self, stored: Stored) -> tuple[str, tuple[str, ...]]:
        """
        Tell Bugsnag what a text has just stored; returns the answer to the text, and the ids of notices that follow.

        Never raises: what is not done, or not kept, the tick does.
        """
        deadline = Deadline(WAITS, self._kit.uptime)
        told = [one for document in stored.alerts[:AT_ONCE] for one in self._first_tries(document, stored, deadline)]
        if not told:
            return stored.answer, ()
        whole = len(told) == len(_errands(stored)) and not stored.more
        answer, answered = _answer(stored.answer, told) if whole else (stored.answer, False)
        text = [Write(stored.path, EXISTS, put={"answer": answer})] if answer != stored.answer else []
        try:
            return answer, keep(self._kit, told, self._now(stored.at, stored.began), text, answered=answered)
        except StoreError as error:
            self._kit.alarm(error, "keeping what Bugsnag answered")
            return stored.answer, ()

    def _first_tries(self, document: Document, stored: Stored, deadline: Deadline) -> list[Told]:
        """What came of this text's errands of one alert, as far as there was time and nothing older was under way."""
        alert, told = alerts.load(document.fields), []
        for errand in _of(alert, stored.sid):
            in_time = deadline.left > LEAST and self._kit.uptime() - stored.began < VOID_AFTER
            if in_time and outbox.is_free(alert, errand, stored.at):
                told.append(Told(document, errand, self._ask(document, errand, deadline, doubtful=False)))
        return told

    def _claim(self, key: str, wanted: set[str]) -> tuple[int, float, Document, Errand] | None:
        """Enter that the next errand is being tried; the store's time and the uptime of that, and both as they are."""
        began, where = self._kit.uptime(), alerts.path(key)
        reading = self._kit.store.get([where])
        found, document = alert_in(reading, key), reading.get(where)
        if found is None or document is None:
            return None
        alert = outbox.tidied(found, reading.at)
        errand = outbox.following(alert, reading.at)
        after = outbox.begun(alert, errand, reading.at) if errand is not None else alert
        if after is found:
            return None
        wanted.add(key)
        writes = kept(key, document, after)
        written = self._kit.store.commit(writes)
        if errand is None:
            return None
        return reading.at, began, changed(document, writes[0], written[0].version), errand

    def _ask(self, document: Document, errand: Errand, deadline: Deadline, *, doubtful: bool) -> Answer:
        """Tell Bugsnag; a comment that may have been made is looked for first, since a second one would stay."""
        alert = alerts.load(document.fields)
        answer = self._answer(alert, errand, deadline, doubtful=doubtful)
        logbook.errand(document.id, alert, errand.operation, errand.by, answer.outcome)
        if self._kit.tracker is not None:
            wellbeing.note(self._kit, answer.outcome)
        return answer

    def _answer(self, alert: Alert, errand: Errand, deadline: Deadline, *, doubtful: bool) -> Answer:
        tracker, operation = self._kit.tracker, errand.operation
        if tracker is None:
            return Answer(NOT_SET, doubtful)
        where = alert.project_id, alert.error_id
        if operation.what == upstream.COMMENT and doubtful:
            known = [*alert.comments, *(echo.comment for echo in alert.done_upstream if echo.comment)]
            found = tracker.commented(*where, operation.text, errand.at, patience=deadline.left, besides=known)
            if not isinstance(found, NotFound):
                return Answer(Done(found.id) if isinstance(found, Found) else found, unsure=True)
            if deadline.left <= LEAST:
                return Answer(Later(None, "no time left"))
        outcome = tracker.do(*where, operation, patience=deadline.left)
        return Answer(outcome, isinstance(outcome, upstream.Unknown))

    def _now(self, at: int, began: float) -> int:
        """The store's time, from what it was at an uptime: no round trip is made for it."""
        return at + max(0, round((self._kit.uptime() - began) * 1000))


def _of(alert: Alert, sid: str) -> list[Errand]:
    """The errands that a text has brought about."""
    return [one for one in alert.errands if one.operation.id.partition(" ")[0] == sid]


def has_errands(alert: Alert, sid: str) -> bool:
    """Whether a text has brought about something that Bugsnag is to be told of this alert."""
    return bool(_of(alert, sid))


def _errands(stored: Stored) -> list[Errand]:
    return [errand for document in stored.alerts for errand in _of(alerts.load(document.fields), stored.sid)]


def _answer(answer: str, told: Sequence[Told]) -> tuple[str, bool]:
    """
    What a text is answered when all of its errands were tried, and whether that tells of every refusal.

    Where one alert was done and another refused, a notice names which.
    """
    outcomes = [one.answer.outcome for one in told]
    if not all(isinstance(one, Done | Refused) for one in outcomes):
        return answer, False
    causes = {one.cause if isinstance(one, Refused) else "" for one in outcomes}
    cause = causes.pop() if len(causes) == 1 else ""
    said = answers.told(answer, cause)
    return said, bool(cause) and said != answer
