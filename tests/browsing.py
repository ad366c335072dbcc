"""Browsers of the tests, without scripts: they keep cookies, follow links, and send forms with what is in them."""

import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from werkzeug.test import Client, TestResponse

from bugglio.pager.applying import Applying
from bugglio.rosterfile import read
from bugglio.simulator import Simulator
from tests.entry import begin
from tests.stage import ANA, PUBLIC, Stage

BEN, CID = "+14155550102", "+14155550103"
DAN = "+14155550104"

ROSTER = f"""
engineers:
  ana: {{name: Ana Lima, phone: "{ANA}", timezone: America/New_York, admin: true}}
  ben: {{name: Ben Ode, phone: "{BEN}", timezone: Europe/London}}
  cid: {{name: Cid Roe, phone: "{CID}"}}
  dan: {{name: Dan Oak, phone: "{DAN}", admin: true}}
teams:
  shop:
    timezone: Europe/London
    projects: [checkout-api]
    rotations:
      primary: {{engineers: [ben, ana], starts: 2026-01-05T09:00, turn: 1 week}}
      secondary: {{next_of: primary}}
    steps:
      - {{page: [primary], wait: 5 minutes}}
      - {{page: [secondary, dan], wait: 10 minutes}}
  web:
    timezone: Europe/Berlin
    projects: ["*"]
    rotations:
      days: {{engineers: [cid], starts: 2026-01-05T09:00, turn: 1 week, hours: {{mon-fri: "09:00-18:00"}}}}
"""
"""Ana and Dan are admins. Ben and Ana take turns in the team shop, Cid works days for web."""


def apply(stage: Stage, text: str, who: str = "tests") -> None:
    """Make the roster what a file says."""
    applying = Applying(stage.works.kit)
    applying.apply(applying.plan(read(text.encode()).book), who)
    stage.works.kit.forget_roster()


@dataclass
class Desk:
    """The pager, and whoever looks at its pages."""

    stage: Stage

    def browser(self, person: str = "") -> "Browser":
        """A browser of its own; of an engineer's, who has logged in a moment ago."""
        browser = Browser(self.stage)
        if person:
            browser.log_in(person)
        return browser

    @property
    def simulator(self) -> Simulator:
        """Where the phones are."""
        return self.stage.simulator


class Browser:
    """Keeps cookies, and remembers the page that it shows."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.client = Client(self._serve, use_cookies=True)
        self.address = "/admin"
        self.answer: TestResponse | None = None

    def _serve(self, *request: Any) -> Any:
        """The stage may have another process by now."""
        return self._stage.app.wsgi(*request)

    def log_in(self, person: str) -> None:
        """Begin a session, without a code."""
        works = self._stage.works
        secret = begin(works.kit, works.kit.roster().engineers[person])
        signer = Flask(__name__)
        signer.secret_key = works.settings.flask_secret_key
        serializer = SecureCookieSessionInterface().get_signing_serializer(signer)
        assert serializer is not None
        value = serializer.dumps({"_permanent": True, "who": person, "id": secret})
        self.client.set_cookie("bugglio", value, domain=urlsplit(PUBLIC).hostname or "", path="/admin")

    def get(self, address: str, status: int = 200) -> str:
        """Ask for a page, below `/admin` unless it says so itself, and follow where it leads; the page's text."""
        return self._asked("GET", address, None, status)

    def post(self, address: str, fields: dict[str, str | list[str]], status: int = 200) -> str:
        """Send fields as they are, without those of any form."""
        return self._asked("POST", address, fields, status)

    def send(self, form: str = "", status: int = 200, **fields: str | list[str]) -> str:
        """
        Send the form of the shown page that has these fields, with what is in it otherwise.

        `form`: a part of its address, or of its button, where several would do.
        """
        found = [one for one in forms(self.html) if fields.keys() <= one.fields.keys() and form in one.about]
        assert found, (form, sorted(fields), [(one.about, sorted(one.fields)) for one in forms(self.html)])
        chosen = found[0]
        where = self._target(chosen.action)
        if chosen.method == "GET":
            return self.get(f"{where.partition('?')[0]}?{urlencode({**chosen.fields, **fields}, doseq=True)}", status)
        return self._asked("POST", where, {**chosen.fields, **fields}, status)

    def press(self, button: str, status: int = 200) -> str:
        """Press the button with this name on it; its form goes as it is."""
        found = [one for one in forms(self.html) if button in one.buttons]
        assert found, (button, [one.buttons for one in forms(self.html)])
        name, value = found[0].buttons[button]
        fields = {**found[0].fields, **({name: value} if name else {})}
        return self._asked("POST", self._target(found[0].action), fields, status)

    @property
    def html(self) -> str:
        """The shown page as it came."""
        assert self.answer is not None
        return self.answer.get_data(as_text=True)

    def _target(self, action: str) -> str:
        """Where a form goes, as a browser has it: nothing is put before its address."""
        where = urljoin(self.address, action or self.address)
        assert where.startswith("/admin"), where
        return where

    def _asked(self, method: str, address: str, fields: dict[str, str | list[str]] | None, status: int) -> str:
        whole = address if address.startswith("/admin") else f"/admin{address}".rstrip("/")
        self.answer = self.client.open(
            path=whole.partition("?")[0],
            query_string=whole.partition("?")[2],
            method=method,
            data=fields,
            base_url=PUBLIC,
            headers={"Referer": f"{PUBLIC}{self.address}"},
            follow_redirects=False,
        )
        self.address = whole
        if self.answer.status_code in (301, 302, 303, 307, 308):
            there = urlsplit(urljoin(f"{PUBLIC}{whole}", self.answer.headers["Location"]))
            assert there.hostname == urlsplit(PUBLIC).hostname, there
            assert there.path.startswith("/admin"), there
            return self._asked("GET", f"{there.path}?{there.query}".rstrip("?"), None, status)
        assert self.answer.status_code == status, (whole, self.answer.status_code, text_of(self.html))
        return text_of(self.html)


