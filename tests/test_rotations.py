"""
Secrets change without a page lost: the lists of commands of docs/operating.md are run, and then played.

Each list runs in a shell with a make-believe gcloud, curl and sleep, which write down what is done in what order. That
course is played on a stage: as long as instances may differ, those with the settings of before and of after take turns.
"""

import itertools
import json
import os
import random
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bugglio.app import App, Parts
from bugglio.config import Settings, read_settings
from bugglio.simulator import through
from tests.browsing import BEN, CID, DAN, ROSTER, Browser, Desk, apply
from tests.clock import Clock
from tests.gcloud import ROOT
from tests.payloads import event
from tests.stage import ANA, PUBLIC, SID, TOKEN, TWILIO_NUMBER, WEBHOOK_TOKEN, staged
from tests.unrest import BUGSNAG_TOKEN

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "operating.md").read_text()
BEGINNING = {
    "TWILIO_ACCOUNT_SID": SID,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "BUGSNAG_WEBHOOK_TOKEN": WEBHOOK_TOKEN,
    "FLASK_SECRET_KEY": "flask-key-of-the-tests-0123456789",
    "BUGSNAG_AUTH_TOKEN": BUGSNAG_TOKEN,
}
STAGE = {
    "TWILIO_CALLER_ID": TWILIO_NUMBER,
    "ON_DUTY": ANA,
    "BUGGLIO_PUBLIC_URL": PUBLIC,
    "BUGGLIO_STORE": "sqlite:unused",
}
SECOND = "twilio-token-that-comes-next"
NEXT = "bugsnag-token-that-comes-next"
SESSION = 12 * 3600
RENEWED = 300
"""Seconds after which every instance has read the secret anew."""


@dataclass(frozen=True)
class Event:
    """One thing that the commands did: `settings`, `wait`, `curl`, or `end` of a block."""

    what: str
    told: Any = None


