"""The schedule's page: who sees which teams and weeks, and what it says of them."""

import re

from bugglio.pager.covers import PATH, Covers
from bugglio.roster import DAY, HOUR, Cover
from tests.browsing import ROSTER, Desk, apply


def override(desk: Desk, start: int, end: int, engineer: str | None, rotation: str = "primary") -> None:
    """Somebody arranged it a moment ago, on another instance."""
    now = desk.stage.clock.now()
    kit = desk.stage.works.kit
    Covers(kit).add(Cover("made", "shop", rotation, now + start, now + end, engineer, now, "ana"))


def test_an_engineer_sees_their_next_shifts_and_their_own_teams(desk: Desk) -> None:
    text = desk.browser("ben").get("/schedule")
    assert "shop primary on now until Mon 9 Feb 09:00 GMT" in text
    assert "shop secondary Mon 9 Feb 09:00 to Mon 16 Feb 09:00 GMT" in text
    assert "primary now Ben Ode" in text
    assert "web as a list" not in text


def test_all_teams_can_be_seen_and_one_alone(desk: Desk) -> None:
    browser = desk.browser("ben")
    text = browser.get("/schedule?show=all")
    assert "shop as a list" in text
    assert "web as a list" in text
    browser.send("Show", team="web")
    assert "shop as a list" not in browser.get(browser.address)
    assert "days now off hours" not in browser.html


def test_whoever_is_in_no_team_sees_all(desk: Desk) -> None:
    apply(desk.stage, ROSTER.replace("[secondary, dan]", "[secondary]"))
    text = desk.browser("dan").get("/schedule")
    assert "You have no shift in the next year." in text
    assert "web as a list" in text


def test_many_teams_are_shown_ten_at_a_time_ones_own_first(desk: Desk) -> None:
    more = "".join(
        f"  t{n:02}: {{rotations: {{r: {{engineers: [cid], starts: 2026-01-05T09:00, turn: 1 week}}}}}}\n"
        for n in range(20)
    )
    apply(desk.stage, ROSTER + more)
    browser = desk.browser("ben")
    text = browser.get("/schedule?show=all")
    assert ["shop", "web", "t00"] == re.findall(r"(\S+) as a list", text)[:3]
    assert 10 == len(re.findall("as a list", text))
    assert "page 1 of 3" in text
    assert 2 == len(re.findall("as a list", browser.get("/schedule?show=all&page=3")))
    assert 2 == len(re.findall("as a list", browser.get("/schedule?show=all&page=99")))
    for page in ("-1", "x", "", "0", "9" * 5_000):
        assert "t00 as a list" in browser.get(f"/schedule?show=all&page={page}")
    assert "page 3 of 3" in browser.get(f"/schedule?show=all&page={'9' * 11}")


def test_times_are_by_the_viewers_clock_and_the_rotations_zone_is_named(desk: Desk) -> None:
    text = desk.browser("ana").get("/schedule?team=web")
    assert "days now Cid Roe · Europe/Berlin" in text
    assert "Cid Roe Mon 2 Feb 03:00 to 12:00 EST turn" in text


def test_weeks_before_and_after_are_a_link_away(desk: Desk) -> None:
    browser = desk.browser("ben")
    assert "4 weeks from Mon 2 Feb 2026" in browser.get("/schedule")
    links = re.findall(r'href="([^"]*schedule\?[^"]*from=[^"]*)"', browser.html)
    assert "4 weeks from Mon 5 Jan 2026" in browser.get(links[0])
    assert "primary now" not in browser.get(links[0])
    assert "4 weeks from Mon 2 Mar 2026" in browser.get(links[1])
    assert "1 week from Mon 2 Feb 2026" in browser.get("/schedule?weeks=1&from=junk")


def test_a_gap_is_said_in_words_with_its_reason(desk: Desk) -> None:
    override(desk, 2 * DAY, 2 * DAY + 3 * HOUR, None)
    text = desk.browser("ben").get("/schedule")
    assert "Nobody is on duty in parts of these weeks: " in text
    assert "primary: nobody Wed 4 Feb 09:00 to 12:00 GMT (override, made by Ana Lima)" in text
    assert "NOBODY" in text


def test_a_gap_leads_to_where_somebody_takes_it(desk: Desk) -> None:
    override(desk, 2 * DAY, 2 * DAY + 3 * HOUR, None)
    browser = desk.browser("ben")
    browser.get("/schedule")
    links = re.findall(r'href="([^"]*/schedule/take\?[^"]*start[^"]*)"', browser.html)
    browser.get(links[0].replace("&amp;", "&"))
    told = browser.send("I take it")
    assert "You are on for shop Wed 4 Feb 09:00 to 12:00 GMT." in told
    assert "Nobody is on duty" not in told


def test_a_gap_that_is_over_leads_nowhere(desk: Desk) -> None:
    override(desk, HOUR, 3 * HOUR, None)
    desk.stage.clock.advance(hours=4)
    browser = desk.browser("dan")
    assert "primary: nobody Mon 2 Feb 10:00 to 12:00 GMT" in browser.get("/schedule")
    assert not re.search(r"/schedule/(take|override)\?[^\"]*start", browser.html)


def test_an_override_made_a_moment_ago_on_another_instance_is_seen(desk: Desk) -> None:
    browser = desk.browser("ben")
    browser.get("/schedule")
    override(desk, -HOUR, HOUR, "ana")
    assert "primary now Ana Lima" in browser.get("/schedule")


def test_hours_outside_a_rotations_are_off_and_no_gap(desk: Desk) -> None:
    desk.stage.clock.advance(hours=12)
    text = desk.browser("cid").get("/schedule")
    assert "days now nobody, off hours" in text
    assert "Nobody is on duty" not in text


def test_clocks_that_change_are_told_with_their_zone(desk: Desk) -> None:
    text = desk.browser("ana").get("/schedule?team=shop&from=2026-03-01")
    assert "America/New_York: clocks go forward 1 hour on Sun 8 Mar 03:00 EDT." in text
    assert "clocks go forward (New York)" in text
    later = desk.browser("ana").get("/schedule?team=shop&from=2026-03-20")
    assert "Europe/London: clocks go forward 1 hour on Sat 28 Mar 21:00 EDT." in later


def test_a_script_in_a_name_is_text(desk: Desk) -> None:
    apply(desk.stage, ROSTER.replace("Ben Ode", "<script>alert(1)</script>Ode"))
    browser = desk.browser("ana")
    for address in ("/schedule/take", "/schedule/override?team=shop", "/schedule"):
        browser.get(address)
        assert "<script>alert" not in browser.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;Ode" in browser.html


def test_the_picture_needs_no_style_attribute_and_no_script(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/schedule?show=all")
    assert "style=" not in browser.html
    assert not re.search(r"<script(?! src)", browser.html)
    assert re.findall(r'<svg role="img"[^>]*aria-labelledby="t-shop-primary d-shop-primary"', browser.html)


def test_what_was_removed_from_the_roster_does_not_break_the_page(desk: Desk) -> None:
    override(desk, -HOUR, DAY, "cid")
    apply(desk.stage, ROSTER.replace("shop:", "store:"))
    assert "store as a list" in desk.browser("ben").get("/schedule")
    assert desk.stage.store.get([PATH]).get(PATH) is not None
