"""Bugsnag's webhooks in the size of real ones, as requests."""

import copy
import json
import time
from collections.abc import Mapping
from typing import Any

from bugglio.simulator.samples import Bugsnag
from tools.rig.load import request
from tools.rig.phones import WEBHOOK_TOKEN

PATH = f"/bugsnag?token={WEBHOOK_TOKEN}"


def sample() -> dict[str, Any]:
    """The body of an event of a new error."""
    return Bugsnag(lambda: time.time_ns() // 1_000_000).make("new-error")


SAMPLE = sample()


def body(number: int, *, project: Mapping[str, str] | None = None, error: Mapping[str, str] | None = None) -> bytes:
    """An event of the error of this number, as JSON; `project` and `error` are fields that differ from the sample's."""
    made = copy.deepcopy(SAMPLE)
    made["error"] |= {"errorId": f"{number:024x}", **(error or {})}
    made["project"] |= project or {}
    return json.dumps(made).encode()


def delivery(number: int) -> bytes:
    """The same as a request."""
    return request(PATH, body(number))
