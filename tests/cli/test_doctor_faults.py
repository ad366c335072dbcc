"""Faults that are planted in a working pager: `doctor` finds each, names it, and its mend removes it."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bugglio.__main__ import main
from bugglio.app import App, build
from bugglio.pager import budgets
from bugglio.pager.applying import Applying
from bugglio.pager.wellbeing.pulse import PULSE
from bugglio.phone import path as phone_path
from bugglio.phone import phone_id
from bugglio.rosterfile import read
from bugglio.simulator import Answer, Misbehaviour, Simulator, served
from bugglio.simulator.console import OwnNumber
from bugglio.store.change import change
from tests.cli.doctoring import ROSTER
from tests.stage import ANA, SID, TOKEN, TWILIO_NUMBER, WEBHOOK_TOKEN

ENV = {
    "TWILIO_ACCOUNT_SID": SID,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_CALLER_ID": TWILIO_NUMBER,
    "ON_DUTY": ANA,
    "BUGSNAG_WEBHOOK_TOKEN": WEBHOOK_TOKEN,
    "FLASK_SECRET_KEY": "flask-key-of-the-tests-0123456789",
    "BUGGLIO_HEARTBEAT_URL": "https://heartbeat.test/1",
    "BUGSNAG_BUGGLIO_KEY": "0123456789abcdef0123456789abcdef",
}


@dataclass
class World:
    """A pager that works, the two services, and the environment of whoever asks for the doctor."""

    simulator: Simulator
    env: dict[str, str]
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    doors: list[Any]
    """What answers at the public address."""
    app: App
    kept: dict[str, Any] = field(default_factory=dict)

    def checks(self, *arguments: str) -> list[dict[str, Any]]:
        """What the doctor tells."""
        for name, text in self.env.items():
            self.monkeypatch.setenv(name, text)
        main(["doctor", "--json", *arguments])
        found: list[dict[str, Any]] = json.loads(self.capsys.readouterr().out)["checks"]
        for name in self.env:
            self.monkeypatch.delenv(name)
        return found

    def wrong(self) -> list[dict[str, Any]]:
        return [one for one in self.checks() if one["ok"] is False]

    def put(self, path: str, **fields: Any) -> None:
        """Change a document of the store."""
        store = self.app.works.kit.store
        store.commit([change(path, store.get([path]).get(path), {"v": 1, **fields})])

    @property
    def now(self) -> int:
        return self.app.works.kit.store.get([]).at

    @property
    def number(self) -> OwnNumber:
        return self.simulator.console.numbers[0]

    def apply(self, text: str) -> None:
        applying = Applying(self.app.works.kit)
        applying.apply(applying.plan(read(text.encode()).book), "tests")
        self.app.works.kit.forget_roster()

    def roster(self, old: str, new: str) -> None:
        self.apply(ROSTER.replace(old, new))

    def serve(self, **more: str) -> None:
        """Another deployment answers."""
        self.doors[:] = [build({**self.env, **more}).wsgi]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[World]:
    for name in ("GOOGLE_CLOUD_PROJECT", "BUGGLIO_SECRET", "K_SERVICE", "FIRESTORE_EMULATOR_HOST"):
        monkeypatch.delenv(name, raising=False)
    doors: list[Any] = []
    with ExitStack() as stack:
        public = stack.enter_context(served(lambda *call: doors[0](*call)))  # noqa: PLW0108 - others come later
        simulator = Simulator(
            public_url=public, account_sid=SID, auth_token=TOKEN, sender=TWILIO_NUMBER, post=lambda *_: Answer(204)
        )
        stack.callback(simulator.close)
        api = stack.enter_context(served(simulator.wsgi))
        env = {**ENV, "BUGGLIO_PUBLIC_URL": public, "TWILIO_API_URL": api, "BUGSNAG_API_URL": api}
        env |= {"BUGGLIO_STORE": f"sqlite:{tmp_path / 'bugglio.db'}", "BUGSNAG_AUTH_TOKEN": simulator.bugsnag_token}
        app = build(env)
        stack.callback(app.close)
        doors.append(app.wsgi)
        found = World(simulator, env, monkeypatch, capsys, doors, app)
        number = found.number
        number.sms_url, number.sms_fallback_url = f"{public}/sms#rc=2&rp=ct,rt,5xx", f"{public}/sms"
        found.apply(ROSTER)
        for phone in (ANA, "+14155550102"):
            found.put(phone_path(phone_id(phone)), heard_at=found.now)
        found.put(PULSE, at=found.now)
        yield found


def test_of_a_working_pager_it_finds_nothing_wrong(world: World) -> None:
    found = world.checks()

    assert [] == [one for one in found if one["ok"] is False]
    assert ["clock"] == [one["name"] for one in found if one["ok"] is None]
    assert {"/bugsnag", "/sms", "/sms-status", "/tick", "/admin", "a wrong secret"} <= {one["name"] for one in found}


Act = Callable[[World], None]


@dataclass(frozen=True)
class Planted:
    """A fault, how it is mended, and a part of what is said of it."""

    plant: Act
    mend: Act
    name: str
    found: str
    says: str
    """Of the mend."""


def test_a_version_without_traffic_is_asked_at_its_own_addresses(world: World, tmp_path: Path) -> None:
    file = tmp_path / "candidates"
    doors = {"bugsnag", "sms", "sms-status", "tick", "admin"}
    public = world.env["BUGGLIO_PUBLIC_URL"]
    file.write_text("".join(f"{door} {public}/{door}\n" for door in sorted(doors)))
    world.env["BUGGLIO_PUBLIC_URL"] = "http://127.0.0.2:9"
    world.simulator.console.status = "suspended"

    found = world.checks(f"--at={file}")

    # What is no version's fault holds none up.
    assert [] == [one for one in found if one["ok"] is False]
    assert {"settings", "store", "a wrong secret", *(f"/{door}" for door in doors)} <= {one["name"] for one in found}
    world.serve(FLASK_SECRET_KEY="another-deployment-0123456789")
    wrong = {one["name"] for one in world.checks(f"--at={file}") if one["ok"] is False}
    assert {f"/{door}" for door in doors} == wrong


@pytest.mark.parametrize(
    "content", ["", "sms", "nowhere https://a.test", "sms ftp://a.test", "sms https://a.test more"]
)
def test_addresses_that_cannot_be_read_are_told(world: World, tmp_path: Path, content: str) -> None:
    file = tmp_path / "candidates"
    file.write_text(content)

    assert 1 == main(["doctor", f"--at={file}"])
    assert "one a line" in world.capsys.readouterr().err
    assert 1 == main(["doctor", f"--at={tmp_path / 'none'}"])


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
def test_while_the_key_is_changed_a_door_may_still_have_the_other(world: World, order: tuple[str, str]) -> None:
    keys = {"old": world.env["FLASK_SECRET_KEY"], "new": "flask-key-that-comes-next-0123456"}
    world.serve(FLASK_SECRET_KEY=keys[order[0]])
    world.env |= {"FLASK_SECRET_KEY": keys[order[1]], "FLASK_SECRET_KEY_PREVIOUS": keys[order[0]]}

    assert [] == world.wrong()


def setting(name: str, value: str) -> tuple[Act, Act]:
    """A setting that is wrong for the doctor, and for the deployment, or is not there."""

    def plant(world: World) -> None:
        world.kept[name] = world.env.get(name, "")
        world.env[name] = value

    def mend(world: World) -> None:
        world.env[name] = world.kept[name]

    return plant, mend


def console(**values: Any) -> tuple[Act, Act]:
    """Something is set otherwise in Twilio's console."""

    def plant(world: World) -> None:
        world.kept |= {name: getattr(world.simulator.console, name) for name in values}
        for name, value in values.items():
            setattr(world.simulator.console, name, value)

    def mend(world: World) -> None:
        for name in values:
            setattr(world.simulator.console, name, world.kept[name])

    return plant, mend


