"""What a large company's figures look like as charts."""

import re
from decimal import Decimal

from bugglio.admin.figures.drawing import drawn
from bugglio.admin.figures.words import Money
from bugglio.figures.summary import Spans, Summary, WeekSummary

NONE = Spans(0, None, None)


def week(segments: int) -> WeekSummary:
    return WeekSummary("2026-W05", 0, 0, NONE, NONE, 0, 0, 0, NONE, segments, segments)


def summary(projects: int, segments: int = 1) -> Summary:
    """Projects with two alerts each, one of them in the first of two weeks."""
    weeks = (week(segments), week(segments))
    rows = tuple((f"p-{number}", ((1, 1), (1, 1))) for number in range(projects))
    return Summary(weeks, week(2 * segments), (), rows)


def test_all_other_projects_together_are_a_number_and_make_no_project_s_columns_small() -> None:
    chart = drawn(summary(2000), Money(Decimal("0.01")))["projects"]
    assert chart is not None
    assert 2 * 12 == chart.count('class="bar"')
    assert 'height="18" class="bar"' in chart
    assert ">3,976 alerts<" in chart


def test_many_dollars_stand_beside_the_chart_without_cents() -> None:
    chart = drawn(summary(1, 16_600), Money(Decimal("0.01")))["money"]
    assert chart is not None
    assert ["0", "$100", "$200"] == re.findall(r">([$\d.,]+)<", chart)[:3]
    assert "$166.00" not in chart.partition("</title>")[2].partition("</desc>")[2]
