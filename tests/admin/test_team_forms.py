"""Teams, rotations, steps and rules are built by forms, which show what changes before anybody saves it."""

import json
from typing import Any
from urllib.parse import urljoin

import pytest

from bugglio.pager.applying import Applying
from bugglio.roster import Book, Team
from bugglio.rosterfile import read, write
from bugglio.rosterfile.plain import rotation_tree, step_tree
from bugglio.schedule import timetable
from tests.browsing import BEN, Browser, Desk, apply, text_of
from tests.browsing import forms as forms_of
from tests.payloads import event
from tests.rosterfile.books import EXAMPLE, NASTY

SCRIPT = "<script>alert(1)</script>"
MESSAGES = json.dumps(NASTY, ensure_ascii=False)
RICH = f"""
engineers:
  ana: {{name: Ana Lima, phone: "+14155550101", admin: true}}
  ben: {{name: "{SCRIPT}", phone: "+14155550102"}}
  cid: {{name: Primary, phone: "+14155550103"}}
teams:
  shop:
    timezone: Europe/London
    projects: [checkout-api, 5f73031fb91aad0014229623, "a, b", '{SCRIPT}', "*"]
    rotations:
      primary:
        engineers: [ana, ben]
        starts: 2026-01-05T09:00
        turn: 12 hours
        timezone: America/New_York
        hours: {{mon-fri: "09:00-18:00", sat: "00:00-24:00", sun: "22:00-00:00"}}
      secondary: {{next_of: primary}}
      third: {{engineers: [cid], starts: 2026-01-05T09:00}}
    overrides:
      - {{rotation: primary, from: 2026-02-01T09:00, to: 2026-02-02T09:00, engineer: ben}}
      - {{from: 2026-03-01T09:00, to: 2026-03-02T09:00, engineer: nobody}}
    steps:
      default:
        - {{page: [primary], wait: 90 seconds, again: 0}}
        - {{page: [secondary, ana, third], wait: 10 minutes, call: true}}
      night:
        - {{page: [ben]}}
      empty: []
    repeat: 2
    acknowledged_for: 0
    close_after: 3 days
    digest_at: "08:30"
    text: " {{error.message}} {SCRIPT}"
    rules:
      - {{if: {{stage: [staging, "a, b", ""], class: "{SCRIPT}"}}, then: ignore}}
      - {{if: {{severity: [warning], between: "22:00-07:00", days: "mon-fri, sun"}}, then: hold}}
      - {{if: {{message: {MESSAGES}, unhandled: false, between: "00:00-24:00"}}, then: {{steps: night}}}}
      - {{then: page}}
  calm:
    rotations:
      only: {{engineers: [cid], starts: 2026-01-05T09:00}}
  bare: {{}}
  silent:
    rotations:
      only: {{engineers: [cid], starts: 2026-01-05T09:00}}
    steps: []
"""
FORMS = (
    "/teams/{}/settings",
    "/teams/{}/overrides",
    "/teams/{}/rules",
    "/teams/{}/steps/default",
)


def book(desk: Desk) -> Book:
    """What is applied."""
    return Applying(desk.stage.works.kit).current()


def at(desk: Desk, address: str, person: str = "ana") -> Browser:
    """An admin's browser, at a page of the roster."""
    browser = desk.browser(person)
    browser.get(f"/roster{address}")
    return browser


def send(browser: Browser, fields: dict[str, Any], status: int = 200) -> str:
    """Send the form that has these fields."""
    return browser.send("", status, **fields)


def press(browser: Browser, button: str, fields: dict[str, Any], status: int = 200) -> str:
    """Press a button of a form with these fields in it."""
    form = next(one for one in forms_of(browser.html) if button in one.buttons)
    name, value = form.buttons[button]
    where = urljoin(browser.address, form.action or browser.address)
    return browser.post(where, {**form.fields, **fields, name: value}, status)


def duty(desk: Desk, team: str, rotation: str, now: int) -> str | None:
    """Who is on, as `who` tells it."""
    desk.stage.works.kit.forget_roster()
    roster = desk.stage.works.kit.roster()
    return timetable(roster, roster.teams[team]).on_duty(rotation, now)


def value_of(browser: Browser, field: str) -> str:
    """What stands in a field."""
    return browser.html.split(f'name="{field}"')[1].split('value="')[1].split('"')[0]


