"""The page of phones in a real browser: press, read, answer, and see it happen without a reload."""

import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.wrappers import Request, Response

from bugglio.carrier import TwilioCarrier
from bugglio.pager.ports import Outgoing
from bugglio.simulator import Simulator, served, through
from bugglio.simulator import course as course_module

pytestmark = pytest.mark.browser

ANA, BEN = "+14155550101", "+14155550102"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

HURRY = """
const later = setTimeout;
window.waits = [];
window.setTimeout = (act, wait = 0) => {
  waits.push(wait);
  return later(act, wait / 20);
};
"""
"""Lets a page's second pass in a twentieth, and notes how long the page meant to wait."""


@dataclass
class StandIn:
    """Stands where bugglio's doors are: texts each new error through Twilio's real library, and answers texts."""

    carrier: TwilioCarrier | None = None
    codes: Iterator[int] = field(default_factory=lambda: itertools.count(417))
    known: dict[str, int] = field(default_factory=dict)

    def __call__(self, environ: Any, start: Callable[..., Any]) -> Any:
        request = Request(environ)
        doors = {"/bugsnag": self.bugsnag, "/sms": self.sms}
        door = doors.get(request.path)
        response = door(request) if door else Response(status=204)
        return response(environ, start)

    def bugsnag(self, request: Request) -> Response:
        event = request.get_json()
        error = event.get("error", {})
        group = error.get("errorId", event["project"]["id"])
        outcome = "counted" if group in self.known else "opened"
        if outcome == "opened":
            self.known[group] = next(self.codes)
            words = f"#{self.known[group]} {error['exceptionClass']}: {error['message']}. Reply ack {self.known[group]}"
            assert self.carrier is not None
            self.carrier.send(Outgoing(ANA, words, 300, "p", "a"), patience=5, fresh=lambda: True)
        answer = {"outcome": outcome, "code": self.known[group], "reason": None}
        return Response(json.dumps(answer), mimetype="application/json")

    def sms(self, request: Request) -> Response:
        return Response(f"<Response><Message>Heard: {request.form['Body']}</Message></Response>", mimetype="text/xml")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None and os.environ.get("CI") == "true":
        pytest.fail("chromium is not installed: apt-get install chromium")
    if CHROMIUM is None:
        pytest.skip("NOT TESTED: the page, because chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    doors = StandIn()
    simulator = Simulator(public_url="https://bugglio.test", post=through(doors), phones={ANA: "on duty"})
    with served(simulator.wsgi) as origin, pytest.MonkeyPatch.context() as patch:
        patch.setattr(course_module, "STEP", 0.05)
        patch.setattr(simulator, "origin", origin, raising=False)
        doors.carrier = TwilioCarrier(
            simulator.account_sid,
            simulator.auth_token,
            caller_id=simulator.sender,
            status_callback="https://bugglio.test/sms-status",
            api_url=origin + "/simulator/twilio",
        )
        simulator.start()
        yield simulator
        simulator.close()


@pytest.fixture
def show(browser: Browser, simulator: Simulator) -> Iterator[Callable[..., Page]]:
    """Open the page; at the end nothing may have been complained of by the browser."""
    contexts, complaints = [], []

    def opened(width: int = 1280, height: int = 900, *, stopped: bool = False, **more: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: complaints.append(message.text) if "status of 400" not in message.text else None
        )
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        if stopped:
            page.clock.install()
        else:
            page.add_init_script(HURRY)
        page.goto(f"{simulator.origin}/simulator")  # type: ignore[attr-defined]
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [] == complaints


def phone(page: Page, name: str) -> Any:
    return page.get_by_role("article", name=f"Phone {name}")


def test_an_error_arrives_as_a_text_is_answered_and_all_is_seen_without_a_reload(show: Callable[..., Page]) -> None:
    page = show()
    page.evaluate("window.never = 'reloaded'")
    ana = phone(page, "on duty")
    expect(ana.get_by_text("Press “New error”. The text arrives on this phone; answer it with ack.")).to_be_visible()

    page.get_by_role("button", name="New error").click()
    expect(ana.get_by_role("listitem")).to_contain_text("#417 TypeError: Cannot read properties of undefined")
    expect(ana.get_by_role("listitem")).to_contain_text("delivered")
    expect(ana.get_by_text("Press “New error”")).to_be_hidden()
    expect(page.get_by_role("log", name="What bugglio answered")).to_contain_text("opened #417")

    ana.get_by_role("button", name="ack", exact=True).click()
    expect(ana.get_by_role("listitem").nth(1)).to_contain_text("ack")
    expect(ana.get_by_role("listitem").nth(2)).to_contain_text("Heard: ack")

    ana.get_by_role("textbox").fill("why 417")
    ana.get_by_role("textbox").press("Enter")
    expect(ana.get_by_role("listitem").nth(4)).to_contain_text("Heard: why 417")
    expect(ana.get_by_role("textbox")).to_have_value("")
    expect(ana.get_by_role("textbox")).to_be_focused()
    assert "reloaded" == page.evaluate("window.never")
    assert [1000] == page.evaluate("[...new Set(waits)]"), "the page asks once a second"


def test_the_same_error_again_is_counted(show: Callable[..., Page]) -> None:
    page = show()
    for title in ("A timeout in web", "A timeout in web"):
        page.get_by_role("button", name=title).click()
    log = page.get_by_role("log", name="What bugglio answered")

    expect(log).to_contain_text("counted #417")
    expect(log.get_by_role("listitem")).to_have_count(2)
    expect(phone(page, "on duty").get_by_role("listitem")).to_have_count(1)


def test_a_misbehaviour_is_switched_on_used_up_and_shown(show: Callable[..., Page], simulator: Simulator) -> None:
    page = show()
    switch = page.get_by_role("switch", name="Not delivered")
    page.get_by_role("textbox", name="code for: Not delivered").fill("30006")
    switch.click()
    expect(switch).to_be_checked()
    expect(page.get_by_text("1 left")).to_be_visible()

    page.get_by_role("button", name="New error").click()
    expect(phone(page, "on duty").get_by_role("listitem")).to_contain_text("undelivered 30006")
    expect(switch).not_to_be_checked()

    page.get_by_label("How often").select_option("until switched off")
    page.get_by_label("For", exact=True).select_option("on duty")
    switch.click()
    expect(page.get_by_text(f"on for {ANA}")).to_be_visible()
    page.get_by_role("button", name="All off").click()
    expect(switch).not_to_be_checked()
    assert [] == simulator.misbehaviours()


def test_a_wrong_value_is_told_beside_the_switches(show: Callable[..., Page]) -> None:
    page = show()
    page.get_by_role("textbox", name="code for: Refuse with a code").fill("many")
    page.get_by_role("switch", name="Refuse with a code").click()

    expect(page.get_by_text("“code” must be a whole number from 0 to 999,999.")).to_be_visible()


def test_another_phone_can_be_added_and_one_that_is_texted_appears(
    show: Callable[..., Page], simulator: Simulator
) -> None:
    page = show()
    page.get_by_label("Number of the other phone").fill("+1 (415) 555-0102")
    page.get_by_role("button", name="Add").click()
    expect(phone(page, BEN)).to_contain_text("No texts yet.")

    simulator.accept({"To": "+14155550103", "From": simulator.sender, "Body": "surprise"})
    expect(phone(page, "+14155550103")).to_contain_text("surprise")

    page.get_by_label("Number of the other phone").fill("home")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("That is not a phone number")).to_be_visible()


