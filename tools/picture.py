"""
Pictures from the running program: `python -m tools.picture` takes those of the README and of docs/admin.md.

With `--all FOLDER` every kind of admin page is taken, light and dark, wide and narrow, for whoever wants to look.
"""

import argparse
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30.0
WIDE, NARROW = 1280, 360
ADMIN = "+14155550101"
SHOWN = {"status": "", "schedule": "schedule", "figures": "figures"}
"""The pages of the README, by the names of their pictures."""
MOST = 60
"""So many pages are taken at most."""
Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Running:
    """A `run`, by its addresses and its folder."""

    data: str
    pages: str
    phones: str

    def link(self) -> str:
        """An address that logs the admin in."""
        command = [sys.executable, "-m", "bugglio", "login", ADMIN, "--data", self.data]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout.split()[0]


def main(arguments: Sequence[str]) -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="tools.picture", description="Take pictures of the running program.")
    parser.add_argument("--all", metavar="FOLDER", type=Path, help="of every admin page, instead of docs' own")
    asked = parser.parse_args(arguments)
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed: sudo apt-get install chromium", file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    with _browser(chromium) as browser:
        if asked.all is None:
            with _running() as fresh:
                _phones(browser, fresh.phones)
        with _running(lived=True) as lived:
            _admin(browser, lived, asked.all)
    return 0


@contextmanager
def _browser(chromium: str) -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def _running(*, lived: bool = False) -> Iterator[Running]:
    """A run in a folder of its own: empty, or with weeks of a small company's life in it."""
    with tempfile.TemporaryDirectory() as data:
        if lived:
            subprocess.run([sys.executable, "-m", "tools.demo", data], cwd=ROOT, check=True, capture_output=True)
        command = [sys.executable, "-m", "bugglio", "run", "--port", "0", "--data", data]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            told = _addresses(process)
            yield Running(data, told["pages"], told["phones"])
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _addresses(process: "subprocess.Popen[str]") -> dict[str, str]:
    """What the run prints of its addresses."""
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.put(line)

    threading.Thread(target=read, daemon=True).start()
    return dict(lines.get(timeout=PATIENCE).split()[:2] for _ in range(3))


def _phones(browser: "Browser", address: str) -> None:
    """A page, its answer, and another page."""
    page = browser.new_page(viewport={"width": WIDE, "height": 800})
    page.goto(address)
    page.get_by_role("button", name="New error").first.click()
    page.get_by_text("Reply ack").first.wait_for()
    box = page.get_by_role("textbox").first
    box.fill("ack")
    box.press("Enter")
    page.get_by_text("Acked").first.wait_for()
    page.get_by_role("button", name="A timeout in web").first.click()
    page.get_by_text("delivered").nth(2).wait_for()
    page.mouse.move(5, 5)
    _take(page, PICTURES / "phones.png")
    page.close()


def _admin(browser: "Browser", running: Running, folder: Path | None) -> None:
    context = browser.new_context(viewport={"width": WIDE, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.goto(running.link())
    page.get_by_role("button").first.click()
    page.wait_for_url(re.compile(r"/admin/?$"))
    if folder is None:
        for name, path in SHOWN.items():
            page.goto(f"{running.pages}/{path}".rstrip("/"))
            _take(page, PICTURES / f"{name}.png")
        page.set_viewport_size({"width": NARROW, "height": 740})
        page.emulate_media(color_scheme="dark")
        page.goto(running.pages)
        _take(page, PICTURES / "status-dark-narrow.png")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for address in list(_walked(page, running.pages)):
        _look(page, address, folder)


def _walked(page: "Page", begin: str) -> Iterator[str]:
    """Addresses of each kind of page, as links lead to them."""
    waiting, seen, kinds = [begin], {begin}, set[str]()
    while waiting and len(kinds) < MOST:
        address = waiting.pop(0)
        kind = _kind(address)
        if kind in kinds:
            continue
        answer = page.goto(address)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        kinds.add(kind)
        yield address
        for link in page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)"):
            bare = str(link).partition("#")[0]
            if bare.startswith(begin) and bare not in seen and "/calendar/" not in bare and "/export" not in bare:
                seen.add(bare)
                waiting.append(bare)


def _kind(address: str) -> str:
    """What of an address is not about one alert, person or time."""
    path, _, query = address.partition("?")
    path = re.sub(r"[0-9a-f]{16,}|\b\d+\b", "ID", path)
    path = re.sub(r"/(engineers|teams|rotations|steps|pages)/[^/]+", r"/\1/NAME", path)
    return f"{path}?{'&'.join(sorted({part.partition('=')[0] for part in query.split('&')}))}"


def _look(page: "Page", address: str, folder: Path) -> None:
    name = re.sub(r"[^a-z0-9]+", "-", address.partition("/admin")[2].lower()).strip("-")[:60] or "status"
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        for width in (WIDE, NARROW):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(address)
            page.screenshot(path=folder / f"{name}-{scheme}-{width}.png", full_page=True)
    print(f"{name}  {address}")


def _take(page: "Page", where: Path) -> None:
    page.screenshot(path=where)
    print(where.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
