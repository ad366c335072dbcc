"""How long somebody stays logged in, and what ends it."""

from bugglio.logins import lasting
from bugglio.logins.records import Code, Device, Link, Login, Session, dump, load
from bugglio.roster import MINUTE

NOW = 1_000_000_000


def session(id_: str, at: int = NOW, who: str = "ana") -> Session:
    return Session(id=id_, who=who, at=at, until=at + lasting.LASTS, device=f"device of {id_}")


def test_a_session_lasts_twelve_hours_and_is_its_owners_alone() -> None:
    login = lasting.begun(Login(), session("a"))

    assert (session("a"),) == lasting.held(login, {"ana"}, NOW + 12 * 60 * MINUTE - 1)
    assert () == lasting.held(login, {"ana"}, NOW + 12 * 60 * MINUTE)
    assert () == lasting.held(login, {"ben"}, NOW)


def test_the_newest_sessions_and_browsers_are_kept() -> None:
    login = Login()
    for n in range(100):
        login = lasting.begun(login, session(str(n), NOW + n), Device(id=str(n), at=NOW))

    assert [str(n) for n in range(80, 100)] == [one.id for one in login.sessions]
    assert [str(n) for n in range(90, 100)] == [one.id for one in login.devices]


def test_logging_out_leaves_the_browser_known_and_ending_it_from_elsewhere_does_not() -> None:
    device = Device(id="device of a", at=NOW)
    login = lasting.begun(lasting.begun(Login(), session("b")), session("a"), device)

    assert ((session("b"),), (device,)) == (lasting.ended(login, "a").sessions, lasting.ended(login, "a").devices)
    assert ((session("b"),), ()) == (lasting.forgotten(login, "a").sessions, lasting.forgotten(login, "a").devices)
    assert login == lasting.forgotten(login, "none")


def whole(at: int) -> Login:
    return Login(
        sessions=(session("a", at),),
        devices=(Device(id="d", at=at),),
        codes=(Code(hash="h", challenge="c", at=at),),
        asked=(at,),
        link=Link(id="l", who="ana", at=at),
    )


def test_all_is_ended_but_what_was_asked_counts_on() -> None:
    assert Login(asked=(NOW,)) == lasting.all_ended(whole(NOW))


def test_what_began_before_somebody_left_is_ended_and_what_came_later_is_not() -> None:
    assert Login(asked=(NOW,)) == lasting.only_after(whole(NOW), NOW)
    assert whole(NOW) == lasting.only_after(whole(NOW), NOW - 1)


def test_a_link_is_good_for_ten_minutes() -> None:
    assert lasting.linked(whole(NOW), "l", NOW + 10 * MINUTE - 1) is not None
    assert lasting.linked(whole(NOW), "l", NOW + 10 * MINUTE) is None
    assert lasting.linked(whole(NOW), "another", NOW) is None
    assert lasting.linked(Login(), "l", NOW) is None


def test_it_is_read_back_as_it_was_kept() -> None:
    assert whole(NOW) == load(dump(whole(NOW)))
    assert Login() == load(None)
