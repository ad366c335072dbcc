"""What a deployment consists of: services, accounts and their roles, functions and their limits."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bugglio.store.fields import FADES

ROOT = Path(__file__).resolve().parents[3]
SERVICES = (
    "artifactregistry.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudscheduler.googleapis.com",
    "firestore.googleapis.com",
    "iam.googleapis.com",
    "logging.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
)
RUNNER, TICKER, BUILDER = "bugglio", "bugglio-tick", "bugglio-build"
ACCOUNTS: Mapping[str, str] = {
    RUNNER: "bugglio: the functions",
    TICKER: "bugglio: calls /tick each minute",
    BUILDER: "bugglio: builds and deploys",
}
ROLES: Mapping[str, tuple[str, ...]] = {
    RUNNER: ("roles/datastore.user",),
    BUILDER: (
        "roles/datastore.user",
        "roles/logging.logWriter",
        "roles/artifactregistry.writer",
        "roles/storage.objectViewer",
        "roles/cloudfunctions.developer",
        "roles/run.admin",
    ),
}
"""In the project. Who builds may act as the accounts of ACTS_AS; READERS may read the one secret."""
ACTS_AS = (RUNNER, BUILDER)
READERS = (RUNNER, BUILDER)
"""Who builds looks whether what it has built works (`doctor`), for which it needs what the functions need."""
FADING = ("pages", "texts", "presses", "logins")
"""Collections whose documents end by themselves ..."""
UNSEARCHED = (
    ("timeline", "alerts"),
    ("book", "roster"),
    ("covers", "overrides"),
    ("sums", "figures"),
    *((FADES, group) for group in FADING),
)
"""Fields that nothing searches, long ones and times, and their collections: an index would cost with each write."""
SECRET = "bugglio"  # noqa: S105 - its name
EXCLUSION = "bugglio-webhook-token"
HIDDEN = 'resource.type="cloud_run_revision" AND httpRequest.requestUrl=~"[?&]token=|/login/link/|/calendar/"'
"""Lines of Google's request log with a secret in the address: the webhook's token, a login's link, a calendar's."""
RUNTIME = "python313"
JOB = "bugglio-tick"
DATABASE = "(default)"
LABEL = "bugglio"


@dataclass(frozen=True)
class Function:
    """One function: its name, its entry point, and how much of it there may be."""

    name: str
    entry: str
    instances: int
    seconds: int = 30


DOORS = (
    Function("bugsnag", "bugsnag", 10),
    Function("sms", "sms", 5),
    Function("sms-status", "sms_status", 5),
    Function("tick", "tick", 3, seconds=120),
    Function("admin", "admin", 3),
)
SINGLE = (Function("bugglio", "bugglio", 10, seconds=120),)
"""All doors in one function, which the tick keeps warm."""


@dataclass(frozen=True)
class Place:
    """Where it is deployed."""

    project: str
    region: str
    single: bool = False
    own: str = ""
    """A public address of one's own, which leads to the functions."""

    @property
    def functions(self) -> tuple[Function, ...]:
        """Those that are deployed."""
        return SINGLE if self.single else DOORS

    @property
    def public_url(self) -> str:
        """Where the doors are."""
        if self.own:
            return self.own
        base = f"https://{self.region}-{self.project}.cloudfunctions.net"
        return f"{base}/{SINGLE[0].name}" if self.single else base

    def account(self, name: str) -> str:
        """A service account's address."""
        return f"{name}@{self.project}.iam.gserviceaccount.com"

    def environment(self) -> str:
        """What each function is told."""
        told = {
            "THREADS": "64",
            "GOOGLE_CLOUD_PROJECT": self.project,
            "BUGGLIO_SECRET": SECRET,
            "BUGGLIO_PUBLIC_URL": self.public_url,
            "BUGGLIO_SCHEDULER_ACCOUNT": self.account(TICKER),
        }
        return ",".join(f"{name}={text}" for name, text in told.items())

    def deployment(self, function: Function) -> tuple[str, ...]:
        """The words that deploy a function."""
        builder = f"projects/{self.project}/serviceAccounts/{self.account(BUILDER)}"
        return (
            *("functions", "deploy", function.name, "--gen2", f"--entry-point={function.entry}"),
            *(f"--region={self.region}", f"--runtime={RUNTIME}", f"--source={ROOT}", "--trigger-http"),
            *("--allow-unauthenticated", f"--service-account={self.account(RUNNER)}"),
            f"--build-service-account={builder}",
            *("--concurrency=64", "--cpu=1", "--memory=512Mi", f"--timeout={function.seconds}s"),
            *(f"--max-instances={function.instances}", f"--set-env-vars={self.environment()}"),
            # Where a build was stopped by its check, traffic is held at the version before.
            "--serve-all-traffic-latest-revision",
        )

    def marked(self, function: Function) -> tuple[str, ...]:
        """The same with the mark by which a later run knows that this very source is deployed so."""
        words = self.deployment(function)
        return (*words, f"--update-labels={LABEL}={mark(words)}")


def mark(words: tuple[str, ...]) -> str:
    """What is deployed, and how, in a word that a label takes."""
    return hashlib.sha256("\n".join([*words, source()]).encode()).hexdigest()[:32]


@cache
def source() -> str:
    """A hash of all that goes up."""
    told = hashlib.sha256()
    for file in sorted([ROOT / "main.py", ROOT / "requirements.txt", *(ROOT / "bugglio").rglob("*")]):
        if file.is_file() and "__pycache__" not in file.parts:
            told.update(f"{file.relative_to(ROOT)}\n".encode())
            told.update(file.read_bytes())
    return told.hexdigest()
