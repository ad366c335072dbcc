"""Twilio's message log and call log, in memory and in a journal of JSON lines that survives a restart."""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from bugglio.simulator.errors import DELIVERY

ENDED = frozenset({"delivered", "undelivered", "failed", "received"})
"""Statuses after which a message changes no more."""
CALL_ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
"""The same of a call."""
_UNHEARD = {
    "busy": "The line was busy.",
    "no-answer": "The phone rang, and nobody answered.",
    "failed": "The call did not get through.",
}


@dataclass(frozen=True)
class Message:
    """One text, in either direction; times are milliseconds, `change` counts every change of the log."""

    sid: str
    sender: str
    to: str
    body: str
    status: str
    direction: str
    created: int
    updated: int
    segments: int
    sent: int | None = None
    error_code: int | None = None
    service: str = ""
    callback: str = ""
    account: str = ""
    change: int = 0

    def for_twilio(self) -> dict[str, Any]:
        """Twilio's JSON of the Message resource."""
        uri = f"/2010-04-01/Accounts/{self.account}/Messages/{self.sid}.json"
        return {
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": rfc2822(self.created),
            "date_sent": None if self.sent is None else rfc2822(self.sent),
            "date_updated": rfc2822(self.updated),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": DELIVERY.get(self.error_code or 0),
            "from": None if self.service and self.status == "accepted" else self.sender,
            "messaging_service_sid": self.service or None,
            "num_media": "0",
            "num_segments": "0" if self.service and self.status == "accepted" else str(self.segments),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": uri.removesuffix(".json") + "/Media.json"},
            "to": self.to,
            "uri": uri,
        }

    def for_page(self) -> dict[str, Any]:
        """The JSON of `GET /simulator/messages`."""
        return {
            "sid": self.sid,
            "from": self.sender,
            "to": self.to,
            "body": self.body,
            "status": self.status,
            "error_code": self.error_code,
            "direction": self.direction,
            "created": iso(self.created),
            "segments": self.segments,
        }


@dataclass(frozen=True)
class Call:
    """One phone call that bugglio makes; `said` is what the phone heard."""

    sid: str
    sender: str
    to: str
    status: str
    created: int
    updated: int
    twiml: str = ""
    url: str = ""
    callback: str = ""
    callback_events: tuple[str, ...] = ("completed",)
    said: str = ""
    account: str = ""
    change: int = 0

    def for_twilio(self) -> dict[str, Any]:
        """
        Twilio's JSON of the Call resource.

        One that still waits has no date, and none is ever `initiated`: only the reports say so.
        """
        ended = self.status in CALL_ENDED
        waits = self.status in {"queued", "initiated"}
        return {
            "account_sid": self.account,
            "answered_by": None,
            "api_version": "2010-04-01",
            "caller_name": "",
            "date_created": None if waits else rfc2822(self.created),
            "date_updated": None if waits else rfc2822(self.updated),
            "direction": "outbound-api",
            "duration": "4" if self.status == "completed" else "0" if ended else None,
            "end_time": rfc2822(self.updated) if ended else None,
            "from": self.sender,
            "from_formatted": self.sender,
            "parent_call_sid": None,
            "phone_number_sid": "PN" + "0" * 32,
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "start_time": None if waits else rfc2822(self.created),
            "status": "queued" if waits else self.status,
            "subresource_uris": {},
            "to": self.to,
            "to_formatted": self.to,
            "uri": f"/2010-04-01/Accounts/{self.account}/Calls/{self.sid}.json",
        }

    def for_page(self) -> dict[str, Any]:
        """The JSON of `GET /simulator/calls`."""
        return {
            "sid": self.sid,
            "from": self.sender,
            "to": self.to,
            "status": self.status,
            "said": self.said,
            "words": self.said or _UNHEARD.get(self.status, "The phone rings."),
            "created": iso(self.created),
        }


def new_sid(prefix: str) -> str:
    """Make a name as Twilio does: two letters and 32 hex digits."""
    return prefix + secrets.token_hex(16)


def rfc2822(milliseconds: int) -> str:
    """Write a time as Twilio does, in whole seconds."""
    return format_datetime(datetime.fromtimestamp(milliseconds // 1000, UTC))


def iso(milliseconds: int) -> str:
    """Write a time as ISO 8601 with `Z`, in milliseconds."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Records:
    """
    What Twilio remembers. Not safe by itself: the simulator's lock guards it.

    The journal holds a whole record per line; the last one of a name counts. A line that cannot be read (a torn last
    one) is passed over.
    """

    def __init__(self, journal: Path | None) -> None:
        self.messages: dict[str, Message] = {}
        self.calls: dict[str, Call] = {}
        self.opted_out: set[str] = set()
        self.phones: dict[str, str] = {}
        self.change = 0
        self._journal = journal
        if journal is not None:
            self._load(journal)

    def put(self, message: Message) -> Message:
        """Add a message, or what became of it."""
        self.change += 1
        message = replace(message, change=self.change)
        self.messages[message.sid] = message
        self._write({"message": asdict(message)})
        return message

    def put_call(self, call: Call) -> Call:
        """Add a call, or what became of it."""
        self.change += 1
        call = replace(call, change=self.change)
        self.calls[call.sid] = call
        self._write({"call": asdict(call)})
        return call

    def opt(self, number: str, *, out: bool) -> None:
        """Note that a phone wants no more texts, or wants them again."""
        (self.opted_out.add if out else self.opted_out.discard)(number)
        self._write({"opted_out": number, "out": out})

    def phone(self, number: str, label: str = "") -> None:
        """Show a phone on the page, even before it has a text."""
        if number not in self.phones:
            self.name(number, label)

    def name(self, number: str, label: str) -> None:
        """Show a phone on the page under this label, whatever it was called before."""
        if self.phones.get(number) == label:
            return
        self.change += 1
        self.phones[number] = label
        self._write({"phone": number, "label": label})

    def newest(self, keep: Callable[[Message], bool]) -> list[Message]:
        """The messages that fit, newest first."""
        return [message for message in reversed(self.messages.values()) if keep(message)]

    def _write(self, line: dict[str, Any]) -> None:
        if self._journal is None:
            return
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _load(self, journal: Path) -> None:
        if not journal.exists():
            return
        text = journal.read_text(encoding="utf-8", errors="replace")
        for line in text.split("\n"):
            self._recall(line)
        if text and not text.endswith("\n"):
            with journal.open("a", encoding="utf-8") as file:
                file.write("\n")

    def _recall(self, line: str) -> None:
        try:
            record = json.loads(line)
            if "message" in record:
                message = Message(**record["message"])
                self.messages[message.sid] = message
                self.change = max(self.change, message.change)
            elif "call" in record:
                told = record["call"]
                call = Call(**{**told, "callback_events": tuple(told["callback_events"])})
                self.calls[call.sid] = call
                self.change = max(self.change, call.change)
            elif "opted_out" in record:
                (self.opted_out.add if record["out"] else self.opted_out.discard)(record["opted_out"])
            elif "phone" in record:
                self.phones[record["phone"]] = record["label"]
        except (ValueError, TypeError, KeyError):
            return
