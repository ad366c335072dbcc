"""What the pages say is so: settings, links, versions, pins."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import bugglio
from bugglio.config import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
PIN = re.compile(r"([A-Za-z0-9._-]+)==([^\s;]+)(?: ; (.+?))?$")


def pins(name: str) -> dict[str, str]:
    """Each package that a requirements file installs, and its version."""
    found: dict[str, str] = {}
    for line in (ROOT / name).read_text().splitlines():
        if line and not line.startswith((" ", "#")):
            matched = PIN.fullmatch(line.removesuffix("\\").strip())
            assert matched, f"{name}: not pinned exactly: {line}"
            found[matched[1]] = matched[2]
    return found


def asked(name: str) -> set[str]:
    """The packages that an .in file asks for by name."""
    lines = (ROOT / name).read_text().splitlines()
    return {line.strip().lower() for line in lines if line.strip() and not line.startswith(("#", "-"))}


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings make, as GitHub names them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_readme_lists_each_setting_once() -> None:
    rows = re.findall(r"^\| (.+?) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    known = {setting.name for setting in SETTINGS}

    listed = [name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]{4,})`", row)]

    assert sorted(known) == sorted(listed)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert [] == broken


def test_the_first_page_leads_to_each_page() -> None:
    first = ROOT / "docs" / "README.md"
    led = {
        (first.parent / link.partition("#")[0]).resolve() for link in re.findall(r"\]\(([^)]+)\)", first.read_text())
    }

    assert set() == {page for page in (ROOT / "docs").rglob("*.md") if page != first} - led


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_file_that_a_page_names_is_there(page: Path) -> None:
    spans = re.findall(r"`((?:bugglio|docs|tests|tools)/[\w./-]+)`", page.read_text())

    assert [] == [span for span in spans if not (ROOT / span).exists()]


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_no_data_folder_is_committed_or_uploaded_with_a_build(tmp_path: Path) -> None:
    # gcloud builds submit reads .gitignore too; a folder of a real phone holds numbers and the webhook's token.
    folders = {"data", *re.findall(r"--data \./([\w-]+)", (ROOT / "README.md").read_text()), "some/other"}
    names = ["settings.json", "settings.json.new", "bugglio.db", "bugglio.db-wal", "bugglio.db-shm", "simulator.jsonl"]
    paths = sorted(f"{folder}/{name}" for folder in folders for name in names)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    shutil.copy(ROOT / ".gitignore", tmp_path)

    said = subprocess.run(["git", "check-ignore", *paths], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert paths == said.stdout.splitlines()


def test_the_changelog_begins_with_this_version() -> None:
    versions = re.findall(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert bugglio.__version__ == versions[0]
    assert sorted(versions, key=lambda version: [int(part) for part in version.split(".")], reverse=True) == versions


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_each_pin_is_exact_and_has_its_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=[a-z])", (ROOT / name).read_text())[1:]

    assert len(pins(name)) == len(blocks)
    assert [] == [block.split()[0] for block in blocks if "--hash=sha256:" not in block]


def test_what_is_asked_for_is_pinned() -> None:
    assert asked("requirements.in") <= set(pins("requirements.txt"))
    assert asked("requirements-dev.in") <= set(pins("requirements-dev.txt"))


def test_the_checks_run_on_what_is_deployed() -> None:
    deployed, checked = pins("requirements.txt"), pins("requirements-dev.txt")

    assert deployed == {name: checked.get(name) for name in deployed}


def test_google_finds_its_framework_in_the_pins() -> None:
    # Its builder installs a functions-framework of its own, without a hash, when no line begins with that name.
    assert re.search(r"^functions-framework==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)


def test_each_command_that_the_readme_names_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z ]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    known = {name for target in targets for name in target.split()}

    for page in PAGES:
        said = set(re.findall(r"`make ([a-z]+)", page.read_text()))
        assert said <= known, page