def number(**values: Any) -> tuple[Act, Act]:
    """Something is set otherwise for the number."""

    def plant(world: World) -> None:
        world.kept |= {name: getattr(world.number, name) for name in values}
        for name, value in values.items():
            setattr(world.number, name, value)

    def mend(world: World) -> None:
        for name in values:
            setattr(world.number, name, world.kept[name])

    return plant, mend


def roster(old: str, new: str) -> tuple[Act, Act]:
    """The roster says something else."""
    return (lambda world: world.roster(old, new)), (lambda world: world.apply(ROSTER))


def kept(path: str, **fields: Callable[[World], Any]) -> tuple[Act, Act]:
    """A document of the store says something else."""

    def plant(world: World) -> None:
        world.put(path, **{name: value(world) for name, value in fields.items()})

    def mend(world: World) -> None:
        world.put(path, **{name: (world.now if name == "at" else None) for name in fields})

    return plant, mend


def misbehaving(**how: Any) -> tuple[Act, Act]:
    """A service misbehaves."""

    def mend(world: World) -> None:
        world.simulator.misbehave(None)

    return (lambda world: world.simulator.misbehave(Misbehaviour(**how))), mend


def doors(wsgi: Any) -> tuple[Act, Act]:
    """Something else answers at the public address."""

    def plant(world: World) -> None:
        world.doors[:] = [wsgi]

    return plant, lambda world: world.serve()


