"""One table of words: what the parser, the manual and `commands` make of it agrees."""

import pytest

from bugglio import wording
from bugglio.grammar import parse
from bugglio.rosterfile.words import RESERVED
from bugglio.vocabulary import (
    BY_VERB,
    CARRIERS,
    FILLERS,
    FORMS,
    NEARLY,
    PHRASES,
    VOCABULARY,
    WORDS,
    Word,
    commands,
    manual,
)

EXAMPLES = [(word.verb, example) for word in VOCABULARY for example in word.examples]


@pytest.mark.parametrize(("verb", "example"), EXAMPLES)
def test_an_example_of_the_manual_is_understood(verb: str, example: str) -> None:
    assert verb == parse(example).verb or example == "417"


@pytest.mark.parametrize("word", VOCABULARY, ids=lambda word: word.verb)
def test_each_form_of_a_word_means_it(word: Word) -> None:
    assert [word.verb] * len(word.forms) == [parse(form).verb for form in word.forms]


def test_no_form_means_two_things() -> None:
    forms = [form for word in VOCABULARY for form in (*word.forms, *word.short, *word.nearly)]

    assert sorted(set(forms)) == sorted(forms)
    assert set() == (FILLERS | CARRIERS | {"all"}) & {*forms, *PHRASES}
    assert set() == FORMS.keys() & NEARLY.keys()


def test_every_word_of_the_design_has_its_row() -> None:
    verbs = (
        *(
            "ack",
            "close",
            "fix",
            "ignore",
            "snooze",
            "reopen",
            "escalate",
            "pass",
            "list",
            "more",
            "show",
            "why",
            "note",
        ),
        *("who", "shifts", "take", "off", "cover", "quiet", "mute", "unmute", "page", "ok", "no", "undo", "test"),
        *("status", "commands"),
    )

    assert verbs == tuple(BY_VERB)
    assert ["ignore", "pass"] == [word.verb for word in VOCABULARY if word.needs_code]


def test_the_six_words_of_the_night_are_what_commands_says() -> None:
    assert "ack 417, close 417, list, 417 (details), status, commands" == commands()
    assert wording.COMMANDS.startswith(commands())


def test_the_manual_has_a_line_for_each_word() -> None:
    head, rule, *lines = manual().splitlines()

    assert ("| text | what happens |", "| --- | --- |") == (head, rule)
    assert (
        "| `ignore 417` | Closed here, and ignored in Bugsnag: events are only recorded till somebody reopens it. "
        in (manual())
    )
    assert len(VOCABULARY) == len(lines)
    assert all(word.does.endswith(".") for word in VOCABULARY)


def test_no_id_is_a_word_that_is_texted() -> None:
    assert {"ack", "a", "s", "f", "e", "swap", "yes", "no", "all", "please", "stop", "help", "mine", "awake"} <= WORDS
    assert WORDS | {"fri", "friday", "nobody", "on-duty"} <= RESERVED
    assert set() == {"shop", "ben", "may", "duty", "call", "night", "primary"} & RESERVED
