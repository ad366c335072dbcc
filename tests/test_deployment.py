"""What the deployment files and pages say is what gcloud, main.py and the settings know."""

import ast
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from bugglio import config_table
from bugglio.cli.setup import plan
from bugglio.cli.setup import steps as setup_steps
from bugglio.cli.setup.gcloud import Gcloud
from bugglio.cli.setup.plan import Place
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
@pytest.mark.timeout(280)
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
    assert {"bugglio/__init__.py", "bugglio/alert/moves.py", "bugglio/store/firestore/__init__.py"} <= up
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
    assert len(FUNCTIONS) + 2 == len(deployments()), "the page shows one by hand, and one for all"
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


def test_nothing_is_deployed_untested_and_nothing_has_traffic_unchecked() -> None:
    tests, *rest = build()["steps"]
    waits = {step["id"]: step["waitFor"] for step in rest}

    assert "tests" == tests["id"]
    assert [".ci/run"] == tests["args"]
    assert {"hold": ["tests"], **{name: ["hold"] for name in FUNCTIONS}, "offer": list(FUNCTIONS)} == {
        name: waits[name] for name in ("hold", *FUNCTIONS, "offer")
    }
    assert [["offer"], ["check"], ["serve"]] == [waits[name] for name in ("check", "serve", "doctor")]
    assert "doctor" == rest[-1]["id"]
    for command in steps().values():
        assert "--serve-all-traffic-latest-revision" not in command.flags


def test_the_doctor_has_the_settings_of_the_functions() -> None:
    functions = steps()["tick"].environment
    for step in build()["steps"]:
        if step["id"] in ("check", "doctor"):
            told = dict(pair.split("=", 1) for pair in step["env"])
            assert {**functions, "BUGGLIO_STORE": "firestore"} == {**told, "THREADS": "64"}


def test_images_are_named_exactly() -> None:
    for step in build()["steps"]:
        assert re.fullmatch(r"\S+:\d+\.\d+\.\d+-\w+", step["name"]), step["name"]


def test_no_index_is_left_out_that_a_query_needs() -> None:
    for command in documented(ROOT / "docs" / "deploy.md"):
        if "--disable-indexes" in command.flags:
            assert command.path[-1] not in QUERIED[command.flags["--collection-group"]]


# Setup, page and cloudbuild.yaml say the same.


class Empty(Gcloud):
    """A project in which there is nothing."""

    def ask(self, *_: str) -> str:
        return ""


Said = tuple[tuple[str, ...], frozenset[tuple[str, str]]]
OWN = {"--source", "--update-labels", "--quiet", "--project", "--data-file", "--serve-all-traffic-latest-revision"}
"""What differs by where the command is given."""


def said(command: Command) -> Said:
    """A command without the order of its flags, and of the services that it names."""
    path = (*command.path[:2], *sorted(command.path[2:])) if command.path[0] == "services" else command.path
    return path, frozenset((name, value) for name, value in command.flags.items() if name not in OWN)


def set_up(place: Place) -> list[Said]:
    every = setup_steps.google(Empty(), place, lambda: setup_steps.secret_calls(None, {}))
    return [said(Command(step.title, call.words)) for step in every for call in step.missing()]


IN_PAGE = Place("$PROJECT", "$REGION")
PAGE = ROOT / "docs" / "deploy.md"


def test_each_command_of_setup_is_in_the_page() -> None:
    told = [said(command) for command in documented(PAGE)]
    wanted = set_up(IN_PAGE)
    others = {("functions", "deploy", name) for name in FUNCTIONS if name != "bugsnag"}

    assert 30 < len(wanted)
    assert [] == [one for one in wanted if one not in told and one[0] not in others]
    (single,) = [one for one in set_up(Place("$PROJECT", "$REGION", single=True)) if one[0][1] == "deploy"]
    assert single in told


def test_each_command_of_the_page_that_makes_something_is_one_of_setups() -> None:
    wanted = [*set_up(IN_PAGE), *set_up(Place("$PROJECT", "$REGION", single=True))]
    more = {("secrets", "versions", "add"), ("builds", "triggers", "create")}
    verbs = {"create", "update", "deploy", "enable", "add", "add-iam-policy-binding"}
    making = [one for one in documented(PAGE) if verbs & set(one.command) and one.path[:3] not in more]

    assert [] == [one.words for one in making if said(one) not in wanted]


def test_cloudbuild_deploys_what_setup_deploys() -> None:
    place = Place("$PROJECT_ID", "${_REGION}", own="${_PUBLIC_URL}")
    runtime = build()["substitutions"]

    assert plan.RUNTIME == runtime["_RUNTIME"]
    assert runtime["_PUBLIC_URL"] == Place("${PROJECT_ID}", "${_REGION}").public_url
    for function in plan.DOORS:
        words = tuple(word.replace(plan.RUNTIME, "${_RUNTIME}") for word in place.deployment(function))
        assert said(Command("setup", words)) == said(steps()[function.name])


def test_the_table_of_the_page_has_the_limits_of_each_function() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| `([a-z_]+)` \| (\d+) \| (\d+)s \|$", PAGE.read_text(), re.MULTILINE)

    assert rows == [(one.name, one.entry, str(one.instances), str(one.seconds)) for one in plan.DOORS]


def test_whoever_builds_may_do_what_the_doctor_does() -> None:
    assert set(plan.ROLES[plan.RUNNER]) <= set(plan.ROLES[plan.BUILDER])
    assert {plan.RUNNER, plan.BUILDER} == set(plan.READERS)
