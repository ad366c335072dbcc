"""
Stands in for gcloud: a project in a JSON file, which commands change as Google's would, and a list of all calls.

FAKE_GCLOUD names the file. `refuse` in it maps a part of a command to what is said on standard error; `stop_after`
counts the changes until the process that called is ended, as by somebody who closes the terminal.
"""

import fcntl
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

READS = ("list", "describe", "get-iam-policy", "access", "get-value")


@dataclass(frozen=True)
class Call:
    """What a command says after its verb, and the project that it is about."""

    state: dict[str, Any]
    rest: list[str]
    flags: dict[str, str]
    given: str


class Stopped(BaseException):
    """Whoever called is ended."""


def main(words: list[str]) -> int:
    given = sys.stdin.read() if "--data-file=-" in words else ""
    try:
        return answered(Path(os.environ["FAKE_GCLOUD"]), words, given)
    except Stopped:
        os.kill(os.getppid(), signal.SIGKILL)
        return 0


def answered(file: Path, words: list[str], given: str) -> int:
    """Answer on standard output; raises `Stopped` after the change that was to be the last."""
    reads = any(word in READS for word in words)
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = json.loads(file.read_text())
        state["calls"].append(words)
        status = answer(state, words, given)
        state["changes"] += status == 0 and not reads
        file.write_text(json.dumps(state))
    if state.get("stop_after") == state["changes"] and not reads:
        raise Stopped
    return status


def answer(state: dict[str, Any], words: list[str], given: str) -> int:
    told = " ".join(words)
    for part, said in state["refuse"].items():
        if part in told:
            return missing(said)
    flags = {name: value for name, _, value in (word.partition("=") for word in words if word.startswith("--"))}
    plain = [word for word in words if not word.startswith("--")]
    for (*path,), act in ACTS:
        if plain[: len(path)] == path:
            return act(Call(state, plain[len(path) :], flags, given))
    return missing(f"unknown: {told}")


def said(value: Any) -> int:
    sys.stdout.write(f"{value if isinstance(value, str) else json.dumps(value)}\n")
    return 0


def missing(what: str = "NOT_FOUND") -> int:
    sys.stderr.write(f"{what}\n")
    return 1


def bind(policy: dict[str, list[str]], flags: dict[str, str]) -> int:
    members = policy.setdefault(flags["--role"], [])
    if flags["--member"] not in members:
        members.append(flags["--member"])
    return 0


def policy_of(policy: dict[str, list[str]]) -> int:
    return said({"bindings": [{"role": role, "members": members} for role, members in policy.items()]})


def enable(call: Call) -> int:
    call.state["services"] = sorted({*call.state["services"], *call.rest})
    return 0


def databases(call: Call) -> int:
    found = [
        {"name": f"projects/p/databases/{name}", "locationId": place} for name, place in call.state["databases"].items()
    ]
    return said(found if call.flags.get("--format") == "json" else "\n".join(one["name"] for one in found))


def create_database(call: Call) -> int:
    if "firestore.googleapis.com" not in call.state["services"]:
        return missing("SERVICE_DISABLED")
    call.state["databases"]["(default)"] = call.flags["--location"]
    return 0


def field(call: Call) -> int:
    plain = f"{call.flags['--collection-group']}/{call.rest[0]}" in call.state["unindexed"]
    return said({"indexConfig": {} if plain else {"usesAncestorConfig": True}})


def unindex(call: Call) -> int:
    call.state["unindexed"] = sorted({*call.state["unindexed"], f"{call.flags['--collection-group']}/{call.rest[0]}"})
    return 0


def ttls(call: Call) -> int:
    group = call.flags["--collection-group"]
    found = [name for name in call.state["ttls"] if name.startswith(f"{group}/")]
    return said("\n".join(f"projects/p/collectionGroups/{group}/fields/{one.partition('/')[2]}" for one in found))


def ttl(call: Call) -> int:
    call.state["ttls"] = sorted({*call.state["ttls"], f"{call.flags['--collection-group']}/{call.rest[0]}"})
    return 0


def accounts(call: Call) -> int:
    return said("\n".join(f"{name}@p.iam.gserviceaccount.com" for name in call.state["accounts"]))


