"""The command that makes a link to the admin pages."""

import argparse
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bugglio import laptop
from bugglio.cli import common, login
from bugglio.laptop import Unusable
from bugglio.pager.logins import Caller, Links
from bugglio.pager.rosters import BOOK, packed
from bugglio.redact import Redaction
from bugglio.roster import Book
from bugglio.store import ABSENT, Write
from bugglio.store.sqlite import SqliteStore
from tests.turns import PEOPLE

HOST = "https://pager.test/here"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a laptop on which a roster was applied."""
    for name in ("GOOGLE_CLOUD_PROJECT", "BUGGLIO_SECRET", "K_SERVICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BUGGLIO_PUBLIC_URL", HOST)
    laptop.keep_settings({}, tmp_path)
    store = SqliteStore(tmp_path / "bugglio.db")
    store.commit([Write(BOOK, ABSENT, put={"v": 1, "version": 1, "book": packed(Book(engineers=PEOPLE))})])
    store.close()
    yield tmp_path
    common.close()
    for handler in logging.getLogger().handlers:
        for old in [one for one in handler.filters if isinstance(one, Redaction)]:
            handler.removeFilter(old)


def run(data: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command prints."""
    parser = argparse.ArgumentParser()
    login.register(parser.add_subparsers())
    asked = parser.parse_args(["login", "--data", str(data), *arguments])
    asked.do(asked)
    return capsys.readouterr().out


@pytest.mark.parametrize("number", ["+14155550102", "415 555 0102", "(415) 555-0102"])
def test_it_prints_a_link_that_lets_this_person_in_once(
    data: Path, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    link, _, told = run(data, capsys, number).partition("\n")

    assert link.startswith(f"{HOST}/admin/login/link/")
    assert "It logs Ben Ode in, once, within 10 minutes. Send it to nobody else.\n" == told
    links = Links(common.app(argparse.Namespace(data=data)).works.kit)
    entered = links.spend(link.rpartition("/")[2], Caller(""))
    assert entered is not None
    assert "ben" == entered.who.id
    assert links.spend(link.rpartition("/")[2], Caller("")) is None


def test_programs_are_told_it_too(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(data, capsys, "--json", "+14155550102"))

    assert "ben" == found["engineer"]
    assert found["url"].startswith(f"{HOST}/admin/login/link/")


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("+14155550192", "...0192 is nobody's number on the roster; `export` prints the roster."),
        ("ben", "ben is no phone number; expected +14155550101: + and the country's code."),
        ("+1415555019999999", "...9999 is no phone number; expected +14155550101: + and the country's code."),
    ],
)
def test_whoever_is_not_on_the_roster_gets_none(
    data: Path, capsys: pytest.CaptureFixture[str], number: str, fault: str
) -> None:
    with pytest.raises(Unusable) as raised:
        run(data, capsys, number)

    assert fault == str(raised.value)
