"""
Traffic of the functions while cloudbuild.yaml deploys a version: none reaches it before it has been checked.

`hold` keeps traffic at the revisions that have it, whatever is deployed then; `offer` gives each newest revision an
address of its own and writes these down for `doctor --at`; `serve` lets traffic go to them. Functions of the second
generation are services of Cloud Run, under the same names. It needs nothing but Python and gcloud.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TAG = "candidate"
Service = dict[str, Any]


class Failed(Exception):
    """It cannot go on, and why, in a sentence."""


@dataclass(frozen=True)
class Where:
    """The functions, and where they are."""

    names: Sequence[str]
    project: str
    region: str

    def gcloud(self, *words: str) -> str:
        """What it says; raises `Failed` where it refuses."""
        place = (f"--project={self.project}", f"--region={self.region}", "--quiet")
        done = subprocess.run(["gcloud", *words, *place], stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise Failed(f"This failed: gcloud {' '.join(words)}")
        return done.stdout

    def services(self) -> dict[str, Service]:
        """Those of the functions that there are, by name."""
        found = json.loads(self.gcloud("run", "services", "list", "--format=json"))
        named = {one["metadata"]["name"]: one for one in found}
        return {name: named[name] for name in self.names if name in named}

    def direct(self, name: str, *flags: str) -> None:
        """Change where a function's traffic goes."""
        self.gcloud("run", "services", "update-traffic", name, *flags)


def serving(service: Service) -> dict[str, int]:
    """Which revisions have how many percent of the traffic."""
    told = service.get("status", {}).get("traffic") or []
    return {one["revisionName"]: one["percent"] for one in told if one.get("percent") and one.get("revisionName")}


def hold(where: Where) -> None:
    """Keep traffic where it is. A function that is not there yet has none, and its first version gets it at once."""
    for name, service in where.services().items():
        shares = ",".join(f"{revision}={percent}" for revision, percent in serving(service).items())
        if shares:
            where.direct(name, f"--to-revisions={shares}")


def offer(where: Where, file: Path) -> None:
    """Give the newest revisions addresses, and write these down."""
    for name, service in where.services().items():
        where.direct(name, f"--update-tags={TAG}={newest(name, service)}")
    services = where.services()
    missing = [name for name in where.names if name not in services]
    if missing:
        raise Failed(f"There is no service {', '.join(missing)}.")
    file.write_text("".join(f"{name} {address(name, one)}\n" for name, one in services.items()), encoding="utf-8")


def newest(name: str, service: Service) -> str:
    """The revision that was made last, which must be able to serve."""
    status = service.get("status", {})
    made = status.get("latestCreatedRevisionName")
    if not made or made != status.get("latestReadyRevisionName"):
        raise Failed(f"The newest revision of {name} is not ready.")
    return str(made)


def address(name: str, service: Service) -> str:
    """Where the newest revision is reached, and it alone."""
    for one in service["status"].get("traffic") or []:
        if one.get("tag") == TAG and one.get("url"):
            return f"{str(one['url']).rstrip('/')}/"
    raise Failed(f"The newest revision of {name} has no address of its own.")


def serve(where: Where) -> None:
    """Let all traffic go to the newest revisions, and to those that come after."""
    for name in where.names:
        where.direct(name, f"--remove-tags={TAG}", "--to-latest")


def main(arguments: Sequence[str]) -> int:
    """Do one of them; 1: a fault, told on standard error."""
    parser = argparse.ArgumentParser(prog="tools/rollout.py", description=str(__doc__).splitlines()[1])
    parser.add_argument("step", choices=("hold", "offer", "serve"))
    parser.add_argument("names", nargs="+", metavar="NAME")
    parser.add_argument("--project", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--file", type=Path, help="where `offer` writes the addresses")
    asked = parser.parse_args(arguments)
    where = Where(asked.names, asked.project, asked.region)
    if (asked.step == "offer") is (asked.file is None):
        parser.error("offer, and it alone, needs --file")
    try:
        if asked.step == "offer":
            offer(where, asked.file)
        else:
            {"hold": hold, "serve": serve}[asked.step](where)
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
