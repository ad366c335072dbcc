"""The page that gives the addresses of calendar feeds."""

import re
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client

from tests.browsing import Browser, Desk
from tests.stage import PUBLIC

if TYPE_CHECKING:
    from bugglio.store import Document


def addresses(browser: Browser) -> list[str]:
    return re.findall(r'readonly value="([^"]+)"', browser.html)


def kept(desk: Desk) -> "list[Document]":
    """Where secrets are, as far as there are any."""
    paths = ["engineers/ana", "engineers/ben", "teams/shop", "teams/web"]
    return list(desk.stage.store.get(paths).documents.values())


def fetched(desk: Desk, address: str) -> int:
    client = Client(desk.stage.app.wsgi)
    return client.get(address.removeprefix(PUBLIC), base_url=PUBLIC).status_code


def test_looking_makes_no_address(desk: Desk) -> None:
    browser = desk.browser("ben")
    assert "It has no address yet." in browser.get("/schedule/calendars")
    assert [] == addresses(browser)
    assert [] == [one for one in kept(desk) if "calendar" in one.fields]


def test_an_engineer_makes_their_own_and_their_teams_and_nothing_is_renewed_by_it(desk: Desk) -> None:
    browser = desk.browser("ben")
    text = browser.get("/schedule/calendars")
    assert "Your own calendar" in text
    assert "The calendar of shop" in text
    assert "The calendar of web" not in text
    browser.press("Make an address for Your own calendar")
    browser.press("Make an address for The calendar of shop")
    browser.get("/schedule/calendars")
    own, team = addresses(browser)
    assert own.startswith(f"{PUBLIC}/admin/calendar/engineer/ben/")
    assert team.startswith(f"{PUBLIC}/admin/calendar/team/shop/")
    assert [200, 200] == [fetched(desk, own), fetched(desk, team)]
    assert f'href="webcal:{own.removeprefix("https:")}"' in browser.html


def test_a_renewed_address_warns_and_the_old_one_leads_nowhere(desk: Desk) -> None:
    browser = desk.browser("ben")
    browser.get("/schedule/calendars")
    browser.press("Make an address for Your own calendar")
    before = addresses(browser)[0]
    assert "everybody who uses it has to subscribe again" in browser.get(browser.address)
    assert "The old one leads nowhere" in browser.press("Renew the address of Your own calendar")
    after = addresses(browser)[0]
    assert [404, 200] == [fetched(desk, before), fetched(desk, after)]


def test_an_admin_gives_any_teams_address_but_nobody_elses_own(desk: Desk) -> None:
    browser = desk.browser("dan")
    browser.get("/schedule/calendars?team=web")
    browser.press("Make an address for The calendar of web")
    assert "/team/web/" in addresses(browser)[0]
    fields: dict[str, str | list[str]] = {"kind": "engineer", "owner": "ben", "csrf_token": _token(browser)}
    browser.post("/schedule/calendars", fields, 403)


@pytest.mark.parametrize(
    "owner", [("engineer", "ana"), ("team", "web"), ("team", "none"), ("roster", "current"), ("team", "../x"), ("", "")]
)
def test_nobody_gets_or_renews_an_address_that_is_not_theirs(desk: Desk, owner: tuple[str, str]) -> None:
    browser = desk.browser("ben")
    browser.get("/schedule/calendars?team=web")
    assert "The calendar of web" not in browser.html
    kind, name = owner
    for more in ({}, {"renew": "1"}):
        browser.get("/schedule/calendars")
        fields: dict[str, str | list[str]] = {"kind": kind, "owner": name, "csrf_token": _token(browser), **more}
        browser.post("/schedule/calendars", fields, 403)
    assert [] == [one for one in kept(desk) if "calendar" in one.fields]


def _token(browser: Browser) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.html)
    assert found
    return found[1]
