"""The addresses of Bugsnag's API that are simulated."""

import urllib.parse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from bugglio.simulator.api.bugsnag.gate import Gate
from bugglio.simulator.operations import BugsnagFault, message, wanted
from bugglio.simulator.samples import COMPANY
from bugglio.simulator.tracked import Tracked

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator

ORGANIZATION = COMPANY["id"]
BELOW = "/simulator/bugsnag"
"""Where the API is too, besides the root."""


def blueprint(simulator: "Simulator") -> Blueprint:
    """Build the routes; they are mounted at the root and below `/simulator/bugsnag`."""
    routes = Blueprint("bugsnag", __name__)
    gate = Gate(simulator)
    routes.before_request(gate.enter)
    routes.after_request(gate.leave)
    api, error = Api(simulator, gate), "/projects/<project>/errors/<error>"
    for method, path, view in (
        ("GET", error, api.fetch_error),
        ("PATCH", error, api.change_error),
        ("GET", f"{error}/comments", api.list_comments),
        ("POST", f"{error}/comments", api.post_comment),
    ):
        routes.add_url_rule(path, view_func=view, methods=[method])
    for path, list_some in (
        ("/user/organizations", api.list_organizations),
        ("/organizations/<organization>/projects", api.list_projects),
    ):
        routes.add_url_rule(path, view_func=list_some, methods=["GET"])
    routes.add_url_rule("/comments/<name>", view_func=api.fetch_comment, methods=["GET"])
    return routes


class Api:
    """An error and its comments."""

    def __init__(self, simulator: "Simulator", gate: Gate) -> None:
        self._tracker = simulator.tracker
        self._gate = gate

    def list_organizations(self) -> Response:
        """Answer the one organization."""
        return self._gate.slowed(jsonify([COMPANY]))

    def list_projects(self, organization: str) -> Response:
        """Answer its projects."""
        if organization != ORGANIZATION:
            raise BugsnagFault(404, "Organization not found")
        start, size = _whole(request.args, "offset", 0, 0, 10**6), _whole(request.args, "per_page", 30, 1, 100)
        found = [{"id": one, "name": name} for one, name in self._tracker.projects.items()]
        return self._gate.slowed(jsonify(found[start : start + size]))

    def fetch_error(self, project: str, error: str) -> Response:
        """Answer an error."""
        return self._gate.slowed(self._shown(self._tracker.error(project, error)))

    def change_error(self, project: str, error: str) -> Response:
        """Change an error's state, unless there is something wrong with what is wanted."""
        self._tracker.error(project, error)
        changed = self._tracker.change(project, error, wanted(request.get_json(silent=True)))
        return self._gate.spoiled(self._shown(changed))

    def _shown(self, error: Tracked) -> Response:
        return jsonify(error.for_api(_root(), len(self._tracker.comments(error.id))))

    def list_comments(self, project: str, error: str) -> Response:
        """Answer a page of an error's comments, the newest first unless asked otherwise."""
        self._tracker.error(project, error)
        found = [comment for comment in self._tracker.comments(error) if comment.project == project]
        if request.args.get("direction") != "asc":
            found.reverse()
        size, start = _whole(request.args, "per_page", 30, 1, 100), _whole(request.args, "offset", 0, 0, 10**6)
        answer = jsonify([comment.for_api() for comment in found[start : start + size]])
        answer.headers["X-Total-Count"] = str(len(found))
        if start + size < len(found):
            query = urllib.parse.urlencode({**request.args, "offset": start + size})
            answer.headers["Link"] = f'<{request.base_url}?{query}>; rel="next"'
        return self._gate.slowed(answer)

    def post_comment(self, project: str, error: str) -> Response:
        """Comment on an error."""
        self._tracker.error(project, error)
        comment = self._tracker.comment(project, error, message(request.get_json(silent=True)))
        answer = jsonify(comment.for_api())
        answer.status_code = 201
        answer.headers["Location"] = f"{_root()}/comments/{comment.id}"
        return self._gate.spoiled(answer)

    def fetch_comment(self, name: str) -> Response:
        """Answer one comment."""
        for comment in self._tracker.comments():
            if comment.id == name:
                return self._gate.slowed(jsonify(comment.for_api()))
        raise BugsnagFault(404, "Comment not found")


def _root() -> str:
    """The address of the API, as it was called."""
    return request.url_root.rstrip("/") + (BELOW if request.path.startswith(f"{BELOW}/") else "")


def _whole(args: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    told = args.get(name, "")
    return min(max(int(told[:9]), least), most) if told.isascii() and told.isdigit() else default
