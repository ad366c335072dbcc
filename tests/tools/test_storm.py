"""What must be true after a storm, and that a small one leaves it so."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bugglio.store import Document, Version
from tools.bench.__main__ import means
from tools.bench.servers import EMULATOR, SQLITE
from tools.rig.load import CUT, Load
from tools.storm import checks
from tools.storm.__main__ import QUICK, told
from tools.storm.checks import Check
from tools.storm.storms import Outage, Size, outage, storm


def load(**statuses: int) -> Load:
    counted = Counter({int(name[1:]): times for name, times in statuses.items()})
    return Load(seconds=2, statuses=counted, milliseconds=[10.0] * (counted.total() - 1) + [4_100.0])


def alert(number: int, error: str, events: int) -> Document:
    return Document(f"alerts/{number}", {"error_id": error, "events": events}, Version(1))


def page(number: int, state: str = "waiting", **more: Any) -> Mapping[str, Any]:
    return {"kind": "page", "state": state, "alert": str(number), **more}


def digest(pages: int, body: str = "", **more: Any) -> Mapping[str, Any]:
    return {"kind": "digest", "state": "sent" if body else "waiting", "count": {"pages": pages}, "body": body, **more}


def text(seconds: float, body: str = "#417 TypeError", direction: str = "outbound-api") -> Mapping[str, Any]:
    return {
        "created": f"2026-02-02T09:{int(seconds // 60):02}:{seconds % 60:06.3f}Z",
        "body": body,
        "direction": direction,
    }


def verdicts(found: Iterator[Check]) -> list[bool]:
    return [one.holds for one in found]


def test_every_webhook_is_answered_200() -> None:
    assert ["10, 5", "10", "10, 4,100, 4,100"] == [one.found for one in checks.answers(load(s200=10))]
    assert [True, True, True] == verdicts(checks.answers(load(s200=10)))
    assert [True, False, True] == verdicts(checks.answers(load(s200=10, s503=1)))
    assert [False, False, True] == verdicts(checks.answers(load(s500=1)))


def test_while_the_store_is_down_503_in_time_is_right_too() -> None:
    assert [True, True, False] == verdicts(checks.answers(load(s200=10, s503=1), down=True))
    assert [True, False, False] == verdicts(checks.answers(load(s200=10, s500=1), down=True))
    assert ["11, 6", "10, 1 x no answer"] == [one.found for one in checks.answers(load(s200=10, **{f"s{CUT}": 1}))][:2]


def test_all_events_are_counted_once() -> None:
    alerts = [alert(1, "a", 3), alert(2, "b", 2)]

    assert [True, True] == verdicts(checks.counts(alerts, {"a": 3, "b": 1}, {"a": 3, "b": 2}))
    assert [True, False] == verdicts(checks.counts(alerts, {"a": 4, "b": 1}, {"a": 4, "b": 2}))
    assert [True, False] == verdicts(checks.counts(alerts, {"a": 2, "b": 1}, {"a": 2, "b": 2}))
    assert [False, False] == verdicts(checks.counts(alerts, {"a": 3, "c": 1}, {"a": 3, "b": 2, "c": 1}))
    assert [False, True] == verdicts(checks.counts([*alerts, alert(3, "a", 3)], {"a": 3}, {"a": 3, "b": 2}))


def test_each_alert_has_a_page_and_digests_count_truly() -> None:
    alerts = [alert(number, str(number), 1) for number in range(4)]
    inside = {str(number): page(number, "digested", digest="d") for number in range(3)}
    whole = {"d": digest(3, "09:14 3 more: web 3. Top: #417 x1. Reply list"), **inside, "3": page(3, "sent")}

    assert [True, True, True] == verdicts(checks.pages(whole, alerts))
    assert [False, True, True] == verdicts(checks.pages(whole, [*alerts, alert(9, "9", 1)]))
    assert [True, False, True] == verdicts(checks.pages(whole | {"3": page(3, "failed")}, alerts))
    assert [True, True, False] == verdicts(checks.pages(whole | {"d": digest(4)}, alerts))
    assert [True, True, False] == verdicts(checks.pages(whole | {"d": digest(3, "09:14 2 more: web 2.")}, alerts))
    assert [True, True, False] == verdicts(checks.pages(whole | {"d": digest(3, "something else")}, alerts))


def test_a_digest_that_went_into_another_counts_there_for_all_that_it_held() -> None:
    inside = {str(number): page(number, "digested", digest="d") for number in range(3)}
    other = {"d": digest(3, digest="e"), "e": digest(4), "9": page(9, "digested", digest="e"), **inside}

    assert [True, True, True] == verdicts(checks.pages(other, []))


def test_a_phone_gets_three_pages_and_then_one_a_minute() -> None:
    good = [text(0), text(1), text(2), text(61), text(121.5)]

    assert [True, True] == verdicts(checks.texts(good, 5))
    assert ["6, at least 5", "2"] == [one.found for one in checks.texts([*good, text(70)], 5)]
    assert [True, False] == verdicts(checks.texts([*good, text(70)], 5))
    assert [True, True] == verdicts(
        checks.texts([*good, text(3, direction="outbound-reply"), text(3, "bugglio cannot reach its store.")], 5)
    )


def test_a_phone_that_gets_too_little_is_found() -> None:
    assert [False, True] == verdicts(checks.texts([], 1))
    assert [False, True] == verdicts(checks.texts([text(0), text(3, "bugglio cannot reach its store.")], 2))


def test_an_emergency_is_told_by_each_instance_once_a_minute() -> None:
    emergency = text(3, "bugglio cannot reach its store. web: TypeError. Look in Bugsnag; this was not stored.")

    assert [True] == verdicts(checks.emergencies([emergency] * 4, 2, 70))
    assert [False] == verdicts(checks.emergencies([emergency] * 3, 2, 40))
    assert [False] == verdicts(checks.emergencies([text(3)], 2, 40))


def test_what_failed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert not told("a storm", [Check("this", "1"), Check("that", "2", holds=False)])
    assert told("a storm", [Check("this", "1")])
    assert ["", "a storm", f"{'this':48}1", f"{'that':48}2  FAILED"] == capsys.readouterr().out.splitlines()[:4]


def broken(found: list[Check]) -> list[Check]:
    return [one for one in found if not one.holds and not one.timed]


def test_each_second_webhook_of_a_hot_storm_is_of_one_error() -> None:
    assert [0, 1, 2, 0, 1] == [Size(5, 3).error(number) for number in range(5)]
    assert [0, 0, 2, 0, 1] == [Size(5, 3, hot=True).error(number) for number in range(5)]


@pytest.mark.slow
@pytest.mark.parametrize("errors", [1, QUICK.errors])
def test_a_small_storm_on_sqlite(errors: int) -> None:
    with means(quick=True) as given:
        assert [] == broken(storm(given, SQLITE, Size(200, errors, instances=2, pause=2, texts=3, patience=30)))


@pytest.mark.slow
@pytest.mark.parametrize("errors", [1, QUICK.errors])
def test_a_small_storm_on_the_emulator(errors: int, emulator: str) -> None:
    with means(quick=True, address=emulator) as given:
        assert [] == broken(storm(given, EMULATOR, Size(200, errors, instances=2, pause=2, texts=3, patience=30)))


@pytest.mark.slow
def test_the_store_goes_away_in_a_small_storm(emulator: str) -> None:
    assert emulator, "it is known to be installed; this storm stops one of its own"
    with means(quick=True) as given:
        assert [] == broken(outage(given, QUICK, Outage(2, 60)))
