"""From the phone's side: what an engineer texts at night, and what is answered."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bugglio import alert as alerts
from bugglio.gsm import is_gsm, segments
from bugglio.pager import reports
from bugglio.pager.carrying import AT_ONCE
from bugglio.pager.strangers import ALL_ANSWERS, ANSWERS
from bugglio.roster import Engineer, Roster, Step, Team
from bugglio.simulator import Misbehaviour
from bugglio.store import BY_ID, Document, Reading, Store, Unreachable, Write, Written
from bugglio.store.counting import Bill, CountingStore
from tests.clock import Clock
from tests.doors.calling import FORM, PUBLIC, Answer, call, signature, twilio
from tests.faults import Fault, Killed
from tests.payloads import change, event
from tests.stage import ANA, Stage, staged

BEN = "+14155550102"
STRANGER = "+14155550177"
ALL_WELL = "Everything's perfectly all right now. We're fine. We're all fine here, now, thank you. How are you?"
NOT_UNDERSTOOD = "Nothing changed: not understood. Nothing open. Text ack, close, list, commands."


def error(number: int, name: str = "", context: str = "cart#create", **more: Any) -> dict[str, Any]:
    """A new error, unlike the others."""
    fields = {"errorId": f"checkout-{number}", "exceptionClass": name or f"Error{number}", "context": context}
    return event(error=fields | more)


def opened(stage: Stage, number: int, name: str = "", context: str = "cart#create") -> int:
    """The code of a new alert, a millisecond after the one before."""
    stage.clock.advance(seconds=0.001)
    code: int = stage.webhook(error(number, name, context))["code"]
    return code


def states(stage: Stage) -> dict[int, str]:
    """What state each open alert is in, by code."""
    return {one["code"]: one["state"] for one in reports.open_alerts(stage.store)}


def two_pages(stage: Stage) -> tuple[int, int]:
    """Two pages within two minutes."""
    first = opened(stage, 1, "TypeError")
    stage.clock.advance(seconds=90)
    second = opened(stage, 2, "Timeout", "pay")
    assert 2 == len(stage.new_texts())
    return first, second


@pytest.fixture
def quick(sqlite: Store, clock: Clock) -> Iterator[Stage]:
    """The stage on SQLite alone, where the engine does not matter."""
    with staged(sqlite, clock) as set_up:
        yield set_up


def pair() -> Roster:
    """Ana, and Ben after her."""
    people = {
        "on-duty": Engineer("on-duty", "Ana Lima", ANA, admin=True),
        "ben": Engineer("ben", "Ben Ode", BEN),
    }
    team = Team("default", (Step(("on-duty",)), Step(("ben",))), projects=("*",))
    return Roster(people, {"default": team})


# One alert, two alerts.


@pytest.mark.parametrize(("kind", "code"), [("refuse", 21211), ("undelivered", 30003)])
@pytest.mark.parametrize("word", ["ack", "ok", "ack all"])
def test_a_page_that_did_not_arrive_is_not_what_a_word_means(
    sqlite: Store, clock: Clock, kind: str, code: int, word: str
) -> None:
    with staged(sqlite, clock, pair()) as stage:
        first = opened(stage, 1, "TypeError")
        stage.simulator.settle()
        clock.advance(seconds=121)
        stage.simulator.misbehave(Misbehaviour(kind, times=1, code=code))
        second = opened(stage, 2, "Timeout")
        stage.simulator.settle()

        assert f"Acked {first} TypeError checkout-api. 1 more open: list" == stage.text(ANA, word)
        assert {first: "acknowledged", second: "triggered"} == states(stage)


def test_a_bare_ack_means_the_one_alert_and_ends_its_paging(stage: Stage) -> None:
    code = opened(stage, 1, "TypeError")
    stage.page()

    assert f"Acked {code} TypeError checkout-api. Nothing else open." == stage.text(ANA, "Ack")

    stage.wait(minutes=40, step=60)
    assert [] == stage.new_texts()
    assert {code: "acknowledged"} == states(stage)


def test_two_pages_within_two_minutes_make_a_bare_word_ask_and_the_next_number_answers(stage: Stage) -> None:
    first, second = two_pages(stage)

    question = f"Which? {first} TypeError cart#create, {second} Timeout pay. Reply a number or all"
    assert question == stage.text(ANA, "ack")
    assert {first: "triggered", second: "triggered"} == states(stage)

    assert f"Acked {first} TypeError checkout-api. 1 more open: list" == stage.text(ANA, str(first))
    assert {first: "acknowledged", second: "triggered"} == states(stage)


def test_all_answers_the_question_too(stage: Stage) -> None:
    first, second = two_pages(stage)
    stage.text(ANA, "close")

    answer = f"Closed {first} TypeError checkout-api, {second} Timeout checkout-api. Nothing else open."
    assert answer == stage.text(ANA, "All.")
    assert {} == states(stage)


def test_over_two_minutes_apart_the_last_one_is_meant(quick: Stage) -> None:
    opened(quick, 1, "TypeError")
    quick.clock.advance(seconds=121)
    second = opened(quick, 2, "Timeout", "pay")

    assert f"Acked {second} Timeout checkout-api. 1 more open: list" == quick.text(ANA, "ack")


def test_in_a_night_of_pages_one_ack_each_is_enough(quick: Stage) -> None:
    codes = []
    for number in range(3):
        codes.append(opened(quick, number))
        quick.clock.advance(seconds=20)
        assert quick.text(ANA, "ack").startswith(f"Acked {codes[-1]} ")
        quick.clock.advance(seconds=20)

    assert dict.fromkeys(codes, "acknowledged") == states(quick)


@pytest.mark.parametrize("put", ["ack {}", "{} ack", "{}a", "Ack #{}.", "“ack {}”", "ack\u00a0{}\n", "👍🏽 {}"])
def test_a_code_says_which_however_it_is_put(quick: Stage, put: str) -> None:
    first, second = two_pages(quick)

    assert f"Acked {first} TypeError checkout-api. 1 more open: list" == quick.text(ANA, put.format(first))
    assert {first: "acknowledged", second: "triggered"} == states(quick)


def test_a_thumb_on_the_page_itself_acknowledges_it(quick: Stage) -> None:
    opened(quick, 1)
    first = quick.page()
    opened(quick, 2)

    assert quick.text(ANA, f"Liked “{first}”").startswith(f"Acked {first.split()[0][1:]} ")


def test_several_codes_at_once(stage: Stage) -> None:
    first, second = two_pages(stage)

    assert (
        f"Acked {first} TypeError checkout-api, {second} Timeout checkout-api. 99: no such alert. Nothing else open."
    ) == stage.text(ANA, f"ack {first}, {second} and 99")


# What became of it before.


def test_a_late_answer_to_an_old_text_says_what_became_of_its_alert(stage: Stage) -> None:
    code = opened(stage, 1, "TypeError")
    stage.page()
    stage.webhook(change("fixed", error={"errorId": "checkout-1"}))
    stage.new_texts()
    stage.clock.advance(minutes=180)

    became = f"{code} TypeError checkout-api was closed (fixed) by Dana Doe 3 h ago."
    assert f"{became} Nothing else open." == stage.text(ANA, "ack")
    assert {} == states(stage)


def test_ack_of_what_somebody_else_acknowledged_says_who_and_when(store: Store, clock: Clock) -> None:
    with staged(store, clock, pair()) as stage:
        code = opened(stage, 1, "TypeError")
        stage.wait(minutes=6, step=30)
        assert stage.new_texts(BEN)
        assert f"Acked {code} TypeError checkout-api. Nothing else open." == stage.text(BEN, "ack")
        stage.clock.advance(minutes=12)

        became = f"{code} TypeError checkout-api was acked by ben 12 min ago."
        assert f"{became} Nothing else open." == stage.text(ANA, "ack")
        assert f"{became} Nothing else open." == stage.text(ANA, f"ack {code}")
        assert f"{code} TypeError checkout-api was acked by you 12 min ago. Nothing else open." == stage.text(BEN, "a")


# All of it.


def test_close_all_asks_first_ok_does_it_no_does_not(stage: Stage) -> None:
    first, second = two_pages(stage)
    question = f"Close all 2: {first} TypeError cart#create, {second} Timeout pay? Reply ok or no"

    assert question == stage.text(ANA, "close all")
    assert "Nothing changed. 2 open: list" == stage.text(ANA, "No")
    assert 2 == len(states(stage))

    assert question == stage.text(ANA, "Close all")
    assert 2 == len(states(stage))
    answer = f"Closed {first} TypeError checkout-api, {second} Timeout checkout-api. Nothing else open."
    assert answer == stage.text(ANA, "Ok")
    assert {} == states(stage)


def test_half_an_hour_after_close_all_ok_does_nothing(stage: Stage) -> None:
    first, second = two_pages(stage)
    stage.text(ANA, f"ack {first} {second}")
    stage.text(ANA, "close all")
    stage.clock.advance(minutes=30, seconds=1)

    assert "Nothing was asked. 2 open: list" == stage.text(ANA, "ok")
    assert {first: "acknowledged", second: "acknowledged"} == states(stage)


def test_ack_all_after_a_digest_means_all_that_was_texted(stage: Stage) -> None:
    codes = [opened(stage, number) for number in range(8)]
    stage.wait(seconds=61)
    assert " 5 more: " in stage.new_texts()[-1]

    answer = stage.text(ANA, "ack all")

    assert answer.startswith(f"Acked {codes[0]} Error0 checkout-api, {codes[1]} Error1 ")
    assert answer.endswith(" and 5 more. Nothing else open.")
    assert dict.fromkeys(codes, "acknowledged") == states(stage)


def test_ack_all_leaves_what_this_phone_has_not_heard_of_until_it_is_listed(stage: Stage) -> None:
    codes = [opened(stage, number) for number in range(5)]
    stage.new_texts()

    assert stage.text(ANA, "ack all").endswith("checkout-api. 2 more open: list")
    assert ["triggered"] * 2 == [states(stage)[code] for code in codes[3:]]

    assert stage.text(ANA, "list").startswith(f"5 open: {codes[3]} Error3 ")
    answer = f"Acked {codes[3]} Error3 checkout-api, {codes[4]} Error4 checkout-api. 3 more open: list"
    assert answer == stage.text(ANA, "ack all")
    assert dict.fromkeys(codes, "acknowledged") == states(stage)


def test_more_than_a_commit_holds_is_acknowledged_all_the_same(stage: Stage) -> None:
    codes = [opened(stage, number) for number in range(AT_ONCE + 7)]
    stage.wait(seconds=61)

    assert stage.text(ANA, "ack all").endswith(f" and {AT_ONCE + 4} more. Nothing else open.")
    assert dict.fromkeys(codes, "acknowledged") == states(stage)


# Ok.


def test_ok_acknowledges_the_last_page_within_half_an_hour(stage: Stage) -> None:
    code = opened(stage, 1, "TypeError")
    stage.page()
    stage.clock.advance(minutes=30)

    assert f"Acked {code} TypeError checkout-api. Nothing else open." == stage.text(ANA, "YES")


def test_after_half_an_hour_ok_does_nothing(stage: Stage) -> None:
    code = opened(stage, 1, "TypeError")
    stage.page()
    stage.clock.advance(minutes=30, seconds=1)

    assert "Nothing was asked. 1 open: list" == stage.text(ANA, "ok")
    assert {code: "triggered"} == states(stage)


def test_ok_after_a_digest_asks_and_the_next_ok_acknowledges_all(stage: Stage) -> None:
    codes = [opened(stage, number) for number in range(12)]
    stage.wait(seconds=61)

    assert "Ack all 12? Reply ok, or ack with a number" == stage.text(ANA, "ok")
    assert {"triggered"} == set(states(stage).values())
    assert stage.text(ANA, "ok").endswith(" and 9 more. Nothing else open.")
    assert dict.fromkeys(codes, "acknowledged") == states(stage)


# Looking.


def test_a_number_alone_shows_the_alert_with_bugsnags_link(stage: Stage) -> None:
    code = stage.webhook(event())["code"]
    stage.webhook(event("exception", error={"occurrences": 31}))
    stage.clock.advance(minutes=5)
    details = (
        f"#{code} checkout-api production: TypeError: cannot read 'id' of undefined in cart#create. New unhandled "
        "error. 31 events, opened 5 min ago, {} https://app.bugsnag.com/acme/checkout-api/errors/checkout-1"
    )

    for text in (str(code), f"#{code}", f"show {code}", "?", f"{code}?"):
        assert details.format("waits for you.") == stage.text(ANA, text)
    stage.text(ANA, "ack")
    assert details.format("acked by you just now.") == stage.text(ANA, "?")
    stage.text(ANA, "close")
    assert details.format("closed by you just now.") == stage.text(ANA, str(code))
    assert {} == states(stage)


def test_sixty_five_open_alerts_are_listed_text_by_text(quick: Stage) -> None:
    codes = [opened(quick, number) for number in range(65)]

    texts = [quick.text(ANA, "list")]
    while texts[-1].endswith(". Reply more") and len(texts) < 30:
        texts.append(quick.text(ANA, "more"))

    assert texts[0].startswith(f"65 open: {codes[0]} Error0 checkout-api x1, just now; ")
    named = [int(part.split()[0]) for text in texts for part in text.removeprefix("65 open: ").split("; ")]
    assert sorted(codes) == sorted(named)
    assert [] == [text for text in texts if segments(text) > 2]
    assert "No more. 65 open: list" == quick.text(ANA, "more")
    assert quick.text(ANA, "ack all").endswith(" and 62 more. Nothing else open.")


def test_commands_names_the_words_of_the_night(quick: Stage) -> None:
    answer = quick.text(ANA, "Commands")

    for word in ("ack", "close", "list", "417", "status", "commands"):
        assert word in answer
    assert 1 == segments(answer)


# Status.


def test_status_is_the_sentence_when_it_is_true(stage: Stage) -> None:
    stage.tick()

    assert ALL_WELL == stage.text(ANA, "status")


def test_status_says_what_is_open_and_who_is_on_duty(stage: Stage) -> None:
    stage.tick()
    first, _ = two_pages(stage)

    assert "2 open, 2 unanswered: list. On duty: you." == stage.text(ANA, "status")
    stage.text(ANA, f"ack {first}")
    assert "2 open, 1 unanswered: list. On duty: you." == stage.text(ANA, "status")
    stage.text(ANA, "ack all")
    assert "2 open, none unanswered: list. On duty: you." == stage.text(ANA, "status")
    stage.text(ANA, "close all")
    stage.text(ANA, "ok")
    assert ALL_WELL == stage.text(ANA, "status")


def test_status_does_not_say_all_is_well_while_the_tick_stays_away(stage: Stage) -> None:
    stage.tick()
    stage.clock.advance(minutes=3)
    assert ALL_WELL == stage.text(ANA, "status")

    stage.clock.advance(seconds=1)
    line = "Nothing open. On duty: you. Pager: the tick has not come for over 3 minutes (since 09:00)."
    assert line == stage.text(ANA, "status")
    stage.tick()
    assert ALL_WELL == stage.text(ANA, "status")


def test_status_tells_of_a_tick_that_never_came_once_it_should_have(stage: Stage) -> None:
    assert ALL_WELL == stage.text(ANA, "status")

    stage.clock.advance(minutes=3, seconds=1)
    assert "Nothing open. On duty: you. Pager: the tick has never come (since 09:00)." == stage.text(ANA, "status")


def test_status_tells_of_a_sender_that_is_refused(stage: Stage) -> None:
    stage.tick()
    stage.simulator.misbehave(Misbehaviour("refuse", code=20003))
    stage.webhook(event())
    stage.simulator.misbehave(None)
    stage.webhook(change("fixed"))

    assert stage.text(ANA, "status").startswith("Nothing open. On duty: you. Pager: Twilio refuses texts: ")


def test_status_says_that_nobody_is_on_duty(sqlite: Store, clock: Clock) -> None:
    nobody = Roster(pair().engineers, {"default": Team("default", (), projects=("*",))})
    with staged(sqlite, clock, nobody) as stage:
        stage.tick()

        assert "Nothing open. NOBODY is on duty." == stage.text(ANA, "status")


# Not understood.


def test_what_is_not_understood_changes_nothing_and_says_what_is_open(stage: Stage) -> None:
    assert NOT_UNDERSTOOD == stage.text(ANA, "hello?")

    first = opened(stage, 1, "TypeError")
    answer = f"Nothing changed: not understood. Open: {first} TypeError. Text ack, close, list, commands."
    assert answer == stage.text(ANA, "acknowledge this")

    second, *_ = [opened(stage, number, "Timeout") for number in range(2, 6)]
    assert (
        f"Nothing changed: not understood. Open: {first} TypeError, {second} Timeout and 3 more. "
        "Text ack, close, list, commands."
    ) == stage.text(ANA, "do not ack")
    assert {"triggered"} == set(states(stage).values())


def test_two_robots_do_not_text_each_other_for_ever(stage: Stage) -> None:
    answers = [stage.text(ANA, "I am driving and will see your message later.") for _ in range(7)]

    assert [NOT_UNDERSTOOD] * 5 + ["", ""] == answers
    assert "Nothing open." == stage.text(ANA, "list")
    assert NOT_UNDERSTOOD == stage.text(ANA, "hm")


# Anybody else's phone.


def test_a_stranger_gets_the_sentence_for_every_text_and_learns_nothing_else(stage: Stage) -> None:
    code = opened(stage, 1)

    for text in ("list", f"ack {code}", str(code), "close all", "status", "commands", "", "👍", "YES"):
        assert ALL_WELL == stage.text(STRANGER, text)
    assert {code: "triggered"} == states(stage)


def test_a_stranger_is_answered_ten_times_a_day_and_then_meets_silence(stage: Stage) -> None:
    assert [ALL_WELL] * ANSWERS + ["", ""] == [stage.text(STRANGER, "hi") for _ in range(ANSWERS + 2)]
    assert ALL_WELL == stage.text("+14155550178", "hi")

    stage.clock.advance(hours=14, minutes=59)
    assert "" == stage.text(STRANGER, "hi")
    stage.clock.advance(minutes=1)
    assert ALL_WELL == stage.text(STRANGER, "hi")


def test_all_strangers_together_are_answered_a_hundred_times_a_day(quick: Stage) -> None:
    answers = [quick.text(f"+1415555{number:04d}", "hi") for number in range(300, 300 + ALL_ANSWERS + 2)]

    assert [ALL_WELL] * ALL_ANSWERS + ["", ""] == answers
    assert "Nothing open." == quick.text(ANA, "list")
    met = quick.store.get(["pulse/strangers"]).documents["pulse/strangers"].fields["limit_met"]
    assert quick.clock.now() == met
    quick.clock.advance(days=1)
    assert ALL_WELL == quick.text(STRANGER, "hi")


# Carriers' words.


def said(answer: Answer) -> str:
    """What a phone would show of an answer to Twilio."""
    assert 200 == answer.status
    return "".join(ET.fromstring(answer.text).itertext())  # noqa: S314 - our own answer


def phone_of(stage: Stage, number: str) -> dict[str, Any]:
    from bugglio import phone as phones

    path = phones.path(phones.phone_id(number))
    return dict(stage.store.get([path]).documents[path].fields)


@pytest.mark.parametrize("number", [ANA, STRANGER])
def test_stop_and_start_are_recorded_and_never_answered_by_us(stage: Stage, number: str) -> None:
    for text, opted_out in (("STOP", True), ("Start ", False), ("stopall\n", True), (" UNSTOP", False)):
        received = stage.simulator.receive(number, text)

        assert (200, ()) == (received.status, received.replies)
        assert opted_out == phone_of(stage, number).get("opted_out", False)
        assert "" == stage.store.get([f"texts/{received.sid}"]).documents[f"texts/{received.sid}"].fields["answer"]


def test_stop_with_more_words_is_no_carriers_word(stage: Stage) -> None:
    assert NOT_UNDERSTOOD == stage.text(ANA, "stop please")


@pytest.mark.parametrize("text", ["HELP", "info"])
def test_help_is_left_to_twilio(stage: Stage, text: str) -> None:
    assert () == stage.simulator.receive(ANA, text).replies


@pytest.mark.parametrize("text", ["HELP", "info"])
def test_help_shows_that_a_phone_of_the_roster_is_there_and_of_a_strangers_nothing_is_kept(
    stage: Stage, text: str
) -> None:
    stage.simulator.receive(ANA, "STOP")
    stage.clock.advance(minutes=1)
    stage.simulator.receive(ANA, text)
    before = stage.store.query("phones", BY_ID)
    stage.simulator.receive(STRANGER, text)

    assert (True, stage.clock.now()) == (phone_of(stage, ANA)["opted_out"], phone_of(stage, ANA)["heard_at"])
    assert before == stage.store.query("phones", BY_ID)


def test_yes_from_a_phone_that_had_stopped_is_a_start_and_acknowledges_nothing(stage: Stage) -> None:
    code = opened(stage, 1)
    stage.simulator.receive(ANA, "STOP")

    assert () == stage.simulator.receive(ANA, "Yes").replies
    assert {code: "triggered"} == states(stage)
    assert not phone_of(stage, ANA).get("opted_out", False)
    assert stage.text(ANA, "yes").startswith(f"Acked {code} ")


# Awkward bodies.


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "\u00a0\n",
        "日本語のテキスト",
        "🤷‍♀️" * 20,
        "\x00",
        "a\x00ck",
        "x" * 1_600,
        "4" * 1_600,
        "ack " * 399 + "no",
        "<b>&amp;",
    ],
)
def test_whatever_is_texted_is_kept_and_answered(stage: Stage, body: str) -> None:
    received = stage.simulator.receive(ANA, body)

    assert (NOT_UNDERSTOOD,) == received.replies
    path = f"texts/{received.sid}"
    kept = stage.store.get([path]).documents[path].fields
    assert (body, "on-duty", "...0101", NOT_UNDERSTOOD) == (kept["body"], kept["who"], kept["from"], kept["answer"])
    assert [] == stage.troubles


def test_half_of_a_surrogate_pair_comes_through_the_form_as_a_replacement(stage: Stage) -> None:
    fields = [("MessageSid", "SM1"), ("From", ANA), ("Body", "ack \ufffd\ufffd\ufffd")]
    raw = b"MessageSid=SM1&From=%2B14155550101&Body=ack+%ED%A0%80"
    answer = call(stage.app, "/sms", raw, {**FORM, "X-Twilio-Signature": signature(f"{PUBLIC}/sms", fields)})

    assert "Nothing open." == said(answer)
    assert "ack \ufffd\ufffd\ufffd" == stage.store.get(["texts/SM1"]).documents["texts/SM1"].fields["body"]


def test_a_picture_without_words_is_not_understood(stage: Stage) -> None:
    media = [("NumMedia", "1"), ("MediaUrl0", "https://api.twilio.com/x"), ("MediaContentType0", "image/jpeg")]
    answer = twilio(stage.app, "/sms", [("MessageSid", "MM1"), ("From", ANA), ("Body", ""), *media])

    assert NOT_UNDERSTOOD == said(answer)


def test_names_from_bugsnag_reach_the_phone_in_gsm_and_as_valid_twiml(stage: Stage) -> None:
    name = "<Ошибка>&\x00\x1b\ud83d\ude00 Ünïcödé “quoted”"
    code = opened(stage, 1, name, "корзина\u2028#создать")
    stage.page()

    for text in ("list", "?", "hm", "ack", "ack", "close all", "ok", "ack"):
        answer = stage.text(ANA, text)
        assert str(code) in answer
        assert is_gsm(answer)


# Once, whatever happens.


def delivered_twice(stage: Stage, body: str) -> tuple[str, str]:
    first = stage.simulator.receive(ANA, body)
    again = stage.simulator.receive_again(first.sid)
    assert (200, 200) == (first.status, again.status)
    return "".join(first.replies), "".join(again.replies)


@pytest.mark.parametrize("body", ["ack", "close", "ok", "list", "close all", "nonsense"])
def test_a_text_delivered_twice_acts_once_and_gets_the_same_answer(stage: Stage, body: str) -> None:
    opened(stage, 1)
    first, again = delivered_twice(stage, body)

    assert first == again != ""
    timeline = alerts.load(_one(stage).fields).timeline
    assert (1 if body in ("ack", "close", "ok") else 0) == sum(one.detail == "by text" for one in timeline)


def test_more_delivered_twice_goes_on_once(quick: Stage) -> None:
    for number in range(20):
        opened(quick, number)
    quick.text(ANA, "list")
    first, again = delivered_twice(quick, "more")

    assert first == again
    assert first != quick.text(ANA, "more")


def test_a_late_second_delivery_acts_no_more(stage: Stage) -> None:
    code = opened(stage, 1)
    first = stage.simulator.receive(ANA, "ack")
    stage.text(ANA, "close")
    stage.webhook(event("reopened", "Fixed error re-occurred", error={"errorId": "checkout-1", "receivedAt": "x"}))

    assert first.replies == stage.simulator.receive_again(first.sid).replies
    assert {code: "triggered"} == states(stage)


def test_the_same_text_in_parallel_acts_once(stage: Stage) -> None:
    opened(stage, 1)
    fields = [("MessageSid", "SM7"), ("From", ANA), ("Body", "close")]
    start, answers = threading.Barrier(8), []

    def deliver() -> None:
        start.wait(10)
        answers.append(twilio(stage.app, "/sms", fields).text)

    _all_at_once([deliver] * 8)

    assert 8 == len(answers)
    assert 1 == len(set(answers))
    assert "Closed " in answers[0]
    assert 1 == sum(one.what == "closed: by hand" for one in alerts.load(_one(stage).fields).timeline)


def test_two_engineers_at_once_are_told_who_was_first(store: Store, clock: Clock) -> None:
    with staged(store, clock, pair()) as stage:
        code = opened(stage, 1, "TypeError")
        start, answers = threading.Barrier(2), []

        def text(number: str) -> None:
            start.wait(10)
            answers.append(stage.simulator.receive(number, f"ack {code}").replies[0])

        _all_at_once([lambda: text(ANA), lambda: text(BEN)])

        won, lost = sorted(answers, reverse=True, key=lambda answer: answer.startswith("Acked"))
        assert f"Acked {code} TypeError checkout-api. Nothing else open." == won
        assert lost.startswith(f"{code} TypeError checkout-api was acked by ")


def _all_at_once(work: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def _one(stage: Stage) -> Document:
    """The document of the only alert."""
    found = [*stage.store.query("alerts", "open"), *stage.store.query("alerts", "closed_at")]
    return {one.id: one for one in found}.popitem()[1]


CALLS = 3
"""Of the store, that a bare ack makes: two reads and a commit."""


@pytest.mark.parametrize("at", range(CALLS))
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_lost_reply_of_the_store_is_made_up_for(stage: Stage, at: int, after: bool) -> None:  # noqa: FBT001
    code = opened(stage, 1, "TypeError")
    fault = Fault(at, after, kills=False)
    stage.restart(fault)

    assert f"Acked {code} TypeError checkout-api. Nothing else open." == stage.text(ANA, "ack")
    assert fault.struck
    assert 1 == sum(one.what == "acknowledged" for one in alerts.load(_one(stage).fields).timeline)


@pytest.mark.parametrize("at", range(CALLS))
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_text_cut_short_anywhere_acts_once_when_it_comes_again(stage: Stage, at: int, after: bool) -> None:  # noqa: FBT001
    code = opened(stage, 1, "TypeError")
    fields = [("MessageSid", "SM7"), ("From", ANA), ("Body", "ack")]
    with pytest.raises(Killed):
        twilio(stage.restart(Fault(at, after)), "/sms", fields)

    answer = twilio(stage.restart(), "/sms", fields)

    assert f"Acked {code} TypeError checkout-api. Nothing else open." == said(answer)
    assert 1 == sum(one.what == "acknowledged" for one in alerts.load(_one(stage).fields).timeline)


class Away:
    """A store that cannot be reached while a test says so."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.away = False

    def _there(self) -> Store:
        if self.away:
            raise Unreachable("nobody answers")
        return self._store

    def get(self, paths: Any) -> Reading:
        return self._there().get(paths)

    def query(self, *what: Any, **how: Any) -> list[Document]:
        return self._there().query(*what, **how)

    def count(self, *what: Any, **how: Any) -> int:
        return self._there().count(*what, **how)

    def commit(self, writes: Any) -> list[Written]:
        return self._there().commit(writes)

    def close(self) -> None:
        self._store.close()