def test_a_team_is_built_by_forms_and_its_errors_page_whoever_is_on(desk: Desk) -> None:
    browser = at(desk, "/new-team")
    page = send(browser, {"id": "pay", "projects": "billing", "timezone": "Europe/London"})
    assert "team pay: new" in page
    assert "Team pay was added." in browser.press("Save")

    browser.get("/roster/teams/pay/new-rotation")
    send(browser, {"id": "first", "engineer-0-who": "Ben Ode"})
    assert "Ben Ode is on first of pay" in text_of(browser.html)
    page = browser.press("Save")
    assert "Rotation first was added." in page
    assert "first Ben Ode 04:00 Mon" in page
    assert "first, again after 2 minutes." in page

    now = desk.stage.clock.now()
    assert "ben" == duty(desk, "pay", "first", now)
    desk.stage.webhook(event(project={"id": "p-2", "name": "billing"}))
    assert "billing" in desk.stage.page(BEN)


def test_rows_of_a_rotation_are_added_moved_and_removed_and_what_is_typed_stays(desk: Desk) -> None:
    browser = at(desk, "/teams/shop/new-rotation")
    press(browser, "Add an engineer", {"id": "third", "engineer-0-who": "cid", "number": "3"})
    assert "cid" == value_of(browser, "engineer-0-who")
    assert 1 == browser.html.count("autofocus")
    send(browser, {"engineer-1-who": "dan", "unit": "days", "starts": "2026-02-02T08:00"})
    browser.press("Back to the form")
    browser.press("Up turn 2")
    assert ["dan", "cid"] == [value_of(browser, f"engineer-{at}-who") for at in range(2)]
    browser.press("Add hours")
    send(browser, {"window-0-day": ["mon", "tue", "wed"], "window-0-start": "08:00", "window-0-end": "20:00"})
    browser.press("Save")

    expected = {"engineers": ["dan", "cid"], "starts": "2026-02-02T08:00", "turn": "3 days"}
    hours = {"mon-wed": "08:00-20:00"}
    assert {**expected, "hours": hours} == rotation_tree(book(desk).teams["shop"].rotations["third"])


def test_the_list_of_a_rotation_changes_who_is_on_and_the_preview_says_so(desk: Desk) -> None:
    now = desk.stage.clock.now()
    before = duty(desk, "shop", "primary", now)
    browser = at(desk, "/teams/shop/rotations/primary")
    browser.press("Up turn 2")
    page = browser.press("See what changes")
    assert "is on primary of shop from" in page

    browser.press("Save")

    assert {before, duty(desk, "shop", "primary", now)} == {"ana", "ben"}


def test_a_rotation_may_follow_another(desk: Desk) -> None:
    browser = at(desk, "/teams/web/new-rotation")
    assert "Whoever is next" in text_of(browser.html)
    send(browser, {"id": "backup", "kind": "next", "next_of": "days"})
    browser.press("Save")
    assert "days" == book(desk).teams["web"].rotations["backup"].next_of


def test_every_fault_of_a_rotation_stands_at_its_field_and_what_was_typed_is_kept(desk: Desk) -> None:
    browser = at(desk, "/teams/shop/new-rotation")
    browser.press("Add hours")
    browser.press("Add hours")
    typed = {
        "id": "page",
        "engineer-0-who": "bem",
        "starts": "2026-13-05T09:00",
        "number": "0",
        "timezone": "Europe/Londn",
        "window-0-day": ["mon"],
        "window-0-start": "9",
        "window-0-end": "18:00",
        "window-1-day": ["mon"],
        "window-1-start": "19:00",
        "window-1-end": "20:00",
    }
    page = send(browser, typed, 422)

    for sentence in (
        "Found `page`, expected another id: this is a word that people text.",
        "Found `bem`, expected an engineer; did you mean `ben`?",
        "Found `2026-13-05T09:00`, expected a date and a time such as 2026-01-05T09:00.",
        "Found `0 weeks`, expected 1 to 1000 hours, days or weeks, such as 1 week.",
        "expected a time zone such as Europe/London; did you mean `Europe/London`?",
        "Found `9-18:00`, expected hours such as",
        "Found `mon` again, expected each weekday once",
    ):
        assert 2 == page.count(sentence), sentence
    for field in ("id", "engineer-0-who", "starts", "number", "timezone", "window-0-start"):
        assert typed[field] == value_of(browser, field)
    assert "page" not in book(desk).teams["shop"].rotations


