"""Several events of one error, taken one after another, as one change of its alert."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from bugglio import escalation, silence
from bugglio.alert import CLOSED, TRIGGERED, Alert
from bugglio.bugsnag import Event
from bugglio.crew import Crew, crew_of
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
    muted = silence.mute(roster, event.project, event.project_id, now)
    quiet = silence.why_muted(muted, team.timezone) if muted is not None else ""
    verdict, begins = governed(judge(event, before, team, now), before, event, team, now, quiet)
    if verdict.alert is not None and not verdict.alert.mark:
        verdict = replace(verdict, alert=msgspec.structs.replace(verdict.alert, mark=mark))
    begun = _begun(verdict, crew_of(roster, team.id, known), now, begins)
    news = tuple(dict.fromkeys((*folded.news, *_news(verdict, before), *begun.news)))
    verdicts = (*folded.verdicts, *begun.verdicts)
    pages = begun.pages if begins else folded.pages
    return Folded(begun.alert, verdicts, pages, news, folded.reminds or verdict.reminds)


def _begun(verdict: Verdict, crew: Crew, now: int, steps: str) -> Folded:
    """What one event comes to once the steps of this name begin, unless somebody of the team is quiet; empty: none."""
    if not steps or verdict.alert is None:
        return Folded(verdict.alert, (verdict,))
    taken = silence.take(verdict.alert, crew, now, steps)
    if taken is not None:
        told = (News(taken.others, taken.news, paged_only=False),) if taken.others else ()
        return Folded(taken.alert, (replace(verdict, reason=taken.reason),), news=told)
    alert, pages = escalation.begin(verdict.alert, crew, now, steps)
    return Folded(alert, (verdict,), tuple(pages))


def _news(verdict: Verdict, before: Alert | None) -> list[News]:
    if before is None or not verdict.told:
        return []
    if verdict.told == "acknowledger":
        return [News((before.acknowledged_by,), verdict.notice, paged_only=False)] if before.acknowledged_by else []
    return [News(tuple(dict.fromkeys((*before.paged_before, *before.paged))), verdict.notice)]
