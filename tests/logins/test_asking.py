"""How many codes go to a phone."""

from bugglio.logins.asking import CODES, CODES_A_DAY, asked
from bugglio.logins.records import Code, Device, Login
from bugglio.roster import DAY, HOUR, MINUTE

NOW = 1_000 * HOUR
HOME = Device(id="home", at=0)


def code(at: int, challenge: str = "c") -> Code:
    return Code(hash=f"{challenge} {at}", challenge=challenge, at=at)


def after(login: Login, times: int, device: str = "", now: int = NOW) -> Login | None:
    """The phone after so many codes, one a minute."""
    found: Login | None = login
    for n in range(times):
        assert found is not None
        known = next((one for one in found.devices if one.id == device), None)
        found = asked(found, code(now + n * MINUTE), known, now + n * MINUTE)
    return found


def test_three_codes_an_hour_go_to_a_phone() -> None:
    spent = after(Login(), CODES)

    assert spent is not None
    assert asked(spent, code(NOW + HOUR - 1), None, NOW + HOUR - 1) is None
    assert asked(spent, code(NOW + HOUR), None, NOW + HOUR) is not None


def test_a_known_browser_has_codes_of_its_own_whatever_strangers_ask() -> None:
    spent = after(Login(devices=(HOME, Device(id="work", at=0))), CODES)
    assert spent is not None

    own = after(spent, CODES, "home")

    assert own is not None
    assert own.asked == spent.asked
    assert asked(own, code(NOW), own.devices[0], NOW + 5 * MINUTE) is None
    assert after(own, CODES, "work") is not None


def test_twelve_codes_a_day_go_to_a_phone() -> None:
    login = Login()
    for hour in range(CODES_A_DAY // CODES):
        found = after(login, CODES, now=NOW + hour * HOUR)
        assert found is not None
        login = found

    assert asked(login, code(NOW + 23 * HOUR), None, NOW + DAY - 1) is None
    assert asked(login, code(NOW + DAY), None, NOW + DAY) is not None
    assert CODES_A_DAY == len(login.asked)


def test_codes_that_are_too_old_are_not_kept() -> None:
    first = asked(Login(), code(NOW), None, NOW)
    assert first is not None

    second = asked(first, code(NOW + 10 * MINUTE), None, NOW + 10 * MINUTE)

    assert second is not None
    assert [code(NOW + 10 * MINUTE)] == list(second.codes)
