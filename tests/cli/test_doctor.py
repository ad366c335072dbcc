"""`doctor`, as somebody at a terminal meets it: what is wrong with a pager, and how to mend it."""

import json
from pathlib import Path

import pytest

from tests.cli.test_rosters import Laptop

FILE = """\
engineers:
  ana: {name: Ana Lima, phone: "+14155550101"}
teams:
  shop:
    rotations:
      primary: {engineers: [ana], starts: 2150-01-05T09:00}
    steps:
      - {page: [primary], call: true}
"""
WHOLE = """\
ok     settings: whole
ok     store: it answers
ok     writing to the store: it takes what is written
"""
APPLIED = """\
ok     roster: version 1: 1 person, 1 team
WRONG  nobody on duty: shop: nobody is on duty until Mon 5 Jan 2150 09:00 (UTC).
       Put somebody there: hours, overrides or steps of the roster file, then apply it.
ok     one person in two steps: none in the next 14 days
ok     phones never heard of: none in the next 14 days
ok     people who cannot be reached: none in the next 14 days
"""
NEVER_RUN = """\
WRONG  settings: Nothing has run in data yet; `python -m bugglio run` comes first, or --data names its folder.
       Start it once, or name its folder with --data.
"""
SERVICE = {
    "TWILIO_ACCOUNT_SID": "AC" + "0123456789abcdef" * 2,
    "TWILIO_AUTH_TOKEN": "twilio-token-of-the-tests",
    "TWILIO_MESSAGING_SERVICE_SID": "MG" + "0123456789abcdef" * 2,
    "BUGSNAG_WEBHOOK_TOKEN": "a-webhook-token-of-tests",
    "FLASK_SECRET_KEY": "flask-key-of-the-tests-0123456789",
    "BUGGLIO_PUBLIC_URL": "https://127.0.0.2:9",
    "TWILIO_API_URL": "http://127.0.0.2:9",
    "ON_DUTY": "+14155550101",
}
SILENT = """\
WRONG  calls: a step has `call: true`, and no phone rings: a messaging service makes no calls
       Set TWILIO_CALLER_ID to a number of Twilio's that can call, beside TWILIO_MESSAGING_SERVICE_SID.
"""


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    """A laptop on which nothing has run yet."""
    return Laptop(tmp_path)


def test_before_anything_has_run_it_says_what_comes_first(laptop: Laptop) -> None:
    status, told, _ = laptop.run("doctor")

    assert (1, NEVER_RUN) == (status, told.replace(str(laptop.data), "data"))
    assert not laptop.data.exists()


def test_it_tells_what_the_coming_days_lack_with_no_number_in_it(laptop: Laptop) -> None:
    laptop.run("apply", laptop.write(FILE))

    status, told, fault = laptop.run("doctor")

    assert (1, "") == (status, fault)
    assert told.startswith(WHOLE)
    assert APPLIED in told


def test_a_program_is_told_the_same(laptop: Laptop) -> None:
    laptop.run("apply", laptop.write(FILE))

    status, told, _ = laptop.run("doctor", "--json")

    checks = json.loads(told)["checks"]
    found = {one["name"]: one["ok"] for one in checks}
    assert (1, True, False, None) == (status, found["store"], found["nobody on duty"], found["/bugsnag"])
    assert {"name": "store", "ok": True, "found": "it answers", "mend": ""} == checks[1]


def test_every_fault_of_the_settings_is_told_and_none_of_their_secrets(laptop: Laptop) -> None:
    status, told, _ = laptop.run("doctor", **{**SERVICE, "ON_DUTY": "", "BUGGLIO_PUBLIC_URL": "bugglio.test"})

    faults = {line.split()[2] for line in told.splitlines() if line.startswith("WRONG  settings: ")}
    assert (1, {"ON_DUTY", "BUGGLIO_PUBLIC_URL"}) == (status, faults)
    assert SERVICE["TWILIO_AUTH_TOKEN"] not in told
    assert SERVICE["BUGSNAG_WEBHOOK_TOKEN"] not in told


def test_damaged_settings_are_told_with_what_to_do(laptop: Laptop) -> None:
    laptop.data.mkdir()
    (laptop.data / "settings.json").write_text("{")

    damaged = "settings.json cannot be read (JSONDecodeError); mend it, or remove it to begin anew.\n"
    assert (1, f"WRONG  settings: {laptop.data}/{damaged}", "") == laptop.run("doctor")


def test_steps_that_call_need_a_number_that_can(laptop: Laptop) -> None:
    laptop.run("apply", laptop.write(FILE), **SERVICE)

    assert APPLIED + SILENT in laptop.run("doctor", **SERVICE)[1]
    assert SILENT not in laptop.run("doctor", **SERVICE, TWILIO_CALLER_ID="+14155550199")[1]
