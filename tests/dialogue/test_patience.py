"""Two robots cannot text each other for ever, whatever they say."""

from typing import Any

import msgspec
import pytest

from bugglio import phone as phones
from bugglio.alert import ACKNOWLEDGED, Alert
from bugglio.dialogue import Reply, Scene, agreed, meant, reply
from bugglio.dialogue.patience import IDLE, MISSES
from bugglio.document import present
from bugglio.grammar import parse
from bugglio.phone import Phone, Told
from bugglio.roster import MINUTE, Engineer, Roster, Step, Team
from bugglio.vocabulary import VOCABULARY

NINE = 1_770_022_800_000
ANA = Engineer("ana", "Ana Lima", "+14155550101")
BEN = Engineer("ben", "Ben Ode", "+14155550102", admin=True)
TEAM = Team("shop", (Step(("ana",)),), projects=("*",))


class Bugglio:
    """One that takes texts from Ana's phone, and answers them."""

    def __init__(self, *codes: int) -> None:
        self.now = NINE
        self.phone = Phone(welcomed_at=1)
        self.alerts = {str(code): _alert(code) for code in codes}
        for code in codes:
            self.phone = phones.tell(self.phone, Told(alert=str(code), code=code, at=NINE), (code,))
        self.tells: list[tuple[str, str]] = []

    def text(self, text: str) -> str:
        command = agreed(parse(text), self.phone, self.now)
        named = {code: str(code) for code in (*command.codes, *parse(command.near).codes) if str(code) in self.alerts}
        keys = {*named.values(), *meant(parse(text), self.phone, self.now)}
        scene = Scene(
            now=self.now,
            who=ANA,
            phone=self.phone,
            alerts={key: one for key, one in self.alerts.items() if one.is_open or key in keys},
            named=named,
            roster=Roster({"ana": ANA, "ben": BEN}, {"shop": TEAM}, "ben", version=1),
            id=f"SM{self.now}",
            free=999,
        )
        said: Reply = reply(parse(text), scene)
        self.phone, self.tells = said.phone, [*self.tells, *said.tells]
        self.alerts.update({**said.changed, **said.opened})
        return said.answer

    def answered(self, text: str, times: int = 100) -> int:
        """How often this text is answered in a row, a second after the other."""
        count = 0
        for _ in range(times):
            self.now += 1_000
            count += self.text(text) != ""
        return count


def _alert(code: int, **more: Any) -> Alert:
    made = Alert(mark="m", team="shop", code=code, error_class="TypeError", project="web", opened=NINE, events=1)
    return msgspec.structs.replace(made, paged={"ana": 1}, waits_for=("ana",), **more)


@pytest.mark.parametrize(
    "text",
    ["hm", "akc 417", "s", "no", "undo", "ack 99", "close all", "test", "page", "snooze 6", "pass 417 zoe", "ack"],
)
def test_five_texts_in_a_row_that_change_nothing_are_answered(text: str) -> None:
    one = Bugglio(417, 418)
    one.now += 1_000

    assert MISSES == one.answered(text)


def test_a_phone_that_says_ok_to_everything_is_answered_six_times_and_the_admins_hear_of_it_once_a_day() -> None:
    one = Bugglio(417)

    # The first acknowledges the page.
    assert 1 + MISSES == one.answered("ok")
    assert ACKNOWLEDGED == one.alerts["417"].state
    told = "Ana Lima's phone says ok to everything. If it answers by itself, nobody sees the pages it acks."
    assert [("ben", told)] == one.tells

    one.now += 31 * MINUTE
    one.answered("ok")
    assert [("ben", told)] == one.tells


@pytest.mark.parametrize("text", ["list", "status", "?", "417", "commands", "who", "more"])
def test_whoever_only_looks_is_answered_longer(text: str) -> None:
    assert IDLE == Bugglio(417).answered(text)


def test_a_word_that_does_something_begins_a_new_row() -> None:
    one = Bugglio(417)
    one.answered("hm")
    assert "" == one.text("hm")

    assert one.text("ack 417").startswith("Acked 417 ")
    assert one.text("hm").startswith("Nothing changed: not understood.")


def test_a_look_is_answered_after_a_row_of_misses_and_ends_it() -> None:
    one = Bugglio(417)
    one.answered("hm", MISSES + 1)

    assert one.text("list").startswith("1 open: 417 ")
    assert one.text("hm").startswith("Nothing changed: not understood.")


def test_what_is_not_answered_is_not_asked_either() -> None:
    one = Bugglio(417)
    one.answered("close all", 6)
    one.phone = msgspec.structs.replace(one.phone, asked=None)
    assert "" == one.text("close all")

    assert one.phone.asked is None


def test_half_an_hour_without_a_text_ends_the_row() -> None:
    one = Bugglio(417)
    one.answered("akc 417")
    one.now += 30 * MINUTE

    assert "Did you mean ack 417? Reply ok" == one.text("akc 417")


STARTS = [
    *(example for word in VOCABULARY for example in word.examples),
    "#417 web production: TypeError: x in y. New unhandled error. Reply ack 417",
    "#417 Reply ack 417",
    "09:14 12 more: checkout-api 9, web 3. Top: #417 TypeError x31. Reply list",
    "Everything's perfectly all right now. We're fine. We're all fine here, now, thank you. How are you?",
]


@pytest.mark.parametrize("text", STARTS)
def test_two_bugglios_that_take_each_other_for_people_fall_silent(text: str) -> None:
    here, there = Bugglio(417, 418), Bugglio(417, 419)
    said, turns = text, 0
    while said:
        said, here, there = here.text(said), there, here
        here.now = there.now = there.now + 2_000
        turns += 1
        assert turns < 40, said

    assert 0 < turns


@pytest.mark.parametrize("text", STARTS)
def test_no_answer_of_bugglios_is_a_command(text: str) -> None:
    answer = Bugglio(417, 418).text(text)

    assert "" == parse(answer).verb, answer


def test_agreeing_is_no_miss() -> None:
    one = Bugglio(417)
    one.answered("akc 417", 4)

    assert one.text("ok").startswith("Acked 417 ")
    assert 0 == one.phone.misses


def test_what_is_counted_survives_being_stored() -> None:
    one = Bugglio(417)
    one.answered("hm", MISSES)
    one.phone = phones.load(present(phones.dump(one.phone)))

    assert "" == one.text("hm")
