"""Words that stand apart, from the phones' side: a near miss and its ok, an alert opened by hand, a test page."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from bugglio.pager import reports
from bugglio.roster import Engineer, Roster, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.store import ABSENT, Store, Write
from bugglio.store.counting import CountingStore
from tests.clock import Clock
from tests.faults import Fault, Killed
from tests.payloads import event
from tests.stage import ANA, Stage, staged

BEN, CY = "+14155550102", "+14155550103"
PEOPLE = {
    "ana": Engineer("ana", "Ana Lima", ANA),
    "ben": Engineer("ben", "Ben Ode", BEN),
    "cy": Engineer("cy", "Cy Aoki", CY, admin=True),
}
WELCOME = (
    "Pages from bugglio (on-call for shop). Save this number and let it through Do Not Disturb. "
    "Reply ok. STOP to opt out, HELP for help."
)
TEST = "Test page: so does a page arrive. Nothing is wrong, and nothing has to be answered."


def two_teams() -> Roster:
    """Ana and then Cy for shop, Ben and then Cy for web; Cy is the last resort."""
    teams = {
        "shop": Team("shop", (Step(("ana",), again=0), Step(("cy",), again=0)), projects=("checkout-api",)),
        "web": Team("web", (Step(("ben",), again=0), Step(("cy",), again=0)), projects=("web",)),
    }
    return Roster(PEOPLE, teams, last_resort="cy")


@pytest.fixture
def crew(store: Store, clock: Clock) -> Iterator[Stage]:
    """The stage with three people of two teams."""
    with staged(store, clock, two_teams()) as stage:
        yield stage


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The same on one engine."""
    with staged(sqlite, clock, two_teams()) as stage:
        yield stage


def opened(stage: Stage, number: int = 1) -> int:
    """The code of a new alert of shop's, which pages Ana."""
    code: int = stage.webhook(event(error={"errorId": f"e-{number}"}))["code"]
    stage.page(ANA)
    return code


def states(stage: Stage) -> dict[int, str]:
    return {one["code"]: one["state"] for one in reports.open_alerts(stage.store)}


# Nearly right.


@pytest.mark.parametrize(
    ("text", "question", "answer", "state"),
    [
        ("akc {}", "ack {}", "Acked {} TypeError checkout-api. Nothing else open.", "acknowledged"),
        ("s", "snooze", "Snoozed {} TypeError checkout-api until Mon 2 Feb 10:00 UTC here only: ", "snoozed"),
        ("f", "fix", "Fixed {} TypeError checkout-api here only: ", "closed"),
        ("snoze {} 30m", "snooze {} 30m", "Snoozed {} TypeError checkout-api until Mon 2 Feb 09:30 UTC ", "snoozed"),
        ("clsoe", "close", "Closed {} TypeError checkout-api. Nothing else open.", "closed"),
        (
            "escalte",
            "escalate",
            "Escalated {} TypeError checkout-api (paged: Cy Aoki). Nothing else open.",
            "triggered",
        ),
    ],
)
def test_what_is_nearly_a_word_is_asked_and_ok_does_it(
    crew: Stage, text: str, question: str, answer: str, state: str
) -> None:
    code = opened(crew)

    assert f"Did you mean {question.format(code)}? Reply ok" == crew.text(ANA, text.format(code))
    assert {code: "triggered"} == states(crew)

    assert crew.text(ANA, "Ok.").startswith(answer.format(code))
    assert state == states(crew).get(code, "closed")


@pytest.mark.parametrize("text", ["no", "all", "hm", "list"])
def test_nothing_but_ok_does_what_was_nearly_said(quick: Stage, text: str) -> None:
    code = opened(quick)
    quick.text(ANA, f"akc {code}")
    quick.text(ANA, text)

    assert {code: "triggered"} == states(quick)


def test_after_half_an_hour_ok_no_longer_does_what_was_nearly_said(quick: Stage) -> None:
    code = opened(quick)
    quick.text(ANA, f"clsoe {code}")
    quick.clock.advance(minutes=30, seconds=1)

    assert "Nothing was asked. 1 open: list" == quick.text(ANA, "ok")


def test_a_page_that_came_in_between_makes_the_ok_ask_which(quick: Stage) -> None:
    first = opened(quick)
    quick.clock.advance(minutes=10)
    quick.text(ANA, "clsoe")
    quick.clock.advance(minutes=3)
    second = opened(quick, 2)

    which = f"Which? {first} TypeError cart#create, {second} TypeError cart#create. Reply a number or all"
    assert which == quick.text(ANA, "ok")
    assert {first: "triggered", second: "triggered"} == states(quick)


def test_a_near_miss_of_another_teams_alert_is_refused_when_it_is_agreed_to(quick: Stage) -> None:
    code = opened(quick)
    assert f"Did you mean close {code}? Reply ok" == quick.text(BEN, f"clsoe {code}")
    assert f"Nothing changed: {code} is team shop's, not yours. Nothing else open." == quick.text(BEN, "ok")


