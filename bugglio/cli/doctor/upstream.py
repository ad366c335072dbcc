"""Bugsnag: whether its token works, and which projects are known on both sides."""

from bugglio.cli.doctor.addresses import is_local
from bugglio.cli.doctor.checks import Check, Checks, good, told, unknown, wrong
from bugglio.config import Settings
from bugglio.dashboard import Dashboard, DashboardError, Project
from bugglio.pager.kit import Kit
from bugglio.roster import Roster

SHOWN = 10
EVERY = "*"
UNSET = (
    "Set BUGSNAG_AUTH_TOKEN (Bugsnag: My account > Personal auth tokens), and fix, ignore, snooze and note are told to"
    " Bugsnag too."
)
WRONG = "Make a new token in Bugsnag under My account > Personal auth tokens, and set BUGSNAG_AUTH_TOKEN to it."
RIGHTS = "Give the token's user access to the projects in Bugsnag, with the right to change errors."
ROSTER = "Correct the project's name in the roster file, or give the token's user access to it in Bugsnag."
NOBODY = "Name them under a team's projects in the roster file, or let a team take all others with *."


def of_bugsnag(settings: Settings, kit: Kit) -> Checks:
    """Ask Bugsnag which projects the token's user sees."""
    if not settings.bugsnag_auth_token:
        yield told("BUGSNAG_AUTH_TOKEN", "it is not set: what people text changes nothing in Bugsnag", UNSET)
        return
    try:
        projects = Dashboard(settings.bugsnag_auth_token, settings.bugsnag_api_url).projects()
    except DashboardError as error:
        yield _unasked(settings, error)
        return
    if not projects:
        yield wrong("BUGSNAG_AUTH_TOKEN", "its user sees no project", RIGHTS)
        return
    yield good("BUGSNAG_AUTH_TOKEN", f"its user sees {len(projects)} project{'s' if len(projects) > 1 else ''}")
    yield from _both_sides(kit.roster(), projects)


def _unasked(settings: Settings, error: DashboardError) -> Check:
    if error.status == 401:
        return wrong("BUGSNAG_AUTH_TOKEN", "Bugsnag does not accept it", WRONG)
    if error.status == 403:
        return wrong("BUGSNAG_AUTH_TOKEN", "its user may not list projects", RIGHTS)
    if is_local(settings.bugsnag_api_url):
        return unknown("BUGSNAG_AUTH_TOKEN", "the simulator is not running", "python -m bugglio run")
    return unknown("BUGSNAG_AUTH_TOKEN", str(error), "See whether this machine reaches BUGSNAG_API_URL.")


def _both_sides(roster: Roster, projects: list[Project]) -> Checks:
    known = {name for project in projects for name in (project.id, project.name)}
    named = {name for team in roster.teams.values() for name in team.projects if name != EVERY}
    strange = sorted(named - known)
    if strange:
        yield wrong("projects of the roster", f"Bugsnag shows no project called {_few(strange)}", ROSTER)
    elif named:
        yield good("projects of the roster", "Bugsnag has all of them")
    if roster.teams and not any(EVERY in team.projects for team in roster.teams.values()):
        nobodys = sorted(one.name for one in projects if not {one.id, one.name} & named)
        if nobodys:
            yield told("projects of Bugsnag", f"no team answers for {_few(nobodys)}: the last resort is paged", NOBODY)


def _few(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
