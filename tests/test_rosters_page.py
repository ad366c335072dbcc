"""Every example of docs/rosters.md can be applied and exported, and what the page shows of it is what happens."""

import gc
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bugglio.config import SETTINGS
from bugglio.roster import HOUR
from bugglio.rosterfile import read
from bugglio.schedule import Timetable
from tests.rosterfile.books import EXAMPLE
from tests.scenes import FILE, PROMPT, Scene

"""A command leaves its store open to the end of its process, and here there is one process for all."""

PAGE = Path(__file__).parents[1] / "docs" / "rosters.md"
README = PAGE.parents[1] / "README.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
APPLIED = f"{PROMPT}apply {FILE}\n"
NOTHING = "Nothing changes.\n"


@dataclass(frozen=True)
class Example:
    """A roster file, or a part of one, and what the page shows of it: commands and what they print, or a story."""

    heading: str
    text: str
    claims: list[str] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        """Whether the page shows why it cannot be applied."""
        return any(f"\n{FILE} cannot be applied:" in claim for claim in self.claims)


def examples(page: str) -> list[Example]:
    """The examples of the page, in order."""
    found: list[Example] = []
    for block in BLOCK.finditer(page):
        heading = re.findall(r"^#+ (.+)$", page[: block.start()], re.MULTILINE)[-1]
        if block[1] == "yaml":
            found.append(Example(heading, block[2]))
        elif block[1] == "text":
            found[-1].claims.append(block[2])
    return found


EXAMPLES = examples(PAGE.read_text(encoding="utf-8"))
FRAME = EXAMPLES[0].text
"""The first example: a whole file, of which the others may be parts."""


def parts(text: str, depth: int) -> dict[str, str]:
    """The entries of a map at this depth, by key."""
    pieces = re.split(rf"^(?= {{{depth}}}\S)", text, flags=re.MULTILINE)
    assert not pieces[0], f"something stands less deep: {text}"
    return {piece.split(":")[0]: piece for piece in pieces[1:]}


def whole(text: str) -> str:
    """A part of a file in the first example, where its own keys take the place of that one's; a whole file as it is."""
    depth = len(text) - len(text.lstrip(" "))
    outer, team = FRAME.split("  shop:\n")
    if depth == 4:
        return f"{outer}  shop:\n" + "".join({**parts(team, 4), **parts(text, 4)}.values())
    return FRAME + text if depth == 2 else "".join({**parts(FRAME, 0), **parts(text, 0)}.values())


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Scene]:
    """An empty folder on a laptop, with nothing of bugglio in its environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("K_SERVICE", *(setting.name for setting in SETTINGS)):
        monkeypatch.delenv(name, raising=False)
    yield Scene(tmp_path, capsys)
    gc.collect()


def set_up(scene: Scene, example: Example) -> None:
    """The folder as the example finds it: a part of a file changes a roster that is there."""
    text = whole(example.text)
    if text != example.text:
        scene.write(FRAME)
        scene.apply()
    scene.write(text)


each = pytest.mark.parametrize("example", EXAMPLES, ids=[f"{one.heading} {n}" for n, one in enumerate(EXAMPLES)])


@each
def test_what_the_page_shows_of_an_example_is_what_happens(scene: Scene, example: Example) -> None:
    set_up(scene, example)
    if not any(APPLIED in claim for claim in example.claims):
        scene.apply()

    assert example.claims == [scene.show(claim) for claim in example.claims]


@each
def test_an_example_is_applied_and_exported_to_the_same_meaning(scene: Scene, example: Example) -> None:
    set_up(scene, example)
    status, told = scene.run(f"apply {FILE}")
    assert int(example.is_wrong) == status, told
    if example.is_wrong:
        assert 1 == scene.run("export")[0]
        return

    _, exported = scene.run("export")
    assert read(whole(example.text)).book == read(exported).book
    scene.write(exported)
    assert scene.apply().endswith(NOTHING)
    assert (0, exported) == scene.run("export")


def test_the_last_example_is_the_whole_form() -> None:
    assert read(EXAMPLE).book == read(EXAMPLES[-1].text).book


def test_the_page_shows_what_comes_of_each_example() -> None:
    assert [] == [one.heading for one in EXAMPLES if not one.claims]
    assert len(EXAMPLES) >= 25


def test_the_first_page_shows_a_file_that_can_be_applied(scene: Scene) -> None:
    [(_, text)] = [block for block in BLOCK.findall(README.read_text(encoding="utf-8")) if block[0] == "yaml"]
    scene.write(text)

    assert scene.apply().endswith("Applied version 1.\n")
    assert "shop primary: ana until 2026-01-12 09:00 UTC, then ben\n" == scene.run("who --at 2026-01-05T09:00Z")[1]


def test_who_follows_the_sun_is_never_alone_with_the_night() -> None:
    [example] = [one for one in EXAMPLES if one.heading == "Follow the sun"]
    [team] = read(whole(example.text)).book.teams.values()
    table, start = Timetable(team), int(datetime(2026, 1, 6, tzinfo=UTC).timestamp() * 1000)
    hours = (start + number * HOUR for number in range(3 * 366 * 24))

    assert [] == [at for at in hours if not any(table.on_duty(rotation, at) for rotation in team.rotations)]
