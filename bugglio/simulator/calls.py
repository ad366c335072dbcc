"""Phone calls that bugglio makes: they ring, are answered or not, and the phone hears what bugglio says."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bugglio.simulator import twiml
from bugglio.simulator.course import Course
from bugglio.simulator.doors import Doors
from bugglio.simulator.memory import Memory
from bugglio.simulator.records import Call
from bugglio.simulator.reports import Callback, call_form, of_call

_ANSWERED = ("ringing", "in-progress", "completed")
_UNANSWERED = {
    "call-no-answer": ("ringing", "no-answer"),
    "call-busy": ("ringing", "busy"),
    "call-failed": ("failed",),
}


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
            trouble = memory.troubles.take(_UNANSWERED, call.to)
            statuses = _UNANSWERED[trouble.kind] if trouble else _ANSWERED
            memory.records.phone(call.to)
            call = memory.records.put_call(call)
            self._course.begin(call.sid, statuses, partial(self._reach, call.sid))
            return call

    def _reach(self, sid: str, status: str) -> Callable[[], list[Callback]]:
        return partial(self._go_on, self._memory.records.calls[sid], status)

    def _go_on(self, call: Call, status: str) -> list[Callback]:
        said = self._heard(call) if status == "in-progress" else call.said
        with self._memory.lock:
            call = replace(call, status=status, said=said, updated=self._memory.clock())
            call = self._memory.records.put_call(call)
        ended = status not in {"ringing", "in-progress"}
        event = "completed" if ended else "answered" if status == "in-progress" else status
        if not call.callback or event not in call.callback_events:
            return []
        return [of_call(self._memory.account, call, ended=ended)]

    def _heard(self, call: Call) -> str:
        if call.twiml:
            return twiml.speech(call.twiml)
        form = {**call_form(self._memory.account, call), "CallStatus": "in-progress"}
        answer = self._doors.twilio(call.url, form)
        return twiml.speech(answer.text) if answer and answer.status < 400 else ""
