"""What is said of some weeks: of all teams, or of one."""

from bugglio.figures import Week, histogram, packed, unpacked
from bugglio.figures.summary import summed
from bugglio.figures.weeks import OTHERS, Sums, both
from bugglio.roster import MINUTE


def kept(week: Week) -> Week:
    """The week as it is read."""
    return unpacked(packed(week))


def span(minutes: float, times: int = 1) -> dict[int, int]:
    return {histogram.bucket(minutes * MINUTE): times}


FIRST = kept(
    Week(
        teams={
            "shop": Sums(opened=3, closed=2, answering=span(3, 9), delivered=9, failed=1, texts=12, segments=13),
            "web": Sums(opened=1, closed=1, answering=span(60), delivered=1, unknown=4, texts=6, segments=6),
            OTHERS: Sums(texts=5, segments=5),
        },
        projects={both("shop", "cart"): (3, 2), both("web", "site"): (1, 1), OTHERS: (7, 7)},
        people={both("shop", "ben"): (4, 1), both("web", "ben"): (0, 2), both("web", "cid"): (3, 0), OTHERS: (90, 9)},
    )
)
SECOND = kept(Week(teams={"web": Sums(closed=1)}, projects={both("web", "site"): (0, 9)}))
WEEKS = [("2026-W05", FIRST), ("2026-W06", SECOND), ("2026-W07", Week())]


def test_all_teams_are_told_together_by_week_and_in_all() -> None:
    found = summed(WEEKS)

    assert [3, 1, 0] == [week.closed for week in found.weeks]
    assert ["2026-W05", "2026-W06", "2026-W07"] == [week.name for week in found.weeks]
    assert (4, 4, 23, 24) == (found.whole.opened, found.whole.closed, found.whole.texts, found.whole.segments)
    assert (15, 10, 1, 4) == (found.whole.pages, found.whole.delivered, found.whole.failed, found.whole.unknown)


def test_half_and_nine_of_ten_are_told_of_each_week_that_has_any() -> None:
    first, second, _ = summed(WEEKS).weeks

    assert (10, None) == (first.answering.count, second.answering.median)
    assert first.answering.median is not None
    assert first.answering.most is not None
    assert abs(first.answering.median - 3 * MINUTE) < 0.3 * MINUTE
    assert abs(first.answering.most - 3 * MINUTE) < 0.3 * MINUTE


def test_a_person_of_two_teams_is_one_and_the_others_come_last() -> None:
    assert (("ben", 4, 3), ("cid", 3, 0), (OTHERS, 90, 9)) == summed(WEEKS).people


def test_projects_come_by_how_much_there_was_and_the_others_last() -> None:
    found = summed(WEEKS).projects

    assert ["site", "cart", OTHERS] == [name for name, _ in found]
    assert ((1, 1), (0, 9), (0, 0)) == found[0][1]


def test_of_one_team_only_its_own_is_told() -> None:
    found = summed(WEEKS, "shop")

    assert (2, 12) == (found.whole.closed, found.whole.texts)
    assert (("ben", 4, 1),) == found.people
    assert ["cart"] == [name for name, _ in found.projects]


def test_a_team_of_which_nothing_is_known_has_nothing() -> None:
    found = summed(WEEKS, "pay")

    assert (0, 0, ()) == (found.whole.closed, found.whole.pages, found.people)
