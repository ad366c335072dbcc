"""The command that lists the calendars' addresses, and renews one."""

import argparse
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bugglio import laptop
from bugglio.app import App
from bugglio.cli import calendars, common
from bugglio.laptop import Unusable
from bugglio.pager.rosters import BOOK, packed
from bugglio.redact import Redaction
from bugglio.roster import Book
from bugglio.store import ABSENT, Write
from bugglio.store.sqlite import SqliteStore
from tests.turns import PEOPLE, PRIMARY, team

HOST = "https://pager.test"
URL = re.compile(r"https://pager\.test/admin/calendar/(engineer|team)/[a-z-]+/[A-Za-z0-9_-]{32}\.ics")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a laptop on which a roster was applied."""
    for name in ("GOOGLE_CLOUD_PROJECT", "BUGGLIO_SECRET", "K_SERVICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BUGGLIO_PUBLIC_URL", HOST)
    laptop.keep_settings({}, tmp_path)
    book = Book(engineers=PEOPLE, teams={"shop": team(PRIMARY), "cleo": team(PRIMARY, id_="cleo")})
    store = SqliteStore(tmp_path / "bugglio.db")
    store.commit([Write(BOOK, ABSENT, put={"v": 1, "version": 1, "book": packed(book)})])
    store.close()
    return tmp_path


@pytest.fixture(autouse=True)
def tidied(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the stores that commands leave to the end of their process, and take off its log's redaction."""
    made: list[App] = []
    build = common.app

    def kept(asked: argparse.Namespace) -> App:
        made.append(build(asked))
        return made[-1]

    monkeypatch.setattr(common, "app", kept)
    yield
    for app in made:
        app.works.kit.store.close()
    for handler in logging.getLogger().handlers:
        for old in [one for one in handler.filters if isinstance(one, Redaction)]:
            handler.removeFilter(old)


def run(data: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command prints."""
    parser = argparse.ArgumentParser()
    calendars.register(parser.add_subparsers())
    asked = parser.parse_args(["calendars", "--data", str(data), *arguments])
    asked.do(asked)
    return capsys.readouterr().out


def test_it_lists_engineers_then_teams_and_always_the_same(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(data, capsys)

    assert ["ana", "ben", "cleo", "team shop", "team cleo"] == [line.rpartition(" ")[0] for line in told.splitlines()]
    assert [] == [line for line in told.splitlines() if not URL.fullmatch(line.rpartition(" ")[2])]
    assert told == run(data, capsys)


def test_programs_are_told_the_same(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(data, capsys, "--json"))["calendars"]

    assert [("engineer", "ana"), ("engineer", "ben"), ("engineer", "cleo"), ("team", "shop"), ("team", "cleo")] == [
        (one["kind"], one["id"]) for one in found
    ]
    assert [line.rpartition(" ")[2] for line in run(data, capsys).splitlines()] == [one["url"] for one in found]


@pytest.mark.parametrize(("named", "line"), [("ana", 0), ("shop", 3), ("engineer/cleo", 2), ("team/cleo", 4)])
def test_one_is_renewed_and_told_and_the_others_stay(
    data: Path, capsys: pytest.CaptureFixture[str], named: str, line: int
) -> None:
    before = run(data, capsys).splitlines()

    told = run(data, capsys, "--renew", named).splitlines()

    after = run(data, capsys).splitlines()
    assert [after[line]] == told
    assert before[line] != after[line]
    assert before[:line] + before[line + 1 :] == after[:line] + after[line + 1 :]


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        ("zoe", "No engineer and no team of the roster is called zoe; `calendars` lists all."),
        ("team/ana", "No engineer and no team of the roster is called team/ana; `calendars` lists all."),
        ("", "No engineer and no team of the roster is called ; `calendars` lists all."),
        ("cleo", "An engineer and a team are called cleo; say --renew engineer/cleo or team/cleo."),
    ],
)
def test_who_is_not_known_is_a_fault(data: Path, capsys: pytest.CaptureFixture[str], named: str, fault: str) -> None:
    before = run(data, capsys)

    with pytest.raises(Unusable) as raised:
        run(data, capsys, "--renew", named)

    assert fault == str(raised.value)
    assert before == run(data, capsys)
