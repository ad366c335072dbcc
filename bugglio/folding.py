"""Several events of one error, taken one after another, as one change of its alert."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from bugglio import escalation
from bugglio.alert import CLOSED, TRIGGERED, Alert
from bugglio.bugsnag import Event
from bugglio.crew import crew_of
from bugglio.escalation import Due
from bugglio.governing import governed
from bugglio.phone import Phone
from bugglio.roster import Roster
from bugglio.triage import Verdict, judge


@dataclass(frozen=True)
class News:
    """Something that people who were told of an alert hear once."""

    people: tuple[str, ...]
    what: str
    paged_only: bool = True
    """Only people whose page went out hear it."""


@dataclass(frozen=True)
class Folded:
    """What all the events came to."""

    alert: Alert | None
    verdicts: tuple[Verdict, ...] = ()
    pages: tuple[Due, ...] = ()
    news: tuple[News, ...] = ()
    reminds: bool = False

    @property
    def mere_count(self) -> bool:
        """Whether the alert only happened again."""
        return all(verdict.mere_count for verdict in self.verdicts)

    @property
    def opened(self) -> bool:
        """Whether the alert was opened, so that it needs a code."""
        return any(verdict.outcome == "opened" for verdict in self.verdicts)


def fold(
    events: Sequence[Event],
    alert: Alert | None,
    roster: Roster,
    mark: str,
    now: int,
    known: Mapping[str, Phone] | None = None,
) -> Folded:
    """
    What these events, in this order, do to the alert.

    `mark` is for an alert that never was; `known` is what is known of engineers' phones, by their ids.
    """
    folded = Folded(alert)
    for event in events:
        folded = _with(folded, event, roster, mark, now, known or {})
    wanted = folded.alert is not None and folded.alert.state == TRIGGERED
    return folded if wanted else replace(folded, pages=())


def _with(folded: Folded, event: Event, roster: Roster, mark: str, now: int, known: Mapping[str, Phone]) -> Folded:
    before = folded.alert
    open_team = before.team if before is not None and before.state != CLOSED else ""
    team = roster.team(open_team) if open_team else roster.team_of(event.project, event.project_id)
    verdict, begins = governed(judge(event, before, team, now), before, event, team, now)
    after, pages = verdict.alert, folded.pages
    if after is not None and not after.mark:
        after = msgspec.structs.replace(after, mark=mark)
    if begins and after is not None:
        after, begun = escalation.begin(after, crew_of(roster, team.id, known), now, begins)
        pages = tuple(begun)
    news = tuple(dict.fromkeys((*folded.news, *_news(verdict, before))))
    return Folded(after, (*folded.verdicts, verdict), pages, news, folded.reminds or verdict.reminds)


def _news(verdict: Verdict, before: Alert | None) -> list[News]:
    if before is None or not verdict.told:
        return []
    if verdict.told == "acknowledger":
        return [News((before.acknowledged_by,), verdict.notice, paged_only=False)] if before.acknowledged_by else []
    return [News(tuple(dict.fromkeys((*before.paged_before, *before.paged))), verdict.notice)]
