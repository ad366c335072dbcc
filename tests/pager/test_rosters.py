"""Where the roster is kept, how often it is read, and what goes on while it cannot be."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from bugglio.pager import covers
from bugglio.pager.covers import Covers
from bugglio.pager.kit import Kit
from bugglio.pager.rosters import BOOK, KEPT, Rosters, packed
from bugglio.roster import DAY, MINUTE, Book, Cover, Engineer, Roster, Rotation, Step, Team, lone_roster, roster_of
from bugglio.simulator import Misbehaviour
from bugglio.store import ABSENT, EXISTS, Reading, Store, StoreError, Unreachable, Write
from bugglio.store.counting import Bill, CountingStore
from tests.clock import Clock
from tests.duty import on_duty
from tests.payloads import event
from tests.stage import ANA, Stage, staged

BEN = "+14155550102"


def book(*names: str, teams: int = 1) -> Book:
    """Engineers, and teams that page them in turn."""
    people = {name: Engineer(id=name, name=name.title(), phone=f"+1415555{n:04d}") for n, name in enumerate(names)}
    made = {}
    for number in range(teams):
        name = f"team-{number}"
        turns = Rotation(id="primary", engineers=tuple(names[:5]))
        steps = (Step(page=("primary",)), Step(page=tuple(names[:1])))
        made[name] = Team(id=name, steps=steps, projects=(f"project-{number}",), rotations={"primary": turns})
    return Book(engineers=people, teams=made)


def keep(store: Store, kept: Book, version: int = 1) -> None:
    """Put a book where the roster is read."""
    there = store.get([BOOK]).get(BOOK)
    store.commit([Write(BOOK, EXISTS if there else ABSENT, put={"v": 1, "version": version, "book": packed(kept)})])


class Watch:
    """The process's running time, which a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


class Failing:
    """A store that can be cut off."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.cut = False
        self.asked = 0

    def get(self, paths: Sequence[str]) -> Reading:
        self.asked += 1
        if self.cut:
            raise Unreachable("the connection broke")
        return self._store.get(paths)


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_before_a_file_is_applied_the_last_resort_is_alone(store: Store, watch: Watch) -> None:
    assert lone_roster(ANA) == Rosters(store, ANA, watch)()


def test_what_is_kept_is_the_roster(store: Store, watch: Watch) -> None:
    keep(store, book("ana", "ben"), version=7)

    found = Rosters(store, BEN, watch)()

    assert roster_of(book("ana", "ben"), BEN, (), 7) == found


def test_a_change_is_seen_within_ten_seconds_and_not_asked_for_before(store: Store, watch: Watch) -> None:
    counted = CountingStore(store)
    rosters = Rosters(counted, ANA, watch)
    keep(store, book("ana"))
    first = rosters()
    keep(store, book("ana", "ben"), version=2)
    counted.settle()

    watch.seconds += KEPT - 0.1
    assert first is rosters()
    assert Bill() == counted.settle()

    watch.seconds += 0.1
    assert ["ana", "ben", "on-duty"] == list(rosters().engineers)
    assert Bill(calls=1, reads=2) == counted.settle()


def test_it_is_the_same_object_as_long_as_nothing_changed(store: Store, watch: Watch) -> None:
    rosters = Rosters(store, ANA, watch)
    for kept in (None, book("ana"), book("ana", "ben")):
        if kept is not None:
            keep(store, kept)
            watch.seconds += KEPT
        first = rosters()
        first.memo["worked out"] = 1

        watch.seconds += KEPT

        assert first is rosters()
        assert {"worked out": 1} == rosters().memo


def test_with_a_thousand_engineers_it_costs_two_reads_each_ten_seconds(store: Store, watch: Watch) -> None:
    keep(store, book(*(f"engineer-{number}" for number in range(1_000)), teams=200))
    counted = CountingStore(store)
    rosters = Rosters(counted, ANA, watch)
    for _ in range(10):
        for _ in range(100):
            assert 1_000 == len(rosters().engineers)
        watch.seconds += KEPT

    assert Bill(calls=10, reads=20) == counted.settle()


def test_what_is_known_goes_on_until_it_is_thirty_seconds_old(sqlite: Store, watch: Watch) -> None:
    keep(sqlite, book("ana"))
    failing: Any = Failing(sqlite)
    rosters = Rosters(failing, ANA, watch)
    first = rosters()
    failing.cut = True

    watch.seconds += 29.9
    assert first is rosters()

    watch.seconds += 0.1
    with pytest.raises(StoreError, match=r"^the connection broke$"):
        rosters()

    watch.seconds += 1
    failing.cut = False
    assert first is rosters()


def test_a_store_that_failed_is_not_asked_again_for_a_second(sqlite: Store, watch: Watch) -> None:
    failing: Any = Failing(sqlite)
    failing.cut = True
    rosters = Rosters(failing, ANA, watch)
    for later, asked in ((0.0, 1), (0.9, 1), (0.2, 2)):
        watch.seconds += later
        with pytest.raises(Unreachable, match=r"^the connection broke$"):
            rosters()
        assert asked == failing.asked


@pytest.mark.parametrize("text", ["{", '{"engineers": {"ana": {"id": "ana"}}}'])
def test_a_book_that_cannot_be_read_says_so_without_what_it_holds(sqlite: Store, watch: Watch, text: str) -> None:
    sqlite.commit([Write(BOOK, ABSENT, put={"v": 9, "version": 1, "book": text})])

    with pytest.raises(Unreachable, match=r"^roster/current cannot be read: "):
        Rosters(sqlite, ANA, watch)()


class Gate:
    """A store whose readers are held until they are let go."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.inside, self.open = threading.Event(), threading.Event()
        self.asked = 0

    def get(self, paths: Sequence[str]) -> Reading:
        self.asked += 1
        self.inside.set()
        assert self.open.wait(10)
        return self._store.get(paths)


