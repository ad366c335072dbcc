"""Words that change alerts, from the phones' side: fix, ignore, snooze, reopen, escalate, pass, note, undo."""

from collections.abc import Iterator

import pytest

from bugglio.pager import reports
from bugglio.roster import MINUTE, Engineer, Roster, Step, Team
from bugglio.store import Store
from tests.clock import Clock
from tests.passing import arrivals
from tests.payloads import change, event
from tests.stage import ANA, Stage, staged

BEN, CY = "+14155550102", "+14155550103"
PEOPLE = {
    "ana": Engineer("ana", "Ana Lima", ANA),
    "ben": Engineer("ben", "Ben Ode", BEN),
    "cy": Engineer("cy", "Cy Aoki", CY, admin=True),
}
ALONE = "here only: no BUGSNAG_AUTH_TOKEN"
NAME = "TypeError checkout-api"


def shop(*steps: Step) -> Roster:
    """Ana, then Ben, then Cy as the last resort; Cy alone has the team web."""
    named = steps or (Step(("ana",), wait=5 * MINUTE, again=0), Step(("ben",), wait=5 * MINUTE, again=0))
    teams = {
        "shop": Team("shop", named, projects=("checkout-api",)),
        "web": Team("web", (Step(("cy",), again=0),), projects=("web",)),
    }
    return Roster(PEOPLE, teams, last_resort="cy")


