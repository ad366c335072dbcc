"""What the deployment files and pages say is what gcloud, main.py and the settings know."""

import ast
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from bugglio import config_table
from bugglio.store.fields import QUERIED
from tests.gcloud import ROOT, Command, build, documented, everywhere, gcloud, installed, known_flags, steps

FUNCTIONS = ("bugsnag", "sms", "sms-status", "tick", "admin")


@pytest.fixture(scope="session")
def with_gcloud() -> None:
    """Ask for gcloud: on CI it must be there."""
    if installed() is None:
        told = "gcloud is not installed, so NO COMMAND WAS CHECKED: https://cloud.google.com/sdk/docs/install"
        if os.environ.get("CI") == "true":
            pytest.fail(told, pytrace=False)
        pytest.skip(told)


def deployments() -> list[Command]:
    return [command for command in everywhere() if command.path[:2] == ("functions", "deploy")]


@pytest.fixture(scope="session")
def known(with_gcloud: None) -> dict[tuple[str, ...], frozenset[str]]:  # noqa: ARG001 - the skip comes first
    """Each command and the flags that gcloud has for it; a second each, so two at a time and once a run."""
    commands = sorted({command.command for command in everywhere()})
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(commands, pool.map(known_flags, commands), strict=True))


@pytest.mark.gcloud
def test_every_command_and_flag_is_known_to_gcloud(known: dict[tuple[str, ...], frozenset[str]]) -> None:
    commands = everywhere()

    assert [] == [f"{c.source}: {' '.join(c.words)}" for c in commands if not known[c.command]]
    strange = [
        (c.source, " ".join(c.command), flag) for c in commands for flag in c.flags if flag not in known[c.command]
    ]
    assert [] == strange


@pytest.mark.gcloud
@pytest.mark.usefixtures("with_gcloud")
def test_what_gcloud_lacks_would_be_noticed() -> None:
    flags = known_flags(("functions", "deploy"))

    assert {"--concurrency", "--no-allow-unauthenticated"} <= flags
    assert "--cpu-boost" not in flags
    assert frozenset() == known_flags(("functions", "deplyo"))


def test_the_page_is_read_for_its_commands() -> None:
    paths = {command.path[:3] for command in documented(ROOT / "docs" / "deploy.md")}

    assert {("services", "enable", "artifactregistry.googleapis.com"), ("scheduler", "jobs", "create")} <= paths


@pytest.mark.gcloud
@pytest.mark.usefixtures("with_gcloud")
def test_only_the_program_goes_up() -> None:
    listed = gcloud("meta", "list-files-for-upload", ".")
    up = set(listed.stdout.split())

    assert listed.returncode == 0, listed.stderr
    assert {"main.py", "requirements.txt"} == {name for name in up if not name.startswith("bugglio/")}
    assert {"bugglio/__init__.py", "bugglio/alert.py", "bugglio/store/firestore/__init__.py"} <= up
    assert [] == [name for name in up if "__pycache__" in name or name.startswith("bugglio/simulator/")]
    everything = {str(p.relative_to(ROOT)) for p in (ROOT / "bugglio").rglob("*") if p.is_file()}
    left = {name for name in everything - up if "__pycache__" not in name}
    assert set() == {name for name in left if not name.startswith("bugglio/simulator/")}


def test_the_build_deploys_each_door_of_the_default_deployment() -> None:
    assert FUNCTIONS == tuple(steps())
    assert list(FUNCTIONS) == [command.path[2] for command in steps().values()]


def test_each_entry_point_is_a_plain_function_of_main() -> None:
    tree = ast.parse((ROOT / "main.py").read_text())
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}

    for command in deployments():
        entry = command.flags["--entry-point"]
        assert entry in functions, command
        assert command.path[2] == entry.replace("_", "-")


def test_as_many_threads_as_requests_at_a_time() -> None:
    assert len(FUNCTIONS) < len(deployments()), "the page shows one by hand"
    for command in deployments():
        assert "64" == command.flags["--concurrency"]
        assert "64" == command.environment["THREADS"]
        assert "1" == command.flags["--cpu"], "more than one request at a time needs a whole processor"


def test_every_deployment_says_the_same_but_for_name_and_limits() -> None:
    own = {"--entry-point", "--timeout", "--max-instances"}
    common = [{k: v for k, v in command.flags.items() if k not in own} for command in steps().values()]

    assert 1 == len({tuple(sorted(flags.items())) for flags in common})


def test_each_variable_that_is_set_is_a_setting() -> None:
    for command in deployments():
        assert set(command.environment) <= {*config_table.NAMES, "THREADS"}
        secrets = {setting.name for setting in config_table.SETTINGS if setting.secret or setting.phone}
        assert set() == secrets & set(command.environment), "a secret has no place in a function's description"


def test_the_tick_may_run_as_long_as_the_scheduler_waits() -> None:
    jobs = [c for c in documented(ROOT / "docs" / "deploy.md") if c.path[:4] == ("scheduler", "jobs", "create", "http")]
    (job,) = jobs

    assert "120s" == job.flags["--attempt-deadline"] == steps()["tick"].flags["--timeout"]
    assert job.flags["--uri"] == job.flags["--oidc-token-audience"]
    assert job.flags["--uri"].endswith("/tick")
    account = job.flags["--oidc-service-account-email"].partition("@")[0]
    assert steps()["tick"].environment["BUGGLIO_SCHEDULER_ACCOUNT"].startswith(account + "@")


def test_no_deployment_before_the_tests_have_passed() -> None:
    tests, *rest = build()["steps"]

    assert "tests" == tests["id"]
    assert [".ci/run"] == tests["args"]
    assert [["tests"]] * len(rest) == [step["waitFor"] for step in rest]


def test_images_are_named_exactly() -> None:
    for step in build()["steps"]:
        assert re.fullmatch(r"\S+:\d+\.\d+\.\d+-\w+", step["name"]), step["name"]


def test_no_index_is_left_out_that_a_query_needs() -> None:
    for command in documented(ROOT / "docs" / "deploy.md"):
        if "--disable-indexes" in command.flags:
            assert command.path[-1] not in QUERIED[command.flags["--collection-group"]]
