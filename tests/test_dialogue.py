"""What a text does, decided without store and phone."""

from typing import Any

import msgspec
import pytest

from bugglio import alert as alerts
from bugglio import phone as phones
from bugglio.alert import ACKNOWLEDGED, CLOSED, SNOOZED, TRIGGERED, Alert
from bugglio.dialogue import Reply, Scene, meant, reply
from bugglio.grammar import parse
from bugglio.phone import Phone, Told
from bugglio.roster import HOUR, MINUTE, Engineer, Roster, Step, Team

NINE = 1_770_022_800_000
ANA = Engineer("ana", "Ana Lima", "+14155550101")
BEN = Engineer("ben", "Ben Ode", "+14155550102")
SECOND = 1_000


class Talk:
    """One phone, the alerts there are, and a clock."""

    def __init__(self) -> None:
        self.now = NINE
        self.phone = Phone()
        self.alerts: dict[str, Alert] = {}
        self.changed: set[str] = set()
        self.acknowledged_for = HOUR

    def alert(
        self, code: int = 417, error_class: str = "TypeError", context: str = "cart#create", **more: Any
    ) -> Alert:
        """An alert of which this phone has not heard."""
        made = Alert(mark="m", team="default", code=code, error_class=error_class, context=context, events=1)
        made = msgspec.structs.replace(made, **{"project": "checkout-api", "opened": self.now, **more})
        self.alerts[str(code)] = made
        return made

    def page(self, code: int = 417, *args: str, **more: Any) -> None:
        """An alert that is texted to this phone."""
        self.alert(code, *args, **more)
        self.phone = phones.tell(self.phone, Told(alert=str(code), code=code, at=self.now), (code,))

    def digest(self, *codes: int) -> None:
        """A digest of these, of which the last is named."""
        told = Told(alert=str(codes[-1]), code=codes[-1], at=self.now, many=len(codes) > 1)
        self.phone = phones.tell(self.phone, told, codes)

    @property
    def roster(self) -> Roster:
        """Ana is on duty."""
        team = Team("default", (Step(("ana",)),), acknowledged_for=self.acknowledged_for)
        return Roster({"ana": ANA, "ben": BEN}, {"default": team}, "ana", version=1)

    def wait(self, minutes: float) -> None:
        self.now += int(minutes * MINUTE)

    def reply(self, text: str, done: frozenset[str] = frozenset()) -> Reply:
        """What would be answered, and what changed."""
        command = parse(text)
        scene = Scene(
            now=self.now,
            who=ANA,
            phone=self.phone,
            alerts={key: one for key, one in self.alerts.items() if one.is_open or key in self.known(text)},
            named={code: str(code) for code in command.codes if str(code) in self.alerts},
            roster=self.roster,
            done=done,
        )
        return reply(command, scene)

    def known(self, text: str) -> set[str]:
        """What is read although it may be closed."""
        command = parse(text)
        return {*map(str, command.codes), *meant(command, self.phone, self.now)}

    def text(self, text: str) -> str:
        """Text, and keep what came of it."""
        said = self.reply(text)
        self.phone = said.phone
        self.alerts.update(said.changed)
        self.changed = set(said.changed)
        return said.answer

    def becomes(self, code: int, **fields: Any) -> None:
        """Something else changes an alert."""
        self.alerts[str(code)] = msgspec.structs.replace(self.alerts[str(code)], **fields)

    def acked(self) -> set[int]:
        """The codes of what is acknowledged."""
        return {one.code for one in self.alerts.values() if one.state == ACKNOWLEDGED}


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def two(talk: Talk) -> Talk:
    """Two pages within two minutes."""
    talk.page(417)
    talk.wait(1)
    talk.page(418, "Timeout", "pay")
    return talk


WHICH = "Which? 417 TypeError cart#create, 418 Timeout pay. Reply a number or all"


def test_a_bare_word_means_the_alert_texted_last(talk: Talk) -> None:
    talk.page(417)
    talk.wait(2.1)
    talk.page(418, "Timeout", "pay")

    assert "Acked 418 Timeout checkout-api. 1 more open: list" == talk.text("ack")
    assert {418} == talk.acked()


