"""Every fault of a roster file: its line, what was found, what was expected, the nearest name."""

import pytest

from bugglio.rosterfile import Fault, Faults, read
from bugglio.rosterfile.values import zones

PEOPLE = """\
engineers:
  ana: {name: Ana Lima, phone: "+14155550101"}
  ben: {name: Ben Ode, phone: "+14155550102"}
"""
SHOP = f"""\
{PEOPLE}teams:
  shop:
    rotations:
      primary: {{engineers: [ana, ben], starts: 2026-01-05T09:00}}
"""
"""Line 8 is the next one."""
EMPTY = (
    "line 1: found nothing, expected engineers and teams; to remove everybody write `engineers: {}` and `teams: {}`."
)
CONDITIONS = "stage, severity, class, context, message, project, version, trigger, unhandled, between, days"
KEYS = "timezone, projects, rotations, overrides, steps, repeat, acknowledged_for, close_after, digest_at, text, rules"
ID = "an id of small letters, digits and dashes, a letter first, at most 40 characters"
HOURS = "hours such as 09:00-18:00 or 22:00-07:00; 00:00-24:00 for all day"


def told(text: str | bytes) -> list[str]:
    """All faults of a file that has some."""
    with pytest.raises(Faults) as caught:
        read(text)
    return list(map(str, caught.value.faults))


def person(line: str) -> list[str]:
    """The faults of one engineer's line, the second of the file."""
    return told(f"engineers:\n  {line}\nteams: {{}}\n")


def shop(lines: str) -> list[str]:
    """The faults of some lines of a team that has ana, ben and a rotation, primary; they begin in line 8."""
    return told(SHOP + "\n".join(f"    {line}" for line in lines.split("\n")) + "\n")


def rotation(line: str) -> list[str]:
    """The faults of one more rotation; it stands in line 8."""
    return told(f"{SHOP}      {line}\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "",
            EMPTY,
        ),
        (
            "# a\n---\n",
            EMPTY,
        ),
        ("- ana\n", "line 1: found a list, expected a map with the keys of a roster: engineers, teams."),
        ("ana", "line 1: found `ana`, expected a map with the keys of a roster: engineers, teams."),
        ("engineers: {}\n", "line 1: found no `teams`, expected `teams: {}` if there are none."),
        ("teams: {}\n", "line 1: found no `engineers`, expected `engineers: {}` if there are none."),
        ("engineers:\nteams: {}\n", "line 1: found nothing, expected a map of engineers by id, {} for none."),
        ("engineers: {}\nteams: []\n", "line 2: found a list, expected a map of teams by id, {} for none."),
        (
            "engineers: {}\nteams: {}\nteam: {}\n",
            "line 3: found `team`, expected a key of a roster: engineers, teams; did you mean `teams`?",
        ),
    ],
)
def test_the_whole(text: str, expected: str) -> None:
    assert [expected] == told(text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Ana: {name: A, phone: +14155550101}", f"found `Ana`, expected {ID}."),
        (f"{'a' * 41}: {{name: A, phone: +14155550101}}", f"found `{'a' * 41}`, expected {ID}."),
        ("ack: {name: A, phone: +14155550101}", "found `ack`, expected another id: this is a word that people text."),
        ("fri: {name: A, phone: +14155550101}", "found `fri`, expected another id: this is a word that people text."),
        ("ana: {phone: +14155550101}", "found no `name`, expected a name, such as Ana Lima."),
        ("ana: {name: , phone: +14155550101}", "found nothing, expected a name of at most 100 characters."),
        ('ana: {name: " ", phone: +14155550101}', "found ` `, expected a name of at most 100 characters."),
        ("ana: {name: [A], phone: +14155550101}", "found a list, expected a name of at most 100 characters."),
        ("ana: {name: A}", "found no `phone`, expected a phone, such as +14155550101."),
        ("ana: {name: A, phone: +14155550101, admin: yes}", "found `yes`, expected true or false."),
        (
            "ana: {name: A, phone: +14155550101, timezone: Europe/Lodnon}",
            "found `Europe/Lodnon`, expected a time zone such as Europe/London; did you mean `Europe/London`?",
        ),
        (
            "ana: {name: A, phone: +14155550101, timezone: /etc/localtime}",
            "found `/etc/localtime`, expected a time zone such as Europe/London.",
        ),
        (
            "ana: {name: A, phon: +14155550101, phone: +14155550101}",
            "found `phon`, expected a key of an engineer: name, phone, timezone, admin; did you mean `phone`?",
        ),
        ("ana: Ana", "found `Ana`, expected a map with the keys of an engineer: name, phone, timezone, admin."),
        ("ana:", "found nothing, expected a map with the keys of an engineer: name, phone, timezone, admin."),
    ],
)
def test_an_engineer(line: str, expected: str) -> None:
    assert [f"line 2: {expected}"] == person(line)


