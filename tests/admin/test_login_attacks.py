"""Ways to get in without a code, and to learn or to spoil what is others': all refused."""

import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from werkzeug.test import Client, TestResponse

from bugglio.admin.building import FORGED, SENTENCES, STRANGE
from bugglio.admin.login import WRONG
from bugglio.admin.viewing import ADMINS_ONLY, FILES, OPEN
from bugglio.delivery import Accepted, Logged, Outcome
from bugglio.logins import addresses
from bugglio.logins.records import Login, load, path
from bugglio.logins.trying import TRIES
from bugglio.pager.applying import Applying
from bugglio.pager.logins import Links
from bugglio.pager.ports import Outgoing
from bugglio.phone import phone_id
from bugglio.rosterfile import read
from bugglio.store.counting import Bill, CountingStore
from tests.browsing import BEN, DAN, ROSTER, Browser, Desk, forms
from tests.clock import Clock
from tests.crawling import pages_of
from tests.entry import begin
from tests.logbook import logged
from tests.stage import ANA, PUBLIC

STRANGER = "+14155550192"
ASK = "Your phone number"


def signed(values: dict[str, Any], key: str) -> str:
    """A session cookie as whoever has this key makes it."""
    signer = Flask(__name__)
    signer.secret_key = key
    serializer = SecureCookieSessionInterface().get_signing_serializer(signer)
    assert serializer is not None
    return str(serializer.dumps(values))


def cookie(browser: Browser, name: str = "bugglio") -> str:
    found = browser.client.get_cookie(name, "bugglio.test", "/admin")
    assert found is not None
    return str(found.value)


def with_cookie(desk: Desk, value: str, name: str = "bugglio") -> Browser:
    browser = desk.browser()
    browser.client.set_cookie(name, value, domain="bugglio.test", path="/admin")
    return browser


def token(browser: Browser, address: str) -> str:
    """The token of a form on a page."""
    browser.get(address)
    return str(forms(browser.html)[-1].fields["csrf_token"])


def asked(desk: Desk, number: str = BEN) -> Browser:
    """A browser that has asked for a code."""
    browser = desk.browser()
    browser.get("/login")
    browser.send(number=number)
    return browser


def code_on(desk: Desk, number: str = BEN) -> str:
    return desk.stage.new_texts(number)[-1][:6]


def wrong(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 1_000_000:06}"


def is_out(browser: Browser) -> bool:
    return ASK in browser.get("/alerts")


def kept(desk: Desk, number: str = BEN) -> Login:
    where = path(phone_id(number))
    found = desk.stage.store.get([where]).get(where)
    return load(found.fields if found is not None else None)


def raw(desk: Desk, method: str, address: str, **how: Any) -> TestResponse:
    """A request without a browser's manners."""
    client = Client(desk.stage.app.wsgi)
    return client.open(path=address, method=method, base_url=PUBLIC, **how)


# Cookies.


@pytest.mark.promise("P4")
@pytest.mark.parametrize(
    "forge",
    [
        lambda value: value.rpartition(".")[0],
        lambda value: value.rpartition(".")[0] + ".",
        # Not the last letter: some of its bits mean nothing, so that another letter may be the same signature.
        lambda value: f"{value[:-9]}{'A' if value[-9] != 'A' else 'B'}{value[-8:]}",
        lambda value: "eyJ3aG8iOiJhbmEiLCJpZCI6IngifQ" + value[value.index(".") :],
        lambda _: '{"who":"ana","id":"x"}',
        lambda _: signed({"_permanent": True, "who": "ana", "id": "x"}, "another-key-0123456789-0123456789"),
        lambda _: signed({"_permanent": True, "who": "ana", "id": ""}, "flask-key-of-the-tests-0123456789"),
        lambda _: signed({"_permanent": True, "who": "ana", "id": ["x"]}, "flask-key-of-the-tests-0123456789"),
        lambda _: signed({"_permanent": True, "who": ["ana"], "id": "x"}, "flask-key-of-the-tests-0123456789"),
        lambda _: "\xff\x00",
        lambda _: "x" * 3_900,
    ],
    ids=["unsigned", "empty", "wrong", "other", "bare", "another key", "no id", "list", "who list", "bytes", "huge"],
)
def test_a_forged_cookie_is_nobodys(desk: Desk, forge: Callable[[str], str]) -> None:
    browser = desk.browser("ana")
    browser.get("")

    assert is_out(with_cookie(desk, forge(cookie(browser))))


