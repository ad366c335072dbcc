"""Who is quiet, what is muted, and what of it is told."""

from typing import Any

import pytest

from bugglio.alert import ACKNOWLEDGED, Alert
from bugglio.roster import EVERY_PROJECT, HOUR, MINUTE, Mute, Quiet, lone_roster
from bugglio.wording import ALL_WELL
from tests.dialogue.crews import NINE, Crew, roster, team

HALF = NINE + 30 * MINUTE
QUIET = (
    "Quiet until Mon 2 Feb 09:30 GMT: new alerts of shop count as acked by you, and are texted to you then. "
    "Nothing open."
)


@pytest.fixture
def crew() -> Crew:
    return Crew()


def left_to(who: str, until: int = HALF, at: int = NINE) -> dict[str, Any]:
    """An alert that counts as acknowledged by somebody who is quiet."""
    return {
        "state": ACKNOWLEDGED,
        "acknowledged_by": who,
        "acknowledged_at": at,
        "until": until,
        "quiet_until": until,
        "team": "shop",
    }


def ends(crew: Crew, code: int = 417) -> tuple[int | None, int | None]:
    """When the quiet of an alert ends, and when something of it is due."""
    one: Alert = crew.alerts[str(code)]
    return one.quiet_until, one.due_at


# quiet.


def test_quiet_is_told_with_its_end_and_kept(crew: Crew) -> None:
    assert QUIET == crew.text("ben", "quiet 30m")
    assert (Quiet("SM1.quiet", "ben", NINE, HALF),) == crew.roster.quiets


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("quiet", "Quiet for how long, for example 30m or 2h?"),
        ("quiet 121m", "Nothing changed: quiet lasts at most 2 hours, for example quiet 2h."),
        ("quiet tomorrow", "Nothing changed: quiet begins at once, for example 30m or 2h."),
        ("quiet 30", "30 what, for example 30m, 30h or 30d?"),
        ("quiet until 10", "Which 10: 10am or 10pm?"),
        ("quiet 0", "Nothing changed: you are not quiet. Nothing open."),
    ],
)
def test_what_is_no_quiet(crew: Crew, text: str, answer: str) -> None:
    assert answer == crew.text("ben", text)
    assert () == crew.roster.quiets


def test_two_hours_are_the_most_and_a_new_quiet_takes_the_place_of_the_old_one(crew: Crew) -> None:
    crew.text("ben", "quiet 30m")
    crew.wait(minutes=10)
    crew.text("ben", "quiet until 11:10")

    assert [("SM2.quiet", NINE + 130 * MINUTE)] == [(one.id, one.until) for one in crew.roster.quiets]


def test_whoever_is_in_no_team_has_nothing_to_be_quiet_of(crew: Crew) -> None:
    assert "Nothing changed: you are in no team whose alerts could page you." == crew.text("cy", "quiet 30m")


def test_whoever_covers_for_the_team_now_can_be_quiet(crew: Crew) -> None:
    crew.text("dee", "take 1h")
    assert crew.text("dee", "quiet 30m").startswith("Quiet until Mon 2 Feb 09:30 UTC: new alerts of shop count ")


def test_before_there_is_a_roster_file_the_one_engineer_can_be_quiet() -> None:
    crew = Crew(lone_roster("+14155550101"))

    answer = "Quiet until Mon 2 Feb 09:30 UTC: new alerts of default count as acked by you, and are texted to you then."
    assert f"{answer} Nothing open." == crew.text("on-duty", "quiet 30m")


def test_quiet_0_ends_it_and_says_what_came_meanwhile(crew: Crew) -> None:
    crew.text("ben", "quiet 30m")
    crew.alert(417, **left_to("ben"))
    crew.alert(418, **left_to("ana"))
    crew.wait(minutes=10)

    assert "Quiet is over. 1 came meanwhile and is texted to you. 2 open: list" == crew.text("ben", "quiet 0")
    assert () == crew.roster.quiets
    assert ((crew.now, crew.now), (HALF, HALF)) == (ends(crew), ends(crew, 418))


