"""Charts: what is drawn stands where it belongs, is said in words, and is text where it is somebody's."""

import re
from itertools import pairwise

import pytest

from bugglio.admin.charts import About, Row, Series, bars, columns, lines, nice, strips

ABOUT = About("one", "A title", "What it shows")


def said(value: float) -> str:
    return f"{value:.0f} x"


def texts(chart: str) -> list[str]:
    return re.findall(r"<text[^>]*>(.*?)</text>", chart)


def test_a_chart_is_an_image_with_a_title_and_words() -> None:
    chart = bars(ABOUT, [Row("ben", 2, 1, "3")])

    assert '<svg class="chart" role="img" aria-labelledby="one-title one-told"' in chart
    assert '<title id="one-title">A title</title><desc id="one-told">What it shows</desc>' in chart


def test_a_gap_breaks_a_line_and_is_no_mark() -> None:
    chart = lines(ABOUT, ["a", "b", "c", "d"], [Series("half", [1, None, 3, 4])], 4, said)

    (path,) = re.findall(r'<path d="([^"]+)" class="line"', chart)
    assert (2, 1) == (path.count("M"), path.count("L"))
    assert 3 == chart.count("<circle")


def test_series_are_told_apart_by_marks_dashes_and_words() -> None:
    both = [Series("most", [4, 4], squares=True), Series("half", [1, 2])]

    chart = lines(ABOUT, ["a", "b"], both, 4, said)

    assert (2, 2) == (chart.count("<circle"), chart.count('class="mark open"'))
    assert "line dashed" in chart
    assert ["most", "4 x", "half", "2 x"] == texts(chart)[-4:]


def test_the_words_at_the_ends_of_lines_do_not_meet() -> None:
    chart = lines(ABOUT, ["a"], [Series("most", [0.02], squares=True), Series("half", [0.01])], 4, said)

    heights = [float(y) for y in re.findall(r'<text x="[\d.]+" y="([\d.]+)" text-anchor="start"', chart)]
    assert all(later - earlier >= 12 for earlier, later in pairwise(heights))


def test_a_column_is_as_high_as_its_value_and_nothing_above_the_top() -> None:
    chart = columns(ABOUT, ["a", "b", "c"], [5, 10, 20], 10, said)

    heights = [float(one) for one in re.findall(r'height="([\d.]+)" class="bar"', chart)]
    assert [60, 120, 120] == heights


def test_above_few_columns_stands_each_value_and_above_many_the_telling_ones() -> None:
    few = columns(ABOUT, list("abc"), [1, 2, None], 10, said)
    many = columns(ABOUT, list("abcdefghijklm"), [9, 5, 5, 1, 5, 5, 5, 5, 5, 5, 5, 5, 4], 10, said)

    assert ["1 x", "2 x"] == texts(few)[-2:]
    assert ["4 x", "1 x", "9 x"] == texts(many)[-3:]


def test_weeks_in_which_there_was_nothing_say_no_more_than_the_axis() -> None:
    chart = columns(ABOUT, list("abcdefghi"), [0, 0, 0, 0, 2, 9, 5, 5, 4], 10, said)
    assert ["4 x", "9 x"] == texts(chart)[-2:]
    assert "0 x" not in texts(chart)


def test_the_second_part_of_a_bar_is_hatched_and_follows_the_first() -> None:
    chart = bars(ABOUT, [Row("ben", 2, 1, "3, 1 at night")])

    (width,) = re.findall(r'width="([\d.]+)" height="12" class="bar"', chart)
    assert f'<rect x="{width}"' in chart
    assert 'class="hatched" fill="url(#one-hatch)"' in chart
    assert '<pattern width="6"' in chart


def test_a_strip_has_a_column_for_each_week_in_which_there_was_something() -> None:
    chart = strips(ABOUT, [("web", [1, 0, 3], "4 alerts")])

    assert 2 == chart.count('class="bar"')
    assert ["web", "4 alerts"] == texts(chart)


@pytest.mark.parametrize("draw", ["bars", "strips", "lines", "columns"])
def test_what_is_given_as_text_stays_text(draw: str) -> None:
    evil = '<script>alert(1)</script>" onload="x'
    about = About("one", evil, evil)
    drawn = {
        "bars": lambda: bars(about, [Row(evil, 1, 1, evil)]),
        "strips": lambda: strips(about, [(evil, [1], evil)]),
        "lines": lambda: lines(about, [evil], [Series(evil, [1])], 2, lambda _: evil),
        "columns": lambda: columns(about, [evil], [1], 2, lambda _: evil),
    }[draw]()

    assert "<script" not in drawn
    assert '" onload' not in drawn


@pytest.mark.parametrize(
    ("most", "steps", "expected"), [(3, (2, 5, 9), 5), (10, (2, 5), 10), (11, (), 20), (0.3, (), 1), (700, (), 1000)]
)
def test_an_axis_ends_with_a_plain_number(most: float, steps: tuple[float, ...], expected: float) -> None:
    assert expected == nice(most, steps)


def test_nothing_is_drawn_of_nothing() -> None:
    assert [] == texts(bars(ABOUT, []))
    assert 0 == columns(ABOUT, ["a"], [None], 1, said).count('class="bar"')