def test_without_a_store_a_text_gets_503_and_comes_again(store: Store, clock: Clock) -> None:
    away = Away(store)
    with staged(away, clock) as stage:
        code = opened(stage, 1, "TypeError")
        away.away = True
        received = stage.simulator.receive(ANA, "ack")
        assert (503, ()) == (received.status, received.replies)

        away.away = False
        assert {code: "triggered"} == states(stage)
        again = stage.simulator.receive_again(received.sid)
        assert (f"Acked {code} TypeError checkout-api. Nothing else open.",) == again.replies


# While pages are on their way.


def pages_of(stage: Stage, code: int) -> list[tuple[str, str | None]]:
    return [(one["state"], one["cause"]) for one in reports.all_pages(stage.store) if code in one["alerts"]]


def test_a_page_that_waits_for_its_turn_is_dropped_when_its_alert_is_acknowledged(stage: Stage) -> None:
    codes = [opened(stage, number) for number in range(4)]
    assert 3 == len(stage.new_texts())
    stage.text(ANA, "list")

    assert stage.text(ANA, f"ack {codes[3]}").startswith(f"Acked {codes[3]} ")
    stage.wait(seconds=90)

    assert [] == stage.new_texts()
    assert [("dropped", "acknowledged by on-duty meanwhile")] == pages_of(stage, codes[3])