def test_one_number_of_two_engineers() -> None:
    text = 'engineers:\n  ana: {name: A, phone: +14155550101}\n  ben: {name: B, phone: "+1 415-555-0101"}\nteams: {}\n'
    assert ["line 3: found the phone of `ana` (line 2), expected a number that nobody else has."] == told(text)


@pytest.mark.parametrize(
    "word", ["mon", "monday", "on-duty", "nobody", "all", "stop", "yes", "a", "take", "awake", "please"]
)
def test_a_word_that_people_text_is_no_id_of_an_engineer_a_team_or_a_rotation(word: str) -> None:
    expected = f"found `{word}`, expected another id: this is a word that people text."

    assert [f"line 2: {expected}"] == person(f"{word}: {{name: A, phone: +14155550101}}")
    assert [f"line 4: {expected}"] == told(f"{PEOPLE}teams: {{{word}: {{}}}}\n")
    assert [f"line 8: {expected}"] == rotation(f"{word}: {{next_of: primary}}")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("timezone: localtime", "found `localtime`, expected a time zone such as Europe/London."),
        ("projects: web", "found `web`, expected a list of Bugsnag projects, such as [checkout-api]."),
        ("projects: [web, api, web]", "found `web` again, expected each once (shop has it in line 8)."),
        ('projects: [""]', "found an empty text, expected the name or the id of a Bugsnag project, or *."),
        ("repeat: 0", "found `0`, expected a whole number from 1 to 20."),
        ("repeat: 21", "found `21`, expected a whole number from 1 to 20."),
        (
            "acknowledged_for: 1 houre",
            "found `1 houre`, expected a span from 1 minute to 366 days, such as 5 minutes, or 0 = for ever.",
        ),
        (
            "close_after: 59 seconds",
            "found `59 seconds`, expected a span from 1 minute to 366 days, such as 5 minutes, or 0 = never.",
        ),
        ("digest_at: 9:00", "found `9:00`, expected a time of day such as 09:00."),
        ("digest_at: 24:00", "found `24:00`, expected a time of day such as 09:00."),
        (
            'text: "{error.message"',
            "found `{error.message`, expected braces around dotted paths only, such as {error.message}.",
        ),
        ('text: "}{"', "found `}{`, expected braces around dotted paths only, such as {error.message}."),
        (
            'text: "{error..message}"',
            "found `{error..message}`, expected braces around dotted paths only, such as {error.message}.",
        ),
        (
            'text: ""',
            "found an empty text, expected a text of 1 to 1000 characters, such as {error.message}.",
        ),
        ("rotation: {}", f"found `rotation`, expected a key of a team: {KEYS}; did you mean `rotations`?"),
        ("steps: primary", "found `primary`, expected a list of steps, or a map of such lists."),
        ("steps: {night: []}", "found no list `default`, expected one called default among the lists of steps."),
        ("steps: {default: [], Night: []}", f"found `Night`, expected {ID}."),
        ("overrides: {}", "found a map, expected a list of overrides."),
        ("rules: {}", "found a map, expected a list of rules."),
    ],
)
def test_a_team(line: str, expected: str) -> None:
    assert [f"line 8: {expected}"] == shop(line)


