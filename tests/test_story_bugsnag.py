"""What engineers text is told to Bugsnag, once, and what Bugsnag says of it in return causes nothing."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from bugglio import alert as alerts
from bugglio.alert import Alert
from bugglio.app import tracker
from bugglio.delivery import Logged, Outcome
from bugglio.pager.ports import Outgoing, Tracker
from bugglio.pager.rounds import BATCH
from bugglio.roster import Conditions, Engineer, Roster, Rule, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.store import Store
from bugglio.store.counting import Bill, CountingStore
from bugglio.store.sqlite import SqliteStore
from bugglio.upstream import Finding, Later, Operation, Unknown
from bugglio.upstream import Outcome as Upshot
from tests.clock import Clock
from tests.doors.calling import twilio
from tests.faults import Fault, Killed
from tests.payloads import change, event
from tests.stage import ANA, Stage, staged

BEN = "+14155550102"
TOKEN = {"BUGSNAG_AUTH_TOKEN": "simulated-bugsnag-token"}
SLOW = "here; Bugsnag is slow, I will tell it"
ERROR = "checkout-1"
NAME = "TypeError checkout-api"
REFUSALS = {
    401: "Bugsnag does not accept BUGSNAG_AUTH_TOKEN: make a new one under My account > Personal auth tokens",
    403: "Bugsnag does not allow this to the user of BUGSNAG_AUTH_TOKEN: let that user change the project's errors",
    404: "Bugsnag does not show this error to the user of BUGSNAG_AUTH_TOKEN: it is gone, or not in their projects",
    422: "Bugsnag did not take this (HTTP 422): do it in Bugsnag's dashboard",
}


def pair() -> Roster:
    """Ana, and Ben after her, who is the admin."""
    people = {"ana": Engineer("ana", "Ana Lima", ANA), "ben": Engineer("ben", "Ben Ode", BEN, admin=True)}
    steps = (Step(("ana",), again=0), Step(("ben",), again=0))
    return Roster(people, {"shop": Team("shop", steps, projects=("*",))}, last_resort="ben")


@pytest.fixture
def both(store: Store, clock: Clock) -> Iterator[Stage]:
    """The stage on each engine, with a Bugsnag that follows."""
    with staged(store, clock, pair(), **TOKEN) as stage:
        yield stage


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The same on SQLite alone."""
    with staged(sqlite, clock, pair(), **TOKEN) as stage:
        yield stage


def opened(stage: Stage, error: str = ERROR) -> int:
    """The code of a new alert, whose page has arrived."""
    stage.clock.advance(seconds=0.001)
    code: int = stage.webhook(event(error={"errorId": error}))["code"]
    stage.new_texts()
    return code


def kept(stage: Stage, error: str = ERROR) -> Alert:
    """The alert as it is stored."""
    where = alerts.path(alerts.alert_id("p-1", error))
    return alerts.load(stage.store.get([where]).documents[where].fields)


def there(stage: Stage, error: str = ERROR) -> tuple[str, Mapping[str, Any] | None]:
    """How the error stands in Bugsnag."""
    return next((one.status, one.reopen_rules) for one in stage.simulator.errors() if one.id == error)


def comments(stage: Stage) -> list[str]:
    """What was said of it in Bugsnag."""
    return [one.message for one in stage.simulator.comments(ERROR)]


def plain(notice: str) -> str:
    """A notice without the time before it."""
    return notice[notice.index("#") :]


def misbehave(stage: Stage, kind: str, times: int | None = 1, **more: Any) -> None:
    """Bugsnag has a bad day."""
    stage.simulator.misbehave(Misbehaviour(f"bugsnag-{kind}", times=times, **more))


def nothing() -> None:
    """Nothing is done besides."""


