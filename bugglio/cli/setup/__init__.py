"""`setup`: from an empty Google Cloud project to a working pager, step by step, and on from wherever it was."""

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bugglio.cli.common import command
from bugglio.cli.doctor import addresses
from bugglio.cli.doctor.checks import line
from bugglio.cli.setup import asking, plan, sender, steps
from bugglio.cli.setup.gcloud import Gcloud
from bugglio.cli.setup.plan import Place
from bugglio.cli.setup.steps import Step
from bugglio.config import ConfigurationError, Settings, read_settings
from bugglio.config_table import SETTINGS
from bugglio.laptop import Unusable

REGION = "us-central1"
BILLING = "https://console.cloud.google.com/billing/linkedaccount?project="
MADE = ("BUGSNAG_WEBHOOK_TOKEN", "FLASK_SECRET_KEY")
"""Made up where nobody has set them."""
ELSEWHERE = frozenset(
    {"BUGGLIO_PUBLIC_URL", "BUGGLIO_STORE", "BUGGLIO_SECRET", "GOOGLE_CLOUD_PROJECT", "BUGGLIO_SCHEDULER_ACCOUNT"}
    | {"FIRESTORE_EMULATOR_HOST", "BUGGLIO_PROXY_HOPS"}
)
"""What the functions are told by their environment, or by nobody: it does not stand in the secret."""


def register(commands: Any) -> None:
    """Add the command to the parser."""
    made = command(commands, "setup", setup, "deploy to Google Cloud, step by step; may be run again at any point")
    made.add_argument("--project", default="", help="the Google Cloud project (default: gcloud's)")
    made.add_argument("--region", default="", help=f"where functions and database are (default: {REGION}, asked)")
    made.add_argument("--single", action="store_true", help="one function for all doors, kept warm by the tick")
    made.add_argument("--dry-run", action="store_true", help="only show what would be done")
    made.add_argument("--yes", action="store_true", help="do it without asking once more")


def setup(asked: Any) -> int:
    """Find out what is missing, show it, and do it."""
    gcloud, own = _gcloud(asked), _own()
    known = _known(gcloud)
    print("The sender")
    wanted = _settings(known, asked.dry_run)
    place = Place(gcloud.project, asked.region or _region(gcloud), asked.single, own)
    every = steps.google(gcloud, place, lambda: steps.secret_calls(_held(gcloud), wanted))
    _show(every)
    if asked.dry_run:
        print(f"\nThen texts to the sender go to {place.public_url}/sms. Nothing was done: this was a dry run.")
        return 0
    if not asked.yes and not asking.agreed("\nShall this be done"):
        raise Unusable("Nothing was done.")
    for step in every:
        _take(gcloud, step)
    return _finish(place, wanted)


def _gcloud(asked: Any) -> Gcloud:
    """It, for the project that is meant, once it is known that something can be deployed there."""
    found = Gcloud()
    if found.refuses("auth", "list", "--filter=status:ACTIVE", "--format=value(account)"):
        raise Unusable("gcloud has nobody logged in: gcloud auth login, as an owner of the project.")
    project = asked.project or os.environ.get("GOOGLE_CLOUD_PROJECT") or found.ask("config", "get-value", "project")
    if not project or project == "(unset)":
        project = asking.plain("The Google Cloud project's id", "--project")
    gcloud = Gcloud(project)
    if gcloud.refuses("projects", "describe", project, "--format=value(projectNumber)"):
        raise Unusable(f"There is no project {project}, or the account that is logged in does not see it.")
    if gcloud.ask("billing", "projects", "describe", project, "--format=value(billingEnabled)") == "False":
        raise Unusable(
            f"The project has no billing. Switch it on at {BILLING}{project}, and run this again: functions are built"
            " by Cloud Build, which asks for it; a small team stays within the free tier."
        )
    return gcloud


def _own() -> str:
    """A public address of one's own, if there is one. It goes to gcloud in a list that has commas between."""
    found = os.environ.get("BUGGLIO_PUBLIC_URL", "").rstrip("/")
    wrong = _fault("BUGGLIO_PUBLIC_URL", found) if found else ""
    if wrong or "," in found:
        raise Unusable(wrong or "BUGGLIO_PUBLIC_URL has a comma in it, which gcloud takes for the end of a setting.")
    return found


