"""A first evening with bugglio in a real browser: from the code on the phone's page to an alert's timeline."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.chromium import launched
from tests.payloads import event
from tests.running import PATIENCE, Running, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ON_DUTY = "+14155550101"
"""The phone of the engineer of last resort, who is an admin: a first run makes it up."""
BEN = "+14155550102"


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    yield from launched()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "data") as started:
        yield started


def logged_in(page: "Page", run: Running) -> None:
    """Ask for a code, and read it where it arrives."""
    page.goto(run.pages)
    page.get_by_label("Your phone number").fill("+1 415 555 0101")
    page.get_by_role("button", name="Text me a code").click()
    phone = page.context.new_page()
    phone.goto(f"{run.phones}")
    said = phone.get_by_text(re.compile(r"\d{6} is your bugglio code")).first
    said.wait_for()
    code = re.search(r"\d{6}", said.inner_text())
    assert code is not None
    phone.close()
    page.get_by_label("Code").fill(code[0])
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="On duty").wait_for()


def paged(run: Running, code: int) -> list[str]:
    """Who got a text about it, which a busy machine leaves to the next tick."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = [str(one["to"]) for one in run.messages() if f"#{code}" in one["body"]]
        if found:
            return found
        time.sleep(0.1)
    return []


def save(page: "Page") -> None:
    """See what changes, and save it; the page that follows is there."""
    page.get_by_role("button", name="See what changes").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()


def test_from_the_first_code_to_the_timeline(chromium: "Browser", run: Running) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    logged_in(page, run)

    # Two engineers.
    for id_, name, number in (("ana", "Ana Lima", ON_DUTY), ("ben", "Ben Ode", BEN)):
        page.goto(f"{run.pages}/roster/new-engineer")
        page.get_by_label("Id", exact=True).fill(id_)
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Mobile number").fill(number)
        save(page)
        page.get_by_text(name).first.wait_for()

    # A team that takes every project, and a rotation in it.
    page.goto(f"{run.pages}/roster/new-team")
    page.get_by_label("Id", exact=True).fill("shop")
    page.get_by_label("Bugsnag projects").fill("*")
    save(page)
    page.goto(f"{run.pages}/roster/teams/shop/new-rotation")
    page.get_by_label("Id", exact=True).fill("primary")
    page.get_by_label("Turn 1", exact=True).fill("ben")
    page.get_by_role("button", name="Add an engineer").click()
    page.get_by_label("Turn 2", exact=True).fill("ana")
    # It is Ben's first week, whatever day it is: a shift that is Ana's already she cannot take.
    page.get_by_label("First handoff").fill(f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT09:00}")
    save(page)

    # It stands in the schedule, and a shift is taken over.
    page.goto(f"{run.pages}/schedule?show=all")
    picture = page.get_by_role("img").first
    picture.wait_for()
    assert "Ben Ode" in page.content()
    page.goto(f"{run.pages}/schedule/take")
    page.get_by_label("When", exact=True).fill("2h")
    page.get_by_role("button", name="I take it").click()
    page.get_by_text(re.compile("You are on for shop")).first.wait_for()

    # A page arrives.
    code = run.post(event())["code"]
    page.goto(run.pages)
    page.get_by_role("link", name=re.compile(f"#{code}")).first.click()
    page.get_by_role("heading", name=re.compile(f"#{code}")).wait_for()
    assert paged(run, code) == [ON_DUTY]
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text(re.compile(f"Acked {code}")).first.wait_for()
    page.get_by_label("Note").fill("<b>rolled back</b>")
    page.get_by_role("button", name="Add the note").click()
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_text(re.compile(f"Closed {code}")).first.wait_for()

    # Its timeline tells all of it.
    story = page.locator("main").inner_text()
    for told in ("Opened", "Paged", "Ana Lima", "cknowledged", "<b>rolled back</b>", "losed", "admin page"):
        assert told in story, story
    context.close()
