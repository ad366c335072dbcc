"""Which door an address leads to, and what every door says while the pager is not configured."""

import dataclasses
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from bugglio.app import Parts, build, start
from tests.clock import Clock
from tests.doors.calling import METHODS, Body, app_of, call, sentence, webhook
from tests.logbook import restored
from tests.payloads import event
from tests.stage import ANA, SID, TOKEN, TWILIO_NUMBER, WEBHOOK_TOKEN, Stage, staged

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore

ENTRIES = ("bugsnag", "sms", "sms_status", "tick", "admin", "bugglio")
PATHS = ("/bugsnag", "/sms", "/sms-status", "/tick")
FLASK_KEY = "flask-key-of-the-tests-0123456789"
HALF = {
    "TWILIO_ACCOUNT_SID": "nonsense",
    "TWILIO_AUTH_TOKEN": f" {TOKEN}",
    "TWILIO_CALLER_ID": "BUGGLIO",
    "ON_DUTY": ANA.replace("+", "00"),
    "BUGSNAG_WEBHOOK_TOKEN": f"{WEBHOOK_TOKEN},,",
    "FLASK_SECRET_KEY": FLASK_KEY[:10],
    "BUGGLIO_STROE": "firestore",
    "BUGGLIO_SECRET": "no name of a secret",
}
"""Settings with a fault each; the name of the secret is one too, so that nobody asks Secret Manager for it."""
SECRETS = (TOKEN, WEBHOOK_TOKEN, FLASK_KEY[:10], ANA.strip("+"), ANA)
NAMED = ("TWILIO_ACCOUNT_SID", "ON_DUTY", "BUGSNAG_WEBHOOK_TOKEN", "FLASK_SECRET_KEY", "BUGGLIO_STROE")
MISSING = ("BUGGLIO_PUBLIC_URL",)


@pytest.fixture(autouse=True)
def unguarded() -> Iterator[None]:
    """Take off the redaction that building a pager puts on this process's log, and how it is written."""
    with restored():
        yield


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "path", ["/", "", "/nothing", "/bugsnag/more", "/sms_status", "/SMS", "/healthz", "/sms/../tick", "/favicon.ico"]
)
def test_nothing_is_at_any_other_address(pager: Stage, path: str, method: str) -> None:
    answer = call(pager.app, path, method=method)

    assert 404 == answer.status
    if method != "HEAD":
        assert "There is nothing at this address." == sentence(answer, 404)


@pytest.mark.parametrize("path", PATHS)
def test_each_door_is_below_the_public_address_and_at_the_root(sqlite: "SqliteStore", clock: Clock, path: str) -> None:
    with staged(sqlite, clock, BUGGLIO_PUBLIC_URL="https://host.test/on/call") as stage:
        for address in (path, f"{path}/", f"/on/call{path}"):
            assert 405 == call(stage.app, address, method="GET").status
        for address in (f"/on{path}", f"/on/call/on/call{path}", f"/call{path}", f"/on/caller{path}"):
            assert 404 == call(stage.app, address, method="GET").status


@pytest.mark.parametrize("entry", ENTRIES[:4])
@pytest.mark.parametrize("path", ["", "/", "/anything", *PATHS])
def test_a_door_deployed_alone_answers_at_every_path(pager: Stage, entry: str, path: str) -> None:
    answer = call(pager.app, path, entry=entry)

    assert (401 if entry == "bugsnag" else 403) == answer.status


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_no_answer_waits_for_a_body_that_nobody_wants(pager: Stage, entry: str, method: str) -> None:
    body = Body(b"x" * 2 * 1024 * 1024)

    call(pager.app, "/nothing", body, method=method, entry=entry)

    assert 0 == body.taken


# Not configured.


@pytest.mark.parametrize("entry", ENTRIES)
def test_on_google_cloud_faults_are_in_the_log_and_every_door_says_503(
    caplog: pytest.LogCaptureFixture, entry: str
) -> None:
    app = build({**HALF, "K_SERVICE": entry})

    with caplog.at_level(logging.INFO):
        answers = [webhook(app, event(), f"{path}?token={WEBHOOK_TOKEN}", entry=entry) for path in PATHS]

    told = "bugglio is not configured; its log says what is wrong."
    assert [told] * len(PATHS) == [sentence(answer, 503) for answer in answers]
    for name in (*NAMED, *MISSING, "BUGGLIO_SCHEDULER_ACCOUNT"):
        assert name in caplog.text
    assert not [secret for secret in SECRETS if secret in caplog.text]


@pytest.mark.parametrize("address", ["/health", "/admin/health", "/pager/health"])
def test_a_pager_that_is_not_configured_is_not_up(address: str) -> None:
    answer = call(build({**HALF, "K_SERVICE": "bugglio"}), address, method="GET")

    assert (503, {"up": False}) == (answer.status, answer.facts)