def test_hours_without_a_day_are_a_fault_of_their_row(desk: Desk) -> None:
    browser = at(desk, "/teams/shop/rotations/primary")
    browser.press("Add hours")
    page = send(browser, {"window-0-start": "09:00", "window-0-end": "18:00"}, 422)
    assert 2 == page.count("expected weekdays such as mon, mon-fri or sat, sun")


def test_an_id_that_there_is_already_is_refused(desk: Desk) -> None:
    page = send(at(desk, "/teams/shop/new-rotation"), {"id": "primary", "engineer-0-who": "cid"}, 422)
    assert "Found `primary`, which there is already, expected an id of its own." in page
    page = send(at(desk, "/new-team"), {"id": "shop"}, 422)
    assert "Found `shop`, which there is already, expected an id of its own." in page
    page = send(at(desk, "/teams/shop/new-steps"), {"id": "default", "step-0-page": "cid"}, 422)
    assert "Found `default`, which there is already, expected an id of its own." in page
    page = send(at(desk, "/new-team"), {"id": ""}, 422)
    assert "Found nothing, expected an id" in page


def test_a_rotation_that_steps_name_is_not_removed_and_the_form_goes_on_from_there(desk: Desk) -> None:
    browser = at(desk, "/teams/shop/rotations/secondary")
    page = browser.press("Remove the rotation", 422)
    assert (
        "step 2, page, 1: Found `secondary`" in page or "Found `secondary`, expected an engineer or a rotation" in page
    )
    browser.press("See what changes")
    assert "Nothing changes" in text_of(browser.html)
    assert "secondary" in book(desk).teams["shop"].rotations


def test_a_rotation_and_a_team_go_when_somebody_has_looked_at_what_changes(desk: Desk) -> None:
    browser = at(desk, "/teams/web/rotations/days")
    assert "team web: rotation days: gone" in browser.press("Remove the rotation")
    browser.press("Save")
    assert {} == book(desk).teams["web"].rotations

    browser.get("/roster/teams/web")
    assert "team web: gone" in browser.press("Remove the team")
    browser.press("Save")
    assert ["shop"] == list(book(desk).teams)


def test_steps_are_added_moved_and_kept_with_all_that_they_say(desk: Desk) -> None:
    browser = at(desk, "/teams/shop/steps/default")
    browser.press("Add a step")
    fields = {"step-2-page": "Cid Roe, primary", "step-2-wait": "1 hour", "step-2-again": "0", "step-2-call": "true"}
    press(browser, "Up step 3", fields)
    browser.press("Up step 2")
    browser.press("See what changes")
    browser.press("Save")

    made = [*map(step_tree, book(desk).teams["shop"].steps)]
    assert {"page": ["cid", "primary"], "wait": "1 hour", "again": "0", "call": "true"} == made[0]
    assert [{"page": ["primary"]}, {"page": ["secondary", "dan"], "wait": "10 minutes"}] == made[1:]
    page = text_of(browser.html)
    assert "Cid Roe and primary, with a call. After 1 hour: primary, again after 2 minutes." in page
    assert "After 10 minutes: Ana Lima, the last resort." in page


def test_faults_of_steps_stand_at_their_fields(desk: Desk) -> None:
    browser = at(desk, "/teams/shop/steps/default")
    page = send(browser, {"step-0-page": "primry, dan", "step-0-wait": "5m", "step-1-page": ""}, 422)
    assert 2 == page.count("Found `primry`, expected an engineer or a rotation of shop; did you mean `primary`?")
    assert 2 == page.count("Found `5m`, expected a span from 1 minute to 24 hours, such as 5 minutes.")
    assert 2 == page.count("Found an empty list, expected a list of rotations or engineers to page")
    assert "primry, dan" == value_of(browser, "step-0-page")


