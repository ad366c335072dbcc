"""Books as chance makes them, each one that a roster file can say; and the file that the design shows."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from bugglio.roster import (
    DAY,
    DEFAULT_TEXT,
    HOUR,
    MINUTE,
    Book,
    Conditions,
    Engineer,
    Override,
    Rotation,
    Rule,
    Step,
    Team,
    Window,
)
from bugglio.rosterfile.characters import UNFIT
from bugglio.rosterfile.words import RESERVED

EXAMPLE = """\
engineers:
  ana: {name: Ana Lima, phone: "+14155550101", timezone: America/New_York, admin: true}
  ben: {name: Ben Ode, phone: "+14155550102"}
teams:
  shop:
    timezone: Europe/London
    projects: [checkout-api, 5f73031fb91aad0014229623]   # Bugsnag project names or ids; "*" takes what no team names
    rotations:
      primary:
        engineers: [ana, ben]
        starts: 2026-01-05T09:00          # first handoff, wall time in the rotation's zone
        turn: 1 week                      # N hours | days | weeks
        timezone: Europe/London           # default: the team's
        hours: {mon-fri: "09:00-18:00", sat: "00:00-24:00"}   # optional: outside them the rotation names nobody
      secondary: {next_of: primary}       # whoever is next after primary's
    overrides:
      - {rotation: primary, from: 2026-02-01T09:00, to: 2026-02-02T09:00, engineer: ben}   # none: all of them
    steps:                                # or names of lists, `default` among them: {default: [...], night: [...]}
      - {page: [primary], wait: 5 minutes, again: 2 minutes}   # again: the same person once more after so long
      - {page: [secondary, ana], wait: 10 minutes, call: true} # rotations or engineers; call: the phone also rings
    repeat: 2                             # times through the steps again (default 1); then the last resort
    acknowledged_for: 1 hour              # default; 0 = for ever
    close_after: 7 days                   # default; 0 = never
    digest_at: "09:00"                    # default
    text: "{project.name} {error.releaseStage}: {error.exceptionClass}: {error.message} in {error.context}"
    rules:                                # first that fits decides; none fits: page
      - {if: {stage: [staging, development]}, then: ignore}
      - {if: {severity: [info]}, then: digest}
      - {if: {severity: [warning], between: "22:00-07:00"}, then: hold}
      - {if: {class: "ActionController::*"}, then: page}
"""

NASTY = (
    *("yes", "no", "null", "~", "0123", "1e3", "22:00", "2026-01-05", "+14155550101", "a: b", "a #b", "#a", "- a", "-"),
    *(
        "it's",
        '"quoted"',
        "back\\slash",
        "{a}",
        "[a]",
        "*",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a`",
        "|",
        ">",
        "?",
        " a",
        "a ",
    ),
    *(
        "Zoë",
        "🧯 on fire",
        "\u00a0",
        "\ufeffmark",
        "a,b",
        "...",
        "---",
        "<<",
        "=",
        "on",
        "Off",
        "0x1F",
    ),
)
ZONES = ("UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Etc/GMT+5")
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(max_size=30).filter(lambda text: not UNFIT.search(text)))
FILLED = TEXTS.filter(lambda text: text.strip() != "")
WORDS = st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True)
IDS = WORDS.filter(lambda word: word not in RESERVED)
MINUTES = st.integers(0, 24 * 60 - 1)
DAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31)).map(  # noqa: DTZ001 - wall time has no zone
    lambda moment: moment.replace(second=0, microsecond=0)
)
AREAS = (212, 305, 415, 617, 702, 808)
PHONES = st.builds("+1{}55501{:02}".format, st.sampled_from(AREAS), st.integers(0, 99))
TEMPLATES = st.one_of(
    st.just(DEFAULT_TEXT),
    FILLED.filter(lambda text: "{" not in text and "}" not in text).map(lambda text: f"{text} {{error.message}}"),
)


def spans(least: int, most: int) -> st.SearchStrategy[int]:
    """Spans in whole seconds, many of them in whole larger units."""
    units = st.sampled_from((1000, MINUTE, HOUR, DAY, 7 * DAY))
    some = st.tuples(st.integers(1, 400), units).map(lambda pair: pair[0] * pair[1])
    return some.filter(lambda span: least <= span <= most)


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, ...]:
    """Hours of some days, no day twice."""
    days = draw(st.permutations(range(7)))
    first, second = sorted(draw(st.tuples(st.integers(0, 7), st.integers(0, 7))))
    parts = [part for part in (days[:first], days[first:second]) if part]
    return tuple(Window(tuple(sorted(part)), *draw(hours())) for part in parts)


@st.composite
def hours(draw: st.DrawFn) -> tuple[int, int]:
    """From a time of day to another, or to the day's end."""
    start = draw(MINUTES)
    return start, draw(st.integers(0, 24 * 60).filter(lambda end: end != start))


