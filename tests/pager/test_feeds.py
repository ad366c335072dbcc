"""The addresses of calendar feeds: made once, renewed on demand, and nothing to whoever guesses."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn

import pytest
from icalendar import Calendar

from bugglio.pager.feeds import Feeds, Owner
from bugglio.pager.kit import Kit
from bugglio.roster import Roster
from bugglio.store import ABSENT, Store, Unreachable, Write
from tests.faults import Fault, FaultyStore
from tests.turns import roster

SECRET = "[A-Za-z0-9_-]{32}"


class Silent:
    """A carrier that nobody may ask: a calendar sends nothing."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(name)


class Counted:
    """A store that remembers what was asked of it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked: list[tuple[str, int]] = []

    def __getattr__(self, name: str) -> Any:
        def asked(things: Any) -> Any:
            self.asked.append((name, len(things)))
            return getattr(self._store, name)(things)

        return asked


class Overtaken:
    """A store on which somebody else is first, once, with a commit."""

    def __init__(self, store: Store, meanwhile: Callable[[], None]) -> None:
        self._store = store
        self._meanwhile = [meanwhile]

    def __getattr__(self, name: str) -> Any:
        if name == "commit" and self._meanwhile:
            self._meanwhile.pop()()
        return getattr(self._store, name)


def feeds(store: Any, people: Roster | None = None) -> Feeds:
    crew = people or roster()
    return Feeds(Kit(store, Silent(), lambda: crew, lambda *_: None, draw=random.Random(417)))


def secret(path: str) -> str:
    """What an address ends with."""
    return path.rpartition("/")[2].removesuffix(".ics")


def without(crew: Roster, name: str) -> Roster:
    """The roster after somebody, or a team, has left."""
    return replace(
        crew,
        engineers={key: one for key, one in crew.engineers.items() if key != name},
        teams={key: one for key, one in crew.teams.items() if key != name},
    )


@pytest.mark.parametrize(("kind", "id_"), [("engineer", "ana"), ("team", "shop")])
def test_an_address_is_made_once_and_leads_to_the_feed(store: Store, kind: str, id_: str) -> None:
    path = feeds(store).address_path(kind, id_)

    assert f"/admin/calendar/{kind}/{id_}/{secret(path)}.ics" == path
    assert 32 == len(secret(path))
    assert path == feeds(store).address_path(kind, id_)
    body = feeds(store).body(kind, id_, secret(path))
    assert body is not None
    assert "On call: " in str(Calendar.from_ical(body.content)["X-WR-CALNAME"])


def test_what_is_found_is_written_at_the_stores_time(sqlite: Store) -> None:
    body = feeds(sqlite).body("engineer", "ana", secret(feeds(sqlite).address_path("engineer", "ana")))

    assert body is not None
    assert b"DTSTAMP:20260202T090000Z\r\n" in body.content


def test_no_two_addresses_have_one_secret(sqlite: Store) -> None:
    owners = feeds(sqlite).owners()

    paths = feeds(sqlite).address_paths(owners)

    assert [("engineer", "ana"), ("engineer", "ben"), ("engineer", "cleo"), ("team", "shop")] == [
        (owner.kind, owner.id) for owner in owners
    ]
    assert 4 == len({secret(path) for path in paths})


def test_after_a_renewal_only_the_new_address_leads_anywhere(store: Store) -> None:
    before = feeds(store).address_path("engineer", "ana")
    other = feeds(store).address_path("engineer", "ben")

    after = feeds(store).renew("engineer", "ana")

    assert after == feeds(store).address_path("engineer", "ana")
    assert feeds(store).body("engineer", "ana", secret(before)) is None
    assert feeds(store).body("engineer", "ana", secret(after)) is not None
    assert other == feeds(store).address_path("engineer", "ben")


def test_an_address_can_be_renewed_before_anybody_has_asked_for_it(sqlite: Store) -> None:
    path = feeds(sqlite).renew("team", "shop")

    assert path == feeds(sqlite).address_path("team", "shop")


def test_what_else_is_kept_of_an_engineer_stays(sqlite: Store) -> None:
    sqlite.commit([Write("engineers/ana", ABSENT, put={"v": 1, "other": "x"})])

    feeds(sqlite).address_path("engineer", "ana")
    feeds(sqlite).renew("engineer", "ana")

    found = sqlite.get(["engineers/ana"]).get("engineers/ana")
    assert found is not None
    assert {"v", "other", "calendar"} == set(found.fields)


@pytest.mark.parametrize(
    ("kind", "id_"),
    [
        ("engineer", "zoe"),
        ("engineer", "shop"),
        ("team", "ana"),
        ("team", "on-duty"),
        ("engineer", "__a__"),
        ("engineer", ".."),
        ("engineer", "-"),
        ("engineer", "a" * 5_000),
        ("engineer", "ä\ud800"),
        ("person", "ana"),
    ],
)
def test_there_is_nothing_where_nobody_is(store: Store, kind: str, id_: str) -> None:
    good = secret(feeds(store).address_path("engineer", "ana"))

    assert feeds(store).body(kind, id_, good) is None


@pytest.mark.parametrize("wrong", ["", "x", "x" * 32, "x" * 31 + "ä", "\ud800" * 32])
def test_there_is_nothing_for_another_secret(sqlite: Store, wrong: str) -> None:
    feeds(sqlite).address_path("engineer", "ana")

    assert feeds(sqlite).body("engineer", "ana", wrong) is None


def test_who_has_no_address_yet_has_none_that_could_be_guessed(sqlite: Store) -> None:
    assert feeds(sqlite).body("engineer", "ana", "x" * 32) is None
    assert sqlite.get(["engineers/ana"]).get("engineers/ana") is None


@pytest.mark.parametrize(("kind", "id_"), [("engineer", "ben"), ("team", "shop")])
def test_who_has_left_the_roster_has_no_feed(sqlite: Store, kind: str, id_: str) -> None:
    path = feeds(sqlite).address_path(kind, id_)
    left = feeds(sqlite, without(roster(), id_))

    assert left.body(kind, id_, secret(path)) is None
    with pytest.raises(KeyError):
        left.address_path(kind, id_)
    with pytest.raises(KeyError):
        left.renew(kind, id_)


@pytest.mark.parametrize("id_", ["ana", "ben", "zoe", "Zoë", "a" * 5_000])
def test_a_guess_costs_one_read_whoever_it_is_about(sqlite: Store, id_: str) -> None:
    feeds(sqlite).address_path("engineer", "ana")
    store = Counted(sqlite)

    assert feeds(store).body("engineer", id_, "x" * 32) is None
    assert [("get", 1)] == store.asked


def test_what_could_be_no_secret_costs_nothing(sqlite: Store) -> None:
    store = Counted(sqlite)

    assert feeds(store).body("engineer", "ana", "favicon") is None
    assert [] == store.asked


def test_of_two_who_ask_first_at_once_both_get_the_same(store: Store) -> None:
    first: list[str] = []
    overtaken = Overtaken(store, lambda: first.append(feeds(store).address_path("engineer", "ana")))

    assert [feeds(overtaken).address_path("engineer", "ana")] == first


def test_many_addresses_are_made_in_few_round_trips(sqlite: Store) -> None:
    crew = roster()
    many = replace(crew, engineers={f"e{n}": crew.engineers["ana"] for n in range(1_000)})
    store = Counted(sqlite)
    owners = [Owner("engineer", one) for one in many.engineers]

    paths = feeds(store, many).address_paths(owners)

    assert 1_000 == len(set(paths))
    assert [("get", 400), ("commit", 400)] * 2 + [("get", 200), ("commit", 200)] == store.asked
    assert paths == feeds(store, many).address_paths(owners)


@pytest.mark.parametrize("after", [False, True])
def test_without_the_store_it_says_so_and_an_address_is_not_given_twice(sqlite: Store, *, after: bool) -> None:
    broken = FaultyStore(sqlite, Fault(1, after=after, kills=False))

    with pytest.raises(Unreachable):
        feeds(broken).address_path("engineer", "ana")

    assert feeds(sqlite).address_path("engineer", "ana") == feeds(sqlite).address_path("engineer", "ana")
