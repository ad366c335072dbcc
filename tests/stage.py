"""The whole pager on a stage: its doors, a store, the simulator's phones, and a clock that a test moves."""

import random
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from bugglio.app import App, Parts, Works, tracker, twilio
from bugglio.config import Settings, read_settings
from bugglio.doors.bugsnag import BugsnagDoor
from bugglio.pager.ports import Carrier, Tracker
from bugglio.roster import Roster, lone_roster
from bugglio.simulator import Simulator, served, through
from bugglio.store import Store
from tests.clock import Clock
from tests.faults import Fault, FaultyCarrier, FaultyStore, FaultyTracker

PUBLIC = "https://bugglio.test"
WEBHOOK_TOKEN = "a-webhook-token-of-tests"
ANA = "+14155550101"
TWILIO_NUMBER = "+14155550199"
SID = "AC" + "0123456789abcdef" * 2
TOKEN = "twilio-token-of-the-tests"


def settings_for(origin: str = "http://127.0.0.1:1", **more: str) -> Settings:
    """Settings of a pager that texts through the simulator."""
    values = {
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_CALLER_ID": TWILIO_NUMBER,
        "TWILIO_API_URL": origin,
        "ON_DUTY": ANA,
        "BUGSNAG_WEBHOOK_TOKEN": WEBHOOK_TOKEN,
        "BUGSNAG_API_URL": origin,
        "FLASK_SECRET_KEY": "flask-key-of-the-tests-0123456789",
        "BUGGLIO_PUBLIC_URL": PUBLIC,
        "BUGGLIO_STORE": "sqlite:unused",
        **more,
    }
    return read_settings(values, on_google_cloud=False)


class Inside:
    """The web without a network: bugglio's own public address leads to its doors, all others are only written down."""

    def __init__(self, doors: Callable[[], Callable[..., Any]]) -> None:
        def answer(*request: Any) -> Any:
            return doors()(*request)

        self._post = through(answer)
        self.asked: list[str] = []
        """The addresses called, but for bugglio's own."""
        self.trouble = ""
        """Why nothing is reached."""

    def ask(
        self,
        method: str,
        url: str,
        *,
        patience: float,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> str:
        assert 0 < patience <= 5
        if not url.startswith(PUBLIC):
            self.asked.append(f"{method} {url}")
            return self.trouble
        if self.trouble:
            return self.trouble
        proof = {"Authorization": f"Basic {b64encode(':'.join(auth).encode()).decode()}"} if auth else {}
        status = self._post(url, body, {**(headers or {}), **proof}).status
        return "" if status == 200 else f"it answered HTTP {status}"


class Stage:
    """A pager, its phones and its clock."""

    def __init__(
        self, settings: Settings, simulator: Simulator, clock: Clock, store: Store, roster: Roster | None = None
    ) -> None:
        self.settings = settings
        self.roster = roster or lone_roster(settings.on_duty)
        """Who is on duty; a test may change it at any time."""
        self.simulator = simulator
        self.clock = clock
        self.store = store
        self._kept = False
        self.troubles: list[str] = []
        self.web = Inside(lambda: self.app.wsgi)
        self._read: dict[str, int] = {}
        self.app = self.restart()

    def restart(self, fault: Fault | None = None) -> App:
        """A new process on the same store; with a fault, one that fails."""
        if fault is None:
            return self._start(self.store, None)
        bugsnag = tracker(self.settings)
        faulty = FaultyTracker(bugsnag, fault) if bugsnag is not None else None
        return self._start(FaultyStore(self.store, fault), FaultyCarrier(twilio(self.settings), fault), faulty)

    def restart_with(self, carrier: Carrier | None = None, tracker: Tracker | None = None) -> App:
        """A new process on the same store, with a carrier or a tracker of the test's own."""
        return self._start(self.store, carrier, tracker)

    def use_the_store(self) -> App:
        """A new process that has its roster from the store, and keeps it by the stage's clock."""
        self._kept = True
        return self.restart()

    def _start(self, store: Store, carrier: Carrier | None, tracker: Tracker | None = None) -> App:
        parts = Parts(store, carrier, lambda: self.roster, sleep=self._sleep, draw=random.Random(417), tracker=tracker)
        parts = replace(parts, web=self.web)
        if self._kept:
            parts = replace(parts, roster=None, uptime=lambda: self.clock.now() / 1000)
        self.app = App(lambda: self.settings, self._alarm, parts)
        return self.app

    def gathered(self) -> int:
        """How many events wait for the commit that is under way."""
        door = self.works.doors["bugsnag"]
        assert isinstance(door, BugsnagDoor)
        return door.intake.gathered

    def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    def _alarm(self, error: BaseException, where: str) -> None:
        self.troubles.append(f"{where}: {error!r}")

    @property
    def works(self) -> Works:
        """The pager inside the app."""
        return self.app.works

    def webhook(self, payload: Any) -> dict[str, Any]:
        """Bugsnag delivers; what it is answered, which must be 200."""
        event = self.simulator.send_event(payload)
        assert event.status == 200, event.answer
        import json

        answer: dict[str, Any] = json.loads(event.answer)
        return answer

    def tick(self, *, served: bool = False) -> None:
        """One pass over what is due; `served`: as where the doors are open, with the daily self-test."""
        self.works.ticking.tick(served=served)

    def wait(self, *, seconds: float = 0, minutes: float = 0, step: int = 1) -> None:
        """Let time pass with a tick each `step` seconds, and one at its end."""
        total = int(seconds + 60 * minutes)
        for passed in range(0, total, step):
            self.clock.advance(seconds=min(step, total - passed))
            self.tick()

    def text(self, number: str, body: str) -> str:
        """A phone texts; the answer on it, or nothing."""
        received = self.simulator.receive(number, body)
        assert received.status == 200, received
        assert len(received.replies) <= 1
        self._read[number] = len(self.simulator.texts(number))
        return received.replies[0] if received.replies else ""

    def new_texts(self, number: str = ANA) -> list[str]:
        """The pages that have arrived on a phone since it was last looked at."""
        self.simulator.settle()
        texts = self.simulator.texts(number)
        seen, self._read[number] = self._read.get(number, 0), len(texts)
        return texts[seen:]

    def page(self, number: str = ANA) -> str:
        """The one page that has arrived."""
        found = self.new_texts(number)
        assert len(found) == 1, found
        return found[0]

    def alerts(self) -> list[Mapping[str, Any]]:
        """Every alert as it is stored."""
        return [one.fields for one in self.store.query("alerts", "open", limit=400)]


@contextmanager
def staged(store: Store, clock: Clock, roster: Roster | None = None, **more: str) -> Iterator[Stage]:
    """Set the stage on a store; `more` are settings."""
    stages: list[Stage] = []

    def doors(environ: Any, start_response: Any) -> Any:
        return stages[0].app.wsgi(environ, start_response)

    simulator = Simulator(
        public_url=PUBLIC,
        webhook_url=f"{PUBLIC}/bugsnag?token={WEBHOOK_TOKEN}",
        account_sid=SID,
        auth_token=TOKEN,
        sender=TWILIO_NUMBER,
        post=through(doors),
        clock=clock.now,
    )
    with served(simulator.wsgi) as origin:
        stages.append(Stage(settings_for(origin, **more), simulator, clock, store, roster))
        yield stages[0]
    simulator.close()
