"""The simulator: what Twilio and Bugsnag do, apart from HTTP."""

import json
import threading
import time
import urllib.parse
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bugglio.simulator import keywords, twiml
from bugglio.simulator.post import Answer, Post, over_http
from bugglio.simulator.records import ENDED, Call, Message, Records, iso, new_sid
from bugglio.simulator.samples import SAMPLES, Bugsnag
from bugglio.simulator.segments import count
from bugglio.simulator.signing import sign
from bugglio.simulator.trouble import Misbehaviour, Troubles
from bugglio.simulator.worker import Worker

STEP = 0.7
"""Seconds between two statuses in real time."""
RESUME = 2.0
"""Seconds before texts that were under way at the last run go on."""


def wall_clock() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Callback:
    """A status callback that waits to be posted."""

    sid: str
    status: str
    url: str
    form: Mapping[str, str]


@dataclass(frozen=True)
class Received:
    """
    What became of a text from a phone: bugglio's answer, and Twilio's code when that was of no use.

    `status` None means that nobody answered.
    """

    sid: str
    replies: tuple[str, ...]
    status: int | None
    error_code: int | None = None


@dataclass(frozen=True)
class Event:
    """What bugglio answered to a Bugsnag event; `status` None means that there was no answer."""

    payload: Any
    status: int | None
    answer: str


@dataclass(frozen=True)
class Activity:
    """One line of the page's list: what happened, and what was answered."""

    at: int
    what: str
    status: int | None
    answer: str
    change: int

    def for_page(self) -> dict[str, Any]:
        """The line as JSON."""
        told = {"at": iso(self.at), "what": self.what, "status": self.status}
        return {**told, "answer": self.answer, "summary": self.summary()}

    def summary(self) -> str:
        """The answer in short: bugglio's outcome with code and reason, or the words as they came."""
        try:
            told = json.loads(self.answer)
        except ValueError:
            return self.answer
        if not isinstance(told, dict) or "outcome" not in told:
            return self.answer
        code, reason = told.get("code"), told.get("reason")
        return f"{told['outcome']}{f' #{code}' if code else ''}{f': {reason}' if reason else ''}"


@dataclass
class _Plan:
    """What a message or call will still go through."""

    statuses: list[str]
    code: int | None = None
    lose: bool = False
    double: bool = False
    reorder: bool = False
    held: list[Callback] = field(default_factory=list)
    late: float = 0


