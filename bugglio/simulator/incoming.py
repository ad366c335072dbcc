"""Texts from phones: Twilio's own words are obeyed, bugglio is asked, and its answer reaches the phone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bugglio.simulator import keywords, twiml
from bugglio.simulator.activity import Activities
from bugglio.simulator.doors import Doors
from bugglio.simulator.memory import Account, Memory
from bugglio.simulator.records import Message
from bugglio.simulator.texts import Texts

_UNSUBSCRIBED = 21610
_NOWHERE = {
    "FromCity": "SPRINGFIELD",
    "FromCountry": "US",
    "FromState": "OR",
    "FromZip": "97477",
    "ToCity": "",
    "ToCountry": "US",
    "ToState": "",
    "ToZip": "",
}


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


class Incoming:
    """What Twilio does with a text to bugglio's number."""

    def __init__(self, memory: Memory, doors: Doors, activities: Activities, texts: Texts) -> None:
        self._memory = memory
        self._doors = doors
        self._activities = activities
        self._texts = texts

    def receive(self, sender: str, to: str, body: str) -> Received:
        """Take a text from a phone, and post it to bugglio at once."""
        memory = self._memory
        with memory.lock:
            message = self._texts.make(sender, to, body, "received", "inbound")
            message = memory.records.put(replace(message, sent=message.created, service=memory.account.service))
            memory.records.phone(sender)
            self._obey(message)
        return self._ask(message)

    def again(self, sid: str) -> Received:
        """Post a text once more with an idempotency token. Raises KeyError when there is no such text."""
        with self._memory.lock:
            message = self._memory.records.messages[sid]
        return self._ask(message, "simulated-" + sid)

    def _obey(self, message: Message) -> None:
        """Do and say what Twilio does and says by itself."""
        records, phone, body = self._memory.records, message.sender, message.body
        reply = keywords.reply(body, opted_out=phone in records.opted_out)
        if keywords.is_stop(body) or keywords.is_start(body):
            records.opt(phone, out=keywords.is_stop(body))
        if reply:
            self._texts.reply(message.to, phone, reply)

    def _ask(self, message: Message, token: str = "") -> Received:
        answer = self._doors.twilio(self._doors.public_url + "/sms", _form(self._memory.account, message), token)
        replies, fault = twiml.read(answer)
        with self._memory.lock:
            fault = self._reply(message, replies) or fault
            if fault:
                self._memory.records.put(replace(message, error_code=fault))
        self._activities.note(f"Text “{message.body}”", answer, twiml.explain(fault, answer) if fault else "")
        return Received(message.sid, tuple(replies), answer.status if answer else None, fault)

    def _reply(self, message: Message, replies: Sequence[str]) -> int | None:
        """Send the answers to the phone, unless it wants none: then the code that says so."""
        if replies and message.sender in self._memory.records.opted_out:
            return _UNSUBSCRIBED
        for reply in replies:
            self._texts.reply(message.to, message.sender, reply)
        return None


def _form(account: Account, message: Message) -> dict[str, str]:
    form = {
        **_NOWHERE,
        "AccountSid": account.sid,
        "ApiVersion": "2010-04-01",
        "Body": message.body,
        "From": message.sender,
        "MessageSid": message.sid,
        "NumMedia": "0",
        "NumSegments": str(message.segments),
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "To": message.to,
    }
    if message.service:
        form["MessagingServiceSid"] = message.service
    return form
