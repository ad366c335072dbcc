"""What nobody has answered after all steps is said again, each half hour, in one digest a team."""

from collections.abc import Mapping

import msgspec

from bugglio import alert as alerts
from bugglio import sender as senders
from bugglio import wording
from bugglio.alert import TRIGGERED, UNRANKED, Alert, Entry, span_of
from bugglio.crew import Crew, crew_of
from bugglio.digests import of_alerts
from bugglio.escalation import past_steps, unanswered_again
from bugglio.page import Page, page_id
from bugglio.pager import making
from bugglio.pager.insisting import insisting
from bugglio.pager.keeping import kept
from bugglio.pager.kit import Kit
from bugglio.pager.reaching import Known, reaching
from bugglio.phone import phone_id
from bugglio.roster import Engineer, Roster
from bugglio.store import Document, Reading, Write

PAGE = 300
"""So many open alerts are read at a time."""
SOME = 100
"""So many are changed in one commit: an event that is counted on one of them keeps all of them waiting."""
Open = dict[str, tuple[Document, Alert]]
Made = list[tuple[str, Page]]


class Nagging:
    """Tells of what nobody answers."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def tell(self, team_id: str, roster: Roster) -> Made:
        """
        One digest to whoever is on duty and to the last resort, if it is time; with its ids.

        The alerts that are due longest are written last, with the digest: whoever fails before that leaves it due.
        """
        return insisting(self._kit.store, lambda wanted: self._once(team_id, roster, wanted))

    def _once(self, team_id: str, roster: Roster, wanted: set[str]) -> Made:
        now, found = self._open(team_id)
        crew = self._crew(team_id, roster, now)
        late = {key: alert.next_at or now for key, (_, alert) in found.items() if past_steps(alert, crew)}
        nagging = sorted(late, key=late.__getitem__)
        if not nagging or late[nagging[0]] > now:
            return []
        made = _digests({key: alert for key, (_, alert) in found.items()}, nagging[0], crew, now)
        for start in range(SOME, len(nagging), SOME):
            self._name({key: found[key] for key in nagging[start : start + SOME]}, made, crew, now)
        head = nagging[:SOME]
        wanted.clear()
        wanted.update(head)
        new = [making.new(name, page) for name, page in made]
        self._kit.store.commit([*(write for key in head for write in _named(*found[key], made, now)), *new])
        return made

    def _name(self, some: Open, made: Made, crew: Crew, now: int) -> None:
        """Put off these alerts, which the digests name; what others change meanwhile is looked at again."""
        at_hand = [some]

        def work(wanted: set[str]) -> None:
            found = at_hand.pop() if at_hand else self._again(some, crew)
            wanted.update(found)
            self._kit.store.commit([write for pair in found.values() for write in _named(*pair, made, now)])

        insisting(self._kit.store, work)

    def _again(self, some: Open, crew: Crew) -> Open:
        """Those of these alerts that nobody has answered meanwhile, as they are now."""
        read = self._kit.store.get([alerts.path(key) for key in some]).documents.values()
        found = {one.id: (one, alerts.load(one.fields)) for one in read}
        return {key: pair for key, pair in found.items() if _is_unanswered(pair[1]) and past_steps(pair[1], crew)}

    def _crew(self, team_id: str, roster: Roster, now: int) -> Crew:
        """The crew of which the first people who can be reached are on duty."""

        def decide(known: Known) -> Crew:
            return crew_of(roster, team_id, known)

        nothing = Reading(now, {})
        return reaching(self._kit.store, nothing, roster, decide({}), decide, lambda crew: crew.first(now))[0]

    def _open(self, team_id: str) -> tuple[int, Open]:
        """What nobody of a team has answered, oldest first, and the store's time."""
        start, end = span_of(team_id, last=UNRANKED)
        found: Open = {}
        last: Document | None = None
        while True:
            some = self._kit.store.query("alerts", "open", start=start, end=end, limit=PAGE, after=last)
            found.update({one.id: (one, alert) for one in some if _is_unanswered(alert := alerts.load(one.fields))})
            if len(some) < PAGE:
                return self._kit.store.get([senders.PATH]).at, found
            last = some[-1]


def _is_unanswered(alert: Alert) -> bool:
    return alert.state == TRIGGERED and alert.held is None


def _named(document: Document, alert: Alert, made: Made, now: int) -> list[Write]:
    """The alert as named in these digests. It is noted once for the same people: half hours would fill a timeline."""
    moved = unanswered_again(alert, now)
    people = tuple(page.to for _, page in made)
    if people != alert.waits_for:
        moved = msgspec.structs.replace(moved, waits_for=people)
        for key, page in made:
            moved = alerts.note(moved, Entry(at=now, what="named as unanswered", who=page.to, page=key))
    after = msgspec.structs.replace(moved, generation=alert.generation + 1)
    return kept(document.id, document, after)


def _digests(waiting: Mapping[str, Alert], head: str, crew: Crew, now: int) -> Made:
    first = waiting[head]
    count = of_alerts(waiting.values())
    top = next(key for key, alert in waiting.items() if alert.code == count.top)
    note = ""
    if len(waiting) == 1:
        template = wording.template_of(first.kind, crew.team.text)
        note = wording.unanswered(first.code, template, first.said)
    made = []
    for person in _listeners(crew, now):
        page = Page(
            kind="unanswered",
            to=person.id,
            number=person.phone,
            phone=phone_id(person.phone),
            created=now,
            due_at=now,
            alert=top,
            team=crew.team.id,
            code=count.top,
            count=count,
            note=note,
        )
        made.append((page_id(first.mark, first.cycle, f"unanswered {person.id}", first.position), page))
    return made


def _listeners(crew: Crew, now: int) -> list[Engineer]:
    """Whoever is on duty for the team, and the last resort; each number once."""
    names = dict.fromkeys((*crew.first(now), crew.roster.last_resort))
    return [crew.roster.engineers[name] for name in names]
