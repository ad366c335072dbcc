"""An alert's page tells how it stands and all that happened to it: who, how, when, and the texts as they were sent."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from bugglio import alert as alerts
from bugglio.alert import Alert, Entry
from bugglio.document import present
from bugglio.page import Page
from bugglio.page import dump as dump_page
from bugglio.simulator import Misbehaviour
from bugglio.store import ABSENT, EXISTS, Store, Write
from bugglio.store.counting import CountingStore
from tests.admin.alerting import alert_of, key_of, opened, say
from tests.browsing import BEN, ROSTER, Desk, apply
from tests.clock import Clock
from tests.payloads import change, event
from tests.stage import ANA, staged

NAME = "TypeError checkout-api"


@pytest.fixture(autouse=True)
def untroubled(desk: Desk) -> Iterator[None]:
    """No page of a test ends in a fault of ours."""
    yield
    assert [] == desk.stage.troubles


def shown(desk: Desk, code: int, who: str = "dan") -> str:
    """What the alert's page says."""
    return desk.browser(who).get(f"/alerts/code/{code}")


def stands(desk: Desk, code: int) -> str:
    """What it says of how the alert stands."""
    browser = desk.browser("dan")
    browser.get(f"/alerts/code/{code}")
    found = re.search(r'<section class="banner[^>]*>(.*?)</section>', browser.html, re.DOTALL)
    assert found is not None
    return " ".join(unescape(re.sub(r"<[^>]+>", "", found[1])).split())


# What it is.


def test_a_message_that_turns_the_line_around_is_shown_as_it_was_written(desk: Desk) -> None:
    code = opened(desk, message="paid \u202e000,1 \u2066by ברוך\u2069 👩\u200d👧")
    for address in (f"/alerts/code/{code}", "/alerts"):
        page = desk.browser("ana").get(address)
        assert "paid 000,1 by ברוך 👩\u200d👧" in page
        assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(page)


def test_the_page_says_what_it_is_and_counts_its_events(desk: Desk) -> None:
    code = desk.stage.webhook(event(error={"errorId": "e", "url": "https://app.bugsnag.com/x/y?event=1"}))["code"]
    for _ in range(3):
        desk.stage.webhook(event("exception", error={"errorId": "e"}))
    browser = desk.browser("dan")
    page = browser.get(f"/alerts/code/{code}")
    for part in ("TypeError", "checkout-api", "production", "Team shop", "4 since it was opened"):
        assert part in page
    assert 'href="https://app.bugsnag.com/x/y?event=1" rel="noreferrer noopener"' in browser.html


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http://", "https://[", "file:///x"]
)
def test_what_is_no_address_of_the_web_is_no_link(desk: Desk, url: str) -> None:
    code = opened(desk)
    desk.stage.store.commit([Write(f"alerts/{key_of(desk, code)}", EXISTS, put={"url": url})])
    browser = desk.browser("dan")
    page = browser.get(f"/alerts/code/{code}")
    assert f"Bugsnag {url} Events" in page
    assert f'href="{url}"' not in browser.html


# How it stands.


def test_what_waits_says_for_whom_since_when_and_who_is_next(desk: Desk) -> None:
    code = opened(desk)
    first, second = alert_of(desk, key_of(desk, code)).waits_for[0], "secondary"
    name = {"ana": "Ana Lima", "ben": "Ben Ode"}
    other = {"ana": "ben", "ben": "ana"}[first]
    said = stands(desk, code)
    assert f"Nobody has answered. It waits for {name[first]} since 09:00." in said
    assert "At 09:02 they are paged once more." in said
    assert f"Without an answer step 2 is next, at 09:05: {name[other]} and Dan Oak." in said
    assert second in shown(desk, code)
    desk.stage.wait(minutes=5)
    assert "Without an answer the last resort is next, at 09:15: Ana Lima." in stands(desk, code)
    desk.stage.wait(minutes=10)
    assert "whoever is on duty, and the last resort, are told again" in stands(desk, code)


def test_what_somebody_has_says_who_until_when_and_what_then(desk: Desk) -> None:
    code = opened(desk)
    desk.stage.text(BEN, f"ack {code}")
    assert "Ben Ode has it since 09:01. If it has come again by 10:01, Ben Ode is reminded then." in stands(desk, code)
    desk.stage.clock.advance(minutes=1)
    desk.stage.webhook(
        event("exception", error={"errorId": "e-1"}, project={"name": "checkout-api", "id": "checkout-api"})
    )
    desk.stage.wait(minutes=61, step=30)
    assert "Ben Ode was reminded at 10:01: without an answer its steps begin again at" in stands(desk, code)
    desk.simulator.settle()
    page = shown(desk, code)
    assert "Reminded Ben Ode delivered" in page
    assert "came again since acked" in page