@pytest.fixture
def crew(store: Store, clock: Clock) -> Iterator[Stage]:
    """The stage with three people."""
    with staged(store, clock, shop()) as stage:
        yield stage


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The same on one engine."""
    with staged(sqlite, clock, shop()) as stage:
        yield stage


def opened(stage: Stage, number: int = 1, project: str = "checkout-api") -> int:
    """A new alert."""
    code: int = stage.webhook(event(error={"errorId": f"e-{number}"}, project={"name": project, "id": project}))["code"]
    stage.new_texts(ANA)
    return code


def told(stage: Stage, minutes: float) -> list[tuple[str, str]]:
    """When each text about an alert came, and to whom."""
    return [(at, who) for at, who, body in arrivals(stage, minutes=minutes) if "#" in body]


def state(stage: Stage, code: int) -> str:
    """What became of an alert."""
    found = reports.open_alerts(stage.store, closed=True)
    return str(next(one["state"] for one in found if one["code"] == code))


@pytest.mark.parametrize(("word", "said"), [("fix", "Fixed"), ("ignore {}", "Ignored")])
def test_fix_and_ignore_close_it_here_and_say_that_bugsnag_is_not_told(crew: Stage, word: str, said: str) -> None:
    code = opened(crew)
    assert f"{said} {code} {NAME} {ALONE}. Nothing else open." == crew.text(ANA, word.format(code))
    assert "closed" == state(crew, code)
    assert [] == told(crew, 20)


def test_what_is_ignored_stays_closed_until_somebody_reopens_it(crew: Stage) -> None:
    code = opened(crew)
    crew.text(ANA, f"ignore {code}")
    crew.clock.advance(hours=2)
    assert (
        "recorded"
        == crew.webhook(event("exception", error={"errorId": "e-1"}, project={"id": "checkout-api"}))["outcome"]
    )

    assert f"Reopened {code} {NAME} (paged: Ana Lima) {ALONE}. Nothing else open." == crew.text(ANA, f"reopen {code}")
    assert any("again 11:00" in text for text in crew.simulator.texts(ANA))
    assert "triggered" == state(crew, code)


def test_ignore_and_pass_never_guess_which(quick: Stage) -> None:
    opened(quick)
    assert "Nothing changed. Say which: ignore 417" == quick.text(ANA, "ignore")
    assert quick.text(ANA, "pass ben").startswith("Nothing changed. Say which: pass 417 ben")


@pytest.mark.parametrize(
    ("word", "until", "ends"),
    [
        ("snooze", "until Mon 2 Feb 10:00 UTC", "10:00:00"),
        ("snooze 30m", "until Mon 2 Feb 09:30 UTC", "09:30:00"),
        ("snooze 9:45am", "until Mon 2 Feb 09:45 UTC", "09:45:00"),
    ],
)
def test_a_snooze_ends_and_the_steps_begin_again(crew: Stage, word: str, until: str, ends: str) -> None:
    code = opened(crew)
    assert f"Snoozed {code} {NAME} {until} {ALONE}. Nothing else open." == crew.text(ANA, word)
    assert "snoozed" == state(crew, code)
    assert (ends, "ana") == told(crew, 61)[0]


def test_a_snooze_by_events_ends_with_the_last_of_them(quick: Stage) -> None:
    code = opened(quick)
    assert f"Snoozed {code} {NAME} for 3 more events {ALONE}. Nothing else open." == quick.text(ANA, "snooze 3x")
    for number in range(2, 5):
        assert [] == quick.new_texts(ANA)
        more = {"errorId": "e-1", "occurrences": number}
        quick.webhook(event("exception", error=more, project={"id": "checkout-api"}))
    assert f"#{code} " in quick.page(ANA)


def test_escalate_pages_the_next_step_at_once(crew: Stage) -> None:
    code = opened(crew)
    crew.clock.advance(minutes=1)
    assert f"Escalated {code} {NAME} (paged: Ben Ode). Nothing else open." == crew.text(ANA, "e")
    assert f"#{code} " in crew.page(BEN)
    assert [("09:06:00", "cy")] == told(crew, 10)


def test_what_somebody_has_is_escalated_too(quick: Stage) -> None:
    code = opened(quick)
    quick.text(ANA, "ack")
    assert f"Escalated {code} {NAME} (paged: Ben Ode). Nothing else open." == quick.text(ANA, f"{code}e")
    assert f"#{code} " in quick.page(BEN)


def test_pass_pages_somebody_else_instead_and_says_by_whom(crew: Stage) -> None:
    code = opened(crew)
    crew.clock.advance(minutes=2)
    assert f"Passed {code} {NAME} to Ben Ode. Nothing else open." == crew.text(ANA, f"pass {code} ben")
    text = crew.page(BEN)
    assert f"#{code} " in text
    assert "passed on by Ana Lima" in text
    # The wait of the step starts again.
    assert [("09:07:00", "ben")] == told(crew, 9)


def test_pass_to_a_phone_that_had_many_texts_says_when_its_text_goes(quick: Stage) -> None:
    codes = [opened(quick, n) for n in range(1, 5)]
    for code in codes[:3]:
        assert quick.text(ANA, f"pass {code} ben").startswith(f"Passed {code} {NAME} to Ben Ode. ")

    later = f"Passed {codes[3]} {NAME} to Ben Ode, whose text goes Mon 2 Feb 09:01 UTC. 3 more open: list"
    assert later == quick.text(ANA, f"pass {codes[3]} ben")
    assert [("09:01:00", "ben")] == told(quick, 1.5)[-1:]


def test_pass_to_nobody_changes_nothing(quick: Stage) -> None:
    code = opened(quick)
    assert "Nothing changed: nobody on the roster is called zoe." == quick.text(ANA, f"pass {code} zoe")
    quick.text(BEN, "STOP")
    assert quick.text(ANA, f"pass {code} ben").startswith("Nothing changed: Ben Ode cannot be reached")
    assert "triggered" == state(quick, code)


def test_a_note_is_on_the_timeline(quick: Stage) -> None:
    code = opened(quick)
    assert f"Noted on {code} {NAME} {ALONE}. Nothing else open." == quick.text(ANA, f"note {code} rolled back to 1.2")
    quick.text(ANA, "note looks better now")
    found = [one["detail"] for one in reports.why(quick.store, code) or [] if one["reason"] == "note"]
    assert ["ana: rolled back to 1.2", "ana: looks better now"] == found


def test_a_note_of_nothing_but_a_code_notes_nothing_on_another_alert(quick: Stage) -> None:
    code = opened(quick)
    quick.clock.advance(minutes=3)
    later = opened(quick, 2)

    assert "Nothing changed. Text note 417 and what to note." == quick.text(ANA, f"Note {code}.")
    assert [] == [one for one in reports.why(quick.store, later) or [] if one["reason"] == "note"]


def test_a_number_in_a_note_is_a_code_only_if_the_phone_knows_it(quick: Stage) -> None:
    code = opened(quick)
    quick.text(ANA, "note 500 users affected")
    found = [one["detail"] for one in reports.why(quick.store, code) or [] if one["reason"] == "note"]
    assert ["ana: 500 users affected"] == found


def test_others_who_were_paged_hear_once_who_has_it(crew: Stage) -> None:
    code = opened(crew)
    assert [("09:05:00", "ben")] == told(crew, 6)
    crew.new_texts(BEN)

    crew.text(ANA, f"ack {code}")
    crew.tick()

    assert [f"09:06 #{code} checkout-api TypeError: Ana Lima has it"] == crew.new_texts(BEN)
    assert [] == crew.new_texts(ANA)
    crew.text(ANA, f"ack {code}")
    crew.tick()
    assert [] == crew.new_texts(BEN)


def test_whoever_comes_second_hears_who_was_first(quick: Stage) -> None:
    code = opened(quick)
    told(quick, 6)
    quick.text(BEN, f"ack {code}")
    quick.clock.advance(minutes=2)
    assert f"{code} {NAME} was acked by ben 2 min ago. Nothing else open." == quick.text(ANA, "ack").replace(
        "more ", "else "
    )


def test_another_teams_alert_is_left_alone(quick: Stage) -> None:
    code = opened(quick, project="web")
    answer = quick.text(ANA, f"close {code}")
    assert f"Nothing changed: {code} is team web's, not yours." in answer
    assert "triggered" == state(quick, code)
    assert quick.text(CY, f"close {code}").startswith(f"Closed {code} ")


@pytest.mark.parametrize("word", ["ack", "close", "fix", "ignore {}", "snooze 2h", "e", "pass {} ben"])
def test_undo_takes_back_what_a_word_did(crew: Stage, word: str) -> None:
    code = opened(crew)
    crew.clock.advance(minutes=1)
    crew.text(ANA, word.format(code))
    for phone in (ANA, BEN):
        crew.new_texts(phone)
    crew.clock.advance(minutes=3)

    assert crew.text(ANA, "undo").startswith("Took back ")
    assert "triggered" == state(crew, code)
    # Its clock goes on where it was: four of the five minutes were left.
    assert [("09:08:00", "ben")] == told(crew, 5)[:1]


@pytest.mark.parametrize("word", ["pass {} ben", "reopen {}"])
def test_what_is_done_again_after_an_undo_is_told_in_other_words(quick: Stage, word: str) -> None:
    code = opened(quick)
    quick.clock.advance(minutes=2)
    quick.text(ANA, "snooze")
    for again in (word, "undo", word):
        quick.text(ANA, again.format(code))
    quick.simulator.settle()

    told = [text for number in (ANA, BEN) for text in quick.simulator.texts(number) if text.startswith(f"#{code} ")]
    assert 3 == len(told) == len(set(told)), told


def test_undo_is_for_ten_minutes_and_for_what_nobody_changed_since(quick: Stage) -> None:
    code = opened(quick)
    quick.text(ANA, "close")
    quick.clock.advance(minutes=10, seconds=1)
    assert "Nothing to take back: you changed nothing in the last 10 minutes." == quick.text(ANA, "undo")

    other = opened(quick, 2)
    quick.text(ANA, f"ack {other}")
    quick.webhook(change("fixed", error={"errorId": "e-2"}, project={"id": "checkout-api"}))
    assert quick.text(ANA, "undo").startswith(f"Nothing taken back. {other} {NAME} was changed since, and stays closed")
    assert "closed" == state(quick, code)


def test_undo_of_all_takes_all_back(quick: Stage) -> None:
    codes = [opened(quick, number) for number in range(3)]
    quick.text(ANA, "list")
    quick.text(ANA, "ack all")
    assert quick.text(ANA, "undo").startswith("Took back ack: ")
    assert ["triggered"] * 3 == [state(quick, code) for code in codes]


def test_a_late_answer_to_an_old_text_says_what_became_of_it(quick: Stage) -> None:
    code = opened(quick)
    quick.webhook(change("fixed", error={"errorId": "e-1"}, project={"id": "checkout-api"}))
    quick.clock.advance(minutes=40)
    assert f"{code} {NAME} was closed (fixed) by Dana Doe 40 min ago. Nothing more open." == quick.text(
        ANA, "snooze 1h"
    ).replace("else", "more")


def test_the_same_text_twice_acts_once(quick: Stage) -> None:
    code = opened(quick)
    received = quick.simulator.receive(ANA, "e")
    again = quick.simulator.receive_again(received.sid)
    assert received.replies == again.replies
    assert f"#{code} " in quick.page(BEN)


def test_whoever_had_it_hears_what_somebody_else_made_of_it(crew: Stage) -> None:
    code = opened(crew)
    crew.text(ANA, "ack")
    crew.clock.advance(minutes=2)

    answer = f"Closed {code} {NAME} (acked by ana 2 min ago). Nothing else open."
    assert answer == crew.text(CY, f"close {code}")
    crew.tick()
    assert [f"09:02 #{code} checkout-api TypeError: closed by Cy Aoki"] == crew.new_texts(ANA)


def test_a_late_escalate_without_a_code_takes_nothing_from_whoever_has_it(quick: Stage) -> None:
    code = opened(quick)
    quick.text(CY, f"ack {code}")
    quick.clock.advance(minutes=2)

    assert f"{code} {NAME} was acked by cy 2 min ago. Nothing else open." == quick.text(ANA, "e")
    assert "acknowledged" == state(quick, code)
    assert quick.text(ANA, f"e {code}").startswith(f"Escalated {code} {NAME} (acked by cy 2 min ago) (paged: ")
