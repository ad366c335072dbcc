"""`python -m bugglio …`, as a new user meets it: a process, its lines, its exit status."""

import json
import re
import select
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from werkzeug import Request

from bugglio import laptop
from bugglio.doors.http import MAX_BODY
from tests.payloads import event
from tests.running import PATIENCE, ROOT, bugglio, environment, running

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_the_first_run_makes_all_it_needs_and_pages_a_phone(tmp_path: Path) -> None:
    with running(tmp_path / "data") as run:
        code = run.post(event())["code"]
        assert [f"#{code} checkout-api"] == [message["body"][: len(str(code)) + 14] for message in run.messages()]
        assert [f"Acked {code} TypeError checkout-api. Nothing else open."] == run.text("ack")["replies"]

        alerts = json.loads(bugglio("alerts", "--json", "--data", str(tmp_path / "data")).stdout)["alerts"]
        keys = "code state team project stage class message events opened last_event acknowledged_by waits_for next_at"
        assert keys.split() == list(alerts[0])
        assert (code, "acknowledged", "on-duty", []) == (
            alerts[0]["code"],
            alerts[0]["state"],
            alerts[0]["acknowledged_by"],
            alerts[0]["waits_for"],
        )
        assert ISO.fullmatch(alerts[0]["opened"])

        pages = json.loads(bugglio("pages", "--json", "--data", str(tmp_path / "data")).stdout)["pages"]
        assert ["id", "to", "number", "alerts", "body", "state", "cause", "sid", "created"] == list(pages[0])
        assert ("on-duty", "0101", [code]) == (pages[0]["to"], pages[0]["number"], pages[0]["alerts"])

        why = bugglio("why", str(code), "--json", "--data", str(tmp_path / "data"))
        assert ["opened", "page", "acknowledged"] == [one["reason"] for one in json.loads(why.stdout)["reasons"]]
        readable = bugglio("why", f"#{code}", "--data", str(tmp_path / "data")).stdout
        assert "acknowledged" in readable
    assert 0 == run.process.returncode


def test_a_killed_run_goes_on_where_it_was_and_sends_nothing_twice(tmp_path: Path) -> None:
    with running(tmp_path / "data", end=signal.SIGKILL) as first:
        code = first.post(event())["code"]
        webhook = first.webhook
    with running(tmp_path / "data") as second:
        assert ("counted", code) == (second.post(event("exception"))["outcome"], code)
        assert 1 == len(second.messages())
        assert webhook.partition("?")[2] == second.webhook.partition("?")[2]