def nothing(_: Any, start: Any) -> list[bytes]:
    start("404 Not Found", [("Content-Type", "text/plain")])
    return [b"nothing here"]


def deployed(**more: str) -> tuple[Act, Act]:
    """Another deployment answers at the public address."""
    return (lambda world: world.serve(**more)), (lambda world: world.serve())


def failing(world: World) -> None:
    world.simulator.misbehave(Misbehaviour("undelivered", code=30034))
    world.simulator.accept({"To": ANA, "From": TWILIO_NUMBER, "Body": "hello"})
    world.simulator.settle()


def delivering(world: World) -> None:
    world.simulator.misbehave(None)
    for each in range(200):
        world.simulator.accept({"To": ANA, "From": TWILIO_NUMBER, "Body": f"hello {each}"})
    world.simulator.settle()


def broken_sender(world: World) -> None:
    world.put("pulse/sender", since=world.now - 60_000, code=20003, cause="the token is wrong", next_try=world.now)


def no_number(world: World) -> None:
    world.kept["numbers"] = world.simulator.console.numbers
    world.simulator.console.numbers = []


def number_again(world: World) -> None:
    world.simulator.console.numbers = world.kept["numbers"]


def unregistered(*campaigns: str) -> tuple[Act, Act]:
    def plant(world: World) -> None:
        world.simulator.console.services[0].campaigns = list(campaigns)

    def mend(world: World) -> None:
        world.simulator.console.services[0].campaigns = ["VERIFIED"]

    return plant, mend


