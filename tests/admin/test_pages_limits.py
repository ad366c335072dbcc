"""What the pages of texts read, whatever there is; what is in an address or a text is anybody's."""

import re
from collections.abc import Iterator

import msgspec
import pytest

from bugglio import alert as alerts
from bugglio import page as pages
from bugglio.alert import Alert, Entry
from bugglio.document import present
from bugglio.page import Attempt, Count, Page
from bugglio.phone import phone_id
from bugglio.store import ABSENT, Write
from bugglio.store.counting import CountingStore
from bugglio.store.sqlite import SqliteStore
from tests.browsing import BEN, ROSTER, Desk, apply
from tests.clock import Clock
from tests.payloads import event
from tests.sent import follow, links, settle, shown
from tests.stage import ANA, staged

SCRIPT = "<script>alert('1')</script>"
MOST = 60


@pytest.fixture
def counted(sqlite: SqliteStore, clock: Clock) -> Iterator[tuple[Desk, CountingStore]]:
    """A pager whose reads are counted."""
    store = CountingStore(sqlite)
    with staged(store, clock) as stage:
        stage.use_the_store()
        apply(stage, ROSTER)
        yield Desk(stage), store


def page(age: int, now: int, **more: object) -> Page:
    """A text of long ago, to Ben."""
    made = Page(kind="page", to="ben", number=BEN, phone=phone_id(BEN), created=now - age, state=pages.DELIVERED)
    return msgspec.structs.replace(made, **more)


def keep(desk: Desk, *made: tuple[str, Page]) -> None:
    """Put pages into the store."""
    for start in range(0, len(made), 100):
        some = made[start : start + 100]
        writes = [Write(pages.path(key), ABSENT, put=present(pages.dump(one))) for key, one in some]
        desk.stage.store.commit(writes)


def test_no_page_reads_over_60_documents(counted: tuple[Desk, CountingStore]) -> None:
    desk, store = counted
    now = desk.stage.clock.now()
    keep(desk, *((f"{number:024x}", page(number, now, state=pages.FAILED, cause="off")) for number in range(200)))
    keys = [f"{number:024x}" for number in range(100)]
    alert = Alert(
        mark="m",
        team="shop",
        code=417,
        error_id="checkout-1",
        timeline=tuple(Entry(at=now, what="page", page=one) for one in keys),
    )
    digest = page(1000, now, kind="digest", count=Count(pages=900, codes=tuple(range(100, 1000))), alert="a1", code=417)
    digested = page(1001, now, state=pages.DIGESTED, digest="d1", alert="a1", after=tuple(keys))
    keep(desk, ("d1", digest), ("d2", digested))
    unrouted = {"v": 1, "reason": "rule 1: ignore", "error_id": "checkout-1", "alert": "a1", "count": 1, "first": now}
    several = [Write(f"unrouted/u{n}", ABSENT, put={**unrouted, "last": now - n}) for n in range(90)]
    texts = [Write(f"texts/SM{n}", ABSENT, put={"v": 1, "at": now - n, "who": "ben", "body": "ack"}) for n in range(90)]
    desk.stage.store.commit([Write("alerts/a1", ABSENT, put=present(alerts.dump(alert))), *several, *texts])
    desk.stage.store.commit([Write("codes/417", ABSENT, put={"v": 1, "alert": "a1"})])
    browser = desk.browser("ana")
    asked = (
        "",
        "?state=failed",
        "?person=ben",
        "?words=nothing",
        "?person=ben&words=nothing&state=sent",
        "/why",
        "/why?q=417",
        "/why?q=checkout-1",
        "/why?q=nothing+like+it",
        "/why?q=nothing1234",
        "/received",
        "/d1",
        "/d2",
        f"/{keys[0]}",
    )
    reads = {}
    for address in asked:
        store.settle()
        browser.get(f"/pages{address}")
        reads[address] = store.settle().reads

    assert {} == {address: count for address, count in reads.items() if count > MOST}
    assert reads["/why?q=417"] > 20


