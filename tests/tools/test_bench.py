"""What the table of figures says, when it is a failure, and that everything in it can be measured."""

from collections.abc import Iterator

import pytest

from tools.bench.__main__ import BENCHES, main, means
from tools.bench.means import Means
from tools.bench.table import Bench, Goal, Of, Row, markdown, number, paired, table
from tools.bench.timing import by_turns, microseconds

QUICK = Row("quick", 4.25, "us", 2.0, Goal(50))
SLOW = Row("slow", 60, "us", 2.0, Goal(50))
FREE = Row("without a goal", 1000, "us", 0.5)
SHARE = Row("a share", 550, "/s", 1000, Goal(0.6, Of.TIMES, least=True))
MORE = Row("on top", 21, "ms", 10, Goal(10, Of.MORE))


def of(*rows: Row) -> Bench:
    def given(_: Means) -> Iterator[Row]:
        yield from rows

    return Bench("a nap", given)


def test_each_figure_stands_beside_its_baseline_and_its_goal() -> None:
    assert [
        "                                                    median      baseline   times            goal",
        "quick                                              4.25 us       2.00 us    2.12        <= 50 us",
        "slow                                               60.0 us       2.00 us    30.0        <= 50 us  MISSED",
        "without a goal                                    1,000 us      0.500 us   2,000                ",
        "a share                                             550 /s      1,000 /s   0.550    >= 0.6 times  MISSED",
        "on top                                             21.0 ms       10.0 ms    2.10       <= +10 ms  MISSED",
        "The baseline is a nap.",
    ] == table(of(), [QUICK, SLOW, FREE, SHARE, MORE]).splitlines()


def test_the_same_for_a_page() -> None:
    assert [
        "### naps",
        "",
        "| | median | baseline | times | goal |",
        "| --- | ---: | ---: | ---: | --- |",
        "| quick | 4.25 us | 2.00 us | 2.12 | <= 50 us |",
        "| a share | 550 /s | 1,000 /s | 0.550 | >= 0.6 times **missed** |",
        "",
        "The baseline is a nap.",
    ] == markdown("naps", of(), [QUICK, SHARE]).splitlines()


def test_goals_go_either_way() -> None:
    good = [
        Row("as much", 50, "us", 1, Goal(50)),
        Row("enough", 50, "/s", 1, Goal(50, least=True)),
        Row("a share", 600, "/s", 1000, Goal(0.6, Of.TIMES, least=True)),
        Row("on top", 20, "ms", 10, Goal(10, Of.MORE)),
        Row("none and none", 0, "reads", 0, Goal(1, Of.TIMES)),
    ]
    bad = [
        Row("more", 50.1, "us", 1, Goal(50)),
        Row("less", 49.9, "/s", 1, Goal(50, least=True)),
        Row("times", 14, "ms", 10, Goal(1.3, Of.TIMES)),
        Row("some and none", 1, "reads", 0, Goal(1, Of.TIMES)),
    ]

    assert [False] * 5 == [row.missed for row in good]
    assert [True] * 4 == [row.missed for row in bad]


def test_what_was_measured_in_pairs_is_compared_in_pairs() -> None:
    row = paired("pairs", "/s", [100, 10, 60], [200, 20, 60])

    assert (60, 60, 0.5) == (row.figure, row.baseline, row.times)


def test_numbers_have_three_figures() -> None:
    assert ["1,234,567", "123", "12.3", "1.23", "0.123", "0"] == list(
        map(number, (1234567, 123.4, 12.34, 1.234, 0.1234, 0))
    )


def test_a_missed_goal_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    benches = {"good": of(QUICK, FREE), "bad": of(SLOW, QUICK)}

    assert (0, 1, 1) == (main(["good"], benches), main(["bad"], benches), main(["bad", "good", "--markdown"], benches))
    assert (1, 1) == ((said := capsys.readouterr().out).count("MISSED"), said.count("**missed**"))


def test_what_cannot_be_measured_is_a_failure_and_the_others_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_: Means) -> Iterator[Row]:
        yield QUICK
        raise RuntimeError("the server did not come to listen")

    assert 1 == main([], {"broken": Bench("a nap", broken), "good": of(QUICK)})
    said = capsys.readouterr().out
    assert "broken could not be measured: the server did not come to listen\n" in said
    assert "good\n" in said


def test_an_unknown_name_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["nap"])

    assert 2 == end.value.code
    assert "unknown: nap" in capsys.readouterr().err


def test_a_longer_call_measures_longer() -> None:
    assert 2 * microseconds(lambda: sum(range(10))) < microseconds(lambda: sum(range(1000)))


def test_all_are_measured_in_each_round_and_the_first_of_several_does_not_count() -> None:
    order: list[str] = []

    def measure(name: str) -> float:
        order.append(name)
        return len(order)

    found = by_turns(2, {"a": lambda: measure("a"), "b": lambda: measure("b")})

    assert "abbaab" == "".join(order)
    assert {"a": [4, 5], "b": [3, 6]} == found
    assert {"a": [7]} == by_turns(1, {"a": lambda: measure("a")})


@pytest.mark.slow
@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_runs(name: str, emulator: str) -> None:
    with means(quick=True, address=emulator) as given:
        rows = list(BENCHES[name].rows(given))

    assert rows
    assert all(row.figure >= 0 for row in rows)
    assert table(BENCHES[name], rows)
    assert len({row.name for row in rows}) == len(rows)
