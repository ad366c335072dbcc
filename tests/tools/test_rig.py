"""What measurements and fault runs stand on: a load that counts what it was answered, and servers as in production."""

import json
import signal
from pathlib import Path

from tests.payloads import event
from tools.rig.functions import running
from tools.rig.load import CUT, post, request
from tools.rig.phones import ON_DUTY, WEBHOOK_TOKEN, phones, settings


def webhook(number: int) -> bytes:
    body = event(error={"errorId": f"error-{number}", "id": f"event-{number}"})
    return request(f"/bugsnag?token={WEBHOOK_TOKEN}", json.dumps(body).encode())


def test_a_load_on_real_servers_reaches_a_phone(tmp_path: Path) -> None:
    store = str(tmp_path / "bugglio.db")
    with phones("http://127.0.0.1:1") as carrier:
        known = settings("http://127.0.0.1:1", carrier.origin, store)
        with running("bugglio", known, tmp_path) as one, running("bugglio", known, tmp_path) as other:
            ports = [one.port, other.port]
            load = post(ports, webhook, 10, connections=4)
            assert {200: 10} == load.statuses
            assert dict.fromkeys(range(10), 200) == load.numbers
            assert 10 == len(load.milliseconds)

            paced = post(ports, lambda _: request("/bugsnag?token=wrong", b"{}"), 5, connections=2, rate=100)
            assert {401: 5} == paced.statuses
            assert paced.seconds >= 0.04

            one.signal(signal.SIGKILL)
            halved = post(ports, webhook, 6, connections=2)
            assert {200, CUT} == set(halved.statuses)
            assert 6 == sum(halved.statuses.values())
        assert {ON_DUTY} == {text["to"] for text in carrier.messages()}
