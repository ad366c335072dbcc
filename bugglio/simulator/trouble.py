"""The ways in which Twilio and Bugsnag can be told to misbehave, and for whom and how often."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Kind:
    """One way to misbehave: its name in requests, its name for people, and which value it takes."""

    name: str
    title: str
    group: str
    hint: str
    takes: str = ""
    """`code`, `seconds` or nothing."""
    default: float = 0


_SEND, _STATUS = "When a text is sent", "What becomes of it"
_DIAL, _CALL = "When a call is made", "What becomes of the call"
BUGSNAG = "When Bugsnag is asked, for no phone in particular"

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "accept-timeout", "Take it, never answer", _SEND, "the text goes out, the answer is withheld", "seconds", 20
        ),
        Kind("accept-500", "Take it, answer 500", _SEND, "the text goes out, the answer is an error"),
        Kind("accept-reset", "Take it, cut the connection", _SEND, "the text goes out, the connection breaks"),
        Kind("500", "Answer 500", _SEND, "nothing goes out"),
        Kind("429", "Too busy (429)", _SEND, "nothing goes out; Retry-After says how long", "seconds", 5),
        Kind(
            "refuse",
            "Refuse with a code",
            _SEND,
            "21211 no such number, 21610 opted out, 20003 wrong token",
            "code",
            21211,
        ),
        Kind("slow", "Answer slowly", _SEND, "the answer comes late", "seconds", 3),
        Kind(
            "undelivered",
            "Not delivered",
            _STATUS,
            "30003 phone off, 30006 landline, 30034 unregistered",
            "code",
            30003,
        ),
        Kind("failed", "Failed in the queue", _STATUS, "30001 queue, 30036 too late", "code", 30036),
        Kind("late", "Deliver late", _STATUS, "statuses take this much longer", "seconds", 30),
        Kind("lose-callbacks", "Lose reports", _STATUS, "no status callback arrives"),
        Kind("double-callbacks", "Send reports twice", _STATUS, "each status callback arrives twice"),
        Kind("reorder-callbacks", "Reports in wrong order", _STATUS, "the last one arrives first"),
        Kind("no-log", "Message log fails", _STATUS, "listing messages answers 503"),
        Kind(
            "call-accept-timeout",
            "Take the call, never answer",
            _DIAL,
            "the phone rings, the answer is withheld",
            "seconds",
            20,
        ),
        Kind("call-accept-500", "Take the call, answer 500", _DIAL, "the phone rings, the answer is an error"),
        Kind("call-500", "Answer a call with 500", _DIAL, "no phone rings"),
        Kind("call-429", "Too busy to call (429)", _DIAL, "no phone rings; Retry-After says how long", "seconds", 5),
        Kind(
            "call-refuse",
            "Refuse to call",
            _DIAL,
            "21215 country not allowed, 21214 out of reach, 21210 wrong caller",
            "code",
            21215,
        ),
        Kind("call-no-answer", "Nobody picks up", _CALL, "the call ends as no-answer"),
        Kind("call-busy", "Line is busy", _CALL, "the call ends as busy"),
        Kind("call-failed", "Call fails", _CALL, "the call never rings"),
        Kind("call-lose-callbacks", "Lose a call's reports", _CALL, "no status callback arrives"),
        Kind("call-double-callbacks", "Send a call's reports twice", _CALL, "each status callback arrives twice"),
        Kind("call-no-log", "Call log fails", _CALL, "listing calls answers 503"),
        Kind(
            "bugsnag-accept-timeout",
            "Do it, never answer",
            BUGSNAG,
            "it is so in Bugsnag, the answer is withheld",
            "seconds",
            20,
        ),
        Kind("bugsnag-accept-500", "Do it, answer 500", BUGSNAG, "it is so in Bugsnag, the answer is an error"),
        Kind("bugsnag-timeout", "Never answer", BUGSNAG, "nothing is done", "seconds", 20),
        Kind("bugsnag-500", "Answer 500", BUGSNAG, "nothing is done"),
        Kind(
            "bugsnag-429",
            "Too many requests (429)",
            BUGSNAG,
            "nothing is done; Retry-After says how long",
            "seconds",
            5,
        ),
        Kind(
            "bugsnag-refuse",
            "Refuse with a status",
            BUGSNAG,
            "401 wrong token, 403 not permitted, 404 no such error, 422 unusable",
            "code",
            403,
        ),
        Kind("bugsnag-slow", "Answer slowly", BUGSNAG, "the answer comes late", "seconds", 3),
        Kind("bugsnag-silent", "Say nothing of it", BUGSNAG, "no webhook tells what bugglio changed"),
    )
}
"""Every way to misbehave, by its name."""


@dataclass(frozen=True)
class Misbehaviour:
    """
    One switched-on misbehaviour.

    `times` None lasts until it is switched off; `number` restricts it to texts (or calls) to one phone; `code` and
    `seconds` are used by the kinds that take them, with the kind's default.
    """

    kind: str
    times: int | None = None
    number: str | None = None
    code: int | None = None
    seconds: float | None = None

    def value(self) -> float:
        """The code or the seconds, or the kind's default."""
        kind = KINDS[self.kind]
        told = self.code if kind.takes == "code" else self.seconds
        return kind.default if told is None else told


class Troubles:
    """The switchboard. Not safe by itself: the simulator's lock guards it."""

    def __init__(self) -> None:
        self._on: list[Misbehaviour] = []

    def active(self) -> list[Misbehaviour]:
        """What is switched on, oldest first."""
        return list(self._on)

    def switch(self, wanted: Misbehaviour | None) -> None:
        """
        Switch one on, instead of an earlier one of its kind and number.

        `times` 0 switches its kind off (for the number, or for all); None switches everything off.
        """
        if wanted is None:
            self._on.clear()
            return
        if KINDS[wanted.kind].group == BUGSNAG:
            wanted = replace(wanted, number=None)
        if wanted.times == 0:
            self._on = [one for one in self._on if one.kind != wanted.kind or wanted.number not in {None, one.number}]
            return
        self._on = [one for one in self._on if (one.kind, one.number) != (wanted.kind, wanted.number)]
        self._on.append(wanted)

    def take(self, kinds: Iterable[str], number: str) -> Misbehaviour | None:
        """Use up one turn of the first of these kinds that concerns this number, or None."""
        for kind in kinds:
            for place, one in enumerate(self._on):
                if one.kind == kind and one.number in (None, number):
                    self._use(place)
                    return one
        return None

    def _use(self, place: int) -> None:
        one = self._on[place]
        if one.times is None:
            return
        if one.times <= 1:
            del self._on[place]
        else:
            self._on[place] = replace(one, times=one.times - 1)
