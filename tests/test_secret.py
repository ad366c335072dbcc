"""The configuration over time: found, renewed, kept when its renewal fails; Google's real client against a server."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from bugglio.config import ConfigurationError, Settings
from bugglio.secret import Configuration, load, parse_secret
from bugglio.secret_manager import SecretFault, SecretManager, resource_name
from tests.secret_manager import FakeSecretManager, serving

PATH = "projects/my-project/secrets/bugglio"
SECRET = {
    "TWILIO_ACCOUNT_SID": "AC" + "0123456789abcdef" * 2,
    "TWILIO_AUTH_TOKEN": "auth-token-of-version-one",
    "TWILIO_CALLER_ID": "+14155550100",
    "ON_DUTY": "+14155550101",
    "FLASK_SECRET_KEY": "a key that nobody guesses",
    "BUGSNAG_WEBHOOK_TOKEN": "webhook-token-of-24-signs",
    "BUGGLIO_PUBLIC_URL": "https://pager.example.com",
    "BUGGLIO_SCHEDULER_ACCOUNT": "tick@my-project.iam.gserviceaccount.com",
}
CLOUD = {"K_SERVICE": "sms", "GOOGLE_CLOUD_PROJECT": "my-project"}
MINUTE = 60_000


@pytest.fixture
def google() -> Iterator[FakeSecretManager]:
    with serving() as fake:
        yield fake


class Process:
    """A process's configuration, with a clock in its hand and its alarms kept."""

    def __init__(self, google: FakeSecretManager, **environ: str) -> None:
        self.now = 1_000_000
        self.alarms: list[str] = []
        self.configuration: Configuration = load(
            CLOUD | environ, alarm=self.alarms.append, connect=google.client, clock=lambda: self.now
        )

    def current(self, after: int = 0) -> Settings:
        self.now += after
        return self.configuration.current()

    def faults(self, after: int = 0) -> list[str]:
        with pytest.raises(ConfigurationError) as caught:
            self.current(after)
        return caught.value.faults


def version(**changes: Any) -> dict[str, Any]:
    return SECRET | changes


def test_what_the_environment_does_not_say_comes_from_the_secret(google: FakeSecretManager) -> None:
    google.add(PATH, SECRET)
    process = Process(google)
    assert [] == google.asked  # nothing is fetched before it is needed
    assert "auth-token-of-version-one" == process.current().twilio_auth_token
    assert "my-project" == process.current().google_cloud_project
    assert [f"{PATH}/versions/latest"] == google.asked


def test_the_environment_wins_unless_it_is_empty(google: FakeSecretManager) -> None:
    google.add(PATH, SECRET)
    process = Process(google, ON_DUTY="+14155550199", FLASK_SECRET_KEY="")
    assert "+14155550199" == process.current().on_duty
    assert "a key that nobody guesses" == process.current().flask_secret_key


def test_the_environment_is_read_once(google: FakeSecretManager) -> None:
    google.add(PATH, SECRET)
    environ = dict(CLOUD)
    configuration = load(environ, connect=google.client, clock=lambda: 0)
    environ["ON_DUTY"] = "+14155550199"
    assert "+14155550101" == configuration.current().on_duty


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("other", "projects/my-project/secrets/other/versions/latest"),
        ("projects/123/secrets/other", "projects/123/secrets/other/versions/latest"),
        ("projects/123/secrets/other/versions/2", "projects/123/secrets/other/versions/2"),
    ],
)
def test_the_secret_may_be_named_in_three_ways(google: FakeSecretManager, name: str, asked: str) -> None:
    secret = asked.partition("/versions/")[0]
    for token in ("token-of-version-1", "token-of-version-2"):
        google.add(secret, version(TWILIO_AUTH_TOKEN=token))
    assert "token-of-version-2" == Process(google, BUGGLIO_SECRET=name).current().twilio_auth_token
    assert [asked] == google.asked


def test_a_pinned_version_is_the_one_that_counts(google: FakeSecretManager) -> None:
    for token in ("token-of-version-1", "token-of-version-2"):
        google.add(PATH, version(TWILIO_AUTH_TOKEN=token))
    assert "token-of-version-1" == Process(google, BUGGLIO_SECRET=f"{PATH}/versions/1").current().twilio_auth_token