@pytest.mark.parametrize("project", ["web", '"*"'])
def test_a_project_of_two_teams(project: str) -> None:
    text = f"{PEOPLE}teams:\n  shop: {{projects: [{project}]}}\n  web:\n    projects:\n      - api\n      - {project}\n"
    name = project.strip('"')
    assert [f"line 9: found `{name}` again, expected each once (shop has it in line 5)."] == told(text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "late: {starts: 2026-01-05T09:00}",
            "found no `engineers`, expected a list of engineers who take turns, such as [ana, ben].",
        ),
        (
            "late: {engineers: [ana]}",
            "found no `starts`, expected the first handoff, such as starts: 2026-01-05T09:00.",
        ),
        (
            "late: {engineers: [], starts: 2026-01-05T09:00}",
            "found an empty list, expected a list of engineers who take turns, such as [ana, ben].",
        ),
        (
            "late: {engineers: ana, starts: 2026-01-05T09:00}",
            "found `ana`, expected a list of engineers who take turns, such as [ana, ben].",
        ),
        (
            "late: {engineers: [bne], starts: 2026-01-05T09:00}",
            "found `bne`, expected an engineer; did you mean `ben`?",
        ),
        (
            "late: {engineers: [ana, ana], starts: 2026-01-05T09:00}",
            "found `ana` again, expected each once (it stands in line 8).",
        ),
        (
            "late: {engineers: [ana], starts: 2026-01-05 09:00}",
            "found `2026-01-05 09:00`, expected a date and a time such as 2026-01-05T09:00.",
        ),
        (
            "late: {engineers: [ana], starts: 2026-01-05T09:00:00}",
            "found `2026-01-05T09:00:00`, expected a date and a time such as 2026-01-05T09:00.",
        ),
        (
            "late: {engineers: [ana], starts: 2026-02-29T09:00}",
            "found `2026-02-29T09:00`, expected a date and a time such as 2026-01-05T09:00.",
        ),
        (
            "late: {engineers: [ana], starts: 0001-01-01T00:00}",
            "found `0001-01-01T00:00`, expected a date and a time such as 2026-01-05T09:00.",
        ),
        (
            "late: {engineers: [ana], starts: 2026-01-05T09:00, turn: weekly}",
            "found `weekly`, expected 1 to 1000 hours, days or weeks, such as 1 week.",
        ),
        (
            "late: {engineers: [ana], starts: 2026-01-05T09:00, turn: 1001 hours}",
            "found `1001 hours`, expected 1 to 1000 hours, days or weeks, such as 1 week.",
        ),
        ("ana: {next_of: primary}", "found `ana`, expected a rotation's id that no engineer has (as in line 2)."),
        (
            "late: {next_of: primry}",
            "found `primry`, expected another rotation of this team, one with engineers; did you mean `primary`?",
        ),
        ("late: {next_of: late}", "found `late`, expected another rotation of this team, one with engineers."),
        (
            "late: {next_of: primary, turn: 1 week}",
            "found `turn` beside `next_of`, expected `next_of` alone.",
        ),
    ],
)
def test_a_rotation(line: str, expected: str) -> None:
    assert [f"line 8: {expected}"] == rotation(line)