def test_once_configured_it_takes_events(pager: Stage) -> None:
    from bugglio.app import App
    from bugglio.config import ConfigurationError

    faults = ["something is missing."]

    def settings() -> object:
        if faults:
            raise ConfigurationError(faults)
        return pager.works.settings

    app = App(settings, lambda *_: None, Parts(store=pager.store))  # type: ignore[arg-type]
    assert 503 == webhook(app, event()).status

    faults.clear()
    assert 200 == webhook(app, event()).status


# At the start.


def ended(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What a start that was refused said on standard error, line by line."""
    with pytest.raises(SystemExit) as exit_:
        start(environ)
    told = capsys.readouterr()
    assert (1, "") == (exit_.value.code, told.out)
    return told.err.splitlines()


def test_a_start_with_faults_ends_with_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    environ = {**HALF, "FUNCTION_TARGET": "sms"}
    del environ["BUGGLIO_SECRET"]

    first, *faults = ended(environ, capsys)

    assert "bugglio cannot start:" == first
    # A short key is a fault on Google Cloud only.
    for name in {*NAMED, *MISSING, "BUGGLIO_STORE"} - {"FLASK_SECRET_KEY"}:
        assert 1 == len([fault for fault in faults if fault.startswith(f"  {name} ")]), name
    assert not [secret for secret in SECRETS if secret in "".join(faults)]


def test_a_start_with_nothing_set_names_all_that_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    told = " ".join(ended({"FUNCTION_TARGET": "sms"}, capsys))

    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_CALLER_ID", "ON_DUTY", "BUGSNAG_WEBHOOK_TOKEN"):
        assert f"{name} " in told
    assert "BUGGLIO_STORE is missing" in told


def test_a_start_whose_secret_cannot_be_read_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    # What Google's library looks for, and does not find: it is asked in a process of its own.
    here = {"GOOGLE_CLOUD_PROJECT": "p", "NO_GCE_CHECK": "true", "HOME": str(tmp_path)}
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
        for name, value in {**here, "CLOUDSDK_CONFIG": str(tmp_path)}.items():
            patched.setenv(name, value)
        told = " ".join(ended({**here, "FUNCTION_TARGET": "sms", "BUGGLIO_SECRET": "pager"}, capsys))

    assert "projects/p/secrets/pager/versions/latest" in told


GOOD = {
    "TWILIO_ACCOUNT_SID": SID,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_CALLER_ID": TWILIO_NUMBER,
    "ON_DUTY": ANA,
    "BUGSNAG_WEBHOOK_TOKEN": WEBHOOK_TOKEN,
    "FLASK_SECRET_KEY": FLASK_KEY,
    "BUGGLIO_PUBLIC_URL": "https://host.test",
    "BUGGLIO_STORE": "sqlite:unused",
}


@pytest.mark.parametrize(
    "environ",
    [
        {**GOOD, "FUNCTION_TARGET": "sms"},
        {**HALF, "FUNCTION_TARGET": "sms", "K_SERVICE": "sms"},  # on Google Cloud
        HALF,  # main.py is imported, and nobody serves it
        {},
    ],
)
def test_any_other_start_goes_on(capsys: pytest.CaptureFixture[str], environ: dict[str, str]) -> None:
    start(environ)

    assert ("", "") == capsys.readouterr()


def test_settings_that_are_renewed_keep_the_store(pager: Stage, tmp_path: Path) -> None:
    first = dataclasses.replace(pager.works.settings, bugglio_store=f"sqlite:{tmp_path / 'first.db'}")
    app, _ = app_of(first)
    assert 200 == webhook(app, event()).status
    store = app.works.kit.store

    app._settings = lambda: second
    second = dataclasses.replace(first, bugsnag_webhook_token=("another-token",))

    assert 401 == webhook(app, event()).status
    assert "counted" == webhook(app, event(), "/bugsnag?token=another-token").facts["outcome"]
    assert app.works.kit.store is store
    store.close()


class Broken:
    """A store with a fault of programming in it, which tells more than it should."""

    def __getattr__(self, name: str) -> NoReturn:
        raise ZeroDivisionError(f"while {WEBHOOK_TOKEN} called {ANA}")


def test_what_nobody_foresaw_is_in_the_log_without_secrets_and_numbers(caplog: pytest.LogCaptureFixture) -> None:
    app = build(GOOD)
    app._parts = Parts(store=Broken())

    with caplog.at_level(logging.INFO):
        answer = webhook(app, event(), entry="bugsnag")

    assert "Something went wrong in bugglio; it has been reported." == sentence(answer, 500)
    assert "door bugsnag: ZeroDivisionError: while *** called ...0101" in caplog.text
    assert WEBHOOK_TOKEN not in caplog.text