def test_an_ack_while_its_page_is_being_sent_is_taken_and_nothing_is_sent_again(stage: Stage) -> None:
    stage.simulator.misbehave(Misbehaviour("accept-timeout", times=1))
    code = opened(stage, 1, "TypeError")
    assert [("sending", None)] == pages_of(stage, code)
    sent = len(stage.simulator.texts(ANA))

    assert f"Acked {code} TypeError checkout-api. Nothing else open." == stage.text(ANA, "ack")
    stage.wait(minutes=10, step=15)
    stage.simulator.settle()

    assert [("delivered", None)] == pages_of(stage, code)
    assert sent + 1 == len(stage.simulator.texts(ANA))


def test_an_ack_before_a_lost_attempt_is_settled_keeps_it_from_being_tried_again(stage: Stage) -> None:
    stage.simulator.misbehave(Misbehaviour("500", times=1))
    code = opened(stage, 1, "TypeError")
    assert [("sending", None)] == pages_of(stage, code)

    stage.text(ANA, f"ack {code}")
    stage.wait(minutes=10, step=15)

    assert [("dropped", "acknowledged by on-duty meanwhile")] == pages_of(stage, code)
    assert [] == stage.new_texts()


# What an answer costs.


@pytest.fixture
def counted(store: Store, clock: Clock) -> Iterator[tuple[Stage, CountingStore]]:
    counting = CountingStore(store)
    with staged(counting, clock) as stage:
        yield stage, counting


