"""`apply`, `export`, `who`, `shifts`, as somebody at a terminal meets them: processes, whole outputs, exit statuses."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bugglio.pager.applying import Applying
from bugglio.pager.kit import Kit
from bugglio.roster import lone_roster
from bugglio.rosterfile import read
from bugglio.store.sqlite import SqliteStore
from tests.stage import ANA

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = """\
engineers:
  ana: {name: Ana Lima, phone: "+14155550101"}
  ben: {name: Ben Ode, phone: "+14155550102"}
teams:
  shop:
    timezone: Europe/London
    projects: [checkout-api]
    rotations:
      primary:
        engineers: [ana, ben]
        starts: 2026-01-05T09:00
      secondary: {next_of: primary}
    overrides:
      - {rotation: primary, from: 2026-02-03T09:00, to: 2026-02-03T12:00, engineer: nobody}
    steps:
      - {page: [primary]}
  web:
    projects: [web]
    steps:
      - {page: [ana]}
"""
SHORT = """\
engineers:
  ana: {name: Ana Lima, phone: "+14155550101"}
teams: {}
"""
ADDED = """\
What changes:
  engineer ana: new, Ana Lima, phone ...0101
Applied version 1.
"""


class Laptop:
    """A folder for files, and one for a pager's data, in which commands are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"

    def run(self, *arguments: str, given: str = "", **more: str) -> tuple[int, str, str]:
        """Run a command; its exit status, what it printed, and the faults it told."""
        command = [sys.executable, "-m", "bugglio", *arguments, "--data", str(self.data)]
        environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": str(ROOT), "USER": "lee", **more}
        done = subprocess.run(
            command, cwd=self.folder, env=environ, input=given, capture_output=True, text=True, timeout=60, check=False
        )
        return done.returncode, done.stdout, done.stderr

    def write(self, text: str) -> str:
        """Write the roster file; its name."""
        (self.folder / "oncall.yaml").write_text(text)
        return "oncall.yaml"

    def otherwise(self, text: str) -> None:
        """Somebody changes the roster by other means than a file."""
        store = SqliteStore(self.data / "bugglio.db")
        unused: Any = None
        applying = Applying(Kit(store, unused, lambda: lone_roster(ANA), lambda *_: None))
        applying.apply(applying.plan(read(text).book), "ana", "admin page")
        store.close()


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    """A laptop on which nothing has run yet."""
    return Laptop(tmp_path)


@pytest.fixture
def shop(laptop: Laptop) -> Laptop:
    """A laptop on which the file was applied."""
    status, _, _ = laptop.run("apply", laptop.write(FILE))
    assert 0 == status
    return laptop


def test_a_file_is_applied_before_anything_has_run_and_again_changes_nothing(laptop: Laptop) -> None:
    name = laptop.write(SHORT)

    assert (0, ADDED, "") == laptop.run("apply", name)
    assert (0, "Nothing changes.\n", "") == laptop.run("apply", name)
    assert (0, SHORT, "") == laptop.run("export")


def test_what_waits_for_the_first_run_is_left_to_it(laptop: Laptop) -> None:
    laptop.run("apply", laptop.write(SHORT))

    assert (0, "", "") == laptop.run("tick")
    assert "http://127.0.0.1:9" == json.loads((laptop.data / "settings.json").read_text())["TWILIO_API_URL"]


def test_export_apply_export_gives_the_same_bytes(shop: Laptop) -> None:
    _, first, _ = shop.run("export")
    assert (0, "Nothing changes.\n", "") == shop.run("apply", "-", given=first)

    assert (0, first, "") == shop.run("export")
    assert read(FILE).book == read(first).book


def test_an_empty_file_is_exported_as_one(laptop: Laptop) -> None:
    assert 1 == laptop.run("export")[0]
    laptop.run("apply", laptop.write("engineers: {}\nteams: {}\n"))

    assert (0, "engineers: {}\nteams: {}\n", "") == laptop.run("export")


def test_without_teams_who_says_whom_everything_pages(laptop: Laptop) -> None:
    laptop.run("apply", laptop.write("engineers: {}\nteams: {}\n"))

    assert (0, "No team: every project pages on-duty.\n", "") == laptop.run("who")


def test_a_terminal_that_cannot_show_a_name_is_told_all_the_rest(laptop: Laptop) -> None:
    name = laptop.write(SHORT.replace("Ana Lima", "Ana \N{OWL}"))

    assert (0, ADDED.replace("Ana Lima", r"Ana \U0001f989"), "") == laptop.run("apply", name, PYTHONIOENCODING="ascii")


def test_all_faults_are_told_and_nothing_is_changed(laptop: Laptop) -> None:
    wrong = FILE.replace('"+14155550102"', "5550102").replace("[primary]", "[primry]")

    told = (
        "oncall.yaml cannot be applied:\n"
        "  line 3: found `...0102`, expected +14155550101: + and the country's code.\n"
        "  line 16: found `primry`, expected an engineer or a rotation of shop; did you mean `primary`?\n"
    )
    assert (1, "", told) == laptop.run("apply", laptop.write(wrong))
    assert not laptop.data.exists()


