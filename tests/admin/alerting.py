"""Alerts of the admin pages' tests: how they come to be, and how they are looked up."""

import re

from bugglio import alert as alerts
from bugglio import phone as phones
from bugglio.alert import Alert
from bugglio.phone import Phone, phone_id
from tests.browsing import Browser, Desk, forms
from tests.payloads import event


def opened(desk: Desk, name: str = "e-1", project: str = "checkout-api", **error: str) -> int:
    """A new alert, a minute after the one before; its code."""
    fields = {"errorId": name, **error}
    code: int = desk.stage.webhook(event(error=fields, project={"name": project, "id": project}))["code"]
    desk.stage.clock.advance(minutes=1)
    return code


def key_of(desk: Desk, code: int) -> str:
    """The id of the alert that a code names."""
    document = desk.stage.store.get([f"codes/{code}"]).get(f"codes/{code}")
    assert document is not None
    return str(document.fields["alert"])


def alert_of(desk: Desk, key: str) -> Alert:
    """An alert as it is stored."""
    document = desk.stage.store.get([f"alerts/{key}"]).get(f"alerts/{key}")
    assert document is not None
    return alerts.load(document.fields)


def phone_of(desk: Desk, number: str) -> Phone:
    """What is kept of a phone."""
    where = phones.path(phone_id(number))
    document = desk.stage.store.get([where]).get(where)
    return phones.load(document.fields if document is not None else None)


def codes(browser: Browser) -> list[int]:
    """The alerts of the shown list, in its order."""
    return [int(one) for one in re.findall(r'class="name"[^>]*>#(\d+) ', browser.html)]


def say(browser: Browser, verb: str, rest: str | None = None, status: int = 200) -> str:
    """Press the button of a word on the shown page of an alert, with what is written beside it."""
    found = [one for one in forms(browser.html) if verb in [value for name, value in one.buttons.values() if name]]
    assert found, (verb, [one.buttons for one in forms(browser.html)])
    fields = {**found[0].fields, "verb": verb, **({"rest": rest} if rest is not None else {})}
    return browser.post(found[0].action, fields, status)


def words(browser: Browser) -> set[str]:
    """What can be pressed on the shown page of an alert."""
    return {value for one in forms(browser.html) for name, value in one.buttons.values() if name == "verb"}