@dataclass
class Form:
    """A form of a page, with what is in it."""

    action: str
    method: str
    fields: dict[str, str | list[str]]
    buttons: dict[str, tuple[str, str]]

    @property
    def about(self) -> str:
        """Its address and its buttons."""
        return f"{self.action} {' '.join(self.buttons)}"


def forms(html: str) -> list[Form]:
    """All forms of a page."""
    reader = _Forms()
    reader.feed(html)
    return reader.found


def text_of(html: str) -> str:
    """What a page says, on one line."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    bare = re.sub(r"<[^>]+>", " ", bare)
    return " ".join(unescape(bare).split())


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._option: tuple[str, bool] | None = None
        self._area = ""
        self._button: tuple[str, str] | None = None
        self._said = ""
        self._first = False

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in given}
        if tag == "form":
            self._form = Form(attrs.get("action", ""), attrs.get("method", "get").upper(), {}, {})
            self.found.append(self._form)
        if self._form is None:
            return
        name = attrs.get("name", "")
        if tag == "input" and name and attrs.get("type") not in ("submit", "button"):
            if attrs.get("type") in ("checkbox", "radio") and "checked" not in attrs:
                if attrs.get("type") == "checkbox":
                    self._form.fields.setdefault(name, [])
            else:
                self._put(name, attrs.get("value", "on" if attrs.get("type") == "checkbox" else ""))
        elif tag == "select":
            self._select = name
            self._form.fields.setdefault(name, [] if "multiple" in attrs else "")
            self._first = "multiple" not in attrs
        elif tag == "option" and self._select:
            value = attrs.get("value", "")
            if "selected" in attrs:
                self._put(self._select, value)
                self._first = False
            elif self._first:
                self._form.fields[self._select] = value
                self._first = False
        elif tag == "textarea":
            self._area, self._said = name, ""
        elif tag == "button":
            self._button, self._said = (name, attrs.get("value", "")), ""

    def handle_data(self, data: str) -> None:
        self._said += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._form is not None:
            self._form.fields[self._area] = self._said.removeprefix("\n")
        elif tag == "button" and self._form is not None and self._button is not None:
            self._form.buttons[" ".join(self._said.split())] = self._button

    def _put(self, name: str, value: str) -> None:
        assert self._form is not None
        before = self._form.fields.get(name)
        if isinstance(before, list):
            before.append(value)
        elif before is None or name == self._select:
            self._form.fields[name] = value
        else:
            self._form.fields[name] = [before, value]
