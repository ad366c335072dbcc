"""The simulator: what Twilio and Bugsnag do, apart from HTTP. Its parts are put together here."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bugglio.simulator.activity import Activities, Activity
from bugglio.simulator.calls import Calls
from bugglio.simulator.console import Console, made
from bugglio.simulator.course import Course
from bugglio.simulator.doors import Doors
from bugglio.simulator.events import Event, Events
from bugglio.simulator.incoming import Incoming, Received
from bugglio.simulator.memory import Account, Memory
from bugglio.simulator.post import Answer, Post, over_http
from bugglio.simulator.records import Call, Message, Records
from bugglio.simulator.reports import Callback, Reporter
from bugglio.simulator.texts import Texts
from bugglio.simulator.tracked import Comment, Tracked
from bugglio.simulator.tracker import Tracker
from bugglio.simulator.trouble import Misbehaviour


def wall_clock() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Simulator:
    """
    A Twilio and a Bugsnag in one object; safe to share between threads.

    `public_url` is bugglio's public address: texts go to it plus `/sms`. `webhook_url` is where Bugsnag's events go,
    token included. Both may be functions, when they are known only later. Without `start` it stands still: statuses
    move when `move`, `deliver` or `settle` is called. No lock is held while a door is called. Bugsnag's API knows the
    errors that events were sent of; with `any_error` every error that it is asked for.
    """

    def __init__(
        self,
        *,
        public_url: str | Callable[[], str] = "http://bugglio.test",
        webhook_url: str | Callable[[], str] | None = None,
        account_sid: str = "AC" + "5" * 32,
        auth_token: str = "simulated-token",  # noqa: S107 - of a make-believe account
        sender: str = "+15005550006",
        messaging_service_sid: str = "",
        phones: Mapping[str, str] | None = None,
        clock: Callable[[], int] = wall_clock,
        journal: Path | None = None,
        post: Post = over_http,
        bugsnag_token: str = "simulated-bugsnag-token",  # noqa: S107 - of a make-believe user
        any_error: bool = False,
    ) -> None:
        self.callbacks: list[Callback] = []
        """Status callbacks that are due and not posted yet: tests may drop, double or reorder them."""
        self.echoes: list[Any] = []
        """Webhooks about what was changed through Bugsnag's API, due and not posted yet: the same."""
        self._account = Account(account_sid, auth_token, sender, messaging_service_sid)
        self._console: Console | None = None
        self._memory = Memory(self._account, clock, Records(journal))
        self._lock = self._memory.lock
        self._doors = Doors(self._account, post, public_url, webhook_url)
        self._activities = Activities(self._memory)
        self._reporter = Reporter(self._doors, self._activities)
        self._course = Course(self._lock, self._reporter.post)
        self._texts = Texts(self._memory, self._course)
        self._incoming = Incoming(self._memory, self._doors, self._activities, self._texts)
        self._calls = Calls(self._memory, self._doors, self._course)
        self.bugsnag_token = bugsnag_token
        """The token that opens Bugsnag's API ..."""
        self.spare_bugsnag_token = ""
        """... and another one, if there is one."""
        self.tracker = Tracker(self._memory, self._echo, any_error=any_error)
        """What Bugsnag knows of errors."""
        self._events = Events(self._memory, self._doors, self._activities, self.tracker.learn)
        self._wsgi: Any = None
        for number, label in (phones or {}).items():
            self.add_phone(number, label)

    # The outside of the two services.

    @property
    def wsgi(self) -> Any:
        """The Flask app with Twilio's API and the page; built when first asked for."""
        with self._lock:
            if self._wsgi is None:
                from bugglio.simulator.web import build

                self._wsgi = build(self)
            return self._wsgi

    @property
    def public_url(self) -> str:
        """The public address of bugglio, without a slash at its end."""
        return self._doors.public_url

    @property
    def webhook_url(self) -> str:
        """Where Bugsnag's events go."""
        return self._doors.webhook_url

    @property
    def account_sid(self) -> str:
        """The name of bugglio's account."""
        return self._account.sid

    @property
    def auth_token(self) -> str:
        """The account's secret, which signs what goes to the doors."""
        return self._account.token

    @property
    def spare_token(self) -> str:
        """The account's secondary token, if there is one: it opens the API as well."""
        return self._account.spare

    @spare_token.setter
    def spare_token(self, token: str) -> None:
        self._account.spare = token

    def promote_token(self) -> None:
        """Make the secondary token the only one."""
        self._account.token, self._account.spare = self._account.spare, ""

    @property
    def sender(self) -> str:
        """Bugglio's number."""
        return self._account.sender

    @property
    def messaging_service_sid(self) -> str:
        """The service that bugglio may send through, or nothing."""
        return self._account.service

    @property
    def console(self) -> Console:
        """What is set in Twilio's console: at first, all as a pager needs it."""
        with self._lock:
            if self._console is None:
                self._console = made(self.sender, self.messaging_service_sid, f"{self.public_url}/sms")
            return self._console

    @property
    def clock(self) -> Callable[[], int]:
        """The function that tells milliseconds since 1970."""
        return self._memory.clock

    # What happens.

    def accept(self, form: Mapping[str, str]) -> Message:
        """Take a text that Twilio's API has found acceptable, and plan what becomes of it."""
        return self._texts.accept(form)

    def dial(self, call: Call) -> Call:
        """Take a call that Twilio's API has found acceptable."""
        return self._calls.dial(call)

    def receive(self, sender: str, body: str, *, to: str | None = None) -> Received:
        """Let a phone text bugglio: the signed webhook is posted at once, and its answer reaches the phone."""
        return self._incoming.receive(sender, to or self.sender, body)

    def receive_again(self, sid: str) -> Received:
        """
        Post a text once more, as a retry does: the same MessageSid and an idempotency token.

        Raises KeyError when there is no such text.
        """
        return self._incoming.again(sid)

    def event(self, name: str) -> Event:
        """Send a sample event to bugglio's webhook. Raises KeyError for a name that is not in `SAMPLES`."""
        return self._events.sample(name)

    def send_event(self, payload: Any, title: str = "Event of your own") -> Event:
        """Send any JSON value to bugglio's webhook."""
        return self._events.send(payload, title)

    def _echo(self, payload: Any) -> None:
        """Let Bugsnag tell what was changed through its API: soon, or when a test lets it."""
        with self._lock:
            if self._course.running:
                self._course.after_a_step(partial(self._tell, payload))
            else:
                self.echoes.append(payload)

    def _tell(self, payload: Any) -> None:
        self._events.tell(payload, payload["trigger"]["message"])

    # Standing still: for tests.

    def move(self, sid: str | None = None) -> int:
        """
        Let every message and call (or this one) take its next status.

        What is to be reported waits in `callbacks`. Returns how many moved.
        """
        moving = [one for one in self._course.under_way() if sid in (None, one)]
        for one in moving:
            due = self._course.step(one)
            with self._lock:
                self.callbacks += due
        return len(moving)

    def deliver(self) -> list[Answer | None]:
        """Post what waits in `callbacks`, in its order, then `echoes`; returns what was answered to the callbacks."""
        with self._lock:
            due, self.callbacks = self.callbacks, []
            echoes, self.echoes = self.echoes, []
        answers = [self._reporter.post(callback) for callback in due]
        for payload in echoes:
            self._tell(payload)
        return answers

    def settle(self) -> list[Answer | None]:
        """Move and deliver until every text has ended and every report is posted, those that this causes included."""
        answers: list[Answer | None] = []
        while self.move() or self.callbacks or self.echoes:
            answers += self.deliver()
        return answers

    # Real time: for the laptop.

    def start(self) -> None:
        """Let time run: statuses move and callbacks go out by themselves, those of the last run too."""
        with self._lock:
            if not self._course.running:
                self._texts.resume()
                self._calls.resume()
                self._course.start()

    def close(self) -> None:
        """Stop time, and let go of requests whose answer is withheld."""
        self._course.close()

    @property
    def running(self) -> bool:
        """Whether time runs by itself."""
        return self._course.running

    def hold(self, seconds: float) -> None:
        """Wait so long, or until `close`: for answers that are withheld or slow."""
        self._course.hold(seconds)

    # Misbehaviour.

    def misbehave(self, wanted: Misbehaviour | None) -> None:
        """Switch a misbehaviour on or off; None switches everything off."""
        with self._lock:
            self._memory.troubles.switch(wanted)

    def misbehaviours(self) -> list[Misbehaviour]:
        """What is switched on."""
        with self._lock:
            return self._memory.troubles.active()

    def trouble(self, kinds: Sequence[str], number: str) -> Misbehaviour | None:
        """Use up one turn of the first of these kinds that is switched on for this number."""
        with self._lock:
            return self._memory.troubles.take(kinds, number)

    # What there is to see.

    def messages(self, *, to: str | None = None, since: int = 0) -> list[Message]:
        """Texts in both directions, oldest first; `since` leaves out what has not changed after that change."""
        with self._lock:
            every = self._memory.records.messages.values()
            return [one for one in every if one.change > since and (to is None or one.to == to)]

    def texts(self, number: str) -> list[str]:
        """The bodies of the texts to this phone, oldest first."""
        return [message.body for message in self.messages(to=number)]

    def listed(self, keep: Callable[[Message], bool]) -> list[Message]:
        """Twilio's log, newest first."""
        with self._lock:
            return self._memory.records.newest(keep)

    def message(self, sid: str) -> Message | None:
        """One text by its SID."""
        with self._lock:
            return self._memory.records.messages.get(sid)

    def calls(self, number: str | None = None, *, since: int = 0) -> list[Call]:
        """Calls, to this phone or to all, oldest first; `since` is that of `messages`."""
        with self._lock:
            every = self._memory.records.calls.values()
            return [call for call in every if call.change > since and number in (None, call.to)]

    def errors(self) -> list[Tracked]:
        """Bugsnag's errors and their states, oldest first."""
        return self.tracker.errors()

    def comments(self, error: str | None = None) -> list[Comment]:
        """Comments in Bugsnag, on this error or on all, oldest first."""
        return self.tracker.comments(error)

    def opted_out(self, number: str) -> bool:
        """Whether this phone texted STOP."""
        with self._lock:
            return number in self._memory.records.opted_out

    def phones(self) -> dict[str, str]:
        """The phones on the page and their labels."""
        with self._lock:
            return dict(self._memory.records.phones)

    def add_phone(self, number: str, label: str = "") -> None:
        """Show another phone on the page."""
        with self._lock:
            self._memory.records.phone(number, label)

    def name_phones(self, phones: Mapping[str, str]) -> None:
        """Show these phones (number -> label) on the page too, under new labels where they are shown already."""
        with self._lock:
            for number, label in phones.items():
                self._memory.records.name(number, label)

    def activity(self, since: int = 0) -> list[Activity]:
        """What was sent to bugglio and what it answered, oldest first, the last hundred."""
        return self._activities.since(since)

    @property
    def change(self) -> int:
        """The number of the last change: the cursor of `since`."""
        with self._lock:
            return self._memory.records.change
