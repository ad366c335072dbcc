"""Files with chance in them: whatever somebody types, reading ends in a book or in faults."""

import json
import re

from hypothesis import example, given
from hypothesis import strategies as st

from bugglio.rosterfile import Fault, Faults, read, write
from tests.rosterfile.books import EXAMPLE, NASTY

TOKENS = re.compile(r"\s+|[A-Za-z0-9_+./-]+|.", re.DOTALL).findall(EXAMPLE)
OTHERS = (*NASTY, *set(TOKENS), "\t", "\x00", "\n", "{}", "[]", "{", "]", "&a *a", "!!str", "? ", "9" * 5000, "[" * 500)

CHANGES = st.lists(
    st.tuples(
        st.sampled_from(("drop", "double", "replace", "swap")), st.integers(0, len(TOKENS) - 2), st.sampled_from(OTHERS)
    ),
    min_size=1,
    max_size=4,
)
KEYS = ("engineers", "teams", "shop", "rotations", "primary", "overrides", "steps", "default", "rules", "if", "then")
VALUES = st.recursive(
    st.sampled_from(OTHERS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


def mutated(changes: list[tuple[str, int, str]]) -> str:
    """The example with some of its tokens dropped, doubled, replaced, or swapped with the next."""
    tokens = list(TOKENS)
    for what, at, other in changes:
        match what:
            case "drop":
                tokens[at] = ""
            case "double":
                tokens[at] *= 2
            case "replace":
                tokens[at] = other
            case _:
                tokens[at : at + 2] = reversed(tokens[at : at + 2])
    return "".join(tokens)


def faults_of(text: str | bytes) -> tuple[Fault, ...]:
    """The faults of a file; one that has none is written so that it reads back to the same book."""
    try:
        book = read(text).book
    except Faults as error:
        return error.faults
    assert book == read(write(book)).book
    return ()


def reads_or_tells(text: str | bytes) -> None:
    """Nothing but Faults comes of a file, and each is on a line of it, in their order."""
    lines = 1 + len(re.findall(rb"\n|\r", text) if isinstance(text, bytes) else re.findall("\n|\r", text))
    found = [fault.line for fault in faults_of(text)]

    assert sorted(found) == found
    assert set(found) <= set(range(1, lines + 1))


@given(CHANGES)
def test_a_file_with_slips_of_the_keyboard(changes: list[tuple[str, int, str]]) -> None:
    reads_or_tells(mutated(changes))


@given(st.text(max_size=60))
@example('a: "\\UFFFFFFFF"')
@example("%YAML 1." + "9" * 5000 + "\n---\na")
@example("%TAG ! tag:\n---\n!a b")
@example("{" * 3000)
@example("? " * 3000)
@example("- " * 3000)
@example("\r\r\r{")
def test_any_text(text: str) -> None:
    reads_or_tells(text)


@given(st.binary(max_size=60))
def test_any_bytes(raw: bytes) -> None:
    reads_or_tells(raw)


@given(VALUES)
def test_any_value_in_any_place(value: object) -> None:
    reads_or_tells(json.dumps(value))


@given(st.integers(0, len(EXAMPLE)))
def test_a_file_that_ends_too_early(length: int) -> None:
    reads_or_tells(EXAMPLE[:length])
