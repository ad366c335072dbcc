"""A function that does nothing but read what it is sent."""

import flask


def nothing(request: flask.Request) -> flask.Response:
    """Answer as long as bugglio answers."""
    request.get_data()
    return flask.Response('{"outcome": "counted", "code": 417, "reason": "nothing"}\n', mimetype="application/json")