def test_the_page_of_phones_is_for_this_machine_alone(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--public-url", "https://tunnel.example") as run:
        port = run.phones.split(":")[2].partition("/")[0]
        address = f"http://127.0.0.1:{port}/simulator"
        request = urllib.request.Request(address, headers={"Host": "tunnel.example"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=PATIENCE)  # noqa: S310 - the same
        assert 404 == refused.value.code
        refused.value.close()
        assert run.webhook.startswith("https://tunnel.example/bugsnag?token=")


def asked(host: str, caller: str | None = "127.0.0.1", **more: str) -> Request:
    environ = {"HTTP_HOST": host, "wsgi.url_scheme": "http", "REMOTE_ADDR": caller, **more}
    return Request({name: text for name, text in environ.items() if text is not None})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:8080", "127.0.0.1:80"])
@pytest.mark.parametrize("caller", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_the_page_of_phones_is_found_on_port_80_too(host: str, caller: str) -> None:
    assert laptop.is_local(asked(host, caller))


@pytest.mark.parametrize("host", ["tunnel.example", "127.0.0.1.tunnel.example:80", "localhost.tunnel.example", "[", ""])
def test_the_page_of_phones_is_not_at_another_name(host: str) -> None:
    assert not laptop.is_local(asked(host))


@pytest.mark.parametrize("caller", ["192.0.2.7", "10.0.0.1", "172.17.0.1", "2001:db8::1", "::ffff:192.0.2.7", "", None])
def test_who_comes_from_another_machine_does_not_see_it_under_any_name(caller: str | None) -> None:
    assert not laptop.is_local(asked("localhost", caller))


@pytest.mark.parametrize("header", ["FORWARDED", "X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_REAL_IP", "VIA"])
def test_what_a_proxy_on_this_machine_passes_on_does_not_see_it(header: str) -> None:
    assert not laptop.is_local(asked("127.0.0.1:8080", **{f"HTTP_{header}": "192.0.2.7"}))


@pytest.mark.parametrize(
    ("size", "answer"), [(MAX_BODY + 1, b"The body is larger than 1 MiB."), (2**40, b"Request Entity Too Large")]
)
def test_a_body_that_is_too_large_is_refused_and_a_huge_one_unread(tmp_path: Path, size: int, answer: bytes) -> None:
    with running(tmp_path / "data") as run:
        _, _, place, path = run.webhook.split("/", 3)
        host, _, port = place.partition(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as line:
            line.sendall(f"POST /{path} HTTP/1.1\r\nHost: {place}\r\nContent-Length: {size}\r\n\r\n".encode())
            line.sendall(b"x" * size if size < 2 * MAX_BODY else b"")
            line.shutdown(socket.SHUT_WR)
            told = b"".join(iter(lambda: line.recv(65_536), b""))
    assert told.startswith(b"HTTP/1.1 413 ")
    assert answer in told


def test_a_page_that_waits_says_what_it_is_about(tmp_path: Path) -> None:
    with running(tmp_path / "data") as run:
        codes = [run.post(event(error={"errorId": f"e-{number}"}))["code"] for number in range(4)]
        lines = bugglio("pages", "--data", str(tmp_path / "data")).stdout.splitlines()
    assert lines[3].endswith(f"waiting  #{codes[3]}")


def test_tick_does_what_is_due_once_and_ends(tmp_path: Path) -> None:
    with running(tmp_path / "data") as run:
        run.post(event())
    done = bugglio("tick", "--data", str(tmp_path / "data"))
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


def test_what_does_not_exist_is_a_fault_in_plain_words(tmp_path: Path) -> None:
    with running(tmp_path / "data"):
        pass
    done = bugglio("why", "417", "--data", str(tmp_path / "data"))
    assert (1, "", "No alert has the code 417.\n") == (done.returncode, done.stdout, done.stderr)


def test_a_folder_that_no_run_has_filled_is_a_fault(tmp_path: Path) -> None:
    done = bugglio("alerts", "--data", str(tmp_path / "nothing"))
    assert 1 == done.returncode
    assert "`python -m bugglio run` comes first" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_a_taken_port_says_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = bugglio("run", "--port", port, "--data", str(tmp_path))
    assert 1 == done.returncode
    assert f"Port {port} cannot be used" in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize("content", ["{", "[]", '{"ON_DUTY": 1}', "\xff"])
def test_damaged_settings_are_named_and_not_overwritten(tmp_path: Path, content: str) -> None:
    (tmp_path / "settings.json").write_bytes(content.encode("latin-1"))
    done = bugglio("run", "--port", "0", "--data", str(tmp_path))
    assert 1 == done.returncode
    assert "settings.json" in done.stderr
    assert "Traceback" not in done.stderr
    assert content.encode("latin-1") == (tmp_path / "settings.json").read_bytes()


REAL = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "real-token-of-nobody",
    "TWILIO_CALLER_ID": "+14155550100",
    "ON_DUTY": "+14155550101",
}


NOBODY = "engineers: {}\nteams: {}\n"


def test_half_a_twilio_is_a_fault_and_no_simulator(tmp_path: Path) -> None:
    done = bugglio("run", "--port", "0", "--data", str(tmp_path), TWILIO_ACCOUNT_SID=REAL["TWILIO_ACCOUNT_SID"])
    assert 1 == done.returncode
    assert {"TWILIO_AUTH_TOKEN", "ON_DUTY"} <= set(re.findall(r"[A-Z]+_[A-Z_]+", done.stderr))


@pytest.mark.parametrize("more", [{}, {"K_SERVICE": "bugsnag"}])
def test_where_settings_are_a_secret_of_google_cloud_no_simulator_stands_in(
    tmp_path: Path, more: dict[str, str]
) -> None:
    done = bugglio("run", "--port", "0", "--data", str(tmp_path / "data"), BUGGLIO_SECRET="no/name", **more)
    assert (1, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("bugglio cannot start:\n")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_with_a_real_twilio_the_place_of_the_store_must_be_said(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bugglio", "run", "--port", "0"]
    env = environment(**REAL, PYTHONPATH=str(ROOT))
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert 1 == done.returncode
    assert "BUGGLIO_STORE" in done.stderr
    assert REAL["TWILIO_AUTH_TOKEN"] not in done.stderr


def ran_for_real(data: Path, *arguments: str, **more: str) -> str:
    """The first line of a `run` with a real Twilio, which is then ended."""
    command = [sys.executable, "-m", "bugglio", "run", "--port", "0", "--data", str(data), *arguments]
    env = environment(**REAL, PYTHONUNBUFFERED="", **more)
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found, _, _ = select.select([process.stdout], [], [], PATIENCE)
        process.terminate()
        assert found
        line = process.stdout.readline()
    assert 0 == process.returncode
    return line


def test_with_a_real_twilio_the_addresses_are_told_at_once_to_a_pipe_too(tmp_path: Path) -> None:
    assert "pages https://tunnel.example/admin\n" == ran_for_real(tmp_path, BUGGLIO_PUBLIC_URL="https://tunnel.example")


def test_with_a_real_twilio_other_commands_know_the_address_that_run_was_given(tmp_path: Path) -> None:
    ran_for_real(tmp_path, "--public-url", "https://tunnel.example")

    done = bugglio("calendars", "--data", str(tmp_path), **REAL)

    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith("on-duty https://tunnel.example/admin/calendar/engineer/on-duty/")


def test_a_make_believe_address_is_none_for_a_real_twilio(tmp_path: Path) -> None:
    assert 0 == bugglio("apply", "-", "--data", str(tmp_path), given=NOBODY).returncode

    done = bugglio("who", "--data", str(tmp_path), **REAL)

    assert 1 == done.returncode
    assert "BUGGLIO_PUBLIC_URL is missing" in done.stderr


def test_in_a_real_twilios_folder_its_settings_are_asked_for(tmp_path: Path) -> None:
    ran_for_real(tmp_path, "--public-url", "https://tunnel.example")

    done = bugglio("who", "--data", str(tmp_path))

    asks = (
        f"{tmp_path} is a real Twilio's: set what `run` was given, or name another folder with --data for a "
        "make-believe one.\n"
    )
    assert (1, "", asks) == (done.returncode, done.stdout, done.stderr)


def test_a_real_twilios_folder_is_not_run_with_make_believe_phones(tmp_path: Path) -> None:
    ran_for_real(tmp_path, "--public-url", "https://tunnel.example")

    done = bugglio("run", "--port", "0", "--data", str(tmp_path))

    assert (1, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith(f"{tmp_path} is a real Twilio's: set what `run` was given")


def test_a_roster_may_come_before_the_first_run_with_a_real_twilio(tmp_path: Path) -> None:
    real = {**REAL, "BUGGLIO_PUBLIC_URL": "https://tunnel.example"}

    done = bugglio("apply", "-", "--data", str(tmp_path / "real"), given=NOBODY, **real)

    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.endswith("Applied version 1.\n")


@pytest.mark.parametrize(
    "arguments", [[], ["fly"], ["why"], ["why", "abc"], ["run", "--port", "99999"], ["run", "--public-url", "host"]]
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    assert 2 == bugglio(*arguments).returncode


@pytest.mark.parametrize("command", ["run", "tick", "alerts", "pages", "why"])
def test_each_command_has_help(command: str) -> None:
    done = bugglio(command, "--help")
    assert 0 == done.returncode
    assert "--data" in done.stdout