def test_a_session_is_of_whom_it_was_made_for(desk: Desk) -> None:
    works = desk.stage.works
    secret = begin(works.kit, works.kit.roster().engineers["ben"])

    assert is_out(with_cookie(desk, signed({"who": "ana", "id": secret}, works.settings.flask_secret_key)))


@pytest.mark.promise("P4")
@pytest.mark.parametrize("button", ["Log out", "Log out everywhere"])
def test_a_cookie_replayed_after_logging_out_is_refused(desk: Desk, button: str) -> None:
    browser = desk.browser("ben")
    browser.get("/devices")
    stolen = cookie(browser)
    browser.press(button)

    assert is_out(with_cookie(desk, stolen))


def test_a_cookie_replayed_after_twelve_hours_is_refused(desk: Desk) -> None:
    browser = desk.browser("ben")
    browser.get("")
    stolen = cookie(browser)
    assert not is_out(with_cookie(desk, stolen))

    desk.stage.clock.advance(hours=12)

    assert is_out(with_cookie(desk, stolen))


def test_what_the_previous_key_signed_is_accepted_until_it_is_taken_away(desk: Desk) -> None:
    browser = desk.browser("ben")
    old = desk.stage.settings.flask_secret_key
    new = "another-key-of-the-tests-0123456789"
    desk.stage.settings = replace(desk.stage.settings, flask_secret_key=new, flask_secret_key_previous=old)
    assert not is_out(with_cookie(desk, cookie(browser)))

    desk.stage.settings = replace(desk.stage.settings, flask_secret_key_previous="")

    assert is_out(with_cookie(desk, cookie(browser)))


def test_a_cookie_that_was_planted_does_not_become_a_session(desk: Desk) -> None:
    attacker = asked(desk, STRANGER)
    victim = with_cookie(desk, cookie(attacker))
    victim.get("/login")
    victim.send(number=BEN)
    victim.send(code=code_on(desk))

    assert not is_out(victim)
    assert is_out(attacker)
    assert cookie(victim) != cookie(attacker)
    attacker.get("/login/code")
    assert "csrf_token" in forms(attacker.html)[0].fields
    victim.post("/logout", {"csrf_token": token(attacker, "/login/code")}, 400)
    assert not is_out(victim)


@pytest.mark.parametrize(("public", "secure"), [(PUBLIC, True), ("http://127.0.0.1:8080", False)])
def test_cookies_are_kept_from_scripts_other_sites_and_plain_connections(
    desk: Desk,
    public: str,
    secure: bool,  # noqa: FBT001 - what is expected
) -> None:
    desk.stage.settings = replace(desk.stage.settings, bugglio_public_url=public)
    client = Client(desk.stage.app.wsgi)
    answers = [client.get("/admin/login", base_url=public)]
    fields = forms(answers[0].get_data(as_text=True))[0].fields
    answers += [client.post("/admin/login", data={**fields, "number": BEN}, base_url=public)]
    page = client.get("/admin/login/code", base_url=public).get_data(as_text=True)
    data = {**forms(page)[0].fields, "code": code_on(desk)}
    answers += [client.post("/admin/login/code", data=data, base_url=public)]

    cookies = [one for answer in answers for one in answer.headers.getlist("Set-Cookie")]

    assert {"bugglio", "bugglio_browser"} == {one.partition("=")[0] for one in cookies}
    for one in cookies:
        attributes = set(one.split("; ")[1:])
        assert {"HttpOnly", "SameSite=Lax", "Path=/admin"} <= attributes
        assert secure is ("Secure" in attributes)
        assert not [each for each in attributes if each.startswith("Domain")]


# Forms of others.