def test_what_is_agreed_to_costs_no_more_than_if_it_had_been_texted(sqlite: Store, clock: Clock) -> None:
    counting = CountingStore(sqlite)
    with staged(counting, clock, two_teams()) as stage:
        code = opened(stage)
        for text in (f"akc {code}", "ok", "escalte", "ok", "pgae web it is down", "ok"):
            counting.settle()
            answer = stage.text(ANA, text)
            bill = counting.settle()
            # Two round trips: what may be closed, or what an ok agreed to, is asked for beside what is open.
            assert bill.calls <= 4 or "(paged: " in answer, text


# By hand.


def test_an_alert_opened_by_hand_begins_the_teams_steps(crew: Stage) -> None:
    answer = crew.text(ANA, "page web: checkout is down")
    (code,) = {one["code"] for one in crew.alerts()}

    assert f"Opened {code} for web (paged: Ben Ode). Nothing else open." == answer
    assert f"#{code} web: checkout is down. Paged by Ana Lima. Reply ack {code}" == crew.page(BEN)

    crew.wait(minutes=5)
    assert f"#{code} web: checkout is down. Paged by Ana Lima. Reply ack {code}" == crew.page(CY)
    assert f"Acked {code} checkout is down web. Nothing else open." == crew.text(BEN, "ack")


def test_whoever_is_on_duty_for_the_team_pages_themselves_too(quick: Stage) -> None:
    (answer,) = quick.simulator.receive(ANA, "page shop the till is slow").replies
    (code,) = {one["code"] for one in quick.alerts()}

    assert f"Opened {code} for shop (paged: Ana Lima). Nothing else open." == answer
    assert f"#{code} shop: the till is slow. Paged by Ana Lima. Reply ack {code}" in quick.new_texts(ANA)
    assert f"1 open: {code} the till is slow shop x1, just now" == quick.text(ANA, "list")
    details = f"#{code} shop: the till is slow. Paged by Ana Lima. 1 event, opened just now, waits for you."
    assert details == quick.text(ANA, str(code))
    assert f"Closed {code} the till is slow shop. Nothing else open." == quick.text(ANA, "close")


def test_a_page_by_hand_is_taken_back_by_undo_and_those_paged_hear_of_it(crew: Stage) -> None:
    crew.text(ANA, "page web checkout is down")
    (code,) = {one["code"] for one in crew.alerts()}
    crew.new_texts(BEN)

    assert f"Took back page: {code} checkout is down web (closed by you just now)." == crew.text(ANA, "undo")
    assert {} == states(crew)
    crew.tick()
    assert [f"09:00 #{code} web checkout is down: Ana Lima took back: page"] == crew.new_texts(BEN)


def test_a_page_by_hand_that_is_delivered_twice_opens_one(crew: Stage) -> None:
    first = crew.simulator.receive(ANA, "page web checkout is down")
    again = crew.simulator.receive_again(first.sid)

    assert first.replies == again.replies
    assert 1 == len(crew.alerts())
    assert 1 == len(crew.new_texts(BEN))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(5))
def test_a_page_by_hand_cut_short_anywhere_opens_one_when_it_comes_again(quick: Stage, at: int, *, after: bool) -> None:
    quick.restart(Fault(at=at, after=after))
    with suppress(Killed):
        quick.simulator.receive(ANA, "page web checkout is down")
    quick.restart()
    sid = next(one.sid for one in quick.simulator.messages() if one.body.startswith("page web"))
    quick.simulator.receive_again(sid)
    quick.wait(minutes=4, step=15)

    assert 1 == len(quick.alerts())
    assert 1 == len(quick.new_texts(BEN))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("page", "Nothing changed. Say which team, and what is wrong: page shop, web"),
        ("page shop", "Nothing changed. Text page shop and what is wrong."),
        ("page ops the db is down", "Nothing changed. Say which team, and what is wrong: page shop, web"),
        ("page shpo the till is slow", "There is no team shpo. Did you mean page shop the till is slow? Reply ok"),
        ("page wbe", "Nothing changed. Say which team, and what is wrong: page web"),
    ],
)
def test_a_page_without_a_team_or_a_word_opens_nothing(quick: Stage, text: str, answer: str) -> None:
    assert answer == quick.text(ANA, text)
    assert [] == quick.alerts()


def test_ok_pages_the_team_that_was_nearly_named(quick: Stage) -> None:
    quick.text(ANA, "page wbe checkout is down")

    assert quick.text(ANA, "ok").endswith(" for web (paged: Ben Ode). Nothing else open.")
    assert "web: checkout is down" in quick.page(BEN)