@st.composite
def rotations(draw: st.DrawFn, people: list[str]) -> dict[str, Rotation]:
    """Rotations of these people, none called like one of them; some follow another."""
    if not people:
        return {}
    names = draw(st.lists(IDS.filter(lambda name: name not in people), unique=True, max_size=3))
    found: dict[str, Rotation] = {}
    for name in names:
        leaders = [other for other, rotation in found.items() if not rotation.next_of]
        leader = draw(st.sampled_from(["", *leaders]))
        found[name] = Rotation(name, next_of=leader) if leader else draw(turns(name, people))
    return found


@st.composite
def turns(draw: st.DrawFn, name: str, people: list[str]) -> Rotation:
    """A rotation with engineers of its own."""
    return Rotation(
        name,
        engineers=tuple(draw(st.lists(st.sampled_from(people), unique=True, min_size=1))),
        starts=draw(MOMENTS),
        turn=draw(st.integers(1, 1000)),
        unit=draw(st.sampled_from(("hours", "days", "weeks"))),
        timezone=draw(st.sampled_from(("", *ZONES))),
        hours=draw(windows()),
    )


@st.composite
def overrides(draw: st.DrawFn, people: list[str], names: list[str]) -> Override:
    """A planned change."""
    start = draw(MOMENTS)
    end = start + timedelta(minutes=draw(st.integers(1, 100_000)))
    who = draw(st.sampled_from([None, *people]))
    return Override(draw(st.sampled_from(["", *names])), start, min(end, datetime(2199, 12, 31, 23, 59)), who)  # noqa: DTZ001 - wall time


def steps(names: list[str]) -> st.SearchStrategy[tuple[Step, ...]]:
    """A list of steps that page some of these."""
    if not names:
        return st.just(())
    pages = st.lists(st.sampled_from(names), unique=True, min_size=1).map(tuple)
    again = st.one_of(st.just(0), spans(MINUTE, DAY))
    one = st.builds(Step, page=pages, wait=spans(MINUTE, DAY), again=again, call=st.booleans())
    return st.lists(one, max_size=3).map(tuple)


def patterns() -> st.SearchStrategy[tuple[str, ...]]:
    """What a condition may ask for: texts, none twice."""
    return st.lists(TEXTS, unique=True, max_size=3).map(tuple)


BETWEEN = hours().map(lambda pair: (pair[0], pair[1] % (24 * 60)))
CONDITIONS = st.builds(
    Conditions,
    stage=patterns(),
    severity=patterns(),
    error_class=patterns(),
    context=patterns(),
    message=patterns(),
    project=patterns(),
    version=patterns(),
    trigger=patterns(),
    unhandled=st.sampled_from((None, True, False)),
    between=st.one_of(st.none(), BETWEEN),
    days=st.one_of(st.just(()), DAYS),
)


@st.composite
def rules(draw: st.DrawFn, lists: list[str]) -> Rule:
    """A rule; one that holds says between when."""
    conditions = draw(CONDITIONS)
    outcomes = ["page", "ignore", "digest", "steps"] + (["hold"] if conditions.between else [])
    then = draw(st.sampled_from(outcomes))
    return Rule(conditions, then, draw(st.sampled_from(["default", *lists])) if then == "steps" else "")


@st.composite
def teams(draw: st.DrawFn, name: str, people: list[str], projects: list[str]) -> Team:
    """A team with these projects."""
    turning = draw(rotations(people))
    names = [*turning, *people]
    lists = draw(st.dictionaries(WORDS.filter(lambda word: word != "default"), steps(names), max_size=2))
    return Team(
        name,
        steps=draw(steps(names)),
        repeat=draw(st.integers(1, 20)),
        acknowledged_for=draw(st.one_of(st.just(0), spans(MINUTE, 366 * DAY))),
        close_after=draw(st.one_of(st.just(0), spans(MINUTE, 366 * DAY))),
        text=draw(TEMPLATES),
        timezone=draw(st.sampled_from(ZONES)),
        projects=tuple(projects),
        rotations=turning,
        overrides=tuple(draw(st.lists(overrides(people, list(turning)), max_size=2))),
        lists=lists,
        digest_at=draw(MINUTES),
        rules=tuple(draw(st.lists(rules(list(lists)), max_size=3))),
    )


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A book: everything in it has a form in the file."""
    people = draw(st.lists(IDS, unique=True, max_size=4))
    numbers = draw(st.lists(PHONES, unique=True, min_size=len(people), max_size=len(people)))
    engineers = {
        who: Engineer(who, draw(FILLED), number, draw(st.booleans()), draw(st.sampled_from(("", *ZONES))))
        for who, number in zip(people, numbers, strict=True)
    }
    names = draw(st.lists(IDS, unique=True, max_size=3))
    projects = draw(st.lists(FILLED, unique=True, max_size=4))
    return Book(engineers, {name: draw(teams(name, people, projects[at::3])) for at, name in enumerate(names)})
