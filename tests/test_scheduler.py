"""Who may call the tick: tokens with real keys, certificates from a real server."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import requests

from bugglio.scheduler import SchedulerTokens, fetch_certificates
from tools.rig.certificates import ACCOUNT, AUDIENCE, CertificateServer, bearer, certificate, mint, serving

HOUR = 60 * 60_000


@pytest.fixture
def google() -> Iterator[CertificateServer]:
    with serving() as there:
        yield there


class Door:
    """What guards the tick, with a clock in its hand."""

    def __init__(self, google: CertificateServer, account: str = ACCOUNT, audience: str = AUDIENCE) -> None:
        self.now = 0
        fetch = partial(fetch_certificates, google.url, patience=0.3)
        self.tokens = SchedulerTokens(account, audience, fetch, clock=lambda: self.now)

    def opens(self, token: str | None = None, *, after: int = 0, **changes: Any) -> bool:
        """Whether it opens to a token; without one, to a good token with these changes."""
        self.now += after
        return self.tokens.verify(bearer(mint(**changes) if token is None else token))


@pytest.fixture
def door(google: CertificateServer) -> Door:
    return Door(google)


def test_the_schedulers_token_opens_the_tick(door: Door) -> None:
    assert door.opens()
    assert door.opens(issuer="accounts.google.com")
    assert door.tokens.verify(f"bearer {mint()}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"expires_in": -60},
        {"issued_ago": -60},
        {"audience": "https://pager.example.com"},
        {"audience": "https://pager.example.com/tick/"},
        {"audience": [AUDIENCE, "https://elsewhere.example.com"]},
        {"audience": None},
        {"email": "somebody@my-project.iam.gserviceaccount.com"},
        {"email": ACCOUNT.upper()},
        {"email": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"issuer": "https://accounts.google.com.example.com"},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"algorithm": "ES256"},
        {"algorithm": "RS512"},
        {"kid": None},
        {"kid": "key-9"},
        {"kid": "key-1", "signed_with": "key-9"},
        {"claims": {"exp": "tomorrow"}},
        {"claims": {"exp": None}},
        {"claims": {"iat": []}},
    ],
    ids=json.dumps,
)
def test_a_token_with_anything_wrong_opens_nothing(door: Door, wrong: dict[str, Any]) -> None:
    assert not door.opens(**wrong)
    assert door.opens()


def test_clocks_may_differ_by_seconds(door: Door) -> None:
    assert door.opens(issued_ago=-5)
    assert door.opens(expires_in=-5)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "garbage",
        "Bearer garbage",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer é.é.é",
        "Bearer W10.W10.W10",
        "Bearer bnVsbA.bnVsbA.bnVsbA",
        "Basic dXNlcjpwYXNz",
        f"Bearer {'W1tb' * 20_000}.W10.W10",
        "Bearer eyJraWQiOltdfQ.e30.e30",
        "Bearer eyJraWQiOnsiYSI6MX19.e30.e30",
    ],
    ids=lambda header: repr(header)[:30],
)
def test_what_is_no_token_opens_nothing(door: Door, header: str | None) -> None:
    assert not door.tokens.verify(header)


def test_a_good_token_in_a_wrong_dress_opens_nothing(door: Door) -> None:
    token = mint()
    for header in (token, f"Bearer  {token}", f" Bearer {token}", f"Bearer {token} ", f"Bearer {token}\n"):
        assert not door.tokens.verify(header)
    assert not door.tokens.verify(f"Basic {token}")
    assert not door.opens(f"{token}, Bearer {token}")
    assert not door.opens(token[:-8] + "AAAAAAAA")
    assert not door.opens(token + ".e30")


def test_a_payload_changed_after_signing_opens_nothing(door: Door) -> None:
    header, _, signature = mint(email="somebody@example.com").split(".")
    payload = mint().split(".")[1]
    assert not door.opens(f"{header}.{payload}.{signature}")


def test_without_an_account_or_an_audience_nothing_opens(google: CertificateServer) -> None:
    assert not Door(google, account="").opens(email="")
    assert not Door(google, audience="").opens(audience="")
    assert 0 == google.asked


def test_certificates_are_fetched_once_an_hour(door: Door, google: CertificateServer) -> None:
    assert door.opens()
    assert door.opens(after=HOUR - 1)
    assert 1 == google.asked
    assert door.opens(after=1)
    assert 2 == google.asked


def test_a_new_key_is_fetched_when_its_first_token_comes(door: Door, google: CertificateServer) -> None:
    assert door.opens()
    google.certificates["key-2"] = certificate("key-2")
    assert not door.opens(after=59_999, kid="key-2")
    assert 1 == google.asked
    assert door.opens(after=1, kid="key-2")
    assert 2 == google.asked


def test_made_up_keys_fetch_once_a_minute_at_most(door: Door, google: CertificateServer) -> None:
    for number in range(50):
        assert not door.opens(after=100, kid=f"made-up-{number}", signed_with="key-9")
    assert 1 == google.asked


def test_a_key_that_google_withdrew_opens_nothing_after_the_hour(door: Door, google: CertificateServer) -> None:
    assert door.opens()
    google.certificates = {"key-2": certificate("key-2")}
    assert not door.opens(after=HOUR)


def test_with_no_certificates_yet_and_google_down_nothing_opens(door: Door, google: CertificateServer) -> None:
    google.status = 503
    for _ in range(10):
        assert not door.opens()
    assert 1 == google.asked
    google.status = 200
    assert door.opens(after=5_000)


def test_google_being_down_does_not_stop_the_tick_for_a_day(door: Door, google: CertificateServer) -> None:
    assert door.opens()
    google.status = 503
    assert door.opens(after=HOUR)
    assert not door.opens(kid="key-2")
    assert door.opens(after=23 * HOUR - 1)
    assert not door.opens(after=1)


@pytest.mark.parametrize("answer", [[], {}, "certificates", None, {"key-1": "no certificate"}, {"key-1": 1}], ids=repr)
def test_an_answer_that_is_no_certificates_opens_nothing(door: Door, google: CertificateServer, answer: Any) -> None:
    google.certificates = answer
    assert not door.opens()


def test_a_server_that_hangs_is_given_up_in_time(door: Door, google: CertificateServer) -> None:
    google.go_on.clear()
    started = time.monotonic()
    assert not door.opens()
    assert 0.2 < time.monotonic() - started < 3


def test_a_redirect_is_not_followed(google: CertificateServer) -> None:
    google.certificates, google.status = {"key-9": certificate("key-9")}, 302
    with pytest.raises(ValueError, match="not certificates"):
        fetch_certificates(google.url)


def test_a_server_error_is_raised_to_whoever_fetches(google: CertificateServer) -> None:
    google.status = 500
    with pytest.raises(requests.HTTPError):
        fetch_certificates(google.url)


def test_many_threads_at_the_start_fetch_once(google: CertificateServer, door: Door) -> None:
    together, token = threading.Barrier(10), mint()

    def first() -> bool:
        together.wait(5)
        return door.opens(token)

    with ThreadPoolExecutor(10) as threads:
        opened = [each.result(timeout=10) for each in [threads.submit(first) for _ in range(10)]]
    assert [True] * 10 == opened
    assert 1 == google.asked


def test_a_refusal_is_logged_without_the_token(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    token = mint(expires_in=-60)
    assert not door.opens(token)
    assert not door.opens(email="somebody@example.com")
    assert "A token for the tick was refused: it cannot be checked (InvalidValue)." in caplog.text
    assert "it is another account's" in caplog.text
    assert all(part not in caplog.text for part in token.split("."))
    assert "somebody" not in caplog.text


def test_googles_library_is_imported_with_the_first_token() -> None:
    code = (
        "import sys; from bugglio.scheduler import SchedulerTokens; SchedulerTokens('a@b.c', 'd').verify('Bearer x'); "
        "print([name for name in sys.modules if name.startswith(('google.auth', 'requests'))])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]\n" == found.stdout
