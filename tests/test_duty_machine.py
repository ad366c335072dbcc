"""Random play: whatever becomes of roster, phones, Twilio and processes, somebody is asked, and nobody in vain."""

import random
import sys
import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bugglio.roster import MINUTE, Book, Conditions, Engineer, Rotation, Rule, Step, Team
from bugglio.simulator import Misbehaviour
from tests.duty import Duty, on_duty
from tests.faults import Fault
from tests.payloads import change, event
from tests.stage import ANA

PEOPLE = ("ben", "cy", "eve")
NUMBERS = {"ben": ("+14155550102", "+14155550112"), "cy": ("+14155550103", "+14155550113"), "eve": ("+14155550104",)}
PRIMARY = Rotation("primary", ("ben", "cy"), datetime.fromisoformat("2026-01-05T09:00"), 1, "hours")
STEPS = (
    (Step(("primary",), wait=5 * MINUTE), Step(("eve", "cy"), wait=3 * MINUTE, again=0)),
    (Step(("ben",), wait=3 * MINUTE, again=MINUTE, call=True), Step(("cy", "ben"), wait=4 * MINUTE)),
    (Step(("cy", "on-duty"), wait=MINUTE, again=0), Step(("eve",), wait=2 * MINUTE, call=True)),
    (Step(("eve",), wait=10 * MINUTE),),
    (),
)
STAGING, INFO = Conditions(stage=("staging",)), Conditions(severity=("info",))
WARNING = Conditions(severity=("warning",), between=(9 * 60, 9 * 60 + 40))
RULES = (
    (),
    (Rule(STAGING, "ignore"), Rule(INFO, "digest"), Rule(WARNING, "hold")),
    (Rule(STAGING, "digest"), Rule(INFO, "steps", "night")),
)
TROUBLES = (
    (("refuse", 21211),),
    (("refuse", 21610),),
    (("refuse", 20003),),
    (("undelivered", 30003),),
    (("undelivered", 30034),),
    (("failed", 30036), ("call-no-answer", None)),
    (("accept-500", None), ("lose-callbacks", None)),
    (("accept-reset", None), ("lose-callbacks", None), ("no-log", None)),
    (("500", None),),
    (("429", None), ("call-429", None)),
    (("double-callbacks", None), ("call-double-callbacks", None)),
    (("call-refuse", 21215),),
    (("call-accept-500", None), ("call-lose-callbacks", None)),
    (("call-500", None),),
)
"""What goes wrong together."""
WORDS = ("ack", "close", "ok", "list", "ack all", "STOP", "STOP", "START")


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Some of the people, with one of their numbers each, and one or two teams."""
    here = set(PEOPLE) - {draw(st.sampled_from(("", "", *PEOPLE)))} - {draw(st.sampled_from(("", "", *PEOPLE)))}
    people = {name: Engineer(name, name.title(), draw(st.sampled_from(NUMBERS[name]))) for name in sorted(here)}
    if draw(st.booleans()):
        people["ana"] = Engineer("ana", "Ana", ANA, admin=True)
    wanted = draw(st.sampled_from((("shop", "web"), ("shop",), ("web",), ("shop", "web"))))
    return Book(people, {name: draw(teams(name, frozenset(here))) for name in wanted})


@st.composite
def teams(draw: st.DrawFn, name: str, here: frozenset[str]) -> Team:
    """A team that names nobody but these people."""
    turns = tuple(one for one in PRIMARY.engineers if one in here)
    rotations = {"primary": Rotation("primary", turns, PRIMARY.starts, 1, "hours")} if turns else {}
    known = {*here, *rotations, "on-duty"}
    lists = [_known(draw(st.sampled_from(STEPS)), known) for _ in range(2)]
    return Team(
        name,
        lists[0],
        repeat=draw(st.sampled_from((1, 1, 2))),
        acknowledged_for=draw(st.sampled_from((10, 60))) * MINUTE,
        close_after=draw(st.sampled_from((90, 0, 10_080))) * MINUTE,
        projects=("*",) if name == "shop" else ("web",),
        rotations=rotations,
        lists={"night": lists[1]} if lists[1] else {},
        digest_at=9 * 60 + 30,
        rules=draw(st.sampled_from(RULES)) if lists[1] else (),
    )


def _known(steps: tuple[Step, ...], known: set[str]) -> tuple[Step, ...]:
    named = [(step, tuple(name for name in step.page if name in known)) for step in steps]
    return tuple(Step(names, step.wait, step.again, step.call) for step, names in named if names)


@st.composite
def errors(draw: st.DrawFn) -> dict[str, object]:
    """Something happened to one of a few errors, or somebody changed its state in Bugsnag."""
    number = draw(st.integers(0, 9))
    error = {
        "errorId": f"e-{number}",
        "exceptionClass": f"Error{number}",
        "releaseStage": draw(st.sampled_from(("production", "production", "staging"))),
        "severity": draw(st.sampled_from(("error", "error", "warning", "info"))),
    }
    project = {"id": f"p-{number % 2}", "name": ("web", "checkout-api")[number % 2]}
    kind = draw(st.sampled_from(("exception",) * 6 + ("reopened", "fixed", "snoozed", "unignored")))
    if kind in ("fixed", "snoozed", "unignored"):
        return change(kind, error=error, project=project)
    return event(kind, error=error, project=project)


faults = st.none() | st.none() | st.builds(Fault, st.integers(0, 12), st.booleans(), st.booleans())
instances = st.integers(0, 1)
seeds = st.integers(0, 10_000)


class DutyMachine(RuleBasedStateMachine):
    """Anything in any order."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        self.duty: Duty = self._stack.enter_context(on_duty(Path(folder), "duty"))

    @initialize(book=books())
    def begin(self, book: Book) -> None:
        self.duty.apply(book)

    @rule(payload=errors(), instance=instances, fault=faults)
    def webhook(self, payload: dict[str, object], instance: int, fault: Fault | None) -> None:
        self.duty.webhook(payload, instance, fault)

    @rule(payload=errors(), instance=instances)
    def another(self, payload: dict[str, object], instance: int) -> None:
        self.duty.webhook(payload, instance)

    @rule(pick=st.integers(0, 5), body=st.sampled_from(WORDS), instance=instances, fault=faults)
    def text(self, pick: int, body: str, instance: int, fault: Fault | None) -> None:
        numbers = self.duty.numbers()
        self.duty.text(numbers[pick % len(numbers)], body, instance, fault)

    @rule(instance=instances, fault=faults)
    def tick(self, instance: int, fault: Fault | None) -> None:
        self.duty.tick(instance, fault)

    @rule(instance=instances, seed=seeds)
    def report(self, instance: int, seed: int) -> None:
        self.duty.report(random.Random(seed), instance)

    @rule(seconds=st.sampled_from((1, 5, 20, 60, 95, 180, 360, 1900)), seed=seeds)
    def wait(self, seconds: int, seed: int) -> None:
        self.duty.wait(seconds, random.Random(seed))

    @rule(book=books(), instance=instances, fault=faults)
    def apply(self, book: Book, instance: int, fault: Fault | None) -> None:
        self.duty.apply(book, instance, fault)

    @rule(trouble=st.sampled_from(TROUBLES), pick=st.integers(-1, 9), times=st.integers(1, 3))
    def misbehave(self, trouble: tuple[tuple[str, int | None], ...], pick: int, times: int) -> None:
        numbers = self.duty.numbers()
        number = None if pick < 0 else numbers[pick % len(numbers)]
        for kind, code in trouble:
            self.duty.misbehave(Misbehaviour(kind, times=times, number=number, code=code))

    def teardown(self) -> None:
        with self._stack:
            if sys.exc_info()[0] is None:
                self.duty.end(random.Random(0))


def play(games: int, acts: int) -> None:
    run_state_machine_as_test(
        DutyMachine,
        settings=settings(
            max_examples=games,
            stateful_step_count=acts,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            # A long story takes many minutes to shrink, and is plain enough as it is.
            phases=[Phase.generate],
        ),
    )


@pytest.mark.promise("P3")
def test_whatever_happens_somebody_is_asked_and_nobody_in_vain() -> None:
    play(5, 12)


@pytest.mark.slow
def test_whatever_happens_for_long_somebody_is_asked_and_nobody_in_vain() -> None:
    play(8, 40)
