"""The fault harness finds what it looks for: in evidence that was tampered with, and a carrier that is blind."""

import importlib
import inspect
import os
import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tools.faults import plan as plans
from tools.faults import steps, table
from tools.faults.__main__ import short
from tools.faults.actors import post
from tools.faults.audit import Findings, audit, kills
from tools.faults.evidence import Arrival, Evidence, Webhook
from tools.faults.people import Company, book
from tools.faults.plan import EMULATOR, SQLITE, Moment, Plan, plan
from tools.faults.run import run
from tools.faults.sent import EMERGENCY
from tools.faults.table import Result
from tools.faults.traps import FREEZE, KILL, Trap, Traps
from tools.faults.wires import CUT, HANG, OPEN, REFUSE, SWALLOW, wires

ANA, BEN = "+14155560000", "+14155560001"
NOW = 1_000_000
linux = pytest.mark.skipif(sys.platform != "linux", reason="finds the processes to kill as Linux tells of them")
PAGE = {"kind": "page", "alert": "a1", "to": "ana", "number": ANA, "created": 100_000, "state": "delivered"}
ALERT = {
    "project": "shop",
    "error_id": "e-1",
    "team": "shop",
    "state": "triggered",
    "code": 417,
    "open": "shop|1",
    "events": 3,
    "opened": 100_000,
    "next_at": NOW + 1,
    "due_at": NOW + 1,
    "timeline": [
        {"at": 100_000, "what": "opened"},
        {"at": 100_000, "what": "page", "who": "ana", "page": "p1"},
    ],
}


def hook(n: int, outcome: str, trigger: str = "exception", **more: Any) -> Webhook:
    told = {"sent": 99.9 + n, "answered": 100.1 + n, "status": 200, "answer": {"outcome": outcome}, **more}
    return Webhook(n, "shop", "e-1", trigger, **told)


def evidence(**more: Any) -> Evidence:
    """One alert of three events, which paged Ana; what is wrong with it is up to the test."""
    kept = {
        "webhooks": [hook(0, "opened"), hook(1, "counted"), hook(2, "counted")],
        "arrivals": [Arrival(ANA, "#417 it broke", "delivered", "p1")],
        "alerts": {"a1": ALERT},
        "pages": {"p1": PAGE},
        "unrouted": [],
        "texts": {"SM1": {"body": "ack"}},
        "answered": ["SM1"],
        "deeds": [],
        "outage": (0, 0),
        "steps": {"shop": [(["ana"], 2_000_000)]},
        "at": NOW,
        "calm_since": NOW - 100_000,
        "ticks": 1,
    }
    return Evidence(**{**kept, **more})


def found(**more: Any) -> Mapping[str, list[str]]:
    """What is found in such evidence, by the kind's first word."""
    faults = audit(evidence(**more)).faults
    return {name.split()[0]: list(some) for name, some in faults.items() if some}


def alert(**more: Any) -> dict[str, Any]:
    return {"a1": {**ALERT, **more}}


def page(**more: Any) -> dict[str, Any]:
    return {"p1": {**PAGE, **more}}


def without(fields: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != name}


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert {} == found()


def test_lost_webhooks_are_found() -> None:
    assert {"webhooks": ["shop e-1: 1 of the events answered 2xx are not counted"]} == found(alerts=alert(events=2))
    assert 3 == len(found(alerts={}, pages={}, arrivals=[])["webhooks"])
    fixed = hook(50, "changed", "fixed by hand")
    assert {"webhooks": ["shop e-1: webhook 50 (fixed by hand) left no line"]} == found(
        webhooks=[*evidence().webhooks, fixed]
    )
    ignored = hook(3, "recorded")
    assert {"webhooks": ["shop e-1: 1 of the events answered as recorded are not in `unrouted`"]} == found(
        webhooks=[*evidence().webhooks, ignored]
    )
    assert {"webhooks": ["text SM1 was answered and is not kept"]} == found(texts={})
    kept = [{"project": "shop", "error_id": "e-1", "count": 1}]
    assert {} == found(webhooks=[*evidence().webhooks, ignored], unrouted=kept)