def test_a_list_of_steps_is_made_for_a_rule_and_not_removed_while_a_rule_names_it(desk: Desk) -> None:
    browser = at(desk, "/teams/shop/new-steps")
    send(browser, {"id": "night", "step-0-page": "dan", "step-0-call": "true"})
    browser.press("Save")
    browser.get("/roster/teams/shop/rules")
    browser.press("Add a rule")
    send(browser, {"rule-0-between": "22:00-07:00", "rule-0-then": "steps night"})
    page = browser.press("Save")
    assert "If it is between 22:00 and 07:00: paged by the steps night." in page

    browser.get("/roster/teams/shop/steps/night")
    assert "Found `night`, expected the name of a list of steps" in browser.press("Remove the list", 422)

    browser.get("/roster/teams/shop/rules")
    browser.press("Remove rule 1")
    browser.press("See what changes")
    browser.press("Save")
    browser.get("/roster/teams/shop/steps/night")
    browser.press("Remove the list")
    browser.press("Save")
    assert {} == book(desk).teams["shop"].lists


def test_rules_say_what_they_ask_in_plain_words(desk: Desk) -> None:
    apply(desk.stage, RICH)
    page = at(desk, "/teams/shop").get("/roster/teams/shop")
    sentence = (
        "If the severity is warning, and it is between 22:00 and 07:00, and it is mon-fri or sun: held until 07:00"
    )
    assert sentence in page
    assert 'the stage is staging, "a, b" or "", and the class is <script>' in page
    assert "Everything: paged." in page


def test_faults_of_rules_stand_at_their_fields(desk: Desk) -> None:
    browser = at(desk, "/teams/shop/rules")
    browser.press("Add a rule")
    browser.press("Add a rule")
    fields = {"rule-0-then": "hold", "rule-1-between": "22-7", "rule-1-then": "page", "rule-1-stage": "a, b"}
    page = send(browser, fields, 422)
    assert 2 == page.count("Found `hold`, expected `between` in its `if`")
    assert 2 == page.count("Found `22-7`, expected hours such as 09:00-18:00")
    assert "22-7" == value_of(browser, "rule-1-between")
    assert "a, b" == value_of(browser, "rule-1-stage")


def test_overrides_are_planned_and_taken_out(desk: Desk) -> None:
    browser = at(desk, "/teams/shop/overrides")
    browser.press("Add an override")
    fields = {
        "override-0-rotation": "primary",
        "override-0-from": "2026-02-02T09:00",
        "override-0-to": "2026-02-03T09:00",
        "override-0-engineer": "cid",
    }
    page = send(browser, {**fields, "override-0-to": "2026-02-01T09:00"}, 422)
    assert 2 == page.count("Found `2026-02-01T09:00`, expected an end after the start, 2026-02-02T09:00.")
    assert "Cid Roe is on primary of shop from" in send(browser, fields)
    browser.press("Save")
    assert ["cid"] == [one.engineer for one in book(desk).teams["shop"].overrides]

    browser.get("/roster/teams/shop/overrides")
    browser.press("Remove override 1")
    browser.press("See what changes")
    browser.press("Save")
    assert () == book(desk).teams["shop"].overrides


def test_settings_are_changed_and_emptied_and_the_sample_follows_what_is_typed(desk: Desk) -> None:
    browser = at(desk, "/teams/shop/settings")
    page = press(browser, "Show a page with this text", {"text": "{project.name} is\r\nill"})
    assert "#417 checkout-api is ill. New unhandled error. Reply ack 417" in page
    fields = {"repeat": "3", "acknowledged_for": "30 minutes", "close_after": "0", "digest_at": "07:30", "timezone": ""}
    send(browser, fields)
    page = browser.press("Save")
    assert "Time zone UTC Steps gone through 3 times An answer holds 30 minutes Closed by itself never" in page
    team = book(desk).teams["shop"]
    assert ("{project.name} is ill", "UTC", 3, 0) == (team.text, team.timezone, team.repeat, team.close_after)

    browser.get("/roster/teams/shop/settings")
    send(browser, dict.fromkeys((*fields, "text"), ""))
    browser.press("Save")
    assert Team("shop").text == book(desk).teams["shop"].text


def test_faults_of_settings_stand_at_their_fields(desk: Desk) -> None:
    browser = at(desk, "/teams/shop/settings")
    fields = {"timezone": "Mars", "repeat": "0", "acknowledged_for": "1", "close_after": "x", "digest_at": "9"}
    page = send(browser, {**fields, "text": "{x", "projects": "*, a"}, 422)
    assert 7 == browser.html.count('aria-invalid="true"')
    assert 2 == page.count("Found `*` again, expected each once (shop has it")
    for name, typed in fields.items():
        assert typed == value_of(browser, name)