def test_a_rotation_that_follows_one_that_follows() -> None:
    expected = "found `second`, expected another rotation of this team, one with engineers; did you mean `second`?"
    found = told(f"{SHOP}      second: {{next_of: primary}}\n      third: {{next_of: second}}\n")
    assert [f"line 9: {expected.partition(';')[0]}."] == found


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("{}", 'found an empty map, expected a map of weekdays to hours, such as {mon-fri: "09:00-18:00"}.'),
        ("09:00-18:00", 'found `09:00-18:00`, expected a map of weekdays to hours, such as {mon-fri: "09:00-18:00"}.'),
        ("{mon: 9-17}", f"found `9-17`, expected {HOURS}."),
        ("{mon: 09:00-25:00}", f"found `09:00-25:00`, expected {HOURS}."),
        ("{mon: 24:00-09:00}", f"found `24:00-09:00`, expected {HOURS}."),
        ("{mon: 09:00-09:00}", f"found `09:00-09:00`, expected {HOURS}."),
        ("{mon: }", f"found nothing, expected {HOURS}."),
        ("{mno: 09:00-17:00}", "found `mno`, expected weekdays such as mon, mon-fri or sat, sun; did you mean `mon`?"),
        (
            "{mon-: 09:00-17:00}",
            "found `mon-`, expected weekdays such as mon, mon-fri or sat, sun; did you mean `mon`?",
        ),
        (
            "{mon-fri: 09:00-17:00, fri: 10:00-12:00}",
            "found `fri` again, expected each weekday once (it stands in line 8).",
        ),
        ('{"mon, sun-tue": 09:00-17:00}', "found `mon, sun-tue`, expected each weekday once."),
    ],
)
def test_hours(hours: str, expected: str) -> None:
    found = rotation(f"late: {{engineers: [ana], starts: 2026-01-05T09:00, hours: {hours}}}")
    assert [f"line 8: {expected}"] == found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "- {to: 2026-02-02T09:00, engineer: ben}",
            "found no `from`, expected its start, such as from: 2026-02-01T09:00.",
        ),
        ("- {from: 2026-02-02T09:00, engineer: ben}", "found no `to`, expected its end, such as to: 2026-02-02T09:00."),
        (
            "- {from: 2026-02-01T09:00, to: 2026-02-02T09:00}",
            "found no `engineer`, expected engineer: somebody, or nobody.",
        ),
        (
            "- {from: 2026-02-02T09:00, to: 2026-02-02T09:00, engineer: ben}",
            "found `2026-02-02T09:00`, expected an end after the start, 2026-02-02T09:00.",
        ),
        (
            "- {from: 2026-02-01T09:00, to: 2026-02-02T09:00, engineer: nobdy}",
            "found `nobdy`, expected an engineer or nobody; did you mean `nobody`?",
        ),
        (
            "- {rotation: primery, from: 2026-02-01T09:00, to: 2026-02-02T09:00, engineer: nobody}",
            "found `primery`, expected a rotation of this team; did you mean `primary`?",
        ),
        ("- ben", "found `ben`, expected a map with the keys of an override: rotation, from, to, engineer."),
    ],
)
def test_an_override(line: str, expected: str) -> None:
    assert [f"line 9: {expected}"] == shop(f"overrides:\n  {line}")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- {page: [ben2]}", "found `ben2`, expected an engineer or a rotation of shop; did you mean `ben`?"),
        ("- {page: [on-duty]}", "found `on-duty`, expected an engineer or a rotation of shop."),
        ("- {page: []}", "found an empty list, expected a list of rotations or engineers to page, such as [primary]."),
        ("- {page: ana}", "found `ana`, expected a list of rotations or engineers to page, such as [primary]."),
        ("- {page: [ana, ana]}", "found `ana` again, expected each once (it stands in line 9)."),
        (
            "- {wait: 1 minute}",
            "found no `page`, expected a list of rotations or engineers to page, such as [primary].",
        ),
        ("- {page: [ana], wait: 0}", "found `0`, expected a span from 1 minute to 24 hours, such as 5 minutes."),
        (
            "- {page: [ana], wait: 25 hours}",
            "found `25 hours`, expected a span from 1 minute to 24 hours, such as 5 minutes.",
        ),
        (
            "- {page: [ana], again: 5}",
            "found `5`, expected a span from 1 minute to 24 hours, such as 5 minutes, or 0 = not.",
        ),
        ("- {page: [ana], call: on}", "found `on`, expected true or false."),
        ("- [ana]", "found a list, expected a map with the keys of a step: page, wait, again, call."),
    ],
)
def test_a_step(line: str, expected: str) -> None:
    assert [f"line 9: {expected}"] == shop(f"steps:\n  {line}")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- {if: {stage: a}}", "found no `then`, expected page, ignore, digest, hold or {steps: NAME}."),
        (
            "- {then: digset}",
            "found `digset`, expected page, ignore, digest, hold or {steps: NAME}; did you mean `digest`?",
        ),
        ("- {then: {steps: nite}}", "found `nite`, expected the name of a list of steps of this team."),
        ("- {then: {}}", "found no `steps`, expected the name of a list of steps."),
        ("- {then: hold}", "found `hold`, expected `between` in its `if`, at whose end what was held is told."),
        (
            "- {if: {stage: a}, then: hold}",
            "found `hold`, expected `between` in its `if`, at whose end what was held is told.",
        ),
        (
            "- {if: {stage: []}, then: page}",
            "found an empty list, expected a stage or a list of them; * stands for anything.",
        ),
        ("- {if: {stage: }, then: page}", "found nothing, expected a text."),
        ("- {if: {stage: {a: b}}, then: page}", "found a map, expected a text."),
        ("- {if: {stage: [a, a]}, then: page}", "found `a` again, expected each once (it stands in line 9)."),
        ("- {if: {unhandled: yes}, then: page}", "found `yes`, expected true or false."),
        ("- {if: {between: 22:00}, then: page}", f"found `22:00`, expected {HOURS}."),
        (
            "- {if: {days: [sat, fri-sun]}, then: page}",
            "found a list of weekdays, expected each weekday once, and at least one.",
        ),
        (
            "- {if: {days: weekend}, then: page}",
            "found `weekend`, expected weekdays such as mon, mon-fri or sat, sun; did you mean `wed`?",
        ),
        (
            "- {if: {severty: info}, then: page}",
            f"found `severty`, expected a key of `if`: {CONDITIONS}; did you mean `severity`?",
        ),
        (
            "- {if: staging, then: page}",
            f"found `staging`, expected a map with the keys of `if`: {CONDITIONS}.",
        ),
    ],
)
def test_a_rule(line: str, expected: str) -> None:
    assert [f"line 9: {expected}"] == shop(f"rules:\n  {line}")