BEN = phone_path(phone_id("+14155550102"))
LAST = phone_path(phone_id(ANA))
PLANTED = {
    "half a Twilio": (*setting("TWILIO_AUTH_TOKEN", ""), "settings", "TWILIO_AUTH_TOKEN", "Set it"),
    "a number that is none": (*setting("ON_DUTY", "12"), "settings", "ON_DUTY", "Set it"),
    "a misspelt setting": (*setting("BUGGLIO_SMS_PER_DAYS", "5"), "settings", "BUGGLIO_SMS_PER_DAY", "Set it"),
    "a store that is no file": (
        *setting("BUGGLIO_STORE", "sqlite:/nowhere/at/all.db"),
        "store",
        "cannot be",
        "BUGGLIO_",
    ),
    "a wrong token of Twilio's": (
        *setting("TWILIO_AUTH_TOKEN", "x" * 32),
        "Twilio's account",
        "not this token",
        "Copy",
    ),
    "another account": (*setting("TWILIO_ACCOUNT_SID", "AC" + "1" * 32), "Twilio's account", "does not know", "Copy"),
    "a suspended account": (*console(status="suspended"), "Twilio's account", "suspended", "console"),
    "no money": (*console(balance="-0.10"), "Twilio's balance", "nothing is left", "Auto-recharge"),
    "little money": (*console(balance="0.90"), "Twilio's balance", "day's budget", "Auto-recharge"),
    "a trial": (*console(type="Trial"), "Twilio's trial", "may not text ...0101, ...0102", "Verify them"),
    "another's number": (no_number, number_again, "TWILIO_CALLER_ID", "no number ...0199", "TWILIO_CALLER_ID"),
    "a number that cannot text": (*number(texts=False), "TWILIO_CALLER_ID", "cannot text", "Buy a number"),
    "texts go elsewhere": (
        *number(sms_url="https://old.test/sms"),
        "texts to bugglio",
        "old.test",
        "A message comes in",
    ),
    "texts go nowhere": (*number(sms_url=""), "texts to bugglio", "nowhere", "A message comes in"),
    "texts come by GET": (*number(sms_method="GET"), "texts to bugglio", "by GET", "HTTP POST"),
    "a TwiML app": (
        *number(sms_application_sid="AP" + "1" * 32),
        "texts to bugglio",
        "TwiML app",
        "Take the TwiML app",
    ),
    "an unregistered sender": (*unregistered(), "texts in the United States", "no registration", "Register"),
    "a refused registration": (*unregistered("FAILED"), "texts in the United States", "FAILED", "Register"),
    "texts that fail": (failing, delivering, "recent texts", "30034", "Register"),
    "a wrong token of Bugsnag's": (
        *setting("BUGSNAG_AUTH_TOKEN", "wrong"),
        "BUGSNAG_AUTH_TOKEN",
        "not accept",
        "new token",
    ),
    "a token without rights": (
        *misbehaving(kind="bugsnag-refuse", code=403),
        "BUGSNAG_AUTH_TOKEN",
        "may not",
        "access",
    ),
    "a project that is none": (*roster("web", "wobble"), "projects of the roster", "wobble", "Correct"),
    "nothing deployed": (*doors(nothing), "/sms", "something else (HTTP 404)", "Deploy the function sms"),
    "another deployment": (*deployed(FLASK_SECRET_KEY="y" * 32), "/tick", "another deployment", "Correct"),
    "a wrong address": (*setting("BUGGLIO_PUBLIC_URL", "https://127.0.0.2:9"), "/bugsnag", "does not lead", "Deploy"),
    "an open address": (
        *setting("BUGGLIO_PUBLIC_URL", "http://127.0.0.2:9"),
        "BUGGLIO_PUBLIC_URL",
        "https://",
        "https://",
    ),
    "no ticks": (*kept(PULSE, at=lambda world: world.now - 240_000), "ticks", "4 minutes ago", "Cloud Scheduler"),
    "a broken sender": (
        broken_sender,
        lambda world: world.put("pulse/sender", since=None, code=None, cause=None),
        "sender",
        "token is wrong",
        "console",
    ),
    "a spent budget": (
        *kept(budgets.PATH, day=lambda world: world.now // 86_400_000, used=lambda _: 200),
        "the day's budget",
        "200 of 200",
        "BUGGLIO_SMS_PER_DAY",
    ),
    "a last resort that opted out": (*kept(LAST, opted_out=lambda _: True), "last resort", "opted out", "START"),
    "somebody who opted out": (
        *kept(BEN, opted_out=lambda _: True),
        "people who cannot be reached",
        "ben is paged",
        "START",
    ),
    "a phone never heard of": (
        lambda world: world.put(BEN, heard_at=None),
        lambda world: world.put(BEN, heard_at=world.now),
        "phones never heard of",
        "ben",
        "reply ok",
    ),
    "a gap": (
        *roster("turn: 1 week", 'turn: 1 week, hours: {mon: "09:00-10:00"}'),
        "nobody on duty",
        "nobody is on duty",
        "hours",
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found_and_its_mend_removes_it(world: World, fault: str) -> None:
    planted = Planted(*PLANTED[fault])

    planted.plant(world)

    hits = [one for one in world.wrong() if one["name"] == planted.name and planted.found in one["found"]]
    assert hits, world.checks()
    assert planted.says in hits[0]["mend"]
    planted.mend(world)
    assert [] == world.wrong()