def together(work: Callable[[], Roster], count: int) -> tuple[list[threading.Thread], list[Roster]]:
    """Threads at the same work, and what they found."""
    found: list[Roster] = []
    threads = [threading.Thread(target=lambda: found.append(work())) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, found


def test_one_thread_reads_and_the_others_wait_for_it(sqlite: Store, watch: Watch) -> None:
    gate: Any = Gate(sqlite)
    threads, found = together(Rosters(gate, ANA, watch), 8)
    assert gate.inside.wait(10)

    gate.open.set()
    for thread in threads:
        thread.join(10)

    assert 1 == gate.asked
    assert 8 == len(found)
    assert all(one is found[0] for one in found)


def test_who_knows_a_roster_does_not_wait_for_another_thread_that_reads(sqlite: Store, watch: Watch) -> None:
    gate: Any = Gate(sqlite)
    gate.open.set()
    rosters = Rosters(gate, ANA, watch)
    first = rosters()
    watch.seconds += KEPT
    gate.open.clear()
    gate.inside.clear()
    threads, found = together(rosters, 1)
    assert gate.inside.wait(10)

    assert first is rosters()

    gate.open.set()
    threads[0].join(10)
    assert [first] == found


def cover(key: str = "c1", **more: Any) -> Cover:
    """Ben instead of whoever it is, for a while."""
    values = {"team": "team-0", "rotation": "primary", "start": 0, "end": 10**13, "engineer": "ben", "made": 5}
    return Cover(id=key, **{**values, **more})


@pytest.fixture
def kit(store: Store) -> Kit:
    unused: Any = None
    return Kit(store, unused, lambda: lone_roster(ANA), lambda *_: None)


def test_peoples_own_overrides_come_with_the_roster(kit: Kit, watch: Watch) -> None:
    keep(kit.store, book("ana", "ben"))
    rosters = Rosters(kit.store, ANA, watch)
    assert () == rosters().covers

    Covers(kit).add(cover())
    Covers(kit).add(cover("c2", engineer=None, by="ana"))
    Covers(kit).add(cover("c1", end=10**13 + 1))
    watch.seconds += KEPT
    assert (cover("c2", engineer=None, by="ana"), cover("c1", end=10**13 + 1)) == rosters().covers

    Covers(kit).remove("c2")
    Covers(kit).remove("c3")
    watch.seconds += KEPT
    assert (cover("c1", end=10**13 + 1),) == rosters().covers

    Covers(kit).remove("c1")
    watch.seconds += KEPT
    assert () == rosters().covers


def test_an_override_of_what_is_gone_is_none(kit: Kit, watch: Watch) -> None:
    keep(kit.store, book("ana", "ben"))
    for one in (
        cover("c1", team="gone"),
        cover("c2", rotation="gone"),
        cover("c3", engineer="gone"),
        cover("c4", rotation="", engineer=None),
    ):
        Covers(kit).add(one)

    assert ["c4"] == [one.id for one in Rosters(kit.store, ANA, watch)().covers]


def test_overrides_long_over_make_room(kit: Kit, clock: Clock) -> None:
    now = clock.now()
    Covers(kit).add(cover("c1", end=now))
    clock.advance(days=89)
    Covers(kit).add(cover("c2", end=now + 100 * DAY))
    assert ["c1", "c2"] == [one.id for one in covers.covers_in(kit.store.get([covers.PATH]))]

    clock.advance(days=1)
    Covers(kit).add(cover("c3", end=now + 100 * DAY))
    assert ["c2", "c3"] == [one.id for one in covers.covers_in(kit.store.get([covers.PATH]))]


def test_the_most_overrides_and_the_largest_ids_fit_into_their_document(kit: Kit) -> None:
    long = "x" * 40
    many = tuple(
        cover(f"{number:016d}", team=long, rotation=long, engineer=long, by=long) for number in range(covers.MOST)
    )
    kit.store.commit([covers.kept(None, many)])
    Covers(kit).add(cover("one more", end=10**13 + MINUTE))

    found = covers.covers_in(kit.store.get([covers.PATH]))

    assert (covers.MOST, "one more") == (len(found), found[-1].id)


@pytest.fixture
def crowded(sqlite: Any, clock: Clock) -> Iterator[tuple[Stage, CountingStore]]:
    """A pager of 1,000 engineers and 200 teams, with 100,000 closed alerts."""
    keep(sqlite, book(*(f"engineer-{number}" for number in range(1_000)), teams=200))
    fill(sqlite, clock.now())
    counted = CountingStore(sqlite)
    with staged(counted, clock) as stage:
        stage.use_the_store()
        yield stage, counted


def fill(sqlite: Any, now: int) -> None:
    """Put 100,000 closed alerts into the file."""
    rows = (
        (f"closed-{n:06d}", 1, f'{{"v":1,"mark":"m","team":"team-{n % 200}","state":"closed","closed_at":{now - n}}}')
        for n in range(100_000)
    )
    with sqlite._writing() as connection:
        connection.executemany("INSERT INTO alerts VALUES (?, ?, ?)", rows)


def costs(stage: Stage, counted: CountingStore) -> list[Bill]:
    """What two new alerts and an idle tick cost, each by an instance that knows the roster."""
    stage.webhook(event(project={"id": "p", "name": "project-3"}))
    stage.tick()
    counted.settle()
    stage.webhook(event(project={"id": "p", "name": "project-3"}, error={"errorId": "another"}))
    new = counted.settle()
    stage.tick()
    return [new, counted.settle()]


@pytest.mark.slow
def test_a_crowd_and_its_history_cost_a_new_alert_and_an_idle_tick_nothing_more(
    crowded: tuple[Stage, CountingStore], tmp_path: Any, clock: Clock
) -> None:
    from bugglio.store.sqlite import SqliteStore

    alone = CountingStore(SqliteStore(tmp_path / "alone.db", clock.now))
    keep(alone, book("engineer-0", teams=4))
    with staged(alone, clock) as stage:
        stage.use_the_store()
        expected = costs(stage, alone)
    alone.close()

    found = costs(*crowded)

    assert expected == found
    assert 5 >= found[1].reads


CY = "+14155550103"
BOTH = {"ben": Engineer("ben", "Ben Ode", BEN), "cy": Engineer("cy", "Cy Aoki", CY)}


def shop(*names: str) -> Book:
    """A team that pages these people one after another."""
    steps = tuple(Step((name,), again=0) for name in names)
    return Book({name: BOTH[name] for name in names}, {"shop": Team("shop", steps, projects=("*",))})


@pytest.mark.parametrize("known", [Book(BOTH), shop("ben")], ids=["not the team", "not the next person"])
def test_an_alert_newer_than_the_roster_that_an_instance_knows_goes_on_as_it_began(tmp_path: Any, known: Book) -> None:
    with on_duty(tmp_path, "stale") as duty:
        duty.apply(known)
        duty.tick(instance=1)
        duty.stage.clock.advance(seconds=5)
        duty.apply(shop("ben", "cy"))
        duty.apps[0].works.kit.forget_roster()
        duty.misbehave(Misbehaviour("undelivered", number=BEN, times=1, code=30003))
        duty.webhook(event())

        # That Ben's phone is off is told to the instance that knows less.
        duty.stage.app = duty.apps[1]
        duty.stage.simulator.settle()

        assert ["#"] == [text[:1] for text in duty.stage.simulator.texts(CY) if "Pages from" not in text]
        [alert] = duty.stage.alerts()
        assert ["cy"] == alert["waits_for"]