def test_all_faults_come_at_once_in_the_order_of_lines() -> None:
    text = """\
teams:
  shop:
    repeat: 99
    steps: [{page: [anna]}]
engineers:
  ana: {name: Ana, phone: 0155}
"""
    assert [
        "line 3: found `99`, expected a whole number from 1 to 20.",
        "line 4: found `anna`, expected an engineer or a rotation of shop; did you mean `ana`?",
        "line 6: found `0155`, expected +14155550101: + and the country's code.",
    ] == told(text)


def test_a_fault_makes_no_others() -> None:
    text = """\
engineers:
  Ana: {name: Ana, phone: 0155}
  ben: none
teams:
  shop:
    rotations:
      primary: {engineers: [Ana, ben], starts: soon}
      Late: {next_of: primary}
    steps: {default: [{page: [primary, Late, Ana, ben]}], Night: [x]}
    overrides: [{rotation: Late, from: soon, to: 2026-01-01T00:00, engineer: Ana}]
    rules: [{if: {between: noon}, then: hold}, {then: {steps: Night}}]
"""
    assert [2, 2, 3, 7, 8, 9, 9, 10, 11] == [int(fault.split(":")[0].removeprefix("line ")) for fault in told(text)]


@pytest.mark.parametrize("broken", ["engineers: [ana]", "engineers: *ana", "engineers: ana"])
def test_if_nobody_can_tell_who_there_is_nobody_is_unknown(broken: str) -> None:
    text = f"{broken}\nteams: {{shop: {{steps: [{{page: [ana]}}], overrides: [], rotations: {{}}}}}}\n"
    assert 1 == len(told(text))


def test_of_steps_that_cannot_be_read_no_list_is_unknown() -> None:
    expected = "line 8: found `night`, expected a list of steps, or a map of such lists."
    assert [expected] == shop("steps: night\nrules: [{then: {steps: night}}]")


def test_of_very_many_faults_the_first_hundred_have_a_nearest_name() -> None:
    found = shop("steps:\n" + "\n".join("  - {page: [anna]}" for _ in range(150)))
    assert 150 == len(found)
    assert 100 == sum("did you mean `ana`?" in fault for fault in found)


def test_a_fault_shows_no_full_phone_number() -> None:
    text = (
        "engineers:\n  '+14155550109': {name: A, phone: 4155550108}\nteams:\n  shop: {steps: [{page: [14155550107]}]}\n"
    )
    found = "\n".join(told(text))

    assert "...0109" in found
    assert "...0108" in found
    assert "...0107" in found
    assert "555" not in found.replace("+14155550101", "")


def test_a_long_text_is_shown_short_and_on_one_line() -> None:
    (fault,) = shop(f'text: "{"x" * 100}{{"')
    assert (
        f"line 8: found `{'x' * 60}...`, expected braces around dotted paths only, such as {{error.message}}." == fault
    )


def test_a_fault_is_a_sentence_and_faults_are_all_of_them() -> None:
    first, second = Fault(12, "`x`", "a map"), Fault(3, "`ben2`", "an engineer; did you mean `ben`?")

    assert "line 12: found `x`, expected a map." == str(first)
    assert "line 3: found `ben2`, expected an engineer; did you mean `ben`?" == str(second)
    assert (second, first) == Faults([first, second]).faults
    assert f"{second}\n{first}" == str(Faults([first, second]))


def test_a_roster_too_large_to_be_kept() -> None:
    rules = ", ".join(f"{{if: {{message: '{'m' * 990}{at}'}}, then: ignore}}" for at in range(900))
    text = f"engineers: {{}}\nteams:\n  shop:\n    rules: [{rules}]\n"
    assert ["line 1: found a roster of 936 kB as it is kept, expected at most 900 kB."] == told(text)


def test_a_file_too_large_to_be_read() -> None:
    assert ["line 1: found a file of 2,000,001 characters, expected at most 2,000,000."] == told("#" * 2_000_001)


def test_this_machine_knows_its_time_zones() -> None:
    assert {"UTC", "Europe/London", "Australia/Lord_Howe"} <= zones()
    assert not {"localtime", "Factory", "posixrules"} & zones()