def test_an_acknowledgement_is_kept_on_the_alert(talk: Talk) -> None:
    talk.page(417, again_at=NINE, next_at=NINE, waits_for=("ana",))
    talk.text("ack")

    after = talk.alerts["417"]
    assert (ACKNOWLEDGED, "ana", NINE, NINE + HOUR) == (
        after.state,
        after.acknowledged_by,
        after.acknowledged_at,
        after.until,
    )
    assert (None, None, ()) == (after.again_at, after.next_at, after.waits_for)
    assert ("acknowledged", "ana", "by text") == (
        after.timeline[-1].what,
        after.timeline[-1].who,
        after.timeline[-1].detail,
    )


def test_acknowledged_for_ever_has_no_end(talk: Talk) -> None:
    talk.acknowledged_for = 0
    talk.page(417)
    talk.text("ack")

    assert talk.alerts["417"].until is None


@pytest.mark.parametrize("word", ["ack", "ok", "close", "a", "mine"])
def test_two_pages_within_two_minutes_make_a_bare_word_ask(two: Talk, word: str) -> None:
    assert WHICH == two.text(word)
    assert not two.changed


def test_two_minutes_are_measured_to_the_millisecond(talk: Talk) -> None:
    talk.page(417)
    talk.now += 2 * MINUTE
    talk.page(418, "Timeout", "pay")
    assert WHICH == talk.reply("ack").answer

    talk.now += 1
    talk.page(418, "Timeout", "pay")
    assert talk.reply("ack").answer.startswith("Acked 418 ")


@pytest.mark.parametrize(
    ("answer", "codes"), [("417", {417}), ("#418", {418}), ("418 417", {417, 418}), ("all", {417, 418})]
)
def test_the_next_number_alone_answers_the_question(two: Talk, answer: str, codes: set[int]) -> None:
    two.text("ack")

    assert two.text(answer).startswith("Acked ")
    assert codes == two.acked()


def test_the_question_remembers_what_was_to_be_done(two: Talk) -> None:
    two.text("close")

    assert "Closed 417 TypeError checkout-api. 1 more open: list" == two.text("417")
    assert CLOSED == two.alerts["417"].state


def test_a_question_is_answered_once(two: Talk) -> None:
    two.text("ack")
    two.text("417")

    assert two.text("418").startswith("#418. 1 event, ")
    assert {417} == two.acked()


@pytest.mark.parametrize("look", ["list", "417?", "show 418", "status", "commands", "what?", "999"])
def test_a_look_leaves_the_question_open(two: Talk, look: str) -> None:
    two.text("ack")
    two.text(look)

    assert two.text("417").startswith("Acked 417 ")


@pytest.mark.parametrize("word", ["no", "ack 418", "close 418"])
def test_any_other_word_ends_the_question(two: Talk, word: str) -> None:
    two.text("ack")
    two.text(word)

    assert two.text("417").startswith("#417")


def test_a_question_is_open_for_half_an_hour(two: Talk) -> None:
    two.text("ack")
    two.wait(30)
    assert two.reply("417").answer.startswith("Acked 417 ")

    two.now += 1
    assert two.text("417").startswith("#417. 1 event, opened 31 min ago, ")


def test_ok_to_which_asks_again(two: Talk) -> None:
    two.text("close")
    assert WHICH == two.text("ok")

    two.text("all")
    assert {CLOSED} == {one.state for one in two.alerts.values()}


def test_what_is_acknowledged_already_does_not_make_a_bare_ack_ask(two: Talk) -> None:
    two.text("ack 417")

    assert "Acked 418 Timeout checkout-api. 1 more open: list" == two.text("ack")


def test_what_is_acknowledged_already_may_still_be_what_close_means(two: Talk) -> None:
    two.text("ack 417")

    assert WHICH == two.text("close")


def test_the_last_page_is_not_passed_over_because_it_is_acknowledged(two: Talk) -> None:
    two.text("ack 418")

    assert WHICH == two.text("ack")


def test_a_late_answer_to_a_closed_alert_says_what_became_of_it(talk: Talk) -> None:
    talk.page(417)
    talk.alert(500)
    talk.becomes(417, state=CLOSED, how="fixed", closed_by="Dana Doe", closed_at=NINE)
    talk.wait(180)

    for word in ("ack", "close"):
        assert "417 TypeError checkout-api was closed (fixed) by Dana Doe 3 h ago. 1 more open: list" == talk.text(word)
        assert not talk.changed


def test_a_closed_page_does_not_make_another_alert_the_one_that_is_meant(two: Talk) -> None:
    two.becomes(418, state=CLOSED, how="by hand", closed_by="ben", closed_at=two.now)

    assert "418 Timeout checkout-api was closed by ben just now. 1 more open: list" == two.text("ack")
    assert set() == two.acked()


