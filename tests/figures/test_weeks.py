"""The figures of a week: in whatever order and in whatever parts they come together, the same comes out."""

import math
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bugglio.figures import Closing, Tallies, Week, added, of_closing, of_page, packed, unpacked, week_of, weeks_until
from bugglio.figures import histogram as spans
from bugglio.figures import weeks as whole
from bugglio.figures.weeks import LARGEST, OTHERS, PEOPLE, PROJECTS, Sums, both, first_day
from bugglio.page import DELIVERED, DIGESTED, DROPPED, FAILED, SENT, Attempt, Page
from bugglio.roster import DAY, HOUR, MINUTE

MONDAY = 1_769_990_400_000
"""2026-02-02T00:00:00Z."""
Parts = list[tuple[str, Week]]

TEAMS = st.sampled_from(["", "shop", "web", "pay"])
CLOSINGS = st.builds(
    lambda team, project, opened, answer, close: of_closing(
        Closing(
            alert="a",
            team=team,
            project=project,
            opened=MONDAY + opened,
            asked_at=MONDAY + opened,
            answered_at=MONDAY + opened + answer if answer is not None else None,
            closed_at=MONDAY + opened + close,
        )
    ),
    TEAMS,
    st.sampled_from([f"p{number}" for number in range(9)]),
    st.integers(0, 20 * DAY),
    st.none() | st.integers(0, HOUR),
    st.integers(0, 9 * DAY),
)
PAGES = st.builds(
    lambda team, to, at, state: of_page(page(team=team, to=to, state=state, at=MONDAY + at), "Europe/London"),
    TEAMS,
    st.sampled_from(["ana", "ben", "cid"]),
    st.integers(0, 20 * DAY),
    st.sampled_from([SENT, DELIVERED, FAILED, DIGESTED, DROPPED]),
)


def page(*, at: int = MONDAY + 12 * HOUR, state: str = DELIVERED, sid: str = "SM1", **more: object) -> Page:
    tried = () if state in (DIGESTED, DROPPED) else (Attempt(id="a", n=1, at=at, sid=sid),)
    fields = {"kind": "page", "to": "ben", "number": "+14155550102", "phone": "p", "body": "#417 TypeError", **more}
    return Page(created=at, state=state, attempts=tried, ended_at=at + 4_000, **fields)  # type: ignore[arg-type]


def texts(tallies: Tallies) -> dict[str, str]:
    return {week: packed(sums) for week, sums in tallies.weeks.items()}


@given(st.lists(st.one_of(CLOSINGS, PAGES), max_size=40), st.randoms(use_true_random=False))
def test_any_order_and_any_split_of_the_same_comes_to_the_same(found: list[Parts], chance: random.Random) -> None:
    together, apart = Tallies(), Tallies()
    for parts in found:
        together.add(parts)
    order = list(found)
    chance.shuffle(order)
    while order:
        fresh = Tallies()
        for _ in range(min(len(order), chance.randint(1, 7))):
            fresh.add(order.pop())
        # As the tick does: what is kept is read again, and written again.
        apart.add((week, unpacked(packed(sums))) for week, sums in fresh.weeks.items())

    assert texts(together) == texts(apart)