def test_a_laptop_asks_only_if_it_is_told_to(google: FakeSecretManager) -> None:
    google.add(PATH, version(BUGGLIO_STORE="sqlite:/tmp/x.db"))
    alone = load({"GOOGLE_CLOUD_PROJECT": "my-project"}, connect=google.client)
    assert "" == alone.current().twilio_auth_token
    assert [] == google.asked
    told = load({"GOOGLE_CLOUD_PROJECT": "my-project", "BUGGLIO_SECRET": "bugglio"}, connect=google.client)
    assert "auth-token-of-version-one" == told.current().twilio_auth_token


def test_an_environment_that_says_all_saves_the_call_unless_a_secret_is_named(google: FakeSecretManager) -> None:
    google.add(PATH, version(BUGSNAG_AUTH_TOKEN="data-access-token"))
    assert "" == Process(google, **SECRET).current().bugsnag_auth_token
    assert [] == google.asked
    named = Process(google, BUGGLIO_SECRET="bugglio", **SECRET)
    assert "data-access-token" == named.current().bugsnag_auth_token


def test_a_new_version_takes_effect_after_five_minutes_and_not_before(google: FakeSecretManager) -> None:
    google.add(PATH, SECRET)
    process = Process(google)
    first = process.current()
    google.add(PATH, version(TWILIO_AUTH_TOKEN="auth-token-of-version-two"))
    assert first is process.current(after=5 * MINUTE - 1)
    assert "auth-token-of-version-two" == process.current(after=1).twilio_auth_token
    assert 2 == len(google.asked)
    assert [] == process.alarms


def test_a_renewal_that_brings_nothing_new_changes_nothing(google: FakeSecretManager) -> None:
    google.add(PATH, SECRET)
    process = Process(google)
    first = process.current()
    assert first is process.current(after=5 * MINUTE)
    assert 2 == len(google.asked)


def test_a_renewal_that_fails_keeps_the_last_good_one_and_alarms_once(google: FakeSecretManager) -> None:
    google.add(PATH, SECRET)
    process = Process(google)
    first = process.current()
    google.fail(grpc.StatusCode.PERMISSION_DENIED, "Permission 'secretmanager.versions.access' denied", times=2)
    for _ in range(10):
        assert first is process.current(after=3 * MINUTE if not process.alarms else 1)
    assert 2 == len(google.asked)
    (alarm,) = process.alarms
    assert "The last good configuration goes on" in alarm
    assert "gcloud secrets add-iam-policy-binding bugglio --project=my-project" in alarm
    assert alarm.endswith(" ".join(process.configuration.faults))
    assert first is process.current(after=30_000)  # asked again, refused again
    assert 2 == len(process.alarms)
    assert first is process.current(after=30_000)
    assert (4, 2, ()) == (len(google.asked), len(process.alarms), process.configuration.faults)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"TWILIO_AUTH_TOKEN=leaked-token", "is not JSON"),
        (b'["leaked-token"]', "no object"),
        (b'"leaked-token"', "no object"),
        (b"\xff\xfeleaked-token", "not UTF-8"),
        (b"[" * 200_000, "too deep"),
        (json.dumps(SECRET | {"BUGGLIO_SMS_PER_DAY": 200}).encode(), "BUGGLIO_SMS_PER_DAY is no text"),
        (json.dumps(SECRET | {"ON_DUTY": None, "A": {"b": "leaked-token"}}).encode(), "A, ON_DUTY is no text"),
        (b'{"ON_DUTY": "+14155550101", "ON_DUTY": "leaked-token"}', "ON_DUTY twice"),
        (json.dumps(SECRET | {"TWILIO_AUTH_TOKEN": "leaked-token\n"}).encode(), "TWILIO_AUTH_TOKEN is 13 characters"),
        (b"{}", "TWILIO_ACCOUNT_SID is missing"),
    ],
)
def test_a_malformed_version_is_told_without_its_values_and_the_last_good_one_goes_on(
    google: FakeSecretManager, data: bytes, told: str
) -> None:
    google.add(PATH, SECRET)
    process = Process(google)
    first = process.current()
    google.add(PATH, data)
    assert first is process.current(after=5 * MINUTE)
    (alarm,) = process.alarms
    assert told in alarm
    assert "leaked-token" not in alarm


