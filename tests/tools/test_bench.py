"""What the table of figures says, and when it is a failure."""

from collections.abc import Iterator

import pytest

from tools.bench import BENCHES, Bench, Row, main, microseconds, table

QUICK = Row("quick", 4.25, "us", 2.0, goal=50)
SLOW = Row("slow", 60, "us", 2.0, goal=50)
FREE = Row("without a goal", 1000, "us", 0.5)


def of(*rows: Row) -> Bench:
    def given() -> Iterator[Row]:
        yield from rows

    return Bench("a nap", given)


def test_each_figure_stands_beside_its_baseline_and_its_goal() -> None:
    assert [
        "                                          median    baseline   times      goal",
        "quick                                     4.2 us      2.0 us     2.1     50 us",
        "slow                                     60.0 us      2.0 us    30.0     50 us  MISSED",
        "without a goal                         1000.0 us      0.5 us  2000.0          ",
        "The baseline is a nap.",
    ] == table(of(), [QUICK, SLOW, FREE]).splitlines()


def test_a_missed_goal_is_a_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(BENCHES, "good", of(QUICK, FREE))
    monkeypatch.setitem(BENCHES, "bad", of(SLOW, QUICK))

    assert (0, 1, 1) == (main(["good"]), main(["bad"]), main(["bad", "good"]))
    assert 2 == capsys.readouterr().out.count("MISSED")


def test_an_unknown_name_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["nap"])

    assert 2 == end.value.code
    assert "unknown: nap" in capsys.readouterr().err


def test_a_longer_call_measures_longer() -> None:
    assert 2 * microseconds(lambda: sum(range(10))) < microseconds(lambda: sum(range(1000)))


@pytest.mark.slow
def test_every_bench_runs() -> None:
    for bench in BENCHES.values():
        assert all(row.figure > 0 and row.baseline > 0 for row in bench.rows())
