"""Google's command line: what it is asked, what it is to do, and why it may refuse."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bugglio.laptop import Unusable

INSTALL = "gcloud is not installed: https://cloud.google.com/sdk/docs/install, then gcloud auth login."
SHOWN = 20
"""So many lines of what gcloud said last are shown when it is not known what they mean."""
NO_BILLING = (
    "The project has no billing. Switch it on at https://console.cloud.google.com/billing/linkedaccount?project={p}"
    " (functions are built by Cloud Build, which asks for it; a small team stays within the free tier)."
)
POLICY = (
    "A policy of your organization forbids functions that anybody may call (iam.allowedPolicyMemberDomains). Bugsnag"
    " and Twilio have no Google account, and each door proves its caller itself: have an administrator of the"
    " organization make an exception for this project (docs/deploy.md)."
)
BUILDER = (
    "The account that builds lacks a role. It was given those of docs/deploy.md, step 3, which take a minute or two to"
    " work: run this again."
)
NOBODY = "gcloud has nobody logged in: gcloud auth login, as an owner of the project."
LOG_IN = r"No credentialed accounts|gcloud auth login"
"""What it says on standard error where it has no account."""
NOT_READY = "A service was switched on a moment ago and is not ready: wait a minute, and run this again."
NOT_ALLOWED = (
    "The account that is logged in may not do this: an owner of the project may (gcloud config set account …)."
)
QUOTA = "A quota of the project is used up: https://console.cloud.google.com/iam-admin/quotas?project={p}"
FAULTS = (
    (r"\bbilling\b.*(not enabled|disabled|not found|must be enabled)|billing_disabled", NO_BILLING),
    (r"allowedpolicymemberdomains|permitted customer|organization policy", POLICY),
    (r"build service account|storage\.objects\.get|could not build the function.*permission", BUILDER),
    (r"reauthentication|auth login|no active account|invalid_grant|refresh token", NOBODY),
    (r"has not been used in project|service_disabled|it is disabled", NOT_READY),
    (r"permission_denied|does not have permission|forbidden", NOT_ALLOWED),
    (r"quota", QUOTA),
)
"""What stops fresh projects, by what gcloud says of it, the most telling first."""


@dataclass(frozen=True)
class Do:
    """One call that changes something."""

    words: tuple[str, ...]
    given: str = ""
    """On its standard input: never shown."""

    def __str__(self) -> str:
        """As somebody would type it."""
        return f"gcloud {shlex.join(self.words)}"


@dataclass(frozen=True)
class Said:
    """What gcloud said."""

    status: int
    out: str
    err: str


class Gcloud:
    """Calls it for one project."""

    def __init__(self, project: str = "") -> None:
        self.project = project

    def ask(self, *words: str) -> str:
        """What it answers; empty when it refuses: what is not there, and what cannot be seen yet, are alike."""
        said = _called((*words, *self._where()))
        return said.out.strip() if said.status == 0 else ""

    def refuses(self, *words: str) -> bool:
        """Whether it will not answer, or says that nobody is logged in."""
        said = _called((*words, *self._where()))
        return said.status != 0 or (not said.out.strip() and re.search(LOG_IN, said.err) is not None)

    def facts(self, *words: str) -> Any:
        """The same as JSON; None when there is none."""
        try:
            return json.loads(self.ask(*words, "--format=json") or "null")
        except ValueError:
            return None

    def do(self, call: Do) -> None:
        """Let it do something. Raises `Unusable` with what that means."""
        said = _called((*call.words, *self._where(), "--quiet"), call.given)
        if said.status:
            raise Unusable(self._meaning(call, said))

    def _where(self) -> Sequence[str]:
        return (f"--project={self.project}",) if self.project else ()

    def _meaning(self, call: Do, said: Said) -> str:
        told = f"{said.err}\n{said.out}"
        known = next(
            (sentence for pattern, sentence in FAULTS if re.search(pattern, told, re.DOTALL | re.IGNORECASE)), ""
        )
        last = "\n  ".join(["gcloud said:", *said.err.strip().splitlines()[-SHOWN:]])
        again = "What was done stays; the same command goes on from here."
        meaning = known.format(p=self.project) if known else ""
        return "\n".join(filter(None, (f"This failed: {call}", last, meaning, again)))


def _called(words: Sequence[str], given: str = "") -> Said:
    program = shutil.which("gcloud")
    if program is None:
        raise Unusable(INSTALL)
    done = subprocess.run(  # noqa: S603 - the words are ours, and no shell reads them
        [program, *words], input=given, capture_output=True, text=True, check=False
    )
    return Said(done.returncode, done.stdout, done.stderr)