def test_ack_of_what_somebody_else_has_says_who_and_when(talk: Talk) -> None:
    talk.page(417)
    talk.becomes(417, state=ACKNOWLEDGED, acknowledged_by="ben", acknowledged_at=NINE)
    talk.wait(12)

    assert "417 TypeError checkout-api was acked by ben 12 min ago. Nothing else open." == talk.text("ack")
    assert not talk.changed


@pytest.mark.parametrize("fields", [{"reminded_at": NINE, "until": NINE + 5 * MINUTE}, {"lapsed": True}])
def test_ack_after_a_reminder_or_a_lapse_is_news(talk: Talk, fields: dict[str, Any]) -> None:
    talk.page(417)
    talk.becomes(417, state=ACKNOWLEDGED, acknowledged_by="ana", acknowledged_at=NINE, **fields)
    talk.wait(60)

    assert "Acked 417 TypeError checkout-api. Nothing else open." == talk.text("ack")
    assert talk.now + HOUR == talk.alerts["417"].until


def test_ack_takes_a_snoozed_alert(talk: Talk) -> None:
    talk.page(417)
    talk.becomes(417, state=SNOOZED, until=NINE + HOUR)

    assert talk.text("ack").startswith("Acked 417 ")


def test_with_nothing_told_a_bare_word_asks_even_about_one(talk: Talk) -> None:
    assert "Nothing open." == talk.text("ack")

    talk.alert(417)
    assert "Which? 417 TypeError cart#create. Reply a number or all" == talk.text("ack")
    assert "Acked 417 TypeError checkout-api. Nothing else open." == talk.text("ok")


def test_several_codes_do_several_and_say_what_could_not_be_done(talk: Talk) -> None:
    for code in (417, 418, 419, 420):
        talk.page(code)
    talk.text("close 419")

    assert (
        "Acked 417 TypeError checkout-api, 418 TypeError checkout-api. "
        "419 TypeError checkout-api was closed by you just now. 999: no such alert. 1 more open: list"
    ) == talk.text("ack 417 419 999 418")


def test_what_was_named_but_not_changed_is_not_counted_as_what_else_is_open(two: Talk) -> None:
    two.text("ack 417")

    assert two.text("ack 417 418").endswith("was acked by you just now. Nothing else open.")


def test_all_means_what_this_phone_was_told_of(talk: Talk) -> None:
    for code in (417, 418, 419):
        talk.alert(code)
    assert "Nothing to ack. 3 open: list" == talk.text("ack all")

    talk.page(420)
    assert "Acked 420 TypeError checkout-api. 3 more open: list" == talk.text("ack all")

    talk.text("list")
    assert talk.text("ack all").startswith("Acked 417 TypeError checkout-api, 418 ")
    assert {417, 418, 419, 420} == talk.acked()
    assert "Nothing to ack. 4 open: list" == talk.text("ack all")


def test_close_all_asks_first(two: Talk) -> None:
    question = "Close all 2: 417 TypeError cart#create, 418 Timeout pay? Reply ok or no"

    assert question == two.text("close all")
    assert "Nothing changed. 2 open: list" == two.text("no")
    assert two.text("ok").startswith("Which?")

    assert question == two.text("close all")
    assert "Closed 417 TypeError checkout-api, 418 Timeout checkout-api. Nothing else open." == two.text("yes")
    assert {"417", "418"} == two.changed


def test_close_all_closes_what_it_asked_about_and_nothing_that_came_later(two: Talk) -> None:
    two.text("close all")
    two.wait(1)
    two.page(419, "KeyError")

    assert two.text("ok").endswith("1 more open: list")
    assert TRIGGERED == two.alerts["419"].state


def test_close_all_is_not_confirmed_by_all_nor_after_half_an_hour(two: Talk) -> None:
    two.text("close all")
    assert two.reply("all").answer.startswith("Nothing changed: not understood.")

    two.now += 30 * MINUTE + 1
    assert "Nothing was asked. 2 open: list" == two.text("ok")
    assert set() == two.acked()


def test_ok_acknowledges_the_last_page_within_half_an_hour(talk: Talk) -> None:
    talk.page(417)
    talk.wait(30)
    assert talk.reply("ok").answer.startswith("Acked 417 ")
    assert talk.reply("yes").answer.startswith("Acked 417 ")

    talk.now += 1
    assert "Nothing was asked. 1 open: list" == talk.text("ok")


