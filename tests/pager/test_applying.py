"""The roster becomes another, all or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from bugglio.pager.applying import LARGEST, LINES, Applying, Planned, Refused
from bugglio.pager.covers import Covers, covers_in
from bugglio.pager.departures import CHANGED
from bugglio.pager.kit import Kit
from bugglio.pager.rosters import APPLIED, BOOK, book_in, version_in
from bugglio.pager.wellbeing.pulse import PULSE, beat
from bugglio.roster import Book, Cover, lone_roster
from bugglio.rosterfile import read, write
from bugglio.store import BY_ID, Store, Write, Written
from bugglio.store.counting import CountingStore
from tests.clock import Clock
from tests.faults import Fault, FaultyStore
from tests.stage import ANA

FILE = """
engineers:
  ben: {name: Ben Ode, phone: "+14155550102"}
  carla: {name: Carla Po, phone: "+14155550103"}
teams:
  shop:
    rotations:
      primary:
        engineers: [ben, carla]
        starts: 2026-01-05T09:00
    overrides:
      - {rotation: primary, from: 2026-02-01T09:00, to: 2026-02-02T09:00, engineer: ben}
    steps:
      - {page: [primary]}
"""
BOOK_OF_FILE = read(FILE).book
RENAMED = read(FILE.replace("Ben Ode", "Ben Odell")).book
WITHOUT_BEN = read(
    FILE.replace('  ben: {name: Ben Ode, phone: "+14155550102"}\n', "")
    .replace("[ben, carla]", "[carla]")
    .replace("engineer: ben", "engineer: nobody")
).book


@pytest.fixture
def told() -> list[str]:
    """The troubles that were told."""
    return []


@pytest.fixture
def kit(store: Store, told: list[str]) -> Kit:
    unused: Any = None
    return Kit(store, unused, lambda: lone_roster(ANA), lambda error, where: told.append(f"{where}: {error}"))


def apply(kit: Kit, book: Book, **more: str) -> Planned:
    """Apply a book, and what was planned."""
    applying = Applying(kit)
    planned = applying.plan(book)
    applying.apply(planned, "lee", **more)
    return planned


def kept(store: Store) -> tuple[int, Book | None]:
    """The version, and the book as its file would be read."""
    reading = store.get([BOOK])
    found = book_in(reading)
    return version_in(reading), read(write(found)).book if found is not None else None


def changes(store: Store) -> list[dict[str, Any]]:
    """All that is kept of who changed the roster, oldest first."""
    return [dict(one.fields) for one in store.query("changes", BY_ID)]


def test_what_a_file_says_is_kept_and_who_applied_it(kit: Kit, clock: Clock) -> None:
    planned = apply(kit, read('engineers:\n  ben: {name: Ben Ode, phone: "+14155550102"}\nteams: {}').book)

    lines = ["engineer ben: new, Ben Ode, phone ...0102"]
    told = {"v": 1, "at": clock.now(), "who": "lee", "how": "apply", "what": lines, "version": 1}
    assert (lines, [told]) == (list(planned.lines), changes(kit.store))
    assert 1 == kept(kit.store)[0]


def test_each_change_is_one_version_more(kit: Kit) -> None:
    for version, book in enumerate((BOOK_OF_FILE, RENAMED, BOOK_OF_FILE), start=1):
        assert version == Applying(kit).apply(Applying(kit).plan(book), "lee")
        assert (version, book) == kept(kit.store)

    assert ["00000001", "00000002", "00000003"] == [one.id for one in kit.store.query("changes", BY_ID)]
    assert ["engineer ben: name Ben Ode -> Ben Odell"] == changes(kit.store)[1]["what"]


def test_a_file_that_changes_nothing_writes_nothing(store: Store, kit: Kit) -> None:
    apply(kit, BOOK_OF_FILE)
    counted = CountingStore(store)
    applying = Applying(replace(kit, store=counted))

    planned = applying.plan(read(write(BOOK_OF_FILE)).book)

    assert ((), 1) == (planned.lines, applying.apply(planned, "lee"))
    assert 0 == counted.bill.writes


def test_another_order_is_kept_too(kit: Kit) -> None:
    apply(kit, BOOK_OF_FILE)
    turned = msgspec.structs.replace(BOOK_OF_FILE, engineers=dict(reversed(BOOK_OF_FILE.engineers.items())))

    assert ("the order of what is in it",) == apply(kit, turned).lines

    found = book_in(kit.store.get([BOOK]))
    assert found is not None
    assert ["carla", "ben"] == list(found.engineers)


def test_nobody_and_nothing_can_be_applied_before_anything_else(kit: Kit) -> None:
    assert Book() == Applying(kit).current()

    assert ("nobody and nothing, for the first time",) == apply(kit, Book()).lines

    assert (1, Book()) == kept(kit.store)
    assert () == apply(kit, Book()).lines


def overrides(kit: Kit) -> list[tuple[str | None, int]]:
    """Whom the planned overrides name, and when they were first applied."""
    return [(one.engineer, one.made) for one in Applying(kit).current().teams["shop"].overrides]


def test_an_override_is_as_old_as_its_first_apply(kit: Kit, clock: Clock) -> None:
    first = clock.now()
    apply(kit, BOOK_OF_FILE)
    second = clock.advance(minutes=5)
    line = "      - {rotation: primary, from: 2026-02-01T09:00, to: 2026-02-02T09:00, engineer: ben}\n"

    apply(kit, read(FILE.replace(line, line.replace("ben", "carla") + line + line)).book)

    assert [("carla", second), ("ben", first), ("ben", second)] == overrides(kit)


def test_an_override_that_comes_back_is_new(kit: Kit, clock: Clock) -> None:
    apply(kit, BOOK_OF_FILE)
    without = msgspec.structs.replace(BOOK_OF_FILE.teams["shop"], overrides=())
    apply(kit, msgspec.structs.replace(BOOK_OF_FILE, teams={"shop": without}))
    later = clock.advance(minutes=5)

    apply(kit, BOOK_OF_FILE)

    assert [("ben", later)] == overrides(kit)


def test_peoples_own_overrides_stay_unless_what_they_refer_to_is_gone(kit: Kit, clock: Clock) -> None:
    apply(kit, BOOK_OF_FILE)
    for key, who in (("c1", "ben"), ("c2", "carla")):
        Covers(kit).add(Cover(key, "shop", "primary", clock.now(), clock.now() + 3_600_000, who, clock.now(), who))

    planned = apply(kit, WITHOUT_BEN)

    said = "ben's own override of shop primary from 2026-02-02 09:00 to 2026-02-02 10:00 UTC ends: engineer ben is gone"
    assert said == planned.lines[-1]
    assert ["c2"] == [one.id for one in covers_in(kit.store.get(["overrides/current"]))]
    assert () == apply(kit, WITHOUT_BEN).lines


def test_what_others_changed_since_is_listed_until_a_file_is_applied(kit: Kit) -> None:
    apply(kit, BOOK_OF_FILE)
    apply(kit, RENAMED, how="admin page")
    apply(kit, WITHOUT_BEN, how="admin page")

    planned = apply(kit, RENAMED)

    # Ben left, and is back under another name than the file had last.
    assert "engineer ben: gone" in planned.changed_since
    assert ["apply", "admin page", "admin page", "apply"] == [one["how"] for one in changes(kit.store)]
    assert () == apply(kit, BOOK_OF_FILE).changed_since


def test_the_file_that_says_what_others_changed_ends_it(kit: Kit) -> None:
    apply(kit, BOOK_OF_FILE)
    apply(kit, RENAMED, how="admin page")

    planned = apply(kit, RENAMED)

    assert ((), ("engineer ben: name Ben Ode -> Ben Odell",)) == (planned.lines, planned.changed_since)
    assert () == apply(kit, BOOK_OF_FILE).changed_since
    assert "book" not in kit.store.get([APPLIED]).documents[APPLIED].fields


def test_of_two_at_once_the_second_is_told(kit: Kit) -> None:
    apply(kit, BOOK_OF_FILE)
    applying = Applying(kit)
    second = applying.plan(WITHOUT_BEN)
    apply(kit, RENAMED)

    with pytest.raises(Refused) as refused:
        applying.apply(second, "lee")

    assert "Somebody made it version 2 meanwhile; nothing was changed. Apply the file again." == str(refused.value)
    assert (2, RENAMED) == kept(kit.store)


def test_a_reply_that_was_lost_is_no_failure_and_no_second_change(kit: Kit) -> None:
    fault = Fault(at=2, after=True, kills=False)
    applying = Applying(replace(kit, store=FaultyStore(kit.store, fault)))

    assert 1 == applying.apply(applying.plan(BOOK_OF_FILE), "lee")

    assert fault.struck
    assert [1] == [one["version"] for one in changes(kit.store)]


class Busy:
    """A store on which something else is written just before the first commit."""

    def __init__(self, store: Store, before: Callable[[], None]) -> None:
        self._store = store
        self._before = before
        self._first = True
        self.get = store.get
        self.query = store.query

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        if self._first:
            self._first = False
            self._before()
        return self._store.commit(writes)


def test_a_tick_in_between_is_no_reason_to_refuse(kit: Kit, clock: Clock) -> None:
    apply(kit, BOOK_OF_FILE)

    def tick() -> None:
        beat(kit, kit.store.get([PULSE]).get(PULSE), clock.now())

    busy: Any = Busy(kit.store, tick)
    applying = Applying(replace(kit, store=busy))

    assert 2 == applying.apply(applying.plan(WITHOUT_BEN), "lee")

    assert {"v", "at", CHANGED, f"{CHANGED}_at"} <= kit.store.get([PULSE]).documents[PULSE].fields.keys()


def test_what_follows_is_left_to_the_tick_when_the_store_fails_after_the_commit(kit: Kit, told: list[str]) -> None:
    apply(kit, BOOK_OF_FILE)
    applying = Applying(replace(kit, store=FaultyStore(kit.store, Fault(at=3, kills=False))))

    assert 2 == applying.apply(applying.plan(WITHOUT_BEN), "lee")

    assert ["after a change of the roster: the connection broke"] == told
    assert CHANGED in kit.store.get([PULSE]).documents[PULSE].fields


def test_there_is_an_end_to_what_can_be_kept(kit: Kit) -> None:
    people = {f"e{n}": msgspec.structs.replace(BOOK_OF_FILE.engineers["ben"], id=f"e{n}") for n in range(15_000)}

    with pytest.raises(Refused) as refused:
        Applying(kit).plan(Book(engineers=people))

    said = str(refused.value)
    assert said.endswith(f" bytes where there is room for {LARGEST}; nothing was changed.")
    assert said.startswith("The roster takes 1")


def test_the_largest_book_fits_into_its_document(kit: Kit) -> None:
    people = {f"e{n}": msgspec.structs.replace(BOOK_OF_FILE.engineers["ben"], id=f"e{n}") for n in range(10_000)}
    book = Book(engineers=people)

    planned = apply(kit, book)

    assert (10_000, book) == (len(planned.lines), Applying(kit).current())
    assert ["engineer e0: new, Ben Ode, phone ...0102", "and 9800 more"] == [
        changes(kit.store)[0]["what"][0],
        changes(kit.store)[0]["what"][LINES],
    ]


def test_a_plan_changes_nothing(store: Store, kit: Kit) -> None:
    counted = CountingStore(store)

    Applying(replace(kit, store=counted)).plan(BOOK_OF_FILE)

    assert (0, None) == kept(store)
    assert 0 == counted.bill.writes
