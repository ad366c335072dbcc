import pytest
from werkzeug.datastructures import MultiDict

from bugglio.signature import signed
from bugglio.simulator.signing import sign

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = MultiDict(
    {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
)
GOOD = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
"""Twilio's own example, from its page on webhook security; the token is 12345."""


def test_twilios_own_example_is_accepted() -> None:
    assert signed(URL, FORM, GOOD, ["12345"])


def test_during_a_rotation_either_token_will_do() -> None:
    assert signed(URL, FORM, GOOD, ["the-next-one", "12345"])


@pytest.mark.parametrize("signature", [None, "", "x", GOOD[:-1], GOOD.lower(), "ü" * 28, GOOD + "="])
def test_any_other_signature_is_refused(signature: str | None) -> None:
    assert not signed(URL, FORM, signature, ["12345"])


@pytest.mark.parametrize("tokens", [[], [""], ["", "  "]])
def test_without_a_token_nobody_is_let_in(tokens: list[str]) -> None:
    with_the_empty_token = sign(URL, FORM.to_dict(), "")
    assert not signed(URL, FORM, with_the_empty_token, tokens)
    assert not signed(URL, FORM, GOOD, tokens)


@pytest.mark.parametrize(
    "url",
    [
        "https://mycompany.com/myapp.php?bar=2&foo=1",
        "http://mycompany.com/myapp.php?foo=1&bar=2",
        "https://mycompany.com/other?foo=1&bar=2",
        "https://mycompany.com:nine/myapp.php?foo=1&bar=2",
        "https://[broken/",
        "",
    ],
)
def test_another_address_is_refused(url: str) -> None:
    assert not signed(url, FORM, GOOD, ["12345"])


def test_a_changed_added_or_missing_field_is_refused() -> None:
    changed, added, missing = MultiDict(FORM), MultiDict(FORM), MultiDict(FORM)
    changed["Digits"] = "1235"
    added["Body"] = "ack"
    del missing["To"]

    assert not any(signed(URL, form, GOOD, ["12345"]) for form in (changed, added, missing))


def test_a_field_that_comes_twice_counts_with_both_values() -> None:
    from twilio.request_validator import RequestValidator

    form = MultiDict([("MediaUrl", "b"), ("MediaUrl", "a")])
    signature = RequestValidator("12345").compute_signature(URL, form)

    assert signed(URL, form, signature, ["12345"])
    assert not signed(URL, MultiDict([("MediaUrl", "b")]), signature, ["12345"])


def test_a_form_without_fields_can_be_signed() -> None:
    assert signed(URL, MultiDict(), sign(URL, {}, "12345"), ["12345"])
