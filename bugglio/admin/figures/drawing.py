"""The figures as charts; where there is nothing to draw, there is none."""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from bugglio.admin.charts import About, Row, Series, bars, columns, lines, nice, strips
from bugglio.admin.figures import words
from bugglio.admin.figures.tables import by_week
from bugglio.admin.saying import person
from bugglio.figures.summary import Spans, Summary, WeekSummary
from bugglio.roster import DAY, HOUR, MINUTE

PEOPLE, PROJECTS = 15, 12
"""So many are drawn; the others stand in the table."""
TOPS = (
    *(second * 1000 for second in (2, 4, 10, 20, 30)),
    *(minute * MINUTE for minute in (1, 2, 4, 10, 20, 30)),
    *(hour * HOUR for hour in (1, 2, 4, 8, 12)),
    *(day * DAY for day in (1, 2, 4, 8, 14, 30, 60, 120, 360)),
)
"""With what the axis of a span may end."""


def drawn(summary: Summary, money: words.Money) -> Mapping[str, Markup]:
    """The charts by name."""
    found = {
        "answering": _spans(summary, About("answering", "Time to acknowledge", ""), lambda week: week.answering),
        "closing": _spans(summary, About("closing", "Time to close", ""), lambda week: week.closing),
        "people": _people(summary),
        "projects": _projects(summary),
        "delivered": _delivered(summary),
        "delivering": _spans(summary, About("delivering", "Time to deliver", ""), lambda week: week.delivering),
        "money": _money(summary, money),
    }
    return {name: chart for name, chart in found.items() if chart is not None}


def _labels(summary: Summary) -> list[str]:
    return [words.monday(week.name) for week in summary.weeks]


def _spans(summary: Summary, about: About, which: Callable[[WeekSummary], Spans]) -> Markup | None:
    whole, spans = which(summary.whole), [which(week) for week in summary.weeks]
    if not whole.count:
        return None
    told = (
        f"By week. In all weeks: half within {words.lasted(whole.median)}, 9 of 10 within {words.lasted(whole.most)}."
    )
    series = (
        Series("9 of 10", [one.most for one in spans], squares=True),
        Series("half", [one.median for one in spans]),
    )
    top = nice(max(one.most for one in spans if one.most is not None), TOPS)
    return lines(About(about.name, about.title, told), _labels(summary), series, top, words.lasted)


def _people(summary: Summary) -> Markup | None:
    shown = [one for one in summary.people if one[0]][:PEOPLE]
    if not shown:
        return None
    rows = [Row(person(who), day, night, _by(day, night)) for who, day, night in shown]
    told = f"The {len(rows)} who were paged most often: {rows[0].label} {rows[0].said}."
    return bars(About("people", "Pages per person, by day and by night", told), rows)


def _by(day: int, night: int) -> str:
    return f"{day + night:,}, {night:,} at night" if night else f"{day:,}"


def _projects(summary: Summary) -> Markup | None:
    rows = by_week(summary.projects, PROJECTS)
    if not rows:
        return None
    # Of all others together columns would leave the rest none that can be seen.
    drawn_rows = [
        (
            row.name or "others",
            [float(opened) for opened, _ in row.weeks] if row.name else [],
            words.many(row.opened, "alert"),
        )
        for row in rows
    ]
    told = f"Alerts opened by week, for each project; the most of {drawn_rows[0][0]}: {drawn_rows[0][2]}."
    return strips(About("projects", "Alerts by project and week", told), drawn_rows)


def _delivered(summary: Summary) -> Markup | None:
    whole = summary.whole
    if not whole.pages:
        return None
    told = f"By week. In all weeks {words.share(whole.delivered, whole.pages)} of {words.many(whole.pages, 'page')}."
    values = [100 * week.delivered / week.pages if week.pages else None for week in summary.weeks]
    return columns(About("delivered", "Share of pages delivered", told), _labels(summary), values, 100, _percent)


def _percent(value: float) -> str:
    return f"{int(value)} %"


def _money(summary: Summary, money: words.Money) -> Markup | None:
    if not summary.whole.segments:
        return None
    values = [float(money.price) * week.segments for week in summary.weeks]
    told = f"By week. In all weeks {money.of(summary.whole.segments)}."
    top = _dollars_top(values)
    return columns(About("money", "Money spent on texts", told), _labels(summary), values, top, _short(money.said))


def _short(said: Callable[[float], str]) -> Callable[[float], str]:
    """Without cents where there are none: beside a chart is little room."""
    return lambda dollars: said(dollars).removesuffix(".00")


def _dollars_top(values: Sequence[float]) -> float:
    return nice(100 * max(values)) / 100 or 1
