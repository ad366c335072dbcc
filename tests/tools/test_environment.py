"""Setting up: told with a make-believe Python that makes folders at once and notes what it was asked."""

import fcntl
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools.environment import ROOT, STAMP, SetupError, locked, main, prepare, stamped

FAKE = """#!/bin/sh
case "$*" in
*"-m venv"*) for folder in "$@"; do :; done
    echo venv >> "{log}"; rm -rf "$folder"; mkdir -p "$folder/bin"; cp "$0" "$folder/bin/python" ;;
*"-m pip"*) for file in "$@"; do :; done
    echo "pip $(basename "$file")" >> "{log}"
    if [ -e "{root}/offline" ]; then echo "no route to PyPI" >&2; exit 1; fi ;;
esac
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with requirements and nothing else."""
    (tmp_path / "requirements.txt").write_text("flask==1\n")
    (tmp_path / "requirements-dev.txt").write_text("flask==1\npytest==1\n")
    return tmp_path


@pytest.fixture
def python(root: Path) -> str:
    """The make-believe Python."""
    path = root / "python"
    path.write_text(FAKE.format(log=root / "log", root=root))
    path.chmod(0o755)
    return str(path)


def asked(root: Path) -> list[str]:
    """What the Python was asked since the last time."""
    log = root / "log"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return lines


def test_the_first_time_makes_everything_and_the_second_nothing(root: Path, python: str) -> None:
    assert prepare(root / ".venv", "run", python, root)
    assert ["venv", "pip requirements.txt"] == asked(root)

    assert not prepare(root / ".venv", "run", python, root)
    assert [] == asked(root)


def test_the_checks_add_to_what_runs(root: Path, python: str) -> None:
    prepare(root / ".venv", "run", python, root)
    asked(root)

    assert prepare(root / ".venv", "dev", python, root)
    assert ["pip requirements-dev.txt"] == asked(root)

    assert not prepare(root / ".venv", "run", python, root), "what the checks need holds what runs"


def test_another_pin_makes_it_anew_so_that_nothing_old_stays(root: Path, python: str) -> None:
    prepare(root / ".venv", "dev", python, root)
    asked(root)
    (root / "requirements.txt").write_text("flask==2\n")

    assert prepare(root / ".venv", "dev", python, root)
    assert ["venv", "pip requirements-dev.txt"] == asked(root)


def test_running_does_not_care_for_the_pins_of_the_checks(root: Path, python: str) -> None:
    prepare(root / ".venv", "dev", python, root)
    (root / "requirements-dev.txt").write_text("flask==1\npytest==2\n")

    assert not prepare(root / ".venv", "run", python, root)


def test_what_was_interrupted_is_not_taken_as_good(root: Path, python: str) -> None:
    prepare(root / ".venv", "run", python, root)
    (root / "offline").touch()
    with pytest.raises(SetupError, match="no route to PyPI"):
        prepare(root / ".venv", "dev", python, root)
    assert {} == stamped(root / ".venv")
    (root / "offline").unlink()
    asked(root)

    assert prepare(root / ".venv", "run", python, root)
    assert ["venv", "pip requirements.txt"] == asked(root)


def test_one_made_by_hand_is_made_anew(root: Path, python: str) -> None:
    (root / ".venv" / "bin").mkdir(parents=True)

    assert prepare(root / ".venv", "run", python, root)


def test_one_whose_python_is_gone_is_made_anew(root: Path, python: str) -> None:
    prepare(root / ".venv", "run", python, root)
    (root / ".venv" / "bin" / "python").unlink()
    asked(root)

    assert prepare(root / ".venv", "run", python, root)
    assert ["venv", "pip requirements.txt"] == asked(root)


@pytest.mark.parametrize("stamp", ["", "{", "[]"], ids=["empty", "half", "else"])
def test_a_spoilt_stamp_counts_as_none(root: Path, python: str, stamp: str) -> None:
    prepare(root / ".venv", "run", python, root)
    (root / ".venv" / STAMP).write_text(stamp)

    assert prepare(root / ".venv", "run", python, root)


def test_of_two_at_once_one_installs_and_the_other_waits(root: Path, python: str) -> None:
    with locked(root / ".venv"):
        waiting = [threading.Thread(target=prepare, args=(root / ".venv", "run", python, root)) for _ in range(2)]
        for thread in waiting:
            thread.start()
        assert [] == asked(root)
    for thread in waiting:
        thread.join(20)

    assert ["venv", "pip requirements.txt"] == asked(root)
    assert ["requirements.txt"] == list(json.loads((root / ".venv" / STAMP).read_text()))


