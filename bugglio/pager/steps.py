"""An alert goes on: what its clock calls for is decided and stored, and the pages that follow are named."""

from collections.abc import Mapping, Sequence

import msgspec

from bugglio import alert as alerts
from bugglio import sender as senders
from bugglio import wording
from bugglio.alert import TRIGGERED, Alert, Entry
from bugglio.clockwork import Moment, due
from bugglio.crew import Crew, crew_of
from bugglio.escalation import past_steps, unanswered_again
from bugglio.page import CODES, Count, Page, page_id, tallied
from bugglio.pager import making
from bugglio.pager.insisting import insisting
from bugglio.pager.kit import Kit
from bugglio.pager.reaching import Known, reaching
from bugglio.pager.reading import alert_in, sender_in
from bugglio.phone import phone_id
from bugglio.roster import Engineer, Roster
from bugglio.store import Document, Reading, Write
from bugglio.store.change import change
from bugglio.store.port import MAX_WRITES

Open = dict[str, tuple[Document, Alert]]
PAGE = 300
"""So many open alerts are read at a time."""


class Steps:
    """Takes alerts forward."""

    def __init__(self, kit: Kit) -> None:
        """Keep what it works with."""
        self._kit = kit

    def go_on(self, key: str) -> list[str]:
        """Decide what is due of this alert now; returns the ids of the pages to be sent."""
        return insisting(self._kit.store, lambda wanted: self._once(key, wanted))

    def _once(self, key: str, wanted: set[str]) -> list[str]:
        reading = self._kit.store.get([alerts.path(key), senders.PATH])
        alert = alert_in(reading, key)
        if alert is None:
            return []
        roster = self._kit.roster_for(alert)
        moment = self._moment(alert, roster, reading)
        if moment.unanswered:
            return self._unanswered(alert.team, roster, wanted)
        if moment.alert is alert and reading.documents[alerts.path(key)].fields.get("due_at") == alert.due_at:
            return []
        wanted.add(key)
        return self._write(key, reading, moment, roster)

    def _moment(self, alert: Alert, roster: Roster, reading: Reading) -> Moment:
        """What is due of the alert, with pages to people who can be reached."""
        outage = sender_in(reading).outage

        def decide(known: Known) -> Moment:
            return due(alert, crew_of(roster, alert.team, known), outage, reading.at)

        def people(moment: Moment) -> list[str]:
            return [page.to for page in moment.pages] + list(moment.noted)

        return reaching(self._kit.store, reading, roster, decide({}), decide, people)[0]

    def _write(self, key: str, reading: Reading, moment: Moment, roster: Roster) -> list[str]:
        before = reading.documents[alerts.path(key)]
        alert = moment.alert
        made = [(page.id, making.for_step(key, alert, page, roster, reading.at)) for page in moment.pages]
        if moment.reminds:
            made.append(making.reminder(key, alert, roster, reading.at))
        made += [making.noted(key, alert, name, roster, reading.at) for name in moment.noted]
        for news in moment.news:
            made += making.notices(key, alert, news, roster, reading.at)
        after = msgspec.structs.replace(alert, generation=alert.generation + 1)
        moved = change(before.path, before, alerts.dump(after))
        self._kit.store.commit([moved, *making.code_closed(after), *(making.new(name, page) for name, page in made)])
        # What goes together is left to wait for the others: the tick sends what waits for a phone as one.
        return [] if moment.together else [name for name, _ in made]

    def _unanswered(self, team_id: str, roster: Roster, wanted: set[str]) -> list[str]:
        """
        One digest of what nobody has answered, to whoever is on duty and to the last resort.

        The alerts at its head are written last, with the digest: whoever fails before that leaves it due.
        """
        now, found = self._open(team_id)
        crew = self._crew(team_id, roster, now)
        waiting = {key: alert for key, (_, alert) in found.items() if alert.state == TRIGGERED and alert.held is None}
        nagging = [key for key, alert in waiting.items() if past_steps(alert, crew)]
        if not any((waiting[key].next_at or now) <= now for key in nagging):
            return []
        wanted.update(nagging)
        made = _digests(waiting, nagging[0], crew, now)
        head = MAX_WRITES - len(made)
        moved = [_named(*found[key], made, now) for key in nagging]
        for start in range(head, len(moved), MAX_WRITES):
            self._kit.store.commit(moved[start : start + MAX_WRITES])
        self._kit.store.commit([*moved[:head], *(making.new(name, page) for name, page in made)])
        return [name for name, _ in made]

    def _crew(self, team_id: str, roster: Roster, now: int) -> Crew:
        """The crew of which the first people who can be reached are on duty."""

        def decide(known: Known) -> Crew:
            return crew_of(roster, team_id, known)

        nothing = Reading(now, {})
        return reaching(self._kit.store, nothing, roster, decide({}), decide, lambda crew: crew.first(now))[0]

    def _open(self, team_id: str) -> tuple[int, Open]:
        """All open alerts of a team, oldest first, and the store's time."""
        found: Open = {}
        last: Document | None = None
        while True:
            some = self._kit.store.query(
                "alerts", "open", start=f"{team_id}|", end=f"{team_id}|~", limit=PAGE, after=last
            )
            found.update({one.id: (one, alerts.load(one.fields)) for one in some})
            if len(some) < PAGE:
                return self._kit.store.get([senders.PATH]).at, found
            last = some[-1]


def _named(document: Document, alert: Alert, made: Sequence[tuple[str, Page]], now: int) -> Write:
    """The alert as named in these digests. It is noted once for the same people: half hours would fill a timeline."""
    moved = unanswered_again(alert, now)
    people = tuple(page.to for _, page in made)
    if people != alert.waits_for:
        moved = msgspec.structs.replace(moved, waits_for=people)
        for key, page in made:
            moved = alerts.note(moved, Entry(at=now, what="named as unanswered", who=page.to, page=key))
    after = msgspec.structs.replace(moved, generation=alert.generation + 1)
    return change(document.path, document, alerts.dump(after))


def _digests(waiting: Mapping[str, Alert], head: str, crew: Crew, now: int) -> list[tuple[str, Page]]:
    first = waiting[head]
    top = max(waiting, key=lambda key: waiting[key].counted)
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
            code=waiting[top].code,
            count=_count(waiting, top),
            note=note,
        )
        made.append((page_id(first.mark, first.cycle, f"unanswered {person.id}", first.position), page))
    return made


def _count(waiting: Mapping[str, Alert], top: str) -> Count:
    projects: dict[str, int] = {}
    for alert in waiting.values():
        projects[alert.project] = projects.get(alert.project, 0) + 1
    return Count(
        pages=len(waiting),
        projects=tallied(projects),
        codes=tuple(alert.code for alert in waiting.values())[:CODES],
        top=waiting[top].code,
        name=waiting[top].title or waiting[top].project,
        events=waiting[top].counted,
    )


def _listeners(crew: Crew, now: int) -> list[Engineer]:
    """Whoever is on duty for the team, and the last resort; each number once."""
    names = dict.fromkeys((*crew.first(now), crew.roster.last_resort))
    return [crew.roster.engineers[name] for name in names]