def test_bytes_that_were_damaged_on_the_way_are_not_used(google: FakeSecretManager) -> None:
    google.add(PATH, SECRET)
    process = Process(google)
    first = process.current()
    google.add(PATH, version(TWILIO_AUTH_TOKEN="auth-token-of-version-two"))
    google.damaged = True
    assert first is process.current(after=5 * MINUTE)
    assert "checksum" in process.alarms[0]


@pytest.mark.parametrize(
    ("code", "message", "mend"),
    [
        (
            grpc.StatusCode.NOT_FOUND,
            "Secret [projects/my-project/secrets/bugglio] not found or has no versions.",
            "gcloud secrets create bugglio --project=my-project --data-file=settings.json",
        ),
        (
            grpc.StatusCode.PERMISSION_DENIED,
            "Permission 'secretmanager.versions.access' denied for resource",
            "--role=roles/secretmanager.secretAccessor",
        ),
        (
            grpc.StatusCode.PERMISSION_DENIED,
            "Secret Manager API has not been used in project my-project before or it is disabled.",
            "gcloud services enable secretmanager.googleapis.com --project=my-project",
        ),
        (
            grpc.StatusCode.FAILED_PRECONDITION,
            "Secret Version [projects/my-project/secrets/bugglio/versions/3] is in DISABLED state.",
            "gcloud secrets versions add bugglio --project=my-project --data-file=settings.json",
        ),
    ],
)
def test_at_the_start_a_refusal_says_which_secret_what_google_said_and_the_mend(
    google: FakeSecretManager, code: grpc.StatusCode, message: str, mend: str
) -> None:
    google.fail(code, message)
    process = Process(google, ON_DUTY="+14155550101")
    faults = process.faults()
    assert f"The secret {PATH}/versions/latest cannot be read. Google says: " in faults[0]
    assert message.rstrip(".") in faults[0]
    assert mend in faults[0]
    assert "TWILIO_AUTH_TOKEN is missing" in faults[2]
    assert [] == process.alarms


def test_while_there_is_no_configuration_it_is_asked_for_again_after_two_seconds(google: FakeSecretManager) -> None:
    process = Process(google)
    assert process.faults() == process.faults(after=1_999)
    assert 1 == len(google.asked)
    google.add(PATH, SECRET)
    assert "+14155550101" == process.current(after=1).on_duty


def test_google_being_busy_for_a_moment_is_waited_out(google: FakeSecretManager) -> None:
    google.add(PATH, SECRET)
    google.fail(grpc.StatusCode.UNAVAILABLE, "try again", times=2)
    assert "+14155550101" == Process(google).current().on_duty
    assert 3 == len(google.asked)


def given_up(connect: Callable[[], Any]) -> str:
    """What is told of a Google that was given half a second and did not answer."""
    with pytest.raises(SecretFault, match=r"could not be read; it was given 0\.5 seconds") as fault:
        SecretManager("bugglio", "my-project", connect)(0.5)
    return str(fault.value).partition("seconds. ")[2]


# The seconds that pass here are the machine's affair too; the deadlines that Google is given are bugglio's alone.
IN_TIME = ("RetryError: Timeout of 0.5s exceeded", "DeadlineExceeded: ")
"""Either the half second was over between two calls, or during one."""


def test_a_google_that_hangs_is_given_up_in_time(google: FakeSecretManager) -> None:
    google.go_on.clear()
    assert given_up(google.client).startswith(IN_TIME)
    assert all(seconds < 1 for seconds in google.patience)


def test_a_google_that_is_ever_busy_is_asked_a_few_times_and_given_up(google: FakeSecretManager) -> None:
    google.fail(grpc.StatusCode.UNAVAILABLE, "busy", times=1_000)
    assert given_up(google.client).startswith(IN_TIME)
    assert len(google.asked) < 20
    assert all(seconds < 1 for seconds in google.patience)


def test_nobody_listening_is_given_up_in_time_too() -> None:
    nobody = FakeSecretManager(address="127.0.0.1:1")
    assert given_up(nobody.client).startswith(IN_TIME)


def test_whatever_goes_wrong_in_a_library_is_a_fault_of_the_renewal_only() -> None:
    def broken() -> Any:
        raise ZeroDivisionError("inside")

    with pytest.raises(SecretFault, match="ZeroDivisionError: inside"):
        SecretManager("bugglio", "my-project", broken)(0.5)


