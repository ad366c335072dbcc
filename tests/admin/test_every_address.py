"""Each address that the pages have: with ids that are none, without a form's token, and as somebody who is no admin."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from bugglio.admin.viewing import FILES
from bugglio.store.backup import dumped
from tests.admin.alerting import opened
from tests.browsing import Browser, Desk
from tests.crawling import crawl, pages_of
from tests.stage import PUBLIC

pytestmark = pytest.mark.slow

IDS = ("1", "__id__", "..", ".", "a/b", "a" * 3_000, "9" * 30, "\0", "\r\nX-Evil: 1", "{{7*7}}", "%2e%2e", "é", "-1")
ENDING = ("/logout", "/devices/end-all")
"""After these nobody is logged in."""


def addresses(desk: Desk, id_: str = "shop", method: str = "GET") -> Iterator[tuple[str, str]]:
    """Endpoint and address of each page that takes this method, with this id in it."""
    for rule in pages_of(desk.stage).url_map.iter_rules():
        if rule.endpoint not in FILES and method in (rule.methods or set()):
            yield rule.endpoint, re.sub(r"<[^>]*>", lambda _: quote(id_, safe=""), rule.rule)


def asked(browser: Browser, method: str, address: str, fields: dict[str, str] | None = None) -> TestResponse:
    headers = {"Referer": f"{PUBLIC}/admin"}
    return browser.client.open(f"/admin{address}", method=method, data=fields, base_url=PUBLIC, headers=headers)


def token(browser: Browser, address: str) -> str:
    browser.get(address)
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.html)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("id_", IDS)
def test_an_id_that_is_none_is_no_fault_of_ours(desk: Desk, id_: str) -> None:
    ana = desk.browser("ana")
    csrf = token(ana, "/devices")
    seen = 0
    for method in ("GET", "POST"):
        for _, address in addresses(desk, id_, method):
            if "<" in address or address in ENDING:
                continue
            answer = asked(ana, method, address, {"csrf_token": csrf} if method == "POST" else None)
            assert answer.status_code < 500, (method, address)
            assert "X-Evil" not in answer.headers
            assert answer.headers.get("Location", "/admin").startswith("/admin"), (method, address)
            seen += 1
    assert seen > 50
    assert [] == desk.stage.troubles


@pytest.mark.promise("P4")
def test_no_form_is_taken_without_the_token_of_its_session(desk: Desk) -> None:
    opened(desk)
    ana = desk.browser("ana")
    mine = token(ana, "/devices")
    theirs = {"none": {}, "another's": token(desk.browser("dan"), "/devices"), "login": token(desk.browser(), "/login")}
    before = list(dumped(desk.stage.store))
    seen = 0
    for _, address in addresses(desk, method="POST"):
        for told in theirs.values():
            fields = {"verb": "ack", "id": "ana", **({"csrf_token": told} if isinstance(told, str) else {})}
            assert 400 == asked(ana, "POST", address, fields).status_code, address
            seen += 1
    assert before == list(dumped(desk.stage.store))
    assert seen > 60
    assert 303 == asked(ana, "POST", "/devices/end", {"csrf_token": mine}).status_code


@pytest.mark.promise("P4")
def test_nothing_of_the_roster_is_an_engineers_by_any_method(desk: Desk) -> None:
    ben = desk.browser("ben")
    csrf = token(ben, "/devices")
    before = list(dumped(desk.stage.store))
    seen = 0
    for method in ("GET", "HEAD", "POST"):
        for endpoint, address in addresses(desk, method=method):
            if endpoint.startswith("roster."):
                fields = {"csrf_token": csrf} if method == "POST" else None
                assert 403 == asked(ben, method, address, fields).status_code, (method, address)
                seen += 1
    assert before == list(dumped(desk.stage.store))
    assert seen > 50


def test_whoever_only_looks_changes_nothing(desk: Desk) -> None:
    opened(desk)
    desk.stage.simulator.settle()
    ana = desk.browser("ana")
    before = list(dumped(desk.stage.store))

    assert len(list(crawl(desk.stage, ana, each=1))) > 30
    for _, address in addresses(desk):
        asked(ana, "GET", address)

    assert before == list(dumped(desk.stage.store))