FORMS = ("/login", "/login/code", "/login/link/x", "/logout", "/devices/end", "/devices/end-all")


@pytest.mark.promise("P4")
@pytest.mark.parametrize("address", FORMS)
@pytest.mark.parametrize("theirs", ["none", "wrong", "another's"])
def test_a_form_without_the_sessions_own_token_does_nothing(desk: Desk, address: str, theirs: str) -> None:
    other = desk.browser("ana")
    told = {"none": {}, "wrong": {"csrf_token": "x"}, "another's": {"csrf_token": token(other, "/devices")}}[theirs]
    browser = desk.browser("ben")
    browser.get("/devices")

    said = browser.post(address, {"number": ANA, "code": "123456", **told}, 400)

    assert FORGED in said
    assert not is_out(browser)
    assert [] == desk.stage.new_texts(ANA)


@pytest.mark.parametrize("address", ["/login", "/login/code", "/login/link/x"])
def test_the_logins_own_forms_want_a_token_too(desk: Desk, address: str) -> None:
    other = token(desk.browser(), "/login")
    for told in ({}, {"csrf_token": other}):
        assert STRANGE in desk.browser().post(address, {"number": BEN, **told}, 400)
    assert [] == desk.stage.new_texts(BEN)


def test_a_form_of_over_twelve_hours_ago_is_refused_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = desk.browser()
    old = token(browser, "/login")
    later = time.time() + 12 * 3600 + 60
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)

    assert STRANGE in browser.post("/login", {"number": BEN, "csrf_token": old}, 400)


# Codes.


@pytest.mark.promise("P4")
def test_fifty_clients_who_guess_at_once_have_five_tries(desk: Desk) -> None:
    browser = asked(desk)
    code, sent = code_on(desk), token(browser, "/login/code")
    stolen, statuses = cookie(browser), list[int]()

    def guess(n: int) -> None:
        one = with_cookie(desk, stolen).client
        data = {"csrf_token": sent, "code": wrong(code, n + 1)}
        # Each has an address of its own: those of one would meet its limit, if the machine let enough of them through.
        there = {"REMOTE_ADDR": f"192.0.2.{n + 1}"}
        answer = one.post("/admin/login/code", data=data, base_url=PUBLIC, environ_overrides=there)
        statuses.append(answer.status_code)

    with logged() as log:
        for _ in range(2):
            together([partial(guess, n) for n in range(50)])

    assert {303, 503} >= set(statuses)
    reasons = [line["reason"] for line in log.lines if line["event"] == "login-refused"]
    assert TRIES == reasons.count("wrong code")
    assert WRONG in browser.send(code=code)
    assert is_out(browser)


