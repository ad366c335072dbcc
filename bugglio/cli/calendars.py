"""Where the calendars of engineers and teams are fetched."""

from collections.abc import Sequence
from typing import Any

from bugglio.cli import common
from bugglio.cli.common import Facts, command
from bugglio.laptop import Unusable
from bugglio.pager.feeds import TEAM, Feeds, Owner


def register(commands: Any) -> None:
    """Add the command to the parser."""
    asking = command(commands, "calendars", calendars, "the secret addresses of the calendar feeds", facts=True)
    said = "give this engineer or team another address; the one before leads nowhere from then on"
    asking.add_argument("--renew", metavar="ID", help=said)


def calendars(asked: Any) -> None:
    """Tell the addresses, of all or of the one that is renewed."""
    works = common.app(asked).works
    feeds = Feeds(works.kit)
    if asked.renew is None:
        owners = feeds.owners()
        paths = feeds.address_paths(owners)
    else:
        owners = [_owner(feeds.owners(), asked.renew)]
        paths = [feeds.renew(owners[0].kind, owners[0].id)]
    found = [_fact(owner, works.settings.door_url(path)) for owner, path in zip(owners, paths, strict=True)]
    common.say(asked, {"calendars": found}, [_line(one) for one in found])


def _owner(owners: Sequence[Owner], name: str) -> Owner:
    """Who is meant by an id, or by `engineer/ID` or `team/ID` where an engineer and a team share one."""
    kind, slash, id_ = name.partition("/")
    found = [one for one in owners if (one == Owner(kind, id_) if slash else one.id == name)]
    if not found:
        raise Unusable(f"No engineer and no team of the roster is called {name}; `calendars` lists all.")
    if len(found) > 1:
        raise Unusable(f"An engineer and a team are called {name}; say --renew engineer/{name} or team/{name}.")
    return found[0]


def _fact(owner: Owner, url: str) -> Facts:
    return {"kind": owner.kind, "id": owner.id, "url": url}


def _line(one: Facts) -> str:
    team = "team " if one["kind"] == TEAM else ""
    return f"{team}{one['id']} {one['url']}"
