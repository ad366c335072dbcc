"""The first page in a real browser: it keeps itself up to date, and disturbs nobody."""

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browsing import BEN, Desk
from tests.chromium import launched
from tests.payloads import event
from tests.stage import PUBLIC

pytestmark = pytest.mark.browser

ROUND = 21_000
"""Milliseconds in which the page refreshes once."""


class Wire:
    """Between a real browser and the pager's doors; it can be cut."""

    def __init__(self, desk: Desk) -> None:
        self.cut = False
        self.client = desk.browser("ana").client

    def __call__(self, route: Route) -> None:
        if self.cut:
            return route.abort()
        asked = route.request
        there = urlsplit(asked.url)
        answer = self.client.open(
            path=there.path, query_string=there.query, method=asked.method, base_url=PUBLIC, headers={"Referer": PUBLIC}
        )
        with closing(answer):
            return route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.get_data())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from launched()


@pytest.fixture
def wire(desk: Desk) -> Wire:
    desk.stage.tick()
    return Wire(desk)


@pytest.fixture
def page(browser: Browser, wire: Wire) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 640})
    context.route("**/*", wire)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{PUBLIC}/admin")
    yield page
    context.close()


def test_a_new_alert_is_shown_without_a_reload_and_what_somebody_does_goes_on(desk: Desk, page: Page) -> None:
    desk.stage.webhook(event())
    page.reload()
    page.evaluate("window.mark = document.querySelector('.rows.links a'); mark.focus(); scrollTo(0, 120)")
    expect(page.locator(".rows.links li")).to_have_count(1)
    desk.stage.webhook(event(error={"errorId": "other", "exceptionClass": "IOError"}))
    page.clock.run_for(ROUND)
    expect(page.locator(".rows.links li")).to_have_count(2)
    expect(page.locator("#sentence")).to_contain_text("2 open")
    assert page.evaluate("document.activeElement === mark && scrollY") == 120


def test_the_sentence_changes_only_when_something_happens(desk: Desk, page: Page) -> None:
    desk.stage.webhook(event())
    page.reload()
    page.evaluate(
        "window.said = 0; new MutationObserver(() => said += 1)"
        ".observe(document.getElementById('sentence'), {subtree: true, childList: true, characterData: true})"
    )
    desk.stage.clock.advance(minutes=2)
    page.clock.run_for(ROUND)
    expect(page.locator(".banner")).to_contain_text("(2 min)")
    assert page.evaluate("said") == 0
    desk.stage.text(BEN, "ack")
    page.clock.run_for(ROUND)
    expect(page.locator("#sentence")).to_contain_text("Ben Ode has")
    assert page.evaluate("said") > 0


def test_while_the_server_is_away_the_page_says_how_old_it_is(wire: Wire, page: Page) -> None:
    wire.cut = True
    page.clock.run_for(ROUND)
    expect(page.locator(".stale")).to_contain_text("Not refreshed since ")
    expect(page.locator("#sentence")).to_be_visible()
    wire.cut = False
    page.clock.run_for(3 * ROUND)
    expect(page.locator(".stale")).to_have_count(0)


def test_whoever_is_logged_out_meanwhile_is_led_to_the_login(wire: Wire, page: Page) -> None:
    wire.client.delete_cookie("bugglio", domain=urlsplit(PUBLIC).hostname or "", path="/admin")
    page.clock.run_for(ROUND)
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert "/admin/login" in page.url


def test_what_is_typed_or_ticked_is_never_taken_over_by_another_field(page: Page) -> None:
    one, two = (f"<li><input type=checkbox name=a value={n}>{n}</li>" for n in (1, 2))
    note, other = (f"<form action=/{where}><input name=note></form>" for where in "xy")
    page.set_content(
        "<script src='/admin/files/admin.js'></script>"
        f"<div id=old><ul>{one}{two}</ul>{note}</div>"
        f"<div id=new><ul>{one.replace('1', '0')}{one}{two}</ul>{other}{note}</div>"
    )
    page.evaluate("document.querySelector('#old [value=\"1\"]').checked = true")
    page.locator("#old form input").fill("rolled back")
    page.evaluate("fill(document.getElementById('old'), document.getElementById('new'))")
    assert page.evaluate("[...document.querySelectorAll('#old :checked')].filter((one) => one.value !== '1')") == []
    assert page.locator("#old form[action='/x'] input").input_value() == "rolled back"
    assert not page.locator("#old form[action='/y'] input").input_value()
    assert page.evaluate("document.getElementById('old').innerHTML === document.getElementById('new').innerHTML")