def test_what_ran_out_with_nothing_new_says_so(desk: Desk) -> None:
    code = opened(desk)
    desk.stage.text(BEN, f"ack {code}")
    desk.stage.wait(minutes=61, step=60)
    assert "That ran out at 10:01, with nothing new: its next event reminds Ben Ode." in stands(desk, code)
    desk.stage.webhook(
        event("exception", error={"errorId": "e-1"}, project={"name": "checkout-api", "id": "checkout-api"})
    )
    desk.simulator.settle()
    assert "Reminded Ben Ode delivered #" in shown(desk, code)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("snooze {} 2h", "Snoozed until 11:01; then its steps begin again."),
        ("snooze {} 20x", "Snoozed for 20 more events, of which 0 have come."),
        ("close {}", "Closed by Ben Ode, at 09:01."),
        ("fix {}", "Closed by Ben Ode as fixed, at 09:01."),
        ("ignore {}", "Its events are only recorded until somebody reopens it."),
    ],
)
def test_what_became_of_it_is_said(desk: Desk, words: str, said: str) -> None:
    code = opened(desk)
    desk.stage.text(BEN, words.format(code))
    assert said in stands(desk, code)


def test_what_is_quiet_held_or_left_to_the_digest_says_why(desk: Desk) -> None:
    text = ROSTER.replace(
        "  web:\n",
        """    rules:
      - {if: {class: Left}, then: digest}
      - {if: {class: Held, between: "08:00-12:00"}, then: hold}
  web:
""",
    )
    apply(desk.stage, text)
    left, held = opened(desk, "l", exceptionClass="Left"), opened(desk, "h", exceptionClass="Held")
    assert "A rule has left it to the daily digest" in stands(desk, left)
    assert "A rule holds it until 12:00" in stands(desk, held)
    assert "by a rule" in shown(desk, held)
    desk.stage.text(BEN, "quiet 30m")
    desk.stage.text(ANA, "quiet 30m")
    quiet = opened(desk, "q")
    assert re.search(r"(Ben Ode|Ana Lima) is quiet until 09:3\d, and is told of it then.", stands(desk, quiet))


def test_an_alert_of_a_team_that_is_gone_has_its_page(desk: Desk) -> None:
    code = opened(desk, "w", "site")
    apply(desk.stage, ROSTER[: ROSTER.index("  web:")])
    desk.stage.wait(minutes=1, step=20)
    assert "Nobody has answered. It waits for Ana Lima" in stands(desk, code)
    desk.browser("dan").get("/alerts?team=web")


# What happened.


def test_each_change_says_who_how_and_when(desk: Desk) -> None:
    code = opened(desk)
    desk.stage.text(BEN, f"snooze {code} 2h")
    desk.stage.text(BEN, f"note {code} it is the cache")
    desk.stage.text(BEN, "undo")
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{code}")
    say(browser, "ack")
    say(browser, "note", "looking")
    project = {"name": "checkout-api", "id": "checkout-api"}
    desk.stage.webhook(change("snoozed", error={"errorId": "e-1"}, project=project))
    desk.stage.webhook(change("fixed", error={"errorId": "e-1"}, project=project))
    page = shown(desk, code)
    for part in (
        "Opened : New unhandled error · in Bugsnag",
        "Snoozed : until Mon 2 Feb 11:01 GMT · Ben Ode, by text",
        "Note : it is the cache · Ben Ode, by text",
        "Undone : snooze · Ben Ode, by text",
        "Acknowledged · Ana Lima, on the admin pages",
        "Note : looking · Ana Lima, on the admin pages",
        "· Dana Doe, in Bugsnag",
    ):
        assert part in page, part
    assert "by text, by text" not in page
    assert page.index("Closed: fixed") < page.index("Acknowledged ·") < page.index("Opened :")


def test_a_page_says_to_whom_it_went_what_became_of_it_and_what_it_said(desk: Desk) -> None:
    code = opened(desk)
    to = alert_of(desk, key_of(desk, code)).waits_for[0]
    name = {"ana": "Ana Lima", "ben": "Ben Ode"}[to]
    sent = next(text for text in (*desk.stage.new_texts(BEN), *desk.stage.new_texts(ANA)) if f"#{code}" in text)
    page = shown(desk, code)
    assert f"Paged {name} delivered {sent}" in page


def test_a_page_that_failed_says_why(desk: Desk) -> None:
    desk.stage.simulator.misbehave(Misbehaviour("refuse", code=21610))
    code = opened(desk)
    page = shown(desk, code)
    assert "failed" in page
    assert re.search(r"(?i)stop", page.partition("What happened")[2])


