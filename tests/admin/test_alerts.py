"""What is open and what is past, on pages: found by team, state and time, a part at a time."""

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bugglio import alert as alerts
from bugglio.alert import Alert
from bugglio.document import present
from bugglio.roster import HOUR, MINUTE
from bugglio.store import ABSENT, Store, Write
from bugglio.store.counting import CountingStore
from tests.admin.alerting import codes, key_of, opened
from tests.browsing import BEN, CID, Browser, Desk, forms, text_of
from tests.payloads import event


@pytest.fixture(autouse=True)
def untroubled(desk: Desk) -> Iterator[None]:
    """No page of a test ends in a fault of ours."""
    yield
    assert [] == desk.stage.troubles


def links(browser: Browser) -> dict[str, str]:
    """Where the links lead that lead on, by their words."""
    found = re.findall(r'<a class="button quiet" rel="(?:next|prev)" href="([^"]+)">([^<]+)</a>', browser.html)
    return {words: address.replace("&amp;", "&") for address, words in found}


def choose(browser: Browser, verb: str, *keys: str) -> str:
    """Choose these in the shown list, and press a button below it."""
    form = next(one for one in forms(browser.html) if "Close the chosen" in one.buttons)
    return browser.post(form.action, {**form.fields, "alert": list(keys), "verb": verb})


def many(store: Store, count: int, closed: int = 0, team: str = "shop", **more: object) -> None:
    """So many open alerts, and closed ones, a minute apart, straight into the store."""
    made = []
    for number in range(count + closed):
        at = 1_600_000_000_000 + number * MINUTE
        fields: dict[str, object] = {"code": 10_000 + number, "opened": at, "error_class": f"E{number}", **more}
        if number >= count:
            fields |= {"state": "closed", "closed_at": at + HOUR, "how": "by hand"}
        alert = Alert(mark=f"m{number}", team=team, **fields)  # type: ignore[arg-type]  # the fields are its own
        made.append(Write(f"alerts/{number:032x}", ABSENT, put=present(alerts.dump(alert))))
    for start in range(0, len(made), 400):
        store.commit(made[start : start + 400])


# What is listed.


def test_what_is_open_is_listed_with_whom_it_waits_for(desk: Desk) -> None:
    code = opened(desk)
    page = desk.browser("cid").get("/alerts")
    assert f"#{code} TypeError unanswered" in page
    assert "waits for" in page
    assert "1 alert; what waits longest for an answer comes first." in page


def test_nothing_open_and_nothing_past_is_said(desk: Desk) -> None:
    browser = desk.browser("ana")
    assert "Nothing is open." in browser.get("/alerts")
    assert "Nothing was closed." in browser.get("/alerts?past=1")


def test_what_nobody_has_answered_stands_before_what_somebody_has(desk: Desk) -> None:
    first, second, third = (opened(desk, name) for name in ("a", "b", "c"))
    desk.stage.text(BEN, f"ack {first}")
    browser = desk.browser("ana")
    browser.get("/alerts")
    assert [second, third, first] == codes(browser)
    browser.get("/alerts?team=shop")
    assert [second, third, first] == codes(browser)


def test_lists_are_by_team_and_state_and_keep_what_was_asked(desk: Desk) -> None:
    shop, web, asleep = opened(desk, "a"), opened(desk, "b", "site"), opened(desk, "c")
    desk.stage.text(BEN, f"snooze {asleep} 2h")
    browser = desk.browser("ana")
    browser.get("/alerts")
    browser.send("Show", team="web")
    assert [web] == codes(browser)
    browser.send("Show", team="shop", state="snoozed")
    assert [asleep] == codes(browser)
    browser.send("Show", team="", state="snoozed")
    assert [asleep] == codes(browser)
    browser.send("Show", team="", state="unanswered")
    assert [shop, web] == codes(browser)
    assert '<option value="unanswered" selected>' in browser.html