@dataclass
class Wrapped:
    """A tracker around the simulator's; each call is noted, and `before` and `after` are done around the work."""

    stage: Stage
    before: Callable[[], object] = nothing
    after: Callable[[], object] = nothing
    answers: list[Upshot] = field(default_factory=list)
    """Instead of the work."""
    calls: list[str] = field(default_factory=list)
    patience: list[float] = field(default_factory=list)

    @property
    def real(self) -> Tracker:
        found = tracker(self.stage.settings)
        assert found is not None
        return found

    def do(self, project_id: str, error_id: str, operation: Operation, *, patience: float) -> Upshot:
        self.calls.append(f"{operation.what} {error_id}")
        self.patience.append(patience)
        if self.answers:
            return self.answers.pop(0)
        self.before()
        done = self.real.do(project_id, error_id, operation, patience=5)
        self.after()
        return done

    def commented(
        self, project_id: str, error_id: str, text: str, since: int, *, patience: float, besides: Collection[str] = ()
    ) -> Finding:
        self.calls.append(f"look {error_id}")
        return self.real.commented(project_id, error_id, text, since, patience=patience, besides=besides)


def wrapped(
    stage: Stage, *answers: Upshot, before: Callable[[], object] = nothing, after: Callable[[], object] = nothing
) -> Wrapped:
    """A new process with such a tracker."""
    found = Wrapped(stage, before, after, list(answers))
    stage.restart_with(None, found)
    return found


# It arrives.

WORDS = [
    ("fix", "Fixed {}.", ("fixed", None)),
    ("ignore {}", "Ignored {}.", ("ignored", None)),
    ("snooze 2h", "Snoozed {} until Mon 2 Feb 11:00 UTC.", ("snoozed", {"reopen_if": "occurs_after", "seconds": 7200})),
    (
        "snooze 20x",
        "Snoozed {} for 20 more events.",
        ("snoozed", {"reopen_if": "n_additional_occurrences", "additional_occurrences": 20}),
    ),
]


@pytest.mark.parametrize(("text", "answer", "state"), WORDS, ids=[text for text, *_ in WORDS])
def test_a_word_arrives_in_bugsnag_before_it_is_answered(both: Stage, text: str, answer: str, state: object) -> None:
    code = opened(both)

    said = both.text(ANA, text.format(code))

    assert answer.format(f"{code} {NAME}") == said.partition(" Nothing")[0].partition(" 1 more")[0]
    assert state == there(both)
    assert () == kept(both).errands


def test_reopen_and_undo_open_it_in_bugsnag_again(both: Stage) -> None:
    code = opened(both)
    both.text(ANA, "fix")
    both.text(ANA, f"reopen {code}")
    assert ("open", None) == there(both)

    both.text(ANA, f"ignore {code}")
    assert ("ignored", None) == there(both)
    both.text(ANA, "undo")
    assert ("open", None) == there(both)
    assert () == kept(both).errands


@pytest.mark.parametrize("word", ["snooze 2h", "snooze 20x"])
def test_undoing_a_fix_of_what_was_snoozed_snoozes_it_there_again(both: Stage, word: str) -> None:
    opened(both)
    both.text(ANA, word)
    both.text(ANA, "fix")
    assert "fixed" == there(both)[0]
    both.text(ANA, "undo")
    assert "snoozed" == there(both)[0]


def test_a_note_is_a_comment_with_the_engineers_name(both: Stage) -> None:
    code = opened(both)

    assert f"Noted on {code} {NAME}. Nothing else open." == both.text(ANA, "note rolled back")

    assert ["Ana Lima: rolled back"] == comments(both)


def test_the_stored_answer_is_the_one_that_was_given(quick: Stage) -> None:
    opened(quick)

    first = quick.simulator.receive(ANA, "fix")

    assert SLOW not in first.replies[0]
    assert first.replies == quick.simulator.receive_again(first.sid).replies


def test_without_a_token_nothing_is_stored_and_the_answer_says_so(store: Store, clock: Clock) -> None:
    with staged(store, clock, pair()) as stage:
        code = opened(stage)

        answer = f"Fixed {code} {NAME} here only: no BUGSNAG_AUTH_TOKEN. Nothing else open."
        assert answer == stage.text(ANA, "fix")
        assert () == kept(stage).errands
        stage.wait(minutes=2, step=10)
        assert ("open", None) == there(stage)