def together(work: Sequence[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_code_is_of_its_number_and_of_its_browser(desk: Desk) -> None:
    ben, ana, other = asked(desk), asked(desk, ANA), asked(desk)
    code, hers = desk.stage.new_texts(BEN)[0][:6], code_on(desk, ANA)

    for browser, tried in ((ana, code), (ben, hers), (other, code)):
        assert WRONG in browser.send(code=tried)
    assert "Ben Ode" in ben.send(code=code)


def test_a_stranger_who_asks_for_somebodys_code_does_not_use_up_its_tries(desk: Desk) -> None:
    ben, stranger = asked(desk), asked(desk)
    code = desk.stage.new_texts(BEN)[0][:6]
    for n in range(3 * TRIES):
        assert WRONG in stranger.send(code=wrong(code, n + 1))

    assert "Ben Ode" in ben.send(code=code)


def test_a_code_used_twice_is_refused_the_second_time(desk: Desk) -> None:
    browser = asked(desk)
    twin = with_cookie(desk, cookie(browser))
    code = code_on(desk)
    browser.send(code=code)
    twin.get("/login/code")

    assert WRONG in twin.send(code=code)


def test_a_code_is_refused_after_ten_minutes(desk: Desk) -> None:
    browser = asked(desk)
    code = code_on(desk)
    desk.stage.clock.advance(minutes=10)

    assert WRONG in browser.send(code=code)


# What strangers learn.


@dataclass
class Slow:
    """A carrier that takes its time."""

    clock: Clock
    seconds: float

    def send(self, text: Outgoing, *, patience: float, fresh: Callable[[], bool]) -> Outcome:
        assert fresh()
        assert self.seconds <= patience
        assert text.body
        self.clock.advance(seconds=self.seconds)
        return Accepted("SM" + "0" * 32, "queued")

    def find(self, to: str, *, spoken: bool = False) -> Sequence[Logged]:
        raise AssertionError((to, spoken))


def answered(desk: Desk, browser: Browser, send: Callable[[], object]) -> tuple[object, ...]:
    """All that a stranger sees of an answer, and how long it took."""
    before = desk.stage.clock.now()
    redirects: list[TestResponse] = []
    opened = browser.client.open

    def noted(*values: Any, **how: Any) -> TestResponse:
        redirects.append(opened(*values, **how))
        return redirects[-1]

    browser.client.open = noted  # type: ignore[method-assign]
    send()
    took = desk.stage.clock.now() - before
    seen = []
    for answer in redirects:
        body = re.sub(r'value="[^"]{60,}"', 'value=""', answer.get_data(as_text=True)).replace("0192", "0102")
        # A cookie is random, and compressed: its length tells nothing.
        heads = [(name, value.partition(";")[2] if name == "Set-Cookie" else value) for name, value in answer.headers]
        seen.append((answer.status_code, sorted(map(str, heads)), body))
    return took, seen


@pytest.mark.parametrize("seconds", [0.0, 0.3, 1.9])
def test_a_number_of_the_roster_and_a_strangers_get_the_same_answer_in_the_same_time(
    desk: Desk, seconds: float
) -> None:
    desk.stage.restart_with(Slow(desk.stage.clock, seconds))
    seen = []
    for number in (BEN, STRANGER):
        browser = desk.browser()
        browser.get("/login")
        seen.append(answered(desk, browser, partial(browser.send, number=number)))

    assert seen[0] == seen[1]
    assert 2_500 == seen[0][0]


def test_a_number_that_has_had_its_codes_is_answered_like_any(desk: Desk) -> None:
    seen = []
    for number in (BEN,) * 5 + (STRANGER,):
        browser = desk.browser()
        browser.get("/login")
        seen.append(answered(desk, browser, partial(browser.send, number=number)))

    assert [seen[0]] * 6 == seen
    assert 3 == len(desk.stage.new_texts(BEN))


def test_wrong_spent_old_and_strangers_codes_are_answered_alike(desk: Desk) -> None:
    first, spent, old, stranger = asked(desk), asked(desk), asked(desk), asked(desk, STRANGER)
    codes = [text[:6] for text in desk.stage.new_texts(BEN)]
    for n in range(TRIES):
        spent.send(code=wrong(codes[1], n + 1))
    seen = [answered(desk, first, lambda: first.send(code=wrong(codes[0])))]
    seen += [answered(desk, spent, lambda: spent.send(code=codes[1]))]
    seen += [answered(desk, stranger, lambda: stranger.send(code="123456"))]
    desk.stage.clock.advance(minutes=10)
    seen += [answered(desk, old, lambda: old.send(code=codes[2]))]

    assert [seen[0]] * 4 == seen
    assert 1_000 == seen[0][0]
    assert WRONG in str(seen[0])


def test_no_page_shows_a_whole_number(desk: Desk) -> None:
    browser = asked(desk)

    assert "...0102" in browser.html
    assert BEN[2:] not in browser.html
    assert BEN[2:] not in browser.address


# Limits.


def test_the_address_that_the_last_trusted_proxy_wrote_is_counted(desk: Desk) -> None:
    desk.stage.settings = replace(desk.stage.settings, bugglio_proxy_hops=1)

    def ask(forwarded: str) -> int:
        client = Client(desk.stage.app.wsgi)
        there = {"X-Forwarded-For": forwarded}
        page = client.get("/admin/login", base_url=PUBLIC, headers=there).get_data(as_text=True)
        data = {**forms(page)[0].fields, "number": STRANGER}
        return client.post("/admin/login", data=data, base_url=PUBLIC, headers=there).status_code

    statuses = [ask(f"203.0.113.{n}, 192.0.2.1") for n in range(addresses.ASKS + 2)]

    assert [303] * addresses.ASKS + [429] * 2 == statuses
    assert 303 == ask("192.0.2.1, 192.0.2.2")
    assert 303 == ask("2001:db8::1")


def test_too_much_is_told_of_any_number_at_once(desk: Desk) -> None:
    for n in range(addresses.ASKS):
        asked(desk, f"+441632{960000 + n}"[:13])
    for number in (BEN, STRANGER):
        browser = desk.browser()
        browser.get("/login")
        before = desk.stage.clock.now()

        assert SENTENCES[429] in browser.send(number=number, status=429)
        assert before == desk.stage.clock.now()
    assert [] == desk.stage.new_texts(BEN)


@pytest.mark.slow
def test_strangers_leave_a_bounded_number_of_documents(desk: Desk) -> None:
    desk.stage.settings = replace(desk.stage.settings, bugglio_proxy_hops=1)
    client = Client(desk.stage.app.wsgi)
    page = client.get("/admin/login", base_url=PUBLIC).get_data(as_text=True)
    for n in range(150):
        data = {**forms(page)[0].fields, "number": f"+14155550{n:03}"}
        there = {"X-Forwarded-For": f"198.51.{n}.1"}
        client.post("/admin/login", data=data, base_url=PUBLIC, headers=there)

    found = desk.stage.store.query("logins", "__name__", limit=400)

    engineers = {path(phone_id(one.phone)) for one in desk.stage.works.kit.roster().engineers.values()}
    assert addresses.DOCUMENTS >= len([one for one in found if one.path not in engineers])


# What is sent.

ELSEWHERE = [
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "https:evil.test",
    "https://evil.test",
    "javascript:alert(1)",
    "/%0d%0aSet-Cookie:x=1",
    "/\r\nSet-Cookie: x=1",
    "/\tx",
    "/x//evil.test",
    "evil.test",
    "/login",
    "/login/link/x",
    "/logout",
    "",
    "/" + "x" * 2_000,
    "/ü",
]


@pytest.mark.parametrize("there", ELSEWHERE, ids=[f"{n}" for n in range(len(ELSEWHERE))])
def test_a_login_leads_to_our_own_pages_alone(desk: Desk, there: str) -> None:
    browser = asked(desk)
    browser.get("/login")
    browser.send(number=BEN, next=there)
    data = {**forms(browser.html)[0].fields, "code": code_on(desk)}

    answer = browser.client.post("/admin/login/code", data=data, base_url=PUBLIC)

    assert 303 == answer.status_code
    assert answer.headers["Location"] in ("/admin/", "/admin/%0d%0aSet-Cookie:x=1")
    assert "x=1" not in answer.headers.getlist("Set-Cookie")


@pytest.mark.parametrize("address", ["/admin/login", "/admin/login/code", "/admin/logout", "/admin/login/link/x"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"number=\xff\xfe&csrf_token=\xff", "application/x-www-form-urlencoded"),
        (b"number=%00%0d%0a&code=%ff", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(20_000)), "application/x-www-form-urlencoded"),
        (b"number=" + b"9" * 900_000, "application/x-www-form-urlencoded"),
        (b'{"number": "+14155550102"}', "application/json"),
        (b"--x\r\nContent-Disposition: form-data; name=number\r\n\r\n+1\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", ""),
    ],
    ids=["bytes", "control", "many", "huge", "json", "multipart", "broken", "nothing"],
)
def test_whatever_is_sent_is_refused_in_words(desk: Desk, address: str, body: bytes, kind: str) -> None:
    answer = raw(desk, "POST", address, data=body, content_type=kind)

    assert answer.status_code in (303, 400, 413)
    assert "Traceback" not in answer.get_data(as_text=True)
    assert [] == desk.stage.troubles


