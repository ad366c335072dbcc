"""The engineers on the admin pages: added, changed, removed; two admins at once; and who may not."""

import json
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bugglio.pager.applying import Applying
from bugglio.roster import Book
from bugglio.rosterfile import read, write
from tests.browsing import BEN, DAN, ROSTER, Browser, Desk, apply, forms, text_of
from tests.payloads import event
from tests.stage import PUBLIC

EVE = "+14155550105"
SCRIPT = "<script>alert(1)</script>"


def book(desk: Desk) -> Book:
    """What is applied."""
    return Applying(desk.stage.works.kit).current()


def version(desk: Desk) -> int:
    """Of what is applied."""
    return Applying(desk.stage.works.kit).standing()[1]


def proposed(desk: Desk, person: str = "ana", **typed: str) -> Browser:
    """An admin's browser with the preview of an engineer who is new."""
    browser = desk.browser(person)
    browser.get("/roster/new-engineer")
    fields: dict[str, Any] = {"id": "eve", "name": "Eve Fox", "phone": EVE, **typed}
    browser.send(**fields)
    return browser


def shown(browser: Browser) -> str:
    """What the page says."""
    return text_of(browser.html)


def test_an_engineer_is_added_once_somebody_has_looked_at_what_changes(desk: Desk) -> None:
    browser = proposed(desk, timezone="Europe/Berlin", admin="true")
    assert "engineer eve: new, Eve Fox, phone ...0105, Europe/Berlin, admin" in shown(browser)
    assert "eve" not in book(desk).engineers

    assert "Eve Fox was added." in browser.press("Save")

    eve = book(desk).engineers["eve"]
    assert (EVE, "Europe/Berlin", True) == (eve.phone, eve.timezone, eve.admin)


def test_a_number_may_be_typed_as_people_write_it(desk: Desk) -> None:
    proposed(desk, phone=" +1 (415) 555-0105 ").press("Save")
    assert EVE == book(desk).engineers["eve"].phone


