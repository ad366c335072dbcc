from twilio.request_validator import RequestValidator

from bugglio.simulator.signing import sign


def test_twilios_own_example() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }

    assert "RSOYDt4T1cUTdK1PDd93/VVr8B8=" == sign("https://mycompany.com/myapp.php?foo=1&bar=2", form, "12345")


def test_twilios_library_agrees_on_any_text() -> None:
    url, form = "https://bugglio.test/sms?a=%20b", {"Body": "größe 🛒 & =\n", "From": "+14155550101", "Empty": ""}

    assert RequestValidator("token").validate(url, form, sign(url, form, "token"))