def section(title: str) -> str:
    found = re.search(rf"^### {re.escape(title)}\n(.*?)(?=^##)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


def blocks(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def helpers() -> str:
    (found,) = [block for block in blocks(PAGE) if block.startswith("secret() {")]
    return str(found)


FAKES = {
    "gcloud": 'exec python3 -I -S "$ROOT/tests/fake_gcloud.py" "$@"',
    "sleep": 'echo "wait $1 $(versions)" >> "$LOG"',
    "curl": 'echo "curl ${@: -1} $(versions)" >> "$LOG"; echo "{\\"secondary_auth_token\\": \\"$SECOND\\"}"',
}
VERSIONS = """versions() { python3 -c 'import json, os
print(len(json.load(open(os.environ["FAKE_GCLOUD"]))["versions"]))'; }"""


def course(title: str, folder: Path) -> list[Event]:
    """What the commands of a section do, in their order."""
    log, state = folder / "log", folder / "gcloud.json"
    log.touch()
    state.write_text(
        json.dumps({"versions": [json.dumps(BEGINNING)], "calls": [], "refuse": {}, "changes": 0, "jobs": {}})
    )
    for name, text in FAKES.items():
        (folder / name).write_text(f"#!/bin/bash\n{VERSIONS}\n{text}\n")
        (folder / name).chmod(0o755)
    end = f'\n{VERSIONS}\necho "end 0 $(versions)" >> "$LOG"\n'
    script = "\n".join(["set -euo pipefail", helpers(), *(block + end for block in blocks(section(title)))])
    variables = {"PATH": f"{folder}:{os.environ['PATH']}", "FAKE_GCLOUD": str(state), "LOG": str(log), "SECOND": SECOND}
    done = subprocess.run(
        ["bash", "-c", script],
        input=f"{NEXT}\n",
        env={**os.environ, **variables, "ROOT": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    calls = json.dumps(json.loads(state.read_text())["calls"])
    versions = json.loads(state.read_text())["versions"]
    secrets = {text for version in versions for name, text in json.loads(version).items() if "SID" not in name}
    assert [] == [one for one in secrets if one in calls], "a secret stands in a command's arguments"
    return list(_events(log.read_text().splitlines(), versions))


def _events(lines: list[str], versions: list[str]) -> Iterator[Event]:
    seen = 1
    for line in lines:
        what, told, count = line.split()
        for number in range(seen, int(count)):
            yield Event("settings", json.loads(versions[number]))
        seen = int(count)
        yield Event(what, int(told) if what == "wait" else told)


Settled = dict[str, str]


@dataclass
class Fleet:
    """Instances by the version of the secret that they have read: the newest, and any that may still be in use."""

    desk: Desk
    clock: Clock
    ages: list[Settled]
    apps: dict[str, App] = field(default_factory=dict)
    session: Browser = field(init=False)
    errors: int = 0
    people: Iterator[str] = field(default_factory=lambda: itertools.cycle([BEN, CID, DAN]))

    def __post_init__(self) -> None:
        self.at(self.ages[0])
        self.session = self.desk.browser("ana")

    def at(self, secret: Settled) -> Settings:
        """What is asked next is answered by an instance that has read this."""
        stage, key = self.desk.stage, json.dumps(secret, sort_keys=True)
        if key not in self.apps:
            apis = dict.fromkeys(("TWILIO_API_URL", "BUGSNAG_API_URL"), self.origin)
            settings = read_settings({**STAGE, **apis, **secret}, on_google_cloud=False)
            parts = Parts(stage.store, sleep=stage._sleep, draw=random.Random(7), web=stage.web)
            self.apps[key] = App(lambda: settings, stage._alarm, parts)
        stage.app = self.apps[key]
        return stage.works.settings

    @property
    def origin(self) -> str:
        return self.desk.stage.settings.twilio_api_url

    def passes(self, seconds: int) -> None:
        """Time goes by; every instance has read the newest version when there was enough of it."""
        self.clock.advance(seconds=seconds)
        if seconds > RENEWED:
            self.ages = self.ages[-1:]
        if seconds > SESSION:
            self.at(self.ages[-1])
            self.session = self.desk.browser("ana")

    def check(self) -> None:
        """Everything works, whichever instances answer."""
        pairs = list(itertools.permutations(self.ages, 2)) or [(self.ages[0], self.ages[0])]
        for one, other in pairs:
            self._page(one, other)
            self._login(one, other)
            token = self.at(one).bugsnag_webhook_token[0]
            assert 200 == self._posted(other, f"{PUBLIC}/bugsnag?token={token}"), "the self-test's way"
            assert "Ana Lima" in self.session.get("/")
        late = "the tick has not come"  # the clock makes leaps
        assert [] == [one for one in self.desk.stage.troubles if late not in one]

    def _posted(self, secret: Settled, url: str) -> int:
        self.at(secret)
        return through(self.desk.stage.app.wsgi)(url, b"{}", {"Content-Type": "application/json"}).status

    def _page(self, one: Settled, other: Settled) -> None:
        """An error pages; the reports of its text arrive; it is fixed by text, in Bugsnag as well."""
        stage = self.desk.stage
        self.errors += 1
        name = f"error-{self.errors}"
        self.at(one)
        code = stage.webhook(event(error={"errorId": name}))["code"]
        self.at(other)
        answers = [answer.status if answer else None for answer in stage.simulator.settle()]
        assert answers
        assert {204} == set(answers)
        assert f"Fixed {code}" in stage.text(ANA, f"fix {code}")
        assert ["fixed"] == [error.status for error in stage.simulator.tracker.errors() if error.id == name]
        stage.tick()
        self.clock.advance(seconds=120)

    def _login(self, one: Settled, other: Settled) -> None:
        """A login's three requests meet instances of both kinds."""
        stage, number, browser = self.desk.stage, next(self.people), self.desk.browser()
        self.at(one)
        browser.get("/login")
        self.at(other)
        stage.new_texts(number)
        browser.send(number=number)
        code = next(text[:6] for text in stage.new_texts(number) if "bugglio code" in text)
        self.at(one)
        assert "Log out" in browser.send(code=code)
        self.at(other)
        assert "Log out" in browser.get("/")
        self.clock.advance(seconds=1200)


def curled(fleet: Fleet, address: str) -> None:
    """What Twilio does when it is asked."""
    simulator = fleet.desk.stage.simulator
    if address.endswith("/Secondary"):
        simulator.spare_token = SECOND
    else:
        assert address == "https://accounts.twilio.com/v1/AuthTokens/Promote"
        simulator.promote_token()


def other_address(fleet: Fleet) -> None:
    """Somebody puts the new token into Bugsnag."""
    tokens = fleet.ages[-1]["BUGSNAG_WEBHOOK_TOKEN"].split(",")
    assert WEBHOOK_TOKEN == tokens[-1] != tokens[0]
    fleet.desk.stage.simulator._doors._webhook_url = f"{PUBLIC}/bugsnag?token={tokens[0]}"


def second_of_bugsnag(fleet: Fleet) -> None:
    """Somebody makes a second token in Bugsnag."""
    fleet.desk.stage.simulator.spare_bugsnag_token = NEXT


def first_revoked(fleet: Fleet) -> None:
    """Somebody revokes the first one."""
    simulator = fleet.desk.stage.simulator
    simulator.bugsnag_token, simulator.spare_bugsnag_token = NEXT, ""


@pytest.fixture
def desk(sqlite: "SqliteStore", clock: Clock) -> Iterator[Desk]:
    """A pager whose roster is in the store, and whoever looks at its pages."""
    with staged(sqlite, clock) as stage:
        stage.use_the_store()
        apply(stage, ROSTER)
        yield Desk(stage)


def nothing(_: Fleet) -> None:
    """Nobody does anything."""


Acts = dict[int, Callable[[Fleet], None]]
ROTATIONS: dict[str, tuple[str, Acts]] = {
    "The webhook's token": ("BUGSNAG_WEBHOOK_TOKEN", {1: other_address}),
    "Twilio's auth token": ("TWILIO_AUTH_TOKEN", {}),
    "The key of the admin pages": ("FLASK_SECRET_KEY", {}),
    "Bugsnag's token": ("BUGSNAG_AUTH_TOKEN", {0: second_of_bugsnag, 1: first_revoked}),
}
"""The setting, and what people do after so many blocks of commands."""


@pytest.mark.parametrize("title", ROTATIONS)
def test_a_secret_is_changed_and_everything_works_at_every_step(
    title: str, desk: Desk, clock: Clock, tmp_path: Path
) -> None:
    name, acts = ROTATIONS[title]
    fleet = Fleet(desk, clock, [BEGINNING])
    fleet.check()
    ended = 0
    acts.get(0, nothing)(fleet)
    for step in course(title, tmp_path):
        if step.what == "settings":
            fleet.ages.append(step.told)
        elif step.what == "wait":
            fleet.passes(step.told)
        elif step.what == "curl":
            curled(fleet, step.told)
        else:
            ended += 1
            acts.get(ended, nothing)(fleet)
        fleet.check()

    fleet.passes(2 * RENEWED)
    fleet.check()
    (last,) = fleet.ages
    assert BEGINNING[name] not in last.values()
    assert last.keys() == BEGINNING.keys()


@pytest.mark.parametrize("title", ROTATIONS)
def test_a_command_that_fails_ends_its_list(title: str) -> None:
    for block in blocks(section(title)):
        lines = block.rstrip("\n").split("\n")
        assert [] == [line for line in lines[:-1] if not line.endswith((" &&", " |"))]


def test_without_its_waits_a_list_would_lose_something(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    fleet = Fleet(desk, clock, [BEGINNING])
    steps = [step for step in course("The webhook's token", tmp_path) if step.what == "settings"]
    fleet.ages += [step.told for step in steps]

    with pytest.raises(AssertionError, match="assert 200 == 401"):
        fleet.check()


def test_a_secret_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    state = tmp_path / "gcloud.json"
    state.write_text(json.dumps({"versions": ["no JSON"], "calls": [], "refuse": {}, "changes": 0}))
    (tmp_path / "gcloud").write_text(f"#!/bin/bash\n{FAKES['gcloud']}\n")
    (tmp_path / "gcloud").chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"

    done = subprocess.run(
        ["bash", "-c", f"{helpers()}\nchange ON_DUTY +14155550101"],
        env={**os.environ, "PATH": path, "FAKE_GCLOUD": str(state), "ROOT": str(ROOT)},
        capture_output=True,
        check=False,
    )

    assert 0 != done.returncode
    assert ["no JSON"] == json.loads(state.read_text())["versions"]
