"""Texts to phones: what becomes of each, and which reports bugglio gets of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from bugglio.simulator.course import Course
from bugglio.simulator.memory import Memory
from bugglio.simulator.records import ENDED, Message, new_sid
from bugglio.simulator.reports import Callback, of_text
from bugglio.simulator.segments import count
from bugglio.simulator.trouble import Misbehaviour


@dataclass
class _Fate:
    """How a text ends, and what goes wrong with its reports."""

    end: str = "delivered"
    code: int | None = None
    lose: bool = False
    double: bool = False
    reorder: bool = False
    late: float = 0
    held: list[Callback] = field(default_factory=list)

    def statuses(self) -> list[str]:
        return ["failed"] if self.end == "failed" else ["sent", self.end]

    def due(self, callback: Callback) -> list[Callback]:
        """Which reports go out when this one would; in the wrong order all wait for the last."""
        if self.lose:
            return []
        due = [callback, callback] if self.double else [callback]
        if not self.reorder:
            return due
        self.held[:0] = due
        return self.held if callback.status in ENDED else []


class Texts:
    """Texts that bugglio sends, and its answers to those of phones."""

    def __init__(self, memory: Memory, course: Course) -> None:
        self._memory = memory
        self._course = course

    def accept(self, form: Mapping[str, str]) -> Message:
        """Take a text that Twilio's API has found acceptable, and plan what becomes of it."""
        service = form.get("MessagingServiceSid", "")
        sender = form.get("From") or self._memory.account.sender
        with self._memory.lock:
            status = "accepted" if service else "queued"
            message = self.make(sender, form["To"], form["Body"], status, "outbound-api")
            message = replace(message, service=service, callback=form.get("StatusCallback", ""))
            return self._begin(message, ["queued"] if service else [])

    def reply(self, sender: str, to: str, body: str) -> None:
        """Send an answer, of bugglio's or of Twilio's own, to the phone that texted."""
        with self._memory.lock:
            self._begin(self.make(sender, to, body, "queued", "outbound-reply"), [])

    def make(self, sender: str, to: str, body: str, status: str, direction: str) -> Message:
        """Make a message of this moment, under a new SID, and remember nothing yet."""
        now, sid = self._memory.clock(), new_sid("SM")
        segments, account = count(body), self._memory.account.sid
        return Message(sid, sender, to, body, status, direction, now, now, segments, account=account)

    def resume(self) -> None:
        """Send on their way the texts that were under way at the last run."""
        under_way = self._course.under_way()
        for message in self._memory.records.messages.values():
            if message.status not in ENDED and message.sid not in under_way:
                left = ["delivered"] if message.status == "sent" else ["sent", "delivered"]
                self._course.begin(message.sid, left, partial(self._reach, message.sid, _Fate()))

    def _begin(self, message: Message, first: Sequence[str]) -> Message:
        fate = self._fate(message.to)
        message = self._memory.records.put(message)
        self._memory.records.phone(message.to)
        self._course.begin(
            message.sid, [*first, *fate.statuses()], partial(self._reach, message.sid, fate), late=fate.late
        )
        return message

    def _fate(self, to: str) -> _Fate:
        def take(*kinds: str) -> Misbehaviour | None:
            return self._memory.troubles.take(kinds, to)

        end, late = take("undelivered", "failed"), take("late")
        return _Fate(
            end=end.kind if end else "delivered",
            code=int(end.value()) if end else None,
            lose=take("lose-callbacks") is not None,
            double=take("double-callbacks") is not None,
            reorder=take("reorder-callbacks") is not None,
            late=late.value() if late else 0,
        )

    def _reach(self, sid: str, fate: _Fate, status: str) -> Callable[[], list[Callback]]:
        now, message = self._memory.clock(), self._memory.records.messages[sid]
        code = fate.code if status in {"undelivered", "failed"} else None
        sent = now if status == "sent" else message.sent
        message = replace(message, status=status, updated=now, sent=sent, error_code=code)
        message = self._memory.records.put(message)
        due = fate.due(of_text(self._memory.account, message)) if message.callback else []
        return lambda: due
