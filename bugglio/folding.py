"""Several events of one error, taken one after another, as one change of its alert."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from bugglio import escalation
from bugglio.alert import CLOSED, TRIGGERED, Alert
from bugglio.bugsnag import Event
from bugglio.escalation import Due
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


def fold(events: Sequence[Event], alert: Alert | None, roster: Roster, mark: str, now: int) -> Folded:
    """What these events, in this order, do to the alert; `mark` is for an alert that never was."""
    folded = Folded(alert)
    for event in events:
        folded = _with(folded, event, roster, mark, now)
    wanted = folded.alert is not None and folded.alert.state == TRIGGERED
    return folded if wanted else replace(folded, pages=())


def _with(folded: Folded, event: Event, roster: Roster, mark: str, now: int) -> Folded:
    before = folded.alert
    open_team = before.team if before is not None and before.state != CLOSED else ""
    team = roster.team(open_team) if open_team else roster.team_of(event.project, event.project_id)
    verdict = judge(event, before, team, now)
    after, pages = verdict.alert, folded.pages
    if verdict.begins and after is not None:
        marked = after if after.mark else msgspec.structs.replace(after, mark=mark)
        after, begun = escalation.begin(marked, team, roster, now)
        pages = tuple(begun)
    news = tuple(dict.fromkeys((*folded.news, *_news(verdict, before))))
    return Folded(after, (*folded.verdicts, verdict), pages, news, folded.reminds or verdict.reminds)


def _news(verdict: Verdict, before: Alert | None) -> list[News]:
    if before is None or not verdict.told:
        return []
    if verdict.told == "acknowledger":
        return [News((before.acknowledged_by or "",), verdict.notice, paged_only=False)]
    return [News(tuple(dict.fromkeys((*before.paged_before, *before.paged))), verdict.notice)]
