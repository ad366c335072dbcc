"""What every answer carries, whatever kind it is of."""

from dataclasses import replace

import pytest
from werkzeug.test import Client, TestResponse

from bugglio.store import Unreachable
from tests.browsing import Browser, Desk
from tests.crawling import pages_of
from tests.faults import Fault
from tests.stage import PUBLIC

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
OTHERS = {
    "X-Frame-Options": "deny",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
KINDS = [
    ("page", "GET", "/devices", 200),
    ("head", "HEAD", "/devices", 200),
    ("redirect", "GET", "/login", 303),
    ("routing's redirect", "GET", "/roster//x", 404),
    ("nothing there", "GET", "/nowhere", 404),
    ("method", "POST", "/devices", 405),
    ("form", "POST", "/devices/end", 400),
    ("no file", "GET", "/files/none.css", 404),
    ("out of the folder", "GET", "/files/../building.py", 404),
]


def strict(answer: TestResponse, *, secure: bool = True) -> bool:
    """Whether an answer carries all."""
    policy = set(answer.headers["Content-Security-Policy"].split("; "))
    hsts = answer.headers.get("Strict-Transport-Security")
    others = {name: answer.headers[name].lower() for name in OTHERS}
    return policy == POLICY and others == OTHERS and (hsts == "max-age=31536000") is secure


def asked(browser: Browser, method: str, address: str) -> TestResponse:
    return browser.client.open(path=f"/admin{address}", method=method, base_url=PUBLIC, buffered=True)


@pytest.mark.parametrize(("kind", "method", "address", "status"), KINDS, ids=[kind[0] for kind in KINDS])
def test_every_answer_is_strict_and_kept_by_nobody(
    desk: Desk, kind: str, method: str, address: str, status: int
) -> None:
    answer = asked(desk.browser("ana"), method, address)

    assert status == answer.status_code, kind
    assert strict(answer)
    assert "no-store" == answer.headers["Cache-Control"]


def test_whoever_is_sent_to_the_login_gets_the_same(desk: Desk) -> None:
    for address in ("/alerts", "/login", "/login/code", "/login/link/x"):
        answer = asked(desk.browser(), "GET", address)

        assert strict(answer)
        assert "no-store" == answer.headers["Cache-Control"]


def test_a_fault_is_strict_too_and_tells_nothing_of_itself(desk: Desk) -> None:
    browser = desk.browser("ana")

    def broken() -> str:
        raise RuntimeError("secret of the store")

    def unreachable() -> str:
        raise Unreachable("secret of the store")

    for view, status in ((broken, 500), (unreachable, 503)):
        pages_of(desk.stage).view_functions["devices.index"] = view
        answer = asked(browser, "GET", "/devices")

        assert status == answer.status_code
        assert strict(answer)
        assert "no-store" == answer.headers["Cache-Control"]
        assert "secret" not in answer.get_data(as_text=True)
    assert 1 == len(desk.stage.troubles)


def test_a_store_that_cannot_be_reached_shows_no_page_and_lets_nobody_in(desk: Desk) -> None:
    browser = desk.browser("ana")
    desk.stage.works.kit.roster()
    desk.stage.restart(Fault(at=0, kills=False))

    answer = asked(browser, "GET", "/devices")

    assert 503 == answer.status_code
    assert strict(answer)
    assert "Ana Lima" not in answer.get_data(as_text=True)


def test_files_may_be_kept_and_are_the_same_for_all(desk: Desk) -> None:
    for address in ("/files/admin.css", "/files/admin.js", "/style.css"):
        answer = asked(desk.browser("ana"), "GET", address)

        assert (200, "public, max-age=3600") == (answer.status_code, answer.headers["Cache-Control"])
        assert strict(answer)
        assert [] == answer.headers.getlist("Set-Cookie")


def test_a_laptop_without_https_promises_none(desk: Desk) -> None:
    desk.stage.settings = replace(desk.stage.settings, bugglio_public_url="http://127.0.0.1:8080")

    answer = Client(desk.stage.app.wsgi).get("/admin/login", base_url="http://127.0.0.1:8080")

    assert strict(answer, secure=False)
    assert "Strict-Transport-Security" not in answer.headers


def test_no_page_of_the_login_has_script_or_style_of_its_own(desk: Desk) -> None:
    browser = desk.browser()
    browser.get("/login")
    pages = [browser.html]
    browser.send(number="+14155550102")
    pages += [browser.html]
    browser.get("/login/link/x")
    pages += [browser.html]

    for html in pages:
        assert "style=" not in html
        assert "onclick" not in html
        assert 1 == html.count("<script")