# Bugsnag is slow, busy, or down.


@pytest.mark.parametrize("after", [False, True], ids=["not done", "done"])
def test_when_bugsnag_does_not_answer_the_text_says_so_and_the_tick_tells_it(both: Stage, after: bool) -> None:  # noqa: FBT001 - a case
    code = opened(both)
    late = wrapped(both, *([] if after else [Unknown("no answer")]))
    if after:
        misbehave(both, "accept-500")

    assert f"Fixed {code} {NAME} {SLOW}. Nothing else open." == both.text(ANA, "fix")
    assert 2.0 >= late.patience[0] > 0
    both.wait(seconds=6)

    assert ("fixed", None) == there(both)
    assert () == kept(both).errands
    assert ["fix checkout-1"] * 2 == late.calls


@pytest.mark.slow
def test_a_text_waits_two_seconds_for_bugsnag(quick: Stage) -> None:
    opened(quick)
    misbehave(quick, "timeout", seconds=20)

    assert SLOW in quick.text(ANA, "fix")

    quick.wait(seconds=10)
    assert ("fixed", None) == there(quick)


def test_retry_after_is_honoured(both: Stage) -> None:
    opened(both)
    misbehave(both, "429", seconds=40)

    assert SLOW in both.text(ANA, "fix")
    both.wait(seconds=39)
    assert ("open", None) == there(both)
    both.wait(seconds=2)
    assert ("fixed", None) == there(both)


