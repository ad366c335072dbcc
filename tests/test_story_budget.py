"""The day's budget of texts: what counts, what the admins hear, what each phone gets once it is used up."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from bugglio.delivery import Accepted, Logged, NotSent, Outcome
from bugglio.pager import budgets, reports
from bugglio.pager.budgets import PATH
from bugglio.pager.ports import Outgoing
from bugglio.roster import DAY, HOUR, MINUTE, Engineer, Roster, Step, Team
from bugglio.store import Store
from bugglio.throttle import Budget
from tests.clock import Clock
from tests.doors.calling import webhook
from tests.payloads import event
from tests.stage import ANA, Stage, staged

BEN = "+14155550102"
LOW = " of today's {} texts are used (BUGGLIO_SMS_PER_DAY). Past it, until 00:00 UTC: a digest each 10 min"


def patient(*, call: bool = False) -> Roster:
    """Ana for the web, Ben for the rest; nobody is asked twice in a day."""
    people = {"ana": Engineer("ana", "Ana", ANA, admin=True), "ben": Engineer("ben", "Ben", BEN)}

    def team(name: str, project: str) -> Team:
        return Team(
            {"ana": "web", "ben": "rest"}[name],
            (Step((name,), wait=3 * DAY, again=0, call=call),),
            projects=(project,),
        )

    web, rest = team("ana", "web"), team("ben", "*")
    return Roster(people, {"web": web, "rest": rest}, last_resort="ana")


@pytest.fixture
def small(store: Store, clock: Clock) -> Iterator[Stage]:
    """A pager that may send ten texts a day."""
    with staged(store, clock, patient(), BUGGLIO_SMS_PER_DAY="10") as stage:
        yield stage


def other(number: int, project: str = "web") -> dict[str, Any]:
    """A new error, unlike the others."""
    fields = {"errorId": f"{project}-{number}", "exceptionClass": f"Error{number}"}
    return event(error=fields, project={"id": project, "name": project})


def used(stage: Stage) -> int:
    """How many texts of the day are counted."""
    return int(stage.store.get([PATH]).documents[PATH].fields["used"])


def use_up(stage: Stage, texts: int, project: str = "web") -> None:
    """So many pages, one each few minutes."""
    for number in range(texts):
        stage.webhook(other(number, project))
        stage.clock.advance(minutes=6)
    stage.new_texts()


def test_at_eighty_per_cent_the_admins_are_told_once(small: Stage) -> None:
    for number in range(7):
        small.webhook(other(number))
        small.clock.advance(minutes=6)
        small.tick()
    assert 7 == len(small.new_texts())

    small.webhook(other(7))
    small.tick()

    page, notice = small.new_texts()
    assert "Error7" in page
    assert f"09:42 2 Feb 8{LOW.format(10)}" == notice
    assert 9 == used(small)
    small.wait(minutes=30, step=60)
    assert [] == small.new_texts()
    small.webhook(other(8))
    small.tick()
    assert 1 == len(small.new_texts())
    assert [] == small.new_texts(BEN)


@pytest.mark.promise("P6")
def test_past_it_a_phone_gets_one_digest_each_ten_minutes_and_what_waits_says_why(small: Stage) -> None:
    use_up(small, 10)
    small.tick()
    small.new_texts()
    codes = [small.webhook(other(number))["code"] for number in range(20, 24)]

    held = [one["detail"] for one in reports.why(small.store, codes[3]) or [] if one["reason"] == "page"]
    assert ["ana: waits until 2026-02-02T10:04:00.000Z, the day's budget of texts is used up"] == held
    assert {"the day's budget of texts is used up"} == {
        page["cause"] for page in reports.all_pages(small.store) if page["state"] == "waiting"
    }
    told = small.text(ANA, f"why {codes[3]}")
    assert told.endswith("10:00 paged you (waits until 10:04: the day's budget of texts is used up)")
    small.wait(minutes=3, step=60)
    assert [] == small.new_texts()
    small.wait(minutes=1, step=60)

    [digest] = small.new_texts()
    assert small.text(ANA, f"why {codes[3]}").endswith("10:00 paged you")
    assert digest.startswith("10:04 4 more: web 4. Top: #")
    for number in range(30, 33):
        small.webhook(other(number))
    small.wait(minutes=9, step=60)
    assert [] == small.new_texts()
    small.wait(minutes=1, step=60)
    [digest] = small.new_texts()
    assert digest.startswith("10:14 3 more: web 3. Top: #")


def test_past_it_a_phone_that_had_nothing_for_ten_minutes_is_paged_at_once(small: Stage) -> None:
    use_up(small, 10)

    small.webhook(other(1, "api"))

    assert "Error1" in small.page(BEN)


def test_notices_merge_likewise(small: Stage) -> None:
    codes = []
    for number in range(10):
        codes.append(small.webhook(other(number))["code"])
        small.clock.advance(minutes=6)
    small.tick()
    small.new_texts()

    for code in codes[:3]:
        small.text(ANA, f"pass {code} ben")
        small.text(BEN, f"pass {code} ana")
    small.wait(minutes=30, step=60)

    texts = small.new_texts(), small.new_texts(BEN)
    assert all(len(some) <= 2 * 4 for some in texts), texts


def test_the_next_day_begins_anew_and_what_waited_goes_at_midnight(sqlite: Store, clock: Clock) -> None:
    clock.advance(hours=14, minutes=30)
    with staged(sqlite, clock, patient(), BUGGLIO_SMS_PER_DAY="2") as stage:
        for number in range(3):
            stage.webhook(other(number))
            stage.tick()
        clock.advance(minutes=25)
        stage.tick()
        stage.new_texts()
        clock.advance(seconds=45)
        for number in range(10, 14):
            stage.webhook(other(number))
        stage.tick()
        assert [] == stage.new_texts()

        stage.wait(minutes=4, seconds=15, step=15)

        digest = stage.page()
        assert digest.startswith("00:00 4 more: web 4."), digest
        assert 1 == used(stage)
        stage.webhook(other(20))
        assert "Error20" in stage.page()


def told(text: str) -> int:
    """How many pages a text stands for."""
    many = re.search(r" (\d+) more: ", text)
    return int(many[1]) if many else int("Reply ack" in text)


def test_three_hundred_pages_over_two_hours_reach_two_phones_in_few_texts_and_none_is_lost(
    sqlite: Store, clock: Clock
) -> None:
    """From 22:30 to 00:30, with a budget of 20: each phone's texts in time, and what they stand for."""
    clock.advance(hours=13, minutes=30)
    with staged(sqlite, clock, patient(), BUGGLIO_SMS_PER_DAY="20") as stage:
        for number in range(150):
            for project in ("web", "api"):
                stage.webhook(other(number, project))
            clock.advance(seconds=48)
            stage.tick()
        stage.wait(minutes=15, step=60)

        sent = reports.all_pages(stage.store)
        assert [] == [page for page in sent if page["state"] in ("waiting", "sending")]
        for phone in (ANA, BEN):
            assert 150 == sum(map(told, stage.new_texts(phone)))
        times = beyond(stage, 20)
        assert 10 <= len(times) <= 24
        assert any(clock_time(at) == "00:00" for at in sent_at(stage, ANA))