def test_closed_ones_are_listed_by_team_and_how_the_newest_first(desk: Desk) -> None:
    shop, web, fixed = opened(desk, "a"), opened(desk, "b", "site"), opened(desk, "c")
    for number, word in ((BEN, f"close {shop}"), (CID, f"close {web}"), (BEN, f"fix {fixed}")):
        desk.stage.text(number, word)
        desk.stage.clock.advance(minutes=1)
    browser = desk.browser("ana")
    browser.get("/alerts?past=1")
    assert [fixed, web, shop] == codes(browser)
    browser.send("Show", team="shop")
    assert [fixed, shop] == codes(browser)
    page = browser.send("Show", team="shop", state="fixed")
    assert [fixed] == codes(browser)
    assert "closed, fixed" in page
    assert "by Ben Ode" in page
    browser.get("/alerts")
    assert [] == codes(browser)


def test_an_engineer_is_led_to_their_own_teams_lists(desk: Desk) -> None:
    _, web = opened(desk, "a"), opened(desk, "b", "site")
    browser = desk.browser("cid")
    assert "Your team: web" in browser.get("/alerts")
    browser.get("/alerts?team=web")
    assert [web] == codes(browser)
    assert "Your team" not in desk.browser("ana").get("/alerts")


def test_times_are_of_the_viewers_clock(desk: Desk) -> None:
    first, second = opened(desk, "a"), opened(desk, "b")
    desk.stage.text(BEN, f"ack {second}")
    at = datetime.fromtimestamp(desk.stage.clock.now() / 1000 - 60, ZoneInfo("America/New_York"))
    browser = desk.browser("ana")
    for team in ("", "shop"):
        browser.get(f"/alerts?team={team}&since={at:%Y-%m-%dT%H:%M}")
        assert [second] == codes(browser)
        browser.get(f"/alerts?team={team}&until={at:%Y-%m-%dT%H:%M}")
        assert [first] == codes(browser)
        browser.get(f"/alerts?team={team}&state=unanswered&until={at:%Y-%m-%dT%H:%M}")
        assert [first] == codes(browser)
        browser.get(f"/alerts?team={team}&state=unanswered&since={at:%Y-%m-%dT%H:%M}")
        assert [] == codes(browser)
    assert f'value="{at:%Y-%m-%dT%H:%M}"' in browser.html


def test_closed_ones_are_found_by_when_they_were_closed(desk: Desk) -> None:
    many(desk.stage.store, 0, 3)
    browser = desk.browser("dan")
    for team in ("", "shop"):
        browser.get(f"/alerts?past=1&team={team}&since=2020-09-13T14:27&until=2020-09-13T14:28")
        assert [10_001] == codes(browser), team


def test_project_stage_and_words_are_searched_in_what_is_read(desk: Desk) -> None:
    first, second = opened(desk, "a", message="Cart is empty"), opened(desk, "b", "Site", message="no such cart")
    browser = desk.browser("ana")
    page = browser.get("/alerts?words=EMPTY+cart")
    assert [first] == codes(browser)
    assert "Looked through 2 alerts, opened from" in page
    assert "1 fits." in page
    browser.get("/alerts?project=site&stage=PROD")
    assert [second] == codes(browser)
    assert "0 fit." in browser.get("/alerts?stage=staging")
    for words in (str(second), f"%23{second}"):
        browser.get(f"/alerts?words={words}")
        assert [second] == codes(browser)


# A long list.


@pytest.mark.parametrize("query", ["", "team=shop", "state=unanswered", "team=shop&state=unanswered"])
def test_a_long_list_is_gone_through_to_its_end_and_back(desk: Desk, query: str) -> None:
    many(desk.stage.store, 60)
    browser = desk.browser("dan")
    assert "25 alerts, and there are more" in browser.get(f"/alerts?{query}")
    seen, parts = [codes(browser)], 1
    while "Further" in links(browser):
        browser.get(links(browser)["Further"])
        seen.append(codes(browser))
        parts += 1
    assert [10_000 + number for number in range(60)] == [code for part in seen for code in part]
    assert 3 == parts
    browser.get(links(browser)["Back"])
    assert seen[1] == codes(browser)
    browser.get(links(browser)["Back"])
    assert seen[0] == codes(browser)