def test_every_fault_is_told_at_once_and_what_was_typed_is_kept(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/roster/new-engineer")
    page = browser.send(id="pass", name="", phone="415", timezone="Mars/Base", status=422)

    assert "engineer pass: Found `pass`, expected another id: this is a word that people text." in page
    assert "engineer pass, name: Found nothing, expected a name of at most 100 characters." in page
    assert "engineer pass, phone: Found `415`, expected +14155550101: + and the country's code." in page
    assert "engineer pass, timezone: Found `Mars/Base`, expected a time zone such as Europe/London" in page
    for field, value in {"id": "pass", "phone": "415", "timezone": "Mars/Base"}.items():
        assert f'name="{field}" type="{"tel" if field == "phone" else "text"}" value="{value}"' in browser.html
    assert 4 == browser.html.count('aria-invalid="true"')


def test_a_number_that_somebody_has_and_an_id_that_is_taken_are_refused(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/roster/new-engineer")
    page = browser.send(id="eve", name="Eve Fox", phone=BEN, status=422)
    assert "Found the phone of `ben` (engineer ben), expected a number that nobody else has." in page

    page = browser.send(id="ben", phone=EVE, status=422)
    assert "Found `ben` again, expected an id that nobody has." in page
    assert "Ben Ode" == book(desk).engineers["ben"].name


def test_an_engineer_is_changed_and_keeps_the_id(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/roster/engineers/ben")
    assert f'value="{BEN}"' in browser.html
    page = browser.send(name="Ben Orr", phone=EVE)
    assert "engineer ben: name Ben Ode -> Ben Orr" in page
    assert "Ben Ode has another number: texts that wait for the old one are dropped" in page
    assert "Ben Orr is on duty within 48 hours: a first text goes to the phone within a minute." in page

    browser.press("Save")

    ben = book(desk).engineers["ben"]
    assert ("ben", "Ben Orr", EVE, "Europe/London") == (ben.id, ben.name, ben.phone, ben.timezone)
    desk.stage.wait(minutes=2, step=30)
    assert "shop" in desk.stage.page(EVE)


def test_the_preview_leads_back_to_the_form_with_what_was_typed(desk: Desk) -> None:
    browser = proposed(desk, name="Eve Foxx")
    browser.press("Back to the form")
    assert 'value="Eve Foxx"' in browser.html
    browser.send(name="Eve Fox")
    browser.press("Save")
    assert "Eve Fox" == book(desk).engineers["eve"].name


def test_what_is_so_already_is_not_saved_again(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/roster/engineers/ben")
    assert "Nothing changes: it is so already." in browser.send(name="Ben Ode")
    assert 1 == version(desk)


def test_pressing_save_twice_acts_once(desk: Desk) -> None:
    browser = proposed(desk)
    preview, address = browser.answer, browser.address
    browser.press("Save")
    browser.answer, browser.address = preview, address
    assert "Eve Fox was added." in browser.press("Save")
    assert 2 == version(desk)


def test_who_leaves_is_taken_out_of_everything_and_what_follows_is_shown(desk: Desk) -> None:
    desk.stage.webhook(event())
    browser = desk.browser("ana")
    page = browser.get("/roster/engineers/ben/remove")
    assert "rotation primary of shop" in page
    page = browser.press("See what follows")

    assert "engineer ben: gone" in page
    assert "team shop: rotation primary: engineers ben, ana -> ana" in page
    assert "Ben Ode is paged no more" in page
    assert "Ana Lima is on primary of shop from" in page
    assert "instead of Ben Ode" in page
    code = desk.stage.alerts()[0]["code"]
    assert f"Alert {code} waits for nobody else: it goes on to the next step at once." in page

    assert "Ben Ode was removed." in browser.press("Save")
    assert "ben" not in book(desk).engineers
    assert ("ana",) == book(desk).teams["shop"].rotations["primary"].engineers


def test_the_phone_of_on_duty_stays_the_last_resort_whoever_leaves(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/roster/engineers/ana/remove")
    page = browser.press("See what follows")
    assert "you are logged out. Your phone can log in again." in page
    assert "Ana Lima's phone stays the last resort, as ON_DUTY says" in page
    assert "paged no more" not in page


def test_the_only_one_of_a_rotation_cannot_leave(desk: Desk) -> None:
    browser = desk.browser("ana")
    assert "Nobody else takes turns in days of web" in browser.get("/roster/engineers/cid/remove")
    page = browser.press("See what follows", 422)
    assert "team web, rotation days, engineers: Found an empty list, expected a list of engineers" in page
    assert "cid" in book(desk).engineers


def test_a_step_that_pages_nobody_else_goes_with_them(desk: Desk) -> None:
    apply(desk.stage, ROSTER.replace("[secondary, dan]", "[cid]").replace("engineers: [cid]", "engineers: [cid, ben]"))
    browser = desk.browser("ana")
    browser.get("/roster/engineers/cid/remove")
    assert "team shop: step 2 of before: {page: [cid], wait: 10 minutes} gone" in browser.press("See what follows")
    browser.press("Save")
    assert [("primary",)] == [step.page for step in book(desk).teams["shop"].steps]


def test_the_second_of_two_admins_is_told_and_overwrites_nothing_unseen(desk: Desk) -> None:
    second = desk.browser("dan")
    second.get("/roster/engineers/ben")
    first = desk.browser("ana")
    first.get("/roster/engineers/ben")
    first.send(phone=EVE)
    first.press("Save")

    page = second.send(name="Ben Orr", status=409)

    assert "The roster was changed while you were at it. Nothing of yours was saved yet." in page
    assert "Ana Lima, Mon 2 Feb 09:00 GMT , by admin page: engineer ben: phone ...0102 -> ...0105" in page
    assert "engineer ben: name Ben Ode -> Ben Orr" in page
    assert "engineer ben: phone ...0105 -> ...0102" in page
    assert EVE == book(desk).engineers["ben"].phone


def test_who_is_overtaken_between_preview_and_save_looks_again_and_then_saves(desk: Desk) -> None:
    second = proposed(desk, "dan")
    first = desk.browser("ana")
    first.get("/roster/engineers/ben")
    first.send(name="Ben Orr")
    first.press("Save")

    page = second.press("Save", 409)

    assert "Ana Lima, Mon 2 Feb 09:00 GMT , by admin page: engineer ben: name Ben Ode -> Ben Orr" in page
    assert "engineer eve: new, Eve Fox" in page
    assert "eve" not in book(desk).engineers
    assert "Eve Fox was added." in second.press("Save")
    assert ("Ben Orr", "Eve Fox") == (book(desk).engineers["ben"].name, book(desk).engineers["eve"].name)


def press_at_once(*browsers: Browser) -> list[int]:
    """Press Save on these previews at the same moment; the statuses, sorted."""

    def press(browser: Browser) -> int:
        fields = next(one.fields for one in forms(browser.html) if "Save" in one.buttons)
        path, referer = "/admin/roster/save", {"Referer": f"{PUBLIC}{browser.address}"}
        return browser.client.post(path, data=fields, base_url=PUBLIC, headers=referer).status_code

    with ThreadPoolExecutor(len(browsers)) as pool:
        return sorted(pool.map(press, browsers))


def test_of_two_admins_who_save_at_the_same_moment_one_is_told(desk: Desk) -> None:
    first, second = proposed(desk), proposed(desk, "dan", id="fay", name="Fay Ito", phone="+14155550106")
    assert [303, 409] == press_at_once(first, second)
    assert 2 == version(desk)
    assert 1 == len({"eve", "fay"} & book(desk).engineers.keys())


def test_the_same_preview_saved_from_several_windows_at_once_acts_once(desk: Desk) -> None:
    assert [303] * 4 == press_at_once(*(proposed(desk) for _ in range(4)))
    assert 2 == version(desk)


def test_who_was_removed_meanwhile_cannot_be_changed(desk: Desk) -> None:
    second = desk.browser("dan")
    second.get("/roster/engineers/ben")
    second.send(name="Ben Orr")
    first = desk.browser("ana")
    first.get("/roster/engineers/ben/remove")
    first.press("See what follows")
    first.press("Save")

    page = second.press("Save", 409)

    assert "Nothing was changed: engineer ben is not there any more" in page
    assert "engineer ben: gone" in page


def test_who_changed_the_roster_and_how_is_kept(desk: Desk) -> None:
    proposed(desk, "dan").press("Save")
    kept = desk.stage.store.get(["changes/00000002"]).documents["changes/00000002"].fields
    assert ("dan", "admin page") == (kept["who"], kept["how"])
    assert ["engineer eve: new, Eve Fox, phone ...0105"] == kept["what"]


def test_the_next_apply_is_told_what_was_changed_on_the_page(desk: Desk) -> None:
    proposed(desk).press("Save")
    planned = Applying(desk.stage.works.kit).plan(read(ROSTER).book)
    assert ("engineer eve: new, Eve Fox, phone ...0105",) == planned.changed_since


def test_script_in_names_is_shown_as_text(desk: Desk) -> None:
    browser = proposed(desk, name=SCRIPT)
    assert SCRIPT not in browser.html
    browser.press("Save")
    for page in ("", "/engineers", "/engineers/eve", "/engineers/eve/remove", "/changes"):
        browser.get(f"/roster{page}")
        assert SCRIPT not in browser.html


@pytest.mark.parametrize(
    "changes",
    [
        "",
        "{}",
        "[1]",
        '[["put"]]',
        '[["put", [], 1]]',
        '[["put", [0], 1]]',
        '[["drop", []]]',
        '[["order", [], [{}]], ["put", ["engineers", 7], "x"]]',
        "[" * 5000,
        json.dumps([["put", ["engineers", "x"], json.loads("[" * 900 + "]" * 900)]]),
    ],
)
def test_a_proposal_that_is_none_is_refused(desk: Desk, changes: str) -> None:
    browser = proposed(desk)
    before = write(book(desk))
    browser.send("save", changes=changes, status=400)
    assert before == write(book(desk))


def test_a_proposal_is_read_and_checked_once_more_when_it_is_saved(desk: Desk) -> None:
    browser = proposed(desk)
    changes = json.dumps([["put", ["engineers", "eve"], {"name": "Eve", "phone": "0"}]])
    page = browser.send("save", changes=changes, status=422)
    assert "engineer eve, phone: Found `0`, expected +14155550101: + and the country's code." in page
    assert "eve" not in book(desk).engineers


def test_a_proposal_of_no_texts_is_refused_in_words(desk: Desk) -> None:
    browser = proposed(desk)
    changes = json.dumps([["put", ["engineers", "eve"], {"name": 7, "phone": None}]])
    assert "engineer eve, name: Found what is no text" in browser.send("save", changes=changes, status=422)


@pytest.mark.parametrize(
    "then", ["https://evil.test/", "//evil.test", "/admin/rosterevil", "/\\evil.test", "javascript:1"]
)
def test_nobody_is_led_elsewhere_after_saving(desk: Desk, then: str) -> None:
    browser = proposed(desk)
    browser.send("save", then=then)
    assert "/admin/roster" == browser.address


def test_what_is_said_after_saving_is_no_longer_than_a_cookie_may_be(desk: Desk) -> None:
    browser = proposed(desk)
    page = browser.send("save", done=secrets.token_hex(5_000))
    assert re.search(r"\b[0-9a-f]{300}\b", page)


PAGES = ("", "/engineers", "/new-engineer", "/engineers/ben", "/engineers/ben/remove", "/file", "/export", "/changes")


@pytest.mark.parametrize("page", PAGES)
def test_an_engineer_sees_none_of_it(desk: Desk, page: str) -> None:
    assert "This is for admins." in desk.browser("ben").get(f"/roster{page}", 403)


def test_who_is_no_admin_any_more_saves_nothing(desk: Desk) -> None:
    browser = proposed(desk, "dan")
    apply(desk.stage, ROSTER.replace(f'phone: "{DAN}", admin: true', f'phone: "{DAN}"'))
    assert "This is for admins." in browser.press("Save", 403)
    assert "eve" not in book(desk).engineers


@pytest.mark.parametrize("page", ["/engineers/zoe", "/engineers/zoe/remove", "/engineers/Ben"])
def test_nobody_is_behind_an_id_that_is_nobody_s(desk: Desk, page: str) -> None:
    assert "There is nothing at this address." in desk.browser("ana").get(f"/roster{page}", 404)


def test_the_list_is_searched_by_name_id_and_last_digits(desk: Desk) -> None:
    browser = desk.browser("ana")
    for wanted in ("ode", "ben", "0102"):
        page = browser.get(f"/roster/engineers?q={wanted}")
        assert "Ben Ode" in page
        assert "Cid Roe" not in page
    assert "Nobody is called so, among 4." in browser.get("/roster/engineers?q=zoe")


def test_the_list_says_in_words_who_can_be_reached_and_shows_no_full_number(desk: Desk) -> None:
    desk.stage.text(BEN, "who")
    page = desk.browser("ana").get("/roster/engineers?q=ben")
    assert "Verified last text" in page
    assert "...0102" in page
    assert BEN not in page
    desk.stage.text(BEN, "stop")
    assert "Unreachable opted out by STOP" in desk.browser("ana").get("/roster/engineers?q=ben")
    assert "Not verified no text has ever come from this phone" in desk.browser("ana").get("/roster/engineers?q=cid")


def test_a_long_list_is_paged(desk: Desk) -> None:
    many = "".join(f'  e{at:02}: {{name: Extra {at:02}, phone: "+1212555{100 + at:04}"}}\n' for at in range(60))
    apply(desk.stage, ROSTER.replace("engineers:\n", f"engineers:\n{many}", 1))
    browser = desk.browser("ana")
    assert "1 to 25 of 64" in browser.get("/roster/engineers")
    assert "26 to 50 of 64" in browser.get("/roster/engineers?page=2")
    assert "51 to 64 of 64" in browser.get("/roster/engineers?page=3")
    assert "There are no more." in browser.get("/roster/engineers?page=9")