@pytest.mark.parametrize("named", ["projects", "people", "teams"])
def test_more_names_than_there_is_room_for_come_to_the_same_in_any_order(
    monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    for limit in ("TEAMS", "PROJECTS", "PEOPLE"):
        monkeypatch.setattr(whole, limit, 5)
    chance = random.Random(417)
    one = Sums(closed=1) if named == "teams" else (1, 2)
    parts = [msgspec.convert({named: {f"name {n % 12}": one}}, Week) for n in range(50)]
    results = set()
    for _ in range(30):
        chance.shuffle(parts)
        sums = Week()
        for part in parts:
            sums = added(sums, unpacked(packed(part)))
        results.add(packed(sums))

    assert 1 == len(results)
    kept = getattr(unpacked(results.pop()), named)
    assert 5 == len(kept)
    assert OTHERS in kept
    assert 50 == sum(one.closed if named == "teams" else one[0] for one in kept.values())


@given(st.lists(st.integers(1_000, 60 * DAY), min_size=1, max_size=200), st.sampled_from([0.5, 0.9]))
def test_a_percentile_is_within_a_tenth_of_the_exact_one(values: list[int], share: float) -> None:
    found: spans.Histogram = {}
    for value in values:
        found = spans.together((found, {spans.bucket(value): 1}))

    exact = sorted(values)[max(1, math.ceil(share * len(values))) - 1]

    told = spans.percentile(found, share)
    assert told is not None
    assert abs(told - exact) <= exact / 10


def test_of_nothing_there_is_no_percentile() -> None:
    assert spans.percentile({}, 0.5) is None


def test_a_week_of_200_teams_and_1000_engineers_in_which_everything_happened_fits_its_document() -> None:
    every = dict.fromkeys(range(spans.bucket(30 * DAY) + 1), 99)
    teams = {f"team-{number}": full(every) for number in range(200)}
    people = {both(f"team-{n % 200}", f"engineer-{n % 1000}"): (99, 99) for n in range(3 * 1000)}
    projects = {both(f"team-{n % 200}", f"some-project-{n}"): (999, 999) for n in range(PROJECTS + 500)}

    text = packed(added(Week(teams=teams), Week(people=people, projects=projects)))

    assert len(text.encode()) <= LARGEST
    assert 200 == len(unpacked(text).teams)
    assert 1_000 <= len(unpacked(text).people)
    assert 200 * 999 == unpacked(text).whole.closed


def full(every: spans.Histogram) -> Sums:
    return Sums(
        opened=999,
        closed=999,
        answering=every,
        closing=every,
        delivered=9999,
        failed=999,
        unknown=999,
        delivering=every,
        texts=9999,
        segments=9999,
    )


def test_whatever_is_in_it_a_week_fits_its_document() -> None:
    names = {both("t" * 200, f"{number:060d}"): (1, 1) for number in range(PEOPLE)}

    text = packed(Week(people=names))

    assert len(text) <= LARGEST
    assert PEOPLE == sum(day for day, _ in unpacked(text).people.values())


def test_weeks_are_iso_weeks_by_utc() -> None:
    assert "2026-W06" == week_of(MONDAY)
    assert "2026-W05" == week_of(MONDAY - 1)
    assert "2026-W53" == week_of(MONDAY + 333 * DAY)
    assert ["2025-W52", "2026-W01", "2026-W02"] == weeks_until(MONDAY - 26 * DAY, 3)
    assert "2026-02-02" == first_day("2026-W06").isoformat()


def test_an_alert_counts_as_opened_in_one_week_and_as_closed_with_all_it_came_to_in_another() -> None:
    opened = MONDAY - HOUR
    closing = Closing(
        alert="a",
        team="shop",
        project="web",
        opened=opened,
        asked_at=opened,
        answered_at=opened + 3 * MINUTE,
        closed_at=opened + 2 * HOUR,
    )

    (first, before), (second, after) = of_closing(closing)

    assert ("2026-W05", "2026-W06") == (first, second)
    assert {"shop\nweb": (1, 0)} == before.projects
    assert {"shop\nweb": (0, 1)} == after.projects
    assert {spans.bucket(3 * MINUTE): 1} == after.teams["shop"].answering
    assert {spans.bucket(2 * HOUR): 1} == after.teams["shop"].closing


@pytest.mark.parametrize(
    ("asked", "answered"), [(None, MONDAY), (MONDAY, None), (MONDAY + 5, MONDAY + 4), (MONDAY - 5, MONDAY + 9)]
)
def test_what_was_not_asked_or_not_answered_or_is_of_an_earlier_life_has_no_time_to_acknowledge(
    asked: int | None, answered: int | None
) -> None:
    closing = Closing(
        alert="a", team="shop", opened=MONDAY, asked_at=asked, answered_at=answered, closed_at=MONDAY + HOUR
    )

    assert closing.to_answer is None


@pytest.mark.parametrize(
    ("hour", "zone", "expected"),
    [
        (12, "UTC", (1, 0)),
        (22, "UTC", (0, 1)),
        (6.99, "UTC", (0, 1)),
        (7, "UTC", (1, 0)),
        (21.99, "UTC", (1, 0)),
        (21, "Europe/Berlin", (0, 1)),
        (6, "Europe/Berlin", (1, 0)),
        (12, "America/Los_Angeles", (0, 1)),
        (23, "", (0, 1)),
    ],
)
def test_night_is_by_the_clock_of_whoever_was_paged(hour: float, zone: str, expected: tuple[int, int]) -> None:
    ((_, week),) = of_page(page(at=int(MONDAY + hour * HOUR), team="shop"), zone)

    assert {"shop\nben": expected} == week.people


def test_a_page_is_a_text_of_its_segments_and_was_delivered_after_some_seconds() -> None:
    ((name, week),) = of_page(page(team="shop", body="x" * 161), "UTC")

    assert "2026-W06" == name
    assert {"shop": Sums(delivered=1, delivering={spans.bucket(4_000): 1}, texts=1, segments=2)} == week.teams


def test_each_attempt_that_the_carrier_took_is_a_text() -> None:
    twice = page()
    again = Attempt(id="b", n=2, at=twice.created + 5, sid="SM2")
    refused = Attempt(id="c", n=3, at=twice.created + 6, status="failed")

    ((_, week),) = of_page(replace(twice, attempts=(*twice.attempts, again, refused)), "UTC")

    assert (2, 2) == (week.teams[""].texts, week.teams[""].segments)


@pytest.mark.parametrize(
    ("kind", "state", "sid", "expected"),
    [
        ("page", SENT, "SM1", Sums(unknown=1, texts=1, segments=1)),
        ("page", FAILED, "SM1", Sums(failed=1, texts=1, segments=1)),
        ("page", FAILED, "", Sums(failed=1)),
        ("notice", DELIVERED, "SM1", Sums(texts=1, segments=1)),
        ("login", DELIVERED, "SM1", Sums(texts=1, segments=1)),
        ("test", DELIVERED, "SM1", Sums(texts=1, segments=1)),
    ],
)
def test_what_a_text_counts_as(kind: str, state: str, sid: str, expected: Sums) -> None:
    ((_, week),) = of_page(page(kind=kind, state=state, sid=sid), "UTC")

    assert {"": expected} == week.teams
    assert (kind == "page" and bool(sid)) == bool(week.people)


@pytest.mark.parametrize(
    ("kind", "state"), [("call", DELIVERED), ("call", FAILED), ("page", DROPPED), ("page", DIGESTED)]
)
def test_calls_and_what_was_never_sent_count_as_nothing(kind: str, state: str) -> None:
    assert [] == of_page(page(kind=kind, state=state), "UTC")
