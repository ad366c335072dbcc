"""Phone calls that bugglio makes: they ring, are answered or not, and the phone hears what bugglio says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bugglio.simulator import twiml
from bugglio.simulator.course import Course
from bugglio.simulator.doors import Doors
from bugglio.simulator.memory import Memory
from bugglio.simulator.records import CALL_ENDED, Call
from bugglio.simulator.reports import Callback, call_form, of_call

_ANSWERED = ("initiated", "ringing", "in-progress", "completed")
_UNANSWERED = {
    "call-no-answer": ("initiated", "ringing", "no-answer"),
    "call-busy": ("initiated", "busy"),
    "call-failed": ("initiated", "failed"),
}


@dataclass(frozen=True)
class _Fate:
    """What a call goes through, and what goes wrong with its reports."""

    statuses: Sequence[str] = _ANSWERED
    lose: bool = False
    double: bool = False

    def due(self, callback: Callback) -> list[Callback]:
        """Which reports go out when this one would."""
        return [] if self.lose else [callback, callback] if self.double else [callback]


class Calls:
    """Calls, from the dialling to the end."""

    def __init__(self, memory: Memory, doors: Doors, course: Course) -> None:
        self._memory = memory
        self._doors = doors
        self._course = course

    def dial(self, call: Call) -> Call:
        """Take a call that Twilio's API has found acceptable, and plan what becomes of it."""
        memory = self._memory
        with memory.lock:
            fate = self._fate(call.to)
            memory.records.phone(call.to)
            call = memory.records.put_call(call)
            self._course.begin(call.sid, fate.statuses, partial(self._reach, call.sid, fate))
            return call

    def resume(self) -> None:
        """Let the calls that were under way at the last run go on; somebody answers them."""
        under_way = self._course.under_way()
        for call in self._memory.records.calls.values():
            if call.status not in CALL_ENDED and call.sid not in under_way:
                left = _ANSWERED[_ANSWERED.index(call.status) + 1 :] if call.status in _ANSWERED else _ANSWERED
                self._course.begin(call.sid, left, partial(self._reach, call.sid, _Fate()))

    def _fate(self, to: str) -> _Fate:
        take = self._memory.troubles.take
        trouble = take(_UNANSWERED, to)
        return _Fate(
            statuses=_UNANSWERED[trouble.kind] if trouble else _ANSWERED,
            lose=take(["call-lose-callbacks"], to) is not None,
            double=take(["call-double-callbacks"], to) is not None,
        )

    def _reach(self, sid: str, fate: _Fate, status: str) -> Callable[[], list[Callback]]:
        return partial(self._go_on, self._memory.records.calls[sid], fate, status)

    def _go_on(self, call: Call, fate: _Fate, status: str) -> list[Callback]:
        said = self._heard(call) if status == "in-progress" else call.said
        with self._memory.lock:
            call = replace(call, status=status, said=said, updated=self._memory.clock())
            call = self._memory.records.put_call(call)
        if not call.callback or _event(status) not in call.callback_events:
            return []
        return fate.due(of_call(self._memory.account, call, ended=status in CALL_ENDED))

    def _heard(self, call: Call) -> str:
        if call.twiml:
            return twiml.speech(call.twiml)
        form = {**call_form(self._memory.account, call), "CallStatus": "in-progress"}
        answer = self._doors.twilio(call.url, form)
        return twiml.speech(answer.text) if answer and answer.status < 400 else ""


def _event(status: str) -> str:
    """What a request for reports calls the moment at which a call takes this status."""
    if status in CALL_ENDED:
        return "completed"
    return "answered" if status == "in-progress" else status