def test_a_pip_whose_parent_was_killed_is_waited_for(root: Path, python: str) -> None:
    os.mkfifo(root / "goes-on")
    with (root / "python").open("a") as script:
        script.write(f'case "$*" in *"-m pip"*) read line < "{root}/goes-on" ;; esac\n')
    code = (
        "import sys; from pathlib import Path; from tools.environment import prepare; "
        "root = Path(sys.argv[1]); prepare(root / '.venv', 'run', sys.argv[2], root)"
    )
    killed = subprocess.Popen([sys.executable, "-c", code, str(root), python], cwd=ROOT, stderr=subprocess.DEVNULL)
    with (root / "goes-on").open("w") as fifo:  # opens when pip reads it: pip is at work
        killed.kill()
        killed.wait()

        with (root / ".venv.lock").open("w") as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

        fifo.write("on\n")
    with locked(root / ".venv"):
        assert {} == stamped(root / ".venv")


def test_a_python_without_venv_is_told_with_its_mending(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\necho 'No module named venv' >&2; exit 1\n")
    bare.chmod(0o755)

    assert main(["run", "--at", str(tmp_path / ".venv"), "--python", str(bare)]) == 1
    told = capsys.readouterr().err
    assert "No module named venv" in told
    assert "sudo apt-get install python3" in told


def finder(path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Call tools/python on a machine that has only what lies in `path`, beside a shell and its `cat`."""
    if not (path / "cat").exists():
        (path / "cat").symlink_to("/bin/cat")
    environment = {"PATH": str(path), "HOME": str(path), **variables}
    command = ["/bin/sh", str(ROOT / "tools" / "python")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def pretend(path: Path, name: str, version: str, status: int) -> str:
    """Put a Python there that says its version and, by its status, whether it will do."""
    file = path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\necho {version}\nexit {status}\n")
    file.chmod(0o755)
    return str(file)


def test_the_first_python_that_will_do_is_taken(tmp_path: Path) -> None:
    pretend(tmp_path, "python3", "3.9.2", 3)
    good = pretend(tmp_path, "python3.12", "3.12.1", 0)

    assert good == finder(tmp_path).stdout.strip()


def test_pyenvs_python_is_found_although_no_path_names_it(tmp_path: Path) -> None:
    good = pretend(tmp_path, ".pyenv/versions/3.11.7/bin/python3", "3.11.7", 0)

    assert good == finder(tmp_path).stdout.strip()


def test_a_python_too_old_is_named_and_the_mending_too(tmp_path: Path) -> None:
    old = pretend(tmp_path, "python3", "3.9.2", 3)

    done = finder(tmp_path)

    assert (1, "") == (done.returncode, done.stdout)
    assert f"{old} is Python 3.9.2" in done.stderr
    assert "sudo apt-get update && sudo apt-get install python3.11 python3.11-venv" in done.stderr


def test_a_python_without_ensurepip_is_told_the_package(tmp_path: Path) -> None:
    pretend(tmp_path, "python3", "3.11.2", 4)

    done = finder(tmp_path)

    assert (1, "") == (done.returncode, done.stdout)
    assert "sudo apt-get install python3.11-venv" in done.stderr


def test_no_python_at_all_is_told(tmp_path: Path) -> None:
    done = finder(tmp_path)

    assert (1, "") == (done.returncode, done.stdout)
    assert "None was found here." in done.stderr


def test_a_newer_python_will_do_when_there_is_no_other(tmp_path: Path) -> None:
    newer = pretend(tmp_path, "python3", "3.14.0", 5)

    done = finder(tmp_path)

    assert newer == done.stdout.strip()
    assert "tested on Python 3.11 to 3.13" in done.stderr


def test_a_named_python_is_the_only_one_asked(tmp_path: Path) -> None:
    pretend(tmp_path, "python3", "3.11.2", 0)
    mine = pretend(tmp_path, "mine", "3.13.0", 0)

    assert mine == finder(tmp_path, PYTHON=mine).stdout.strip()
    assert "names no Python that runs" in finder(tmp_path, PYTHON="/nowhere/python").stderr


def test_this_python_will_do() -> None:
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "tools" / "python")],
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=True,
    )

    assert sys.executable == done.stdout.strip()
