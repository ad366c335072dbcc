"""Whatever people text, Bugsnag delivers and time does, in any order: alerts become what the design says of them."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bugglio.roster import HOUR, MINUTE
from bugglio.store import Store
from bugglio.store.sqlite import SqliteStore
from tests import saying
from tests.cast import ERRORS, PEOPLE, ROSTERS, STRANGER, WHOLE
from tests.clock import Clock
from tests.conversing import Play
from tests.saying import Say
from tests.stores import PATIENCE
from tools.rig.clients import firestore_connection

EVENTS = ("firstException", "exception", "exception", "powerTen", "errorEventFrequency", "reopened", "projectSpiking")
CHANGES = ("fixed", "ignored", "reopened", "unignored", "snoozeCancelled")
RULES = (("occurs_after", 600), ("occurrences", 2), ("", 10))
PAUSES = (1_000, 20_000, 61_000, 130_000, 5 * MINUTE, 11 * MINUTE, 31 * MINUTE, HOUR + 1_000, 3 * HOUR)
LONG = (25 * HOUR, 73 * HOUR, 170 * HOUR)

names = st.sampled_from((*PEOPLE, *PEOPLE, STRANGER))
errors = st.sampled_from(ERRORS)
hooks = st.one_of(
    st.tuples(errors, st.sampled_from(EVENTS), st.just(""), st.just(0), st.none()),
    st.tuples(errors, st.sampled_from(EVENTS), st.just(""), st.sampled_from((0, 30_000)), st.none()),
    st.tuples(errors, st.just("errorStateManualChange"), st.sampled_from(CHANGES), st.just(0), st.none()),
    st.tuples(errors, st.just("errorStateManualChange"), st.just("snoozed"), st.just(0), st.sampled_from(RULES)),
    st.tuples(errors, st.just("errorStateManualChange"), st.just("fixed"), st.just(20_000), st.none()),
    st.tuples(errors, st.just("comment"), st.just(""), st.just(0), st.none()),
)
Hook = tuple[str, str, str, int, tuple[str, int] | None]


class Conversation(RuleBasedStateMachine):
    """What happens, happens to the pager and to the model; after each of it they are alike."""

    def __init__(self, made: Callable[[Clock], Store], *, tells: bool = False) -> None:
        super().__init__()
        clock = Clock()
        self.play = Play(made(clock), clock, tells=tells)

    def teardown(self) -> None:
        self.play.close()

    @initialize(error=errors)
    def begin(self, error: str) -> None:
        self.play.tick()
        self.play.hook(error, "firstException")

    @rule(who=names, say=saying.says)
    def text(self, who: str, say: Say) -> None:
        self.play.text(who, say)

    @rule(who=names, say=st.one_of(saying.bare, saying.coded, saying.undo, saying.answers))
    def text_of_alerts(self, who: str, say: Say) -> None:
        self.play.text(who, say)

    @rule(hook=hooks)
    def webhook(self, hook: Hook) -> None:
        self._hook(hook)

    def _hook(self, hook: Hook) -> None:
        error, trigger, changed, late, snooze = hook
        if self.play.tells and trigger not in EVENTS:
            # What changes in Bugsnag is what it is told.
            trigger, changed, snooze = "exception", "", None
        self.play.hook(error, trigger, changed, late=late, rule=snooze)

    @rule(number=st.integers(0, 3))
    def webhook_again(self, number: int) -> None:
        self.play.hook_again(number)

    @precondition(lambda self: self.play.sent)
    @rule(number=st.integers(0, 5))
    def text_again(self, number: int) -> None:
        self.play.again(number)

    @rule(who=names, say=saying.says, hook=hooks)
    def webhook_during_text(self, who: str, say: Say, hook: Hook) -> None:
        self.play.cross(who, say, partial(self._hook, hook))

    @rule(who=names, say=saying.says, other=names, meanwhile=saying.says)
    def two_texts_at_once(self, who: str, say: Say, other: str, meanwhile: Say) -> None:
        self.play.cross(who, say, partial(self.play.text, other, meanwhile))

    @rule(number=st.integers(0, 5), first=saying.of_the_newest, second=saying.of_the_newest)
    def undo_what_another_has_changed_since(self, number: int, first: Say, second: Say) -> None:
        owners = self.play.owners(self.play.picked((0,))[0])
        who, other = owners[number % len(owners)], owners[(number + 1) % len(owners)]
        for one, say in ((who, first), (other, second), (who, Say("undo", "undo"))):
            self.play.text(one, say)

    @rule(number=st.integers(0, 5), more=st.integers(1, 3), times=st.integers(1, 4))
    def events_after_a_snooze(self, number: int, more: int, times: int) -> None:
        key = self.play.picked((0,))[0]
        owners = self.play.owners(key)
        self.play.text(owners[number % len(owners)], Say("snooze", f"snooze {{}} {more}x", (0,), more=more))
        for _ in range(times if key in ERRORS else 0):
            self.play.hook(key, "exception")

    @rule(who=names, say=saying.nothing, times=st.integers(2, 9))
    def text_in_a_row(self, who: str, say: Say, times: int) -> None:
        for _ in range(times):
            self.play.text(who, say)

    @rule(who=names, say=saying.mutes, hook=hooks)
    def webhook_after_mute(self, who: str, say: Say, hook: Hook) -> None:
        self.play.text(who, say)
        self._hook((f"{say.form.split()[1]}/{hook[0][-1]}", *hook[1:]))

    @rule(pause=st.sampled_from(PAUSES), ticks=st.sampled_from((0, 1, 1, 3)))
    def wait(self, pause: int, ticks: int) -> None:
        self.play.wait(pause, ticks=ticks)

    @rule(pause=st.sampled_from(LONG))
    def wait_long(self, pause: int) -> None:
        self.play.wait(pause, ticks=6)

    @rule()
    def deliver(self) -> None:
        self.play.deliver()

    @rule(name=st.sampled_from((WHOLE, *ROSTERS)))
    def change_roster(self, name: str) -> None:
        self.play.change_roster(name)

    @invariant()
    def all_holds(self) -> None:
        self.play.check()


def play(made: Callable[[Clock], Store], examples: int, steps: int, *, tells: bool = False) -> None:
    """Play so many stories of so many steps; `tells`: Bugsnag is told what was texted, and tells it in turn."""
    run_state_machine_as_test(
        lambda: Conversation(made, tells=tells),  # type: ignore[arg-type]  # whatever makes a machine will do
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            # A long story takes many minutes to shrink, and is plain enough as it is.
            phases=[Phase.generate],
        ),
    )


def on_sqlite(folder: Path, clock: Clock) -> Store:
    """A new file."""
    return SqliteStore(Path(tempfile.mkdtemp(dir=folder)) / "bugglio.db", clock.now, timeout=PATIENCE)


def test_whatever_happens_alerts_become_what_the_design_says(tmp_path: Path) -> None:
    play(partial(on_sqlite, tmp_path), 4, 15)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("tells", [False, True], ids=["alone", "with Bugsnag"])
def test_whatever_happens_for_long(tmp_path: Path, *, tells: bool) -> None:
    play(partial(on_sqlite, tmp_path), 8, 30, tells=tells)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_whatever_happens_on_firestore(emulator: str) -> None:
    from bugglio.store.firestore import FirestoreStore

    play(lambda clock: FirestoreStore(firestore_connection(emulator), clock.now, timeout=PATIENCE), 2, 15, tells=True)
