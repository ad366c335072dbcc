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

Answer = tuple[int, str, str]
DONE: Answer = (0, "", "")
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
        status, out, err = answered(Path(os.environ["FAKE_GCLOUD"]), words, given)
    except Stopped:
        os.kill(os.getppid(), signal.SIGKILL)
        return 0
    sys.stdout.write(out)
    sys.stderr.write(err)
    return status


def answered(file: Path, words: list[str], given: str) -> Answer:
    """Status, output and errors; raises `Stopped` after the change that was to be the last."""
    reads = any(word in READS for word in words)
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = json.loads(file.read_text())
        state["calls"].append(words)
        found = answer(state, words, given)
        state["changes"] += found[0] == 0 and not reads
        file.write_text(json.dumps(state))
    if state.get("stop_after") == state["changes"] and not reads:
        raise Stopped
    return found


def answer(state: dict[str, Any], words: list[str], given: str) -> Answer:
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


def said(value: Any) -> Answer:
    return 0, f"{value if isinstance(value, str) else json.dumps(value)}\n", ""


def missing(what: str = "NOT_FOUND") -> Answer:
    return 1, "", f"{what}\n"


def bind(policy: dict[str, list[str]], flags: dict[str, str]) -> Answer:
    members = policy.setdefault(flags["--role"], [])
    if flags["--member"] not in members:
        members.append(flags["--member"])
    return DONE


def policy_of(policy: dict[str, list[str]]) -> Answer:
    return said({"bindings": [{"role": role, "members": members} for role, members in policy.items()]})


def logins(call: Call) -> Answer:
    return said(call.state["login"]) if call.state["login"] else (0, "", "No credentialed accounts.\n")


def enable(call: Call) -> Answer:
    call.state["services"] = sorted({*call.state["services"], *call.rest})
    return DONE


def databases(call: Call) -> Answer:
    found = [
        {"name": f"projects/p/databases/{name}", "locationId": place} for name, place in call.state["databases"].items()
    ]
    return said(found if call.flags.get("--format") == "json" else "\n".join(one["name"] for one in found))


def create_database(call: Call) -> Answer:
    if "firestore.googleapis.com" not in call.state["services"]:
        return missing("SERVICE_DISABLED")
    call.state["databases"]["(default)"] = call.flags["--location"]
    return DONE


def field(call: Call) -> Answer:
    plain = f"{call.flags['--collection-group']}/{call.rest[0]}" in call.state["unindexed"]
    return said({"indexConfig": {} if plain else {"usesAncestorConfig": True}})


def unindex(call: Call) -> Answer:
    call.state["unindexed"] = sorted({*call.state["unindexed"], f"{call.flags['--collection-group']}/{call.rest[0]}"})
    return DONE


def ttls(call: Call) -> Answer:
    group = call.flags["--collection-group"]
    found = [name for name in call.state["ttls"] if name.startswith(f"{group}/")]
    return said("\n".join(f"projects/p/collectionGroups/{group}/fields/{one.partition('/')[2]}" for one in found))


def ttl(call: Call) -> Answer:
    call.state["ttls"] = sorted({*call.state["ttls"], f"{call.flags['--collection-group']}/{call.rest[0]}"})
    return DONE


def accounts(call: Call) -> Answer:
    return said("\n".join(f"{name}@p.iam.gserviceaccount.com" for name in call.state["accounts"]))


def create_account(call: Call) -> Answer:
    if call.rest[0] in call.state["accounts"]:
        return missing("ALREADY_EXISTS")
    call.state["accounts"].append(call.rest[0])
    return DONE


def account_policy(call: Call) -> Answer:
    return policy_of(call.state["acting"].get(call.rest[0], {}))


def bind_account(call: Call) -> Answer:
    return bind(call.state["acting"].setdefault(call.rest[0], {}), call.flags)


def secret(call: Call) -> Answer:
    return said("projects/1/secrets/bugglio") if call.state["versions"] else missing()


def create_secret(call: Call) -> Answer:
    call.state["versions"].append(call.given)
    return DONE


def access(call: Call) -> Answer:
    return said(call.state["versions"][-1]) if call.state["versions"] else missing()


def sink(call: Call) -> Answer:
    found = [{"name": name, "filter": told} for name, told in call.state["exclusions"].items()]
    return said({"name": "_Default", "exclusions": found})


def exclude(call: Call) -> Answer:
    told = call.flags.get("--add-exclusion") or call.flags["--update-exclusion"]
    name, _, filtered = told.removeprefix("name=").partition(",filter=")
    if (name in call.state["exclusions"]) != ("--update-exclusion" in call.flags):
        return missing(f"the exclusion {name}")
    call.state["exclusions"][name] = filtered
    return DONE


def function(call: Call) -> Answer:
    found = call.state["functions"].get(call.rest[0])
    return said({"state": "ACTIVE", "labels": found["labels"]}) if found else missing()


def deploy(call: Call) -> Answer:
    name, _, mark = call.flags["--update-labels"].partition("=")
    call.state["functions"][call.rest[0]] = {
        "labels": {name: mark},
        "flags": {n: v for n, v in call.flags.items() if n != "--quiet"},
    }
    return DONE


def job(call: Call) -> Answer:
    found = call.state["jobs"].get(call.rest[0])
    if found is None:
        return missing()
    token = {"audience": found["--oidc-token-audience"], "serviceAccountEmail": found["--oidc-service-account-email"]}
    return said({"schedule": found["--schedule"], "httpTarget": {"uri": found["--uri"], "oidcToken": token}})


def make_job(call: Call) -> Answer:
    call.state["jobs"][call.rest[0]] = {name: value for name, value in call.flags.items() if name != "--quiet"}
    return DONE


ACTS = (
    (("auth", "list"), logins),
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
