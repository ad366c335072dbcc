"""What a team's rules make of an event: page, ignore, digest, hold."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bugglio.bugsnag import Event
from bugglio.roster import DEFAULT, Conditions, Rule, Team
from bugglio.schedule.wall import WallClock, wall_time
from bugglio.zones import zone_of


@dataclass(frozen=True)
class Ruling:
    """What is to become of an event."""

    then: str
    """`page`, `ignore`, `digest` or `hold`."""
    steps: str = DEFAULT
    """The list of steps for `page`."""
    until: int | None = None
    """In milliseconds: when a `hold` ends, or the next digest is."""
    reason: str = ""
    """Which rule says so, and what: "rule 2: digest at 09:00". Empty: none fits."""


def ruling(team: Team, event: Event, now: int) -> Ruling:
    """What the first rule that fits says; none: page."""
    if not team.rules:
        return Ruling("page")
    wall = datetime.fromtimestamp(now / 1000, zone_of(team.timezone))
    for number, rule in enumerate(team.rules, 1):
        if _fits(rule.conditions, event, wall):
            return _said(rule, f"rule {number}", team, now)
    return Ruling("page")


def matches(pattern: str, text: str) -> bool:
    """
    Whether the whole text is as the pattern says: `*` stands for any run of characters, all else for itself.

    Each piece between two `*` is taken where it is first found, and never looked for again: no pattern takes long.
    """
    head, *others = pattern.split("*")
    if not others:
        return pattern == text
    *pieces, tail = others
    start, end = len(head), len(text) - len(tail)
    if start > end or not (text.startswith(head) and text.endswith(tail)):
        return False
    for piece in pieces:
        found = text.find(piece, start, end)
        if found < 0:
            return False
        start = found + len(piece)
    return True


def within(between: tuple[int, int], minute: int) -> bool:
    """Whether a minute of the day lies in [start, end), which may cross midnight; equal ends are the whole day."""
    start, end = between
    if start < end:
        return start <= minute < end
    return minute >= start or minute < end


def next_time(minute: int, timezone: str, now: int) -> int:
    """
    The first instant after `now`, in milliseconds, at which the clocks of a zone (IANA name) show a minute of the day.

    Where they are put forward past it that is the instant at which they are; where they show it twice, both count.
    """
    today = datetime.fromtimestamp(now / 1000, zone_of(timezone)).date()
    # Yesterday's too: clocks that are put back just after midnight show the end of it once more.
    instants = {at for day in (-1, 0, 1) for at in _instants(today + timedelta(days=day), minute, timezone)}
    return min(at for at in instants if at > now)


def _said(rule: Rule, name: str, team: Team, now: int) -> Ruling:
    """What a rule says; one that cannot be understood pages, for that is never too little."""
    match rule.then, rule.conditions.between:
        case "ignore", _:
            return Ruling("ignore", reason=f"{name}: ignore")
        case "digest", _:
            until = next_time(team.digest_at, team.timezone, now)
            return Ruling("digest", until=until, reason=f"{name}: digest at {_clock(team.digest_at)}")
        case "hold", (_, end):
            return Ruling("hold", until=next_time(end, team.timezone, now), reason=f"{name}: held until {_clock(end)}")
        case "steps", _:
            return Ruling("page", steps=rule.steps, reason=f"{name}: steps {rule.steps}")
        case _:
            return Ruling("page", reason=f"{name}: page")


def _fits(asked: Conditions, event: Event, wall: datetime) -> bool:
    """Whether an event at this wall time of the team is all that is asked. A text that is absent is an empty one."""
    return (
        _one(asked.stage, event.stage)
        and _one(asked.severity, event.severity)
        and _one(asked.error_class, event.error_class)
        and _one(asked.context, event.context)
        and _one(asked.message, event.error_message)
        and (_one(asked.project, event.project) or (event.project_id != "" and _one(asked.project, event.project_id)))
        and _one(asked.version, event.version)
        and _one(asked.trigger, event.trigger)
        and asked.unhandled in (None, event.unhandled)
        and (asked.between is None or within(asked.between, wall.hour * 60 + wall.minute))
        and (not asked.days or wall.weekday() in asked.days)
    )


def _one(patterns: tuple[str, ...], text: str) -> bool:
    """Whether one of them matches, or nothing is asked."""
    return not patterns or any(matches(pattern, text) for pattern in patterns)


def _instants(day: date, minute: int, timezone: str) -> set[int]:
    """When the clocks of a zone show this minute of that day: once, twice, or when they jump over it."""
    wall, zone = datetime.combine(day, time(minute // 60 % 24, minute % 60)), zone_of(timezone)
    first, second = (int(wall.replace(tzinfo=zone, fold=fold).timestamp()) * 1000 for fold in (0, 1))
    return {first, second} if first <= second else {WallClock(timezone).instant(wall_time(wall))}


def _clock(minute: int) -> str:
    """`09:00`, and `24:00` for the day's end."""
    return f"{minute // 60:02}:{minute % 60:02}"
