"""Bugsnag's projects on the admin pages: which team answers for each, giving them to a team; what opened nothing."""

from typing import Any

import pytest

from bugglio.pager.applying import Applying
from bugglio.roster import Book
from bugglio.store import ABSENT, Write
from bugglio.store.counting import CountingStore
from bugglio.store.sqlite import SqliteStore
from tests.browsing import ROSTER, Browser, Desk, apply
from tests.clock import Clock
from tests.payloads import event
from tests.stage import staged

SCRIPT = "<script>alert(1)</script>"
MOST = 60


def book(desk: Desk) -> Book:
    """What is applied."""
    return Applying(desk.stage.works.kit).current()


def seen(store: Any, count: int, **more: str) -> None:
    """So many projects were seen, one after the other."""
    fields = [{"v": 1, "id": f"p-{at}", "name": f"app-{at}", "seen": 1_000_000 + at, **more} for at in range(count)]
    store.commit([Write(f"projects/p-{at}", ABSENT, put=each) for at, each in enumerate(fields)])


def at_projects(desk: Desk) -> Browser:
    """An admin's browser, at the projects."""
    browser = desk.browser("ana")
    browser.get("/roster/projects")
    return browser


def row_of(browser: Browser, project: str) -> str:
    """The row of a project."""
    return next(row for row in browser.html.split("<li>") if f"<strong>{project}</strong>" in row)


def test_a_project_that_was_seen_is_listed_with_the_team_that_answers_for_it(desk: Desk) -> None:
    desk.stage.webhook(event())
    desk.stage.webhook(event(error={"errorId": "e-2"}, project={"id": "p-2", "name": "billing"}))
    browser = at_projects(desk)
    assert "/roster/teams/shop" in row_of(browser, "checkout-api")
    assert "no team names" not in row_of(browser, "checkout-api")
    assert "/roster/teams/web" in row_of(browser, "billing")
    assert "as it takes what no team names" in row_of(browser, "billing")


def test_a_project_without_a_team_is_told(desk: Desk) -> None:
    apply(desk.stage, ROSTER.replace('projects: ["*"]', "projects: [other]"))
    desk.stage.webhook(event(project={"id": "p-2", "name": "billing"}))
    browser = at_projects(desk)
    assert "No team" in row_of(browser, "billing")
    assert "What no team names pages the last resort, Ana Lima." in browser.get("/roster/projects")


def test_ticked_projects_are_given_to_a_team_by_name(desk: Desk) -> None:
    seen(desk.stage.works.kit.store, 3)
    page = at_projects(desk).send(project=["p-0", "p-2"], team="shop")
    assert "team shop: project app-2: new" in page


def test_a_project_goes_from_one_team_to_another_by_id_and_its_errors_follow(desk: Desk) -> None:
    desk.stage.webhook(event())
    browser = at_projects(desk)
    page = browser.send(project="p-1", team="web", by="id")
    assert "team shop: project checkout-api: gone" in page
    assert "team web: project p-1: new" in page
    assert "1 project was given to web." in browser.press("Save")
    assert ((), ("*", "p-1")) == tuple(book(desk).teams[team].projects for team in ("shop", "web"))
    assert "no team names" not in row_of(browser, "checkout-api")


def test_a_project_may_be_taken_from_all_teams(desk: Desk) -> None:
    desk.stage.webhook(event())
    browser = at_projects(desk)
    browser.send(project="p-1", team="")
    browser.press("Save")
    assert () == book(desk).teams["shop"].projects


def test_what_a_team_has_already_changes_nothing(desk: Desk) -> None:
    desk.stage.webhook(event())
    assert "Nothing changes" in at_projects(desk).send(project="p-1", team="shop")


def test_a_team_that_there_is_not_and_no_project_are_faults_and_what_was_ticked_stays(desk: Desk) -> None:
    seen(desk.stage.works.kit.store, 2)
    browser = at_projects(desk)
    assert 2 == browser.send(project="p-1", team="shpo", status=422).count("Found `shpo`, expected the id of a team")
    assert 'value="p-1" checked' in browser.html
    assert 'value="shpo"' in browser.html
    assert "Found no project that is ticked" in browser.send(project=[], team="shop", status=422)