def test_a_longer_quiet_puts_alerts_off_but_none_for_more_than_two_hours(crew: Crew) -> None:
    crew.text("ben", "quiet 30m")
    crew.alert(417, **left_to("ben"))
    crew.wait(minutes=20)
    crew.text("ben", "quiet 2h")
    assert (NINE + 2 * HOUR, NINE + 2 * HOUR) == ends(crew)

    crew.text("ben", "quiet 10m")
    assert (HALF, HALF) == ends(crew)


def test_quiet_is_taken_back_and_what_came_is_texted_at_once(crew: Crew) -> None:
    crew.text("ben", "quiet 30m")
    crew.alert(417, **left_to("ben"))
    crew.wait(minutes=5)

    assert "Took back: quiet." == crew.text("ben", "undo")
    assert (() == crew.roster.quiets, crew.now) == (True, ends(crew)[0])


def test_undo_of_its_end_and_of_a_second_quiet_brings_the_first_one_back(crew: Crew) -> None:
    crew.text("ben", "quiet 30m")
    first = crew.roster.quiets

    for text in ("quiet 0", "quiet 1h"):
        crew.text("ben", text)
        crew.text("ben", "undo")
        assert first == crew.roster.quiets


def test_an_alert_left_to_a_quiet_can_be_acked_and_is_told_as_it_stands(crew: Crew) -> None:
    crew.alert(417, **left_to("ana"))

    assert "1 open: 417 TypeError shop-api x0, just now, left to ana's quiet" == crew.text("ben", "list")
    assert "1 open, 1 unanswered: list. On duty: ana." == crew.text("ben", "status")
    assert "Acked 417 TypeError shop-api. Nothing else open." == crew.text("ben", "ack 417")
    assert ("ben", None, False) == (
        crew.alerts["417"].acknowledged_by,
        crew.alerts["417"].quiet_until,
        crew.alerts["417"].in_quiet,
    )


# mute, unmute.


def test_mute_is_told_with_its_end_and_kept(crew: Crew) -> None:
    crew.alert()

    answer = "Muted shop-api until Mon 2 Feb 11:00 GMT: new alerts of it page nobody. 1 open: list"
    assert answer == crew.text("ben", "mute Shop-API 2h")
    assert (Mute("SM1.mute", "shop-api", "shop", NINE, NINE + 2 * HOUR, "ben"),) == crew.roster.mutes


def test_a_quiet_that_goes_on_since_its_end_was_taken_back_says_so(crew: Crew) -> None:
    crew.text("ben", "quiet 30m")
    crew.text("ben", "quiet 0")

    assert "Took back: quiet 0. You are quiet until Mon 2 Feb 09:30 GMT." == crew.text("ben", "undo")


def test_mute_again_takes_the_place_and_undo_brings_it_back(crew: Crew) -> None:
    crew.text("ben", "mute shop-api 2h")
    first = crew.roster.mutes
    crew.text("ana", "mute shop-api 3h")
    assert [NINE + 3 * HOUR] == [one.until for one in crew.roster.mutes]

    answer = "Took back: mute. shop-api is muted until Mon 2 Feb 06:00 EST."
    assert answer == crew.text("ana", "undo")
    assert first == crew.roster.mutes
    assert "Took back: mute." == crew.text("ben", "undo")
    assert () == crew.roster.mutes


