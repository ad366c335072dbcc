"""Codes, links and sessions: what lets in, how often it may be tried by how many at once, and what ends it."""

import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import msgspec
import pytest

from bugglio import page as pages
from bugglio.delivery import Accepted, Logged, NotSent, Outcome
from bugglio.logins import addresses, records
from bugglio.logins.trying import TRIES
from bugglio.pager.claiming import Claims
from bugglio.pager.kit import Deadline, Kit
from bugglio.pager.logins import Caller, Codes, Crowded, Entered, Links, Logins
from bugglio.pager.logins.sessions import end_before
from bugglio.pager.outcomes import Outcomes
from bugglio.pager.ports import Outgoing
from bugglio.pager.sending import Sender
from bugglio.pager.steps import Steps
from bugglio.phone import phone_id
from bugglio.roster import Engineer, Roster
from bugglio.store import Store, Unreachable
from tests.clock import Clock
from tests.entry import begin
from tests.faults import Fault, FaultyStore
from tests.logbook import labels, logged
from tests.turns import PEOPLE, roster

ANA, BEN = PEOPLE["ana"].phone, PEOPLE["ben"].phone
STRANGER = "+447400123456"
KEYS = ("key-of-the-tests",)


@dataclass
class Texts:
    """A carrier that takes all, or fails; it keeps the bodies."""

    fails: bool = False
    bodies: list[str] = field(default_factory=list)

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        assert 0 < patience <= 2
        assert fresh()
        if self.fails:
            return NotSent("no route")
        self.bodies.append(text.body)
        return Accepted(f"SM{len(self.bodies):032}", "queued")

    def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
        raise AssertionError((to, spoken))


@dataclass
class Entrance:
    """Where people log in, and a stranger tries to."""

    store: Any
    people: Roster = field(default_factory=roster)
    texts: Texts = field(default_factory=Texts)
    keys: tuple[str, ...] = KEYS
    troubles: list[str] = field(default_factory=list)

    def kit(self, store: Any = None) -> Kit:
        draw = random.Random(417)
        alarm = self._alarm
        return Kit(store or self.store, self.texts, lambda: self.people, alarm, uptime=lambda: 0.0, draw=draw)

    def codes(self, store: Any = None) -> Codes:
        kit = self.kit(store)
        return Codes(kit, Sender(kit, Claims(kit), Outcomes(kit, Steps(kit))), self.keys)

    def ask(self, number: str = ANA, address: str = "192.0.2.1", device: str = "", store: Any = None) -> str:
        """The challenge."""
        return self.codes(store).ask(number, Caller(address, device), Deadline(2.0, lambda: 0.0))

    def enter(
        self, challenge: str, code: str, number: str = ANA, address: str = "192.0.2.1", store: Any = None
    ) -> Entered | None:
        return self.codes(store).enter(phone_id(number), [challenge], code, Caller(address, browser="Firefox"))

    @property
    def code(self) -> str:
        """The latest that was texted."""
        return self.texts.bodies[-1][:6]

    def login(self, number: str = ANA) -> records.Login:
        where = records.path(phone_id(number))
        found = self.store.get([where]).get(where)
        return records.load(found.fields if found is not None else None)

    def _alarm(self, error: BaseException, where: str) -> None:
        self.troubles.append(f"{where}: {error!r}")


def others(code: str, count: int) -> list[str]:
    """Codes that are not this one."""
    return [f"{(int(code) + n) % 1_000_000:06}" for n in range(1, count + 1)]


def refusals(lines: Sequence[dict[str, Any]]) -> Counter[str]:
    """Why nobody was let in."""
    return Counter(line["reason"] for line in lines if line["event"] == "login-refused")


# A code.


def test_a_code_goes_by_one_text_and_lets_in(store: Store) -> None:
    desk = Entrance(store)

    challenge = desk.ask()

    assert re.fullmatch(r"\d{6} is your bugglio code, good for 10 minutes\. .*", desk.texts.bodies[0])
    assert 160 >= len(desk.texts.bodies[0])
    entered = desk.enter(challenge, desk.code)
    assert entered is not None
    assert "ana" == entered.who.id
    found = Logins(desk.kit()).session("ana", entered.secret)
    assert found is not None
    assert "ana" == found.who.id
    assert [] == desk.troubles


