"""The schedule's page."""

from tests.browsing import Desk


def test_the_schedule_shows_who_is_on(desk: Desk) -> None:
    text = desk.browser("ana").get("/schedule")
    assert "shop" in text
