"""
What an import brings along: the half of the import rules that import-linter does not see.

Its contracts in pyproject.toml say who may import whom; here stands what is really loaded, and what main.py may hold.
"""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SLOW = frozenset(
    {
        *("bugsnag", "google", "grpc", "requests", "twilio", "urllib3", "uvicorn", "starlette", "aiohttp"),
        *("dateutil", "icalendar", "yaml"),
    }
)
"""Libraries that cost a cold start more than they give it before they are used."""
PAGES = frozenset({"flask_wtf", "wtforms", "secure", "itsdangerous", "jinja2", "yaml"})
"""Libraries of the admin pages and of the roster file: no other door's business."""
VALUES = frozenset({"anyascii", "icalendar", "msgspec", "phonenumbers", "regex", "yaml"})
"""Libraries that compute and do nothing: pure modules may have them."""
WORLD = frozenset(
    {
        *("asyncio", "ctypes", "http", "io", "multiprocessing", "os", "pathlib", "select", "selectors", "shutil"),
        *("signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time"),
    }
)
"""The part of the standard library by which a module could do something, or learn what it was not told."""


def pure() -> list[str]:
    """The modules and packages of the lowest layer, as pyproject.toml lists them, that exist."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    lowest = next(contract for contract in contracts if contract["id"] == "layers")["layers"][-1]
    names = [name.strip(" ()") for name in lowest.split(":")]
    return [name for name in names if files(name)]


def files(name: str) -> list[Path]:
    """The files of a module, or of a package."""
    alone = ROOT / "bugglio" / f"{name}.py"
    return [alone] if alone.exists() else sorted((ROOT / "bugglio" / name).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file names in an import, wherever in it; what stands under TYPE_CHECKING too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = str(node.module)
            yield from (f"{module}.{alias.name}" for alias in node.names) if module == "bugglio" else (module,)


def loaded(statement: str) -> set[str]:
    """The names of all modules that a fresh Python has after this statement."""
    code = f"{statement}\nimport sys\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def brought_by(statement: str) -> set[str]:
    """The top names of what a statement loads; a bare Python has some already, by what lies in site-packages."""
    return {name.partition(".")[0] for name in loaded(statement) - loaded("")}


def test_main_knows_the_app_and_nothing_else_of_ours() -> None:
    types = {"flask", "werkzeug"}  # functions-framework, which loads main.py, has loaded them already

    assert {"bugglio.app"} == set(imported(ROOT / "main.py")) - types


def test_a_cold_start_loads_no_slow_library() -> None:
    assert set() == SLOW & brought_by("import bugglio.app")


def test_the_doors_load_no_slow_library() -> None:
    assert set() == SLOW & brought_by("import main")


WEBHOOK = """
import sys
from werkzeug import Request
from werkzeug.test import EnvironBuilder
from bugglio.app import build
app = build({{
    "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef", "TWILIO_AUTH_TOKEN": "token-of-tests",
    "TWILIO_CALLER_ID": "+14155550199", "TWILIO_API_URL": "http://127.0.0.1:9", "ON_DUTY": "+14155550101",
    "BUGSNAG_WEBHOOK_TOKEN": "a-webhook-token-of-tests", "FLASK_SECRET_KEY": "flask-key-of-the-tests-0123456789",
    "BUGGLIO_PUBLIC_URL": "https://bugglio.test", "BUGGLIO_STORE": "sqlite:{file}",
}})
asked = EnvironBuilder("/bugsnag?token=a-webhook-token-of-tests", method="POST", json={{}})
assert app.serve("bugsnag", Request(asked.get_environ())).status_code == 200
app.close()
"""


def test_an_event_loads_nothing_of_the_admin_pages(tmp_path: Path) -> None:
    found = loaded(WEBHOOK.format(file=tmp_path / "bugglio.db"))

    assert set() == PAGES & {name.partition(".")[0] for name in found - loaded("")}
    own = ("bugglio.admin", "bugglio.pager.logins", "bugglio.pager.browsing", "bugglio.figures.summary")
    assert [] == [name for name in found if name.startswith(own)]


@pytest.mark.parametrize("name", pure())
def test_a_pure_module_names_values_and_its_like(name: str) -> None:
    allowed = VALUES | (sys.stdlib_module_names - WORLD)
    ours = {f"bugglio.{other}" for other in pure()}

    named = {module for file in files(name) for module in imported(file)}

    strange = {
        module
        for module in named
        if ".".join(module.split(".")[:2]) not in ours and module.partition(".")[0] not in allowed
    }
    assert set() == strange


def test_pure_modules_load_nothing_of_the_world() -> None:
    statement = "; ".join(f"import bugglio.{name}" for name in pure())

    libraries = {name for name in brought_by(statement) - sys.stdlib_module_names if not name.startswith("_")}
    # msgspec brings typing_extensions along before Python 3.13, and PyYAML what it was compiled with.
    assert set() == libraries - VALUES - {"bugglio", "cython_runtime", "typing_extensions"}


def test_the_lowest_layer_is_found() -> None:
    assert {"alert", "bugsnag", "roster", "escalation", "throttle", "grammar", "wording"} <= set(pure())
