"""Rotations, hours and overrides by chance, close to the days on which clocks change."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from bugglio.roster import DAY, HOUR, MINUTE, Cover, Override, Rotation, Team, Window

ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Caracas",
    "America/Nuuk",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Amman",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Asia/Tehran",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/London",
    "Europe/Moscow",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kwajalein",
)
PEOPLE = ("ana", "ben", "cleo", "dan")
STEPS = range(
    int(datetime(1975, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()), 259_200
)
"""From 1975 to 2100, each third day, in seconds."""
NAMES = ("primary", "secondary")


@dataclass(frozen=True)
class Case:
    """A team, what people covered, and a moment at which the rotation's clock changes (milliseconds)."""

    team: Team
    covers: tuple[Cover, ...]
    change: int


def zone_of(team: Team) -> str:
    return team.rotations["primary"].timezone or team.timezone


@cache
def changes(zone: str) -> tuple[int, ...]:
    """The seconds at which a zone's clock changes, as far as it stays changed for some days."""

    def offset(second: int) -> timedelta | None:
        return datetime.fromtimestamp(second, ZoneInfo(zone)).utcoffset()

    found = []
    for before, after in pairwise(STEPS):
        low, high = before, after
        while offset(before) != offset(after) and high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(before) else (low, middle)
        if offset(before) != offset(after):
            found.append(high)
    return tuple(found)


def turns(pick: Random) -> Case:
    """A rotation that always names somebody, from some time before a change of its clock on."""
    zone = pick.choice(ZONES)
    change = pick.choice(changes(zone))
    unit = pick.choice(("hours", "days", "weeks"))
    length = pick.randint(1, 30 if unit == "hours" else 3)
    starts = _near(pick, change, zone, days=40) - timedelta(days=10)
    people = tuple(pick.choices(PEOPLE, k=pick.randint(1, 4)))
    return Case(_team(zone, Rotation("primary", people, starts, length, unit), ()), (), change * 1000)


def everything(pick: Random) -> Case:
    """The same with hours, overrides of each kind, covers, and a team in another zone."""
    case = turns(pick)
    zone, second = case.team.timezone, case.change // 1000
    plain = case.team.rotations["primary"]
    own = zone if pick.random() < 0.5 else ""
    hours = tuple(_window(pick) for _ in range(pick.randint(0, 3)))
    primary = Rotation("primary", plain.engineers, plain.starts, plain.turn, plain.unit, own, hours)
    planned = tuple(_override(pick, second, zone) for _ in range(pick.randint(0, 6)))
    covers = tuple(_cover(pick, case.change) for _ in range(pick.randint(0, 4)))
    return Case(_team(pick.choice(ZONES) if own else zone, primary, planned), covers, case.change)


def instants(pick: Random, case: Case, count: int) -> list[int]:
    """Moments around the change: some at whole quarters of an hour and at their edges, some anywhere near."""
    found = []
    for _ in range(count):
        quarters = case.change + pick.randint(-1500, 1500) * 15 * MINUTE + pick.choice((-1, 0, 0, 1))
        anywhere = case.change + pick.randint(-60 * DAY, 60 * DAY)
        close = case.change + pick.randint(-4 * HOUR, 4 * HOUR)
        found.append(pick.choice((quarters, quarters, anywhere, close, case.change, case.change - 1)))
    return found


def _team(zone: str, primary: Rotation, overrides: tuple[Override, ...]) -> Team:
    rotations = {"primary": primary, "secondary": Rotation("secondary", next_of="primary")}
    return Team("shop", timezone=zone, rotations=rotations, overrides=overrides)


def _near(pick: Random, change: int, zone: str, days: int) -> datetime:
    """A wall time at a quarter of an hour, often close to the hour that is left out or lived twice."""
    moment = datetime.fromtimestamp(change, ZoneInfo(zone)).replace(tzinfo=None, second=0)
    moment -= timedelta(minutes=moment.minute % 15)
    hours = timedelta(minutes=15 * pick.randint(-8, 8))
    return moment + hours - timedelta(days=pick.randint(0, days))


def _window(pick: Random) -> Window:
    days = tuple(sorted(pick.sample(range(7), pick.randint(1, 7))))
    start = pick.choice((0, 30, 60, 90, 120, 150, 180, 540, 1080, 1320, 1425))
    return Window(days, start, pick.choice((0, 30, 60, 75, 105, 120, 150, 180, 600, 1080, 1440)))


def _override(pick: Random, change: int, zone: str) -> Override:
    start = _near(pick, change, zone, days=6) + timedelta(days=3)
    length = timedelta(minutes=15 * pick.choice((1, 2, 4, 6, 24, 96, 300)))
    return Override(_whose(pick), start, start + length, _who(pick), pick.randint(0, 3))


def _cover(pick: Random, change: int) -> Cover:
    start = change + pick.randint(-300, 300) * 15 * MINUTE
    length = pick.choice((1, 4, 24, 96, 300)) * 15 * MINUTE
    return Cover("c", "shop", _whose(pick), start, start + length, _who(pick), pick.randint(0, 3))


def _whose(pick: Random) -> str:
    return pick.choice(("", *NAMES, "primary"))


def _who(pick: Random) -> str | None:
    return pick.choice((None, *PEOPLE, "eva"))
