"""The roster's forms in a real browser: by keyboard alone, on a narrow screen, and looked at by axe-core."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from bugglio.pager.applying import Applying
from tests.browsing import Desk, apply
from tests.chromium import launched, look, opened
from tests.payloads import event
from tests.stage import PUBLIC

pytestmark = pytest.mark.browser

RICH = """
engineers:
  ana: {name: Ana Lima, phone: "+14155550101", admin: true}
  ben: {name: Ben Ode, phone: "+14155550102"}
teams:
  shop:
    projects: [checkout-api, "*"]
    rotations:
      primary: {engineers: [ana, ben], starts: 2026-01-05T09:00, hours: {mon-fri: "09:00-18:00", sat: "00:00-24:00"}}
      secondary: {next_of: primary}
    overrides:
      - {rotation: primary, from: 2026-03-01T09:00, to: 2026-03-02T09:00, engineer: ben}
    steps:
      default: [{page: [primary]}, {page: [secondary, ana], call: true}]
      night: [{page: [ben]}]
    rules:
      - {if: {stage: staging}, then: ignore}
      - {if: {severity: [warning], between: "22:00-07:00", days: mon-fri}, then: hold}
"""
PAGES = (
    *("teams/shop", "teams/shop/settings", "teams/shop/rotations/primary", "teams/shop/rotations/secondary"),
    *("teams/shop/new-rotation", "teams/shop/overrides", "teams/shop/steps/default", "teams/shop/steps/night"),
    *("teams/shop/rules", "new-team", "projects", "unrouted"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser."""
    yield from launched()


def test_the_longest_names_fit_a_phone(browser: Browser, desk: Desk) -> None:
    team, rotation = "t" * 40, "r" * 40
    longest = RICH.replace("shop", team).replace("primary", rotation).replace("Ben Ode", "W" * 100)
    apply(desk.stage, longest)
    with opened(browser, desk, "ana", width=360) as page:
        for where in ("", "roster", f"roster/teams/{team}", f"roster/teams/{team}/rotations/{rotation}", "schedule"):
            page.goto(f"{PUBLIC}/admin/{where}".rstrip("/"))
            look(page)


@pytest.mark.parametrize("where", ["new-team", "teams/web/settings"])
def test_enter_in_a_field_of_a_team_shows_what_changes(browser: Browser, desk: Desk, where: str) -> None:
    with opened(browser, desk, "ana", width=1000) as page:
        page.goto(f"{PUBLIC}/admin/roster/{where}")
        if where == "new-team":
            page.get_by_label("Id", exact=True).fill("core")
        page.get_by_label("Time zone").fill("Europe/Paris")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Before it is saved")


def test_a_rotation_is_built_by_keyboard_alone(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk, "ana", width=1000) as page:
        page.goto(f"{PUBLIC}/admin/roster/teams/web/new-rotation")
        page.get_by_label("Turn 1").fill("Cid Roe")
        page.get_by_role("button", name="Add an engineer").press("Enter")
        expect(page.get_by_label("Turn 2")).to_be_focused()
        page.keyboard.type("dan")
        page.get_by_role("button", name="Up turn 2").press("Enter")
        expect(page.get_by_label("Turn 1")).to_be_focused()
        expect(page.get_by_label("Turn 1")).to_have_value("dan")
        page.get_by_label("Id", exact=True).fill("backup")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Before it is saved")
        page.get_by_role("button", name="Save").press("Enter")
        expect(page.get_by_role("status")).to_have_text("Rotation backup was added.")
        rotations = Applying(desk.stage.works.kit).current().teams["web"].rotations
        assert ("dan", "cid") == rotations["backup"].engineers


def test_what_a_rotation_that_follows_another_has_no_use_for_is_not_shown(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk, "ana", width=360) as page:
        page.goto(f"{PUBLIC}/admin/roster/teams/shop/new-rotation")
        expect(page.get_by_label("First handoff")).to_be_visible()
        expect(page.get_by_label("Next of")).to_be_hidden()
        page.get_by_label("Whoever is next in another rotation").check()
        expect(page.get_by_label("First handoff")).to_be_hidden()
        expect(page.get_by_label("Next of")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1100, "light")])
def test_axe_finds_no_serious_fault_and_nothing_is_too_wide_or_too_small(
    browser: Browser, desk: Desk, width: int, scheme: str
) -> None:
    apply(desk.stage, RICH)
    desk.stage.webhook(event())
    with opened(browser, desk, "ana", width=width, scheme=scheme) as page:
        for address in PAGES:
            page.goto(f"{PUBLIC}/admin/roster/{address}")
            look(page)
        page.goto(f"{PUBLIC}/admin/roster/teams/shop/rotations/primary")
        page.get_by_label("Turn 1").fill("nobody-knows")
        page.get_by_role("button", name="See what changes").last.click()
        expect(page.get_by_label("Turn 1")).to_have_attribute("aria-invalid", "true")
        look(page)
