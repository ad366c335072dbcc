"""What a roster file may not have of YAML, and YAML that cannot be read."""

import pytest

from bugglio.rosterfile import Faults, read

GOOD = "engineers: {}\nteams: {}\n"
COLON = (
    "found a colon after what is no key, "
    "expected one key a line, and quotes around a text that holds a colon and a space."
)
NEXT = "the next entry, as deep as the others"
QUOTE = "the quote that ends it"
VERSION = "found incompatible YAML document (version 1.* is required)"


def told(text: str | bytes) -> list[str]:
    """All faults of a file that has some."""
    with pytest.raises(Faults) as caught:
        read(text)
    return list(map(str, caught.value.faults))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{GOOD}---\n{GOOD}", "line 3: found a second document, expected one document a file."),
        ("engineers: &all {}\nteams: {}\n", "line 1: found `&all`, expected no anchor: aliases are not read."),
        ("engineers: {}\nteams: *all\n", "line 2: found `*all`, expected the thing itself: aliases are not read."),
        (
            "engineers: !!map {}\nteams: {}\n",
            "line 1: found the tag `!!map`, expected no tag: everything is read as it is written.",
        ),
        (
            "engineers: {}\nteams: {}\nengineers: {}\n",
            "line 3: found `engineers` again, expected each key once (it stands in line 1).",
        ),
        (f"{GOOD}? [a]\n: b\n", "line 3: found a list where a key stands, expected a key such as `engineers`."),
        (
            "engineers: {}\nteams: {shop: {text: 'a\n\n b'}}\n",
            "line 2: found a line's end or a control character inside a text, expected a text on one line.",
        ),
        (
            'engineers: {}\nteams: {shop: {text: "\\e[0m"}}\n',
            "line 2: found a line's end or a control character inside a text, expected a text on one line.",
        ),
        (
            f"engineers: {'[' * 30}",
            "line 1: found more than 20 lists and maps inside each other, expected the roster's form.",
        ),
        (
            f"a: {'{a: ' * 100_000}",
            "line 1: found more than 20 lists and maps inside each other, expected the roster's form.",
        ),
    ],
)
def test_the_form_has_no_use_for_it(text: str, expected: str) -> None:
    assert [expected] == told(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            b"engineers: {}\nteams: \xff\n",
            "line 2: found the byte 0xff, which is not UTF-8, expected a text file in UTF-8.",
        ),
        (GOOD.encode("utf-16"), "line 1: found the byte 0xff, which is not UTF-8, expected a text file in UTF-8."),
        (
            "engineers: {}\nteams: \x00\n",
            "line 2: found the control character U+0000, expected text without control characters.",
        ),
        (
            "engineers: {}\nteams: \u2028\n",
            "line 2: found the control character U+2028, expected text without control characters.",
        ),
        (
            "engineers: {}\nteams: \u202e\n",
            "line 2: found the control character U+202E, expected text without control characters.",
        ),
        (
            "engineers: {}\nteams: \ud800\n",
            "line 2: found the control character U+D800, expected text without control characters.",
        ),
        ("engineers:\n\tana: {}\n", "line 2: found a tab, expected spaces."),
    ],
)
def test_characters_that_no_roster_file_has(text: str | bytes, expected: str) -> None:
    assert [expected] == told(text)


def test_an_alias_is_one_fault_wherever_it_stands() -> None:
    expected = "line 3: found `*all`, expected the thing itself: aliases are not read."
    assert [expected] == told(f"{GOOD}<<: *all\n")


def test_each_line_with_a_tab_is_told_and_of_very_many_the_first_twenty() -> None:
    assert ["line 1: found a tab, expected spaces.", "line 3: found a tab, expected spaces."] == told("\t\t\n\n\ta\n")
    assert 20 == len(told("\t\n" * 1000))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: {b: c\n",
            "line 2: found the end of the file, expected a comma or `}` to end the map (it began in line 1).",
        ),
        ("a: [b\nc: d\n", "line 2: found a colon, expected a comma or `]` to end the list (it began in line 1)."),
        ("a: {b: c}}\n", "line 1: found `}`, expected the next entry, as deep as the others."),
        (
            "a: b: c\n",
            f"line 1: {COLON}",
        ),
        (
            "a: b\n  c: d\n",
            f"line 2: {COLON}",
        ),
        (
            "a:\n  - b\n c: d\n",
            f"line 3: found a map that begins deeper or less deep, expected {NEXT} (it began in line 1).",
        ),
        ("- a\nb: c\n", "line 2: found a key, expected the next entry, as deep as the others (it began in line 1)."),
        (
            "a: 'x\n",
            f"line 2: found the end of the file inside a quoted text, expected {QUOTE} (it began in line 1).",
        ),
        ("a: 'it's'\n", "line 1: found a text, expected the next entry, as deep as the others."),
        ('a: "\\q"\n', "line 1: found `\\q`, expected two backslashes, or single quotes around the text."),
        ('a: "\\UFFFFFFFF"\n', "line 1: found an escape that stands for no character, expected the character itself."),
        ("a: @x\n", "line 1: found `@`, expected a text that begins otherwise, or quotes around it."),
        ("a: 1\nb\nc: 2\n", "line 3: found a text without a colon, expected a key and a colon (it began in line 2)."),
        ("a: {, }\n", "line 1: found a comma, expected a text, a list or a map."),
        ("a: *\n", "line 1: found the end of the line, expected quotes around a text that begins with `*` or `&`."),
        (
            "%YAML 9.9\n---\na: b\n",
            f"line 1: found what is not YAML ({VERSION}), expected the roster's form.",
        ),
    ],
)
def test_yaml_that_cannot_be_read(text: str, expected: str) -> None:
    assert [expected] == told(text)