def test_a_warning_is_told_and_no_reason_to_stop(laptop: Laptop) -> None:
    doubtful = SHORT.replace("{}", "{shop: {rules: [{then: page}, {then: ignore}]}}")

    status, told, faults = laptop.run("apply", laptop.write(doubtful))

    assert (0, "") == (status, faults)
    assert told.startswith("Warning: line ")
    assert told.endswith("Applied version 1.\n")


def test_a_check_needs_nothing_and_leaves_nothing(laptop: Laptop) -> None:
    sample = (
        "shop: 1 segment (121 of 160): #417 checkout-api production: TypeError: cannot read 'id' of undefined in "
        "cart#create. New unhandled error. Reply ack 417\n"
    )
    status, told, faults = laptop.run("apply", laptop.write(FILE), "--check")

    assert (0, "") == (status, faults)
    assert told.startswith(sample)
    assert told.endswith(f"\nCompared with nothing: there is no pager in {laptop.data} yet.\n")
    assert not laptop.data.exists()


def test_a_check_tells_what_would_change(shop: Laptop) -> None:
    status, told, _ = shop.run("apply", shop.write(FILE.replace("Ben Ode", "Ben Odell")), "--check")

    end = "What changes:\n  engineer ben: name Ben Ode -> Ben Odell\nNothing was applied: this was a check.\n"
    assert 0 == status
    assert told.endswith(f"Reply ack 417\n{end}")
    assert "Ben Ode," in shop.run("export")[1]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"TWILIO_AUTH_TOKEN": "half"}, "Compared with nothing: bugglio is not configured here.\n  "),
        ({"BUGGLIO_STORE": "sqlite:gone/bugglio.db"}, "Compared with nothing: there is no file gone/bugglio.db yet.\n"),
    ],
)
def test_a_check_without_a_pager_says_why_it_compared_with_nothing(
    shop: Laptop, more: dict[str, str], told: str
) -> None:
    status, said, faults = shop.run("apply", "oncall.yaml", "--check", **more)

    assert (0, "") == (status, faults)
    assert told in said


def test_what_others_changed_is_listed_and_asks_for_yes(shop: Laptop) -> None:
    shop.otherwise(FILE.replace("Ben Ode", "Benjamin Ode"))

    status, told, faults = shop.run("apply", "oncall.yaml")
    assert (1, "Nothing was applied: with --yes the file takes the place of what others changed.\n") == (status, faults)
    assert (
        "Changed otherwise since the last apply:\n"
        "  engineer ben: name Ben Ode -> Benjamin Ode\n"
        "What changes:\n"
        "  engineer ben: name Benjamin Ode -> Ben Ode\n"
    ) == told

    assert (0, f"{told}Applied version 3.\n", "") == shop.run("apply", "oncall.yaml", "--yes")
    assert (0, "Nothing changes.\n", "") == shop.run("apply", "oncall.yaml")


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("missing.yaml", "missing.yaml cannot be read (No such file or directory).\n"),
        (".", ". cannot be read (Is a directory).\n"),
        ("/dev/zero", "/dev/zero is larger than 4 MiB: that is no roster file.\n"),
        ("bytes", "bytes cannot be applied:\n  line 1: found the byte 0xff, which is not UTF-8, expected"),
    ],
)
def test_a_file_that_is_none_is_a_plain_sentence(laptop: Laptop, name: str, fault: str) -> None:
    (laptop.folder / "bytes").write_bytes(b"\xff\x00")

    status, told, faults = laptop.run("apply", name)

    assert (1, "") == (status, told)
    assert faults.startswith(fault)


def test_who_is_on_duty_until_when_and_who_is_next(shop: Laptop) -> None:
    status, told, _ = shop.run("who", "--at", "2026-02-02T08:59:59Z", "--json")

    turn = {"until": "2026-02-02T09:00:00.000Z"}
    primary = {"engineer": "ben", **turn, "next": "ana"}
    secondary = {"engineer": "ana", **turn, "next": "ben"}
    assert (0, {"teams": {"shop": {"primary": primary, "secondary": secondary}, "web": {}}}) == (
        status,
        json.loads(told),
    )
    assert ["engineer", "until", "next"] == list(json.loads(told)["teams"]["shop"]["primary"])


def test_who_is_told_to_people_in_their_zone(shop: Laptop) -> None:
    lines = (
        "shop primary: nobody until 2026-02-03 12:00 Europe/London, then ana\n"
        "shop secondary: ben until 2026-02-09 09:00 Europe/London, then ana\n"
        "web: no rotation\n"
    )

    assert (0, lines, "") == shop.run("who", "--at", "2026-02-03T11:00+01:00")


