"""The emulator starts when it is needed, ends with its run, and is missed loudly."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.rig import emulator as emulators

ROOT = Path(__file__).parents[1]
STORY = "tests/store/test_contract.py::test_an_empty_document_is_there"


def run_without_gcloud(tmp_path: Path, *arguments: str, ci: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pytest", STORY, "-q", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path), "CI": ci},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "2"])
def test_without_gcloud_the_run_skips_and_ends_with_how_to_install_it(tmp_path: Path, workers: str) -> None:
    run = run_without_gcloud(tmp_path, "-n", workers)
    assert 0 == run.returncode, run.stdout
    assert "FIRESTORE WAS NOT TESTED" in run.stdout
    assert "1 tests were skipped. Firestore's emulator needs `gcloud` on the PATH" in run.stdout
    assert emulators.INSTALL in run.stdout
    assert "1 passed, 1 skipped" in run.stdout


def test_on_ci_the_run_fails_instead(tmp_path: Path) -> None:
    run = run_without_gcloud(tmp_path, ci="true")
    assert 1 == run.returncode
    assert "Firestore's emulator needs `gcloud` on the PATH" in run.stdout
    assert "1 passed, 1 error" in run.stdout


def test_a_quick_run_leaves_it_out_and_says_nothing(tmp_path: Path) -> None:
    run = run_without_gcloud(tmp_path, "-m", "not emulator")
    assert 0 == run.returncode
    assert "1 passed, 1 deselected" in run.stdout
    assert "FIRESTORE" not in run.stdout


def test_what_asks_for_the_emulator_is_marked(request: pytest.FixtureRequest, emulator: str) -> None:
    assert emulators.answers(emulator)
    assert request.node.get_closest_marker("emulator") is not None


def soon(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + emulators.STOP_SECONDS
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(emulators.LOOK_SECONDS)
    return True


@pytest.mark.emulator
def test_it_ends_with_the_process_that_owns_it_even_if_that_was_killed(tmp_path: Path, emulator: str) -> None:
    assert emulators.answers(emulator)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        address = emulators.Shared(tmp_path / "run", owner.pid).address()
        assert address == emulators.Shared(tmp_path / "run", owner.pid).address()
        assert emulators.answers(address)
        owner.kill()
    assert soon(lambda: not emulators.answers(address))
    assert soon(lambda: not (tmp_path / "run").exists())
    assert emulators.answers(emulator)


def test_an_emulator_that_does_not_start_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, words in {"gcloud": "echo ERROR: no such component; exit 1", "java": "exit 0"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{words}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    shared = emulators.share()
    for _ in range(2):
        with pytest.raises(emulators.Lacking, match="did not start: ERROR: no such component"):
            shared.address()
    shared.stop()
    assert not shared.folder.exists()
