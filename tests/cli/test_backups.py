"""`dump` and `load`: a pager's state goes to a file and comes back, wherever it was interrupted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bugglio import laptop
from bugglio.__main__ import main
from bugglio.cli import backups
from bugglio.store import ABSENT, Write, backup
from bugglio.store.sqlite import SqliteStore

ALERTS = 3 * backup.AT_ONCE


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a pager with some hundred alerts."""
    for name in ("GOOGLE_CLOUD_PROJECT", "BUGGLIO_SECRET", "K_SERVICE", "BUGGLIO_STORE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "pager"
    laptop.prepare({}, folder)
    store = SqliteStore(folder / "bugglio.db")
    for start in range(0, ALERTS, 300):
        numbers = range(start, start + 300)
        store.commit([Write(f"alerts/a{number:04d}", ABSENT, put={"said": "Zoë"}) for number in numbers])
    store.close()
    return folder


def run(*arguments: str | Path) -> int:
    return main([str(one) for one in arguments])


def test_a_pager_moves_to_another_folder(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "all.jsonl"
    assert 0 == run("dump", file, "--data", data)
    assert f"{ALERTS} documents are in {file}" in capsys.readouterr().out
    assert 0o600 == file.stat().st_mode & 0o777

    assert 0 == run("load", file, "--data", tmp_path / "new")

    assert f"{ALERTS} documents were loaded" in capsys.readouterr().out
    assert 0 == run("dump", tmp_path / "again.jsonl", "--data", tmp_path / "new")
    assert file.read_bytes() == (tmp_path / "again.jsonl").read_bytes()


@pytest.mark.parametrize("left", [0, 1, 24, 25, 40, 3_000, 20_000])
def test_a_dump_that_was_killed_goes_on(data: Path, tmp_path: Path, left: int) -> None:
    whole, file = tmp_path / "whole.jsonl", tmp_path / "all.jsonl"
    run("dump", whole, "--data", data)
    (tmp_path / "all.jsonl.part").write_bytes(whole.read_bytes()[:left])

    assert 0 == run("dump", file, "--data", data)

    assert whole.read_bytes() == file.read_bytes()
    assert not (tmp_path / "all.jsonl.part").exists()


def test_a_dump_is_read_by_nobody_else_whatever_lay_at_its_place(data: Path, tmp_path: Path) -> None:
    part = tmp_path / "all.jsonl.part"
    part.touch()
    part.chmod(0o666)

    assert 0 == run("dump", tmp_path / "all.jsonl", "--data", data)

    assert 0o600 == (tmp_path / "all.jsonl").stat().st_mode & 0o777


def test_a_dump_goes_nowhere_by_a_link_or_into_somebody_elses_file(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    part, theirs = tmp_path / "all.jsonl.part", tmp_path / "theirs"
    theirs.touch()
    part.symlink_to(theirs)
    assert 1 == run("dump", tmp_path / "all.jsonl", "--data", data)

    part.unlink()
    part.touch()
    me = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: me + 1)
    assert 1 == run("dump", tmp_path / "all.jsonl", "--data", data)

    assert f"{part} is somebody else's" in capsys.readouterr().err
    assert b"" == theirs.read_bytes() == part.read_bytes()


def test_a_line_without_an_end_is_not_read_to_its_end(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "LONGEST", 1_000)
    file = tmp_path / "all.jsonl"
    run("dump", file, "--data", data)
    head, _, rest = file.read_bytes().partition(b"\n")
    file.write_bytes(head + b"\n" + b'{"path":"alerts/x","fields":{"said":"' + b"x" * 5_000 + b'"}}\n' + rest)

    assert 1 == run("load", file, "--data", tmp_path / "new")

    assert "Line 2 is no JSON object" in capsys.readouterr().err


def test_a_file_that_was_cut_short_is_found_out_before_anything_is_loaded(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "all.jsonl"
    run("dump", file, "--data", data)
    file.write_bytes(file.read_bytes()[:-10])

    assert 1 == run("load", file, "--data", tmp_path / "new")

    assert "Nothing was loaded" in capsys.readouterr().err
    assert 0 == run("dump", tmp_path / "new.jsonl", "--data", tmp_path / "new")
    assert "0 documents" in capsys.readouterr().out


def test_a_store_with_other_state_is_left_as_it_is(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "all.jsonl"
    run("dump", file, "--data", data)
    store = SqliteStore(data / "bugglio.db")
    store.commit([Write("alerts/a0000", store.get(["alerts/a0000"]).documents["alerts/a0000"].version, put={"n": 1})])
    store.close()

    assert 1 == run("load", file, "--data", data)

    assert "load into an empty store" in capsys.readouterr().err


def test_from_one_program_to_the_next(data: Path, tmp_path: Path) -> None:
    env = {name: text for name, text in os.environ.items() if not name.startswith(("BUGGLIO_", "GOOGLE_"))}
    command = [sys.executable, "-m", "bugglio"]
    dumping = subprocess.run([*command, "dump", "-", "--data", str(data)], env=env, capture_output=True, check=True)
    target = str(tmp_path / "new")
    loading = subprocess.run(
        [*command, "load", "-", "--data", target], env=env, input=dumping.stdout, capture_output=True, check=True
    )
    assert f"{ALERTS} documents were loaded.\n".encode() == loading.stdout


def test_what_takes_long_is_told(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "EACH", -1.0)
    run("dump", tmp_path / "all.jsonl", "--data", data)
    assert "400 documents dumped ..." in capsys.readouterr().err
