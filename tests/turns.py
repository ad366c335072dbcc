"""Three people and a team in which two of them take weekly turns."""

from datetime import UTC, datetime

from bugglio.roster import Cover, Engineer, Override, Roster, Rotation, Team


def ms(text: str) -> int:
    """An instant in UTC, in milliseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


NOW = ms("2026-02-02T09:00")
PRIMARY = Rotation(id="primary", engineers=("ana", "ben"), starts=datetime(2026, 1, 5, 9))  # noqa: DTZ001 - wall time
SECONDARY = Rotation(id="secondary", next_of="primary")
PEOPLE = {
    "ana": Engineer(id="ana", name="Ana Lima", phone="+14155550101", admin=True),
    "ben": Engineer(id="ben", name="Ben Ode", phone="+14155550102"),
    "cleo": Engineer(id="cleo", name="Cleo Ng", phone="+14155550103"),
}


def team(*rotations: Rotation, id_: str = "shop", overrides: tuple[Override, ...] = ()) -> Team:
    return Team(id=id_, rotations={one.id: one for one in rotations}, overrides=overrides)


def roster(*teams: Team, covers: tuple[Cover, ...] = ()) -> Roster:
    return Roster(PEOPLE, {one.id: one for one in teams or (team(PRIMARY, SECONDARY),)}, "ana", covers)


def cover(start: int, end: int, engineer: str | None = "cleo", rotation: str = "primary", of: str = "shop") -> Cover:
    return Cover(id="c", team=of, rotation=rotation, start=start, end=end, engineer=engineer, made=NOW)
