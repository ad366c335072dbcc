"""How long a verb may take when somebody has to answer in time."""

import pytest

from bugglio.store import patience


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that a test moves."""
    moment = [100.0]
    monkeypatch.setattr("bugglio.store.patience.monotonic", lambda: moment[0])
    return moment


def test_without_a_hurry_a_verb_takes_what_it_would() -> None:
    assert (3.0, 3.0) == (patience.share(3.0), patience.left(3.0))


def test_in_a_hurry_each_verb_leaves_time_for_another(now: list[float]) -> None:
    with patience.within(2.0):
        assert 1.4 == pytest.approx(patience.share(3.0))
        now[0] += 1.2
        assert 0.56 == pytest.approx(patience.share(3.0))
        assert 0.8 == pytest.approx(patience.left(3.0))
        assert 0.1 == patience.share(0.1)


def test_when_the_time_is_over_a_verb_is_still_asked(now: list[float]) -> None:
    with patience.within(1.0):
        now[0] += 5

        assert patience.LEAST == patience.share(3.0)
        assert patience.left(3.0) < 0


def test_the_hurry_ends_with_its_cause(now: list[float]) -> None:
    with patience.within(1.0):
        now[0] += 5

    assert 3.0 == patience.share(3.0)


def test_a_hurry_may_be_put_off_and_is_never_brought_on(now: list[float]) -> None:
    with patience.within(1.0):
        now[0] += 0.8
        with patience.at_least(0.5):
            assert 0.5 == pytest.approx(patience.left(3.0))
        assert 0.2 == pytest.approx(patience.left(3.0))
        with patience.at_least(0.1):
            assert 0.2 == pytest.approx(patience.left(3.0))


def test_where_there_is_no_hurry_none_begins() -> None:
    with patience.at_least(0.5):
        assert 3.0 == patience.left(3.0)