def test_without_a_word_of_bugsnags_the_pauses_double(quick: Stage) -> None:
    opened(quick)
    busy = wrapped(quick, *[Later(None, "HTTP 500")] * 4)
    quick.text(ANA, "fix")
    tried = [quick.clock.now()]
    for _ in range(80):
        before = len(busy.calls)
        quick.wait(seconds=1)
        tried += [quick.clock.now()] if len(busy.calls) > before else []

    # The calls themselves take a little, too.
    assert [5, 10, 20, 40] == [(then - now) // 5000 * 5 for now, then in pairwise(tried)]
    assert ("fixed", None) == there(quick)


@pytest.mark.slow
def test_after_a_day_it_is_given_up_and_whoever_asked_hears_it(both: Stage) -> None:
    code = opened(both)
    wrapped(both, *[Later(None, "Bugsnag answered HTTP 500")] * 1000)
    both.text(ANA, "fix")

    both.wait(minutes=23 * 60 + 58, step=300)
    assert [] == both.new_texts()
    both.wait(minutes=15, step=60)

    text = f"#{code} TypeError: fix was given up: Bugsnag could not be told for 24 hours (Bugsnag answered HTTP 500)"
    assert [text] == [plain(one) for one in both.new_texts()]
    assert [text] == [plain(one) for one in both.new_texts(BEN)]
    assert () == kept(both).errands


def test_of_two_states_only_the_newer_is_told(both: Stage) -> None:
    code = opened(both)
    told = wrapped(both, Later(60, "busy"))
    both.text(ANA, "fix")
    both.clock.advance(seconds=1)

    answer = both.text(ANA, f"reopen {code}")

    assert SLOW not in answer
    both.wait(minutes=3, step=5)
    assert ["fix checkout-1", "open checkout-1"] == told.calls


def test_a_newer_state_waits_for_the_older_one_that_is_under_way(quick: Stage) -> None:
    """A process that has died may have told of the fix at any moment of its minute."""
    code = opened(quick)
    with pytest.raises(Killed):
        twilio(_killed_in_the_call(quick), "/sms", [("MessageSid", "SM7"), ("From", ANA), ("Body", "fix")])
    told = wrapped(quick)

    assert SLOW in quick.text(ANA, f"reopen {code}")
    quick.wait(seconds=50)
    assert [] == told.calls
    quick.wait(seconds=15)
    assert ["open checkout-1"] == told.calls


def _killed_in_the_call(stage: Stage) -> Any:
    def die() -> None:
        raise Killed

    wrapped(stage, before=die)
    return stage.app


def test_the_tick_does_what_a_text_about_many_alerts_does_not_wait_for(both: Stage) -> None:
    codes = [opened(both, f"checkout-{number}") for number in range(5)]
    told = wrapped(both)

    assert SLOW in both.text(ANA, f"fix {' '.join(map(str, codes))}")
    assert 3 == len(told.calls)

    both.wait(minutes=2, step=10)
    assert {("fixed", None)} == {there(both, f"checkout-{number}") for number in range(5)}
    assert 5 == len(told.calls)


def test_a_token_that_is_gone_for_a_while_loses_nothing(quick: Stage) -> None:
    opened(quick)
    wrapped(quick, Later(None, "HTTP 500"))
    quick.text(ANA, "fix")
    settings = quick.settings
    from tests.stage import settings_for

    quick.settings = settings_for(settings.twilio_api_url)
    quick.restart()
    quick.wait(minutes=5, step=5)
    assert ("open", None) == there(quick)

    quick.settings = settings
    quick.restart()
    quick.wait(minutes=11, step=30)
    assert ("fixed", None) == there(quick)


# Comments are never doubled.


@pytest.mark.parametrize("silent", [False, True], ids=["with its webhook", "without"])
def test_a_comment_that_was_made_without_an_answer_is_not_made_again(both: Stage, *, silent: bool) -> None:
    opened(both)
    misbehave(both, "accept-500")
    if silent:
        misbehave(both, "silent")

    assert SLOW in both.text(ANA, "note rolled back")
    both.wait(minutes=3, step=5)
    both.new_texts()
    both.wait(minutes=1, step=5)

    assert ["Ana Lima: rolled back"] == comments(both)
    assert () == kept(both).errands


def test_a_comment_is_not_made_again_while_it_cannot_be_looked_for(both: Stage) -> None:
    opened(both)
    misbehave(both, "accept-500")
    misbehave(both, "silent")
    both.text(ANA, "note rolled back")
    misbehave(both, "500", times=3)

    both.wait(minutes=5, step=5)

    assert ["Ana Lima: rolled back"] == comments(both)
    assert () == kept(both).errands


def test_the_same_words_said_twice_are_two_comments(both: Stage) -> None:
    opened(both)
    told = wrapped(both, Unknown("no answer"))

    assert SLOW in both.text(ANA, "note rolled back")
    assert SLOW in both.text(ANA, "note rolled back")
    both.wait(minutes=3, step=5)

    assert ["Ana Lima: rolled back"] * 2 == comments(both)
    assert () == kept(both).errands
    assert 3 == told.calls.count("comment checkout-1")


@pytest.mark.slow
def test_a_comment_whose_answer_never_comes_is_made_once(quick: Stage) -> None:
    opened(quick)
    misbehave(quick, "accept-timeout", seconds=20)

    assert SLOW in quick.text(ANA, "note rolled back")
    quick.wait(minutes=3, step=5)

    assert ["Ana Lima: rolled back"] == comments(quick)


# Refused for good.


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_is_answered_in_plain_words_and_told_to_the_admin(both: Stage, status: int) -> None:
    code = opened(both)
    misbehave(both, "refuse", code=status)

    answer = f"Fixed {code} {NAME} here. Bugsnag refused it: {REFUSALS[status]}. Nothing else open."
    assert answer == both.text(ANA, "fix")

    assert [] == both.new_texts()
    name = f"#{code} TypeError" if status in (401, 422) else f"#{code}"
    assert f"{name}: fix refused: {REFUSALS[status]}" == plain(both.page(BEN))
    assert () == kept(both).errands
    assert ["telling Bugsnag"] == [one.partition(":")[0] for one in both.troubles]
    assert "Bugsnag was not told: fix" == kept(both).timeline[-1].what


def test_a_refusal_that_comes_later_is_texted_to_whoever_asked(both: Stage) -> None:
    code = opened(both)
    misbehave(both, "500")
    both.text(ANA, "fix")
    misbehave(both, "refuse", code=404)

    both.wait(seconds=10)

    assert f"#{code}: fix refused: {REFUSALS[404]}" == plain(both.page())
    assert 1 == len(both.new_texts(BEN))


def test_admins_hear_of_a_cause_once_a_day_and_whoever_asked_each_time(quick: Stage) -> None:
    misbehave(quick, "refuse", times=None, code=403)
    for number in range(3):
        opened(quick, f"checkout-{number}")
        assert "Bugsnag refused it" in quick.text(ANA, "fix")
    assert 1 == len(quick.new_texts(BEN))

    quick.clock.advance(hours=24)
    quick.tick()
    opened(quick, "checkout-9")
    quick.text(ANA, "fix")
    assert 1 == sum("fix refused" in one for one in quick.new_texts(BEN))


def test_an_admin_who_asked_is_told_once(quick: Stage) -> None:
    code = opened(quick)
    misbehave(quick, "refuse", code=403)

    assert "Bugsnag refused it" in quick.text(BEN, f"fix {code}")

    assert [] == [one for one in quick.new_texts(BEN) if "refused" in one]


def test_of_several_alerts_a_notice_names_the_one_that_was_refused(quick: Stage) -> None:
    codes = [opened(quick, f"checkout-{number}") for number in range(2)]
    misbehave(quick, "refuse", code=404)

    answer = quick.text(ANA, f"fix {codes[0]} {codes[1]}")

    assert f"Fixed {codes[0]} {NAME}, {codes[1]} {NAME}. Nothing else open." == answer
    quick.simulator.settle()
    notices = [plain(one) for one in quick.simulator.texts(ANA) if "refused" in one]
    assert [f"#{codes[0]}: fix refused: {REFUSALS[404]}"] == notices


def test_bugglios_own_errors_raise_no_alarm_about_themselves(quick: Stage) -> None:
    quick.webhook(event(error={"app": {"type": "bugglio"}}))
    misbehave(quick, "refuse", code=403)

    quick.text(ANA, "fix")

    assert [] == quick.troubles


# Killed anywhere.

STEPS = 60


def deaths() -> Iterator[Fault]:
    """A process that dies at each of its calls, before and after; ends when it has outlived all of them."""
    for after in (False, True):
        for at in range(STEPS):
            fault = Fault(at, after)
            yield fault
            if not fault.struck:
                break
        assert at < STEPS - 1


@pytest.mark.slow
@pytest.mark.parametrize("text", ["fix", "note rolled back"])
def test_a_text_cut_short_anywhere_is_told_once_when_it_comes_again(tmp_path: Any, text: str) -> None:
    struck = 0
    for n, fault in enumerate(deaths()):
        clock = Clock()
        store = SqliteStore(tmp_path / f"{n}.db", clock.now)
        with staged(store, clock, pair(), **TOKEN) as stage:
            opened(stage)
            fields = [("MessageSid", "SM7"), ("From", ANA), ("Body", text)]
            fault.calls = 0
            _until_killed(lambda: twilio(stage.restart(fault), "/sms", fields))  # noqa: B023 - called at once
            twilio(stage.restart(), "/sms", fields)
            stage.wait(minutes=3, step=10)
            stage.simulator.settle()

            assert_told_once(stage, text)
        struck += fault.struck
        store.close()
    assert 8 <= struck


@pytest.mark.slow
@pytest.mark.parametrize("text", ["fix", "note rolled back"])
def test_a_tick_cut_short_anywhere_loses_and_doubles_nothing(tmp_path: Any, text: str) -> None:
    struck = 0
    for n, fault in enumerate(deaths()):
        clock = Clock()
        store = SqliteStore(tmp_path / f"{n}.db", clock.now)
        with staged(store, clock, pair(), **TOKEN) as stage:
            opened(stage)
            misbehave(stage, "accept-500")
            misbehave(stage, "silent", times=None)
            stage.text(ANA, text)
            stage.clock.advance(seconds=40)
            stage.restart(fault)
            _until_killed(stage.tick)
            stage.restart()
            stage.wait(minutes=3, step=10)

            assert_told_once(stage, text)
        struck += fault.struck
        store.close()
    assert 8 <= struck


def _until_killed(work: Callable[[], object]) -> None:
    try:
        work()
    except Killed:
        return


def assert_told_once(stage: Stage, text: str) -> None:
    """It is so in Bugsnag, and was said once."""
    assert () == kept(stage).errands
    if text == "fix":
        assert ("fixed", None) == there(stage)
    else:
        assert ["Ana Lima: rolled back"] == comments(stage)


@pytest.mark.parametrize("text", ["fix", "note rolled back"])
def test_lost_replies_are_made_up_for(tmp_path: Any, text: str) -> None:
    for at in range(STEPS):
        clock, fault = Clock(), Fault(at, after=True, kills=False)
        store = SqliteStore(tmp_path / f"{at}.db", clock.now)
        with staged(store, clock, pair(), **TOKEN) as stage:
            opened(stage)
            stage.restart(fault)
            assert stage.text(ANA, text)
            stage.restart()
            stage.wait(minutes=2, step=10)

            assert_told_once(stage, text)
        store.close()
        if not fault.struck:
            return
    pytest.fail("more calls than were thought")


# Our own changes come back.


WORD = ["fix", "ignore {}", "snooze 2h", "snooze 20x", "note rolled back"]


@pytest.mark.parametrize("when", ["before the answer", "after it"])
@pytest.mark.parametrize("text", WORD)
def test_the_webhook_about_our_own_change_causes_nothing(both: Stage, text: str, when: str) -> None:
    code = opened(both)
    both.wait(minutes=5, step=60)
    assert both.page(BEN)
    if when == "before the answer":
        wrapped(both, after=both.simulator.deliver)

    both.text(ANA, text.format(code))
    before = kept(both)
    both.simulator.settle()
    after = kept(both)

    assert "our own change" in [one.summary().partition(": ")[2] for one in both.simulator.activity()]
    assert ["fixed", "ignored", "snoozed", "snoozed", "triggered"][WORD.index(text)] in (after.state, after.how)
    assert (before.state, before.until, before.snooze, before.timeline) == (
        after.state,
        after.until,
        after.snooze,
        after.timeline,
    )
    assert (0 if when == "before the answer" else 1, 0) == (len(before.done_upstream), len(after.done_upstream))
    assert () == after.errands
    both.tick()
    assert [] == [one for one in both.new_texts(ANA) + both.new_texts(BEN) if "Bugsnag" in one or "Reply" in one]


def test_two_operations_in_a_row_whose_webhooks_are_late_cause_nothing(both: Stage) -> None:
    code = opened(both)
    both.text(ANA, "fix")
    both.text(ANA, f"reopen {code}")
    before = kept(both)
    assert 2 == len(both.simulator.echoes)

    both.simulator.deliver()

    after = kept(both)
    assert ("triggered", before.cycle, before.timeline) == (after.state, after.cycle, after.timeline)
    assert () == after.done_upstream


def test_a_comment_of_ours_is_not_texted_to_whoever_has_it(both: Stage) -> None:
    opened(both)
    both.text(ANA, "ack")
    both.text(ANA, "note rolled back")

    assert [] == both.new_texts()

    echo = event("comment", "Comment added", top={"comment": {"id": "c-9", "message": "Ana Lima: rolled back"}})
    both.webhook(echo)
    assert "Ana Lima: rolled back" in both.page()


def test_the_same_change_by_a_person_later_works_as_ever(both: Stage) -> None:
    code = opened(both)
    both.text(ANA, "fix")
    both.text(ANA, f"reopen {code}")
    both.new_texts()
    assert () == kept(both).done_upstream

    both.webhook(change("fixed"))
    assert "closed" == kept(both).state
    assert f"#{code} checkout-api TypeError: Fixed in Bugsnag by Dana Doe" in both.page()
    both.webhook(change("reopened"))
    assert both.page().startswith(f"#{code} ")


def test_a_person_who_reopens_is_heard_although_a_webhook_of_ours_never_came(both: Stage) -> None:
    code = opened(both)
    misbehave(both, "silent", times=None)
    both.text(ANA, "fix")
    both.text(ANA, f"reopen {code}")
    both.new_texts()
    assert 2 == len(kept(both).done_upstream)

    both.clock.advance(minutes=2)
    both.webhook(change("snoozed", extra={"snoozeRule": {"ruleType": "occurs_after", "ruleValue": 3600}}))
    assert "snoozed" == kept(both).state
    both.webhook(change("reopened"))

    assert "triggered" == kept(both).state
    assert both.page().startswith(f"#{code} ")


def test_what_is_awaited_for_ten_minutes_is_no_longer_ours(quick: Stage) -> None:
    code = opened(quick)
    misbehave(quick, "silent", times=None)
    quick.text(ANA, "fix")
    quick.text(ANA, f"reopen {code}")
    quick.text(ANA, "ack")
    quick.new_texts()
    quick.clock.advance(minutes=10, seconds=5)

    quick.webhook(change("fixed"))

    assert "closed" == kept(quick).state


def test_undoing_at_the_source_pages_nobody_of_what_a_rule_keeps_quiet(sqlite: Store, clock: Clock) -> None:
    """It is opened in Bugsnag again, and its webhook is no reason to think of the rules anew."""
    digest = Rule(Conditions(stage=("production",)), "digest")
    roster = pair()
    team = msgspec.structs.replace(roster.teams["shop"], rules=(digest,))
    with staged(sqlite, clock, replace(roster, teams={"shop": team}), **TOKEN) as stage:
        code = stage.webhook(event())["code"]
        stage.text(ANA, f"fix {code}")
        stage.text(ANA, "undo")
        stage.roster = pair()
        before = kept(stage)
        assert ("acknowledged", "open") == (before.state, there(stage)[0])

        stage.simulator.settle()

        assert ("acknowledged", before.rule, before.cycle) == (kept(stage).state, kept(stage).rule, kept(stage).cycle)


def test_a_change_by_a_person_outdates_what_bugsnag_could_not_be_told(both: Stage) -> None:
    opened(both)
    told = wrapped(both, Later(60, "busy"))
    both.text(ANA, "fix")
    both.webhook(change("reopened"))

    both.wait(minutes=3, step=10)

    assert ["fix checkout-1"] == told.calls
    assert "triggered" == kept(both).state


# The other direction.


def test_with_a_token_too_an_alert_follows_what_people_do_in_bugsnag(both: Stage) -> None:
    code = opened(both)
    both.text(ANA, "ack")

    both.webhook(event("comment", "Comment added", top={"comment": {"id": "c-1", "message": "on it"}}))
    assert "on it" in both.page()
    both.webhook(change("snoozed", extra={"snoozeRule": {"ruleType": "occurs_after", "ruleValue": 3600}}))
    assert "snoozed" == kept(both).state
    both.webhook(change("fixed"))

    assert f"#{code} checkout-api TypeError: Fixed in Bugsnag by Dana Doe" in both.page()
    assert ("closed", "fixed") == (kept(both).state, kept(both).how)
    assert () == kept(both).errands


# What it costs, and what it never keeps waiting.


def test_bugsnag_costs_an_answer_one_commit_and_no_reading(store: Store, clock: Clock) -> None:
    counting = CountingStore(store)
    costs: list[Bill] = []
    for settings in ({}, TOKEN):
        with staged(counting, clock, pair(), **settings) as stage:
            opened(stage, f"error-{len(costs)}")
            stage.text(ANA, "ack")
            counting.settle()
            stage.text(ANA, "fix")
            costs.append(counting.settle())

    alone, told = costs
    assert (1, 0, 2) == (told.calls - alone.calls, told.reads - alone.reads, told.writes - alone.writes)


def test_a_word_that_bugsnag_does_not_hear_of_costs_what_it_did(store: Store, clock: Clock) -> None:
    counting = CountingStore(store)
    with staged(counting, clock, pair(), **TOKEN) as stage:
        opened(stage)
        counting.settle()

        stage.text(ANA, "list")

        assert 3 == counting.settle().calls


class Noting:
    """A carrier that notes each text among the calls to Bugsnag."""

    def __init__(self, real: Any, calls: list[str]) -> None:
        self._real = real
        self._calls = calls

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        self._calls.append("text")
        done: Outcome = self._real.send(text, patience=patience, fresh=fresh)
        return done

    def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
        raise AssertionError(f"nothing is in doubt about {to[-4:]}, {spoken=}")


def test_pages_go_before_bugsnag_is_told(both: Stage) -> None:
    code = opened(both)
    both.text(ANA, f"fix {code}")
    both.new_texts()
    told = Wrapped(both, answers=[Later(None, "HTTP 500")])
    both.restart_with(Noting(both.works.kit.carrier, told.calls), told)

    assert SLOW in both.text(ANA, f"reopen {code}")
    assert ["text", "open checkout-1"] == told.calls

    told.calls.clear()
    both.clock.advance(minutes=5)
    both.tick()
    assert ["text", "open checkout-1"] == told.calls


def test_a_bugsnag_in_trouble_is_asked_once_a_pass_and_keeps_nobody_waiting(quick: Stage) -> None:
    codes = [opened(quick, f"checkout-{number}") for number in range(6)]
    told = wrapped(quick, *[Later(None, "HTTP 500")] * 100)
    quick.text(ANA, f"fix {' '.join(map(str, codes))}")
    told.calls.clear()
    quick.clock.advance(minutes=2)

    quick.tick()

    # What else a tick looks at are passes of their own.
    assert 1 <= len(told.calls) <= 3


@pytest.mark.slow
def test_what_bugsnag_is_to_be_told_never_stands_before_a_step_that_is_due(quick: Stage) -> None:
    """More errands are overdue than a pass looks at in one go, and Bugsnag does not answer."""
    told = Wrapped(quick, answers=[Later(None, "HTTP 500")] * 1000)
    quick.restart_with(Noting(quick.works.kit.carrier, told.calls), told)
    for number in range(120):
        quick.webhook(event(error={"errorId": f"old-{number}"}))
    codes = [one["code"] for one in quick.alerts()]
    for start in range(0, 120, 40):
        quick.text(BEN, f"fix {' '.join(map(str, codes[start : start + 40]))}")
    assert BATCH < len(quick.store.query("alerts", "due_at", limit=200))
    quick.clock.advance(minutes=30)
    quick.tick()
    code = opened(quick, "new")
    quick.new_texts(BEN)
    quick.clock.advance(minutes=5)
    told.calls.clear()

    quick.tick()

    assert "text" == told.calls[0]
    assert len(told.calls) <= 3
    assert [f"#{code}"] == [one.split()[0] for one in quick.new_texts(BEN)]


def test_telling_bugsnag_is_nobodys_change_and_loses_no_count(both: Stage) -> None:
    opened(both)

    def counted() -> None:
        both.webhook(event("exception"))

    wrapped(both, before=counted)
    both.text(ANA, "note rolled back")

    alert = kept(both)
    assert (2, ()) == (alert.events, alert.errands)
    assert 2 == alert.generation
    assert ["Ana Lima: rolled back"] == comments(both)
