"""A version that fails its check gets no traffic: what a build does to the traffic of a make-believe Cloud Run."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.gcloud import ROOT, Command, build, installed, known_flags
from tools import rollout

NAMES = ("bugsnag", "sms")
PLACE = ("--project=p", "--region=r")


class CloudRun:
    """Services with revisions; deployments go by where traffic is pinned, as Google's do."""

    def __init__(self) -> None:
        self.services: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, ...]] = []
        self.refuses = ""
        self.starts = True

    def deploy(self, name: str) -> str:
        """A version more; its revision."""
        found = self.services.setdefault(name, {"made": [], "pins": {}, "tags": {}, "ready": ""})
        found["made"].append(f"{name}-{len(found['made']) + 1:05}")
        if self.starts:
            found["ready"] = found["made"][-1]
        return str(found["made"][-1])

    def traffic(self, name: str) -> dict[str, int]:
        """Which revisions have how much of it."""
        found = self.services[name]
        return found["pins"] or {found["ready"]: 100}

    def gcloud(self, *words: str) -> str:
        self.calls.append(words)
        if self.refuses and self.refuses in words:
            raise rollout.Failed("This failed")
        if words[:3] == ("run", "services", "list"):
            return json.dumps([self._told(name) for name in self.services])
        found = self.services[words[3]]
        for flag in words[4:]:
            name, _, value = flag.partition("=")
            if name == "--to-revisions":
                found["pins"] = {one: int(share) for one, share in (pair.split("=") for pair in value.split(","))}
            elif name == "--to-latest":
                found["pins"] = {}
            elif name == "--update-tags":
                found["tags"] |= dict([value.split("=")])
            elif name == "--remove-tags":
                found["tags"].pop(value, None)
            else:
                raise AssertionError(flag)
        return ""

    def _told(self, name: str) -> dict[str, Any]:
        found = self.services[name]
        shares = [{"revisionName": one, "percent": share} for one, share in self.traffic(name).items()]
        tags = [
            {"revisionName": one, "tag": tag, "url": f"https://{tag}---{name}-x.a.run.app"}
            for tag, one in found["tags"].items()
        ]
        status = {"latestCreatedRevisionName": found["made"][-1], "latestReadyRevisionName": found["ready"]}
        return {"metadata": {"name": name}, "status": {**status, "traffic": [*shares, *tags]}}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> CloudRun:
    made = CloudRun()
    monkeypatch.setattr(rollout.Where, "gcloud", lambda _, *words: made.gcloud(*words))
    return made


def run(step: str, *more: str) -> int:
    return rollout.main([step, *more, *PLACE, *NAMES])


def test_a_version_has_no_traffic_until_it_is_served(cloud: CloudRun, tmp_path: Path) -> None:
    file = tmp_path / "candidates"
    old = {name: cloud.deploy(name) for name in NAMES}

    assert 0 == run("hold")
    new = {name: cloud.deploy(name) for name in NAMES}
    assert 0 == run("offer", f"--file={file}")

    assert [{old[name]: 100} for name in NAMES] == [cloud.traffic(name) for name in NAMES]
    assert [f"{name} https://candidate---{name}-x.a.run.app/" for name in NAMES] == file.read_text().splitlines()
    assert [{"candidate": new[name]} for name in NAMES] == [cloud.services[name]["tags"] for name in NAMES]

    assert 0 == run("serve")
    assert [{new[name]: 100} for name in NAMES] == [cloud.traffic(name) for name in NAMES]
    assert [{}, {}] == [cloud.services[name]["tags"] for name in NAMES]


def test_after_a_check_that_failed_the_next_version_comes_as_any_other(cloud: CloudRun, tmp_path: Path) -> None:
    file = tmp_path / "candidates"
    first = {name: cloud.deploy(name) for name in NAMES}
    for _ in range(2):
        run("hold")
        for name in NAMES:
            cloud.deploy(name)
        run("offer", f"--file={file}")
        assert [{first[name]: 100} for name in NAMES] == [cloud.traffic(name) for name in NAMES]

    run("serve")

    assert [{f"{name}-00003": 100} for name in NAMES] == [cloud.traffic(name) for name in NAMES]


