"""A link to the admin pages, for when texts do not arrive."""

from typing import Any

from bugglio.cli import common
from bugglio.cli.common import command
from bugglio.laptop import Unusable
from bugglio.pager.logins import Links
from bugglio.redact import short
from bugglio.roster import Engineer, Roster
from bugglio.rosterfile.faults import Unfit
from bugglio.rosterfile.phones import meant, shown


def register(commands: Any) -> None:
    """Add the command to the parser."""
    text = "a link that logs somebody in to the admin pages, once, within 10 minutes"
    asking = command(commands, "login", login, text, facts=True)
    asking.add_argument("number", metavar="NUMBER", help="their phone's, as the roster has it, like +14155550101")


def login(asked: Any) -> None:
    """Make the link, and tell it."""
    works = common.app(asked).works
    person = _person(works.kit.roster(), asked.number)
    url = works.settings.door_url(Links(works.kit).make(person))
    told = f"It logs {person.name} in, once, within 10 minutes. Send it to nobody else."
    common.say(asked, {"engineer": person.id, "url": url}, [url, told])


def _person(roster: Roster, text: str) -> Engineer:
    """Whose number it is; raises `Unusable`."""
    try:
        number = meant(text, [one.phone for one in roster.engineers.values()])
    except Unfit as unfit:
        raise Unusable(f"{shown(text)} is no phone number; expected {unfit}.") from None
    person = roster.by_number(number)
    if person is None:
        raise Unusable(f"{short(number)} is nobody's number on the roster; `export` prints the roster.")
    return person