def test_markup_in_an_error_is_shown_as_text(show: Callable[..., Page]) -> None:
    page = show()
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.get_by_role("button", name="An awkward message").click()

    expect(phone(page, "on duty").get_by_role("listitem")).to_contain_text("<script>alert('x')</script>")
    page.reload()
    expect(phone(page, "on duty").get_by_role("listitem")).to_contain_text("<script>alert('x')</script>")


def test_an_event_of_ones_own_is_sent_as_it_is(show: Callable[..., Page]) -> None:
    page = show()
    page.get_by_text("An event of your own").click()
    page.get_by_role("button", name="Send it").click()
    expect(phone(page, "on duty").get_by_role("listitem")).to_contain_text("Oops: my own")

    page.get_by_role("textbox", name="JSON, sent to bugglio").fill("{")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("That is not JSON.")).to_be_visible()


def test_a_call_rings_on_the_phone(show: Callable[..., Page], simulator: Simulator) -> None:
    from bugglio.simulator.api import make_call

    page = show()
    form = {"To": ANA, "From": simulator.sender, "Twiml": "<Response><Say>Checkout is down</Say></Response>"}
    simulator.dial(make_call(simulator, form))

    expect(phone(page, "on duty").get_by_role("listitem")).to_contain_text("Checkout is down")
    expect(phone(page, "on duty").get_by_role("listitem")).to_contain_text("completed")


