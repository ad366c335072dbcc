"""What Bugsnag knows of errors."""

from typing import TYPE_CHECKING

from flask import Response, jsonify, request

if TYPE_CHECKING:
    from bugglio.simulator.core import Simulator


class Errors:
    """Every error, its state and its comments."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator

    def errors(self) -> Response:
        """Answer the errors, oldest first, as Bugsnag's API shows them, each with its comments."""
        shown = []
        for error in self._simulator.errors():
            comments = [one.for_api() for one in self._simulator.comments(error.id) if one.project == error.project]
            shown.append({**error.for_api(request.url_root.rstrip("/"), len(comments)), "comments": comments})
        return jsonify(errors=shown)
