"""What was sent, what became of it, and what to do about it."""

import re

import pytest

from bugglio.simulator import Misbehaviour
from bugglio.store import ABSENT, Write
from tests.browsing import BEN, DAN, ROSTER, Desk, apply, text_of
from tests.payloads import event
from tests.sent import links, newest, other, settle, shown
from tests.stage import ANA


def test_a_delivered_page_is_listed_with_how_long_it_took_and_tells_its_story(desk: Desk) -> None:
    code = desk.stage.webhook(event())["code"]
    desk.stage.clock.advance(seconds=7)
    settle(desk)
    browser = desk.browser("ana")

    browser.get("/pages")
    said = shown(browser)
    assert f"Ben Ode ...0102 Page #{code} #{code} checkout-api production: TypeError" in said
    assert "delivered in 7 s" in said
    assert f'href="/admin/alerts/code/{code}"' in browser.html

    said = newest(browser)
    assert "Page to Ben Ode delivered It arrived. It took 7 s." in said
    assert "Decided 04:00 Step 1 of 2 called for it." in said
    assert "Attempt 1 04:00 It arrived. Delivered 04:00 7 s after the decision." in said
    assert desk.stage.simulator.messages()[0].sid in said


def test_a_phone_that_is_off_is_told_in_plain_words_with_what_to_do(desk: Desk) -> None:
    desk.stage.simulator.misbehave(Misbehaviour("undelivered", code=30003))
    desk.stage.webhook(event())
    settle(desk)
    browser = desk.browser("ana")

    browser.get("/pages?state=failed")
    assert (
        "Why these failed The phone is off or has no service. 4 of them, Twilio's code 30003, the last 04:00"
        in shown(browser)
    )
    browser.get("/pages?state=failed&person=ben")
    assert "failed the phone is off or has no service" in shown(browser)

    said = newest(browser)
    assert "Page to Ben Ode failed It did not arrive." in said
    mend = "See that the phone is on and has service, then have a test text sent to it. The next person was paged."
    assert f"The phone is off or has no service. {mend}" in said
    assert "The carrier did not deliver it: the phone is off or has no service (Twilio's code 30003). Failed" in said


def test_during_an_outage_a_text_says_for_what_it_waits_and_afterwards_for_what_it_waited(desk: Desk) -> None:
    desk.stage.simulator.misbehave(Misbehaviour("refuse", code=20003))
    desk.stage.webhook(event())
    browser = desk.browser("ana")

    browser.get("/pages")
    said = newest(browser)
    assert "Page to Ben Ode waiting It has not gone yet." in said
    assert "Twilio does not accept the account SID and token. Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN" in said
    assert "Goes at the earliest 04:01 It waits for Twilio to take texts again: it refuses all of them" in said

    desk.stage.webhook(other(2))
    browser.get("/pages")
    said = newest(browser)
    assert "It waits for Twilio to take texts again" in said
    assert "Twilio does not accept the account SID and token. Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN" in said

    desk.stage.simulator.misbehave(None)
    desk.stage.wait(minutes=3, step=5)
    settle(desk)
    browser.get("/pages?words=Error2")
    said = newest(browser, 1)
    assert "delivered" in said
    assert "Waited 1 min For Twilio to take texts again" in said


def test_what_waited_for_its_turn_goes_into_a_digest_and_leads_to_it(desk: Desk) -> None:
    codes = [desk.stage.webhook(other(number))["code"] for number in range(6)]
    browser = desk.browser("ana")

    browser.get("/pages?state=waiting")
    assert "3 were looked at" not in shown(browser)
    said = newest(browser)
    assert "It waits for its phone's turn: a phone gets 3 texts one after another, then one a minute" in said

    desk.stage.wait(seconds=61)
    settle(desk)
    browser.get("/pages?state=digested")
    said = newest(browser)
    assert "in a digest It went as part of a digest." in said
    assert "Went into a digest The digest: delivered." in said

    browser.get(re.findall(r'href="([^"]+)">See the digest', browser.html)[0])
    said = shown(browser)
    assert "Digest to Ben Ode delivered" in said
    assert "Several texts waited for this phone, and go as one." in said
    assert {f"#{code}" for code in codes[3:]} <= set(said.split())


