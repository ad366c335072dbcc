"""What `ok` answers of that which bugglio began: shifts, covers, pages."""

import msgspec

from bugglio import phone as phones
from bugglio.asking import Asked
from bugglio.phone import Phone, Told
from bugglio.roster import MINUTE
from tests.dialogue.crews import NINE, Crew

WHICH = "Which? 1 your shift for shop, 417 TypeError shop-api. Reply a number or all"


def begun(crew: Crew, what: str = "shift", rest: str = "shop", ago: float = 0, by: str = "") -> None:
    """Ben was asked something of bugglio's own accord."""
    phone = crew.phones.get("ben", Phone(heard_at=NINE))
    asked = Asked(what=what, rest=rest, by=by, at=crew.now - int(ago * MINUTE))
    crew.phones["ben"] = msgspec.structs.replace(phone, begun=(asked, *phone.begun))


def paged(crew: Crew, code: int = 417, ago: float = 0) -> None:
    """Ben was paged."""
    crew.alert(code)
    phone = crew.phones.get("ben", Phone(heard_at=NINE))
    told = Told(alert=str(code), code=code, at=crew.now - int(ago * MINUTE))
    crew.phones["ben"] = phones.tell(phone, told, (code,))


def test_ok_notes_a_shift() -> None:
    crew = Crew()
    begun(crew, ago=29)

    assert "Thank you: your shift for shop is noted. Nothing open." == crew.text("ben", "ok")
    assert "Nothing was asked. Nothing open." == crew.text("ben", "ok")


def test_two_shifts_that_begin_at_once_are_noted_by_one_ok() -> None:
    crew = Crew()
    begun(crew, rest="web", ago=1)
    begun(crew)

    assert "Thank you: your shift for web and shop is noted. Nothing open." == crew.text("ben", "yes")


def test_an_older_shift_stays_asked() -> None:
    crew = Crew()
    begun(crew, rest="web", ago=3)
    begun(crew)

    assert "Thank you: your shift for shop is noted. Nothing open." == crew.text("ben", "ok")
    assert "Thank you: your shift for web is noted. Nothing open." == crew.text("ben", "ok")


def test_a_page_and_a_shift_within_two_minutes_are_told_apart() -> None:
    for shift, page in ((0, 2), (2, 0), (1, 1)):
        crew = Crew()
        paged(crew, ago=page)
        begun(crew, ago=shift)

        assert WHICH == crew.text("ben", "ok")
        assert "Acked 417 TypeError shop-api. Nothing else open." == crew.text("ben", "417")
        assert "Thank you: your shift for shop is noted. 1 open: list" == crew.text("ben", "ok")


def test_further_apart_the_latest_is_meant() -> None:
    crew = Crew()
    paged(crew, ago=2.1)
    begun(crew)
    assert "Thank you: your shift for shop is noted. 1 open: list" == crew.text("ben", "ok")

    crew = Crew()
    begun(crew, ago=2.1)
    paged(crew)
    assert "Acked 417 TypeError shop-api. Nothing else open." == crew.text("ben", "ok")


def test_a_page_that_was_answered_is_no_rival() -> None:
    crew = Crew()
    begun(crew)
    paged(crew)
    crew.text("ben", "ack 417")

    assert "Thank you: your shift for shop is noted. 1 open: list" == crew.text("ben", "ok")


def test_a_number_that_was_not_offered_is_no_answer() -> None:
    crew = Crew()
    begun(crew)
    paged(crew)
    crew.text("ben", "ok")

    assert "2: no such alert. 1 open: list" == crew.text("ben", "2")


def test_ok_to_which_asks_again() -> None:
    crew = Crew()
    begun(crew)
    paged(crew)

    assert [WHICH, WHICH] == [crew.text("ben", "ok"), crew.text("ben", "ok")]


def test_what_waited_too_long_can_no_longer_be_answered() -> None:
    crew = Crew()
    begun(crew, ago=29)
    paged(crew, ago=28)
    assert WHICH == crew.text("ben", "ok")
    crew.wait(minutes=5)

    assert "That can no longer be answered." == crew.text("ben", "1")


def test_a_question_in_answer_to_a_text_goes_first() -> None:
    crew = Crew()
    begun(crew)
    crew.alert(417)
    asked = Asked(what="all", verb="close", alerts=("417",), at=crew.now)
    crew.phones["ben"] = msgspec.structs.replace(crew.phones["ben"], asked=asked)

    assert "Closed 417 TypeError shop-api. Nothing else open." == crew.text("ben", "ok")
    assert "Thank you: your shift for shop is noted. Nothing open." == crew.text("ben", "ok")


def test_no_changes_nothing() -> None:
    crew = Crew()
    begun(crew)

    assert "Nothing changed. Nothing open." == crew.text("ben", "no")
