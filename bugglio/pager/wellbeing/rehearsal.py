"""A page is rehearsed: an event goes all the way through people and rules to the words of its page, and no further."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from bugglio import wording
from bugglio.alert import Alert
from bugglio.bugsnag import Event
from bugglio.claims import Claim, View, decide
from bugglio.escalation import Due
from bugglio.folding import Folded, fold
from bugglio.pager import making
from bugglio.pager.kit import Kit
from bugglio.pager.reaching import reaching
from bugglio.phone import Phone
from bugglio.roster import Roster
from bugglio.sender import SenderState
from bugglio.store import Reading

KEY, MARK, CODE = "rehearsal", "rehearsal", 100
"""An alert that is nowhere stored."""


class NobodyPaged(Exception):
    """Nobody would have been paged, whatever rules there are."""


@dataclass(frozen=True)
class Rehearsed:
    """The page that would have gone out."""

    to: str
    """An engineer's id."""
    team: str
    body: str
    kept_quiet: str = ""
    """Why the rules, a mute or somebody's quiet would have kept it back; it was composed all the same."""


def rehearse(kit: Kit, event: Event, reading: Reading) -> Rehearsed:
    """Decide and compose; nothing is written. The reading tells the time. Raises `NobodyPaged`."""
    roster = kit.roster()
    before = _folded(event, roster, reading, {})
    quiet = "" if before.pages else (before.verdicts[0].reason or "kept quiet")
    folded, known = _paging(kit, event, _outspoken(roster) if quiet else roster, reading)
    if folded.alert is None or not folded.pages:
        raise NobodyPaged(quiet)
    due = folded.pages[0]
    alert = msgspec.structs.replace(folded.alert, code=CODE)
    return Rehearsed(due.to, alert.team, _composed(alert, due, roster, known, reading), quiet)


def _folded(event: Event, roster: Roster, reading: Reading, known: Mapping[str, Phone]) -> Folded:
    return fold([event], None, roster, MARK, reading.at, known)


def _paging(kit: Kit, event: Event, roster: Roster, reading: Reading) -> tuple[Folded, dict[str, Phone]]:
    """The decision about people who can be reached, as for any event, and their phones."""
    seen: dict[str, Phone] = {}

    def decided(known: Mapping[str, Phone]) -> Folded:
        seen.update(known)
        return _folded(event, roster, reading, known)

    def people(folded: Folded) -> list[str]:
        return [page.to for page in folded.pages]

    return reaching(kit.store, reading, roster, decided({}), decided, people)[0], seen


def _outspoken(roster: Roster) -> Roster:
    """The same people, without anything that keeps an event quiet."""
    teams = {name: msgspec.structs.replace(team, rules=()) for name, team in roster.teams.items()}
    return replace(roster, teams=teams, quiets=(), mutes=())


def _composed(alert: Alert, due: Due, roster: Roster, known: Mapping[str, Phone], reading: Reading) -> str:
    """The words, as a claim puts them: for a phone that has tokens, by a sender that works."""
    page = making.for_step(KEY, alert, due, roster, reading.at)
    view = View(
        at=reading.at,
        page=page,
        phone=Phone(zone=known[due.to].zone) if due.to in known else Phone(),
        alert=alert,
        sender=SenderState(),
        template=wording.template_of(alert.kind, roster.team(alert.team).text),
        before={},
        zone=roster.zone_for(page.to, alert.team),
        alone=True,
    )
    decision = decide(view, MARK)
    if not isinstance(decision, Claim):
        raise NobodyPaged(str(decision))
    return decision.page.body