def test_where_there_is_one_team_it_need_not_be_named(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        answer = stage.text(ANA, "page checkout is down")
        assert answer.endswith(" for default (paged: on-duty). Nothing else open.")
        (alert,) = stage.alerts()
        assert ("default", "checkout is down") == (alert["team"], alert["message"])


def test_somebody_who_cannot_be_reached_is_not_paged_by_hand(quick: Stage) -> None:
    quick.text(BEN, "STOP")

    assert quick.text(ANA, "page web checkout is down").endswith(" (paged: Cy Aoki). Nothing else open.")


# A test page.


def ask_for_a_test(stage: Stage, answer: str = "Test page on its way. Nothing open.") -> None:
    """Ana asks for a test page, and is answered so; what else arrives is not read yet."""
    stage.new_texts(ANA)
    assert (answer,) == stage.simulator.receive(ANA, "test").replies


def arrived(stage: Stage) -> list[str]:
    """What has arrived on Ana's phone, answers apart."""
    return [text for text in stage.new_texts(ANA) if not text.endswith((" open: list", "Nothing open."))]


def test_a_test_page_goes_the_whole_way_and_says_how_long_it_took(crew: Stage) -> None:
    ask_for_a_test(crew)
    crew.clock.advance(seconds=4)
    assert [WELCOME, f"09:00 2 Feb {TEST}", "09:00 2 Feb Your test page took 4 s to arrive."] == arrived(crew)

    crew.clock.advance(minutes=2)
    ask_for_a_test(crew)
    assert [f"09:02 2 Feb {TEST}", "09:02 2 Feb Your test page took less than 1 s to arrive."] == arrived(crew)


def test_a_test_page_without_a_report_is_told_of_after_two_minutes(crew: Stage) -> None:
    crew.simulator.misbehave(Misbehaviour("lose-callbacks"))
    ask_for_a_test(crew)
    assert [WELCOME, f"09:00 2 Feb {TEST}"] == arrived(crew)
    crew.wait(seconds=119)
    assert [] == arrived(crew)

    crew.wait(seconds=1)
    told = "Your test page was sent less than 1 s after you asked; no delivery report yet."
    assert [f"09:02 2 Feb {told}"] == arrived(crew)
    crew.wait(minutes=5, step=15)
    assert [] == arrived(crew)


@pytest.mark.parametrize(
    ("kind", "code", "why"),
    [
        ("undelivered", 30003, "the phone is off or has no service"),
        ("refuse", 21614, "this number cannot receive texts, it is probably a landline"),
    ],
)
def test_why_a_test_page_failed_is_told_in_plain_words(crew: Stage, kind: str, code: int, why: str) -> None:
    ask_for_a_test(crew)
    arrived(crew)
    crew.clock.advance(minutes=3)
    crew.simulator.misbehave(Misbehaviour(kind, times=1, code=code))
    ask_for_a_test(crew)

    assert f"09:03 2 Feb Your test page failed: {why}." == arrived(crew)[-1]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(9))
def test_a_test_cut_short_anywhere_is_told_of_once_when_it_comes_again(quick: Stage, at: int, *, after: bool) -> None:
    quick.restart(Fault(at=at, after=after))
    with suppress(Killed):
        quick.simulator.receive(ANA, "test")
    quick.restart()
    sid = next(one.sid for one in quick.simulator.messages() if one.body == "test")
    quick.simulator.receive_again(sid)
    quick.wait(minutes=5, step=5)

    texts = arrived(quick)
    assert [1, 1, 1] == [sum(part in text for text in texts) for part in ("Save this number", "Test page", "Your test")]


def test_a_test_page_takes_a_token_and_without_one_says_when(quick: Stage) -> None:
    for number in range(3):
        quick.webhook(event(error={"errorId": f"e-{number}"}))
    wait = "No test page: other texts to you go first. Text test after Mon 2 Feb 09:01 UTC. 3 open: list"
    ask_for_a_test(quick, wait)
    quick.clock.advance(seconds=60)
    ask_for_a_test(quick, "Test page on its way. 3 open: list")
    quick.webhook(event(error={"errorId": "e-9"}))
    quick.wait(seconds=59)
    assert not any("#" in text for text in arrived(quick))


def test_a_test_page_takes_no_token_for_which_a_page_waits(quick: Stage) -> None:
    for number in range(4):
        quick.webhook(event(error={"errorId": f"e-{number}"}))
    quick.clock.advance(seconds=60)

    wait = "No test page: other texts to you go first. Text test after Mon 2 Feb 09:02 UTC. 4 open: list"
    ask_for_a_test(quick, wait)
    quick.tick()
    assert 1 == sum("#" in text for text in arrived(quick))


def test_a_storm_in_a_team_that_is_not_theirs_hides_nothing_that_is(quick: Stage) -> None:
    names = {"api": ("ana", "api"), "pay": ("ben", "billing"), "shop": ("ana", "checkout-api")}
    teams = {name: Team(name, (Step((who,), again=0),), projects=(project,)) for name, (who, project) in names.items()}
    quick.roster = Roster(PEOPLE, teams, last_resort="cy")
    quick.webhook(event(error={"errorId": "storm"}, project={"id": "b", "name": "billing"}))
    (one,) = quick.alerts()
    for start in (0, 300):
        quick.store.commit([Write(f"alerts/storm{n}", ABSENT, put=one) for n in range(start, start + 300)])
    code = opened(quick)

    assert f"1 open: {code} TypeError checkout-api x1, just now" == quick.text(ANA, "list")
    assert f"Acked {code} TypeError checkout-api. Nothing else open." == quick.text(ANA, "ack all")