def test_nothing_that_lets_anybody_in_is_kept_but_in_the_text(sqlite: Store) -> None:
    desk = Entrance(sqlite)
    challenge = desk.ask()
    code = desk.code
    before = str(records.dump(desk.login()))

    entered = desk.enter(challenge, code)

    assert entered is not None
    after = str(records.dump(desk.login()))
    for secret in (challenge, entered.secret, entered.device):
        assert secret not in before + after
    assert code not in re.sub(r"[0-9a-f]{64}", "", before).replace("1770", "")


def test_a_code_works_once_and_in_its_browser_alone(store: Store) -> None:
    desk = Entrance(store)
    challenge = desk.ask()
    theirs = desk.ask(BEN)

    assert desk.enter(theirs, desk.code, ANA) is None
    assert desk.enter("made up", desk.texts.bodies[0][:6]) is None
    assert desk.enter(challenge, desk.texts.bodies[0][:6]) is not None
    assert desk.enter(challenge, desk.texts.bodies[0][:6]) is None
    assert desk.enter(theirs, desk.texts.bodies[1][:6], BEN) is not None


def test_a_code_is_too_old_after_ten_minutes(sqlite: Store, clock: Clock) -> None:
    desk = Entrance(sqlite)
    challenge = desk.ask()
    clock.advance(minutes=10)

    assert desk.enter(challenge, desk.code) is None


def test_a_previous_key_is_still_accepted(sqlite: Store) -> None:
    desk = Entrance(sqlite)
    challenge = desk.ask()

    assert Entrance(sqlite, keys=("another",)).enter(challenge, desk.code) is None
    assert Entrance(sqlite, keys=("another", *KEYS)).enter(challenge, desk.code) is not None


def test_whoever_left_the_roster_meanwhile_is_not_let_in(sqlite: Store) -> None:
    desk = Entrance(sqlite)
    challenge = desk.ask()
    desk.people = replace(desk.people, engineers={"ben": PEOPLE["ben"]})

    assert desk.enter(challenge, desk.code) is None


# Strangers.


def test_a_strangers_number_gets_nothing_and_leaves_nothing(store: Store) -> None:
    desk = Entrance(store)

    challenge = desk.ask(STRANGER)

    assert len(desk.ask()) == len(challenge)
    assert desk.enter(challenge, "123456", STRANGER) is None
    assert 1 == len(desk.texts.bodies)
    assert records.Login() == desk.login(STRANGER)


def test_both_numbers_ask_the_store_for_the_same(sqlite: Store) -> None:
    asked = {}
    for number in (ANA, STRANGER):
        counted = Counted(sqlite)
        desk = Entrance(counted, people=roster())
        desk.texts.fails = True
        challenge = desk.ask(number)
        first = counted.asked[:2]
        counted.asked.clear()
        desk.enter(challenge, "000000" if number == STRANGER else others(code_of(sqlite, number), 1)[0], number)
        asked[number] = [name for name, _ in first], [name for name, _ in counted.asked]

    assert asked[ANA] == asked[STRANGER] == (["get", "commit"], ["get", "commit"])