def test_unmute_ends_it_and_undo_brings_it_back(crew: Crew) -> None:
    crew.text("ben", "mute shop-api 2h")
    muted = crew.roster.mutes

    assert "shop-api is muted no more: its alerts page again. Nothing open." == crew.text("ana", "unmute SHOP-API")
    assert () == crew.roster.mutes
    answer = "Took back: unmute. shop-api is muted until Mon 2 Feb 06:00 EST."
    assert answer == crew.text("ana", "undo")
    assert muted == crew.roster.mutes


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("mute", "Mute which project? Say mute shop-api 2h"),
        ("mute shop-api", "When, for example 2h, until 6pm, fri, or fri 9am to sun?"),
        ("mute shop-api tomorrow", "Nothing changed: a mute begins at once, for example mute web 2h."),
        ("mute shop-apo 2h", "Nothing changed: no project shop-apo. Did you mean mute shop-api 2h"),
        ("mute billing 2h", "Nothing changed: no project of yours is called billing. Yours: shop-api."),
        ("mute web-api 2h", "Nothing changed: web-api is another team's, not yours."),
        ("unmute shop-api", "Nothing changed: shop-api is not muted. Nothing is."),
        ("unmute", "Nothing changed: unmute what. Nothing is."),
    ],
)
def test_what_mutes_nothing(text: str, answer: str) -> None:
    crew = Crew(roster(team("shop"), team("web", steps=(), rotations={})))

    assert answer == crew.text("ben", text)
    assert () == crew.roster.mutes


def test_a_project_of_an_open_alert_is_known(crew: Crew) -> None:
    crew.alert(project="checkout")

    assert crew.text("ben", "mute checkout 30m").startswith("Muted checkout until Mon 2 Feb 09:30 GMT: ")


def test_whoever_was_paged_for_another_teams_alert_mutes_nothing_of_theirs() -> None:
    crew = Crew(roster(team("shop"), team("web", steps=(), rotations={})))
    crew.alert(owner="web", paged={"ben": 1})
    crew.alert(418, owner="shop", project="web-api")

    assert "Nothing changed: web-api is another team's, not yours." == crew.text("ben", "mute web-api 1h")
    assert () == crew.roster.mutes


def test_whose_team_takes_every_project_mutes_any_but_not_another_teams_or_a_slip() -> None:
    rest = team("rest", projects=(EVERY_PROJECT, "billing"))
    crew = Crew(roster(rest, team("web", steps=(), rotations={})))

    assert crew.text("ben", "mute anything 1h").startswith("Muted anything until ")
    assert "Nothing changed: no project billng. Did you mean mute billing 1h" == crew.text("ben", "mute billng 1h")
    assert "Nothing changed: web-api is another team's, not yours." == crew.text("ben", "mute web-api 1h")


def test_unmute_is_for_ones_own_team() -> None:
    crew = Crew(roster(team("shop"), team("web", steps=(), rotations={})))
    crew.text("dee", "mute web-api 1h")

    assert "Nothing changed: web-api is another team's, not yours." == crew.text("ben", "unmute web-api")
    assert 1 == len(crew.roster.mutes)


# status.


def test_all_is_well_only_while_nothing_is_muted_and_nobody_quiet(crew: Crew) -> None:
    assert ALL_WELL == crew.text("ben", "status")

    crew.text("ben", "mute shop-api 1h")
    crew.text("ana", "quiet 30m")
    told = "Nothing open. Muted: shop-api until 10:00. Quiet: ana until 09:30. On duty: ana."
    assert told == crew.text("ben", "status")

    crew.wait(minutes=30)
    assert "Nothing open. Muted: shop-api until 10:00. On duty: ana." == crew.text("ben", "status")
    crew.wait(minutes=30)
    assert ALL_WELL == crew.text("ben", "status")


def test_what_another_team_has_muted_is_no_matter_of_ones_own() -> None:
    crew = Crew(roster(team("shop"), team("web", steps=(), rotations={})))
    crew.text("dee", "mute web-api 1h")

    assert ALL_WELL == crew.text("ben", "status")


def test_of_many_mutes_two_are_named(crew: Crew) -> None:
    for n in range(4):
        crew.alert(417 + n, project=f"p{n}", state=ACKNOWLEDGED)
        crew.text("ben", f"mute p{n} 1h")

    told = "4 open, none unanswered: list. Muted: p0 until 10:00, p1 until 10:00 and 2 more. On duty: ana."
    assert told == crew.text("ben", "status")
