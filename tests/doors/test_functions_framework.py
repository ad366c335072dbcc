"""The doors behind the server of production: functions-framework with gunicorn, one process a function."""

import http.client
import json
import re
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from werkzeug import Request, Response

from bugglio.cli.doctor import addresses
from bugglio.config import Settings, read_settings
from bugglio.simulator import Simulator, over_http, served
from bugglio.store import ABSENT, Write
from bugglio.store.sqlite import SqliteStore
from tests.browsing import Form, forms
from tests.doors.calling import written
from tests.payloads import event
from tests.stage import ANA, SID, TOKEN, TWILIO_NUMBER, WEBHOOK_TOKEN
from tools.rig.functions import PATIENCE, Server, command, environment, running

FUNCTIONS = {
    "bugsnag": "bugsnag",
    "sms": "sms",
    "sms-status": "sms_status",
    "tick": "tick",
    "admin": "admin",
    "bugglio": "bugglio",
}
"""The names under which they are deployed, and their entry points."""
TAKERS = [name for name in FUNCTIONS if name != "admin"]
"""Those that take a body."""
MIB = 1024 * 1024
FLASK_KEY = "flask-key-of-the-tests-0123456789"


class FrontEnd:
    """
    Google's front end, as far as a function notices: it takes the function's name off the path, ends TLS, and writes
    the caller's address at the end of X-Forwarded-For.
    """

    def __init__(self) -> None:
        self.servers: dict[str, Server] = {}

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self._passed_on(Request(environ))(environ, start_response)

    def _passed_on(self, request: Request) -> Response:
        name, _, rest = request.path.lstrip("/").partition("/")
        headers = {key: value for key, value in request.headers if key.lower() not in ("connection", "host")}
        forged = request.headers.get("X-Forwarded-For")
        headers |= {
            "Host": "internal-a.run.app",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": ", ".join(filter(None, (forged, request.remote_addr))),
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.servers[name].port, timeout=PATIENCE)
        try:
            query = request.query_string.decode("latin-1")
            address = f"/{rest}{'?' if query else ''}{query}"
            connection.request(request.method, address, request.get_data(), headers)
            answer = connection.getresponse()
            return Response(answer.read(), answer.status, list(answer.getheaders()))
        finally:
            connection.close()


@dataclass(frozen=True)
class Deployment:
    """The functions, the front end before them, and the simulators: one for the four doors, one for all in one."""

    servers: Mapping[str, Server]
    front: str
    store: Path
    four: Simulator
    one: Simulator

    def ask(
        self, name: str, method: str = "POST", path: str = "/", body: bytes = b"", **headers: str
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """Ask a function directly."""
        connection = http.client.HTTPConnection("127.0.0.1", self.servers[name].port, timeout=PATIENCE)
        try:
            there = {key.replace("_", "-"): value for key, value in headers.items()}
            connection.request(method, path, body, {"Content-Type": "application/json", **there})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def raw(self, name: str, request: bytes, *, ends: bool = False) -> tuple[int, str]:
        """Send bytes and no more, and read the answer; `ends` tells that no more will come."""
        with socket.create_connection(("127.0.0.1", self.servers[name].port), timeout=PATIENCE) as connection:
            connection.sendall(request)
            if ends:
                connection.shutdown(socket.SHUT_WR)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status, answer.read().decode()


def settings(origin: str, public: str, file: Path) -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_CALLER_ID": TWILIO_NUMBER,
        "TWILIO_API_URL": origin,
        "ON_DUTY": ANA,
        "BUGSNAG_WEBHOOK_TOKEN": WEBHOOK_TOKEN,
        "BUGSNAG_ALLOWED_IPS": "127.0.0.1",
        "FLASK_SECRET_KEY": FLASK_KEY,
        "BUGGLIO_PUBLIC_URL": public,
        "BUGGLIO_PROXY_HOPS": "1",
        "BUGGLIO_STORE": f"sqlite:{file}",
    }


