"""`setup` on a make-believe Google Cloud and Twilio: interrupted anywhere, it ends in the same state."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bugglio.__main__ import main
from bugglio.cli.doctor import addresses
from bugglio.cli.setup import gcloud, plan
from bugglio.cli.setup.gcloud import Said
from bugglio.cli.setup.plan import Place
from bugglio.exchange import Reply
from bugglio.probe import HEADER, proof
from bugglio.simulator import Answer, Simulator, served
from bugglio.simulator.console import OwnNumber
from tests import fake_gcloud
from tests.gcloud import ROOT, Command, installed, known_flags
from tests.stage import ANA, SID, TOKEN, TWILIO_NUMBER

NOWHERE = "https://127.0.0.2:9"
"""Nobody answers at the public address, so that each run ends by saying so."""
EMPTY: dict[str, Any] = {
    "login": "owner@example.com",
    "project": "acme-oncall",
    "billing": True,
    "services": [],
    "databases": {},
    "unindexed": [],
    "ttls": [],
    "accounts": [],
    "acting": {},
    "roles": {},
    "versions": [],
    "readers": {},
    "exclusions": {},
    "functions": {},
    "jobs": {},
    "refuse": {},
    "calls": [],
    "changes": 0,
}


@dataclass(frozen=True)
class Ran:
    """How a run ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Project:
    """An empty project, its owner's terminal, and Twilio."""

    folder: Path
    simulator: Simulator
    api: str
    patch: pytest.MonkeyPatch
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def file(self) -> Path:
        return self.folder / "gcloud.json"

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text())
        return found

    def set(self, **values: Any) -> None:
        self.file.write_text(json.dumps({**(self.state if self.file.exists() else EMPTY), **values}))

    def env(self, **more: str) -> dict[str, str]:
        plain = {
            name: text for name, text in os.environ.items() if not name.startswith(("BUGGLIO_", "TWILIO_", "GOOGLE_"))
        }
        plain |= {"PATH": f"{self.folder}:{os.environ['PATH']}", "FAKE_GCLOUD": str(self.file)}
        known = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_API_URL": self.api, "ON_DUTY": ANA}
        return {**plain, **known, "BUGGLIO_PUBLIC_URL": NOWHERE, **more}

    def run(self, *arguments: str, given: str = "", **more: str) -> Ran:
        """Run it in this process, which is quick; it ends where the make-believe gcloud is told to stop it."""
        told, patch = io.StringIO(), self.patch
        faults = io.StringIO()
        status = -1
        with patch.context() as during, redirect_stdout(told), redirect_stderr(faults):
            for name in [name for name in os.environ if name.startswith(("BUGGLIO_", "TWILIO_", "GOOGLE_"))]:
                during.delenv(name)
            for name, text in self.env(**more).items():
                during.setenv(name, text)
            during.setattr("sys.stdin", io.StringIO(given))
            during.setattr(gcloud, "_called", self._called)
            with contextlib.suppress(fake_gcloud.Stopped):
                status = main(["setup", *arguments])
        return Ran(status, told.getvalue(), faults.getvalue())

    def _called(self, words: Sequence[str], given: str = "") -> Said:
        # Several functions are deployed at once.
        with self.lock:
            status, out, err = fake_gcloud.answered(self.file, list(words), given)
        return Said(status, out, err)

    def program(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same from a terminal, with a gcloud on the PATH."""
        command = [sys.executable, "-m", "bugglio", "setup", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env(), capture_output=True, text=True, check=False)

    def built(self) -> dict[str, Any]:
        """What there is in the end, without how it came to be; secrets that were made up are all alike."""
        state = {name: value for name, value in self.state.items() if name not in ("calls", "changes", "stop_after")}
        secret = json.loads(state.pop("versions")[-1])
        return {**state, "secret": {name: text if name not in MADE else "made up" for name, text in secret.items()}}


MADE = ("BUGSNAG_WEBHOOK_TOKEN", "FLASK_SECRET_KEY")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    simulator = Simulator(account_sid=SID, auth_token=TOKEN, sender=TWILIO_NUMBER, post=lambda *_: Answer(204))
    simulator.console.numbers[0].sms_url = "https://demo.twilio.com/welcome/sms/reply"
    program = tmp_path / "gcloud"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {ROOT}/tests/fake_gcloud.py "$@"\n')
    program.chmod(0o755)
    with served(simulator.wsgi) as api:
        found = Project(tmp_path, simulator, api, monkeypatch)
        found.set()
        yield found
    simulator.close()


YES = ("--yes", "--region=europe-west1")


def test_an_empty_project_gets_all_that_a_pager_needs(project: Project) -> None:
    done = project.run(*YES)

    built = project.built()
    assert "Mend what is wrong" in done.stdout, done.stdout + done.stderr
    assert set(plan.SERVICES) == set(built["services"])
    assert {"(default)": "europe-west1"} == built["databases"]
    assert sorted(plan.ACCOUNTS) == sorted(built["accounts"])
    assert {"bugsnag", "sms", "sms-status", "tick", "admin"} == set(built["functions"])
    both = [f"serviceAccount:{name}@acme-oncall.iam.gserviceaccount.com" for name in ("bugglio", "bugglio-build")]
    assert both == built["roles"]["roles/datastore.user"]
    assert {"roles/secretmanager.secretAccessor": both} == built["readers"]
    assert all(built[name] for name in ("exclusions", "ttls", "unindexed", "readers", "acting"))
    job = built["jobs"]["bugglio-tick"]
    assert ("120s", f"{NOWHERE}/tick") == (job["--attempt-deadline"], job["--oidc-token-audience"])
    assert {"TWILIO_CALLER_ID": TWILIO_NUMBER, "ON_DUTY": ANA} == {
        name: built["secret"][name] for name in ("TWILIO_CALLER_ID", "ON_DUTY")
    }
    number = project.simulator.console.numbers[0]
    assert (f"{NOWHERE}/sms#rc=2&rp=ct,rt,5xx", "POST", f"{NOWHERE}/sms") == (
        number.sms_url,
        number.sms_method,
        number.sms_fallback_url,
    )


def test_no_secret_is_shown_or_given_as_an_argument(project: Project) -> None:
    done = project.program(*YES)

    state = project.state
    secrets = [TOKEN, *(json.loads(state["versions"][-1])[name] for name in MADE)]
    everything = done.stdout + done.stderr + json.dumps(state["calls"])
    assert [] == [one for one in secrets if one in everything]


def test_a_second_run_changes_nothing(project: Project) -> None:
    project.run(*YES)
    before = project.state

    again = project.run(*YES)

    assert before["changes"] == project.state["changes"]
    assert before["versions"] == project.state["versions"]
    assert 11 == again.stdout.count(": done")


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_interrupted_at_any_step_and_run_again_it_ends_in_the_same_state(
    project: Project,
) -> None:
    project.run(*YES)
    whole, changes = project.built(), project.state["changes"]
    assert changes > 25
    for when in range(1, changes + 1):
        project.file.write_text(json.dumps({**EMPTY, "stop_after": when}))

        project.run(*YES)
        # Functions are deployed side by side: those that are under way when one is stopped are still made.
        assert when <= project.state["changes"] <= when + len(plan.DOORS)
        project.set(stop_after=0)
        project.run(*YES)

        assert whole == project.built()


@pytest.mark.parametrize(
    ("part", "said", "told"),
    [
        (
            "services enable",
            "ERROR: Billing account for project '1' is not found. Billing must be enabled",
            "no billing",
        ),
        (
            "functions deploy",
            "One or more users named in the policy do not belong to a permitted customer",
            "policy of",
        ),
        ("functions deploy", "Build failed: ... does not have storage.objects.get access", "lacks a role"),
        ("databases create", "SERVICE_DISABLED: it is disabled", "wait a minute"),
        ("secrets create", "PERMISSION_DENIED: Permission 'secretmanager.secrets.create' denied", "an owner"),
        ("add-iam-policy-binding", "ERROR: Reauthentication required", "gcloud auth login"),
        ("scheduler jobs create", "something that nobody has seen before", "nobody has seen before"),
    ],
)
def test_what_stops_a_fresh_project_is_explained_and_it_goes_on(
    project: Project, part: str, said: str, told: str
) -> None:
    project.set(refuse={part: said})

    stopped = project.run(*YES)

    assert 1 == stopped.returncode
    assert told in stopped.stderr
    assert "goes on from here" in stopped.stderr
    project.set(refuse={})
    assert "Mend what is wrong" in project.run(*YES).stdout
    assert project.state["jobs"]


def test_before_anything_is_done_it_is_shown_and_agreed_to(project: Project) -> None:
    shown = project.run("--region=europe-west1", "--dry-run")
    assert 0 == shown.returncode, shown.stderr
    assert "gcloud functions deploy sms-status --gen2 --entry-point=sms_status" in shown.stdout
    assert "Nothing was done" in shown.stdout

    refused = project.run("--region=europe-west1", given="no\n")

    assert 1 == refused.returncode
    assert 0 == project.state["changes"]
    assert project.simulator.console.numbers[0].sms_url.startswith("https://demo.twilio.com")


def test_the_project_may_stand_in_the_environment(project: Project) -> None:
    project.set(project="")

    project.run(*YES, GOOGLE_CLOUD_PROJECT="acme-pager")

    assert {"--project=acme-pager"} == {
        word for words in project.state["calls"][2:] for word in words if word.startswith("--project=")
    }


def test_where_gcloud_answers_nothing_all_of_it_is_done(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def called(words: Sequence[str], given: str = "") -> Said:
        calls.append(" ".join(words))
        return Said(0, "", given[:0])

    monkeypatch.setattr(Project, "_called", staticmethod(called))

    done = project.run(*YES, GOOGLE_CLOUD_PROJECT="acme-pager")

    assert "Mend what is wrong" in done.stdout, done.stderr
    for part in ("services enable", "databases create", "secrets create", "functions deploy tick", "jobs create http"):
        assert any(part in one for one in calls), part


def test_what_it_cannot_find_out_is_asked(project: Project) -> None:
    project.set(project="")
    project.simulator.console.numbers.append(OwnNumber("PN" + "7" * 32, "+14155550198"))
    answers = ["acme-oncall", SID, "a wrong token", SID, TOKEN, "+14155550197", TWILIO_NUMBER, "12", ANA, "", "yes"]
    empty = {"TWILIO_ACCOUNT_SID": "", "TWILIO_AUTH_TOKEN": "", "ON_DUTY": ""}

    done = project.run(given="\n".join([*answers, ""]), **empty)

    assert "not this token" in done.stdout
    assert "It is none of them" in done.stdout
    assert {"(default)": "us-central1"} == project.state["databases"], done.stderr
    secret = project.built()["secret"]
    assert (TWILIO_NUMBER, ANA) == (secret["TWILIO_CALLER_ID"], secret["ON_DUTY"])
    assert TOKEN not in done.stdout


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"login": ""}, "gcloud auth login"),
        ({"billing": False}, "has no billing"),
        ({"versions": ["not json"]}, "holds no JSON object"),
        ({"versions": ["[1]"]}, "holds no JSON object"),
    ],
)
def test_what_has_to_be_there_first_is_told_at_once(project: Project, values: dict[str, Any], told: str) -> None:
    project.set(**values)

    done = project.run(*YES)

    assert 1 == done.returncode
    assert told in done.stderr
    assert 0 == project.state["changes"]


@pytest.mark.parametrize("url", ["pager.test", "https://pager.test,BUGGLIO_STORE=sqlite:x", "https://a@pager.test"])
def test_a_public_address_that_is_none_is_told_before_anything_is_done(project: Project, url: str) -> None:
    done = project.run(*YES, BUGGLIO_PUBLIC_URL=url)

    assert 1 == done.returncode
    assert "BUGGLIO_PUBLIC_URL" in done.stderr
    assert 0 == project.state["changes"]


def test_the_registration_that_takes_days_is_told_first_of_all(project: Project) -> None:
    project.simulator.console.services[0].campaigns = ["IN_PROGRESS"]
    project.simulator.console.type = "Trial"

    told = project.run(*YES).stdout

    assert told.index("takes days") < told.index("\nservices")
    assert "it texts only numbers that were verified" in told


def test_one_function_for_all_doors(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "asked", lambda *_, **__: "nobody is there")

    project.run(*YES, "--single", BUGGLIO_PUBLIC_URL="")

    assert ["bugglio"] == list(project.state["functions"])
    place = "https://europe-west1-acme-oncall.cloudfunctions.net/bugglio"
    assert f"{place}/tick" == project.state["jobs"]["bugglio-tick"]["--uri"]
    assert f"BUGGLIO_PUBLIC_URL={place}" in project.state["functions"]["bugglio"]["flags"]["--set-env-vars"]


def test_where_all_answers_the_address_for_bugsnag_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(method: str, url: str, **how: Any) -> Reply:
        if method == "POST":
            return Reply(401, {}, "")
        key = json.loads(project.state["versions"][-1])["FLASK_SECRET_KEY"]
        question = how["headers"][HEADER]
        return Reply(405, {HEADER.lower(): proof(key, url.rpartition("/")[2], question)}, "")

    monkeypatch.setattr(addresses, "asked", asked)

    done = project.run(*YES)

    token = json.loads(project.state["versions"][-1])["BUGSNAG_WEBHOOK_TOKEN"]
    assert 0 == done.returncode
    assert f"{NOWHERE}/bugsnag?token={token}" in done.stdout


@pytest.mark.gcloud
@pytest.mark.slow
@pytest.mark.timeout(280)
def test_every_command_and_flag_is_in_gclouds_own_help(project: Project) -> None:
    if installed() is None:
        pytest.skip("gcloud is not installed, so NO COMMAND WAS CHECKED")
    project.run(*YES)
    project.set(jobs={"bugglio-tick": {**project.state["jobs"]["bugglio-tick"], "--uri": "https://old.test/tick"}})
    project.set(exclusions={plan.EXCLUSION: "an older filter"})
    project.run(*YES)
    calls = {tuple(words) for words in project.state["calls"]}
    wanted: dict[tuple[str, ...], set[str]] = {}
    for words in calls:
        made = Command("setup", words)
        wanted.setdefault(_verb(made), set()).update(made.flags)

    known = {command: known_flags(command) for command in wanted}

    assert {("scheduler", "jobs", "update", "http"), ("firestore", "fields", "ttls", "update")} <= set(known)
    assert [] == [command for command, flags in known.items() if not flags]
    common = {"--project", "--quiet", "--format", "--filter"}
    assert {} == {one: flags - known[one] - common for one, flags in wanted.items() if flags - known[one] - common}


VERBS = ("list", "describe", "get-iam-policy", "add-iam-policy-binding", "access", "get-value")


def _verb(made: Command) -> tuple[str, ...]:
    """The command up to its verb."""
    for number, word in enumerate(made.path):
        if word in VERBS:
            return made.path[: number + 1]
    return made.command


def test_what_an_older_run_left_out_of_the_log_is_brought_up_to_date(project: Project) -> None:
    project.run(*YES)
    project.set(exclusions={plan.EXCLUSION: "an older filter"})
    before = project.state["changes"]

    project.run(*YES)

    assert {plan.EXCLUSION: plan.HIDDEN} == project.state["exclusions"]
    assert before + 1 == project.state["changes"]


def test_a_source_that_changed_is_deployed_anew(project: Project) -> None:
    project.run(*YES)
    functions = project.state["functions"]
    functions["sms"]["labels"] = {"bugglio": "another-mark"}
    project.set(functions=functions)
    before = project.state["changes"]

    project.run(*YES)

    assert before + 1 == project.state["changes"]
    place = Place("acme-oncall", "europe-west1", own=NOWHERE)
    assert plan.mark(place.deployment(plan.DOORS[1])) == project.state["functions"]["sms"]["labels"]["bugglio"]


def test_the_pages_own_commands_make_the_same_project(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "asked", lambda *_, **__: "nobody is there")
    project.run(*YES, BUGGLIO_PUBLIC_URL="")
    by_setup = project.built()
    project.file.write_text(json.dumps(EMPTY))
    text = (ROOT / "docs" / "deploy.md").read_text()
    steps = text[text.index("### 1. Services") : text.index("### 7. Twilio and Bugsnag")]
    blocks = re.findall(r"^```sh\n(.*?)^```", steps, re.DOTALL | re.MULTILINE)
    # Building and the log need an account; the functions are compared flag by flag in tests/test_deployment.py.
    left_out = ("gcloud builds", "gcloud functions", "gcloud scheduler jobs run", "gcloud secrets versions add")
    script = "\n".join(["set -eu", *(block for block in blocks if not block.startswith(left_out))])

    done = subprocess.run(
        ["bash", "-c", script],
        cwd=project.folder,
        env={**project.env(), "PROJECT": "acme-oncall", "REGION": "europe-west1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    by_hand = project.state
    for name in ("services", "databases", "unindexed", "ttls", "accounts", "acting", "roles", "readers", "exclusions"):
        assert by_setup[name] == by_hand[name], name
    (job,), (other,) = by_setup["jobs"].values(), by_hand["jobs"].values()
    assert {name: value for name, value in job.items() if name != "--project"} == other
    (mode,) = {one.stat().st_mode & 0o777 for one in project.folder.glob("secret.json")}
    assert 0o600 == mode