def test_a_text_that_nobody_needs_any_more_says_so(desk: Desk) -> None:
    codes = [desk.stage.webhook(other(number))["code"] for number in range(4)]
    desk.stage.clock.advance(seconds=20)
    desk.stage.text(BEN, f"ack {codes[3]}")
    desk.stage.wait(seconds=45)
    browser = desk.browser("ana")

    browser.get("/pages?state=dropped")
    assert "dropped acknowledged by ben meanwhile" in shown(browser)
    said = newest(browser)
    assert "It was not sent." in said
    assert "Acknowledged by ben meanwhile. Nothing: nobody needs it any more." in said
    assert "Dropped 04:01" in said


def test_a_used_up_budget_is_the_reason_and_says_how_to_raise_it(desk: Desk) -> None:
    day = desk.stage.clock.now() // 86_400_000
    desk.stage.store.commit([Write("pulse/budget", ABSENT, put={"v": 1, "day": day, "used": 500, "told": day})])
    desk.stage.webhook(other(1))
    desk.stage.webhook(other(2))
    browser = desk.browser("ana")

    browser.get("/pages?state=waiting&kind=page")
    said = newest(browser)
    assert "It waits: the day's budget of texts is used up." in said
    assert "The day's budget of texts is used up. See what pages so often, or raise BUGGLIO_SMS_PER_DAY." in said


def test_steps_times_through_and_the_last_resort_are_named(desk: Desk) -> None:
    apply(desk.stage, ROSTER.replace("    steps:", "    repeat: 2\n    steps:", 1))
    desk.stage.webhook(event())
    desk.stage.wait(minutes=46, step=15)
    settle(desk)
    browser = desk.browser("ana")
    browser.get("/pages?kind=page")
    told = " ".join(newest(browser, there) for there in links(browser))
    assert "Step 1 of 2 called for it: 2nd page." in told
    assert "Step 2 of 2 called for it." in told
    assert "Step 1 of 2, the second time through, called for it" in told
    assert "The last resort, after all steps, called for it" in told


def test_a_test_text_is_seen_to_arrive_on_its_page(desk: Desk) -> None:
    browser = desk.browser("ben")
    browser.get("/pages")

    browser.press("Send me a test text")

    said = shown(browser)
    assert "Your test text was made." in said
    assert "Test text to Ben Ode" in said
    assert 'data-refresh="5"' in browser.html
    desk.stage.clock.advance(seconds=3)
    settle(desk)
    browser.get(browser.address)
    assert "delivered It arrived. It took 3 s." in shown(browser)
    desk.stage.wait(seconds=5)
    texts = desk.stage.new_texts(BEN)
    assert [1, 1] == [sum(part in text for text in texts) for part in ("Test page:", "Your test page took 3 s")]


def test_a_page_that_has_come_to_its_end_is_not_fetched_again_and_again(desk: Desk) -> None:
    desk.stage.webhook(event())
    browser = desk.browser("ana")
    browser.get("/pages?kind=page")
    newest(browser)
    assert 'data-refresh="20"' in browser.html
    settle(desk)
    browser.get(browser.address)
    assert "data-refresh" not in browser.html


def test_a_phone_that_texted_stop_learns_from_its_test_what_to_do(desk: Desk) -> None:
    desk.stage.text(BEN, "STOP")
    browser = desk.browser("ben")
    browser.get("/pages")
    browser.press("Send me a test text")
    said = shown(browser)
    assert "This phone texted STOP. Have them text START from that phone to the pager's number" in said
    assert "Test text to Ben Ode failed It did not arrive." in said


def test_what_waited_for_a_phone_that_texted_stop_failed_then(desk: Desk) -> None:
    for number in range(4):
        desk.stage.webhook(other(number))
    desk.stage.clock.advance(seconds=80)
    desk.stage.text(BEN, "STOP")
    desk.stage.tick()
    browser = desk.browser("ana")
    browser.get("/pages?person=ben&state=failed")
    said = newest(browser)
    assert "Opted out by STOP. Have them text START from that phone to the pager's number" in said
    assert "Failed 04:01 1 min after the decision." in said


def test_a_phone_call_is_told_in_its_own_words(desk: Desk) -> None:
    apply(desk.stage, ROSTER.replace("wait: 5 minutes}", "wait: 5 minutes, call: true}", 1))
    desk.stage.simulator.misbehave(Misbehaviour("call-no-answer"))
    desk.stage.webhook(event())
    settle(desk)
    browser = desk.browser("ana")
    browser.get("/pages?kind=call&person=ben")
    said = newest(browser)
    assert "Phone call to Ben Ode failed The call was not answered." in said
    assert "Nobody answered the call. Nothing: the text beside it goes its own way, and the next step follows." in said
    assert "Attempt 1 04:00 Nobody answered the call. Failed" in said


