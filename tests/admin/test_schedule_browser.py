"""The schedule in a real browser: a shift is taken and handed on, by keyboard too; looked at by axe-core."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from bugglio.pager.covers import Covers
from bugglio.roster import DAY, HOUR, Cover
from tests.browsing import BEN, CID, Desk
from tests.chromium import launched, look, opened
from tests.stage import ANA, PUBLIC

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """A browser."""
    yield from launched()


def test_a_shift_is_taken_by_keyboard_on_a_phone_and_the_phone_says_so(chromium: "Browser", desk: Desk) -> None:
    with opened(chromium, desk, "ana", width=360) as page:
        page.goto(f"{PUBLIC}/admin/schedule")
        page.get_by_role("link", name="Take a span over").press("Enter")
        page.get_by_label("When", exact=True).fill("2h")
        page.keyboard.press("Enter")
        page.get_by_role("status").get_by_text("You are on for shop until Mon 2 Feb 06:00 EST").wait_for()
        assert "Ana Lima until Mon 2 Feb 12:00 CET" in desk.stage.text(CID, "who shop")
    assert "Ana Lima is on for shop primary" in desk.stage.page(BEN)


def test_an_admin_hands_a_shift_over_and_sees_before_what_it_comes_to(chromium: "Browser", desk: Desk) -> None:
    with opened(chromium, desk, "dan") as page:
        page.goto(f"{PUBLIC}/admin/schedule/override?team=shop")
        page.get_by_label("Who is on").select_option(label="Ana Lima")
        page.get_by_label("From").fill("2026-02-04T09:00")
        page.get_by_label("Until").fill("2026-02-05T09:00")
        page.get_by_role("button", name="Show what changes").click()
        effect = "Ana Lima is on for shop primary Wed 4 Feb 09:00 to Thu 5 Feb 09:00 GMT instead of Ben Ode"
        page.get_by_role("main").get_by_text(effect).first.wait_for()
        look(page)
        page.get_by_role("button", name="Save").click()
        page.get_by_role("status").get_by_text(effect).first.wait_for()
    desk.stage.tick()
    told = [" ".join(desk.stage.new_texts(number)) for number in (ANA, BEN)]
    assert all("Dan Oak changed that." in text for text in told)


def test_the_picture_scrolls_in_its_box_and_each_bar_stays_within_it(chromium: "Browser", desk: Desk) -> None:
    with opened(chromium, desk, "ana", width=360) as page:
        page.goto(f"{PUBLIC}/admin/schedule")
        box = page.locator(".sheet").first
        assert box.evaluate("one => one.scrollWidth > one.clientWidth")
        box.focus()
        page.keyboard.press("End")
        box.evaluate("one => { one.scrollLeft = 5000 }")
        name = page.locator(".rotation").first.bounding_box()
        assert name is not None
        assert name["x"] >= 0, "the rotation's name stays in sight"
        wide = "all => all.filter(one => one.getBBox().width > one.ownerSVGElement.width.baseVal.value).length"
        assert page.locator("svg svg > text").evaluate_all(wide) == 0


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_axe_finds_no_serious_fault_and_nothing_is_too_wide_or_too_small(
    chromium: "Browser", desk: Desk, width: int, scheme: str
) -> None:
    now, covers = desk.stage.clock.now(), Covers(desk.stage.works.kit)
    covers.add(Cover("gap", "shop", "", now + DAY, now + 2 * DAY, None, now, "ana"))
    covers.add(Cover("dan", "shop", "primary", now - HOUR, now + HOUR, "dan", now, "ana"))
    shift = f"team=shop&rotation=secondary&start={now}&end={now + DAY}"
    with opened(chromium, desk, "ana", width=width, scheme=scheme) as page:
        for address in (
            *("?show=all", "?team=shop&weeks=1", "?team=shop&from=2026-03-10", "/take", "/override?team=shop"),
            *(f"/hand?{shift}", "/override/remove?id=dan", "/calendars"),
        ):
            page.goto(f"{PUBLIC}/admin/schedule{address}")
            for summary in page.locator("main summary").all():
                summary.click()
            look(page)
        page.get_by_role("button", name="Make an address").first.click()
        page.get_by_role("status").wait_for()
        look(page)
