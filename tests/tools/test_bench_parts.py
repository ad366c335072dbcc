"""What the benches measure is what they say: alerts of which nothing is due, an event's page, prices."""

import time

import pytest

from bugglio import alert as alerts
from bugglio.roster import DAY, lone_roster
from bugglio.store import Store
from tools.bench import filling
from tools.bench.deciding import Given, texts
from tools.bench.deliveries import body
from tools.bench.prices import Cost
from tools.rig.phones import ON_DUTY


def test_one_of_a_hundred_stored_alerts_is_open_and_none_is_due() -> None:
    later = time.time_ns() // 1_000_000 + DAY
    made = [filling.stored(number) for number in range(200)]

    assert 2 == sum(alert.is_open for alert in made)
    assert [] == [alert for alert in made if alert.due_at is not None and alert.due_at < later]
    assert 200 == len({alert.code for alert in made})


def test_alerts_that_nobody_has_acknowledged_are_open_and_not_due() -> None:
    later = time.time_ns() // 1_000_000 + DAY
    made = [filling.unanswered(number) for number in range(3)]

    assert ["triggered"] * 3 == [alert.state for alert in made]
    assert all(alert.due_at is not None and alert.due_at > later for alert in made)


def test_a_store_is_filled_with_them(store: Store) -> None:
    filling.fill(store, 450, filling.unanswered)

    assert 450 == store.count("alerts", "open")
    assert 100 == alerts.load(store.query("alerts", "open", limit=1)[0].fields).code


def test_a_new_error_is_decided_up_to_the_words_of_its_page() -> None:
    raw = body(1, error={"message": "no such cart"})

    assert [
        "#417 checkout-api production: TypeError: no such cart in cart#create. New unhandled error. Reply ack 417"
    ] == texts(Given(raw, lone_roster(ON_DUTY)))


def test_a_repeated_event_calls_for_no_page() -> None:
    assert [] == texts(Given(body(0), lone_roster(ON_DUTY), filling.unanswered(0)))


def test_a_million_things_cost_so_many_dollars() -> None:
    one = Cost(reads=2, writes=1, texts=1)

    assert pytest.approx(0.6 + 0.9 + 0.4 + 2.4 + 0.125) == one.google * 1_000_000
    assert pytest.approx(8_300) == one.twilio * 1_000_000