def clock_time(at: int) -> str:
    """The time of day, UTC."""
    return f"{at // HOUR % 24:02}:{at // MINUTE % 60:02}"


def sent_at(stage: Stage, phone: str) -> list[int]:
    """When a phone was texted."""
    return [text.created for text in stage.simulator.messages(to=phone)]


def beyond(stage: Stage, allowed: int) -> list[int]:
    """When the texts beyond the budget went, each at least ten minutes after the last page to its phone."""
    days: dict[int, int] = {}
    latest: dict[str, int] = {}
    found = []
    for text in stage.simulator.messages():
        day = text.created // DAY
        if days.get(day, 0) >= allowed and told(text.body):
            assert text.created - latest.get(text.to, 0) >= 10 * MINUTE
            found.append(text.created)
        days[day] = days.get(day, 0) + 1
        latest |= {text.to: text.created} if told(text.body) else {}
    return found


class Deaf:
    """A carrier that is reached only at the second try."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.tries = 0

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        assert fresh()
        assert patience
        self.tries += 1
        if self.tries % 2:
            return NotSent("no connection in time")
        self.sent.append(text)
        return Accepted(f"SM{self.tries:032d}", "queued")

    def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
        raise AssertionError(f"nothing is in doubt about {to[-4:]}, {spoken=}")


def test_what_is_tried_again_counts_once(small: Stage) -> None:
    carrier = Deaf()
    small.restart_with(carrier)

    small.webhook(other(1))

    assert (2, 1) == (carrier.tries, len(carrier.sent))
    assert 1 == used(small)


def test_replies_and_calls_do_not_count(store: Store, clock: Clock) -> None:
    with staged(store, clock, patient(call=True)) as stage:
        stage.webhook(other(1))
        assert 1 == len(stage.simulator.calls(ANA))
        stage.text(ANA, "list")
        stage.text(ANA, "ack")

        assert 1 == used(stage)


def test_a_test_page_needs_a_budget_or_says_when_there_is_one(small: Stage) -> None:
    use_up(small, 9)
    assert small.text(ANA, "test").startswith("Test page on its way.")
    small.tick()
    small.new_texts()

    answer = "No test page: today's 10 texts are used. Text test after Tue 3 Feb 00:00 UTC. 9 open: list"
    assert answer == small.text(ANA, "test")
    small.clock.advance(hours=15)
    assert small.text(ANA, "test").startswith("Test page on its way.")


def test_status_says_how_much_is_used_once_little_is_left(small: Stage) -> None:
    use_up(small, 7)
    assert "texts used" not in small.text(ANA, "status")
    use_up(small, 1, "api")

    assert "8 of today's 10 texts used." in small.text(ANA, "status")


def test_the_count_of_a_new_day_takes_the_place_of_the_old_one(small: Stage) -> None:
    use_up(small, 9)
    small.clock.advance(days=1)

    small.webhook(other(20))

    assert 1 == used(small)
    assert {"v", "day", "used"} == set(small.store.get([PATH]).documents[PATH].fields)


def test_past_it_what_nobody_answers_is_said_again_to_the_last_resort_and_never_silence(
    sqlite: Store, clock: Clock
) -> None:
    with staged(sqlite, clock, BUGGLIO_SMS_PER_DAY="1") as stage:
        stage.webhook(other(1))
        stage.wait(minutes=120, step=30)

        times = [text.created for text in stage.simulator.messages(to=ANA) if "texts are used" not in text.body]
        gaps = [after - before for before, after in pairwise(times)]
        assert 10 * MINUTE <= min(gaps)
        assert max(gaps) <= 40 * MINUTE


def test_what_waits_for_the_budget_is_not_late(small: Stage) -> None:
    use_up(small, 10)
    for number in range(20, 24):
        small.webhook(other(number))

    small.wait(minutes=25, step=60)

    assert [] == small.troubles


def crowd(size: int) -> Roster:
    """As many people, each with a project of their own."""
    people = {
        f"p{number}": Engineer(f"p{number}", f"P{number}", f"+1415555{200 + number:04}") for number in range(size)
    }
    teams = {name: Team(name, (Step((name,), wait=DAY, again=0),), projects=(f"project-{name}",)) for name in people}
    last = Engineer("ana", "Ana", ANA, admin=True)
    return Roster({**people, "ana": last}, teams, last_resort="ana")


def test_instances_that_claim_at_the_same_moment_count_each_text_once(store: Store, clock: Clock) -> None:
    with staged(store, clock, crowd(12)) as stage:
        instances = [stage.restart() for _ in range(4)]
        gate = threading.Barrier(12)

        def deliver(number: int) -> int:
            gate.wait(20)
            told = other(number, f"project-p{number}")
            return webhook(instances[number % 4], told).status

        with ThreadPoolExecutor(12) as pool:
            assert [200] * 12 == list(pool.map(deliver, range(12)))
        stage.tick()

        sent = [text for text in stage.simulator.messages() if text.to != ANA]
        assert 12 == len(sent) == used(stage)


def test_who_ends_before_the_admins_are_told_leaves_it_to_the_next_text(
    small: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_up(small, 7)
    with monkeypatch.context() as patched:
        patched.setattr(budgets, "tell", lambda *_: None)
        use_up(small, 1, "api")
    small.tick()
    assert [] == small.new_texts()

    small.webhook(other(20))
    small.tick()

    assert [f"09:48 2 Feb 9{LOW.format(10)}"] == [text for text in small.new_texts() if "Error20" not in text]


def test_who_tells_of_a_day_that_is_over_leaves_the_new_one_to_be_told(small: Stage) -> None:
    small.webhook(other(0))
    midnight = small.clock.now() // DAY * DAY
    budgets.tell(small.works.kit, Budget(allowed=10, day=midnight // DAY - 1, used=8), midnight - 1)
    small.tick()
    small.new_texts()

    use_up(small, 6, "api")
    small.tick()

    assert f"09:36 2 Feb 8{LOW.format(10)}" in small.new_texts()
