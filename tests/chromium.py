"""Debian's Chromium, whose requests go to the pager's doors: without a network, by the test's clock."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.browsing import Desk
from tests.stage import PUBLIC
from tests.stores import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

FOUND = shutil.which("chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
SMALL = """
[...document.querySelectorAll('main button, main a.button, main summary, main select, main input:not([type=hidden])')]
    .map(one => one.closest('label') || one)
    .filter(one => { const box = one.getBoundingClientRect(); return box.width > 2 && box.height < 43.5 })
    .map(one => one.outerHTML.slice(0, 120))
"""
"""What a thumb would miss."""


def launched() -> "Iterator[Browser]":
    """A browser; where there is none the test is skipped, but in CI."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE * 1000)
    if FOUND is None and os.environ.get("CI") == "true":
        pytest.fail("Chromium is not installed")
    if FOUND is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=FOUND, args=FLAGS)
        yield chromium
        chromium.close()


@contextmanager
def opened(
    chromium: "Browser", desk: Desk, person: str, *, width: int = 1280, scheme: str = "light"
) -> "Iterator[Page]":
    """A page of somebody's, who has logged in a moment ago; what its console complains of is a failure."""
    client = desk.browser(person).client

    def serve(route: "Route") -> None:
        asked, there = route.request, urlsplit(route.request.url)
        answer = client.open(
            path=there.path,
            query_string=there.query,
            method=asked.method,
            data=asked.post_data_buffer,
            content_type=asked.headers.get("content-type"),
            base_url=PUBLIC,
            headers={"Referer": PUBLIC},
        )
        with closing(answer):
            route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.get_data())

    context = chromium.new_context(
        viewport={"width": width, "height": 740},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.route("**/*", serve)
    page, said = context.new_page(), list[str]()
    page.on("console", lambda one: said.append(one.text))
    yield page
    assert [] == [one for one in said if "status of 4" not in one]
    context.close()


def look(page: "Page") -> None:
    """Fail where axe-core finds a serious fault, where the page is too wide, or a button too small for a thumb."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert [] == [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert [] == page.evaluate(SMALL), page.url