def cost(stage: Stage, counting: CountingStore, number: str, text: str) -> Bill:
    counting.settle()
    assert stage.text(number, text) != ""
    return counting.settle()


def test_an_answer_costs_two_round_trips_and_a_commit(counted: tuple[Stage, CountingStore]) -> None:
    """What may be closed is asked for at the same time as what is open: a call more, but no round trip."""
    stage, counting = counted
    codes = [opened(stage, number) for number in range(4)]
    stage.clock.advance(minutes=3)
    for text in (
        *("list", "more", "commands", "gibberish", str(codes[1]), f"ack {codes[0]} {codes[1]}"),
        *("ack 99", "ack all", "close all", "no", "close all"),
    ):
        assert 3 == cost(stage, counting, ANA, text).calls, text
    for text in ("?", "ack", "ok"):
        assert 4 == cost(stage, counting, ANA, text).calls, text
    # Whether anything is late, too.
    assert 5 == cost(stage, counting, ANA, "status").calls


def test_naming_what_is_closed_costs_no_round_trip_more(counted: tuple[Stage, CountingStore]) -> None:
    stage, counting = counted
    code = opened(stage, 1)
    stage.text(ANA, "close")

    assert [4, 4, 4, 4] == [cost(stage, counting, ANA, text).calls for text in ("ack", str(code), f"close {code}", "?")]
    assert [3, 5, 3] == [cost(stage, counting, ANA, text).calls for text in ("list", "status", "hm")]


