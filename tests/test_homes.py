"""Other homes than Google Cloud: what starts bugglio there, and two processes on one SQLite file."""

import configparser
import json
import random
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from bugglio import laptop
from bugglio.__main__ import _parser
from bugglio.simulator import Answer, Simulator, served
from bugglio.simulator.trouble import Misbehaviour
from tests.payloads import event
from tests.running import PATIENCE, ROOT, bugglio, call, environment, running
from tests.stage import ANA, SID, TOKEN, TWILIO_NUMBER, WEBHOOK_TOKEN

DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
PAGE = (ROOT / "docs" / "homes.md").read_text()
REAL = {
    "TWILIO_ACCOUNT_SID": SID,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_CALLER_ID": TWILIO_NUMBER,
    "ON_DUTY": ANA,
    "BUGSNAG_WEBHOOK_TOKEN": WEBHOOK_TOKEN,
    "FLASK_SECRET_KEY": "flask-key-of-the-tests-0123456789",
    "BUGGLIO_PUBLIC_URL": "https://pager.example.com",
    "BUGGLIO_PROXY_HOPS": "1",
}


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.*)$", DOCKERFILE, re.MULTILINE)


def parsed(words: Sequence[str]) -> Any:
    """The command line as bugglio reads it."""
    program, *rest = words
    assert Path(program).name == "python"
    assert ["-m", "bugglio"] == rest[:2]
    return _parser().parse_args(rest[2:])


# The container.


def test_the_image_copies_what_there_is_and_starts_what_can_be_started() -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for copied in instructions("COPY"):
        source, _ = copied.split()
        assert (ROOT / source).exists()
        assert source in [name.rstrip("/") for name in allowed]

    asked = parsed(json.loads(instructions("CMD")[0]))

    assert ("0.0.0.0", 8080, Path("/data")) == (asked.host, asked.port, asked.data)
    assert ["/data"] == instructions("VOLUME")
    assert ["8080"] == instructions("EXPOSE")


def test_the_image_is_not_roots_and_its_data_is_its_own() -> None:
    (user,) = instructions("USER")

    assert "root" != user
    assert f"useradd --system --uid 10001 --no-create-home {user}" in DOCKERFILE
    assert f"-o {user} -g {user} /data" in DOCKERFILE
    assert DOCKERFILE.index("\nUSER ") < DOCKERFILE.index("\nVOLUME ") < DOCKERFILE.index("\nCMD ")


def test_it_is_the_image_that_the_build_checks_with() -> None:
    assert [f"name: {instructions('FROM')[0]}"] == sorted(
        set(re.findall(r"name: python:\S+", (ROOT / "cloudbuild.yaml").read_text()))
    )


# The unit, and the Procfile.


def unit() -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=True, interpolation=None)
    read.optionxform = str  # type: ignore[method-assign,assignment]  # names keep their capitals
    read.read(ROOT / "deploy" / "bugglio.service")
    return read


def test_the_unit_starts_it_as_somebody_else_than_root_in_a_folder_that_stays() -> None:
    service = unit()["Service"]

    asked = parsed(shlex.split(service["ExecStart"]))

    assert ("127.0.0.1", Path("/var/lib") / service["StateDirectory"]) == (asked.host, asked.data)
    assert "bugglio" == service["User"]
    assert service["ExecStart"].startswith(f"{service['WorkingDirectory']}/")
    assert "always" == service["Restart"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_reads_the_unit() -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", str(ROOT / "deploy" / "bugglio.service")],
        capture_output=True,
        text=True,
        check=False,
    )

    told = [line for line in done.stderr.splitlines() if "bugglio.service" in line]
    assert [line for line in told if "is not executable" not in line] == []


def test_the_procfile_starts_it_and_wants_to_know_where_its_data_stays() -> None:
    kind, _, line = (ROOT / "Procfile").read_text().strip().partition(": ")
    show = f"python() {{ printf '%s\\n' python \"$@\"; }}; {line}"

    told = subprocess.run(
        ["sh", "-c", show], env={"PORT": "5000", "DATA": "/mnt/data"}, capture_output=True, text=True, check=True
    )
    asked = parsed(told.stdout.split("\n")[:-1])
    assert ("web", "0.0.0.0", 5000, Path("/mnt/data")) == (kind, asked.host, asked.port, asked.data)

    without = subprocess.run(["sh", "-c", show], env={"PORT": "5000"}, capture_output=True, text=True, check=False)
    assert 0 != without.returncode
    assert "a folder that outlives a restart" in without.stderr


@pytest.mark.parametrize("host", ["", "localhost", "pager.example.com", "0.0.0.0:80", "256.0.0.1"])
def test_a_host_is_an_address(host: str) -> None:
    done = bugglio("run", "--host", host)

    assert 2 == done.returncode
    assert "an address of this machine" in done.stderr


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "[::1]"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "[2001:db8::1]"),
    ],
)
def test_the_machines_own_programs_reach_it(host: str, reached: str) -> None:
    assert reached == laptop._reached_at(host)


# The page.


