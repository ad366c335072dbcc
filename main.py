"""The doors, by the names under which they are deployed: `gcloud functions deploy NAME --entry-point ENTRY`."""

from flask import Request
from werkzeug import Response

from bugglio.app import serve, start

start()


def bugsnag(request: Request) -> Response:
    """Bugsnag's webhook."""
    return serve("bugsnag", request)


def sms(request: Request) -> Response:
    """Twilio: a text came in."""
    return serve("sms", request)


def sms_status(request: Request) -> Response:
    """Twilio: a text's status changed."""
    return serve("sms_status", request)


def tick(request: Request) -> Response:
    """Cloud Scheduler, each minute."""
    return serve("tick", request)


def admin(request: Request) -> Response:
    """People's browsers and calendars."""
    return serve("admin", request)


def bugglio(request: Request) -> Response:
    """All of these, and `/health`, under one address."""
    return serve("bugglio", request)
