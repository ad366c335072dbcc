"""What Twilio does not accept, and the error that it answers."""

import urllib.parse
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from bugglio.simulator.errors import ApiError
from bugglio.simulator.numbers import is_number

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator

Fault = tuple[bool, int, str]
"""Whether it is so, the error's code, and the value at fault."""


def check_message(simulator: "Simulator", form: Mapping[str, str]) -> None:
    """Raise what Twilio would answer to a text that it does not accept."""
    to, sender, service, body = (form.get(name, "") for name in ("To", "From", "MessagingServiceSid", "Body"))
    faults = (
        (not to, 21604, ""),
        (not sender and not service, 21603, ""),
        (not body, 21602, ""),
        (not is_number(to), 21211, to),
        (bool(service) and service != simulator.messaging_service_sid, 21705, service),
        (bool(sender) and sender != simulator.sender, 21606, sender),
        (to == simulator.sender, 21266, to),
        (len(body) > 1600, 21617, ""),
        _callback(form),
        (not _is_within(form.get("ValidityPeriod"), 36_000), 21624, ""),
        (simulator.opted_out(to), 21610, ""),
    )
    _raise_first(faults)


def check_call(simulator: "Simulator", form: Mapping[str, str]) -> None:
    """Raise what Twilio would answer to a call that it does not accept."""
    to, sender, twiml, url = (form.get(name, "") for name in ("To", "From", "Twiml", "Url"))
    faults = (
        (not to, 21201, ""),
        (not sender, 21213, ""),
        (not is_number(to), 21211, to),
        (sender != simulator.sender, 21210, sender),
        (not twiml and (not url or not _is_address(url)), 21205, url),
        (len(twiml) > 4000, 20001, "Twiml"),
        (not _is_within(form.get("Timeout"), 600), 21208, ""),
        _callback(form),
    )
    _raise_first(faults)


def _raise_first(faults: Iterable[Fault]) -> None:
    for wrong, code, value in faults:
        if wrong:
            raise ApiError(code, value)


def _callback(form: Mapping[str, str]) -> Fault:
    url = form.get("StatusCallback", "")
    return bool(url) and not _is_address(url), 21609, url


def _is_address(url: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(url)
        return parts.scheme in {"http", "https"} and "_" not in (parts.hostname or "_") and len(url) <= 4000
    except ValueError:
        return False


def _is_within(told: str | None, most: int) -> bool:
    """Whether so many seconds may be asked for; None is Twilio's own choice."""
    return told is None or (told.isascii() and told.isdigit() and 1 <= int(told[:6]) <= most)
