"""Twilio's REST API: Messages and Calls, create, list and fetch, with Basic authentication and Twilio's errors."""

from bugglio.simulator.api.answers import refusal
from bugglio.simulator.api.calls import make_call
from bugglio.simulator.api.routes import blueprint, messaging

__all__ = ["blueprint", "make_call", "messaging", "refusal"]