def test_more_than_a_mebibyte_is_refused(desk: Desk) -> None:
    assert 413 == raw(desk, "POST", "/admin/login", data=b"x" * (1024 * 1024 + 1)).status_code


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "1" * 100_000, "<b>1</b>", "\x00"])
def test_what_is_no_code_is_no_try(desk: Desk, code: str) -> None:
    browser = asked(desk)
    code_on(desk)

    browser.send(code=code)

    assert [0] == [one.tries for one in kept(desk).codes]
    assert "<b>" not in browser.html
    assert [] == desk.stage.troubles


@pytest.mark.parametrize("key", ["x", "..%2f..%2fetc", "%00", "%ff", "a" * 3_000, "<script>alert(1)</script>"])
def test_a_link_that_is_none_lets_nobody_in(desk: Desk, key: str) -> None:
    browser = desk.browser()
    answer = browser.client.get(f"/admin/login/link/{key}", base_url=PUBLIC)
    assert answer.status_code in (200, 404)
    assert "<script>alert" not in answer.get_data(as_text=True)
    assert [] == desk.stage.troubles


@pytest.mark.parametrize("number", [BEN, STRANGER])
def test_of_a_link_the_same_is_read_whether_or_not_its_number_is_of_the_roster(desk: Desk, number: str) -> None:
    store = CountingStore(desk.stage.store)
    desk.stage.store = store
    desk.stage.use_the_store()
    browser = desk.browser()
    browser.get("/login")
    fields = {"csrf_token": str(forms(browser.html)[-1].fields["csrf_token"])}
    desk.stage.works.kit.roster()
    store.settle()

    browser.client.post(f"/admin/login/link/{phone_id(number)}.{'x' * 32}", data=fields, base_url=PUBLIC)

    assert Bill(calls=1, reads=1) == store.settle()