def test_what_was_not_answered_may_be_stored_or_not() -> None:
    silent = hook(3, "", status=0, answer={})
    assert {} == found(webhooks=[*evidence().webhooks, silent])
    assert {} == found(webhooks=[*evidence().webhooks, silent], alerts=alert(events=4))


def test_an_event_counted_twice_is_told_apart() -> None:
    findings = audit(evidence(alerts=alert(events=5)))

    assert findings.good
    assert 2 == findings.counted_twice


def test_of_an_alert_that_began_anew_only_later_events_must_be_counted() -> None:
    lines = [
        {"at": 100_000, "what": "closed: by hand"},
        {"at": 101_950, "what": "opened"},
        {"at": 101_950, "what": "page", "who": "ana", "page": "p1"},
    ]
    again = [hook(0, "opened"), hook(1, "counted"), hook(2, "opened"), hook(3, "counted")]
    begun = {"opened": 101_950, "timeline": lines}

    assert {} == found(webhooks=again, alerts=alert(events=2, **begun))
    assert ["webhooks"] == list(found(webhooks=again, alerts=alert(events=0, **begun)))


def test_pages_never_sent_are_found() -> None:
    still = "page p1 to ana: still waiting"
    assert {"pages": [still]} == found(pages=page(state="waiting", due_at=NOW + 1), arrivals=[])
    assert ["pages"] == list(found(arrivals=[]))
    assert {"pages": ["page p1 to ana: dropped without a cause"]} == found(pages=page(state="dropped"), arrivals=[])
    closed = page(state="dropped", cause="closed meanwhile: by hand")
    assert ["pages"] == list(found(pages=closed, arrivals=[]))
    assert {} == found(pages=closed, arrivals=[], alerts=lines_and({"at": 100_001, "what": "closed: by hand"}))
    assert ["pages"] == list(found(pages=page(state="digested", digest="gone"), arrivals=[]))
    assert {"pages": ["alert 417 (a1): the page to ana was decided and never made"]} == found(pages={}, arrivals=[])
    assert {} == found(pages=page(state="waiting", due_at=NOW + 1, created=NOW - 1), arrivals=[])


def test_people_who_were_not_asked_are_found() -> None:
    both = {"shop": [(["ana", "ben"], 2_000_000)]}
    assert {"pages": ["alert 417 (a1): ben was not paged"]} == found(steps=both)
    assert {"pages": ["alert 417 (a1): on-duty was not paged"]} == found(steps={})
    assert {} == found(steps=both, alerts=lines_and({"at": 100_000, "what": "step 1: not paged", "detail": "ben"}))


def test_a_step_that_did_not_come_in_time_is_found() -> None:
    steps = {"shop": [(["ana"], 120_000), (["ben"], 2_000_000)]}
    late = {"pages": ["alert 417 (a1): step 2 was due within 120 s and did not come"]}
    ben = {"what": "page", "who": "ben", "page": "p1"}

    assert late == found(steps=steps)
    assert late == found(steps=steps, alerts=lines_and({**ben, "at": 300_000}))
    assert {} == found(steps=steps, alerts=lines_and({**ben, "at": 220_000}))
    assert {} == found(steps=steps, alerts=lines_and({"at": 220_000, "what": "step 2 skipped"}))
    assert {} == found(steps=steps, outage=(200_000, 320_000), alerts=lines_and({**ben, "at": 340_000}))
    nobody = {"shop": [(["zoe"], 60_000), *steps["shop"]]}
    assert {} == found(
        steps=nobody, alerts=lines_and({"at": 100_000, "what": "step 1 skipped"}, {**ben, "at": 220_000})
    )
    assert {} == found(steps=steps, alerts=lines_and({"at": 150_000, "what": "acknowledged", "who": "ana"}))