@pytest.mark.parametrize("query", ["", "&team=shop"])
def test_what_is_past_goes_on_to_older_and_back_to_newer(desk: Desk, query: str) -> None:
    many(desk.stage.store, 5, 55)
    browser = desk.browser("dan")
    browser.get(f"/alerts?past=1{query}")
    first = codes(browser)
    assert [10_059 - number for number in range(25)] == first
    browser.get(links(browser)["Older"])
    assert [10_034 - number for number in range(25)] == codes(browser)
    browser.get(links(browser)["Older"])
    assert [10_009 - number for number in range(5)] == codes(browser)
    assert ["Newer"] == list(links(browser))
    browser.get(links(browser)["Newer"])
    browser.get(links(browser)["Newer"])
    assert first == codes(browser)


def test_looking_further_finds_what_is_far_down(desk: Desk) -> None:
    many(desk.stage.store, 120)
    browser = desk.browser("dan")
    page = browser.get("/alerts?words=e110")
    assert "Looked through 50 alerts" in page
    assert "0 fit." in page
    browser.get(links(browser)["Look further"])
    browser.get(links(browser)["Look further"])
    assert [10_110] == codes(browser)
    assert "Look further" not in links(browser)


@pytest.mark.parametrize("cursor", ["x", "A" * 3_000, "WyJwYWdlcy9hIiwxXQ", "%00", "%F0%9F%98%80"])
@pytest.mark.parametrize("name", ["after", "before"])
def test_a_made_up_cursor_is_refused(desk: Desk, name: str, cursor: str) -> None:
    opened(desk)
    desk.browser("ana").get(f"/alerts?{name}={cursor}", 400)


@pytest.mark.parametrize("kind", ["stands", "closed_at"])
def test_a_cursor_of_another_list_gives_no_fault(desk: Desk, kind: str) -> None:
    many(desk.stage.store, 30, 30)
    browser = desk.browser("dan")
    browser.get("/alerts" if kind == "stands" else "/alerts?past=1")
    cursor = next(iter(links(browser).values())).partition("after=")[2]
    for other in ("past=1", "team=shop", "team=shop&past=1", "since=2020-01-01T00:00", ""):
        browser.get(f"/alerts?{other}&after={cursor}")


@pytest.mark.parametrize(
    "query",
    ["team=a|b", "team=%00", "state=odd", "past=1&state=unanswered", f"words={'x' * 300}", "team=-", "state=by+hand"],
)
def test_what_no_form_could_have_asked_is_refused(desk: Desk, query: str) -> None:
    desk.browser("ana").get(f"/alerts?{query}", 400)


def test_whatever_else_an_address_says_is_left_alone(desk: Desk) -> None:
    opened(desk)
    browser = desk.browser("ana")
    browser.get("/alerts?endpoint=x&_external=1&_scheme=javascript&_anchor=y&key=z&team=shop")
    assert 'action="/admin/alerts?team=shop"' in browser.html


@pytest.mark.parametrize("time", ["tomorrow", "2026-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59", "1000000"])
def test_a_time_that_is_none_is_told_beside_its_field(desk: Desk, time: str) -> None:
    browser = desk.browser("ana")
    assert "This is no time" in browser.get(f"/alerts?since={time}", 400)
    assert 'aria-invalid="true" aria-describedby="since-fault"' in browser.html


def test_an_end_before_its_beginning_is_told(desk: Desk) -> None:
    page = desk.browser("ana").get("/alerts?since=2026-02-02T09:00&until=2026-02-02T08:00", 400)
    assert "This is not after the beginning." in page


QUERIES = (
    *("", "team=shop", "state=unanswered", "team=shop&state=snoozed", "words=zzz", "team=shop&words=zzz"),
    *("past=1", "past=1&team=shop", "past=1&state=fixed", "past=1&team=shop&words=zzz"),
    *(
        "since=2020-01-01T00:00",
        "team=shop&since=2020-01-01T00:00",
        "team=shop&state=unanswered&since=2020-01-01T00:00",
    ),
)


def test_no_list_reads_more_than_sixty_documents_however_many_there_are(desk: Desk) -> None:
    many(desk.stage.store, 300, 300)
    counted = CountingStore(desk.stage.store)
    desk.stage.store = counted
    desk.stage.use_the_store()
    browser = desk.browser("dan")
    for query in QUERIES:
        counted.settle()
        browser.get(f"/alerts?{query}")
        assert 60 >= counted.settle().reads, query
        for address in links(browser).values():
            browser.get(address)
            assert 60 >= counted.settle().reads, address