def test_lists_go_on_where_they_ended_and_tell_each_text_once(desk: Desk) -> None:
    now = desk.stage.clock.now()
    keep(desk, *((f"{number:024x}", page(number // 2, now, body=f"text {number}.")) for number in range(60)))
    browser = desk.browser("ana")
    for way in ("", "?person=ben"):
        browser.get(f"/pages{way}")
        found = links(browser)
        while ">Older</a>" in browser.html:
            follow(browser, "Older")
            assert "data-refresh" not in browser.html
            found += links(browser)
        assert [60, 60] == [len(found), len(set(found))]
    follow(browser, "Newest")
    assert "data-refresh" in browser.html


def test_a_search_says_how_many_it_looked_at_and_looks_further(desk: Desk) -> None:
    now = desk.stage.clock.now()
    keep(desk, *((f"{number:024x}", page(number, now, body=f"text {number}.")) for number in range(120)))
    browser = desk.browser("ana")
    browser.get("/pages")
    browser.send(words="Text 110.")
    assert "None of the 50 that were looked at." in shown(browser)
    follow(browser, "Look further")
    assert "text 110." in follow(browser, "Look further")
    assert ">Look further</a>" not in browser.html


@pytest.mark.parametrize("where", ["", "/why", "/received"])
@pytest.mark.parametrize("after", ["x", "%00", "W10", "WyJjcmVhdGVkIiwgMV0", "A" * 3000])
def test_what_is_no_cursor_is_refused_in_words(desk: Desk, where: str, after: str) -> None:
    browser = desk.browser("ana")
    said = browser.get(f"/pages{where}?after={after}", 400)
    assert "cannot be read. Begin at the list's start." in said


def test_script_in_every_field_is_shown_as_text(desk: Desk) -> None:
    now = desk.stage.clock.now()
    attempt = Attempt(id="a", n=1, at=now, status=SCRIPT, sid=SCRIPT, code=30003, cause=SCRIPT)
    more = {"kind": SCRIPT, "to": SCRIPT, "number": SCRIPT, "cause": SCRIPT, "sid": SCRIPT, "mark": SCRIPT}
    bad = page(0, now, state=pages.FAILED, body=SCRIPT, note=SCRIPT, brief=SCRIPT, attempts=(attempt,), tries=1, **more)
    marked = page(1, now, mark=SCRIPT, alert="a1", code=417, waited_for=SCRIPT, state=pages.WAITING, due_at=now)
    keep(desk, ("b1", bad), ("b2", marked), ("b3", page(2, now, state=SCRIPT)))
    alert = Alert(
        mark="m",
        team=SCRIPT,
        code=417,
        project=SCRIPT,
        error_id="error-of-nobody",
        error_class=SCRIPT,
        message=SCRIPT,
        stage=SCRIPT,
        context=SCRIPT,
        timeline=(Entry(at=now, what=SCRIPT, detail=SCRIPT, who=SCRIPT, page="b1"),),
    )
    names = ("reason", "trigger", "change", "project_id", "project", "error_class", "message")
    unrouted = {**dict.fromkeys(names, SCRIPT), "v": 1, "count": 2, "first": now, "last": now, "error_id": "error-1234"}
    text = {"v": 1, "at": now, "from": SCRIPT, "who": SCRIPT, "body": SCRIPT, "answer": SCRIPT}
    desk.stage.store.commit(
        [
            Write("alerts/a1", ABSENT, put=present(alerts.dump(alert))),
            Write("codes/417", ABSENT, put={"v": 1, "alert": "a1"}),
            Write("unrouted/u1", ABSENT, put=unrouted),
            Write("texts/SM1", ABSENT, put=text),
        ]
    )
    browser = desk.browser("ana")
    asked = "%3Cscript%3Ealert(%271%27)%3C/script%3E"
    shows = ("", "/b1", "/b2", "/b3", "/why", "/why?q=417", "/why?q=error-1234", f"/why?q={asked}", "/received")
    for address in (*shows, f"?words={asked}", f"?state={asked}&person={asked}&kind={asked}"):
        browser.get(f"/pages{address}")
        assert "<script>alert" not in browser.html, address
        assert "&lt;script&gt;alert" in browser.html or "state=" in address, address


def test_nobody_sees_a_code_to_log_in(desk: Desk) -> None:
    now = desk.stage.clock.now()
    keep(desk, ("c1", page(0, now, kind="login", body="123456 is your code for bugglio", note="123456 is your code")))
    for person in ("ana", "ben"):
        browser = desk.browser(person)
        browser.get("/pages")
        assert "is your code for bugglio" in shown(browser)
        assert "123456" not in browser.html
        browser.get("/pages/c1")
        assert "is your code for bugglio" in shown(browser)
        assert "123456" not in browser.html
    browser = desk.browser("ana")
    browser.get("/pages?words=123456")
    assert "is your code" not in shown(browser)


def test_no_page_shows_a_whole_number(desk: Desk) -> None:
    desk.stage.webhook(event())
    settle(desk)
    desk.stage.text(BEN, "ack")
    browser = desk.browser("ana")
    browser.get("/pages")
    for address in ("/pages", links(browser)[0], "/pages/why", "/pages/received"):
        browser.get(address)
        assert BEN not in browser.html
        assert ANA not in browser.html


def test_a_test_text_needs_its_form(desk: Desk) -> None:
    browser = desk.browser("ben")
    browser.post("/pages/test", {"token": "abc"}, 400)
    assert [] == desk.stage.store.query("pages", "created")


def test_every_form_and_table_names_its_parts(desk: Desk) -> None:
    desk.stage.webhook(event())
    settle(desk)
    desk.stage.text(BEN, "ack")
    browser = desk.browser("ana")
    browser.get("/pages")
    for address in ("/pages", "/pages/why", "/pages/received", links(browser)[0]):
        browser.get(address)
        named = set(re.findall(r'<label for="([^"]+)"', browser.html))
        fields = set(re.findall(r'<(?:select|input|textarea)(?![^>]*type="hidden")[^>]* id="([^"]+)"', browser.html))
        assert named == fields
        assert browser.html.count("<table") == browser.html.count("<caption")
        assert browser.html.count("<th>") == 0
        assert 1 == browser.html.count("<h1")
