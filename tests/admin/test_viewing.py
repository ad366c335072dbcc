"""Who may look at the pages, and what every answer carries."""

import pytest

from tests.browsing import Desk

PAGES = ("", "/alerts", "/schedule", "/roster", "/pages", "/figures", "/devices")


@pytest.mark.parametrize("page", PAGES)
def test_whoever_is_not_logged_in_is_asked_to(desk: Desk, page: str) -> None:
    assert "Log in" in desk.browser().get(page)


def test_whoever_sends_a_form_after_the_session_has_ended_is_told_that_nothing_was_changed(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("")
    browser.press("Log out")
    page = browser.post("/roster/new-engineer", {"id": "eve", "name": "Eve Fox", "phone": "+14155550105"})
    assert "You are not logged in any more. Nothing was changed: log in, and do it once more." in page


def test_each_page_answers_its_viewer(desk: Desk) -> None:
    browser = desk.browser("ana")
    for page in PAGES:
        assert "Ana Lima" in browser.get(page)


def test_nothing_runs_but_our_own_files_and_nobody_keeps_a_page(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("")
    assert browser.answer is not None
    headers = browser.answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_an_address_that_is_not_there_is_told(desk: Desk) -> None:
    assert "nothing at this address" in desk.browser("ana").get("/nowhere", 404)