def test_twenty_threads_at_expiry_make_one_call_and_nineteen_do_not_wait(google: FakeSecretManager) -> None:
    google.add(PATH, SECRET)
    process = Process(google)
    first = process.current()
    google.add(PATH, version(TWILIO_AUTH_TOKEN="auth-token-of-version-two"))
    google.arrived.clear()
    google.go_on.clear()
    process.now += 5 * MINUTE
    with ThreadPoolExecutor(20) as threads:
        renewing = threads.submit(process.current)
        assert google.arrived.wait(5)
        others = [threads.submit(process.current) for _ in range(19)]
        assert all(first is other.result(timeout=5) for other in others)
        assert not renewing.done()
        google.go_on.set()
        assert "auth-token-of-version-two" == renewing.result(timeout=5).twilio_auth_token
    assert 2 == len(google.asked)


def test_twenty_threads_at_the_start_make_one_call_and_all_get_its_answer(google: FakeSecretManager) -> None:
    google.add(PATH, SECRET)
    process = Process(google)
    together = threading.Barrier(20)

    def first() -> Settings:
        together.wait(5)
        return process.current()

    with ThreadPoolExecutor(20) as threads:
        found = [each.result(timeout=10) for each in [threads.submit(first) for _ in range(20)]]
    assert 1 == len({id(each) for each in found})
    assert 1 == len(google.asked)


def test_twenty_threads_at_a_start_that_fails_do_not_wait_for_twenty_refusals(google: FakeSecretManager) -> None:
    process = Process(google)
    with ThreadPoolExecutor(20) as threads:
        faults = [each.result(timeout=10) for each in [threads.submit(process.faults) for _ in range(20)]]
    assert all(each == faults[0] for each in faults)
    assert 1 == len(google.asked)


def test_an_alarm_may_ask_for_the_configuration(google: FakeSecretManager) -> None:
    google.add(PATH, SECRET)
    seen: list[str] = []
    now = [0]
    configuration = load(
        CLOUD,
        alarm=lambda _: seen.append(configuration.current().on_duty),
        connect=google.client,
        clock=lambda: now[0],
    )
    configuration.current()
    google.add(PATH, b"no JSON")
    now[0] += 5 * MINUTE
    configuration.current()
    assert ["+14155550101"] == seen


def test_without_anybody_to_alarm_it_is_logged(google: FakeSecretManager, caplog: pytest.LogCaptureFixture) -> None:
    google.add(PATH, SECRET)
    now = [0]
    configuration = load(CLOUD, connect=google.client, clock=lambda: now[0])
    configuration.current()
    google.add(PATH, b"no JSON")
    now[0] += 5 * MINUTE
    with caplog.at_level(logging.ERROR):
        configuration.current()
    assert "The last good configuration goes on" in caplog.text


def test_secrets_that_were_replaced_stay_known_for_redaction(google: FakeSecretManager) -> None:
    google.add(PATH, SECRET)
    process = Process(google, FLASK_SECRET_KEY="key of the environment")
    assert {"key of the environment"} == process.configuration.secrets
    process.current()
    google.add(PATH, version(TWILIO_AUTH_TOKEN="auth-token-of-version-two"))
    process.current(after=5 * MINUTE)
    known = process.configuration.secrets
    assert {"auth-token-of-version-one", "auth-token-of-version-two", "key of the environment"} < known


def test_a_name_that_no_secret_can_have_is_told_and_not_asked_for(google: FakeSecretManager) -> None:
    faults = Process(google, BUGGLIO_SECRET="bug/glio").faults()
    assert any(each.startswith("BUGGLIO_SECRET is 'bug/glio'; expected a secret's name") for each in faults)
    assert [] == google.asked


def test_without_a_project_google_is_asked_for_it() -> None:
    assert "projects/found/secrets/bugglio/versions/latest" == resource_name("bugglio", lambda: "found")
    assert "projects/p/secrets/s/versions/latest" == resource_name("projects/p/secrets/s", lambda: "unused")


def test_a_secret_without_anything_in_it_is_an_object_too() -> None:
    assert {} == parse_secret(b" {} ")


def test_googles_library_is_not_imported_until_a_secret_is_fetched() -> None:
    slow = ("google.auth", "google.api_core", "google.cloud.secretmanager", "grpc", "google_crc32c")
    code = (
        "import sys; from bugglio.secret import load; load({}).current(); "
        f"print([name for name in sys.modules if name.startswith({slow})])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]\n" == found.stdout
