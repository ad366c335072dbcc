"""Every kind of page in a real browser, light and dark, wide and narrow: axe-core finds nothing serious or critical."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from bugglio.simulator.trouble import Misbehaviour
from tests.browsing import BEN, CID, Desk
from tests.chromium import launched, look, opened
from tests.crawling import crawl
from tests.payloads import event
from tests.stage import ANA, PUBLIC

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    yield from launched()


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A pager with something on every page: alerts in each state, failed and waiting texts, an override, figures."""
    stage = desk.stage
    for number in range(4):
        error = {"errorId": f"e-{number}", "exceptionClass": f"Error{number}", "message": "<b>bold</b> " + "x" * 200}
        stage.webhook(event(error=error))
        stage.simulator.settle()
    stage.text(ANA, "status")
    stage.text(BEN, "ack")
    stage.simulator.misbehave(Misbehaviour("undelivered", code=30003))
    stage.wait(minutes=8, step=30)
    stage.simulator.settle()
    stage.simulator.misbehave(None)
    stage.text(CID, "take web 2h")
    stage.webhook(event("comment", project={"id": "p-9", "name": "elsewhere"}, error={"errorId": "e-9"}))
    stage.text(ANA, "close all")
    stage.text(ANA, "ok")
    stage.wait(minutes=180, step=300)
    stage.webhook(event(error={"errorId": "e-10"}))
    stage.simulator.settle()
    return desk


@pytest.mark.timeout(280)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_serious_on_any_page(chromium: "Browser", busy: Desk, scheme: str, width: int) -> None:
    found = list(crawl(busy.stage, busy.browser("ana"), each=1))
    assert len(found) > 30

    with opened(chromium, busy, "ana", width=width, scheme=scheme) as page:
        for address in found:
            answer = page.goto(f"{PUBLIC}{address}") if not address.endswith((".yaml", "/export")) else None
            if answer is not None and "text/html" in answer.headers["content-type"]:
                look(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nor_where_nobody_is_logged_in(chromium: "Browser", desk: Desk, scheme: str) -> None:
    with opened(chromium, desk, "", width=360, scheme=scheme) as page:
        page.goto(f"{PUBLIC}/admin/login")
        look(page)
        page.get_by_label("Your phone number").fill(BEN)
    with opened(chromium, desk, "ana", width=360, scheme=scheme) as page:
        page.goto(f"{PUBLIC}/admin/nowhere")
        look(page)