def test_two_quick_presses_make_one_test_text(desk: Desk) -> None:
    browser = desk.browser("ben")
    browser.get("/pages")
    first = browser.press("Send me a test text")
    where = browser.address
    browser.get("/pages")
    form = re.findall(r'name="token" value="([^"]+)"', browser.html)[0]
    browser.press("Send me a test text")
    assert browser.address != where

    again = {"token": form, "csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', browser.html)[0]}
    there = browser.address
    browser.post("/pages/test", again)

    assert there == browser.address
    assert first
    settle(desk)
    assert 2 == sum("Test page:" in text for text in desk.stage.new_texts(BEN))


def test_a_test_text_does_not_verify_a_phone_nor_count_as_received(desk: Desk) -> None:
    browser = desk.browser("ana")
    browser.get("/pages")
    browser.press("Send me a test text")
    assert "No text has come in yet." in browser.get("/pages/received")
    assert not [one for one in desk.stage.store.query("phones", "__name__") if one.fields.get("heard_at")]


def test_a_test_text_without_room_says_when_there_is_some(desk: Desk) -> None:
    for number in range(3):
        desk.stage.webhook(other(number))
    browser = desk.browser("ben")
    browser.get("/pages")
    browser.press("Send me a test text")

    assert "No test text: other texts to you go first. Try again after Mon 2 Feb 09:01 GMT." in shown(browser)
    assert "was made" not in shown(browser)


def test_who_texts_first_from_a_page_is_welcomed_too(desk: Desk) -> None:
    browser = desk.browser("dan")
    browser.get("/pages")
    browser.press("Send me a test text")
    settle(desk)
    texts = desk.stage.new_texts(DAN)
    assert 1 == sum("Test page" in text for text in texts)
    assert 1 == sum("Save this number" in text for text in texts)


def test_what_came_in_is_shown_to_admins_with_its_answer(desk: Desk) -> None:
    desk.stage.webhook(event())
    settle(desk)
    desk.stage.text(BEN, "ack")
    desk.stage.text("+14155559999", "hello?")
    browser = desk.browser("ana")

    browser.get("/pages/received")
    said = shown(browser)
    assert "Ben Ode ...0102 ack Answer: Acked" in said
    assert "a stranger ...9999 hello?" in said
    desk.browser("ben").get("/pages/received", 403)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", {"ana", "ben", "dan"}),
        ("?person=ben", {"ben"}),
        ("?person=ben&kind=page", {"ben"}),
        ("?kind=login", set()),
        ("?words=nothing+of+the+kind", set()),
        ("?words=TYPEERROR+dan", {"dan"}),
        ("?state=delivered", {"ana", "ben", "dan"}),
        ("?state=failed", set()),
        ("?state=nonsense&kind=nonsense&person=nobody", {"ana", "ben", "dan"}),
    ],
)
def test_filters(desk: Desk, asked: str, found: set[str]) -> None:
    desk.stage.webhook(event())
    desk.stage.wait(minutes=6, step=15)
    settle(desk)
    browser = desk.browser("ana")
    browser.get(f"/pages{asked}")
    rows = text_of(browser.html[browser.html.index("</details>") :])
    names = {"ana": "Ana Lima ...", "ben": "Ben Ode ...", "dan": "Dan Oak ..."}
    assert found == {key for key, name in names.items() if name in rows}


def test_an_engineer_sees_what_went_to_them_and_what_alerts_timelines_show(desk: Desk) -> None:
    desk.stage.webhook(event())
    desk.stage.wait(minutes=6, step=15)
    settle(desk)
    desk.stage.text(ANA, "test")
    settle(desk)
    admin = desk.browser("ana")
    admin.get("/pages?person=dan&kind=page")
    about_shop = links(admin)[0]
    admin.get("/pages?person=ana&kind=test")
    about_nothing = links(admin)[0]
    ben, cid = desk.browser("ben"), desk.browser("cid")

    ben.get("/pages?person=dan")
    assert "Ben Ode ...0102" in shown(ben)
    assert "Dan Oak" not in shown(ben)
    assert "First text" in cid.get("/pages")
    assert "#" not in shown(cid)
    ben.get(about_shop)
    assert "Page to Dan Oak" in shown(ben)
    cid.get(about_shop)
    ben.get(about_nothing, 404)
    admin.get("/pages/0123456789abcdef01234567", 404)
    admin.get("/pages/%2e%2e", 404)