def test_the_preview_leads_back_to_what_was_ticked(desk: Desk) -> None:
    seen(desk.stage.works.kit.store, 2)
    browser = at_projects(desk)
    browser.send(project="p-1", team="shop", by="id")
    browser.press("Back to the form")
    assert 'value="p-1" checked' in browser.html
    assert 'value="id" checked' in browser.html


def test_before_there_is_a_roster_no_team_answers_for_a_project(sqlite: SqliteStore, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        stage.use_the_store()
        seen(sqlite, 1)
        browser = Desk(stage).browser("on-duty")
        browser.get("/roster/projects")
        assert "No team" in row_of(browser, "app-0")
        browser.send(project="p-0", team="", status=200)


@pytest.mark.parametrize("key", ["../x", "", "a/b", "__x__", "x" * 200, "none"])
def test_what_is_no_project_is_not_given(desk: Desk, key: str) -> None:
    seen(desk.stage.works.kit.store, 1)
    assert "Found no project that is ticked" in at_projects(desk).send(project=[key], team="shop", status=422)


def test_script_in_a_project_is_shown_as_text(desk: Desk) -> None:
    seen(desk.stage.works.kit.store, 1, name=SCRIPT, account=SCRIPT)
    browser = at_projects(desk)
    assert SCRIPT not in browser.html
    assert 2 == browser.html.count("&lt;script&gt;")


def test_events_that_opened_nothing_are_told_with_the_reason_the_latest_first(desk: Desk) -> None:
    apply(desk.stage, ROSTER + "    rules: [{if: {stage: staging}, then: ignore}]\n")
    for error in ("a", "b", "b"):
        staging = {"errorId": error, "releaseStage": "staging", "exceptionClass": error, "message": SCRIPT}
        desk.stage.webhook(event(error=staging, project={"id": "p-2", "name": "billing"}))
        desk.stage.wait(minutes=1)
    browser = desk.browser("ana")
    page = browser.get("/roster/unrouted")
    assert "firstException, 2 times, last" in page
    assert page.index("billing: b") < page.index("billing: a")
    assert SCRIPT not in browser.html


def test_long_lists_go_on_and_no_page_of_them_reads_over_60_documents(sqlite: SqliteStore, clock: Clock) -> None:
    counting = CountingStore(sqlite)
    with staged(counting, clock) as stage:
        stage.use_the_store()
        apply(stage, ROSTER)
        seen(sqlite, 120)
        told = [{"v": 1, "reason": f"why {at}", "count": 1, "first": at, "last": at} for at in range(120)]
        sqlite.commit([Write(f"unrouted/u-{at}", ABSENT, put=one) for at, one in enumerate(told)])
        browser = Desk(stage).browser("ana")
        for address, names in (("projects", "app-"), ("unrouted", "why ")):
            found: list[str] = []
            there = f"/roster/{address}"
            while there:
                counting.settle()
                page = browser.get(there)
                assert counting.settle().reads <= MOST
                found += [word for word in page.replace(names, f" {names.strip()}\0").split() if "\0" in word]
                more = browser.html.split("Older ones</a>")[0].split('href="')[-1].split('"')[0]
                there = more if "Older ones</a>" in browser.html else ""
            assert [f"{names.strip()}\0{at}" for at in reversed(range(120))] == found


def test_giving_projects_away_reads_no_more_than_60_documents(sqlite: SqliteStore, clock: Clock) -> None:
    counting = CountingStore(sqlite)
    with staged(counting, clock) as stage:
        stage.use_the_store()
        apply(stage, ROSTER)
        seen(sqlite, 60)
        browser = at_projects(Desk(stage))
        counting.settle()
        browser.send(project=[f"p-{at}" for at in range(10, 60)], team="shop")
        assert counting.settle().reads <= MOST