@pytest.mark.parametrize("team", ["shop", "calm", "bare", "silent"])
def test_a_form_that_nobody_changes_changes_nothing(desk: Desk, team: str) -> None:
    apply(desk.stage, RICH)
    before = book(desk)
    assert write(before) == write(read(RICH).book)
    browser = desk.browser("ana")
    more = [f"/teams/{team}/rotations/{name}" for name in before.teams[team].rotations]
    more += [f"/teams/{team}/steps/{name}" for name in before.teams[team].lists]
    for address in (*(form.format(team) for form in FORMS), *more):
        browser.get(f"/roster{address}")
        assert "Nothing changes: it is so already." in browser.press("See what changes"), address
        assert SCRIPT not in browser.html


def test_a_form_that_nobody_changes_changes_nothing_of_the_design_s_example(desk: Desk) -> None:
    apply(desk.stage, EXAMPLE)
    browser = desk.browser("ana")
    for address in (*(form.format("shop") for form in FORMS), "/teams/shop/rotations/primary"):
        browser.get(f"/roster{address}")
        assert "Nothing changes: it is so already." in browser.press("See what changes"), address


def test_script_in_names_and_texts_is_shown_as_text(desk: Desk) -> None:
    apply(desk.stage, RICH)
    browser = desk.browser("ana")
    for address in ("/teams/shop", "/teams/shop/settings", "/teams/shop/rules", "/teams/shop/rotations/primary"):
        browser.get(f"/roster{address}")
        assert SCRIPT not in browser.html
        assert "&lt;script&gt;" in browser.html


def test_of_two_admins_at_once_the_second_is_told_and_nothing_is_overwritten_unseen(desk: Desk) -> None:
    first, second = at(desk, "/teams/shop/settings"), at(desk, "/teams/shop/settings", "dan")
    send(first, {"repeat": "2"})
    first.press("Save")
    page = send(second, {"repeat": "", "digest_at": "07:00"}, 409)
    assert "The roster was changed while you were at it." in page
    assert 2 == book(desk).teams["shop"].repeat


@pytest.mark.parametrize(
    "address",
    [
        "/teams/none",
        "/teams/none/settings",
        "/teams/shop/rotations/none",
        "/teams/shop/steps/none",
        "/teams/none/rules",
        "/teams/none/overrides",
        "/teams/none/new-rotation",
    ],
)
def test_what_is_not_there_is_told(desk: Desk, address: str) -> None:
    assert "nothing at this address" in desk.browser("ana").get(f"/roster{address}", 404)


def test_the_preview_of_a_team_that_is_left_as_it_is_leads_to_the_roster(desk: Desk) -> None:
    browser = at(desk, "/new-team")
    send(browser, {"id": "pay"})
    there = browser.html.split('class="button quiet" href="')[1].split('"')[0]
    assert "Roster" in browser.get(there)
    assert "pay" not in book(desk).teams


@pytest.mark.parametrize("address", [*(form.format("shop") for form in FORMS), "/teams/shop", "/new-team", "/projects"])
def test_engineers_are_refused(desk: Desk, address: str) -> None:
    browser = desk.browser("ben")
    assert "This is for admins." in browser.get(f"/roster{address}", 403)
    assert "This is for admins." in browser.get("/roster/unrouted", 403)


@pytest.mark.parametrize("address", ["/teams/shop/remove", "/teams/shop/rules", "/new-team", "/projects"])
def test_engineers_change_nothing(desk: Desk, address: str) -> None:
    admin, browser = at(desk, "/new-team"), desk.browser("ben")
    token = admin.html.split('name="csrf_token" value="')[1].split('"')[0]
    browser.get("")
    mine = browser.html.split('name="csrf_token" value="')[1].split('"')[0]
    assert "This form is not of your session" in browser.post(f"/roster{address}", {"csrf_token": token}, 400)
    assert "This is for admins." in browser.post(f"/roster{address}", {"csrf_token": mine}, 403)
    assert ["shop", "web"] == list(book(desk).teams)
