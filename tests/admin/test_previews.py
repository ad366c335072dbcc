"""What a change of the roster is said to do before it is saved: to turns, to people, and what is doubtful in it."""

from bugglio.store.counting import CountingStore
from bugglio.store.sqlite import SqliteStore
from tests.browsing import BEN, CID, ROSTER, Desk, apply, text_of
from tests.clock import Clock
from tests.payloads import event
from tests.stage import staged

DUTY = "Who is on duty in the coming 4 weeks"


def preview(desk: Desk, *changes: tuple[str, str], person: str = "ana") -> str:
    """The preview of the desk's roster with some of its file changed."""
    text = ROSTER
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    browser = desk.browser(person)
    browser.get("/roster/file")
    browser.send(text=text)
    return text_of(browser.html)


def test_who_is_on_instead_of_whom_is_told_in_the_viewer_s_zone(desk: Desk) -> None:
    change = ("engineers: [ben, ana]", "engineers: [ana, ben]")
    expected = "Ana Lima is on primary of shop from Mon 2 Feb 04:00 EST until Mon 9 Feb 04:00 EST instead of Ben Ode."
    assert expected in preview(desk, change)
    expected = "Ana Lima is on primary of shop from Mon 2 Feb 09:00 GMT until Mon 9 Feb 09:00 GMT instead of Ben Ode."
    assert expected in preview(desk, change, person="dan")


def test_a_gap_is_named_a_gap(desk: Desk) -> None:
    page = preview(desk, ('"09:00-18:00"', '"10:00-18:00"'))
    assert "Gap Nobody is on days of web from Mon 2 Feb 04:00 EST until Mon 2 Feb 04:00 EST" not in page
    assert "Gap Nobody is on days of web from Tue 3 Feb 03:00 EST until Tue 3 Feb 04:00 EST instead of Cid Roe." in page


def test_what_fills_a_gap_says_that_nobody_was_there(desk: Desk) -> None:
    page = preview(desk, ('"09:00-18:00"', '"09:00-19:00"'))
    assert "Cid Roe is on days of web from Mon 2 Feb 12:00 EST until Mon 2 Feb 13:00 EST , where nobody was." in page


def test_of_many_spans_the_first_are_told_and_the_rest_is_counted(desk: Desk) -> None:
    page = preview(
        desk,
        (
            "engineers: [ben, ana], starts: 2026-01-05T09:00, turn: 1 week",
            "engineers: [ben, ana], starts: 2026-01-05T21:00, turn: 12 hours",
        ),
    )
    assert 20 == page.count(" of shop from ")
    assert "And 36 more." in page


def test_what_changes_nobody_s_turns_says_so(desk: Desk) -> None:
    page = preview(desk, ("name: Cid Roe", "name: Cid Row"))
    assert f"{DUTY} Nothing changes there." in page


def test_an_override_of_people_s_own_that_ends_with_it_is_told(desk: Desk) -> None:
    desk.stage.text(BEN, "off 2h")
    gone = ROSTER[ROSTER.index("  web:") :]
    page = preview(desk, (ROSTER[ROSTER.index("  shop:") : ROSTER.index("  web:")], ""), (gone, gone))
    assert "override of shop primary" in page
    assert "Gap Nobody is on primary of shop from Mon 2 Feb 04:00 EST until Mon 2 Feb 06:00 EST instead of Ana" in page


def test_the_last_resort_stays_an_admin_and_that_is_told(desk: Desk) -> None:
    page = preview(desk, ("timezone: America/New_York, admin: true", "timezone: America/New_York"), person="dan")
    assert "Ana Lima stays an admin all the same: the last resort is one." in page


def test_only_doubts_that_are_new_are_told(desk: Desk) -> None:
    doubtful = "- {page: [primary], wait: 5 minutes, again: 9 minutes}"
    change = ("- {page: [primary], wait: 5 minutes}", doubtful)
    expected = "Doubtful team shop, step 1, again: `again` is not before the end of `wait`"
    assert expected in preview(desk, change)
    apply(desk.stage, ROSTER.replace(*change))
    assert "Doubtful" not in preview(desk, change, ("Cid Roe", "Cid Row"))


def test_what_will_go_wrong_is_told_if_it_would_not_without_the_change(desk: Desk) -> None:
    page = preview(
        desk, ("starts: 2026-01-05T09:00, turn: 1 week, hours", "starts: 2026-02-09T09:00, turn: 1 week, hours")
    )
    assert "Ahead web: nobody is on duty until Mon 9 Feb 09:00 (Europe/Berlin)." in page
    assert "Ahead" not in preview(desk, ("turn: 1 week, hours", "turn: 2 weeks, hours"))


def test_who_comes_to_be_paged_and_cannot_be_reached_is_told(desk: Desk) -> None:
    desk.stage.text(CID, "stop")
    page = preview(desk, ("[secondary, dan]", "[secondary, cid]"))
    assert "Ahead shop: cid is paged, and cannot be reached: opted out by STOP." in page


def test_whoever_is_new_is_greeted_as_it_is_told(desk: Desk) -> None:
    eve = '  eve: {name: Eve Fox, phone: "+14155550105"}\nteams:'
    assert "Eve Fox gets a first text 48 hours before their first shift." in preview(desk, ("teams:", eve))
    page = preview(desk, ("teams:", eve), ("[secondary, dan]", "[secondary, eve]"))
    assert "Eve Fox is on duty within 48 hours: a first text goes to the phone within a minute." in page


def test_whoever_is_new_and_on_duty_soon_gets_the_first_text_by_the_tick(desk: Desk) -> None:
    text = ROSTER.replace("teams:", '  eve: {name: Eve Fox, phone: "+14155550105"}\nteams:').replace("[cid]", "[eve]")
    browser = desk.browser("ana")
    browser.get("/roster/file")
    browser.send(text=text)
    browser.press("Save")
    desk.stage.wait(minutes=1, step=30)
    assert "bugglio" in desk.stage.new_texts("+14155550105")[0]


def test_a_phone_that_was_heard_of_before_is_known_again(desk: Desk) -> None:
    apply(desk.stage, ROSTER.replace("[cid]", "[dan]").replace("  cid:", "  old:"))
    desk.stage.text(CID, "who")
    page = preview(desk, ("  cid:", "  cyd:"), ("[cid]", "[cyd]"))
    assert "Cid Roe: texts have come from this phone before." in page


def test_a_preview_of_very_many_changes_reads_at_most_60_documents(sqlite: SqliteStore, clock: Clock) -> None:
    counting = CountingStore(sqlite)
    people = "".join(f'  x{at}: {{name: X {at}, phone: "+1212555{100 + at:04}"}}\n' for at in range(60))
    with staged(counting, clock) as stage:
        stage.use_the_store()
        apply(stage, ROSTER)
        for at in range(15):
            stage.webhook(event(f"e-{at}"))
        for version in range(25):
            apply(stage, ROSTER.replace("Cid Roe", f"Cid {version}"))
        browser = Desk(stage).browser("ana")
        browser.get("/roster/file")
        text = ROSTER.replace("teams:", f"{people}teams:", 1).replace("[ben, ana]", "[ana, x1, x2, x3, x4, x5, x6, x7]")
        text = text.replace("  ben: ", "  bea: ")
        for version in range(25):
            apply(stage, ROSTER.replace("Cid Roe", f"Cid {version + 30}"))
        counting.settle()

        page = browser.send(text=text, status=409)

        assert 60 >= counting.settle().reads
        assert "51 more are new" in page
        assert 10 == page.count("by apply")
        assert "And 15 earlier changes." in page
