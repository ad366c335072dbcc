"""The fault harness finds what it looks for: in evidence that was tampered with, and a carrier that is blind."""

import importlib
import inspect
import json
import os
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from bugglio.store import Store, Write, Written
from tests.clock import Clock
from tests.payloads import event
from tests.stage import ANA as STAGED
from tests.stage import staged
from tools.faults import causes, enough, steps, table
from tools.faults import plan as plans
from tools.faults.__main__ import main, short
from tools.faults.actors import post
from tools.faults.audit import Findings, audit
from tools.faults.deliveries import Bugsnag
from tools.faults.evidence import COLLECTIONS, Arrival, Evidence, Webhook, keep, read
from tools.faults.people import Company, book
from tools.faults.plan import EMULATOR, SQLITE, Moment, Plan, plan
from tools.faults.run import run
from tools.faults.sent import EMERGENCY
from tools.faults.table import Result
from tools.faults.traps import FREEZE, KILL, LOSE, Trap, Traps
from tools.faults.wires import CUT, HANG, OPEN, REFUSE, SWALLOW, wires

ANA, BEN = "+14155560000", "+14155560001"
NOW = 1_000_000
linux = pytest.mark.skipif(sys.platform != "linux", reason="finds the processes to kill as Linux tells of them")
PAGE = {"kind": "page", "alert": "a1", "to": "ana", "number": ANA, "created": 100_000, "state": "delivered"}
LINES: list[dict[str, Any]] = [
    {"at": 100_000, "what": "opened", "detail": "why 0"},
    {"at": 100_000, "what": "page", "who": "ana", "page": "p1"},
]
ALERT = {
    "project": "shop",
    "error_id": "e-1",
    "team": "shop",
    "state": "triggered",
    "code": 417,
    "open": "shop|1",
    "events": 3,
    "opened": 100_000,
    "last_event": 103_000,
    "next_at": NOW + 1,
    "due_at": NOW + 1,
    "timeline": LINES,
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
    whole = {**kept, **more}
    return Evidence(**{"closings": left_by(whole["alerts"]), **whole})


def left_by(alerts: Any) -> dict[str, Any]:
    """What the closings on these timelines leave for the figures."""
    return {
        f"{key}-{n}": {"alert": key, "closed_at": line["at"], "uncounted": line["at"] + 1}
        for key, one in alerts.items()
        for n, line in enumerate(one["timeline"])
        if line["what"].startswith("closed: ")
    }


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


def silent(n: int, trigger: str = "exception", **more: Any) -> Webhook:
    """A webhook that got no answer."""
    return hook(n, "", trigger, status=0, answer={}, **more)


def test_what_was_not_answered_may_be_stored_or_not() -> None:
    four = [*evidence().webhooks, silent(3)]
    assert {} == found(webhooks=four)
    assert {} == found(webhooks=four, alerts=alert(events=4))
    assert {"webhooks": ["shop e-1: 1 of the events answered 2xx are not counted"]} == found(
        webhooks=four, alerts=alert(events=2)
    )
    assert {"events": ["shop e-1: 1 more events are counted than can have come"]} == found(
        webhooks=four, alerts=alert(events=5)
    )


def test_an_event_stored_without_an_answer_hides_no_lost_one() -> None:
    lost = {"webhooks": ["shop e-1: 1 of the events answered 2xx are not counted"]}
    two = [hook(1, "counted"), hook(2, "counted")]

    assert lost == found(webhooks=[silent(0), *two], alerts=alert(events=2))
    newest = alert(events=3, last_event=102_890)
    assert lost == found(webhooks=[*evidence().webhooks, silent(3)], alerts=newest)
    assert {"webhooks": ["shop e-1: webhook 2 is newer than the newest event that is counted"]} == found(
        webhooks=[*evidence().webhooks, silent(1, sent=100.5)], alerts=alert(last_event=100_890)
    )
    again = lines_and({"at": 102_000, "what": "triggered again", "detail": "why 3"})["a1"]
    reopened = silent(3, "reopened")
    assert lost == found(webhooks=[*evidence().webhooks, reopened], alerts={"a1": {**again, "events": 3}})


def test_an_alert_opened_by_hand_has_counted_that() -> None:
    by_hand = hook(0, "opened", "reopened by hand")

    assert {} == found(webhooks=[by_hand], alerts=alert(events=1))
    assert ["events"] == list(found(webhooks=[by_hand], alerts=alert(events=2)))


def test_more_than_was_sent_is_found() -> None:
    kept = [{"project": "shop", "error_id": "e-1", "count": 2}]
    three = [*evidence().webhooks, hook(3, "recorded")]

    assert ["events"] == list(found(alerts=alert(events=4)))
    assert ["shop e-1: 1 more events are in `unrouted` than can have come"] == found(webhooks=three, unrouted=kept)[
        "events"
    ]
    assert {} == found(webhooks=[*three, silent(4)], unrouted=kept)


def test_an_event_counted_twice_is_told_apart() -> None:
    lose = {"deed": LOSE, "step": "webhook count after", "at": 101.0}
    findings = audit(evidence(alerts=alert(events=4), deeds=[lose]))

    assert findings.good
    assert 1 == findings.counted_twice
    assert not audit(evidence(alerts=alert(events=4), deeds=[{**lose, "at": 500.0}])).good
    assert audit(evidence(alerts=alert(events=5), cuts=[(100.5, 102.5)])).good
    slow = [hook(0, "opened"), hook(1, "counted"), hook(2, "counted", answered=104.0)]
    assert audit(evidence(alerts=alert(events=4), webhooks=slow)).good


def test_a_webhook_whose_answer_broke_off_has_to_be_stored_somewhere() -> None:
    broken = hook(3, "", answer={})
    four = [*evidence().webhooks, broken]
    said = "shop e-1: 1 of the events answered 2xx, with words that broke off, are not stored"

    assert {"webhooks": [said]} == found(webhooks=four)
    assert {} == found(webhooks=four, alerts=alert(events=4))
    assert {} == found(webhooks=four, unrouted=[{"project": "shop", "error_id": "e-1", "count": 1}])


def test_two_alerts_for_one_error_are_found() -> None:
    two = {**alert(), "a2": ALERT}

    assert ["doubled alert: shop e-1 has 2"] == found(alerts=two)["errors"]


def test_a_change_has_to_leave_its_own_line() -> None:
    fixed = hook(3, "changed", "fixed by hand")
    four, at = [*evidence().webhooks, fixed], 102_950
    lost = {"webhooks": ["shop e-1: webhook 3 (fixed by hand) left no line"]}

    assert lost == found(webhooks=four)
    assert lost == found(webhooks=four, alerts=lines_and({"at": at, "what": "acknowledged", "who": "ana"}))
    assert lost == found(webhooks=four, alerts=lines_and({"at": at, "what": "closed: fixed", "detail": "why 7"}))
    assert lost == found(webhooks=four, alerts=lines_and({"at": at, "what": "snoozed", "detail": "why 3"}))
    assert {} == found(webhooks=four, alerts=lines_and({"at": at, "what": "closed: fixed", "detail": "why 3"}))
    again = [*evidence().webhooks, hook(3, "changed", "reopened by hand")]
    assert {} == found(webhooks=again, alerts=lines_and({"at": at, "what": "reopened in Bugsnag"}))
    opened = alert(timeline=[{**LINES[0], "detail": "why 1"}, *LINES[1:]])
    assert {"webhooks": ["shop e-1: webhook 0 (exception) left no line"]} == found(alerts=opened)


def test_of_an_alert_that_began_anew_only_later_events_must_be_counted() -> None:
    lines = [
        *LINES,
        {"at": 100_500, "what": "closed: by hand"},
        {"at": 101_950, "what": "opened", "detail": "why 2"},
        {"at": 101_950, "what": "page", "who": "ana", "page": "p1"},
    ]
    again = [hook(0, "opened"), hook(1, "counted"), hook(2, "opened"), hook(3, "counted")]
    again[1] = replace(again[1], sent=100.1, answered=100.3)
    begun = {"opened": 101_950, "timeline": lines}

    assert {} == found(webhooks=again, alerts=alert(events=2, **begun))
    before = replace(hook(4, "", answer={}), sent=100.2, answered=100.4)
    assert {} == found(webhooks=[*again, before], alerts=alert(events=2, **begun))
    assert ["webhooks"] == list(found(webhooks=[*again, hook(4, "", answer={})], alerts=alert(events=2, **begun)))
    assert ["webhooks"] == list(found(webhooks=again, alerts=alert(events=1, **begun)))
    assert ["events"] == list(found(webhooks=again, alerts=alert(events=3, **begun)))


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

    ran_out = {"at": 290_000, "what": "page", "who": "ana", "page": "p1", "detail": "2nd page"}
    assert {} == found(steps=steps, alerts=lines_and(ran_out, {**ben, "at": 300_000}))
    assert late == found(steps=steps, alerts=lines_and({**ran_out, "at": 221_000}, {**ben, "at": 300_000}))
    nobody = {"shop": [(["zoe"], 60_000), *steps["shop"]]}
    assert {} == found(
        steps=nobody, alerts=lines_and({"at": 100_000, "what": "step 1 skipped"}, {**ben, "at": 220_000})
    )
    assert {} == found(steps=steps, alerts=lines_and({"at": 150_000, "what": "acknowledged", "who": "ana"}))


def lines_and(*more: Mapping[str, Any]) -> dict[str, Any]:
    """The alert with more lines on its timeline."""
    return alert(timeline=[*LINES, *more])


def test_texts_that_arrived_twice_are_found() -> None:
    once = Arrival(ANA, "#417 it broke", "delivered", "p1")
    assert {"texts": ["page p1 arrived 2 times"]} == found(arrivals=[once, replace(once, body="#417 late")])
    assert {"texts": [f"{ANA} had 2 times: #417 it broke"]} == found(arrivals=[once, replace(once, page="p2")])
    assert {} == found(arrivals=[once, replace(once, status="undelivered")])
    assert {} == found(arrivals=[once, replace(once, to=BEN, page="p2")])
    straight = Arrival(ANA, f"{EMERGENCY}. Look in Bugsnag", "delivered", "")
    assert {} == found(arrivals=[once, straight, straight])
    nobodys = replace(once, page="", body="hello")
    assert {"texts": [f"{ANA} had 2 times: hello"]} == found(arrivals=[once, nobodys, nobodys])
    assert {"texts": [f"{ANA} had 2 times: #417 it broke"]} == found(arrivals=[once, replace(once, page="")])
    assert {"texts": ["page p1 arrived 2 times", f"{ANA} had 3 times: #417 it broke"]} == found(
        arrivals=[once, once, replace(once, page="p2")]
    )


def test_causes_that_nothing_planned_explains_are_found() -> None:
    off = page(state="failed", cause="the phone is off or has no service")
    odd = page(state="failed", cause="Twilio did not understand the request")
    lost = page(state="dropped", cause="somebody thought so")

    assert {} == found(pages=off)
    assert {"pages": [f"page p1 to ana: failed for a reason that nothing planned explains: {odd['p1']['cause']}"]} == (
        found(pages=odd)
    )
    assert ["pages"] == list(found(pages=lost, arrivals=[]))
    assert {"pages failed: the phone is off or has no service": 1} == causes.by_cause(evidence(pages=off))
    acked = page(state="dropped", cause="acknowledged by ana meanwhile")
    assert {"pages dropped: acknowledged meanwhile": 1} == causes.by_cause(evidence(pages=acked))


def test_a_double_of_a_process_frozen_inside_its_write_is_told_apart() -> None:
    frozen = {"deed": FREEZE, "step": "tick write after", "seconds": 125, "page": "p1"}
    twice = [Arrival(ANA, "#417 it broke", "delivered", "p1")] * 2

    findings = audit(evidence(arrivals=twice, deeds=[frozen]))
    assert findings.good
    assert ["page p1 arrived 2 times"] == findings.frozen_writes
    assert not audit(evidence(arrivals=twice, deeds=[{**frozen, "seconds": 5}])).good


def test_closings_that_the_figures_would_miss_or_count_twice_are_found() -> None:
    line, mark = {"at": 200_000, "what": "closed: fixed"}, {"uncounted": 3_800_000}
    shut = alert(state="closed", timeline=[*LINES, line], chapter={"cycle": 1, "closed_at": 200_000})
    left = {"alert": "a1", "closed_at": 200_000, **mark}

    assert {} == found(alerts=shut, closings={"a1-1": left})
    assert ["its closing at 200000 left nothing"] == [
        said.partition(": ")[2] for said in found(alerts=lines_and(line), closings={})["closings"]
    ]
    assert "closings" not in found(alerts=lines_and(line, {"at": 200_000, "what": "opened"}), closings={})
    assert {"closings": ["alert 417 (a1): its closing at 200000 left 2 documents"]} == found(
        alerts=shut, closings={"a1-1": left, "a1-2": left}
    )
    assert {"closings": ["alert 417 (a1): its closing at 200000 will not be counted"]} == found(
        alerts=shut, closings={"a1-1": without(left, "uncounted")}
    )
    assert {"closings": ["alert 417 (a1): something is left of a closing at 200000, which was none"]} == found(
        closings={"a1-1": left}
    )
    assert {"closings": ["alert a2 is not there, and left 1 closings"]} == found(
        closings={"a2-1": {**left, "alert": "a2"}}
    )


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


class Named:
    """A store that remembers what its commits are called."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.names: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        self.names.add(steps.commit())
        return self._store.commit(writes)

    def told(self) -> set[str]:
        names, self.names = self.names, set()
        return names


def test_the_commits_of_each_door_have_the_names_at_which_a_run_kills(sqlite: Store, clock: Clock) -> None:
    store = Named(sqlite)
    with staged(store, clock) as stage:
        stage.webhook(event())
        assert {"commit", "claim", "outcome"} <= store.told()
        stage.webhook(event("exception"))
        assert {"count"} == store.told()
        stage.new_texts()
        assert {"callback"} <= store.told()
        stage.clock.advance(minutes=6)
        stage.tick()
        assert {"step", "pulse", "claim", "outcome"} <= store.told()
        stage.text(STAGED, "ack")
        assert {"reply"} == store.told()


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


QUIET = Plan(SQLITE, 1, 10, rate=0.2, fresh=0.5, teams=20, traps=(Trap("tick claim after"),), moments=(), pace=1)
KILLED = [{"deed": KILL, "step": "tick claim after", "pid": n} for n in range(500)]


def too_little(plan: Plan = QUIET, **more: Any) -> list[str]:
    """What happened too little in a run of so many kills."""
    return list(enough.lacking(plan, evidence(**{"deeds": KILLED, **more})))


def test_a_run_in_which_too_little_happened_proves_nothing() -> None:
    assert [] == too_little()
    assert ["too little happened: 0 webhooks answered 2xx of at least 1"] == too_little(
        webhooks=[replace(one, status=503) for one in evidence().webhooks]
    )
    assert 2 == len(too_little(webhooks=[]))
    assert ["too little happened: 0 ticks called of at least 1"] == too_little(ticks=0)
    elsewhere = [{**one, "step": "any moment"} for one in KILLED]
    assert [
        "too little happened: 0 traps stepped into by ticks of at least 1",
        "too little happened: 0 steps reached by a trap of at least 1",
    ] == too_little(deeds=elsewhere)
    assert ["too little happened: 0 pages taken by Twilio of at least 1"] == too_little(arrivals=[])
    assert ["too little happened: 0 texts from phones answered of at least 1"] == too_little(answered=[])
    assert ["too little happened: 1 kills of at least 2"] == too_little(deeds=KILLED[:1])
    assert ["webhooks were sent that are not in the evidence: 1"] == too_little(
        webhooks=[one for one in evidence().webhooks if one.n != 1]
    )


def test_a_full_run_needs_500_kills_and_half_of_the_steps() -> None:
    two = replace(QUIET, seconds=900, rate=0.003, traps=(*QUIET.traps, Trap("tick log after"), Trap("tick log before")))

    assert ["too little happened: 1 steps reached by a trap of at least 2"] == too_little(two, ticks=90)
    assert ["too little happened: 499 kills of at least 500"] == too_little(
        replace(two, traps=QUIET.traps), ticks=90, deeds=KILLED[1:]
    )
    assert ["tick log after", "tick log before"] == enough.unreached(two, evidence(deeds=KILLED))


def leave(folder: Path) -> None:
    """A folder as a run leaves it in which nothing happened."""
    (folder / "plan.json").write_text(json.dumps(asdict(short(SQLITE, 7))))
    keep(folder, [], {"steps": {}, "at": NOW, "calm_since": NOW, "ticks": 0, "ticked": 0})
    for name in ("deeds", "journal", *COLLECTIONS):
        (folder / f"{name}.jsonl").touch()


def test_no_evidence_is_no_proof(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leave(tmp_path)

    assert 1 == main(["--audit", str(tmp_path)])
    said = capsys.readouterr().out
    assert "too little happened: 0 webhooks sent of at least 105" in said
    assert "too little happened: 0 kills of at least 5" in said


@pytest.mark.parametrize("name", ["alerts", "deeds", "journal", "pages", "texts", "unrouted", "webhooks"])
def test_a_missing_file_is_an_error(tmp_path: Path, name: str) -> None:
    leave(tmp_path)
    (tmp_path / f"{name}.jsonl").unlink()

    with pytest.raises(SystemExit, match=f"Evidence is missing: .*{name}.jsonl"):
        main(["--audit", str(tmp_path)])


def test_cuts_of_the_way_to_the_store_are_read_from_the_plan(tmp_path: Path) -> None:
    leave(tmp_path)
    spoilt = Moment(10, "wire", how={"to": "store", "mode": SWALLOW, "seconds": 2})
    drawn = replace(short(SQLITE, 7), moments=(spoilt, replace(spoilt, how={**spoilt.how, "to": "twilio"})))
    (tmp_path / "plan.json").write_text(json.dumps(asdict(drawn)))
    keep(tmp_path, [hook(0, "opened")], {"steps": {}, "at": NOW, "calm_since": NOW, "ticks": 0})

    ((begin, end),) = read(tmp_path).cuts
    assert (109.9, 116.9) == pytest.approx((begin, end))


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{broken", 200),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", 200),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", 200),
        (b"HTTP/1.1 200 OK\r\n", 200),
        (b"HTTP/1.", 0),
        (b"", 0),
    ],
)
def test_every_webhook_sent_is_in_the_evidence(answer: bytes, status: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        bugsnag = Bugsnag(listener.getsockname()[1], Company(20), QUIET)
        bugsnag.start()
        connection, _ = listener.accept()
        assert [0] == [one.status for one in bugsnag.webhooks]
        with connection:
            connection.sendall(answer)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                pass
        bugsnag.end(10)

    assert [(status, "")] == [(one.status, one.outcome) for one in bugsnag.webhooks]


def play(plan: Plan, folder: Path, emulator: str = "", **how: Any) -> tuple[Findings, Sequence[str]]:
    """What was found, and what happened too little for that to mean anything."""
    said: list[str] = []
    kept = run(plan, folder, emulator, said.append, **how)
    assert 2 == len(said)
    return audit(kept), list(enough.lacking(plan, kept))


@linux
@pytest.mark.promise("P1")
@pytest.mark.promise("P2")
@pytest.mark.promise("P3")
@pytest.mark.slow
@pytest.mark.timeout(280)
def test_two_minutes_on_sqlite_lose_and_double_nothing(tmp_path: Path) -> None:
    findings, lacking = play(short(SQLITE, 417), tmp_path, calm=150)

    assert {} == {name: some for name, some in findings.faults.items() if some}
    assert [] == lacking


@linux
@pytest.mark.promise("P1")
@pytest.mark.promise("P2")
@pytest.mark.promise("P3")
@pytest.mark.slow
@pytest.mark.emulator
@pytest.mark.timeout(280)
def test_two_minutes_on_the_emulator_lose_and_double_nothing(tmp_path: Path, emulator: str) -> None:
    findings, lacking = play(short(EMULATOR, 417), tmp_path, emulator, calm=150)

    assert {} == {name: some for name, some in findings.faults.items() if some}
    assert [] == lacking


@linux
@pytest.mark.slow
def test_a_carrier_that_sends_again_without_looking_is_caught(tmp_path: Path) -> None:
    mishaps = [Moment(at, "mishap", how={"kind": "accept-500", "times": 3}) for at in (0.0, 2.0)]
    quiet = Plan(SQLITE, 1, 6, rate=3, fresh=0.5, teams=20, traps=(), moments=tuple(mishaps), pace=1)

    findings, _ = play(quiet, tmp_path, calm=1, FAULTS_BLIND="yes")

    assert len(findings.doubled) >= 1
    assert "arrived" in findings.doubled[0]
