"""The simulator in a process of its own, so that it does not share a processor's lock with whoever measures."""

import json
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bugglio.simulator import Answer, Simulator, over_http, served
from tools.rig.functions import ROOT, environment

SID = "AC" + "5" * 32
TOKEN = "token-of-a-make-believe-account"  # noqa: S105 - see its text
SENDER = "+15005550006"
WEBHOOK_TOKEN = "webhook-token-of-a-rig-0123456789"  # noqa: S105 - of servers that only this machine reaches
ON_DUTY = "+14155550100"
AGAIN = 2
"""So often Twilio posts a text once more that was answered 5xx or not at all: `#rc=2&rp=ct,rt,5xx`."""


@dataclass(frozen=True)
class Phones:
    """A simulator that runs in real time, by its address."""

    origin: str

    def messages(self, since: str = "") -> list[dict[str, Any]]:
        """Each text, as `GET /simulator/messages` tells it."""
        found = self._ask(f"/simulator/messages?since={since}")
        return list(found["messages"])

    def news(self, since: str) -> tuple[list[dict[str, Any]], str]:
        """The texts that are new, or have a new status, since this answer's; what to ask for next time."""
        found = self._ask(f"/simulator/messages?since={since}")
        return list(found["messages"]), str(found["cursor"])

    def text(self, number: str, body: str) -> dict[str, Any]:
        """Text from a phone; what came of it."""
        return dict(self._ask("/simulator/texts", {"from": number, "body": body}))

    def misbehave(self, kind: str | None, **how: Any) -> None:
        """Have it misbehave (`bugglio.simulator.KINDS`); None ends all of that."""
        self._ask("/simulator/misbehave", {"kind": kind, **how})

    def _ask(self, path: str, values: Mapping[str, Any] | None = None) -> Any:
        body = None if values is None else json.dumps(values).encode()
        kind = {"Content-Type": "application/json"}
        asked = urllib.request.Request(self.origin + path, body, kind)  # noqa: S310 - our own simulator's
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
            return json.load(answer)


@contextmanager
def phones(public_url: str, journal: Path | None = None) -> Iterator[Phones]:
    """A simulator whose bugglio is at this address; `journal` is a file for what its phones got."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.rig.phones", public_url, *([str(journal)] if journal is not None else [])],
        env=environment(PYTHONPATH=str(ROOT)),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Phones(process.stdout.readline().strip() if process.stdout else "")
    finally:
        process.communicate("")


def settings(public_url: str, twilio: str, store: str, **more: str) -> dict[str, str]:
    """What a server needs to know; `store` is a SQLite file's path, or an emulator's `host:port`."""
    emulated = ":" in store
    where = {"FIRESTORE_EMULATOR_HOST": store, "GOOGLE_CLOUD_PROJECT": "rig"} if emulated else {}
    return {
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_CALLER_ID": SENDER,
        "TWILIO_API_URL": twilio,
        "ON_DUTY": ON_DUTY,
        "BUGSNAG_WEBHOOK_TOKEN": WEBHOOK_TOKEN,
        "FLASK_SECRET_KEY": "flask-key-of-a-rig-0123456789-0123456789",
        "BUGGLIO_PUBLIC_URL": public_url,
        "BUGGLIO_PROXY_HOPS": "0",
        "BUGGLIO_STORE": "firestore" if emulated else f"sqlite:{store}",
        **where,
        **more,
    }


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post as Twilio does: a text comes again when it failed, a status does not."""
    again = AGAIN if urllib.parse.urlsplit(url).path.endswith("/sms") else 0
    for left in range(again, -1, -1):
        token = {"I-Twilio-Idempotency-Token": "rig"} if left < again else {}
        try:
            answer = over_http(url, body, {**headers, **token})
        except OSError:
            if left == 0:
                raise
            continue
        if answer.status < 500 or left == 0:
            return answer
    raise AssertionError("the last try answers or raises")


def main(arguments: Sequence[str]) -> None:
    """Run until standard input ends; the first line that it prints is its address."""
    public_url, *journal = arguments
    simulator = Simulator(
        public_url=public_url,
        webhook_url=f"{public_url}/bugsnag?token={WEBHOOK_TOKEN}",
        account_sid=SID,
        auth_token=TOKEN,
        sender=SENDER,
        journal=Path(journal[0]) if journal else None,
        post=post,
    )
    with served(simulator.wsgi) as origin:
        simulator.start()
        print(origin, flush=True)
        sys.stdin.read()
        simulator.close()


if __name__ == "__main__":
    main(sys.argv[1:])
