"""A long story through all doors, with a Twilio, a Bugsnag, a store and strangers that misbehave."""

from typing import Any

from bugglio.roster import Conditions, Engineer, Roster, Rule, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.store import Store, Unreachable
from tests.doors.calling import FORM, METHODS, call, twilio
from tests.faults import Fault, FaultyStore
from tests.payloads import change, event
from tests.stage import ANA, TOKEN, WEBHOOK_TOKEN, Stage

BEN, STRANGER = "+14155550102", "+14155550177"
BUGSNAG_TOKEN = "simulated-bugsnag-token"


def pair() -> Roster:
    """Ana, and Ben after her, who is the admin."""
    people = {"ana": Engineer("ana", "Ana Lima", ANA), "ben": Engineer("ben", "Ben Ode", BEN, admin=True)}
    steps = (Step(("ana",), again=0), Step(("ben",)))
    rules = (Rule(Conditions(severity=("info",)), "digest"),)
    return Roster(people, {"shop": Team("shop", steps, projects=("*",), rules=rules)}, last_resort="ben")


def other(number: int) -> dict[str, Any]:
    """A new error, unlike the others."""
    return event(error={"errorId": f"checkout-{number}", "exceptionClass": f"Error{number}"})


class Silent(FaultyStore):
    """A store that never answers."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, Fault())

    def get(self, paths: Any) -> Any:
        raise Unreachable(f"no answer about {len(paths)} documents")


class Forgetful(FaultyStore):
    """A store whose first commit is applied, and its reply lost."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, Fault())
        self._lost = False

    def commit(self, writes: Any) -> Any:
        done = super().commit(writes)
        if not self._lost:
            self._lost = True
            raise Unreachable("the connection broke")
        return done


def play(stage: Stage) -> None:
    """Let everything happen."""
    for kind in ("500", "429", "accept-timeout", "accept-reset", "refuse", "undelivered"):
        stage.simulator.misbehave(Misbehaviour(kind, times=1))
        stage.clock.advance(minutes=3)
        stage.webhook(other(stage.clock.now() // 1000))
        stage.wait(minutes=3, step=60)
    stage.simulator.misbehave(Misbehaviour("refuse", times=1, code=20003))
    for number in range(5):
        stage.webhook(other(number))
    stage.works.ticking.tick(stay=61_000)
    stage.simulator.settle()
    code = stage.webhook(event())["code"]
    stage.webhook(change("snoozed"))
    stage.webhook(event("comment", top={"comment": {"id": "c1", "message": "hello there"}, "user": {"name": "Dana"}}))
    for body in (f"note {code} rolled back", "ack all", "undo", "page shop checkout is down", "hello there", "list"):
        stage.text(BEN, body)
    stage.simulator.misbehave(Misbehaviour("bugsnag-500", times=1))
    stage.text(BEN, f"fix {code}")
    stage.simulator.misbehave(Misbehaviour("bugsnag-refuse", times=1))
    stage.text(BEN, f"reopen {code}")
    stage.text(STRANGER, "hello there")
    stage.webhook(event(error={"errorId": "checkout-78", "severity": "info"}))
    stage.text(ANA, "STOP")
    strangers(stage)
    stage.wait(minutes=20, step=60)
    stage._start(Forgetful(stage.store), None)
    stage.webhook(other(99))
    stage._start(Silent(stage.store), None)
    assert 503 == stage.simulator.send_event(event()).status
    stage.restart()


def strangers(stage: Stage) -> None:
    """Whoever has no business here knocks at each door, with secrets of ours that are in the wrong place."""
    for path in ("/bugsnag", "/sms", "/sms-status", "/tick", "/admin/calendar/engineer/ana/x.ics", "/nothing"):
        for method in METHODS:
            call(stage.app, f"{path}?token={TOKEN}&To={ANA}", method=method)
    twilio(stage.app, "/sms", [("From", STRANGER), ("Body", "hello there")], signed=TOKEN)
    call(stage.app, "/sms", b"From=%2B14155550177", {**FORM, "Authorization": f"Bearer {WEBHOOK_TOKEN}"})
