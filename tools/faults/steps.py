"""The steps of section 6 by name: which commit or call it is that a door is about to make."""

import sys
from types import FrameType

PAGER = "bugglio.pager."

BY_FUNCTION = {
    ("intake", "_count"): "count",
    ("claiming", "_hold"): "hold",
    ("claiming", "_drop"): "drop",
    ("sharing", "_hold"): "hold",
    ("sharing", "_drop"): "drop",
    ("outcomes", "told"): "callback",
}
"""Commits that are not what their module mostly makes."""
BY_MODULE = {
    "intake": "commit",
    "insisting": "mark",
    "records": "record",
    "claiming": "claim",
    "sharing": "digest",
    "outcomes": "outcome",
    "settling": "settle",
    "steps": "step",
    "nagging": "unanswered",
    "carrying": "reply",
    "subscribing": "reply",
}
"""What a commit of a module is called; another module's is called like the module (`pulse`)."""
SENDS = ("claim", "call", "write", "outcome")
"""From the claim to the outcome; `write` is the moment between leave to write the request and its first byte."""

DOORS = {
    "webhook": ("commit", "count", "record", *SENDS),
    "sms": ("reply", *SENDS),
    "sms-status": ("callback", "step", *SENDS),
    "tick": ("step", "digest", "hold", "drop", "log", "settle", "callback", "pulse", "unanswered", *SENDS),
}
"""At which steps of which doors a run kills. A callback in the tick is a text found in Twilio's log."""
ALL = tuple(f"{door} {step} {side}" for door, steps in DOORS.items() for step in steps for side in ("before", "after"))


def commit() -> str:
    """What the commit is called that the caller's caller is making."""
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - nothing in bugglio's own code says where it is
    found = ""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith(PAGER):
            name = module.rpartition(".")[2]
            by_function = BY_FUNCTION.get((name, frame.f_code.co_name))
            if by_function is not None:
                return by_function
            found = found or BY_MODULE.get(name, name)
        frame = frame.f_back
    return found or "other"