def test_who_is_on_duty_now_is_asked_without_a_time(shop: Laptop) -> None:
    found = json.loads(shop.run("who", "--json")[1])["teams"]["shop"]["primary"]

    assert {"ana", "ben"} == {found["engineer"], found["next"]}


def test_without_a_team_who_names_none(laptop: Laptop) -> None:
    laptop.run("apply", laptop.write(SHORT))
    assert (0, '{\n  "teams": {}\n}\n', "") == laptop.run("who", "--json")


def test_the_shifts_of_a_span_are_cut_to_it_with_their_gaps(shop: Laptop) -> None:
    status, told, _ = shop.run("shifts", "--from", "2026-02-03T00:00Z", "--to", "2026-02-09T12:00+02:00", "--json")

    found = json.loads(told)
    assert (0, ["shifts"]) == (status, list(found))
    primary = [one for one in found["shifts"] if one["rotation"] == "primary"]
    assert [
        ("ana", "2026-02-03T00:00:00.000Z", "2026-02-03T09:00:00.000Z"),
        (None, "2026-02-03T09:00:00.000Z", "2026-02-03T12:00:00.000Z"),
        ("ana", "2026-02-03T12:00:00.000Z", "2026-02-09T09:00:00.000Z"),
        ("ben", "2026-02-09T09:00:00.000Z", "2026-02-09T10:00:00.000Z"),
    ] == [(one["engineer"], one["start"], one["end"]) for one in primary]
    assert ["team", "rotation", "engineer", "start", "end"] == list(primary[0])


def test_shifts_are_told_to_people_in_their_zone(shop: Laptop) -> None:
    said = shop.run("shifts", "--from", "2026-07-05T00:00Z", "--to", "2026-07-07T00:00Z")

    lines = (
        "shop primary: 2026-07-05 01:00 to 2026-07-06 09:00 Europe/London  ben\n"
        "shop primary: 2026-07-06 09:00 to 2026-07-07 01:00 Europe/London  ana\n"
        "shop secondary: 2026-07-05 01:00 to 2026-07-06 09:00 Europe/London  ana\n"
        "shop secondary: 2026-07-06 09:00 to 2026-07-07 01:00 Europe/London  ben\n"
    )
    assert (0, lines, "") == said


def test_without_a_rotation_there_are_no_shifts(laptop: Laptop) -> None:
    laptop.run("apply", laptop.write(SHORT))
    span = ("--from", "2026-02-03T00:00Z", "--to", "2026-02-04T00:00Z")

    assert {"shifts": []} == json.loads(laptop.run("shifts", *span, "--json")[1])
    assert (0, "", "") == laptop.run("shifts", *span)


@pytest.mark.slow
def test_a_year_of_hourly_turns_is_listed_and_may_be_cut_short_by_its_reader(shop: Laptop) -> None:
    shop.run(
        "apply", shop.write(FILE.replace("starts: 2026-01-05T09:00", "starts: 2026-01-05T09:00\n        turn: 1 hour"))
    )
    span = ("--from", "2027-01-01T00:00Z", "--to", "2028-01-01T00:00Z")

    _, told, _ = shop.run("shifts", *span, "--json")
    # In spring one turn has no length, and in autumn one lasts two hours.
    assert 2 * (365 * 24 - 1) == len(json.loads(told)["shifts"])

    command = f"{sys.executable} -m bugglio shifts {' '.join(span)} --data {shop.data} | head -n 1"
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-c", command], cwd=shop.folder, env=environ, capture_output=True, text=True, check=False
    )
    assert ("shop primary: 2027-01-01 00:00 to 2027-01-01 01:00 Europe/London", "") == (
        done.stdout.partition("  ")[0],
        done.stderr,
    )


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (
            ("who", "--at", "2026-02-02T09:00"),
            "a time has an offset or Z, like 2026-02-02T09:00:00Z or 2026-02-02T10:00+01:00\n",
        ),
        (("who", "--at", "noon"), "a time has an offset or Z, like 2026-02-02T09:00:00Z or 2026-02-02T10:00+01:00\n"),
        (("who", "--at", "9999-12-31T23:00-12:00"), "a time lies between the years 1970 and 9000"),
        (("who", "--at", "0001-01-01T00:00+14:00"), "a time lies between the years 1970 and 9000"),
        (("shifts", "--from", "2026-02-02T09:00Z"), "the following arguments are required: --to"),
        (("shifts", "--from", "2026-02-02T09:00Z", "--to", "2026-02-02T09:00Z"), "--to must be later than --from"),
        (("apply",), "the following arguments are required: FILE"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(laptop: Laptop, arguments: tuple[str, ...], fault: str) -> None:
    status, told, faults = laptop.run(*arguments)

    assert (2, "") == (status, told)
    assert fault in faults


@pytest.mark.parametrize("command", ["apply", "export", "who", "shifts"])
def test_each_command_has_help(laptop: Laptop, command: str) -> None:
    status, told, _ = laptop.run(command, "--help")

    assert 0 == status
    assert "--data" in told
