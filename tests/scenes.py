"""A folder with a roster file, in which a page's commands are given and its stories played."""

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bugglio.__main__ import main
from bugglio.roster import HOUR, MINUTE, roster_of
from bugglio.rosterfile import read
from bugglio.store.sqlite import SqliteStore
from tests.clock import Clock
from tests.payloads import event
from tests.stage import ANA, Stage, staged
from tests.stores import PATIENCE

FILE = "oncall.yaml"
PROMPT = "$ python -m bugglio "
LINE = re.compile(r"(\w{3} \d+ \w{3} [\d:]{8})  (.+)")
"""A line of a story: when, and what is done or arrives."""
EVENTS = ("a new error", "the same error again")
SAID = {"severity": "severity", "stage": "releaseStage", "class": "exceptionClass", "events": "occurrences"}
"""What a story may say of an error, and what Bugsnag calls it."""
WELCOME, FORETOLD = ": Pages from bugglio", "Roster: "
"""By which a story is known to be about new phones, or about what is foreseen."""


class Scene:
    """A folder with a roster file, in which commands are given and phones ring."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capture = capture
        self.codes: list[int] = []
        self._errors = 0

    def write(self, text: str) -> None:
        """Keep a roster file."""
        (self.folder / FILE).write_text(text, encoding="utf-8")

    def run(self, line: str) -> tuple[int, str]:
        """Give a command; its exit status, and all that it printed."""
        self._capture.readouterr()
        try:
            status = main(shlex.split(self._coded(line)))
        except SystemExit as end:
            status = int(end.code or 0)
        told = self._capture.readouterr()
        return status, told.out + told.err

    def apply(self) -> str:
        """Apply the file, which has to be whole; what that printed."""
        status, told = self.run(f"apply {FILE}")
        assert 0 == status, told
        return told

    def show(self, claim: str) -> str:
        """What happens of what a block of the page shows."""
        return self._typed(claim) if claim.startswith("$") else self._played(claim)

    def _typed(self, claim: str) -> str:
        lines = [line for line in claim.splitlines() if line.startswith("$")]
        assert all(line.startswith(PROMPT) for line in lines)
        told = "".join(f"{line}\n{self.run(line.removeprefix(PROMPT))[1]}" for line in lines)
        # A line of dots stands for any lines that the page leaves out.
        shown = "(?:.*\n)*".join(map(re.escape, claim.split("…\n")))
        return claim if "…\n" in claim and re.fullmatch(shown, told) else told

    def _played(self, claim: str) -> str:
        """A story: in each line a moment (UTC, of 2026), and what is done then or what arrives."""
        lines = claim.splitlines()
        with self._stage(moment(lines[0])) as stage:
            before = self._begin(stage, claim)
            done = [(moment(line), line) for line in lines if self._is_done(stage, line)]
            until(stage, moment(lines[-1]))
            told = [(at, self._named(line)) for at, line in arrived(stage) if (at, line) not in before]
        told = [*done, *sorted(told)]
        # What a text says is compared where the page shows it.
        brief = [": " not in line[20:] for line in lines] + [False] * len(told)
        said = [line for _, line in sorted(told, key=lambda one: one[0])]
        return "".join(
            f"{line.partition(': ')[0] if short else line}\n" for line, short in zip(said, brief, strict=False)
        )

    @contextmanager
    def _stage(self, start: datetime) -> Iterator[Stage]:
        clock = Clock(start)
        store = SqliteStore(self.folder / "data" / "bugglio.db", clock.now, timeout=PATIENCE)
        book = read((self.folder / FILE).read_bytes()).book
        with staged(store, clock, roster_of(book, ANA)) as stage:
            stage.use_the_store()
            yield stage
        store.close()

    def _begin(self, stage: Stage, claim: str) -> list[tuple[datetime, str]]:
        """All phones are known and all worries told before the story, unless it is about them; what arrived of that."""
        if WELCOME not in claim:
            for person in stage.roster.engineers.values():
                stage.text(person.phone, "ok")
        if FORETOLD not in claim and WELCOME not in claim:
            stage.tick()
            stage.simulator.settle()
        return arrived(stage)

    def _is_done(self, stage: Stage, line: str) -> bool:
        """Do what a line says that somebody does; not, if it says what arrives."""
        what = LINE.fullmatch(line)
        assert what, line
        happens, asked = what[2].split(", "), re.fullmatch(r"(\w+) texts (.+)", what[2])
        if happens[0] in EVENTS:
            until(stage, moment(line))
            more = {SAID[key]: int(value) if value.isdigit() else value for key, value in map(str.split, happens[1:])}
            self._errors += happens[0] == EVENTS[0]
            code = stage.webhook(event(error={"errorId": f"e-{self._errors}", **more}))["code"]
            self.codes += [code] if code and code not in self.codes else []
        elif asked:
            until(stage, moment(line))
            stage.text(stage.roster.engineers[asked[1]].phone, self._coded(asked[2]))
        return happens[0] in EVENTS or asked is not None

    def _coded(self, text: str) -> str:
        """The page's codes, from 417 on, as those that the alerts have."""
        return re.sub(r"\b4[12]\d\b", lambda found: str(self.codes[int(found[0]) - 417]), text)

    def _named(self, text: str) -> str:
        """The alerts' codes as the page's."""
        names = {str(code): str(417 + number) for number, code in enumerate(self.codes)}
        return re.sub(r"\b\d{3}\b", lambda found: names.get(found[0], found[0]), text)


def moment(line: str) -> datetime:
    """When a line of a story is."""
    found = LINE.fullmatch(line)
    assert found, line
    return datetime.strptime(f"2026 {found[1]}", "%Y %a %d %b %H:%M:%S").replace(tzinfo=UTC)


def until(stage: Stage, end: datetime) -> None:
    """Time passes; each call of the scheduler stays for what falls due within its minute."""
    last = int(end.timestamp() * 1000)
    while (left := last - stage.clock.now()) > 0:
        # Days are long: until the last hours of a wait it calls each hour.
        each_time = MINUTE if left <= 2 * HOUR else HOUR
        pause = min(each_time - stage.clock.now() % each_time, left)
        call = stage.clock.now() + pause
        stage.works.ticking.tick(stay=min(pause, MINUTE) - 1)
        stage.clock.advance(seconds=(call - stage.clock.now()) / 1000)
        stage.simulator.settle()
    stage.tick()
    stage.simulator.settle()


def arrived(stage: Stage) -> list[tuple[datetime, str]]:
    """Everything that has come to phones of the roster, as lines of a story."""
    names = {person.phone: person.id for person in stage.roster.engineers.values()}
    kinds = {"outbound-api": "text", "outbound-reply": "answer"}
    found = [
        (one.created, kinds[one.direction], one.to, one.body) for one in stage.simulator.messages() if one.to in names
    ]
    found += [(one.created, "call", one.to, one.said) for one in stage.simulator.calls()]
    return [(datetime.fromtimestamp(at / 1000, UTC), _line(at, kind, names[to], said)) for at, kind, to, said in found]


def _line(at: int, kind: str, who: str, said: str) -> str:
    when, again = datetime.fromtimestamp(at / 1000, UTC), re.search(r"\d+(nd|rd|th) page", said)
    mark = f", {again[0]}" if again else ""
    return f"{when:%a} {when.day} {when:%b} {when:%H:%M:%S}  {kind} to {who}{mark}: {said}"
