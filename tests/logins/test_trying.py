"""Which code lets somebody in, and how often it may be tried."""

import pytest

from bugglio.logins.records import Code, Login
from bugglio.logins.trying import TRIES, tried
from bugglio.roster import MINUTE

NOW = 1_000_000_000
FIRST = Code(hash="right", challenge="mine", at=NOW)
OTHERS = Code(hash="theirs", challenge="theirs", at=NOW)


def wrong(login: Login, times: int, now: int = NOW) -> Login:
    for _ in range(times):
        found = tried(login, ["mine"], ["wrong"], now)
        assert not found.right
        login = found.login
    return login


def test_the_right_code_lets_in_once() -> None:
    found = tried(Login(codes=(FIRST, OTHERS)), ["mine"], ["right"], NOW)

    assert found.right
    assert (OTHERS,) == found.login.codes
    assert not tried(found.login, ["mine"], ["right"], NOW).right


def test_after_five_tries_the_right_one_is_refused() -> None:
    assert tried(wrong(Login(codes=(FIRST,)), TRIES - 1), ["mine"], ["right"], NOW).right

    spent = wrong(Login(codes=(FIRST,)), TRIES)

    found = tried(spent, ["mine"], ["right"], NOW)
    assert (False, "all tries are used up") == (found.right, found.why)
    assert spent == found.login


@pytest.mark.parametrize(("age", "right"), [(0, True), (10 * MINUTE - 1, True), (10 * MINUTE, False)])
def test_a_code_is_good_for_ten_minutes(age: int, right: bool) -> None:  # noqa: FBT001 - what is expected
    assert right is tried(Login(codes=(FIRST,)), ["mine"], ["right"], NOW + age).right


def test_a_code_counts_in_the_browser_that_asked_for_it_alone() -> None:
    login = Login(codes=(FIRST, OTHERS))

    found = tried(login, ["theirs"], ["right"], NOW)

    assert not found.right
    assert 0 == found.login.codes[0].tries
    assert 1 == found.login.codes[1].tries
    assert login == tried(login, ["nobodys"], ["right", "theirs"], NOW).login


def test_of_two_codes_on_their_way_either_lets_in_and_a_try_is_one_of_both() -> None:
    second = Code(hash="second", challenge="mine again", at=NOW + MINUTE)
    login = Login(codes=(FIRST, second))
    both = ["mine", "mine again"]

    assert [True, True] == [tried(login, both, [one], NOW + MINUTE).right for one in ("right", "second")]
    assert () == tried(login, both, ["second"], NOW + MINUTE).login.codes
    assert [1, 1] == [one.tries for one in tried(login, both, ["wrong"], NOW + MINUTE).login.codes]
    late = wrong(Login(codes=(FIRST,)), TRIES).codes[0]
    assert not tried(Login(codes=(late, second)), both, ["right"], NOW + MINUTE).right