def lines_and(*more: Mapping[str, Any]) -> dict[str, Any]:
    """The alert with more lines on its timeline."""
    lines = ALERT["timeline"]
    assert isinstance(lines, list)
    return alert(timeline=[*lines, *more])


def test_texts_that_arrived_twice_are_found() -> None:
    once = Arrival(ANA, "#417 it broke", "delivered", "p1")
    assert {"texts": ["page p1 arrived 2 times"]} == found(arrivals=[once, replace(once, body="#417 late")])
    assert {"texts": [f"{ANA} had 2 times: #417 it broke"]} == found(arrivals=[once, replace(once, page="p2")])
    assert {} == found(arrivals=[once, replace(once, status="undelivered")])
    assert {} == found(arrivals=[once, replace(once, to=BEN, page="p2")])
    straight = Arrival(ANA, f"{EMERGENCY}. Look in Bugsnag", "delivered", "")
    assert {} == found(arrivals=[once, straight, straight])


def test_a_double_of_a_process_frozen_inside_its_write_is_told_apart() -> None:
    frozen = {"deed": FREEZE, "step": "tick write after", "seconds": 125, "page": "p1"}
    twice = [Arrival(ANA, "#417 it broke", "delivered", "p1")] * 2

    findings = audit(evidence(arrivals=twice, deeds=[frozen]))
    assert findings.good
    assert ["page p1 arrived 2 times"] == findings.frozen_writes
    assert not audit(evidence(arrivals=twice, deeds=[{**frozen, "seconds": 5}])).good


def test_what_is_stuck_is_found() -> None:
    assert ["alerts"] == list(found(alerts={"a1": without(ALERT, "due_at")}))
    assert ["alerts"] == list(found(alerts={"a1": without(ALERT, "next_at")}))
    assert {"alerts": ["alert 417 (a1), triggered, has been due for 120 s"]} == found(
        alerts=alert(due_at=NOW - 120_000)
    )
    young = {"created": NOW - 90_000, "state": "sending"}
    assert {"alerts": ["page p1 to ana, sending, has no next moment"]} == found(pages=page(**young), arrivals=[])
    assert ["alerts"] == list(found(pages=page(**young, due_at=NOW - 61_000), arrivals=[]))
    assert {} == found(pages=page(**young, due_at=NOW - 59_000), arrivals=[])
    assert {} == found(alerts=alert(state="closed"))


def test_a_seed_plans_the_same_each_time_and_every_step_is_in_it() -> None:
    wanted = {"rate": 1.0, "fresh": 0.1, "pace": 1.0, "kill_each": 5.0}
    first, again = (plan(EMULATOR, 7, 400, **wanted) for _ in range(2))

    assert first == again
    assert first != plan(EMULATOR, 8, 400, **wanted)
    assert set(steps.ALL) == {trap.step for trap in first.traps}
    assert 1 <= first.traps.count(Trap("tick write after", FREEZE, plans.OVER_DOUBT))


def test_the_steps_are_named_after_what_is_there() -> None:
    modules = {name: importlib.import_module(f"bugglio.pager.{name}") for name in steps.BY_MODULE}
    for name, function in steps.BY_FUNCTION:
        assert f"def {function}(" in inspect.getsource(modules[name]), (name, function)


def test_the_company_is_what_bugglio_reads() -> None:
    company = Company(7)
    kept = book(company)

    assert company.phones == {who: person.phone for who, person in kept.engineers.items()}
    assert {name: [step.wait for step in team.steps] * team.repeat for name, team in kept.teams.items()} == {
        name: [wait for _, wait in asked[:-1]] for name, asked in company.steps.items()
    }


def test_a_trap_is_stepped_into_once_and_what_it_did_is_written_down(tmp_path: Path) -> None:
    (tmp_path / "traps").mkdir()
    traps = Traps(tmp_path / "traps")
    traps.lay(Trap("tick claim after"))

    assert traps.lies("tick claim after")
    assert [Trap("tick claim after", KILL), None] == [traps.take("tick claim after") for _ in range(2)]
    traps.note(KILL, "tick claim after", os.getpid())
    (deed,), place = traps.deeds()
    assert (KILL, "tick claim after") == (deed["deed"], deed["step"])
    assert ([], place) == traps.deeds(place)