class Counted:
    """A store that remembers what was asked of it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked: list[tuple[str, int]] = []

    def __getattr__(self, name: str) -> Any:
        def asked(*things: Any, **how: Any) -> Any:
            self.asked.append((name, len(things)))
            return getattr(self._store, name)(*things, **how)

        return asked


def code_of(store: Store, number: str) -> str:
    """The code on a page that did not go out."""
    found = [pages.load(one.fields) for one in store.query("pages", "created")]
    return next(one.note[:6] for one in found if one.number == number)


def test_a_number_gets_three_codes_an_hour_and_a_known_browser_three_more(store: Store, clock: Clock) -> None:
    desk = Entrance(store)
    entered = desk.enter(desk.ask(), desk.code)
    assert entered is not None

    for n in range(10):
        desk.ask(address=f"198.51.100.{n}")
    assert 3 == len(desk.texts.bodies)

    for _ in range(10):
        desk.ask(device=entered.device)
    assert 6 == len(desk.texts.bodies)
    clock.advance(hours=1)
    desk.ask()
    assert 7 == len(desk.texts.bodies)


def test_a_browser_is_known_for_its_own_number_alone(sqlite: Store) -> None:
    desk = Entrance(sqlite)
    entered = desk.enter(desk.ask(), desk.code)
    assert entered is not None
    for _ in range(3):
        desk.ask(BEN)
    sent = len(desk.texts.bodies)

    desk.ask(BEN, device=entered.device)

    assert sent == len(desk.texts.bodies)


def test_an_address_is_not_heard_after_so_many_and_known_browsers_are(store: Store) -> None:
    desk = Entrance(store)
    entered = desk.enter(desk.ask(), desk.code)
    assert entered is not None
    for n in range(addresses.ASKS - 1):
        desk.ask(f"+4474001234{n:02}")

    with pytest.raises(Crowded):
        desk.ask(BEN)
    with pytest.raises(Crowded):
        desk.ask(STRANGER)
    desk.ask(device=entered.device)
    desk.ask(BEN, address="192.0.2.2")
    assert 3 == len(desk.texts.bodies)


def test_an_address_may_not_try_for_ever(sqlite: Store) -> None:
    desk = Entrance(sqlite)
    for _ in range(addresses.TRIES):
        assert desk.enter("no challenge", "123456", STRANGER) is None

    with pytest.raises(Crowded):
        desk.enter("no challenge", "123456", STRANGER)
    with pytest.raises(Crowded):
        desk.enter("no challenge", "123456")


# Many at once, and replies that are lost.


def test_of_fifty_who_guess_at_once_not_one_more_than_five_has_a_try(sqlite: Store) -> None:
    desk = Entrance(sqlite)
    challenge = desk.ask()
    begin, let_in = threading.Barrier(50), []

    def guess(n: int, code: str) -> None:
        begin.wait()
        let_in.append(desk.enter(challenge, code, address=f"198.51.100.{n}"))

    with logged() as log:
        together([partial(guess, n, code) for n, code in enumerate(others(desk.code, 50))])
        assert 50 == len(let_in)
        assert {None} == set(let_in)
        assert desk.enter(challenge, desk.code) is None

    assert {"wrong code": TRIES, "all tries are used up": 50 - TRIES + 1} == refusals(log.lines)
    assert [TRIES] == [one.tries for one in desk.login().codes]


def test_of_fifty_who_bring_the_right_code_at_once_one_is_let_in(sqlite: Store) -> None:
    desk = Entrance(sqlite)
    challenge, let_in = desk.ask(), list[Entered | None]()

    def enter(n: int) -> None:
        let_in.append(desk.enter(challenge, desk.code, address=f"198.51.100.{n}"))

    together([partial(enter, n) for n in range(50)])

    assert 1 == len([one for one in let_in if one is not None])
    assert 1 == len(desk.login().sessions)


def test_of_fifty_who_ask_at_once_three_get_a_code(sqlite: Store) -> None:
    desk = Entrance(sqlite)

    together([partial(desk.ask, address=f"198.51.100.{n}") for n in range(50)])

    assert 3 == len(desk.texts.bodies)
    assert 3 == len(desk.login().codes)


def together(work: Sequence[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Raced:
    """A store on which somebody else is always first: between each reading and its commit comes another try."""

    def __init__(self, store: Store, meanwhile: Callable[[], object]) -> None:
        self._store = store
        self._meanwhile = meanwhile

    def __getattr__(self, name: str) -> Any:
        if name == "commit":
            self._meanwhile()
        return getattr(self._store, name)


def test_a_try_that_somebody_overtakes_is_decided_anew(store: Store) -> None:
    desk = Entrance(store)
    challenge = desk.ask()
    guesses = iter(others(desk.code, 20))
    with logged() as log:
        raced = Raced(store, lambda: desk.enter(challenge, next(guesses), address="198.51.100.1"))

        assert desk.enter(challenge, desk.code, store=raced) is None

    assert TRIES == refusals(log.lines)["wrong code"]
    assert () == desk.login().sessions


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("after", [False, True])
def test_a_try_whose_reply_is_lost_is_no_try_more(sqlite: Store, at: int, after: bool) -> None:  # noqa: FBT001 - a case
    desk = Entrance(sqlite)
    challenge = desk.ask()
    with logged() as log:
        for code in others(desk.code, 8):
            fault = Fault(at=at, after=after, kills=False)
            try:
                assert desk.enter(challenge, code, store=FaultyStore(sqlite, fault)) is None
            except Unreachable:
                assert fault.struck

        assert desk.enter(challenge, desk.code) is None
    assert TRIES >= refusals(log.lines)["wrong code"] >= TRIES // 2


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("after", [False, True])
def test_whoever_brings_the_right_code_is_let_in_once_though_a_reply_is_lost(
    sqlite: Store,
    at: int,
    after: bool,  # noqa: FBT001 - a case
) -> None:
    desk = Entrance(sqlite)
    challenge = desk.ask()

    entered = desk.enter(challenge, desk.code, store=FaultyStore(sqlite, Fault(at=at, after=after, kills=False)))

    assert entered is not None
    assert Logins(desk.kit()).session("ana", entered.secret) is not None
    assert 1 == len(desk.login().sessions)


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("after", [False, True])
def test_a_code_whose_asking_was_not_answered_is_texted_once(sqlite: Store, at: int, after: bool) -> None:  # noqa: FBT001 - a case
    desk = Entrance(sqlite)

    challenge = desk.ask(store=FaultyStore(sqlite, Fault(at=at, after=after, kills=False)))

    assert 1 == len(desk.login().codes)
    assert 1 >= len(desk.texts.bodies)
    code = desk.code if desk.texts.bodies else code_of(sqlite, ANA)
    assert desk.enter(challenge, code) is not None


def test_what_goes_wrong_with_the_text_is_not_shown(sqlite: Store) -> None:
    desk = Entrance(sqlite)
    desk.texts.fails = True

    desk.ask()

    assert [pages.WAITING] == [one.fields["state"] for one in sqlite.query("pages", "created")]


# Links.


def test_a_link_lets_in_once(store: Store) -> None:
    desk = Entrance(store)
    links = Links(desk.kit())
    key = links.make(PEOPLE["ben"]).rpartition("/")[2]

    entered = links.spend(key, Caller(""))

    assert entered is not None
    assert "ben" == entered.who.id
    assert Logins(desk.kit()).session("ben", entered.secret) is not None
    assert links.spend(key, Caller("")) is None
    assert key.partition(".")[2] not in str(records.dump(desk.login(BEN)))


@pytest.mark.parametrize(
    "change",
    [lambda key: f"{key[:-1]}!", str.upper, lambda _: "", lambda _: "../x"],
    ids=["another secret", "another phone", "none", "a path"],
)
def test_another_link_lets_nobody_in(sqlite: Store, change: Callable[[str], str]) -> None:
    links = Links(Entrance(sqlite).kit())
    key = links.make(PEOPLE["ben"]).rpartition("/")[2]

    assert links.spend(change(key), Caller("")) is None


def test_a_link_is_too_old_after_ten_minutes_and_gives_way_to_a_newer_one(sqlite: Store, clock: Clock) -> None:
    links = Links(Entrance(sqlite).kit())
    first, second = (links.make(PEOPLE["ben"]).rpartition("/")[2] for _ in range(2))

    assert links.spend(first, Caller("")) is None
    clock.advance(minutes=10)
    assert links.spend(second, Caller("")) is None


def test_a_link_is_its_owners_who_must_be_on_the_roster(sqlite: Store) -> None:
    desk = Entrance(sqlite)
    key = Links(desk.kit()).make(PEOPLE["ben"]).rpartition("/")[2]
    desk.people = replace(desk.people, engineers={"ana": PEOPLE["ana"]})

    assert Links(desk.kit()).spend(key, Caller("")) is None


def test_fifty_who_spend_a_link_at_once_are_one(sqlite: Store) -> None:
    desk = Entrance(sqlite)
    key, let_in = Links(desk.kit()).make(PEOPLE["ben"]).rpartition("/")[2], list[Entered | None]()

    together([lambda: let_in.append(Links(desk.kit()).spend(key, Caller(""))) for _ in range(50)])

    assert 1 == len([one for one in let_in if one is not None])


@pytest.mark.parametrize("at", range(2))
def test_a_link_whose_reply_was_lost_lets_in(sqlite: Store, at: int) -> None:
    desk = Entrance(sqlite)
    key = Links(desk.kit()).make(PEOPLE["ben"]).rpartition("/")[2]

    entered = Links(desk.kit(FaultyStore(sqlite, Fault(at=at, after=True, kills=False)))).spend(key, Caller(""))

    assert entered is not None
    assert Logins(desk.kit()).session("ben", entered.secret) is not None


# Sessions.


def test_sessions_end_one_by_one_and_all_at_once(store: Store) -> None:
    kit = Entrance(store).kit()
    logins, ana = Logins(kit), PEOPLE["ana"]
    first, second, third = (begin(kit, ana, browser) for browser in ("Firefox", "Chrome", "Safari"))
    assert ["Safari", "Chrome", "Firefox"] == [one.browser for one in logins.held(ana)]

    logins.end(ana, first)
    assert [None] == [logins.session("ana", first)]
    logins.forget(ana, logins.held(ana)[-1].id)
    assert [False, True] == [logins.session("ana", one) is not None for one in (second, third)]
    logins.end_all(ana)

    assert logins.session("ana", third) is None
    assert [] == list(logins.held(ana))


def test_a_session_ends_after_twelve_hours(sqlite: Store, clock: Clock) -> None:
    kit = Entrance(sqlite).kit()
    logins, secret = Logins(kit), begin(kit, PEOPLE["ana"])
    clock.advance(hours=12, seconds=-1)
    assert logins.session("ana", secret) is not None

    clock.advance(seconds=1)

    assert logins.session("ana", secret) is None


def test_a_session_is_nobodys_who_has_the_number_afterwards(sqlite: Store) -> None:
    desk = Entrance(sqlite)
    secret = begin(desk.kit(), PEOPLE["ana"])
    heir = replace_engineer("ben", ANA)
    desk.people = replace(desk.people, engineers={"ana": replace_engineer("ana", BEN), "ben": heir})

    logins = Logins(desk.kit())

    assert [None, None] == [logins.session(one, secret) for one in ("ana", "ben")]
    assert [] == list(logins.held(heir))


def replace_engineer(name: str, phone: str) -> Engineer:
    return msgspec.structs.replace(PEOPLE[name], phone=phone)


def test_who_comes_back_with_the_same_number_logs_in_again(sqlite: Store, clock: Clock) -> None:
    kit = Entrance(sqlite).kit()
    logins, before = Logins(kit), begin(kit, PEOPLE["ana"])
    left = clock.now()
    clock.advance(minutes=1)
    after = begin(kit, PEOPLE["ana"])

    end_before(sqlite, [phone_id(ANA), phone_id(STRANGER)], left)

    assert [False, True] == [logins.session("ana", one) is not None for one in (before, after)]


# The log.


def test_the_log_tells_who_logged_in_and_no_secret(sqlite: Store) -> None:
    desk = Entrance(sqlite)
    with logged() as log:
        challenge = desk.ask()
        entered = desk.enter(challenge, desk.code)
        desk.ask(STRANGER)
        desk.enter("none", "123456", STRANGER)
        key = Links(desk.kit()).make(PEOPLE["ben"]).rpartition("/")[2]
        Links(desk.kit()).spend(key, Caller(""))

    ours = [line for line in log.lines if line["event"].startswith("login-")]
    assert [
        ("login-asked", "ana"),
        ("login-done", "ana"),
        ("login-asked", None),
        ("login-refused", None),
        ("login-asked", "ben"),
        ("login-done", "ben"),
    ] == [(line["event"], labels(line).get("engineer")) for line in ours]
    assert [True, False, True] == [line["sent"] for line in ours if "sent" in line]
    assert "...0101" == ours[0]["sender"]
    assert entered is not None
    for secret in (
        f'"{desk.code}',
        f" {desk.code}",
        challenge,
        entered.secret,
        entered.device,
        key,
        ANA[1:],
        STRANGER[1:],
    ):
        assert secret not in log.text