def test_a_link_is_not_told_where_trouble_is(desk: Desk) -> None:
    works = desk.stage.works
    address = Links(works.kit).make(works.kit.roster().engineers["ben"])
    app = pages_of(desk.stage)

    def broken(key: str) -> str:
        raise RuntimeError(len(key))

    app.view_functions["login.link"] = broken

    assert 500 == raw(desk, "GET", address).status_code
    assert 1 == len(desk.stage.troubles)
    assert address.rpartition("/")[2] not in desk.stage.troubles[0]


# Who may ask for what.


@pytest.mark.promise("P4")
def test_every_page_but_the_logins_is_refused_without_a_session(desk: Desk) -> None:
    seen = 0
    for rule in pages_of(desk.stage).url_map.iter_rules():
        if rule.endpoint in FILES or rule.endpoint.startswith(OPEN):
            continue
        address = "/admin" + re.sub(r"<[^>]*>", "1", rule.rule)
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answer = raw(desk, method, address)
            assert 302 == answer.status_code, (method, address)
            assert answer.headers["Location"].startswith("/admin/login"), (method, address)
            seen += 1
    assert seen > 10


@pytest.mark.promise("P4")
def test_an_engineer_is_refused_what_is_for_admins(desk: Desk) -> None:
    app = pages_of(desk.stage)
    mine = {name for name, view in app.view_functions.items() if getattr(view, ADMINS_ONLY, False)}
    ben = desk.browser("ben")
    csrf = token(ben, "/devices")
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in mine:
            continue
        address = re.sub(r"<[^>]*>", "1", rule.rule)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            if method == "GET":
                ben.get(address, 403)
            else:
                ben.post(address, {"csrf_token": csrf}, 403)
            assert SENTENCES[403] in ben.html


@pytest.mark.promise("P4")
def test_who_was_an_admin_a_second_ago_elsewhere_does_not_become_one_again(desk: Desk) -> None:
    dan = desk.browser("dan")
    dan.get("/roster/engineers/dan")
    # Another instance saves it: this one has the roster of a second ago.
    applying = Applying(desk.stage.works.kit)
    applying.apply(applying.plan(read(ROSTER.replace(f'{DAN}", admin: true', f'{DAN}"').encode()).book), "ana")
    assert desk.stage.works.kit.roster().engineers["dan"].admin

    assert SENTENCES[403] in dan.send(admin="on", status=403)
    assert SENTENCES[403] in dan.get("/roster", 403)