def test_a_wire_refuses_cuts_swallows_and_hangs_until_it_is_whole_again() -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener, wires() as hall:
        threading.Thread(target=answer_all, args=(listener, asked), daemon=True).start()
        wire = hall.lay(lambda: [listener.getsockname()[1]])
        came = {}
        for mode in (OPEN, REFUSE, CUT, SWALLOW, HANG):
            wire.set(mode)
            before = len(asked)
            status, _ = post(wire.port, "/", {}, {}, 0.2)
            came[mode] = (status, len(asked) - before)
            wire.set(OPEN)
        assert (200, b"hi") == post(wire.port, "/", {}, {}, 5)
        listener.shutdown(socket.SHUT_RDWR)

    assert {OPEN: (200, 1), REFUSE: (0, 0), CUT: (0, 0), SWALLOW: (0, 1), HANG: (0, 0)} == came


def answer_all(listener: socket.socket, asked: list[bytes]) -> None:
    """A server that answers whatever it is asked."""
    try:
        while True:
            connection, _ = listener.accept()
            with connection:
                if request := connection.recv(65_536):
                    asked.append(request)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
    except OSError:
        return


def test_the_table_has_a_column_for_each_run(tmp_path: Path) -> None:
    deeds = [{"deed": KILL, "step": "tick claim after", "pid": 1}]
    kept = evidence(deeds=deeds)
    results = [Result(short(engine, 7), kept, audit(kept), tmp_path) for engine in (SQLITE, EMULATOR)]
    rows = table.rows(results)

    assert ("pages due and never sent", "0", "0") in rows
    assert ("killed at: tick claim after", "1", "1") in rows
    assert "| texts that arrived twice | 0 | 0 |" in table.markdown(rows).splitlines()
    assert len(rows) == len(table.plain(rows).splitlines())


def play(plan: Plan, folder: Path, emulator: str = "", **how: Any) -> tuple[Findings, int]:
    """What was found, and how many processes were killed for it."""
    said: list[str] = []
    kept = run(plan, folder, emulator, said.append, **how)
    assert 2 == len(said)
    return audit(kept), sum(kills(kept).values())


@linux
@pytest.mark.promise("P1")
@pytest.mark.promise("P2")
@pytest.mark.promise("P3")
@pytest.mark.slow
@pytest.mark.timeout(280)
def test_two_minutes_on_sqlite_lose_and_double_nothing(tmp_path: Path) -> None:
    findings, killed = play(short(SQLITE, 417), tmp_path, calm=150)

    assert {} == {name: some for name, some in findings.faults.items() if some}
    assert killed >= 5


@linux
@pytest.mark.promise("P1")
@pytest.mark.promise("P2")
@pytest.mark.promise("P3")
@pytest.mark.slow
@pytest.mark.emulator
@pytest.mark.timeout(280)
def test_two_minutes_on_the_emulator_lose_and_double_nothing(tmp_path: Path, emulator: str) -> None:
    findings, killed = play(short(EMULATOR, 417), tmp_path, emulator, calm=150)

    assert {} == {name: some for name, some in findings.faults.items() if some}
    assert killed >= 5


@linux
@pytest.mark.slow
def test_a_carrier_that_sends_again_without_looking_is_caught(tmp_path: Path) -> None:
    mishaps = [Moment(at, "mishap", how={"kind": "accept-500", "times": 3}) for at in (0.0, 2.0)]
    quiet = Plan(SQLITE, 1, 6, rate=3, fresh=0.5, teams=20, traps=(), moments=tuple(mishaps), pace=1)

    findings, _ = play(quiet, tmp_path, calm=1, FAULTS_BLIND="yes")

    assert len(findings.doubled) >= 1
    assert "arrived" in findings.doubled[0]
