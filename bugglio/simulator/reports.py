"""Status callbacks: what Twilio reports of a text or a call, and to whom."""

from collections.abc import Mapping
from dataclasses import dataclass

from bugglio.simulator.activity import Activities
from bugglio.simulator.doors import Doors
from bugglio.simulator.memory import Account
from bugglio.simulator.post import Answer
from bugglio.simulator.records import Call, Message, iso


@dataclass(frozen=True)
class Callback:
    """A status callback that waits to be posted."""

    sid: str
    status: str
    url: str
    form: Mapping[str, str]


class Reporter:
    """Posts status callbacks, and notes those that were not welcome."""

    def __init__(self, doors: Doors, activities: Activities) -> None:
        self._doors = doors
        self._activities = activities

    def post(self, callback: Callback) -> Answer | None:
        """Post one; None when nobody answered."""
        answer = self._doors.twilio(callback.url, callback.form)
        if answer is None or answer.status >= 400:
            words = answer.text if answer else "no answer"
            self._activities.note(f"Status {callback.status} reported", answer, words)
        return answer


def of_text(account: Account, message: Message) -> Callback:
    """Report the status that a text has now."""
    form = {
        "AccountSid": account.sid,
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
    return Callback(message.sid, message.status, message.callback, form)


def of_call(account: Account, call: Call, *, ended: bool) -> Callback:
    """Report the status that a call has now."""
    form = {**call_form(account, call), "CallbackSource": "call-progress-events"}
    if ended:
        form["CallDuration"] = "4" if call.status == "completed" else "0"
    return Callback(call.sid, call.status, call.callback, form)


def call_form(account: Account, call: Call) -> dict[str, str]:
    """What Twilio tells of a call in each of its requests."""
    ours = {"AccountSid": account.sid, "ApiVersion": "2010-04-01", "CallSid": call.sid}
    ends = {"Called": call.to, "Caller": call.sender, "From": call.sender, "To": call.to}
    return {**ours, **ends, "CallStatus": call.status, "Direction": "outbound-api"}
