"""A book to a roster file, always in the same form: keys in one order, and only what is not a default."""

from collections.abc import Iterator

from bugglio.roster import DEFAULT, Book, Rotation, Step, Team
from bugglio.rosterfile import forms
from bugglio.rosterfile.stepping import implied

Lines = Iterator[str]


def write(book: Book) -> str:
    """The file that says what this book does: reading it gives an equal book, and writing that the same bytes."""
    return "".join(f"{line}\n" for line in _book(book))


def _book(book: Book) -> Lines:
    people = [f"{forms.text(key)}: {forms.engineer(person)}" for key, person in book.engineers.items()]
    yield from _block("engineers", people, nothing="engineers: {}")
    yield from _block("teams", [line for team in book.teams.values() for line in _team(team)], nothing="teams: {}")


def _block(key: str, lines: list[str], nothing: str = "") -> Lines:
    """A key and what stands below it."""
    if lines:
        yield f"{key}:"
        yield from (f"  {line}" for line in lines)
    elif nothing:
        yield nothing


def _team(team: Team) -> Lines:
    key = forms.text(team.id)
    yield from _block(key, list(_parts(team)), nothing=f"{key}: {{}}")


def _parts(team: Team) -> Lines:
    plain = Team(team.id)
    if team.timezone != plain.timezone:
        yield f"timezone: {forms.text(team.timezone)}"
    if team.projects:
        yield f"projects: {forms.listed(map(forms.text, team.projects))}"
    yield from _block("rotations", [line for each in team.rotations.values() for line in _rotation(each)])
    yield from _block("overrides", [f"- {forms.override(each)}" for each in team.overrides])
    yield from _steps(team)
    yield from _settings(team, plain)
    yield from _block("rules", [f"- {forms.rule(each)}" for each in team.rules])


def _settings(team: Team, plain: Team) -> Lines:
    if team.repeat != plain.repeat:
        yield f"repeat: {team.repeat}"
    if team.acknowledged_for != plain.acknowledged_for:
        yield f"acknowledged_for: {forms.span(team.acknowledged_for)}"
    if team.close_after != plain.close_after:
        yield f"close_after: {forms.span(team.close_after)}"
    if team.digest_at != plain.digest_at:
        yield f"digest_at: {forms.quoted(forms.clock(team.digest_at))}"
    if team.text != plain.text:
        yield f"text: {forms.quoted(team.text)}"


def _rotation(rotation: Rotation) -> Lines:
    key = forms.text(rotation.id)
    if rotation.next_of:
        yield f"{key}: {forms.mapped({'next_of': forms.text(rotation.next_of)})}"
    else:
        yield from _block(key, list(_turns(rotation)))


def _turns(rotation: Rotation) -> Lines:
    yield f"engineers: {forms.listed(map(forms.text, rotation.engineers))}"
    if rotation.starts is not None:
        yield f"starts: {forms.moment(rotation.starts)}"
    plain = Rotation(rotation.id)
    if (rotation.turn, rotation.unit) != (plain.turn, plain.unit):
        yield f"turn: {forms.turn(rotation)}"
    if rotation.timezone:
        yield f"timezone: {forms.text(rotation.timezone)}"
    if rotation.hours:
        yield f"hours: {forms.windows(rotation.hours)}"


def _steps(team: Team) -> Lines:
    if team.lists:
        lists = {DEFAULT: team.steps, **team.lists}
        yield from _block("steps", [line for name, steps in lists.items() for line in _list(forms.text(name), steps)])
    elif team.steps != implied(team.rotations):
        yield from _list("steps", team.steps)


def _list(name: str, steps: tuple[Step, ...]) -> Lines:
    yield from _block(name, [f"- {forms.step(each)}" for each in steps], nothing=f"{name}: []")
