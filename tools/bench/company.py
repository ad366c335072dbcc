"""A large company's pager: 200 teams, 1,000 engineers, 100,000 alerts and as many texts, as bugglio stores them."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from msgspec.structs import replace

from bugglio import alert as alerts
from bugglio import page as pages
from bugglio.alert import TRIGGERED, Alert, Entry
from bugglio.bugsnag import parse
from bugglio.document import present
from bugglio.folding import fold
from bugglio.page import DELIVERED, FAILED, Page
from bugglio.pager.rosters import BOOK, packed
from bugglio.phone import phone_id
from bugglio.roster import DAY, HOUR, MINUTE, Book, Engineer, Rotation, Step, Team, lone_roster
from tools.bench.company_figures import figures
from tools.bench.deliveries import SAMPLE

TEAMS, EACH, ALERTS = 200, 5, 100_000
ON_DUTY = "+14155550100"
OPEN_EACH = 100
"""One of so many alerts is open; of those every second one is unanswered."""
SPREAD = 180 * DAY
ZONES = ("Europe/London", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "UTC")
AREAS = (415, 212, 310, 617, 206, 512, 303, 602, 702, 305)
"""In each of them the hundred numbers from 555-0100 on are kept for make-believe."""
AT_ONCE = 20_000

Fields = Mapping[str, Any]


def book(teams: int = TEAMS) -> Book:
    """Five engineers to each team take weekly turns; each tenth team has working hours."""
    people = [_engineer(number) for number in range(teams * EACH)]
    parts = [_team(number, people[number * EACH : (number + 1) * EACH]) for number in range(teams)]
    return Book(engineers={one.id: one for one in people}, teams={one.id: one for one in parts})


def documents(now: int, many: int = ALERTS, teams: int = TEAMS) -> Iterator[tuple[str, str, Fields]]:
    """Collection, id and fields of each document; `now` in milliseconds."""
    whole = book(teams)
    yield *_split(BOOK), {"v": 1, "version": 1, "book": packed(whole)}
    for number in range(2 * teams):
        yield "projects", f"p-{number}", {"v": 1, "id": f"p-{number}", "name": f"web-{number}", "seen": now - number}
    yield from figures(now, teams, EACH)
    base = _base(now)
    for number in range(many):
        alert = _alert(base, number, now, many, whole)
        key = alerts.alert_id(alert.project_id, alert.error_id)
        page = pages.page_id(alert.mark, 1, alert.waits_for[0] if alert.waits_for else alert.closed_by or "e0", number)
        noted = Entry(at=alert.opened, what="step 1 of 2", who=_whom(number, teams), page=page)
        yield "alerts", key, present(alerts.dump(replace(alert, timeline=(noted, *alert.timeline))))
        yield "codes", str(alert.code), present({"v": 1, "alert": key, "closed_at": alert.closed_at})
        yield "pages", page, present(pages.dump(_page(key, alert, number, whole, teams)))
        if number % 50 == 0:
            yield "unrouted", f"u-{number}", _unrouted(key, number, alert)
            yield "texts", f"SM{number:032d}", _text(number, alert, teams)


def fill(path: str, now: int, many: int = ALERTS, teams: int = TEAMS) -> None:
    """Put all of it into a file of SQLite that bugglio has made, without its care for each commit."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    rows = documents(now, many, teams)
    while some := list(islice(rows, AT_ONCE)):
        connection.execute("BEGIN")
        for collection, name, fields in some:
            said = json.dumps(fields, separators=(",", ":"))
            connection.execute(f"INSERT INTO {collection} VALUES (?, 1, ?)", (name, said))  # noqa: S608 - named above
        connection.execute("COMMIT")
    connection.close()


def _engineer(number: int) -> Engineer:
    phone = f"+1{AREAS[number // 100]}55501{number % 100:02d}"
    zone = ZONES[number % len(ZONES)]
    return Engineer(id=f"e{number}", name=f"Engineer {number}", phone=phone, timezone=zone, admin=number < 3)


def _team(number: int, people: list[Engineer]) -> Team:
    first = datetime(2026, 1, 5, 9)  # noqa: DTZ001 - wall time of the team
    rotations = {
        "primary": Rotation("primary", tuple(one.id for one in people), first),
        "secondary": Rotation("secondary", next_of="primary"),
    }
    steps = (Step(("primary",)), Step(("secondary", people[0].id)))
    zone = ZONES[number % len(ZONES)]
    return Team(f"team-{number}", timezone=zone, rotations=rotations, steps=steps, projects=(f"web-{number}",))


def _alert(base: Alert, number: int, now: int, many: int, whole: Book) -> Alert:
    opened = now - SPREAD + SPREAD * number // many
    team = list(whole.teams)[number % len(whole.teams)]
    known = replace(
        base,
        team=team,
        code=100 + number,
        mark=f"{number:016x}",
        error_id=f"{number:024x}",
        error_class=f"Error{number % 97}",
        message=f"cart {number} is empty",
        project=f"web-{number % len(whole.teams)}",
        project_id=f"p-{number % len(whole.teams)}",
        stage="production" if number % 5 else "staging",
        opened=opened,
        born=opened,
        last_arrival=opened + HOUR,
    )
    who = _whom(number, len(whole.teams))
    if number % OPEN_EACH:
        over = alerts.close(alerts.acknowledge(known, who, opened + 3 * MINUTE, HOUR), "by hand", who, opened + HOUR)
        return replace(over, next_at=None)
    if number % (2 * OPEN_EACH):
        return replace(alerts.acknowledge(known, who, opened + MINUTE, 400 * DAY), next_at=None)
    return replace(known, state=TRIGGERED, waits_for=(who,), next_at=now + 100 * DAY)


def _page(key: str, alert: Alert, number: int, whole: Book, teams: int) -> Page:
    who = whole.engineers[_whom(number, teams)]
    state = FAILED if number % 40 == 0 else DELIVERED
    return Page(
        kind="page",
        to=who.id,
        number=who.phone,
        phone=phone_id(who.phone),
        created=alert.opened,
        state=state,
        alert=key,
        code=alert.code,
        cycle=1,
        position=1,
        body=f"#{alert.code} {alert.project} {alert.stage}: {alert.error_class}. Reply ack {alert.code}",
        sid=f"SM{number:032x}",
        cause="the handset is off or unreachable" if state == FAILED else None,
    )


def _whom(number: int, teams: int) -> str:
    return f"e{number % teams * EACH + number // teams % EACH}"


def _unrouted(key: str, number: int, alert: Alert) -> Fields:
    return {
        "v": 1,
        "reason": "rule 1: ignore",
        "trigger": "exception",
        "project_id": alert.project_id,
        "project": alert.project,
        "error_id": alert.error_id,
        "error_class": alert.error_class,
        "message": alert.message,
        "first": alert.opened,
        "last": alert.opened + MINUTE,
        "count": number % 7 + 1,
        "alert": key,
    }


def _text(number: int, alert: Alert, teams: int) -> Fields:
    who = _whom(number, teams)
    return {"v": 1, "at": alert.opened, "from": "0123", "who": who, "body": f"ack {alert.code}", "answer": "Acked."}


def _split(path: str) -> tuple[str, str]:
    collection, _, name = path.partition("/")
    return collection, name


def _base(now: int) -> Alert:
    alert = fold([parse(SAMPLE)], None, lone_roster(ON_DUTY), "0123456789abcdef", now - SPREAD).alert
    if alert is None:
        raise ValueError("the event opened nothing")
    return replace(alert, again_at=None, quiet_after=400 * DAY, current=(), waits_for=(), next_at=None, cycle=1)