def test_a_phone_is_renamed_without_a_reload(show: Callable[..., Page], simulator: Simulator) -> None:
    page = show()

    simulator.name_phones({ANA: "Ana Lima"})

    expect(phone(page, "Ana Lima")).to_be_visible()
    expect(page.get_by_label("For", exact=True).get_by_role("option", name="Ana Lima")).to_be_attached()


def test_it_works_by_keyboard_alone(show: Callable[..., Page]) -> None:
    page = show()
    page.get_by_role("textbox", name="Text from on duty to bugglio").focus()
    page.keyboard.type("hello")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(phone(page, "on duty").get_by_role("listitem").nth(1)).to_contain_text("Heard: hello")

    page.get_by_role("switch", name="Lose reports").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("switch", name="Lose reports")).to_be_checked()


def test_without_scripts_the_buttons_still_work(show: Callable[..., Page]) -> None:
    page = show(java_script_enabled=False)
    page.get_by_role("button", name="New error").click()
    expect(phone(page, "on duty").get_by_role("listitem")).to_contain_text("#417 TypeError")

    phone(page, "on duty").get_by_role("button", name="list").click()
    expect(phone(page, "on duty").get_by_role("listitem").nth(2)).to_contain_text("Heard: list")


def test_polling_pauses_while_nobody_looks(show: Callable[..., Page]) -> None:
    page = show(stopped=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response("**/simulator/news*"):
        page.clock.run_for(1000)

    look(page, hidden=True)
    page.clock.run_for(5000)
    asked.clear()
    page.clock.run_for(60_000)
    assert [] == asked

    with page.expect_response("**/simulator/news*"):
        look(page, hidden=False)
    with page.expect_response("**/simulator/news*"):
        page.clock.run_for(1000)


def look(page: Page, *, hidden: bool) -> None:
    """Turn to another tab, or back."""
    told = "Object.defineProperty(document, 'hidden', {configurable: true, get: () => HIDDEN})"
    page.evaluate(told.replace("HIDDEN", str(hidden).lower()))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_the_page_is_accessible_and_fits_in_light_and_dark_wide_and_narrow(
    show: Callable[..., Page], simulator: Simulator
) -> None:
    page = show(reduced_motion="reduce")
    page.get_by_role("button", name="New error").click()
    expect(phone(page, "on duty").get_by_role("listitem")).to_contain_text("delivered")
    page.get_by_role("switch", name="Not delivered").click()
    expect(page.get_by_text("1 left")).to_be_visible()
    page.get_by_role("button", name="An awkward message").click()
    expect(phone(page, "on duty").get_by_role("listitem").nth(1)).to_contain_text("undelivered")
    simulator.receive(BEN, "hello")
    expect(phone(page, BEN).get_by_role("listitem").nth(1)).to_contain_text("delivered")

    for width, scheme in itertools.product((1280, 360), SCHEMES):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        where = f"{width} {scheme}"
        assert (where, width) == (where, page.evaluate("Math.max(innerWidth, document.documentElement.scrollWidth)"))
        assert (where, []) == (where, violations(page))


def violations(page: Page) -> list[tuple[str, str, str]]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found]
