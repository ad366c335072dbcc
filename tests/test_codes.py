"""The short numbers by which people name alerts."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bugglio import codes
from bugglio.alert import alert_id
from bugglio.store import ABSENT, EXISTS, Store, Write
from bugglio.store.port import MAX_WRITES
from tests.clock import Clock
from tests.payloads import change, event
from tests.stage import ANA, Stage, staged

NOW = Clock().now()
HOURS = 3_600_000
MINE = alert_id("p-1", "checkout-1")


def taken(alert: str = "other", closed_at: int | None = None) -> dict[str, Any]:
    """The document of a code that names another alert, as a store gives it."""
    return {name: value for name, value in codes.names(alert, closed_at).items() if value is not None}


def close(stage: Stage, code: int) -> None:
    """The engineer closes an alert."""
    assert stage.text(ANA, f"close {code}").startswith(f"Closed {code} ")


# Pure.


@given(st.integers())
def test_candidates_have_as_few_digits_as_there_may_be_room_for(seed: int) -> None:
    drawn = codes.candidates(random.Random(seed))
    crowded = codes.candidates(random.Random(seed), crowded=True)

    assert [3, 3, 3, 4, 5] == [len(str(code)) for code in drawn]
    assert [4, 5, 5, 6, 6] == [len(str(code)) for code in crowded]


def test_every_number_of_three_digits_is_drawn() -> None:
    draw = random.Random(417)
    drawn = {code for _ in range(4_000) for code in codes.candidates(draw) if code < 1_000}

    assert set(range(100, 1_000)) == drawn


def test_a_code_is_free_if_it_never_named_an_alert_or_names_this_one() -> None:
    assert codes.is_free(None, MINE, NOW)
    assert codes.is_free(taken(MINE), MINE, NOW)
    assert codes.is_free(taken(MINE, NOW - 1), MINE, NOW)


def test_a_code_of_an_open_alert_is_never_free() -> None:
    assert not codes.is_free(taken(), MINE, NOW)
    assert not codes.is_free(taken(), MINE, NOW + 10_000 * HOURS)


def test_a_code_rests_for_72_hours_after_its_alert_was_closed() -> None:
    assert not codes.is_free(taken(closed_at=NOW), MINE, NOW + 72 * HOURS - 1)
    assert codes.is_free(taken(closed_at=NOW), MINE, NOW + 72 * HOURS)


@given(st.lists(st.integers(100, 999), min_size=1, max_size=8, unique=True), st.sets(st.integers(100, 999)))
def test_the_first_free_candidate_is_chosen(wanted: list[int], used: set[int]) -> None:
    documents = {code: taken() for code in used}

    chosen = codes.choose(wanted, documents, MINE, NOW)

    assert next((code for code in wanted if code not in used), None) == chosen


# From the phone.


def test_a_reopened_alert_keeps_its_code(stage: Stage) -> None:
    code = stage.webhook(event())["code"]
    close(stage, code)
    stage.clock.advance(days=30)

    assert code == stage.webhook(event("reopened", "Fixed error re-occurred"))["code"]


def test_an_alert_whose_code_was_given_away_gets_another(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        code = stage.webhook(event())["code"]
        close(stage, code)
        clock.advance(days=30)
        sqlite.commit([Write(codes.path(code), EXISTS, put={"alert": "other"}, delete=("closed_at",))])

        again = stage.webhook(event("reopened", "Fixed error re-occurred"))["code"]

        assert again != code
        assert stage.page().startswith(f"#{again} ")
        assert stage.text(ANA, f"ack {again}").startswith(f"Acked {again} TypeError")


def test_opening_and_closing_write_when_the_rest_of_the_code_begins(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        code = stage.webhook(event())["code"]
        assert taken(MINE) == sqlite.get([codes.path(code)]).documents[codes.path(code)].fields

        closed = clock.advance(minutes=10)
        stage.webhook(change("fixed"))
        assert taken(MINE, closed) == sqlite.get([codes.path(code)]).documents[codes.path(code)].fields

        stage.webhook(event("reopened", "Fixed error re-occurred"))
        assert taken(MINE) == sqlite.get([codes.path(code)]).documents[codes.path(code)].fields


def fill(store: Store, numbers: range, closed_at: int | None = None) -> None:
    """Let other alerts have all these codes."""
    writes = [Write(codes.path(code), ABSENT, put=taken(closed_at=closed_at)) for code in numbers]
    for start in range(0, len(writes), MAX_WRITES):
        store.commit(writes[start : start + MAX_WRITES])


def digits(stage: Stage, name: str) -> set[int]:
    """How long the codes of ten new alerts are."""
    answers = [stage.webhook(event(error={"errorId": f"{name}-{n}"})) for n in range(10)]
    assert {"opened"} == {answer["outcome"] for answer in answers}
    assert 10 == len({answer["code"] for answer in answers})
    return {len(str(answer["code"])) for answer in answers}


def test_a_code_goes_to_another_alert_only_after_its_rest(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        fill(sqlite, range(100, 1_000), closed_at=clock.now())

        clock.advance(hours=71, minutes=59)
        assert {4} == digits(stage, "early")

        clock.advance(minutes=1)
        assert {3} == digits(stage, "late")


def test_full_ranges_give_longer_codes(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        fill(sqlite, range(100, 10_000))

        assert {5} == digits(stage, "many")


def test_when_every_code_drawn_is_taken_longer_ones_are_drawn(
    sqlite: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with staged(sqlite, clock) as stage:
        fill(sqlite, range(100, 1_000))
        monkeypatch.setattr(codes, "DRAWS", ((100, 999, 3),))

        assert digits(stage, "crowded") <= {4, 5, 6}
        code = int(stage.text(ANA, "page checkout is down").split()[1])
        assert code >= 1_000