def test_ok_after_details_means_the_page_and_not_what_was_looked_at(talk: Talk) -> None:
    talk.alert(300, "KeyError")
    talk.page(417)
    talk.wait(5)
    talk.text("300")

    assert talk.reply("ack").answer.startswith("Acked 300 ")
    assert talk.text("ok").startswith("Acked 417 ")


def test_ok_with_nothing_but_details_was_not_asked(talk: Talk) -> None:
    talk.alert(300, "KeyError")
    talk.text("show 300")

    assert "Nothing was asked. 1 open: list" == talk.text("ok")


def test_details_of_the_last_page_leave_it_the_last_page(talk: Talk) -> None:
    talk.page(417)
    talk.text("?")
    talk.text("417")

    assert talk.text("ok").startswith("Acked 417 ")


def test_after_a_digest_ok_asks_about_all_of_it(talk: Talk) -> None:
    for code in (417, 418, 419):
        talk.alert(code)
    talk.digest(418, 419)

    assert "Ack all 2? Reply ok, or ack with a number" == talk.text("ok")
    assert not talk.changed
    assert "Acked 418 TypeError checkout-api, 419 TypeError checkout-api. 1 more open: list" == talk.text("ok")


@pytest.mark.parametrize(
    ("answer", "codes"), [("all", {418, 419}), ("no", set()), ("ack 418", {418}), ("ack all", {418, 419})]
)
def test_what_answers_the_question_after_a_digest(talk: Talk, answer: str, codes: set[int]) -> None:
    for code in (418, 419):
        talk.alert(code)
    talk.digest(418, 419)
    talk.text("ok")
    talk.text(answer)

    assert codes == talk.acked()


def test_after_a_digest_a_bare_word_asks_which_of_what_was_told(talk: Talk) -> None:
    for code in (417, 418, 419, 420):
        talk.alert(code)
    talk.digest(418, 419, 420)
    talk.text("ack 419")

    assert "Which? 418 TypeError cart#create, 420 TypeError cart#create. Reply a number or all" == talk.text("ack")
    talk.text("ack 418")
    assert "Acked 420 TypeError checkout-api. 3 more open: list" == talk.text("ack")
    assert "Nothing to ack. 4 open: list" == talk.text("ack")


def test_a_digest_of_one_is_like_a_page(talk: Talk) -> None:
    talk.alert(417)
    talk.digest(417)

    assert talk.text("ok").startswith("Acked 417 ")


def test_a_list_goes_on_where_it_stood_although_its_beginning_was_acknowledged(talk: Talk) -> None:
    for code in range(100, 165):
        talk.alert(code, opened=NINE - 1_000 * SECOND + code * SECOND)

    texts = [talk.text("list")]
    talk.text("ack 100 101 102 103")
    talk.text("close 104")
    while "Reply more" in texts[-1] and len(texts) < 30:
        texts.append(talk.text("more"))

    assert texts[0].startswith("65 open: 100 TypeError checkout-api x1, 15 min; 101 TypeError")
    named = [int(part.split()[0]) for text in texts for part in text.removeprefix("65 open: ").split("; ")]
    assert [*range(100, 165), 100, 101, 102, 103] == named
    assert "No more. 64 open: list" == talk.text("more")
    assert talk.text("list").startswith("64 open: 105 ")


def test_more_without_a_list_begins_one(talk: Talk) -> None:
    talk.alert(417)

    assert "1 open: 417 TypeError checkout-api x1, just now" == talk.text("more")
    assert "No more. 1 open: list" == talk.text("more")
    talk.text("close 417")
    assert "No more. Nothing open." == talk.text("more")
    assert "Nothing open." == talk.text("list")


def test_the_oldest_that_nobody_has_comes_first(talk: Talk) -> None:
    talk.alert(417, opened=NINE - 3, state=ACKNOWLEDGED, acknowledged_by="ben", acknowledged_at=NINE)
    talk.alert(418, opened=NINE - 1)
    talk.alert(419, opened=NINE - 2)

    assert ["419", "418", "417"] == [part.split()[0] for part in talk.text("list")[len("3 open: ") :].split("; ")]