class Simulator:
    """
    A Twilio and a Bugsnag in one object; safe to share between threads.

    `public_url` is bugglio's public address: texts go to it plus `/sms`. `webhook_url` is where Bugsnag's events go,
    token included. Both may be functions, when they are known only later. Without `start` it stands still: statuses
    move when `move`, `deliver` or `settle` is called. No lock is held while a door is called.
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
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.sender = sender
        self.messaging_service_sid = messaging_service_sid
        self.clock = clock
        self.callbacks: list[Callback] = []
        """Status callbacks that are due and not posted yet: tests may drop, double or reorder them."""
        self._public_url, self._webhook_url = public_url, webhook_url
        self._post = post
        self._lock = threading.RLock()
        self._records = Records(journal)
        self._troubles = Troubles()
        self._plans: dict[str, _Plan] = {}
        self._bugsnag = Bugsnag(clock)
        self._activity: deque[Activity] = deque(maxlen=100)
        self._worker: Worker | None = None
        self._released = threading.Event()
        self._wsgi: Any = None
        for number, label in (phones or {}).items():
            self._records.phone(number, label)

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
        told = self._public_url() if callable(self._public_url) else self._public_url
        return told.rstrip("/")

    @property
    def webhook_url(self) -> str:
        """Where Bugsnag's events go."""
        told = self._webhook_url() if callable(self._webhook_url) else self._webhook_url
        return told or self.public_url + "/bugsnag"

    # Texts to phones.

    def accept(self, form: Mapping[str, str]) -> Message:
        """Take a text that Twilio's API has found acceptable, and plan what becomes of it."""
        with self._lock:
            service = form.get("MessagingServiceSid", "")
            message = self._message(
                form.get("From") or self.sender,
                form["To"],
                form["Body"],
                "accepted" if service else "queued",
                "outbound-api",
            )
            message = replace(message, service=service, callback=form.get("StatusCallback", ""))
            return self._plan(message, ["queued"] if service else [])

    def _message(self, sender: str, to: str, body: str, status: str, direction: str) -> Message:
        now = self.clock()
        sid = new_sid("SM")
        return Message(sid, sender, to, body, status, direction, now, now, count(body), account=self.account_sid)

    def _plan(self, message: Message, first: list[str]) -> Message:
        def take(kind: str) -> Misbehaviour | None:
            return self._troubles.take([kind], message.to)

        end = self._troubles.take(["undelivered", "failed"], message.to)
        last = end.kind if end else "delivered"
        plan = _Plan([*first, *(["failed"] if last == "failed" else ["sent", last])])
        plan.code = int(end.value()) if end else None
        plan.lose = take("lose-callbacks") is not None
        plan.double = take("double-callbacks") is not None
        plan.reorder = take("reorder-callbacks") is not None
        late = take("late")
        plan.late = late.value() if late else 0
        self._plans[message.sid] = plan
        message = self._records.put(message)
        self._records.phone(message.to)
        self._later(message.sid, plan.late)
        return message

    def _later(self, sid: str, more: float = 0) -> None:
        if self._worker is not None:
            self._worker.after(STEP + more, lambda: self._step_and_post(sid))

    def _step_and_post(self, sid: str) -> None:
        for callback in self._step(sid):
            self._call_back(callback)
        with self._lock:
            if sid in self._plans:
                self._later(sid)

    def _step(self, sid: str) -> list[Callback]:
        """Let one message or call take its next status; returns the callbacks that are due now."""
        with self._lock:
            plan = self._plans.get(sid)
            if plan is None:
                return []
            status = plan.statuses.pop(0)
            if not plan.statuses:
                del self._plans[sid]
            if message := self._records.messages.get(sid):
                return self._due(plan, self._reach(message, status, plan))
            call = self._records.calls[sid]
        return self._step_call(call, status)

    def _reach(self, message: Message, status: str, plan: _Plan) -> Message:
        now = self.clock()
        code = plan.code if status in {"undelivered", "failed"} else None
        sent = now if status == "sent" else message.sent
        return self._records.put(replace(message, status=status, updated=now, sent=sent, error_code=code))

    def _due(self, plan: _Plan, message: Message) -> list[Callback]:
        if not message.callback or plan.lose:
            return []
        callback = Callback(message.sid, message.status, message.callback, self._status_form(message))
        due = [callback, callback] if plan.double else [callback]
        if not plan.reorder:
            return due
        plan.held[:0] = due
        if message.status not in ENDED:
            return []
        return plan.held

    def _status_form(self, message: Message) -> dict[str, str]:
        form = {
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
            "From": message.sender,
            "MessageSid": message.sid,
            "MessageStatus": message.status,
            "SmsSid": message.sid,
            "SmsStatus": message.status,
            "To": message.to,
        }
        if message.service:
            form["MessagingServiceSid"] = message.service
        if message.error_code is not None:
            form["ErrorCode"] = str(message.error_code)
        if message.status in {"delivered", "undelivered"}:
            form["RawDlrDoneDate"] = iso(message.updated).translate({ord(c): None for c in "-:T"})[2:12]
        return form

    def _call_back(self, callback: Callback) -> Answer | None:
        answer = self._send(callback.url, callback.form)
        if answer is None or answer.status >= 400:
            self._note(f"Status {callback.status} reported", answer, answer.text if answer else "no answer")
        return answer

    def _send(self, url: str, form: Mapping[str, str], token: str = "") -> Answer | None:
        """Post a signed form; None when nobody answered."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": sign(url, form, self.auth_token),
        }
        if token:
            headers["I-Twilio-Idempotency-Token"] = token
        try:
            return self._post(url, urllib.parse.urlencode(form).encode(), headers)
        except (OSError, ValueError):
            return None

    # Standing still: for tests.

    def move(self, sid: str | None = None) -> int:
        """
        Let every message and call (or this one) take its next status.

        What is to be reported waits in `callbacks`. Returns how many moved.
        """
        with self._lock:
            moving = [one for one in self._plans if sid in (None, one)]
        for one in moving:
            due = self._step(one)
            with self._lock:
                self.callbacks += due
        return len(moving)

    def deliver(self) -> list[Answer | None]:
        """Post what waits in `callbacks`, in its order; returns what was answered."""
        with self._lock:
            due, self.callbacks = self.callbacks, []
        return [self._call_back(callback) for callback in due]

    def settle(self) -> list[Answer | None]:
        """Move and deliver until every text has ended and every report is posted, those that this causes included."""
        answers: list[Answer | None] = []
        while self.move() or self.callbacks:
            answers += self.deliver()
        return answers

    # Real time: for the laptop.

    def start(self) -> None:
        """Let time run: statuses move and callbacks go out by themselves, those of the last run too."""
        with self._lock:
            if self._worker is not None:
                return
            self._worker = Worker()
            for message in self._records.messages.values():
                if message.status not in ENDED and message.sid not in self._plans:
                    self._plans[message.sid] = _Plan(
                        ["delivered"] if message.status == "sent" else ["sent", "delivered"]
                    )
            for sid in self._plans:
                self._later(sid, RESUME)

    def close(self) -> None:
        """Stop time, and let go of requests whose answer is withheld."""
        self._released.set()
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()

    @property
    def running(self) -> bool:
        """Whether time runs by itself."""
        return self._worker is not None

    def hold(self, seconds: float) -> None:
        """Wait so long, or until `close`: for answers that are withheld or slow."""
        self._released.wait(seconds)

    # Texts from phones.

    def receive(self, sender: str, body: str, *, to: str | None = None) -> Received:
        """Let a phone text bugglio: the signed webhook is posted at once, and its answer reaches the phone."""
        with self._lock:
            message = self._message(sender, to or self.sender, body, "received", "inbound")
            message = self._records.put(replace(message, sent=message.created, service=self.messaging_service_sid))
            self._records.phone(sender)
            self._opt(sender, body, message.to)
        return self._webhook(message)

    def receive_again(self, sid: str) -> Received:
        """
        Post a text once more, as a retry does: the same MessageSid and an idempotency token.

        Raises KeyError when there is no such text.
        """
        with self._lock:
            message = self._records.messages[sid]
        return self._webhook(message, "simulated-" + sid)

    def _opt(self, sender: str, body: str, to: str) -> None:
        was = sender in self._records.opted_out
        reply = keywords.reply(body, opted_out=was)
        if keywords.is_stop(body) or keywords.is_start(body):
            self._records.opt(sender, out=keywords.is_stop(body))
        if reply:
            self._reply(to, sender, reply)

    def _reply(self, sender: str, to: str, body: str) -> None:
        self._plan(self._message(sender, to, body, "queued", "outbound-reply"), [])

    def _webhook(self, message: Message, token: str = "") -> Received:
        answer = self._send(self.public_url + "/sms", self._incoming_form(message), token)
        replies, fault = twiml.read(answer)
        with self._lock:
            for reply in replies:
                if message.sender not in self._records.opted_out:
                    self._reply(message.to, message.sender, reply)
                else:
                    fault = fault or 21610
            if fault:
                self._records.put(replace(message, error_code=fault))
        self._note(f"Text “{message.body}”", answer, twiml.explain(fault, answer) if fault else "")
        return Received(message.sid, tuple(replies), answer.status if answer else None, fault)

    def _incoming_form(self, message: Message) -> dict[str, str]:
        form = {
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
            "Body": message.body,
            "From": message.sender,
            "FromCity": "SPRINGFIELD",
            "FromCountry": "US",
            "FromState": "OR",
            "FromZip": "97477",
            "MessageSid": message.sid,
            "NumMedia": "0",
            "NumSegments": str(message.segments),
            "SmsMessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsStatus": "received",
            "To": message.to,
            "ToCity": "",
            "ToCountry": "US",
            "ToState": "",
            "ToZip": "",
        }
        if message.service:
            form["MessagingServiceSid"] = message.service
        return form

    # Phone calls.

    def dial(self, call: Call) -> Call:
        """Take a call that Twilio's API has found acceptable."""
        with self._lock:
            ends = {
                "call-no-answer": ["ringing", "no-answer"],
                "call-busy": ["ringing", "busy"],
                "call-failed": ["failed"],
            }
            trouble = self._troubles.take(ends, call.to)
            statuses = ends[trouble.kind] if trouble else ["ringing", "in-progress", "completed"]
            self._plans[call.sid] = _Plan(list(statuses))
            self._records.phone(call.to)
            call = self._records.put_call(call)
            self._later(call.sid)
            return call

    def _step_call(self, call: Call, status: str) -> list[Callback]:
        said = self._heard(call) if status == "in-progress" else call.said
        with self._lock:
            call = self._records.put_call(replace(call, status=status, said=said, updated=self.clock()))
        ended = status not in {"ringing", "in-progress"}
        names = {"completed"} if ended else {"answered" if status == "in-progress" else status}
        if not call.callback or not names & set(call.callback_events):
            return []
        form = {**self._call_form(call), "CallStatus": status, "CallbackSource": "call-progress-events"}
        if ended:
            form["CallDuration"] = "4" if status == "completed" else "0"
        return [Callback(call.sid, status, call.callback, form)]

    def _call_form(self, call: Call) -> dict[str, str]:
        ours = {"AccountSid": self.account_sid, "ApiVersion": "2010-04-01", "CallSid": call.sid}
        return {**ours, "CallStatus": call.status, "Direction": "outbound-api", "From": call.sender, "To": call.to}

    def _heard(self, call: Call) -> str:
        if call.twiml:
            return twiml.speech(call.twiml)
        answer = self._send(call.url, {**self._call_form(call), "CallStatus": "in-progress"})
        return twiml.speech(answer.text) if answer and answer.status < 400 else ""

    # Bugsnag.

    def event(self, name: str) -> Event:
        """Send a sample event to bugglio's webhook. Raises KeyError for a name that is not in `SAMPLES`."""
        with self._lock:
            payload = self._bugsnag.make(name)
        return self.send_event(payload, SAMPLES[name].title)

    def send_event(self, payload: Any, title: str = "Event of your own") -> Event:
        """Send any JSON value to bugglio's webhook."""
        headers = {"Content-Type": "application/json"}
        try:
            answer = self._post(self.webhook_url, json.dumps(payload).encode(), headers)
        except (OSError, ValueError):
            self._note(title, None, "no answer: is bugglio running?")
            return Event(payload, None, "")
        self._note(title, answer, answer.text[:500])
        return Event(payload, answer.status, answer.text)

    # What there is to see.

    def misbehave(self, wanted: Misbehaviour | None) -> None:
        """Switch a misbehaviour on or off; None switches everything off."""
        with self._lock:
            self._troubles.switch(wanted)

    def misbehaviours(self) -> list[Misbehaviour]:
        """What is switched on."""
        with self._lock:
            return self._troubles.active()

    def trouble(self, kinds: Sequence[str], number: str) -> Misbehaviour | None:
        """Use up one turn of the first of these kinds that is switched on for this number."""
        with self._lock:
            return self._troubles.take(kinds, number)

    def messages(self, *, to: str | None = None, since: int = 0) -> list[Message]:
        """Texts in both directions, oldest first; `since` leaves out what has not changed after that change."""
        with self._lock:
            every = self._records.messages.values()
            return [one for one in every if one.change > since and (to is None or one.to == to)]

    def texts(self, number: str) -> list[str]:
        """The bodies of the texts to this phone, oldest first."""
        return [message.body for message in self.messages(to=number)]

    def listed(self, keep: Callable[[Message], bool]) -> list[Message]:
        """Twilio's log, newest first."""
        with self._lock:
            return self._records.newest(keep)

    def message(self, sid: str) -> Message | None:
        """One text by its SID."""
        with self._lock:
            return self._records.messages.get(sid)

    def calls(self, *, since: int = 0) -> list[Call]:
        """Calls, oldest first."""
        with self._lock:
            return [call for call in self._records.calls.values() if call.change > since]

    def opted_out(self, number: str) -> bool:
        """Whether this phone texted STOP."""
        with self._lock:
            return number in self._records.opted_out

    def phones(self) -> dict[str, str]:
        """The phones on the page and their labels."""
        with self._lock:
            return dict(self._records.phones)

    def add_phone(self, number: str, label: str = "") -> None:
        """Show another phone on the page."""
        with self._lock:
            self._records.phone(number, label)

    def activity(self, since: int = 0) -> list[Activity]:
        """What was sent to bugglio and what it answered, oldest first, the last hundred."""
        with self._lock:
            return [line for line in self._activity if line.change > since]

    @property
    def change(self) -> int:
        """The number of the last change: the cursor of `since`."""
        with self._lock:
            return self._records.change

    def _note(self, what: str, answer: Answer | None, words: str) -> None:
        with self._lock:
            self._records.change += 1
            status = answer.status if answer else None
            self._activity.append(Activity(self.clock(), what, status, words, self._records.change))
