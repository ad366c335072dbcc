"""Which numbers a roster takes, and what it doubts."""

import pytest

from bugglio.rosterfile.faults import Unfit
from bugglio.rosterfile.phones import ONE_WAY, doubts, meant, phone, shown


def refused(text: str) -> str:
    """What was expected instead."""
    with pytest.raises(Unfit) as caught:
        phone(text)
    return caught.value.expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+14155550101", "+14155550101"),
        ("+1 415 555 0101", "+14155550101"),
        ("+1 (415) 555-0101", "+14155550101"),
        ("+1.415.555.0101", "+14155550101"),
        ("+44 (0)7400 123456", "+447400123456"),
        ("+4915112345678", "+4915112345678"),
        ("+12125552368", "+12125552368"),
    ],
)
def test_a_mobile_number_is_kept_as_e164(text: str, expected: str) -> None:
    assert expected == phone(text)
    assert [] == doubts(expected)


@pytest.mark.parametrize("area", ["212", "415", "555", "999"])
def test_the_numbers_of_films_are_taken_in_any_area_without_a_doubt(area: str) -> None:
    assert f"+1{area}5550100" == phone(f"+1{area}5550100")
    assert f"+1{area}5550199" == phone(f"+1{area}5550199")
    assert [] == doubts(f"+1{area}5550150")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4155550101", "+14155550101: + and the country's code"),
        ("0014155550101", "+14155550101: + and the country's code"),
        ("(415) 555-0101", "+14155550101: + and the country's code"),
        ("call me", "+14155550101: + and the country's code"),
        ("", "+14155550101: + and the country's code"),
        ("+1415555010x", "+14155550101: + and the country's code"),
        ("+1 415 555 0101 ext. 5", "+14155550101: + and the country's code"),
        ("+٤٤7400123456", "+14155550101: + and the country's code"),
        ("+999123456789", "+14155550101: + and the country's code; no country has this code"),
        ("+1415555010", "+14155550101: + and the country's code; the country has no number of this length"),
        ("+141555501011", "+14155550101: + and the country's code; the country has no number of this length"),
        ("+15555551234", "+14155550101: + and the country's code, then a number that the country has given out"),
        ("+442079460123", "a mobile's number: this is a landline's"),
        ("+498912345678", "a mobile's number: this is a landline's"),
        ("+18005550199", "a mobile's number: this one is toll-free"),
        ("+19005550199", "a mobile's number: this one has a premium rate"),
        ("+4918012345", "a mobile's number: this one shares its cost"),
    ],
)
def test_what_cannot_be_texted_is_refused(text: str, expected: str) -> None:
    assert expected == refused(text)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+919812345678", "texts from India cannot answer a page: ...5678 needs somebody else to acknowledge."),
        ("+8613812345678", "texts from China cannot answer a page: ...5678 needs somebody else to acknowledge."),
        (
            "+13459161234",
            "texts from the Cayman Islands cannot answer a page: ...1234 needs somebody else to acknowledge.",
        ),
        ("+445612345678", "...5678 is no ordinary mobile number; texts may not reach it."),
        ("+447012345678", "...5678 is no ordinary mobile number; texts may not reach it."),
    ],
)
def test_a_number_that_may_disappoint_is_taken_with_a_warning(number: str, expected: str) -> None:
    assert number == phone(number)
    assert [expected] == doubts(number)


def test_countries_are_called_by_their_codes() -> None:
    assert all(len(code) == 2 and code.isupper() for code in ONE_WAY)
    assert not {"US", "GB", "DE", "BR", "JP"} & ONE_WAY.keys()


def test_a_fault_shows_four_digits_at_most_or_words() -> None:
    assert "...0101" == shown("415-555-0101")
    assert "911" == shown("911")
    assert "call me" == shown("call me")


KNOWN = ("+14155550101", "+447400123456", "+4915112345678")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+14155550199", "+14155550199"),
        ("+1 (415) 555-0101", "+14155550101"),
        ("(415) 555-0101", "+14155550101"),
        ("1 415 555 0101", "+14155550101"),
        ("415/555.0101", "+14155550101"),
        ("07400 123456", "+447400123456"),
        ("0044 7400 123456", "+447400123456"),
        ("44 7400 123456", "+447400123456"),
        ("0151 1234 5678", "+4915112345678"),
        ("  \u202a+1\u00a0(415)\u2011555\u20110101\u202c ", "+14155550101"),
        ("+33612345678", "+33612345678"),
    ],
)
def test_a_number_is_understood_as_people_write_their_own(text: str, expected: str) -> None:
    assert expected == meant(text, KNOWN)


@pytest.mark.parametrize("text", ["", "hello", "12", "+", "++1", "+1415555010199999", "0" * 39, "٤١٥٥٥٥٠١٠١", "9" * 50])
def test_what_is_no_number_is_not_understood(text: str) -> None:
    for known in (KNOWN, ()):
        with pytest.raises(Unfit):
            meant(text, known)
