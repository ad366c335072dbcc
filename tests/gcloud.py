"""
The `gcloud` commands that the project tells people and Cloud Build to run, and what the installed gcloud knows.

A command is a list of words as a shell would split them; `$PROJECT` and the like stay as they stand.
"""

import functools
import itertools
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
VERBS = re.compile(
    r"access|add|add-iam-policy-binding|create|deploy|describe|enable|get-value|list|login|read|set|submit|update"
    r"|update-traffic|run"
)
KINDS = ("http", "github")
"""Of creating."""
LOOP = re.compile(r"for (\w+) in ([^;]+); do\s*")
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Command:
    """One call of gcloud and where it stands."""

    source: str
    words: tuple[str, ...]

    @property
    def path(self) -> tuple[str, ...]:
        """The words before the first flag: the command, and what it is to be done to."""
        end = next((i for i, word in enumerate(self.words) if word.startswith("-")), len(self.words))
        return self.words[:end]

    @property
    def command(self) -> tuple[str, ...]:
        """The command alone: up to its verb, and what kind it creates; `run` is a verb only at the end of a group."""
        words = enumerate(self.path)
        verb = next((i for i, word in words if VERBS.fullmatch(word) and (i or word != "run")), len(self.path))
        return self.path[: verb + (2 if "".join(self.path[verb + 1 : verb + 2]) in KINDS else 1)]

    @property
    def flags(self) -> dict[str, str]:
        """Each flag and its value; a flag that takes none has an empty one."""
        pairs = (word.partition("=") for word in self.words if word.startswith("-"))
        return {name: value for name, _, value in pairs}

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a deployment sets."""
        pairs = (pair.partition("=") for pair in self.flags.get("--set-env-vars", "").split(",") if pair)
        return {name: value for name, _, value in pairs}


def build() -> dict[str, Any]:
    """cloudbuild.yaml as it is read."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "cloudbuild.yaml").read_text())
    return loaded


def steps() -> dict[str, Command]:
    """Each step of cloudbuild.yaml that calls gcloud, by its id."""
    return {
        step["id"]: Command(f"cloudbuild.yaml, step {step['id']}", tuple(step["args"]))
        for step in build()["steps"]
        if step.get("entrypoint") == "gcloud"
    }


def documented(path: Path) -> Iterator[Command]:
    """Each gcloud command in a page's shell blocks and code spans; a span with `…` in it is no command."""
    text = path.read_text()
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in unrolled(block.replace("\\\n", " ").splitlines())]
    spans = re.findall(
        r"(?<!`)`(gcloud [^`\n]+)`", re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    )
    for line in [*lines, *spans]:
        found = re.search(r"\bgcloud (.*)", line)
        if found and "…" not in line and not line.lstrip().startswith("#"):
            yield Command(path.name, tuple(words(found.group(1))))


def words(text: str) -> Iterator[str]:
    """The words of a shell's command, up to a pipe, a semicolon, or the end of what it is in."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    yield from itertools.takewhile(lambda word: not set(word) <= set("();<>|&"), lexer)


def unrolled(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a shell block, those of a loop once for each of its words."""
    rest = iter(lines)
    for line in rest:
        loop = LOOP.fullmatch(line)
        if loop is None:
            yield line
            continue
        body = list(itertools.takewhile(lambda one: one.strip() != "done", rest))
        for word in loop[2].split():
            yield from (re.sub(rf"\${loop[1]}\b", word, one) for one in body)


def everywhere() -> list[Command]:
    """All of them."""
    pages = [page for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if page.exists()]
    return [*steps().values(), *(command for page in pages for command in documented(page))]


def installed() -> str | None:
    """The gcloud of this machine."""
    return shutil.which("gcloud")


@functools.cache
def _settings() -> str:
    """A folder of gcloud's own, so that nobody's account or project plays a part."""
    return tempfile.mkdtemp(prefix="gcloud-")


def gcloud(*words: str) -> subprocess.CompletedProcess[str]:
    """Run it, offline."""
    environment = {**os.environ, "CLOUDSDK_CONFIG": _settings(), "CLOUDSDK_CORE_DISABLE_PROMPTS": "1"}
    command = [str(installed()), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)


@functools.cache
def known_flags(command: tuple[str, ...]) -> frozenset[str]:
    """The flags that `gcloud COMMAND --help` names; empty when gcloud knows no such command."""
    asked = gcloud(*command, "--help")
    text = ESCAPES.sub("", asked.stdout)
    if asked.returncode or "SYNOPSIS" not in text:
        return frozenset()
    names = set(re.findall(r"--(?:\[no-\])?[a-z0-9][a-z0-9-]*", text))
    return frozenset({name.replace("[no-]", part) for name in names for part in ("", "no-")})