def _region(gcloud: Gcloud) -> str:
    """Where the database is, if there is one: nothing else is asked twice."""
    for one in gcloud.facts("firestore", "databases", "list") or []:
        if str(one.get("name", "")).endswith(f"/databases/{plan.DATABASE}"):
            return str(one.get("locationId", REGION))
    print("Where shall functions and database be? The place of the database cannot be changed later.")
    return asking.plain("The region", "--region", REGION)


def _held(gcloud: Gcloud) -> str | None:
    """What the secret holds; None: there is none."""
    if not gcloud.ask("secrets", "describe", plan.SECRET, "--format=value(name)"):
        return None
    return gcloud.ask("secrets", "versions", "access", "latest", f"--secret={plan.SECRET}")


def _known(gcloud: Gcloud) -> dict[str, str]:
    """The settings of the secret, and those of the environment, which win."""
    try:
        held = json.loads(_held(gcloud) or "{}")
    except (ValueError, RecursionError):
        held = None
    if not isinstance(held, dict):
        raise Unusable(f"The secret {plan.SECRET} holds no JSON object: mend it, or remove it to begin anew.")
    names = {setting.name for setting in SETTINGS} - ELSEWHERE
    return {**held, **{name: os.environ[name] for name in names if os.environ.get(name)}}


def _settings(known: Mapping[str, str], dry_run: bool) -> dict[str, str]:  # noqa: FBT001 - as it was asked
    """What the secret shall hold."""
    if dry_run and not (known.get(sender.ACCOUNT) and known.get(sender.TOKEN)):
        print("  Twilio's account and token would be asked for.")
        return dict(known)
    wanted = {**known, **sender.gathered(known)}
    if not wanted.get("ON_DUTY") and not dry_run:
        wanted["ON_DUTY"] = asking.until(
            lambda: asking.plain("The phone of the engineer of last resort (+1…)", "ON_DUTY"), _no_phone
        )
    for name in MADE:
        wanted.setdefault(name, secrets.token_urlsafe(32))
    return wanted


def _no_phone(answer: str) -> str:
    return _fault("ON_DUTY", answer)


def _fault(name: str, text: str) -> str:
    """What is wrong with a setting's value; empty: nothing."""
    try:
        read_settings({name: text}, on_google_cloud=False)
    except ConfigurationError as error:
        return next((fault for fault in error.faults if fault.startswith(name)), "")
    return ""


def _show(every: Sequence[Step]) -> None:
    for step in every:
        calls = step.missing()
        print(f"\n{step.title}{'' if calls else ': done'}")
        for call in calls:
            print(f"  {call}")


def _take(gcloud: Gcloud, step: Step) -> None:
    calls = step.missing()
    if not calls:
        return
    print(f"\n{step.title} ...", flush=True)
    if step.side_by_side:
        with ThreadPoolExecutor(len(calls)) as pool:
            list(pool.map(gcloud.do, calls))
        return
    for call in calls:
        gcloud.do(call)


def _finish(place: Place, wanted: Mapping[str, str]) -> int:
    """Point the sender to it, and look whether it answers."""
    changed = sender.point(wanted, place.public_url)
    print(f"\nTexts to the sender go to {place.public_url}/sms{'' if changed else ', as before'}.")
    settings = _whole(place, wanted)
    found = list(addresses.of_addresses(settings))
    print("\n".join(line(one) for one in found))
    if any(one.ok is False for one in found):
        print("\nMend what is wrong, and run this again: it goes on from here.")
        return 1
    print("\nIn Bugsnag, Project settings > Integrations > Webhook, paste this address. Whoever has it can page you:")
    print(f"{place.public_url}/bugsnag?token={settings.bugsnag_webhook_token[0]}")
    print(f"\nThe admin pages are at {place.public_url}/admin. What is still missing: python -m bugglio doctor")
    return 0


def _whole(place: Place, wanted: Mapping[str, str]) -> Settings:
    """The settings as the functions have them."""
    environment = dict(pair.split("=", 1) for pair in place.environment().split(","))
    names = {setting.name for setting in SETTINGS}
    given = {name: text for name, text in {**wanted, **environment}.items() if name in names}
    return read_settings(given, on_google_cloud=True)