def test_numbers_without_a_question_show_and_change_nothing(two: Talk) -> None:
    assert "#417. 1 event, opened 1 min ago, triggered." == two.text("417")
    assert "417 TypeError checkout-api x1, 1 min; 418 Timeout checkout-api x1, just now" == two.text("417 418")
    assert "999: no such alert. #418. 1 event, opened just now, triggered." == two.text("418 999")
    assert "999: no such alert. 2 open: list" == two.text("show 999")
    assert set() == two.acked()


def test_a_question_mark_alone_shows_the_last(talk: Talk) -> None:
    assert "Nothing was texted to you yet. Nothing open." == talk.text("?")
    talk.page(417)
    talk.becomes(417, state=CLOSED, how="by hand", closed_by="ana", closed_at=NINE)

    assert "#417. 1 event, opened just now, closed by you just now." == talk.text("?")


def test_five_texts_in_a_row_that_mean_nothing_are_answered(talk: Talk) -> None:
    talk.page(417)
    answer = "Nothing changed: not understood. Open: 417 TypeError. Text ack, close, list, commands."

    assert [answer] * 5 + ["", "", ""] == [talk.text("I am out of office") for _ in range(8)]
    assert "1 open, 1 unanswered: list. On duty: you." == talk.text("status")
    assert answer == talk.text("thanks a lot")


def test_half_an_hour_later_a_text_that_means_nothing_is_answered_again(talk: Talk) -> None:
    for _ in range(6):
        talk.text("hm")
    talk.wait(29)
    assert "" == talk.text("hm")
    talk.wait(30)
    assert "Nothing changed: not understood. Nothing open. Text ack, close, list, commands." == talk.text("hm")


def test_what_an_answer_named_counts_as_told(talk: Talk) -> None:
    for code in (417, 418, 419):
        talk.alert(code)
    talk.text("what now")

    assert talk.text("ack all").startswith("Acked 417 TypeError checkout-api, 418 TypeError checkout-api. 1 more")


def test_a_text_ends_being_unreachable(talk: Talk) -> None:
    for text in ("list", "gibberish"):
        talk.phone = Phone(failed_at=NINE, refused="a landline")
        talk.text(text)

        assert (0, "", talk.now) == (talk.phone.failed_at, talk.phone.refused, talk.phone.heard_at)


def test_what_an_earlier_commit_changed_is_counted_among_what_this_text_did(talk: Talk) -> None:
    for code in range(417, 421):
        talk.page(code)
    first = talk.reply("ack all")
    talk.alerts.update({key: first.changed[key] for key in ("417", "418")})

    said = talk.reply("ack all", done=frozenset({"417", "418"}))

    assert first.answer.endswith(", 419 TypeError checkout-api and 1 more. Nothing else open.")
    assert said.answer.endswith(", 417 TypeError checkout-api and 1 more. Nothing else open.")
    assert {"419", "420"} == set(said.changed)


def test_answers_are_gsm_whatever_people_are_called(talk: Talk) -> None:
    talk.page(417, "Ошибка", "корзина", project="магазин")
    talk.becomes(417, state=CLOSED, how="fixed", closed_by="Łukasz 🐛", closed_at=NINE)

    assert "417 Oshibka magazin was closed (fixed) by Lukasz ? just now. Nothing else open." == talk.text("ack")


def test_what_may_be_meant_is_read_although_it_is_closed(two: Talk) -> None:
    def read(text: str) -> list[str]:
        return meant(parse(text), two.phone, two.now)

    assert [["418"]] * 4 == [read(word) for word in ("ack", "close", "?", "ok")]
    assert [[]] * 6 == [read(word) for word in ("list", "status", "commands", "ack 417", "ack all", "hello")]
    two.text("close all")
    assert ["417", "418", "418"] == read("ok")
    assert [] == read("list")


def test_an_alert_closed_by_text_says_so(talk: Talk) -> None:
    talk.page(417)
    talk.text("close")

    after = talk.alerts["417"]
    assert (CLOSED, "by hand", "ana", NINE) == (after.state, after.how, after.closed_by, after.closed_at)
    assert "open" not in {key for key, value in alerts.dump(after).items() if value is not None}


@pytest.mark.parametrize("text", ["pass 417 +14155550102", "mute +14155550102 2h"])
def test_a_phone_number_is_not_repeated_in_full(talk: Talk, text: str) -> None:
    talk.page(417)
    assert "...0102" in talk.text(text)
    assert "5550102" not in talk.text(text).replace(" ", "")
