"""Take the README's picture of the phones, from the running program: `python -m tools.picture`."""

import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "phones.png"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30.0


def main() -> int:
    """Start a run in an empty folder, let something happen, and take the picture."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed: sudo apt-get install chromium", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "bugglio", "run", "--port", "0", "--data", data]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            take(chromium, phones(process))
        finally:
            process.terminate()
            process.wait(PATIENCE)
    print(PICTURE.relative_to(ROOT))
    return 0


def phones(process: "subprocess.Popen[str]") -> str:
    """The address of the phones, once the run has printed it."""
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.put(line)

    threading.Thread(target=read, daemon=True).start()
    while True:
        line = lines.get(timeout=PATIENCE)
        if line.startswith("phones "):
            return line.split()[1]


def take(chromium: str, address: str) -> None:
    """A page, its answer, and another page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
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
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