def test_the_first_version_of_a_function_needs_nothing_held(cloud: CloudRun, tmp_path: Path) -> None:
    cloud.deploy("another-service-of-the-project")

    assert 0 == run("hold")

    assert [("run", "services", "list", "--format=json")] == cloud.calls
    for name in NAMES:
        cloud.deploy(name)
    assert 0 == run("offer", f"--file={tmp_path / 'candidates'}")


def test_traffic_that_somebody_has_split_stays_split(cloud: CloudRun) -> None:
    for name in NAMES:
        cloud.deploy(name)
    cloud.services["sms"]["pins"] = {"sms-00001": 90, "sms-00002": 10}

    run("hold")

    assert {"sms-00001": 90, "sms-00002": 10} == cloud.traffic("sms")


def test_what_cannot_start_is_not_offered(cloud: CloudRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.deploy("bugsnag")
    cloud.starts = False
    cloud.deploy("bugsnag")

    assert 1 == run("offer", f"--file={tmp_path / 'candidates'}")

    assert "bugsnag is not ready" in capsys.readouterr().err


def test_where_google_refuses_it_stops(cloud: CloudRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.deploy("bugsnag")
    assert 1 == run("offer", f"--file={tmp_path / 'candidates'}")
    assert "There is no service sms." in capsys.readouterr().err

    cloud.refuses = "list"
    # Were a refusal taken for an empty project, the next version would get traffic unchecked.
    assert 1 == run("hold")


def test_the_build_calls_it_as_it_is_meant() -> None:
    steps = {step["id"]: step for step in build()["steps"]}

    for name in ("hold", "offer", "serve"):
        program, *arguments = steps[name]["args"]
        assert "tools/rollout.py" == program
        assert (ROOT / program).is_file()
        assert name == arguments[0]
        assert ["bugsnag", "sms", "sms-status", "tick", "admin"] == [one for one in arguments[1:] if one[0] != "-"]
    assert "--file=/workspace/candidates" in steps["offer"]["args"]
    assert "doctor --at /workspace/candidates" in steps["check"]["args"][-1]


def test_it_needs_nothing_but_python_and_gcloud(tmp_path: Path) -> None:
    (tmp_path / "gcloud").write_text('#!/bin/sh\necho "$@" >> "$0.calls"\necho "[]"\n')
    (tmp_path / "gcloud").chmod(0o755)
    command = [sys.executable, "-I", "-S", str(ROOT / "tools" / "rollout.py"), "hold", *PLACE, *NAMES]

    done = subprocess.run(command, env={"PATH": f"{tmp_path}:/bin:/usr/bin"}, capture_output=True, check=False)

    assert (0, b"") == (done.returncode, done.stderr)
    assert "run services list --format=json --project=p --region=r --quiet\n" == (tmp_path / "gcloud.calls").read_text()
    (tmp_path / "gcloud").write_text("#!/bin/sh\nexit 1\n")
    refused = subprocess.run(command, env={"PATH": f"{tmp_path}:/bin:/usr/bin"}, capture_output=True, check=False)
    assert (1, b"This failed: gcloud run services list --format=json\n") == (refused.returncode, refused.stderr)


@pytest.mark.gcloud
def test_every_flag_is_in_gclouds_own_help(cloud: CloudRun, tmp_path: Path) -> None:
    if installed() is None:
        pytest.skip("gcloud is not installed, so NO COMMAND WAS CHECKED")
    for name in NAMES:
        cloud.deploy(name)
    run("hold")
    run("offer", f"--file={tmp_path / 'candidates'}")
    run("serve")

    for path in {words[:3] for words in cloud.calls}:
        given = {flag for words in cloud.calls if words[:3] == path for flag in Command("rollout", words).flags}
        assert {*given, "--project", "--region"} - {"--project", "--quiet", "--format"} <= known_flags(path)