# Who may do what.


def test_only_their_own_teams_alerts_can_be_chosen(desk: Desk) -> None:
    shop, web = opened(desk, "a"), opened(desk, "b", "site")
    browser = desk.browser("cid")
    browser.get("/alerts")
    assert [shop, web] == codes(browser)
    assert [key_of(desk, web)] == re.findall(r'type="checkbox" name="alert" value="(\w+)"', browser.html)


def test_several_are_acknowledged_at_once_and_the_list_stays_as_it_was_asked(desk: Desk) -> None:
    some = [opened(desk, name) for name in ("a", "b", "c")]
    browser = desk.browser("ben")
    browser.get("/alerts?team=shop")
    keys = [key_of(desk, code) for code in some[:2]]
    page = choose(browser, "ack", *keys)
    assert f"Acked {some[0]} TypeError checkout-api, {some[1]} TypeError checkout-api." in page
    assert "team=shop" in browser.address
    assert [some[2], some[0], some[1]] == codes(browser)
    page = choose(browser, "close", *keys)
    assert [some[2]] == codes(browser)


def test_what_was_chosen_and_has_been_settled_meanwhile_is_told(desk: Desk) -> None:
    first, second = opened(desk, "a"), opened(desk, "b")
    browser = desk.browser("ana")
    browser.get("/alerts")
    desk.stage.text(BEN, f"ack {first}")
    desk.stage.clock.advance(minutes=2)
    page = choose(browser, "ack", key_of(desk, first), key_of(desk, second))
    assert (
        f"Acked {second} TypeError checkout-api. {first} TypeError checkout-api was acked by Ben Ode 2 min ago." in page
    )


def test_choosing_what_is_not_there_changes_nothing(desk: Desk) -> None:
    opened(desk)
    browser = desk.browser("ben")
    browser.get("/alerts")
    assert "Nothing changed: there is no such alert." in choose(browser, "close", "f" * 32)


def test_choosing_none_changes_nothing(desk: Desk) -> None:
    opened(desk)
    browser = desk.browser("ben")
    browser.get("/alerts")
    assert "Nothing changed: choose the alerts first." in choose(browser, "ack")


@pytest.mark.parametrize(
    "fields",
    [
        {"verb": "fix", "alert": "a" * 32},
        {"verb": "escalate", "alert": "a" * 32},
        {"verb": "ack", "alert": "../codes/1"},
        {"verb": "ack", "alert": "x" * 200},
        {"verb": "ack", "alert": [f"{n:032x}" for n in range(26)]},
        {"verb": "ack", "alert": "a" * 32, "token": "no token"},
        {"verb": "", "alert": "a" * 32},
    ],
)
def test_what_no_list_could_have_sent_is_refused(desk: Desk, fields: dict[str, str | list[str]]) -> None:
    opened(desk)
    browser = desk.browser("ben")
    browser.get("/alerts")
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.html)
    press = re.search(r'name="token" value="([^"]+)"', browser.html)
    assert token is not None
    assert press is not None
    browser.post("/alerts", {"csrf_token": token[1], "token": press[1], **fields}, 400)
    assert "triggered" == desk.stage.alerts()[0]["state"]


# What came from outside is text.

SCRIPTS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "javascript:alert(1)")


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_is_text_wherever_it_stands_in_a_list(desk: Desk, script: str) -> None:
    code = desk.stage.webhook(
        event(
            error={
                "errorId": "e-9",
                "exceptionClass": script,
                "message": script,
                "context": script,
                "releaseStage": script,
                "severity": script,
                "url": script,
            },
            project={"name": script, "id": "p-9"},
        )
    )["code"]
    browser = desk.browser("ana")
    for address in ("/alerts", f"/alerts?project={script.replace('&', '')}&words={script}", f"/alerts/code/{code}"):
        page = browser.get(address)
        assert text_of(browser.html) == page
        assert "<script>alert" not in browser.html
        assert "<img src=x" not in browser.html
        # Of what is seen alone: a token may have any digits in it.
        assert not script.startswith("{{") or "{{7*7}}" in page
        assert 'href="javascript' not in browser.html
