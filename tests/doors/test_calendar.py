"""The address that a calendar fetches: its answers, and what strangers get."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import pytest
from icalendar import Calendar, Event

from bugglio.app import App, Parts
from bugglio.pager.feeds import Feeds
from bugglio.roster import Roster
from bugglio.store import Unreachable
from tests.clock import Clock
from tests.doors.calling import METHODS, Answer, app_of, call, sentence, settings_for
from tests.stage import Stage, staged
from tests.turns import cover, roster

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore

NOTHING = "There is no calendar at this address."


@pytest.fixture
def crew(sqlite: "SqliteStore", clock: Clock) -> Iterator[Stage]:
    """A pager with people who take turns."""
    with staged(sqlite, clock, roster()) as stage:
        yield stage


def feeds(stage: Stage) -> Feeds:
    return Feeds(stage.works.kit)


def fetch(app: App, path: str, *, method: str = "GET", entry: str = "bugglio", **headers: str) -> Answer:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return call(app, path, headers=told, method=method, entry=entry)


@pytest.mark.parametrize(("kind", "id_", "name"), [("engineer", "ana", "Ana Lima"), ("team", "shop", "shop")])
def test_a_calendar_fetches_its_feed(crew: Stage, kind: str, id_: str, name: str) -> None:
    answer = fetch(crew.app, feeds(crew).address_path(kind, id_))

    assert 200 == answer.status
    assert f"On call: {name}" == str(Calendar.from_ical(answer.text)["X-WR-CALNAME"])
    assert "text/calendar; charset=utf-8" == answer.headers["Content-Type"]
    assert f'inline; filename="{id_}.ics"' == answer.headers["Content-Disposition"]
    assert "private, max-age=300" == answer.headers["Cache-Control"]
    assert "noindex" == answer.headers["X-Robots-Tag"]
    assert len(answer.text.encode()) == int(answer.headers["Content-Length"])


def test_it_is_found_under_every_address_that_a_deployment_has(sqlite: "SqliteStore", clock: Clock) -> None:
    with staged(sqlite, clock, roster(), BUGGLIO_PUBLIC_URL="https://host.test/pager") as stage:
        path = feeds(stage).address_path("engineer", "ana")
        found = [("bugglio", path), ("bugglio", f"/pager{path}")]
        alone = [("admin", path), ("admin", f"/pager{path}"), ("admin", path.removeprefix("/admin"))]
        for entry, address in (*found, *alone):
            assert 200 == fetch(stage.app, address, entry=entry).status, (entry, address)
        for entry, address in (("bugglio", path.removeprefix("/admin")), ("admin", f"/other{path}")):
            assert 404 == fetch(stage.app, address, entry=entry).status, (entry, address)


@pytest.mark.parametrize("entry", ["admin", "bugglio"])
@pytest.mark.parametrize(
    "path",
    [
        "/admin/calendar/",
        "/admin/calendar/engineer/ana",
        "/admin/calendar/engineer/ana/.ics",
        "/admin/calendar/engineer/ana/SECRET",
        "/admin/calendar/engineer/ana/SECRET.ics/",
        "/admin/calendar/engineer/ana/SECRET.ics%0A",
        "/admin/calendar/engineer/ANA/SECRET.ics",
        "/admin/calendar/engineer/zoe/SECRET.ics",
        "/admin/calendar/engineer/ben/SECRET.ics",
        "/admin/calendar/engineer/../ana/SECRET.ics",
        "/admin/calendar/team/ana/SECRET.ics",
        "/admin/calendar/person/ana/SECRET.ics",
        "/admin/calendar/engineer/ana/" + "x" * 32 + ".ics",
        "/admin/calendar/engineer/ana/" + "x" * 5_000 + ".ics",
        "/admin/calendar/engineer/%F0%9F%98%80/SECRET.ics",
        "/admin/calendar/engineer/%FF/SECRET.ics",
    ],
)
def test_strangers_learn_nothing(crew: Stage, entry: str, path: str) -> None:
    secret = feeds(crew).address_path("engineer", "ana").rpartition("/")[2].removesuffix(".ics")

    answer = fetch(crew.app, path.replace("SECRET", secret), entry=entry)

    assert NOTHING == sentence(answer, 404)
    assert [] == crew.troubles


def test_a_renewed_address_replaces_the_one_before(crew: Stage) -> None:
    before = feeds(crew).address_path("engineer", "ana")

    after = feeds(crew).renew("engineer", "ana")

    assert NOTHING == sentence(fetch(crew.app, before), 404)
    assert 200 == fetch(crew.app, after).status


def test_who_has_left_the_roster_has_no_calendar(crew: Stage) -> None:
    path = feeds(crew).address_path("engineer", "ben")

    crew.roster = replace(crew.roster, engineers={"ana": crew.roster.engineers["ana"]})

    assert NOTHING == sentence(fetch(crew.app, path), 404)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/admin/calendar/engineer/ana/SECRET.ics", "/admin/calendar/nothing"])
def test_a_calendar_can_be_read_and_nothing_else(crew: Stage, path: str, method: str) -> None:
    good = feeds(crew).address_path("engineer", "ana")

    answer = fetch(crew.app, good if "SECRET" in path else path, method=method)

    if method in ("GET", "HEAD"):
        assert (200 if "SECRET" in path else 404) == answer.status
        assert (method == "HEAD") == (answer.text == "")
    else:
        assert "This address takes GET, HEAD only." == sentence(answer, 405)


def test_a_calendar_that_has_it_already_is_told_so_until_something_changes(crew: Stage, clock: Clock) -> None:
    path = feeds(crew).address_path("engineer", "ana")
    tag = fetch(crew.app, path).headers["ETag"]
    assert re.fullmatch(r'W/"[0-9a-f]{24}"', tag)

    clock.advance(hours=6)
    again = fetch(crew.app, path, If_None_Match=tag)
    assert (304, "", tag) == (again.status, again.text, again.headers["ETag"])
    assert 304 == fetch(crew.app, path, method="HEAD", If_None_Match=f'"other", {tag}').status
    assert 200 == fetch(crew.app, path, If_None_Match='"other"').status

    now = clock.now()
    crew.roster = roster(covers=(cover(now + 3_600_000, now + 7_200_000, "ben"),))
    changed = fetch(crew.app, path, If_None_Match=tag)
    assert 200 == changed.status
    assert tag != changed.headers["ETag"]


def test_an_override_shows_at_the_next_fetch_and_so_does_its_end(crew: Stage, clock: Clock) -> None:
    path, now, without = feeds(crew).address_path("engineer", "ana"), clock.now(), crew.roster

    def shift() -> tuple[int, float]:
        """Of the shift that has begun: its revision, and its length in hours."""
        events = Calendar.from_ical(fetch(crew.app, path).text).walk("VEVENT")
        (event,) = [one for one in events if str(one["UID"]) == f"ana.shop.primary.{now}@bugglio"]
        assert isinstance(event, Event)
        return int(str(event["SEQUENCE"])), event.duration.total_seconds() / 3600

    whole = shift()
    clock.advance(minutes=1)
    crew.roster = roster(covers=(cover(now + 7_200_000, now + 14_400_000, "ben"),))
    short = shift()
    clock.advance(minutes=1)
    crew.roster = without
    restored = shift()

    assert [168.0, 2.0, 168.0] == [length for _, length in (whole, short, restored)]
    assert whole[0] < short[0] < restored[0], "a calendar takes only what is newer than what it has"


class Lost:
    """A store that cannot be asked."""

    def __getattr__(self, name: str) -> NoReturn:
        raise Unreachable(f"{name}: the network is down")


@pytest.mark.parametrize("people", [None, roster])
def test_without_the_store_a_calendar_is_told_to_come_again(people: Callable[[], Roster] | None) -> None:
    parts = Parts(store=Lost(), roster=people)
    app, troubles = app_of(settings_for(), parts)

    answer = fetch(app, "/admin/calendar/engineer/ana/" + "x" * 32 + ".ics")

    assert "The store cannot be reached." == sentence(answer, 503)
    assert [] == troubles


@pytest.mark.parametrize("path", ["/bugsnag", "/sms", "/tick", "/administer/calendar/x"])
def test_of_admin_nothing_is_at_other_addresses(crew: Stage, path: str) -> None:
    answer = fetch(crew.app, path, entry="admin")

    assert 404 == answer.status
    assert "There is nothing at this address." in answer.text


@pytest.mark.parametrize("path", ["/", "", "/admin", "/admin/"])
def test_of_admin_nothing_but_the_calendars_is_open(crew: Stage, path: str) -> None:
    answer = fetch(crew.app, path, entry="admin")

    assert answer.status in (302, 303)
    assert "/admin/login" in answer.headers["Location"]


@pytest.mark.parametrize("path", ["/health", "/admin/health"])
def test_admin_says_whether_the_pager_is_up(crew: Stage, path: str) -> None:
    assert {"up": True} == fetch(crew.app, path, entry="admin").facts
