"""The steps of a deployment to Google Cloud: each knows whether it is done, and what does it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bugglio.cli.setup import plan
from bugglio.cli.setup.gcloud import Do, Gcloud
from bugglio.cli.setup.plan import Place
from bugglio.store.fields import FADES


@dataclass(frozen=True)
class Step:
    """One thing that there has to be."""

    title: str
    missing: Callable[[], Sequence[Do]]
    """The calls that are still needed; none: it is done."""
    side_by_side: bool = False


def google(gcloud: Gcloud, place: Place, secret: Callable[[], Sequence[Do]]) -> list[Step]:
    """All steps in Google Cloud, in their order; `secret` tells what the secret still lacks."""
    return [
        Step("services", lambda: _services(gcloud)),
        Step("the database (its place cannot be changed later)", lambda: _database(gcloud, place)),
        Step("fields without an index", lambda: _unsearched(gcloud)),
        Step("what fades by itself", lambda: _fading(gcloud)),
        Step("accounts", lambda: _accounts(gcloud)),
        Step("their roles", lambda: [*_roles(gcloud, place), *_acting(gcloud, place)]),
        Step("the secret", secret),
        Step("who reads the secret", lambda: _readers(gcloud, place)),
        Step("the webhook's token stays out of the request log", lambda: _log(gcloud)),
        Step("the functions (some minutes)", lambda: _functions(gcloud, place), side_by_side=True),
        Step("the call of each minute", lambda: _job(gcloud, place)),
    ]


def _services(gcloud: Gcloud) -> list[Do]:
    enabled = gcloud.ask("services", "list", "--enabled", "--format=value(config.name)").split()
    missing = [name for name in plan.SERVICES if name not in enabled]
    return [Do(("services", "enable", *missing))] if missing else []


def _database(gcloud: Gcloud, place: Place) -> list[Do]:
    found = gcloud.ask("firestore", "databases", "list", "--format=value(name)").split()
    if any(name.endswith(f"/databases/{plan.DATABASE}") for name in found):
        return []
    kind = ("--type=firestore-native", "--delete-protection")
    return [Do(("firestore", "databases", "create", f"--location={place.region}", *kind))]


def _unsearched(gcloud: Gcloud) -> list[Do]:
    calls = []
    for field, group in plan.UNSEARCHED:
        named = (field, f"--collection-group={group}", f"--database={plan.DATABASE}")
        found = gcloud.facts("firestore", "indexes", "fields", "describe", *named) or {}
        config = found.get("indexConfig", {"usesAncestorConfig": True})
        if config.get("usesAncestorConfig") or config.get("indexes"):
            calls.append(Do(("firestore", "indexes", "fields", "update", *named, "--disable-indexes")))
    return calls


def _fading(gcloud: Gcloud) -> list[Do]:
    calls = []
    for group in plan.FADING:
        named = (f"--collection-group={group}", f"--database={plan.DATABASE}")
        found = gcloud.ask("firestore", "fields", "ttls", "list", *named, "--format=value(name)").split()
        if not any(name.endswith(f"/fields/{FADES}") for name in found):
            calls.append(Do(("firestore", "fields", "ttls", "update", FADES, *named, "--enable-ttl", "--async")))
    return calls


def _accounts(gcloud: Gcloud) -> list[Do]:
    found = gcloud.ask("iam", "service-accounts", "list", "--format=value(email)").split()
    known = {email.partition("@")[0] for email in found}
    missing = [(name, text) for name, text in plan.ACCOUNTS.items() if name not in known]
    return [Do(("iam", "service-accounts", "create", name, f"--display-name={text}")) for name, text in missing]


def _roles(gcloud: Gcloud, place: Place) -> list[Do]:
    held = _bindings(gcloud.facts("projects", "get-iam-policy", place.project))
    wanted = [(place.account(name), role) for name, roles in plan.ROLES.items() for role in roles]
    return [
        Do(("projects", "add-iam-policy-binding", place.project, *_binding(email, role), "--condition=None"))
        for email, role in wanted
        if (f"serviceAccount:{email}", role) not in held
    ]


def _acting(gcloud: Gcloud, place: Place) -> list[Do]:
    builder, role = place.account(plan.BUILDER), "roles/iam.serviceAccountUser"
    calls = []
    for name in plan.ACTS_AS:
        held = _bindings(gcloud.facts("iam", "service-accounts", "get-iam-policy", place.account(name)))
        if (f"serviceAccount:{builder}", role) not in held:
            named = ("iam", "service-accounts", "add-iam-policy-binding", place.account(name))
            calls.append(Do((*named, *_binding(builder, role))))
    return calls


def _readers(gcloud: Gcloud, place: Place) -> list[Do]:
    role = "roles/secretmanager.secretAccessor"
    held = _bindings(gcloud.facts("secrets", "get-iam-policy", plan.SECRET))
    return [
        Do(("secrets", "add-iam-policy-binding", plan.SECRET, *_binding(email, role)))
        for email in map(place.account, plan.READERS)
        if (f"serviceAccount:{email}", role) not in held
    ]


def _log(gcloud: Gcloud) -> list[Do]:
    found = gcloud.facts("logging", "sinks", "describe", "_Default") or {}
    known = {one.get("name"): one.get("filter") for one in found.get("exclusions") or []}
    if known.get(plan.EXCLUSION) == plan.HIDDEN:
        return []
    verb = "update" if plan.EXCLUSION in known else "add"
    told = f"name={plan.EXCLUSION},filter={plan.HIDDEN}"
    return [Do(("logging", "sinks", "update", "_Default", f"--{verb}-exclusion={told}"))]


def _functions(gcloud: Gcloud, place: Place) -> list[Do]:
    calls = []
    for function in place.functions:
        named = ("functions", "describe", function.name, "--v2", f"--region={place.region}")
        found = gcloud.facts(*named) or {}
        mark = plan.mark(place.deployment(function))
        if found.get("state") != "ACTIVE" or (found.get("labels") or {}).get(plan.LABEL) != mark:
            calls.append(Do(place.marked(function)))
    return calls


def _job(gcloud: Gcloud, place: Place) -> list[Do]:
    uri, email = f"{place.public_url}/tick", place.account(plan.TICKER)
    named = (plan.JOB, f"--location={place.region}")
    found = gcloud.facts("scheduler", "jobs", "describe", *named)
    target = (found or {}).get("httpTarget") or {}
    token = target.get("oidcToken") or {}
    told = (target.get("uri"), token.get("audience"), token.get("serviceAccountEmail"), (found or {}).get("schedule"))
    if told == (uri, uri, email, "* * * * *"):
        return []
    verb = "update" if found else "create"
    return [
        Do(
            (
                *("scheduler", "jobs", verb, "http", *named, "--schedule=* * * * *", "--time-zone=Etc/UTC"),
                *(f"--uri={uri}", "--http-method=POST", "--attempt-deadline=120s"),
                *(f"--oidc-service-account-email={email}", f"--oidc-token-audience={uri}"),
            )
        )
    ]


def _binding(email: str, role: str) -> tuple[str, str]:
    return f"--member=serviceAccount:{email}", f"--role={role}"


def _bindings(policy: object) -> set[tuple[str, str]]:
    """Who holds which role."""
    found = policy.get("bindings", []) if isinstance(policy, dict) else []
    return {(member, one["role"]) for one in found for member in one.get("members", [])}


def secret_calls(known: str | None, wanted: dict[str, str]) -> list[Do]:
    """What makes the secret hold these settings; `known` is what it holds, None: there is none."""
    content = json.dumps(wanted, indent=2, sort_keys=True)
    if known is None:
        return [Do(("secrets", "create", plan.SECRET, "--data-file=-"), content)]
    try:
        same = json.loads(known or "null") == wanted
    except ValueError:
        same = False
    return [] if same else [Do(("secrets", "versions", "add", plan.SECRET, "--data-file=-"), content)]