def create_account(call: Call) -> int:
    if call.rest[0] in call.state["accounts"]:
        return missing("ALREADY_EXISTS")
    call.state["accounts"].append(call.rest[0])
    return 0


def account_policy(call: Call) -> int:
    return policy_of(call.state["acting"].get(call.rest[0], {}))


def bind_account(call: Call) -> int:
    return bind(call.state["acting"].setdefault(call.rest[0], {}), call.flags)


def secret(call: Call) -> int:
    return said("projects/1/secrets/bugglio") if call.state["versions"] else missing()


def create_secret(call: Call) -> int:
    call.state["versions"].append(call.given)
    return 0


def access(call: Call) -> int:
    return said(call.state["versions"][-1]) if call.state["versions"] else missing()


def sink(call: Call) -> int:
    return said({"name": "_Default", "exclusions": [{"name": name} for name in call.state["exclusions"]]})


def exclude(call: Call) -> int:
    told = call.flags["--add-exclusion"]
    call.state["exclusions"][told.split(",")[0].removeprefix("name=")] = told
    return 0


def function(call: Call) -> int:
    found = call.state["functions"].get(call.rest[0])
    return said({"state": "ACTIVE", "labels": found["labels"]}) if found else missing()


def deploy(call: Call) -> int:
    name, _, mark = call.flags["--update-labels"].partition("=")
    call.state["functions"][call.rest[0]] = {
        "labels": {name: mark},
        "flags": {n: v for n, v in call.flags.items() if n != "--quiet"},
    }
    return 0


def job(call: Call) -> int:
    found = call.state["jobs"].get(call.rest[0])
    if found is None:
        return missing()
    token = {"audience": found["--oidc-token-audience"], "serviceAccountEmail": found["--oidc-service-account-email"]}
    return said({"schedule": found["--schedule"], "httpTarget": {"uri": found["--uri"], "oidcToken": token}})


def make_job(call: Call) -> int:
    call.state["jobs"][call.rest[0]] = {name: value for name, value in call.flags.items() if name != "--quiet"}
    return 0


ACTS = (
    (("auth", "list"), lambda call: said(call.state["login"])),
    (("config", "get-value", "project"), lambda call: said(call.state["project"] or "(unset)")),
    (("projects", "describe"), lambda _: said("123456")),
    (("billing", "projects", "describe"), lambda call: said(str(call.state["billing"]))),
    (("services", "list"), lambda call: said("\n".join(call.state["services"]))),
    (("services", "enable"), enable),
    (("firestore", "databases", "list"), databases),
    (("firestore", "databases", "create"), create_database),
    (("firestore", "indexes", "fields", "describe"), field),
    (("firestore", "indexes", "fields", "update"), unindex),
    (("firestore", "fields", "ttls", "list"), ttls),
    (("firestore", "fields", "ttls", "update"), ttl),
    (("iam", "service-accounts", "list"), accounts),
    (("iam", "service-accounts", "create"), create_account),
    (("iam", "service-accounts", "get-iam-policy"), account_policy),
    (("iam", "service-accounts", "add-iam-policy-binding"), bind_account),
    (("projects", "get-iam-policy"), lambda call: policy_of(call.state["roles"])),
    (("projects", "add-iam-policy-binding"), lambda call: bind(call.state["roles"], call.flags)),
    (("secrets", "describe"), secret),
    (("secrets", "create"), create_secret),
    (("secrets", "versions", "access"), access),
    (("secrets", "versions", "add"), create_secret),
    (("secrets", "get-iam-policy"), lambda call: policy_of(call.state["readers"])),
    (("secrets", "add-iam-policy-binding"), lambda call: bind(call.state["readers"], call.flags)),
    (("logging", "sinks", "describe"), sink),
    (("logging", "sinks", "update"), exclude),
    (("functions", "describe"), function),
    (("functions", "deploy"), deploy),
    (("scheduler", "jobs", "describe"), job),
    (("scheduler", "jobs", "create", "http"), make_job),
    (("scheduler", "jobs", "update", "http"), make_job),
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
