"""Who is on duty, and when."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bugglio.cli import common
from bugglio.cli.common import Facts, command, moment
from bugglio.pager.reports import iso
from bugglio.roster import Roster, Rotation, Team
from bugglio.schedule import Shift, timetable
from bugglio.zones import zone_of


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    asking = command(commands, "who", who, "who is on duty, until when, and who is next", facts=True)
    asking.add_argument("--at", type=moment, metavar="TIME", help="then; with an offset or Z (default: now)")
    listing = command(commands, "shifts", shifts, "all shifts of a span, and the gaps between them", facts=True)
    listing.add_argument("--from", dest="start", type=moment, required=True, metavar="TIME", help="with an offset or Z")
    listing.add_argument("--to", dest="end", type=moment, required=True, metavar="TIME", help="later than --from")
    listing.set_defaults(wrong=listing.error)


def who(asked: Any) -> None:
    """Tell who is on duty."""
    kit = common.app(asked).works.kit
    at = asked.at if asked.at is not None else kit.store.get([]).at
    roster = kit.roster()
    teams = roster.teams.values()
    facts = {team.id: {name: _fact(_named(roster, team, name, at)) for name in team.rotations} for team in teams}
    lines = [line for team in teams for line in _lines(roster, team, at)]
    common.say(asked, {"teams": facts}, lines or [f"No team: every project pages {roster.last_resort}."])


def _named(roster: Roster, team: Team, rotation: str, at: int) -> tuple[Shift, str | None]:
    """The present shift, and who is next."""
    table = timetable(roster, team)
    following = table.following(rotation, at)
    return table.shift(rotation, at), following.engineer if following is not None else None


def _fact(named: tuple[Shift, str | None]) -> Facts:
    shift, following = named
    return {"engineer": shift.engineer, "until": iso(shift.end), "next": following}


def _lines(roster: Roster, team: Team, at: int) -> Iterator[str]:
    if not team.rotations:
        yield f"{team.id}: no rotation"
    for rotation in team.rotations.values():
        shift, following = _named(roster, team, rotation.id, at)
        until = f" until {_shown(shift.end, team, rotation)} {_zone(team, rotation)}" if shift.end is not None else ""
        then = f", then {following}" if following is not None else ""
        yield f"{team.id} {rotation.id}: {shift.engineer or 'nobody'}{until}{then}"


def shifts(asked: Any) -> None:
    """List the shifts of a span, each as soon as it is worked out."""
    if asked.start >= asked.end:
        asked.wrong("--to must be later than --from")
    found = _shifts(common.app(asked).works.kit.roster(), asked.start, asked.end)
    if not asked.json:
        for team, rotation, shift in found:
            start, end = (_shown(at, team, rotation) for at in (shift.start, shift.end))
            zone = _zone(team, rotation)
            print(f"{team.id} {rotation.id}: {start} to {end} {zone}  {shift.engineer or 'nobody'}")
        return
    print('{"shifts": [', end="")
    comma = ""
    for team, rotation, shift in found:
        print(f"{comma}\n  {json.dumps(_listed(team, rotation, shift))}", end="")
        comma = ","
    print("\n]}")


def _shifts(roster: Roster, start: int, end: int) -> Iterator[tuple[Team, Rotation, Shift]]:
    for team in roster.teams.values():
        for rotation in team.rotations.values():
            for shift in timetable(roster, team).shifts(rotation.id, start, end):
                yield team, rotation, shift


def _listed(team: Team, rotation: Rotation, shift: Shift) -> Facts:
    return {
        "team": team.id,
        "rotation": rotation.id,
        "engineer": shift.engineer,
        "start": iso(shift.start),
        "end": iso(shift.end),
    }


def _shown(at: int | None, team: Team, rotation: Rotation) -> str:
    """A moment as a clock shows it where the rotation's people are."""
    local = datetime.fromtimestamp((at or 0) / 1000, UTC).astimezone(zone_of(_zone(team, rotation)))
    return f"{local:%Y-%m-%d %H:%M}"


def _zone(team: Team, rotation: Rotation) -> str:
    """The name of the rotation's zone; one that follows another has that one's."""
    leader = team.rotations.get(rotation.next_of, rotation)
    return leader.timezone or team.timezone
