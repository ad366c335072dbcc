"""The simulator's own addresses: what drives the page, and tests from outside."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from bugglio.simulator import KINDS, SAMPLES, Answer, Misbehaviour, Simulator
from bugglio.simulator.api import make_call

ANA, BEN = "+14155550101", "+14155550102"
XML = {"content-type": "text/xml"}


def doors(url: str, body: bytes, _: object) -> Answer:
    if "/bugsnag" in url:
        return Answer(200, {"content-type": "application/json"}, b'{"outcome": "opened", "code": 417, "reason": null}')
    return Answer(200, XML, b"<Response><Message>Acked 417</Message></Response>" if b"ack" in body else b"<Response/>")


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(post=doors, phones={ANA: "on duty"}, public_url="https://pager.example/fn")


@pytest.fixture
def browser(simulator: Simulator) -> FlaskClient:
    client: FlaskClient = simulator.wsgi.test_client()
    return client


def page_text(simulator: Simulator, body: str, to: str = ANA) -> str:
    return simulator.accept({"To": to, "From": simulator.sender, "Body": body}).sid


def test_messages_are_told_oldest_first_with_the_fields_that_others_rely_on(
    simulator: Simulator, browser: FlaskClient
) -> None:
    sid = page_text(simulator, "#417 boom. Reply ack 417")
    simulator.receive(ANA, "ack")

    told = browser.get("/simulator/messages").json
    assert told is not None
    assert ["#417 boom. Reply ack 417", "ack", "Acked 417"] == [one["body"] for one in told["messages"]]
    first = told["messages"][0]
    assert {
        "sid": sid,
        "from": simulator.sender,
        "to": ANA,
        "body": "#417 boom. Reply ack 417",
        "status": "queued",
        "error_code": None,
        "direction": "outbound-api",
        "created": first["created"],
        "segments": 1,
    } == first
    assert first["created"].endswith("Z")


def test_messages_can_be_narrowed(simulator: Simulator, browser: FlaskClient) -> None:
    page_text(simulator, "one")
    page_text(simulator, "two", BEN)

    def bodies(query: str) -> list[str]:
        told = browser.get("/simulator/messages?" + query).json
        assert told is not None
        return [one["body"] for one in told["messages"]]

    assert ["two"] == bodies("to=%2B14155550102")
    assert ["two"] == bodies("to=+14155550102"), "a plus that came as a space"
    cursor = (browser.get("/simulator/messages").json or {})["cursor"]
    assert [] == bodies(f"since={cursor}")
    page_text(simulator, "three")
    assert ["three"] == bodies(f"since={cursor}")


@pytest.mark.parametrize("kind", ["json", "data"])
def test_a_text_is_sent_as_json_or_as_a_form(browser: FlaskClient, kind: str) -> None:
    answer = browser.post("/simulator/texts", **{kind: {"from": ANA, "body": "ack 417"}})

    assert 200 == answer.status_code
    assert (["Acked 417"], 200, None) == tuple(
        (answer.json or {})[name] for name in ("replies", "status", "error_code")
    )


def test_an_event_is_sent_by_name_or_as_it_is(simulator: Simulator, browser: FlaskClient) -> None:
    by_name = browser.post("/simulator/events", json={"sample": "release"}).json or {}
    as_is = browser.post("/simulator/events", json={"payload": [1, {"a": None}]}).json or {}

    assert (200, {"outcome": "opened", "code": 417, "reason": None}) == (by_name["status"], by_name["answer"])
    assert "release" == by_name["payload"]["trigger"]["type"]
    assert [1, {"a": None}] == as_is["payload"]
    assert ["New release", "Event of your own"] == [line.what for line in simulator.activity()]


def test_the_names_of_samples_and_misbehaviours_can_be_asked(browser: FlaskClient) -> None:
    events, kinds = browser.get("/simulator/events").json or {}, browser.get("/simulator/misbehave").json or {}

    assert list(SAMPLES) == [one["name"] for one in events["events"]]
    assert list(KINDS) == [one["kind"] for one in kinds["kinds"]]
    assert [] == kinds["active"]


def test_a_misbehaviour_is_switched_on_and_off(browser: FlaskClient) -> None:
    on = (
        browser.post("/simulator/misbehave", json={"kind": "429", "times": 2, "number": ANA, "seconds": 1.5}).json or {}
    )
    assert [{"kind": "429", "times": 2, "number": ANA, "code": None, "seconds": 1.5}] == on["active"]

    browser.post("/simulator/misbehave", data={"kind": "refuse", "times": "", "code": "21610", "number": ""})
    told = browser.get("/simulator/misbehave").json or {}
    assert {"kind": "refuse", "times": None, "number": None, "code": 21610, "seconds": None} == told["active"][1]

    off = browser.post("/simulator/misbehave", json={"kind": None}).json or {}
    assert [] == off["active"]


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("texts", {"body": "ack"}, "“from” is missing."),
        ("texts", {"from": ANA}, "“body” is missing."),
        ("texts", {"from": 7, "body": "ack"}, "“from” is missing."),
        ("texts", {"from": "Ana", "body": "ack"}, "“from” must be a phone number such as +14155550101."),
        ("texts", {"from": "+15005550006", "body": "ack"}, "“from” is bugglio's own number."),
        ("texts", {"from": ANA, "body": "  "}, "“body” must be a text of 1 to 1,600 characters."),
        ("texts", {"from": ANA, "body": "x" * 1601}, "“body” must be a text of 1 to 1,600 characters."),
        ("texts", ["ack"], "The body must be a JSON object."),
        ("phones", {"number": "home"}, "That is not a phone number such as +14155550101."),
        ("events", {}, "“sample” must be a name from GET /simulator/events, or “payload” a JSON value."),
        (
            "events",
            {"sample": "nonsense"},
            "“sample” must be a name from GET /simulator/events, or “payload” a JSON value.",
        ),
        ("events", {"sample": ["x"]}, "“sample” must be a name from GET /simulator/events, or “payload” a JSON value."),
        ("misbehave", {}, "“kind” must be a name from GET /simulator/misbehave, or null for none."),
        ("misbehave", {"kind": "kindly"}, "“kind” must be a name from GET /simulator/misbehave, or null for none."),
        ("misbehave", {"kind": ["429"]}, "“kind” must be a name from GET /simulator/misbehave, or null for none."),
        ("misbehave", {"kind": "429", "times": -1}, "“times” must be a whole number from 0 to 1,000."),
        ("misbehave", {"kind": "429", "times": True}, "“times” must be a whole number from 0 to 1,000."),
        ("misbehave", {"kind": "429", "times": 1.5}, "“times” must be a whole number from 0 to 1,000."),
        ("misbehave", {"kind": "refuse", "code": "abc"}, "“code” must be a whole number from 0 to 999,999."),
        ("misbehave", {"kind": "slow", "seconds": "nan"}, "“seconds” must be a number from 0 to 3,600."),
        ("misbehave", {"kind": "slow", "seconds": [1]}, "“seconds” must be a number from 0 to 3,600."),
        ("misbehave", {"kind": "429", "number": "Ana"}, "“number” must be a phone number such as +14155550101."),
    ],
)
def test_bad_input_gets_one_plain_sentence(browser: FlaskClient, path: str, body: Any, sentence: str) -> None:
    answer = browser.post(f"/simulator/{path}", json=body)

    assert (400, {"error": sentence}) == (answer.status_code, answer.json)


def test_broken_json_and_odd_cursors_are_bad_input_too(browser: FlaskClient) -> None:
    broken = browser.post("/simulator/texts", data="{", content_type="application/json")
    assert (400, {"error": "The body must be a JSON object."}) == (broken.status_code, broken.json)
    form = browser.post("/simulator/events", data={"payload": "{"})
    assert (400, {"error": "The payload is not JSON."}) == (form.status_code, form.json)
    for cursor in ("x", "-1", "٣", "9" * 20):
        assert 400 == browser.get(f"/simulator/messages?since={cursor}").status_code


def test_other_addresses_methods_and_sizes(browser: FlaskClient) -> None:
    assert {"error": "There is nothing at this address."} == browser.get("/simulator/nowhere").json
    assert 405 == browser.get("/simulator/texts").status_code
    assert (
        413 == browser.post("/simulator/texts", data=b"x" * (1 << 20 | 1), content_type="application/json").status_code
    )


# Whom it serves.


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8080", "[::1]:8080", "127.9.9.9", "pager.example", "app.localhost"]
)
def test_this_machine_and_the_public_host_are_served(browser: FlaskClient, host: str) -> None:
    assert 200 == browser.get("/simulator/messages", headers={"Host": host}).status_code


@pytest.mark.parametrize(
    "host", ["evil.example", "192.0.2.1", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]"]
)
def test_a_name_that_was_pointed_here_is_not(simulator: Simulator, browser: FlaskClient, host: str) -> None:
    for path in ("/simulator", "/simulator/messages", "/2010-04-01/Accounts/AC/Messages.json"):
        assert 403 == browser.get(path, headers={"Host": host}).status_code
    assert (
        403 == browser.post("/simulator/texts", json={"from": ANA, "body": "ack"}, headers={"Host": host}).status_code
    )
    assert [] == simulator.messages()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_cannot_drive_it(simulator: Simulator, browser: FlaskClient, headers: dict[str, str]) -> None:
    for path, body in (
        ("texts", {"from": ANA, "body": "ack"}),
        ("misbehave", {"kind": "500"}),
        ("events", {"sample": "release"}),
    ):
        assert 403 == browser.post(f"/simulator/{path}", data=body, headers=headers).status_code
    assert ([], [], []) == (simulator.messages(), simulator.misbehaviours(), simulator.activity())


def test_its_own_page_can(browser: FlaskClient) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}

    assert 200 == browser.post("/simulator/texts", json={"from": ANA, "body": "ack"}, headers=headers).status_code


# The page.


def test_the_page_shows_phones_texts_and_what_was_answered(simulator: Simulator, browser: FlaskClient) -> None:
    page_text(simulator, "<script>alert('x')</script> & \"more\"")
    simulator.receive(BEN, "<b>ack</b>")
    simulator.event("new-error")

    html = browser.get("/simulator").get_data(as_text=True)

    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &#34;more&#34;" in html
    assert "<script>alert" not in html
    assert "<b>ack</b>" not in html
    assert "on duty" in html
    assert BEN in html
    assert "opened #417" in html


def test_the_page_runs_nothing_but_its_own_script(browser: FlaskClient) -> None:
    answer = browser.get("/simulator")

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "no-store" == answer.headers["Cache-Control"]
    html = answer.get_data(as_text=True)
    for forbidden in ("<style", " style=", " onclick=", "javascript:", "https://"):
        assert forbidden not in html
    for name, kind in (("simulator.js", "text/javascript"), ("simulator.css", "text/css")):
        assert f"/simulator/static/{name}" in html
        static = browser.get(f"/simulator/static/{name}")
        assert (200, kind) == (static.status_code, static.mimetype)
        static.close()


def test_the_page_can_be_mounted_below_a_path(browser: FlaskClient) -> None:
    html = browser.get("/simulator/", environ_overrides={"SCRIPT_NAME": "/fn"}).get_data(as_text=True)

    assert 'data-base="/fn/simulator"' in html
    assert 'src="/fn/simulator/static/simulator.js"' in html


def test_without_scripts_a_press_leads_back_to_the_page(simulator: Simulator, browser: FlaskClient) -> None:
    accept = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for path, form in (
        ("events", {"sample": "release"}),
        ("texts", {"from": ANA, "body": "ack"}),
        ("phones", {"number": BEN}),
    ):
        answer = browser.post(f"/simulator/{path}", data=form, headers=accept)
        assert (303, "/simulator") == (answer.status_code, answer.headers["Location"])

    assert [ANA, BEN] == list(simulator.phones())


def test_news_tell_everything_once(simulator: Simulator, browser: FlaskClient) -> None:
    simulator.event("new-error")
    simulator.add_phone(BEN)
    first = browser.get("/simulator/news").json or {}
    assert ([{"on duty", ""}], ["New error"]) == (
        [set(first["phones"].values())],
        [one["what"] for one in first["activity"]],
    )

    second = browser.get(f"/simulator/news?since={first['cursor']}").json or {}
    assert ([], [], []) == (second["messages"], second["activity"], second["calls"])


def test_calls_are_told_with_what_was_said_and_can_be_narrowed(simulator: Simulator, browser: FlaskClient) -> None:
    simulator.misbehave(Misbehaviour("call-no-answer", times=1, number=BEN))
    said = "<Response><Say>Wake up</Say></Response>"
    for number in (ANA, BEN):
        simulator.dial(make_call(simulator, {"To": number, "From": simulator.sender, "Twiml": said}))

    rings = (browser.get("/simulator/calls?to=%2B14155550101").json or {})["calls"]
    assert [("queued", "", "The phone rings.")] == [(one["status"], one["said"], one["words"]) for one in rings]
    simulator.settle()

    told = browser.get("/simulator/calls").json or {}
    assert [
        (ANA, "completed", "Wake up", "Wake up"),
        (BEN, "no-answer", "", "The phone rang, and nobody answered."),
    ] == [(one["to"], one["status"], one["said"], one["words"]) for one in told["calls"]]
    assert [] == (browser.get(f"/simulator/calls?since={told['cursor']}").json or {})["calls"]
    page = browser.get("/simulator").text
    assert "Wake up" in page
    assert "The phone rang, and nobody answered." in page


def test_phones_are_named_while_it_runs(simulator: Simulator, browser: FlaskClient) -> None:
    since = simulator.change

    simulator.name_phones({ANA: "Ana", BEN: "Ben"})

    assert {ANA: "Ana", BEN: "Ben"} == (browser.get(f"/simulator/news?since={since}").json or {})["phones"]
    change = simulator.change
    simulator.name_phones({ANA: "Ana"})
    assert change == simulator.change
