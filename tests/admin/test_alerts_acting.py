"""What is done to an alert on its page is what the word does by text, and leaves the phone as it was."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest

from bugglio.simulator import Misbehaviour
from bugglio.store import Document, Reading, Store, Unreachable, Write, Written
from tests.admin.alerting import alert_of, codes, key_of, opened, phone_of, say, words
from tests.browsing import BEN, CID, ROSTER, Desk, apply, forms
from tests.cast import CrossingStore
from tests.clock import Clock
from tests.payloads import change, event
from tests.stage import ANA, Stage, staged

NAME = "TypeError checkout-api"
ALONE = "here only: no BUGSNAG_AUTH_TOKEN"


@pytest.fixture(autouse=True)
def untroubled(desk: Desk) -> Iterator[None]:
    """No page of a test ends in a fault of ours."""
    yield
    assert [] == desk.stage.troubles


# Each word.


@pytest.mark.parametrize(
    ("verb", "rest", "said", "state"),
    [
        ("ack", None, "Acked {}.", "acknowledged"),
        ("close", None, "Closed {}.", "closed"),
        ("fix", None, f"Fixed {{}} {ALONE}.", "closed"),
        ("ignore", None, f"Ignored {{}} {ALONE}.", "closed"),
        ("snooze", "", "Snoozed {} until Mon 2 Feb 05:01 EST", "snoozed"),
        ("snooze", "2h", "Snoozed {} until Mon 2 Feb 06:01 EST", "snoozed"),
        ("snooze", "until 9am", "Snoozed {} until Mon 2 Feb 09:00 EST", "snoozed"),
        ("snooze", "20x", "Snoozed {} for 20 more events", "snoozed"),
        ("escalate", None, "Escalated {} (paged: ", "triggered"),
        ("pass", "cid", "Passed {} to Cid Roe.", "triggered"),
        ("note", "rolled back", f"Noted on {{}} {ALONE}.", "triggered"),
    ],
)
def test_a_word_does_what_it_does_by_text(desk: Desk, verb: str, rest: str | None, said: str, state: str) -> None:
    code = opened(desk)
    key = key_of(desk, code)
    browser = desk.browser("ana")
    browser.get(f"/alerts/{key}")
    page = say(browser, verb, rest)
    assert said.format(f"{code} {NAME}") in page
    assert "open: list" not in page
    assert browser.address == f"/admin/alerts/{key}"
    alert = alert_of(desk, key)
    assert state == alert.state
    line = next(one for one in reversed(alert.timeline) if not one.page)
    assert ("ana", "admin page") == (line.who, line.how)


def test_what_others_hear_and_whom_it_pages_goes_out_at_once(desk: Desk) -> None:
    code = opened(desk)
    desk.stage.new_texts(BEN)
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{code}")
    say(browser, "pass", "cid")
    assert any(f"#{code}" in text and "passed on by Ana Lima" in text for text in desk.stage.new_texts(CID))
    say(browser, "ack")
    assert [f"09:01 #{code} checkout-api TypeError: Ana Lima has it"] == desk.stage.new_texts(CID)


def test_reopening_pages_the_steps_again(desk: Desk) -> None:
    code = opened(desk)
    desk.stage.text(BEN, f"close {code}")
    desk.stage.new_texts(BEN)
    desk.stage.new_texts(ANA)
    browser = desk.browser("dan")
    browser.get(f"/alerts/code/{code}")
    assert f"Reopened {code} {NAME} (paged: " in say(browser, "reopen")
    assert any("again" in text for text in (*desk.stage.new_texts(BEN), *desk.stage.new_texts(ANA)))


def test_an_alert_whose_number_is_anothers_by_now_is_opened_again_under_a_new_one(desk: Desk) -> None:
    code = opened(desk)
    key = key_of(desk, code)
    desk.stage.text(BEN, f"close {code}")
    store = desk.stage.store
    store.commit([Write(f"codes/{code}", store.get([f"codes/{code}"]).documents[f"codes/{code}"].version,
                        put={"alert": "another"}, delete=("closed_at",))])  # fmt: skip
    browser = desk.browser("ana")
    browser.get(f"/alerts/{key}")
    say(browser, "reopen")
    fresh = alert_of(desk, key)
    assert fresh.is_open
    assert fresh.code != code
    assert key == key_of(desk, fresh.code)
    assert "another" == key_of(desk, code)
    assert any(f"#{fresh.code}" in text for text in (*desk.stage.new_texts(BEN), *desk.stage.new_texts(ANA)))


# Nothing of the phone is touched.


def test_the_phone_is_as_it_was_but_for_what_it_changed_last(desk: Desk) -> None:
    first, second = opened(desk, "a"), opened(desk, "b")
    desk.stage.text(ANA, "mumble")
    desk.stage.text(ANA, "close")
    before = phone_of(desk, ANA)
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{first}")
    desk.stage.clock.advance(minutes=5)
    say(browser, "ack")
    say(browser, "note", f"see {second}")
    after = phone_of(desk, ANA)
    assert after.changed is not None
    assert "ack" == after.changed.verb
    assert before == msgspec.structs.replace(after, changed=before.changed)


def test_a_bare_word_on_the_phone_still_means_what_was_texted_last(desk: Desk) -> None:
    first, second = opened(desk, "a"), opened(desk, "b")
    desk.stage.clock.advance(minutes=5)
    third = opened(desk, "c")
    browser = desk.browser("ben")
    browser.get(f"/alerts/code/{first}")
    say(browser, "ack")
    owner = BEN if any(f"#{third}" in text for text in desk.stage.new_texts(BEN)) else ANA
    assert f"Acked {third} " in desk.stage.text(owner, "ack")
    assert "triggered" == alert_of(desk, key_of(desk, second)).state


def test_a_phone_of_which_nothing_was_ever_heard_stays_so(desk: Desk) -> None:
    code = opened(desk, "a", "site")
    browser = desk.browser("cid")
    browser.get(f"/alerts/code/{code}")
    desk.stage.new_texts(CID)
    say(browser, "ack")
    assert 0 == phone_of(desk, CID).heard_at
    assert [] == desk.stage.new_texts(CID)


# Once, and only as it was meant.


def test_a_double_press_acts_once_and_is_answered_alike(desk: Desk) -> None:
    code = opened(desk)
    key = key_of(desk, code)
    first = desk.browser("ana")
    first.get(f"/alerts/{key}")
    shown = first.answer
    page = say(first, "escalate")
    after = alert_of(desk, key)
    first.answer = shown
    again = say(first, "escalate")
    assert after == alert_of(desk, key)
    assert re.findall(r"Escalated .*?\)", page) == re.findall(r"Escalated .*?\)", again)
    first.answer = shown
    assert "Noted on" in say(first, "note", "another word with the same token is another press")


def test_what_nobody_can_do_twice_says_who_did_it(desk: Desk) -> None:
    code = opened(desk)
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{code}")
    desk.stage.text(BEN, f"ack {code}")
    desk.stage.clock.advance(minutes=2)
    page = say(browser, "ack")
    assert f"Nothing changed: {code} {NAME} was acked by Ben Ode 2 min ago." in page
    assert 'class="told error" role="alert"' in browser.html


def test_an_alert_closed_meanwhile_stays_closed(desk: Desk) -> None:
    code = opened(desk)
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{code}")
    desk.stage.webhook(
        change("fixed", error={"errorId": "e-1"}, project={"name": "checkout-api", "id": "checkout-api"})
    )
    for verb, rest in (("ack", None), ("escalate", None), ("snooze", "2h"), ("pass", "cid"), ("close", None)):
        shown = browser.answer
        assert f"Nothing changed: {code} {NAME} was closed (fixed) by Dana Doe" in say(browser, verb, rest)
        browser.answer = shown
    assert "closed" == alert_of(desk, key_of(desk, code)).state


def test_two_who_act_at_once_are_both_told_what_became_of_it(sqlite: Store, clock: Clock) -> None:
    crossing = CrossingStore(sqlite)
    with staged(crossing, clock) as stage:
        stage.use_the_store()
        apply(stage, ROSTER)
        desk = Desk(stage)
        code = opened(desk)
        one, other = desk.browser("ana"), desk.browser("ben")
        for browser in (one, other):
            browser.get(f"/alerts/code/{code}")
        said: list[str] = []
        crossing.between = lambda: said.append(say(other, "close"))
        second = say(one, "ack")
        assert crossing.fault is None
        assert f"Closed {code} {NAME}." in said[0]
        assert f"Nothing changed: {code} {NAME} was closed by Ben Ode just now." in second
        assert 'class="told error"' in one.html
        assert [("ben", "closed: by hand")] == [
            (line.who, line.what) for line in alert_of(desk, key_of(desk, code)).timeline if line.how == "admin page"
        ]


def test_an_event_that_comes_in_between_is_counted_and_the_word_is_done(sqlite: Store, clock: Clock) -> None:
    crossing = CrossingStore(sqlite)
    with staged(crossing, clock) as stage:
        stage.use_the_store()
        apply(stage, ROSTER)
        desk = Desk(stage)
        code = opened(desk)
        browser = desk.browser("ana")
        browser.get(f"/alerts/code/{code}")
        again = event("exception", error={"errorId": "e-1"}, project={"name": "checkout-api", "id": "checkout-api"})
        crossing.between = lambda: arrives(stage, again)
        assert f"Acked {code}" in say(browser, "ack")
        alert = alert_of(desk, key_of(desk, code))
        assert (2, "acknowledged") == (alert.events, alert.state)


def arrives(stage: Stage, payload: dict[str, Any]) -> None:
    """Bugsnag delivers."""
    stage.webhook(payload)


# What is written is no command.


@pytest.mark.parametrize(
    "note",
    ["417 all", "all", "{other} look here", "close all", "ack {other}", "x\nclose {other}\r\nack all", "<b>&amp;"],
)
def test_a_note_stays_a_note_of_its_alert(desk: Desk, note: str) -> None:
    code, other = opened(desk, "a"), opened(desk, "b")
    desk.stage.text(ANA, f"show {other}")
    note = note.format(other=other)
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{code}")
    before = alert_of(desk, key_of(desk, other))
    page = say(browser, "note", note)
    assert " ".join(note.split()) in page
    line = alert_of(desk, key_of(desk, code)).timeline[-1]
    assert ("note", " ".join(note.split())) == (line.what, line.detail)
    assert before == alert_of(desk, key_of(desk, other))
    assert "triggered" == alert_of(desk, key_of(desk, code)).state


@pytest.mark.parametrize("span", ["all", "417", "2", "yesterday", "2h close", "\n", "ever"])
def test_a_snooze_without_an_end_that_is_clear_changes_nothing(desk: Desk, span: str) -> None:
    code = opened(desk)
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{code}")
    page = say(browser, "snooze", span)
    if span.strip():
        assert re.search(r"Nothing changed(: [a-z\d]|\. [A-Z])", page)
        assert "triggered" == alert_of(desk, key_of(desk, code)).state
    else:
        assert "snoozed" == alert_of(desk, key_of(desk, code)).state


def test_a_note_is_refused_that_says_nothing_or_more_than_is_kept(desk: Desk) -> None:
    code = opened(desk)
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{code}")
    assert "write what is to be noted" in say(browser, "note", " \n ")
    assert "this one has 301" in say(browser, "note", "x" * 301)
    assert f"Noted on {code}" in say(browser, "note", "x" * 300)


def test_nobody_is_passed_what_cannot_reach_them(desk: Desk) -> None:
    code = opened(desk)
    desk.stage.text(CID, "STOP")
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{code}")
    assert "Nothing changed: Cid Roe cannot be reached (opted out by STOP)." in say(browser, "pass", "cid")
    for name in ("eve", "an", "Ana Lima"):
        assert f"Nothing changed: nobody on the roster is called {name}." in say(browser, "pass", name)
    assert "Nothing changed: to whom?" in say(browser, "pass")


@pytest.mark.parametrize(
    "fields",
    [
        {"verb": "list"},
        {"verb": "page", "rest": "shop down"},
        {"verb": "take", "rest": "2h"},
        {"verb": "ack", "rest": "all"},
        {"verb": "snooze", "rest": "x" * 101},
        {"verb": "pass", "rest": "x" * 101},
        {"verb": "ack", "token": ""},
        {"verb": "ack", "token": "g" * 16},
        {"verb": "undo", "undoes": "-1"},
        {"verb": "undo", "undoes": "x"},
        {"verb": ""},
    ],
)
def test_what_no_page_could_have_sent_is_refused(desk: Desk, fields: dict[str, str | list[str]]) -> None:
    code = opened(desk)
    key = key_of(desk, code)
    before = alert_of(desk, key)
    browser = desk.browser("ana")
    browser.get(f"/alerts/{key}")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', browser.html))
    browser.post(f"/alerts/{key}", {**hidden, **fields}, 400)
    assert before == alert_of(desk, key)


# Whose it is.


def test_nobody_is_shown_a_button_that_would_be_refused(desk: Desk) -> None:
    code = opened(desk)
    cid = desk.browser("cid")
    assert "What you can do" not in cid.get(f"/alerts/code/{code}")
    assert set() == words(cid)
    ben = desk.browser("ben")
    ben.get(f"/alerts/code/{code}")
    assert {"ack", "close", "fix", "ignore", "snooze", "escalate", "pass", "note"} == words(ben)
    say(ben, "ack")
    assert {"close", "fix", "ignore", "snooze", "escalate", "pass", "note", "reopen", "undo"} == words(ben)
    say(ben, "ignore")
    assert {"note", "reopen", "undo"} == words(ben)


def test_an_action_on_what_is_not_theirs_is_refused_in_words(desk: Desk) -> None:
    theirs, code = opened(desk, "b", "site"), opened(desk)
    key = key_of(desk, code)
    before = alert_of(desk, key)
    cid = desk.browser("cid")
    cid.get(f"/alerts/code/{theirs}")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', cid.html))
    for verb in ("ack", "close", "fix", "ignore", "escalate", "reopen"):
        page = cid.post(f"/alerts/{key}", {**hidden, "verb": verb})
        assert f"Nothing changed: {code} is team shop's, not yours." in page
    cid.get("/alerts")
    page = cid.post("/alerts", {**hidden, "verb": "close", "alert": [key, key_of(desk, theirs)]})
    assert f"Closed {theirs}" in page
    assert f"{code} is team shop's, not yours." in page
    assert before == alert_of(desk, key)


def test_whoever_was_paged_for_it_may_act_on_it(desk: Desk) -> None:
    code = opened(desk)
    desk.stage.text(BEN, f"pass {code} cid")
    browser = desk.browser("cid")
    browser.get(f"/alerts/code/{code}")
    assert f"Acked {code} {NAME}." in say(browser, "ack")


def test_an_alert_that_is_not_there_is_told(desk: Desk) -> None:
    browser = desk.browser("ana")
    for address in ("/alerts/nosuch", "/alerts/..%2fpulse%2ftick", f"/alerts/{'x' * 500}", "/alerts/code/999",
                    "/alerts/code/0", f"/alerts/code/{10**12}"):  # fmt: skip
        browser.get(address, 404)


# Undo.


def test_what_was_done_on_a_page_is_taken_back_there(desk: Desk) -> None:
    code = opened(desk)
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{code}")
    say(browser, "close")
    assert f"Took back close: {code} {NAME} (triggered)." in say(browser, "undo")
    alert = alert_of(desk, key_of(desk, code))
    assert "triggered" == alert.state
    line = alert.timeline[-1]
    assert ("undone", "close", "admin page") == (line.what, line.detail, line.how)
    assert "undo" not in words(browser)


def test_a_text_takes_back_what_a_page_did_and_a_page_what_a_text_did(desk: Desk) -> None:
    code = opened(desk)
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{code}")
    say(browser, "ack")
    assert desk.stage.text(ANA, "undo").startswith(f"Took back ack: {code} ")
    desk.stage.text(ANA, f"snooze {code} 2h")
    browser.get(f"/alerts/code/{code}")
    assert "Undo: snooze" in browser.html
    assert f"Took back snooze: {code} {NAME} (triggered)." in say(browser, "undo")


def test_several_that_were_done_together_are_taken_back_together(desk: Desk) -> None:
    first, second = opened(desk, "a"), opened(desk, "b")
    desk.stage.text(ANA, f"ack {first} {second}")
    browser = desk.browser("ana")
    assert "Undo: ack, of 1 other too" in browser.get(f"/alerts/code/{first}")
    say(browser, "undo")
    assert ["triggered"] * 2 == [alert_of(desk, key_of(desk, code)).state for code in (first, second)]


def test_what_was_closed_together_in_the_list_is_taken_back_in_the_list(desk: Desk) -> None:
    first, second = opened(desk, "a"), opened(desk, "b")
    browser = desk.browser("ana")
    browser.get("/alerts")
    assert "undo" not in words(browser)
    hidden = forms(browser.html)[-1].fields
    browser.post("/alerts", {**hidden, "verb": "close", "alert": [key_of(desk, first), key_of(desk, second)]})
    assert [] == codes(browser)
    assert "Took back close:" in browser.press("Undo: close, of 2 alerts")
    assert {first, second} == set(codes(browser))
    assert "undo" not in words(browser)


def test_only_the_change_that_was_shown_is_taken_back(desk: Desk) -> None:
    first, second = opened(desk, "a"), opened(desk, "b")
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{first}")
    say(browser, "ack")
    desk.stage.clock.advance(minutes=1)
    desk.stage.text(ANA, f"close {second}")
    assert "Nothing changed: your last change is another by now" in say(browser, "undo")
    assert "acknowledged" == alert_of(desk, key_of(desk, first)).state
    assert "closed" == alert_of(desk, key_of(desk, second)).state


def test_after_ten_minutes_and_after_anothers_change_nothing_is_taken_back(desk: Desk) -> None:
    code = opened(desk)
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{code}")
    say(browser, "ack")
    shown = browser.answer
    desk.stage.text(BEN, f"close {code}")
    browser.get(f"/alerts/code/{code}")
    assert "undo" not in words(browser)
    browser.answer = shown
    assert f"{code} {NAME} was changed since, and stays closed by Ben Ode" in say(browser, "undo")
    desk.stage.text(ANA, f"reopen {code}")
    browser.get(f"/alerts/code/{code}")
    shown = browser.answer
    desk.stage.clock.advance(minutes=11)
    browser.get(f"/alerts/code/{code}")
    assert "undo" not in words(browser)
    browser.answer = shown
    assert "Nothing to take back" in say(browser, "undo")


def test_what_ended_a_shift_by_text_is_not_taken_back_on_an_alerts_page(desk: Desk) -> None:
    code = opened(desk)
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{code}")
    say(browser, "ack")
    desk.stage.text(ANA, "take 2h")
    assert "Nothing changed: your last change is another by now" in say(browser, "undo")


def test_what_is_closed_on_a_page_counts_in_the_figures_until_it_is_taken_back(desk: Desk) -> None:
    code = opened(desk)
    where = f"history/{key_of(desk, code)}-1"
    browser = desk.browser("ana")
    browser.get(f"/alerts/code/{code}")
    say(browser, "close")
    kept = desk.stage.store.get([where]).get(where)
    assert kept is not None
    assert ("ana", "by hand") == (kept.fields["who"], kept.fields["how"])
    assert "uncounted" in kept.fields
    say(browser, "undo")
    back = desk.stage.store.get([where]).get(where)
    assert back is None or "uncounted" not in back.fields


# The store, and Bugsnag.


@pytest.mark.parametrize("at", range(1, 4))
def test_without_the_store_nothing_is_half_done(desk: Desk, at: int) -> None:
    code = opened(desk)
    key = key_of(desk, code)
    before = alert_of(desk, key)
    browser = desk.browser("ana")
    browser.get(f"/alerts/{key}")
    whole = desk.stage.store
    desk.stage.store = broken = Broken(whole, at)
    desk.stage.use_the_store()
    page = say(browser, "close", status=503)
    assert "The store cannot be reached." in page
    assert broken.struck
    desk.stage.store = whole
    desk.stage.use_the_store()
    assert before == alert_of(desk, key)


class Broken(CrossingStore):
    """After so many calls none is answered."""

    def __init__(self, store: Store, at: int) -> None:
        super().__init__(store)
        self._left = at

    @property
    def struck(self) -> bool:
        return self._left < 0

    def _count(self) -> None:
        self._left -= 1
        if self.struck:
            raise Unreachable("the line is cut")

    def get(self, paths: Sequence[str]) -> Reading:
        self._count()
        return super().get(paths)

    def query(self, collection: str, field: str, **how: Any) -> list[Document]:
        self._count()
        return super().query(collection, field, **how)

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        self._count()
        return super().commit(writes)


def test_an_answer_that_was_lost_is_found_again(desk: Desk) -> None:
    code = opened(desk)
    key = key_of(desk, code)
    browser = desk.browser("ana")
    browser.get(f"/alerts/{key}")
    whole, lost = desk.stage.store, Losing(desk.stage.store)
    desk.stage.store = lost
    desk.stage.use_the_store()
    assert f"Escalated {code}" in say(browser, "escalate")
    desk.stage.store = whole
    assert lost.struck
    assert 1 == sum(line.what == "escalated" for line in alert_of(desk, key).timeline)


class Losing(CrossingStore):
    """The answer to the first commit is lost."""

    struck = False

    def commit(self, writes: Sequence[Write]) -> list[Written]:
        done = super().commit(writes)
        if not self.struck and any(write.path.startswith("presses/") for write in writes):
            self.struck = True
            raise Unreachable("the line is cut")
        return done


def test_bugsnag_is_told_in_the_same_request_and_what_it_says_is_flashed(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, BUGSNAG_AUTH_TOKEN="simulated-bugsnag-token") as stage:
        stage.use_the_store()
        apply(stage, ROSTER)
        desk = Desk(stage)
        code = opened(desk)
        browser = desk.browser("ana")
        assert "Bugsnag is told what is fixed" in browser.get(f"/alerts/code/{code}")
        assert f"Fixed {code} {NAME}." in say(browser, "fix")
        assert ["fixed"] == [one.status for one in stage.simulator.errors()]
        assert f"Took back fix: {code} {NAME} (triggered)." in say(browser, "undo")
        assert ["open"] == [one.status for one in stage.simulator.errors()]
        stage.simulator.misbehave(Misbehaviour("bugsnag-refuse", times=1, code=403))
        page = say(browser, "ignore")
        assert f"Ignored {code} {NAME} here. Bugsnag refused it: Bugsnag does not allow this" in page
        assert () == alert_of(desk, key_of(desk, code)).errands
        assert "Bugsnag was not told: ignore" in page
