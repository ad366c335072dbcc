"""docs/texting.md tells every word that there is; every line of docs/texting-examples.md does what it says."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bugglio.pager import reports
from bugglio.roster import HOUR, ON_DUTY, Step, Team, lone_roster
from bugglio.store import Store
from bugglio.vocabulary import BY_VERB, CARRIER_HELP, STOP, manual
from tests.clock import Clock
from tests.payloads import event
from tests.stage import ANA, Stage, staged

DOCS = Path(__file__).parents[1] / "docs"
PAGE, EXAMPLES_PAGE = DOCS / "texting.md", DOCS / "texting-examples.md"
ERRORS = [("TypeError", "cart#create"), ("Timeout", "pay"), ("KeyError", "cart#create"), ("A", "a"), ("B", "b")]

Codes = dict[str, int]
ELSEWHERE = frozenset({"take", "off", "cover", "mute", "unmute", "page", "pass", "shifts"})
"""Words that take a roster to show: tests/test_story_duty_words.py and tests/test_story_deeds.py have their stories."""


def opened(stage: Stage, number: int) -> int:
    name, context = ERRORS[number]
    stage.clock.advance(seconds=1)
    more = {"errorId": f"checkout-{number}", "exceptionClass": name, "context": context}
    code: int = stage.webhook(event(error=more))["code"]
    return code


def ten_minutes_apart(stage: Stage) -> Codes:
    alone = lone_roster(ANA)
    patient = Team(id="default", steps=(Step((ON_DUTY,), wait=HOUR, again=0),), projects=("*",))
    stage.roster = replace(alone, teams={"default": patient})
    first = opened(stage, 0)
    stage.clock.advance(minutes=10)
    codes = {"417": first, "418": opened(stage, 1)}
    stage.tick()
    return codes


def within_two_minutes(stage: Stage) -> Codes:
    return {"417": opened(stage, 0), "418": opened(stage, 1)}


def in_a_digest(stage: Stage) -> Codes:
    codes = {str(417 + number): opened(stage, number) for number in range(len(ERRORS))}
    stage.wait(minutes=3)
    assert " more: checkout-api " in "".join(stage.new_texts())
    return codes


def nothing(stage: Stage) -> Codes:
    stage.tick()
    return {}


SCENES: dict[str, Callable[[Stage], Codes]] = {
    "Two alerts were texted to you: 417, and ten minutes later 418": ten_minutes_apart,
    "Two alerts were texted to you within two minutes": within_two_minutes,
    "One text told you of several": in_a_digest,
    "Nothing is open": nothing,
}


def examples() -> list[tuple[str, tuple[str, ...], str]]:
    """Heading, texts and answer of each line of the page's tables."""
    found, heading = [], ""
    for line in EXAMPLES_PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            heading = line.removeprefix("### ")
        cells = re.fullmatch(r"\| (`.*`) \| (.*) \|", line)
        if cells:
            found.append((heading, tuple(re.findall(r"`([^`]+)`", cells[1])), cells[2]))
    return found


EXAMPLES = examples()


@pytest.mark.parametrize(("heading", "texts", "answer"), EXAMPLES, ids=[f"{n}" for n in range(len(EXAMPLES))])
def test_an_example(sqlite: Store, clock: Clock, heading: str, texts: tuple[str, ...], answer: str) -> None:
    with staged(sqlite, clock) as stage:
        codes = SCENES[heading](stage)
        for text in texts[:-1]:
            stage.text(ANA, _coded(text, codes))
        before = _states(stage)

        said = stage.text(ANA, _coded(texts[-1], codes))

        # The words of the night name a code as an example.
        assert (answer if texts[-1] == "commands" else _coded(answer, codes)) == said
        assert _changes(answer, codes) == {
            code: state for code, state in _states(stage).items() if state != before[code]
        }


def _coded(text: str, codes: Codes) -> str:
    """The text with the codes that the alerts have on this stage."""
    return re.sub(r"\b4\d\d(?!\d)", lambda found: str(codes.get(found[0], found[0])), text)


def _states(stage: Stage) -> dict[int, str]:
    return {one["code"]: one["state"] for one in reports.open_alerts(stage.store, closed=True)}


DONE = {
    "Acked": "acknowledged",
    "Closed": "closed",
    "Fixed": "closed",
    "Ignored": "closed",
    "Snoozed": "snoozed",
    "Reopened": "triggered",
    "Took back": "triggered",
}


def _changes(answer: str, codes: Codes) -> dict[int, str]:
    """What an answer says that it changed."""
    done = re.match(rf"({'|'.join(DONE)}) (.*?)\. ", f"{answer} ")
    if not done:
        return {}
    several = " and 2 more" in done[2]
    named = [code for key, code in codes.items() if several or key in done[2]]
    return dict.fromkeys(named, DONE[done[1]])


def test_the_page_tells_every_word() -> None:
    assert manual() in PAGE.read_text(encoding="utf-8")


def test_the_page_shows_every_word_that_works() -> None:
    shown = " ".join(text for _, texts, _ in EXAMPLES for text in texts)
    rows = [row for verb, row in BY_VERB.items() if verb not in ELSEWHERE]
    words = [word for row in rows for word in (*row.forms[:2], *row.alone)]

    assert [] == [word for word in words if not re.search(rf"(?<![a-z]){word}(?![a-z])", shown)]


def test_the_page_warns_of_the_carriers_words() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert [] == [word for word in STOP | CARRIER_HELP if f"`{word.upper()}`" not in text]


def test_each_heading_has_its_scene_and_its_examples() -> None:
    assert SCENES.keys() == {heading for heading, _, _ in EXAMPLES}
    assert len(EXAMPLES) >= 40
