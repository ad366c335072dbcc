"""What a team's pages will look like, before anybody is woken by one."""

from bugglio import wording
from bugglio.gsm import SEPTETS, SEPTETS_OF_PART, segments, septets
from bugglio.roster import EVERY_PROJECT, Book, Team

CODE = 417
WHY = "New unhandled error"
PROJECT = "checkout-api"
SAID = {
    "account.id": "5f73031fb91aad0014229600",
    "account.name": "Acme",
    "account.url": "https://app.bugsnag.com/organizations/acme",
    "project.id": "5f73031fb91aad0014229623",
    "project.name": PROJECT,
    "project.url": "https://app.bugsnag.com/acme/checkout-api",
    "trigger.type": "firstException",
    "trigger.message": WHY,
    "error.id": "5f73031fb91aad0014229650",
    "error.errorId": "5f73031fb91aad0014229640",
    "error.exceptionClass": "TypeError",
    "error.message": "cannot read 'id' of undefined",
    "error.context": "cart#create",
    "error.appVersion": "4.2.0",
    "error.releaseStage": "production",
    "error.occurrences": "12",
    "error.firstReceived": "2026-01-05T09:00:00.000Z",
    "error.receivedAt": "2026-01-05T09:14:00.000Z",
    "error.requestUrl": "https://shop.example.com/cart",
    "error.url": "https://app.bugsnag.com/acme/checkout-api/errors/5f73031fb91aad0014229640",
    "error.severity": "error",
    "error.status": "open",
    "error.unhandled": "true",
    "error.device.osName": "Linux",
    "error.app.type": "rails",
}


def samples(book: Book) -> list[str]:
    """A page of each team's, with what it costs; its values are made up."""
    return [f"{team.id}: {sample(team)}" for team in book.teams.values()]


def sample(team: Team) -> str:
    """A page of one team's, with what it costs; its values are made up."""
    named = {path: SAID.get(path, path.rpartition(".")[2]) for path in wording.paths(team.text)}
    if "project.name" in named:
        named["project.name"] = _project(team)
    text = wording.page(CODE, team.text, named, WHY)
    parts = segments(text)
    room = SEPTETS if parts == 1 else parts * SEPTETS_OF_PART
    return f"{parts} segment{'' if parts == 1 else 's'} ({septets(text)} of {room}): {text}"


def _project(team: Team) -> str:
    """A project of the team's that the file calls by its name."""
    named = (each for each in team.projects if each != EVERY_PROJECT and not _is_id(each))
    return next(named, PROJECT)


def _is_id(project: str) -> bool:
    """Whether it is one of Bugsnag's ids: 24 hexadecimal digits."""
    return len(project) == 24 and not project.strip("0123456789abcdef")