def simulator(public: str) -> Simulator:
    webhook = f"{public}/bugsnag?token={WEBHOOK_TOKEN}"
    return Simulator(
        public_url=public, webhook_url=webhook, account_sid=SID, auth_token=TOKEN, sender=TWILIO_NUMBER, post=over_http
    )


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Everything as it runs in production, but for SQLite and the simulator."""
    folder = tmp_path_factory.mktemp("deployed")
    front_end = FrontEnd()
    with ExitStack() as stack:
        front = stack.enter_context(served(front_end))
        four, one = simulator(front), simulator(f"{front}/bugglio")
        stack.callback(four.close)
        stack.callback(one.close)
        origins = {each: stack.enter_context(served(each.wsgi)) for each in (four, one)}
        for name, entry in FUNCTIONS.items():
            mine, public = (one, f"{front}/bugglio") if name == "bugglio" else (four, front)
            file = folder / ("one.db" if name == "bugglio" else "four.db")
            front_end.servers[name] = stack.enter_context(running(entry, settings(origins[mine], public, file), folder))
        yield Deployment(front_end.servers, front, folder / "four.db", four, one)
        for server in front_end.servers.values():
            assert "Traceback" not in server.said
            assert TOKEN not in server.said
            assert WEBHOOK_TOKEN not in server.said


def one_sentence(text: str) -> bool:
    return re.fullmatch(r"[^\n.<]+\.\n", text) is not None


# Each entry point answers.


def test_a_calendar_fetches_its_feed(deployed: Deployment) -> None:
    store = SqliteStore(deployed.store)
    store.commit([Write("engineers/on-duty", ABSENT, put={"v": 1, "calendar": "c" * 32})])
    store.close()

    for name, path in (("admin", "/calendar"), ("admin", "/admin/calendar")):
        status, headers, text = deployed.ask(name, "GET", f"{path}/engineer/on-duty/{'c' * 32}.ics")
        assert (200, "text/calendar; charset=utf-8") == (status, headers["Content-Type"])
        assert text.startswith("BEGIN:VCALENDAR\r\n")
        assert text.endswith("END:VCALENDAR\r\n")
        tag = headers["ETag"]
        found, _, nothing = deployed.ask(name, "GET", f"{path}/engineer/on-duty/{'c' * 32}.ics", If_None_Match=tag)
        assert (304, "") == (found, nothing)


@pytest.mark.promise("P4")
@pytest.mark.parametrize(
    ("name", "path", "status", "told"),
    [
        ("bugsnag", "/", 401, "The secret is missing or wrong."),
        ("bugsnag", "/bugsnag?token=wrong", 401, "The secret is missing or wrong."),
        ("sms", "/", 403, "The signature is missing or wrong."),
        ("sms-status", "/?page=a&attempt=b", 403, "The signature is missing or wrong."),
        ("tick", "/", 403, "Only the scheduler may call."),
        ("bugglio", "/bugsnag", 401, "The secret is missing or wrong."),
        ("bugglio", "/sms", 403, "The signature is missing or wrong."),
        ("bugglio", "/sms-status", 403, "The signature is missing or wrong."),
        ("bugglio", "/tick", 403, "Only the scheduler may call."),
        ("bugglio", "/", 404, "There is nothing at this address."),
    ],
)
def test_strangers_are_refused(deployed: Deployment, name: str, path: str, status: int, told: str) -> None:
    for body in (b"", b"{}", b"[" * 10_000, b"\xff\x00"):
        found, headers, text = deployed.ask(name, path=path, body=body)

        assert (status, f"{told}\n") == (found, text)
        assert "crash" not in headers.values()


@pytest.mark.promise("P4")
@pytest.mark.parametrize("path", ["/", "/bugsnag", "/devices/end", "/admin/devices/end-all", "/logout", "/login"])
def test_strangers_change_nothing_by_the_pages(deployed: Deployment, path: str) -> None:
    for body in (b"", b"{}", b"[" * 10_000, b"\xff\x00"):
        found, headers, text = deployed.ask("admin", path=path, body=body)

        assert found in (302, 400, 404)
        assert "Log out" not in text
        assert headers.get("Location", "/admin/login") == "/admin/login"
        assert "crash" not in headers.values()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("name", [name for name in TAKERS if name != "bugglio"])
def test_other_methods_are_refused(deployed: Deployment, name: str, method: str) -> None:
    status, headers, text = deployed.ask(name, method)

    assert (405, "POST") == (status, headers["Allow"])
    assert text == ("" if method == "HEAD" else "This address takes POST only.\n")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/health", "/admin/health"])
def test_the_one_for_all_tells_its_health(deployed: Deployment, method: str, path: str) -> None:
    status, headers, text = deployed.ask("bugglio", method, path)

    assert (200, "application/json") == (status, headers["Content-Type"])
    assert text == ("" if method == "HEAD" else '{"up": true}\n')


# Bodies.


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", *lines, "", ""]).encode("latin-1")


def post(name: str, *lines: str) -> bytes:
    token = f"/?token={WEBHOOK_TOKEN}" if name != "bugglio" else f"/bugsnag?token={WEBHOOK_TOKEN}"
    return head("POST", token, "Content-Type: application/json", *lines)


@pytest.mark.parametrize("name", TAKERS)
def test_a_body_declared_too_large_is_refused_before_it_is_sent(deployed: Deployment, name: str) -> None:
    status, text = deployed.raw(name, post(name, f"Content-Length: {2 * MIB}") + b"x" * 65_536)

    assert (413, "The body is larger than 1 MiB.\n") == (status, text)


@pytest.mark.parametrize("name", TAKERS)
def test_a_chunked_body_is_refused_as_soon_as_it_is_too_large(deployed: Deployment, name: str) -> None:
    # gunicorn asks for 1 KiB at least, so one byte over the limit would be waited for.
    chunks = b"%x\r\n" % (2 * MIB) + b"x" * (MIB + 2048)

    status, text = deployed.raw(name, post(name, "Transfer-Encoding: chunked") + chunks)

    assert (413, "The body is larger than 1 MiB.\n") == (status, text)


@pytest.mark.parametrize("name", TAKERS)
def test_what_is_refused_for_its_method_or_address_is_not_read(deployed: Deployment, name: str) -> None:
    for method, status in (("PUT", 405), ("POST", 404)):
        if (name == "bugglio") is not (status == 404):
            continue
        for length in (f"Content-Length: {2**40}", "Transfer-Encoding: chunked"):
            found, text = deployed.raw(name, head(method, "/nowhere", length) + b"40000000\r\nx")

            assert status == found
            assert one_sentence(text)


def test_a_form_declared_too_large_is_refused_before_it_is_sent(deployed: Deployment) -> None:
    status, text = deployed.raw("admin", head("POST", "/login", f"Content-Length: {2**40}") + b"x")

    assert (413, "The body is larger than 1 MiB.\n") == (status, text)


@pytest.mark.parametrize(
    "body",
    [
        post("bugsnag", "Content-Length: 100") + b"{}",
        post("bugsnag", "Transfer-Encoding: chunked") + b"5\r\n{}",
        post("bugsnag", "Transfer-Encoding: chunked") + b"zz\r\n{}\r\n0\r\n\r\n",
        post("bugsnag", "Transfer-Encoding: chunked") + b"2\r\n{}xx0\r\n\r\n",
    ],
    ids=["short", "cut chunk", "no number", "no end of a chunk"],
)
def test_a_body_that_does_not_arrive_whole_is_refused(deployed: Deployment, body: bytes) -> None:
    status, text = deployed.raw("bugsnag", body, ends=True)

    assert (400, "The body did not arrive whole.\n") == (status, text)


def test_a_chunked_event_is_taken(deployed: Deployment) -> None:
    raw = json.dumps(event(error={"errorId": "chunked-1"})).encode()
    half = len(raw) // 2
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (raw[:half], raw[half:], b""))

    status, text = deployed.raw(
        "bugsnag", post("bugsnag", "X-Forwarded-For: 127.0.0.1", "Transfer-Encoding: chunked") + chunks
    )

    assert (200, "opened") == (status, json.loads(text)["outcome"])


def test_only_the_address_that_the_front_end_wrote_counts(deployed: Deployment) -> None:
    payload = json.dumps({}).encode()
    secret = f"/?token={WEBHOOK_TOKEN}"

    assert 403 == deployed.ask("bugsnag", path=secret, body=payload)[0]
    assert 403 == deployed.ask("bugsnag", path=secret, body=payload, X_Forwarded_For="127.0.0.1, 192.0.2.1")[0]
    assert 200 == deployed.ask("bugsnag", path=secret, body=payload, X_Forwarded_For="192.0.2.1, 127.0.0.1")[0]


# Through the front end.


@pytest.mark.parametrize("kind", ["four", "one"])
def test_an_error_pages_and_is_acknowledged_through_the_front_end(deployed: Deployment, kind: str) -> None:
    twilio: Simulator = getattr(deployed, kind)
    before = len(twilio.texts(ANA))

    delivery = twilio.send_event(event(error={"errorId": f"story-{kind}"}))

    assert 200 == delivery.status, delivery.answer
    code = json.loads(delivery.answer)["code"]
    twilio.settle()
    new = [text for text in twilio.texts(ANA)[before:] if text.startswith(f"#{code} ")]
    assert [True] == [f"Reply ack {code}" in text for text in new]
    acked = twilio.receive(ANA, f"ack {code}")
    assert 200 == acked.status, acked
    assert acked.replies[0].startswith(f"Acked {code} TypeError")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "base"), [("four", "/admin"), ("one", "/bugglio/admin")])
def test_somebody_logs_in_to_the_pages_through_the_front_end(deployed: Deployment, kind: str, base: str) -> None:
    twilio: Simulator = getattr(deployed, kind)
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar))

    def send(form: Form, **fields: str) -> tuple[str, str]:
        sent = urlencode({**form.fields, **fields}, doseq=True).encode()
        with browser.open(deployed.front + form.action, sent, timeout=PATIENCE) as answer:
            return answer.url.removeprefix(deployed.front), answer.read().decode()

    with browser.open(f"{deployed.front}{base}/alerts?all=1", timeout=PATIENCE) as answer:
        assert answer.url.startswith(f"{deployed.front}{base}/login?")
        asking = forms(answer.read().decode())[0]
    assert f"{base}/login" == asking.action
    address, page = send(asking, number=ANA)
    assert f"{base}/login/code" == address
    twilio.settle()
    code = [text for text in twilio.texts(ANA) if "bugglio code" in text][-1][:6]

    address, page = send(forms(page)[0], code=code)

    assert f"{base}/alerts?all=1" == address
    assert "Log out" in page
    assert {("bugglio", base, False), ("bugglio_browser", base, False)} == {
        (one.name, one.path, one.secure) for one in jar
    }
    address, page = send(forms(page)[0])
    assert f"{base}/login" == address
    assert "You are logged out." in page


def settings_of(deployed: Deployment, kind: str) -> Settings:
    """The settings of the functions, as `doctor` reads them."""
    public = deployed.front if kind == "four" else f"{deployed.front}/bugglio"
    return read_settings(settings("http://127.0.0.1:9", public, deployed.store), on_google_cloud=False)


@pytest.mark.parametrize("kind", ["four", "one"])
def test_each_door_proves_through_the_front_end_that_it_is_this_deployments(deployed: Deployment, kind: str) -> None:
    found = list(addresses.of_addresses(settings_of(deployed, kind)))

    assert {"/bugsnag", "/sms", "/sms-status", "/tick", "/admin", "a wrong secret"} == {
        one.name for one in found if one.ok is True
    }
    assert [] == [one for one in found if one.ok is False]


def test_each_function_proves_it_at_an_address_of_its_own_too(deployed: Deployment) -> None:
    own = {
        name: f"http://127.0.0.1:{server.port}/" for name, server in deployed.servers.items() if name in addresses.DOORS
    }

    found = list(addresses.of_doors(settings_of(deployed, "four"), own))

    assert 6 == len(found)
    assert [] == [one for one in found if one.ok is not True]


@pytest.mark.parametrize("base", ["/admin", "/bugglio/admin"])
def test_the_pages_files_and_health_are_found_through_the_front_end(deployed: Deployment, base: str) -> None:
    browser = build_opener()
    with browser.open(f"{deployed.front}{base}/login", timeout=PATIENCE) as answer:
        page = answer.read().decode()
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    files = {urlsplit(one).path for one in re.findall(r'(?:href|src)="([^"]+\.(?:css|js)[^"]*)"', page)}

    assert files
    assert {base} == {"/".join(one.split("/")[: base.count("/") + 1]) for one in files}
    for one in files:
        with browser.open(f"{deployed.front}{one}", timeout=PATIENCE) as answer:
            kind = "text/css" if one.endswith(".css") else "text/javascript"
            assert (200, kind) == (answer.status, answer.headers.get_content_type()), one
            assert answer.read()
    with browser.open(f"{deployed.front}{base}/health", timeout=PATIENCE) as answer:
        assert {"up": True} == json.load(answer)


def test_a_page_alone_is_found_without_any_front_end(deployed: Deployment) -> None:
    for path in ("/admin/login", "/login"):
        status, _, page = deployed.ask("admin", "GET", path)
        assert 200 == status
        assert "<form" in page


@pytest.mark.promise("P4")
@pytest.mark.parametrize("address", ["/tick", "/bugglio/tick"])
@pytest.mark.parametrize("token", ["", "Bearer a.b.c", "Basic YTpi"])
def test_strangers_do_not_tick_through_the_front_end(deployed: Deployment, address: str, token: str) -> None:
    answer = over_http(deployed.front + address, b"", {"Authorization": token} if token else {})

    assert (403, "Only the scheduler may call.\n") == (answer.status, answer.text)


def test_twilios_reports_arrive_through_the_front_end(deployed: Deployment) -> None:
    delivery = deployed.four.send_event(event(error={"errorId": "reports-1"}))
    code = json.loads(delivery.answer)["code"]
    assert {"delivered"}.isdisjoint(states(deployed.store, code))

    answers = deployed.four.settle()

    assert {204} == {answer.status if answer else None for answer in answers}
    assert {"delivered"} == states(deployed.store, code)


def states(file: Path, code: int) -> set[str]:
    """What became of the pages about an alert."""
    store = SqliteStore(file)
    try:
        pages = [fields for path, fields in written(store).items() if path.startswith("pages/")]
        return {fields["state"] for fields in pages if f"#{code} " in str(fields)}
    finally:
        store.close()


@pytest.mark.parametrize("address", ["/sms", "/sms-status?page=a&attempt=b", "/bugglio/sms"])
def test_forged_texts_do_not_come_through_the_front_end(deployed: Deployment, address: str) -> None:
    answer = over_http(
        deployed.front + address,
        b"From=%2B14155550101&Body=ack",
        {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "forged", "Host": "evil.test"},
    )

    assert (403, "The signature is missing or wrong.\n") == (answer.status, answer.text)


# The start.

FAULTS = {
    "TWILIO_ACCOUNT_SID": "nonsense",
    "TWILIO_AUTH_TOKEN": f" {TOKEN}",
    "ON_DUTY": "0014155550101",
    "FLASK_SECRET_KEY": FLASK_KEY[:10],
    "BUGGLIO_SECRET": "no name of a secret",
}


def test_a_start_with_faults_ends_with_all_of_them(tmp_path: Path) -> None:
    half = {name: text for name, text in FAULTS.items() if name != "BUGGLIO_SECRET"}

    done = subprocess.run(
        command("bugsnag"),
        env=environment(**half),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert (1, "") == (done.returncode, done.stdout)
    lines = done.stderr.splitlines()
    assert "bugglio cannot start:" == lines[0]
    # A short key is a fault on Google Cloud only.
    faulty = half.keys() - {"FLASK_SECRET_KEY"}
    assert {*faulty, "BUGSNAG_WEBHOOK_TOKEN", "BUGGLIO_PUBLIC_URL", "BUGGLIO_STORE", "TWILIO_CALLER_ID"} == {
        line.split()[0] for line in lines[1:]
    }
    assert TOKEN not in done.stderr
    assert "4155550101" not in done.stderr


def test_on_google_cloud_it_starts_with_faults_and_says_503(tmp_path: Path) -> None:
    with running("bugsnag", {**FAULTS, "K_SERVICE": "bugsnag"}, tmp_path) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        connection.request("POST", f"/?token={WEBHOOK_TOKEN}", b"{}", {"Content-Type": "application/json"})
        answer = connection.getresponse()
        told = answer.read().decode()
        connection.close()

        assert (503, "bugglio is not configured; its log says what is wrong.\n") == (answer.status, told)
        assert "is not configured" in server.said
        assert [] == [name for name in (*FAULTS, "BUGSNAG_WEBHOOK_TOKEN") if name not in server.said]
        assert TOKEN not in server.said
        assert "4155550101" not in server.said
        assert "Traceback" not in server.said
        # Every line is one that Cloud Logging reads, the server's own too.
        lines = [json.loads(line) for line in server.said.splitlines() if line]
        assert {(None, "not-configured"), ("gunicorn.error", "log")} == {
            (line.get("logger"), line["event"]) for line in lines
        }