def test_a_stranger_costs_a_read_and_a_commit_and_then_a_read(counted: tuple[Stage, CountingStore]) -> None:
    stage, counting = counted

    assert [2] * ANSWERS == [cost(stage, counting, STRANGER, "hi").calls for _ in range(ANSWERS)]
    stage.text(STRANGER, "hi")
    counting.settle()
    stage.text(STRANGER, "hi")
    assert (1, 0) == (counting.settle().calls, counting.settle().writes)


def test_an_ack_writes_the_alert_the_phone_and_the_text(counted: tuple[Stage, CountingStore]) -> None:
    stage, counting = counted
    opened(stage, 1)

    assert 3 == cost(stage, counting, ANA, "ack").writes


# Conflicts.


class Interfering:
    """A store in which somebody writes a document just before the first commits that concern it."""

    def __init__(self, store: Store, times: int) -> None:
        self._store = store
        self.times = times
        self.path = ""

    def get(self, paths: Any) -> Reading:
        return self._store.get(paths)

    def query(self, *what: Any, **how: Any) -> list[Document]:
        return self._store.query(*what, **how)

    def count(self, *what: Any, **how: Any) -> int:
        return self._store.count(*what, **how)

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        if self.times and self.path in {write.path for write in writes} and len(writes) > 1:
            self.times -= 1
            found = self._store.get([self.path]).documents[self.path]
            self._store.commit([Write(self.path, found.version, increment={"events": 1})])
        return self._store.commit(writes)

    def close(self) -> None:
        self._store.close()


@contextmanager
def interfered(store: Store, clock: Clock, times: int) -> Iterator[tuple[Stage, Interfering]]:
    between = Interfering(store, times)
    with staged(between, clock) as stage:
        yield stage, between


def test_an_event_between_reading_and_writing_makes_the_ack_decide_anew(store: Store, clock: Clock) -> None:
    with interfered(store, clock, 4) as (stage, between):
        code = opened(stage, 1, "TypeError")
        between.path = _one(stage).path

        assert f"Acked {code} TypeError checkout-api. Nothing else open." == stage.text(ANA, "ack")
        assert (0, 5) == (between.times, _one(stage).fields["events"])


def test_a_conflict_in_a_later_part_does_not_lose_count_of_the_earlier_ones(store: Store, clock: Clock) -> None:
    with interfered(store, clock, 2) as (stage, between):
        for number in range(AT_ONCE + 7):
            opened(stage, number)
        stage.wait(seconds=61)
        between.path = max(
            stage.store.query("alerts", "open", limit=400), key=lambda one: int(one.fields["opened"])
        ).path

        assert stage.text(ANA, "ack all").endswith(f" and {AT_ONCE + 4} more. Nothing else open.")
        assert (0, {"acknowledged"}) == (between.times, set(states(stage).values()))