def test_the_page_names_settings_that_there_are(tmp_path: Path) -> None:
    (block,) = re.findall(r"^```ini\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    told = dict(line.split("=", 1) for line in block.splitlines())
    known = {**REAL, "BUGGLIO_HEARTBEAT_URL": "https://heartbeat.test/1"}

    assert set(told) <= set(known)
    given = {name: known[name] for name in told}
    done = bugglio("tick", "--data", str(tmp_path), **given, TWILIO_API_URL="http://127.0.0.1:9")
    # Before the first start there is no token yet: everything else is there.
    assert {"BUGSNAG_WEBHOOK_TOKEN", "FLASK_SECRET_KEY"} == set(
        re.findall(r"^  ([A-Z_]+) is", done.stderr, re.MULTILINE)
    )


# Processes.


def _free_port() -> int:
    """A port below those that the system gives to whoever wants any: nobody else takes it meanwhile."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as asked, suppress(OSError):
            asked.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


@contextmanager
def started(data: Path, *arguments: str, **more: str) -> Iterator[tuple[str, str]]:
    """A `run` with a real Twilio, and where it listens on this machine."""
    port = _free_port()
    command = [sys.executable, "-m", "bugglio", "run", "--port", str(port), "--data", str(data), *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(**REAL, **more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert "pages https://pager.example.com/admin\n" == process.stdout.readline()
        yield f"http://127.0.0.1:{port}", str(port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        assert 0 == process.returncode


@pytest.fixture
def twilio() -> Iterator[tuple[Simulator, str]]:
    simulator = Simulator(account_sid=SID, auth_token=TOKEN, sender=TWILIO_NUMBER, post=lambda *_: Answer(204))
    with served(simulator.wsgi) as api:
        yield simulator, api
    simulator.close()


def answered(address: str, body: bytes | None = None, **headers: str) -> int:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    request = urllib.request.Request(address, body, named)  # noqa: S310 - this machine's
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - the same
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def test_a_run_that_all_may_reach_is_healthy_by_the_images_own_check(
    tmp_path: Path, twilio: tuple[Simulator, str]
) -> None:
    (check,) = instructions("HEALTHCHECK")
    _, *words = json.loads(check[check.index("[") :])
    with started(tmp_path, "--host", "0.0.0.0", TWILIO_API_URL=twilio[1]) as (address, port):
        ask = [sys.executable, *(word.replace(":8080/", f":{port}/") for word in words)]
        assert 0 == subprocess.run(ask, capture_output=True, check=False).returncode
        assert 200 == answered(f"{address}/health")
    assert 0 != subprocess.run(ask, capture_output=True, check=False).returncode


@pytest.mark.slow
def test_the_page_of_phones_is_this_machines_wherever_it_listens(tmp_path: Path) -> None:
    with running(tmp_path, "--host", "0.0.0.0") as run:
        assert run.phones.startswith("http://127.0.0.1:")
        assert 200 == answered(run.phones)
        assert 404 == answered(run.phones, X_Forwarded_For="192.0.2.7")
        assert 404 == answered(run.phones, Host="pager.example.com")


def test_behind_a_proxy_only_the_address_that_it_wrote_counts(tmp_path: Path, twilio: tuple[Simulator, str]) -> None:
    more = {"TWILIO_API_URL": twilio[1], "BUGSNAG_ALLOWED_IPS": "192.0.2.7"}
    with started(tmp_path, **more) as (address, _):
        door = f"{address}/bugsnag?token={WEBHOOK_TOKEN}"
        kind = {"Content_Type": "application/json"}
        assert 200 == answered(door, b"{}", X_Forwarded_For="198.51.100.1, 192.0.2.7", **kind)
        assert 403 == answered(door, b"{}", X_Forwarded_For="192.0.2.7, 198.51.100.1", **kind)
        assert 403 == answered(door, b"{}", **kind)


@pytest.mark.slow
def test_two_runs_and_crons_tick_on_one_file_send_each_page_once(tmp_path: Path, twilio: tuple[Simulator, str]) -> None:
    simulator, api = twilio
    simulator.misbehave(Misbehaviour("429", times=6, seconds=1))
    with ExitStack() as stack:
        doors = [stack.enter_context(started(tmp_path, TWILIO_API_URL=api))[0] for _ in range(2)]
        errors = [event(error={"errorId": f"error-{number}"}) for number in range(3)]
        with ThreadPoolExecutor(6) as pool:
            addresses = [f"{door}/bugsnag?token={WEBHOOK_TOKEN}" for door in doors]
            told = list(pool.map(call, addresses * 3, [one for one in errors for _ in doors]))
        codes = sorted({one["code"] for one in told})
        assert 3 == len(codes)
        assert {"opened": 3, "counted": 3} == Counter(one["outcome"] for one in told)
        until = time.monotonic() + PATIENCE
        while len(simulator.texts(ANA)) < 3 and time.monotonic() < until:
            ticking = [_tick(tmp_path, api) for _ in range(2)]
            assert [0, 0] == [one.wait(PATIENCE) for one in ticking]
        time.sleep(1.5)  # for a tick of either that would send one more
        paged = [re.match(r"#(\d+)", text) for text in simulator.texts(ANA)]

    assert codes == sorted(int(found[1]) for found in paged if found)


def _tick(data: Path, api: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "bugglio", "tick", "--data", str(data)]
    return subprocess.Popen(command, cwd=ROOT, env=environment(**REAL, TWILIO_API_URL=api))