def test_the_texts_that_changed_it_are_shown_with_their_answers(desk: Desk) -> None:
    code = opened(desk)
    answer = desk.stage.text(BEN, f"ACK {code}  please")
    assert f"Acknowledged · Ben Ode, by text ACK {code} please Answer: {answer}" in shown(desk, code)


def test_the_digest_that_a_page_went_into_is_told_in_its_place(desk: Desk) -> None:
    some = [opened(desk, f"e-{number}") for number in range(8)]
    desk.stage.wait(minutes=3, step=10)
    pages = [shown(desk, code) for code in some]
    assert any("in a digest" in page and "more:" in page.partition("in a digest")[2] for page in pages)


def test_its_steps_are_shown_and_which_is_the_present_one(desk: Desk) -> None:
    code = opened(desk)
    page = shown(desk, code)
    assert "1. primary ; waits 5 min, again after 2 min now" in page
    assert "2. secondary, Dan Oak ; waits 10 min" in page
    desk.stage.wait(minutes=5)
    assert "2. secondary, Dan Oak ; waits 10 min, again after 2 min now" in shown(desk, code)


# A long one, and one from outside.


def test_a_long_timeline_reads_no_more_than_sixty_documents(desk: Desk) -> None:
    names = [f"{number:024x}" for number in range(100)]
    store = desk.stage.store
    lines = tuple(Entry(at=1_000 + n, what="page", who="ben", page=name) for n, name in enumerate(names[:60]))
    lines += tuple(
        Entry(at=2_000 + n, what="note", who="ben", detail=f"note {n}", how="text", order=f"SM{n}") for n in range(40)
    )
    alert = Alert(mark="m", team="shop", code=5_000, opened=1_000, timeline=lines)
    writes = [Write("alerts/long", ABSENT, put=present(alerts.dump(alert)))]
    for n, name in enumerate(names):
        page = Page(kind="page", to="ben", number=BEN, phone="p", created=1_000, state="digested", digest=f"d{n}")
        writes.append(Write(f"pages/{name}", ABSENT, put=present(dump_page(page))))
        digest = Page(kind="digest", to="ben", number=BEN, phone="p", created=1_000, state="sent", body=f"digest {n}")
        writes.append(Write(f"pages/d{n}", ABSENT, put=present(dump_page(digest))))
    writes += [Write(f"texts/SM{n}", ABSENT, put={"body": f"text {n}", "answer": "Noted", "at": 1}) for n in range(40)]
    store.commit(writes)
    counted = CountingStore(store)
    desk.stage.store = counted
    desk.stage.use_the_store()
    browser = desk.browser("dan")
    counted.settle()
    said = browser.get("/alerts/long")
    assert 60 >= counted.settle().reads
    assert 100 == browser.html.count("<strong>Paged</strong>") + browser.html.count("<strong>Note</strong>")
    assert "Only the latest 100 changes are kept." in said
    assert "text 39" in said
    assert "What became of it is not looked up here." in said


SCRIPTS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}<b>")


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_is_text_wherever_it_stands(sqlite: Store, clock: Clock, script: str) -> None:
    with staged(sqlite, clock) as stage:
        stage.use_the_store()
        quoted = script.replace("\\", "\\\\").replace('"', '\\"')
        apply(stage, ROSTER.replace("name: Ben Ode", f'name: "{quoted}"'))
        desk = Desk(stage)
        error = {
            "exceptionClass": script,
            "message": f"m {script}",
            "context": script,
            "severity": script,
            "url": script,
        }
        project = {"name": "checkout-api", "id": "checkout-api"}
        code = stage.webhook(event(error={"errorId": "e", "releaseStage": script, **error}, project=project))["code"]
        stage.webhook(change("snoozed", by=script, error={"errorId": "e"}, project=project))
        stage.webhook(change("snoozeCancelled", by=script, error={"errorId": "e"}, project=project))
        stage.text(BEN, f"note {code} {script}")
        stage.text(BEN, f"ack {code}")
        browser = desk.browser("ana")
        browser.get(f"/alerts/code/{code}")
        say(browser, "note", script)
        say(browser, "close")
        say(browser, "reopen")
        page = browser.get(f"/alerts/code/{code}")
        assert page.count(script) >= 9
        body = browser.html
        assert "<script>alert" not in body
        assert "<img" not in body
        assert "{{ 7*7 }}<b>" not in body
        assert [] == stage.troubles


def test_numbers_are_not_shown_in_full(desk: Desk) -> None:
    code = opened(desk)
    desk.stage.text(BEN, f"ack {code}")
    browser = desk.browser("dan")
    browser.get(f"/alerts/code/{code}")
    assert not re.search(r"\+?1415555\d{4}", browser.html)
