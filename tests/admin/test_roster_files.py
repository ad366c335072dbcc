"""The roster file on the admin pages: taken in, handed out; who changed what; the roster at a glance."""

import io

import pytest

from bugglio.pager.applying import Applying
from bugglio.roster import Book
from bugglio.rosterfile import read, write
from tests.browsing import ROSTER, Browser, Desk, apply, text_of

SMALL = """\
engineers:
  ana: {name: Ana Lima, phone: "+14155550101", admin: true}
  ben: {name: Ben Ode, phone: "+14155550102"}
teams:
  shop:
    projects: [checkout-api]
    rotations:
      primary:
        engineers: [ana, ben]
        starts: 2026-01-05T09:00
"""


def book(desk: Desk) -> Book:
    """What is applied."""
    return Applying(desk.stage.works.kit).current()


def sent(desk: Desk, text: str, status: int = 200, person: str = "ana") -> Browser:
    """A browser that has sent the text of a file."""
    browser = desk.browser(person)
    browser.get("/roster/file")
    browser.send(text=text, status=status)
    return browser


def exported(browser: Browser) -> bytes:
    """The file that the page hands out."""
    browser.get("/roster/export")
    assert browser.answer is not None
    return browser.answer.get_data()


def test_a_file_that_is_pasted_is_shown_and_then_saved(desk: Desk) -> None:
    browser = sent(desk, SMALL)
    page = text_of(browser.html)
    assert "engineer cid: gone" in page
    assert "team web: gone" in page
    assert "Ana Lima is on primary of shop from Mon 2 Feb 04:00 EST until Mon 9 Feb 04:00 EST" in page
    assert "web" in book(desk).teams

    assert "The roster is what the file says." in browser.press("Save")
    assert read(SMALL).book == book(desk)


def test_a_file_that_is_chosen_comes_before_the_field(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/roster/file")
    browser.send(text="nonsense", file=(io.BytesIO(SMALL.encode()), "oncall.yaml"))  # type: ignore[arg-type]  # werkzeug's form of a file
    browser.press("Save")
    assert read(SMALL).book == book(desk)


def test_a_file_with_faults_is_told_by_its_lines_and_stays_in_the_field(desk: Desk) -> None:
    text = SMALL.replace("[ana, ben]", "[ana, bem]").replace("admin: true", "admin: yes")
    browser = sent(desk, text, 422)
    page = text_of(browser.html)
    assert "line 2: found `yes`, expected true or false." in page
    assert "line 9: found `bem`, expected an engineer; did you mean `ben`?" in page
    assert "engineers: [ana, bem]" in page
    assert read(ROSTER).book == book(desk)


@pytest.mark.parametrize("text", ["", "engineers: [", "\x00", "a: &b c"])
def test_what_is_no_roster_file_is_refused_in_words(desk: Desk, text: str) -> None:
    assert "The file cannot be taken in:" in text_of(sent(desk, text, 422).html)


def test_what_is_exported_are_the_bytes_of_the_command_line_and_changes_nothing_when_taken_in(desk: Desk) -> None:
    browser = desk.browser("ana")
    file = exported(browser)
    assert write(book(desk)).encode() == file
    assert browser.answer is not None
    assert 'attachment; filename="oncall.yaml"' == browser.answer.headers["Content-Disposition"]
    browser.get("/roster/file")
    assert "Nothing changes: it is so already." in browser.send(text=file.decode())
    assert "no-store" in browser.answer.headers["Cache-Control"]


def test_an_import_counts_as_changed_otherwise_until_its_export_is_applied(desk: Desk) -> None:
    browser = sent(desk, SMALL)
    browser.press("Save")
    applying = Applying(desk.stage.works.kit)
    assert "engineer cid: gone" in applying.plan(read(ROSTER).book).changed_since

    planned = applying.plan(read(exported(browser)).book)
    assert () == planned.lines
    applying.apply(planned, "ci")
    assert () == applying.plan(read(ROSTER).book).changed_since


def test_a_file_takes_the_place_of_what_others_changed_meanwhile_but_only_seen(desk: Desk) -> None:
    browser = sent(desk, SMALL, person="dan")
    apply(desk.stage, ROSTER.replace("Ben Ode", "Ben Orr"), "ci")

    page = browser.press("Save", 409)
    assert "ci, Mon 2 Feb 09:00 GMT , by apply: engineer ben: name Ben Ode -> Ben Orr" in page
    assert "engineer ben: name Ben Orr -> Ben Ode" in page

    browser.press("Save")
    assert read(SMALL).book == book(desk)


def test_who_takes_themselves_off_the_roster_is_told_what_that_means(desk: Desk) -> None:
    page = text_of(sent(desk, SMALL, person="dan").html)
    assert "You are not on the roster afterwards: you are logged out, and cannot log in again." in page


def test_changes_are_told_newest_first_with_who_and_how(desk: Desk) -> None:
    sent(desk, SMALL).press("Save")
    page = desk.browser("ana").get("/roster/changes")
    assert "Version 2: Ana Lima, by admin page Mon 2 Feb 09:00 UTC" in page
    assert "engineer cid: gone" in page
    assert page.index("Version 2") < page.index("Version 1: tests, by apply")


def test_changes_are_paged(desk: Desk) -> None:
    for at in range(30):
        apply(desk.stage, ROSTER.replace("Ben Ode", f"Ben {at}"), "ci")
    browser = desk.browser("ana")
    page = browser.get("/roster/changes")
    assert "Version 31" in page
    assert "Version 12" in page
    assert "Version 11:" not in page
    page = browser.get("/roster/changes?from=11")
    assert "Version 11" in page
    assert "Version 1:" in page
    assert "Older" not in page
    assert "Version 31" in browser.get("/roster/changes?from=nonsense")


def test_the_roster_at_a_glance_says_who_is_on(desk: Desk) -> None:
    page = desk.browser("ana").get("/roster")
    assert "4 engineers in 2 teams. The last resort, paged when nobody else is left, is Ana Lima." in page
    assert (
        "shop primary Ben Ode until 04:00 Mon 9 Feb secondary Ana Lima until 04:00 Mon 9 Feb projects checkout-api"
        in page
    )
    assert "web days Cid Roe until 12:00 projects *" in page


def test_many_teams_are_searched_and_paged(desk: Desk) -> None:
    teams = "".join(f"  t{at}:\n    projects: [p{at}]\n" for at in range(120))
    apply(desk.stage, SMALL + teams)
    browser = desk.browser("ana")
    assert "121 of 121 teams, page 1 of 3" in browser.get("/roster")
    assert "page 3 of 3" in browser.get("/roster?page=3")
    page = browser.get("/roster?q=p77")
    assert "1 of 121 teams." in page
    assert "t77 rotations none projects p77" in page


def test_before_there_is_a_roster_the_pages_say_so(desk: Desk) -> None:
    apply(desk.stage, "engineers: {}\nteams: {}\n")
    browser = desk.browser("on-duty")
    assert "There is no team yet." in browser.get("/roster")
    assert "Nobody is on the roster yet" in browser.get("/roster/engineers")
    browser.get("/roster/new-engineer")
    browser.send(id="ana", name="Ana Lima", phone="+14155550101")
    browser.press("Save")
    assert ["ana"] == list(book(desk).engineers)
